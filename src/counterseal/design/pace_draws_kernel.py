"""How long each piece of work takes, in units of its mean: gamma numbers, as compiled loops.

Every source of scatter (the arrivals, the work of a station, its way back) has a key of its own, and the
number of the run is the counter: the n-th batch of a station takes as long in every variant of a line that is
compared, whatever else is changed.

References:
    [MARSAGLIA-TSANG-2000].
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from counterseal.design.campaigns.philox_kernel import Stream, exponential, go_to_run, new_stream, uniform

Reals = NDArray[np.float64]
_SQUEEZE, _FEW = 0.0331, 8.0


@njit(cache=True, nogil=True, error_model="numpy")
def gamma_number(stream: Stream, shape: float) -> float:
    """Return a gamma number of a shape above 0, divided by that shape: its mean is 1.

    A few whole steps are so many exponential numbers together; else the squeeze of Marsaglia and Tsang.
    """
    if shape <= _FEW and shape == math.floor(shape):
        product = 1.0
        for _ in range(int(shape)):
            product *= 1.0 - uniform(stream)
        return -math.log(product) / shape
    if shape < 1.0:
        boosted = gamma_number(stream, shape + 1.0) * (shape + 1.0)
        return boosted * math.exp(-exponential(stream) / shape) / shape
    least = shape - 1.0 / 3.0
    scale = 1.0 / math.sqrt(9.0 * least)
    while True:
        normal = math.sqrt(2.0 * exponential(stream)) * math.cos(2.0 * math.pi * uniform(stream))
        root = 1.0 + scale * normal
        if root <= 0.0:
            continue
        cube, lot = root * root * root, 1.0 - uniform(stream)
        if lot < 1.0 - _SQUEEZE * normal**4 or math.log(lot) < 0.5 * normal * normal + least * (
            1.0 - cube + math.log(cube)
        ):
            return least * cube / shape


@njit(cache=True, nogil=True, error_model="numpy")
def fill_units(
    units: Reals, places: NDArray[np.int64], shapes: Reals, keys: NDArray[np.uint64], run: int
) -> None:
    """Write the units of one run, those of each source in its own part of the row.

    Args:
        units: Row to fill; written.
        places: Where the part of each source begins, and where the last ends, **shape** (sources + 1,).
        shapes: Shape of each source; 0 for one without scatter, whose part is empty.
        keys: Key of each source, **shape** (sources, 2).
        run: Number of the run.
    """
    for source in range(len(shapes)):
        if places[source] == places[source + 1]:
            continue
        stream = new_stream(keys[source, 0], keys[source, 1])
        go_to_run(stream, run)
        for place in range(places[source], places[source + 1]):
            units[place] = gamma_number(stream, shapes[source])
