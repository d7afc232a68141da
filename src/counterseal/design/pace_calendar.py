"""The hours in which a station works: its shifts, less its shutdowns, and with inspectors where needed."""

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.design.stations import (
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    HOURS_PER_YEAR,
    Closed,
    Presence,
    Station,
)

Spans = NDArray[np.float64]
"""Spans of time without overlap, in order, **shape** (spans, 2): from, to [hours after the start]."""
SAME_HOUR = "Shifts and presence begin at the same hour of the day, on the first day of the week onwards."


def open_spans(station: Station, presence: Presence | None, end_h: float) -> Spans:
    """Return when a station works.

    Args:
        station: With its shifts and shutdowns.
        presence: When inspectors are there; None for whenever it is open.
        end_h: Up to when [hours after the start].

    Raises:
        DesignError: it never works at all.

    Examples:
        >>> shifts = Station(name="hall", time_h=1, hours_per_week=40, days_per_week=5, shutdowns=((1, 3),))
        >>> open_spans(shifts, None, 168).tolist()
        [[0.0, 8.0], [72.0, 80.0], [96.0, 104.0]]
    """
    spans = _without(_weekly(station.hours_per_week, station.days_per_week, end_h), station.shutdowns)
    if station.inspected and presence is not None:
        there = _without(_weekly(presence.hours_per_week, presence.days_per_week, end_h), presence.away)
        spans = _both(spans, there)
    if len(spans) == 0:
        raise DesignError(f"station {station.name}: never open in the time looked at")
    return spans


def open_hours(spans: Spans, until_h: float) -> float:
    """Return how many hours of some spans lie before a time [hours]."""
    return float(np.clip(until_h - spans[:, 0], 0.0, spans[:, 1] - spans[:, 0]).sum())


def open_hours_per_y(station: Station, presence: Presence | None) -> float:
    """Return the hours a year in which it works, without shutdowns and absences [hours/year]."""
    station_h = station.hours_per_week / station.days_per_week
    if not station.inspected or presence is None:
        return HOURS_PER_YEAR * station.hours_per_week / HOURS_PER_WEEK
    there_h = presence.hours_per_week / presence.days_per_week
    per_week = min(station_h, there_h) * min(station.days_per_week, presence.days_per_week)
    return HOURS_PER_YEAR * per_week / HOURS_PER_WEEK


def _weekly(hours_per_week: float, days_per_week: int, end_h: float) -> Spans:
    weeks = int(np.ceil(end_h / HOURS_PER_WEEK))
    if hours_per_week == HOURS_PER_WEEK:
        return np.asarray([[0.0, end_h]])
    if hours_per_week == HOURS_PER_DAY * days_per_week:
        begin, length = np.arange(weeks) * HOURS_PER_WEEK, hours_per_week
    else:
        days = np.arange(weeks)[:, None] * HOURS_PER_WEEK + np.arange(days_per_week) * HOURS_PER_DAY
        begin, length = days.ravel(), hours_per_week / days_per_week
    spans = np.stack([begin, np.minimum(begin + length, end_h)], axis=1)
    return spans[spans[:, 0] < end_h]


def _without(spans: Spans, closed: Closed) -> Spans:
    """Return the spans less the times of closure."""
    if not closed:
        return spans
    edges = HOURS_PER_DAY * np.asarray(closed, np.float64)
    left = np.stack([np.append(0.0, edges[:, 1]), np.append(edges[:, 0], np.inf)], axis=1)
    return _both(spans, left)


def _both(first: Spans, second: Spans) -> Spans:
    """Return where two lists of spans overlap: the later begin and the earlier end of those that meet."""
    found: list[tuple[float, float]] = []
    i = j = 0
    while i < len(first) and j < len(second):
        begin, end = max(first[i, 0], second[j, 0]), min(first[i, 1], second[j, 1])
        if begin < end:
            found.append((float(begin), float(end)))
        if first[i, 1] <= second[j, 1]:
            i += 1
        else:
            j += 1
    return np.asarray(found, np.float64).reshape(-1, 2)
