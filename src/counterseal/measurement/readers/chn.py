"""CHN files: ORTEC's integer spectrum in binary, a header of 32 bytes, counts, and a record after them.

Laid out as in ORTEC's Software File Structure Manual [ORTEC-753800]: little endian, times in ticks of
20 ms, counts of 32 bits, the last record of 512 bytes with calibration and descriptions.
"""

import struct

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import shown
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import Found, polynomial_scale, shifted
from counterseal.measurement.spectrum import Counts, Spectrum

HEADER = struct.Struct("<hhh2sII8s4sHH")
TRAILER = struct.Struct("<hh3f3f228sB63sB63s")
MARK = -1
TICK_NS = 20_000_000
_LINEAR, _QUADRATIC = -101, -102
_LAST_RECORD = 512
_COUNT = 4
_MOST_TEXT = 63


def read_chn(data: bytes, *, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the one spectrum of a CHN file.

    Args:
        data: The file.
        repair: Mend a live time that is a little above the real time.

    Raises:
        ReadingError: it is not in the form, or says what no instrument measures.
    """
    reading = Reading(data, form="chn", repair=repair)
    if len(data) < HEADER.size:
        raise ReadingError(f"chn: {len(data)} bytes, the header alone has {HEADER.size}")
    mark, mca, segment, second, real, live, date, time, first, channels = HEADER.unpack_from(data)
    if mark != MARK:
        raise ReadingError(f"chn: starts with {mark}, must with {MARK}")
    counts = _counts(data, channels, reading)
    live_ns, real_ns = reading.times_ns(live * TICK_NS, real * TICK_NS, where="chn: header")
    scale, name, remarks = _last_record(data[HEADER.size + _COUNT * channels :], channels, first=first)
    draft = Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where="chn",
        scale=scale[0],
        name=name,
        remarks=(scale[1], f"MCA {mca}, segment {segment}", _began(date, time, second), *remarks),
    )
    return reading.spectra([draft])


def _counts(data: bytes, channels: int, reading: Reading) -> Counts:
    if not channels:
        raise ReadingError("chn: the header says 0 channels, must be 1 or more")
    reading.take(channels, where="chn")
    end = HEADER.size + _COUNT * channels
    if len(data) < end:
        raise ReadingError(f"chn: {len(data)} bytes, the header and {channels} channels have {end}")
    counts: Counts = np.frombuffer(data[HEADER.size : end], dtype="<i4").astype(np.int64)
    if counts.min() < 0:
        channel = int(np.argmax(counts < 0))
        raise ReadingError(
            f"chn: channel {channel}: bits of {int(counts[channel])}; 2**31 counts have no place"
        )
    return counts


def _last_record(record: bytes, channels: int, *, first: int) -> tuple[Found, str, list[str]]:
    """Return the scale, the name of the detector, and remarks; without the record, none of them."""
    if not record:
        return (None, "energy calibration: none, the file has no last record"), "", []
    if len(record) != _LAST_RECORD:
        raise ReadingError(f"chn: {len(record)} bytes follow the counts, must be {_LAST_RECORD} or none")
    mark, _, *values, _, detector_length, detector, sample_length, sample = TRAILER.unpack_from(record)
    if mark not in {_LINEAR, _QUADRATIC}:
        raise ReadingError(f"chn: the last record starts with {mark}, must with {_LINEAR} or {_QUADRATIC}")
    coefficients = tuple(values[: 3 if mark == _QUADRATIC else 2])
    scale = (
        polynomial_scale(shifted(coefficients, by=first), channels=channels)
        if np.isfinite(coefficients).all()
        else (None, "energy calibration: not used, a coefficient is not a finite number")
    )
    name = _described(detector, detector_length, what="detector")
    remark = _described(sample, sample_length, what="sample")
    return scale, name, [remark, f"its channels are numbered from {first}" if first else ""]


def _described(text: bytes, length: int, *, what: str) -> str:
    if length > _MOST_TEXT:
        raise ReadingError(f"chn: the description of the {what} has {length} bytes, may have {_MOST_TEXT}")
    return free_text(text[:length].decode("latin-1").replace("\0", " "), where=f"chn: {what}")


def _began(date: bytes, time: bytes, second: bytes) -> str:
    told = b" ".join((date.rstrip(b"\0 "), time, second)).decode("latin-1")
    return f"began {shown(told)[1:-1]}, zone not stated"
