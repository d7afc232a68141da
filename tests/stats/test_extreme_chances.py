"""Chances at the ends of what numbers can hold: right to the last digits, and no zero with a sign."""

import math
import sys
from fractions import Fraction

import pytest

from counterseal.stats.items import QuantMethod, Stratum
from counterseal.stats.result import Result
from counterseal.stats.sampling import alarm_probability, nondetection, nondetection_general
from counterseal.stats.shared_rate import shared_rate_nondetection
from counterseal.stats.variables import detection_curve, nondetection_at
from counterseal.stats.worst_defect import worst_defect_fraction

ROUGH = QuantMethod(name="rough", rel_random=0.25)
FINE = QuantMethod(name="fine", rel_random=0.05)
EXACT = QuantMethod(name="exact", rel_random=0.003, rel_systematic=0.004)
NEAR_PERFECT = QuantMethod(name="near-perfect", rel_random=1e-6)
ENDS = (5e-324, 1e-300, 1e-20, 0.3, 7.5, 1e15, 1e17, 1.7e308)


def of_shared_rate(N: int, d: int, n: int, a: Fraction, b: Fraction) -> Fraction:
    total, missed = Fraction(0), Fraction(1)
    for k in range(min(d, n) + 1):
        if n - k <= N - d:
            total += math.comb(d, k) * math.comb(N - d, n - k) * missed
        missed *= (b + k) / (a + b + k)
    return total / math.comb(N, n)


@pytest.mark.parametrize(("N", "d", "n"), [(5, 1, 5), (5, 3, 3), (30, 12, 22), (30, 12, 9)])
def test_a_shared_rate_is_right_for_every_beta_distribution(N: int, d: int, n: int) -> None:
    for a in ENDS:
        for b in ENDS:
            told = shared_rate_nondetection(N, d, n, (a, b))
            exact = of_shared_rate(N, d, n, Fraction(a), Fraction(b))
            ln_exact = math.log(exact.numerator) - math.log(exact.denominator)
            assert told.ln_value == pytest.approx(ln_exact, rel=1e-12, abs=1e-12)
            if told.value is not None and told.value >= sys.float_info.min:
                assert abs(Fraction(told.value) / exact - 1) <= Fraction(1, 10**12)
            else:
                assert "use its logarithm" in told.warnings[0]


@pytest.mark.parametrize("detect_beta", [(1.0, 1e-300), (1e300, 1.0), (1e300, 1e-300)])
def test_a_shared_rate_of_a_whole_million_is_a_number(detect_beta: tuple[float, float]) -> None:
    a, b = (Fraction(one) for one in detect_beta)
    exact = math.prod((b + i) / (a + b + i) for i in range(10))
    told = shared_rate_nondetection(10**6, 10, 10**6, detect_beta)
    assert told.ln_value == pytest.approx(math.log(exact.numerator) - math.log(exact.denominator), rel=1e-14)


def test_none_drawn_counts_where_the_next_term_is_too_small_for_a_number() -> None:
    """With Beta(1, b) it is h(0) + sum of h(k) b / (b + k), and b is so small that k > 0 needs no b below."""
    N, d, n, b = 4000, 1190, 1510, 1e-306
    ways = math.comb(N, n)
    rest = math.fsum(math.comb(d, k) * math.comb(N - d, n - k) / (k * ways) for k in range(1, d + 1))
    none = nondetection(N, d, n).ln_value or 0.0
    some = math.log(rest) + math.log(b)
    assert none < -700
    assert abs(none - some) < 10
    told = shared_rate_nondetection(N, d, n, (1.0, b))
    assert told.ln_value == pytest.approx(
        max(none, some) + math.log1p(math.exp(-abs(none - some))), rel=1e-13
    )


