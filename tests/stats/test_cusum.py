"""Cumulative sums: mean run lengths and life-time thresholds against runs, closed forms and another solution."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.stats.errors import StatsError
from counterseal.stats.sequential import cusum_arl, cusum_threshold, page_alarms, page_threshold


def run_lengths(k: float, h: float, shift: float, *, start: float, two_sided: bool, runs: int) -> Any:
    generator = np.random.default_rng(11)
    up, down = np.full(runs, start), np.zeros(runs)
    length, going = np.zeros(runs, dtype=np.int64), np.ones(runs, dtype=bool)
    while going.any():
        rows = np.flatnonzero(going)
        figures = shift + generator.standard_normal(rows.size)
        up[rows] = np.maximum(0.0, up[rows] + figures - k)
        down[rows] = np.maximum(0.0, down[rows] - figures - k)
        length[rows] += 1
        going[rows] = (up[rows] < h) & ~(two_sided & (down[rows] >= h))
    return length


@pytest.mark.parametrize(
    ("shift", "start", "two_sided"),
    [(0.0, 0.0, True), (0.8, 1.0, False), (-0.2, 0.0, False), (0.3, 0.0, True)],
)
def test_runs_agree(shift: float, start: float, two_sided: bool) -> None:
    runs = 200_000
    found = run_lengths(0.4, 2.5, shift, start=start, two_sided=two_sided, runs=runs)
    wanted = cusum_arl(0.4, 2.5, shift, two_sided=two_sided, head_start=start).value or 0.0
    assert abs(found.mean() - wanted) < 4 * found.std() / math.sqrt(runs)


def test_it_is_what_plain_linear_equations_give() -> None:
    """The same chain, solved by elimination with subtractions, on states of equal width (Brook and Evans)."""
    k, h, size = 0.5, 4.0, 1600
    width = 2 * h / (2 * size - 1)
    states = np.arange(size) * width
    edges = (np.arange(size) + 0.5) * width
    below = stats.norm.cdf(edges[None, :] - states[:, None] + k)
    moves = np.diff(below, axis=1, prepend=0.0)
    lengths = np.linalg.solve(np.eye(size) - moves, np.ones(size))
    assert cusum_arl(k, h).value == pytest.approx(lengths[0], rel=2e-4)


def test_without_memory_it_is_a_row_of_single_tests() -> None:
    assert cusum_arl(3.0, 1e-9).value == pytest.approx(1 / stats.norm.sf(3.0), rel=1e-6)
    chance = page_alarms(3.0, 1e-9, periods=20).alarm.value or 0.0
    assert chance == pytest.approx(1 - stats.norm.cdf(3.0) ** 20, rel=1e-6)
    assert page_alarms(0.5, 4.0, periods=1, shift=1.0).alarm.value == pytest.approx(stats.norm.sf(3.5))


def test_very_long_runs_keep_their_digits() -> None:
    """Wald's exponent: each step of the threshold multiplies the run length by exp(2 k), in the limit."""
    lengths = [cusum_arl(0.5, h).value or 0.0 for h in (60.0, 61.0, 62.0)]
    assert lengths[0] > 1e26
    assert lengths[1] / lengths[0] == pytest.approx(math.e, rel=1e-10)
    assert lengths[2] / lengths[1] == pytest.approx(math.e, rel=1e-10)


@given(k=st.floats(0.05, 2), h=st.floats(0.1, 12), periods=st.integers(1, 300), shift=st.floats(-2, 2))
@settings(max_examples=40, deadline=None)
def test_alarms_by_period_add_up_to_the_mean_run_length(
    k: float, h: float, periods: int, shift: float
) -> None:
    found = page_alarms(k, h, periods, shift)
    assert list(found.by_period) == sorted(found.by_period)
    assert found.alarm.value == found.by_period[-1] <= 1.0
    going_on = math.fsum(1 - chance for chance in (0.0, *found.by_period[:-1]))
    assert going_on <= (cusum_arl(k, h, shift).value or 0.0) * (1 + 1e-9)
    if found.by_period[-1] > 1 - 1e-13:
        assert going_on == pytest.approx(cusum_arl(k, h, shift).value, rel=1e-6)


