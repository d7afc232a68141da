"""Made-up germanium spectra of uranium that stops its own photons, and settings without any agreement behind."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from counterseal.measurement.attributes.decision import Band, Side, Threshold
from counterseal.measurement.attributes.plutonium_presence import PresenceLine
from counterseal.measurement.attributes.uranium_enrichment import UraniumEnrichmentSettings
from counterseal.measurement.attributes.uranium_lines import (
    UraniumMethod,
    UraniumNuclide,
    UraniumRegion,
    uranium_lines,
)
from counterseal.measurement.attributes.uranium_presence import (
    IndicatorRegion,
    Uranium232Indicator,
    UraniumPresenceSettings,
)
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data
from strategies.plutonium_spectra import Detector, Floats, peaks

# Mass attenuation [cm2/g], recalled from the photon cross section tables of NIST (XCOM), rounded.
_KEV = np.array([116.0, 150.0, 200.0, 300.0, 400.0, 500.0, 600.0, 800.0, 1000.0, 1500.0, 3000.0])
_URANIUM = np.array([4.87, 2.591, 1.298, 0.5192, 0.2922, 0.1976, 0.149, 0.1016, 0.07896, 0.0559, 0.0445])
_IRON = np.array([0.25, 0.1964, 0.146, 0.1099, 0.094, 0.0841, 0.077, 0.067, 0.0599, 0.0488, 0.0362])


@dataclass(frozen=True, kw_only=True)
class Uranium:
    """A slab of uranium metal behind a wall, and what the detector makes of energy."""

    enrichment: float = 0.2
    thickness_mm: float = 3.0
    wall_mm: float = 3.0
    efficiency_power: float = -0.9
    equilibrium: float = 1.0
    radium: float = 0.0


def _at(table: Floats, energies: Floats) -> Floats:
    return np.asarray(np.exp(np.interp(np.log(energies), np.log(_KEV), np.log(table))))


def escaping(uranium: Uranium, energies: Floats) -> Floats:
    """Return the relative efficiency: the metal's own absorption, the wall, the detector."""
    depth = _at(_URANIUM, energies) * 18.9 * uranium.thickness_mm / 10.0
    wall = np.exp(-_at(_IRON, energies) * 7.87 * uranium.wall_mm / 10.0)
    return np.asarray(-np.expm1(-depth) / depth * wall * (energies / 500.0) ** uranium.efficiency_power)


def uranium_shape(uranium: Uranium, detector: Detector, *, draw: np.random.Generator | None = None) -> Floats:
    """Return expected counts by channel, to a scale; intensities drawn within their uncertainties if asked."""
    data = load_nuclear_data()
    fractions = {"U-235": uranium.enrichment, "U-238": 1.0 - uranium.enrichment}
    energies, areas = [], []
    for name, fraction in fractions.items():
        nuclide = data.nuclide(name)
        activity = fraction / nuclide.mass_u / nuclide.half_life_s * 1e18
        for line in nuclide.lines:
            if not 116.0 < line.energy_kev < 1500.0:
                continue
            intensity = line.intensity
            if draw is not None:
                apart = 0.0 if line.other_intensity is None else 0.5 * abs(line.other_intensity - intensity)
                intensity *= (
                    1.0 + draw.normal() * max(line.intensity_unc, apart, 0.01 * intensity) / intensity
                )
            late = uranium.equilibrium if name == "U-238" else 1.0
            energies.append(line.energy_kev)
            areas.append(activity * late * max(intensity, 0.0))
    where = np.array(energies)
    shine = np.array(areas) * escaping(uranium, where)
    found = peaks(detector, where, shine)
    middle = detector.offset_kev + np.arange(detector.channels) * detector.kev_per_channel
    for energy, area in zip(where, shine, strict=True):
        edge = energy / (1.0 + 511.0 / (2.0 * energy))
        found += np.where(middle < edge, 4.0 * area / edge * detector.kev_per_channel, 0.0)
    return np.asarray(found)


def uranium_spectrum(
    uranium: Uranium,
    *,
    counts_186: float,
    seed: int,
    detector: Detector | None = None,
    floor: float = 0.0,
    draw: bool = False,
) -> Spectrum:
    """Return a spectrum with so many net counts at 185.7 keV, on a floor of counts a channel at 0 keV."""
    chosen = detector or URANIUM_DETECTOR
    generator = np.random.default_rng(seed)
    shape = uranium_shape(uranium, chosen, draw=generator if draw else None)
    middle = chosen.offset_kev + np.arange(chosen.channels) * chosen.kev_per_channel
    per_unit = float(
        uranium.enrichment
        / 235.044
        / load_nuclear_data().nuclide("U-235").half_life_s
        * 1e18
        * 0.572
        * escaping(uranium, np.array([185.713]))[0]
    )
    expected = shape * counts_186 / per_unit + floor * np.exp(-middle / 400.0)
    scale = (chosen.offset_kev + chosen.header_off_kev, chosen.kev_per_channel)
    return Spectrum(
        counts=generator.poisson(expected).astype(np.int64),
        live_time_ns=1800 * 10**9,
        real_time_ns=1800 * 10**9,
        scale=EnergyScale(coefficients_kev=scale),
    )


