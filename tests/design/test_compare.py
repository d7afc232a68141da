"""Effort files side by side."""

import json
import math

import pytest

from counterseal.design.comparison import Comparison, compare
from counterseal.design.cost_of_goal import goal_cost
from counterseal.design.effort import Effort
from counterseal.design.errors import DesignError
from counterseal.design.regime_power import power
from strategies.efforts import QUOTA, effort

PLAN = QUOTA[QUOTA.index("plan:\n") : QUOTA.index("completeness:")]
REDUCE = effort(("horizon_years: 10", "horizon_years: 10\ncontext: reduce-and-limit"))
ZERO = effort(
    ("id: lake-quota", "id: lake-zero"),
    ("horizon_years: 10", "horizon_years: 10\ncontext: maintain-zero"),
    ("per_year: 2}", "per_year: 4}"),
    ("detect_p: 0.2, rate_per_y", "detect_p: 0.5, rate_per_y"),
    ("goal_p: 0.9\n", "goal_p: 0.95\n"),
)


@pytest.fixture(scope="module")
def told() -> Comparison:
    return compare((REDUCE, ZERO))


def test_inputs_that_differ_are_named_with_both_values(told: Comparison) -> None:
    assert {one.input: one.values for one in told.differences} == {
        "context": ("reduce-and-limit", "maintain-zero"),
        "goal_p": ("0.9", "0.95"),
        "quotas.type-two.per_year": ("2", "4"),
        "monitors.portal.detect_p": ("0.2", "0.5"),
    }


def test_the_same_number_written_otherwise_is_no_difference() -> None:
    same = effort(("id: lake-quota", "id: again"), ("goal_p: 0.9\n", "goal_p: 0.90\n"))
    assert compare((effort(), same)).differences == ()


def test_figures_are_those_of_each_file_alone(told: Comparison) -> None:
    for place, one in enumerate((REDUCE, ZERO)):
        alone = power(one.regime, one.strategies, horizon_years=one.horizon_years, goal_p=one.goal_p)
        for row, life in zip(told.year, told.life, strict=True):
            entry = next(each for each in alone.strategies if each.strategy == row.name)
            assert row.values[place] == entry.per_year.value
            assert life.values[place] == entry.life.value
        loads = {row.name: row.values[place] for row in told.workload}
        assert loads["cost_pd_per_y"] == alone.workload.cost_pd_per_y
        assert loads["false_alarms_per_y"] == alone.workload.false_alarms_per_y
        assert told.worst[place] == (alone.worst_life.strategy, alone.worst_life.life.value)
        assert told.worst_year[place] == (alone.worst_year.strategy, alone.worst_year.per_year.value)


def test_each_stage_says_what_it_demands(told: Comparison) -> None:
    assert told.contexts == ("reduce-and-limit", "maintain-zero")
    assert told.treaty == "new-start"
    assert told.demands[0].startswith("reduce-and-limit: ")
    assert "over 10 years, which reaches the goal of 95 %" in told.demands[1]


def test_each_stage_says_what_reaching_its_goal_would_take(told: Comparison) -> None:
    for one, cost, said in zip((REDUCE, ZERO), told.goal_costs, told.demands, strict=True):
        alone = goal_cost(one)
        assert cost is not None
        assert cost.value == alone.value
        assert (f"takes {alone.value:.5g} person-days" if alone.value else alone.warnings[0]) in said
    assert compare((effort((PLAN, "")), REDUCE), names=("a", "b")).goal_costs[0] is None
    assert told.warnings == ()
    assert json.loads(json.dumps(told.document()))["ids"] == ["lake-quota", "lake-zero"]


def test_each_demand_shows_the_worst_of_a_year_and_of_the_life(told: Comparison) -> None:
    for said, (year, seen_p), (life, _) in zip(told.demands, told.worst_year, told.worst, strict=True):
        assert f"{year}, seen with {100 * seen_p:.2f} % in a year" in said
        assert "in a year, which does not reach the goal" in said
        assert f"and {life}, seen with" in said


def test_drafts_of_one_id_are_called_by_other_names() -> None:
    told = compare((effort(), effort(("goal_p: 0.9\n", "goal_p: 0.8\n"))), names=("a.yaml", "b.yaml"))
    assert told.names == ("a.yaml", "b.yaml")
    assert told.ids == ("lake-quota", "lake-quota")
    assert [one.split(":")[0] for one in told.demands] == ["a.yaml", "b.yaml"]
    document = told.document()
    assert document["names"] == ["a.yaml", "b.yaml"]
    assert document["titles"] == [effort().title] * 2


def test_stages_that_are_the_same_do_not_name_drafts() -> None:
    other = effort(
        ("id: lake-quota", "id: other"), ("horizon_years: 10", "horizon_years: 10\ncontext: reduce-and-limit")
    )
    assert [one.split(":")[0] for one in compare((REDUCE, other)).demands] == ["lake-quota", "other"]


def test_what_makes_a_comparison_lame_is_said() -> None:
    other = effort(
        ("id: lake-quota", "id: other"),
        ("horizon_years: 10", "horizon_years: 5"),
        ("treaty: {pack: new-start, on: 2015-03-01}\n", ""),
        ("from_treaty: type-one", "per_year: 10"),
        ("{name: spread, parts: [{stratum: missiles-1, n_items: 10}", "{name: spread, parts: [{stratum: missiles-1, n_items: 9}"),
        ("{name: one-base,", "{name: one-place,"),
        ("{strategy: one-base, weight", "{strategy: one-place, weight"),
    )  # fmt: skip
    told = compare((effort(), other))
    said = " | ".join(told.warnings)
    assert "the lives differ (10, 5 years)" in said
    assert "not held against every file: one-base, one-place" in said
    assert "the same name, not the same strategy: spread" in said
    assert "do not name one treaty" in said
    assert told.treaty is None
    assert next(row for row in told.life if row.name == "one-place").values[0] is None


@pytest.mark.parametrize(
    ("efforts", "message"),
    [((effort(),), "1 effort file, must be two at least"), ((effort(), effort()), "must differ")],
)
def test_what_cannot_be_compared_is_refused(efforts: tuple[Effort, ...], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        compare(efforts)


def test_names_must_be_as_many_as_files_and_differ() -> None:
    for names in (("a", "a"), ("a", "a", "b"), ("a",)):
        with pytest.raises(DesignError, match=r"2 effort files called a.*; must differ, one name each"):
            compare((REDUCE, ZERO), names=names)


def test_a_chance_just_below_the_goal_is_not_rounded_up_to_it() -> None:
    year = compare((REDUCE, ZERO)).worst_year[0][1]
    goal = math.ceil(year * 1e6) / 1e6
    close = effort(("id: lake-quota", "id: close"), ("goal_p: 0.9\n", f"goal_p: {goal:.6f}\n"))
    (_, said) = compare((REDUCE, close)).demands
    shown = said.split("seen with ")[1].split(" %")[0]
    assert "in a year, which does not reach" in said
    assert float(shown) < 100 * goal
