"""The search for plans through two points, and the chances that a plan accepts."""

import math

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS

Point = tuple[float, float]

_SLACK = 1e-11
"""Rounding that is forgiven where a point is met exactly."""


def accepted_hypergeometric(N: int, d: int, n: int, c: int) -> float:
    """Return ``ln P(c or fewer of the d false items are among n drawn of N)``."""
    from counterseal.stats.kernels.alarm_kernel import ln_hypergeometric_at_most

    return ln_hypergeometric_at_most(N, d, n, c)


def accepted_binomial(p: float, n: int, c: int) -> float:
    """Return ``ln P(c or fewer of n items are false)``, each with chance p."""
    from counterseal.stats.kernels.alarm_kernel import ln_binomial_above

    return ln_binomial_above(n, 1.0 - p, n - c - 1)


def accepted_normal(p: float, n: int, k: float, *, known: bool) -> float:
    """Return ``ln P(the mean of n items is k or more standard deviations within the limit)``.

    Args:
        p: Fraction of items beyond the limit.
        n: Items measured; 2 or more where the standard deviation is not known.
        k: Distance asked for [standard deviations].
        known: Whether the standard deviation is known, or that of the sample is used.
    """
    from scipy.special import log_ndtr, nctdtr, ndtri

    if p in {0.0, 1.0}:
        return -math.inf if p else 0.0
    z = -float(ndtri(p))
    if known:
        return float(log_ndtr(math.sqrt(n) * (z - k)))
    below = float(nctdtr(n - 1, math.sqrt(n) * z, math.sqrt(n) * k))
    return math.log1p(-below) if below < 1.0 else -math.inf


def attributes_plan(
    N: int | None, false: tuple[int, int] | None, good: Point, bad: Point
) -> tuple[int | None, int | None]:
    """Return the smallest ``(n, c)`` that meets both points; two Nones where none up to 10**6 items does.

    For each c the smallest n that meets the bad point; the first c with which that meets the good one too.
    """
    ln_good, ln_bad = _ln(good[1]) - _SLACK, _ln(bad[1]) + _SLACK
    most = N if N is not None else MAX_ITEMS

    def accepted(n: int, c: int, *, as_bad: bool) -> float:
        if N is not None and false is not None:
            return accepted_hypergeometric(N, false[int(as_bad)], n, c)
        return accepted_binomial(bad[0] if as_bad else good[0], n, c)

    low, c, step = 0, 0, 1
    while True:
        while low + step < most and accepted(low + step, c, as_bad=True) > ln_bad:
            low, step = low + step, 2 * step
        high = min(low + step, most)
        if accepted(high, c, as_bad=True) > ln_bad:
            return None, None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if accepted(middle, c, as_bad=True) > ln_bad else (low, middle)
        if accepted(high, c, as_bad=False) >= ln_good:
            return high, c
        low, c, step = high, c + 1, max(1, high // (c + 1) // 2)


def variables_plan(good: Point, bad: Point, *, known: bool) -> tuple[int | None, float | None]:
    """Return the smallest ``(n, k)`` that meets both points, the good one exactly."""
    from scipy.special import ndtri

    z_good, z_bad = -float(ndtri(good[0])), -float(ndtri(bad[0]))
    u_good, u_bad = float(ndtri(good[1])), float(ndtri(bad[1]))
    size = ((u_good - u_bad) / (z_good - z_bad)) ** 2
    if size > MAX_ITEMS:
        return None, None
    n = max(math.ceil(size - _SLACK * size), 1)
    if known:
        return n, z_good - u_good / math.sqrt(n)
    return _unknown_sigma(n, good, bad)


def _unknown_sigma(least: int, good: Point, bad: Point) -> tuple[int | None, float | None]:
    """Return the plan with the standard deviation of the sample; it needs more items than the other."""

    def enough(n: int) -> bool:
        return accepted_normal(bad[0], n, limit_for(n, good), known=False) <= _ln(bad[1]) + _SLACK

    low, high = max(least, 2) - 1, max(least, 2)
    while not enough(high):
        low, high = high, 2 * high
        if high > MAX_ITEMS:
            return None, None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high, limit_for(high, good)


def limit_for(n: int, good: Point) -> float:
    """Return the k with which n items meet the good point exactly, the standard deviation not known."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    goal, middle = _ln(good[1]), -float(ndtri(good[0]))
    width = 1.0

    def beyond(k: float) -> float:
        return accepted_normal(good[0], n, k, known=False) - goal

    while not (beyond(middle - width) > 0.0 > beyond(middle + width)):
        width *= 2.0
        if width > MAX_ITEMS:
            raise StatsError(f"plan_two_point, good: {good} with {n} items has no limit, must have one")
    return float(brentq(beyond, middle - width, middle + width, xtol=1e-12, rtol=1e-14))


def _ln(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf
