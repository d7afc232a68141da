"""The sequential test of a share: exact chances against brute force, runs, and its own definition."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats.errors import StatsError
from counterseal.stats.sequential import Decision, SequentialPlan, sprt


def by_all_courses(plan: SequentialPlan, p: float) -> tuple[float, float, float]:
    """Return chances of accept and reject and the mean number of items, from every course of events."""
    accept = reject = number = 0.0
    for course in itertools.product((False, True), repeat=plan.truncate_at):
        chance = math.prod(p if shown else 1 - p for shown in course)
        end = plan.decide(course)
        accept += chance * (end.outcome == "accept")
        reject += chance * (end.outcome == "reject")
        number += chance * end.items
    return accept, reject, number


@pytest.mark.parametrize("p", [0.0, 0.03, 0.2, 0.5, 0.9, 1.0])
def test_it_is_what_all_courses_of_events_give(p: float) -> None:
    plan = sprt(0.1, 0.4, 0.1, 0.15, truncate_at=13)
    accept, reject, number = by_all_courses(plan, p)
    point = plan.operating_point(p)
    assert point.accept.value == pytest.approx(accept, abs=1e-13)
    assert point.reject.value == pytest.approx(reject, abs=1e-13)
    assert point.expected_number.value == pytest.approx(number, rel=1e-13)


@settings(max_examples=60, deadline=None)
@given(
    p0=st.floats(0.001, 0.4),
    more=st.floats(0.1, 0.5),
    alpha=st.floats(0.01, 0.3),
    beta=st.floats(0.01, 0.3),
    p=st.floats(0, 1),
)
def test_chances_add_up_and_errors_stay_near_what_is_aimed_at(
    p0: float, more: float, alpha: float, beta: float, p: float
) -> None:
    plan = sprt(p0, p0 + more, alpha, beta)
    point = plan.operating_point(p)
    assert (point.accept.value or 0.0) + (point.reject.value or 0.0) == pytest.approx(1.0, abs=1e-11)
    stopped = [sum(ends[1:]) for ends in point.stopping]
    assert math.fsum(stopped) == pytest.approx(1.0, abs=1e-11)
    mean = math.fsum(n * chance for (n, _, _), chance in zip(point.stopping, stopped, strict=True))
    assert point.expected_number.value == pytest.approx(mean, rel=1e-11)
    assert 1 <= mean <= plan.truncate_at
    # Wald: of the untruncated test, alpha' <= alpha / (1 - beta), beta' <= beta / (1 - alpha); the cut-off adds little
    late = sum(
        sum(ends[1:]) for ends in plan.operating_point(plan.p0).stopping if ends[0] == plan.truncate_at
    )
    assert (plan.false_alarm.value or 0.0) <= alpha / (1 - beta) + late
    late = sum(
        sum(ends[1:]) for ends in plan.operating_point(plan.p1).stopping if ends[0] == plan.truncate_at
    )
    assert (plan.miss.value or 0.0) <= beta / (1 - alpha) + late


def test_it_accepts_less_often_the_more_is_false() -> None:
    plan = sprt(0.02, 0.1, 0.05, 0.05)
    accepted = [plan.operating_point(p).accept.value for p in np.linspace(0, 1, 41)]
    assert accepted == sorted(accepted, key=lambda chance: -(chance or 0.0))


@pytest.mark.parametrize("p", [0.01, 0.04, 0.10])
def test_a_million_runs_agree(p: float) -> None:
    plan = sprt(0.01, 0.10, 0.05, 0.10)
    runs = 1_000_000 if p == 0.04 else 200_000
    generator = np.random.default_rng(20)
    undecided, false_items = np.ones(runs, dtype=bool), np.zeros(runs, dtype=np.int64)
    accepted, number = np.zeros(runs, dtype=bool), np.zeros(runs, dtype=np.int64)
    for item, low, high in plan.path():
        rows = np.flatnonzero(undecided)
        false_items[rows] += generator.random(rows.size) < p
        ends = (false_items[rows] <= low) | (false_items[rows] >= high)
        accepted[rows] |= false_items[rows] <= low
        number[rows[ends]] = item
        undecided[rows[ends]] = False
    point = plan.operating_point(p)
    share = accepted.mean()
    assert abs(share - (point.accept.value or 0.0)) < 4 * math.sqrt(share * (1 - share) / runs)
    mean = point.expected_number.value or 0.0
    assert abs(number.mean() - mean) < 4 * number.std() / math.sqrt(runs)


def test_limits_are_those_of_the_likelihoods() -> None:
    plan = sprt(0.05, 0.3, 0.02, 0.08)
    for item, low, high in plan.path()[:-1]:
        assert plan.bounds(item) == (low, high)
        for false_items in range(item + 1):
            ln_ratio = false_items * math.log(0.3 / 0.05) + (item - false_items) * math.log(0.7 / 0.95)
            assert (false_items <= low) == (ln_ratio <= math.log(0.08 / 0.98))
            assert (false_items >= high) == (ln_ratio >= math.log(0.92 / 0.02))
    item, low, high = plan.path()[-1]
    assert (item, high) == (plan.truncate_at, low + 1)


def test_a_course_is_decided_where_the_limits_say() -> None:
    plan = sprt(0.01, 0.10, 0.05, 0.10)
    assert plan.decide([False] * 100) == Decision(outcome="accept", items=24, false_items=0)
    assert plan.decide([True] * 9) == Decision(outcome="reject", items=2, false_items=2)
    assert plan.decide([False] * 5 + [True]) == Decision(outcome="go on", items=6, false_items=1)
    assert plan.decide([]).document() == {"outcome": "go on", "items": 0, "false_items": 0}


def test_quantiles_of_the_number_of_items() -> None:
    point = sprt(0.01, 0.10, 0.05, 0.10).operating_point(0.0)
    assert [point.quantile(chance) for chance in (0.01, 0.5, 1.0)] == [24, 24, 24]
    point = sprt(0.01, 0.10, 0.05, 0.10).operating_point(0.04)
    reached = 0.0
    for items, accept, reject in point.stopping:
        reached += accept + reject
        if reached > 1e-3:
            assert point.quantile(reached - 1e-6) <= items
            assert point.quantile(min(reached + 1e-6, 1.0)) >= items
    for chance in (0.0, 1.1):
        with pytest.raises(StatsError, match="quantile of the number of items"):
            point.quantile(chance)


def test_a_chance_of_next_to_nothing_keeps_its_logarithm() -> None:
    plan = sprt(1e-4, 2e-3, 1e-6, 1e-6)
    accept = plan.operating_point(0.9).accept
    items = plan.clean_items_to_stop
    assert accept.value == 0.0
    assert "use its logarithm" in accept.warnings[0]
    assert plan.operating_point(0.5).reject.warnings == ()
    # a course with a false item needs some hundred clean ones more: nothing beside the clean one
    assert accept.ln_value == pytest.approx(items * math.log(0.1), rel=1e-9)
    tiny = sprt(0.01, 0.1, 0.05, 0.1).operating_point(1 - 1e-13).accept
    assert tiny.ln_value == pytest.approx(24 * math.log(1e-13), rel=1e-3)
    assert tiny.value == pytest.approx(math.exp(tiny.ln_value or 0.0))


def test_the_longest_plans_work() -> None:
    plan = sprt(0.001, 0.002, 0.05, 0.1)
    assert plan.fixed_items == 12375
    mean = plan.operating_point(0.001).expected_number.value or 0.0
    assert 1000 < mean < plan.fixed_items


def test_its_document_says_what_became_of_the_errors() -> None:
    plan = sprt(0.01, 0.10, 0.05, 0.10)
    document = plan.document()
    assert document["clean_items_to_stop"] == 24
    assert document["false_alarm"]["value"] == plan.operating_point(0.01).reject.value
    assert document["miss"]["value"] == plan.operating_point(0.10).accept.value
    assert any("156 items" in sentence for sentence in document["assumptions"])
    assert plan.operating_point(0.2).document()["stopping"][0][0] == 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((0.0, 0.1, 0.05, 0.1), "sequential test, p0: 0.0, must be above 0"),
        (("0.01", 0.1, 0.05, 0.1), "sequential test, p0: '0.01', must be a number"),
        ((0.01, 1.0, 0.05, 0.1), "sequential test, p1: 1.0"),
        ((0.01, 0.1, math.nan, 0.1), "sequential test, alpha: nan"),
        ((0.01, 0.1, 0.05, 0.0), "sequential test, beta: 0.0"),
        ((0.1, 0.1, 0.05, 0.1), "p0 must be below p1"),
        ((0.01, 0.1, 0.5, 0.5), "together they must be below 1"),
        ((0.01, 0.01001, 0.05, 0.1), "too close to be told apart with 1000000 items"),
    ],
)
def test_refused(asked: Any, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        sprt(*asked)


def test_refused_numbers_of_items_and_shares() -> None:
    with pytest.raises(StatsError, match="sequential test, truncate_at: 0"):
        sprt(0.01, 0.1, 0.05, 0.1, truncate_at=0)
    plan = sprt(0.01, 0.1, 0.05, 0.1)
    with pytest.raises(StatsError, match="sequential test, items: 157"):
        plan.bounds(157)
    with pytest.raises(StatsError, match=r"sequential test, p: 1\.5"):
        plan.operating_point(1.5)
