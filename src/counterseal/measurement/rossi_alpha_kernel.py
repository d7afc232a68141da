"""Times between pulses as a compiled loop. Outside the barrier."""

from collections.abc import Callable

import numba
import numpy as np

from counterseal.measurement.spectrum import Counts


def _fill(ticks: Counts, triggers: int, bin_ticks: int, counts: Counts) -> None:
    """Add the time from each of the first pulses to every pulse within the window."""
    size, window = np.uint64(len(ticks)), np.int64(bin_ticks * len(counts))
    for trigger in range(np.uint64(triggers)):
        time = ticks[trigger]
        other = trigger + np.uint64(1)
        while other < size and ticks[other] - time < window:
            counts[np.uint64(ticks[other] - time) // np.uint64(bin_ticks)] += 1
            other += np.uint64(1)


fill_pairs: Callable[[Counts, int, int, Counts], None] = numba.njit(nogil=True)(_fill)
"""`rossi_alpha.Filler`, compiled at its first call."""
