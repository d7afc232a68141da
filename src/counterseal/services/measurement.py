"""Before a measurement: agree on it and on the equipment, open an attempt, join it.

No step is taken too early. Agreeing is an ordinary countersignature of the protocol and of the dossier.
Running and answering is in ``measurement_run.py``.
"""

from dataclasses import dataclass
from datetime import UTC, date

from counterseal.barrier.budget import item_key, query, require_allowed
from counterseal.barrier.dossier import Dossier
from counterseal.barrier.protocol import Protocol, parse_item
from counterseal.barrier.tokens import TokenParts, make_parts, parse_parts
from counterseal.crypto.hashing import domain_hash
from counterseal.errors import RefusedInputError
from counterseal.records import measurement as form
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Countersignature, Meaning
from counterseal.records.measurement import (
    MeasurementAttempt,
    MeasurementJoin,
    TokenPlace,
    commitments_to,
)
from counterseal.services.measurement_equipment import equipment_problems
from counterseal.services.measurement_state import (
    Attempt,
    MeasurementShelf,
    StatedProtocol,
    other_party,
    protocol_problem,
    read_measurements,
)
from counterseal.services.measurement_treaty import treaty_problems
from counterseal.services.node import Node
from counterseal.services.ports import Clock, OnceSecrets, Randomness
from counterseal.services.record_book import RecordBook
from counterseal.services.submit import Statement, submit


class MeasurementRefusedError(RefusedInputError):
    """A step in a measurement that its rules do not allow as the record stands; nothing was signed or run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """The copy of the equipment that an attempt uses: its name, the record ids of dossier and draw."""

    copy: str
    dossier: str
    draw: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every step needs: a node with its record, its secrets, a clock and randomness."""

    node: Node
    book: RecordBook
    secrets: OnceSecrets
    clock: Clock
    randomness: Randomness

    @property
    def party(self) -> str:
        """Whose desk it is."""
        return str(self.node.party)

    @property
    def today(self) -> date:
        """The day (GMT) by its clock."""
        return self.clock.now().astimezone(UTC).date()

    def shelf(self) -> MeasurementShelf:
        """Return every measurement on its record."""
        return read_measurements(self.book)

    def say(self, *statements: Statement) -> tuple[str, ...]:
        """Sign statements and return their record ids."""
        return submit(self.node, statements, clock=self.clock, randomness=self.randomness)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A party's part in an attempt: records of attempt and part, the number, the parts of its tokens."""

    attempt: str
    record: str
    number: int
    parts: TokenParts


def propose_protocol(desk: Desk, protocol: Protocol) -> str:
    """Put a protocol on the record and return its record id; the other party countersigns it.

    Raises:
        MeasurementRefusedError: it is on the record already, this node cannot state it, or it gives itself
            more bits than a budget of the treaty lets it today.
    """
    if problem := protocol_problem(protocol, desk.book, author=desk.party):
        raise MeasurementRefusedError(f"protocol {protocol.digest[:16]}: {problem}")
    _require_treaty(desk, protocol)
    known = desk.shelf().of_digest(protocol.digest)
    if known is not None:
        raise MeasurementRefusedError(
            f"protocol {protocol.digest[:16]}: is on the record already, {known.entry.record_id}"
        )
    members = {"digest": protocol.digest, "protocol": dict(protocol.document)}
    return desk.say(Statement(kind=form.PROTOCOL, members=members))[0]


def propose_dossier(desk: Desk, dossier: Dossier) -> str:
    """Put the dossier of the equipment on the record, which certifies it; return its record id.

    Raises:
        MeasurementRefusedError: this party is not the host that certifies.
    """
    if desk.party != dossier.host:
        raise MeasurementRefusedError(f"dossier: {dossier.host} certifies it; this node is {desk.party}'s")
    return desk.say(Statement(kind=form.DOSSIER, members={"dossier": dict(dossier.document)}))[0]


def open_attempt(desk: Desk, digest: str, *, item: str, equipment: Equipment | None) -> Made:
    """Put on the record that an item will be measured, with commitments to this host's token parts.

    The parts are kept before anything is signed: after a crash in between, the next call goes on with them.

    Args:
        desk: The host's.
        digest: Digest of the protocol.
        item: Id of the item.
        equipment: Which copy of the equipment is used, or None.

    Raises:
        MeasurementRefusedError: this party is not the host, the protocol is not agreed by both, or
            something speaks against the equipment, or a budget of the treaty against the protocol.
        BarrierError: another spelling of the item, a second threshold set, or one repeat too many.
        BudgetError: it would go past the budget.
    """
    shelf = desk.shelf()
    stated = _agreed_protocol(shelf, digest)
    protocol = stated.protocol
    if desk.party != protocol.host:
        raise MeasurementRefusedError(f"item {item}: {protocol.host} is the host and opens attempts on it")
    parse_item(item)
    _require_treaty(desk, protocol)
    earlier = shelf.host_attempts(protocol.host)
    require_allowed([attempt.query for attempt in earlier], query(protocol, item=item))
    number = 1 + sum(attempt.query.same_item == item_key(item) for attempt in earlier)
    place = TokenPlace(protocol=stated.entry.record_id, item=item, number=number)
    parts = _own_parts(desk, place)
    terms = MeasurementAttempt(
        place=place,
        commitments=commitments_to(parts.parts, place=place, party=desk.party),
        copy=equipment.copy if equipment else None,
        dossier=equipment.dossier if equipment else None,
        draw=equipment.draw if equipment else None,
    )
    if problems := list(equipment_problems(shelf, terms, protocol=protocol)):
        raise MeasurementRefusedError(f"item {item}: {'; '.join(problems)}")
    record = desk.say(Statement(kind=form.ATTEMPT, members=terms.statement(), refs=terms.refs))[0]
    return Made(attempt=record, record=record, number=number, parts=parts)


