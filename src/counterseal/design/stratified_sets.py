"""Whole-number plans over strata: those that leave no effort for one more check; the leanest departures."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError

Wholes = NDArray[np.int64]

MOST_PLANS = 1_000_000
"""Most plans of one side."""
_MOST_UNITS = 2**53


def whole_units(values: Sequence[float], *, question: str) -> tuple[int, ...]:
    """Return decimals as whole numbers of their largest common unit, as they are written.

    Args:
        values: Numbers, 0 or more.
        question: What they are, for the refusal.

    Raises:
        DesignError: they have no common unit that fits.

    Examples:
        >>> whole_units([0.1, 0.25, 3], question="costs")
        (2, 5, 60)
    """
    exact = [Fraction(str(value)) for value in values]
    unit = math.lcm(*(one.denominator for one in exact))
    whole = tuple(int(one * unit) for one in exact)
    shared = math.gcd(*whole) or 1
    if max(whole, default=0) // shared >= _MOST_UNITS:
        raise DesignError(
            f"{question}: {', '.join(map(str, values))} have no common unit; use fewer decimals"
        )
    return tuple(one // shared for one in whole)


def fullest_plans(sizes: Sequence[int], costs: Sequence[int], effort: int) -> Wholes:
    """Return all ways to spend the effort so that no further item can be checked.

    Args:
        sizes: Items in each stratum.
        costs: Effort for one of them, whole units, 0 or more.
        effort: Effort in all, in the same units.

    Returns:
        Items checked, **shape** (plans, strata), each once.

    Raises:
        DesignError: there are more than 10**6.

    Examples:
        >>> fullest_plans([3, 2], [2, 3], 7).tolist()
        [[0, 2], [2, 1], [3, 0]]
    """
    most = [size if not cost else min(size, effort // cost) for size, cost in zip(sizes, costs, strict=True)]
    order = sorted(range(len(sizes)), key=lambda i: (most[i] if costs[i] else -1, i))
    plans, left = np.zeros((1, len(sizes)), np.int64), np.full(1, effort, np.int64)
    for i in order[:-1]:
        if not costs[i]:
            plans[:, i] = sizes[i]
            continue
        plans, left = _widened(plans, left, i, np.minimum(sizes[i], left // costs[i]), "plans")
        left -= costs[i] * plans[:, i]
    last = order[-1]
    plans[:, last] = np.minimum(sizes[last], left // costs[last]) if costs[last] else sizes[last]
    left -= costs[last] * plans[:, last]
    room = (plans < np.array(sizes)) & (left[:, None] >= np.array(costs))
    return _in_order(plans[~room.any(axis=1)])


def leanest_departures(held: Sequence[Wholes], goal: int) -> Wholes:
    """Return all ways to reach the goal from which no item can be left out.

    Args:
        held: For each stratum, what its 0, 1, 2, … largest items hold, in whole units.
        goal: What is taken at least, in the same units.

    Returns:
        Items falsified, **shape** (ways, strata), each once; none where all together hold less.

    Raises:
        DesignError: there are more than 10**6.

    Examples:
        >>> leanest_departures([np.array([0, 2, 4, 6]), np.array([0, 3, 6])], 5).tolist()
        [[0, 2], [1, 1], [3, 0]]
    """
    enough = [min(int(np.searchsorted(one, goal)), len(one) - 1) for one in held]
    order = sorted(range(len(held)), key=lambda i: (enough[i], i))
    ways, taken = np.zeros((1, len(held)), np.int64), np.zeros(1, np.int64)
    for i in order[:-1]:
        most = np.minimum(np.searchsorted(held[i], goal - taken), enough[i])
        ways, taken = _widened(ways, taken, i, np.where(taken < goal, most, 0), "departures")
        taken += held[i][ways[:, i]]
    last = order[-1]
    number = np.searchsorted(held[last], goal - taken)
    reach = number < len(held[last])
    ways, taken, number = ways[reach], taken[reach], number[reach]
    ways[:, last] = number
    taken = taken + held[last][number]
    spare = np.zeros(len(ways), np.bool_)
    for i, one in enumerate(held):
        smallest = one[ways[:, i]] - one[np.maximum(ways[:, i] - 1, 0)]
        spare |= (ways[:, i] > 0) & (taken - smallest >= goal)
    return _in_order(ways[~spare])


def _widened(plans: Wholes, column: Wholes, place: int, most: Wholes, what: str) -> tuple[Wholes, Wholes]:
    """Return each plan once for every number from 0 to its most, and the column that goes with it."""
    times = most + 1
    if int(times.sum()) > MOST_PLANS:
        raise DesignError(
            f"integer model: more than {MOST_PLANS} {what}; must be fewer: put strata together, or take "
            "another model"
        )
    wider = np.repeat(plans, times, axis=0)
    starts = np.cumsum(times) - times
    wider[:, place] = np.arange(len(wider)) - np.repeat(starts, times)
    return wider, np.repeat(column, times)


def _in_order(plans: Wholes) -> Wholes:
    return plans[np.lexsort(plans.T[::-1])]
