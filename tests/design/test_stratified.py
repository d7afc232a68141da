"""Effort over strata: brute force in exact fractions, saddle inequalities, and models that say what they are."""

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from counterseal.design import stratified_integer
from counterseal.design.errors import DesignError
from counterseal.design.stratified import stratified_plan
from counterseal.design.stratified_sets import fullest_plans, leanest_departures, whole_units
from counterseal.errors import RefusedInputError
from counterseal.stats.items import ItemTest, Stratum

PLACES = (
    Stratum(name="A", n_items=60, content_kg=2.0),
    Stratum(name="B", n_items=150, content_kg=0.5),
    Stratum(name="C", n_items=30, content_kg=3.0),
)
SMALL = st.lists(
    st.tuples(st.integers(1, 12), st.integers(1, 3), st.integers(1, 3), st.sampled_from([1.0, 0.8, 0.5])),
    min_size=1,
    max_size=3,
)


def places(*given: tuple[int, float]) -> tuple[Stratum, ...]:
    return tuple(Stratum(name="ABCD"[i], n_items=n, content_kg=kg) for i, (n, kg) in enumerate(given))


def check(q: float = 1.0, cost_pd: float = 1.0, name: str = "look", c: float = 0.0) -> ItemTest:
    return ItemTest(name=name, detect_p=q, cost_pd=cost_pd, common_mode_p=c)


def unseen(N: int, r: int, n: int, q: Fraction) -> Fraction:
    """Return the chance that n of N drawn show none of r false items, summed over how many are drawn."""
    ways = math.comb(N, n)
    return sum(
        (
            Fraction(math.comb(r, k) * math.comb(N - r, n - k), ways) * (1 - q) ** k
            for k in range(min(r, n) + 1)
        ),
        Fraction(0),
    )


