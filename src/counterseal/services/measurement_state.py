"""What a record holds of measurements: protocols, equipment, attempts in order, who agreed to what when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from counterseal.barrier.budget import Query, alphabet, query
from counterseal.barrier.dossier import Dossier, parse_dossier
from counterseal.barrier.protocol import UNBOUND, Protocol, parse_item, parse_protocol
from counterseal.errors import CountersealError
from counterseal.records import measurement as form
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning, parse_countersignature
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC
from counterseal.records.measurement import MeasurementAttempt, MeasurementJoin, MeasurementResult
from counterseal.services.errors import StatementError
from counterseal.services.record_book import BookEntry, RecordBook
from counterseal.services.voices import disowned

LEAST_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedProtocol:
    """A protocol and the record that states it."""

    entry: BookEntry
    protocol: Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDossier:
    """A dossier and the record that states it."""

    entry: BookEntry
    dossier: Dossier


@dataclass(slots=True, kw_only=True)
class Attempt:
    """All that was said about one attempt.

    Attributes:
        entry: The record that opens it; ``terms`` is what it states.
        stated: The protocol.
        joins: What the inspector joined it with, in log order; the first counts.
        results: Outcomes in log order.
    """

    entry: BookEntry
    terms: MeasurementAttempt
    stated: StatedProtocol
    joins: list[tuple[BookEntry, MeasurementJoin]] = field(default_factory=list)
    results: list[tuple[BookEntry, MeasurementResult]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The attempt as people call it."""
        return f"item {self.terms.place.item}, attempt {self.terms.place.number}"

    @property
    def query(self) -> Query:
        """What it asks."""
        return query(self.stated.protocol, item=self.terms.place.item)


@dataclass(slots=True, kw_only=True)
class MeasurementShelf:
    """Every measurement on a record.

    Attributes:
        book: The record.
        protocols: By record id, in log order; also those that their party disowned, for what was asked under
            them counts.
        dossiers: By record id, in log order.
        attempts: In the order of each host's log; also those that it disowned, which use up their bits.
        refused: Records that are not in form, or not theirs to state, with the rule.
        disowned: Ids of the records that their party does not stand by; they say nothing.
        agreed: By record id, the countersignatures that say ``agreed``.
        objected: By record id, the countersignatures that object.
        seen: By record id, how far its author had seen each log when it signed.
    """

    book: RecordBook
    protocols: dict[str, StatedProtocol] = field(default_factory=dict)
    dossiers: dict[str, StatedDossier] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    refused: list[tuple[BookEntry, str]] = field(default_factory=list)
    disowned: frozenset[str] = frozenset()
    agreed: dict[str, list[BookEntry]] = field(default_factory=dict)
    objected: dict[str, list[BookEntry]] = field(default_factory=dict)
    seen: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def stands(self, entry: BookEntry) -> bool:
        """Whether the party that signed a record stands by it."""
        return entry.record_id not in self.disowned

    def entry(self, record: str) -> BookEntry:
        """Return the record of an id that is known to be there."""
        return next(entry for entry in self.book.entries if entry.record_id == record)

    @property
    def standing(self) -> list[Attempt]:
        """The attempts that their host stands by."""
        return [attempt for attempt in self.attempts if self.stands(attempt.entry)]

    def is_of_its_parties(self, entry: BookEntry) -> bool:
        """Whether a refused record speaks against its author's own measurements.

        It does if its author is a party of a protocol that it names; or, where it names none that is on the
        record, of any protocol. A stranger, or a party of another measurement, spoils nothing.
        """
        said = entry.statement or {}
        named = {*entry.header.refs, *(str(said.get(name)) for name in ("attempt", "protocol"))}
        under = [one.stated for one in self.attempts if one.entry.record_id in named]
        under += [one for record, one in self.protocols.items() if record in named]
        author = str(entry.header.author)
        return any(
            author in (one.protocol.host, one.protocol.inspector) for one in under or self.protocols.values()
        )

    def agreement(self, entry: BookEntry, *, by: str) -> BookEntry | None:
        """Return the first countersignature by which a party agreed to a record, or None."""
        found = self.agreed.get(entry.record_id, [])
        return next((one for one in found if one.header.author == by), None)

    def is_before(self, first: BookEntry, later: BookEntry) -> bool:
        """Whether one record was there, in its log or by what it had seen, when the other was signed."""
        if first.origin == later.origin:
            return first.index < later.index
        return self.seen[later.record_id].get(first.origin, 0) > first.index

    def of_digest(self, digest: str) -> StatedProtocol | None:
        """Return the first protocol on the record that has a digest and that its party stands by."""
        found = (one for one in self.protocols.values() if one.protocol.digest == digest)
        return next((one for one in found if self.stands(one.entry)), None)

    def host_attempts(self, host: str) -> list[Attempt]:
        """Return the attempts in one host's log, in order."""
        return [attempt for attempt in self.attempts if attempt.entry.header.author == host]

    def queries(self, host: str) -> list[Query]:
        """Return what was asked of a host's items, in order."""
        return [attempt.query for attempt in self.host_attempts(host)]

    def find(self, wanted: str) -> Attempt:
        """Return the attempt of a record id, or of the one that begins so (at least 8 characters).

        Raises:
            StatementError: there is none, or it is refused; says by which rule.
        """
        if len(wanted) >= LEAST_DIGITS:
            for attempt in self.attempts:
                if attempt.entry.record_id.startswith(wanted):
                    return attempt
            for entry, rule in self.refused:
                if entry.record_id.startswith(wanted):
                    raise StatementError(f"attempt {wanted}: its record is refused: {rule}")
        raise StatementError(f"attempt {wanted}: no record of that id opens an attempt")


