"""Sample sizes, plans and curves that others printed, to the digits printed.

The table of sample sizes and the worked examples of several methods were made by independent code in other
arithmetic before this code was written; the two-point plans are those that the manual of R's package
AcceptanceSampling prints (Kiermeier, Journal of Statistical Software 26 (2008) 6), the introduction of R's
package AccSamplingDesign, and the tests of the Python companion of Kenett, Zacks and Gedeck, Industrial
Statistics (2022).
"""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from counterseal.stats.items import QuantMethod, Stratum
from counterseal.stats.sampling import nondetection, plan_size
from counterseal.stats.shared_rate import shared_rate_nondetection
from counterseal.stats.two_point import plan_two_point
from counterseal.stats.two_point_search import accepted_binomial, limit_for
from counterseal.stats.variables import detection_curve
from counterseal.stats.worst_defect import worst_defect_fraction

GOALS = (0.05, 0.10, 0.50, 0.80)
TABLE = (
    (100, 5, ((45, 46), (37, 37), (13, 13), (5, 5))),
    (500, 5, ((225, 226), (184, 185), (65, 65), (22, 22))),
    (1000, 10, ((258, 259), (205, 206), (67, 67), (22, 23))),
    (1550, 10, ((401, 402), (318, 319), (104, 104), (35, 35))),
    (1550, 50, ((89, 91), (69, 70), (22, 22), (7, 7))),
    (3000, 10, ((776, 777), (617, 618), (201, 201), (67, 67))),
)


@pytest.mark.parametrize(("N", "d", "printed"), TABLE)
def test_table_of_sample_sizes(N: int, d: int, printed: tuple[tuple[int, int], ...]) -> None:
    for beta_max, (exact, rule) in zip(GOALS, printed, strict=True):
        assert plan_size(N, d, beta_max).value == exact
        assert plan_size(N, d, beta_max, rule="iaea").value == rule


def test_samples_with_tests_that_err() -> None:
    assert plan_size(500, 5, 0.05, 0.8).value == 281
    assert plan_size(500, 5, 0.05, 0.5).value == 451
    assert nondetection(500, 5, 500, 0.5).value == pytest.approx(0.031, abs=5e-4)


def test_an_uncertain_rate_against_its_mean() -> None:
    assert shared_rate_nondetection(50, 10, 25, (4, 1)).value == pytest.approx(0.0132, abs=5e-5)
    assert nondetection(50, 10, 25, 0.8).value == pytest.approx(0.0039, abs=5e-5)


STORE = Stratum(name="store", n_items=200, content_kg=0.5)
ROUGH = QuantMethod(name="rough", rel_random=0.25)
FINE = QuantMethod(name="fine", rel_random=0.05)
EXACT = QuantMethod(name="exact", rel_random=0.005)


def test_three_levels_of_measurement() -> None:
    """200 items of 0.5 kg, goal 8 kg: at every tenth of an item 0.954 at least; thirty rough or exact ones alone."""
    tenths = [place / 10 for place in range(1, 11)]
    three = detection_curve(STORE, ((ROUGH, 24), (FINE, 10), (EXACT, 4)), 8.0, tenths).lowest.value
    assert three is not None
    assert round(three, 3) >= 0.954
    rough = detection_curve(STORE, ((ROUGH, 30),), 8.0, [1.0, 0.1]).DP
    assert [round(chance or 0.0, 3) for chance in rough] == [0.893, 0.113]
    exact = detection_curve(STORE, ((EXACT, 30),), 8.0, [1.0]).DP
    assert [round(chance or 0.0, 3) for chance in exact] == [0.934]


def test_the_worst_of_all_fractions_is_a_little_below_the_worst_of_those_printed() -> None:
    worst = worst_defect_fraction(STORE, ((ROUGH, 24), (FINE, 10), (EXACT, 4)), 8.0)
    assert worst.n_items == 25
    assert worst.fraction == 0.64
    assert worst.DP.value == pytest.approx(0.953, abs=5e-4)


PRODUCER, CONSUMER = (0.05, 0.95), (0.15, 0.075)


def test_plans_of_the_r_manual() -> None:
    counted = plan_two_point(None, PRODUCER, CONSUMER, "binom")
    assert (counted.n, counted.c) == (80, 7)
    known = plan_two_point(None, PRODUCER, CONSUMER, "normal")
    assert known.n == 26
    assert known.k == pytest.approx(1.322271, abs=5e-7)
    unknown = plan_two_point(None, PRODUCER, CONSUMER, "normal", sigma="unknown")
    assert unknown.n == 49
    assert unknown.k == pytest.approx(1.326538, abs=5e-6)  # printed from a root found to 1e-4 of the interval


