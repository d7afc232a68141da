"""What each budget buys: it never falls, and the next percent has its price."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.best_plan import design
from counterseal.design.errors import DesignError
from counterseal.design.frontiers import frontier, next_percents, not_dominated
from strategies.efforts import effort
from strategies.plans import BUDGETS_PD, STRATEGIES, sites


@settings(deadline=None, max_examples=5)
@given(st.lists(st.floats(0.0, 150.0), min_size=2, max_size=5))
def test_more_budget_is_never_worth_less(budgets_pd: list[float]) -> None:
    found = frontier(sites(visits=(0, 1)), STRATEGIES, budgets_pd)
    assert [one.budget_pd for one in found] == sorted(set(budgets_pd))
    seen = [one.certificate.seen.value or 0.0 for one in found]
    assert all(low <= high + 1e-12 for low, high in pairwise(seen))
    assert all(one.workload.cost_pd_per_y <= one.budget_pd + 1e-9 for one in found)


def test_each_plan_is_the_best_for_its_budget() -> None:
    for one in frontier(sites(visits=(0, 1)), STRATEGIES, BUDGETS_PD):
        alone = design(sites(visits=(0, 1)), STRATEGIES, one.budget_pd, mixed=False)
        assert one.certificate.seen.value == pytest.approx(alone.certificate.seen.value or 0.0, abs=1e-6)
        assert one.certificate.proven


def test_the_next_percent_costs_what_lies_between_two_plans() -> None:
    found = frontier(sites(), STRATEGIES, BUDGETS_PD)
    best, steps = not_dominated(found), next_percents(found)
    assert len(steps) == len(best) - 1
    for step, low, high in zip(steps, best, best[1:], strict=False):
        rise = 100 * ((high.certificate.seen.value or 0) - (low.certificate.seen.value or 0))
        cost_pd = high.workload.cost_pd_per_y - low.workload.cost_pd_per_y
        assert rise > 0
        assert cost_pd > 0
        assert step.pd_per_percent == pytest.approx(cost_pd / rise)
        assert step.document()["seen_to"] == high.certificate.seen.value


def test_a_budget_twice_the_same_buys_one_plan() -> None:
    assert len(not_dominated(frontier(sites(), STRATEGIES, [5000.0, 6000.0]))) == 1


def test_budgets_come_from_the_effort_file() -> None:
    read = effort(
        ("  budget_pd_per_y: 400\n", "  budget_pd_per_y: 400\n  frontier_pd_per_y: [300, 100, 400]\n")
    )
    assert [one.budget_pd for one in frontier(read)] == [100.0, 300.0, 400.0]
    with pytest.raises(DesignError, match="frontier: no budgets"):
        frontier(effort())
