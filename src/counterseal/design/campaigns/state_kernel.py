"""What is drawn once for a run, and its chances on a visit; and false alarms, as compiled loops.

Techniques with a common cause of failure work or fail for the whole run, and those of unknown power have one
power for it: neither averages out within a run. Chances come from the loops of `stats/kernels/`.

numba's cache does not see that a file it calls changed: save this file anew after changing those.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from counterseal.design.campaigns.philox_kernel import Stream, beta_number, uniform
from counterseal.design.campaigns.tables import Tables
from counterseal.stats.kernels.alarm_kernel import ln_alarms
from counterseal.stats.kernels.sampling_kernel import none_seen

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]

RANDOM, POISSON, SPACED = 0, 1, 2


@njit(cache=True, nogil=True)
def draw_start(stream: Stream, given_y: float, horizon_y: float) -> float:
    """Return when the strategy begins [years]: the given time, or, where that is negative, a random one."""
    return given_y if given_y >= 0.0 else uniform(stream) * horizon_y


@njit(cache=True, nogil=True)
def has_states(tables: Tables) -> bool:
    """Return whether techniques or monitors may differ from run to run."""
    found = tables.technique_beta.sum() + tables.technique_common_p.sum() + tables.monitor_common_p.sum()
    return bool(found > 0.0)


@njit(cache=True, nogil=True)
def draw_state(stream: Stream, tables: Tables, powers: Reals, monitors: Reals) -> bool:
    """Draw which techniques and monitors work, and unknown powers; return whether techniques differ.

    Args:
        stream: Where numbers come from.
        tables: The question.
        powers: Of each technique: -1 where it works and its power is known, 0 where it fails, else its power.
        monitors: Of each monitor: 1 where it works, else 0.
    """
    differs = False
    for i in range(len(powers)):
        power = -1.0
        if tables.technique_beta[i, 0] > 0.0:
            power = beta_number(stream, tables.technique_beta[i, 0], tables.technique_beta[i, 1])
        if tables.technique_common_p[i] > 0.0 and uniform(stream) < tables.technique_common_p[i]:
            power = 0.0
        differs = differs or powers[i] != power
        powers[i] = power
    for i in range(len(monitors)):
        fails = tables.monitor_common_p[i] > 0.0 and uniform(stream) < tables.monitor_common_p[i]
        monitors[i] = 0.0 if fails else 1.0
    return differs


@njit(cache=True, nogil=True)
def fill_powers(tables: Tables, powers: Reals, of_slot: Reals) -> None:
    """Fill the chance that each test of each check shows a false item, as the techniques are in this run."""
    for slot in range(len(of_slot)):
        of_slot[slot] = slot_power(tables, powers, slot)


@njit(cache=True, nogil=True)
def slot_power(tables: Tables, powers: Reals, slot: int) -> float:
    """Return the chance that a test of a check shows a false item, as the techniques are in this run."""
    technique = tables.slot_technique[slot]
    if technique >= 0 and powers[technique] >= 0.0:
        return float(powers[technique])
    return float(tables.slot_power[slot])


@njit(cache=True, nogil=True)
def _unseen_by_check(tables: Tables, powers: Reals, check: int) -> float:
    false_items, drawn = tables.check_false[check], tables.check_drawn[check]
    if false_items == 0 or drawn == 0:
        return 1.0
    unseen = 1.0
    for slot in range(tables.check_slots[check], tables.check_slots[check + 1]):
        unseen *= 1.0 - slot_power(tables, powers, slot)
    items, accept = tables.check_items[check], tables.check_accept[check]
    if accept > 0:
        return 1.0 - math.exp(ln_alarms(items, false_items, drawn, 1.0 - unseen, 0.0, accept, True))
    scaled, exponent = none_seen(items, false_items, drawn, 1.0 - unseen)
    return float(scaled * math.exp(exponent))


@njit(cache=True, nogil=True)
def fill_seen(tables: Tables, powers: Reals, seen: Reals, of_kind: Reals, matters: Reals) -> None:
    """Fill the chance that each visit, and a visit of each kind sent by lot, shows what leads on.

    Args:
        tables: The question.
        powers: How the techniques are.
        seen: By visit to its site.
        of_kind: By kind of visit.
        matters: By kind of visit, the chance that it goes where it may show anything.
    """
    for kind in range(len(of_kind)):
        total, matters[kind] = 0.0, 0.0
        for visit in range(tables.kind_visits[kind], tables.kind_visits[kind + 1]):
            unseen = 1.0
            for check in range(tables.visit_checks[visit], tables.visit_checks[visit + 1]):
                unseen *= _unseen_by_check(tables, powers, check)
            seen[visit] = (1.0 - unseen) * tables.kept_p
            total += tables.visit_share[visit] * seen[visit]
            if seen[visit] > 0.0:
                matters[kind] += tables.visit_share[visit]
        of_kind[kind] = total


@njit(cache=True, nogil=True)
def draw_lots(stream: Stream, tables: Tables, kind: int, visits: Wholes) -> None:
    """Draw one lot for a year: how many visits of a kind each site gets.

    Args:
        stream: Where numbers come from.
        tables: The question.
        kind: Which kind.
        visits: Filled with the number of each visit of the kind, by its place among all visits.
    """
    place, left = 1.0 - uniform(stream), 0.0
    for visit in range(tables.kind_visits[kind], tables.kind_visits[kind + 1]):
        right = left + tables.visit_share[visit] * tables.kind_number[kind]
        number = max(0, math.ceil(right - place)) - max(0, math.ceil(left - place))
        visits[visit] = number
        left = right


@njit(cache=True, nogil=True)
def draw_order(stream: Stream, first: int, end: int, visits: Wholes, order: Wholes) -> int:
    """Fill the order in which the visits of a year go to sites, all orders alike; return their number."""
    number = 0
    for visit in range(first, end):
        for _ in range(visits[visit]):
            order[number] = visit
            number += 1
    for last in range(number - 1, 0, -1):
        other = int(uniform(stream) * (last + 1))
        order[last], order[other] = order[other], order[last]
    return number
