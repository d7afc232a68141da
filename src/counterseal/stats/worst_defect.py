"""The host's best answer to a plan of measurements: which fraction to take from how many items."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from counterseal.stats.items import Stratum, require_amount
from counterseal.stats.mixed_defect import best_two_fractions
from counterseal.stats.result import Result, exactly, unreachable
from counterseal.stats.sampling_inputs import RELATIVE_ERROR, number
from counterseal.stats.variables import (
    ASSUMED,
    MOST_STEPS,
    MeasurementPlan,
    asked,
    contents_taken,
    detection_of,
    exact_decimal,
    flag_chance,
    nondetection_at,
    require_plan,
)

_GRID = 2000
_BEST = 8


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
    two: those are searched for, and the answer is an upper bound of what the plan is worth.

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
    choices = {
        d: float(goal / contents[d])
        for d in range(1, len(contents))
        if goal <= contents[d] and goal >= contents[d] * least
    }
    linear = linear_fraction(stratum, plan, least_fraction)
    if not choices:
        why = (
            "With such fractions the items of this stratum do not hold the goal: nothing is there to be seen."
        )
        none = unreachable(method=_METHOD, inputs=question, why=why, assumptions=ASSUMED)
        return WorstDefect(DP=none, beta=none, fraction=None, n_items=None, linear_fraction=linear)
    d, whole = _lowest(stratum, plan, choices)
    beta = nondetection_at(stratum, plan, choices[d], d)
    warnings = () if whole else (_NOT_ALL,)
    crowded = goal > contents[-1] * exact_decimal(linear)
    if crowded:
        warnings = (*warnings, _CROWDED)
    two = (
        best_two_fractions(stratum, plan, goal_kg)
        if crowded and _may_mix(stratum, contents, goal, least)
        else None
    )
    if two and beta.ln_value is not None and two.ln_beta > beta.ln_value:
        mixed = _bound(math.exp(two.ln_beta), two.ln_beta, question, "chance that nothing is seen", warnings)
        return WorstDefect(
            DP=_bound(-math.expm1(two.ln_beta), None, question, _METHOD, warnings),
            beta=replace(mixed, upper=1.0, lower=mixed.value),
            fraction=two.large,
            n_items=two.n_large,
            linear_fraction=linear,
            small_fraction=two.small,
        )
    value = detection_of(beta)
    return WorstDefect(
        DP=_bound(value, None, question, _METHOD, warnings) if warnings else _exact(value, question),
        beta=beta,
        fraction=choices[d],
        n_items=d,
        linear_fraction=linear,
    )


def _may_mix(stratum: Stratum, contents: tuple[int, ...], goal: Fraction, least: Fraction) -> bool:
    """Return whether two fractions are searched for: several items of one size, any fraction allowed."""
    return stratum.items_by_size is None and stratum.n_items > 1 and goal < contents[-1] and least == 0


_METHOD = (
    "lowest chance over the numbers of false items, each with the smallest fraction that makes up the goal"
)


_NOT_ALL = f"More than {MOST_STEPS} numbers of false items: not all were tried, a lower chance may exist."
_CROWDED = (
    "All items are too few for the fraction that would be best for the host, so it may mix fractions: a "
    "lower chance than this one may exist."
)


def _exact(value: float, question: dict[str, Any]) -> Result:
    return exactly(value, method=_METHOD, inputs=question, assumptions=ASSUMED, tol=RELATIVE_ERROR)


def _bound(
    value: float, ln_value: float | None, question: dict[str, Any], method: str, warnings: tuple[str, ...]
) -> Result:
    """Return a chance of detection that the host may still lower."""
    return Result(
        value=value,
        lower=0.0,
        upper=value,
        kind="bound",
        method=method,
        exact=False,
        tol=RELATIVE_ERROR,
        ln_value=ln_value,
        inputs=question,
        assumptions=ASSUMED,
        warnings=warnings,
    )


def _lowest(stratum: Stratum, plan: MeasurementPlan, choices: dict[int, float]) -> tuple[int, bool]:
    """Return at how many false items the chance of none seen is largest, and whether all were tried."""

    def unseen(d: int) -> float:
        return nondetection_at(stratum, plan, choices[d], d).ln_value or 0.0

    numbers = list(choices)
    if len(numbers) <= MOST_STEPS:
        return max(numbers, key=unseen), True
    step = -(-len(numbers) // (MOST_STEPS // 2))
    coarse = {place: unseen(numbers[place]) for place in range(0, len(numbers), step)}
    best = sorted(coarse, key=lambda place: coarse[place])[-_BEST:]
    near = {
        numbers[at] for place in best for at in range(max(0, place - step), place + step) if at < len(numbers)
    }
    return max(near, key=unseen), False


def linear_fraction(stratum: Stratum, plan: MeasurementPlan, least_fraction: float = 0.0) -> float:
    """Return where ``|ln(1 - sum w_j q_j(g))| / g`` is smallest, on a grid of fractions [above 0, to 1]."""
    start = max(1, math.ceil(least_fraction * _GRID))
    places = [place / _GRID for place in range(start, _GRID + 1)] or [1.0]

    def per_fraction(g: float) -> float:
        seen = sum(n / stratum.n_items * flag_chance(method, g) for method, n in plan)
        return -math.log1p(-seen) / g if seen < 1.0 else math.inf

    return min(places, key=per_fraction)