def other_party(protocol: Protocol, party: str) -> str:
    """Return the other of the two parties of a protocol."""
    return protocol.inspector if party == protocol.host else protocol.host


def read_measurements(book: RecordBook) -> MeasurementShelf:
    """Return every measurement on a record, judged form by form."""
    shelf = MeasurementShelf(book=book, disowned=disowned(book))
    _read_signatures(shelf)
    for kind, take in _TAKERS:
        for entry in book.entries:
            if entry.header.kind == kind and (shelf.stands(entry) or kind in _KEPT):
                _take(shelf, entry, take)
    return shelf


def _read_signatures(shelf: MeasurementShelf) -> None:
    """Note who agreed and objected, and how far each log had seen the others at every record."""
    covered = {
        seen.checkpoint.checkpoint_id: (origin, seen.checkpoint.size)
        for origin, heads in shelf.book.heads.items()
        for seen in heads.seen
    }
    reached: dict[str, dict[str, int]] = {}
    for entry in shelf.book.entries:
        so_far = reached.setdefault(entry.origin, {})
        for origin, size in (covered[name] for name in entry.header.not_before if name in covered):
            so_far[origin] = max(size, so_far.get(origin, 0))
        shelf.seen[entry.record_id] = dict(so_far)
        if entry.header.kind == COUNTERSIGNATURE and shelf.stands(entry):
            _note_signature(shelf, entry)


def _note_signature(shelf: MeasurementShelf, entry: BookEntry) -> None:
    if entry.statement is None or PUBLIC[0] not in entry.header.audience:
        return
    try:
        said = parse_countersignature(entry.statement)
    except RecordError:
        return
    if entry.header.refs != (said.record,):
        return
    places = {Meaning.AGREED: shelf.agreed, Meaning.OBJECTS: shelf.objected}
    if said.meaning in places:
        places[said.meaning].setdefault(said.record, []).append(entry)


_Taker = Callable[[MeasurementShelf, BookEntry, Mapping[str, Any]], None]


def _take(shelf: MeasurementShelf, entry: BookEntry, take: _Taker) -> None:
    try:
        if PUBLIC[0] not in entry.header.audience:
            raise RecordError(f"{entry.header.kind}: must be for everybody, so that everybody may check it")
        if entry.statement is None:
            raise RecordError(f"{entry.header.kind}: is here without its body")
        take(shelf, entry, entry.statement)
    except CountersealError as error:
        shelf.refused.append((entry, str(error)))


def _take_protocol(shelf: MeasurementShelf, entry: BookEntry, statement: Mapping[str, Any]) -> None:
    if set(statement) != {"digest", "protocol"}:
        raise RecordError("measurement protocol: must have exactly digest and protocol")
    protocol = parse_protocol(statement["protocol"])
    if protocol.digest != statement["digest"]:
        raise RecordError("measurement protocol: digest is not that of the protocol")
    if problem := protocol_problem(protocol, shelf.book, author=str(entry.header.author)):
        raise RecordError(f"measurement protocol: {problem}")
    shelf.protocols[entry.record_id] = StatedProtocol(entry=entry, protocol=protocol)


