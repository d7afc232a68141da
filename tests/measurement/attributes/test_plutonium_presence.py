"""Presence of plutonium: all agreed lines at once, and never because of another nuclide."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from counterseal.measurement.attributes.plutonium_presence import (
    PlutoniumPresenceSettings,
    PresenceLine,
    decide_plutonium_presence,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.plutonium_settings import presence_line, presence_settings
from strategies.plutonium_spectra import Detector, Item, counted, expected, peaks

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
DETECTOR = Detector(kev_per_channel=0.2162, channels=4096, fwhm_662_kev=1.4)
CAESIUM_KEV, AMERICIUM_KEV = 661.657, 662.40


@cache
def plutonium(seed: int = 1, *, header_off_kev: float = 0.0, counts_645: float = 5000.0) -> Spectrum:
    detector = replace(DETECTOR, header_off_kev=header_off_kev)
    return counted(expected(Item(), detector), detector, counts_645=counts_645, seed=seed)


def source(energies_kev: list[float], *, area: float = 1e6, floor: float = 60.0, seed: int = 2) -> Spectrum:
    true = peaks(DETECTOR, np.array(energies_kev), np.full(len(energies_kev), area)) + floor
    return Spectrum(
        counts=np.random.default_rng(seed).poisson(true).astype(np.int64),
        live_time_ns=3600 * 10**9,
        real_time_ns=3600 * 10**9,
        scale=EnergyScale(coefficients_kev=(DETECTOR.offset_kev, DETECTOR.kev_per_channel)),
    )


def outcome(
    item: Spectrum, background: Spectrum | None = None, **changed: Any
) -> tuple[MeasurementOutcome, str]:
    answer = decide_plutonium_presence(item, background=background, settings=presence_settings(**changed))
    return answer.outcome, answer.reason


def test_plutonium_is_confirmed_and_its_rates_are_given() -> None:
    answer = decide_plutonium_presence(plutonium(), background=None, settings=presence_settings())
    assert (answer.outcome, answer.reason) == (YES, "all-lines-present")
    assert answer.figures[0].name == "net_rate_per_s_at_413.71_kev"
    assert all(figure.estimate > 10 * figure.statistical for figure in answer.figures)


@pytest.mark.parametrize(
    "energies_kev",
    [
        [],
        [CAESIUM_KEV],
        [1173.228, 1332.492],
        [121.78, 244.70, 344.28, 411.12, 443.96, 778.90],
        [80.998, 276.40, 302.85, 356.01, 383.85],
        [295.22, 351.93, 609.31],
        [185.71, 143.76, 205.31],
    ],
)
def test_no_other_source_is_confirmed_and_an_agreed_rate_denies_it(energies_kev: list[float]) -> None:
    """Nothing, Cs-137, Co-60, Eu-152 (a line 0.7 keV from 345), Ba-133, radium, U-235."""
    item = source(energies_kev)
    assert outcome(item)[0] is OPEN
    assert outcome(item, least_rate_per_s=Fraction(5))[0] is NO


@pytest.mark.parametrize("area", [300.0, 3000.0, 1e5, 1e7])
def test_caesium_is_told_from_americium(area: float) -> None:
    """0.74 keV apart, half a width: with a gate of 0.35 keV only the americium line is there."""
    line = presence_line("662.40", low="656 658", peak="659.5 665", high="668 671", gate="0.35")
    only = replace(presence_settings(), lines=(line,), drift_kev=Fraction(0))
    floor = 20.0
    caesium = decide_plutonium_presence(
        source([CAESIUM_KEV], area=area, floor=floor), background=None, settings=only
    )
    americium = decide_plutonium_presence(
        source([AMERICIUM_KEV], area=area, floor=floor), background=None, settings=only
    )
    assert (caesium.outcome, caesium.reason) == (OPEN, "line-off-centre")
    assert americium.outcome is YES


def test_caesium_beside_plutonium_takes_nothing_away() -> None:
    both = plutonium().counts + source([CAESIUM_KEV], floor=0.0).counts
    assert outcome(replace(plutonium(), counts=both))[0] is YES


def test_one_line_less_is_enough_to_leave_it_open() -> None:
    """The lines at 375, 392.5 and 393.1, 413 and 451 keV without that at 345 keV."""
    item = source([375.054, 392.53, 393.14, 413.713, 451.481])
    assert outcome(item) == (OPEN, "line-not-seen")
    assert outcome(source([345.013, 375.054, 392.53, 393.14, 413.713, 451.481]))[0] is YES


def test_a_line_of_other_width_is_not_the_line() -> None:
    wide = replace(DETECTOR, fwhm_662_kev=2.6)
    item = counted(expected(Item(), wide), wide, counts_645=5000.0, seed=4)
    assert outcome(item) == (OPEN, "line-of-other-width")


def test_a_common_drift_is_borne_as_far_as_agreed() -> None:
    moved = plutonium(header_off_kev=0.5)
    assert outcome(moved)[0] is YES
    assert outcome(moved, drift_kev=Fraction(0)) == (OPEN, "line-off-centre")
    assert outcome(plutonium(header_off_kev=1.2))[0] is OPEN


def without_chance(*lines: tuple[float, float], floor: float) -> Spectrum:
    """Return a spectrum of lines, each of an energy and an area, as it is on average."""
    energies, areas = np.array(lines).T
    true = peaks(DETECTOR, energies, areas) + floor
    return replace(source([]), counts=np.rint(true).astype(np.int64))


def pair(gate: str, **changed: Any) -> PlutoniumPresenceSettings:
    """Return settings of a line at 413.7 keV, and one at 345 keV with this gate."""
    first = presence_line("413.713", low="408 411", peak="411.6 415.8", high="416.2 419")
    second = presence_line("345.013", low="340 343.0", peak="343.3 346.8", high="347.2 350", gate=gate)
    return presence_settings(lines=(first, second), **changed)


def test_what_the_first_line_does_not_tell_of_a_drift_is_in_the_others() -> None:
    """300 counts place the first line within 0.04 keV, and with it the scale on which the second is looked for."""
    item = without_chance((413.713, 300.0), (345.013, 1e6), floor=2.0)

    def reason(gate: str, drift: str) -> str:
        rule = pair(gate, drift_kev=Fraction(drift))
        return decide_plutonium_presence(item, background=None, settings=rule).reason

    assert reason("0.05", "0") == "all-lines-present"
    assert reason("0.05", "0.6") == "line-off-centre"
    assert reason("0.15", "0.6") == "all-lines-present"


def test_a_background_that_was_taken_off_makes_centres_less_certain() -> None:
    lines = ((413.713, 3000.0), (345.013, 3000.0))
    item, place = without_chance(*lines, floor=3000.0), without_chance((500.0, 0.0), floor=3000.0)
    rule = pair("0.08", drift_kev=Fraction(0))
    clear = without_chance(*lines, floor=2.0)
    assert decide_plutonium_presence(clear, background=None, settings=rule).outcome is YES
    assert decide_plutonium_presence(item, background=place, settings=rule).reason == "line-off-centre"


def test_plutonium_of_the_surroundings_is_taken_off() -> None:
    item, place = plutonium(1), plutonium(9)
    assert outcome(item, place, least_rate_per_s=Fraction(5))[0] is NO
    longer = replace(place, live_time_ns=4 * place.live_time_ns, real_time_ns=4 * place.real_time_ns)
    assert outcome(item, longer)[0] is YES


def test_nothing_is_seldom_called_a_line() -> None:
    """One line by Currie's limit alone would be seen in 5 % of spectra of nothing; five with gates never are."""
    answers = [outcome(source([], floor=200.0, seed=seed), least_net_counts=1)[0] for seed in range(60)]
    assert YES not in answers