def by_force(
    case: list[tuple[int, int, int, float]], effort: int, goal: int
) -> tuple[float, float, list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return value and best plan without lot over **all** plans and **all** cheatings, however wasteful."""
    every = list(itertools.product(*(range(N + 1) for N, *_ in case)))
    plans = [p for p in every if sum(n * one[2] for n, one in zip(p, case, strict=True)) <= effort]
    cheatings = [r for r in every if sum(n * one[1] for n, one in zip(r, case, strict=True)) >= goal]
    full = set(plans)
    best_plans = [p for p in plans if not any(_with(p, i, 1) in full for i in range(len(case)))]
    all_cheatings = set(cheatings)
    lean = [r for r in cheatings if not any(_with(r, i, -1) in all_cheatings for i in range(len(case)))]
    table = np.array([[_entry(case, p, r) for r in lean] for p in best_plans])
    rows = len(table)
    answer = linprog(
        [0.0] * rows + [1.0],
        A_ub=np.hstack([table.T, -np.ones((table.shape[1], 1))]),
        b_ub=np.zeros(table.shape[1]),
        A_eq=[[1.0] * rows + [0.0]],
        b_eq=[1.0],
    )
    return float(answer.fun or 0.0), float(table.max(axis=1).min()), best_plans, lean


def _with(plan: tuple[int, ...], place: int, more: int) -> tuple[int, ...]:
    return tuple(number + more * (i == place) for i, number in enumerate(plan))


def _entry(
    case: list[tuple[int, int, int, float]], plan: tuple[int, ...], cheating: tuple[int, ...]
) -> float:
    exact = Fraction(1)
    for (N, _, _, q), n, r in zip(case, plan, cheating, strict=True):
        exact *= unseen(N, r, n, Fraction(str(q)))
    return float(exact)


@settings(deadline=None, max_examples=40)
@given(SMALL, st.integers(0, 14), st.integers(0, 12))
def test_the_integer_game_is_that_of_all_plans_and_all_cheatings(
    case: list[tuple[int, int, int, float]], effort: int, goal: int
) -> None:
    strata = places(*((N, float(kg)) for N, kg, *_ in case))
    tests = {
        one.name: check(q, cost, f"test of {one.name}")
        for one, (_, _, cost, q) in zip(strata, case, strict=True)
    }
    told = stratified_plan(strata, effort, goal, "integer", tests=tests, tol=1e-9)
    if goal > sum(N * kg for N, kg, *_ in case):
        assert told.value.value is None
        return
    value, fixed, plans, lean = by_force(case, effort, goal)
    assert told.value.value == pytest.approx(value, abs=2e-8)
    assert told.best_fixed is not None
    assert told.best_fixed[1] == pytest.approx(fixed, abs=1e-10)
    assert (told.value.value or 0) <= told.best_fixed[1] + 1e-9
    sizes, costs = [N for N, *_ in case], [cost for *_, cost, _ in case]
    assert [tuple(one) for one in fullest_plans(sizes, costs, effort).tolist()] == plans
    held = [np.arange(N + 1) * kg for N, kg, *_ in case]
    assert [tuple(one) for one in leanest_departures(held, goal).tolist()] == lean


def test_taking_up_plans_one_by_one_finds_what_the_whole_table_does(monkeypatch: pytest.MonkeyPatch) -> None:
    strata = places((40, 2.0), (60, 1.0), (25, 1.5))
    whole = stratified_plan(strata, 24, 8, "integer", tests=check(0.9), tol=1e-8)
    monkeypatch.setattr(stratified_integer, "WHOLE_TABLE", 0)
    grown = stratified_plan(strata, 24, 8, "integer", tests=check(0.9), tol=1e-8)
    assert "one by one" in grown.method
    assert "one by one" not in whole.method
    assert grown.warnings == whole.warnings == ()
    assert grown.value.value == pytest.approx(whole.value.value, abs=2e-8)
    assert grown.best_fixed == whole.best_fixed
    assert (grown.lower or 0) <= (whole.upper or 0)
    assert (whole.lower or 0) <= (grown.upper or 0)
    monkeypatch.setattr(stratified_integer, "MOST_ROUNDS", 3)
    short = stratified_plan(strata, 24, 8, "integer", tests=check(0.9), tol=1e-8)
    assert "after 3 rounds" in short.warnings[0]
    assert (short.lower or 0) < (whole.value.value or 0) < (short.upper or 0)


def test_a_large_game_with_almost_equal_plans_is_certified() -> None:
    """7,171 plans against 49 cheatings: corners so alike that the usual simplex run gives up on some tables."""
    told = stratified_plan(places((200, 2.0), (300, 1.0), (100, 4.0)), 120, 24, "integer", tests=check(0.9))
    assert told.warnings == ()
    assert told.gap is not None
    assert told.gap <= 1e-6
    assert told.value.value == pytest.approx(0.06625, abs=1e-6)


def test_of_items_of_several_sizes_the_largest_are_taken() -> None:
    sizes = (Stratum(name="A", n_items=8, content_kg=1.0, items_by_size=((3.0, 2), (1.0, 6))),)
    told = stratified_plan(sizes, 3, 7, "integer", tests=check())
    assert told.col_mix == (((("A", 3),), 1.0),)
    assert told.value.value == pytest.approx(float(unseen(8, 3, 3, Fraction(1))))
    with pytest.raises(DesignError, match="items of several sizes; model saddle"):
        stratified_plan(sizes, 3, 7, "saddle", tests=check())


def test_a_common_cause_of_failure_stays_a_floor() -> None:
    strata = places((12, 1.0), (9, 2.0))
    plain = stratified_plan(strata, 8, 4, "integer", tests=check(0.9)).value.value or 0
    for model in ("integer", "equalise", "saddle"):
        alone = stratified_plan(strata, 8, 4, model, tests=check(0.9)).value.value or 0
        shared = stratified_plan(strata, 8, 4, model, tests=check(0.9, c=0.1))
        assert shared.value.value == pytest.approx(0.1 + 0.9 * alone, abs=1e-9)
        assert any("with chance 0.1" in one for one in shared.assumptions)
    two = {"A": check(0.9, name="x", c=0.1), "B": check(0.9, name="y", c=0.2)}
    apart = stratified_plan(strata, 8, 4, "integer", tests=two).value.value or 0
    assert plain < apart
    assert stratified_plan(strata[:1], 8, 4, "integer", tests=two).value.value == pytest.approx(
        0.1 + 0.9 * float(unseen(12, 4, 8, Fraction("0.9")))
    )
    with pytest.raises(DesignError, match="model equalise then takes one test"):
        stratified_plan(strata, 8, 4, tests=two)


def ln_equalise(n: Any, r: Any, N: Any, q: Any) -> Any:
    with np.errstate(divide="ignore"):
        return (r * np.log1p(-q * n / N)).sum(axis=-1)


def ln_saddle(n: Any, r: Any, N: Any, q: Any) -> Any:
    with np.errstate(divide="ignore"):
        return (n * np.log1p(-q * r / N)).sum(axis=-1)


@pytest.mark.parametrize("chances", [(1.0, 1.0, 1.0), (0.9, 0.6, 0.75)])
def test_neither_side_gains_by_leaving_the_saddle_point(chances: tuple[float, ...]) -> None:
    costs, effort, goal = (1.0, 0.4, 2.5), 30.0, 12.0
    tests = {
        one.name: check(q, cost, f"t-{one.name}") for one, q, cost in zip(PLACES, chances, costs, strict=True)
    }
    told = stratified_plan(PLACES, effort, goal, "saddle", tests=tests)
    plan: Any = told.row_mix[0][0]
    cheating: Any = told.col_mix[0][0]
    n, r = (np.array([number for _, number in one]) for one in (plan, cheating))
    N, kg, q, pd = (np.array(one) for one in ([60, 150, 30], [2.0, 0.5, 3.0], chances, costs))
    assert (n * pd).sum() == pytest.approx(effort)
    assert (r * kg).sum() == pytest.approx(goal)
    value = told.value.ln_value or 0
    assert ln_saddle(n, r, N, q) == pytest.approx(value, rel=1e-9)
    generator = np.random.default_rng(1)
    shares = generator.dirichlet([0.7] * 3, 5000)
    assert ln_saddle(shares * effort / pd, r, N, q).min() >= value - 1e-9
    other = shares * goal / kg
    other = other[(other <= N).all(axis=1)]
    assert len(other) > 1000
    assert ln_saddle(n, other, N, q).max() <= value + 1e-9


@pytest.mark.parametrize("chances", [(1.0, 1.0, 1.0), (0.9, 0.6, 0.75)])
def test_the_equalising_plan_and_the_hosts_mix_hold_each_other(chances: tuple[float, ...]) -> None:
    costs, effort, goal = (1.0, 0.4, 2.5), 30.0, 12.0
    tests = {
        one.name: check(q, cost, f"t-{one.name}") for one, q, cost in zip(PLACES, chances, costs, strict=True)
    }
    told = stratified_plan(PLACES, effort, goal, tests=tests)
    plan: Any = told.row_mix[0][0]
    mix: Any = told.col_mix
    n = np.array([number for _, number in plan])
    N, kg, q, pd = (np.array(one) for one in ([60, 150, 30], [2.0, 0.5, 3.0], chances, costs))
    assert (n * pd).sum() == pytest.approx(effort)
    value = told.value.value or 0
    generator = np.random.default_rng(2)
    shares = generator.dirichlet([0.7] * 3, 5000)
    assert np.exp(ln_equalise(n, shares * goal / kg, N, q)).max() == pytest.approx(value, abs=1e-12)
    plans = np.minimum(shares * effort / pd, N)
    held = sum(
        share * np.exp((goal / kg[i]) * np.log1p(-np.minimum(q[i] * plans[:, i] / N[i], 1 - 1e-15)))
        for i, (_, share) in enumerate(mix)
    )
    assert held.min() >= value - 1e-9


def test_models_are_rough_and_say_so_and_the_exact_game_lies_near() -> None:
    exact = stratified_plan(PLACES, 40, 12, "integer", tests=check()).value.value or 0
    for model in ("equalise", "saddle"):
        told = stratified_plan(PLACES, 40, 12, model, tests=check())
        assert "the integer model is exact" in told.warnings[0]
        assert not told.value.exact
        assert abs((told.value.value or 0) - exact) < 0.1
    assert any("No test was stated" in one for one in stratified_plan(PLACES, 40, 12).assumptions)
    assert any("less than the goal" in one for one in stratified_plan(PLACES, 40, 80).warnings)


@pytest.mark.parametrize("model", ["equalise", "saddle", "integer"])
def test_the_edges_of_effort_and_goal(model: Any) -> None:
    strata = places((10, 1.0), (6, 2.0))

    def ask(effort: float, goal: float, q: float = 1.0) -> float | None:
        return stratified_plan(strata, effort, goal, model, tests=check(q)).value.value

    assert ask(0, 4) == 1.0
    assert ask(5, 0) == 1.0
    assert ask(5, 4, 0.0) == 1.0
    if model != "saddle":
        assert ask(16, 4) == pytest.approx(0.0, abs=1e-9)
        assert ask(100, 4) == pytest.approx(0.0, abs=1e-9)
    beyond = stratified_plan(strata, 5, 23, model, tests=check())
    assert beyond.value.value is None
    assert beyond.gap is None
    assert "hold 22 kg" in beyond.warnings[0]


def test_where_all_items_of_a_stratum_are_checked_more_effort_buys_nothing() -> None:
    strata, tests = places((10, 4.0), (100, 1.0)), check(0.5)
    told = stratified_plan(strata, 105, 8, tests=tests)
    assert told.value.value == pytest.approx(0.5**2)
    assert told.col_mix == (((("A", 2.0),), 1.0),)
    free = stratified_plan(
        strata, 5, 8, "integer", tests={"A": check(0.5, 0.0, "free"), "B": check(1.0, 1.0, "b")}
    )
    assert all(dict(plan)["A"] == 10 for plan, _ in _rows(free))


def _rows(told: Any) -> Any:
    return told.row_mix


def test_checks_beyond_all_items_are_said() -> None:
    told = stratified_plan(places((4, 5.0), (200, 0.1)), 40, 10, "saddle", tests=check())
    assert any("out of its range" in one for one in told.warnings)


def test_decimals_have_a_common_unit_as_they_are_written() -> None:
    assert whole_units([0.1, 0.2, 0.3], question="costs") == (1, 2, 3)
    assert whole_units([0, 0], question="costs") == (0, 0)
    with pytest.raises(DesignError, match=r"costs: .* no common unit"):
        whole_units([1 / 3, 1e15], question="costs")


def test_too_many_plans_are_refused() -> None:
    many = places((5000, 1.0), (5000, 1.0), (5000, 1.0), (5000, 1.0))
    with pytest.raises(DesignError, match="more than 1000000 plans"):
        stratified_plan(many, 2000, 3, "integer", tests=check())
    with pytest.raises(DesignError, match="more than 1000000 departures"):
        stratified_plan(many, 1, 2000, "integer", tests=check())


def test_the_same_question_gives_the_same_bytes() -> None:
    asked = [stratified_plan(PLACES, 25, 9, "integer", tests=check(0.8)).document() for _ in range(2)]
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("strata", "more", "message"),
    [
        ((), {}, "must be some"),
        ((PLACES[0], PLACES[0]), {}, "A, A"),
        (PLACES, {"model": "best"}, "model: 'best'"),
        (PLACES, {"effort_pd": -1}, "effort_pd: -1"),
        (PLACES, {"goal_kg": float("nan")}, "goal_kg: nan"),
        (PLACES, {"tests": {"A": check()}}, "none for stratum B"),
        (PLACES, {"tests": ItemTest(name="t", detect_beta=(4, 1))}, "detect_p is unknown"),
        (PLACES, {"model": "integer", "tol": 0.0}, "tol: 0.0"),
    ],
)
def test_what_does_not_fit_is_refused(strata: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        stratified_plan(strata, **{"effort_pd": 10, "goal_kg": 4, **more})
