"""Matrix games: against rational engines, and bounds that hold whatever a solver says."""

import importlib
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from counterseal.design import matrix_games as module
from counterseal.design.errors import DesignError
from counterseal.design.linear_program import WAYS, minimise
from counterseal.design.matrix_games import matrix_game
from counterseal.errors import RefusedInputError
from counterseal.stats.errors import StatsError

TABLES = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-20, 20).map(float))
)


def held(table: Any, told: Any) -> tuple[float, float]:
    """Return what the mixes hold, in exact fractions."""
    row = [Fraction(dict(told.row_mix).get(i, 0.0)) for i in range(len(table))]
    col = [Fraction(dict(told.col_mix).get(j, 0.0)) for j in range(len(table[0]))]
    exact = [[Fraction(float(entry)) for entry in line] for line in table]
    low = min(sum(row[i] * exact[i][j] for i in range(len(row))) for j in range(len(col))) / sum(row)
    high = max(sum(col[j] * exact[i][j] for j in range(len(col))) for i in range(len(row))) / sum(col)
    return float(low), float(high)


@settings(deadline=None, max_examples=80)
@given(TABLES)
def test_the_bounds_are_what_the_mixes_hold_and_lie_between_the_pure_ones(table: Any) -> None:
    told = matrix_game(table, 1e-9)
    low, high = held(table, told)
    assert told.lower is not None
    assert told.upper is not None
    assert told.lower - 1e-15 * 20 <= low <= high <= told.upper + 1e-15 * 20
    assert told.upper - told.lower <= 1e-9
    assert told.warnings == ()
    assert table.min(axis=1).max() - 1e-9 <= (told.value.value or 0) <= table.max(axis=0).min() + 1e-9
    assert told.best_fixed is not None
    assert told.best_fixed[1] == table.min(axis=1).max()
    for mix in (told.row_mix, told.col_mix):
        assert sum(chance for _, chance in mix) == pytest.approx(1.0, abs=1e-12)


def test_the_value_is_that_of_a_rational_engine() -> None:
    gambit: Any = importlib.import_module("pygambit")
    generator = np.random.default_rng(3)
    for shape in ((2, 2), (3, 5), (6, 4), (8, 8)):
        for _ in range(4):
            table = generator.integers(-9, 10, shape)
            pays = np.array([[Fraction(int(one)) for one in line] for line in table], dtype=object)
            exact = gambit.nash.lp_solve(gambit.StrategicGame.from_arrays(pays, -pays)).equilibrium
            told = matrix_game(table, 1e-10)
            assert told.value.value == pytest.approx(float(exact.payoffs["1"]), abs=1e-10)
            assert told.lower is not None
            assert told.lower <= exact.payoffs["1"] <= (told.upper or 0)


def test_the_value_is_that_of_a_second_engine_on_a_table_of_chances() -> None:
    table = np.random.default_rng(5).random((12, 9))
    rows, cols = table.shape
    best = linprog(  # the largest v that a mix over rows holds against every column
        [*[0.0] * rows, -1.0],
        A_ub=np.hstack([-table.T, np.ones((cols, 1))]),
        b_ub=np.zeros(cols),
        A_eq=[[*[1.0] * rows, 0.0]],
        b_eq=[1.0],
        bounds=[*[(0, None)] * rows, (None, None)],
    )
    assert best.fun is not None
    assert matrix_game(table, 1e-9).value.value == pytest.approx(-best.fun, abs=1e-8)


@pytest.mark.parametrize("shape", [(60, 60), (25, 90), (90, 25)])
def test_regrets_and_simplex_find_the_same_value(shape: tuple[int, int]) -> None:
    table = np.random.default_rng(7).random(shape) * 5.0 - 2.0
    exact = matrix_game(table, 1e-9, solver="simplex")
    by_regret = matrix_game(table, 1e-4, solver="regret")
    assert by_regret.warnings == exact.warnings == ()
    assert by_regret.gap is not None
    assert 0 < by_regret.gap <= 1e-4
    assert (by_regret.lower or 0) - 1e-9 <= (exact.value.value or 0) <= (by_regret.upper or 0) + 1e-9
    low, high = held(table.tolist(), by_regret)
    assert (by_regret.lower or 0) <= low <= high <= (by_regret.upper or 0)


def test_regrets_reach_a_gap_that_single_precision_does_not() -> None:
    table = np.random.default_rng(8).random((30, 30))
    told = matrix_game(table, 3e-9, solver="regret", most_work=2e9)
    assert told.gap is not None
    assert told.gap <= 3e-9


def test_the_solver_is_chosen_by_the_smaller_side() -> None:
    generator = np.random.default_rng(1)
    assert "simplex" in matrix_game(generator.random((5, 600)), 1e-6).method
    assert "regret" in matrix_game(generator.random((420, 410)), 1e-3).method


@pytest.mark.parametrize("solver", ["simplex", "regret"])
def test_a_gap_above_what_was_asked_is_said_and_the_bounds_still_hold(solver: Any) -> None:
    table = np.random.default_rng(2).random((40, 50))
    told = matrix_game(table, 1e-9, solver=solver, most_work=4.0)
    exact = matrix_game(table, 1e-9).value.value or 0
    assert "more than the 1e-09 asked for" in told.warnings[0]
    assert (told.lower or 0) < exact < (told.upper or 0)


