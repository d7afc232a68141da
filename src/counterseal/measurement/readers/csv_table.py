"""Tables of counts as text: columns with names, times and calibration in lines that start with ``#``.

    # live_time_s: 300
    # real_time_s: 301.5
    # energy_coefficients_kev: 0.2 0.375
    channel,counts
    0,12
    1,7

Columns are ``channel`` (0, 1, 2 ... without a gap), ``energy_kev`` (the energy of the middle of the
channel) and ``counts``; the last is needed, and commas, semicolons or tabulators stand between them.
"""

import re

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import (
    fraction,
    fractions,
    gmt,
    seconds_ns,
    shown,
    whole,
    whole_counts,
)
from counterseal.measurement.readers.limits import MAX_REMARKS
from counterseal.measurement.readers.lines import text_of
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import Found, polynomial_scale, table_scale
from counterseal.measurement.spectrum import MAX_CHANNELS, Spectrum

COLUMNS = ("channel", "energy_kev", "counts")
FACTS = ("live_time_s", "real_time_s", "energy_coefficients_kev", "started", "name")
_FACT = re.compile(r"#[ \t]*([a-z_]+)[ \t]*[:=](.*)")
_MAX_LINE = 4_200
_BETWEEN = ("\t", ";", ",")


def read_csv(data: bytes, *, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the one spectrum of a table as text.

    Args:
        data: The file.
        repair: Mend a live time that is a little above the real time.

    Raises:
        ReadingError: it is not in the form, past a cap, or says what no instrument measures.
    """
    reading = Reading(data, form="csv", repair=repair)
    facts, remarks, lines = _parts(text_of(data, form="csv"))
    table = _columns(lines, reading)
    counts = whole_counts(" ".join(table["counts"]), where="csv: counts")
    if len(counts) != len(lines) - 1:
        raise ReadingError(f"csv: {len(counts)} counts in {len(lines) - 1} rows")
    scale, reason = _scale(table, facts, channels=len(counts))
    live_ns, real_ns = _times(facts, reading)
    draft = Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where="csv",
        scale=scale,
        started=gmt(facts["started"], where="csv: # started") if "started" in facts else None,
        name=free_text(facts.get("name", ""), where="csv: # name"),
        remarks=(reason, *remarks),
    )
    return reading.spectra([draft])


def _parts(text: str) -> tuple[dict[str, str], list[str], list[str]]:
    """Return what the lines with ``#`` say, their other texts, and the lines of the table."""
    facts: dict[str, str] = {}
    remarks: list[str] = []
    rows: list[str] = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        if len(line) > _MAX_LINE:
            raise ReadingError(f"csv: line {number} has {len(line)} characters, may have {_MAX_LINE}")
        if not line.startswith("#"):
            rows.append(line)
            continue
        if rows:
            raise ReadingError(f"csv: line {number}: a line with # after the table began")
        fact = _FACT.fullmatch(line.rstrip())
        if fact is None or fact[1] not in FACTS:
            remarks.append(free_text(line[1:], where=f"csv: line {number}"))
        elif fact[1] in facts:
            raise ReadingError(f"csv: line {number}: {fact[1]} stands twice")
        else:
            facts[fact[1]] = fact[2].strip()
    if len(remarks) > MAX_REMARKS:
        raise ReadingError(f"csv: {len(remarks)} lines of remarks, may have {MAX_REMARKS}")
    return facts, remarks, rows


def _columns(lines: list[str], reading: Reading) -> dict[str, list[str]]:
    """Return the texts of each column, by its name."""
    head = lines[0] if lines else ""
    between = next((sign for sign in _BETWEEN if sign in head), ",")
    names = [name.strip().strip('"') for name in head.split(between)]
    if "counts" not in names or not set(names) <= set(COLUMNS) or len(set(names)) != len(names):
        raise ReadingError(f"csv: columns {shown(head)}, must be counts, and may be channel and energy_kev")
    rows = [line.split(between) for line in lines[1:]]
    if not 1 <= len(rows) <= MAX_CHANNELS:
        raise ReadingError(f"csv: {len(rows)} rows, must be 1 to {MAX_CHANNELS}")
    reading.take(len(rows), where="csv")
    for number, row in enumerate(rows):
        if len(row) != len(names):
            raise ReadingError(f"csv: row {number} has {len(row)} columns, must have {len(names)}")
    table = {name: [row[place].strip() for row in rows] for place, name in enumerate(names)}
    for number, word in enumerate(table.get("channel", ())):
        if whole(word, where=f"csv: row {number}, channel") != number:
            raise ReadingError(f"csv: row {number}: channel {shown(word)}, must be {number}")
    return table


def _times(facts: dict[str, str], reading: Reading) -> tuple[int, int]:
    for name in ("live_time_s", "real_time_s"):
        if name not in facts:
            raise ReadingError(f"csv: there is no line '# {name}: ...'")
    live, real = (seconds_ns(facts[name], where=f"csv: # {name}") for name in ("live_time_s", "real_time_s"))
    return reading.times_ns(live, real, where="csv")


def _scale(table: dict[str, list[str]], facts: dict[str, str], *, channels: int) -> Found:
    if "energy_kev" in table and "energy_coefficients_kev" in facts:
        raise ReadingError("csv: has both a column energy_kev and energy_coefficients_kev, may have one")
    if "energy_kev" in table:
        energies = [fraction(word, where="csv: energy_kev") for word in table["energy_kev"]]
        return table_scale(np.array(energies, dtype=np.float64))
    if "energy_coefficients_kev" in facts:
        values = fractions(facts["energy_coefficients_kev"], where="csv: # energy_coefficients_kev")
        return polynomial_scale(values, channels=channels)
    return None, "energy calibration: none"
