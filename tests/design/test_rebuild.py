"""Rebuilding and its race with detection: the closed form, simulation, and limits."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import Question
from counterseal.design.exposure import Exposure
from counterseal.design.race_over_states import Hazard, Hazards, hazards, race_over_states
from counterseal.design.rebuilding import race, rebuild
from counterseal.design.regime import Allotment, Timing
from counterseal.design.regime_power import strategy_power
from counterseal.errors import RefusedInputError
from strategies.efforts import effort


def test_the_published_race() -> None:
    told = race(rebuild([6, 12, 18]), 0.25 * 0.6)
    assert round(told.seen_first.value or 0, 3) == 0.949


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(1.0, 100.0), min_size=1, max_size=5), st.floats(0.001, 1.0))
def test_exponential_stages_have_the_product_form(stages_d: list[float], hazard_per_d: float) -> None:
    product = math.prod(1 / (1 + hazard_per_d * stage_d) for stage_d in stages_d)
    assert race(rebuild(stages_d), hazard_per_d).seen_first.value == pytest.approx(1 - product, rel=1e-12)


def test_one_steady_stage_is_an_erlang_distribution() -> None:
    told = rebuild([100.0], [7])
    for chance in (0.05, 0.5, 0.95):
        assert told.quantile_d(chance).value == pytest.approx(
            stats.gamma.ppf(chance, 7, scale=100 / 7), rel=1e-9
        )


def test_a_million_runs_agree() -> None:
    random = np.random.default_rng(11)
    time_d = random.exponential(30, 10**6) + random.gamma(4, 90 / 4, 10**6)
    seen_d = random.exponential(1 / 0.02, 10**6)
    told = race(rebuild([30.0, 90.0], [1, 4]), 0.02)
    for run, chance in (
        (seen_d < time_d, told.seen_first.value),
        (time_d < 100, rebuild([30, 90], [1, 4]).done_by(100)),
    ):
        assert chance is not None
        assert abs(run.mean() - chance) <= 4 * math.sqrt(chance * (1 - chance) / 10**6)


def test_warning_comes_before_breakout_where_detection_is_fast() -> None:
    stages = rebuild([90.0, 180.0])
    assert (race(stages, 1.0).warning_index.value or 0) > 1 > (race(stages, 0.001).warning_index.value or 0)


@pytest.mark.parametrize(
    ("stages_d", "shapes", "message"),
    [
        ([], None, "stages_d: none"),
        ([0.0], None, r"stages_d\[0\]: 0.0"),
        ([1.0, 2.0], [1], "1 for 2 stages"),
        ([1.0], [0], r"shapes\[0\]: 0"),
        ([1.0, 1.0], [300, 300], "600 phases"),
        ([math.inf], None, "finite"),
    ],
)
def test_what_cannot_be_is_refused(stages_d: list[float], shapes: list[int] | None, message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        rebuild(stages_d, shapes)


def test_a_chance_of_all_or_nothing_has_no_time() -> None:
    with pytest.raises(RefusedInputError, match=r"chance: 1\.0, must be above 0"):
        rebuild([1.0]).quantile_d(1.0)
    with pytest.raises(RefusedInputError, match="hazard_per_d: 0"):
        race(rebuild([1.0]), 0)


COMMON = ("detect_p: 1, cost_pd: 0.5", "detect_p: 0.7, cost_pd: 0.5, common_mode_p: 0.3")
PAIRED = ("with: [count], n_items: 1}]", "with: [count, neutrons], n_items: 40}]")


def raced(*changes: tuple[str, str], timing: Timing = "random") -> tuple[Exposure, Hazards]:
    """Return the strategy of one base, and how it is seen, with visits of that timing."""
    read = effort(*changes)
    regime = replace(read.regime, timing=timing)
    exposure = Exposure(regime=regime, strategy=read.strategy("one-base"))
    return exposure, hazards(exposure, rebuild([30.0, 60.0]))


@pytest.mark.parametrize("timing", ["random", "poisson", "spaced"])
@pytest.mark.parametrize("stages_d", [[30.0, 60.0], [3000.0, 3000.0]])
@pytest.mark.parametrize(
    "changes",
    [
        (COMMON,),
        (COMMON, PAIRED),
        (COMMON, ("name: portal, sites: [base-1]", "name: portal, sites: [base-2]")),
    ],
)
def test_no_chance_of_a_race_passes_the_ceiling(
    timing: Timing, stages_d: list[float], changes: tuple[tuple[str, str], ...]
) -> None:
    exposure, detection = raced(*changes, timing=timing)
    ceiling = strategy_power(exposure.regime, exposure.strategy, horizon_years=10).ceiling.value or 0.0
    told = race_over_states(rebuild(stages_d), detection)
    assert (told.seen_first.upper or 0.0) <= ceiling + 1e-9
    assert detection.seen_by(1e9) <= ceiling + 1e-9
    for chance, time in zip((0.05, 0.5, 0.95), told.detection_d, strict=True):
        assert (time.value is None) == (ceiling < chance)


def test_a_chance_that_is_never_reached_has_no_time_and_no_warning() -> None:
    moved = ("name: portal, sites: [base-1]", "name: portal, sites: [base-2]")
    told = race_over_states(rebuild([30.0]), raced(COMMON, moved)[1])
    assert told.detection_d[2].value is None
    assert "never seen with 95 %" in told.detection_d[2].warnings[0]
    assert told.warning_index.value == 0.0


@pytest.mark.parametrize(
    ("timing", "allotment"),
    [
        ("random", "independent"),
        ("poisson", "independent"),
        ("spaced", "independent"),
        ("random", "systematic"),
    ],
)
def test_a_race_promises_no_more_than_a_campaign_from_the_first_day(
    timing: Timing, allotment: Allotment
) -> None:
    read = effort(COMMON, PAIRED)
    regime = replace(read.regime, timing=timing, allotment=allotment)
    for strategy in read.strategies:
        delays = (1.0, 20.0, 91.0, 200.0, 365.25, 700.0, 2000.0)
        question = Question(regime=regime, strategy=strategy, horizon_d=3652.5, start="first")
        told = exact(question, delays_d=delays)
        if told is None:
            continue
        detection = hazards(Exposure(regime=regime, strategy=strategy), rebuild([30.0, 60.0]))
        for delay_d, seen in told.by_delay:
            assert detection.seen_by(delay_d) <= seen + 1e-8
            if timing == "poisson":
                assert detection.seen_by(delay_d) == pytest.approx(seen, abs=1e-8)


def test_a_race_over_states_is_labelled_by_what_it_is() -> None:
    steady = race_over_states(rebuild([30.0]), raced(COMMON)[1])
    sudden = race_over_states(rebuild([30.0]), raced(COMMON, timing="poisson")[1])
    assert (steady.seen_first.kind, sudden.seen_first.kind) == ("bound", "exact")
    assert (steady.seen_first.upper or 0.0) > (steady.seen_first.value or 0.0)
    assert sudden.seen_first.lower == sudden.seen_first.upper


def test_with_one_state_it_is_the_race_with_one_hazard() -> None:
    one = Hazards(
        states=(Hazard(chance=1.0, at_once_p=0.0, rate_per_d=0.15),), memoryless=True, error=0.0, strategy="s"
    )
    stages = rebuild([6, 12, 18])
    told, plain = race_over_states(stages, one), race(stages, 0.15)
    assert told.seen_first.value == pytest.approx(plain.seen_first.value, rel=1e-12)
    assert told.warning_index.value == pytest.approx(plain.warning_index.value, rel=1e-9)
