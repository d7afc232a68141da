"""How soon: what a quota could do at best, and the delays of the regime as it is."""

import pytest

from counterseal.design.time_to_detection import timeliness
from strategies.efforts import effort


def test_visits_are_not_cut_to_the_steps_where_critical_time_needs_no_steps() -> None:
    changes = (
        (
            "timeliness: {step_d: 7, critical_time_d: 90, period_d: 364}",
            "timeliness: {step_d: 30.4375, critical_time_d: 14, period_d: 365.25}",
        ),
        ("{kind: type-two, per_year: 2}", "{kind: type-two, per_year: 18}"),
    )
    told = timeliness(effort(*changes))
    (kind,) = (one for one in told.kinds if one.kind == "type-two")
    assert kind.visits == 18
    assert kind.critical.value.value == pytest.approx(18 / 26)


def test_a_watching_host_is_seen_later_than_a_blind_one() -> None:
    for kind in timeliness(effort()).kinds:
        assert (kind.blind.value.value or 0) < (kind.watching.value.value or 0)
        assert kind.watching.value.value == pytest.approx(52 / (kind.visits + 1))


def test_that_the_end_of_the_treaty_cuts_delays_off_is_said() -> None:
    for one in timeliness(effort()).strategies:
        assert any("before its end counts as unseen" in line for line in one.mean_d.assumptions)
