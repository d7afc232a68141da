"""Rebuilding and its race with detection: the closed form, simulation, and limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.design.rebuilding import race, rebuild
from counterseal.errors import RefusedInputError


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