def test_no_zero_has_a_sign() -> None:
    nothing = Result(value=-0.0, lower=-0.0, upper=0.0, kind="exact", method="m", exact=True, ln_value=-0.0)
    for one in (nothing.value, nothing.lower, nothing.upper, nothing.ln_value):
        assert math.copysign(1.0, one or 0.0) == 1.0
    for told in (nondetection(10, 0, 5), nondetection_general(10, 0, [(5, 0.5)])):
        assert math.copysign(1.0, told.ln_value or 0.0) == 1.0
    store = Stratum(name="s", n_items=20)
    curve = detection_curve(store, ((ROUGH, 0),), 2.0, [1.0])
    worst = worst_defect_fraction(store, ((ROUGH, 0),), 15.0)
    for one in (curve.DP[0], curve.ln_beta[0], worst.DP.value, worst.DP.lower, worst.DP.upper):
        assert str(one) == "0.0"


@pytest.mark.parametrize(
    ("q", "a", "accept", "chance"),
    [(1, 0, 999_999, 1.0), (1, 0, 10**6, 0.0), (0, 0.5, 0, 0.0), (1, 0.5, 999_999, 1.0)],
)
def test_alarms_that_are_certain_take_no_work(q: float, a: float, accept: int, chance: float) -> None:
    assert alarm_probability(10**6, 10**6, 10**6, q, a, accept).value == chance


def test_alarms_that_cannot_be_are_none_and_others_are_worked_out_as_before() -> None:
    assert alarm_probability(10**6, 400_000, 700_000, 1, 0, 400_000).value == 0.0
    assert alarm_probability(10**6, 400_000, 700_000, 1, 0, 99_999).value == 1.0
    assert alarm_probability(10, 4, 5, 1, 0, 1).value == pytest.approx(1 - (6 + 60) / 252)


def test_a_goal_of_all_that_is_held_can_be_taken_in_one_way_only() -> None:
    store = Stratum(name="s", n_items=12)
    for given in (store, Stratum(name="m", n_items=12, items_by_size=((2.0, 4), (0.5, 8)))):
        worst = worst_defect_fraction(given, ((ROUGH, 3),), 12.0)
        assert (worst.DP.kind, worst.DP.warnings, worst.fraction, worst.n_items) == ("exact", (), 1.0, 12)
        assert worst.DP.lower == worst.DP.value == pytest.approx(1 - 0.15865525393145707**3)
    assert worst_defect_fraction(Stratum(name="one", n_items=1), ((ROUGH, 1),), 0.01).DP.kind == "exact"


def test_all_items_measured_nearly_without_error_leave_no_doubt() -> None:
    worst = worst_defect_fraction(Stratum(name="s", n_items=200), ((NEAR_PERFECT, 200),), 8.0)
    assert (worst.DP.kind, worst.DP.lower, worst.DP.warnings) == ("exact", 1.0, ())
    assert worst.beta.upper == 0.0


def test_the_lower_end_holds_whatever_is_missing_from_each_item() -> None:
    """Two items measured of five; every split of the goal into fifths and no split below the lower end."""
    store, plan, goal = Stratum(name="s", n_items=5), ((ROUGH, 2), (FINE, 1)), 1.0
    worst = worst_defect_fraction(store, plan, goal)
    assert worst.DP.kind == "bound"
    assert 0.0 < (worst.DP.lower or 0.0) < (worst.DP.value or 0.0)
    for d in range(1, 6):
        seen = 1 - (nondetection_at(store, plan, goal / d, d).value or 0.0)
        assert seen >= (worst.DP.lower or 0.0)


def test_every_number_of_false_items_is_tried_or_ruled_out() -> None:
    large = Stratum(name="s", n_items=200_000)
    worst = worst_defect_fraction(large, ((ROUGH, 600), (EXACT, 10)), 5000.0)
    assert (worst.DP.kind, worst.DP.warnings) == ("exact", ())
    assert worst.n_items is not None
    for d in (5000, 20_000, worst.n_items - 1, worst.n_items + 1, 30_000, 200_000):
        beta = nondetection_at(large, ((ROUGH, 600), (EXACT, 10)), 5000 / d, d).value or 0.0
        assert beta <= (worst.beta.value or 0.0) * (1 + 1e-11)
