"""Disclose: the owner of a record opens parts of it to a wider audience; readers put them together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from counterseal.records.disclosure import KIND, Disclosure, parse_disclosure
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC, Header, parse_header
from counterseal.records.partial import Shown, merged, open_partially, withhold
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.submit import Statement, submit


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A record as far as it is open to the reader of a record book.

    Attributes:
        record_id: Its id.
        statement: The members that are open.
        withheld: Number of parts that stay commitments; nobody can tell how many of them are dummies.
        disclosed_by: Ids of the disclosures that it was put together from; empty for a body of its own.
    """

    record_id: str
    statement: dict[str, Any]
    withheld: int
    disclosed_by: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is withheld."""
        return not self.withheld


def disclose(
    node: Node,
    record: str,
    *,
    parts: Collection[str] | None,
    audience: tuple[str, ...],
    reason: str,
    stage: str | None,
    clock: Clock,
    randomness: Randomness,
) -> str:
    """Open one of the node's own records to an audience, and return the id of the disclosure.

    Args:
        node: The owner's node.
        record: Id of the record [64 hexadecimal digits].
        parts: Names of the parts to show, or None for all of it.
        audience: Parties that may read them, or ``public``.
        reason: Why, in words.
        stage: Step of the procedure under which it is done, or None.
        clock: Gives the claimed time.
        randomness: Gives the salts of the new record.

    Raises:
        ServiceError: the record is not the node's own, is not at hand, or is public already.
        RecordError: a part that the record does not have, or a disclosure that is too large.
    """
    opening = _own_opening(node, record)
    document = orjson.loads(opening) if parts is None else withhold(opening, release=parts)
    said = Disclosure(record=record, opening=document, reason=reason, stage=stage)
    statement = Statement(
        kind=KIND, members=said.statement(), refs=(record,), audience=checked_audience(node, audience)
    )
    try:
        return submit(node, [statement], clock=clock, randomness=randomness)[0]
    except RecordError as error:
        raise RecordError(f"disclosure of {record}: {error}; name fewer parts at a time") from error


def checked_audience(node: Node, audience: Collection[str]) -> tuple[str, ...]:
    """Return an audience in its order, none twice.

    Raises:
        ServiceError: nobody is named, or somebody who is no party of the treaty.
    """
    named = tuple(sorted(set(audience)))
    if named == PUBLIC:
        return named
    known = {str(party.code) for party in node.trust.parties}
    if not named or (strangers := [name for name in named if name not in known]):
        who = ", ".join(strangers) if named else "nobody"
        raise ServiceError(
            f"audience: found {who}; must be 'public' alone, or parties of {', '.join(sorted(known))}"
        )
    return named


def _own_opening(node: Node, record: str) -> bytes:
    entry = node.store.find(record)
    if entry is None or entry.origin != node.log.origin:
        raise ServiceError(
            f"{node.party}: record {record} is not in its own log; only its owner can disclose it"
        )
    if not entry.opening:
        raise ServiceError(f"{node.party}: what opens record {record} is not in its store")
    if parse_header(split_record(entry.envelope)[0]).audience == PUBLIC:
        raise ServiceError(f"{node.party}: record {record} is public; there is nothing left to disclose")
    return entry.opening


class Readings:
    """What a record book opens of each record: its own body, or disclosures put together part by part.

    Args:
        book: The record, verified before. A disclosure counts if it opens an earlier record of its own log.
    """

    def __init__(self, book: RecordBook) -> None:
        self._book = book
        self._entries = {entry.record_id: entry for entry in book.entries}
        self._about: dict[str, list[BookEntry]] = {}
        for entry in book.entries:
            if entry.header.kind == KIND and len(entry.header.refs) == 1:
                self._about.setdefault(entry.header.refs[0], []).append(entry)

    def of(self, record: str) -> Readable | None:
        """Return the record of that id as far as it is open, or None where nothing of it is."""
        entry = self._entries.get(record)
        if entry is None:
            return None
        if entry.statement is not None:
            return Readable(record_id=record, statement=dict(entry.statement), withheld=0)
        found = list(self._openings(entry))
        shown = merged(opened for _, opened in found)
        if shown is None:
            return None
        return Readable(
            record_id=record,
            statement=shown.statement,
            withheld=shown.withheld,
            disclosed_by=tuple(source for source, _ in found),
        )

    def _openings(self, entry: BookEntry) -> Iterator[tuple[str, Shown]]:
        for told in self._about.get(entry.record_id, ()):
            if told.origin != entry.origin or told.index <= entry.index:
                continue
            said = self.of(told.record_id)  # a disclosure may itself be known by a later one alone
            shown = None if said is None else _opened(said, entry.header)
            if shown is not None:
                yield told.record_id, shown


def _opened(said: Readable, header: Header) -> Shown | None:
    try:
        disclosure = parse_disclosure(said.statement)
        return open_partially(
            disclosure.opening, commit=header.commit, parts=header.parts, size_class=header.size_class
        )
    except RecordError:
        return None  # not in form, or not whole to this reader: it shows nothing


def readable(book: RecordBook, record: str) -> Readable | None:
    """Return one record as far as it is open to the reader of a book, or None where nothing of it is."""
    return Readings(book).of(record)
