"""Equal spacing on a grid of whole steps: each gap rounded by lot so that its mean is the spacing left."""

import math

import numpy as np


def spaced_visits(T: int, visits: int, seed: int) -> tuple[int, ...]:
    """Return dates whose gaps have, each time, the mean of what is left over the visits that are left.

    Args:
        T: Steps of the period.
        visits: Visits before its end, at most T - 1.
        seed: Of the lot.

    Returns:
        Whole steps from the start, ascending, **shape** (visits,).

    Examples:
        >>> spaced_visits(12, 2, seed=1), len(spaced_visits(53, 17, seed=1))
        ((4, 8), 17)
    """
    generator = np.random.Generator(np.random.Philox(seed))
    dates, here = [], 0
    for left in range(visits, 0, -1):
        down, above = divmod(T - here, left + 1)
        here += down + (1 if generator.random() * (left + 1) < above else 0)
        dates.append(here)
    return tuple(dates)


def spaced_chances(T: int, visits: int) -> tuple[float, ...]:
    """Return the chance of such a visit at the end of each step but the last, **shape** (T - 1,).

    Args:
        T: Steps of the period.
        visits: Visits before its end, at most T - 1.

    Examples:
        >>> [round(chance, 3) for chance in spaced_chances(4, 2)]
        [0.667, 0.667, 0.667]
    """
    total, now = np.zeros(T + 1), {0: 1.0}
    for left in range(visits, 0, -1):
        following: dict[int, float] = {}
        for here, chance in now.items():
            down, above = divmod(T - here, left + 1)
            for date, part in (
                (here + down, 1.0 - above / (left + 1)),
                (here + down + 1, above / (left + 1)),
            ):
                if part > 0.0:
                    following[date] = following.get(date, 0.0) + chance * part
        for date, chance in following.items():
            total[date] += chance
        now = following
    if not math.isclose(float(total.sum()), visits, abs_tol=1e-9):  # the chances of each visit add up to 1
        raise ArithmeticError(f"{visits} visits over {T} steps: chances add up to {total.sum()}")
    return tuple(np.minimum(total[1:T], 1.0).tolist())
