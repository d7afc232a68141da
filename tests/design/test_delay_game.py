"""When visits should come: against the game solved as a matrix, as flows along paths, and stage by stage."""

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from counterseal.design.delay_games import delay_game
from counterseal.design.errors import DesignError
from counterseal.design.matrix_games import matrix_game
from counterseal.design.spaced_visits import spaced_chances
from counterseal.stats.errors import StatsError

GAMES = st.integers(1, 40).flatmap(lambda T: st.tuples(st.just(T), st.integers(0, T + 1)))


def delay(dates: tuple[int, ...], T: int, start: int) -> int:
    return next(date for date in (*dates, T) if date > start) - start


def by_flows(T: int, k: int) -> float:
    """Return the value from flows along all paths of at most k visits: a linear program over gaps."""
    edges = [
        (a, j, b, j + 1 if b < T else -1)
        for j in range(k + 1)
        for a in ([0] if j == 0 else range(j, T))
        for b in (range(a + 1, T + 1) if j < k else [T])
    ]
    nodes = {node: i for i, node in enumerate(dict.fromkeys([e[:2] for e in edges] + [e[2:] for e in edges]))}
    flows = [(nodes[e[:2]], q, 1.0) for q, e in enumerate(edges)]
    flows += [(nodes[e[2:]], q, -1.0) for q, e in enumerate(edges)]
    meets = [(s, q, float(e[2] - s)) for q, e in enumerate(edges) for s in range(e[0], e[2])]
    meets += [(s, len(edges), -1.0) for s in range(T)]
    balance = np.zeros(len(nodes))
    balance[nodes[0, 0]], balance[nodes[T, -1]] = 1.0, -1.0

    def matrix(entries: list[tuple[int, int, float]], rows: int) -> Any:
        i, j, value = zip(*entries, strict=True)
        return coo_matrix((np.array(value), (np.array(i), np.array(j))), shape=(rows, len(edges) + 1)).tocsr()

    answer = linprog(
        [0.0] * len(edges) + [1.0],
        A_ub=matrix(meets, T),
        b_ub=np.zeros(T),
        A_eq=matrix(flows, len(nodes)),
        b_eq=balance,
    )
    return float(answer.fun or 0.0)


def best_dates(starts: dict[int, float], T: int, k: int) -> float:
    """Return the least expected delay of at most k visits against given starts, date by date."""

    @cache
    def least(here: int, left: int) -> float:
        options = []
        for there in range(here + 1, T + 1) if left else [T]:
            seen = sum(p * (there - s) for s, p in starts.items() if here <= s < there)
            options.append(seen + (least(there, left - 1) if there < T else 0.0))
        return min(options)

    return least(0, k)


@pytest.mark.parametrize(("T", "k"), [(2, 1), (5, 1), (6, 2), (8, 3), (9, 5), (10, 8)])
def test_the_value_is_that_of_all_plans_against_all_starts(T: int, k: int) -> None:
    plans = list(itertools.combinations(range(1, T), k))
    table = [[delay(plan, T, start) for start in range(T)] for plan in plans]
    assert delay_game(T, k).value.value == pytest.approx(
        matrix_game(table, 1e-10, rows="minimise").value.value, abs=1e-9
    )


@pytest.mark.parametrize(("T", "k"), [(10, 1), (12, 3), (24, 2), (40, 3), (15, 5), (26, 9)])
def test_the_value_is_that_of_flows_along_paths(T: int, k: int) -> None:
    assert delay_game(T, k).value.value == pytest.approx(by_flows(T, k), abs=1e-8)


