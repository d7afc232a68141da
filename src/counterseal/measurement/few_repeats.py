"""How much wider a margin must be where an uncertainty is the scatter of a few repeats.

The scatter of ``n`` repeats is itself uncertain: ``k`` of it are exceeded as Student's distribution with
``n - 1`` degrees of freedom has it, far more often than ``k`` of a known uncertainty where ``n`` is small.

References:
    [WALLACE-1959].
"""

import math

from counterseal.measurement.arithmetic import exp
from counterseal.measurement.errors import MeasurementError

FEWEST_REPEATS = 2


def widening(factor: float, *, repeats: int) -> float:
    """Return what makes ``factor`` times a scatter be exceeded as rarely as the same of a known uncertainty.

    From Wallace's bound: with ``v`` degrees of freedom, the ``t`` that is exceeded as rarely as a normal
    ``k`` is at most ``sqrt(v (exp(k^2 / (v - 1/2)) - 1))``. That errs to the wide side alone, for a
    factor of 2 by 2 % with 5 repeats, 0.1 % with 20, and 14 % with 3; 2 repeats hardly decide anything.

    Args:
        factor: How many standard uncertainties a figure must clear (``k``), above 0.
        repeats: From how many the scatter is, at least 2.

    Returns:
        A number above 1, near 1 with many repeats.

    Raises:
        MeasurementError: a factor not above 0, or fewer than 2 repeats.
    """
    if not factor > 0.0:
        raise MeasurementError(f"margin of {factor:g} uncertainties: must be above 0")
    if repeats < FEWEST_REPEATS:
        raise MeasurementError(f"scatter of {repeats} repeats: must be at least {FEWEST_REPEATS}")
    freedom = repeats - 1
    return math.sqrt(freedom * (exp(factor * factor / (freedom - 0.5)) - 1.0)) / factor