URANIUM_DETECTOR = Detector(channels=8192, kev_per_channel=0.25, fwhm_662_kev=1.5, growth=0.6, tail=0.01)

REGIONS = (
    ("143.765", "137.5 139.2", "142 145.6", "146.5 149", False),
    ("163.357", "157.5 161", "161.5 165.2", "166 170", False),
    ("185.713", "178 181", "183.9 187.6", "188.5 192.5", True),
    ("205.311", "197 200.2", "203.9 207.2", "208 213", False),
    ("258.227", "251.5 255.5", "256.2 260.3", "261.2 265", True),
    ("766.42", "757 763", "763.7 769.2", "770 777", False),
    ("1001.03", "988 994.5", "998 1004.2", "1005.5 1015", True),
)


def _band(text: str) -> tuple[Fraction, Fraction]:
    low, high = text.split()
    return Fraction(low), Fraction(high)


def uranium_regions() -> tuple[UraniumRegion, ...]:
    """Return seven lines, side bands clear of the neighbours."""
    return tuple(
        UraniumRegion(
            energy_kev=Fraction(energy),
            nuclide=UraniumNuclide.U235 if float(energy) < 210 else UraniumNuclide.U238,
            low_band_kev=_band(low),
            peak_kev=_band(peak),
            high_band_kev=_band(high),
            required=required,
        )
        for energy, low, peak, high, required in REGIONS
    )


def uranium_method(**changed: Any) -> UraniumMethod:
    """Return a method for a germanium detector of 1.5 keV at 662 keV."""
    plain = UraniumMethod(
        regions=uranium_regions(),
        fwhm_kev=Fraction("1.5"),
        fwhm_at_kev=Fraction(662),
        width_growth=Fraction("0.6"),
        least_significance=Fraction(4),
        most_chi2_per_degree=Fraction(6),
        systematic_floor=Fraction("0.03"),
        least_age_days=300,
    )
    return replace(plain, **changed)


def enrichment_settings(
    against: str = "0.2", *, holds: Side = Side.ABOVE, band: str = "", **changed: Any
) -> UraniumEnrichmentSettings:
    """Return settings with a fictional threshold, or with a band such as ``0.03 0.05``."""
    rule: Threshold | Band = Threshold(value=Fraction(against), holds=holds, coverage=Fraction(2))
    if band:
        low, high = _band(band)
        rule = Band(lower=low, upper=high, coverage=Fraction(2))
    return UraniumEnrichmentSettings(
        enrichment=rule,
        lines=uranium_lines(load_nuclear_data()),
        method=uranium_method(**changed),
    )


def presence_settings(against: str = "0.2", **changed: Any) -> UraniumPresenceSettings:
    """Return settings of the presence of enriched uranium, with a fictional threshold."""
    by_energy = {region.energy_kev: region for region in uranium_regions()}
    plain = UraniumPresenceSettings(
        present_lines=tuple(
            PresenceLine(
                energy_kev=region.energy_kev,
                low_band_kev=region.low_band_kev,
                peak_kev=region.peak_kev,
                high_band_kev=region.high_band_kev,
                fwhm_kev=Fraction("1.13"),
                centre_gate_kev=Fraction("0.5"),
                width_gate=None,
            )
            for region in (by_energy[Fraction(energy)] for energy in ("185.713", "143.765", "205.311"))
        ),
        detection_factor=Fraction("1.645"),
        drift_kev=Fraction("0.3"),
        least_net_counts=30,
        least_rate_per_s=None,
        enrichment=Threshold(value=Fraction(against), holds=Side.ABOVE, coverage=Fraction(2)),
        lines=uranium_lines(load_nuclear_data()),
        method=uranium_method(),
        indicator=None,
    )
    return replace(plain, **changed)


def indicator(most_thorium: str = "0.8") -> Uranium232Indicator:
    """Return what is asked of Tl-208 by a germanium detector, with a fictional share of thorium."""
    return Uranium232Indicator(
        thallium=IndicatorRegion(
            low_band_kev=_band("2585 2605"), peak_kev=_band("2608 2621"), high_band_kev=_band("2624 2644")
        ),
        actinium=IndicatorRegion(
            low_band_kev=_band("895 902"), peak_kev=_band("907.5 915"), high_band_kev=_band("919 930")
        ),
        most_thorium=Fraction(most_thorium),
    )
