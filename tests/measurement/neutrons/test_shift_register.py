"""The shift register counts what its definition says, in both forms, to the count."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement import shift_register
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.shift_register import GateTimes, count_coincidences, count_coincidences_fast

TICK_PS = 1_000


def train(ticks: list[int], *, duration: int) -> PulseTrain:
    times = np.array(sorted(ticks), dtype=np.int64)
    return PulseTrain(
        ticks=times, channels=np.zeros(len(times), np.uint8), tick_ps=TICK_PS, duration_ticks=duration
    )


def by_definition(pulses: PulseTrain, gates: GateTimes) -> tuple[list[int], list[int]]:
    """Count pair by pair, on a ring, in picoseconds."""
    times = [int(tick) * pulses.tick_ps for tick in pulses.ticks]
    around = pulses.duration_ticks * pulses.tick_ps
    twice = times + [time + around for time in times]
    found = []
    for opening in (gates.predelay_ps, gates.predelay_ps + gates.delay_ps):
        seen = [sum(opening < other - time <= opening + gates.gate_ps for other in twice) for time in times]
        found.append(np.bincount(np.array(seen, dtype=np.int64), minlength=1).tolist())
    return found[0], found[1]


@st.composite
def measured(draw: st.DrawFn) -> tuple[PulseTrain, GateTimes]:
    gates = GateTimes(
        predelay_ps=draw(st.integers(0, 3_000)),
        gate_ps=draw(st.integers(1, 9_000)),
        delay_ps=draw(st.integers(9_000, 20_000)),
    )
    duration = gates.span_ps // TICK_PS + 1 + draw(st.integers(0, 60))
    return train(draw(st.lists(st.integers(0, duration - 1), max_size=60)), duration=duration), gates


@given(measured())
@settings(deadline=None)
def test_both_forms_count_what_the_definition_says(case: tuple[PulseTrain, GateTimes]) -> None:
    pulses, gates = case
    expected = by_definition(pulses, gates)
    for count in (count_coincidences, count_coincidences_fast):
        found = count(pulses, gates=gates)
        assert (found.with_reals.tolist(), found.accidentals.tolist()) == expected
        assert found.singles == len(pulses.ticks)


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(4)
    pulses = train(generator.integers(0, 3_000_000, 20_000).tolist(), duration=3_000_000)
    gates = GateTimes(predelay_ps=4_500, gate_ps=640_000, delay_ps=4_000_000)
    whole = count_coincidences(pulses, gates=gates)
    monkeypatch.setattr(shift_register, "_CHUNK", 37)
    parts = count_coincidences(pulses, gates=gates)
    fast = count_coincidences_fast(pulses, gates=gates)
    for other in (parts, fast):
        assert other.with_reals.tolist() == whole.with_reals.tolist()
        assert other.accidentals.tolist() == whole.accidentals.tolist()


def test_a_gate_holds_its_end_and_not_its_beginning() -> None:
    gates = GateTimes(predelay_ps=4_000, gate_ps=6_000, delay_ps=40_000)
    found = count_coincidences(train([100, 104, 110, 111], duration=1_000), gates=gates)
    # 100 sees 110 alone; 104 sees 110 and 111 within (108, 114]; the others see none.
    assert found.with_reals.tolist() == [2, 1, 1]
    assert found.accidentals.tolist() == [4]


def test_a_gate_edge_between_two_ticks_is_exact() -> None:
    gates = GateTimes(predelay_ps=500, gate_ps=1_499, delay_ps=40_000)
    found = count_coincidences(train([10, 11, 12], duration=1_000), gates=gates)
    # (0.5, 1.999] ns holds the tick at 1 ns and not the one at 2 ns.
    assert found.with_reals.tolist() == [1, 2]


def test_the_end_sees_the_beginning() -> None:
    gates = GateTimes(predelay_ps=0, gate_ps=10_000, delay_ps=20_000)
    found = count_coincidences(train([2, 998], duration=1_000), gates=gates)
    assert found.with_reals.tolist() == [1, 1]
    late = count_coincidences(train([2, 977], duration=1_000), gates=gates)
    assert late.accidentals.tolist() == [1, 1]


def test_no_pulse_gives_one_empty_row() -> None:
    gates = GateTimes(predelay_ps=0, gate_ps=10_000, delay_ps=20_000)
    found = count_coincidences(train([], duration=1_000), gates=gates)
    assert (found.singles, found.with_reals.tolist(), found.accidentals.tolist()) == (0, [0], [0])


def test_a_train_shorter_than_its_gates_is_refused() -> None:
    gates = GateTimes(predelay_ps=0, gate_ps=10_000, delay_ps=20_000)
    with pytest.raises(MeasurementError, match="too short"):
        count_coincidences(train([1], duration=30), gates=gates)


@pytest.mark.parametrize("count", [count_coincidences, count_coincidences_fast])
def test_more_pulses_than_a_histogram_has_rows_are_refused(count: Callable[..., object]) -> None:
    gates = GateTimes(predelay_ps=0, gate_ps=2_000_000, delay_ps=3_000_000)
    pulses = train(list(range(1_500)), duration=10_000)
    with pytest.raises(MeasurementError, match="1499 pulses"):
        count(pulses, gates=gates)


@pytest.mark.parametrize(
    ("predelay", "gate", "delay"), [(-1, 10, 20), (0, 0, 20), (0, 10, 9), (0, 10, 2**62)], ids=str
)
def test_gates_that_cannot_be_are_refused(predelay: int, gate: int, delay: int) -> None:
    with pytest.raises(MeasurementError):
        GateTimes(predelay_ps=predelay, gate_ps=gate, delay_ps=delay)


def test_it_takes_at_most_three_times_the_memory_of_the_ticks() -> None:
    generator = np.random.default_rng(1)
    pulses = train(generator.integers(0, 10**9, 500_000).tolist(), duration=10**9)
    gates = GateTimes(predelay_ps=4_500, gate_ps=64_000, delay_ps=4_000_000)
    tracemalloc.start()
    try:
        count_coincidences(pulses, gates=gates)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak + pulses.ticks.nbytes <= 3 * pulses.ticks.nbytes


def test_numba_is_not_loaded_until_it_is_asked_for() -> None:
    names = (
        "assay",
        "counted_item",
        "feynman",
        "known_alpha",
        "report_item",
        "rossi_alpha",
        "shift_register",
        "simulate_pulses",
    )
    code = "import sys\n" + "".join(f"import counterseal.measurement.{name}\n" for name in names)
    code += "print(sorted({'numba', 'scipy', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
