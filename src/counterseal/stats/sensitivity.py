"""Which input a figure hangs on: one at a time, and all together.

A headline number rests on inputs that nobody knows exactly. ``tornado`` moves one input after the other from
its low to its high value; ``sobol`` shares out the variance of the figure among the inputs, alone and with
their interplay; ``worst_case`` looks for the worst figure that the intervals of all inputs allow.

References:
    [SOBOL-2001]; [SALTELLI-2010], for the estimators of first and total index, the latter after
    [JANSEN-1999].
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.distributions import Spread
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount, require_count
from counterseal.stats.levels import require_seed
from counterseal.stats.result import Result, digest, exactly

Numbers = NDArray[np.float64]
Figure = Callable[..., Any]
_CONFIDENCE = 0.95
_RESAMPLES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What one input does to the figure.

    Attributes:
        name: The input.
        low: Its low value [unit of the input].
        high: Its high value [unit of the input].
        at_low: Figure at the low value, all others at their base [unit of the figure].
        at_high: Figure at the high value.
    """

    name: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def swing(self) -> float:
        """How far apart the two figures are [unit of the figure], 0 or more."""
        return abs(self.at_high - self.at_low)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "name": self.name,
            "low": self.low,
            "high": self.high,
            "at_low": self.at_low,
            "at_high": self.at_high,
            "swing": self.swing,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Tornado:
    """What each input by itself does to the figure.

    Attributes:
        base: The figure with all inputs at their base.
        bars: One for each input, the largest swing first.
    """

    base: Result
    bars: tuple[Bar, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"base": self.base.document(), "bars": [bar.document() for bar in self.bars]}


def tornado(fn: Figure, ranges: Mapping[str, tuple[float, float, float]]) -> Tornado:
    """Return what each input by itself does to the figure, from its low to its high value.

    Args:
        fn: Takes the inputs by name and returns the figure.
        ranges: ``(low, base, high)`` of each input, by name, in this order; see ``ranges_of`` for quantiles.

    Raises:
        StatsError: no input, values out of order, or a figure that is not finite.

    Examples:
        >>> found = tornado(lambda a, b: a * a + b, {"a": (0.0, 1.0, 3.0), "b": (4.0, 5.0, 6.0)})
        >>> found.base.value, [(bar.name, bar.swing) for bar in found.bars]
        (6.0, [('a', 9.0), ('b', 2.0)])
    """
    if not ranges:
        raise StatsError("tornado: no input")
    for name, (low, middle, high) in ranges.items():
        for what, value in (("low", low), ("base", middle), ("high", high)):
            require_amount(value, f"tornado, {name}, {what}", least=-math.inf)
        if not low <= middle <= high:
            raise StatsError(f"tornado, {name}: {low}, {middle}, {high} must not fall")
    bases = {name: middle for name, (_, middle, _) in ranges.items()}
    bars = [
        Bar(
            name=name,
            low=low,
            high=high,
            at_low=figure_at(fn, bases | {name: low}),
            at_high=figure_at(fn, bases | {name: high}),
        )
        for name, (low, _, high) in ranges.items()
    ]
    base = exactly(
        figure_at(fn, bases),
        method="figure with all inputs at their base",
        inputs={"ranges": {name: list(values) for name, values in ranges.items()}},
        assumptions=("One input moves at a time; what two do together is not seen.",),
    )
    return Tornado(base=base, bars=tuple(sorted(bars, key=lambda bar: -bar.swing)))


