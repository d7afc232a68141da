"""Assess: from the record, as it is signed, to findings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Facts, TimingBasis
from counterseal.assessment.finding import Finding
from counterseal.records.countersignature import Meaning
from counterseal.records.header import PUBLIC
from counterseal.services.errors import ServiceError, StatementError
from counterseal.services.facts import facts_of, read_facts
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.standing import with_states
from counterseal.services.statements import AGREEMENT, CLOSING
from counterseal.services.usable import LeftOut
from counterseal.services.voices import Voice, disowned, voices
from counterseal.terms.times import parse_date
from counterseal.treaty.load import load_pack
from counterseal.treaty.pack import Pack

MAX_PACK = 262_144
"""Longest treaty pack that is read from a record [characters]; the packaged one has some 18,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What whoever compiled a replayed record says of it: how far it goes, and what is not known."""

    until: date
    convention: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedRecord:
    """Facts and findings of one record, on one day.

    Attributes:
        left_out: Statements on the record that the findings do not rest on, each with its reason.
    """

    pack: Pack
    facts: Facts
    findings: tuple[Finding, ...]
    closing: Closing | None
    left_out: tuple[LeftOut, ...] = ()


def agreed_pack(book: RecordBook) -> Pack:
    """Return the treaty pack that stands on the record, signed.

    Raises:
        ServiceError: there is none, or its body is withheld.
        PackError: what every State has agreed to is no treaty pack.
    """
    heard, left = voices(book), disowned(book)
    readable = [
        entry
        for entry in book.entries
        if entry.header.kind == AGREEMENT and entry.statement is not None and entry.record_id not in left
        if _is_agreed(book, entry, heard.get(entry.record_id, ()))
    ]
    if not readable:
        raise ServiceError(
            "no readable treaty pack on the record that every State has agreed to, so no rule to assess it by"
        )
    entry = max(readable, key=lambda entry: (entry.header.claimed_time, entry.record_id))
    text = (entry.statement or {}).get("pack")
    if not isinstance(text, str) or len(text) > MAX_PACK:
        raise ServiceError(
            f"record {entry.record_id}: its pack must be text of at most {MAX_PACK} characters"
        )
    return load_pack(text, where=f"pack in record {entry.record_id[:16]}")


def _is_agreed(book: RecordBook, entry: BookEntry, spoken: tuple[Voice, ...]) -> bool:
    """Whether a State put the pack forward and every other State has agreed, in words that all can read."""
    states = {str(party.code) for party in book.trust.parties if party.kind == "state"}
    agreeing = {
        str(voice.entry.header.author)
        for voice in spoken
        if voice.meaning is Meaning.AGREED and PUBLIC[0] in voice.entry.header.audience
    }
    return entry.header.author in states and states <= agreeing | {str(entry.header.author)}


def closing_of(book: RecordBook, pack: Pack) -> Closing | None:
    """Return what the record's compiler says of how far it goes, or None for a record that still runs.

    A compiler is no party to the agreement: no State can close the record over the other. A closing that is
    not in form, or that its party disowned, closes nothing.
    """
    return next((said for _, said in _closings(book, pack) if isinstance(said, Closing)), None)


def _closings(book: RecordBook, pack: Pack) -> Iterator[tuple[BookEntry, Closing | str]]:
    states = {party.code for party in book.trust.parties if party.kind == "state"}
    left = disowned(book)
    for entry in book.entries:
        if entry.header.kind != CLOSING or entry.header.author in states or entry.record_id in left:
            continue
        if entry.statement is not None:
            yield entry, _closing(entry.statement, pack)


def _closing(statement: Mapping[str, Any], pack: Pack) -> Closing | str:
    """Return the closing that a statement makes, or what is wrong with it."""
    if not isinstance(statement.get("notes"), list) or not isinstance(statement.get("convention"), str):
        return "not readable as its kind: notes must be a list, and convention text"
    try:
        until = parse_date(statement["until"])
    except (KeyError, TypeError, ValueError) as error:
        return f"not readable as its kind: {error!r:.200}"
    if until < pack.life.in_force:
        return f"not of this agreement: closes at {until}, in force from {pack.life.in_force}"
    notes = tuple(str(note) for note in statement["notes"])
    return Closing(until=until, convention=statement["convention"], notes=notes)


def assess_record(book: RecordBook, *, pack: Pack | None, as_of: date | None, today: date) -> AssessedRecord:
    """Assess a record as it stood at the end of one day; each finding with the state of its records.

    Args:
        book: The record.
        pack: The agreement; None takes the signed pack on the record.
        as_of: The day; None takes the last one that the record speaks of: where it holds nothing but
            figures that were published, their last date, since its silence after it says nothing.
        today: The present day, beyond which a node's record that still runs cannot speak. A bundle
            speaks of days up to the one on which it was made, by its signed manifest, whoever reads it
            whenever. A closed record says itself how far it goes, which may be a day that a
            rehearsal made up.

    Raises:
        StatementError: a day before the agreement was in force or after the record ends.
    """
    rules = pack or agreed_pack(book)
    closing = closing_of(book, rules)
    present = today if book.made is None else book.made.date()
    last = closing.until if closing else present
    day = as_of or (last if closing else _last_day(book, rules, today=present))
    if day > last:
        raise StatementError(f"as-of {day}: the record speaks of days up to {last}, not of later ones")
    if day < rules.life.in_force:
        raise StatementError(f"as-of {day}: the agreement is in force from {rules.life.in_force}, not before")
    read = read_facts(book, rules, until=day)
    found = tuple(finding for finding in assess(rules, read.facts) if finding.as_of <= day)
    findings = with_states(book, found)
    left_out = (*read.left_out, *_not_closings(book, rules))
    return AssessedRecord(pack=rules, facts=read.facts, findings=findings, closing=closing, left_out=left_out)


def _not_closings(book: RecordBook, pack: Pack) -> Iterator[LeftOut]:
    for entry, said in _closings(book, pack):
        if isinstance(said, str):
            author = str(entry.header.author)
            yield LeftOut(record_id=entry.record_id, kind=CLOSING, author=author, reason=said)


def _last_day(book: RecordBook, pack: Pack, *, today: date) -> date:
    end = min(today, pack.life.expires or today)
    declared = facts_of(book, pack, until=end).declared
    if declared and all(row.timing.basis is TimingBasis.PUBLICATION for row in declared):
        return max(pack.life.in_force, *(row.as_of for row in declared))
    return max(end, pack.life.in_force)
