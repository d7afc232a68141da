"""The point model: published results to their last digit, there and back, and its slopes."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement.coincidence_rates import CoincidenceRates
from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.neutron_counter import NeutronCounter, single_exponential_fractions
from counterseal.measurement.point_model import (
    NoSolutionError,
    PointModelItem,
    expected_rates,
    solve_point_model,
)
from counterseal.measurement.simulate_pulses import factorial_moments
from counterseal.reference.neutron_data import PU239_CHANCES, PU239_INDUCED, PU240_CHANCES, PU240_SPONTANEOUS


def counter(efficiency: float, doubles: float, triples: float) -> NeutronCounter:
    return NeutronCounter(
        gate_us=64.0,
        predelay_us=4.5,
        efficiency=efficiency,
        doubles_gate_fraction=doubles,
        triples_gate_fraction=triples,
    )


def rates(singles: float, doubles: float, triples: float) -> CoincidenceRates:
    return CoincidenceRates(singles_per_s=singles, doubles_per_s=doubles, triples_per_s=triples)


@pytest.mark.parametrize(
    ("measured", "used", "printed"),
    [
        ((56866.931, 1363.992, 165.137), (0.3128, 0.7700, 0.5929), (1.005, 8.805, 18.090)),
        ((820.149, 29.903, 3.377), (0.311 * 0.75, 0.6302, 0.4460), (1.035, 4.102, 0.653)),
        ((817.471, 29.737, 3.405), (0.311 * 0.75, 0.6302, 0.4460), (1.037, 4.210, 0.636)),
        ((273956.343, 7075.029, 109.702), (0.3128, 0.77, 0.5929), (0.951, 3.249, 212.619)),
    ],
    ids=["1AHX3842", "1AIX0036", "1AKW2118", "1AHW5944"],
)
def test_published_items_to_one_in_the_last_digit(
    measured: tuple[float, float, float],
    used: tuple[float, float, float],
    printed: tuple[float, float, float],
) -> None:
    """Vector V6, as INCC prints it."""
    found = solve_point_model(rates(*measured), counter=counter(*used))
    for value, expected in zip((found.multiplication, found.alpha, found.m240_g), printed, strict=True):
        assert value == pytest.approx(expected, abs=1.001e-3)


@given(
    multiplication=st.floats(1.0, 3.0),
    alpha=st.floats(0.0, 20.0),
    mass=st.floats(0.01, 5_000.0),
    efficiency=st.floats(0.02, 0.9),
)
@settings(max_examples=300)
def test_an_item_comes_back_from_the_rates_that_are_expected_of_it(
    multiplication: float, alpha: float, mass: float, efficiency: float
) -> None:
    used = counter(efficiency, 0.63, 0.45)
    item = PointModelItem(multiplication=multiplication, alpha=alpha, m240_g=mass)
    found = solve_point_model(expected_rates(item, counter=used), counter=used)
    # Rounding of the rates alone moves a nearly double root by the square root of it.
    assert found.multiplication == pytest.approx(multiplication, rel=1e-6)
    assert found.m240_g == pytest.approx(mass, rel=1e-5)
    assert found.alpha == pytest.approx(alpha, rel=1e-5, abs=1e-5)


def test_the_covariance_is_that_of_its_slopes() -> None:
    used = counter(0.311 * 0.75, 0.6302, 0.4460)
    measured = np.array([817.471, 29.737, 3.405])
    covariance = np.array([[2.4, 0.14, -0.07], [0.14, 0.12, 0.03], [-0.07, 0.03, 0.0325]])

    def solved(values: np.ndarray) -> np.ndarray:
        item = solve_point_model(rates(*values), counter=used)
        return np.array([item.multiplication, item.alpha, item.m240_g])

    slopes = np.array(
        [
            (solved(measured + step) - solved(measured - step)) / (2 * step.sum())
            for step in np.diag(measured * 1e-5)
        ]
    ).T
    given_rates = CoincidenceRates(
        singles_per_s=measured[0],
        doubles_per_s=measured[1],
        triples_per_s=measured[2],
        covariance=tuple(tuple(row) for row in covariance.tolist()),
    )
    found = np.array(solve_point_model(given_rates, counter=used).covariance)
    assert found == pytest.approx(slopes @ covariance @ slopes.T, rel=1e-6)


@pytest.mark.parametrize(
    "measured", [(0.0, 1.0, 1.0), (-5.0, 1.0, 1.0), (100.0, 0.0, 0.0), (100.0, 3.0, 1e6)], ids=str
)
def test_rates_that_no_item_has_are_refused(measured: tuple[float, float, float]) -> None:
    with pytest.raises(NoSolutionError):
        solve_point_model(rates(*measured), counter=counter(0.3, 0.63, 0.45))


def test_the_moments_are_those_of_the_chances() -> None:
    for chances, moments in ((PU240_CHANCES, PU240_SPONTANEOUS), (PU239_CHANCES, PU239_INDUCED)):
        assert math.fsum(chances) == pytest.approx(1.0, abs=1e-6)
        printed = (moments.first, moments.second, moments.third)
        assert factorial_moments(chances) == pytest.approx(printed, abs=6e-4)


def test_single_exponential_fractions_follow_their_formula() -> None:
    found = single_exponential_fractions(predelay_us=4.5, gate_us=64.0, die_away_us=41.0)
    doubles = math.exp(-4.5 / 41.0) * (1 - math.exp(-64.0 / 41.0))
    assert (found.doubles, found.triples) == pytest.approx((doubles, doubles * doubles), rel=1e-14)
    assert round(found.doubles, 3) == 0.708


GOOD = counter(0.3, 0.6, 0.4)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (lambda: replace(GOOD, efficiency=0.0), "efficiency"),
        (lambda: replace(GOOD, efficiency=1.1), "efficiency"),
        (lambda: replace(GOOD, gate_us=0.0), "gate_us"),
        (lambda: replace(GOOD, predelay_us=-1.0), "predelay_us"),
        (lambda: replace(GOOD, doubles_gate_fraction=float("nan")), "doubles_gate_fraction"),
        (lambda: replace(GOOD, triples_gate_fraction=2.0), "triples_gate_fraction"),
        (lambda: replace(GOOD, fission_rate_per_s_g=0.0), "fission_rate_per_s_g"),
        (lambda: replace(GOOD, die_away_us=-1.0), "die_away_us"),
        (lambda: replace(GOOD, induced=replace(PU239_INDUCED, first=1.0)), "above 1"),
        (lambda: replace(GOOD, induced=replace(PU239_INDUCED, third=-1.0)), "fission moments"),
        (lambda: replace(GOOD, induced=replace(PU240_SPONTANEOUS)), "do not tell"),
    ],
    ids=range(11),
)
def test_a_counter_that_cannot_be_is_refused(made: Callable[[], NeutronCounter], name: str) -> None:
    with pytest.raises(CalibrationError, match=name):
        made()


def test_the_bits_are_the_same_on_every_machine() -> None:
    found = solve_point_model(
        rates(817.4705402956697, 29.737175446413012, 3.4053980929998),
        counter=counter(0.23325, 0.6302, 0.4460),
    )
    assert [value.hex() for value in (found.multiplication, found.alpha, found.m240_g)] == [
        "0x1.096508e7317f6p+0",
        "0x1.0d724a974e144p+2",
        "0x1.45ba9dc02454ap-1",
    ]
