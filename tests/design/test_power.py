"""The power of a regime: published figures, ceilings, and a host who picks."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln

from counterseal.design.errors import DesignError
from counterseal.design.exposure import systematic_lots
from counterseal.design.regime import Check, Monitor, Regime, Resolution, Visit
from counterseal.design.regime_power import power, strategy_power
from counterseal.design.states import states
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.items import ItemTest, Stratum
from strategies.efforts import effort


def bases(
    *, test: ItemTest, drawn: int = 1, visits: int = 10, sites: int = 4, items: int = 100, **more: Any
) -> Regime:
    """Like bases, each with its own missiles, one of them visited by lot each time."""
    strata = tuple(Stratum(name=f"s{place}", n_items=items) for place in range(sites))
    given: dict[str, Any] = {
        "strata": strata,
        "site_of": {one.name: f"base-{place}" for place, one in enumerate(strata)},
        "tests": (test,),
        "visits": tuple(
            Visit(
                site=f"base-{place}",
                fixed_cost_pd=30.0,
                max_per_year=visits,
                burden_d=2.0,
                checks=(Check(stratum=one.name, with_=(test.name,), n_items=drawn),),
            )
            for place, one in enumerate(strata)
        ),
        "quota_per_year": {"visit": visits},
        **more,
    }
    return Regime(**given)


def spread(number: int, *, sites: int = 4) -> Strategy:
    each, more = divmod(number, sites)
    parts = tuple(Part(stratum=f"s{place}", n_items=each + (place < more)) for place in range(sites))
    return Strategy(name=f"spread-{number}", parts=parts)


SURE = ItemTest(name="count", detect_p=1.0, cost_pd=0.5)


@pytest.mark.parametrize(("false_items", "year", "ten"), [(20, 0.401, 0.994), (50, 0.737, 1.000)])
def test_one_missile_drawn_at_each_of_ten_visits(false_items: int, year: float, ten: float) -> None:
    told = strategy_power(bases(test=SURE), spread(false_items), horizon_years=10)
    assert round(told.per_year.value or 0, 3) == year
    assert round(told.life.value or 0, 3) == ten
    assert told.per_visit[0][1].value == pytest.approx(false_items / 400)
    concentrated = Strategy(name="one", parts=(Part(stratum="s0", n_items=false_items),))
    assert strategy_power(bases(test=SURE), concentrated, horizon_years=10).per_year.value == pytest.approx(
        told.per_year.value
    )


def test_a_memoryless_quota_is_the_campaign_whose_chance_is_published() -> None:
    """10 sites of 100 items, 18 visits a year, 15 items each, power 0.9, 10 items gone at one site, ten years."""
    regime = bases(test=ItemTest(name="t", detect_p=0.9), drawn=15, visits=18, sites=10, timing="poisson")
    gone = Strategy(name="gone", parts=(Part(stratum="s3", n_items=10),))
    rate_per_y = -math.log1p(-(strategy_power(regime, gone, horizon_years=1).per_year.value or 0))
    from_random_date = 1 + math.expm1(-10 * rate_per_y) / (10 * rate_per_y)
    assert round(from_random_date, 6) == 0.928821


def test_no_effort_passes_a_common_cause_of_failure() -> None:
    broken = ItemTest(name="neutrons", detect_p=0.95, common_mode_p=0.02)
    for visits in (10, 1000):
        told = strategy_power(bases(test=broken, visits=visits, drawn=50), spread(20), horizon_years=50)
        assert told.ceiling.value == pytest.approx(0.98)
        assert (told.life.value or 0) <= 0.98 + 1e-12
    assert told.life.value == pytest.approx(0.98)


def test_an_unknown_power_is_shared_by_all_items_and_visits() -> None:
    learnt = ItemTest(name="t", detect_beta=(4.0, 1.0))
    regime = bases(test=learnt, drawn=25, visits=1, sites=1, items=50)
    ten = Strategy(name="ten", parts=(Part(stratum="s0", n_items=10),))
    told = strategy_power(regime, ten, horizon_years=1)
    assert round(1 - (told.per_year.value or 0), 4) == 0.0132
    plugged = bases(test=ItemTest(name="t", detect_p=0.8), drawn=25, visits=1, sites=1, items=50)
    assert round(1 - (strategy_power(plugged, ten, horizon_years=1).per_year.value or 0), 4) == 0.0039


def test_years_share_an_unknown_power_too() -> None:
    learnt = ItemTest(name="t", detect_beta=(2.0, 3.0))
    regime = bases(test=learnt, drawn=100, visits=1, sites=1, items=100)
    one = Strategy(name="one", parts=(Part(stratum="s0", n_items=1),))
    told = strategy_power(regime, one, horizon_years=3)
    unseen = math.exp(math.lgamma(6) + math.lgamma(5) - math.lgamma(3) - math.lgamma(8))  # E[(1-q)^3]
    assert 1 - (told.life.value or 0) == pytest.approx(unseen, rel=1e-12)


def test_one_lot_a_year_can_do_no_better_than_its_shares_and_no_worse_than_all_alone() -> None:
    regime = bases(test=SURE, drawn=100, visits=3, sites=4, allotment="systematic")
    one = Strategy(name="one", parts=(Part(stratum="s2", n_items=1),))
    assert strategy_power(regime, one, horizon_years=1).per_year.value == pytest.approx(0.75)
    alone = bases(test=SURE, drawn=100, visits=3, sites=4)
    assert strategy_power(alone, one, horizon_years=1).per_year.value == pytest.approx(1 - 0.75**3)


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 3.0), min_size=1, max_size=6))
def test_systematic_lots_keep_every_share(expected: list[float]) -> None:
    lots = list(systematic_lots(tuple(expected)))
    assert math.fsum(chance for chance, _ in lots) == pytest.approx(1.0)
    for place, one in enumerate(expected):
        assert math.fsum(chance * counts[place] for chance, counts in lots) == pytest.approx(one, abs=1e-9)
        assert all(math.floor(one - 1e-9) <= counts[place] <= math.ceil(one + 1e-9) for _, counts in lots)


def test_a_second_look_that_drops_true_alarms_costs_power_and_clears_false_ones() -> None:
    noisy = ItemTest(name="t", detect_p=1.0, false_alarm_p=0.01)
    plain = bases(test=noisy, drawn=10)
    looked = bases(test=noisy, drawn=10, resolution=Resolution(resolved_p=0.9, kept_p=0.5, cost_pd=2.0))
    before, after = (power(one, (spread(20),), horizon_years=1, goal_p=0.5) for one in (plain, looked))
    chance = before.strategies[0].per_visit[0][1].value or 0
    assert after.strategies[0].per_visit[0][1].value == pytest.approx(chance / 2)
    alarms = 10 * (1 - 0.99**10)
    assert before.workload.false_alarms_per_y == pytest.approx(alarms)
    assert after.workload.false_accusations_per_y == pytest.approx(alarms / 10)
    assert after.workload.cost_pd_per_y - before.workload.cost_pd_per_y == pytest.approx(2 * alarms)


def test_a_monitor_sees_the_removal_and_what_goes_on() -> None:
    watch = Monitor(name="portal", sites=("base-0",), detect_p=0.3, rate_per_y=0.2, cost_pd_per_y=50)
    regime = bases(test=SURE, visits=0, monitors=(watch,))
    one = Strategy(name="one", parts=(Part(stratum="s0", n_items=1),))
    told = strategy_power(regime, one, horizon_years=5)
    assert 1 - (told.life.value or 0) == pytest.approx(0.7 * math.exp(-1.0))
    elsewhere = Strategy(name="two", parts=(Part(stratum="s1", n_items=1),))
    unseen = strategy_power(regime, elsewhere, horizon_years=5)
    assert unseen.life.value == 0.0
    assert "nothing in this regime bears on two" in unseen.life.warnings[0]


def test_cost_and_burden_are_what_the_visits_take() -> None:
    told = power(bases(test=SURE, drawn=3), (spread(20),), horizon_years=1, goal_p=0.9).workload
    assert told.cost_pd_per_y == pytest.approx(10 * (30 + 3 * 0.5))
    assert told.burden_d_per_y == pytest.approx(20)
    assert told.items_per_y == pytest.approx(30)
    assert told.within_budget is None


def test_the_worst_strategy_leads_and_the_smallest_seen_is_named() -> None:
    told = power(bases(test=SURE), (spread(50), spread(4), spread(20)), horizon_years=10, goal_p=0.9)
    assert told.worst_year.strategy == "spread-4"
    year = told.smallest[0].year.value or 0
    assert 1 - (1 - year / 400) ** 10 >= 0.9 > 1 - (1 - (year - 1) / 400) ** 10
    assert told.smallest[0].visit[0][1].value is None
    assert "even all 100 items" in told.smallest[0].visit[0][1].warnings[0]


def test_what_was_not_said_is_in_the_assumptions() -> None:
    said = " ".join(strategy_power(bases(test=SURE), spread(4), horizon_years=1).life.assumptions)
    assert "No common cause of failure was stated for count" in said
    assert "The power of count is known exactly" in said
    assert "no second look" in said


def test_an_effort_file_is_all_it_takes() -> None:
    read = effort()
    told = power(read.regime, read.strategies, horizon_years=read.horizon_years, goal_p=read.goal_p)
    assert told.worst_life.strategy in {"spread", "one-base"}
    assert told.document()["workload"]["visits_per_y"] == 12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizon_years": 0}, "horizon_years: 0"),
        ({"goal_p": 1.0}, "goal_p: 1.0"),
        ({"strategies": ()}, "none; a reg"),
    ],
)
def test_a_question_out_of_range_is_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"strategies": (spread(4),), "horizon_years": 1, "goal_p": 0.9, **change}
    strategies = given.pop("strategies")
    with pytest.raises(DesignError, match=message):
        power(bases(test=SURE), strategies, **given)


def test_too_many_common_causes_are_refused_rather_than_left_out() -> None:
    many = [ItemTest(name=f"t{place}", detect_p=0.5, common_mode_p=0.1) for place in range(13)]
    with pytest.raises(DesignError, match="13 techniques with common_mode_p"):
        states(many)
    learnt = [ItemTest(name=f"t{place}", detect_beta=(1.0, 1.0)) for place in range(4)]
    with pytest.raises(DesignError, match="4 techniques with detect_beta"):
        states(learnt)


@pytest.mark.parametrize("beta", [(0.5, 0.5), (1.0, 30.0), (2.0, 3.0)])
def test_an_unknown_power_over_a_long_life_has_its_closed_form(beta: tuple[float, float]) -> None:
    """Two of five items false, all five drawn 100 times a year for 30 years: B(a, b + 6000) / B(a, b) unseen."""
    regime = bases(test=ItemTest(name="t", detect_beta=beta), drawn=5, visits=100, sites=1, items=5)
    two = Strategy(name="two", parts=(Part(stratum="s0", n_items=2),))
    told = strategy_power(regime, two, horizon_years=30).life
    unseen = math.exp(betaln(beta[0], beta[1] + 6000) - betaln(*beta))
    assert 1 - (told.value or 0) == pytest.approx(unseen, abs=max(told.tol, 1e-12))
    assert told.tol < 1e-8
