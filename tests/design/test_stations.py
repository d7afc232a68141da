"""Stations, items and hours: what is refused, and when a station works."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.errors import DesignError
from counterseal.design.pace_calendar import open_hours, open_hours_per_y, open_spans
from counterseal.design.stations import Arrivals, Line, Presence, Station, transport
from counterseal.errors import RefusedInputError
from strategies.pace_lines import is_open

HALL = Station(name="hall", time_h=10)
REFUSED: dict[str, tuple[type, dict[str, Any], str]] = {
    "no-time": (Station, {"time_h": 0}, "station hall, time_h: 0, must be above 0"),
    "no-number": (Station, {"time_h": float("nan")}, "time_h: nan, must be a finite number"),
    "no-places": (Station, {"servers": 0}, "servers: 0, must be from 1"),
    "half-a-place": (Station, {"servers": 1.5}, "servers: 1.5, must be a whole number"),
    "no-batch": (Station, {"batch": 0}, "batch: 0, must be from 1"),
    "negative-shape": (Station, {"shape": -1}, "shape: -1, must be at least 0"),
    "negative-return": (Station, {"return_h": -1}, "return_h: -1, must be at least 0"),
    "no-hours": (Station, {"hours_per_week": 0}, "hours_per_week: 0, must be above 0"),
    "eight-days": (Station, {"days_per_week": 8}, "days_per_week: 8, must be from 1 to 7"),
    "long-days": (
        Station,
        {"hours_per_week": 130, "days_per_week": 5},
        "130, 5 days have 120 hours",
    ),
    "small-store": (Station, {"batch": 5, "storage": 4}, "4, can never fill a batch of 5"),
    "closed-backwards": (Station, {"shutdowns": ((5, 4),)}, "from day 5 to day 4, must end after it begins"),
    "closed-twice": (
        Station,
        {"shutdowns": ((5, 9), (8, 12))},
        r"shutdowns\[1\]: from day 8, before the last ends on day 9",
    ),
    "never-present": (Presence, {"hours_per_week": 0}, "presence, hours_per_week: 0"),
    "none-come": (Arrivals, {"n_items": 0, "rate_per_y": 1}, "arrivals, n_items: 0"),
    "never-come": (Arrivals, {"n_items": 3, "rate_per_y": 0}, "arrivals, rate_per_y: 0, must be above"),
    "no-stations": (Line, {"stations": (), "backlog": 1}, "stations: 0, must be from 1"),
    "no-items": (Line, {"stations": (HALL,), "backlog": 0}, "backlog and arrivals together: 0"),
    "one-name": (Line, {"stations": (HALL, HALL), "backlog": 1}, "'hall' twice, must be named once"),
    "store-first": (
        Line,
        {"stations": (Station(name="a", time_h=1, storage=4),), "backlog": 1},
        "station a, storage: 4; before the first station all items wait",
    ),
}


@pytest.mark.parametrize("fault", sorted(REFUSED))
def test_what_holds_together_nowhere_is_refused(fault: str) -> None:
    kind, given_, message = REFUSED[fault]
    given_ = {"name": "hall", "time_h": 10, **given_} if kind is Station else given_
    with pytest.raises(RefusedInputError, match=message):
        kind(**given_)


def test_a_station_that_never_works_is_refused() -> None:
    never = Station(name="hall", time_h=1, inspected=True, hours_per_week=8, days_per_week=1)
    away = Presence(away=((0, 1), (7, 8)))
    with pytest.raises(DesignError, match="station hall: never open"):
        open_spans(never, away, 14 * 24)


def test_transport_is_a_station_whose_places_come_back() -> None:
    road = transport("road", vehicles=3, load=8, out_h=30, back_h=20, shape=4, storage=16, inspected=True)
    assert (road.servers, road.batch, road.time_h, road.return_h) == (3, 8, 30, 20)
    assert (road.shape, road.storage, road.inspected) == (4, 16, True)


days = st.integers(1, 7)


@settings(deadline=None, max_examples=60)
@given(days, st.integers(1, 24), days, st.integers(1, 24), st.booleans(), st.data())
def test_the_hours_are_those_of_a_walk_from_hour_to_hour(
    of_days: int, of_h: int, there_days: int, there_h: int, inspected: bool, data: st.DataObject
) -> None:
    edges = sorted(data.draw(st.sets(st.integers(0, 40), min_size=4, max_size=4)))
    station = Station(
        name="hall",
        time_h=1,
        hours_per_week=of_days * of_h,
        days_per_week=of_days,
        inspected=inspected,
        shutdowns=((edges[0], edges[1]),),
    )
    presence = Presence(
        hours_per_week=there_days * there_h, days_per_week=there_days, away=((edges[2], edges[3]),)
    )
    line = Line(stations=(station,), backlog=1, presence=presence)
    wanted = [is_open(station, line, hour) for hour in range(42 * 24)]
    if not any(wanted):
        return
    spans = open_spans(station, presence, 42 * 24)
    found = np.zeros(42 * 24, bool)
    for begin, end in spans.astype(int).tolist():
        found[begin:end] = True
    assert found.tolist() == wanted
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
    assert open_hours(spans, 500.0) == sum(wanted[:500])
    if not inspected:
        assert open_hours_per_y(station, presence) == pytest.approx(8766 * of_days * of_h / 168)


def test_hours_a_year_under_inspection_are_those_of_both() -> None:
    hall = Station(name="hall", time_h=1, hours_per_week=80, days_per_week=5, inspected=True)
    there = Presence(hours_per_week=36, days_per_week=4)
    both = open_spans(hall, there, 1461 * 24)
    assert open_hours_per_y(hall, there) == pytest.approx(8766 * 36 / 168)
    assert open_hours(both, 1461 * 24) / 4 == pytest.approx(8766 * 36 / 168, rel=0.005)
    assert open_hours_per_y(hall, None) == pytest.approx(8766 * 80 / 168)
