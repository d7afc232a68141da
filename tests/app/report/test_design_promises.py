"""What the figures of a regime's report promise: never more than the ceiling, never other than the terminal."""

from dataclasses import replace
from functools import cache
from math import inf

import pytest

from app.report.design_world import bare_text, full_study
from counterseal.app.report.design_context import Context
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import Study, study_of
from counterseal.app.report.design_sweep import least_regime
from counterseal.design.quota_that_deters import deterring_quota, with_visits
from counterseal.design.regime_power import seen_in_year

HEAD = """\
format: counterseal.effort/1
id: t
title: T
question: Q?
horizon_years: 10
goal_p: GOAL
sites: [{name: s1, title: S}]
strata: [{name: a, site: s1, n_items: 100000}]
tests: [{name: count, detect_p: 0.7, false_alarm_p: 0.0, cost_pd: 1, common_mode_p: COMMON}]
quotas: [{kind: v, per_year: QUOTA}]
visits: [{kind: v, site: s1, fixed_cost_pd: 30, checks: [{stratum: a, with: [count], n_items: DRAWN}]}]
strategies: [{name: st, text: x, parts: [{stratum: a, n_items: 200}], gain: 1, rebuild_stages_d: [3000, 3000]}]
utilities: {loss_low: LOSS, loss_high: 200}
timeliness: {step_d: 7, critical_time_d: 91, period_d: 364}
not_considered: [other]
"""


@cache
def study(*, common: float, drawn: int, quota: int, loss: float = 0.1, goal: float = 0.9) -> Study:
    given = {"COMMON": common, "DRAWN": drawn, "QUOTA": quota, "LOSS": loss, "GOAL": goal}
    text = HEAD
    for name, value in given.items():
        text = text.replace(name, f"{value:g}")
    return study_of(EffortSource(name="t.yaml", text=text), seed=1)


def context(of: Study) -> Context:
    return Context(source=of.source, effort=of.effort, power=of.power, seed=1)


@pytest.mark.parametrize(("drawn", "quota"), [(50_000, 12), (500, 4), (500, 18)])
def test_no_chance_in_any_figure_passes_the_ceiling(drawn: int, quota: int) -> None:
    told = study(common=0.3, drawn=drawn, quota=quota)
    ceiling = told.power.strategies[0].ceiling.value or 0.0
    assert ceiling == pytest.approx(0.7)
    data = {one.name: one.picture for one in told.figures}
    least_unseen = min(data["delay"].curves[0].y)
    seen = [sum(data["race"].curves[0].y), max(data["effort"].worst), 1.0 - least_unseen]
    seen += [chance for curve in data["size"].curves for chance in curve.y]
    results = next(one for one in told.figures if one.name == "race").results["st"]
    assert max(*seen, results["seen_first"]["value"], results["seen_first"]["upper"]) <= ceiling + 1e-9
    assert results["detection_d"][2]["value"] is None
    assert data["race"].warned_by_d == inf
    grid = next(one for one in told.figures if one.name == "race").grid
    assert grid.rows[0][-1] == "never"


@pytest.mark.parametrize("loss", [0.1, 0.5, 2.0])
def test_the_quota_that_deters_is_that_of_the_terminal(loss: float) -> None:
    told = study(common=0.0, drawn=50, quota=333, loss=loss)
    quota = deterring_quota(told.effort.regime, told.effort.strategies, loss=loss).value
    assert quota is not None
    figure = told.figure("deterrence")
    assert figure is not None
    assert f"at {loss:g}, {quota:g} visit" in figure.reading


def test_where_no_quota_deters_that_is_said() -> None:
    figure = study(common=0.3, drawn=500, quota=18).figure("deterrence")
    assert figure is not None
    assert "at 0.1, no number of visits would do" in figure.reading


@pytest.mark.parametrize("goal", [0.1, 0.5, 0.9])
def test_the_visits_that_reach_the_goal_are_the_fewest(goal: float) -> None:
    told = study(common=0.0, drawn=50, quota=66, goal=goal)
    least = least_regime(context(told), goal)
    regime, (strategy,) = told.effort.regime, told.effort.strategies
    fewest = next(
        (number for number in range(166) if seen_in_year(with_visits(regime, number), strategy) >= goal), None
    )
    if fewest is None:
        assert least is None
        return
    assert least == with_visits(regime, fewest)
    figure = told.figure("effort")
    assert figure is not None
    assert f"a year takes {fewest} visit" in figure.reading


def test_a_goal_beyond_all_visits_has_no_number() -> None:
    told = study(common=0.0, drawn=50, quota=66, goal=0.9)
    assert least_regime(context(told), 0.999999) is None


def test_shares_of_the_variance_say_what_inputs_are_taken_as() -> None:
    figure = full_study().figure("tornado")
    assert figure is not None
    said = any("uniform over its range" in one for one in figure.taken_for_granted())
    assert said == bool(figure.results.get("shares"))
    assert said


def test_more_steps_than_can_be_played_leave_the_figure_out_with_the_reason() -> None:
    text = bare_text() + "timeliness: {step_d: 0.5, critical_time_d: 90, period_d: 364}\n"
    told = study_of(EffortSource(name="t.yaml", text=text), seed=1)
    assert "728 steps" in {one.name: one.why for one in told.left_out}["delay"]


def test_what_was_worked_out_a_second_way_is_not_called_published() -> None:
    (second,) = (one for one in full_study().checks if "second way" in one.source)
    assert second.source.startswith("not published")
    assert second.passed
    assert not replace(second, found="0").passed
