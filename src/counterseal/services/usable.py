"""What of a record an assessment may rest on, statement by statement, and why the rest is left out.

Nothing that one party signs keeps another from assessing: a statement that is not in its kind's form, that
names what the agreement does not have, or that its own party disowned stays on the record and is listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from counterseal.assessment.admission import require_facts
from counterseal.assessment.errors import FactsError
from counterseal.assessment.facts import (
    Assertion,
    Breakdown,
    DeclaredFigures,
    Facts,
    InspectionCount,
    Position,
    Suspension,
    Timing,
    TimingBasis,
    Withholding,
)
from counterseal.records.verification.times import NotAfter
from counterseal.services.errors import StatementError
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.statements import AGREEMENT, CLOSING, FACT_KINDS, Fact, read_fact
from counterseal.services.voices import RECEIPTS, Voice
from counterseal.terms.times import TimeInterval
from counterseal.treaty.pack import Pack

DISOWNED = "disputed: its party does not stand by it, the key was lost"
_SPOKEN = frozenset((*FACT_KINDS, AGREEMENT, CLOSING))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A statement that the assessment does not rest on: its record, and why."""

    record_id: str
    kind: str
    author: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """Return it as the JSON object of a summary."""
        return {"record": self.record_id, "kind": self.kind, "author": self.author, "reason": self.reason}


def usable_facts(
    book: RecordBook, pack: Pack, *, heard: Mapping[str, tuple[Voice, ...]], disowned: frozenset[str]
) -> Iterator[tuple[BookEntry, Fact | LeftOut]]:
    """Yield each statement of a kind that an assessment reads, as a fact or as left out.

    Args:
        book: The record.
        pack: The agreement, for the names that statements may use.
        heard: Countersignatures that count, by record id.
        disowned: Records that their party does not stand by.
    """
    receipts = _Receipts(book)
    for entry in book.entries:
        if entry.header.kind not in _SPOKEN or entry.statement is None:
            continue
        if entry.record_id in disowned:
            yield entry, _left_out(entry, DISOWNED)
        elif entry.header.kind in FACT_KINDS:
            spoken = heard.get(entry.record_id, ())
            yield entry, _fact(entry, pack, spoken=spoken, received=receipts.interval(entry, spoken))


def _fact(
    entry: BookEntry, pack: Pack, *, spoken: tuple[Voice, ...], received: TimeInterval | None
) -> Fact | LeftOut:
    try:
        fact = read_fact(
            entry.header.kind,
            entry.statement or {},
            records=(entry.record_id, *(voice.entry.record_id for voice in spoken)),
            author=entry.header.author,
            timing=Timing(basis=TimingBasis.RECORD, received=received),
        )
    except StatementError as error:
        return _left_out(entry, f"not readable as its kind: {error.__cause__!r:.200}")
    if fact is None:
        return _left_out(entry, "of a kind that states no fact")
    try:
        require_facts(pack, _alone(fact))
    except FactsError as error:
        return _left_out(entry, f"not of this agreement: {error!s:.200}")
    return fact


def _alone(fact: Fact) -> Facts:
    alone: dict[str, Any] = {_PLACES[type(fact)]: (fact,)}
    return Facts(until=date.max, **alone)


_PLACES: dict[type, str] = {
    DeclaredFigures: "declared",
    Breakdown: "breakdowns",
    Suspension: "suspensions",
    Position: "positions",
    Assertion: "assertions",
    Withholding: "withheld",
    InspectionCount: "inspections",
}


def _left_out(entry: BookEntry, reason: str) -> LeftOut:
    return LeftOut(
        record_id=entry.record_id, kind=entry.header.kind, author=str(entry.header.author), reason=reason
    )


class _Receipts:
    """When another State received a statement, in the word of others than the one that made it."""

    def __init__(self, book: RecordBook) -> None:
        self._book = book
        self._states = {party.code for party in book.trust.parties if party.kind == "state"}
        self._bounds: dict[tuple[str, str], NotAfter] = {}

    def interval(self, entry: BookEntry, spoken: tuple[Voice, ...]) -> TimeInterval | None:
        """Return when the first State that says so received it; a cosignature of its author is no bound."""
        for voice in spoken:
            if voice.meaning in RECEIPTS and voice.entry.header.author in self._states:
                receipt = voice.entry
                bound = self._bound(receipt.origin, entry.header.author).of(receipt.index)
                return replace(self._book.interval(receipt.record_id), not_after=bound)
        return None

    def _bound(self, origin: str, author: str) -> NotAfter:
        place = (origin, author)
        if place not in self._bounds:
            self._bounds[place] = NotAfter(self._book.heads[origin], but_for=frozenset((author,)))
        return self._bounds[place]
