"""Whose word a record is: countersignatures that count, and records that their own party disowned.

A countersignature counts if it can be read, is in form, is another party's than the record's author's, and
its party stands by it. What does not count stays on the record all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning, parse_countersignature
from counterseal.records.errors import RecordError
from counterseal.records.header import feed_id
from counterseal.records.trusted import AUTHOR
from counterseal.services.record_book import BookEntry, RecordBook

RECEIPTS = frozenset((Meaning.RECEIVED, Meaning.AGREED, Meaning.AGREED_WITH_RESERVATION))
"""What says that the record was received; an objection says what it says, and no more is inferred from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One party's word about a record of another: the countersignature, and what it says."""

    entry: BookEntry
    meaning: Meaning


def voices(book: RecordBook) -> Mapping[str, tuple[Voice, ...]]:
    """Return, by record id, the countersignatures that count, log by log."""
    authors = {entry.record_id: entry.header.author for entry in book.entries}
    left = disowned(book)
    found: dict[str, tuple[Voice, ...]] = {}
    for entry in book.entries:
        if entry.header.kind != COUNTERSIGNATURE or entry.statement is None or entry.record_id in left:
            continue
        try:
            said = parse_countersignature(entry.statement)
        except RecordError:
            continue
        if entry.header.refs == (said.record,) and authors.get(said.record) != entry.header.author:
            voice = Voice(entry=entry, meaning=said.meaning)
            found[said.record] = (*found.get(said.record, ()), voice)
    return found


def disowned(book: RecordBook) -> frozenset[str]:
    """Return the ids of records that their party does not stand by: the key that signed them was lost."""
    limits = {
        feed_id(treaty=book.trust.treaty, author=key.party, public=key.public): key.accepted
        for key in book.trust.keys_of(AUTHOR)
        if key.accepted is not None
    }
    return frozenset(
        entry.record_id
        for entry in book.entries
        if (accepted := limits.get(entry.header.feed)) is not None and entry.header.seq >= accepted
    )
