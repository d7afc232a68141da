"""Pace by formula: limits, identities and other engines."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.design.pace_closed_forms import (
    capacity_per_y,
    completion_chance,
    erlang_c,
    month_grid,
    rate_needed,
    waiting_h,
    waiting_one_place_h,
)
from counterseal.design.stations import Arrivals, Line, Presence, Station
from counterseal.errors import RefusedInputError
from counterseal.stats.result import Result


@settings(deadline=None)
@given(st.integers(1, 3000), st.floats(0.1, 3000), st.floats(0.1, 20))
def test_completion_is_a_poisson_tail(n_items: int, rate_per_y: float, years: float) -> None:
    found = completion_chance(n_items, rate_per_y, years)
    assert found.value == pytest.approx(
        stats.poisson.sf(n_items - 1, rate_per_y * years), rel=1e-8, abs=1e-300
    )
    assert (
        found.ln_value == pytest.approx(stats.poisson.logsf(n_items - 1, rate_per_y * years), rel=1e-7)
        or (found.value or 0.0) < 1e-12
    )


def test_a_chance_too_small_for_a_number_keeps_its_logarithm() -> None:
    """The first term of the Poisson tail, and all that follow it."""
    found = completion_chance(10_000, 100, 10)
    first = 10_000 * math.log(1000) - 1000 - math.lgamma(10_001)
    assert found.value == 0.0
    assert found.ln_value == pytest.approx(first + math.log(1 / (1 - 1000 / 10_001)), abs=1e-4)


@pytest.mark.parametrize("shape", [0.5, 1.0, 9.0])
@pytest.mark.parametrize("chance", [0.01, 0.5, 0.95])
def test_the_rate_that_is_needed_gives_the_chance(shape: float, chance: float) -> None:
    rate = rate_needed(700, 8, chance, shape).value or 0.0
    assert completion_chance(700, rate, 8, shape).value == pytest.approx(chance, rel=1e-9)


@settings(deadline=None)
@given(st.integers(1, 40), st.floats(0.01, 0.99))
def test_waiting_is_that_of_the_states_summed_one_by_one(servers: int, share: float) -> None:
    load = share * servers
    chances = [load**n / math.factorial(n) for n in range(servers)]
    wait = load**servers / math.factorial(servers) / (1 - share)
    assert erlang_c(load, servers) == pytest.approx(wait / (math.fsum(chances) + wait), rel=1e-10)


def test_waiting_at_one_place() -> None:
    assert waiting_h(1.5, 8).value == pytest.approx(waiting_one_place_h(1.5, 8, 1.0).value or 0.0)
    assert waiting_one_place_h(1.5, 8).value == pytest.approx((waiting_h(1.5, 8).value or 0.0) / 2)
    assert waiting_h(1.5, 8).value == pytest.approx(0.5 * 8 / 0.5)


@pytest.mark.parametrize("found", [waiting_h(3, 8), waiting_one_place_h(3.5, 8), waiting_h(6.5, 8, 2)])
def test_a_station_that_is_overrun_has_no_wait(found: Result) -> None:
    assert found.value is None
    assert "the queue grows without end" in found.warnings[0]


def test_capacity_counts_places_batches_hours_and_ways_back() -> None:
    road = Station(name="road", time_h=30, return_h=20, servers=2, batch=10)
    assert capacity_per_y(road).value == pytest.approx(8766 * 20 / 50)
    hall = Station(name="hall", time_h=10, hours_per_week=40, days_per_week=5, inspected=True)
    there = Presence(hours_per_week=16, days_per_week=2)
    assert capacity_per_y(hall, there).value == pytest.approx(8766 * 16 / 168 / 10)


def test_the_month_grid_by_hand() -> None:
    """100 a month, then 60 a month with room for 31: the first is held back by the second."""
    month_h = 30.4375 * 24
    line = Line(
        stations=(
            Station(name="a", time_h=month_h / 100),
            Station(name="b", time_h=month_h / 60, storage=30),
        ),
        backlog=200,
        arrivals=Arrivals(n_items=40, rate_per_y=120),
    )
    grid = month_grid(line, 6)
    assert [tuple(round(one, 6) for one in row) for row in grid.left] == [
        (0, 0),
        (91, 60),
        (151, 120),
        (211, 180),
        (240, 240),
        (240, 240),
        (240, 240),
    ]
    assert grid.done.value == pytest.approx(4 * 30.4375)
    short = month_grid(line, 3)
    assert short.done.value is None
    assert short.done.warnings == ("not done within 3 months: 180 of 240 items",)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: completion_chance(0, 1, 1), "n_items: 0"),
        (lambda: completion_chance(1, 0, 1), "rate_per_y: 0, must be above"),
        (lambda: completion_chance(1, 1, 0), "years: 0, must be above"),
        (lambda: completion_chance(1, 1, 1, 0), "shape: 0, must be above"),
        (lambda: rate_needed(1, 1, 1.0), "chance of completion: 1.0"),
        (lambda: waiting_h(0, 1), "rate_per_d: 0"),
        (lambda: waiting_h(1, 1, 0), "servers: 0"),
        (lambda: waiting_one_place_h(1, 0), "time_h: 0"),
    ],
)
def test_questions_out_of_range_are_refused(call: Callable[[], Result], message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        call()
