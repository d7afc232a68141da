"""What attempts on one population came to, counted, and the rates behind the counts with exact intervals."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from counterseal.stats.clopper_pearson import ExactInterval, clopper_pearson
from counterseal.terms.outcomes import MeasurementOutcome


class Risk(StrEnum):
    """Whose risk a wrong answer is."""

    HOST = "host"
    """A genuine item is not confirmed (false reject)."""
    INSPECTOR = "inspector"
    """An item without what is asked for is confirmed (false accept)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Attempts by their outcome, before *no decision* is hidden.

    Attributes:
        counts: How many attempts came to each outcome.
    """

    counts: tuple[tuple[MeasurementOutcome, int], ...]

    @classmethod
    def of(cls, outcomes: Iterable[MeasurementOutcome]) -> "Tally":
        """Return the tally of some outcomes."""
        found = Counter(outcomes)
        return cls(counts=tuple((outcome, found[outcome]) for outcome in MeasurementOutcome))

    def __add__(self, other: "Tally") -> "Tally":
        counts = zip(self.counts, other.counts, strict=True)
        return Tally(counts=tuple((outcome, one + two) for (outcome, one), (_, two) in counts))

    @property
    def runs(self) -> int:
        """Number of attempts."""
        return sum(count for _, count in self.counts)

    def count(self, outcome: MeasurementOutcome) -> int:
        """Return how many attempts came to an outcome."""
        return dict(self.counts)[outcome]

    def shown(self, *, hides_no_decision: bool) -> Mapping[MeasurementOutcome, int]:
        """Return how often each answer leaves the barrier."""
        counts = dict(self.counts)
        if hides_no_decision:
            counts[MeasurementOutcome.NOT_CONFIRMED] += counts.pop(MeasurementOutcome.NO_DECISION)
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often something came about.

    Attributes:
        count: How often, in the runs.
        runs: Number of attempts.
        interval: Exact interval for the chance behind it.
    """

    count: int
    runs: int
    interval: ExactInterval

    @property
    def share(self) -> float:
        """Part of the runs [0 to 1]."""
        return self.count / self.runs


def rate(count: int, *, runs: int, confidence: Fraction) -> Rate:
    """Return a rate with its exact interval."""
    return Rate(count=count, runs=runs, interval=clopper_pearson(count, trials=runs, confidence=confidence))


def risk(tally: Tally, *, genuine: bool, hides_no_decision: bool, confidence: Fraction) -> tuple[Risk, Rate]:
    """Return whose risk a population is, and how large.

    For a genuine population: answers that leave as *not confirmed*, with *no decision* among them only
    where the protocol hides it. For another: answers *confirmed*.
    """
    whose = Risk.HOST if genuine else Risk.INSPECTOR
    wrong = MeasurementOutcome.NOT_CONFIRMED if genuine else MeasurementOutcome.CONFIRMED
    count = tally.shown(hides_no_decision=hides_no_decision)[wrong]
    return whose, rate(count, runs=tally.runs, confidence=confidence)
