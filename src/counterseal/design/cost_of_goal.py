"""What the wanted chance takes: the cheapest plan with which each strategy is seen so likely in a year."""

import math

from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.one_hot import OneHot
from counterseal.design.one_hot_sum import cheapest
from counterseal.design.plan_limits import limit_rows, stated_limits
from counterseal.design.plan_options import COST, RegimeOptions, fixed_figures
from counterseal.design.plan_tables import plan_tables
from counterseal.design.regime_power import assumptions_of, seen_in_year
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, unreachable

METHOD = "one option a place, least effort with which the worst strategy is seen with the chance wanted"
_CLOSE = 1e-6
ASSUMED = (
    "No plan outside the options listed is looked at.",
    "Limits and quotas of the effort file hold; its budget does not.",
    "Each place has the number of visits that the plan says; the host may know the plan.",
)


def goal_cost(effort: Effort, *, seen_p: float | None = None) -> Result:
    """Return the effort of the cheapest plan that sees every strategy with a chance within a year.

    Args:
        effort: An effort file with a section ``plan``.
        seen_p: The chance wanted [above 0, below 1]; the file's ``goal_p`` where None.

    Returns:
        Person-days a year, the fixed part included, with the solver's bound below; without a value where no
        plan within the limits reaches it, and a warning says what stands in the way.

    Raises:
        DesignError: the file has no such section.
        StatsError: the chance is none.
    """
    wanted = effort.goal_p if seen_p is None else seen_p
    require_amount(wanted, "goal_cost, seen_p", above=0.0)
    if wanted >= 1.0:
        raise DesignError(f"goal_cost, seen_p: {wanted}, must be below 1")
    if effort.plan is None:
        raise DesignError(f"{effort.id}: has no section 'plan', so there is nothing to choose from")
    options = RegimeOptions(regime=effort.regime, places=effort.plan.places)
    tables = plan_tables(options, effort.strategies)
    asked = {"effort": effort.sha256, "seen_p": wanted}
    granted = (*ASSUMED, *assumptions_of(effort.regime, effort.strategies))
    helpless = [one.name for one in tables.tables if not one.places]
    if helpless:
        why = f"nothing that may be chosen bears on {', '.join(helpless)}"
        return unreachable(method=METHOD, inputs=asked, why=why, assumptions=granted)
    dearest = sum(float(one.figures[:, COST].max()) for one in tables.places)
    everything = float(fixed_figures(options)[COST]) + dearest
    try:
        rows = limit_rows(options, tables.places, everything, stated_limits(effort.plan))
    except DesignError as error:
        return unreachable(method=METHOD, inputs=asked, why=str(error), assumptions=granted)
    budget, *limits = rows
    problem = OneHot(
        options=tuple(len(one.options) for one in tables.places), tables=tables.tables, rows=tuple(limits)
    )
    found = cheapest(problem, budget.weights, ln_most=math.log1p(-wanted))
    if found is None:
        why = f"no plan of the options listed sees every strategy with {wanted:g} in a year within the limits"
        return unreachable(method=METHOD, inputs=asked, why=why, assumptions=granted)
    cost, least = found.cost + budget.fixed, found.lower + budget.fixed
    seen = min(seen_in_year(tables.regime(found.choice), one) for one in effort.strategies)
    short = max(0.0, wanted - seen)
    exact = cost - least <= _CLOSE * cost and short <= _CLOSE
    return Result(
        value=cost,
        lower=min(least, cost),
        upper=cost,
        kind="exact" if exact else "bound",
        method=METHOD,
        exact=exact,
        tol=max(cost - least, 0.0),
        inputs=asked,
        assumptions=granted,
        warnings=(f"a finer sum over unknown powers is {short:.2g} short of the goal",)
        if short > _CLOSE
        else (),
    )
