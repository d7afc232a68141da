"""The chance of at most so many alarms, of true and of false items together, as compiled loops.

numba's cache does not see that ``sampling_kernel.py`` changed: save this file anew after changing that one.
"""

import math

import numpy as np
from numba import njit

from counterseal.stats.kernels.sampling_kernel import (
    NEGLIGIBLE,
    SUM_ALL,
    ln_add,
    ln_binomial,
    ln_hypergeometric,
)


@njit(cache=True, nogil=True)
def ln_binomial_above(n: int, p: float, c: int) -> float:
    """Return ``ln P(X > c)`` of a binomial number, from its largest term outward."""
    if c >= n or p <= 0.0:
        return -math.inf
    if c < 0 or p >= 1.0:
        return 0.0
    top = min(max(int((n + 1) * p), c + 1), n)
    odds, total, term = p / (1.0 - p), 1.0, 1.0
    for k in range(top, n):
        term *= (n - k) / (k + 1.0) * odds
        total += term
        if term < NEGLIGIBLE * total:
            break
    term = 1.0
    for k in range(top, c + 1, -1):
        term *= k / ((n - k + 1.0) * odds)
        total += term
        if term < NEGLIGIBLE * total:
            break
    return math.log(total) + ln_binomial(n, p, 1.0 - p, top)


@njit(cache=True, nogil=True)
def _ln_at_most(k: int, others: int, q: float, a: float, c: int) -> float:
    """Return ``ln P(at most c alarms)`` with k false items and so many true ones in the sample."""
    below, total = np.empty(min(c, others) + 1), -math.inf
    for j in range(len(below)):
        total = ln_add(total, ln_binomial(others, a, 1.0 - a, j))
        below[j] = total
    total = -math.inf
    for i in range(min(c, k) + 1):
        total = ln_add(total, ln_binomial(k, q, 1.0 - q, i) + below[min(c - i, others)])
    return total


@njit(cache=True, nogil=True)
def _ln_more_than(k: int, others: int, q: float, a: float, c: int) -> float:
    """Return ``ln P(more than c alarms)``: enough true ones, or fewer and enough false ones."""
    total = ln_binomial_above(k, q, c)
    above, m = ln_binomial_above(others, a, c - min(c, k)), c - min(c, k)
    for i in range(min(c, k), -1, -1):
        total = ln_add(total, ln_binomial(k, q, 1.0 - q, i) + above)
        if i:
            m += 1
            above = ln_binomial_above(others, a, m)
    return total


@njit(cache=True, nogil=True)
def _term(N: int, d: int, n: int, q: float, a: float, c: int, k: int, more: bool) -> float:
    inside = _ln_more_than(k, n - k, q, a, c) if more else _ln_at_most(k, n - k, q, a, c)
    return inside if inside == -math.inf else inside + ln_hypergeometric(N, d, n, k)


@njit(cache=True, nogil=True)
def ln_alarms(N: int, d: int, n: int, q: float, a: float, c: int, more: bool) -> float:
    """Return ``ln P(more than c alarms)``, or of at most c: the sum over the false items in the sample.

    Where there are many terms, the largest is found first (their logarithms are concave) and the sum goes
    outward from it.
    """
    first, last = max(0, n + d - N), min(d, n)
    low, high = first, last
    while last - first > SUM_ALL and low < high:
        middle = (low + high) // 2
        here, next_ = _term(N, d, n, q, a, c, middle, more), _term(N, d, n, q, a, c, middle + 1, more)
        rising = next_ > here or (here == -math.inf and more)
        low, high = (middle + 1, high) if rising else (low, middle)
    total = -math.inf
    for k in range(low, last + 1):
        term = _term(N, d, n, q, a, c, k, more)
        total = ln_add(total, term)
        if last - first > SUM_ALL and term < total + math.log(NEGLIGIBLE):
            break
    for k in range(low - 1, first - 1, -1):
        term = _term(N, d, n, q, a, c, k, more)
        total = ln_add(total, term)
        if last - first > SUM_ALL and term < total + math.log(NEGLIGIBLE):
            break
    return total


@njit(cache=True, nogil=True)
def ln_hypergeometric_at_most(N: int, d: int, n: int, c: int) -> float:
    """Return ``ln P(c or fewer of d false items are among n drawn of N)``, from the largest term outward."""
    first, last = max(0, n + d - N), min(c, d, n)
    if last < first:
        return -math.inf
    if last == min(d, n):
        return 0.0
    gap = N - d - n
    top = min(max(int((d + 1.0) * (n + 1.0) / (N + 2.0)), first), last)
    total, term = 1.0, 1.0
    for k in range(top, last):
        term *= float(d - k) * (n - k) / (float(k + 1) * (gap + k + 1))
        total += term
    term = 1.0
    for k in range(top, first, -1):
        term *= float(k) * (gap + k) / (float(d - k + 1) * (n - k + 1))
        total += term
        if term < NEGLIGIBLE * total:
            break
    return min(math.log(total) + ln_hypergeometric(N, d, n, top), 0.0)
