"""Runs of a campaign by one draw from the exponential law of the delay, as compiled loops.

Where visits come without memory, so do those that see: given the state of the techniques, the delay is 0 (a
monitor shows the beginning) or exponential at the sum of all rates.

numba's cache does not see that a file it calls changed: save this file anew after changing those.
"""

import numpy as np
from numba import njit

from counterseal.design.campaigns.alarm_draw_kernel import draw_alarms, may_alarm_at_all
from counterseal.design.campaigns.event_kernel import ALARMS, ALARMS_2, Reals, Wholes, note_delay
from counterseal.design.campaigns.philox_kernel import exponential, go_to_run, new_stream, uniform
from counterseal.design.campaigns.state_kernel import draw_start, draw_state, fill_seen, has_states
from counterseal.design.campaigns.tables import Tables


@njit(cache=True, nogil=True)
def _rates(tables: Tables, of_kind: Reals, monitors: Reals) -> tuple[float, float]:
    """Return the rate at which it is seen [1/year], and the chance that it is seen at once."""
    rate_per_y, missed = 0.0, 1.0
    for kind in range(len(of_kind)):
        rate_per_y += tables.kind_number[kind] * of_kind[kind]
    for i in range(len(monitors)):
        rate_per_y += monitors[i] * tables.monitor_rate_per_y[i]
        missed *= 1.0 - monitors[i] * tables.monitor_detect_p[i]
    return rate_per_y, 1.0 - missed


@njit(cache=True, nogil=True)
def run_law(
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
    horizon_y, given_y = tables.horizon_y, tables.start_y
    may_alarm, varies, rate_per_y, at_once = may_alarm_at_all(tables), has_states(tables), 0.0, 0.0
    for run in range(first_run, first_run + runs):
        go_to_run(stream, run)
        if varies or run == first_run:
            if draw_state(stream, tables, powers, monitors) or run == first_run:
                fill_seen(tables, powers, seen, of_kind, matters)
            rate_per_y, at_once = _rates(tables, of_kind, monitors)
        start_y = draw_start(stream, given_y, horizon_y)
        if at_once > 0.0 and uniform(stream) < at_once:
            note_delay(counts, delays, 0.0, horizon_y)
        elif rate_per_y > 0.0:
            delay_y = exponential(stream) / rate_per_y
            if start_y + delay_y < horizon_y:
                note_delay(counts, delays, delay_y, horizon_y)
        if may_alarm:
            alarms = draw_alarms(stream, tables, visits)
            counts[ALARMS] += alarms
            counts[ALARMS_2] += alarms * alarms
