"""The smallest sample: exactly, ties included; the rules beside it; many at once; rates shared and failing together."""

import math
from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats.errors import StatsError
from counterseal.stats.log_choose import ln_choose, ln_hypergeometric
from counterseal.stats.sampling import nondetection, plan_size
from counterseal.stats.sampling_arrays import nondetection_array, plan_size_array
from counterseal.stats.sampling_rules import rule_of_thumb
from counterseal.stats.sampling_ties import smallest_sample_surely
from counterseal.stats.shared_rate import (
    common_mode_ceiling,
    goal_left_for_sample,
    shared_rate_nondetection,
    shared_rate_plan_size,
    with_common_mode,
)
from strategies import exact_sampling


def decimal(value: float) -> Fraction:
    return Fraction(repr(value))


def exactly(N: int, d: int, n: int, q: Fraction) -> Fraction:
    total = Fraction(0)
    for k in range(max(0, n + d - N), min(d, n) + 1):
        total += math.comb(d, k) * math.comb(N - d, n - k) * (1 - q) ** k
    return total / math.comb(N, n)


def smallest(N: int, d: int, beta_max: float, q: float) -> int | None:
    """The first sample that reaches it, one after the other, in fractions of decimals."""
    rate, goal = decimal(q), decimal(beta_max)
    return next((n for n in range(N + 1) if exactly(N, d, n, rate) <= goal), None)


goals = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 0.8, 0.9, 1.0])
rates = st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.7, 0.75, 0.8, 0.9, 1.0])


@given(st.integers(1, 40), st.data(), goals, rates)
@settings(max_examples=150, deadline=None)
def test_the_sample_is_the_first_that_reaches_the_goal(
    N: int, data: st.DataObject, beta_max: float, q: float
) -> None:
    d = data.draw(st.integers(0, N))
    found, expected = plan_size(N, d, beta_max, q), smallest(N, d, beta_max, q)
    assert found.value == expected
    assert bool(found.warnings) == (expected is None)
    assert plan_size_array(N, d, beta_max, q) == (-1 if expected is None else expected)


@pytest.mark.parametrize("beta_max", [0.05, 0.1, 0.2, 0.3, 0.7, 0.9])
@pytest.mark.parametrize("N", [10, 100, 1000, 1_000_000])
def test_a_tie_counts_as_reached(N: int, beta_max: float) -> None:
    """One false item: the chance is the share not sampled, and meets the goal exactly."""
    assert plan_size(N, 1, beta_max).value == math.ceil(N - decimal(beta_max) * N)
    half = plan_size(N, 1, 1 - beta_max / 2, 0.5)
    assert half.value == math.ceil(N * (1 - decimal(1 - beta_max / 2)) * 2)


@given(st.integers(1, 10**6), st.floats(1e-6, 1), st.floats(1e-9, 0.999), st.floats(0.001, 1))
@settings(max_examples=60, deadline=None)
def test_no_smaller_sample_reaches_it(N: int, share: float, beta_max: float, q: float) -> None:
    d = max(1, int(N * share**4))
    n = plan_size(N, d, beta_max, q).value
    if n is None:
        assert d * math.log1p(-q) > math.log(beta_max) - 1e-9
        return
    here, before = nondetection(N, d, int(n), q).ln_value, nondetection(N, d, max(int(n) - 1, 0), q).ln_value
    assert here is not None
    assert before is not None
    assert here <= math.log(beta_max) + 1e-11
    assert before > math.log(beta_max) - 1e-11 or n == 0


@given(st.integers(1, 60), st.data(), goals.filter(lambda goal: 0 < goal < 1), rates.filter(bool))
@settings(max_examples=60, deadline=None)
def test_close_calls_are_settled_wherever_the_search_begins(
    N: int, data: st.DataObject, beta_max: float, q: float
) -> None:
    d, near = data.draw(st.integers(1, N)), data.draw(st.integers(-1, N))
    expected = smallest(N, d, beta_max, q)
    assert smallest_sample_surely(N, d, beta_max, q, near=near) == (-1 if expected is None else expected)


def test_a_goal_out_of_reach_is_said() -> None:
    none = plan_size(500, 5, 0.03, 0.5)
    assert none.value is None
    assert none.warnings == (
        "This test cannot reach the goal: all 500 items tested, none is seen with chance 0.03125.",
    )
    assert "no item is false" in plan_size(500, 0, 0.5).warnings[0]
    assert plan_size(500, 5, 0.5, 0.0).value is None
    assert plan_size(500, 5, 0.03125, 0.5).value == 500  # exactly reached by all
    assert plan_size(500, 5, 0.0).value == 496
    assert plan_size(500, 5, 1.0).value == 0
    assert plan_size(500, 0, 1.0).value == 0


def test_tiny_goals() -> None:
    assert plan_size(1000, 1000, 1e-300, 0.9).value == 300
    found = plan_size(10**6, 100_000, 1e-300)
    assert found.value is not None
    ln = [nondetection(10**6, 100_000, int(found.value) - back).ln_value for back in (0, 1)]
    assert ln[0] is not None
    assert ln[1] is not None
    assert ln[0] <= math.log(1e-300) < ln[1]


