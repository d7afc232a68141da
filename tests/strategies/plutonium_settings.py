"""Fictional settings of the plutonium attributes, for tests: no agreement has these figures."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from counterseal.barrier.integer_ratio import IntegerFractions, IntegerLine, IntegerRatioSettings
from counterseal.measurement.attributes.decision import Side, Threshold
from counterseal.measurement.attributes.plutonium_presence import PlutoniumPresenceSettings, PresenceLine
from counterseal.measurement.attributes.plutonium_ratio import PlutoniumRatioSettings
from counterseal.measurement.attributes.plutonium_window import WindowMethod, plutonium_lines
from counterseal.measurement.spectrum import Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

WINDOW_KEV = (Fraction(630), Fraction(668))
SCALE_LINES_KEV = ("375.054", "413.713", "451.481", "645.94", "662.40")
LINES = (
    ("413.713", "408 411", "411.6 415.8", "416.2 417.6", True),
    ("345.013", "342.2 343.0", "343.3 346.8", "347.2 349.5", True),
    ("375.054", "372.6 373.2", "373.4 378.0", "378.1 378.7", False),
    ("392.9", "386.5 389", "390.2 395.2", "395.6 397", False),
    ("451.481", "447 449", "449.4 453.3", "456 458", True),
)


def _band(text: str) -> tuple[Fraction, Fraction]:
    low, high = text.split()
    return Fraction(low), Fraction(high)


def presence_line(energy: str, *, low: str, peak: str, high: str, gate: str = "0.43") -> PresenceLine:
    """Return a line without a gate of its width."""
    return PresenceLine(
        energy_kev=Fraction(energy),
        low_band_kev=_band(low),
        peak_kev=_band(peak),
        high_band_kev=_band(high),
        fwhm_kev=Fraction("1.3"),
        centre_gate_kev=Fraction(gate),
        width_gate=None,
    )


def presence_settings(**changed: Any) -> PlutoniumPresenceSettings:
    """Return five lines with the gates of the published UK-Norway barrier, half a width for the widths."""
    lines = []
    for energy, low, peak, high, single in LINES:
        line = presence_line(energy, low=low, peak=peak, high=high)
        lines.append(replace(line, width_gate=Fraction("0.5")) if single else line)
    plain = PlutoniumPresenceSettings(
        lines=tuple(lines),
        detection_factor=Fraction("1.645"),
        coverage=Fraction(2),
        drift_kev=Fraction("0.6"),
        least_net_counts=20,
        least_rate_per_s=None,
    )
    return replace(plain, **changed)


def ratio_settings(
    threshold: str = "0.1", *, holds: Side = Side.BELOW, **changed: Any
) -> PlutoniumRatioSettings:
    """Return settings of the ratio with a fictional threshold."""
    plain = PlutoniumRatioSettings(
        threshold=Threshold(value=Fraction(threshold), holds=holds, coverage=Fraction(2)),
        lines=plutonium_lines(load_nuclear_data(), window_kev=WINDOW_KEV),
        method=WindowMethod(
            scale_lines_kev=tuple(Fraction(line) for line in SCALE_LINES_KEV), fwhm_kev=Fraction("1.5")
        ),
        least_significance=Fraction(5),
        most_americium=Fraction(150),
        most_chi2_per_degree=Fraction(4),
        most_pull=Fraction(5),
        systematic_floor=Fraction("0.08"),
        americium_floor=Fraction("0.15"),
        americium_from=Fraction(30),
    )
    return replace(plain, **changed)


def integer_settings(item: Spectrum, threshold: str = "0.1", **changed: Any) -> IntegerRatioSettings:
    """Return the same in whole numbers, for the energy scale of a spectrum."""
    assert item.scale is not None
    offset, gain = item.scale.coefficients_kev[:2]

    def ev(text: str) -> tuple[int, int]:
        low, high = _band(text)
        return int(low * 1000), int(high * 1000)

    plain = IntegerRatioSettings(
        offset_mev=round(offset * 1e6),
        gain_mev=round(gain * 1e6),
        group_by=max(1, round(0.2162 / gain)),
        drift_ev=1000,
        centre_ev=500,
        lines=tuple(
            IntegerLine(
                energy_ev=int(Fraction(energy) * 1000),
                low_ev=ev(low),
                peak_ev=ev(peak),
                high_ev=ev(high),
                width_ev=(800, 2600) if single else None,
            )
            for energy, low, peak, high, single in LINES
        ),
        currie_per_mille=1645,
        width_ev=(900, 2600),
        fractions=IntegerFractions(),
        threshold=round(Fraction(threshold) * 16384),
        holds_below=True,
        coverage_per_mille=2000,
        systematic_per_mille=80,
        fraction_641_per_mille=50,
        most_americium=150,
        least_significance=5,
    )
    return replace(plain, **changed)
