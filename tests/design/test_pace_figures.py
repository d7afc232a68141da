"""Intervals of figures that come from runs."""

import math

import numpy as np
import pytest

from counterseal.design.pace_figures import Asked
from counterseal.design.pace_runs import Horizon, play
from counterseal.design.stations import Line, Station

ASKED = Asked(inputs={}, assumptions=(), seed=1, n_rep=100, scatters=True, confidence=0.95, end_d=math.inf)


def test_a_median_of_a_hundred_lies_between_the_fortieth_and_the_sixty_first() -> None:
    """The order statistics of the textbook (David and Nagaraja, Order Statistics, 2003)."""
    found = ASKED.quantile(np.arange(100, 0, -1.0), 0.5, what="median")
    assert (found.lower, found.value, found.upper) == (40.0, 50.0, 61.0)
    high = ASKED.quantile(np.arange(1.0, 101.0), 0.99, what="nearly all")
    assert (high.value, high.upper) == (99.0, math.inf)


def test_the_interval_of_a_quantile_holds_it_often_enough() -> None:
    draws = np.random.Generator(np.random.Philox(5)).random((2000, 37))
    for chance in (0.1, 0.5, 0.8):
        found = [ASKED.quantile(row, chance, what="share") for row in draws]
        held = np.mean([(one.lower or 0) <= chance <= (one.upper or 0) for one in found])
        assert held > 0.95 - 4 * math.sqrt(0.05 * 0.95 / 2000)


def test_a_change_is_that_of_the_runs_that_went_over() -> None:
    found = ASKED.change(12, 3, what="change")
    assert found.value == 0.09
    assert found.lower is not None
    assert found.upper is not None
    assert 0.0 > found.lower > -0.1
    assert 0.15 < found.upper < 0.3
    none = ASKED.change(0, 0, what="change")
    assert none.lower == pytest.approx(-(none.upper or 0.0))
    assert none.upper == pytest.approx(1 - 0.0125 ** (1 / 100))


def test_a_share_of_no_runs_has_no_logarithm_and_an_upper_end() -> None:
    found = ASKED.chance(0, what="done")
    assert (found.value, found.lower, found.ln_value) == (0.0, 0.0, -math.inf)
    assert found.upper == pytest.approx(1 - 0.025 ** (1 / 100))


def test_work_that_fills_a_shift_ends_with_it() -> None:
    """Sixteen hours in shifts of eight: the end of the second day's shift, not the morning after."""
    hall = Station(name="hall", time_h=16, hours_per_week=40, days_per_week=5)
    line = Line(stations=(hall,), backlog=5)
    ends_d = play(line, Horizon(deadline_d=30.0, end_d=60.0, step_d=10.0), seed=1, n_rep=1).completion_d
    assert 24 * ends_d[0] == 168 + 4 * 24 + 8
