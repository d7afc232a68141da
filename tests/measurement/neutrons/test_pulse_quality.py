"""Checks of a coincidence measurement: what they let through, and what they do not."""

import numpy as np
import pytest

from counterseal.measurement.coincidence_rates import CountedCycle
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.pulse_cycles import cut_into_cycles, usual_cycles
from counterseal.measurement.pulse_quality import QualityCheck, QualityLimits, check_quality, outliers
from counterseal.measurement.pulses import CoincidenceCount, PulseTrain
from counterseal.measurement.shift_register import GateTimes, count_coincidences
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses
from counterseal.measurement.spectrum import Counts

COUNTER = NeutronCounter(
    gate_us=64.0, predelay_us=4.5, efficiency=0.5, doubles_gate_fraction=0.66, triples_gate_fraction=0.4354
)
GATES = GateTimes(predelay_ps=4_500_000, gate_ps=64_000_000, delay_ps=4_000_000_000)


@pytest.fixture(scope="module")
def cycles() -> tuple[CountedCycle, ...]:
    train = simulate_pulses(
        np.random.default_rng(11),
        item=SimulatedItem(m240_g=2.0, alpha=0.7),
        counter=SimulatedCounter(efficiency=0.5, die_away_us=50.0),
        duration_s=40.0,
    )
    return tuple(
        CountedCycle(count=count_coincidences(part, gates=GATES))
        for part in cut_into_cycles(train, cycles=20)
    )


def found(cycles: tuple[CountedCycle, ...]) -> dict[str, QualityCheck]:
    return {check.check: check for check in check_quality(cycles, counter=COUNTER)}


def changed(
    cycle: CountedCycle,
    *,
    singles: int | None = None,
    with_reals: Counts | None = None,
    accidentals: Counts | None = None,
) -> CountedCycle:
    count = cycle.count
    return CountedCycle(
        count=CoincidenceCount(
            singles=count.singles if singles is None else singles,
            with_reals=count.with_reals if with_reals is None else with_reals,
            accidentals=count.accidentals if accidentals is None else accidentals,
            time_ns=count.time_ns,
        )
    )


def test_a_sound_measurement_passes_all(cycles: tuple[CountedCycle, ...]) -> None:
    assert {name: check.passed for name, check in found(cycles).items()} == {
        "reals-present": True,
        "accidentals-follow-singles": True,
        "no-outlying-cycle": True,
        "no-trend-in-singles": True,
    }


def test_accidentals_that_do_not_follow_singles_are_found(cycles: tuple[CountedCycle, ...]) -> None:
    """As with a wrong gate: half as many pulses again in every A gate."""
    wrong = tuple(
        changed(
            cycle,
            accidentals=np.array([*cycle.count.accidentals[:1] - 200, cycle.count.accidentals[1] + 200]),
        )
        for cycle in cycles
    )
    check = found(wrong)["accidentals-follow-singles"]
    assert not check.passed
    assert "expected from singles" in check.found


def test_scalers_go_before_the_histogram_of_accidentals(cycles: tuple[CountedCycle, ...]) -> None:
    wrong = tuple(
        CountedCycle(count=cycle.count, with_reals_sum=10**5, accidentals_sum=10**5) for cycle in cycles
    )
    assert not found(wrong)["accidentals-follow-singles"].passed


def test_missing_reals_are_found(cycles: tuple[CountedCycle, ...]) -> None:
    none = tuple(changed(cycle, with_reals=np.array([0], dtype=np.int64)) for cycle in cycles)
    assert not found(none)["reals-present"].passed


def test_a_burst_in_one_cycle_is_named(cycles: tuple[CountedCycle, ...]) -> None:
    burst = np.array([*cycles[6].count.with_reals[:3], 900], dtype=np.int64)
    wrong = (*cycles[:6], changed(cycles[6], with_reals=burst), *cycles[7:])
    check = found(wrong)["no-outlying-cycle"]
    assert (check.passed, check.found) == (False, "cycles 7 stand out")


def test_a_source_that_moves_away_is_a_trend(cycles: tuple[CountedCycle, ...]) -> None:
    wrong = tuple(
        changed(cycle, singles=cycle.count.singles - 25 * number) for number, cycle in enumerate(cycles)
    )
    check = found(wrong)["no-trend-in-singles"]
    assert not check.passed
    assert check.found.startswith("-")


def test_outliers_do_not_hide_themselves() -> None:
    assert outliers([10.0, 11.0, 9.0, 10.5, 9.5, 1e6, 10.2], sigmas=4.0) == (5,)
    assert outliers([1.0] * 9 + [2.0], sigmas=4.0) == ()


def test_one_undivided_run_has_no_checks_between_cycles(cycles: tuple[CountedCycle, ...]) -> None:
    assert set(found(cycles[:1])) == {"reals-present", "accidentals-follow-singles"}


def test_limits_that_pass_nothing_are_refused() -> None:
    with pytest.raises(MeasurementError, match="quality limits"):
        QualityLimits(sigmas=0.0)


def test_cycles_hold_every_pulse_of_their_time() -> None:
    ticks = np.array([0, 9, 10, 25, 39, 40], dtype=np.int64)
    train = PulseTrain(ticks=ticks, channels=np.arange(6, dtype=np.uint8), tick_ps=7, duration_ticks=43)
    parts = cut_into_cycles(train, cycles=4)
    assert [part.ticks.tolist() for part in parts] == [[0, 9], [0], [5], [9]]
    assert [part.channels.tolist() for part in parts] == [[0, 1], [2], [3], [4]]
    assert {(part.duration_ticks, part.tick_ps) for part in parts} == {(10, 7)}
    assert cut_into_cycles(train, cycles=1) == (train,)
    with pytest.raises(MeasurementError, match="44 cycles of 43 ticks"):
        cut_into_cycles(train, cycles=44)


def test_a_short_train_is_cut_into_fewer_cycles_or_not_at_all() -> None:
    gates = GateTimes(predelay_ps=0, gate_ps=10, delay_ps=10)
    for duration, expected in ((100_000, 30), (20_000, 10), (8_000, 1)):
        train = PulseTrain(
            ticks=np.zeros(0, np.int64), channels=np.zeros(0, np.uint8), tick_ps=1, duration_ticks=duration
        )
        assert usual_cycles(train, gates=gates) == expected
