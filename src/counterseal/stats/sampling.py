"""How likely a sample shows a false item, and how large it must be: exact, with tests that err.

N items in a stratum, d of them false, n drawn without replacement; a test shows a false item with chance q
and a true one as false with chance a. With h(k) the hypergeometric chance that k of the false items are
drawn, nothing is seen with chance ``sum_k h(k) (1-q)^k``. All is exact but for rounding; the same for
thousands of cases at once is in ``sampling_arrays.py``.
"""

import math
from collections.abc import Sequence

import numpy as np

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_count
from counterseal.stats.result import Result
from counterseal.stats.sample_size import plan_size
from counterseal.stats.sampling_inputs import (
    BLIND,
    INDEPENDENT,
    NO_FALSE_ALARM,
    as_result,
    chance,
    require_sample,
    require_stratum,
    taken_for_granted,
)

MOST_WORK = 2e9
"""Most multiplications of one call; about two seconds."""

_GROUPS = (
    "Each item is tested by one of the methods at most, and each method's sample is drawn with equal chances."
)


def nondetection(N: int, d: int, n: int, q: float = 1.0) -> Result:
    """Return the chance that a sample shows none of the false items.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        n: Items drawn, 0 to N.
        q: Chance that the test shows a false item that was drawn [0 to 1].

    Returns:
        The chance and its logarithm, which holds where the chance itself is below the smallest number.

    Raises:
        StatsError: a number is none, or out of its range.

    Examples:
        >>> f"{nondetection(100, 5, 45).value:.4f} {nondetection(500, 5, 500, 0.5).value:.5f}"
        '0.0462 0.03125'
        >>> round(nondetection(1_000_000, 500_000, 500_000).ln_value)
        -693140
    """
    from counterseal.stats.kernels.sampling_kernel import none_seen

    require_sample(N, d, n, question="nondetection")
    q = chance(q, "nondetection, q")
    scaled, exponent = none_seen(N, d, n, q)
    return as_result(
        scaled,
        exponent,
        method="C(N-d,n) / C(N,n)" if q >= 1.0 else "sum over k of h(k) (1-q)^k",
        inputs={"question": "nondetection", "N": N, "d": d, "n": n, "q": q},
        assumptions=taken_for_granted(q),
    )


def nondetection_general(N: int, d: int, groups: Sequence[tuple[int, float]]) -> Result:
    """Return the chance that several methods, each with a sample of its own, show none of the false items.

    It is the coefficient of z^d in ``prod_j (1 + (1-q_j) z)^n_j (1 + z)^(N - sum n_j)``, over ``C(N,d)``.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        groups: ``(n_j, q_j)``: items tested by a method, and its chance to show a false one; N in all.

    Raises:
        StatsError: a number is none or out of its range, the groups are more than the stratum, or the work is
            too much (more than 2e9 multiplications).

    Examples:
        >>> together = nondetection_general(200, 16, [(24, 0.841), (10, 1.0), (4, 1.0)])
        >>> f"{together.value:.5f}"
        '0.04440'
    """
    from counterseal.stats.kernels.groups_kernel import ln_coefficient

    require_stratum(N, d, question="nondetection_general")
    sizes = _sizes(N, groups)
    ln_value = ln_coefficient(
        N, d, np.array(list(sizes.values()), np.int64), np.array(list(sizes), np.float64), MOST_WORK
    )
    if math.isnan(ln_value):
        raise StatsError(
            f"nondetection_general, groups: {len(sizes)} different chances among {N} items take more than "
            f"{MOST_WORK:.0e} multiplications; must be less: put chances that hardly differ together"
        )
    asked = {"question": "nondetection_general", "N": N, "d": d, "groups": [list(group) for group in groups]}
    return as_result(
        *(1.0, ln_value) if ln_value > -math.inf else (0.0, 0.0),
        method="coefficient of z^d in prod_j (1 + (1-q_j) z)^n_j (1 + z)^(N - sum n_j), over C(N,d)",
        inputs=asked,
        assumptions=(BLIND, _GROUPS, INDEPENDENT, NO_FALSE_ALARM),
    )


