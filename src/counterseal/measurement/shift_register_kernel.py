"""The shift register as a compiled loop: four places in the list that only move on. Outside the barrier."""

from collections.abc import Callable

import numba
import numpy as np

from counterseal.measurement.spectrum import Counts


def _fill(
    ticks: Counts,
    triggers: int,
    edges: tuple[int, int, int, int],
    with_reals: Counts,
    accidentals: Counts,
) -> int:
    """Add to both histograms; return the largest number seen in a gate."""
    size, rows, most = np.uint64(len(ticks)), np.int64(len(with_reals)), np.int64(0)
    first, second, third, fourth = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    one = np.uint64(1)
    for trigger in range(np.uint64(triggers)):
        time = ticks[trigger]
        while first < size and ticks[first] - time <= edges[0]:
            first += one
        while second < size and ticks[second] - time <= edges[1]:
            second += one
        while third < size and ticks[third] - time <= edges[2]:
            third += one
        while fourth < size and ticks[fourth] - time <= edges[3]:
            fourth += one
        seen, chance = np.int64(second - first), np.int64(fourth - third)
        most = max(most, seen, chance)
        if most < rows:
            with_reals[seen] += 1
            accidentals[chance] += 1
    return int(most)


fill_gates: Callable[[Counts, int, tuple[int, int, int, int], Counts, Counts], int] = numba.njit(nogil=True)(
    _fill
)
"""`shift_register.Filler`, compiled at its first call."""
