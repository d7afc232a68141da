"""The chance that a sample is accepted although items are false, where that is too small for a number."""

from counterseal.stats.items import require_chance, require_count
from counterseal.stats.sampling import require_little_work
from counterseal.stats.sampling_inputs import require_sample


def ln_accepted(N: int, d: int, n: int, q: float, accept: int) -> float:
    """Return the logarithm of the chance that at most so many drawn items are shown as false [at most 0].

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        n: Items drawn, 0 to N.
        q: Chance that the test shows a false item as false [0 to 1]; true ones are never shown so.
        accept: Most alarms that count as none, 0 or more.

    Returns:
        ``-inf`` where more are shown for certain.

    Raises:
        StatsError: a number is out of its range, or the work is too much (2e9 multiplications).

    Examples:
        >>> f"{ln_accepted(2000, 60, 1000, 0.9, accept=1):.5f}"
        '-32.51714'
    """
    from counterseal.stats.kernels.alarm_kernel import ln_alarms

    require_sample(N, d, n, question="ln_accepted")
    require_chance(q, "ln_accepted, q")
    require_count(accept, "ln_accepted, accept")
    if accept >= min(d, n) or q <= 0.0:
        return 0.0
    require_little_work(N, d, n, accept)
    return min(0.0, float(ln_alarms(N, d, n, q, 0.0, accept, False)))
