"""Assess: from the record, as it is signed, to findings."""

from dataclasses import dataclass
from datetime import date

from counterseal.assessment.assess import assess
from counterseal.assessment.facts import Facts, TimingBasis
from counterseal.assessment.finding import Finding
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning
from counterseal.services.errors import ServiceError, StatementError
from counterseal.services.facts import facts_of
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.statements import AGREEMENT, CLOSING
from counterseal.terms.times import parse_date
from counterseal.treaty.load import load_pack
from counterseal.treaty.pack import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What whoever compiled a replayed record says of it: how far it goes, and what is not known."""

    until: date
    convention: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedRecord:
    """Facts and findings of one record, on one day."""

    pack: Pack
    facts: Facts
    findings: tuple[Finding, ...]
    closing: Closing | None


def agreed_pack(book: RecordBook) -> Pack:
    """Return the treaty pack that stands on the record, signed.

    Raises:
        ServiceError: there is none, or its body is withheld.
    """
    agreed = [entry for entry in book.entries if entry.header.kind == AGREEMENT and _is_agreed(book, entry)]
    readable = [entry for entry in agreed if entry.statement is not None]
    if not readable:
        raise ServiceError(
            "no readable treaty pack on the record that every State has agreed to, so no rule to assess it by"
        )
    entry = max(readable, key=lambda entry: (entry.header.claimed_time, entry.record_id))
    pack = (entry.statement or {})["pack"]
    return load_pack(str(pack), where=f"pack in record {entry.record_id[:16]}")


def _is_agreed(book: RecordBook, entry: BookEntry) -> bool:
    """Whether a State put the pack forward and every other State has countersigned that it agrees."""
    states = {str(party.code) for party in book.trust.parties if party.kind == "state"}
    agreeing = {
        str(other.header.author)
        for other in book.entries
        if other.header.kind == COUNTERSIGNATURE
        and other.header.refs == (entry.record_id,)
        and (other.statement or {}).get("meaning") == Meaning.AGREED.value
    }
    return entry.header.author in states and states <= agreeing | {str(entry.header.author)}


def closing_of(book: RecordBook) -> Closing | None:
    """Return what the record's compiler says of how far it goes, or None for a record that still runs.

    A compiler is no party to the agreement: no State can close the record over the other.

    Raises:
        StatementError: the closing statement is not in form.
    """
    states = {party.code for party in book.trust.parties if party.kind == "state"}
    closings = (entry for entry in book.entries if entry.header.kind == CLOSING)
    entry = next((entry for entry in closings if entry.header.author not in states), None)
    if entry is None or entry.statement is None:
        return None
    try:
        return Closing(
            until=parse_date(entry.statement["until"]),
            convention=str(entry.statement["convention"]),
            notes=tuple(str(note) for note in entry.statement["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise StatementError(f"record {entry.record_id}: closing cannot be read: {error!r}") from error


def assess_record(book: RecordBook, *, pack: Pack | None, as_of: date | None, today: date) -> AssessedRecord:
    """Assess a record as it stood at the end of one day.

    Args:
        book: The record.
        pack: The agreement; None takes the signed pack on the record.
        as_of: The day; None takes the last one that the record speaks of: where it holds nothing but
            figures that were published, their last date, since its silence after it says nothing.
        today: The present day, beyond which a record that still runs cannot speak. A closed one says
            itself how far it goes, which may be a day that a rehearsal made up.

    Raises:
        StatementError: a day before the agreement was in force or after the record ends.
    """
    rules = pack or agreed_pack(book)
    closing = closing_of(book)
    last = closing.until if closing else today
    day = as_of or (last if closing else _last_day(book, rules, today=today))
    if day > last:
        raise StatementError(f"as-of {day}: the record speaks of days up to {last}, not of later ones")
    if day < rules.life.in_force:
        raise StatementError(f"as-of {day}: the agreement is in force from {rules.life.in_force}, not before")
    facts = facts_of(book, rules, until=day)
    findings = tuple(finding for finding in assess(rules, facts) if finding.as_of <= day)
    return AssessedRecord(pack=rules, facts=facts, findings=findings, closing=closing)


def _last_day(book: RecordBook, pack: Pack, *, today: date) -> date:
    end = min(today, pack.life.expires or today)
    declared = facts_of(book, pack, until=end).declared
    if declared and all(row.timing.basis is TimingBasis.PUBLICATION for row in declared):
        return max(row.as_of for row in declared)
    return max(end, pack.life.in_force)
