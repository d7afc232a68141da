"""A figure answers only when it clears the threshold by k combined uncertainties."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.measurement.attributes.decision import (
    Band,
    Side,
    Threshold,
    all_of,
    combined_uncertainty,
    decide,
)
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.errors import MeasurementError
from counterseal.terms.outcomes import MeasurementOutcome

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION


def figure(estimate: float, statistical: float = 0.0, systematic: float = 0.0) -> Figure:
    return Figure(name="ratio", estimate=estimate, statistical=statistical, systematic=systematic)


def below(value: str = "0.5", coverage: int = 2) -> Threshold:
    return Threshold(value=Fraction(value), holds=Side.BELOW, coverage=Fraction(coverage))


def above(value: str = "0.5", coverage: int = 2) -> Threshold:
    return Threshold(value=Fraction(value), holds=Side.ABOVE, coverage=Fraction(coverage))


@pytest.mark.parametrize(
    ("found", "outcome", "reason"),
    [
        (figure(0.2, 0.1), YES, "clears-threshold"),
        (figure(0.8, 0.1), NO, "clears-other-side"),
        (figure(0.4, 0.1), OPEN, "within-margin"),
        (figure(0.25, 0.125), OPEN, "within-margin"),  # touches the threshold exactly
        (figure(0.75, 0.125), OPEN, "within-margin"),
        (figure(0.25, math.nextafter(0.125, 0)), YES, "clears-threshold"),
        (figure(0.75, math.nextafter(0.125, 0)), NO, "clears-other-side"),
        (figure(0.5), OPEN, "within-margin"),  # no uncertainty, on the threshold
        (figure(0.2, 0.03, 0.2), OPEN, "within-margin"),  # counting alone would have decided
        (figure(math.nan, 0.1), OPEN, "not-a-figure"),
        (figure(0.1, math.inf), OPEN, "not-a-figure"),
        (figure(0.1, 0.1, math.nan), OPEN, "not-a-figure"),
        (figure(-math.inf, 0.1), OPEN, "not-a-figure"),
        (figure(0.1, 1e200), OPEN, "not-a-figure"),  # its square is beyond double precision
        (figure(0.1, -0.01), OPEN, "not-a-figure"),
        (figure(0.1, 0.01, -0.01), OPEN, "not-a-figure"),
    ],
)
def test_a_figure_against_a_threshold_that_holds_below(
    found: Figure, outcome: MeasurementOutcome, reason: str
) -> None:
    answer = decide(found, against=below())
    assert (answer.outcome, answer.reason) == (outcome, reason)
    assert answer.figures == (found,)


finite = st.floats(-1e6, 1e6)
spread = st.floats(0, 1e6)


@given(finite, spread, spread, finite)
def test_the_two_sides_are_each_others_mirror(
    estimate: float, statistical: float, systematic: float, value: float
) -> None:
    found = figure(estimate, statistical, systematic)
    one = decide(found, against=below(value=repr(value)))
    other = decide(found, against=above(value=repr(value)))
    assert {YES: NO, NO: YES, OPEN: OPEN}[one.outcome] is other.outcome


@given(finite, spread, finite, st.floats(1, 10))
def test_more_uncertainty_never_makes_an_answer(
    estimate: float, statistical: float, value: float, times: float
) -> None:
    one = decide(figure(estimate, statistical), against=below(value=repr(value)))
    wider = decide(figure(estimate, statistical * times), against=below(value=repr(value)))
    assert wider.outcome in {one.outcome, OPEN}


def test_the_margin_is_compared_without_rounding() -> None:
    """1 + 2**-60 is 1 in double precision; the threshold above it still is."""
    threshold = Threshold(value=1 + Fraction(1, 2**60), holds=Side.BELOW, coverage=Fraction(1))
    assert decide(figure(1.0), against=threshold).outcome is YES
    assert decide(figure(1.0, 2.0**-60), against=threshold).outcome is OPEN


def test_a_band_confirms_inside_and_denies_beyond_one_edge() -> None:
    band = Band(lower=Fraction(1), upper=Fraction(3), coverage=Fraction(2))
    assert decide(figure(2.0, 0.25), against=band).outcome is YES
    assert decide(figure(2.0, 0.5), against=band).outcome is OPEN  # touches both edges
    assert decide(figure(0.5, 0.2), against=band).outcome is NO
    assert decide(figure(3.5, 0.2), against=band).outcome is NO
    assert decide(figure(0.5, 0.25), against=band).outcome is OPEN
    assert decide(figure(2.0, 5.0), against=band).outcome is OPEN


def test_the_combined_uncertainty_is_the_root_of_squares() -> None:
    assert combined_uncertainty(figure(1.0, 3.0, 4.0)) == 5.0


@pytest.mark.parametrize("coverage", [0, -1, 11])
def test_a_coverage_factor_without_a_margin_is_refused(coverage: int) -> None:
    with pytest.raises(MeasurementError, match="coverage factor"):
        below(coverage=coverage)
    with pytest.raises(MeasurementError, match="coverage factor"):
        Band(lower=Fraction(0), upper=Fraction(1), coverage=Fraction(coverage))


def test_a_band_must_go_upwards() -> None:
    with pytest.raises(MeasurementError, match="must go upwards"):
        Band(lower=Fraction(1), upper=Fraction(1), coverage=Fraction(2))


def judged(outcome: MeasurementOutcome) -> Judgement:
    return Judgement(outcome=outcome, reason=f"because-{outcome}", figures=(figure(1.0),))


@pytest.mark.parametrize(
    ("several", "one"),
    [
        ((YES, YES), YES),
        ((YES, OPEN), OPEN),
        ((OPEN, NO), NO),
        ((NO, BROKEN, YES), BROKEN),
    ],
)
def test_several_questions_are_answered_by_the_worst(
    several: tuple[MeasurementOutcome, ...], one: MeasurementOutcome
) -> None:
    answer = all_of(tuple(judged(outcome) for outcome in several))
    assert (answer.outcome, answer.reason) == (one, f"because-{one}")
    assert len(answer.figures) == len(several)


def test_no_question_is_not_answered_yes() -> None:
    with pytest.raises(MeasurementError, match="at least one must be asked"):
        all_of(())
