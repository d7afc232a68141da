"""How uncertain a figure is that is worked out from uncertain ones: by drawing them and running the model.

The thorough way, for models that bend and for inputs that are not normal: every input is drawn from what is
known of it, the model runs on each draw, and the figures are counted. It answers with intervals that need no
assumption on the shape of the figure, and says how far off they may be because draws are finite.

References:
    [JCGM-101], clause 7.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from counterseal.stats.distributions import Spread
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_count
from counterseal.stats.levels import require_level, require_seed
from counterseal.stats.result import Result

Model = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure whose distribution was drawn.

    Attributes:
        mean: Mean of the figure [unit of the figure], with an interval for the error of drawing.
        uncertainty: Its standard deviation [unit of the figure], with an interval for the error of drawing.
        shortest: Shortest interval with the coverage asked for [unit of the figure].
        symmetric: Interval with equal chances on both sides [unit of the figure].
        coverage: Share of the draws that both intervals hold [0 to 1].
    """

    mean: Result
    uncertainty: Result
    shortest: tuple[float, float]
    symmetric: tuple[float, float]
    coverage: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "mean": self.mean.document(),
            "uncertainty": self.uncertainty.document(),
            "shortest": list(self.shortest),
            "symmetric": list(self.symmetric),
            "coverage": self.coverage,
        }


def propagate_by_drawing(
    model: Model, inputs: Mapping[str, Spread], *, n: int, seed: int, coverage: float = 0.95
) -> Drawn:
    """Return the distribution of a figure that a model works out from inputs drawn from theirs.

    Args:
        model: Takes an array of shape (inputs, n), a row for each input in order, and returns n figures.
        inputs: What is known of each input, by name; they are independent.
        n: Number of draws, 100 to 10**8.
        seed: Seed of the draws; the same seed gives the same figures.
        coverage: Share of the draws that the intervals hold [0 to 1], above 0, below 1.

    Raises:
        StatsError: a number is out of its range, or the model returns something else than n finite figures.

    Examples:
        >>> from counterseal.stats.distributions import Uniform
        >>> two = {"a": Uniform(low=0.0, high=1.0), "b": Uniform(low=0.0, high=1.0)}
        >>> drawn = propagate_by_drawing(lambda x: x[0] + x[1], two, n=10_000, seed=7)
        >>> round(drawn.uncertainty.value or 0.0, 1)
        0.4
    """
    require_count(n, "drawing, n", least=100, most=10**8)
    if not inputs:
        raise StatsError("drawing: no input to draw")
    require_level(coverage, "drawing, coverage")
    require_seed(seed, "drawing, seed")
    generator = np.random.Generator(np.random.Philox(seed))
    rows = np.stack([spread.quantile(generator.random(n) + 2.0**-54) for spread in inputs.values()])
    figures = np.sort(np.asarray(model(rows), dtype=np.float64))
    if figures.shape != (n,) or not np.isfinite(figures).all():
        raise StatsError(f"drawing: the model must return {n} finite figures, found shape {figures.shape}")
    asked = {"inputs": {name: spread.document() for name, spread in inputs.items()}, "coverage": coverage}
    mean, sd = float(figures.mean()), float(figures.std(ddof=1))
    fourth = float(((figures - mean) ** 4).mean()) / sd**4 if sd > 0.0 else 1.0
    errors = (sd / math.sqrt(n), 0.5 * sd * math.sqrt(max(fourth - 1.0, 0.0) / n))
    held = math.ceil(coverage * n)
    starts = figures[: n - held]
    first = int(np.argmin(figures[held:] - starts))
    left = (n - held) // 2
    return Drawn(
        mean=_estimate(mean, errors[0], "mean of draws", asked, n, seed),
        uncertainty=_estimate(sd, errors[1], "standard deviation of draws", asked, n, seed),
        shortest=(float(figures[first]), float(figures[first + held])),
        symmetric=(float(figures[left]), float(figures[left + held])),
        coverage=coverage,
    )


def _estimate(value: float, error: float, what: str, asked: dict[str, Any], n: int, seed: int) -> Result:
    confidence = 0.95
    width = -float(special.ndtri(0.5 * (1.0 - confidence))) * error
    return Result(
        value=value,
        lower=value - width,
        upper=value + width,
        kind="estimate",
        method=f"{what}, Philox generator",
        exact=False,
        seed=seed,
        n_rep=n,
        confidence=confidence,
        inputs=asked,
        assumptions=("Inputs are independent and have the distributions stated.",),
    )
