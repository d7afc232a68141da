"""Plans through two points: the smallest there is, by trying all; and what is refused."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.stats.errors import StatsError
from counterseal.stats.two_point import Plan, plan_two_point

POINTS = ((0.05, 0.95), (0.15, 0.075))


def accepted(plan: Plan, p: float) -> float:
    value = plan.accepted(p).value
    assert value is not None
    return value


def hyper(N: int, d: int, n: int, c: int) -> Fraction:
    ways = sum(math.comb(d, k) * math.comb(N - d, n - k) for k in range(min(c, n) + 1) if n - k <= N - d)
    return Fraction(ways, math.comb(N, n))


@given(st.integers(5, 25), st.data(), st.sampled_from([0.9, 0.95, 0.8]), st.sampled_from([0.05, 0.1, 0.3]))
@settings(max_examples=40, deadline=None)
def test_of_a_finite_stratum_it_is_the_smallest_of_all(
    N: int, data: st.DataObject, good_pa: float, bad_pa: float
) -> None:
    good = data.draw(st.integers(0, N - 1))
    bad = data.draw(st.integers(good + 1, N))
    plan = plan_two_point(N, (good / N, good_pa), (bad / N, bad_pa), "hyper")
    smallest = next(
        (n, c)
        for n in range(1, N + 1)
        for c in range(n + 1)
        if hyper(N, good, n, c) >= Fraction(repr(good_pa)) and hyper(N, bad, n, c) <= Fraction(repr(bad_pa))
    )
    assert (plan.n, plan.c) == smallest
    assert not plan.size.warnings
    assert accepted(plan, good / N) == pytest.approx(float(hyper(N, good, *smallest)), rel=1e-12)


@pytest.mark.parametrize(
    ("good_p", "bad_p"), [(0.01, 0.08), (0.05, 0.15), (0.02, 0.5), (0.2, 0.3), (0.001, 0.004)]
)
def test_of_a_process_no_smaller_sample_will_do(good_p: float, bad_p: float) -> None:
    plan = plan_two_point(None, (good_p, 0.95), (bad_p, 0.1), "binom")
    assert plan.n is not None
    assert plan.c is not None
    assert accepted(plan, good_p) == pytest.approx(stats.binom.cdf(plan.c, plan.n, good_p), rel=1e-11)
    assert accepted(plan, bad_p) == pytest.approx(stats.binom.cdf(plan.c, plan.n, bad_p), rel=1e-11)
    assert accepted(plan, good_p) >= 0.95
    assert accepted(plan, bad_p) <= 0.1
    for c in range(plan.n):
        sound = (
            stats.binom.cdf(c, plan.n - 1, good_p) >= 0.95 and stats.binom.cdf(c, plan.n - 1, bad_p) <= 0.1
        )
        assert not sound


@pytest.mark.parametrize("sigma", ["known", "unknown"])
def test_variables_meet_the_good_point_exactly_and_the_bad_one_with_no_less(sigma: str) -> None:
    assert sigma in {"known", "unknown"}
    plan = plan_two_point(None, *POINTS, "normal", sigma="known" if sigma == "known" else "unknown")
    assert accepted(plan, 0.05) == pytest.approx(0.95, rel=1e-9)
    assert accepted(plan, 0.15) <= 0.075
    assert plan.k is not None
    assert plan.n is not None
    if sigma == "unknown":
        at = stats.nct.sf(plan.k * math.sqrt(plan.n), plan.n - 1, stats.norm.isf(0.15) * math.sqrt(plan.n))
        assert accepted(plan, 0.15) == pytest.approx(at, rel=1e-9)


def test_its_curve_falls_from_one_to_none() -> None:
    for plan in (
        plan_two_point(100, *POINTS, "hyper"),
        plan_two_point(None, *POINTS, "binom"),
        plan_two_point(None, *POINTS, "normal"),
    ):
        curve = [chance for _, chance in plan.oc_curve([place / 100 for place in range(101)])]
        assert curve[0] == 1.0
        assert curve[-1] == 0.0
        assert all(later <= earlier for earlier, later in pairwise(curve))


def test_fractions_of_no_whole_item_are_taken_on_the_hard_side_and_said() -> None:
    plan = plan_two_point(123, (0.05, 0.95), (0.15, 0.1), "hyper")  # 6.15 and 18.45 items
    exact = plan_two_point(123, (7 / 123, 0.95), (18 / 123, 0.1), "hyper")
    assert (plan.n, plan.c) == (exact.n, exact.c)
    assert "7 false ones, bad as 18" in plan.size.warnings[0]


def test_a_plan_out_of_reach_is_said() -> None:
    counted = plan_two_point(None, (0.000_001, 0.95), (0.000_001_1, 0.05), "binom")
    measured = plan_two_point(None, (0.05, 0.95), (0.05001, 0.05), "normal")
    for plan in (counted, measured):
        assert plan.n is None
        assert plan.size.value is None
        assert "No plan with 1000000 items" in plan.size.warnings[0]
        with pytest.raises(StatsError, match="no plan reaches both points"):
            plan.accepted(0.05)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, (0.2, 0.95), (0.1, 0.05), "binom"), "good p 0.2: must be below bad p 0.1"),
        ((None, (0.1, 0.05), (0.2, 0.05), "binom"), "good pa 0.05: must be above bad pa 0.05"),
        ((None, (0.1, 0.95), (0.2, 0.05), "hyper"), "N: None for kind hyper"),
        ((100, (0.1, 0.95), (0.2, 0.05), "binom"), "N: 100 for kind binom"),
        ((None, (0.0, 0.95), (0.2, 0.05), "normal"), "good, p: 0.0, must be above 0, below 1 for normal"),
        ((20, (0.11, 0.95), (0.16, 0.05), "hyper"), "not a whole false item apart in 20 items"),
        ((None, (0.1, 1.95), (0.2, 0.05), "binom"), "good, pa: 1.95, must be a chance"),
    ],
)
def test_points_that_no_plan_can_tell_apart_are_refused(
    arguments: tuple[int | None, tuple[float, float], tuple[float, float], str], message: str
) -> None:
    N, good, bad, kind = arguments
    with pytest.raises(StatsError) as refused:
        plan_two_point(
            N, good, bad, "hyper" if kind == "hyper" else "normal" if kind == "normal" else "binom"
        )
    assert message in str(refused.value)


def test_a_fraction_of_no_whole_item_has_no_chance() -> None:
    with pytest.raises(StatsError, match="must be a whole number of items"):
        plan_two_point(100, *POINTS, "hyper").accepted(0.055)


def test_it_is_given_as_json_has_it() -> None:
    document = plan_two_point(None, *POINTS, "binom").document()
    assert (document["n"], document["c"], document["k"]) == (80, 7, None)
    assert document["size"]["assumptions"]
