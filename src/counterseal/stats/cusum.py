"""How long a cumulative-sum chart runs before it raises an alarm, on average.

The chart adds up standardised figures, less an allowance ``k``, and never falls below nothing:
``W = max(0, W + y - k)``. It raises an alarm when W reaches ``h``. While nothing is wrong it should run long;
once the mean has shifted, only briefly.

The mean run length solves an integral equation, which quadrature turns into a chain of states. That is solved
without a single subtraction (states are removed one after the other), so a run of 1e100 figures comes out
with as many digits as one of ten.

References:
    [PAGE-1954]; [GOEL-WU-1971], for the integral equation; [LUCAS-CROSIER-1982], for the table of two-sided
    charts and the head start; [GRASSMANN-1985], for the removal of states.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, exactly

Numbers = NDArray[np.float64]
ASSUMPTIONS = (
    "Figures are independent and normal with standard deviation 1, and mean 0 while nothing is wrong.",
)
MAX_THRESHOLD = 100.0
_LEAST_NODES, _NODES_A_SD = 32, 6


def cusum_arl(
    k: float, h: float, shift: float = 0.0, *, two_sided: bool = False, head_start: float = 0.0
) -> Result:
    """Return the mean number of figures until the chart raises an alarm.

    Args:
        k: Allowance [standard deviations], 0 or more; half of the shift that should be seen soon.
        h: Threshold [standard deviations], above 0, at most 100.
        shift: Mean of the figures from the first on [standard deviations]; 0 while nothing is wrong.
        two_sided: Whether a second chart looks for a mean that has fallen.
        head_start: Where the chart starts [standard deviations], 0 or more, below ``h``; one-sided only.

    Returns:
        The mean run length [figures], the one that raises the alarm included.

    Raises:
        StatsError: a number is out of its range, or a head start is asked of a two-sided chart.

    Examples:
        >>> [round(cusum_arl(0.5, 4.0, shift, two_sided=True).value, 1) for shift in (0.0, 0.5, 1.0)]
        [167.7, 26.6, 8.4]
    """
    require_amount(k, "chart, k")
    require_amount(h, "chart, h", above=0.0)
    require_amount(shift, "chart, shift", least=-math.inf)
    require_amount(head_start, "chart, head_start")
    if h > MAX_THRESHOLD:
        raise StatsError(f"chart, h: {h}, must be at most {MAX_THRESHOLD:g}")
    if head_start >= h:
        raise StatsError(f"chart, head_start: {head_start}, must be below h {h}")
    if two_sided and head_start:
        raise StatsError("chart, head_start: only a one-sided chart may have one")
    length = _one_sided(k, h, shift, head_start)
    if two_sided:  # at an alarm of one the other stands at nothing, so both begin anew and their rates add up
        length = 1.0 / (1.0 / length + 1.0 / _one_sided(k, h, -shift, 0.0))
    return exactly(
        length,
        method="integral equation of the mean run length, by quadrature of Gauss and Legendre",
        inputs={"k": k, "h": h, "shift": shift, "two_sided": two_sided, "head_start": head_start},
        assumptions=ASSUMPTIONS,
        tol=1e-9 * min(length, 1e300),
    )


def cusum_threshold(k: float, run_length: float, *, two_sided: bool = False) -> Result:
    """Return the threshold of a chart that runs so long on average while nothing is wrong.

    Args:
        k: Allowance [standard deviations], 0 or more.
        run_length: Wanted mean run length [figures], above that of a chart without memory.
        two_sided: Whether a second chart looks for a mean that has fallen.

    Returns:
        The threshold ``h`` [standard deviations].

    Raises:
        StatsError: a number is out of its range, or every chart with this allowance runs longer.

    Examples:
        >>> round(cusum_threshold(0.5, 465.0, two_sided=True).value, 2)
        5.0
    """
    from scipy import optimize

    require_amount(run_length, "chart, run_length", above=1.0)
    least, most = 1e-9, 4.0

    def excess(h: float) -> float:
        found = cusum_arl(k, h, two_sided=two_sided).value
        return math.log((found or math.inf) / run_length)

    if excess(least) >= 0.0:
        raise StatsError(f"chart, run_length {run_length}: even without memory it is longer with k {k}")
    while excess(most) <= 0.0:
        least, most = most, min(2.0 * most, MAX_THRESHOLD)
        if least == most:
            raise StatsError(f"chart, run_length {run_length}: not reached with h up to {MAX_THRESHOLD:g}")
    h = float(optimize.brentq(excess, least, most, xtol=1e-12))
    return exactly(
        h,
        method="root of the mean run length over the threshold",
        inputs={"k": k, "run_length": run_length, "two_sided": two_sided},
        assumptions=ASSUMPTIONS,
        tol=1e-9,
    )


def places_and_weights(h: float) -> tuple[Numbers, Numbers]:
    """Return places and weights of quadrature over the states of a chart below its threshold.

    Args:
        h: Threshold [standard deviations].

    Returns:
        Both of shape (n,), n enough for a normal density of standard deviation 1.
    """
    places, weights = _legendre(_LEAST_NODES + math.ceil(_NODES_A_SD * h))
    return 0.5 * h * (places + 1.0), 0.5 * h * weights


def density(away: Numbers) -> Numbers:
    """Return the normal density at so many standard deviations from the mean."""
    return np.exp(-0.5 * away * away) / math.sqrt(2.0 * math.pi)


@functools.lru_cache(maxsize=64)
def _legendre(size: int) -> tuple[Numbers, Numbers]:
    places, weights = np.polynomial.legendre.leggauss(size)
    return places, weights


def _one_sided(k: float, h: float, shift: float, start: float) -> float:
    """Return the mean run length of a one-sided chart: states are its start, nothing, and the places."""
    places, weights = places_and_weights(h)
    states = np.concatenate(([start, 0.0], places))
    drop = k - shift
    moves = np.zeros((states.size, states.size))
    moves[:, 1] = special.ndtr(drop - states)
    moves[:, 2:] = weights * density(places[None, :] + drop - states[:, None])
    return _time_to_leave(moves, np.asarray(special.ndtr(states - drop - h), dtype=np.float64))


def _time_to_leave(moves: Numbers, leaves: Numbers) -> float:
    """Return the mean number of steps from the first state until a chain is left.

    The last state is removed again and again: what came into it goes on to where it leads, and takes along
    the time spent there. Only sums, products and quotients of positive numbers occur.

    Args:
        moves: Chances to go from state to state, shape (n, n); those to stay are not read; changed.
        leaves: Chances to leave the chain from each state, shape (n,).
    """
    leaves, times = leaves.copy(), np.ones(leaves.size)
    for last in range(leaves.size - 1, 0, -1):
        out = moves[last, :last].sum() + leaves[last]
        if out == 0.0:
            return math.inf
        into = moves[:last, last] / out
        moves[:last, :last] += np.outer(into, moves[last, :last])
        leaves[:last] += into * leaves[last]
        times[:last] += into * times[last]
    return float(times[0] / leaves[0]) if leaves[0] > 0.0 else math.inf
