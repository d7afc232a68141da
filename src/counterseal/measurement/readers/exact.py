"""Exact numbers from text: counts as integers, times as whole nanoseconds, nothing by way of a float.

A time with more than nine decimals is rounded to the nearest nanosecond, halves up. Decimal fractions
of calibrations become the nearest double, as every correct reader makes it.
"""

import math
import re
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.limits import (
    MAX_COEFFICIENTS_TEXT,
    MAX_COUNTS_TEXT,
    MAX_NUMBER_TEXT,
)
from counterseal.measurement.spectrum import MAX_COUNT, MAX_TIME_NS, Counts

_DIGITS_AND_BLANKS = b"0123456789 \t\r\n"
_BETWEEN = re.compile(r"[ \t\r\n]+")
_WHOLE = re.compile(r"\+?([0-9]+)(?:\.0*)?", re.ASCII)
_FRACTION = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_DECIMAL = re.compile(r"\+?([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?", re.ASCII)
_DURATION = re.compile(
    r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)S)?)?", re.ASCII
)
_DATE = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,20}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60
_SHOWN = 40
_NS_DIGITS = 9
_US_DIGITS = 6


def shown(text: str) -> str:
    """Return a text as it can stand in a message."""
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def words_of(text: str, *, most: int = -1) -> list[str]:
    """Return what stands between blanks, tabulators and line ends; no other sign parts numbers.

    Past ``most`` words, the rest of the text is the last one.
    """
    return [word for word in _BETWEEN.split(text.strip(" \t\r\n"), maxsplit=max(most, 0)) if word]


def whole_counts(text: str, *, where: str) -> Counts:
    """Return the whole numbers in a text, int64, shape (numbers,), each 0 to 2**53 - 1.

    Numbers stand between blanks, tabulators or line ends. ``5.`` and ``5.00`` are whole numbers too;
    ``5.5``, ``-1``, ``nan`` and ``1e3`` are not.

    Raises:
        ReadingError: one of them is none; says which, counted from 0.
    """
    if len(text) > MAX_COUNTS_TEXT:
        raise ReadingError(f"{where}: counts take {len(text)} characters, may take {MAX_COUNTS_TEXT}")
    plain = text.encode("ascii", "replace")
    if plain.translate(None, _DIGITS_AND_BLANKS):
        return _one_by_one(words_of(text), where=where)
    if not plain.strip():
        return np.zeros(0, dtype=np.int64)
    # What is past int64 comes back as its largest value, which is refused with all else above 2**53.
    counts: Counts = np.fromstring(text, dtype=np.int64, sep=" ")
    if counts.max() > MAX_COUNT:
        return _one_by_one(words_of(text), where=where)
    return counts


def _one_by_one(words: list[str], *, where: str) -> Counts:
    return np.array(
        [whole(word, where=f"{where}, number {position}") for position, word in enumerate(words)],
        dtype=np.int64,
    )


def whole(word: str, *, where: str) -> int:
    """Return a count that stands as text, 0 to 2**53 - 1.

    Raises:
        ReadingError: it is negative, no whole number, or too large.
    """
    found = _WHOLE.fullmatch(word) if len(word) <= MAX_NUMBER_TEXT else None
    if found is not None:
        value = int(found[1])
        if value > MAX_COUNT:
            raise ReadingError(f"{where}: count {value}, must be below 2**53")
        return value
    if word.startswith("-") and _FRACTION.fullmatch(word):
        raise ReadingError(f"{where}: count {shown(word)}, must be >= 0")
    raise ReadingError(f"{where}: {shown(word)} is no whole count")


def fraction(word: str, *, where: str) -> float:
    """Return the double that is nearest to a decimal number.

    Raises:
        ReadingError: it is no decimal number, or none that a double can hold.
    """
    if len(word) > MAX_NUMBER_TEXT or not _FRACTION.fullmatch(word):
        raise ReadingError(f"{where}: {shown(word)} is no decimal number")
    value = float(word)
    if not math.isfinite(value):
        raise ReadingError(f"{where}: {shown(word)} is too large")
    return value


def fractions(text: str, *, where: str, most: int = MAX_COEFFICIENTS_TEXT) -> tuple[float, ...]:
    """Return the decimal numbers between blanks in a text, at most ``most``.

    Args:
        text: Numbers between blanks, tabulators or line ends.
        where: Place in the file, for messages.
        most: How many there may be.

    Raises:
        ReadingError: one is no decimal number, or there are more.
    """
    words = words_of(text, most=most)
    if len(words) > most:
        raise ReadingError(f"{where}: more than {most} numbers")
    return tuple(fraction(word, where=where) for word in words)


def seconds_ns(word: str, *, where: str) -> int:
    """Return a time that is given in seconds, as whole nanoseconds.

    Raises:
        ReadingError: it is no decimal number, is negative, or is longer than 146 years.
    """
    found = _DECIMAL.fullmatch(word) if len(word) <= MAX_NUMBER_TEXT else None
    if found is None or not (found[1] or found[2]):
        raise ReadingError(f"{where}: {shown(word)} is no time in seconds, 0 or more")
    before, after, exponent = found[1], found[2] or "", int(found[3] or 0)
    power = _NS_DIGITS + exponent - len(after)
    digits = int(before + after)
    if power >= 0:
        return _no_longer(digits * 10**power, where=where)
    unit = 10**-power
    return _no_longer((2 * digits + unit) // (2 * unit), where=where)


def duration_ns(word: str, *, where: str) -> int:
    """Return an XML duration (``PT1H2M3.5S``), as whole nanoseconds; years and months have no fixed length.

    Raises:
        ReadingError: it is no such duration, or is longer than 146 years.
    """
    word = word.strip()
    found = _DURATION.fullmatch(word) if len(word) <= MAX_NUMBER_TEXT else None
    if found is None or not any(found.groups()) or word.endswith("T"):
        raise ReadingError(f"{where}: {shown(word)} is no duration of days, hours, minutes and seconds")
    days, hours, minutes = (int(part or 0) for part in found.groups()[:3])
    whole_s = days * _DAY_S + hours * _HOUR_S + minutes * _MINUTE_S
    return _no_longer(whole_s * 10**9 + seconds_ns(found[4] or "0", where=where), where=where)


def _no_longer(value_ns: int, *, where: str) -> int:
    if value_ns > MAX_TIME_NS:
        raise ReadingError(f"{where}: more than {MAX_TIME_NS} ns, which no measurement takes")
    return value_ns


def gmt(word: str, *, where: str) -> datetime | None:
    """Return a date and time with its zone in GMT, or None where it names no zone.

    Raises:
        ReadingError: it is no date and time, or none of the calendar.
    """
    word = word.strip()
    found = _DATE.fullmatch(word)
    if found is None:
        raise ReadingError(f"{where}: {shown(word)} is no date and time as 2030-01-31T12:00:00Z")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    microsecond = int((found[7] or "")[:_US_DIGITS].ljust(_US_DIGITS, "0"))
    try:
        local = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=_zone(found[8]))
        return None if found[8] is None else local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ReadingError(f"{where}: {shown(word)} is not in the calendar: {error}") from error


def _zone(word: str | None) -> timezone:
    if word is None or word == "Z":
        return UTC
    offset = timedelta(hours=int(word[1:3]), minutes=int(word[4:6]))
    return timezone(-offset if word.startswith("-") else offset)
