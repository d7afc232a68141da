"""The best plan of three sites against all plans tried; what limits, priors and small budgets do."""

import json
import math
from typing import Any

import numpy as np
import pytest

from counterseal.design.best_plan import Objective, design
from counterseal.design.errors import DesignError
from counterseal.design.placements import Placements
from counterseal.design.plan_limits import Limit
from counterseal.design.plan_options import RegimeOptions
from counterseal.design.regime_power import power
from counterseal.errors import RefusedInputError
from counterseal.stats.items import ItemTest
from strategies.efforts import QUOTA, effort
from strategies.plans import BUDGETS_PD, STRATEGIES, placed, plans, sites, unseen

COMMON = ItemTest(
    name="t", detect_p=0.8, false_alarm_p=0.001, cost_pd=0.3, released_bits=1.0, common_mode_p=0.02
)


@pytest.mark.parametrize("test", [None, COMMON])
def test_three_sites_at_six_budgets_are_the_best_of_all_plans_tried(test: ItemTest | None) -> None:
    options = sites(visits=(0, 1), test=test)
    tried = [(load.cost_pd_per_y, max(unseen(regime, STRATEGIES))) for _, regime, load in plans(options)]
    for budget_pd in BUDGETS_PD:
        best = min(chance for cost_pd, chance in tried if cost_pd <= budget_pd + 1e-9)
        found = design(options, STRATEGIES, budget_pd, mixed=False)
        assert found.certificate.seen.value == pytest.approx(1 - best, abs=1e-9), budget_pd
        assert found.certificate.proven
        assert (found.certificate.seen.upper or 0) >= 1 - best - 1e-12
        assert (found.certificate.bound_by_prices or 0) >= 1 - best - 1e-9
        assert found.workload.cost_pd_per_y <= budget_pd + 1e-9


def test_the_figures_are_those_of_power_on_the_regime_that_the_plan_stands_for() -> None:
    found = design(sites(), STRATEGIES, 40.0, mixed=False)
    told = power(found.regime, STRATEGIES, horizon_years=1, goal_p=0.5)
    assert [result.value for _, result in found.strategies] == [one.per_year.value for one in told.strategies]
    assert found.worst.value == told.worst_year.per_year.value == found.certificate.seen.value
    assert found.workload == told.workload
    assert sum(one.cost_pd_per_y for one in found.plan) == pytest.approx(told.workload.cost_pd_per_y)


def test_a_prior_that_leaves_a_site_unvisited_is_shown_with_its_worst_case() -> None:
    options = sites(visits=(0, 1))
    prior = (("first", 1.0), ("second", 1.0))
    strategies = (*STRATEGIES[:2], placed("third", s2=2))
    found = design(options, strategies, 20.0, "prior", prior=prior)
    tried = [
        sum(unseen(regime, strategies[:2])) / 2
        for _, regime, load in plans(options)
        if load.cost_pd_per_y <= 20.0
    ]
    assert found.certificate.seen.value == pytest.approx(1 - min(tried), abs=1e-6)
    assert found.worst.value == 0.0
    assert any(one.startswith("worst case 0: nothing in this plan bears on third") for one in found.warnings)
    careful = design(options, strategies, 20.0)
    assert (careful.worst.value or 0) > 0.0


def test_lex_is_as_good_in_the_worst_case_and_better_beside() -> None:
    options, prior = sites(), tuple((one.name, 1.0) for one in STRATEGIES)
    for budget_pd in BUDGETS_PD[1:4]:
        worst = design(options, STRATEGIES, budget_pd, mixed=False)
        lex = design(options, STRATEGIES, budget_pd, "lex", prior=prior, mixed=False)
        assert lex.worst.value == pytest.approx(worst.worst.value or 0.0, abs=1e-6)
        sums = [sum(result.value or 0.0 for _, result in one.strategies) for one in (worst, lex)]
        assert sums[1] >= sums[0] - 1e-6
        assert lex.certificate.seen.value == pytest.approx(worst.certificate.seen.value or 0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("figure", "share"), [("burden_d_per_y", 0.6), ("released_bits_per_y", 0.5), ("intrusiveness_per_y", 0.6)]
)
def test_a_further_limit_binds(figure: str, share: float) -> None:
    options = sites()
    free = design(options, STRATEGIES, 60.0, mixed=False)
    most = share * getattr(free.workload, figure)
    bound = design(options, STRATEGIES, 60.0, extra_limits={figure: most}, mixed=False)
    assert getattr(bound.workload, figure) <= most + 1e-9
    assert (bound.worst.value or 0) < (free.worst.value or 0)
    tried = [
        max(unseen(regime, STRATEGIES))
        for _, regime, load in plans(options)
        if load.cost_pd_per_y <= 60.0 and getattr(load, figure) <= most
    ]
    assert bound.worst.value == pytest.approx(1 - min(tried), abs=1e-6)


def test_visits_at_least_and_the_quota_bind() -> None:
    least = Limit(figure="visits_per_y", least=2.0, sites=("x1",))
    found = design(sites(), STRATEGIES, 40.0, extra_limits=(least,), mixed=False)
    assert found.plan[1].visits == 2
    few = design(sites(visits=(0, 1, 2), quota=2), STRATEGIES, 500.0, mixed=False)
    assert few.workload.visits_per_y <= 2


@pytest.mark.parametrize("mixed", [True, False])
def test_a_budget_that_buys_nothing_is_said(mixed: bool) -> None:
    found = design(sites(), STRATEGIES, 1.0, mixed=mixed)
    assert {one.option for one in found.plan} == {"nothing"}
    assert found.worst.value == 0.0
    assert any("buys nothing that may be chosen; the least costs 3.4" in one for one in found.warnings)


