"""One line for people about each kind of record."""

from typing import Any

from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.statements import (
    AGGREGATE,
    AGREEMENT,
    ASSERTION,
    BREAKDOWN,
    CLOSING,
    INSPECTIONS,
    POSITION,
    SUSPENSION,
    WITHHOLDING,
)

_LINES = {
    AGREEMENT: "The agreement as a treaty pack: {id}, version {version}",
    AGGREGATE: "Declared figures of {party} for {as_of}",
    BREAKDOWN: "Breakdown of the figures of {party} for {as_of}",
    SUSPENSION: "Statement of {by}: duties suspended from {from_date}",
    POSITION: "Statement of {by} on how {about} counts, since {since}",
    ASSERTION: "Count by {by} of a figure of {about} for {as_of}",
    WITHHOLDING: "Statement of {party}: not provided for {as_of}",
    INSPECTIONS: "Inspections by {party} in the year from {window_start}",
    CLOSING: "How far the record goes, and by which convention: up to {until}",
}


def titles(book: RecordBook) -> dict[str, str]:
    """Return a line for every record, by id; for one whose body is withheld, its kind alone."""
    own = {entry.record_id: _own_title(entry) for entry in book.entries}
    return {entry.record_id: _title(entry, own) for entry in book.entries}


def _title(entry: BookEntry, own: dict[str, str]) -> str:
    if entry.header.kind != COUNTERSIGNATURE or not entry.statement:
        return own[entry.record_id]
    about = own.get(entry.header.refs[0], "a record that is not here")
    return f"{entry.header.author}: {entry.statement['meaning']} - {about}"


def _own_title(entry: BookEntry) -> str:
    members: dict[str, Any] = entry.statement or {}
    line = _LINES.get(entry.header.kind)
    if entry.header.kind == AGGREGATE and members.get("party") not in {None, entry.header.author}:
        line = f"Published figures of {{party}} for {{as_of}}, copied by {entry.header.author}"
    try:
        return line.format_map(members) if line and members else f"Record of kind {entry.header.kind}"
    except KeyError:
        return f"Record of kind {entry.header.kind}"
