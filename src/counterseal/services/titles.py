"""One line for people about each kind of record."""

from typing import Any

from counterseal.records import draw, escrow, measurement
from counterseal.records.change import KEYS_CHANGE, TRUST_CHANGE
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning
from counterseal.records.disclosure import KIND as DISCLOSURE
from counterseal.services.acknowledgements import KIND as ACKNOWLEDGEMENT
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
    ACKNOWLEDGEMENT: "Bundle no. {sequence} from {from} came",
    AGREEMENT: "The agreement as a treaty pack: {id}, version {version}",
    AGGREGATE: "Declared figures of {party} for {as_of}",
    BREAKDOWN: "Breakdown of the figures of {party} for {as_of}",
    SUSPENSION: "Statement of {by}: duties suspended from {from_date}",
    POSITION: "Statement of {by} on how {about} counts, since {since}",
    ASSERTION: "Count by {by} of a figure of {about} for {as_of}",
    WITHHOLDING: "Statement of {party}: not provided for {as_of}",
    INSPECTIONS: "Inspections by {party} in the year from {window_start}",
    CLOSING: "How far the record goes, and by which convention: up to {until}",
    KEYS_CHANGE: "Keys of {party} from its key file of version {version}",
    TRUST_CHANGE: "Trust file of version {version}",
    escrow.COMMITMENT_KIND: "Escrow: {title}",
    draw.OPENING: "Draw: {title}",
    measurement.PROTOCOL: "Protocol of a measurement",
    measurement.DOSSIER: "Dossier of measuring equipment",
    measurement.ATTEMPT: "Attempt {number} on item {item}",
}
_LINES_ABOUT = {
    DISCLOSURE: "Disclosed ({reason})",
    escrow.OPENING_KIND: "Opened in step {stage}",
    draw.COMMITMENT: "{author} is committed to its random value",
    draw.REVEAL: "Random value of {of} revealed",
    draw.RESULT: "What was drawn, by {author}",
    measurement.JOIN: "{author} joined",
    measurement.OUTCOME: "Outcome: {outcome}",
}
"""Of kinds that are about another record, whose line follows."""

_MEANINGS = tuple(Meaning)


def titles(book: RecordBook) -> dict[str, str]:
    """Return a line for every record, by id; for one whose body is withheld, its kind alone."""
    own = {entry.record_id: _own_title(entry) for entry in book.entries}
    return {entry.record_id: _title(entry, own) for entry in book.entries}


def _title(entry: BookEntry, own: dict[str, str]) -> str:
    kind, refs = entry.header.kind, entry.header.refs
    if not entry.statement or not refs or (kind != COUNTERSIGNATURE and kind not in _LINES_ABOUT):
        return own[entry.record_id]
    about = own.get(refs[0], "a record that is not here")
    if kind == COUNTERSIGNATURE:
        meaning = entry.statement.get("meaning")
        return f"{entry.header.author}: {meaning if meaning in _MEANINGS else 'not in form'} - {about}"
    return f"{own[entry.record_id]} - {about}"


def _own_title(entry: BookEntry) -> str:
    members: dict[str, Any] = entry.statement or {}
    line = _LINES.get(entry.header.kind) or _LINES_ABOUT.get(entry.header.kind)
    if entry.header.kind == AGGREGATE and members.get("party") not in (None, entry.header.author):
        line = f"Published figures of {{party}} for {{as_of}}, copied by {entry.header.author}"
    told = {name: value for name, value in members.items() if isinstance(value, str | int)}
    try:
        told["author"] = entry.header.author
        return line.format_map(told) if line and members else f"Record of kind {entry.header.kind}"
    except KeyError:
        return f"Record of kind {entry.header.kind}"