@pytest.mark.parametrize(("periods", "false_alarm"), [(12, 0.05), (26, 0.05), (52, 0.01)])
def test_life_time_thresholds_hold_in_runs(periods: int, false_alarm: float) -> None:
    h = page_threshold(0.5, periods, false_alarm).value or 0.0
    runs = 400_000
    generator = np.random.default_rng(periods)
    sums, crossed = np.zeros(runs), np.zeros(runs, dtype=bool)
    for _ in range(periods):
        sums = np.maximum(0.0, sums + generator.standard_normal(runs) - 0.5)
        crossed |= sums >= h
    error = math.sqrt(false_alarm * (1 - false_alarm) / runs)
    assert abs(crossed.mean() - false_alarm) < 4 * error


@given(k=st.floats(0.3, 1.5), periods=st.integers(2, 200), false_alarm=st.floats(1e-12, 0.2))
@settings(max_examples=20, deadline=None)
def test_a_threshold_spends_its_budget(k: float, periods: int, false_alarm: float) -> None:
    found = page_threshold(k, periods, false_alarm)
    if found.value is None:
        assert "k is too large" in found.warnings[0]
        assert (page_alarms(k, 1e-9, periods).alarm.value or 0.0) <= false_alarm * (1 + 1e-6)
    else:
        assert page_alarms(k, found.value, periods).alarm.value == pytest.approx(false_alarm, rel=1e-8)


def test_what_no_threshold_reaches_is_said() -> None:
    too_small = page_threshold(0.0, 3_000, 1e-6)
    assert too_small.value is None
    assert "k is too small" in too_small.warnings[0]


def test_small_chances_and_documents() -> None:
    found = page_alarms(0.5, 60.0, periods=12)
    assert 0.0 < (found.alarm.value or 0.0) < 1e-60
    assert found.alarm.ln_value == pytest.approx(math.log(found.alarm.value or 0.0))
    assert found.document()["periods"] == 12
    assert cusum_arl(0.5, 4.0, -50.0).value == math.inf
    assert cusum_threshold(0.5, 465.444).document()["inputs"]["run_length"] == 465.444


@given(k=st.floats(0.1, 1.0), h=st.floats(0.5, 10), two_sided=st.booleans())
@settings(max_examples=15, deadline=None)
def test_the_threshold_of_a_run_length_is_its_inverse(k: float, h: float, two_sided: bool) -> None:
    length = cusum_arl(k, h, two_sided=two_sided).value or 0.0
    assert cusum_threshold(k, length, two_sided=two_sided).value == pytest.approx(h, rel=1e-8)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: cusum_arl(-0.1, 4.0), "chart, k: -0.1"),
        (lambda: cusum_arl(0.5, 0.0), "chart, h: 0.0"),
        (lambda: cusum_arl(0.5, 101.0), "chart, h: 101.0, must be at most 100"),
        (lambda: cusum_arl(0.5, 4.0, math.nan), "chart, shift: nan"),
        (lambda: cusum_arl(0.5, 4.0, head_start=-1.0), "chart, head_start: -1.0"),
        (lambda: cusum_arl(0.5, 4.0, head_start=4.0), "chart, head_start: 4.0, must be below h"),
        (lambda: cusum_arl(0.5, 4.0, two_sided=True, head_start=1.0), "only a one-sided chart"),
        (lambda: cusum_threshold(0.5, 1.0), "chart, run_length: 1.0"),
        (lambda: cusum_threshold(3.0, 100.0), "even without memory it is longer"),
        (lambda: cusum_threshold(0.0, 1e200), "not reached with h up to 100"),
        (lambda: page_alarms(-1.0, 4.0, 12), "Page's test, k: -1.0"),
        (lambda: page_alarms(0.5, 0.0, 12), "Page's test, h: 0.0"),
        (lambda: page_alarms(0.5, 101.0, 12), "Page's test, h: 101.0"),
        (lambda: page_alarms(0.5, 4.0, 0), "Page's test, periods: 0"),
        (lambda: page_alarms(0.5, 4.0, 12, math.inf), "Page's test, shift: inf"),
        (lambda: page_threshold(0.5, 12, 0.0), "Page's test, false_alarm: 0.0"),
    ],
)
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
