"""The rule by which a figure with its uncertainty answers a question: yes, no, or it does not decide.

A figure answers only when it clears the threshold by ``k`` of its combined uncertainty; an uncertainty
of counting alone would let nuclear data and model errors decide. The comparison is made in exact
fractions, so no rounding lies between a figure and its answer. A figure that touches the threshold
with its margin, and one that is no finite number, decide nothing.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.errors import MeasurementError
from counterseal.terms.outcomes import MeasurementOutcome

MAX_COVERAGE = 10


class Side(StrEnum):
    """On which side of the threshold the attribute holds."""

    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What two parties agreed that a figure is compared with.

    Attributes:
        value: The threshold, in the unit of the figure.
        holds: The side on which the attribute is confirmed.
        coverage: How many combined standard uncertainties must lie between (``k``), above 0, at most 10.
    """

    value: Fraction
    holds: Side
    coverage: Fraction

    def __post_init__(self) -> None:
        """Refuse a factor that asks for no margin, or for one that nothing can clear."""
        _check_coverage(self.coverage)

    @property
    def lower(self) -> Fraction | None:
        """The least value that would hold, or None where there is none."""
        return self.value if self.holds is Side.ABOVE else None

    @property
    def upper(self) -> Fraction | None:
        """The greatest value that would hold, or None where there is none."""
        return self.value if self.holds is Side.BELOW else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Two thresholds between which the attribute holds.

    Attributes:
        lower: The lower one, in the unit of the figure.
        upper: The upper one, above the lower.
        coverage: As in `Threshold`.
    """

    lower: Fraction
    upper: Fraction
    coverage: Fraction

    def __post_init__(self) -> None:
        """Refuse a band without a width."""
        _check_coverage(self.coverage)
        if not self.lower < self.upper:
            raise MeasurementError(f"band from {self.lower} to {self.upper}: must go upwards")


def combined_uncertainty(figure: Figure) -> float:
    """Return the root of the sum of squares of the two standard uncertainties of a figure, in its unit."""
    return math.sqrt(figure.statistical * figure.statistical + figure.systematic * figure.systematic)


def decide(figure: Figure, *, against: Threshold | Band, behind: tuple[Figure, ...] = ()) -> Judgement:
    """Answer whether a figure lies where an attribute holds.

    With the margin ``m = k * sqrt(statistical**2 + systematic**2)``: *confirmed* when both
    ``figure - m`` and ``figure + m`` lie strictly inside; *not confirmed* when both lie strictly
    beyond one and the same edge; otherwise *no decision*.

    Args:
        figure: What was found, with both parts of its uncertainty.
        against: The threshold or the band.
        behind: Further figures that the judgement is to carry.

    Returns:
        The judgement, with ``figure`` first among its figures. Reasons: ``clears-threshold``,
        ``clears-other-side``, ``within-margin``, ``not-a-figure``.
    """
    outcome, reason = _compare(figure, against)
    return Judgement(outcome=outcome, reason=reason, figures=(figure, *behind))


def all_of(judgements: tuple[Judgement, ...]) -> Judgement:
    """Return the one answer to several questions that must all be answered yes.

    A malfunction of one makes it a malfunction, else one *not confirmed* makes it so, else one
    *no decision* does; only all *confirmed* confirm. The reason is that of the first that decided.

    Raises:
        MeasurementError: there are none; an empty set of rules never passes.
    """
    if not judgements:
        raise MeasurementError("no attribute to answer: at least one must be asked")
    figures = tuple(figure for judgement in judgements for figure in judgement.figures)
    for outcome in _FROM_WORST:
        for judgement in judgements:
            if judgement.outcome is outcome:
                return Judgement(outcome=outcome, reason=judgement.reason, figures=figures)
    raise AssertionError("an outcome that has no place in the order")


_FROM_WORST = (
    MeasurementOutcome.MALFUNCTION,
    MeasurementOutcome.NOT_CONFIRMED,
    MeasurementOutcome.NO_DECISION,
    MeasurementOutcome.CONFIRMED,
)


def _check_coverage(coverage: Fraction) -> None:
    if not 0 < coverage <= MAX_COVERAGE:
        raise MeasurementError(f"coverage factor {coverage}: must be above 0, at most {MAX_COVERAGE}")


def _compare(figure: Figure, against: Threshold | Band) -> tuple[MeasurementOutcome, str]:
    spread = combined_uncertainty(figure)
    parts = (figure.estimate, figure.statistical, figure.systematic, spread)
    if not all(math.isfinite(part) for part in parts) or min(figure.statistical, figure.systematic) < 0:
        return MeasurementOutcome.NO_DECISION, "not-a-figure"
    margin = against.coverage * Fraction(spread)
    lowest, highest = Fraction(figure.estimate) - margin, Fraction(figure.estimate) + margin
    lower, upper = against.lower, against.upper
    if (lower is not None and highest < lower) or (upper is not None and lowest > upper):
        return MeasurementOutcome.NOT_CONFIRMED, "clears-other-side"
    if (lower is None or lowest > lower) and (upper is None or highest < upper):
        return MeasurementOutcome.CONFIRMED, "clears-threshold"
    return MeasurementOutcome.NO_DECISION, "within-margin"
