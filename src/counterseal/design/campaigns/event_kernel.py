"""Runs of a campaign by the visits that matter, as compiled loops.

A visit is sent to a site by lot and sees with the exact chance of its checks, given the state of the
techniques in this run; items are not drawn one by one. Times are in years from the first day of the horizon.

numba's cache does not see that a file it calls changed: save this file anew after changing those.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from counterseal.design.campaigns.alarm_draw_kernel import draw_alarms, may_alarm_at_all
from counterseal.design.campaigns.philox_kernel import Stream, exponential, go_to_run, new_stream, uniform
from counterseal.design.campaigns.question import YEAR_D
from counterseal.design.campaigns.state_kernel import (
    POISSON,
    RANDOM,
    draw_lots,
    draw_order,
    draw_start,
    draw_state,
    fill_seen,
    has_states,
)
from counterseal.design.campaigns.tables import Tables

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

DETECTED, DELAY_H, DELAY_H2, ALARMS, ALARMS_2, ITEMS, COUNTS = 0, 1, 2, 3, 4, 5, 6
HOURS_IN_YEAR = 24.0 * YEAR_D
NOT_SEEN = math.inf


@njit(cache=True, nogil=True)
def note_delay(counts: Wholes, delays: Wholes, delay_y: float, horizon_y: float) -> None:
    """Count a run that was seen after so long: its delay in whole hours, and its place in the histogram."""
    hours = int(delay_y * HOURS_IN_YEAR + 0.5)
    counts[DETECTED] += 1
    counts[DELAY_H] += hours
    counts[DELAY_H2] += hours * hours
    steps = len(delays) - 1
    delays[0 if delay_y <= 0.0 else 1 + min(int(delay_y / horizon_y * steps), steps - 1)] += 1


@njit(cache=True, nogil=True)
def seen_by_monitors(stream: Stream, tables: Tables, monitors: Reals, start_y: float) -> float:
    """Return when a monitor first shows the beginning, or what goes on [years]; infinite where none does."""
    first = NOT_SEEN
    for i in range(len(monitors)):
        if monitors[i] > 0.0:
            if tables.monitor_detect_p[i] > 0.0 and uniform(stream) < tables.monitor_detect_p[i]:
                first = start_y
            if tables.monitor_rate_per_y[i] > 0.0:
                first = min(first, start_y + exponential(stream) / tables.monitor_rate_per_y[i])
    return first


@njit(cache=True, nogil=True)
def _at_random(
    stream: Stream, numbers: Wholes, of_kind: Reals, start_y: float, horizon_y: float, first: float
) -> float:
    """Return the first time at which visits at random times of each year show it, or ``first``."""
    for year in range(int(start_y), math.ceil(horizon_y)):
        if year >= first:
            break
        for kind in range(len(of_kind)):
            if of_kind[kind] <= 0.0:
                continue
            for _ in range(numbers[kind]):
                if uniform(stream) < of_kind[kind]:
                    time_y = year + uniform(stream)
                    if start_y < time_y < first:
                        first = time_y
    return first


@njit(cache=True, nogil=True)
def _at_random_spread(
    stream: Stream,
    tables: Tables,
    seen: Reals,
    of_kind: Reals,
    start_y: float,
    first: float,
    visits: Wholes,
) -> float:
    """Return the same where one lot a year spreads the visits of a kind over its sites."""
    for year in range(int(start_y), math.ceil(tables.horizon_y)):
        if year >= first:
            break
        for kind in range(len(of_kind)):
            if of_kind[kind] <= 0.0:
                continue
            draw_lots(stream, tables, kind, visits)
            for visit in range(tables.kind_visits[kind], tables.kind_visits[kind + 1]):
                for _ in range(visits[visit]):
                    if uniform(stream) < seen[visit]:
                        time_y = year + uniform(stream)
                        if start_y < time_y < first:
                            first = time_y
    return first


@njit(cache=True, nogil=True)
def _without_memory(
    stream: Stream,
    numbers: Wholes,
    ends: Wholes,
    shares: Reals,
    seen: Reals,
    matters: Reals,
    start_y: float,
    last_y: float,
) -> float:
    """Return the first time at which visits without memory show it, or infinity: only sites that matter."""
    first = NOT_SEEN
    for kind in range(len(matters)):
        if matters[kind] <= 0.0:
            continue
        time_y, mean_y = start_y, 1.0 / (numbers[kind] * matters[kind])
        while True:
            time_y += exponential(stream) * mean_y
            if time_y >= min(first, last_y):
                break
            lot, site = uniform(stream) * matters[kind], ends[kind]
            for visit in range(ends[kind], ends[kind + 1]):
                if seen[visit] > 0.0:
                    site = visit
                    lot -= shares[visit]
                    if lot < 0.0:
                        break
            if uniform(stream) < seen[site]:
                first = time_y
                break
    return first


@njit(cache=True, nogil=True)
def _at_distances(
    stream: Stream,
    tables: Tables,
    seen: Reals,
    of_kind: Reals,
    start_y: float,
    first: float,
    visits: Wholes,
    order: Wholes,
) -> float:
    """Return the first time at which equally spaced visits show it, or ``first``; the phase is drawn."""
    for kind in range(len(of_kind)):
        number, phase = tables.kind_number[kind], uniform(stream)
        if of_kind[kind] <= 0.0:
            continue
        begin, end = tables.kind_visits[kind], tables.kind_visits[kind + 1]
        found = False
        for year in range(int(start_y), math.ceil(tables.horizon_y)):
            if year >= first or found:
                break
            if tables.systematic:
                draw_lots(stream, tables, kind, visits)
                number = draw_order(stream, begin, end, visits, order)
            for i in range(number):
                time_y = year + (i + phase) / number
                if time_y <= start_y:
                    continue
                if time_y >= min(first, tables.horizon_y):
                    break
                chance = seen[order[i]] if tables.systematic else of_kind[kind]
                if uniform(stream) < chance:
                    first, found = time_y, True
                    break
    return first


@njit(cache=True, nogil=True)
def run_events(
    tables: Tables,
    key_0: np.uint64,
    key_1: np.uint64,
    first_run: int,
    runs: int,
    counts: Wholes,
    delays: Wholes,
) -> None:
    """Play runs and add what they give to ``counts`` and to the histogram of delays."""
    stream = new_stream(key_0, key_1)
    powers = np.full(len(tables.technique_common_p), -1.0)
    monitors = np.ones(len(tables.monitor_common_p))
    seen, of_kind = np.zeros(len(tables.visit_share)), np.zeros(len(tables.kind_number))
    matters, visits = np.zeros(len(of_kind)), np.zeros(len(seen), np.int64)
    order = np.zeros(tables.kind_number.sum() + len(seen), np.int64)
    horizon_y, given_y, timing = tables.horizon_y, tables.start_y, tables.timing
    numbers, ends, shares = tables.kind_number, tables.kind_visits, tables.visit_share
    may_alarm, varies, monitored = may_alarm_at_all(tables), has_states(tables), len(monitors) > 0
    for run in range(first_run, first_run + runs):
        go_to_run(stream, run)
        differs = varies and draw_state(stream, tables, powers, monitors)
        if differs or run == first_run:
            fill_seen(tables, powers, seen, of_kind, matters)
        start_y = draw_start(stream, given_y, horizon_y)
        first = seen_by_monitors(stream, tables, monitors, start_y) if monitored else NOT_SEEN
        if first > start_y:
            if timing == POISSON:
                last_y = min(first, horizon_y)
                by_visit = _without_memory(stream, numbers, ends, shares, seen, matters, start_y, last_y)
                first = min(first, by_visit)
            elif timing != RANDOM:
                first = _at_distances(stream, tables, seen, of_kind, start_y, first, visits, order)
            elif tables.systematic:
                first = _at_random_spread(stream, tables, seen, of_kind, start_y, first, visits)
            else:
                first = _at_random(stream, numbers, of_kind, start_y, horizon_y, first)
        if first < horizon_y:
            note_delay(counts, delays, first - start_y, horizon_y)
        if may_alarm:
            alarms = draw_alarms(stream, tables, visits)
            counts[ALARMS] += alarms
            counts[ALARMS_2] += alarms * alarms
