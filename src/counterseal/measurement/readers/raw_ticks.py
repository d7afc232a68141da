"""Lists of raw ticks from a counter's clock, which starts again from 0 when its bits are full.

Such a list does not say how long a tick is, how wide the clock, or how long was listened: who measured
says so. The roll-over is unfolded by one written rule and by nothing else: where a tick is lower than
the one before it by more than half of the clock's range, the clock started again once; where it is
lower by less, the list is out of order and refused. So a gap of more than half of the range is taken
for less than one, which the stated duration then shows.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.pulses import MAX_CHANNEL, PulseTrain
from counterseal.measurement.readers.exact import shown
from counterseal.measurement.readers.limits import MAX_LIST_BYTES, MAX_PULSES
from counterseal.measurement.readers.lines import text_of
from counterseal.measurement.readers.list_mode import made_train
from counterseal.measurement.readers.reading import Reading
from counterseal.measurement.spectrum import Counts

FORMS = ("text", "uint32-le", "uint64-le")
_ROW = re.compile(r"[ \t]*([0-9]{1,19})(?:[ \t]*[,;\t ][ \t]*([0-9]{1,3}))?[ \t]*", re.ASCII)
_HEAD = re.compile(r"[ \t]*tick(?:s)?(?:[ \t]*[,;\t ][ \t]*channel)?[ \t]*", re.IGNORECASE | re.ASCII)
_MAX_BITS = 62
_DIGITS_AND_ENDS = b"0123456789\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock that stamped a list, as who measured states it.

    Attributes:
        tick_ps: Length of a tick [ps].
        bits: Its width; it starts again from 0 after 2**bits ticks. 1 to 62.
        duration_ticks: How long was listened [ticks]; a pulse at or past it is refused.
    """

    tick_ps: int
    duration_ticks: int
    bits: int = 32

    def __post_init__(self) -> None:
        """Refuse a clock of a width that no counter has."""
        if not 1 <= self.bits <= _MAX_BITS:
            raise MeasurementError(f"clock of {self.bits} bits: must be 1 to {_MAX_BITS}")


def read_raw_ticks(data: bytes, *, clock: Clock, form: str = "text") -> PulseTrain:
    """Return the pulses of a raw list, with roll-over of its clock unfolded.

    Args:
        data: The file: ``text`` has a tick a line, and after it may have a channel (0 to 255; else 0),
            under a first line ``tick,channel`` or none; ``uint32-le`` and ``uint64-le`` have ticks only.
        clock: The clock that stamped it.
        form: One of ``FORMS``.

    Raises:
        ReadingError: it is not in the form, out of order, or longer than was listened.
    """
    if form not in FORMS:
        raise ReadingError(f"raw ticks: form {form!r} is not known; there are {', '.join(FORMS)}")
    reading = Reading(data, form="raw-ticks", most=MAX_LIST_BYTES)
    raw, channels = _of_text(data) if form == "text" else (_of_binary(data, form=form), None)
    return made_train(
        unfolded(raw, bits=clock.bits),
        np.zeros(len(raw), dtype=np.uint8) if channels is None else channels,
        tick_ps=clock.tick_ps,
        duration_ticks=clock.duration_ticks,
        reading=reading,
    )


def unfolded(raw: Counts, *, bits: int) -> Counts:
    """Return ticks since the start from ticks of a clock that starts again after ``2**bits``.

    Args:
        raw: What the clock showed, int64, shape (pulses,), in the order in which pulses came.
        bits: Width of the clock.

    Raises:
        ReadingError: one is past the clock's range, lower than the one before it by less than half of
            the range, or the whole takes longer than 63 bits hold.
    """
    wrap = 2**bits
    if raw.size and (raw.min() < 0 or raw.max() >= wrap):
        pulse = int(np.argmax((raw < 0) | (raw >= wrap)))
        raise ReadingError(
            f"raw ticks: pulse {pulse}: tick {int(raw[pulse])}, a clock of {bits} bits has none"
        )
    steps = np.diff(raw)
    back = steps < 0
    unsorted = back & (steps >= -(wrap // 2))
    if unsorted.any():
        pulse = int(np.argmax(unsorted)) + 1
        raise ReadingError(
            f"raw ticks: pulse {pulse}: {int(-steps[pulse - 1])} ticks earlier than the one before it:"
            " out of order, and too little for the clock's roll-over"
        )
    turns = int(back.sum())
    if (turns + 1) * wrap >= 2**63:
        raise ReadingError(
            f"raw ticks: {turns} roll-overs of a clock of {bits} bits are longer than 63 bits hold"
        )
    rolled: Counts = np.cumsum(
        np.concatenate((np.zeros(min(1, raw.size), dtype=np.int64), back.astype(np.int64)))
    )
    ticks: Counts = raw + rolled * wrap
    return ticks


def _of_binary(data: bytes, *, form: str) -> Counts:
    kind = np.dtype(np.uint32 if form == "uint32-le" else np.uint64).newbyteorder("<")
    if len(data) % kind.itemsize:
        raise ReadingError(f"raw ticks: {len(data)} bytes, must be a multiple of {kind.itemsize}")
    _require_few(len(data) // kind.itemsize)
    raw = np.frombuffer(data, dtype=kind)
    if raw.size and int(raw.max()) >= 2**63:
        raise ReadingError(
            f"raw ticks: pulse {int(raw.argmax())}: tick {int(raw.max())}, must be below 2**63"
        )
    return raw.astype(np.int64)


def _of_text(data: bytes) -> tuple[Counts, NDArray[np.uint8] | None]:
    _require_few(data.count(b"\n"))
    if not data.translate(None, _DIGITS_AND_ENDS) and data.strip():
        # What is past int64 comes back as its largest value, which no clock of 62 bits has.
        return np.fromstring(data.decode("ascii"), dtype=np.int64, sep=" "), None
    lines = text_of(data, form="raw ticks").rstrip("\n").split("\n")
    if _HEAD.fullmatch(lines[0]):
        del lines[0]
    ticks = np.zeros(len(lines), dtype=np.int64)
    channels = np.zeros(len(lines), dtype=np.uint8)
    for number, line in enumerate(lines):
        found = _ROW.fullmatch(line)
        if found is None or int(found[1]) >= 2**63 or int(found[2] or 0) > MAX_CHANNEL:
            raise ReadingError(
                f"raw ticks: pulse {number}: {shown(line)}, must be a tick below 2**63, and a channel to 255"
            )
        ticks[number] = int(found[1])
        channels[number] = int(found[2] or 0)
    return ticks, channels


def _require_few(pulses: int) -> None:
    if pulses > MAX_PULSES:
        raise ReadingError(f"raw ticks: {pulses} pulses, may have {MAX_PULSES}")
