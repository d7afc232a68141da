"""What one more place, hour or inspector brings: against runs of the changed line, and nothing where none helps."""

from dataclasses import replace
from typing import Any, cast

import pytest

from counterseal.design.pace import pipeline
from counterseal.design.stations import Presence, Station

SLOW = Station(name="slow", time_h=20, shape=2, hours_per_week=80, days_per_week=5, inspected=True)
FAST = Station(name="fast", time_h=4, shape=2)
THERE = Presence(hours_per_week=40, days_per_week=5)


def test_the_bottleneck_is_where_a_change_helps() -> None:
    answer = pipeline([FAST, SLOW], 100, 320, seed=1, n_rep=400, presence=THERE, more_hours_per_week=10)
    assert answer.bottleneck == answer.bottleneck_by_what_if == "slow"
    found = {(one.station, one.change): one for one in answer.what_if}
    assert set(found) == {("fast", "server"), ("slow", "server"), ("slow", "presence")}
    assert abs(found["fast", "server"].done_change.value or 0.0) < 0.02
    assert abs(found["fast", "server"].median_change_d.value or 0.0) < 2.0
    assert (found["slow", "server"].median_change_d.value or 0.0) < -100
    assert (found["slow", "presence"].median_change_d.upper or 0.0) < -100


def test_each_variant_is_the_changed_line_with_the_same_random_numbers() -> None:
    answer = pipeline([FAST, SLOW], 100, 320, seed=1, n_rep=400, more_hours_per_week=10)
    for one in answer.what_if:
        place = ["fast", "slow"].index(one.station)
        changed = [FAST, SLOW]
        more = {"servers": 2} if one.change == "server" else {"hours_per_week": 90}
        changed[place] = replace(changed[place], **cast(Any, more))
        alone = pipeline(changed, 100, 320, seed=1, n_rep=400)
        assert alone.done.value == one.done.value
        assert one.done_change.value == pytest.approx((alone.done.value or 0) - (answer.done.value or 0))
        assert (one.done_change.lower or 0) <= (one.done_change.value or 0) <= (one.done_change.upper or 0)
    texts = [one.text for one in answer.what_if if one.change == "hours"]
    assert texts == ["90 hours a week instead of 80"]


def test_hours_of_a_full_week_and_absent_inspectors_are_not_varied() -> None:
    full = replace(SLOW, hours_per_week=168.0, days_per_week=7)
    kinds = [one.change for one in pipeline([full], 10, 100, seed=1, n_rep=50, more_hours_per_week=8).what_if]
    assert kinds == ["server"]


def test_nothing_helps_where_all_is_done_in_one_go() -> None:
    one = Station(name="hall", time_h=10, servers=5)
    answer = pipeline([one], 3, 10, seed=1, more_hours_per_week=8)
    assert answer.bottleneck_by_what_if is None
    assert answer.what_if[0].done.kind == "exact"


def test_runs_that_are_given_up_have_no_difference_of_days() -> None:
    answer = pipeline([SLOW], 100, 30, seed=1, n_rep=50, presence=THERE, more_hours_per_week=8)
    change = next(one for one in answer.what_if if one.change == "server").median_change_d
    assert change.value is None
    assert "pairs of runs were given up" in change.warnings[0]
