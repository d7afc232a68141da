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


def test_limits_that_no_plan_keeps_stand_in_the_way_too() -> None:
    told = goal_cost(effort(("limits: {burden_d_per_y: 50}", "limits: {burden_d_per_y: 1}")))
    assert told.value is None
    assert "burden" in told.warnings[0]


def test_a_goal_that_only_a_coarse_sum_reaches_is_no_exact_answer() -> None:
    """A power that may be next to nothing, and thousands of items: few nodes see more than there is to see."""
    hard = effort(
        ("{name: count, detect_p: 1, cost_pd: 0.5}", "{name: count, detect_beta: [0.2, 2], cost_pd: 0.5}"),
        ("visits_per_year: [0, 5, 10]", "visits_per_year: [0, 1000]"),
        ("{kind: type-one, from_treaty: type-one}", "{kind: type-one, per_year: 1000}"),
        ("n_items: [1, 5]}]", "n_items: [1, 200]}]"),
        ("  limits: {burden_d_per_y: 50}\n", ""),
        ("    - monitor: portal\n", ""),
        ("  - {name: portal, sites: [base-1], detect_p: 0.2, rate_per_y: 0.1, cost_pd_per_y: 40}\n", ""),
        ("monitors:\n", ""),
        ("tests.count.detect_p, low: 0.5, high: 1", "tests.count.detect_beta.0, low: 0.1, high: 1"),
    )
    told = goal_cost(hard, seen_p=0.86)  # 48 nodes see the first strategy with 0.887; truly it is 0.825
    assert (told.kind, told.exact) == ("bound", False)
    assert told.warnings == ("a finer sum over unknown powers is 0.035 short of the goal",)
    assert goal_cost(hard, seen_p=0.45).exact
