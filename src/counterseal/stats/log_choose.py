"""Logarithms of numbers of ways and of the hypergeometric chance, without the loss of digits of log-gamma."""

import math

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS, require_count


def ln_choose(N: int, k: int) -> float:
    """Return ``ln C(N, k)``: of how many samples of k items there are in N.

    Args:
        N: Items, 0 to 10**6.
        k: Items of a sample, 0 to N.

    Raises:
        StatsError: a number is none, or out of its range.

    Examples:
        >>> round(ln_choose(52, 5), 9) == round(math.log(2_598_960), 9)
        True
    """
    from counterseal.stats.kernels.sampling_kernel import ln_binomial

    require_count(N, "ln_choose, N", most=MAX_ITEMS)
    require_count(k, "ln_choose, k (items of N)", most=N)
    if k in {0, N}:
        return 0.0
    share, left = k / N, (N - k) / N
    return ln_binomial(N, share, left, k) - k * math.log(share) - (N - k) * math.log(left)


def ln_hypergeometric(N: int, d: int, n: int, k: int) -> float:
    """Return ``ln`` of the chance that a sample of n items of N holds k of the d false ones.

    Args:
        N: Items, 1 to 10**6.
        d: False items, 0 to N.
        n: Items drawn, 0 to N.
        k: False items among them; ``-inf`` comes out where that cannot be.

    Raises:
        StatsError: a number is none, or out of its range.

    Examples:
        >>> round(math.exp(ln_hypergeometric(52, 4, 5, 2)), 9)
        0.039929818
    """
    from counterseal.stats.kernels.sampling_kernel import ln_hypergeometric as compiled

    require_count(N, "ln_hypergeometric, N", least=1, most=MAX_ITEMS)
    for name, number in (("d", d), ("n", n)):
        require_count(number, f"ln_hypergeometric, {name} (items of N)", most=N)
    if isinstance(k, bool) or not isinstance(k, int):
        raise StatsError(f"ln_hypergeometric, k: {k!r}, must be a whole number of items")
    return compiled(N, d, n, k) if max(0, n + d - N) <= k <= min(d, n) else -math.inf
