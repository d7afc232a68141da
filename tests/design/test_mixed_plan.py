"""A plan drawn by lot: never worse than the best single one, and certified against the whole game."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from counterseal.design.mixed_plan import mixed_plan
from counterseal.design.one_hot import solve_worst
from counterseal.design.one_hot_sum import chances
from counterseal.design.plan_limits import limit_rows
from counterseal.design.plan_options import written_out
from counterseal.design.plan_tables import plan_tables
from strategies.plans import drawn_problem, placed, sites


def _value(table: np.ndarray) -> float:
    plans, strategies = table.shape
    found = linprog(
        [0.0] * plans + [1.0],
        A_ub=np.hstack([table.T, -np.ones((strategies, 1))]),
        b_ub=np.zeros(strategies),
        A_eq=[[1.0] * plans + [0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * plans + [(None, None)],
    )
    return float(found.fun or 0.0)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000), st.sampled_from([1, 2]))
def test_a_mix_is_the_value_of_the_whole_game_and_no_worse_than_the_best_plan(seed: int, states: int) -> None:
    problem = drawn_problem(seed, places=4, options=3, strategies=5, states=states, budget=0.4)
    every = [one for one in itertools.product(range(3), repeat=4) if problem.keeps(one)]
    table = np.array([chances(problem.tables, one) for one in every])
    single = solve_worst(problem)
    mixed = mixed_plan(problem, start=[single.choice])
    lower, upper = mixed.value.lower or 0.0, mixed.value.upper or 0.0
    assert lower - 1e-9 <= _value(table) <= upper + 1e-9
    assert upper <= math.exp(single.value) * (1 + 1e-9)
    assert upper - lower <= 1e-4 * upper + 1e-12
    assert mixed.value.warnings == ()
    assert math.fsum(chance for _, chance in mixed.plans) == pytest.approx(1.0)
    assert all(problem.keeps(choice) for choice, _ in mixed.plans)
    held = sum(chance * chances(problem.tables, choice) for choice, chance in mixed.plans)
    assert float(np.max(held)) == pytest.approx(upper)


def test_two_sites_and_a_budget_for_one_are_worth_half_by_lot_and_nothing_without() -> None:
    options = sites(sizes=(10, 10), fixed_pd=(7.0, 7.0), visits=(1,), items=(10,))
    strategies = (placed("here", s0=1), placed("there", s1=1))
    tables = plan_tables(options, strategies)
    rows = limit_rows(options, written_out(options), 10.0, ())
    problem = drawn_problem(0, places=1, options=1, strategies=0)
    problem = type(problem)(options=(2, 2), tables=tables.tables, rows=rows)
    assert math.exp(solve_worst(problem).value) == 1.0
    mixed = mixed_plan(problem, start=[(0, 0)])
    assert mixed.value.value == pytest.approx(1 - 0.8 / 2)
    assert {choice: round(chance, 6) for choice, chance in mixed.plans} == {(1, 0): 0.5, (0, 1): 0.5}
    assert dict(mixed.host) == {"here": pytest.approx(0.5), "there": pytest.approx(0.5)}


def test_a_gap_that_is_left_is_said() -> None:
    problem = drawn_problem(2, places=10, options=8, strategies=60)
    mixed = mixed_plan(problem, start=[(0,) * 10], most_rounds=1)
    assert (mixed.game.gap or 0.0) > 0.0
    assert "still" in mixed.value.warnings[0]
