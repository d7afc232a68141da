"""Rates from histograms: a published chain to its last digit, and what each rule is there for."""

import numpy as np
import pytest

from counterseal.measurement.coincidence_rates import (
    CoincidenceRates,
    CountedCycle,
    net_rates,
    rates_of_cycles,
    sum_of_cycles,
    uncorrelated_rates,
)
from counterseal.measurement.covariance import covariance_of_mean, propagated
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import DeadTime, NeutronCounter
from counterseal.measurement.pulses import CoincidenceCount

BARE = NeutronCounter(
    gate_us=64.0, predelay_us=4.5, efficiency=0.5, doubles_gate_fraction=0.66, triples_gate_fraction=0.4354
)
WDAS = NeutronCounter(
    gate_us=64.0,
    predelay_us=4.5,
    efficiency=0.311 * 0.75,
    doubles_gate_fraction=0.6302,
    triples_gate_fraction=0.4460,
    dead_time=DeadTime(coefficient_a_us=0.1430, coefficient_b_us_per_mcps=0.0052, multiplicity_ns=35.9),
)


def cycle(
    singles: int,
    with_reals: list[int],
    accidentals: list[int],
    *,
    seconds: int = 1,
    scalers: tuple[int, int] | None = None,
) -> CountedCycle:
    return CountedCycle(
        count=CoincidenceCount(
            singles=singles,
            with_reals=np.array(with_reals, dtype=np.int64),
            accidentals=np.array(accidentals, dtype=np.int64),
            time_ns=seconds * 10**9,
        ),
        with_reals_sum=None if scalers is None else scalers[0],
        accidentals_sum=None if scalers is None else scalers[1],
    )


def test_the_published_raw_chain_to_its_last_digit() -> None:
    """Vector V6, 1AKW2118: INCC prints 817.471, 29.737, 3.405."""
    counted = cycle(
        493_712,
        [454_024, 35_889, 3_446, 315, 35, 2, 1],
        [469_324, 22_863, 1_390, 86],
        seconds=600,
        scalers=(43_882, 25_992),
    )
    background = uncorrelated_rates((5.407, 0.083, 0.010), uncertainties=(0.108, 0.023, 0.006))
    found = net_rates(counted, counter=WDAS, background=background)
    assert [round(value, 3) for value in found.values] == [817.471, 29.737, 3.405]
    assert found.uncertainties_per_s == pytest.approx((0.108, 0.023, 0.006))


def test_accidentals_are_normalised_by_the_number_of_reals_triggers() -> None:
    """An A histogram that misses triggers with nothing in their gate bends nothing."""
    whole = cycle(1_000, [600, 300, 100], [800, 180, 20])
    short = cycle(1_000, [600, 300, 100], [700, 180, 20])
    assert net_rates(short, counter=BARE).values == net_rates(whole, counter=BARE).values
    doubles = 1_000 * (0.5 - 0.22)
    triples = 1_000 * (0.1 - 0.02 - 0.22 * (0.5 - 0.22))
    assert net_rates(whole, counter=BARE).values == pytest.approx((1_000, doubles, triples), rel=1e-14)


def test_scalers_count_doubles_where_there_are_some() -> None:
    found = net_rates(cycle(1_000, [600, 300, 100], [800, 180, 20], scalers=(500, 230)), counter=BARE)
    assert found.doubles_per_s == 270.0


def test_reals_that_are_missing_are_refused() -> None:
    with pytest.raises(MeasurementError, match="R\\+A data are missing"):
        net_rates(cycle(1_000, [0], [1_000]), counter=BARE)


def test_no_pulse_gives_rates_of_zero() -> None:
    assert net_rates(cycle(0, [0], [0]), counter=BARE).values == (0.0, 0.0, 0.0)


