"""What the wanted chance takes: against every plan, and against the best plan for that budget."""

import itertools
import math

import numpy as np
import pytest

from counterseal.design.best_plan import design
from counterseal.design.cost_of_goal import goal_cost
from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.plan_limits import limit_rows, stated_limits
from counterseal.design.plan_options import COST, RegimeOptions, fixed_figures
from counterseal.design.plan_tables import plan_tables
from counterseal.errors import RefusedInputError
from strategies.efforts import QUOTA, effort


def cheapest_of_all(given: Effort, seen_p: float) -> float:
    """Return the least effort over every combination of options."""
    assert given.plan is not None
    options = RegimeOptions(regime=given.regime, places=given.plan.places)
    tables = plan_tables(options, given.strategies)
    _, *rows = limit_rows(options, tables.places, 1e9, stated_limits(given.plan))
    fixed, least = float(fixed_figures(options)[COST]), math.inf
    starts = np.cumsum([0, *(len(one.options) for one in tables.places)])
    for choice in itertools.product(*(range(len(one.options)) for one in tables.places)):
        columns = [int(start + option) for start, option in zip(starts[:-1], choice, strict=True)]
        kept = all(row.least - 1e-9 <= row.weights[columns].sum() <= row.most + 1e-9 for row in rows)
        if kept and all(-math.expm1(one.ln_unseen(choice)) >= seen_p - 1e-9 for one in tables.tables):
            cost = sum(
                float(one.figures[option, COST]) for one, option in zip(tables.places, choice, strict=True)
            )
            least = min(least, fixed + cost)
    return least


@pytest.mark.parametrize("seen_p", [0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
def test_no_combination_of_options_reaches_the_goal_for_less(seen_p: float) -> None:
    least, told = cheapest_of_all(effort(), seen_p), goal_cost(effort(), seen_p=seen_p)
    assert told.value == (None if least == math.inf else pytest.approx(least, abs=1e-6))
    if told.value is None:
        assert "no plan of the options listed" in told.warnings[0]


def test_the_best_plan_for_that_budget_reaches_the_goal_and_for_less_it_does_not() -> None:
    cost = goal_cost(effort(), seen_p=0.4).value
    assert cost is not None
    enough = design(effort(), budget_pd=cost + 1e-6, mixed=False, step_p=None).certificate.seen
    short = design(effort(), budget_pd=cost - 0.01, mixed=False, step_p=None).certificate.seen
    assert (short.value or 0.0) < 0.4 <= (enough.value or 0.0) + 1e-9


def test_a_strategy_that_nothing_may_be_chosen_against_stands_in_the_way() -> None:
    part = "[{stratum: missiles-1, n_items: 20}]"
    told = goal_cost(effort((part, "[{stratum: missiles-2, n_items: 20}]")))
    assert told.value is None
    assert told.warnings[0].startswith("nothing that may be chosen bears on ")


def test_what_makes_no_sense_is_refused() -> None:
    section = QUOTA[QUOTA.index("plan:\n") : QUOTA.index("completeness:")]
    with pytest.raises(DesignError, match="has no section 'plan', so there is nothing"):
        goal_cost(effort((section, "")))
    for seen_p in (0.0, 1.0, math.nan):
        with pytest.raises(RefusedInputError, match="goal_cost, seen_p"):
            goal_cost(effort(), seen_p=seen_p)
