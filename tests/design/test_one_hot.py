"""The best plan against all plans tried, and bounds that no plan passes."""

import itertools
import math

import numpy as np
import pytest

from counterseal.design.errors import DesignError
from counterseal.design.one_hot import OneHot, is_linear, linear_cut, solve_worst, tangent
from counterseal.design.one_hot_sum import chances, cheapest, solve_sum, solve_sum_as_good
from counterseal.design.plan_limits import LimitRow
from strategies.plans import drawn_problem

SMALL = [(seed, states) for seed in range(5) for states in (1, 2)]


def _small(seed: int, states: int) -> tuple[OneHot, list[tuple[int, ...]]]:
    problem = drawn_problem(seed, places=4, options=4, strategies=6, states=states, spread=3, budget=0.4)
    return problem, [one for one in itertools.product(range(4), repeat=4) if problem.keeps(one)]


@pytest.mark.parametrize(("seed", "states"), SMALL)
def test_the_best_plan_is_the_best_of_all(seed: int, states: int) -> None:
    problem, every = _small(seed, states)
    best = min(max(one.ln_unseen(choice) for one in problem.tables) for choice in every)
    found = solve_worst(problem)
    assert found.value == pytest.approx(best, abs=1e-6)
    assert found.relaxed <= found.lower <= best + 1e-9
    assert found.proven
    assert problem.keeps(found.choice)
    assert found.value == max(one.ln_unseen(found.choice) for one in problem.tables)


@pytest.mark.parametrize(("seed", "states"), SMALL)
def test_the_smallest_weighted_sum_is_the_smallest_of_all(seed: int, states: int) -> None:
    problem, every = _small(seed, states)
    weights = np.random.Generator(np.random.Philox(seed)).random(6)
    best = min(float(weights @ chances(problem.tables, choice)) for choice in every)
    found = solve_sum(problem, weights, start=[(0,) * 4])
    assert found.value == pytest.approx(best, rel=1e-5)
    assert found.lower <= best * (1 + 1e-12)


@pytest.mark.parametrize(("seed", "states"), SMALL)
def test_the_cheapest_plan_as_good_is_the_cheapest_of_all(seed: int, states: int) -> None:
    problem, _ = _small(seed, states)
    goal, costs = solve_worst(problem).value * 1.1, problem.rows[0].weights
    everything = OneHot(options=problem.options, tables=problem.tables)
    good = [
        float(costs @ everything.shares(choice))
        for choice in itertools.product(range(4), repeat=4)
        if max(one.ln_unseen(choice) for one in problem.tables) <= goal + 1e-9
    ]
    found = cheapest(everything, costs, ln_most=goal)
    assert (found is None) == (not good)
    if found is not None:
        assert found.cost == pytest.approx(min(good), abs=1e-6)
        assert found.lower <= min(good) + 1e-9


@pytest.mark.parametrize(("seed", "states"), SMALL[:4])
def test_among_plans_as_good_the_sum_is_the_smallest(seed: int, states: int) -> None:
    problem, every = _small(seed, states)
    weights, worst = np.full(6, 1 / 6), solve_worst(problem)
    as_good = [
        one for one in every if max(table.ln_unseen(one) for table in problem.tables) <= worst.value + 1e-7
    ]
    best = min(float(weights @ chances(problem.tables, one)) for one in as_good)
    found = solve_sum_as_good(problem, weights, ln_most=worst.value, start=worst.choice)
    assert found.value == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_tangent_lies_nowhere_above(seed: int) -> None:
    problem = drawn_problem(seed, places=5, options=3, strategies=4, states=2, spread=5)
    random = np.random.Generator(np.random.Philox(seed))
    for table in problem.tables:
        shares = np.concatenate([random.dirichlet(np.ones(3)) for _ in range(5)])
        cut = linear_cut(problem, table) if is_linear(table) else tangent(problem, table, shares)
        for choice in itertools.product(range(3), repeat=5):
            height = cut.constant + float(cut.slopes @ problem.shares(choice)[cut.columns])
            assert height <= table.ln_unseen(choice) + 1e-12


def test_the_same_question_has_the_same_answer_to_the_bit() -> None:
    first, second = (solve_worst(drawn_problem(9, places=8, options=6, strategies=40)) for _ in range(2))
    assert (first.choice, first.value, first.lower) == (second.choice, second.value, second.lower)


def test_limits_that_exclude_each_other_are_refused_and_named() -> None:
    problem = drawn_problem(1, places=3, options=3, strategies=3)
    many = LimitRow(name="at least", weights=problem.rows[0].weights, least=problem.rows[0].most * 2)
    both = OneHot(options=problem.options, tables=problem.tables, rows=(*problem.rows, many))
    with pytest.raises(DesignError, match="all limits together: budget, at least; each alone"):
        solve_worst(both)


def test_whole_plans_that_no_limit_leaves_are_refused_though_shares_are_left() -> None:
    problem = drawn_problem(1, places=2, options=2, strategies=3)
    halves = LimitRow(name="half", weights=np.array([0.0, 1.0, 0.0, 1.0]), least=0.5, most=0.5)
    with pytest.raises(DesignError, match="no plan keeps all limits together"):
        solve_worst(OneHot(options=problem.options, tables=problem.tables, rows=(halves,)))


@pytest.mark.parametrize(
    ("places", "options", "strategies"), [(12, 10, 60), pytest.param(30, 24, 300, marks=pytest.mark.soak)]
)
def test_many_sites_with_many_strategies_are_proven(places: int, options: int, strategies: int) -> None:
    problem = drawn_problem(3, places=places, options=options, strategies=strategies)
    found = solve_worst(problem)
    assert found.proven
    assert found.value - found.lower <= 1e-6
    assert math.isfinite(found.relaxed)


@pytest.mark.soak
@pytest.mark.parametrize("states", [1, 2])
def test_no_plan_by_lot_passes_the_bound(states: int) -> None:
    problem = drawn_problem(5, places=30, options=24, strategies=300, states=states)
    found, random = solve_worst(problem), np.random.Generator(np.random.Philox(5))
    for _ in range(2000):
        choice = list(found.choice)
        for place in random.choice(30, 3):
            choice[place] = int(random.integers(24))
        if problem.keeps(tuple(choice)):
            assert max(one.ln_unseen(tuple(choice)) for one in problem.tables) >= found.lower