def test_cycles_give_the_rates_of_their_sum_and_their_own_scatter() -> None:
    cycles = [
        cycle(1_000, [600, 300, 100], [800, 180, 20]),
        cycle(1_100, [700, 300, 100], [880, 200, 20]),
        cycle(1_050, [640, 310, 100], [845, 185, 20]),
    ]
    each = np.array([net_rates(one, counter=BARE).values for one in cycles])
    background = uncorrelated_rates((10.0, 1.0, 0.1), uncertainties=(3.0, 2.0, 1.0))
    found = rates_of_cycles(cycles, counter=BARE, background=background)
    expected = np.cov(each.T) / 3 + np.diag([9.0, 4.0, 1.0])
    assert np.array(found.covariance) == pytest.approx(expected, rel=1e-12)
    total = net_rates(sum_of_cycles(cycles), counter=BARE).values
    assert found.values == pytest.approx(np.array(total) - (10.0, 1.0, 0.1), rel=1e-12)


def test_the_scatter_of_few_cycles_is_widened_for_a_margin_and_the_background_is_not() -> None:
    cycles = [
        cycle(1_000, [600, 300, 100], [800, 180, 20]),
        cycle(1_100, [700, 300, 100], [880, 200, 20]),
        cycle(1_050, [640, 310, 100], [845, 185, 20]),
    ]
    background = uncorrelated_rates((10.0, 1.0, 0.1), uncertainties=(3.0, 2.0, 1.0))
    plain = rates_of_cycles(cycles, counter=BARE)
    found = rates_of_cycles(cycles, counter=BARE, background=background, margin=2.0)
    # Student's distribution with 2 degrees of freedom: 4.53 where the normal one has 2; the bound is 5.17.
    wider = (5.1748 / 2) ** 2
    expected = wider * np.array(plain.covariance) + np.diag([9.0, 4.0, 1.0])
    assert np.array(found.covariance) == pytest.approx(expected, rel=1e-3)


def test_cycles_of_different_length_have_no_common_scatter() -> None:
    with pytest.raises(MeasurementError, match="of one length"):
        rates_of_cycles([cycle(9, [9], [9]), cycle(9, [9], [9], seconds=2)], counter=BARE)


def test_one_cycle_has_no_scatter() -> None:
    with pytest.raises(MeasurementError, match="at least 2"):
        rates_of_cycles([cycle(9, [9], [9])], counter=BARE)


def test_cycles_of_which_only_some_have_scalers_are_refused() -> None:
    with pytest.raises(MeasurementError, match="1 of 2 cycles have scalers"):
        sum_of_cycles([cycle(9, [9], [9], scalers=(1, 1)), cycle(9, [9], [9])])
    with pytest.raises(MeasurementError, match="no cycle"):
        sum_of_cycles([])


def test_one_scaler_without_the_other_is_refused() -> None:
    count = cycle(9, [9], [9]).count
    with pytest.raises(MeasurementError, match="one is missing"):
        CountedCycle(count=count, with_reals_sum=3)
    with pytest.raises(MeasurementError, match="scalers"):
        CountedCycle(count=count, with_reals_sum=-1, accidentals_sum=3)


@pytest.mark.parametrize(
    ("values", "covariance"),
    [
        ((float("nan"), 1.0, 1.0), ((0.0,) * 3,) * 3),
        ((1.0, 1.0, 1.0), ((0.0,) * 3,) * 2),
        ((1.0, 1.0, 1.0), ((0.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 0.0))),
        ((1.0, 1.0, 1.0), ((float("inf"), 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 0.0))),
    ],
    ids=["nan", "two rows", "negative variance", "infinite"],
)
def test_what_is_no_rate_is_refused(
    values: tuple[float, float, float], covariance: tuple[tuple[float, ...], ...]
) -> None:
    with pytest.raises(MeasurementError):
        CoincidenceRates(
            singles_per_s=values[0], doubles_per_s=values[1], triples_per_s=values[2], covariance=covariance
        )


def test_covariances_follow_their_definitions() -> None:
    samples = [(1.0, 2.0), (2.0, 5.0), (4.0, 4.0), (7.0, 9.0)]
    assert np.array(covariance_of_mean(samples)) == pytest.approx(np.cov(np.array(samples).T) / 4)
    jacobian, covariance = ((1.0, 2.0), (0.5, -1.0), (3.0, 0.0)), ((2.0, 0.3), (0.3, 1.0))
    expected = np.array(jacobian) @ np.array(covariance) @ np.array(jacobian).T
    assert np.array(propagated(jacobian, covariance)) == pytest.approx(expected)
