"""The pace of a line: runs against formulas, conservation, blocking, threads, and what is told."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.pace import Pace, pipeline
from counterseal.design.pace_closed_forms import (
    completion_chance,
    month_grid,
    waiting_h,
    waiting_one_place_h,
)
from counterseal.design.pace_runs import Horizon, play
from counterseal.design.stations import HOURS_PER_YEAR, Arrivals, Line, Presence, Station, transport
from counterseal.errors import RefusedInputError

YEAR_D = 365.25
LINE = (
    Station(name="removal", time_h=6, servers=2, hours_per_week=40, days_per_week=5, shape=4, inspected=True),
    transport("road", vehicles=2, load=5, out_h=30, back_h=20, shape=9, storage=20),
    Station(name="taking-apart", time_h=30, servers=2, shape=3, storage=8, shutdowns=((60, 75),)),
    Station(name="disposition", time_h=20, servers=2, shape=1, storage=6),
)
PRESENT = Presence(hours_per_week=32, days_per_week=4)


def alone(rate_per_y: float, shape: float, servers: int = 1) -> Station:
    return Station(name="hall", time_h=servers * HOURS_PER_YEAR / rate_per_y, shape=shape, servers=servers)


@pytest.mark.parametrize("shape", [0.5, 1.0, 2.5])
def test_one_place_has_the_gamma_law_of_completion(shape: float) -> None:
    """100 000 runs of eight items against the formula, within four standard errors at each of six dates."""
    line = Line(stations=(alone(8, shape),), backlog=8)
    horizon = Horizon(deadline_d=YEAR_D, end_d=20 * YEAR_D, step_d=20 * YEAR_D)
    runs = 100_000
    ends_d = play(line, horizon, seed=4, n_rep=runs).completion_d
    for years in (0.3, 0.6, 0.9, 1.0, 1.3, 2.0):
        wanted = completion_chance(8, 8, years, shape).value or 0.0
        share = float((ends_d <= years * YEAR_D).mean())
        assert abs(share - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / runs), years


@pytest.mark.soak
def test_one_place_has_the_gamma_law_in_many_runs() -> None:
    line = Line(stations=(alone(20, 1.0),), backlog=20)
    horizon = Horizon(deadline_d=YEAR_D, end_d=20 * YEAR_D, step_d=20 * YEAR_D)
    ends_d = play(line, horizon, seed=9, n_rep=2_000_000, threads=2).completion_d
    for years in (0.5, 0.8, 1.0, 1.2, 1.6):
        wanted = completion_chance(20, 20, years).value or 0.0
        share = float((ends_d <= years * YEAR_D).mean())
        assert abs(share - wanted) < 4 * math.sqrt(wanted * (1 - wanted) / 2e6), years


@pytest.mark.parametrize(("servers", "load", "shape"), [(1, 0.7, 0.0), (1, 0.7, 2.0), (3, 2.1, 1.0)])
def test_the_queue_is_that_of_the_formula(servers: int, load: float, shape: float) -> None:
    """Mean number waiting is rate times mean wait; the start is left out, 24 seeds give the error."""
    time_h = 20.0
    rate_per_d = load / time_h * 24
    station = Station(name="hall", time_h=time_h, servers=servers, shape=shape)
    line = Line(
        stations=(station,),
        backlog=0,
        arrivals=Arrivals(n_items=6000, rate_per_y=rate_per_d * YEAR_D, shape=1.0),
    )
    horizon = Horizon(deadline_d=1.0, end_d=5000 / rate_per_d, step_d=50 / rate_per_d)
    wait = waiting_h(rate_per_d, time_h, servers)
    if servers == 1:
        wait = waiting_one_place_h(rate_per_d, time_h, shape)
    wanted = rate_per_d / 24 * (wait.value or 0.0)
    found = [play(line, horizon, seed=seed, n_rep=4).waiting[20:].mean() / 4 for seed in range(24)]
    assert abs(np.mean(found) - wanted) < 4 * np.std(found, ddof=1) / math.sqrt(len(found))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_places_are_blocked_as_the_recursion_of_departures_says(data: st.DataObject) -> None:
    """Any places and storage, none included: an item leaves when one far enough ahead has left."""
    stations, items = data.draw(st.integers(2, 5)), data.draw(st.integers(1, 25))
    hours = data.draw(st.lists(st.integers(1, 20), min_size=stations, max_size=stations))
    servers = data.draw(st.lists(st.integers(1, 3), min_size=stations, max_size=stations))
    rooms = data.draw(st.lists(st.integers(0, 3), min_size=stations, max_size=stations))
    line = Line(
        stations=tuple(
            Station(
                name=f"s{place}",
                time_h=hours[place],
                servers=servers[place],
                storage=rooms[place] if place else None,
            )
            for place in range(stations)
        ),
        backlog=items,
    )
    left = np.zeros((stations, items))
    for item in range(items):
        ready = 0.0
        for place in range(stations):
            begin = max(ready, left[place, item - servers[place]] if item >= servers[place] else 0.0)
            ready = begin + hours[place]
            ahead = item - rooms[place + 1] - servers[place + 1] if place + 1 < stations else -1
            ready = max(ready, left[place + 1, ahead]) if ahead >= 0 else ready
            left[place, item] = ready
    found = play(line, Horizon(deadline_d=100.0, end_d=1000.0, step_d=1.0), seed=1, n_rep=1)
    assert (24 * found.left_d[0]).tolist() == pytest.approx(left[:, -1].tolist(), abs=1e-9)
    dates = np.arange(found.passed.shape[0]) * 24.0
    assert found.passed[:, -1].tolist() == [int((left[-1] <= date).sum()) for date in dates]
    assert (found.waiting[:, 1:] <= np.asarray(rooms[1:])).all()


def test_items_are_kept_and_storage_is_never_passed() -> None:
    line = Line(stations=LINE, backlog=150, presence=PRESENT, arrivals=Arrivals(n_items=40, rate_per_y=60))
    runs = play(line, Horizon(deadline_d=400.0, end_d=3000.0, step_d=3.0), seed=2, n_rep=1)
    on_places = runs.passed[:, :-1] - runs.waiting - runs.passed[:, 1:]
    assert (np.diff(runs.passed, axis=0) >= 0).all()
    assert (on_places >= 0).all()
    assert (on_places <= [2, 10, 2, 2]).all()
    assert (runs.waiting[:, 1:] <= [20, 8, 6]).all()
    assert runs.waiting[:, 2].max() == 8
    assert runs.passed[-1].tolist() == [190] * 5
    assert runs.passed[0, 0] == 150


def told(**more: Any) -> Pace:
    given_ = {"seed": 7, "n_rep": 300, "presence": PRESENT, **more}
    return pipeline(LINE, 150, 120, **given_)


def test_the_same_bytes_whatever_the_number_of_threads() -> None:
    first = json.dumps(told().document())
    assert first == json.dumps(told(threads=3).document())
    assert first != json.dumps(told(seed=8).document())


def test_a_run_is_the_same_however_many_there_are() -> None:
    line = Line(stations=LINE, backlog=50, presence=PRESENT)
    horizon = Horizon(deadline_d=100.0, end_d=1000.0, step_d=10.0)
    few, many = (play(line, horizon, seed=3, n_rep=number) for number in (10, 150))
    assert (few.left_d == many.left_d[:10]).all()
    assert (few.hours == many.hours[:10]).all()


def test_a_pinned_run() -> None:
    """Random numbers and the way from them to hours stay what they are."""
    line = Line(stations=LINE, backlog=50, presence=PRESENT)
    horizon = Horizon(deadline_d=100.0, end_d=1000.0, step_d=10.0)
    ends_d = play(line, horizon, seed=3, n_rep=3).completion_d
    assert ends_d.tolist() == pytest.approx(PINNED_D, rel=1e-12)


PINNED_D = [36.407741001068075, 35.461047785949575, 38.79856308235192]


def test_what_is_told_holds_together() -> None:
    answer = told(more_hours_per_week=8.0)
    assert answer.done.kind == "estimate"
    assert answer.done.lower is not None
    assert answer.done.upper is not None
    assert answer.done.lower < (answer.done.value or 0.0) < answer.done.upper
    days = [one.value or 0.0 for _, one in answer.completion_d]
    assert days == sorted(days)
    assert all((one.lower or 0) <= (one.value or 0) <= (one.upper or 0) for _, one in answer.completion_d)
    assert answer.done_p[-1] == 1.0
    assert answer.done_items[-1] == 150
    for station in answer.stations:
        assert station.worked + station.blocked + station.starved == pytest.approx(1.0)
        assert 0 <= station.closed < 1
    columns = zip(*(one.waiting for one in answer.stations), strict=True)
    places = zip(*(one.in_work for one in answer.stations), strict=True)
    for waiting, in_work, done, to_come in zip(
        columns, places, answer.done_items, answer.to_come, strict=True
    ):
        assert sum(waiting) + sum(in_work) + done + to_come == pytest.approx(150)
    assert any("Inspectors are present in the hours given" in one for one in answer.done.assumptions)
    again = json.loads(json.dumps(answer.document()))
    assert again["bottleneck"] == answer.bottleneck
    assert again["done"]["inputs"]["line"]["stations"][2]["shutdowns"] == [[60, 75]]


def test_hours_of_places_are_counted_to_the_deadline() -> None:
    """One place of 10 hours and one of 15 without storage: blocked for a third of its time, but at the start."""
    stations = [Station(name="a", time_h=10), Station(name="b", time_h=15, storage=0)]
    first, second = pipeline(stations, 1000, 100, seed=1).stations
    assert first.blocked == pytest.approx((2400 - 10 - 10 * 160) / 2400, abs=10 / 2400)
    assert first.worked + first.blocked == pytest.approx(1.0)
    assert second.starved == pytest.approx(10 / 2400)
    assert second.worked == pytest.approx(2390 / 2400)


def test_ways_back_that_nobody_waits_for_are_not_counted() -> None:
    road = transport("road", vehicles=1, load=10, out_h=10, back_h=14)
    alone_ = pipeline([road], 20, 100, seed=1).stations[0]
    assert alone_.completion_d.value == pytest.approx(34 / 24)
    assert alone_.worked == pytest.approx(1.0)


def test_shifts_and_shutdowns_are_seen_as_closed() -> None:
    hall = Station(name="hall", time_h=8, hours_per_week=40, days_per_week=5, shutdowns=((7, 14),))
    answer = pipeline([hall], 1000, 28, seed=1)
    assert answer.stations[0].closed == pytest.approx(1 - 3 * 40 / (28 * 24))
    assert answer.stations[0].worked == pytest.approx(1.0)
    assert answer.done.value == 0.0


def test_without_scatter_the_answer_is_exact() -> None:
    hall = Station(name="hall", time_h=12)
    answer = pipeline([hall], 100, 50, seed=1)
    assert (answer.done.value, answer.done.kind, answer.done.n_rep) == (1.0, "exact", None)
    assert answer.completion_d[2][1].value == 50.0
    late = pipeline([hall], 101, 50, seed=1)
    assert (late.done.value, late.done.ln_value) == (0.0, -math.inf)


def test_a_line_that_never_gets_there_says_so() -> None:
    answer = pipeline([Station(name="hall", time_h=12, shape=1)], 1000, 50, seed=1, n_rep=50)
    assert answer.done.warnings == ("50 of 50 runs were given up after 200 days",)
    assert answer.completion_d[0][1].value is None
    assert "fewer than 5 % of the runs" in answer.completion_d[0][1].warnings[0]
    json.dumps(answer.document(), allow_nan=False)


def test_the_month_grid_follows_a_line_of_many_small_steps() -> None:
    line = Line(
        stations=(
            Station(name="a", time_h=2, servers=2, hours_per_week=84, days_per_week=7),
            Station(name="b", time_h=1.5, storage=40, shutdowns=((90, 120),)),
            Station(name="c", time_h=1, storage=100),
        ),
        backlog=4000,
    )
    grid = month_grid(line, 24)
    ends_d = play(line, Horizon(deadline_d=300.0, end_d=700.0, step_d=50.0), seed=1, n_rep=1).completion_d
    assert 0 <= (grid.done.value or 0.0) - float(ends_d[0]) < 30.4375
    left = np.asarray(grid.left)
    assert (np.diff(left, axis=1) <= 1e-9).all()
    assert (left[:, 0] - left[:, 1] <= 41 + 1e-9).all()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"horizon_d": 100.0}, "horizon_d: 100.0, must be at least 120"),
        ({"grid_step_d": 0.0}, "grid_step_d: 0.0, must be above 0"),
        ({"grid_step_d": 1e-4, "n_rep": 100}, "at most 100000000 counts are kept"),
        ({"confidence": 1.0}, "confidence of pace: 1.0"),
        ({"seed": -1}, "seed: -1, must be a whole number from 0"),
        ({"n_rep": 0}, "n_rep: 0, must be from 1"),
        ({"threads": 0}, "threads: 0, must be from 1"),
        ({"more_hours_per_week": 0.0}, "more_hours_per_week: 0.0, must be above 0"),
    ],
)
def test_questions_that_are_none_are_refused(more: dict[str, Any], message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        told(**more)
