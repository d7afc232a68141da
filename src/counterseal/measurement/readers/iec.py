"""IEC 1455 (IEC 61455) files: text in numbered records of at most 70 columns, each started by ``A004``.

Records 1 to 58 hold identification, times, calibration, descriptions and pairs; from 59 on each has the
number of a channel and the counts of five. Columns are fixed, so that large counts may touch
[IEC-61455].
"""

import re

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import fraction, seconds_ns, shown, whole, words_of
from counterseal.measurement.readers.lines import text_of
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import Found, point_scale, polynomial_scale
from counterseal.measurement.spectrum import MAX_CHANNELS, Counts, Spectrum

MARK = "A004"
_HEADER_RECORDS = 58
_PER_RECORD = 5
_INDEX = slice(4, 10)
_FIELDS = tuple(slice(10 + 10 * field, 20 + 10 * field) for field in range(_PER_RECORD))
_TIMES, _DATES, _COEFFICIENTS = 1, 2, 3
_DESCRIPTION = slice(5, 10)
_PAIRS = slice(10, 22)
_THREE = 3
_MAX_LINE = 80
_REAL = re.compile(r"[ \t]*([+-]?[0-9]*\.[0-9]*(?:[eE][+-]?[0-9]{1,3})?)", re.ASCII)


def read_iec(data: bytes, *, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the one spectrum of an IEC 1455 file.

    Args:
        data: The file.
        repair: Mend a live time that is a little above the real time.

    Raises:
        ReadingError: it is not in the form, past a cap, or says what no instrument measures.
    """
    reading = Reading(data, form="iec", repair=repair)
    records = _records(text_of(data, form="iec"))
    live_ns, real_ns, channels = _times(records[_TIMES], reading)
    reading.take(channels, where="iec")
    counts = _counts(records[_HEADER_RECORDS:], channels)
    scale, reason = _scale(records, channels=channels)
    described = [free_text(record[4:], where="iec: description") for record in records[_DESCRIPTION]]
    began = free_text(records[_DATES][4:], where="iec: record 3")
    draft = Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where="iec",
        scale=scale,
        name=free_text(records[0][4:], where="iec: record 1"),
        remarks=(reason, f"began {began}, zone not stated", *described),
    )
    return reading.spectra([draft])


def _records(text: str) -> list[str]:
    records = text.rstrip("\n\x1a ").split("\n")
    if len(records) <= _HEADER_RECORDS:
        raise ReadingError(f"iec: {len(records)} records, must be more than {_HEADER_RECORDS}")
    for number, record in enumerate(records, start=1):
        if not record.startswith(MARK):
            raise ReadingError(f"iec: record {number} starts with {shown(record[:4])}, must with {MARK}")
        if len(record) > _MAX_LINE:
            raise ReadingError(f"iec: record {number} has {len(record)} columns, may have {_MAX_LINE}")
    return records


def _times(record: str, reading: Reading) -> tuple[int, int, int]:
    """Return live and real time [ns], and the number of channels."""
    words = words_of(record[4:])
    if len(words) != _THREE:
        raise ReadingError(
            f"iec: record 2 has {len(words)} numbers, must be live and real time, and channels"
        )
    live, real = (seconds_ns(word, where="iec: record 2") for word in words[:2])
    channels = whole(words[2], where="iec: record 2, channels")
    if not 1 <= channels <= MAX_CHANNELS:
        raise ReadingError(f"iec: record 2: {channels} channels, must be 1 to {MAX_CHANNELS}")
    return *reading.times_ns(live, real, where="iec: record 2"), channels


def _counts(records: list[str], channels: int) -> Counts:
    """Return the counts; what is past the last channel in its record must be 0."""
    needed = -(-channels // _PER_RECORD)
    if len(records) != needed:
        raise ReadingError(f"iec: {len(records)} records of counts for {channels} channels, must be {needed}")
    found: list[int] = []
    for number, record in enumerate(records):
        where = f"iec: record {number + _HEADER_RECORDS + 1}"
        if whole(record[_INDEX].strip(), where=f"{where}, channel") != number * _PER_RECORD:
            raise ReadingError(f"{where}: channel {shown(record[_INDEX])}, must be {number * _PER_RECORD}")
        if record[_FIELDS[-1].stop :].strip():
            raise ReadingError(f"{where}: more than {_PER_RECORD} counts")
        fields = [record[field].strip() for field in _FIELDS[: channels - len(found)]]
        found += [whole(field, where=where) for field in fields]
        if any(record[field].strip().strip("0") for field in _FIELDS[len(fields) :]):
            raise ReadingError(f"{where}: counts beyond the last channel")
    return np.array(found, dtype=np.int64)


def _scale(records: list[str], *, channels: int) -> Found:
    """Return the polynomial of record 4, or where that is none the line through the pairs of 11 to 22."""
    coefficients = _reals(records[_COEFFICIENTS], where="iec: record 4")
    if any(coefficients):
        return polynomial_scale(coefficients, channels=channels)
    points = []
    for number, record in enumerate(records[_PAIRS], start=_PAIRS.start + 1):
        values = _reals(record, where=f"iec: record {number}")
        if len(values) % 2:
            raise ReadingError(f"iec: record {number}: {len(values)} numbers, must be pairs")
        points += [pair[::-1] for pair in zip(values[::2], values[1::2], strict=True) if any(pair)]
    return point_scale(tuple(points), channels=channels, where="iec: records 11 to 22")


def _reals(record: str, *, where: str) -> tuple[float, ...]:
    """Return the numbers of a record, which may touch where one has a sign."""
    text, values, at = record[4:].rstrip(), [], 0
    while at < len(text):
        found = _REAL.match(text, at)
        if found is None:
            raise ReadingError(f"{where}: {shown(text[at:])} is no number")
        values.append(fraction(found[1], where=where))
        at = found.end()
    return tuple(values)