def join_attempt(desk: Desk, attempt: Attempt) -> Made:
    """Join an attempt with commitments to this inspector's token parts, and countersign it as agreed.

    Raises:
        MeasurementRefusedError: this party is not the inspector, has joined before, or the attempt is not
            as it must be.
    """
    protocol, shelf = attempt.stated.protocol, desk.shelf()
    if desk.party != protocol.inspector:
        raise MeasurementRefusedError(f"{attempt.name}: {protocol.inspector} is the inspector and joins it")
    if attempt.joins:
        raise MeasurementRefusedError(
            f"{attempt.name}: {desk.party} joined it already, with record {attempt.joins[0][0].record_id}"
        )
    require_sound(desk, shelf, attempt)
    place, record = attempt.terms.place, attempt.entry.record_id
    parts = _own_parts(desk, place)
    join = MeasurementJoin(
        attempt=record, commitments=commitments_to(parts.parts, place=place, party=desk.party)
    )
    agreed = Countersignature(record=record, meaning=Meaning.AGREED)
    made, _ = desk.say(
        Statement(kind=form.JOIN, members=join.statement(), refs=(record,)),
        Statement(kind=COUNTERSIGNATURE, members=agreed.statement(), refs=(record,)),
    )
    return Made(attempt=record, record=made, number=place.number, parts=parts)


def _agreed_protocol(shelf: MeasurementShelf, digest: str) -> StatedProtocol:
    stated = shelf.of_digest(digest)
    if stated is None:
        raise MeasurementRefusedError(f"protocol {digest[:16]}: is not on this record; prepare it first")
    _require_agreed(shelf, stated)
    return stated


def _require_agreed(shelf: MeasurementShelf, stated: StatedProtocol) -> None:
    if not shelf.stands(stated.entry):
        raise MeasurementRefusedError(
            f"protocol {stated.protocol.digest[:16]}: {stated.entry.header.author} does not stand by record "
            f"{stated.entry.record_id}"
        )
    other = other_party(stated.protocol, str(stated.entry.header.author))
    if shelf.agreement(stated.entry, by=other) is None:
        raise MeasurementRefusedError(
            f"protocol {stated.protocol.digest[:16]}: {other} has not countersigned record "
            f"{stated.entry.record_id} as agreed"
        )


def _require_treaty(desk: Desk, protocol: Protocol) -> None:
    """Refuse a protocol that may disclose more than the treaty pack of this node lets it today."""
    if problems := list(treaty_problems(desk.node.pack, protocol, day=desk.today)):
        raise MeasurementRefusedError(f"protocol {protocol.digest[:16]}: {'; '.join(problems)}")


def require_sound(desk: Desk, shelf: MeasurementShelf, attempt: Attempt) -> None:
    """Refuse an attempt that breaks a rule of its protocol or the treaty, whoever put it on the record."""
    if not shelf.stands(attempt.entry):
        raise MeasurementRefusedError(f"{attempt.name}: {attempt.entry.header.author} does not stand by it")
    _require_agreed(shelf, attempt.stated)
    _require_treaty(desk, attempt.stated.protocol)
    protocol, place = attempt.stated.protocol, attempt.terms.place
    own = shelf.host_attempts(protocol.host)
    earlier = [one for one in own if one.entry.index < attempt.entry.index]
    require_allowed([one.query for one in earlier], attempt.query)
    number = 1 + sum(one.query.same_item == item_key(place.item) for one in earlier)
    if place.number != number:
        raise MeasurementRefusedError(
            f"{attempt.name}: is the {number}. attempt on this item in its host's log"
        )
    if problems := list(equipment_problems(shelf, attempt.terms, protocol=protocol, at=attempt.entry)):
        raise MeasurementRefusedError(f"{attempt.name}: {'; '.join(problems)}")


def _own_parts(desk: Desk, place: TokenPlace) -> TokenParts:
    """Return this party's parts for a place: those that were kept, or new ones, kept."""
    name = secret_name(place, desk.party)
    kept = desk.secrets.fetch(name)
    if kept is not None:
        return parse_parts(kept)
    parts = make_parts(desk.randomness)
    desk.secrets.keep(name, parts.to_bytes())
    return parts


def secret_name(place: TokenPlace, party: str) -> str:
    """Return the name under which a party keeps its token parts for a place."""
    fields = (place.protocol, place.item, str(place.number), party)
    return f"measurement/{domain_hash('counterseal/measurement/secret/v1', *fields).hex()}"
