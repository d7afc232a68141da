"""Sequential tests against printed tables, to the digits printed."""

import math

import numpy as np
import pytest

from counterseal.stats.distributions import Uniform
from counterseal.stats.sensitivity import sobol
from counterseal.stats.sequential import (
    cusum_arl,
    many_tests,
    obrien_fleming,
    page_threshold,
    pocock,
    repeated_looks,
    spending_bounds,
    sprt,
)

SHIFTS = ("0", "0.25", "0.50", "0.75", "1.00", "1.50", "2.00", "2.50", "3.00", "4.00")
LOOKS = range(2, 11)


@pytest.mark.parametrize(
    ("h", "printed"),
    [
        (4.0, ("168", "74.2", "26.6", "13.3", "8.38", "4.75", "3.34", "2.62", "2.19", "1.71")),
        (5.0, ("465", "139", "38.0", "17.0", "10.4", "5.75", "4.01", "3.11", "2.57", "2.01")),
    ],
)
def test_mean_run_lengths_of_two_sided_charts(h: float, printed: tuple[str, ...]) -> None:
    """Lucas and Crosier, Technometrics 24 (1982) 199, as every textbook of quality control reprints it."""
    for shift, figure in zip(SHIFTS, printed, strict=True):
        found = cusum_arl(0.5, h, float(shift), two_sided=True).value or 0.0
        places = len(figure.partition(".")[2])
        assert f"{found:.{places}f}" == figure, shift


@pytest.mark.parametrize(
    ("periods", "false_alarm", "threshold"),
    [(12, 0.05, 3.3745), (52, 0.05, 4.9717), (120, 0.05, 5.8520), (120, 0.01, 7.4461)],
)
def test_thresholds_for_a_life_time(periods: int, false_alarm: float, threshold: float) -> None:
    assert round(page_threshold(0.5, periods, false_alarm).value or 0.0, 4) == pytest.approx(
        threshold, abs=1e-9
    )


@pytest.mark.parametrize(
    ("alpha", "of_pocock", "of_obrien_fleming"),
    [
        (
            0.01,
            (2.772, 2.873, 2.939, 2.986, 3.023, 3.053, 3.078, 3.099, 3.117),
            (2.580, 2.595, 2.609, 2.621, 2.631, 2.640, 2.648, 2.654, 2.660),
        ),
        (
            0.05,
            (2.178, 2.289, 2.361, 2.413, 2.453, 2.485, 2.512, 2.535, 2.555),
            (1.977, 2.004, 2.024, 2.040, 2.053, 2.063, 2.072, 2.080, 2.087),
        ),
        (
            0.10,
            (1.875, 1.992, 2.067, 2.122, 2.164, 2.197, 2.225, 2.249, 2.270),
            (1.678, 1.710, 1.733, 1.751, 1.765, 1.776, 1.786, 1.794, 1.801),
        ),
    ],
)
def test_constants_of_pocock_and_of_obrien_and_fleming(
    alpha: float, of_pocock: tuple[float, ...], of_obrien_fleming: tuple[float, ...]
) -> None:
    """Jennison and Turnbull, Group sequential methods (2000), tables 2.1 and 2.3."""
    assert tuple(round(pocock(looks, alpha).bounds[-1], 3) for looks in LOOKS) == of_pocock
    assert tuple(round(obrien_fleming(looks, alpha).bounds[-1], 3) for looks in LOOKS) == of_obrien_fleming


def test_limits_of_spending_functions() -> None:
    """Five looks, two-sided 5 %: Reboussin, DeMets, Kim and Lan, Controlled Clinical Trials 21 (2000) 190."""
    fifths = (0.2, 0.4, 0.6, 0.8, 1.0)
    strict, even = spending_bounds(fifths), spending_bounds(fifths, spending="pocock")
    assert strict.bounds == pytest.approx((4.8769, 3.3569, 2.6803, 2.2898, 2.0310), abs=2e-4)
    assert even.bounds == pytest.approx((2.4380, 2.4268, 2.4101, 2.3966, 2.3859), abs=2e-4)


def test_repeated_looks_at_five_percent() -> None:
    """Armitage, McPherson and Rowe, J. R. Statist. Soc. A 132 (1969) 235, table 2."""
    printed = {1: 0.050, 2: 0.083, 3: 0.107, 4: 0.126, 5: 0.142, 10: 0.193, 20: 0.248, 50: 0.320}
    assert {looks: round(repeated_looks(looks).value or 0.0, 3) for looks in printed} == printed


def test_2700_item_tests_at_five_percent_together() -> None:
    assert f"{many_tests(2700).value:.2e}" == "1.85e-05"
    sidak = many_tests(2700, method="sidak")
    assert f"{sidak.value:.2e}" == "1.90e-05"
    assert "4.12 standard deviations" in sidak.method


def test_learning_while_sampling() -> None:
    plan = sprt(0.01, 0.10, 0.05, 0.10)
    assert (plan.fixed_items, plan.fixed_accept) == (52, 2)
    assert [round(plan.operating_point(p).expected_number.value or 0.0) for p in (0.01, 0.10)] == [30, 22]
    assert plan.clean_items_to_stop == 24


def test_ishigamis_function() -> None:
    """Ishigami and Homma (1990), a = 7, b = 0.1: shares known in closed form."""
    angle = Uniform(low=-math.pi, high=math.pi)
    found = sobol(
        lambda x, y, z: np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x),
        {"x": angle, "y": angle, "z": angle},
        2**17,
        2026,
        vectorised=True,
    )
    assert [one.value for _, one in found.first] == pytest.approx([0.3139, 0.4424, 0.0], abs=5e-4)
    assert [one.value for _, one in found.total] == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-4)
    assert found.mean == pytest.approx(3.5, abs=1e-4)
    assert found.sd**2 == pytest.approx(13.8446, abs=5e-3)
