"""The host's best answer to a plan of measurements: which fraction to take from how many items."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from counterseal.stats.items import Stratum, require_amount
from counterseal.stats.mixed_defect import best_two_fractions
from counterseal.stats.result import Result, exactly, unreachable
from counterseal.stats.sampling_inputs import RELATIVE_ERROR, number
from counterseal.stats.variables import (
    ASSUMED,
    MeasurementPlan,
    asked,
    contents_taken,
    detection_of,
    exact_decimal,
    flag_chance,
    nondetection_at,
    require_plan,
)
from counterseal.stats.worst_number import least_seen, ln_beta_of_any

_GRID = 2000
_MOST_STEPS = 20_000
"""So many chances are worked out at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstDefect:
    """The fraction missing from each false item at which a plan is least likely to see anything.

    Attributes:
        DP: Chance of detection there: what the plan is worth; without a value where the stratum does not
            hold the goal.
        beta: Chance that nothing is seen there.
        fraction: That fraction; None where there is none.
        n_items: False items it takes to make up the goal; None where there is none.
        small_fraction: What is missing from every other item, where the host does better with two fractions;
            else None.
        linear_fraction: The fraction that the first-order argument gives, where ``|ln(1 - sum w_j q_j)| / g``
            is smallest, to compare.
    """

    DP: Result
    beta: Result
    fraction: float | None
    n_items: int | None
    linear_fraction: float
    small_fraction: float | None = None

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "DP": self.DP.document(),
            "beta": self.beta.document(),
            "fraction": self.fraction,
            "n_items": self.n_items,
            "small_fraction": self.small_fraction,
            "linear_fraction": self.linear_fraction,
        }


def worst_defect_fraction(
    stratum: Stratum, plan: MeasurementPlan, goal_kg: float, *, least_fraction: float = 0.0
) -> WorstDefect:
    """Return the host's best single fraction, found exactly; or two, where all items are too few for one.

    To every number of false items belongs one smallest fraction that makes up the goal, and less is always
    harder to see: so only as many fractions must be tried as there are items. Where even all items do not
    make up the goal with the fraction that is best by the first-order argument, the host may do better with
    two: those are searched for, and the answer is an upper bound of what the plan is worth; its lower end
    holds whatever is missing from each item. If the goal is all that there is, only one way exists.

    The host may also take the same little from every item: see ``d_statistic_power``, and show the worse.

    Args:
        stratum: The items; where they differ in size, the largest are taken from first.
        plan: Methods, and how many items each measures.
        goal_kg: Amount missing in all [kg], above 0.
        least_fraction: Smaller fractions are left out [0 to 1]; 0 for none.

    Raises:
        StatsError: more items are measured than there are, or a number is out of its range.

    Examples:
        >>> from counterseal.stats.items import QuantMethod
        >>> rough = QuantMethod(name="rough", rel_random=0.25)
        >>> fine = QuantMethod(name="fine", rel_random=0.05)
        >>> exact = QuantMethod(name="exact", rel_random=0.005)
        >>> store = Stratum(name="store", n_items=200, content_kg=0.5)
        >>> worst = worst_defect_fraction(store, [(rough, 24), (fine, 10), (exact, 4)], 8.0)
        >>> f"{worst.DP.value:.3f} with {worst.n_items} items, {worst.fraction:.3f} of each"
        '0.953 with 25 items, 0.640 of each'
    """
    require_plan(stratum, plan, goal_kg)
    name = "worst_defect_fraction, least_fraction"
    require_amount(number(least_fraction, name), name)
    question = asked(stratum, plan, goal_kg) | {"question": "worst_defect_fraction", "least": least_fraction}
    contents, per_kg = contents_taken(stratum)
    goal, least = exact_decimal(goal_kg) * per_kg, exact_decimal(least_fraction)
    first = bisect_left(contents, goal)
    last = bisect_right(contents, goal / least) - 1 if least else stratum.n_items
    linear = linear_fraction(stratum, plan, least_fraction)
    if first > last:
        why = (
            "With such fractions the items of this stratum do not hold the goal: nothing is there to be seen."
        )
        none = unreachable(method=_METHOD, inputs=question, why=why, assumptions=ASSUMED)
        return WorstDefect(DP=none, beta=none, fraction=None, n_items=None, linear_fraction=linear)
    found = least_seen(
        stratum, plan, lambda d: float(goal / contents[d]), (first, last), most_steps=_MOST_STEPS
    )
    fraction = float(goal / contents[found.d])
    alone = nondetection_at(stratum, plan, fraction, found.d)
    crowded = stratum.n_items > 1 and contents[-1] * exact_decimal(linear) < goal < contents[-1]
    ln_alone, ln_most = alone.ln_value or 0.0, found.ln_beta_most
    if crowded:
        ln_most = ln_beta_of_any(stratum, plan, contents, float(goal))
        crowded = ln_most > ln_alone
    warnings = (*(() if found.whole else (_NOT_ALL,)), *((_CROWDED,) if crowded else ()))
    if not warnings:
        return WorstDefect(
            DP=_exact(detection_of(alone), question), beta=alone, fraction=fraction, n_items=found.d,
            linear_fraction=linear,
        )  # fmt: skip
    mixes = crowded and _may_mix(stratum, contents, goal, least)
    two = best_two_fractions(stratum, plan, goal_kg) if mixes else None
    better = two if two and two.ln_beta > ln_alone else None
    ln_beta = better.ln_beta if better else ln_alone
    DP, beta = _bounds(ln_beta, max(ln_beta, ln_most), question, warnings)
    return WorstDefect(
        DP=DP,
        beta=beta,
        fraction=better.large if better else fraction,
        n_items=better.n_large if better else found.d,
        linear_fraction=linear,
        small_fraction=better.small if better else None,
    )


