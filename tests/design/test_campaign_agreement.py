"""Campaigns: event by event, item by item, by the law and by the formula they give one answer."""

import math

import pytest

from counterseal.design.campaigns.answer import Campaign
from counterseal.design.campaigns.campaign import campaign
from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import YEAR_D, Level, Question, Start
from counterseal.design.regime import Allotment, Regime, Timing
from counterseal.design.regime_power import strategy_power
from counterseal.design.strategy import Strategy
from counterseal.design.workload import workload
from strategies.campaigns import GONE, SPREAD, like_sites, rich_regime

TEN_YEARS_D = 10 * YEAR_D


def played(
    regime: Regime,
    strategy: Strategy,
    level: Level,
    n_rep: int,
    *,
    start: Start = "random",
    years: float = 10.0,
) -> Campaign:
    return campaign(regime, strategy, years * YEAR_D, "mc", n_rep, 20, start=start, level=level)


def delay_errors_apart(answer: Campaign) -> float:
    assert answer.delay.value is not None
    assert answer.delay.upper is not None
    assert answer.exact_delay is not None
    assert answer.exact_delay.value is not None
    error_d = (answer.delay.upper - answer.delay.value - 0.5 / 24) / 1.959964
    return (answer.delay.value - answer.exact_delay.value) / error_d


def test_the_published_campaign_exactly() -> None:
    known = exact(Question(regime=like_sites(), strategy=GONE, horizon_d=TEN_YEARS_D))
    assert known is not None
    assert known.mean_delay_d is not None
    assert f"{known.detection_p:.6f}" == "0.928821"
    assert f"{known.mean_delay_d / YEAR_D:.5f}" == "0.65725"


@pytest.mark.parametrize(("level", "runs"), [("law", 1_000_000), ("event", 1_000_000), ("item", 30_000)])
def test_the_published_campaign_by_each_engine(level: Level, runs: int) -> None:
    answer = played(like_sites(), GONE, level, runs)
    assert answer.errors_apart is not None
    assert abs(answer.errors_apart) < 4.0
    assert abs(delay_errors_apart(answer)) < 4.0


@pytest.mark.parametrize("start", ["random", "first", 200.0])
@pytest.mark.parametrize("years", [2.7, pytest.param(4.0, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("timing", "allotment"),
    [
        ("random", "independent"),
        ("random", "systematic"),
        ("spaced", "independent"),
        ("poisson", "independent"),
    ],
)
@pytest.mark.parametrize(("level", "runs"), [("event", 30_000), ("item", 3_000)])
def test_every_timing_agrees_with_its_formula(
    timing: Timing, allotment: Allotment, start: Start, years: float, level: Level, runs: int
) -> None:
    regime = rich_regime(timing=timing, allotment=allotment)
    answer = played(regime, SPREAD, level, runs, start=start, years=years)
    assert answer.errors_apart is not None
    assert abs(answer.errors_apart) < 4.0
    assert abs(delay_errors_apart(answer)) < 4.0
    for _, found, exactly in answer.by_delay:
        assert exactly is not None
        assert abs(found - exactly) < 4.0 * math.sqrt(max(exactly * (1.0 - exactly), 1e-6) / runs)


@pytest.mark.parametrize("level", ["event", "item"])
def test_spaced_visits_spread_by_one_lot_have_no_formula_but_both_engines_agree(level: Level) -> None:
    regime = rich_regime(timing="spaced", allotment="systematic")
    answer = played(regime, SPREAD, level, 10_000, years=2.7)
    assert answer.exact_detection is None
    assert answer.detection.value is not None
    other = played(regime, SPREAD, "event", 100_000, years=2.7).detection.value
    assert other is not None
    assert abs(answer.detection.value - other) < 4.0 * math.sqrt(other * (1.0 - other) / 10_000)


@pytest.mark.parametrize(
    ("timing", "allotment"),
    [
        ("random", "independent"),
        ("random", "systematic"),
        ("spaced", "independent"),
        ("poisson", "independent"),
    ],
)
def test_begun_on_the_first_day_it_is_the_power_over_the_life(timing: Timing, allotment: Allotment) -> None:
    regime = rich_regime(timing=timing, allotment=allotment)
    known = exact(Question(regime=regime, strategy=SPREAD, horizon_d=3 * YEAR_D, start="first"))
    assert known is not None
    life = strategy_power(regime, SPREAD, horizon_years=3).life.value
    assert known.detection_p == pytest.approx(life, rel=1e-9)


@pytest.mark.parametrize("level", ["event", "item", "law"])
@pytest.mark.parametrize("allotment", ["independent", "systematic"])
def test_false_alarms_and_cost_are_those_of_the_workload(level: Level, allotment: Allotment) -> None:
    regime = rich_regime(timing="poisson" if level == "law" else "random", allotment=allotment)
    answer = played(regime, SPREAD, level, 10_000, years=3.0)
    expected = workload(regime)
    alarms = answer.false_alarms
    assert alarms.value is not None
    assert alarms.upper is not None
    error = (alarms.upper - alarms.value) / 1.959964
    assert abs(alarms.value - 3.0 * expected.false_alarms_per_y) < 4.0 * error
    assert answer.cost.value == pytest.approx(3.0 * expected.cost_pd_per_y)
    if level == "item":
        resolving = 3.0 * expected.false_alarms_per_y  # one person-day each; visits alone are played
        assert answer.cost_played_pd == pytest.approx(3.0 * expected.cost_pd_per_y - resolving, rel=0.01)


def test_the_exact_chance_grows_with_the_delay_up_to_the_horizon() -> None:
    regime, delays = rich_regime(timing="random"), tuple(10.0 * step for step in range(80))
    known = exact(Question(regime=regime, strategy=SPREAD, horizon_d=790.0), delays_d=delays)
    assert known is not None
    chances = [chance for _, chance in known.by_delay]
    assert chances == sorted(chances)
    assert chances[-1] == pytest.approx(known.detection_p, rel=1e-9)
    mean = sum((1.0 - one / chances[-1]) * 10.0 for one in chances[:-1]) - 5.0 * (
        1.0 - chances[0] / chances[-1]
    )
    assert known.mean_delay_d == pytest.approx(mean, rel=2e-3)  # the mean is the area above the curve


def test_many_visits_that_always_see_leave_no_delay() -> None:
    regime = like_sites(timing="random", visits=4000)
    strategy = Strategy(
        name="all", parts=tuple(type(GONE.parts[0])(stratum=f"site-{i}", n_items=100) for i in range(10))
    )
    known = exact(Question(regime=regime, strategy=strategy, horizon_d=TEN_YEARS_D, start="first"))
    assert known is not None
    assert known.detection_p == 1.0
    assert known.delay_sum_d == pytest.approx(YEAR_D / 4001, rel=1e-9)


@pytest.mark.soak
@pytest.mark.parametrize("start", ["random", "first"])
@pytest.mark.parametrize(
    ("timing", "allotment"),
    [
        ("random", "independent"),
        ("random", "systematic"),
        ("spaced", "independent"),
        ("poisson", "independent"),
    ],
)
@pytest.mark.parametrize(("level", "runs"), [("event", 1_000_000), ("item", 100_000)])
def test_a_million_runs_agree_with_the_formula(
    timing: Timing, allotment: Allotment, start: Start, level: Level, runs: int
) -> None:
    answer = played(
        rich_regime(timing=timing, allotment=allotment), SPREAD, level, runs, start=start, years=3.3
    )
    assert answer.errors_apart is not None
    assert abs(answer.errors_apart) < 4.0
    assert abs(delay_errors_apart(answer)) < 4.0
