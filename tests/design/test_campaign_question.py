"""Questions and blocks of campaigns: what is refused, and that blocks may be cut anywhere."""

import math
from dataclasses import replace

import pytest

from counterseal.design.campaigns.blocks import MAX_BLOCK_RUNS, Plan, added, plan_of, run_block
from counterseal.design.campaigns.campaign import Method, campaign
from counterseal.design.campaigns.question import LEVELS, Level, Question, Start
from counterseal.design.errors import DesignError
from counterseal.design.strategy import Strategy
from strategies.campaigns import GONE, SPREAD, like_sites, rich_regime


def plan(level: Level) -> Plan:
    regime = rich_regime(timing="poisson" if level == "law" else "random")
    question = Question(regime=regime, strategy=SPREAD, horizon_d=1000.0, level=level)
    return plan_of(question, seed=9, study="s")


@pytest.mark.parametrize("level", LEVELS)
def test_blocks_may_be_cut_anywhere(level: Level) -> None:
    whole = run_block(plan(level), first=0, runs=600)
    parts = [run_block(plan(level), first=first, runs=runs) for first, runs in ((250, 350), (0, 1), (1, 249))]
    assert added(parts) == whole
    assert run_block(plan(level), first=1, runs=600) != whole


@pytest.mark.parametrize(("first", "runs"), [(-1, 1), (0, 0), (0, MAX_BLOCK_RUNS + 1)])
def test_a_block_of_no_runs_or_too_many_is_refused(first: int, runs: int) -> None:
    with pytest.raises(DesignError, match=f"block of {runs} runs from {first}: must be"):
        run_block(plan("event"), first=first, runs=runs)


def test_no_blocks_have_no_sum() -> None:
    with pytest.raises(DesignError, match="no block, must be at least one"):
        added([])


@pytest.mark.parametrize("horizon_d", [0.0, -1.0, math.nan, math.inf, 1e9])
def test_a_horizon_out_of_range_is_refused(horizon_d: float) -> None:
    with pytest.raises(DesignError, match="horizon_d: "):
        Question(regime=like_sites(), strategy=GONE, horizon_d=horizon_d)


@pytest.mark.parametrize("start", [-1.0, 1000.0, math.nan, "later"])
def test_a_start_outside_the_horizon_is_refused(start: Start) -> None:
    with pytest.raises(DesignError, match="start: "):
        Question(regime=like_sites(), strategy=GONE, horizon_d=1000.0, start=start)


@pytest.mark.parametrize("level", ["atom", ""])
def test_a_level_that_there_is_not_is_refused(level: Level) -> None:
    with pytest.raises(DesignError, match=f"level: '{level}', must be one of event, item, law"):
        Question(regime=like_sites(), strategy=GONE, horizon_d=1.0, level=level)


def test_the_law_needs_visits_without_memory() -> None:
    with pytest.raises(DesignError, match="level 'law' with visits of timing 'random'"):
        Question(regime=like_sites(timing="random"), strategy=GONE, horizon_d=1.0, level="law")


def test_runs_need_a_number_and_a_seed() -> None:
    with pytest.raises(DesignError, match="n_rep: None, must be a whole number"):
        campaign(like_sites(), GONE, 1000.0, "mc", seed=1)
    with pytest.raises(DesignError, match="seed: none given"):
        campaign(like_sites(), GONE, 1000.0, "mc", 10)


@pytest.mark.parametrize(
    ("method", "wanted"), [("guess", "method: 'guess'"), ("exact", "method 'exact': there is no")]
)
def test_a_method_that_cannot_answer_is_refused(method: Method, wanted: str) -> None:
    regime = rich_regime(timing="spaced", allotment="systematic")
    with pytest.raises(DesignError, match=wanted):
        campaign(regime, SPREAD, 1000.0, method)


def test_auto_takes_the_formula_where_there_is_one() -> None:
    by_formula = campaign(like_sites(), GONE, 1000.0)
    assert (by_formula.runs, by_formula.detection.kind) == (0, "exact")
    without = campaign(rich_regime(timing="spaced", allotment="systematic"), SPREAD, 1000.0, "auto", 50, 1)
    assert (without.runs, without.detection.kind, without.exact_detection) == (50, "estimate", None)


def test_what_is_never_seen_has_no_delay() -> None:
    unvisited = replace(like_sites(), quota_per_year={"visit": 0})
    methods: tuple[Method, ...] = ("exact", "mc")
    for method in methods:
        answer = campaign(unvisited, GONE, 1000.0, method, 100, 1)
        assert answer.detection.value == 0.0
        assert answer.delay.value is None
        assert "there is no delay" in answer.delay.warnings[0]
        assert answer.errors_apart is None


def test_an_answer_says_when_it_begins_and_what_a_choosing_host_could_do() -> None:
    watching = Strategy(name="w", parts=GONE.parts, start="watching")
    said = campaign(like_sites(), watching, 1000.0).detection.assumptions
    assert any("begins at a random date" in one for one in said)
    assert any("picks its date" in one for one in said)
    assert any("without memory" in one for one in said)


def test_an_answer_is_json_and_has_its_seed() -> None:
    answer = campaign(like_sites(), GONE, 1000.0, "mc", 100, 77).document()
    assert answer["detection"]["seed"] == 77
    assert answer["detection"]["n_rep"] == 100
    assert len(answer["by_delay"]) == 16
