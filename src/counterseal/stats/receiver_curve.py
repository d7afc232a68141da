"""How well a test tells two kinds of items apart, at every threshold: the receiver operating characteristic.

A test that gives a figure becomes a test that says yes or no once a threshold is chosen. The curve shows, for
each threshold, how often true items raise an alarm and how often false ones are seen. An agreement chooses
one point of it, and with the number of tests a year that point means so many false alarms a year. Where the
figures of both kinds are known from measurements only, see ``measured_roc.py``.

References:
    Any textbook of signal detection; [HANLEY-MCNEIL-1982], for the area of the curve.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.count_distributions import BinomialCounts, PoissonCounts
from counterseal.stats.distributions import Normal
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_chance, require_count
from counterseal.stats.result import Result, exactly
from counterseal.stats.sampling_inputs import number

Numbers = NDArray[np.float64]
Figure = Normal | PoissonCounts | BinomialCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingThreshold:
    """One point of a curve.

    Attributes:
        threshold: Figure from which on there is an alarm [unit of the figure]; infinite for never.
        false_alarm: Chance that a true item raises it.
        detection: Chance that a false item raises it.
    """

    threshold: float
    false_alarm: Result
    detection: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "threshold": self.threshold if math.isfinite(self.threshold) else None,
            "false_alarm": self.false_alarm.document(),
            "detection": self.detection.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Roc:
    """The curve of a test whose figure has known distributions; a large figure means false.

    Attributes:
        true_items: Distribution of the figure on true items.
        false_items: On false ones; of the same kind, continuous or counts.
    """

    true_items: Figure
    false_items: Figure

    def __post_init__(self) -> None:
        """Refuse to compare counts with figures that are none."""
        if isinstance(self.true_items, Normal) != isinstance(self.false_items, Normal):
            raise StatsError("curve of a test: one figure is a count and the other is not")

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, by name."""
        return {"true_items": self.true_items.document(), "false_items": self.false_items.document()}

    def at(self, threshold: float) -> OperatingThreshold:
        """Return the point of the curve at a threshold.

        Args:
            threshold: Figure from which on there is an alarm; for counts the next whole number is taken.

        Raises:
            StatsError: it is not a number.
        """
        if math.isnan(number(threshold, "curve of a test, threshold")):
            raise StatsError("curve of a test, threshold: not a number")
        false_alarm, detection = (
            exactly(
                self._above(figure, threshold),
                method="chance that the figure reaches the threshold",
                inputs={**self.inputs, "threshold": threshold},
                assumptions=("The distributions of the figure on true and on false items are as stated.",),
                ln_value=self._ln_above(figure, threshold),
                tol=1e-12,
            )
            for figure in (self.true_items, self.false_items)
        )
        return OperatingThreshold(threshold=threshold, false_alarm=false_alarm, detection=detection)

    def for_false_alarm(self, chance: float) -> OperatingThreshold:
        """Return the lowest threshold that raises a false alarm with at most that chance.

        Args:
            chance: Of a false alarm at one test [0 to 1], above 0; for counts it is seldom met exactly, and
                what the threshold does is in the answer.

        Raises:
            StatsError: it is no chance above 0.
        """
        require_chance(chance, "curve of a test, false alarm")
        if chance == 0.0:
            raise StatsError("curve of a test, false alarm: 0, must be above 0")
        if isinstance(self.true_items, Normal):
            distance = -float(special.ndtri(chance))
            return self.at(self.true_items.mean + self.true_items.sd * distance)
        low, high = self.true_items.span()
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._above(self.true_items, middle) <= chance else (middle, high)
        return self.at(float(low if self._above(self.true_items, low) <= chance else high))

    def curve(self, points: int = 201) -> tuple[tuple[float, float, float], ...]:
        """Return ``(threshold, false alarm, detection)`` from the highest threshold down, shape (n, 3).

        Args:
            points: How many, 2 to 10**5; counts give one for each threshold, if these are fewer.
        """
        require_count(points, "curve of a test, points", least=2, most=100_000)
        if isinstance(self.true_items, Normal) and isinstance(self.false_items, Normal):
            both = (self.true_items, self.false_items)
            low, high = (
                min(one.mean - 5 * one.sd for one in both),
                max(one.mean + 5 * one.sd for one in both),
            )
            thresholds = np.linspace(high, low, points)
        else:
            low, high = self._span()
            thresholds = np.unique(np.round(np.linspace(low, high, min(points, high - low + 1))))[::-1]
        first, second = self._many(self.true_items, thresholds), self._many(self.false_items, thresholds)
        return tuple(zip(thresholds.tolist(), first.tolist(), second.tolist(), strict=True))

    @property
    def area(self) -> Result:
        """Chance that a false item gives a larger figure than a true one; equal ones count half [0 to 1]."""
        if isinstance(self.true_items, Normal) and isinstance(self.false_items, Normal):
            apart = self.false_items.mean - self.true_items.mean
            value = float(special.ndtr(apart / math.hypot(self.true_items.sd, self.false_items.sd)))
        else:
            low, high = self._span()
            counts = np.arange(low, high + 2, dtype=np.float64)
            first, second = self._many(self.true_items, counts), self._many(self.false_items, counts)
            value = float(-np.diff(first) @ (0.5 * (second[:-1] + second[1:])))
        return exactly(
            min(max(value, 0.0), 1.0),
            method="area under the curve",
            inputs=self.inputs,
            assumptions=("The distributions of the figure on true and on false items are as stated.",),
            tol=1e-10,
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**self.inputs, "area": self.area.document(), "curve": [list(one) for one in self.curve()]}

    def _span(self) -> tuple[int, int]:
        spans = [one.span() for one in (self.true_items, self.false_items) if not isinstance(one, Normal)]
        return min(low for low, _ in spans), max(high for _, high in spans)

    def _above(self, figure: Figure, threshold: float) -> float:
        return float(self._many(figure, np.array([threshold]))[0])

    @staticmethod
    def _ln_above(figure: Figure, threshold: float) -> float:
        if isinstance(figure, Normal):
            return float(special.log_ndtr((figure.mean - threshold) / figure.sd))
        if math.isinf(threshold):
            return 0.0 if threshold < 0.0 else -math.inf
        return figure.ln_at_least(math.ceil(threshold))

    @staticmethod
    def _many(figure: Figure, thresholds: Numbers) -> Numbers:
        if isinstance(figure, Normal):
            return np.asarray(special.ndtr((figure.mean - thresholds) / figure.sd), dtype=np.float64)
        return figure.at_least(np.ceil(thresholds))


def roc(true_items: Figure, false_items: Figure) -> Roc:
    """Return the curve of a test whose figure is distributed so; a large figure means false.

    Args:
        true_items: Distribution of the figure on true items.
        false_items: On false ones.

    Raises:
        StatsError: one is a count and the other is not.

    Examples:
        >>> curve = roc(PoissonCounts(mean=100.0), PoissonCounts(mean=140.0))
        >>> point = curve.for_false_alarm(0.001)
        >>> point.threshold, f"{point.false_alarm.value:.5f}", f"{point.detection.value:.3f}"
        (133.0, '0.00094', '0.734')
    """
    return Roc(true_items=true_items, false_items=false_items)
