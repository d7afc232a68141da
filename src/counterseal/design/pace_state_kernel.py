"""Where a run of a line of stations is: records of stations, events to come (a heap), and open spans.

Records, not tuples of arrays: the compiled loop reads a member of a record by its address alone.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Records = NDArray[np.void]
"""An array of records; its element is a record, read and written by attribute."""

STATION = np.dtype(
    [
        ("servers", "i8"),  # places
        ("batch", "i8"),  # items of a batch
        ("storage", "i8"),  # items that can wait
        ("work_h", "f8"),  # mean work on a batch
        ("return_h", "f8"),  # mean time until a place is free again
        ("work_units", "i8"),  # where its units of work begin; below 0 for work that is always the same
        ("return_units", "i8"),  # where its units of the way back begin
        ("first_span", "i8"),  # where its open spans begin
        ("end_span", "i8"),  # and end
        ("window_h", "f8"),  # open hours in the window over which hours are counted
        ("waiting", "i8"),  # items in storage
        ("passed", "i8"),  # items that have come so far
        ("free", "i8"),  # free places
        ("begun", "i8"),  # batches begun
        ("returned", "i8"),  # ways back begun
        ("span", "i8"),  # open span at which it is
        ("blocked_at", "i8"),  # where its list of blocked batches begins
        ("blocked_n", "i8"),  # how many there are
        ("worked_h", "f8"),  # hours of places at work
        ("blocked_h", "f8"),  # open hours of places blocked
    ]
)
"""A station; a last record, after the stations, counts in ``passed`` what is done."""
LINE = np.dtype(
    [
        ("stations", "i8"),
        ("n_items", "i8"),
        ("backlog", "i8"),
        ("gap_h", "f8"),  # mean time between arrivals
        ("gap_units", "i8"),  # where its units begin; below 0 for gaps that are always the same
        ("window_h", "f8"),  # end of the time over which hours are counted
        ("end_h", "f8"),  # end of all
        ("n_events", "i8"),  # events to come
    ]
)
SPAN = np.dtype([("open_h", "f8"), ("close_h", "f8"), ("before_h", "f8")])
"""A span in which a station is open, and its open hours before."""
EVENT = np.dtype([("when_h", "f8"), ("what", "i8"), ("size", "i8")])
"""What comes: the station for the end of work on so many items, stations + station for a return, twice the
stations for an arrival."""
BLOCKED = np.dtype([("items", "i8"), ("since_h", "f8")])
"""What is left of a batch whose work has ended."""


@njit(cache=True, nogil=True, error_model="numpy")
def push(line: Any, events: Records, when_h: float, what: int, size: int) -> None:
    """Add an event to those to come."""
    place = line.n_events
    line.n_events += 1
    while place > 0:
        above = (place - 1) // 2
        if events[above].when_h <= when_h:
            break
        events[place] = events[above]
        place = above
    events[place].when_h = when_h
    events[place].what = what
    events[place].size = size


@njit(cache=True, nogil=True, error_model="numpy")
def drop_first(line: Any, events: Records) -> None:
    """Take the next event away."""
    line.n_events -= 1
    last = line.n_events
    when_h, place = events[last].when_h, 0
    while 2 * place + 1 < last:
        below = 2 * place + 1
        if below + 1 < last and events[below + 1].when_h < events[below].when_h:
            below += 1
        if events[below].when_h >= when_h:
            break
        events[place] = events[below]
        place = below
    if place != last:
        events[place] = events[last]


@njit(cache=True, nogil=True, error_model="numpy")
def open_before(spans: Records, station: Any, time_h: float) -> float:
    """Return the open hours of a station before a time."""
    low, high = station.first_span, station.end_span
    if time_h <= spans[low].open_h:
        return 0.0
    while high - low > 1:
        middle = (low + high) // 2
        if spans[middle].open_h <= time_h:
            low = middle
        else:
            high = middle
    return float(spans[low].before_h + min(time_h, spans[low].close_h) - spans[low].open_h)


@njit(cache=True, nogil=True, error_model="numpy")
def work_end(spans: Records, station: Any, time_h: float, work_h: float) -> float:
    """Return when work ends that begins then, infinite where no span is left; count it up to the window."""
    at, end = station.span, station.end_span
    while at < end and spans[at].close_h <= time_h:
        at += 1
    station.span = at
    if at == end:
        return np.inf
    begin_h = max(time_h, spans[at].open_h)
    before_h = spans[at].before_h + (begin_h - spans[at].open_h)
    if before_h < station.window_h:
        station.worked_h += min(work_h, station.window_h - before_h)
    if begin_h + work_h <= spans[at].close_h:
        return float(begin_h + work_h)
    target, low, high = before_h + work_h, at, end
    while high - low > 1:
        middle = (low + high) // 2
        if spans[middle].before_h < target:
            low = middle
        else:
            high = middle
    end_h = spans[low].open_h + (target - spans[low].before_h)
    return np.inf if low == end - 1 and end_h > spans[low].close_h else float(end_h)
