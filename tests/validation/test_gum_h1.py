"""The calibration of an end gauge: the Guide's example H.1, and the same in Supplement 1, 9.5."""

import math
from typing import Any

import pytest

from counterseal.stats.distributions import Arcsine, InexactLimits, Normal, StudentT, Uniform
from counterseal.stats.drawn_propagation import propagate_by_drawing
from counterseal.stats.propagation import Propagated, Quantity, propagate

NAMES = ("l_s", "d_0", "d_1", "d_2", "alpha_s", "delta_alpha", "delta_theta", "theta_bar", "Delta")


def length_nm(x: Any) -> Any:
    """Length of the gauge: the standard's, the difference read, and two corrections for temperature."""
    l_s, d_0, d_1, d_2, alpha_s, delta_alpha, delta_theta, theta_bar, delta = x
    return l_s + d_0 + d_1 + d_2 - l_s * (delta_alpha * (theta_bar + delta) + alpha_s * delta_theta)


@pytest.fixture(scope="module")
def found() -> Propagated:
    half = math.sqrt(3)
    rows = (
        (50_000_623.0, 25.0, 18.0),
        (215.0, 5.8, 24.0),
        (0.0, 3.9, 5.0),
        (0.0, 6.7, 8.0),
        (11.5e-6, 2e-6 / half, math.inf),
        (0.0, 1e-6 / half, 50.0),
        (0.0, 0.05 / half, 2.0),
        (-0.1, 0.2, math.inf),
        (0.0, 0.5 / math.sqrt(2), math.inf),
    )
    return propagate(
        length_nm,
        [
            Quantity(name=name, value=value, uncertainty=u, dof=dof)
            for name, (value, u, dof) in zip(NAMES, rows, strict=True)
        ],
    )


def test_first_order(found: Propagated) -> None:
    """Printed: 50.000838 mm and 32 nm (31.7 before rounding)."""
    assert found.value == pytest.approx(50_000_838.0, abs=0.5)
    assert f"{found.first_order.value:.1f}" == "31.7"
    printed = {"l_s": 25, "d_0": 5.8, "d_1": 3.9, "d_2": 6.7, "delta_alpha": 2.9, "delta_theta": 16.6}
    for name, contribution in found.contributions:
        assert abs(contribution) == pytest.approx(printed.get(name, 0.0), abs=0.05)


def test_second_order(found: Propagated) -> None:
    """Printed: 34 nm, of which 11.7 nm and 1.7 nm are of second order."""
    assert f"{found.second_order.value:.1f}" == "33.8"
    first, second = found.first_order.value or 0.0, found.second_order.value or 0.0
    assert math.sqrt(second**2 - first**2) == pytest.approx(math.hypot(11.7, 1.7), abs=0.05)


def test_degrees_of_freedom_and_expanded_uncertainty(found: Propagated) -> None:
    """Printed: 16 (16.7, from rounded figures, cut off), 92.9 nm to 99 % with factor 2.92 of 16 degrees."""
    assert f"{found.dof.value:.1f}" == "16.8"
    assert found.expanded(0.99).value == pytest.approx(92.9, abs=1.1)


def test_the_other_program(found: Propagated) -> None:
    gtc = pytest.importorskip("GTC")
    half = math.sqrt(3)
    inputs = (
        gtc.ureal(5.0000623e7, 25, 18),
        gtc.ureal(215, 5.8, 24),
        gtc.ureal(0.0, 3.9, 5),
        gtc.ureal(0.0, 6.7, 8),
        gtc.ureal(11.5e-6, 2e-6 / half),
        gtc.ureal(0.0, 1e-6 / half, 50),
        gtc.ureal(0.0, 0.05 / half, 2),
        gtc.ureal(-0.1, 0.2),
        gtc.ureal(0.0, 0.5 / math.sqrt(2)),
    )
    peer = length_nm(inputs)
    assert found.first_order.value == pytest.approx(gtc.uncertainty(peer), rel=1e-9)
    assert found.dof.value == pytest.approx(gtc.dof(peer), rel=1e-6)


def test_by_drawing() -> None:
    """Supplement 1, 9.5: mean 838 nm above 50 mm, 36 nm, shortest 99 % interval 745 nm to 932 nm."""
    drawn = propagate_by_drawing(
        length_nm,
        {
            "l_s": StudentT(mean=50_000_623.0, scale=25.0, dof=18.0),
            "d_0": StudentT(mean=215.0, scale=6.0, dof=24.0),
            "d_1": StudentT(mean=0.0, scale=4.0, dof=5.0),
            "d_2": StudentT(mean=0.0, scale=7.0, dof=8.0),
            "alpha_s": Uniform(low=9.5e-6, high=13.5e-6),
            "delta_alpha": InexactLimits(low=-1e-6, high=1e-6, slack=0.1e-6),
            "delta_theta": InexactLimits(low=-0.05, high=0.05, slack=0.025),
            "theta_bar": Normal(mean=-0.1, sd=0.2),
            "Delta": Arcsine(low=-0.5, high=0.5),
        },
        n=400_000,
        seed=95,
        coverage=0.99,
    )
    assert f"{(drawn.mean.value or 0.0) - 5e7:.0f}" == "838"
    assert f"{drawn.uncertainty.value:.0f}" == "36"
    assert drawn.shortest[0] - 5e7 == pytest.approx(745, abs=1.0)
    assert drawn.shortest[1] - 5e7 == pytest.approx(932, abs=1.0)