def test_rows_of_the_curve_in_the_r_manual() -> None:
    """The plan 20/0 at both risk points, to the eight digits printed; and 10/3 by its binomial sum."""
    found = [accepted_binomial(p, 20, 0) for p in (0.05, 0.15)]
    assert [2.718281828459045**ln for ln in found] == pytest.approx([0.35848592, 0.03875953], abs=5e-9)
    for percent in range(11):
        p = percent / 100
        terms = (1 - p) ** 10 + 10 * p * (1 - p) ** 9 + 45 * p**2 * (1 - p) ** 8 + 120 * p**3 * (1 - p) ** 7
        assert 2.718281828459045 ** accepted_binomial(p, 10, 3) == pytest.approx(terms, rel=1e-13)


@pytest.mark.parametrize(
    ("good", "bad", "size", "risks", "at_3_percent"),
    [
        ((0.01, 0.98), (0.05, 0.15), (144, 4), (0.01534843, 0.1487162), 0.5656415),
        ((0.01, 0.95), (0.05, 0.10), (132, 3), (0.04425251, 0.0992283), 0.4384354),
    ],
)
def test_plans_of_another_r_package(
    good: tuple[float, float],
    bad: tuple[float, float],
    size: tuple[int, int],
    risks: tuple[float, float],
    at_3_percent: float,
) -> None:
    plan = plan_two_point(None, good, bad, "binom")
    assert (plan.n, plan.c) == size
    at_good, at_bad, between = (chance for _, chance in plan.oc_curve((good[0], bad[0], 0.03)))
    assert 1 - at_good == pytest.approx(risks[0], abs=5e-9)
    assert at_bad == pytest.approx(risks[1], abs=5e-8)
    assert between == pytest.approx(at_3_percent, abs=5e-8)


def test_a_variables_plan_of_another_r_package() -> None:
    plan = plan_two_point(None, (0.025, 0.95), (0.1, 0.1), "normal")
    assert plan.n == 19
    assert plan.k == pytest.approx(1.579, abs=5e-3)  # there the limit lies between what both points allow


def test_plans_for_100_items_in_a_textbook() -> None:
    bad = [percent / 100 for percent in range(5, 33, 3)]
    for good_pa, bad_pa, good_p, sizes in (
        (0.05, 0.049999999, 0.01, (45, 31, 23, 18, 15, 13, 11, 10, 9, 8)),
        (0.5, 0.3, 0.01, (21, 14, 10, 8, 7, 6, 5, 4, 4, 4)),
        (0.5, 0.3, 0.03, (42, 14, 10, 8, 7, 6, 5, 4, 4, 4)),
    ):
        plans = [plan_two_point(100, (good_p, good_pa), (p, bad_pa), "hyper") for p in bad]
        assert tuple(plan.n for plan in plans) == sizes
        assert [plan.c for plan in plans] == [1 if good_p == 0.03 else 0, *[0] * 9]


def test_variables_plans_in_a_textbook() -> None:
    known = plan_two_point(None, (0.01, 0.95), (0.03, 0.05), "normal")
    assert known.n == 55
    assert known.k == pytest.approx(2.1045558562282713, rel=1e-14)
    unknown = plan_two_point(None, (0.01, 0.95), (0.03, 0.05), "normal", sigma="unknown")
    assert unknown.n == 176
    assert unknown.k == pytest.approx(2.105480330251979, abs=1e-6)  # roots there are found to about 1e-6
    assert limit_for(100, (0.01, 0.95)) == pytest.approx(2.0400552555161156, abs=1e-6)
    assert limit_for(10, (0.01, 0.95)) == pytest.approx(1.562533782230915, abs=1e-6)


@pytest.mark.parametrize("n", [10, 100, 176])
def test_limits_with_unknown_sigma_by_another_integral(n: int) -> None:
    """The chance of acceptance, averaged over the standard deviation of the sample."""
    spread = np.linspace(max(1e-6, 1 - 9 / math.sqrt(2 * n)), 1 + 9 / math.sqrt(2 * n), 20_001)
    density = stats.chi.pdf(spread * math.sqrt(n - 1), n - 1) * math.sqrt(n - 1)
    k, z = limit_for(n, (0.01, 0.95)), stats.norm.isf(0.01)
    refused = stats.norm.cdf(math.sqrt(n) * (k * spread - z))
    assert integrate.simpson(density * (1 - refused), x=spread) == pytest.approx(0.95, abs=1e-9)
