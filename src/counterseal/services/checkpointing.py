"""Checkpoints: publish the head of one's own log, and cosign the heads of others'."""

from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.cosignature import cosign
from counterseal.log.note import Note, find_line, sign_note
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock


def publish_head(node: Node) -> Checkpoint:
    """Sign a checkpoint over everything in the party's own log and keep it; return it."""
    tree = node.tree(node.log.origin)
    checkpoint = Checkpoint(origin=node.log.origin, size=tree.size, root=tree.root())
    newest = node.newest(node.log.origin)
    if newest is None or newest[0].size < checkpoint.size:
        text = checkpoint.text()
        line = sign_note(text, node.keys.log, name=node.log.origin)
        node.store.add_checkpoint(node.log.origin, size=checkpoint.size, note=Note(text=text, lines=(line,)))
    return checkpoint


def cosign_heads(node: Node, *, clock: Clock) -> int:
    """Cosign the newest head of every other party's log that this node holds whole; return how many.

    A head is cosigned only if this node holds every entry under it and computes the same root, so that it
    follows from every head that it cosigned before: the entries it holds only ever grow.

    Raises:
        ServiceError: the store holds a head that its own entries contradict.
    """
    done = 0
    for log in node.trust.logs:
        if log.party == node.party:
            continue
        newest = node.newest(log.origin)
        if newest is not None and _cosign_one(node, newest[1], clock=clock):
            done += 1
    return done


def _cosign_one(node: Node, note: Note, *, clock: Clock) -> bool:
    checkpoint = parse_checkpoint(note.text)
    witness = node.trust.key(node.keys.witness.key_id)
    if witness is None:
        raise ServiceError(f"{node.party}: its witness key is not in the trust file")
    if find_line(note, witness.note_key) is not None:
        return False
    tree = node.tree(checkpoint.origin)
    if checkpoint.size > tree.size:
        return False
    if tree.root(checkpoint.size) != checkpoint.root:
        raise ServiceError(f"{checkpoint.origin}: entries held contradict the head of size {checkpoint.size}")
    line = cosign(note.text, node.keys.witness, name=witness.name, at=clock.now())
    node.store.add_line(checkpoint.origin, size=checkpoint.size, line=line)
    return True
