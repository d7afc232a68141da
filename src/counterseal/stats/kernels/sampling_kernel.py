"""Exact chances of sampling without replacement as compiled loops; numbers only, nothing is checked here.

Every chance is a pair ``(scaled, exponent)`` that stands for ``scaled * exp(exponent)``, so that none is too
small. Logarithms of binomial and hypergeometric chances are sums of deviances (Loader's saddle-point form):
all of one sign, so nothing cancels, and the error stays at a few units of the last place of the sum.

References:
    [LOADER-2000].
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

SHORT = 40
"""So many factors are multiplied one by one: faster than logarithms, and as accurate."""
TINY = 1e-250
"""A product below this is worked out in logarithms instead."""
NEGLIGIBLE = 1e-19
"""Terms below this part of the sum are left out: all are positive and fall off faster than any power."""
NEAR = 0.1
STEPS = 8
"""So many steps of the quick search before bisection takes over."""
SUM_ALL = 4096
"""Up to so many terms all are summed; beyond, outward from the largest."""

_LOG_2PI = math.log(2 * math.pi)
_REST = np.array([0.0] + [math.lgamma(x + 1) - x * math.log(x) + x for x in range(1, 16)])


@njit(cache=True, nogil=True)
def factorial_rest(x: float) -> float:
    """Return ``ln x! - x ln x + x``."""
    if x < len(_REST):
        return float(_REST[int(x)])
    z = 1.0 / (x * x)
    series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z / 1188)))
    return 0.5 * (_LOG_2PI + math.log(x)) + series / x


@njit(cache=True, nogil=True)
def deviance(x: float, mean: float, difference: float) -> float:
    """Return ``x ln(x / mean) + mean - x``, given ``difference = x - mean`` without loss of digits."""
    if mean <= 0.0:
        return 0.0
    if x == 0.0:
        return mean
    if abs(difference) >= NEAR * mean:
        return x * math.log(x / mean) - difference
    v = difference / (x + mean)
    w = v * v
    series = 1 / 3 + w * (1 / 5 + w * (1 / 7 + w * (1 / 9 + w * (1 / 11 + w * (1 / 13 + w / 15)))))
    return difference * v + 2.0 * x * v * w * series


@njit(cache=True, nogil=True)
def ln_hypergeometric(N: int, d: int, n: int, k: int) -> float:
    """Return ``ln [C(d,k) C(N-d,n-k) / C(N,n)]``; k must be possible."""
    off = (k * N - d * n) / N
    rest, share = N - n, n / N
    found = -deviance(k, d * share, off) - deviance(d - k, d * (rest / N), -off)
    found -= deviance(n - k, (N - d) * share, -off)
    found -= deviance(rest - d + k, (N - d) * (rest / N), off)
    found += factorial_rest(d) + factorial_rest(N - d) + factorial_rest(n) + factorial_rest(rest)
    found -= factorial_rest(N) + factorial_rest(k) + factorial_rest(d - k)
    return found - factorial_rest(n - k) - factorial_rest(rest - d + k)


@njit(cache=True, nogil=True)
def ln_binomial(n: int, p: float, spare: float, k: int) -> float:
    """Return ``ln [C(n,k) p^k spare^(n-k)]``, where ``spare`` is ``1 - p`` without loss of digits."""
    if p <= 0.0 or spare <= 0.0:
        return 0.0 if k == (0 if p <= 0.0 else n) else -math.inf
    off = k - n * p if p < spare else n * spare - (n - k)
    found = -deviance(k, n * p, off) - deviance(n - k, n * spare, -off)
    return found + factorial_rest(n) - factorial_rest(k) - factorial_rest(n - k)


@njit(cache=True, nogil=True)
def ln_add(first: float, second: float) -> float:
    """Return ``ln(e^first + e^second)``."""
    high, low = max(first, second), min(first, second)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))


@njit(cache=True, nogil=True)
def none_drawn(N: int, d: int, n: int) -> tuple[float, float]:
    """Return the chance that a sample holds no false item: ``C(N-d,n) / C(N,n)``."""
    if d + n > N:
        return 0.0, 0.0
    few, many = min(d, n), max(d, n)
    if few <= SHORT:
        above, below = float(N - many), float(N)
        product = 1.0
        for _ in range(few):
            product *= above / below
            above -= 1.0
            below -= 1.0
        if product > TINY:
            return product, 0.0
    return 1.0, ln_hypergeometric(N, d, n, 0)


@njit(cache=True, nogil=True)
def _largest(N: int, d: int, n: int, r: float) -> int:
    """Return where ``h(k) r^k`` is largest."""
    gap = N - d - n
    a, b, c = 1.0 - r, gap + 2.0 + r * (d + n), gap + 1.0 - r * d * float(n)
    root = math.sqrt(max(b * b - 4.0 * a * c, 0.0))
    place = -2.0 * c / (b + root) if b > 0.0 else (root - b) / (2.0 * a)
    return min(max(math.ceil(place), 0, -gap), d, n)


@njit(cache=True, nogil=True)
def none_seen(N: int, d: int, n: int, q: float) -> tuple[float, float]:
    """Return ``sum_k h(k) (1-q)^k``: no false item is drawn and shown by a test with detection chance q."""
    if q >= 1.0:
        return none_drawn(N, d, n)
    if q <= 0.0 or d == 0 or n == 0:
        return 1.0, 0.0
    r, few, many = 1.0 - q, min(d, n), max(d, n)
    gap = float(N - d - n)
    if few <= SHORT and gap >= 0.0:
        start, exponent = none_drawn(N, few, many)
        if exponent == 0.0:
            return start * _upward(float(few), float(many), gap, 0.0, r), 0.0
    top = _largest(N, d, n, r)
    total = _upward(float(few), float(many), gap, float(top), r)
    total += _downward(float(few), float(many), gap, float(top), r)
    return total, ln_hypergeometric(N, d, n, top) + top * math.log1p(-q)


@njit(cache=True, nogil=True)
def _upward(d: float, n: float, gap: float, k: float, r: float) -> float:
    """Return the sum of the terms from ``k`` up, the first of them taken as 1."""
    term, total = 1.0, 1.0
    while k < d and term > NEGLIGIBLE * total:
        term *= (d - k) * (n - k) * r / ((k + 1.0) * (gap + k + 1.0))
        total += term
        k += 1.0
    return total


@njit(cache=True, nogil=True)
def _downward(d: float, n: float, gap: float, k: float, r: float) -> float:
    """Return the sum of the terms below ``k``, that at ``k`` taken as 1."""
    term, total = 1.0, 0.0
    while k > 0.0 and gap + k > 0.0 and term > NEGLIGIBLE * total:
        term *= k * (gap + k) / ((d - k + 1.0) * (n - k + 1.0) * r)
        total += term
        k -= 1.0
    return total


@njit(cache=True, nogil=True)
def none_seen_many(N: Wholes, d: Wholes, n: Wholes, q: Reals, value: Reals, ln_value: Reals) -> None:
    """Fill the chance that nothing is seen, and its logarithm, place by place."""
    for i in range(len(N)):
        scaled, exponent = none_seen(N[i], d[i], n[i], q[i])
        value[i] = scaled if exponent == 0.0 else scaled * math.exp(exponent)
        ln_value[i] = (math.log(scaled) if scaled > 0.0 else -math.inf) + exponent


@njit(cache=True, nogil=True)
def smallest_sample(N: int, d: int, beta_max: float, q: float) -> tuple[int, bool]:
    """Return the smallest n that leaves a chance of ``beta_max`` at most, and whether that was close.

    It is -1 where even all items together do not reach it. The search starts from the half-corrected rule
    and follows a curve of its shape; every step shortens the bracket, and bisection takes over where needed.
    """
    if beta_max >= 1.0:
        return 0, False
    if d == 0 or q <= 0.0:
        return -1, False
    if beta_max <= 0.0:
        return (N - d + 1 if q >= 1.0 else -1), False
    goal = math.log(beta_max)
    slack = 1e-11 + 1e-14 * abs(goal)
    low, high, close = 0, N, abs(goal) < slack
    if q < 1.0:
        all_checked = d * math.log1p(-q) - goal
        close = close or abs(all_checked) < slack
        if all_checked > 0.0:
            return -1, close
    middle = N - 0.5 * (d - 1)
    n, steps = math.ceil(-middle * math.expm1(goal / d) / q), 0
    while high - low > 1:
        n = min(max(n, low + 1), high - 1)
        scaled, exponent = none_seen(N, d, n, q)
        reached = (math.log(scaled) if scaled > 0.0 else -math.inf) + exponent
        close = close or abs(reached - goal) < slack
        low, high = (low, n) if reached <= goal else (n, high)
        steps += 1
        n = (
            (low + high) // 2
            if steps > STEPS
            else _next_sample(middle, q, n, goal / reached, reached <= goal)
        )
    return high, close


@njit(cache=True, nogil=True)
def _next_sample(middle: float, q: float, n: int, ratio: float, enough: bool) -> int:
    """Return which sample to try next if ``ln beta`` is proportional to ``ln(1 - q n / middle)``."""
    inner = 1.0 - q * n / middle
    if inner <= 0.0 or not ratio > 0.0:
        return n - 1 if enough else n + 1
    place: int = math.ceil(middle * (1.0 - inner**ratio) / q)
    return min(place - 1, n - 1) if enough else max(place, n + 1)


@njit(cache=True, nogil=True)
def smallest_sample_many(
    N: Wholes, d: Wholes, beta_max: Reals, q: Reals, sample: Wholes, close: NDArray[np.bool_]
) -> None:
    """Fill the smallest samples, and where they were close calls, place by place."""
    for i in range(len(N)):
        sample[i], close[i] = smallest_sample(N[i], d[i], beta_max[i], q[i])


@njit(cache=True, nogil=True)
def none_seen_shared(N: int, d: int, n: int, a: float, b: float) -> tuple[float, float]:
    """Return ``sum_k h(k) B(a,b+k) / B(a,b)``: the chance of detection is drawn once, for all items.

    Where b is small the terms have two peaks, one of them at none drawn; from there to one drawn they may
    leap by more than a number can hold, so that term is added by its logarithm.
    """
    first, last = max(0, n + d - N), min(d, n)
    if last == 0:
        return 1.0, 0.0
    total, exponent = _some_drawn_shared(N, d, n, a, b)
    if first > 0:
        return total, exponent
    none, none_exponent = none_drawn(N, d, n)
    above = math.log(total) + exponent - math.log(none) - none_exponent
    if above <= 0.0:
        return none * (1.0 + math.exp(above)), none_exponent
    return total * (1.0 + math.exp(-above)), exponent


@njit(cache=True, nogil=True)
def _some_drawn_shared(N: int, d: int, n: int, a: float, b: float) -> tuple[float, float]:
    """Return the sum of the terms with one false item drawn or more, outward from the largest."""
    first, last = max(1, n + d - N), min(d, n)
    gap = N - d - n
    top, rise, best = first, 0.0, 0.0
    for k in range(first, last):
        rise += math.log((d - k) * (n - k) / (1.0 + a / (b + k)) / ((k + 1) * float(gap + k + 1)))
        if rise > best:
            top, best = k + 1, rise
    total, term = 1.0, 1.0
    for k in range(top, last):
        term *= (d - k) * (n - k) / (1.0 + a / (b + k)) / ((k + 1) * float(gap + k + 1))
        total += term
    term = 1.0
    for k in range(top, first, -1):
        term *= k * float(gap + k) * (1.0 + a / (b + k - 1)) / ((d - k + 1) * float(n - k + 1))
        total += term
    return total, ln_hypergeometric(N, d, n, top) + _ln_missed_by_all(top, a, b)


@njit(cache=True, nogil=True)
def _ln_missed_by_all(k: int, a: float, b: float) -> float:
    """Return ``ln [B(a,b+k) / B(a,b)]``, the sum of ``-ln(1 + a/(b+i))``, with compensation."""
    total, lost = 0.0, 0.0
    for i in range(k):
        odds = a / (b + i)
        missed = -math.log1p(odds) if odds < math.inf else math.log(b + i) - math.log(a)
        part = missed - lost
        fresh = total + part
        lost = (fresh - total) - part
        total = fresh
    return total