EVERY = np.array([(N, d) for N in range(1, 401) for d in range(1, N + 1)])


@pytest.mark.parametrize("beta_max", [0.05, 0.1, 0.2, 0.5, 0.8])
def test_rules_of_thumb_exceed_the_exact_sample_by_little(beta_max: float) -> None:
    """Over all d <= N <= 400: by 0 to 3, and by 0 or 1; as Krieger, Burr and Norman state of the first."""
    exact = plan_size_array(EVERY[:, 0], EVERY[:, 1], beta_max)
    for half, most in ((False, 3), (True, 1)):
        rule = [rule_of_thumb(int(N), int(d), beta_max, 1.0, half=half) for N, d in EVERY]
        over = np.array(rule) - exact
        assert over.min() == 0
        assert over.max() <= most
    if beta_max == 0.05:
        assert (
            max(
                rule_of_thumb(int(N), int(d), 0.05, 1.0, half=False) - n
                for (N, d), n in zip(EVERY, exact, strict=True)
            )
            == 3
        )


def test_a_rule_of_thumb_is_a_bound_that_names_the_exact_sample() -> None:
    rule = plan_size(1000, 10, 0.05, rule="iaea")
    assert (rule.value, rule.lower, rule.upper, rule.kind, rule.exact) == (259, 258, 259, "bound", False)
    assert rule.warnings == ("A rule of thumb, to compare; the exact sample is 258.",)
    assert plan_size(1000, 10, 0.05, rule="half").value == 258
    assert plan_size(16, 2, 0.25, rule="iaea").value == 8  # 16 (1 - 0.5), an exact tie
    assert plan_size(500, 5, 0.03, 0.5, rule="iaea").value is None


def test_arrays_are_the_single_calls() -> None:
    random = np.random.default_rng(8)
    N = random.integers(1, 2000, 300)
    d, n = random.integers(0, N + 1), random.integers(0, N + 1)
    q, beta_max = random.random(300), random.random(300)
    chances, ln_chances = nondetection_array(N, d, n, q)
    samples = plan_size_array(N, d, beta_max, q)
    for i in range(300):
        one = nondetection(int(N[i]), int(d[i]), int(n[i]), float(q[i]))
        assert (one.value, one.ln_value) == (min(chances[i], 1.0), min(ln_chances[i], 0.0))
        size = plan_size(int(N[i]), int(d[i]), float(beta_max[i]), float(q[i])).value
        assert samples[i] == (-1 if size is None else size)


def test_arrays_broadcast() -> None:
    chances, _ = nondetection_array(100, np.arange(5)[:, None], np.arange(4))
    assert chances.shape == (5, 4)
    assert plan_size_array([[100], [200]], [1, 2, 3], 0.1).shape == (2, 3)


@pytest.mark.parametrize(
    ("given_arrays", "message"),
    [
        ((100, [1, 101], 5), "array d, number 2: 101, must be from 0 to N"),
        ((100, 5, [[3, -1]]), "array n, number 2: -1, must be from 0 to N"),
        (([100, 0], 0, 0), "array N, number 2: 0, must be from 1 to 1000000"),
        ((100.0, 1, 1), "array N: of float64, must be whole numbers"),
        ((100, 1, 1, [0.5, math.nan]), "array q, number 2: nan, must be a chance from 0 to 1"),
        ((100, 1, 1, "half"), "array q: of <U4, must be numbers"),
        ((100, [1, 2], [1, 2, 3]), "must broadcast to one shape"),
    ],
)
def test_arrays_are_refused_with_the_place(given_arrays: tuple[object, ...], message: str) -> None:
    with pytest.raises(StatsError) as refused:
        nondetection_array(*cast("Any", given_arrays))
    assert message in str(refused.value)


@given(
    st.integers(1, 120),
    st.data(),
    st.sampled_from([(4, 1), (1, 1), (0.5, 0.25), (40, 3), (3, 70.5), (0.01, 0.02)]),
)
@settings(max_examples=100, deadline=None)
def test_a_rate_shared_by_all_items_is_the_sum_in_fractions(
    N: int, data: st.DataObject, detect_beta: tuple[float, float]
) -> None:
    d, n = data.draw(st.integers(0, N)), data.draw(st.integers(0, N))
    a, b = Fraction(detect_beta[0]), Fraction(detect_beta[1])
    exact, missed = Fraction(0), Fraction(1)
    for k in range(min(d, n) + 1):
        if n - k <= N - d:
            exact += math.comb(d, k) * math.comb(N - d, n - k) * missed
        missed *= (b + k) / (a + b + k)
    exact /= math.comb(N, n)
    found = shared_rate_nondetection(N, d, n, detect_beta)
    assert found.value is not None
    assert exact_sampling.relative(found.value, exact) <= 1e-12


