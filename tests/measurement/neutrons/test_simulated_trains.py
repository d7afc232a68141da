"""Made-up trains have the rates that the point model expects, and give their item back (vector V7)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from counterseal.measurement import simulate_pulses as module
from counterseal.measurement.coincidence_rates import CountedCycle, rates_of_cycles, sum_of_cycles
from counterseal.measurement.counting_scatter import counting_covariance, rates_of_one_run
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import NeutronCounter, single_exponential_fractions
from counterseal.measurement.point_model import PointModelItem, expected_rates, solve_point_model
from counterseal.measurement.pulse_cycles import cut_into_cycles
from counterseal.measurement.readers.list_mode import read_list_mode
from counterseal.measurement.shift_register import GateTimes, count_coincidences
from counterseal.measurement.simulate_pulses import (
    SimulatedCounter,
    SimulatedItem,
    factorial_moments,
    simulate_pulses,
)
from counterseal.measurement.writers.list_mode import write_list_mode
from counterseal.reference.neutron_data import FissionMoments
from counterseal.terms.outcomes import KnownAs

CHANCES = (0.0632, 0.2320, 0.3333, 0.2528, 0.0986, 0.0180, 0.0020)
V7 = SimulatedItem(m240_g=2.0, alpha=0.7, spontaneous_chances=CHANCES)
BOX = SimulatedCounter(efficiency=0.5, die_away_us=50.0, channels=4)
GATES = GateTimes(predelay_ps=4_500_000, gate_ps=64_000_000, delay_ps=4_000_000_000)


def counter_of(item: SimulatedItem, box: SimulatedCounter = BOX) -> NeutronCounter:
    fractions = single_exponential_fractions(predelay_us=4.5, gate_us=64.0, die_away_us=box.die_away_us)
    spontaneous, induced = (
        FissionMoments(first=one, second=two, third=three, known_as=KnownAs.RECALLED)
        for one, two, three in map(factorial_moments, (item.spontaneous_chances, item.induced_chances))
    )
    return NeutronCounter(
        gate_us=64.0,
        predelay_us=4.5,
        efficiency=box.efficiency,
        doubles_gate_fraction=fractions.doubles,
        triples_gate_fraction=fractions.triples,
        spontaneous=spontaneous,
        induced=induced,
    )


def cycles_of(item: SimulatedItem, *, seed: int, duration_s: float, cycles: int = 50) -> list[CountedCycle]:
    train = simulate_pulses(np.random.default_rng(seed), item=item, counter=BOX, duration_s=duration_s)
    return [
        CountedCycle(count=count_coincidences(part, gates=GATES))
        for part in cut_into_cycles(train, cycles=cycles)
    ]


def test_the_expected_rates_are_the_published_ones() -> None:
    found = expected_rates(
        PointModelItem(multiplication=1.0, alpha=0.7, m240_g=2.0), counter=counter_of(V7)
    ).values
    assert [round(value, 2) for value in found] == [1733.55, 295.79, 44.70]


def require_recovered(item: SimulatedItem, *, seed: int, duration_s: float) -> None:
    counter = counter_of(item)
    truth = PointModelItem(multiplication=item.multiplication, alpha=item.alpha, m240_g=item.m240_g)
    rates = rates_of_cycles(cycles_of(item, seed=seed, duration_s=duration_s), counter=counter)
    expected = expected_rates(truth, counter=counter).values
    for value, spread, mean in zip(rates.values, rates.uncertainties_per_s, expected, strict=True):
        assert abs(value - mean) < 3.5 * spread
    found = solve_point_model(rates, counter=counter)
    unc = found.uncertainties
    assert abs(found.multiplication - item.multiplication) < 3.5 * unc[0]
    assert abs(found.alpha - item.alpha) < 3.5 * unc[1]
    assert abs(found.m240_g - item.m240_g) < 3.5 * unc[2]


def test_the_published_item_is_recovered() -> None:
    require_recovered(V7, seed=1, duration_s=200.0)


@pytest.mark.parametrize(("multiplication", "mass"), [(1.15, 2.0), (1.6, 1.0)])
def test_a_multiplying_item_is_recovered(multiplication: float, mass: float) -> None:
    require_recovered(
        SimulatedItem(m240_g=mass, alpha=0.7, multiplication=multiplication), seed=3, duration_s=80.0
    )


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(6))
def test_the_published_item_is_recovered_at_full_length(seed: int) -> None:
    require_recovered(V7, seed=seed, duration_s=2_000.0)
    rates = rates_of_cycles(cycles_of(V7, seed=seed, duration_s=2_000.0), counter=counter_of(V7))
    assert rates.uncertainties_per_s == pytest.approx((0.9, 0.8, 0.45), rel=0.5)
    found = solve_point_model(rates, counter=counter_of(V7))
    assert found.m240_g == pytest.approx(2.0, abs=0.03)


@pytest.mark.parametrize(
    "item",
    [V7, SimulatedItem(m240_g=2.0, alpha=0.7, multiplication=1.15), SimulatedItem(m240_g=20.0, alpha=1.0)],
    ids=["alone", "multiplying", "fast"],
)
def test_scatter_from_counting_is_about_that_of_cycles(item: SimulatedItem) -> None:
    cycles = cycles_of(item, seed=5, duration_s=60.0 if item.m240_g < 10.0 else 20.0, cycles=200)
    scatter = np.sqrt(np.diag(np.array(rates_of_cycles(cycles, counter=counter_of(item)).covariance)))
    counting = np.array(counting_covariance(sum_of_cycles(cycles), counter=counter_of(item)))
    # 200 cycles know their own scatter to 5 %.
    assert np.sqrt(np.diag(counting)) / scatter == pytest.approx([1.0, 1.0, 1.0], abs=0.3)
    assert np.linalg.eigvalsh(counting).min() > 0.0
    assert counting == pytest.approx(counting.T)


def test_one_run_carries_the_scatter_from_counting() -> None:
    cycle = cycles_of(V7, seed=5, duration_s=10.0, cycles=1)[0]
    found = rates_of_one_run(cycle, counter=counter_of(V7))
    assert found.covariance == counting_covariance(cycle, counter=counter_of(V7))
    assert found.doubles_per_s == pytest.approx(295.8, abs=4 * found.uncertainties_per_s[1])


def test_the_same_state_gives_the_same_train() -> None:
    first, second = (
        simulate_pulses(np.random.default_rng(9), item=V7, counter=BOX, duration_s=1.0) for _ in range(2)
    )
    assert first.ticks.tolist() == second.ticks.tolist()
    assert first.provenance == second.provenance
    assert write_list_mode(first) == write_list_mode(second)


def test_a_made_up_train_can_be_written_and_read() -> None:
    one_channel = replace(BOX, channels=1, tick_ps=1_000_000)
    train = simulate_pulses(
        np.random.default_rng(9), item=SimulatedItem(m240_g=50.0), counter=one_channel, duration_s=1.0
    )
    read = read_list_mode(write_list_mode(train))
    assert read.ticks.tolist() == train.ticks.tolist()
    assert "m240_g=50" in read.provenance.remarks[0]


def test_background_has_no_coincidences_of_its_own() -> None:
    box = replace(BOX, background_per_s=5_000.0)
    train = simulate_pulses(
        np.random.default_rng(2), item=SimulatedItem(m240_g=0.0), counter=box, duration_s=60.0
    )
    cycles = [
        CountedCycle(count=count_coincidences(part, gates=GATES))
        for part in cut_into_cycles(train, cycles=40)
    ]
    rates = rates_of_cycles(cycles, counter=counter_of(V7))
    assert abs(rates.singles_per_s - 5_000.0) < 4 * rates.uncertainties_per_s[0]
    assert abs(rates.doubles_per_s) < 4 * rates.uncertainties_per_s[1]
    assert abs(rates.triples_per_s) < 4 * rates.uncertainties_per_s[2]


def test_dead_time_takes_what_comes_too_soon() -> None:
    box = replace(BOX, background_per_s=100_000.0, dead_time_ns=1_000.0, tick_ps=100)
    train = simulate_pulses(
        np.random.default_rng(2), item=SimulatedItem(m240_g=0.0), counter=box, duration_s=4.0
    )
    assert np.diff(train.ticks).min() >= 9_999
    assert len(train.ticks) / 4.0 == pytest.approx(100_000.0 * np.exp(-0.1), rel=0.01)


@pytest.mark.parametrize(
    ("made", "match"),
    [
        (lambda: SimulatedItem(m240_g=-1.0), "at least 0"),
        (lambda: SimulatedItem(m240_g=1.0, multiplication=0.9), "multiplication"),
        (lambda: SimulatedItem(m240_g=1.0, spontaneous_chances=(0.5, 0.4)), "add up to 1"),
        (lambda: SimulatedCounter(efficiency=0.0, die_away_us=50.0), "efficiency"),
        (lambda: SimulatedCounter(efficiency=0.5, die_away_us=0.0), "die-away"),
        (lambda: SimulatedCounter(efficiency=0.5, die_away_us=50.0, channels=257), "channels"),
        (lambda: SimulatedCounter(efficiency=0.5, die_away_us=50.0, dead_time_ns=-1.0), "dead time"),
        (lambda: simulate_pulses(np.random.default_rng(1), item=V7, counter=BOX, duration_s=0.0), "a tick"),
        (lambda: simulate_pulses(np.random.default_rng(1), item=V7, counter=BOX, duration_s=1e6), "at most"),
        (
            lambda: simulate_pulses(np.random.default_rng(1), item=V7, counter=BOX, duration_s=1e9),
            "its clock",
        ),
    ],
    ids=range(10),
)
def test_what_cannot_be_is_refused(made: Callable[[], object], match: str) -> None:
    with pytest.raises(MeasurementError, match=match):
        made()


def test_a_chain_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_GENERATIONS", 2)
    item = SimulatedItem(m240_g=2.0, multiplication=2.0)
    with pytest.raises(MeasurementError, match="longer than 2 generations"):
        simulate_pulses(np.random.default_rng(1), item=item, counter=BOX, duration_s=1.0)
