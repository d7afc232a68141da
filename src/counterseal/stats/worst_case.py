"""The worst figure that intervals of all inputs allow.

No distribution is needed, only limits: what is left of a headline number if every input is as bad as it may
be.
"""

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result
from counterseal.stats.sensitivity import Figure, figure_at

Numbers = NDArray[np.float64]
Goal = Literal["least", "most"]
Cost = Callable[[Numbers], float]
Place = tuple[float, Numbers]
_ALL_CORNERS = 14
"""Up to so many inputs every corner is tried."""
_SWEEPS = 50
_STARTS, _INSIDE_PLACES = 4, 256
_EDGE = 1e-6
"""Smallest step of a search, in parts of an interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstCase:
    """The worst figure over intervals.

    Attributes:
        figure: The figure, exact or as a bound.
        where: The inputs at which it is reached, by name.
    """

    figure: Result
    where: tuple[tuple[str, float], ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"figure": self.figure.document(), "where": dict(self.where)}


def worst_case(
    fn: Figure,
    ranges: Mapping[str, tuple[float, float]],
    *,
    goal: Goal = "least",
    monotone: bool = False,
) -> WorstCase:
    """Return the least (or greatest) figure that intervals of all inputs allow, and where it is.

    All corners are tried, where there are many from several starts by changing one input at a time; then
    places spread evenly inside; the best of both are improved upon by a search.

    Args:
        fn: Takes the inputs by name and returns the figure.
        ranges: ``(low, high)`` of each input, by name.
        goal: Whether the least or the greatest figure is the worst.
        monotone: Whether the figure is known to rise or to fall with each input throughout; the worst is then
            at a corner, and the answer exact where all corners were tried.

    Returns:
        The figure, exact or as a bound (the truth may be worse still), and the inputs at which it is reached.

    Raises:
        StatsError: no input, limits in the wrong order, an unknown goal, or a figure that is not finite.

    Examples:
        >>> found = worst_case(lambda a, b: (a - 1) ** 2 + b, {"a": (0.0, 3.0), "b": (2.0, 5.0)})
        >>> round(found.figure.value or 0.0, 9), [(name, round(value, 4)) for name, value in found.where]
        (2.0, [('a', 1.0), ('b', 2.0)])
    """
    low, high = _limits(ranges)
    if goal not in {"least", "most"}:
        raise StatsError(f"worst case, goal {goal!r}: must be least or most")
    names, sign = list(ranges), 1.0 if goal == "least" else -1.0

    def cost(at: Numbers) -> float:
        return sign * figure_at(fn, dict(zip(names, at.tolist(), strict=True)))

    best = _best_corners(cost, low, high)
    if not monotone:
        best = _refined(cost, best, low, high)
    value = sign * best[0][0]
    where = tuple(zip(names, best[0][1].tolist(), strict=True))
    exact = monotone and len(names) <= _ALL_CORNERS
    asked = {name: list(pair) for name, pair in ranges.items()}
    return WorstCase(figure=_worst(value, goal, asked, exact=exact), where=where)


def _worst(value: float, goal: str, ranges: dict[str, Any], *, exact: bool) -> Result:
    assumed = ("The figure rises or falls with each input throughout.",) if exact else ()
    unsure = () if exact else ("Found by search: a worse figure inside the intervals cannot be excluded.",)
    return Result(
        value=value,
        lower=value if exact or goal == "most" else -math.inf,
        upper=value if exact or goal == "least" else math.inf,
        kind="exact" if exact else "bound",
        method=f"{goal} figure over intervals: corners" + ("" if exact else " and search inside"),
        exact=exact,
        inputs={"ranges": ranges, "goal": goal},
        assumptions=assumed,
        warnings=unsure,
    )


def _limits(ranges: Mapping[str, tuple[float, float]]) -> tuple[Numbers, Numbers]:
    if not ranges:
        raise StatsError("worst case: no input")
    for name, (low, high) in ranges.items():
        require_amount(low, f"worst case, {name}, low", least=-math.inf)
        require_amount(high, f"worst case, {name}, high", least=-math.inf)
        if low > high:
            raise StatsError(f"worst case, {name}: low {low} is above high {high}")
    pairs = np.array(list(ranges.values()), dtype=np.float64)
    return pairs[:, 0], pairs[:, 1]


def _best_corners(cost: Cost, low: Numbers, high: Numbers) -> list[Place]:
    """Return the best corners, the very best first."""
    if low.size <= _ALL_CORNERS:
        signs = itertools.product((False, True), repeat=low.size)
        corners = [np.where(np.array(sign), high, low) for sign in signs]
        return sorted(((cost(corner), corner) for corner in corners), key=_cost_of)[:_STARTS]
    starts = (
        low,
        high,
        np.where(np.arange(low.size) % 2, high, low),
        np.where(np.arange(low.size) % 2, low, high),
    )
    return sorted((_swept(cost, start, low, high) for start in starts), key=_cost_of)


def _swept(cost: Cost, start: Numbers, low: Numbers, high: Numbers) -> Place:
    """Return a corner that no change of one input betters."""
    at, value = start.copy(), cost(start)
    for _ in range(_SWEEPS):
        before = value
        for axis in range(at.size):
            other = at.copy()
            other[axis] = low[axis] + high[axis] - at[axis]
            if (tried := cost(other)) < value:
                at, value = other, tried
        if value == before:
            break
    return value, at


def _refined(cost: Cost, best: list[Place], low: Numbers, high: Numbers) -> list[Place]:
    """Return what searches find from the best corners and from the best of many places inside."""
    from scipy.stats import qmc

    even = qmc.Halton(low.size, scramble=False).random(_INSIDE_PLACES)
    inside = [(cost(place), place) for place in low + (high - low) * even]
    starts = [*best, *sorted(inside, key=_cost_of)[:_STARTS]]
    found = min((_stepped(cost, start, low, high) for start in starts), key=_cost_of)
    return sorted([*best, found, _slid(cost, found, low, high)], key=_cost_of)


def _stepped(cost: Cost, start: Place, low: Numbers, high: Numbers) -> Place:
    """Return where steps along one input at a time end that are halved when none betters."""
    value, at = start
    part = 0.25
    while part > _EDGE:
        before = value
        for axis in range(at.size):
            for sign in (-1.0, 1.0):
                other = at.copy()
                other[axis] = np.clip(at[axis] + sign * part * (high - low)[axis], low[axis], high[axis])
                if (tried := cost(other)) < value:
                    value, at = tried, other
        part = part if value < before else 0.5 * part
    return value, at


def _slid(cost: Cost, start: Place, low: Numbers, high: Numbers) -> Place:
    """Return where a search by slopes ends, which finds the bottom of what is smooth to all digits."""
    from scipy import optimize

    width = high - low

    def of_parts(parts: Numbers) -> float:
        return cost(low + width * np.clip(parts, 0.0, 1.0))

    begin = np.divide(start[1] - low, width, out=np.zeros_like(width), where=width > 0.0)
    reached = optimize.minimize(of_parts, begin, method="L-BFGS-B", bounds=[(0.0, 1.0)] * width.size)
    parts = np.clip(np.asarray(reached.x, dtype=np.float64), 0.0, 1.0)
    at = np.where(parts == 1.0, high, low + width * parts)
    return cost(at), at


def _cost_of(place: Place) -> float:
    return place[0]
