"""Symmetry: every side against the mean, with its own uncertainty, whatever the number of sides."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from counterseal.barrier.protocol_form import Part
from counterseal.barrier.settings import read_settings
from counterseal.measurement.attributes.symmetry import SymmetrySettings, decide_symmetry
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.stated_settings import stated

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
SCALE = EnergyScale(coefficients_kev=(0.0, 10.0))


def side(counts: int, *, time_s: int = 100, channels: int = 100) -> Spectrum:
    held = np.zeros(channels, dtype=np.int64)
    held[40:60] = counts // 20
    held[40] += counts % 20
    return Spectrum(
        counts=held, live_time_ns=time_s * 10**9, real_time_ns=max(time_s, 1) * 10**9, scale=SCALE
    )


def settings(**changed: Any) -> SymmetrySettings:
    plain = SymmetrySettings(
        sides=4,
        band_kev=(Fraction(395), Fraction(605)),
        tolerance=Fraction("0.15"),
        coverage=Fraction(2),
        side_variation=Fraction("0.01"),
        least_net_counts=500,
    )
    return replace(plain, **changed)


def outcome(
    counts: list[int], background: Spectrum | None = None, **changed: Any
) -> tuple[MeasurementOutcome, str]:
    rule = settings(**changed)
    answer = decide_symmetry(tuple(side(count) for count in counts), background=background, settings=rule)
    return answer.outcome, answer.reason


def test_an_item_alike_from_all_sides_is_confirmed_and_one_with_a_face_is_not() -> None:
    assert outcome([10_000, 10_100, 9_900, 10_050]) == (YES, "clears-threshold")
    assert outcome([10_000, 10_000, 10_000, 16_000]) == (NO, "clears-other-side")
    assert outcome([10_000, 10_000, 10_000, 5_000]) == (NO, "clears-other-side")
    assert outcome([10_000, 10_000, 10_000, 12_000]) == (OPEN, "within-margin")


def test_the_background_is_taken_off_before_sides_are_compared() -> None:
    counts = [11_000, 11_000, 11_000, 13_400]
    assert outcome(counts)[0] is OPEN
    assert outcome(counts, side(10_000))[0] is NO
    assert outcome([40_000] * 4, side(39_990)) == (OPEN, "too-few-counts")


def test_sides_of_other_times_are_compared_by_rate() -> None:
    items = (side(10_000), side(20_000, time_s=200), side(10_000), side(30_000, time_s=300))
    assert decide_symmetry(items, background=None, settings=settings()).outcome is YES


def test_too_few_counts_decide_nothing_and_little_more_has_its_noise() -> None:
    assert outcome([300, 300, 300, 700]) == (OPEN, "too-few-counts")
    assert outcome([500, 500, 500, 500])[0] is YES
    assert outcome([500, 500, 500, 500], tolerance=Fraction("0.07"))[0] is OPEN
    assert outcome([0, 0, 0, 0], least_net_counts=1) == (OPEN, "too-few-counts")


def test_the_uncertainty_of_a_side_is_that_of_the_deviation_from_a_mean_it_is_part_of() -> None:
    rule = settings(sides=3, side_variation=Fraction(0))
    answer = decide_symmetry(tuple(side(10_000) for _ in range(3)), background=None, settings=rule)
    generator = np.random.default_rng(1)
    counts = generator.poisson(10_000, (40_000, 3))
    scatter = (counts[:, 0] / counts.mean(axis=1) - 1).std()
    assert answer.figures[0].name == "side_0_deviation"
    assert answer.figures[0].statistical == pytest.approx(scatter, rel=0.03)


def test_how_well_a_side_can_be_placed_is_in_its_margin() -> None:
    counts = [100_000] * 4
    assert outcome(counts)[0] is YES
    assert outcome(counts, side_variation=Fraction("0.08"))[0] is OPEN


@pytest.mark.parametrize("sides", [4, 16])
def test_a_symmetric_item_is_seldom_denied_whatever_the_number_of_sides(sides: int) -> None:
    """At a true deviation of 0 a denial would need six and more uncertainties; confirmed nearly always."""
    generator = np.random.default_rng(sides)
    rule = settings(sides=sides)
    found = [
        decide_symmetry(
            tuple(side(int(count)) for count in generator.poisson(5_000, sides)),
            background=None,
            settings=rule,
        ).outcome
        for _ in range(60)
    ]
    assert NO not in found
    assert found.count(YES) == 60


def test_a_face_at_the_very_tolerance_is_confirmed_as_seldom_as_the_margin_says() -> None:
    """One side of four beyond by exactly 15 %: below it by two uncertainties in 2.3 % of the cases."""
    generator = np.random.default_rng(8)
    rates = np.array([0.95, 0.95, 0.95, 1.15]) * 4_000
    found = [
        decide_symmetry(
            tuple(side(int(count)) for count in generator.poisson(rates)),
            background=None,
            settings=settings(side_variation=Fraction(0)),
        ).outcome
        for _ in range(300)
    ]
    assert found.count(YES) <= 17  # 2.3 % of 300 is 7; 17 or more would be 99.9 % sure to be too many
    assert found.count(NO) <= 17


@pytest.mark.parametrize(
    ("items", "background", "reason"),
    [
        ([side(1)] * 3, None, "number-of-sides"),
        ([side(1)] * 3 + [side(1, time_s=0)], None, "not-counting"),
        ([side(1)] * 4, side(1, time_s=0), "not-counting"),
        ([side(1)] * 3 + [side(1, channels=99)], None, "sides-differ"),
        ([side(1)] * 4, side(1, channels=99), "sides-differ"),
    ],
)
def test_what_was_not_as_agreed_is_a_malfunction(
    items: list[Spectrum], background: Spectrum | None, reason: str
) -> None:
    answer = decide_symmetry(tuple(items), background=background, settings=settings())
    assert (answer.outcome, answer.reason) == (BROKEN, reason)


def test_a_band_outside_the_spectrum_is_a_malfunction() -> None:
    assert outcome([1] * 4, band_kev=(Fraction(900), Fraction(1_100))) == (BROKEN, "band-outside-spectrum")


@pytest.mark.parametrize(
    "changed",
    [
        {"sides": 2},
        {"sides": 65},
        {"band_kev": (Fraction(5), Fraction(5))},
        {"tolerance": Fraction(0)},
        {"tolerance": Fraction(1)},
        {"side_variation": Fraction(1)},
        {"least_net_counts": 0},
        {"coverage": Fraction(0)},
    ],
)
def test_settings_that_any_item_would_meet_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError):
        settings(**changed)


def test_a_protocol_can_state_the_settings() -> None:
    assert read_settings(SymmetrySettings, Part(value=stated(settings()))) == settings()
