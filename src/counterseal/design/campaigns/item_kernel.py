"""Runs of a campaign with every visit, every drawn item and every test, as compiled loops.

No formula of sampling is used: items are drawn one after the other without replacement and each goes
through its tests. False alarms are counted as if every item were as declared, as `workload.py` does.

numba's cache does not see that a file it calls changed: save this file anew after changing those.
"""

import math

import numpy as np
from numba import njit

from counterseal.design.campaigns.alarm_draw_kernel import alarms_of_monitors
from counterseal.design.campaigns.event_kernel import (
    ALARMS,
    ALARMS_2,
    COUNTS,
    ITEMS,
    Reals,
    Wholes,
    note_delay,
    seen_by_monitors,
)
from counterseal.design.campaigns.philox_kernel import (
    Stream,
    exponential,
    go_to_run,
    new_stream,
    next_word,
    next_words,
    uniform,
)
from counterseal.design.campaigns.state_kernel import (
    POISSON,
    RANDOM,
    draw_lots,
    draw_order,
    draw_start,
    draw_state,
    fill_powers,
)
from counterseal.design.campaigns.tables import Tables

_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_SPAN = 2**32


@njit(cache=True, nogil=True)
def _shown(stream: Stream, chances: Reals, first: int, end: int) -> bool:
    """Return whether at least one test of a check shows an item; each shows it with its chance."""
    shown = False
    for slot in range(first, end):
        shown = shown or chances[slot] >= 1.0 or (chances[slot] > 0.0 and uniform(stream) < chances[slot])
    return shown