def ranges_of(
    dists: Mapping[str, Spread], *, low: float = 0.05, high: float = 0.95
) -> dict[str, tuple[float, float, float]]:
    """Return quantile, median and quantile of each input, as ``tornado`` takes them.

    Args:
        dists: What is known of each input, by name.
        low: Chance below the low value [0 to 1], above 0, below one half.
        high: Chance below the high value, above one half, below 1.

    Raises:
        StatsError: a chance is out of its range.

    Examples:
        >>> from counterseal.stats.distributions import Uniform
        >>> ranges_of({"q": Uniform(low=0.0, high=10.0)}, low=0.25, high=0.75)
        {'q': (2.5, 5.0, 7.5)}
    """
    middle = 0.5
    if not 0.0 < low < middle < high < 1.0:
        raise StatsError(f"quantiles {low} and {high}: must be above 0, on both sides of one half, below 1")
    chances = np.array([low, middle, high])
    found = {name: spread.quantile(chances).tolist() for name, spread in dists.items()}
    return {name: (values[0], values[1], values[2]) for name, values in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sobol:
    """How the variance of the figure is shared out among the inputs.

    Attributes:
        mean: Mean of the figure [unit of the figure].
        sd: Its standard deviation [unit of the figure].
        first: Share of the variance that each input explains by itself [0 to 1], by name.
        total: Share in which it has a part, with all interplay [0 to 1], by name; at least the first.
    """

    mean: float
    sd: float
    first: tuple[tuple[str, Result], ...]
    total: tuple[tuple[str, Result], ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        inputs = self.first[0][1].inputs
        return {
            "mean": self.mean,
            "sd": self.sd,
            "inputs_digest": digest(inputs),
            "first": {name: one.document() for name, one in self.first},
            "total": {name: one.document() for name, one in self.total},
        }


def sobol(fn: Figure, dists: Mapping[str, Spread], n: int, seed: int, *, vectorised: bool = False) -> Sobol:
    """Return how the variance of the figure is shared out among independent inputs.

    Args:
        fn: Takes the inputs by name and returns the figure.
        dists: What is known of each input, by name, in this order; they are independent.
        n: Number of base points, a power of two from 16 to 2**24; the figure is worked out n (inputs + 2)
            times.
        seed: Seed of the scrambled sequence of points and of the resampling.
        vectorised: Whether ``fn`` takes arrays of shape (n,) and returns one; else it is called once a point.

    Raises:
        StatsError: a number is out of its range, the figure is not finite, or it never changes.

    Examples:
        >>> from counterseal.stats.distributions import Uniform
        >>> two = {"a": Uniform(low=0.0, high=1.0), "b": Uniform(low=0.0, high=2.0)}
        >>> shares = sobol(lambda a, b: a + b, two, 1024, 5, vectorised=True)
        >>> [(name, round(one.value or 0.0, 2)) for name, one in shares.first]
        [('a', 0.2), ('b', 0.8)]
    """
    _require_power_of_two(n)
    require_seed(seed, "shares of variance, seed")
    if not dists:
        raise StatsError("shares of variance: no input")
    names = list(dists)
    first, second = _points(dists, n, seed)
    at_first, at_second = _many(fn, names, first, vectorised), _many(fn, names, second, vectorised)
    mixed = []
    for row in range(len(names)):
        swapped = first.copy()
        swapped[row] = second[row]
        mixed.append(_many(fn, names, swapped, vectorised))
    figures = np.concatenate((at_first, at_second))
    if figures.var() == 0.0:
        raise StatsError("shares of variance: the figure does not change with any input")
    samples = np.stack([at_first - figures.mean(), at_second - figures.mean(), *mixed])
    samples[2:] -= figures.mean()
    inputs = {"dists": {name: spread.document() for name, spread in dists.items()}, "n": n, "seed": seed}
    terms = _terms(samples)
    shares, errors = _shares(terms.sum(axis=1)), _resampled(terms, seed)
    return Sobol(
        mean=float(figures.mean()),
        sd=float(figures.std()),
        first=tuple(_named(names, shares[0], errors[0], "first index after Saltelli", inputs)),
        total=tuple(_named(names, shares[1], errors[1], "total index after Jansen", inputs)),
    )


def _require_power_of_two(n: int) -> None:
    require_count(n, "shares of variance, n", least=16, most=2**24)
    if n & (n - 1):
        raise StatsError(f"shares of variance, n: {n}, must be a power of two")


def _points(dists: Mapping[str, Spread], n: int, seed: int) -> tuple[Numbers, Numbers]:
    """Return two independent sets of points, each of shape (inputs, n)."""
    from scipy.stats import qmc

    size = len(dists)
    sequence = qmc.Sobol(2 * size, rng=np.random.Generator(np.random.Philox(seed)))
    even = np.clip(sequence.random(n), 2.0**-54, 1.0 - 2.0**-53).T
    spreads = list(dists.values())
    return (
        np.stack([spread.quantile(even[row]) for row, spread in enumerate(spreads)]),
        np.stack([spread.quantile(even[size + row]) for row, spread in enumerate(spreads)]),
    )


def figure_at(fn: Figure, values: Mapping[str, float]) -> float:
    """Return the figure for these inputs; refuse one that is not finite."""
    figure = float(fn(**values))
    if not math.isfinite(figure):
        raise StatsError(f"figure {figure} at {dict(values)}: must be finite")
    return figure


def _many(fn: Figure, names: list[str], rows: Numbers, vectorised: bool) -> Numbers:
    if vectorised:
        figures = np.asarray(fn(**dict(zip(names, rows, strict=True))), dtype=np.float64)
    else:
        figures = np.array(
            [fn(**dict(zip(names, at, strict=True))) for at in rows.T.tolist()], dtype=np.float64
        )
    if figures.shape != (rows.shape[1],) or not np.isfinite(figures).all():
        raise StatsError(
            f"shares of variance: must get {rows.shape[1]} finite figures, found {figures.shape}"
        )
    return figures


def _terms(samples: Numbers) -> Numbers:
    """Return what each point adds to the variance, to the first and to the total indices.

    Args:
        samples: Centred figures at the first points, at the second, and at the first with each input from the
            second; shape (inputs + 2, n).

    Returns:
        Shape (1 + 2 inputs, n).
    """
    at_first, at_second, mixed = samples[0], samples[1], samples[2:]
    variance = 0.5 * (at_first**2 + at_second**2)
    return np.vstack((variance, at_second * (mixed - at_first), 0.5 * (at_first - mixed) ** 2))


def _shares(sums: Numbers) -> Numbers:
    """Return first and total index of each input from sums of the terms, shape (2, inputs)."""
    shares: Numbers = sums[1:] / sums[0]
    return shares.reshape(2, -1)


def _resampled(terms: Numbers, seed: int) -> Numbers:
    """Return standard errors of both indices, by drawing points again with replacement, shape (2, inputs)."""
    generator = np.random.Generator(np.random.Philox(seed).jumped())
    n = terms.shape[1]
    drawn = [
        _shares(terms @ np.bincount(generator.integers(0, n, n), minlength=n).astype(np.float64))
        for _ in range(_RESAMPLES)
    ]
    return np.asarray(np.std(drawn, axis=0, ddof=1), dtype=np.float64)


def _named(
    names: list[str], shares: Numbers, errors: Numbers, method: str, inputs: dict[str, Any]
) -> list[tuple[str, Result]]:
    width = -float(special.ndtri(0.5 * (1.0 - _CONFIDENCE)))
    return [
        (
            name,
            Result(
                value=share,
                lower=share - width * error,
                upper=share + width * error,
                kind="estimate",
                method=f"{method}, points of a scrambled Sobol' sequence",
                exact=False,
                seed=inputs["seed"],
                n_rep=inputs["n"],
                confidence=_CONFIDENCE,
                inputs=inputs | {"input": name},
                assumptions=("Inputs are independent and have the distributions stated.",),
            ),
        )
        for name, share, error in zip(names, shares.tolist(), errors.tolist(), strict=True)
    ]
