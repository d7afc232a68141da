"""Witnessing: cosign the heads of others' logs, on request and in the right order.

Whatever makes this node cosign goes through one state in its store: the largest head of each log that it
has cosigned. The state is read and moved on in one transaction, and signing comes after that transaction:
a crash in between loses an answer and never makes two answers that contradict each other. Where the entries
under a head are not at hand, the log's own signed note is kept with it: should another history turn up, it
convicts.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign, cosign_mldsa
from counterseal.log.errors import WitnessRequestError
from counterseal.log.note import Note, NoteKey, NoteLine, parse_note
from counterseal.log.tree import HashTree
from counterseal.log.witness import (
    AddCheckpoint,
    Decision,
    Outcome,
    answer,
    malformed,
    parse_add_checkpoint,
    write_lines,
)
from counterseal.records.fork import prove_fork
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Store

WITNESSED = "witnessed-"
"""How names begin under which the store keeps heads that were cosigned unseen: they prove a fork later."""


def last_witnessed(store: Store, origin: str) -> Checkpoint | None:
    """Return the largest head of a log that this node has cosigned, or None."""
    text = store.witnessed(origin)
    return None if text is None else parse_checkpoint(text)


def require_witnessable(checkpoint: Checkpoint, *, last: Checkpoint | None, tree: HashTree) -> None:
    """Refuse a head unless the entries at hand give it, and gave the last one that was cosigned.

    Args:
        checkpoint: The head; the tree holds every entry under it.
        last: The largest head of that log that was cosigned, not larger than ``checkpoint``; or None.
        tree: The tree of the entries at hand.

    Raises:
        ServiceError: the entries contradict one of the two heads.
    """
    if tree.root(checkpoint.size) != checkpoint.root:
        raise ServiceError(f"{checkpoint.origin}: entries held contradict the head of size {checkpoint.size}")
    if last is not None and tree.root(last.size) != last.root:
        raise ServiceError(
            f"{checkpoint.origin}: entries held contradict the head of size {last.size} cosigned here"
        )


def remember_witnessed(store: Store, checkpoint: Checkpoint, *, tree: HashTree) -> bool:
    """Keep a head whose entries are at hand as the largest that this node vouches for.

    It must not be called inside a transaction: what is to be signed must be on disk when it returns.

    Returns:
        Whether to cosign the head now; False where a larger one was cosigned already.

    Raises:
        ServiceError: the entries contradict this head or the last one that was cosigned.
    """
    with store.transaction():
        last = last_witnessed(store, checkpoint.origin)
        if last is not None and last.size > checkpoint.size:
            return False
        require_witnessable(checkpoint, last=last, tree=tree)
        store.add_witnessed(checkpoint.origin, size=checkpoint.size, text=checkpoint.text())
    return True


def cosignatures(node: Node, checkpoint: Checkpoint, *, at: datetime) -> tuple[NoteLine, ...]:
    """Return the node's cosignature lines over a head, all of one time; the head is kept already.

    Args:
        node: Whose witness keys sign; with an ML-DSA-44 key there are two lines.
        checkpoint: What ``remember_witnessed`` or ``witness_request`` has kept.
        at: The node's own time.
    """
    name = node.witness_name
    lines = [cosign(checkpoint.text(), node.keys.witness, name=name, at=at)]
    if node.keys.witness_pq is not None:
        lines.append(cosign_mldsa(checkpoint, node.keys.witness_pq, name=name, at=at))
    return tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessing:
    """What became of a request.

    Attributes:
        response: The answer's bytes: signature lines, the last size for a conflict, else the reason.
        checkpoint: The head that was asked about, where the request was well-formed.
        evidence: Names under which the store keeps what the log has signed against itself.
        fork_proof: A file that convinces anybody, where entries held here prove the fork; or None.
    """

    decision: Decision
    response: bytes
    checkpoint: Checkpoint | None = None
    evidence: tuple[str, ...] = ()
    fork_proof: bytes | None = None


def witness_request(node: Node, data: bytes, *, clock: Clock) -> Witnessing:
    """Decide on a log's request, keep what is decided, and only then sign.

    Args:
        node: The witness.
        data: Bytes of the request.
        clock: Tells the time of the cosignature.

    Raises:
        ServiceError: the node is recovering, or its keys are not in force: it vouches for nothing.
    """
    node.require_signing()
    try:
        request = parse_add_checkpoint(data)
    except WitnessRequestError as error:
        decision = malformed(error)
        return Witnessing(decision=decision, response=decision.refusal())
    head = request.checkpoint
    decision = _decide(node, request)
    if not decision.accepted:
        return _refused(node, decision, head)
    response = write_lines(cosignatures(node, head, at=clock.now()))
    return Witnessing(decision=decision, response=response, checkpoint=head)


def _decide(node: Node, request: AddCheckpoint) -> Decision:
    head = request.checkpoint
    keys = () if head.origin == node.log.origin else _log_keys(node, head)
    with node.store.transaction():
        decision = answer(request, last=_last_known(node, head), log_keys=keys)
        if decision.accepted and _contradicted(node, head):
            reason = f"{head.origin}: the entries held here have another root at size {head.size}"
            decision = Decision(
                outcome=Outcome.FORKED,
                reason=reason,
                last_size=decision.last_size,
                evidence=request.note,
            )
        if decision.accepted:
            node.store.add_witnessed(head.origin, size=head.size, text=head.text())
            if head.size > node.tree(head.origin).size:
                _keep(node, f"{WITNESSED}{head.checkpoint_id[:16]}.checkpoint", request.note.to_bytes())
    return decision


def _last_known(node: Node, head: Checkpoint) -> Checkpoint | None:
    """The largest head of a log that this node has cosigned, or holds whole: neither is to be left.

    A request must prove that its head follows from that one; else a witness could vouch for a story that
    contradicts the entries in its own store. A head within those entries is compared with them directly.
    """
    last, newest = last_witnessed(node.store, head.origin), node.newest(head.origin)
    held = node.tree(head.origin).size
    if newest is None or head.size <= held or not 0 < newest[0].size <= held:
        return last
    return newest[0] if last is None or last.size < newest[0].size else last


def witnessed_notes(store: Store, origin: str) -> tuple[Note, ...]:
    """Return the signed heads of a log that were cosigned here before their entries were at hand."""
    kept = (parse_note(data) for name, data in store.evidence() if name.startswith(WITNESSED))
    return tuple(note for note in kept if parse_checkpoint(note.text).origin == origin)


def _log_keys(node: Node, head: Checkpoint) -> tuple[NoteKey, ...]:
    return tuple(key.note_key for key in node.trust.log_keys(head.origin, head.size))


def _contradicted(node: Node, head: Checkpoint) -> bool:
    tree = node.tree(head.origin)
    return head.size <= tree.size and tree.root(head.size) != head.root


def _refused(node: Node, decision: Decision, head: Checkpoint) -> Witnessing:
    """Keep what the log has signed against itself, beside the refusal."""
    names: list[str] = []
    proof = None
    if decision.evidence is not None:
        names.append(_keep(node, f"head-{head.checkpoint_id[:16]}.checkpoint", decision.evidence.to_bytes()))
        proof = _fork_proof(node, decision.evidence, head)
    if proof is not None:
        names.append(_keep(node, f"fork-{sha256(proof).hexdigest()[:16]}.json", proof))
    return Witnessing(
        decision=decision,
        response=decision.refusal(),
        checkpoint=head,
        evidence=tuple(names),
        fork_proof=proof,
    )


def _keep(node: Node, name: str, data: bytes) -> str:
    """Keep evidence once: a head that is shown again with other signatures proves nothing more."""
    with node.store.transaction():
        if name not in dict(node.store.evidence()):
            node.store.keep_evidence(name, data)
    return name


def _fork_proof(node: Node, note: Note, head: Checkpoint) -> bytes | None:
    """The proof against the newest head whose entries are at hand, if that is no smaller."""
    newest = node.newest(head.origin)
    tree = node.tree(head.origin)
    if newest is None or not head.size <= newest[0].size <= tree.size:
        return None
    proof = prove_fork(note, newest[1], tree=tree, origin=head.origin, trust=node.trust.files)
    return None if proof is None else proof.to_bytes()
