"""The exact interval of Clopper and Pearson for a chance that was counted: so many times out of so many.

Whatever the true chance is, the interval holds it at least as often as its confidence says; near 0 and 1 and
with few trials, where the normal formula fails, too. It is longer than needed rather than shorter.

References:
    [CLOPPER-PEARSON-1934]; [ABRAMOWITZ-STEGUN-1964], 26.5.8, for the continued fraction of the incomplete
    beta function.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from counterseal.stats.errors import StatsError

MAX_TRIALS = 10**9
_HALVINGS = 60
_TERMS = 100_000
_SETTLED = 1e-15
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactInterval:
    """An interval for a chance.

    Attributes:
        low: Lower end [0 to 1]; 0 where nothing was counted.
        high: Upper end [0 to 1]; 1 where nothing else was.
    """

    low: float
    high: float

    def holds(self, chance: float) -> bool:
        """Return whether a chance lies in it, its ends included."""
        return self.low <= chance <= self.high


def clopper_pearson(count: int, *, trials: int, confidence: Fraction) -> ExactInterval:
    """Return the exact two-sided interval with equal tails for the chance behind a count.

    The lower end is the chance at which ``count`` or more come about with half of what the confidence
    leaves; the upper end that at which ``count`` or fewer do.

    Args:
        count: How often it happened, 0 to ``trials``.
        trials: How often it could have, 1 to 10**9.
        confidence: How often the interval holds the truth, at least; above 0, below 1.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> four_of_twenty = clopper_pearson(4, trials=20, confidence=Fraction(9, 10))
        >>> f"{four_of_twenty.low:.4f} {four_of_twenty.high:.4f}"
        '0.0714 0.4010'
    """
    if not 1 <= trials <= MAX_TRIALS:
        raise StatsError(f"interval of {trials} trials: must be 1 to {MAX_TRIALS}")
    if not 0 <= count <= trials:
        raise StatsError(f"interval of {count} in {trials} trials: must be between none and all of them")
    if not 0 < confidence < 1:
        raise StatsError(f"interval of confidence {confidence}: must be above 0, below 1")
    tail = float((1 - confidence) / 2)
    low, high = 0.0, 1.0
    if count:  # the chance of count or more grows with p: I_p(count, trials - count + 1)
        low, _ = _bracket(count, trials - count + 1, tail)
    if count < trials:  # the chance of count or fewer is I_q(trials - count, count + 1), q = 1 - p
        below, _ = _bracket(trials - count, count + 1, tail)
        high = 1.0 - below
    return ExactInterval(low=low, high=high)


def _bracket(first: int, second: int, wanted: float) -> tuple[float, float]:
    """Return two neighbouring places between which the incomplete beta function passes a value."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if incomplete_beta(first, second, at=middle) < wanted:
            low = middle
        else:
            high = middle
    return low, high


def incomplete_beta(first: float, second: float, *, at: float) -> float:
    """Return the regularised incomplete beta function ``I_at(first, second)`` [0 to 1].

    Args:
        first: First parameter, above 0.
        second: Second parameter, above 0.
        at: Where, 0 to 1.

    Raises:
        StatsError: a parameter is out of its range, or the fraction does not settle.

    Examples:
        >>> round(incomplete_beta(2, 3, at=0.25), 10)
        0.26171875
    """
    if not (0 < first < math.inf and 0 < second < math.inf and 0 <= at <= 1):
        raise StatsError(f"incomplete beta function of {first}, {second} at {at}: out of range")
    if at in {0.0, 1.0}:
        return float(at)
    if at > (first + 1) / (first + second + 2):
        return 1.0 - incomplete_beta(second, first, at=1.0 - at)
    size = math.lgamma(first + second) - math.lgamma(first) - math.lgamma(second)
    size += first * math.log(at) + second * math.log1p(-at)
    return math.exp(size) * _fraction(first, second, at) / first


def _fraction(first: float, second: float, at: float) -> float:
    """Return the continued fraction, worked out from its top (modified method of Lentz)."""
    upper, lower = 1.0, 1.0 / _not_zero(1.0 - (first + second) * at / (first + 1.0))
    value = lower
    for term in range(1, _TERMS):
        twice = first + 2 * term
        even = term * (second - term) * at / ((twice - 1.0) * twice)
        odd = -(first + term) * (first + second + term) * at / (twice * (twice + 1.0))
        for part in (even, odd):
            lower = 1.0 / _not_zero(1.0 + part * lower)
            upper = _not_zero(1.0 + part / upper)
            value *= lower * upper
        if abs(lower * upper - 1.0) < _SETTLED:
            return value
    raise StatsError(f"incomplete beta function of {first}, {second} at {at}: does not settle")


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
