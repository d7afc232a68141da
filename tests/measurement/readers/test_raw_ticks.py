"""Raw ticks: roll-over is unfolded by one rule, out of order is refused, nothing is guessed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.readers.raw_ticks import Clock, read_raw_ticks, unfolded

WRAP = 2**32
CLOCK = Clock(tick_ps=10_000, duration_ticks=2**40)


def test_ticks_as_text_and_binary_are_read() -> None:
    assert read_raw_ticks(b"5\n9\n12\n", clock=CLOCK).ticks.tolist() == [5, 9, 12]
    for form, kind in (("uint32-le", "<u4"), ("uint64-le", "<u8")):
        data = np.array([5, 9, 12], dtype=kind).tobytes()
        assert read_raw_ticks(data, clock=CLOCK, form=form).ticks.tolist() == [5, 9, 12]


def test_channels_may_stand_beside_ticks() -> None:
    found = read_raw_ticks(b"tick,channel\r\n5,0\r\n5,1\r\n9,255\r\n", clock=CLOCK)
    assert found.ticks.tolist() == [5, 5, 9]
    assert found.channels.tolist() == [0, 1, 255]


def test_a_clock_that_starts_again_is_unfolded_exactly() -> None:
    raw = [WRAP - 2, WRAP - 1, 0, 1, WRAP - 1, 7]
    found = read_raw_ticks("\n".join(map(str, raw)).encode(), clock=CLOCK)
    assert found.ticks.tolist() == [WRAP - 2, WRAP - 1, WRAP, WRAP + 1, 2 * WRAP - 1, 2 * WRAP + 7]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**15 - 1), min_size=1, max_size=200), st.integers(0, 2**16 - 1))
def test_what_a_clock_of_16_bits_folded_is_unfolded(steps: list[int], first: int) -> None:
    ticks = first + np.cumsum(np.array([0, *steps], dtype=np.int64))
    assert unfolded(ticks % 2**16, bits=16).tolist() == ticks.tolist()


@pytest.mark.parametrize(
    ("data", "form", "reason"),
    [
        (b"5\n4\n", "text", "pulse 1: 1 ticks earlier than the one before it: out of order"),
        (b"2147483648\n0\n", "text", "out of order"),
        (b"5\n5\n", "text", "pulse 1 has tick 5 and channel 0 of another"),
        (b"4294967296\n", "text", "a clock of 32 bits has none"),
        (b"99999999999999999999\n", "text", "has none"),
        (b"tick\n99999999999999999999\n", "text", "must be a tick below"),
        (b"-5\n", "text", "must be a tick"),
        (b"5.5\n", "text", "must be a tick"),
        (b"nan\n", "text", "must be a tick"),
        (b"5,256\n", "text", "a channel to 255"),
        (b"5,1,1\n", "text", "must be a tick"),
        (b"tick\n\n5\n", "text", "pulse 0: ''"),
        (b"12345", "uint32-le", "5 bytes, must be a multiple of 4"),
        (b"\xff" * 8, "uint64-le", "must be below 2"),
        (b"1234", "uint16-le", "form 'uint16-le' is not known"),
        (b"", "text", "the file is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, form: str, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_raw_ticks(data, clock=CLOCK, form=form)


def test_a_pulse_after_the_end_of_listening_is_refused() -> None:
    clock = Clock(tick_ps=10_000, duration_ticks=WRAP)
    with pytest.raises(ReadingError, match="after the end of listening"):
        read_raw_ticks(f"{WRAP - 1}\n3\n".encode(), clock=clock)


@pytest.mark.parametrize(("data", "form"), [(b"1\n2\n3\n", "text"), (bytes(12), "uint32-le")])
def test_pulses_have_a_cap(monkeypatch: pytest.MonkeyPatch, data: bytes, form: str) -> None:
    monkeypatch.setattr("counterseal.measurement.readers.raw_ticks.MAX_PULSES", 2)
    with pytest.raises(ReadingError, match="3 pulses, may have 2"):
        read_raw_ticks(data, clock=CLOCK, form=form)


def test_no_clock_is_wider_than_62_bits_nor_turns_past_63() -> None:
    for bits in (0, 63):
        with pytest.raises(MeasurementError, match="must be 1 to 62"):
            Clock(tick_ps=1, duration_ticks=1, bits=bits)
    with pytest.raises(ReadingError, match="longer than 63 bits hold"):
        unfolded(np.array([2**62 - 1, 0, 2**62 - 1, 0], dtype=np.int64), bits=62)