@pytest.mark.parametrize("counts_645", [40.0, 150.0, 600.0])
def test_few_counts_leave_it_open_or_confirm(counts_645: float) -> None:
    found = {outcome(plutonium(seed, counts_645=counts_645))[0] for seed in range(6)}
    assert found <= {YES, OPEN}


def test_what_cannot_be_measured_is_a_malfunction() -> None:
    item = plutonium()
    still = replace(item, live_time_ns=0)
    assert outcome(still) == (BROKEN, "not-counting")
    assert outcome(item, still) == (BROKEN, "not-counting")
    assert outcome(item, replace(item, counts=item.counts[:-1])) == (BROKEN, "background-not-paired")
    assert outcome(replace(item, counts=item.counts[:1500])) == (BROKEN, "lines-outside-spectrum")


def line(**changed: Any) -> PresenceLine:
    return replace(presence_settings().lines[0], **changed)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (lambda: line(energy_kev=Fraction(500)), "the line in the middle"),
        (lambda: line(low_band_kev=(Fraction(411), Fraction(408))), "the line in the middle"),
        (lambda: line(fwhm_kev=Fraction(0)), "width and gate must be above 0"),
        (lambda: line(width_gate=Fraction(1)), "gate of its width"),
        (lambda: presence_settings(lines=()), "presence by 0 lines"),
        (lambda: presence_settings(coverage=Fraction(0)), "both factors"),
        (lambda: presence_settings(drift_kev=Fraction(-1)), "drift of -1.0 keV"),
        (lambda: presence_settings(least_net_counts=0), "least net counts 0"),
        (lambda: presence_settings(least_rate_per_s=Fraction(0)), "the least rate"),
    ],
)
def test_settings_that_decide_nothing_are_refused(build: Any, said: str) -> None:
    with pytest.raises(MeasurementError, match=said):
        build()


def test_settings_are_a_value() -> None:
    assert presence_settings() == presence_settings()
    assert isinstance(presence_settings(), PlutoniumPresenceSettings)