def test_what_costs_more_than_the_budget_before_anything_is_chosen_is_refused() -> None:
    with pytest.raises(DesignError, match="budget: 10 a year, and what is there whatever is chosen takes 40"):
        design(effort(), budget_pd=10.0)


def test_prices_say_what_a_person_day_is_worth_and_where() -> None:
    found = design(sites(), STRATEGIES, 25.0)
    assert found.duals is not None
    assert found.duals.seen_per_pd > 0.0
    assert math.fsum(weight for _, weight in found.duals.host) == pytest.approx(1.0)
    assert found.duals.where[0].seen_per_pd == max(one.seen_per_pd for one in found.duals.where)
    step = found.duals.next_step
    assert step is not None
    assert step.cost_pd is not None
    assert step.cost_pd > 25.0
    better = design(sites(), STRATEGIES, step.cost_pd + 1e-9, mixed=False)
    assert (better.worst.value or 0) >= (found.worst.value or 0) + 0.01 - 1e-9
    almost = design(sites(), STRATEGIES, step.cost_pd - 1e-6, mixed=False)
    assert (almost.worst.value or 0) < (found.worst.value or 0) + 0.01


def test_more_budget_than_everything_costs_is_worth_nothing() -> None:
    found = design(sites(), STRATEGIES, 5000.0)
    assert found.duals is not None
    assert found.duals.seen_per_pd == 0.0
    assert found.duals.next_step is not None
    assert found.duals.next_step.cost_pd is None


def test_a_strategy_that_nothing_helps_against_is_shown_and_does_not_spoil_the_plan() -> None:
    options = sites(sizes=(60, 200, 25, 30), fixed_pd=(4.0, 9.0, 2.5, 1.0))
    three = RegimeOptions(regime=options.regime, places=options.places[:3])
    found = design(three, (*STRATEGIES, placed("elsewhere", s3=5)), 40.0, mixed=False)
    assert found.worst.value == 0.0
    assert found.certificate.seen.value == pytest.approx(design(sites(), STRATEGIES, 40.0).worst.value or 0.0)
    assert "elsewhere" not in found.certificate.covers[0]
    assert found.warnings[0].startswith("nothing that may be chosen bears on elsewhere")
    with pytest.raises(DesignError, match="no option at any place bears on any strategy"):
        design(three, (placed("elsewhere", s3=5),), 40.0)


@pytest.mark.parametrize("budget_pd", [15.0, 40.0])
def test_a_plan_spends_nothing_that_does_not_help(budget_pd: float) -> None:
    found = design(sites(), (STRATEGIES[0],), budget_pd, mixed=False)
    assert [one.option for one in found.plan[1:]] == ["nothing", "nothing"]


def _random_host(runs: int) -> None:
    """Placements by lot, even and lopsided ones: none beats the certificate."""
    sizes, fixed_pd = (60, 200, 25, 120, 40, 90), (4.0, 9.0, 2.5, 6.0, 3.0, 5.0)
    options = sites(sizes=sizes, fixed_pd=fixed_pd, test=COMMON)
    family = Placements(name="any", strata=tuple(f"s{place}" for place in range(6)), n_items=8)
    found = design(options, (), 70.0, placements=(family,), mixed=False)
    assert found.certificate.proven
    random = np.random.Generator(np.random.Philox(11))
    evenness = random.choice([0.1, 1.0, 10.0], runs)
    drawn = {tuple(random.multinomial(8, random.dirichlet(np.full(6, one))).tolist()) for one in evenness}
    chances = unseen(found.regime, tuple(family.strategy(one) for one in sorted(drawn)))
    assert 1 - max(chances) >= (found.certificate.seen.value or 0) - 1e-9


def test_a_host_that_searches_by_lot_never_beats_the_certificate() -> None:
    _random_host(1_000)


@pytest.mark.soak
def test_a_host_that_searches_by_lot_for_long_never_beats_the_certificate() -> None:
    _random_host(100_000)


def test_an_effort_file_is_all_that_a_plan_takes_and_json_can_hold_it() -> None:
    objectives: tuple[Objective, ...] = ("worst", "prior", "lex")
    for objective in objectives:
        found = design(effort(), objective=objective)
        document = json.loads(json.dumps(found.document()))
        assert document["objective"] == objective
        assert document["workload"]["cost_pd_per_y"] <= 400.0
    assert any("type-one to base-2: not made" in one for one in found.warnings)
    assert len(found.inputs_digest) == 64


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"objective": "best"}, "objective 'best': must be one of worst, prior, lex"),
        ({"strategies": ()}, "a plan against no strategies"),
        ({"strategies": (STRATEGIES[0], STRATEGIES[0])}, "'first': given twice to a plan"),
        ({"strategies": None}, "strategies and budget_pd must be given"),
        ({"objective": "prior"}, "objective prior: no weight above 0"),
        ({"prior": (("fourth", 1.0),)}, "prior of 'fourth': no such strategy"),
        ({"budget_pd": math.nan}, "budget_pd: nan, must be a finite number"),
        ({"step_p": 2.0}, "step_p: 2.0"),
        (
            {"objective": "lex", "placements": (Placements(name="any", strata=("s0",), n_items=1),)},
            "objective lex: placements have no prior",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"strategies": STRATEGIES, "budget_pd": 40.0, **change}
    with pytest.raises(RefusedInputError, match=message):
        design(sites(), **given)


def test_an_effort_file_without_a_plan_is_refused() -> None:
    section = QUOTA[QUOTA.index("plan:\n") : QUOTA.index("sensitivity:")]
    with pytest.raises(DesignError, match="lake-quota: has no section 'plan'"):
        design(effort((section, "")))
