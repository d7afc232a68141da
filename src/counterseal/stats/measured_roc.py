"""How well a test tells two kinds of items apart, from measurements of items that are known.

References:
    [DELONG-1988], for the area under the curve and its interval; [CLOPPER-PEARSON-1934], for the exact
    intervals of shares.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.clopper_pearson import clopper_pearson
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_chance
from counterseal.stats.receiver_curve import OperatingThreshold
from counterseal.stats.result import Result

Numbers = NDArray[np.float64]
_CONFIDENCE = 0.95
_LEAST = 2
"""A scatter needs two figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRoc:
    """The curve of a test from measurements of items known to be true and known to be false.

    Attributes:
        area: Chance that a false item gives a larger figure than a true one, with an interval.
        points: ``(threshold, false alarm, detection)`` at each measured figure, from the highest down.
        n_true: Number of true items measured.
        n_false: Number of false ones.
    """

    area: Result
    points: tuple[tuple[float, float, float], ...]
    n_true: int
    n_false: int

    def for_false_alarm(self, chance: float) -> OperatingThreshold:
        """Return the lowest measured threshold whose share of false alarms is at most that chance.

        Args:
            chance: Of a false alarm at one test [0 to 1].

        Returns:
            The point, with exact intervals of Clopper and Pearson; the threshold is infinite where even the
            highest figure of a true item raises too many.

        Raises:
            StatsError: it is no chance.
        """
        require_chance(chance, "measured curve, false alarm")
        fitting = [point for point in self.points if point[1] <= chance]
        threshold, false_alarm, detection = fitting[-1] if fitting else (math.inf, 0.0, 0.0)
        return OperatingThreshold(
            threshold=threshold,
            false_alarm=_share(round(false_alarm * self.n_true), self.n_true, "false alarms"),
            detection=_share(round(detection * self.n_false), self.n_false, "detections"),
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "area": self.area.document(),
            "points": [list(one) for one in self.points],
            "n_true": self.n_true,
            "n_false": self.n_false,
        }


def roc_from_samples(true_items: Sequence[float], false_items: Sequence[float]) -> MeasuredRoc:
    """Return the curve of a test from figures measured on items that are known; large means false.

    Args:
        true_items: Figures of true items, 2 or more.
        false_items: Figures of false items, 2 or more.

    Raises:
        StatsError: too few figures, or one that is not finite.

    Examples:
        >>> found = roc_from_samples([1.0, 2.0, 3.0, 4.0], [3.0, 5.0, 6.0])
        >>> found.area.value, found.points[2]
        (0.875, (4.0, 0.25, 0.6666666666666666))
    """
    first, second = _figures(true_items, "true items"), _figures(false_items, "false items")
    thresholds = np.unique(np.concatenate((first, second)))[::-1]
    alarms = (first.size - np.searchsorted(first, thresholds)) / first.size
    seen = (second.size - np.searchsorted(second, thresholds)) / second.size
    return MeasuredRoc(
        area=_area(first, second),
        points=tuple(zip(thresholds.tolist(), alarms.tolist(), seen.tolist(), strict=True)),
        n_true=first.size,
        n_false=second.size,
    )


def _figures(figures: Sequence[float], name: str) -> Numbers:
    found = np.sort(np.asarray(figures, dtype=np.float64))
    if found.ndim != 1 or found.size < _LEAST:
        raise StatsError(f"measured curve, {name}: {found.size} figures, must be 2 or more")
    if not np.isfinite(found).all():
        raise StatsError(f"measured curve, {name}: a figure is not finite")
    return found


def _area(first: Numbers, second: Numbers) -> Result:
    """Return the area with DeLong's interval on the scale of log-odds, where it stays between 0 and 1."""
    below = 0.5 * (np.searchsorted(first, second) + np.searchsorted(first, second, side="right")) / first.size
    above = (
        1.0
        - 0.5 * (np.searchsorted(second, first) + np.searchsorted(second, first, side="right")) / second.size
    )
    value = float(below.mean())
    error = math.sqrt(float(below.var(ddof=1)) / second.size + float(above.var(ddof=1)) / first.size)
    low, high = 0.0, 1.0
    if 0.0 < value < 1.0:
        odds = math.log(value / (1.0 - value))
        width = -float(special.ndtri(0.5 * (1.0 - _CONFIDENCE))) * error / (value * (1.0 - value))
        low, high = float(special.expit(odds - width)), float(special.expit(odds + width))
    certain = ("The samples do not overlap: no interval shorter than 0 to 1 follows from them.",)
    return Result(
        value=value,
        lower=min(low, value),
        upper=max(high, value),
        kind="estimate",
        method="area under the measured curve, interval after DeLong",
        exact=False,
        n_rep=first.size + second.size,
        confidence=_CONFIDENCE,
        inputs={"true_items": first.tolist(), "false_items": second.tolist()},
        assumptions=("The measured items are like those to be tested, and independent.",),
        warnings=() if 0.0 < value < 1.0 else certain,
    )


def _share(count: int, trials: int, what: str) -> Result:
    interval = clopper_pearson(count, trials=trials, confidence=Fraction(95, 100))
    return Result(
        value=count / trials,
        lower=interval.low,
        upper=interval.high,
        kind="estimate",
        method=f"share of {what} among measured items, exact interval",
        exact=False,
        n_rep=trials,
        confidence=_CONFIDENCE,
        inputs={"count": count, "trials": trials},
        assumptions=("The measured items are like those to be tested, and independent.",),
    )
