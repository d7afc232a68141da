"""Compiled loops of the sequential tests: which decision falls at which item, and what is ruled out."""

import math
from collections.abc import Callable

import numba
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]


_SMALL = 1e-100
"""Where chances are scaled up again, far from where doubles lose digits."""


def _ln_sum(ln_total: float, term: float, ln_scale: float) -> float:
    """Return the logarithm of a sum with one more term, which stands in a scale of its own."""
    if term <= 0.0:
        return ln_total
    ln_term = math.log(term) + ln_scale
    top = max(ln_total, ln_term)
    return top + math.log(math.exp(ln_total - top) + math.exp(ln_term - top))


_ln_sum_compiled: Callable[[float, float, float], float] = numba.njit(cache=True)(_ln_sum)


def _walk(p: float, accept_at: Counts, reject_at: Counts, accepted: Numbers, rejected: Numbers) -> Numbers:
    """Follow the number of false items from item to item until one of two limits is reached.

    Args:
        p: Chance that an item shows as false [0 to 1].
        accept_at: At each item 1 … T, the most false items at which the test ends with "accept"; -1 for none.
        reject_at: At each, the fewest at which it ends with "reject"; after the last, one more than the
            other.
        accepted: Chances of each end at each item; filled here; shape (T,).
        rejected: The same.

    Returns:
        Logarithms of the chances of the two ends, which survive where the chances themselves do not.
    """
    last = accept_at.size
    chance = np.zeros(last + 2)
    chance[0] = 1.0
    low, high, ln_scale = 0, 0, 0.0
    ln_ends = np.full(2, -np.inf)
    for item in range(last):
        high += 1
        for d in range(high, low, -1):
            chance[d] = chance[d] * (1.0 - p) + chance[d - 1] * p
        chance[low] *= 1.0 - p
        scale = math.exp(ln_scale)
        end = 0.0
        while low <= high and low <= accept_at[item]:
            end += chance[low]
            chance[low] = 0.0
            low += 1
        accepted[item] = end * scale
        ln_ends[0] = _ln_sum_compiled(ln_ends[0], end, ln_scale)
        end = 0.0
        while high >= low and high >= reject_at[item]:
            end += chance[high]
            chance[high] = 0.0
            high -= 1
        rejected[item] = end * scale
        ln_ends[1] = _ln_sum_compiled(ln_ends[1], end, ln_scale)
        left = 0.0
        for d in range(low, high + 1):
            left += chance[d]
        if left == 0.0:
            break
        if left < _SMALL:
            for d in range(low, high + 1):
                chance[d] /= left
            ln_scale += math.log(left)
    return ln_ends


def _ln_likelihood(false: int, population: int, seen: int, drawn: int) -> float:
    """Return the log-chance of one order of draws, but for a term that is the same for all counts."""
    if seen > false or drawn - seen > population - false:
        return -math.inf
    value = math.lgamma(false + 1.0) - math.lgamma(false - seen + 1.0)
    true = population - false
    return value + math.lgamma(true + 1.0) - math.lgamma(true - (drawn - seen) + 1.0)


_ln_likelihood_compiled: Callable[[int, int, int, int], float] = numba.njit(cache=True)(_ln_likelihood)


def _rule_out(population: int, draws: Counts, limits: Numbers, alone: Counts, running: Counts) -> int:
    """Find, after each draw, the counts of false items that are not ruled out.

    Args:
        population: Number of items.
        draws: 1 for each draw that was false, else 0; shape (T,).
        limits: Log-likelihood that a count must exceed after each draw and number of false ones; shape
            (T,), to be compared with ``_ln_likelihood``.
        alone: Lowest and highest count after each draw by itself; filled here; shape (T, 2).
        running: The same, with all earlier draws too.

    Returns:
        How often the counts left by the earlier draws were all ruled out.
    """
    low, high, seen, empty = 0, population, 0, 0
    for t in range(draws.size):
        seen += draws[t]
        drawn = t + 1
        limit = limits[t]
        first, final = seen, population - (drawn - seen)
        peak = min(max((seen * (population + 1)) // drawn, first), final)
        below, inside = first - 1, peak
        while inside - below > 1:
            middle = (inside + below) // 2
            if _ln_likelihood_compiled(middle, population, seen, drawn) >= limit:
                inside = middle
            else:
                below = middle
        alone[t, 0] = inside
        inside, above = peak, final + 1
        while above - inside > 1:
            middle = (inside + above) // 2
            if _ln_likelihood_compiled(middle, population, seen, drawn) >= limit:
                inside = middle
            else:
                above = middle
        alone[t, 1] = inside
        low, high = max(low, alone[t, 0]), min(high, alone[t, 1])
        if low > high:
            empty += 1
            low, high = alone[t, 0], alone[t, 1]
        running[t, 0], running[t, 1] = low, high
    return empty


walk: Callable[[float, Counts, Counts, Numbers, Numbers], Numbers] = numba.njit(cache=True, nogil=True)(_walk)
rule_out: Callable[[int, Counts, Numbers, Counts, Counts], int] = numba.njit(cache=True, nogil=True)(
    _rule_out
)
