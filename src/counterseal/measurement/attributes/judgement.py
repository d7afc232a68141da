"""What an attribute comes to: one of four answers, and the figures behind it, which stay sealed."""

from dataclasses import dataclass

from counterseal.terms.outcomes import MeasurementOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that a judgement rests on.

    Attributes:
        name: What it is, with its unit (``ratio``, ``net_rate_per_s``).
        estimate: Its value.
        statistical: Its standard uncertainty from counting.
        systematic: Its standard uncertainty from all else (nuclear data, model, calibration).
    """

    name: str
    estimate: float
    statistical: float
    systematic: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The answer to one attribute, with its reasons. Sensitive as long as the item is.

    Attributes:
        outcome: The one thing that may leave the barrier.
        reason: A short fixed word that names the rule that decided (``below-threshold``, ``too-few-counts``).
        figures: What it rests on.
    """

    outcome: MeasurementOutcome
    reason: str
    figures: tuple[Figure, ...] = ()