def test_a_shared_rate_that_is_sure_is_a_known_rate() -> None:
    sure = shared_rate_nondetection(1000, 50, 200, (8e9, 2e9))
    known = nondetection(1000, 50, 200, 0.8)
    assert sure.value == pytest.approx(known.value, rel=1e-6)


def test_a_shared_rate_in_a_million_items() -> None:
    """Against the mean over the density 4 q^3 of Beta(4, 1), in 20,000 steps."""
    found = shared_rate_nondetection(10**6, 1000, 5000, (4.0, 1.0))
    rates = (np.arange(20_000) + 0.5) / 20_000
    chances, _ = nondetection_array(10**6, 1000, 5000, rates)
    assert found.value == pytest.approx(float(np.mean(4 * rates**3 * chances)), rel=1e-7)


def test_the_sample_for_a_shared_rate() -> None:
    n = shared_rate_plan_size(50, 10, 0.05, (4, 1)).value
    assert n is not None
    here = shared_rate_nondetection(50, 10, int(n), (4, 1)).value
    before = shared_rate_nondetection(50, 10, int(n) - 1, (4, 1)).value
    assert here is not None
    assert before is not None
    assert here <= 0.05 < before
    out_of_reach = shared_rate_plan_size(50, 1, 0.1, (4, 1))
    assert out_of_reach.value is None
    assert "with chance 0.2" in out_of_reach.warnings[0]


def test_common_mode_bounds_every_sample() -> None:
    alone = nondetection(100, 5, 45)
    total = with_common_mode(alone, 0.02)
    assert alone.value is not None
    assert total.value == pytest.approx(0.02 + 0.98 * alone.value, rel=1e-15)
    assert total.ln_value == pytest.approx(math.log(0.02 + 0.98 * alone.value), rel=1e-15)
    assert with_common_mode(nondetection(100, 5, 100), 0.02).value == 0.02
    assert with_common_mode(alone, 0.0).value == alone.value
    assert with_common_mode(alone, 1.0).value == 1.0
    assert common_mode_ceiling(0.02).value == 0.98
    assert set(alone.assumptions) < set(total.assumptions)
    tiny = with_common_mode(nondetection(10**6, 500_000, 500_000), 0.0)
    assert tiny.ln_value == pytest.approx(-693_140.46, rel=1e-6)


def test_the_goal_that_common_mode_leaves() -> None:
    left = goal_left_for_sample(0.05, 0.02)
    assert left.value is not None
    assert 0.02 + 0.98 * left.value == pytest.approx(0.05, rel=1e-15)
    assert goal_left_for_sample(0.05, 0.06).value is None
    assert goal_left_for_sample(1.0, 1.0).value == 1.0


def test_common_mode_refuses_what_is_no_chance() -> None:
    with pytest.raises(StatsError, match="has no value"):
        with_common_mode(plan_size(500, 5, 0.03, 0.5), 0.1)
    with pytest.raises(StatsError, match="result: 45, must be a chance"):
        with_common_mode(plan_size(100, 5, 0.05), 0.1)
    with pytest.raises(StatsError, match=r"common_mode_p: 2\.0"):
        with_common_mode(nondetection(100, 5, 4), 2.0)
    with pytest.raises(StatsError, match=r"detect_beta, b: 0\.0, must be above 0"):
        shared_rate_nondetection(100, 5, 4, (1.0, 0.0))
    with pytest.raises(StatsError, match=r"must be two numbers \(a, b\)"):
        shared_rate_nondetection(100, 5, 4, cast("Any", (1.0,)))


@given(st.integers(1, 300), st.data())
@settings(max_examples=60, deadline=None)
def test_logarithms_of_ways(N: int, data: st.DataObject) -> None:
    d, n, k = (data.draw(st.integers(0, N)) for _ in range(3))
    assert ln_choose(N, k) == pytest.approx(
        float(exact_sampling.ln_of(Fraction(math.comb(N, k)))), rel=1e-14, abs=1e-14
    )
    ways = math.comb(d, k) * math.comb(N - d, n - k) if k <= n else 0
    found = ln_hypergeometric(N, d, n, k)
    if ways:
        exact = exact_sampling.ln_of(Fraction(ways, math.comb(N, n)))
        assert found == pytest.approx(float(exact), rel=2e-14, abs=2e-14)
    else:
        assert found == -math.inf


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_a_wide_set_of_random_samples_in_fractions(seed: int) -> None:
    """Relative error of the chance at most 1e-12, N up to 3000."""
    random = np.random.default_rng(seed)
    worst = 0.0
    for _ in range(1000):
        N = int(random.integers(1, 3001))
        d, n = int(N * random.random() ** 3), int(N * random.random())
        q = float(random.choice([1.0, random.random(), 0.9, 0.999]))
        exact = exact_sampling.none_seen(N, d, min(n, 400), q)
        found = nondetection(N, d, min(n, 400), q).value
        if exact > Fraction(1, 10**300):
            assert found is not None
            worst = max(worst, exact_sampling.relative(found, exact))
    assert worst <= 1e-12
