"""Cosigning: vouch for the heads of others' logs that this node holds whole."""

from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.note import Note, find_line
from counterseal.services.node import Node
from counterseal.services.ports import Clock
from counterseal.services.witness import cosignatures, remember_witnessed


def cosign_heads(node: Node, *, clock: Clock) -> int:
    """Cosign the newest head of every other party's log that this node holds whole; return how many.

    A head is cosigned only if this node holds every entry under it and computes the same root, and if it
    does not fall behind any head that this node, as a witness, has cosigned before.

    Raises:
        ServiceError: the store holds a head that its own entries contradict, or the keys are not in force.
    """
    node.require_signing()
    done = 0
    for log in node.trust.logs:
        if log.party == node.party:
            continue
        newest = node.newest(log.origin)
        if newest is not None and _cosign_one(node, newest[1], clock=clock):
            done += 1
    return done


def _cosign_one(node: Node, note: Note, *, clock: Clock) -> bool:
    head = parse_checkpoint(note.text)
    witness = node.trust.key(node.party, node.keys.witness.key_id)
    tree = node.tree(head.origin)
    if witness is None or find_line(note, witness.note_key) is not None or head.size > tree.size:
        return False
    if not remember_witnessed(node.store, head, tree=tree):
        return False
    with node.store.transaction():
        for line in cosignatures(node, head, at=clock.now()):
            node.store.add_line(head.origin, size=head.size, line=line)
    return True
