"""The text of a coincidence report: its sections, its lines with a label, its tables of whole numbers."""

import re

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.pulses import MAX_MULTIPLICITY
from counterseal.measurement.readers.coincidence_form import Printed
from counterseal.measurement.readers.exact import fraction, shown, whole, words_of
from counterseal.measurement.readers.limits import MAX_TEXT
from counterseal.measurement.spectrum import Counts

HEADS = (
    "Warning messages",
    "Passive summed raw data",
    "Passive summed multiplicity distributions",
    "Results",
    "Passive cycle data",
    "Passive multiplicity distributions",
)
HEADER = ""
_OTHER_KINDS = ("Active summed raw data", "Active cycle data", "Collar")
_ROW = re.compile(r" *([^:]*[^: ]): *(.*?) *")
_NUMBER = re.compile(r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)(?: *\+- *([0-9.]+(?:[eE][+-]?[0-9]+)?))?", re.ASCII)
_COLUMNS = 3

Section = list[tuple[int, str]]
"""Lines of a section with their number in the file, from 1."""


def sections_of(text: str) -> dict[str, Section]:
    """Return the sections of a report by their heading; what stands before the first has none.

    Raises:
        ReadingError: a heading stands twice or out of order, a line is too long, or the report is of
            an active measurement.
    """
    found: dict[str, Section] = {HEADER: []}
    held = found[HEADER]
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_TEXT:
            raise ReadingError(f"report: line {number} has {len(line)} characters, may have {MAX_TEXT}")
        head = line.strip()
        if head.startswith(_OTHER_KINDS):
            raise ReadingError(f"report: line {number}: {shown(head)}: only passive measurements are read")
        if head in HEADS:
            if any(HEADS.index(head) <= HEADS.index(other) for other in found if other):
                raise ReadingError(f"report: line {number}: {shown(head)} stands twice, or out of order")
            held = found.setdefault(head, [])
        elif head:
            held.append((number, line))
    return found


def labelled(line: str) -> tuple[str, str] | None:
    """Return the label and the text of a line that has both, or None."""
    found = _ROW.fullmatch(line)
    return (found[1], found[2]) if found else None


def rows_of(section: Section, *, name: str) -> dict[str, str]:
    """Return the texts of all lines that have a label.

    Raises:
        ReadingError: a label stands twice.
    """
    found: dict[str, str] = {}
    for number, line in section:
        row = labelled(line)
        if row is None:
            continue
        if row[0] in found:
            raise ReadingError(f"report: line {number}: {shown(row[0])} stands twice in {name}")
        found[row[0]] = row[1]
    return found


def needed(rows: dict[str, str], label: str) -> str:
    """Return the text of a line.

    Raises:
        ReadingError: there is none.
    """
    if label not in rows:
        raise ReadingError(f"report: there is no line {label!r}")
    return rows[label]


def printed(text: str, *, where: str) -> Printed:
    """Return a printed number, with its uncertainty where it has one.

    Args:
        text: A number, or one with ``+-`` and its uncertainty.
        where: Which line it is of, for messages.

    Raises:
        ReadingError: it is none.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ReadingError(f"report: {where}: {shown(text)} is no number")
    uncertainty = None if found[2] is None else fraction(found[2], where=f"report: {where}, uncertainty")
    return Printed(value=fraction(found[1], where=f"report: {where}"), uncertainty=uncertainty)


def printed_if_any(text: str, *, where: str) -> Printed | None:
    """Return a printed number, or None where the text is another text."""
    return printed(text, where=where) if _NUMBER.fullmatch(text) else None


def histograms(section: Section, *, name: str) -> tuple[Counts, Counts]:
    """Return the R+A and the A histogram of a table with rows ``0 12 13``, each int64, shape (rows,).

    Args:
        section: The lines of the table, with their numbers.
        name: Which table it is, for messages.

    Raises:
        ReadingError: it has no row, a row is missing, or an accidentals histogram without a count.
    """
    rows = []
    for place, (number, line) in enumerate(section):
        words = words_of(line)
        if len(words) != _COLUMNS or whole(words[0], where=f"report: line {number}") != place:
            raise ReadingError(f"report: line {number}: {shown(line)}, must be {place} and two counts")
        rows.append([whole(word, where=f"report: line {number}") for word in words[1:]])
    if not 1 <= len(rows) <= MAX_MULTIPLICITY + 1:
        raise ReadingError(f"report: {name}: {len(rows)} rows, must be 1 to {MAX_MULTIPLICITY + 1}")
    table = np.array(rows, dtype=np.int64)
    if not table[:, 1].any() and table[:, 0].any():
        raise ReadingError(f"report: {name}: the histogram of accidentals is empty")
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])
