"""How exchange stands: which sticks went out and were acknowledged, which came, which never did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from counterseal.records.header import PUBLIC
from counterseal.records.verification.heads import read_head
from counterseal.services.acknowledgements import (
    HeldAcknowledgement,
    acknowledgements,
    is_for,
)
from counterseal.services.bundle_numbers import Gap, gaps, numbers_came, repeated
from counterseal.services.node import Node
from counterseal.services.ports import ExportedBundle, ReceivedBundle
from counterseal.terms.parties import PartyCode


class Sent(StrEnum):
    """What this node knows of a bundle that it made for a party."""

    ACKNOWLEDGED = "acknowledged"
    OVERTAKEN = "overtaken"
    """Lost, withheld or late: a later one is acknowledged, and a receiver acknowledges all that came."""
    OPEN = "open"
    """No later one is acknowledged either: under way, lost, or to be answered with the next news."""
    PUBLISHED = "published"
    """It was made for everybody: nobody owes a word on it."""
    UNFINISHED = "unfinished"
    """Its number was used up, and no bundle came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBundle:
    """A bundle that went out, as it stands with one receiver.

    Attributes:
        to: For whom it was made, as the manifest says; ``sequence`` is its number there.
        manifest_id: Id of what went out [64 hexadecimal digits], or None where nothing did.
        record_id: The receiver's acknowledgement, or None.
    """

    to: str
    sequence: int
    manifest_id: str | None
    state: Sent
    record_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameFrom:
    """The bundles of one sender to one list of receivers, as this node has seen them.

    Attributes:
        to: For whom they were made; ``ours`` tells whether this party is among them.
        newest: The highest number.
        missing: Numbers below it that never came here; for this party they are lost, withheld or under way.
        twice: Numbers that two different manifests bear.
        owed: Numbers that this party has not acknowledged yet.
    """

    to: str
    ours: bool
    count: int
    newest: int
    missing: tuple[Gap, ...]
    twice: tuple[int, ...]
    owed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyExchange:
    """What passed between this node and one other party.

    Attributes:
        reached: Size of the newest head of this node's log that the other has vouched for: all of that has
            arrived, on whatever stick.
        strange: Acknowledgements of bundles that this node does not know to have made: it was restored from
            an older copy, its keys are in other hands, or the other party is mistaken.
    """

    party: PartyCode
    reached: int
    sent: tuple[SentBundle, ...]
    came: tuple[CameFrom, ...]
    strange: tuple[HeldAcknowledgement, ...]

    def in_state(self, *states: Sent) -> tuple[SentBundle, ...]:
        """Return the bundles sent that stand so."""
        return tuple(bundle for bundle in self.sent if bundle.state in states)


def exchanges(node: Node) -> tuple[PartyExchange, ...]:
    """Return what passed between a node and each other party."""
    held = tuple(acknowledgements(node))
    mine = [one for one in held if one.by == node.party]
    exported = node.store.exported()
    reached = _reached(node)
    return tuple(
        _exchange(
            node,
            party.code,
            exported=exported,
            theirs=[one for one in held if one.by == party.code and one.said.sender == node.party],
            mine=[one for one in mine if one.said.sender == party.code],
            reached=reached.get(party.code, 0),
        )
        for party in node.trust.parties
        if party.code != node.party
    )


def _reached(node: Node) -> dict[str, int]:
    found: dict[str, int] = {}
    for note in node.store.checkpoints(node.log.origin):
        seen = read_head(note, log=node.log, trust=node.trust)
        found |= {code: seen.checkpoint.size for code, _ in seen.cosigned}
    return found


def _exchange(
    node: Node,
    party: PartyCode,
    *,
    exported: Sequence[ExportedBundle],
    theirs: list[HeldAcknowledgement],
    mine: list[HeldAcknowledgement],
    reached: int,
) -> PartyExchange:
    known = {bundle.manifest_id for bundle in exported}
    return PartyExchange(
        party=party,
        reached=reached,
        sent=tuple(_sent(party, exported=exported, theirs=theirs)),
        came=tuple(_came(node, party, mine=mine)),
        strange=tuple(one for one in theirs if one.said.manifest_id not in known),
    )


def _sent(
    party: PartyCode, *, exported: Sequence[ExportedBundle], theirs: list[HeldAcknowledgement]
) -> Iterator[SentBundle]:
    records = {one.said.manifest_id: one.record_id for one in theirs}
    highest: dict[str, int] = {}
    for bundle in exported:
        if bundle.manifest_id in records:
            highest[bundle.receiver] = max(bundle.sequence, highest.get(bundle.receiver, -1))
    for bundle in exported:
        readers = tuple(bundle.receiver.split(","))
        if readers == PUBLIC or party in readers:
            record = records.get(bundle.manifest_id) if bundle.manifest_id else None
            yield SentBundle(
                to=bundle.receiver,
                sequence=bundle.sequence,
                manifest_id=bundle.manifest_id,
                state=_state(bundle, record, readers, highest=highest.get(bundle.receiver, -1)),
                record_id=record,
            )


def _state(bundle: ExportedBundle, record: str | None, readers: tuple[str, ...], *, highest: int) -> Sent:
    if record is not None:
        return Sent.ACKNOWLEDGED
    if bundle.manifest_id is None:
        return Sent.UNFINISHED
    if readers == PUBLIC:
        return Sent.PUBLISHED
    return Sent.OVERTAKEN if bundle.sequence < highest else Sent.OPEN


def _came(node: Node, party: PartyCode, *, mine: list[HeldAcknowledgement]) -> Iterator[CameFrom]:
    received = node.store.received(party)
    done = {one.said.manifest_id for one in mine}
    before = _of_an_earlier_life(received, mine)
    for to in sorted({bundle.to for bundle in received}):
        numbers = numbers_came(node.store, party, to=to)
        here = [bundle for bundle in received if bundle.to == to]
        ours = is_for(node, here[0])
        seen = (*numbers, *(number for number in before if number <= max(numbers))) if ours else numbers
        yield CameFrom(
            to=to,
            ours=ours,
            count=len(here),
            newest=max(numbers),
            missing=gaps(seen),
            twice=repeated(numbers),
            owed=tuple(bundle.sequence for bundle in here if ours and bundle.manifest_id not in done),
        )


def _of_an_earlier_life(
    received: Sequence[ReceivedBundle], mine: list[HeldAcknowledgement]
) -> tuple[int, ...]:
    """Numbers that this party acknowledged and that its store forgot: it was restored from an older copy."""
    known = {bundle.manifest_id for bundle in received}
    return tuple(one.said.sequence for one in mine if one.said.manifest_id not in known)
