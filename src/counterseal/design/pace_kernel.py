"""Runs of a line of stations as a compiled event loop: numbers in, numbers out.

An event is the end of work on a batch, the return of a place, or the arrival of an item. A batch whose work
has ended stays on its place until the storage of the next station takes its items (blocking after service);
those that wait longest go first. A free place takes a batch as soon as it is there; work goes on in open
hours alone. Times are in hours after the start.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from counterseal.design.pace_draws_kernel import fill_units
from counterseal.design.pace_state_kernel import (
    BLOCKED,
    EVENT,
    Records,
    drop_first,
    open_before,
    push,
    work_end,
)

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]


class LineTables(NamedTuple):
    """A line as arrays.

    Attributes:
        line: One record of type ``LINE``.
        stations: Records of type ``STATION``, **shape** (stations + 1,).
        spans: Records of type ``SPAN``, those of one station after those of the other.
        grid_h: Times at which items are counted.
        places: Where the units of each source begin, and where the last end, **shape** (sources + 1,).
        shapes: Shape of each source.
        keys: Key of each source, **shape** (sources, 2).
    """

    line: Records
    stations: Records
    spans: Records
    grid_h: Reals
    places: Wholes
    shapes: Reals
    keys: NDArray[np.uint64]


@njit(cache=True, nogil=True, error_model="numpy")
def _begin(
    line: Any, station: Any, events: Records, spans: Records, units: Reals, place: int, time_h: float
) -> None:
    """Let the free places of a station take what there is: whole batches, and the last rest."""
    while station.free > 0 and station.waiting > 0:
        size = min(station.batch, station.waiting)
        if size < station.batch and station.passed < line.n_items:
            return
        station.waiting -= size
        station.free -= 1
        unit = 1.0 if station.work_units < 0 else units[station.work_units + station.begun]
        station.begun += 1
        push(line, events, work_end(spans, station, time_h, station.work_h * unit), place, size)


@njit(cache=True, nogil=True, error_model="numpy")
def _let_go(
    line: Any, station: Any, events: Records, spans: Records, units: Reals, place: int, time_h: float
) -> None:
    """Free the place of the batch that was blocked longest, or send it on its way back."""
    station.blocked_at += 1
    if station.blocked_at == station.servers:
        station.blocked_at = 0
    station.blocked_n -= 1
    if station.return_h == 0.0:
        station.free += 1
        return
    unit = 1.0 if station.return_units < 0 else units[station.return_units + station.returned]
    station.returned += 1
    end_h = work_end(spans, station, time_h, station.return_h * unit)
    push(line, events, end_h, line.stations + place, 0)


@njit(cache=True, nogil=True, error_model="numpy")
def _count_blocked(line: Any, station: Any, spans: Records, since_h: float, time_h: float) -> None:
    until_h = min(time_h, line.window_h)
    if since_h < until_h:
        station.blocked_h += open_before(spans, station, until_h) - open_before(spans, station, since_h)


@njit(cache=True, nogil=True, error_model="numpy")
def _room(line: Any, stations: Records, place: int) -> int:
    """Return how many items the place after a station can take."""
    if place == line.stations - 1:
        return int(line.n_items)
    after = stations[place + 1]
    room = after.storage - after.waiting
    return 1 if room <= 0 and after.free > 0 else int(room)


@njit(cache=True, nogil=True, error_model="numpy")
def _hand_over(
    line: Any,
    stations: Records,
    events: Records,
    blocked: Records,
    spans: Records,
    units: Reals,
    place: int,
    time_h: float,
) -> None:
    """Move what is blocked at a station on to the next as far as there is room."""
    station, after = stations[place], stations[place + 1]
    while station.blocked_n > 0:
        room = _room(line, stations, place)
        if room <= 0:
            return
        oldest = blocked[place, station.blocked_at]
        items = min(room, oldest.items)
        oldest.items -= items
        after.passed += items
        if oldest.items == 0:
            _count_blocked(line, station, spans, oldest.since_h, time_h)
            _let_go(line, station, events, spans, units, place, time_h)
        if place < line.stations - 1:
            after.waiting += items
            _begin(line, after, events, spans, units, place + 1, time_h)


@njit(cache=True, nogil=True, error_model="numpy")
def _settle(
    line: Any,
    stations: Records,
    events: Records,
    blocked: Records,
    spans: Records,
    units: Reals,
    place: int,
    time_h: float,
) -> None:
    """Let everything move that can after a change at a station: it, then the stations before it."""
    changed = True
    while changed and place >= 0:
        station, taken = stations[place], stations[place].begun
        if station.blocked_n > 0:
            _hand_over(line, stations, events, blocked, spans, units, place, time_h)
        _begin(line, station, events, spans, units, place, time_h)
        changed = station.begun > taken or (station.storage == 0 and station.free > 0)
        place -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def _reset(line: Any, stations: Records) -> None:
    line.n_events = 0
    for place in range(line.stations + 1):
        station = stations[place]
        station.waiting = line.backlog if place == 0 else 0
        station.passed = station.waiting
        station.free = station.servers
        station.begun, station.returned, station.span = 0, 0, station.first_span
        station.blocked_at, station.blocked_n = 0, 0
        station.worked_h, station.blocked_h = 0.0, 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _count(
    line: Any, stations: Records, place: int, done: Wholes, sums_waiting: Wholes, sums_passed: Wholes
) -> None:
    for station in range(line.stations):
        sums_waiting[place, station] += stations[station].waiting
        sums_passed[place, station] += stations[station].passed
    done[place] = stations[line.stations].passed
    sums_passed[place, line.stations] += done[place]


@njit(cache=True, nogil=True, error_model="numpy")
def _close(
    line: Any,
    stations: Records,
    events: Records,
    blocked: Records,
    spans: Records,
    time_h: float,
    hours: Reals,
) -> None:
    """Cut hours off at the end of the window, or where all is done; write them."""
    stop_h = min(time_h, line.window_h)
    for place in range(line.stations):
        station = stations[place]
        before_h = open_before(spans, station, stop_h)
        for number in range(station.blocked_n):
            at = (station.blocked_at + number) % station.servers
            _count_blocked(line, station, spans, blocked[place, at].since_h, stop_h)
        for event in range(line.n_events):
            if events[event].what == line.stations + place and time_h < line.window_h:
                over_h = open_before(spans, station, events[event].when_h)
                station.worked_h -= min(over_h, station.window_h) - before_h
        hours[place, 0], hours[place, 1] = station.worked_h, station.blocked_h
        hours[place, 2], hours[place, 3] = station.servers * before_h, station.servers * stop_h


@njit(cache=True, nogil=True, error_model="numpy")
def _play(
    line: Any,
    stations: Records,
    events: Records,
    blocked: Records,
    spans: Records,
    units: Reals,
    grid_h: Reals,
    left_h: Reals,
    done: Wholes,
    sums_waiting: Wholes,
    sums_passed: Wholes,
) -> float:
    """Play one run; return when it was done, or else the end of all."""
    last, grid, arrived, ended, time_h = line.stations, 0, line.backlog, 0, 0.0
    _begin(line, stations[0], events, spans, units, 0, 0.0)
    if arrived < line.n_items:
        push(line, events, line.gap_h * (1.0 if line.gap_units < 0 else units[line.gap_units]), 2 * last, 1)
    while line.n_events > 0 and ended < last:
        time_h, what, size = events[0].when_h, events[0].what, events[0].size
        while grid < len(grid_h) and grid_h[grid] < time_h:
            _count(line, stations, grid, done, sums_waiting, sums_passed)
            grid += 1
        if time_h > line.end_h:
            break
        drop_first(line, events)
        if what == 2 * last:
            stations[0].passed += 1
            stations[0].waiting += 1
            arrived += 1
            if arrived < line.n_items:
                number = arrived - line.backlog
                unit = 1.0 if line.gap_units < 0 else units[line.gap_units + number]
                push(line, events, time_h + line.gap_h * unit, what, 1)
            _begin(line, stations[0], events, spans, units, 0, time_h)
        elif what >= last:
            stations[what - last].free += 1
            _settle(line, stations, events, blocked, spans, units, what - last, time_h)
        else:
            station = stations[what]
            at = (station.blocked_at + station.blocked_n) % station.servers
            blocked[what, at].items = size
            blocked[what, at].since_h = time_h
            station.blocked_n += 1
            _settle(line, stations, events, blocked, spans, units, what, time_h)
        while ended < last and stations[ended + 1].passed == line.n_items:
            left_h[ended] = time_h
            ended += 1
    while grid < len(grid_h):
        _count(line, stations, grid, done, sums_waiting, sums_passed)
        grid += 1
    return time_h if ended == last else float(line.end_h)


@njit(cache=True, nogil=True, error_model="numpy")
def run_lines(
    tables: LineTables,
    first: int,
    left_h: Reals,
    done: Wholes,
    hours: Reals,
    sums_waiting: Wholes,
    sums_passed: Wholes,
) -> None:
    """Play some runs of a line.

    Args:
        tables: The line; the caller's own copy, for its records of stations are written.
        first: Number of the first run.
        left_h: When the last item left each station, infinite where it has not, **shape** (runs, stations);
            written.
        done: Items done at the times of the grid, **shape** (runs, times); written.
        hours: Hours of the places of each station: worked, blocked while open, open, all, **shape** (runs,
            stations, 4); written.
        sums_waiting: Items waiting before each station, summed over runs, **shape** (times, stations); added
            to.
        sums_passed: Items that have come to each station, and (last) that are done, summed over runs,
            **shape** (times, stations + 1); added to.
    """
    line, stations, spans, grid_h = tables.line[0], tables.stations, tables.spans, tables.grid_h
    most, places = 1, 2
    for place in range(line.stations):
        most, places = max(most, stations[place].servers), places + stations[place].servers
    events, blocked = np.zeros(places, EVENT), np.zeros((line.stations, most), BLOCKED)
    units = np.zeros(max(1, tables.places[-1]))
    for run in range(left_h.shape[0]):
        fill_units(units, tables.places, tables.shapes, tables.keys, first + run)
        _reset(line, stations)
        left_h[run] = np.inf
        end_h = _play(
            line, stations, events, blocked, spans, units, grid_h,
            left_h[run], done[run], sums_waiting, sums_passed,
        )  # fmt: skip
        _close(line, stations, events, blocked, spans, end_h, hours[run])
