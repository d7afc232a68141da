"""Several measurement methods against defects of all sizes, and the host's best answer."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.stats import worst_defect
from counterseal.stats.errors import StatsError
from counterseal.stats.items import QuantMethod, Stratum
from counterseal.stats.sampling import nondetection_general
from counterseal.stats.variables import detection_curve, flag_chance
from counterseal.stats.worst_defect import worst_defect_fraction

ROUGH = QuantMethod(name="rough", rel_random=0.25)
FINE = QuantMethod(name="fine", rel_random=0.05)
EXACT = QuantMethod(name="exact", rel_random=0.003, rel_systematic=0.004)
STORE = Stratum(name="store", n_items=200, content_kg=0.5)
PLAN = ((ROUGH, 24), (FINE, 10), (EXACT, 4))


@pytest.mark.parametrize("g", [0.0, 0.01, 0.3, 1.0])
@pytest.mark.parametrize("two_sided", [True, False])
def test_the_chance_to_flag_is_that_of_a_normal_difference(g: float, two_sided: bool) -> None:
    method = QuantMethod(
        name="any", rel_random=0.03, rel_systematic=0.04, alarm_sigma=2.5, two_sided=two_sided
    )
    difference = NormalDist(g, 0.05)
    expected = 1 - difference.cdf(2.5 * 0.05) + (difference.cdf(-2.5 * 0.05) if two_sided else 0.0)
    assert flag_chance(method, g) == pytest.approx(expected, abs=1e-15)


def test_a_curve_is_the_general_form_at_each_fraction() -> None:
    fractions = (1.0, 0.5, 0.3, 0.08)
    curve = detection_curve(STORE, PLAN, 8.0, fractions)
    assert curve.d == (16, 32, 54, 200)
    for place, g in enumerate(fractions):
        groups = [(n, flag_chance(method, g)) for method, n in PLAN]
        d, beta = curve.d[place], curve.DP[place]
        assert d is not None
        assert beta == pytest.approx(1 - (nondetection_general(200, d, groups).value or 0.0), abs=1e-14)
    assert [name for name, _ in curve.q_by_method] == ["rough", "fine", "exact"]
    assert curve.q_by_method[0][1] == tuple(flag_chance(ROUGH, g) for g in fractions)
    assert curve.lowest.value == min(chance for chance in curve.DP if chance is not None)


def test_a_fraction_that_cannot_make_up_the_goal_has_no_chance() -> None:
    curve = detection_curve(STORE, PLAN, 8.0, [0.08, 0.0799])
    assert curve.DP[1] is None
    assert curve.d == (200, None)
    assert curve.document()["DP"][1] is None
    assert "Not even all items" in curve.warnings[0]
    assert detection_curve(STORE, PLAN, 8.0, [0.01]).lowest.value is None


def test_counts_of_items_are_exact_where_decimals_are() -> None:
    tenth = Stratum(name="t", n_items=1000, content_kg=0.1)
    assert detection_curve(tenth, PLAN, 2.1, [0.7, 0.3, 0.1]).d == (30, 70, 210)


def test_the_largest_items_are_taken_from_first() -> None:
    mixed = Stratum(name="m", n_items=12, content_kg=1.0, items_by_size=((0.5, 8), (2.0, 4)))
    assert detection_curve(mixed, ((FINE, 3),), 3.0, [1.0, 0.5, 0.3]).d == (2, 3, 8)
    assert detection_curve(mixed, ((FINE, 3),), 12.0, [1.0, 0.99]).d == (12, None)


def test_items_and_measurements_drawn_a_million_times() -> None:
    """Three methods, as many false items as it takes; within four standard errors."""
    random, runs, g, d = np.random.default_rng(11), 1_000_000, 0.3, 14
    plan, store = ((ROUGH, 6), (FINE, 3), (EXACT, 1)), Stratum(name="s", n_items=60, content_kg=1.0)
    curve = detection_curve(store, plan, 4.2, [g])
    assert curve.d == (d,)
    left, false, clean = 60, np.full(runs, d), np.ones(runs, bool)
    for method, n in plan:
        hit = random.hypergeometric(false, left - false, n)
        clean &= random.random(runs) < (1 - flag_chance(method, g)) ** hit
        false, left = false - hit, left - n
    seen, exact = 1 - clean.mean(), curve.DP[0]
    assert exact is not None
    assert abs(seen - exact) < 4 * math.sqrt(exact * (1 - exact) / runs)


@given(st.integers(10, 80), st.floats(0.5, 8.0), st.data())
@settings(max_examples=25, deadline=None)
def test_no_fraction_does_better_for_the_host_than_the_worst(
    N: int, goal_kg: float, data: st.DataObject
) -> None:
    store = Stratum(name="s", n_items=N, content_kg=0.5)
    plan = ((ROUGH, data.draw(st.integers(0, N // 2))), (EXACT, data.draw(st.integers(0, N // 4))))
    worst = worst_defect_fraction(store, plan, goal_kg)
    curve = detection_curve(store, plan, goal_kg, [place / 300 for place in range(1, 301)])
    known = [chance for chance in curve.DP if chance is not None]
    if worst.DP.value is None:
        assert not known
        return
    assert worst.fraction is not None
    assert worst.n_items is not None
    small = (N - worst.n_items) * (worst.small_fraction or 0.0)
    assert (worst.fraction * worst.n_items + small) * 0.5 == pytest.approx(goal_kg)
    assert worst.DP.value <= min(known, default=1.0) + 1e-12


@pytest.mark.parametrize(
    ("N", "goal_kg", "plan", "gain"),
    [
        (12, 3.0, ((ROUGH, 3), (EXACT, 2)), 1.02),  # enough items: only rounding is gained
        (12, 2.0, ((ROUGH, 3), (FINE, 2)), 1.001),  # too few: two fractions are found
        (14, 1.5, ((ROUGH, 4), (FINE, 1)), 1.001),
        (12, 2.5, ((ROUGH, 5), (EXACT, 0)), 1.001),
    ],
)
def test_no_two_fractions_gain_a_host_more_than_rounding(
    N: int, goal_kg: float, plan: tuple[tuple[QuantMethod, int], ...], gain: float
) -> None:
    """Every split into items with much and items with little missing, against the answer."""
    worst = worst_defect_fraction(Stratum(name="s", n_items=N, content_kg=1.0), plan, goal_kg)
    assert worst.beta.value is not None
    best = 0.0
    for many in range(1, N):
        for few in range(1, N - many + 1):
            for g in np.linspace(0.02, 1.0, 50):
                rest = (goal_kg - many * g) / few
                if 0 < rest <= 1:
                    best = max(best, _mixed(N, plan, (many, float(g)), (few, float(rest))))
    assert best <= worst.beta.value * gain


def test_two_fractions_are_what_counting_gives_and_are_said_to_be_a_bound() -> None:
    plan = ((ROUGH, 3), (FINE, 2))
    worst = worst_defect_fraction(Stratum(name="s", n_items=12, content_kg=1.0), plan, 2.0)
    assert worst.fraction is not None
    assert worst.n_items is not None
    assert worst.small_fraction is not None
    assert worst.n_items * worst.fraction + (12 - worst.n_items) * worst.small_fraction == pytest.approx(2.0)
    counted = _mixed(12, plan, (worst.n_items, worst.fraction), (12 - worst.n_items, worst.small_fraction))
    assert worst.beta.value == pytest.approx(counted, rel=1e-12)
    assert worst.DP.value == pytest.approx(1 - counted, rel=1e-12)
    assert (worst.DP.kind, worst.beta.kind) == ("bound", "bound")
    assert "may mix fractions" in worst.DP.warnings[0]


def _mixed(
    N: int, plan: tuple[tuple[QuantMethod, int], ...], one: tuple[int, float], other: tuple[int, float]
) -> float:
    """The chance that nothing is seen with two kinds of false items: every way they may be measured."""
    total = 0.0
    (n1, n2), rest = [n for _, n in plan], N - sum(n for _, n in plan)
    missed = [[1 - flag_chance(method, g) for method, _ in plan] for _, g in (one, other)]
    everything = math.comb(N, one[0]) * math.comb(N - one[0], other[0])
    for a in range(min(n1, one[0]) + 1):
        for b in range(min(n2, one[0] - a) + 1):
            for c in range(min(n1 - a, other[0]) + 1):
                for e in range(min(n2 - b, other[0] - c) + 1):
                    ways = math.comb(n1, a) * math.comb(n2, b) * math.comb(rest, one[0] - a - b)
                    ways *= math.comb(n1 - a, c) * math.comb(n2 - b, e)
                    left = rest - (one[0] - a - b)
                    ways *= math.comb(left, other[0] - c - e) if left >= 0 else 0
                    total += (
                        ways * missed[0][0] ** a * missed[0][1] ** b * missed[1][0] ** c * missed[1][1] ** e
                    )
    return float(Fraction(total) / everything)


def test_smallest_fractions_can_be_left_out() -> None:
    free = worst_defect_fraction(STORE, ((ROUGH, 30),), 8.0)
    bound = worst_defect_fraction(STORE, ((ROUGH, 30),), 8.0, least_fraction=0.5)
    assert free.fraction is not None
    assert bound.fraction is not None
    assert free.fraction < 0.5 <= bound.fraction
    assert free.DP.value is not None
    assert bound.DP.value is not None
    assert free.DP.value < bound.DP.value
    assert bound.linear_fraction >= 0.5


def test_a_goal_that_the_stratum_does_not_hold_is_said() -> None:
    none = worst_defect_fraction(STORE, PLAN, 100.5)
    assert none.DP.value is None
    assert "do not hold the goal" in none.DP.warnings[0]
    assert none.document()["fraction"] is None


def test_a_large_stratum_is_searched_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Stratum(name="large", n_items=30_000, content_kg=1.0)
    worst = worst_defect_fraction(store, ((ROUGH, 60), (EXACT, 10)), 300.0)
    assert worst.DP.kind == "exact"
    monkeypatch.setattr(worst_defect, "_MOST_STEPS", 50)
    short = worst_defect_fraction(store, ((ROUGH, 60), (EXACT, 10)), 300.0)
    assert (short.DP.kind, short.beta.kind) == ("bound", "bound")
    assert "neither tried nor ruled out" in short.DP.warnings[0]
    assert (short.DP.lower or 0.0) <= (worst.DP.value or 0.0) <= (short.DP.upper or 0.0)
    curve = detection_curve(
        store, ((ROUGH, 60), (EXACT, 10)), 300.0, [place / 200 for place in range(3, 201)]
    )
    assert worst.DP.value is not None
    assert worst.DP.value <= min(chance for chance in curve.DP if chance is not None) + 1e-9


@pytest.mark.parametrize(
    ("plan", "goal_kg", "fractions", "message"),
    [
        (((ROUGH, 190), (FINE, 11)), 8.0, [1.0], "measurement plan: 201 items in all, must be at most 200"),
        (((ROUGH, -1),), 8.0, [1.0], "measurement plan, items for rough: -1"),
        (PLAN, 0.0, [1.0], "measurement plan, goal_kg: 0.0, must be above 0"),
        (PLAN, math.nan, [1.0], "measurement plan, goal_kg: nan"),
        (PLAN, 8.0, [1.0, 0.0], "detection_curve, fractions, number 2: 0.0, must be above 0"),
        (PLAN, 8.0, [1.1], "number 1: 1.1, must be at most 1"),
    ],
)
def test_what_cannot_be_is_refused(
    plan: tuple[tuple[QuantMethod, int], ...], goal_kg: float, fractions: list[float], message: str
) -> None:
    with pytest.raises(StatsError) as refused:
        detection_curve(STORE, plan, goal_kg, fractions)
    assert message in str(refused.value)
