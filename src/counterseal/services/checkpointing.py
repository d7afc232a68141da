"""Checkpoints: publish the head of one's own log."""

from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note
from counterseal.services.keys import sign_head
from counterseal.services.node import Node


def publish_head(node: Node) -> Checkpoint:
    """Sign a checkpoint over everything in the party's own log and keep it; return it.

    Raises:
        ServiceError: the node's keys are not in force.
    """
    tree = node.tree(node.log.origin)
    checkpoint = Checkpoint(origin=node.log.origin, size=tree.size, root=tree.root())
    newest = node.newest(node.log.origin)
    if newest is None or newest[0].size < checkpoint.size:
        node.require_signing()
        note = Note(text=checkpoint.text(), lines=tuple(sign_head(checkpoint, node.keys)))
        node.store.add_checkpoint(node.log.origin, size=checkpoint.size, note=note)
    return checkpoint
