"""How many false alarms a run has over its whole horizon, as compiled loops.

They are drawn as if every item were as declared, whatever is done where: the same law as that of
`workload.py`. Visits without an alarm are skipped over, so that rare alarms cost little.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from counterseal.design.campaigns.philox_kernel import Stream, exponential, uniform
from counterseal.design.campaigns.state_kernel import POISSON, RANDOM, draw_lots
from counterseal.design.campaigns.tables import Tables

Wholes = NDArray[np.int64]


@njit(cache=True, nogil=True)
def may_alarm_at_all(tables: Tables) -> bool:
    """Return whether there can be a false alarm."""
    return bool(tables.monitor_alarms_per_y > 0.0 or tables.kind_alarm_p.sum() > 0.0)


@njit(cache=True, nogil=True)
def _any_p(tables: Tables, first_check: int, end: int) -> float:
    """Return the chance that at least one of some checks alarms for nothing."""
    none = 1.0
    for check in range(first_check, end):
        none *= 1.0 - tables.check_alarm_p[check]
    return 1.0 - none


@njit(cache=True, nogil=True)
def _alarms_of_visit(stream: Stream, tables: Tables, visit: int) -> int:
    """Return how many checks of a visit alarm, given that at least one does."""
    end, alarms = tables.visit_checks[visit + 1], 0
    for check in range(tables.visit_checks[visit], end):
        chance = tables.check_alarm_p[check]
        if alarms == 0:
            chance /= _any_p(tables, check, end)
        if uniform(stream) < chance:
            alarms += 1
    return alarms


@njit(cache=True, nogil=True)
def _skipped(stream: Stream, chance: float) -> int:
    """Return how many visits pass before one alarms, at most 2**40."""
    if chance >= 1.0:
        return 0
    return int(min(exponential(stream) / -math.log1p(-chance), 2.0**40))


@njit(cache=True, nogil=True)
def _visits_of_kind(stream: Stream, tables: Tables, kind: int) -> int:
    """Return how many visits of a kind fall within the horizon."""
    number, years = tables.kind_number[kind], int(tables.horizon_y)
    rest_y = tables.horizon_y - years
    visits = number * years
    if rest_y > 0.0 and tables.timing == RANDOM:
        for _ in range(number):
            visits += uniform(stream) < rest_y
    elif rest_y > 0.0:
        visits += math.ceil(number * rest_y - uniform(stream))
    return int(visits)


@njit(cache=True, nogil=True)
def _by_lot(stream: Stream, tables: Tables, kind: int) -> int:
    """Return the alarms of a kind of visits, each sent to its site by a lot of its own."""
    begin, end = tables.kind_visits[kind], tables.kind_visits[kind + 1]
    chance = tables.kind_alarm_p[kind]
    if chance <= 0.0:
        return 0
    alarms, place, time_y = 0, 0, 0.0
    last = 0 if tables.timing == POISSON else _visits_of_kind(stream, tables, kind)
    while True:
        if tables.timing == POISSON:
            time_y += exponential(stream) / (chance * tables.kind_number[kind])
            if time_y >= tables.horizon_y:
                return alarms
        else:
            place += _skipped(stream, chance) + 1
            if place > last:
                return alarms
        lot, site = uniform(stream) * chance, -1
        for visit in range(begin, end):
            if tables.visit_alarm_p[visit] > 0.0 and lot >= 0.0:
                site = visit
                lot -= tables.visit_share[visit] * tables.visit_alarm_p[visit]
        alarms += _alarms_of_visit(stream, tables, site)


@njit(cache=True, nogil=True)
def _spread(stream: Stream, tables: Tables, kind: int, visits: Wholes) -> int:
    """Return the alarms of a kind whose visits are spread over sites by one lot a year."""
    begin, end, alarms = tables.kind_visits[kind], tables.kind_visits[kind + 1], 0
    if tables.kind_alarm_p[kind] <= 0.0:
        return 0
    for year in range(math.ceil(tables.horizon_y)):
        share = min(1.0, tables.horizon_y - year)
        draw_lots(stream, tables, kind, visits)
        for visit in range(begin, end):
            chance = tables.visit_alarm_p[visit] * share
            place = 0
            while chance > 0.0:
                place += _skipped(stream, chance) + 1
                if place > visits[visit]:
                    break
                alarms += _alarms_of_visit(stream, tables, visit)
    return int(alarms)


@njit(cache=True, nogil=True)
def draw_alarms(stream: Stream, tables: Tables, visits: Wholes) -> int:
    """Return the false alarms of a run.

    Args:
        stream: Where numbers come from.
        tables: The question.
        visits: Room for the lots of a year, one number a visit to a site.
    """
    alarms = 0
    for kind in range(len(tables.kind_number)):
        if tables.systematic:
            alarms += _spread(stream, tables, kind, visits)
        else:
            alarms += _by_lot(stream, tables, kind)
    return alarms + alarms_of_monitors(stream, tables.monitor_alarms_per_y, tables.horizon_y)


@njit(cache=True, nogil=True)
def alarms_of_monitors(stream: Stream, rate_per_y: float, horizon_y: float) -> int:
    """Return how often monitors show something where there is nothing."""
    if rate_per_y <= 0.0:
        return 0
    alarms, time_y = 0, exponential(stream) / rate_per_y
    while time_y < horizon_y:
        alarms += 1
        time_y += exponential(stream) / rate_per_y
    return alarms
