"""Acknowledgements: a receiver's signed word that a bundle came, by its number and its manifest's id.

A number that a sender used and that nobody acknowledged is a stick that is under way, lost or withheld.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from counterseal.crypto.encoding import is_hex32
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC, parse_header
from counterseal.services.errors import StatementError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness, ReceivedBundle, StoredEntry
from counterseal.services.record_book import opened
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode, parse_party_code

KIND = "bundle.acknowledgement"
MOST_BUNDLES = 1_000_000
"""A number above it was never reached by making bundles: whoever acknowledges one moves no count by it."""

_MEMBERS = {"from", "manifest", "sequence"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """That a bundle came: who made it, its number, and its manifest's id [64 hexadecimal digits]."""

    sender: PartyCode
    sequence: int
    manifest_id: str

    def statement(self) -> dict[str, Any]:
        """Return the statement of the record that says so."""
        return {"from": str(self.sender), "manifest": self.manifest_id, "sequence": self.sequence}


def parse_acknowledgement(members: Mapping[str, Any]) -> Acknowledgement:
    """Return what an acknowledgement states.

    Raises:
        StatementError: other members, or one that is not of its form.
    """
    if set(members) != _MEMBERS:
        raise StatementError(f"{KIND}: must have exactly {', '.join(sorted(_MEMBERS))}")
    sequence, manifest = members["sequence"], members["manifest"]
    if type(sequence) is not int or sequence < 0 or not is_hex32(manifest):
        raise StatementError(f"{KIND}: manifest must be 64 hexadecimal digits, sequence a number from 0")
    try:
        sender = parse_party_code(str(members["from"]))
    except ValueError as error:
        raise StatementError(f"{KIND}: from: {error}") from error
    return Acknowledgement(sender=sender, sequence=sequence, manifest_id=manifest)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAcknowledgement:
    """An acknowledgement on the record: whose word it is, in which record, and when by its own clock."""

    by: PartyCode
    record_id: str
    claimed_time: datetime
    said: Acknowledgement


def acknowledgements(node: Node, *, by: Sequence[PartyCode] | None = None) -> Iterator[HeldAcknowledgement]:
    """Yield the acknowledgements that a node holds, log by log; what is not in their form is none.

    Args:
        node: The node.
        by: Whose; None for everybody's.
    """
    for log in node.trust.logs:
        if by is not None and log.party not in by:
            continue
        for entry in node.store.entries(log.origin):
            held = _held(entry, log.party) if entry.kind == KIND else None
            if held is not None:
                yield held


def _held(entry: StoredEntry, by: PartyCode) -> HeldAcknowledgement | None:
    try:
        said = parse_acknowledgement(opened(entry))
    except (StatementError, RecordError):
        return None
    claimed = parse_header(split_record(entry.envelope)[0]).claimed_time
    return HeldAcknowledgement(by=by, record_id=entry.record_id, claimed_time=claimed, said=said)


def known_elsewhere(node: Node, to: tuple[str, ...]) -> int:
    """Return the highest number that a restored node used for a receiver and that only others know of, or -1.

    An acknowledgement does not say for whom its bundle was made. So every one counts that is by a party in
    ``to`` (by anybody, for everybody) and of a bundle that this store does not know: a number too high
    leaves a gap that is asked about, a number too low hides one. A node that was never restored knows all
    that it sent, and nobody else moves its numbers.
    """
    if not node.restored:
        return -1
    made = {bundle.manifest_id for bundle in node.store.exported()}
    return max(
        (
            held.said.sequence
            for held in acknowledgements(node)
            if held.said.sender == node.party
            and held.said.manifest_id not in made
            and held.said.sequence <= MOST_BUNDLES
            and (to == PUBLIC or str(held.by) in to)
        ),
        default=-1,
    )


def is_for(node: Node, bundle: ReceivedBundle) -> bool:
    """Whether a bundle was made for this party, or for everybody."""
    readers = tuple(bundle.to.split(","))
    return readers == PUBLIC or str(node.party) in readers


def owed(node: Node) -> tuple[Acknowledgement, ...]:
    """Return the bundles that came for this party and that it has not acknowledged yet."""
    done = {held.said.manifest_id for held in acknowledgements(node, by=(node.party,))}
    return tuple(
        Acknowledgement(sender=party.code, sequence=bundle.sequence, manifest_id=bundle.manifest_id)
        for party in node.trust.parties
        if party.code != node.party
        for bundle in node.store.received(party.code)
        if is_for(node, bundle) and bundle.manifest_id not in done
    )


def acknowledge_bundles(node: Node, *, clock: Clock, randomness: Randomness) -> tuple[str, ...]:
    """Acknowledge every bundle that this party owes its word on, once; return the records' ids.

    Raises:
        ServiceError: the node's keys are not in force.
    """
    statements = [Statement(kind=KIND, members=said.statement()) for said in owed(node)]
    return submit(node, statements, clock=clock, randomness=randomness) if statements else ()