@njit(cache=True, nogil=True)
def _another(stream: Stream, left: int) -> int:
    """Return one of so many items, all alike: where the first number was one too many [LEMIRE-2019]."""
    while True:
        product = np.int64(next_word(stream) & _LOW) * left
        if product % _SPAN >= _SPAN % left:
            return int(product // _SPAN)


@njit(cache=True, nogil=True)
def run_check(
    stream: Stream, powers: Reals, alarm_ps: Reals, slots: tuple[int, int], items: tuple[int, int, int]
) -> tuple[int, int]:
    """Draw and test the items of a check; return how many false ones are shown, and how many true ones.

    Args:
        stream: Where numbers come from.
        powers: Chance of each test to show a false item.
        alarm_ps: Chance of each test to show one that is as declared; empty where no check alarms so.
        slots: First and last of the tests of the check.
        items: How many there are, how many of them are false, how many are drawn.
    """
    left, false_left, drawn = items
    first, end = slots
    may_alarm, shown, flagged = len(alarm_ps) > 0, 0, 0
    w0 = w1 = w2 = w3 = np.uint64(0)
    for i in range(drawn):
        if i & 7 == 0:  # eight halves of words at a time: faster than one by one
            w0, w1, w2, w3 = next_words(stream)
        product = np.int64(w0 & _LOW) * left
        w0, w1, w2, w3 = w1, w2, w3, w0 >> _HALF
        item = product >> 32
        if (product & 0xFFFFFFFF) < left and (product & 0xFFFFFFFF) < _SPAN % left:
            item = np.int64(_another(stream, left))
        if item < false_left:
            false_left -= 1
            shown += _shown(stream, powers, first, end)
        if may_alarm:
            flagged += _shown(stream, alarm_ps, first, end)
        left -= 1
    return shown, flagged


@njit(cache=True, nogil=True)
def _visit(
    stream: Stream, checks: Wholes, ends: tuple[int, int], begun: bool, powers: Reals, alarm_ps: Reals
) -> tuple[bool, int, int]:
    """Play one visit; return whether it shows false items, how many checks alarm for nothing, items drawn."""
    seen, alarms, drawn = False, 0, 0
    for check in range(ends[0], ends[1]):
        there = (checks[check, 0], checks[check, 1] if begun else 0, checks[check, 2])
        shown, flagged = run_check(stream, powers, alarm_ps, (checks[check, 4], checks[check, 5]), there)
        seen = seen or shown > checks[check, 3]
        alarms += flagged > checks[check, 3]
        drawn += there[2]
    return seen, alarms, drawn


@njit(cache=True, nogil=True)
def _rows(tables: Tables) -> Wholes:
    """Return a row a check: its items, false ones, those drawn, acceptance number, first and last test."""
    rows = np.zeros((len(tables.check_items), 6), np.int64)
    for check in range(len(rows)):
        rows[check, 0], rows[check, 1] = tables.check_items[check], tables.check_false[check]
        rows[check, 2], rows[check, 3] = tables.check_drawn[check], tables.check_accept[check]
        rows[check, 4], rows[check, 5] = tables.check_slots[check], tables.check_slots[check + 1]
    return rows


@njit(cache=True, nogil=True)
def _send_by_lot(stream: Stream, shares: Reals, first: int, end: int, order: Wholes, number: int) -> None:
    """Fill the visit, and with it the site, to which each visit of a kind is sent by a lot of its own."""
    for i in range(number):
        lot, visit = uniform(stream), first
        while visit < end - 1 and lot >= shares[visit]:
            lot -= shares[visit]
            visit += 1
        order[i] = visit


@njit(cache=True, nogil=True)
def _plan_year(
    stream: Stream, tables: Tables, kind: int, phase: float, visits: Wholes, order: Wholes, times: Reals
) -> int:
    """Fill sites and times [years from its first day] of the visits of a year; return their number."""
    number = tables.kind_number[kind]
    begin, end = tables.kind_visits[kind], tables.kind_visits[kind + 1]
    if tables.timing == POISSON:
        number, mean_y = 0, 1.0 / tables.kind_number[kind]
        time_y = exponential(stream) * mean_y
        while time_y < 1.0 and number < len(times):
            times[number] = time_y
            number += 1
            time_y += exponential(stream) * mean_y
    if tables.systematic:
        draw_lots(stream, tables, kind, visits)
        number = draw_order(stream, begin, end, visits, order)
    else:
        _send_by_lot(stream, tables.visit_share, begin, end, order, number)
    if tables.timing != POISSON:
        for i in range(number):
            times[i] = uniform(stream) if tables.timing == RANDOM else (i + phase) / number
    return int(number)


@njit(cache=True, nogil=True)
def _draw_phases(stream: Stream, phases: Reals) -> None:
    """Draw where in their distance the visits of each kind stand, once for a run."""
    for kind in range(len(phases)):
        phases[kind] = uniform(stream)


@njit(cache=True, nogil=True)
def run_items(
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
    monitors, phases = np.ones(len(tables.monitor_common_p)), np.zeros(len(tables.kind_number))
    most = 0
    for number in tables.kind_number:
        most = max(most, int(number + 20.0 * math.sqrt(number) + 100.0))
    visits, order = np.zeros(len(tables.visit_share), np.int64), np.zeros(most, np.int64)
    times, horizon_y, kept_p = np.zeros(most), tables.horizon_y, tables.kept_p
    checks, ends, of_slot = _rows(tables), tables.visit_checks, np.zeros(len(tables.slot_power))
    alarm_ps = tables.slot_alarm_p[: len(of_slot) if tables.kind_alarm_p.sum() > 0.0 else 0]
    for run in range(first_run, first_run + runs):
        go_to_run(stream, run)
        if draw_state(stream, tables, powers, monitors) or run == first_run:
            fill_powers(tables, powers, of_slot)
        start_y = draw_start(stream, tables.start_y, horizon_y)
        first, alarms = seen_by_monitors(stream, tables, monitors, start_y), 0
        _draw_phases(stream, phases)
        for year in range(math.ceil(horizon_y)):
            for kind in range(len(phases)):
                for i in range(_plan_year(stream, tables, kind, phases[kind], visits, order, times)):
                    time_y, visit = year + times[i], order[i]
                    if time_y >= horizon_y:
                        continue
                    seen, extra, drawn = _visit(
                        stream, checks, (ends[visit], ends[visit + 1]), time_y > start_y, of_slot, alarm_ps
                    )
                    counts[COUNTS + visit] += 1
                    counts[ITEMS] += drawn
                    alarms += extra
                    if seen and time_y < first and (kept_p >= 1.0 or uniform(stream) < kept_p):
                        first = time_y
        if first < horizon_y:
            note_delay(counts, delays, first - start_y, horizon_y)
        alarms += alarms_of_monitors(stream, tables.monitor_alarms_per_y, horizon_y)
        counts[ALARMS] += alarms
        counts[ALARMS_2] += alarms * alarms
