"""At how many false items a plan of measurements sees least: all numbers, most of them by one bound for many.

With more false items a smaller fraction from each makes up the goal. So for all numbers from one to another,
the smaller number together with the fraction of the larger one is harder to see than any: where that is
easier to see than what was found already, none of them need be tried.
"""

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

from counterseal.stats.items import Stratum
from counterseal.stats.variables import MeasurementPlan, nondetection_at

_PARTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastSeen:
    """The number of false items at which the chance of none seen is largest.

    Attributes:
        d: That number [items].
        ln_beta_most: A bound on the logarithm of that chance at all numbers; the chance at d itself where
            every number was tried or left out for good.
        whole: Whether every one was.
    """

    d: int
    ln_beta_most: float
    whole: bool


def least_seen(
    stratum: Stratum,
    plan: MeasurementPlan,
    fraction_of: Callable[[int], float],
    numbers: tuple[int, int],
    *,
    most_steps: int,
) -> LeastSeen:
    """Return at how many false items none is most likely seen.

    Args:
        stratum: The items.
        plan: Methods, and how many items each measures.
        fraction_of: The fraction that makes up the goal at each number; it falls with the number.
        numbers: The first and the last number.
        most_steps: So many chances are worked out at most, or one more pair.
    """

    def ln_unseen(fraction: float, d: int) -> float:
        found = nondetection_at(stratum, plan, fraction, d).ln_value
        return -math.inf if found is None else found

    best, best_d, steps = -math.inf, numbers[0], 0
    open_ = [(-0.0, *numbers)]
    while open_ and -open_[0][0] > best and steps < most_steps:
        _, first, last = heapq.heappop(open_)
        middle = (first + last) // 2
        here = ln_unseen(fraction_of(middle), middle)
        steps += 1
        if here > best or (here == best and middle < best_d):
            best, best_d = here, middle
        for low, high in ((first, middle - 1), (middle + 1, last)):
            if low > high:
                continue
            bound = ln_unseen(fraction_of(high), low)
            steps += 1
            if bound > best:
                heapq.heappush(open_, (-bound, low, high))
    left = -open_[0][0] if open_ else -math.inf
    return LeastSeen(d=best_d, ln_beta_most=max(best, left), whole=left <= best)


def ln_beta_of_any(
    stratum: Stratum, plan: MeasurementPlan, contents: tuple[int, ...], goal: float, *, parts: int = _PARTS
) -> float:
    """Return a bound on the logarithm of the chance of none seen, whatever is missing from each item.

    If less than a fraction t is missing from all but K items, the goal is made up only if those K hold
    ``(goal - t total) / (1 - t)`` at least: so from so many of the largest, and from one in any case where t
    is the mean, at least t is missing; what is missing beyond only adds to the chance of detection.

    Args:
        stratum: The items.
        plan: Methods, and how many items each measures.
        contents: What the k largest hold together, for every k from 0.
        goal: What is missing in all, in the same unit; above 0.
        parts: So many fractions t are tried.
    """
    from bisect import bisect_left

    total, lowest = contents[-1], 0.0
    mean = min(goal / total, 1.0)
    for part in range(1, parts + 1):
        least = mean * part / parts * (1.0 - 1e-12)  # rounding must not make it more than there is
        held = (goal - least * total) / (1.0 - least) * (1.0 - 1e-12)
        d = min(max(1, bisect_left(contents, held)), len(contents) - 1)
        lowest = min(lowest, nondetection_at(stratum, plan, least, d).ln_value or 0.0)
    return lowest
