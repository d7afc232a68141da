"""Which sample is the smallest where two chances are too close for floating point: with 50 digits.

A goal like 0.05 is met exactly by 95 of 100 items, and a rounding error must not make them 96.
"""

from decimal import Decimal, localcontext

DIGITS = 50
_SAME = Decimal("1e-35")
_WIDE = 999_999_999


def smallest_sample_surely(N: int, d: int, beta_max: float, q: float, *, near: int) -> int:
    """Return the smallest sample that reaches the goal, -1 where none does; chances as the decimals written.

    Args:
        N: Items.
        d: False items, 1 to N.
        beta_max: Goal for the chance that nothing is seen, above 0.
        q: Chance that a test shows a false item, above 0.
        near: A sample close to the answer, or -1.

    Examples:
        >>> smallest_sample_surely(100, 1, 0.05, 1.0, near=96)
        95
    """
    if not reached(N, d, N, beta_max, q):
        return -1
    low, high = _bracket(N, d, beta_max, q, near=near if near >= 0 else N)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(N, d, middle, beta_max, q) else (middle, high)
    return high


def _bracket(N: int, d: int, beta_max: float, q: float, *, near: int) -> tuple[int, int]:
    """Return a sample too small (-1 for none) and one large enough, found in growing steps from ``near``."""
    step = 1
    if reached(N, d, near, beta_max, q):
        high = near
        while high > 0 and reached(N, d, max(high - step, 0), beta_max, q):
            high, step = max(high - step, 0), 2 * step
        return max(high - step, 0) if high else -1, high
    low = near
    while not reached(N, d, min(low + step, N), beta_max, q):
        low, step = min(low + step, N), 2 * step
    return low, min(low + step, N)


def reached(N: int, d: int, n: int, beta_max: float, q: float) -> bool:
    """Return whether a sample leaves at most that chance that nothing is seen; a tie counts."""
    with localcontext() as digits:
        digits.prec, digits.Emax, digits.Emin = DIGITS, _WIDE, -_WIDE
        goal = Decimal(repr(float(beta_max)))
        return nothing_seen(N, d, n, 1 - Decimal(repr(float(q)))) <= goal * (1 + _SAME)


def nothing_seen(N: int, d: int, n: int, missed: Decimal) -> Decimal:
    """Return ``sum_k h(k) missed^k`` with as many digits as the context has."""
    few, many, gap = min(d, n), max(d, n), N - d - n
    first = max(0, -gap)
    term = missed**first if first or missed else Decimal(1)
    above, times = (N - many, few) if gap >= 0 else (d, N - n)
    for i in range(times):  # h(first), a product either way
        term *= Decimal(above - i) / (N - i)
    total = term
    for k in range(first, few):
        term *= missed * ((d - k) * (n - k)) / ((k + 1) * (gap + k + 1))
        total += term
        if not term:
            break
    return total
