"""Curtailed plans against every course of events, every order of a stratum, and the fixed sample."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterseal.stats.errors import StatsError
from counterseal.stats.sequential import CurtailedPlan, curtailed


def ends_after(plan: CurtailedPlan, course: tuple[bool, ...]) -> tuple[bool, int]:
    """Return whether a course is accepted, and after how many items that is known."""
    for items in range(1, plan.n + 1):
        shown = sum(course[:items])
        if shown > plan.c:
            return False, items
        if plan.both_ways and shown + plan.n - items <= plan.c:
            return True, items
    return True, plan.n


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("p", [0.0, 0.15, 0.7, 1.0])
@pytest.mark.parametrize(("n", "c"), [(1, 0), (7, 0), (9, 2), (6, 5)])
def test_share(n: int, c: int, p: float, both_ways: bool) -> None:
    plan = curtailed(n, c, both_ways=both_ways)
    accept = number = 0.0
    for course in itertools.product((False, True), repeat=n):
        chance = math.prod(p if shown else 1 - p for shown in course)
        accepted, items = ends_after(plan, course)
        accept += chance * accepted
        number += chance * items
    point = plan.operating_point(p)
    assert point.accept.value == pytest.approx(accept, abs=1e-12)
    assert point.reject.value == pytest.approx(1 - accept, abs=1e-12)
    assert point.expected_number.value == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize("both_ways", [True, False])
@pytest.mark.parametrize("d", range(9))
def test_stratum(d: int, both_ways: bool) -> None:
    plan = curtailed(5, 1, both_ways=both_ways)
    found = [
        ends_after(plan, tuple(place in false for place in range(8)))
        for false in itertools.combinations(range(8), d)
    ]
    point = plan.operating_point_of_stratum(8, d)
    assert point.accept.value == pytest.approx(sum(ok for ok, _ in found) / len(found), abs=1e-12)
    assert point.expected_number.value == pytest.approx(sum(n for _, n in found) / len(found), rel=1e-12)
    assert point.p is None


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 3000), share=st.floats(0, 0.99), p=st.floats(0, 1))
def test_it_decides_as_the_fixed_sample_does(n: int, share: float, p: float) -> None:
    plan = curtailed(n, int(share * n))
    point = plan.operating_point(p)
    assert point.accept.value == pytest.approx(stats.binom.cdf(plan.c, n, p), rel=1e-8, abs=1e-12)
    d = round(p * 2 * n)
    point = plan.operating_point_of_stratum(2 * n, d)
    assert point.accept.value == pytest.approx(stats.hypergeom.cdf(plan.c, 2 * n, d, n), rel=1e-7, abs=1e-11)
    assert (point.accept.value or 0.0) + (point.reject.value or 0.0) == pytest.approx(1.0, abs=1e-7)


def test_a_chance_of_next_to_nothing_keeps_its_logarithm() -> None:
    accept = curtailed(1_000_000, 0).operating_point(0.01).accept
    assert accept.value == 0.0
    assert accept.ln_value == pytest.approx(1e6 * math.log(0.99), rel=1e-12)


def test_documents() -> None:
    assert curtailed(5, 1).document()["both_ways"] is True
    assert curtailed(5, 1).operating_point(0.1).accept.inputs["n"] == 5
    assert "not put back" in curtailed(5, 1).operating_point_of_stratum(9, 1).accept.assumptions[0]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: curtailed(0, 0), "curtailed plan, n: 0"),
        (lambda: curtailed(5, 5), "curtailed plan, c: 5"),
        (lambda: curtailed(5, 1).operating_point(-0.1), "curtailed plan, p: -0.1"),
        (lambda: curtailed(5, 1).operating_point_of_stratum(4, 1), "curtailed plan, N: 4"),
        (lambda: curtailed(5, 1).operating_point_of_stratum(9, 10), "curtailed plan, d: 10"),
    ],
)
def test_refused(ask: object, message: str) -> None:
    assert callable(ask)
    with pytest.raises(StatsError, match=message):
        ask()