@settings(deadline=None, max_examples=60)
@given(GAMES)
def test_both_mixes_hold_the_value_against_every_answer(game: tuple[int, int]) -> None:
    T, k = game
    told = delay_game(T, k)
    assert told.gap is not None
    assert told.gap <= 1e-9
    plans: Any = told.row_mix
    assert all(len(plan) <= k and plan == tuple(sorted(set(plan))) for plan, _ in plans)
    worst = max(sum(chance * delay(plan, T, s) for plan, chance in plans) for s in range(T))
    assert worst == pytest.approx(told.upper, abs=1e-9)
    starts: Any = dict(told.col_mix)
    assert sum(starts.values()) == pytest.approx(1.0, abs=1e-12)
    assert best_dates(starts, T, min(k, T - 1)) >= (told.lower or 0) - 1e-9
    assert sum(told.visit_chances) == pytest.approx(min(k, T - 1), abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(GAMES)
def test_a_host_that_watches_is_seen_no_sooner(game: tuple[int, int]) -> None:
    blind, watching = (delay_game(*game, observing=seen).value.value or 0 for seen in (False, True))
    assert blind <= watching + 1e-12
    fewer = delay_game(game[0], max(game[1] - 1, 0)).value.value or 0
    assert blind <= fewer + 1e-12


@pytest.mark.parametrize(("T", "k"), [(6, 1), (7, 2), (9, 2), (8, 5), (11, 3)])
def test_the_watching_value_is_that_of_the_game_solved_stage_by_stage(T: int, k: int) -> None:
    """After each visit: the inspector picks the next date, the host a start before it or to wait for it."""

    @cache
    def value(left: int, visits: int) -> float:
        if left <= 0:
            return 0.0
        if not visits:
            return float(left)
        dates = range(1, left)
        table = [
            [x - y if y < x else value(left - x, visits - 1) for y in range(left)] for x in (*dates, left)
        ]
        return matrix_game(table, 1e-11, rows="minimise").value.value or 0.0

    assert delay_game(T, k, observing=True).value.value == pytest.approx(value(T, k), abs=1e-8)


@pytest.mark.parametrize(("T", "k"), [(12, 2), (53, 17), (11, 3), (7, 6), (9, 12)])
def test_spaced_dates_are_whole_steps_whose_next_gap_has_the_mean_of_what_is_left(T: int, k: int) -> None:
    told, counts, number = delay_game(T, k, observing=True), np.zeros(T), min(k, T - 1)
    first = []
    for seed in range(2000):
        dates = told.sampler(seed)
        assert len(dates) == number
        assert dates == tuple(sorted(set(dates)))
        assert all(0 < date < T for date in dates)
        counts[list(dates)] += 1
        first.append(dates[0])
    expected = np.array(told.visit_chances)
    assert np.all(
        np.abs(counts[1:] / 2000 - expected) <= 4.5 * np.sqrt(expected * (1 - expected) / 2000) + 1e-9
    )
    assert np.mean(first) == pytest.approx(T / (number + 1), abs=0.06)
    assert sum(spaced_chances(T, number)) == pytest.approx(number)


def test_a_watching_host_begins_after_any_visit_alike_and_dates_are_spaced_equally() -> None:
    told = delay_game(12, 2, observing=True)
    assert told.row_mix == (((4, 8), 1.0),)
    assert told.col_mix == ((0, 1 / 3), (1, 1 / 3), (2, 1 / 3))
    assert told.gap == 0.0
    assert "sees every visit" in told.assumptions[-1]


def test_drawn_dates_come_with_their_chances() -> None:
    told = delay_game(10, 3)
    counts = np.zeros(10)
    for seed in range(3000):
        counts[list(told.sampler(seed))] += 1
    expected = np.array(told.visit_chances)
    assert np.all(
        np.abs(counts[1:] / 3000 - expected) <= 4.5 * np.sqrt(expected * (1 - expected) / 3000) + 1e-9
    )


def test_lot_shortens_the_delay_against_a_blind_host() -> None:
    told = delay_game(26, 4)
    assert told.best_fixed is not None
    assert told.best_fixed[1] == math.ceil(26 / 5) > (told.value.value or 0)
    assert "hears nothing" in told.assumptions[-1]


def test_a_visit_at_every_step_leaves_one_step_and_none_leaves_them_all() -> None:
    assert delay_game(7, 6).value.value == delay_game(7, 40).value.value == 1.0
    assert delay_game(7, 0).value.value == delay_game(7, 0, observing=True).value.value == 7.0
    assert delay_game(1, 0).row_mix == (((), 1.0),)


def test_the_same_question_gives_the_same_bytes() -> None:
    assert delay_game(60, 11).document() == delay_game(60, 11).document()


@pytest.mark.parametrize(
    ("given", "message"),
    [((0, 1), "T: 0"), ((5, -1), "visits: -1"), ((5, True), "visits: True"), ((2.5, 1), "T: 2.5")],
)
def test_what_cannot_be_is_refused(given: Any, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        delay_game(*given)


def test_a_mix_that_would_not_fit_is_refused() -> None:
    with pytest.raises(DesignError, match="5000 steps with 2000 visits"):
        delay_game(5000, 2000)


@pytest.mark.soak
@pytest.mark.parametrize(("T", "k"), [(520, 60), (1000, 7), (3650, 180)])
def test_long_periods_are_certified_too(T: int, k: int) -> None:
    told = delay_game(T, k)
    assert told.gap is not None
    assert told.gap <= 1e-8 * (told.value.value or 0)