def test_a_solver_that_lies_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bounds come from the mixes: a solver that calls anything optimal changes nothing but the gap."""
    table = np.random.default_rng(4).random((6, 6))
    honest = matrix_game(table, 1e-9)

    def lying(*args: Any, **named: Any) -> Any:
        answer = minimise(*args, **named)
        return type(answer)(
            status="optimal",
            values=np.roll(answer.values, 1),
            duals=answer.duals,
            objective=answer.objective,
            iterations=answer.iterations,
        )

    monkeypatch.setattr(module, "minimise", lying)
    told = matrix_game(table, 1e-9)
    assert told.warnings
    assert (told.lower or 0) < (honest.value.value or 0) <= (told.upper or 0)


def test_who_wants_little_is_the_same_game_seen_from_the_other_side() -> None:
    table = np.random.default_rng(6).random((5, 7))
    little = matrix_game(table, 1e-9, rows="minimise")
    much = matrix_game(table.T, 1e-9)
    assert little.value.value == pytest.approx(much.value.value, abs=1e-9)
    assert little.best_fixed is not None
    assert little.best_fixed[1] == table.max(axis=1).min() >= (little.value.value or 0)


def test_a_saddle_point_is_exact_and_needs_no_solver() -> None:
    told = matrix_game([[0.3, 0.7], [0.1, 0.9]], 1e-9, row_labels="ab", col_labels=("x", "y"))
    assert (told.value.value, told.gap, told.row_mix, told.col_mix) == (
        0.3,
        0.0,
        (("a", 1.0),),
        (("x", 1.0),),
    )
    assert told.value.exact
    assert matrix_game([[2.0, 2.0], [2.0, 2.0]], 1e-9).value.value == 2.0
    assert matrix_game([[-7]], 1e-9).value.value == -7


@settings(deadline=None, max_examples=25)
@given(TABLES, st.sampled_from([1e-9, 1e-3, 1.0, 1e6]), st.floats(-5, 5))
def test_units_and_offsets_change_nothing_else(table: Any, unit: float, offset: float) -> None:
    plain, moved = matrix_game(table, 1e-9), matrix_game(table * unit + offset * unit, 1e-9 * unit)
    assert moved.value.value == pytest.approx(((plain.value.value or 0) + offset) * unit, abs=1e-8 * unit)


def test_the_same_table_gives_the_same_bytes() -> None:
    table = np.random.default_rng(9).random((45, 45))
    for solver in ("simplex", "regret"):
        first, second = (matrix_game(table.copy(), 1e-5, solver=solver).document() for _ in range(2))
        assert first == second
    assert matrix_game(table, 1e-5).value.inputs_digest != matrix_game(table.T, 1e-5).value.inputs_digest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([], 1e-6), "must have rows and columns"),
        (([1.0, 2.0], 1e-6), r"shape \(2,\)"),
        (([[1.0, float("nan")]], 1e-6), "row 0, column 1: nan"),
        (([["x"]], 1e-6), "must be a table of numbers"),
        (([[0, 1], [1, 0]], 0.0), "tol: 0.0"),
        (([[0, 1], [1, 0]], float("nan")), "tol: nan"),
        (([[1e308, -1e308], [-1e308, 1e308]], 1e-6), "finite span"),
    ],
)
def test_what_is_no_game_is_refused(given: Any, message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        matrix_game(*given)


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DesignError, match="3 row labels of a table with 2"):
        matrix_game([[0, 1], [1, 0]], 1e-6, row_labels="abc")
    with pytest.raises(StatsError, match="most_work"):
        matrix_game([[0, 1], [1, 0]], 1e-6, most_work=-1)


@pytest.mark.parametrize("way", range(len(WAYS)))
def test_every_way_to_run_the_simplex_method_gives_the_same(way: int) -> None:
    told = minimise(
        np.ones(2),
        np.array([[1.0, 2.0], [3.0, 1.0]]),
        least=np.array([4.0, 6.0]),
        most=np.full(2, np.inf),
        way=way,
        most_iterations=50,
    )
    assert (told.status, round(told.objective, 9)) == ("optimal", 2.8)
    assert told.duals == pytest.approx([0.4, 0.2])


def test_a_program_without_an_answer_says_so() -> None:
    def ask(least: list[float], most: list[float], cost: float, entry: float = 1.0) -> str:
        rows = np.array([[entry], [1.0]])
        return minimise(
            np.array([cost]), rows, least=np.array(least), most=np.array(most), most_iterations=50
        ).status

    assert ask([2.0, 0.0], [9.0, 1.0], 1.0) == "infeasible"
    assert ask([0.0, 0.0], [np.inf, np.inf], -1.0) in {"unbounded", "infeasible"}
    with pytest.raises(DesignError, match="refuses its numbers"):
        ask([0.0, 0.0], [np.inf, np.inf], 1.0, entry=np.inf)