def protocol_problem(protocol: Protocol, book: RecordBook, *, author: str) -> str | None:
    """Return why a protocol cannot be on this record by this party, or None."""
    known = {str(party.code) for party in book.trust.parties}
    if protocol.treaty != book.trust.treaty:
        return f"is of treaty {protocol.treaty}, this record is of {book.trust.treaty}"
    if strangers := sorted({protocol.host, protocol.inspector} - known):
        return f"{', '.join(strangers)}: no party of this treaty's trust file"
    if author not in (protocol.host, protocol.inspector):
        return f"{author} is neither its host nor its inspector"
    if protocol.code == UNBOUND:
        return "its code is unbound, which is for rehearsals; on a record it is bound to one"
    return None


def _take_dossier(shelf: MeasurementShelf, entry: BookEntry, statement: Mapping[str, Any]) -> None:
    if set(statement) != {"dossier"}:
        raise RecordError("measurement dossier: must have exactly dossier")
    dossier = parse_dossier(statement["dossier"])
    if entry.header.author != dossier.host:
        raise RecordError(f"measurement dossier: is certified by {dossier.host}, who must state it")
    shelf.dossiers[entry.record_id] = StatedDossier(entry=entry, dossier=dossier)


def _take_attempt(shelf: MeasurementShelf, entry: BookEntry, statement: Mapping[str, Any]) -> None:
    terms = form.parse_attempt(statement)
    parse_item(terms.place.item)
    if entry.header.refs != terms.refs:
        raise RecordError("measurement attempt: refs must be exactly the protocol, dossier and draw it names")
    stated = shelf.protocols.get(terms.place.protocol)
    if stated is None:
        raise RecordError(f"measurement attempt: {terms.place.protocol} is no protocol that is accepted here")
    if entry.header.author != stated.protocol.host:
        raise RecordError(f"measurement attempt: {stated.protocol.host} is the host, who opens attempts")
    shelf.attempts.append(Attempt(entry=entry, terms=terms, stated=stated))


def _take_join(shelf: MeasurementShelf, entry: BookEntry, statement: Mapping[str, Any]) -> None:
    join = form.parse_join(statement)
    attempt = _attempt_of(shelf, entry, join.attempt)
    if entry.header.author != attempt.stated.protocol.inspector:
        raise RecordError(
            f"measurement join: {attempt.stated.protocol.inspector} is the inspector, who joins"
        )
    attempt.joins.append((entry, join))


def _take_result(shelf: MeasurementShelf, entry: BookEntry, statement: Mapping[str, Any]) -> None:
    result = form.parse_result(statement)
    attempt = _attempt_of(shelf, entry, result.attempt)
    if entry.header.author != attempt.stated.protocol.host:
        raise RecordError(
            f"measurement outcome: {attempt.stated.protocol.host} is the host, at whose device it came out"
        )
    answers = alphabet(attempt.stated.protocol)
    if result.outcome not in answers:
        raise RecordError(
            f"measurement outcome: {result.outcome.value} is none of the answers of its protocol, "
            f"{', '.join(answers)}"
        )
    attempt.results.append((entry, result))


def _attempt_of(shelf: MeasurementShelf, entry: BookEntry, record: str) -> Attempt:
    if entry.header.refs != (record,):
        raise RecordError(f"{entry.header.kind}: refs must be exactly the attempt that it is about")
    for attempt in shelf.attempts:
        if attempt.entry.record_id == record:
            return attempt
    raise RecordError(f"{entry.header.kind}: {record} is no attempt that is accepted here")


_TAKERS: Sequence[tuple[str, _Taker]] = (
    (form.PROTOCOL, _take_protocol),
    (form.DOSSIER, _take_dossier),
    (form.ATTEMPT, _take_attempt),
    (form.JOIN, _take_join),
    (form.OUTCOME, _take_result),
)
"""Kind by kind: each builds on those before it."""
_KEPT = frozenset((form.PROTOCOL, form.ATTEMPT))
"""What is read also where its party disowned it: attempts use up bits, under whatever protocol."""
