"""Two fractions at once: the host's way where the best single one would need more items than there are.

Then every item is false: d of them by a large fraction, the others by what is left to make up the goal. The
chance that nothing is seen is again of the general form: ``prod_j r_j^n_j`` as if the small fraction were
missing everywhere, times the form for d items with ``R_j / r_j``; r and R are the chances to miss the two.
"""

import math
from dataclasses import dataclass

from counterseal.stats.items import Stratum
from counterseal.stats.sampling import nondetection_general
from counterseal.stats.variables import MeasurementPlan, flag_chance

_COARSE = 40
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoFractions:
    """Every item false by one of two fractions.

    Attributes:
        large: Fraction missing from some.
        n_large: How many those are.
        small: Fraction missing from all others.
        ln_beta: Logarithm of the chance that nothing is seen.
    """

    large: float
    n_large: int
    small: float
    ln_beta: float


def best_two_fractions(stratum: Stratum, plan: MeasurementPlan, goal_kg: float) -> TwoFractions:
    """Return the best two fractions that a search finds: coarse over both, then finer around the best.

    Args:
        stratum: Items of one size, 2 or more.
        plan: Methods, and how many items each measures.
        goal_kg: Amount missing in all [kg], above 0 and below what the stratum holds.
    """
    N, mean = stratum.n_items, goal_kg / (stratum.n_items * stratum.content_kg)
    numbers, low, high = _spread(1, N - 1), mean, 1.0
    best = TwoFractions(large=mean, n_large=1, small=mean, ln_beta=-math.inf)
    for _ in range(_ROUNDS):
        step = (high - low) / _COARSE
        tried = [
            two_fractions(stratum, plan, goal_kg, large=low + place * step, n_large=d)
            for d in numbers
            for place in range(1, _COARSE + 1)
        ]
        best = max([best, *(one for one in tried if one)], key=lambda one: one.ln_beta)
        width = max(1, (numbers[-1] - numbers[0]) // 16)
        numbers = _spread(max(1, best.n_large - width), min(N - 1, best.n_large + width))
        low, high = max(mean, best.large - 2 * step), min(1.0, best.large + 2 * step)
    return best


def _spread(first: int, last: int) -> list[int]:
    """Return up to some forty whole numbers of a range, its ends included."""
    step = max(1, (last - first) // _COARSE)
    return sorted({*range(first, last + 1, step), last})


def two_fractions(
    stratum: Stratum, plan: MeasurementPlan, goal_kg: float, *, large: float, n_large: int
) -> TwoFractions | None:
    """Return what one choice gives, None where it is not possible.

    Args:
        stratum: Items of one size.
        plan: Methods, and how many items each measures.
        goal_kg: Amount missing in all [kg].
        large: Fraction missing from some.
        n_large: How many those are, below all.
    """
    N = stratum.n_items
    small = (goal_kg / stratum.content_kg - n_large * large) / (N - n_large)
    if not 0.0 <= small <= large <= 1.0:
        return None
    ln_beta, groups = 0.0, []
    for method, n in plan:
        missed, missed_large = 1.0 - flag_chance(method, small), 1.0 - flag_chance(method, large)
        if n and missed <= 0.0:
            return TwoFractions(large=large, n_large=n_large, small=small, ln_beta=-math.inf)
        ln_beta += n * math.log(missed) if n else 0.0
        groups.append((n, max(0.0, 1.0 - missed_large / missed) if n else 0.0))
    rest = nondetection_general(N, n_large, groups).ln_value
    return TwoFractions(large=large, n_large=n_large, small=small, ln_beta=ln_beta + (rest or 0.0))
