"""The other end of witnessing: ask for one's own head to be cosigned, take the answers back."""

from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import witnessed_at
from counterseal.log.errors import NoteError, WitnessRequestError
from counterseal.log.note import Note, NoteKey, NoteLine, find_line
from counterseal.log.policy_file import PolicyParty, PolicySide, every_side, write_policy
from counterseal.log.witness import AddCheckpoint, parse_answer
from counterseal.records.trusted import LOG, WITNESS
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.terms.parties import PartyCode


def make_request(node: Node, *, old_size: int) -> AddCheckpoint:
    """Return the request to cosign the newest head of the node's own log.

    Args:
        node: Whose log it is; its head is brought up to date first.
        old_size: Size of the last head that the witness has cosigned, 0 for none.

    Raises:
        ServiceError: the log has fewer entries than ``old_size``.
    """
    checkpoint = publish_head(node)
    origin = node.log.origin
    newest = node.newest(origin)
    if newest is None or old_size > checkpoint.size:
        raise ServiceError(f"{origin}: has {checkpoint.size} entries, no proof leads there from {old_size}")
    tree = node.tree(origin)
    proof = tree.consistency(old_size, checkpoint.size) if old_size else ()
    own = tuple(line for line in newest[1].lines if line.name == origin)
    return AddCheckpoint(old_size=old_size, proof=proof, note=Note(text=newest[1].text, lines=own))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAnswer:
    """A witness's answer that now stands on a head of the node's own log."""

    checkpoint: Checkpoint
    parties: tuple[PartyCode, ...]


def take_answer(node: Node, data: bytes) -> TakenAnswer:
    """Put a witness's cosignatures on the head of the node's own log over which they were made.

    A party with two witness keys counts only with both lines, of one time; less than that is not taken.

    Raises:
        WitnessRequestError: the answer is not in form, or holds no whole word of another party's witness
            over any head of this log.
        ServiceError: the witness has last cosigned another size; a new request must start from there.
    """
    lines = parse_answer(data)
    origin = node.log.origin
    if isinstance(lines, int):
        raise ServiceError(f"{origin}: the witness has last cosigned size {lines}; ask again from there")
    for kept in reversed(node.store.checkpoints(origin)):
        found = dict(_words(node, Note(text=kept.text, lines=lines)))
        if found:
            return _put(node, parse_checkpoint(kept.text), found)
    raise WitnessRequestError(f"{origin}: no whole cosignature of another party over any head of this log")


def _words(node: Node, note: Note) -> Iterator[tuple[PartyCode, tuple[NoteLine, ...]]]:
    """Each other party's lines, where all its keys have signed this head at one time."""
    for party in node.trust.parties:
        keys = [key.note_key for key in node.trust.present(party.code, WITNESS)]
        lines = [line for line in (find_line(note, key) for key in keys) if line is not None]
        if party.code != node.party and keys and len(lines) == len(keys) and _at_one_time(note, keys):
            yield party.code, tuple(lines)


def _at_one_time(note: Note, keys: list[NoteKey]) -> bool:
    try:
        times = {witnessed_at(note, key) or 0 for key in keys}
    except NoteError:  # over another head than this one
        return False
    return len(times) == 1


def _put(node: Node, checkpoint: Checkpoint, found: dict[PartyCode, tuple[NoteLine, ...]]) -> TakenAnswer:
    with node.store.transaction():  # one line of a pair without the other would never count
        for lines in found.values():
            for line in lines:
                node.store.add_line(checkpoint.origin, size=checkpoint.size, line=line)
    return TakenAnswer(checkpoint=checkpoint, parties=tuple(sorted(found)))


def policy_of_log(node: Node, party: PartyCode) -> bytes:
    """Return the tlog-policy file of a party's log: every side but its own must vouch for its heads.

    Raises:
        TrustError: no such party.
        PolicyError: a side without witness keys.
    """
    log = node.trust.log_of(party)
    sides = [
        PolicySide(
            parties=tuple(_policy_party(node, code) for code in side.parties), threshold=side.threshold
        )
        for side in node.trust.sides
        if party not in side.parties
    ]
    keys = [key.note_key for key in node.trust.present(party, LOG)]
    comment = (
        f"Heads of {log.origin}, the log of {party} under {node.trust.treaty}: every other side vouches."
    )
    return write_policy(every_side(keys, sides), comment=comment)


def _policy_party(node: Node, code: PartyCode) -> PolicyParty:
    keys = tuple(key.note_key for key in node.trust.present(code, WITNESS))
    return PolicyParty(name=str(code), keys=keys)
