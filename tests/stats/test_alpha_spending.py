"""Limits for planned looks: against closed forms, runs, and another integration."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from counterseal.stats.alpha_spending import Spending
from counterseal.stats.crossing import crossing_chances
from counterseal.stats.errors import StatsError
from counterseal.stats.sequential import (
    many_tests,
    normal_limit,
    obrien_fleming,
    pocock,
    repeated_looks,
    spending_bounds,
)


def wrong(name: str) -> Any:
    """Return a name that types would refuse too."""
    return name


def test_two_looks_are_a_bivariate_normal_chance() -> None:
    between = stats.multivariate_normal([0, 0], [[1, math.sqrt(0.3)], [math.sqrt(0.3), 1]])
    inside = between.cdf([2.1, 1.7]) - between.cdf([-2.1, 1.7]) - between.cdf([2.1, -1.7])
    inside += between.cdf([-2.1, -1.7])
    found = crossing_chances((0.3, 1.0), (2.1, 1.7))
    assert found[0] == pytest.approx(2 * stats.norm.sf(2.1), rel=1e-12)
    assert found[1] == pytest.approx(1 - inside, abs=1e-7)


@pytest.mark.parametrize("two_sided", [True, False])
def test_a_million_runs_agree(two_sided: bool) -> None:
    looks = spending_bounds((0.1, 0.35, 0.4, 0.8, 1.0), 0.1, spending="pocock", two_sided=two_sided)
    runs, drift = 1_000_000, 1.5
    generator = np.random.default_rng(4)
    evidence, crossed, before = np.zeros(runs), np.zeros(runs, dtype=bool), 0.0
    for share, bound in zip(looks.information, looks.bounds, strict=True):
        step = share - before
        evidence += drift * step + math.sqrt(step) * generator.standard_normal(runs)
        figure = evidence / math.sqrt(share)
        crossed |= (np.abs(figure) if two_sided else figure) >= bound
        before = share
    share = float(crossed.mean())
    assert abs(share - (looks.power(drift).value or 0.0)) < 4 * math.sqrt(share * (1 - share) / runs)


@settings(max_examples=25, deadline=None)
@given(
    shares=st.lists(st.integers(20, 2000), min_size=1, max_size=6, unique=True),
    alpha=st.floats(1e-6, 0.5),
    spending=st.sampled_from(["obrien-fleming", "pocock", "power"]),
    two_sided=st.booleans(),
)
def test_the_budget_is_spent_as_its_function_says(
    shares: list[int], alpha: float, spending: Spending, two_sided: bool
) -> None:
    information = [part / 2000 for part in sorted(shares)]
    looks = spending_bounds(information, alpha, spending=spending, exponent=2.0, two_sided=two_sided)
    sides = 1 + two_sided
    for share, spent in zip(information, looks.spent, strict=True):
        wanted = {
            "obrien-fleming": sides * 2 * stats.norm.sf(stats.norm.isf(alpha / sides / 2) / math.sqrt(share)),
            "pocock": alpha * math.log1p((math.e - 1) * share),
            "power": alpha * share**2,
        }[spending]
        assert spent == pytest.approx(wanted, rel=1e-7, abs=1e-14)


@given(looks=st.integers(1, 12), alpha=st.floats(1e-8, 0.9), two_sided=st.booleans())
@settings(max_examples=20, deadline=None)
def test_constant_shapes_spend_all(looks: int, alpha: float, two_sided: bool) -> None:
    for plan in (
        pocock(looks, alpha, two_sided=two_sided),
        obrien_fleming(looks, alpha, two_sided=two_sided),
    ):
        assert plan.spent[-1] == pytest.approx(alpha, rel=1e-8)
        assert plan.spent == tuple(sorted(plan.spent))
        assert plan.power(0.0).value == pytest.approx(alpha, rel=1e-8)
    assert len(set(pocock(looks, alpha).bounds)) == 1


def test_repeating_a_test_with_pococks_limit_keeps_the_budget() -> None:
    level = pocock(7, 0.05).nominal[0]
    assert repeated_looks(7, level).value == pytest.approx(0.05, rel=1e-9)
    assert repeated_looks(1, 1e-30).value == pytest.approx(1e-30, rel=1e-9)
    one_sided = pocock(7, 0.05, two_sided=False).nominal[0]
    assert repeated_looks(7, one_sided, two_sided=False).value == pytest.approx(0.05, rel=1e-9)


def test_looks_close_together_are_nearly_one() -> None:
    once, twice = crossing_chances((1.0,), (2.0,))[-1], crossing_chances((1.0 - 1e-6, 1.0), (2.0, 2.0))[-1]
    # on both sides: density at the limit times what a step of 0.001 adds above it, on average
    assert twice - once == pytest.approx(2 * stats.norm.pdf(2) * 1e-3 / math.sqrt(2 * math.pi), rel=2e-3)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.99, 0.9999])
def test_uneven_steps_are_as_exact(share: float) -> None:
    found = crossing_chances((share, 1.0), (2.2, 1.9), two_sided=False)[-1]
    rest, scale = math.sqrt(1 - share), math.sqrt(share)
    middle = 1.9 / scale
    places = sorted({-12.0, 2.2, *(min(middle + part * rest, 2.2) for part in (-8, -3, 0, 3, 8))})
    below = math.fsum(
        integrate.quad(lambda z: stats.norm.pdf(z) * stats.norm.cdf((1.9 - z * scale) / rest), *ends)[0]
        for ends in pairwise(places)
    )
    assert found == pytest.approx(1 - below, abs=1e-12)


def test_many_looks_are_nearly_a_diffusion() -> None:
    """One-sided at a limit that falls with the root of information: reflection of Brownian motion, in the limit."""
    looks = 1000
    information = tuple(look / looks for look in range(1, looks + 1))
    found = crossing_chances(information, [2.0 / math.sqrt(share) for share in information], two_sided=False)[
        -1
    ]
    # Siegmund: steps overshoot by 0.5826 of their standard deviation on average
    assert found == pytest.approx(2 * stats.norm.sf(2.0 + 0.5826 / math.sqrt(looks)), rel=2e-3)


def test_a_look_before_anything_may_be_spent_has_no_limit() -> None:
    looks = spending_bounds((0.001, 1.0), 0.05)
    assert looks.bounds[0] == math.inf
    assert looks.document()["bounds"][0] is None
    assert looks.nominal[0] == 0.0
    assert looks.bounds[1] == pytest.approx(stats.norm.isf(0.025))


def test_power_of_one_look_is_that_of_the_plain_test() -> None:
    looks = pocock(1, 0.05)
    assert looks.power(3.0).value == pytest.approx(
        stats.norm.sf(1.959964 - 3) + stats.norm.cdf(-1.959964 - 3)
    )
    assert obrien_fleming(3).power(-2.0).value == pytest.approx(obrien_fleming(3).power(2.0).value)
    assert pocock(3, two_sided=False).power(-80.0).ln_value is not None


def test_many_tests_share_a_budget() -> None:
    for tests in (1, 10, 2700, 10**9):
        sidak = many_tests(tests, 0.05, method="sidak").value or 0.0
        assert -math.expm1(tests * math.log1p(-sidak)) == pytest.approx(0.05, rel=1e-12)
        bonferroni = many_tests(tests, 0.05).value or 0.0
        assert tests * bonferroni == pytest.approx(0.05)
        assert bonferroni <= sidak
    assert many_tests(2700).assumptions == ()
    assert "independent" in many_tests(2700, method="sidak").assumptions[0]
    assert normal_limit(0.05, two_sided=True) == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: repeated_looks(0), "looks: 0"),
        (lambda: repeated_looks(5, 1.0), "level: 1.0"),
        (lambda: pocock(5, 0.0), "alpha of pocock: 0.0"),
        (lambda: obrien_fleming(5, math.nan), "alpha of obrien-fleming: nan"),
        (lambda: spending_bounds((0.5, 0.4)), "information, 0.4 after 0.5"),
        (lambda: spending_bounds((0.5, 0.5000001)), "must rise by 1e-06 at least"),
        (lambda: spending_bounds((0.5, 1.1)), "information, 1.1 after 0.5"),
        (lambda: spending_bounds(()), "information at 0 looks"),
        (lambda: spending_bounds((1.0,), 2.0), "alpha: 2.0"),
        (lambda: spending_bounds((1.0,), spending=wrong("all")), "spending 'all'"),
        (lambda: spending_bounds((1.0,), spending="power", exponent=0.0), "spending, exponent: 0.0"),
        (lambda: pocock(2).power(math.inf), "looks, drift: inf"),
        (lambda: many_tests(0), "many tests, tests: 0"),
        (lambda: many_tests(5, 1.0), "many tests, alpha: 1.0"),
        (lambda: many_tests(5, method=wrong("holm")), "many tests, method 'holm'"),
        (lambda: normal_limit(0.0), "limit, level: 0.0"),
    ],
)
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
