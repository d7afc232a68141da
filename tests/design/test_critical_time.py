"""Detection in time: against a linear program over dates, and drawn visits against every start."""

import itertools
from typing import Any

import numpy as np
import pytest

from counterseal.design.critical_times import critical_time
from counterseal.design.matrix_games import matrix_game
from counterseal.errors import RefusedInputError


@pytest.mark.parametrize(
    ("T", "tau", "k"), [(6, 2, 1), (6, 2, 2), (7, 2, 2), (8, 3, 1), (9, 3, 2), (5, 3, 1)]
)
def test_the_value_is_that_of_all_plans_on_a_grid(T: int, tau: int, k: int) -> None:
    """Visits at whole moments 1 to T; the host begins at a whole moment 0 to T - tau."""
    plans = itertools.combinations_with_replacement(range(1, T + 1), k)
    table = [[any(s < v <= s + tau for v in plan) for s in range(T - tau + 1)] for plan in plans]
    assert critical_time(T, tau, k).value.value == pytest.approx(
        matrix_game(table, 1e-10).value.value, abs=1e-9
    )


@pytest.mark.parametrize(("T", "tau", "k"), [(6, 2, 1), (6, 2, 4), (7, 2, 4)])
def test_visits_that_miss_add_up_within_a_window(T: int, tau: int, k: int) -> None:
    plans = itertools.combinations_with_replacement(range(1, T + 1), k)
    starts = range(T - tau + 1)
    table = [[1.0 - 0.3 ** sum(s < v <= s + tau for v in plan) for s in starts] for plan in plans]
    told = critical_time(T, tau, k, miss_p=0.3)
    assert told.value.value == pytest.approx(matrix_game(table, 1e-10).value.value, abs=1e-9)


@pytest.mark.parametrize(("T", "tau", "k"), [(12, 1, 4), (7.3, 2, 2), (7.3, 2, 5), (1, 0.1, 3), (5.9, 3, 1)])
def test_drawn_visits_meet_every_start_alike(T: float, tau: float, k: int) -> None:
    told = critical_time(T, tau, k, miss_p=0.2)
    starts = np.linspace(0.0, T - tau, 41)
    seen = np.zeros(41)
    for seed in range(1500):
        visits = np.array(told.sampler(seed))
        assert len(visits) == k
        assert visits.min() > 0.0
        assert visits.max() <= T
        inside = (visits[:, None] > starts) & (visits[:, None] <= starts + tau + 1e-12)
        seen += 1.0 - 0.2 ** inside.sum(axis=0)
    expected = told.value.value or 0
    assert np.all(np.abs(seen / 1500 - expected) < 4.5 * 0.5 / np.sqrt(1500))


def test_the_share_of_windows_is_the_chance() -> None:
    assert critical_time(12, 1, 4).value.value == pytest.approx(1 / 3)
    assert critical_time(12, 1, 12).value.value == 1.0
    assert critical_time(12, 1, 0).value.value == 0.0
    assert critical_time(12, 1, 4, miss_p=1.0).value.value == 0.0
    assert critical_time(0.3, 0.1, 1).windows == 3  # as written, not as floating point has it
    assert critical_time(12, 1, 24, miss_p=0.1).value.value == pytest.approx(0.99)


def test_false_alarms_of_the_period_come_with_it() -> None:
    told = critical_time(12, 1, 4, miss_p=0.1, false_alarm_p=0.02)
    assert told.false_alarm.value == pytest.approx(1 - 0.98**4)
    assert told.false_alarms.value == pytest.approx(0.08)
    assert critical_time(12, 1, 2, false_alarm_p=1.0).false_alarm.value == 1.0
    assert critical_time(12, 1, 0, false_alarm_p=1.0).false_alarm.value == 0.0
    assert critical_time(12, 1, 2, false_alarm_p=1e-18).false_alarm.value == pytest.approx(2e-18, rel=1e-12)
    assert told.document()["windows"] == 12


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0, 1, 1), "T: 0"),
        ((12, 0, 1), "tau: 0"),
        ((12, 13, 1), "longer than the period"),
        ((12, 1e-6, 1), "at most 1000000"),
        ((12, 1, -1), "visits: -1"),
        ((12, 1, 1, 1.5), "miss_p: 1.5"),
        ((12, 1, 1, 0.0, float("nan")), "false_alarm_p: nan"),
    ],
)
def test_what_cannot_be_is_refused(given: Any, message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        critical_time(*given)
