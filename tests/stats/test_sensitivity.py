"""Sensitivity: closed forms, another program, and the worst case against a fine grid."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats.distributions import Normal, Uniform
from counterseal.stats.errors import StatsError
from counterseal.stats.sensitivity import Sobol, ranges_of, sobol, tornado
from counterseal.stats.worst_case import Goal, worst_case

UNIT = Uniform(low=0.0, high=1.0)
UNKNOWN: Any = "best"


def values(found: Sobol, which: str) -> list[float]:
    return [one.value or 0.0 for _, one in getattr(found, which)]


def test_shares_of_a_sum_and_a_product_are_known() -> None:
    dists = {"a": Normal(mean=0.0, sd=3.0), "b": Normal(mean=0.0, sd=4.0), "c": Normal(mean=1.0, sd=9.0)}
    added = sobol(lambda a, b, c: a + b + 0 * c, dists, 2**12, 1, vectorised=True)
    assert values(added, "first") == pytest.approx([9 / 25, 16 / 25, 0.0], abs=0.01)
    assert values(added, "total") == pytest.approx([9 / 25, 16 / 25, 0.0], abs=0.01)
    assert (added.mean, added.sd) == pytest.approx((0.0, 5.0), abs=0.02)
    times = sobol(lambda a, b, c: a * b * (1 + 0 * c), dists, 2**13, 1, vectorised=True)
    assert values(times, "first") == pytest.approx([0.0, 0.0, 0.0], abs=0.06)
    assert values(times, "total") == pytest.approx([1.0, 1.0, 0.0], abs=0.05)


def test_another_program_gives_the_same() -> None:
    sample = pytest.importorskip("SALib.sample.sobol")
    analyze = pytest.importorskip("SALib.analyze.sobol")
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}

    def fn(a: Any, b: Any, c: Any) -> Any:
        return 4 * a + (b - 0.3) ** 2 * (1 + c) + a * c

    rows = sample.sample(problem, 4096, calc_second_order=False, seed=1)
    peer = analyze.analyze(problem, fn(*rows.T), calc_second_order=False, seed=2)
    own = sobol(fn, dict.fromkeys("abc", UNIT), 4096, 3, vectorised=True)
    assert values(own, "first") == pytest.approx(peer["S1"].tolist(), abs=0.005)
    assert values(own, "total") == pytest.approx(peer["ST"].tolist(), abs=0.005)
    for (_, one), width in zip(own.first, peer["S1_conf"], strict=True):
        assert ((one.upper or 0.0) - (one.lower or 0.0)) / 2 == pytest.approx(width, rel=0.35, abs=1e-3)


def test_points_one_by_one_are_the_same_and_a_seed_is_a_seed() -> None:
    def fn(a: Any, b: Any) -> Any:
        return a * a + b

    dists = {"a": UNIT, "b": Uniform(low=-1.0, high=2.0)}
    first = sobol(fn, dists, 64, 9)
    assert first == sobol(fn, dists, 64, 9, vectorised=True)
    assert first != sobol(fn, dists, 64, 10)
    document = first.document()
    assert document["first"]["a"]["seed"] == 9
    assert document["total"]["b"]["inputs"]["dists"]["b"]["low"] == -1.0


def test_intervals_hold_the_truth() -> None:
    held = 0
    for seed in range(40):
        found = sobol(lambda a, b: a * b, {"a": UNIT, "b": UNIT}, 256, seed, vectorised=True)
        held += all((one.lower or 0.0) <= 3 / 7 <= (one.upper or 0.0) for _, one in found.first)
        held += all((one.lower or 0.0) <= 4 / 7 <= (one.upper or 0.0) for _, one in found.total)
    assert held >= 72


def test_tornado_moves_one_input_at_a_time() -> None:
    found = tornado(
        lambda a, b, c: a * b - c, {"a": (1.0, 2.0, 3.0), "b": (4.0, 5.0, 7.0), "c": (0.0, 0.0, 9.0)}
    )
    assert found.base.value == 10.0
    assert [(bar.name, bar.at_low, bar.at_high) for bar in found.bars] == [
        ("a", 5.0, 15.0),
        ("c", 10.0, 1.0),
        ("b", 8.0, 14.0),
    ]
    assert found.document()["bars"][1]["swing"] == 9.0


def test_quantiles_as_ranges() -> None:
    found = ranges_of({"a": Normal(mean=2.0, sd=1.0)}, low=0.16, high=0.84)
    assert found["a"] == pytest.approx((1.00554, 2.0, 2.99446), abs=1e-4)
    assert tornado(lambda a: a, found).base.value == 2.0


@settings(max_examples=25, deadline=None)
@given(terms=st.lists(st.floats(-3, 3), min_size=8, max_size=8), most=st.booleans())
def test_products_and_sums_are_worst_at_a_corner(terms: list[float], most: bool) -> None:
    def fn(a: float, b: float, c: float) -> float:
        parts = (1, a, b, c, a * b, b * c, a * c, a * b * c)
        return math.fsum(term * part for term, part in zip(terms, parts, strict=True))

    ranges = {"a": (-1.0, 2.0), "b": (0.5, 0.7), "c": (-3.0, -1.0)}
    corners = [fn(*at) for at in itertools.product(*ranges.values())]
    wanted = max(corners) if most else min(corners)
    goal: Goal = "most" if most else "least"
    exact = worst_case(fn, ranges, goal=goal, monotone=True)
    assert exact.figure.kind == "exact"
    assert exact.figure.value == pytest.approx(wanted, abs=1e-12)
    searched = worst_case(fn, ranges, goal=goal)
    assert searched.figure.kind == "bound"
    assert searched.figure.value == pytest.approx(wanted, abs=1e-9)
    assert fn(**dict(searched.where)) == searched.figure.value


def test_the_worst_may_be_inside() -> None:
    def fn(a: float, b: float) -> float:
        return (a - 0.3) ** 2 * (2 + math.sin(3 * b)) + 0.1 * (b - 1.1) ** 2

    found = worst_case(fn, {"a": (-1.0, 1.0), "b": (-2.0, 2.0)})
    assert found.figure.value == pytest.approx(0.0, abs=1e-10)
    assert (found.figure.lower, found.figure.upper) == (-math.inf, found.figure.value)
    assert "cannot be excluded" in found.figure.warnings[0]
    grid = [fn(a, b) for a in np.linspace(-1, 1, 41) for b in np.linspace(-2, 2, 41)]
    top = worst_case(fn, {"a": (-1.0, 1.0), "b": (-2.0, 2.0)}, goal="most")
    assert (top.figure.value or 0.0) >= max(grid)
    assert top.figure.lower == top.figure.value
    assert top.document()["where"]["a"] == -1.0


def test_many_inputs_are_searched_from_several_corners() -> None:
    ranges = {f"x{place}": (-1.0, 1.0) for place in range(20)}

    def fn(**inputs: float) -> float:
        return math.fsum((-1.0) ** place * inputs[f"x{place}"] for place in range(20))

    found = worst_case(fn, ranges, monotone=True)
    assert found.figure.value == -20.0
    assert found.figure.kind == "bound"


def test_an_interval_of_no_width_is_a_number() -> None:
    found = worst_case(lambda a, b: a * b, {"a": (2.0, 2.0), "b": (3.0, 3.0)})
    assert found.figure.value == 6.0
    part = worst_case(lambda a, b: a * (b - 1.0) ** 2, {"a": (2.0, 2.0), "b": (0.0, 3.0)})
    assert part.figure.value == pytest.approx(0.0, abs=1e-12)


def total(a: float, b: float) -> float:
    return a + b


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: tornado(total, {}), "tornado: no input"),
        (lambda: tornado(total, {"a": (0, 1, math.inf), "b": (0, 1, 2)}), "tornado, a, high: inf"),
        (lambda: tornado(total, {"a": (2, 1, 3), "b": (0, 1, 2)}), "tornado, a: 2, 1, 3 must not fall"),
        (lambda: tornado(lambda a: a * math.inf, {"a": (1, 2, 3)}), r"figure inf at \{'a': 1\}"),
        (lambda: ranges_of({}, low=0.6), "quantiles 0.6 and 0.95"),
        (lambda: sobol(total, {"a": UNIT, "b": UNIT}, 100, 1), "n: 100, must be a power of two"),
        (lambda: sobol(total, {"a": UNIT, "b": UNIT}, 8, 1), "shares of variance, n: 8"),
        (lambda: sobol(total, {"a": UNIT, "b": UNIT}, 64, -1), "shares of variance, seed: -1"),
        (lambda: sobol(total, {}, 64, 1), "shares of variance: no input"),
        (lambda: sobol(lambda a: 0 * a, {"a": UNIT}, 64, 1), "does not change with any input"),
        (lambda: sobol(lambda a: math.nan * a, {"a": UNIT}, 64, 1), "must get 64 finite figures"),
        (lambda: sobol(lambda a: 1.0, {"a": UNIT}, 64, 1, vectorised=True), r"finite figures, found \(\)"),
        (lambda: worst_case(total, {}), "worst case: no input"),
        (lambda: worst_case(total, {"a": (1, 0), "b": (0, 1)}), "worst case, a: low 1 is above high 0"),
        (lambda: worst_case(total, {"a": (math.nan, 0), "b": (0, 1)}), "worst case, a, low: nan"),
        (lambda: worst_case(total, {"a": (0, 1), "b": (0, math.inf)}), "worst case, b, high: inf"),
        (lambda: worst_case(total, {"a": (0, 1), "b": (0, 1)}, goal=UNKNOWN), "goal 'best'"),
    ],
)
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
