"""Facts: what the record states, read out of a book of records, up to one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from counterseal.assessment.assess import on_record
from counterseal.assessment.facts import (
    Addition,
    Assertion,
    Breakdown,
    Channel,
    DeclaredFigures,
    Facts,
    InspectionCount,
    Position,
    Suspension,
    Withholding,
)
from counterseal.records.countersignature import Meaning
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.statements import AGREEMENT, Fact
from counterseal.services.supplements import with_supplements
from counterseal.services.usable import LeftOut, usable_facts
from counterseal.services.voices import Voice, disowned, voices
from counterseal.treaty.pack import Pack

_Kind = TypeVar("_Kind", bound=Fact)


def facts_of(book: RecordBook, pack: Pack, *, until: date) -> Facts:
    """Return every fact on the record, and the positions that the pack says were published.

    Args:
        book: The record.
        pack: The agreement; its positions count where the record itself does not hold them.
        until: Last day that facts are read to, by their own dates.
    """
    return read_facts(book, pack, until=until).facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFacts:
    """The facts on a record, and the statements on it that they leave out."""

    facts: Facts
    left_out: tuple[LeftOut, ...]


def read_facts(book: RecordBook, pack: Pack, *, until: date) -> ReadFacts:
    """Return what ``facts_of`` does, and what was left out of it, each with its reason."""
    heard, left = voices(book), disowned(book)
    found = tuple(usable_facts(book, pack, heard=heard, disowned=left))
    read = [
        (entry, fact)
        for entry, fact in found
        if not isinstance(fact, LeftOut)
        and _speaks_for_itself(entry, fact)
        and _stated_by(entry, fact, until)
    ]
    read = _own_words_first(read)
    stated = [fact for _, fact in read]
    declared = [(fact, entry.header.refs) for entry, fact in read if isinstance(fact, DeclaredFigures)]
    agreement = tuple(
        record
        for entry in book.entries
        if entry.header.kind == AGREEMENT and entry.record_id not in left
        for record in (entry.record_id, *_agreed(heard.get(entry.record_id, ())))
    )
    facts = Facts(
        until=until,
        declared=with_supplements(declared),
        breakdowns=_of(stated, Breakdown),
        suspensions=_joined(_of(stated, Suspension), pack_suspensions(pack)),
        positions=_joined(_of(stated, Position), pack_positions(pack)),
        assertions=_joined(_of(stated, Assertion), pack_assertions(pack)),
        withheld=_of(stated, Withholding),
        inspections=_of(stated, InspectionCount),
        in_force_records=agreement,
    )
    return ReadFacts(
        facts=on_record(facts), left_out=tuple(fact for _, fact in found if isinstance(fact, LeftOut))
    )


def _agreed(spoken: Iterable[Voice]) -> Iterable[str]:
    return (voice.entry.record_id for voice in spoken if voice.meaning is Meaning.AGREED)


def _speaks_for_itself(entry: BookEntry, fact: Fact) -> bool:
    """Whether a statement is its author's own: nobody suspends, objects, counts or withholds for another.

    Figures may be copied from a publication by somebody else; they are known as a transcription.
    """
    if isinstance(fact, DeclaredFigures | Breakdown):
        return True
    subject = fact.party if isinstance(fact, Withholding | InspectionCount) else fact.by
    return subject == entry.header.author


def _own_words_first(read: list[tuple[BookEntry, Fact]]) -> list[tuple[BookEntry, Fact]]:
    """Leave out what others copied of figures that their own party states: a copy never contests it."""
    own = {
        (type(fact), fact.party, fact.as_of)
        for entry, fact in read
        if isinstance(fact, DeclaredFigures | Breakdown) and entry.header.author == fact.party
    }
    return [
        (entry, fact)
        for entry, fact in read
        if not isinstance(fact, DeclaredFigures | Breakdown)
        or entry.header.author == fact.party
        or (type(fact), fact.party, fact.as_of) not in own
    ]


def _stated_by(entry: BookEntry, fact: Fact, until: date) -> bool:
    """Whether a statement had been made by ``until``.

    Figures that were exchanged or transcribed count from the date that they are of; what somebody said
    or published on a day of its own counts from that day.
    """
    figures = isinstance(fact, DeclaredFigures) and fact.channel is not Channel.PUBLICATION
    return figures or isinstance(fact, Breakdown) or entry.header.claimed_time.date() <= until


def _of(stated: list[Fact], kind: type[_Kind]) -> tuple[_Kind, ...]:
    return tuple(fact for fact in stated if isinstance(fact, kind))


_Named = TypeVar("_Named", Suspension, Position, Assertion)


def _joined(stated: tuple[_Named, ...], published: Iterable[_Named]) -> tuple[_Named, ...]:
    known: set[str] = {fact.id for fact in stated}
    return stated + tuple(fact for fact in published if fact.id not in known)


def pack_suspensions(pack: Pack) -> Iterable[Suspension]:
    """Yield the suspensions that the pack says were published, as facts without records."""
    for change in pack.status_changes:
        if change.state == "suspended":
            cited = pack.cited(change.citation)
            yield Suspension(
                id=change.id,
                by=change.by,
                from_date=change.from_date,
                until=change.until,
                in_reading_of=change.in_reading_of,
                covers=change.covers,
                text=change.text,
                citation=cited.text,
                known_as=cited.known_as,
                records=(),
            )


def pack_positions(pack: Pack) -> Iterable[Position]:
    """Yield the standing objections that the pack says were published."""
    for reading in pack.interpretations:
        cited = pack.cited(reading.citation)
        yield Position(
            id=reading.id,
            by=reading.by,
            about=reading.about,
            limit=reading.limit,
            since=reading.since,
            until=reading.until,
            text=reading.reading,
            citation=cited.text,
            known_as=cited.known_as,
            records=(),
        )


def pack_assertions(pack: Pack) -> Iterable[Assertion]:
    """Yield the counts of another's figures that the pack says were published."""
    for reading in pack.interpretations:
        for stated in reading.stated:
            cited = pack.cited(stated.citation)
            yield Assertion(
                id=f"{reading.id}.{stated.as_of.isoformat()}",
                position=reading.id,
                by=reading.by,
                about=reading.about,
                limit=reading.limit,
                as_of=stated.as_of,
                declared_figure=stated.declared_figure,
                additions=tuple(Addition(what=what, count=count) for what, count in stated.additions),
                text=stated.text,
                citation=cited.text,
                known_as=cited.known_as,
                records=(),
            )