def _sizes(N: int, groups: Sequence[tuple[int, float]]) -> dict[float, int]:
    """Return how many items there are to each chance of missing a false one, those not sampled included."""
    sizes: dict[float, int] = {}
    left = N
    for place, (n, q) in enumerate(groups):
        require_count(n, f"nondetection_general, groups, number {place + 1}, n", most=N)
        missed = 1.0 - chance(q, f"nondetection_general, groups, number {place + 1}, q")
        sizes[missed] = sizes.get(missed, 0) + n
        left -= n
    if left < 0:
        raise StatsError(f"nondetection_general, groups: {N - left} items in all, must be at most N = {N}")
    sizes[1.0] = sizes.get(1.0, 0) + left
    return {missed: n for missed, n in sizes.items() if n}


def alarm_probability(N: int, d: int, n: int, q: float, a: float, accept: int = 0) -> Result:
    """Return the chance that a sample gives more alarms than are accepted, of true and false items together.

    With d = 0 it is the chance of a false alarm of the whole sample.

    Args:
        N: Items in the stratum, 1 to 10**6.
        d: Items of them that are false, 0 to N.
        n: Items drawn, 0 to N.
        q: Chance that the test shows a false item as false [0 to 1].
        a: Chance that it shows a true item as false [0 to 1].
        accept: Most alarms that count as none, 0 or more.

    Raises:
        StatsError: a number is none or out of its range, or the work is too much (2e9 multiplications).

    Examples:
        >>> f"{alarm_probability(100, 0, 20, 0.9, 0.01).value:.4f}"
        '0.1821'
        >>> f"{alarm_probability(100, 10, 20, 0.9, 0.01, accept=1).value:.4f}"
        '0.6247'
    """
    from counterseal.stats.kernels.alarm_kernel import ln_alarms

    require_sample(N, d, n, question="alarm_probability")
    require_count(accept, "alarm_probability, accept")
    q, a = chance(q, "alarm_probability, q"), chance(a, "alarm_probability, a")
    least, most = _alarms_possible(N, d, n, q, a)
    more = 0.0 if least > accept else -math.inf
    if least <= accept < most:
        require_little_work(N, d, n, accept)
        more = ln_alarms(N, d, n, q, a, accept, True)
        if more > math.log(0.5):  # the other tail has the digits
            fewer = ln_alarms(N, d, n, q, a, accept, False)
            more = math.log1p(-math.exp(fewer)) if fewer < 0.0 else -math.inf
    return as_result(
        *(1.0, more) if more > -math.inf else (0.0, 0.0),
        method="1 - sum over k of h(k) P(Bin(k,q) + Bin(n-k,a) <= accept)",
        inputs={"question": "alarm_probability", "N": N, "d": d, "n": n, "q": q, "a": a, "accept": accept},
        assumptions=(
            BLIND,
            INDEPENDENT,
            "False alarms come independently of one another, each with chance a.",
        ),
    )


def _alarms_possible(N: int, d: int, n: int, q: float, a: float) -> tuple[int, int]:
    """Return the fewest and the most alarms that can be: at either end of the false items in the sample."""
    ends = (max(0, n + d - N), min(d, n))
    fewest = min((k if q >= 1.0 else 0) + (n - k if a >= 1.0 else 0) for k in ends)
    return fewest, max((k if q > 0.0 else 0) + (n - k if a > 0.0 else 0) for k in ends)


def require_little_work(N: int, d: int, n: int, accept: int) -> None:
    """Refuse a sum that would take too long: false items in the sample, times alarms, times a tail.

    Args:
        N: Items in the stratum.
        d: Items of them that are false.
        n: Items drawn.
        accept: Most alarms that count as none.

    Raises:
        StatsError: it would take more than ``MOST_WORK`` multiplications.
    """
    spread = math.sqrt(n * (d / N) * (1 - d / N)) + 1.0
    terms = min(min(d, n) + 1.0, max(4096.0, 20.0 * spread))
    work = terms * (min(accept, n) + 1.0) * (20.0 * math.sqrt(n) + 20.0)
    if work > MOST_WORK:
        raise StatsError(
            f"alarm_probability, accept: {accept} with {n} items drawn and {d} false takes some {work:.0e} "
            f"multiplications, must be at most {MOST_WORK:.0e}"
        )


__all__ = ["MOST_WORK", "alarm_probability", "nondetection", "nondetection_general", "plan_size"]
