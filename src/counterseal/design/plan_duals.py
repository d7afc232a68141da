"""What more effort would be worth, and where: the prices of the best plan."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from counterseal.design.mixed_plan import MixedPlan
from counterseal.design.one_hot import MOST_ROUNDS, Choice, OneHot, Search
from counterseal.design.one_hot_sum import AS_GOOD, Cheapest, chances, cheapest
from counterseal.design.plan_limits import BUDGET
from counterseal.design.plan_options import COST, PlaceOptions, Reals

_LEAST_PD = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWorth:
    """What more effort at one place would be worth against the host's mix.

    Attributes:
        place: The place in words.
        option: What the effort would buy there instead of what the plan does, within every limit but the
            budget; empty for nothing.
        extra_pd: Effort that it takes more in a year [person-days].
        seen_per_pd: Chance of detection won for each of them, against the host's mix [1/person-day].
    """

    place: str
    option: str
    extra_pd: float
    seen_per_pd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The cheapest plan that is better by a given step.

    Attributes:
        step_p: By how much its chance to see the worst strategy is higher [0 to 1].
        cost_pd: What it costs, the fixed part included [person-days a year]; None where none is so good.
        extra_pd: How much more than the budget that is [person-days]; None likewise.
        seen_per_pd: The step for each of them [1/person-day]; None where it costs no more than the budget.
    """

    step_p: float
    cost_pd: float | None
    extra_pd: float | None
    seen_per_pd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duals:
    """Prices of a best plan.

    Attributes:
        host: The host's mix over strategies, each with its chance: what the plan is held back by.
        seen_per_pd: What one more person-day a year is worth at the mixed plan: the chance of detection won
            against the host's mix, with options in shares [1/person-day]; 0 where the budget does not bind.
        limits: The same for every other limit that binds, for one more of its unit.
        where: One entry a place, the most worth first.
        next_step: The finite step, with whole options; None where it was not asked for.
    """

    host: tuple[tuple[str, float], ...]
    seen_per_pd: float
    limits: tuple[tuple[str, float], ...]
    where: tuple[PlaceWorth, ...]
    next_step: NextStep | None

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        step = self.next_step
        return {
            "host": [list(one) for one in self.host],
            "seen_per_pd": self.seen_per_pd,
            "limits": [list(one) for one in self.limits],
            "where": [{name: getattr(one, name) for name in one.__dataclass_fields__} for one in self.where],
            "next_step": None
            if step is None
            else {name: getattr(step, name) for name in step.__dataclass_fields__},
        }


def duals(
    problem: OneHot,
    places: tuple[PlaceOptions, ...],
    mixed: MixedPlan,
    choice: Choice,
    next_step: NextStep | None,
) -> Duals:
    """Return the prices of a mixed plan, and where more effort would go from the best single plan.

    Args:
        problem: What may be chosen, within which limits, the budget first.
        places: The places written out.
        mixed: The mixed plan.
        choice: The best single plan.
        next_step: The finite step.
    """
    named = zip(problem.rows, mixed.prices.limits.tolist(), strict=True)
    bind = {row.name: price for row, price in named if abs(price) > 0.0}
    return Duals(
        host=mixed.host,
        seen_per_pd=max(bind.get(BUDGET, 0.0), 0.0),
        limits=tuple((name, price) for name, price in bind.items() if name != BUDGET),
        where=tuple(
            sorted(_where(problem, places, mixed, choice), key=lambda one: -float(f"{one.seen_per_pd:.9g}"))
        ),
        next_step=next_step,
    )


def _where(
    problem: OneHot, places: tuple[PlaceOptions, ...], mixed: MixedPlan, choice: Choice
) -> list[PlaceWorth]:
    held = dict(mixed.host)
    weights = np.array([held.get(one.name, 0.0) for one in mixed.tables])
    unpaid = OneHot(options=problem.options, tables=problem.tables, rows=problem.rows[1:])
    found = []
    for place, one in enumerate(places):
        rate, option = _best_step(unpaid, mixed, weights, place, one, choice)
        costs = one.figures[:, COST]
        found.append(
            PlaceWorth(
                place=one.name,
                option="" if option is None else one.options[option].label,
                extra_pd=0.0 if option is None else float(costs[option] - costs[choice[place]]),
                seen_per_pd=rate,
            )
        )
    return found


def _best_step(
    unpaid: OneHot, mixed: MixedPlan, weights: Reals, place: int, one: PlaceOptions, choice: Choice
) -> tuple[float, int | None]:
    """Return the best chance won for a person-day by a dearer option at one place, and the option.

    It keeps every limit but the budget.
    """
    told = [row for row, table in enumerate(mixed.tables) if weights[row] > 0.0 and place in table.places]
    tables, costs = [mixed.tables[row] for row in told], one.figures[:, COST]
    if not told:
        return 0.0, None
    now, best, option = weights[told] @ chances(tables, choice), 0.0, None
    for position, cost in enumerate(costs.tolist()):
        extra, changed = cost - float(costs[choice[place]]), (*choice[:place], position, *choice[place + 1 :])
        if extra <= _LEAST_PD or not unpaid.keeps(changed):
            continue
        rate = float(now - weights[told] @ chances(tables, changed)) / extra
        if rate > best:
            best, option = rate, position
    return best, option


def step_from(
    problem: OneHot, *, seen: float, step_p: float, fixed_pd: float, search: Search | None = None
) -> NextStep:
    """Return the cheapest plan whose chance to see the worst strategy is higher by a step.

    Args:
        problem: What may be chosen, against what, within which limits, the budget first.
        seen: Chance at the best plan for the budget.
        step_p: By how much more [0 to 1].
        fixed_pd: Effort of the fixed part [person-days a year].
        search: Looks for strategies that nobody listed; None where the list is all.
    """
    nothing = NextStep(step_p=step_p, cost_pd=None, extra_pd=None, seen_per_pd=None)
    budget, *rows = problem.rows
    if seen + step_p >= 1.0:
        return nothing
    unbounded = OneHot(options=problem.options, tables=problem.tables, rows=tuple(rows))
    found = _cheapest(unbounded, budget.weights, float(np.log1p(-seen - step_p)), search)
    if found is None:
        return nothing
    extra_pd = found.cost - budget.most
    return NextStep(
        step_p=step_p,
        cost_pd=found.cost + fixed_pd,
        extra_pd=extra_pd,
        seen_per_pd=step_p / extra_pd if extra_pd > _LEAST_PD else None,
    )


def _cheapest(problem: OneHot, costs: Reals, ln_most: float, search: Search | None) -> Cheapest | None:
    """Return the cheapest plan as good, also against what a search finds against it."""
    tables = list(problem.tables)
    for _ in range(MOST_ROUNDS):
        known = OneHot(options=problem.options, tables=tuple(tables), rows=problem.rows)
        found = cheapest(known, costs, ln_most=ln_most)
        if found is None or search is None:
            return found
        names = {one.name for one in tables}
        answer = search(problem.shares(found.choice), ln_most + AS_GOOD)
        fresh = [one for one in answer.tables if one.name not in names]
        if not fresh:
            return found
        tables += fresh
    return None