def _may_mix(stratum: Stratum, contents: tuple[int, ...], goal: Fraction, least: Fraction) -> bool:
    """Return whether two fractions are searched for: several items of one size, any fraction allowed."""
    return stratum.items_by_size is None and stratum.n_items > 1 and goal < contents[-1] and least == 0


_METHOD = (
    "lowest chance over the numbers of false items, each with the smallest fraction that makes up the goal"
)


_NOT_ALL = (
    f"After {_MOST_STEPS} chances some numbers of false items are neither tried nor ruled out: a lower "
    "chance may exist, down to the lower end of the interval."
)
_CROWDED = (
    "All items are too few for the fraction that would be best for the host, so it may mix fractions: a "
    "lower chance than this one may exist, down to the lower end of the interval, below which none does."
)


def _exact(value: float, question: dict[str, Any]) -> Result:
    return exactly(value, method=_METHOD, inputs=question, assumptions=ASSUMED, tol=RELATIVE_ERROR)


def _bounds(
    ln_beta: float, ln_most: float, question: dict[str, Any], warnings: tuple[str, ...]
) -> tuple[Result, Result]:
    """Return a chance of detection that the host may still lower, as far as ``ln_most``, and that of none."""
    value, least, beta = abs(math.expm1(ln_beta)), abs(math.expm1(ln_most)), math.exp(ln_beta)
    detection = Result(
        value=value,
        lower=least,
        upper=value,
        kind="bound",
        method=_METHOD,
        exact=False,
        tol=RELATIVE_ERROR,
        inputs=question,
        assumptions=ASSUMED,
        warnings=warnings,
    )
    none = replace(
        detection,
        value=beta,
        lower=beta,
        upper=math.exp(ln_most),
        method="chance that nothing is seen",
        ln_value=ln_beta,
    )
    return detection, none


def linear_fraction(stratum: Stratum, plan: MeasurementPlan, least_fraction: float = 0.0) -> float:
    """Return where ``|ln(1 - sum w_j q_j(g))| / g`` is smallest, on a grid of fractions [above 0, to 1]."""
    start = max(1, math.ceil(least_fraction * _GRID))
    places = [place / _GRID for place in range(start, _GRID + 1)] or [1.0]

    def per_fraction(g: float) -> float:
        seen = sum(n / stratum.n_items * flag_chance(method, g) for method, n in plan)
        return -math.log1p(-seen) / g if seen < 1.0 else math.inf

    return min(places, key=per_fraction)
