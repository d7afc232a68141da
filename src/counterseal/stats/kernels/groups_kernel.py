"""The coefficient of z^d in a product of ``(1 + r_j z)^n_j`` over ``C(N,d)``, as compiled loops.

At a well chosen z every factor is a binomial distribution, and the coefficient a chance near the middle of
their sum: nothing overflows, only a few standard deviations of each count, and no digits are lost.

numba's cache does not see that ``sampling_kernel.py`` changed: save this file anew after changing that one.
"""

import math

import numpy as np
from numba import njit

from counterseal.stats.kernels.sampling_kernel import NEGLIGIBLE, Reals, Wholes, deviance, ln_binomial

EDGE = 1e-3 * NEGLIGIBLE
"""Part of the largest chance below which the edges of a distribution are cut off."""
FARTHEST = 1e6
"""A tilt beyond this is none."""


@njit(cache=True, nogil=True)
def ln_coefficient(N: int, d: int, sizes: Wholes, rates: Reals, most_work: float) -> float:
    """Return ``ln`` of the chance that none of d false items is seen; not a number where it is too much work.

    ``sizes`` add up to N and are above 0; ``rates`` are the chances to miss a false item in a group, each
    from 0 to 1 and none twice.
    """
    able = 0
    for j in range(len(sizes)):
        able += sizes[j] if rates[j] > 0.0 else 0
    if d > able:
        return -math.inf
    if d in (0, N):
        return _ln_all(sizes, rates) if d else 0.0
    share, left, start = d / N, (N - d) / N, math.log(d / (N - d))
    if d == able:
        ln_choose = ln_binomial(N, share, left, d) - d * math.log(share) - (N - d) * math.log(left)
        return _ln_all(sizes, rates) - ln_choose
    u = _tilt(d, sizes, rates, start)
    total, mean = 0.0, 0.0
    log_odds = np.full(len(sizes), -math.inf)
    for j in range(len(sizes)):
        if rates[j] <= 0.0:
            total += sizes[j] * math.log(left)
            continue
        log_odds[j] = u + math.log(rates[j])
        p, spare = _chances(log_odds[j])
        off = sizes[j] * (p - share if p < spare else left - spare)
        mean += sizes[j] * p
        total += sizes[j] * p * math.log(rates[j])
        total -= deviance(sizes[j] * p, sizes[j] * share, off)
        total -= deviance(sizes[j] * spare, sizes[j] * left, -off)
    total -= (d - mean) * (u - start)
    return total + _ln_sum_is(d, sizes, log_odds, most_work) - ln_binomial(N, share, left, d)


@njit(cache=True, nogil=True)
def _chances(log_odds: float) -> tuple[float, float]:
    """Return p and ``1 - p``, neither with loss of digits."""
    small = math.exp(-abs(log_odds))
    near, far = 1.0 / (1.0 + small), small / (1.0 + small)
    return (near, far) if log_odds > 0.0 else (far, near)


@njit(cache=True, nogil=True)
def _ln_all(sizes: Wholes, rates: Reals) -> float:
    """Return ``sum n_j ln r_j`` over the groups where a false item may be missed."""
    total = 0.0
    for j in range(len(sizes)):
        if rates[j] > 0.0:
            total += sizes[j] * math.log(rates[j])
    return total


@njit(cache=True, nogil=True)
def _excess(u: float, d: int, sizes: Wholes, rates: Reals) -> tuple[float, float]:
    """Return by how much the mean of the tilted sum exceeds d, and its slope."""
    mean, slope = 0.0, 0.0
    for j in range(len(sizes)):
        if rates[j] > 0.0:
            p, spare = _chances(u + math.log(rates[j]))
            mean += sizes[j] * p
            slope += sizes[j] * p * spare
    return mean - d, slope


@njit(cache=True, nogil=True)
def _tilt(d: int, sizes: Wholes, rates: Reals, start: float) -> float:
    """Return the logarithm of z at which the mean of the tilted sum is d: Newton within a bracket."""
    low, step = start - 1e-9, 1.0
    while _excess(low + step, d, sizes, rates)[0] < 0.0 and step < FARTHEST:
        low, step = low + step, 2.0 * step
    high = low + step
    u = low
    for _ in range(200):
        excess, slope = _excess(u, d, sizes, rates)
        low, high = (u, high) if excess < 0.0 else (low, u)
        fresh = u - excess / slope if slope > 0.0 else low
        fresh = fresh if low < fresh < high else 0.5 * (low + high)
        if abs(fresh - u) <= 1e-12 * (1.0 + abs(u)):
            break
        u = fresh
    return u


@njit(cache=True, nogil=True)
def _distribution(n: int, log_odds: float) -> tuple[int, Reals, float]:
    """Return where a binomial distribution begins, its chances over the largest, and ``ln`` of that."""
    p, spare = _chances(log_odds)
    top = min(int((n + 1) * p), n)
    odds, term = math.exp(log_odds), 1.0
    low = high = top
    while low > 0 and term > EDGE:
        term *= low / ((n - low + 1.0) * odds)
        low -= 1
    term = 1.0
    while high < n and term > EDGE:
        term *= (n - high) / (high + 1.0) * odds
        high += 1
    chances = np.empty(high - low + 1)
    chances[top - low] = 1.0
    for k in range(top, high):
        chances[k + 1 - low] = chances[k - low] * ((n - k) / (k + 1.0) * odds)
    for k in range(top, low, -1):
        chances[k - 1 - low] = chances[k - low] * (k / ((n - k + 1.0) * odds))
    return low, chances, ln_binomial(n, p, spare, top)


@njit(cache=True, nogil=True)
def _ln_sum_is(d: int, sizes: Wholes, log_odds: Reals, most_work: float) -> float:
    """Return ``ln P(the binomial numbers add up to d)``; the widest of them comes last, as a dot product."""
    widest = np.argmax(sizes * np.exp(-np.abs(log_odds)))
    start, known, exponent, work = 0, np.ones(1), 0.0, 0.0
    for j in range(len(sizes)):
        if j == widest or log_odds[j] == -math.inf:
            continue
        low, chances, ln_top = _distribution(sizes[j], log_odds[j])
        work += float(len(known)) * len(chances)
        if work > most_work:
            return math.nan
        start, known, scale = _convolved(start + low, known, chances)
        exponent += ln_top + scale
    low, chances, ln_top = _distribution(sizes[widest], log_odds[widest])
    total = 0.0
    for i in range(len(known)):
        k = d - start - i - low
        if 0 <= k < len(chances):
            total += known[i] * chances[k]
    return (math.log(total) if total > 0.0 else -math.inf) + exponent + ln_top


@njit(cache=True, nogil=True)
def _convolved(start: int, first: Reals, second: Reals) -> tuple[int, Reals, float]:
    """Return the distribution of a sum without edges, over its largest chance, and ``ln`` of that."""
    whole = np.zeros(len(first) + len(second) - 1)
    for i in range(len(first)):
        for j in range(len(second)):
            whole[i + j] += first[i] * second[j]
    largest = whole.max()
    low, high = 0, len(whole)
    while whole[low] < EDGE * largest:
        low += 1
    while whole[high - 1] < EDGE * largest:
        high -= 1
    return start + low, whole[low:high] / largest, math.log(largest)
