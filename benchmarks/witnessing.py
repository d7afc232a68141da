"""Witnessing: how fast a witness answers a log's requests, beside what the signature costs by itself."""

import tempfile
from pathlib import Path

from benchmarks.bundles import READER, Feed, FixedClock, new_node, new_world
from benchmarks.limits import BareMlDsaSign
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.crypto.merkle import leaf_hash
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.cosignature import cosigned_message
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.log.witness import AddCheckpoint
from counterseal.services.keys import sign_head
from counterseal.services.witness import witness_request

_GROWTH = 100
"""Entries between two heads of a log."""

_TURNS = 4
"""Bare signatures after each answer: how long one takes is left to chance."""


def cosigning(work: Path, sizes: Sizes) -> list[Figure]:
    world = new_world()
    feed = Feed(world=world, code=world.speakers[0])
    requests = [request.to_bytes() for request in _requests(feed, sizes.heads)]
    own = Stopwatch()
    with tempfile.TemporaryDirectory(dir=work) as folder:
        node = new_node(Path(folder) / "node", world, code=READER.code)
        limit = BareMlDsaSign(len(_message(feed, name=node.witness_name)))
        for request in requests:
            with own.span(1):
                done = witness_request(node, request, clock=FixedClock())
            assert done.decision.accepted
            limit.run(_TURNS)
        node.store.close()
    return [
        Figure(
            name="cosign",
            what=f"answering {len(requests):,} requests of a log for a cosignature: its two lines and the "
            "consistency proof verified, the head kept with full synchronisation, two lines signed",
            reached=own.rate,
            unit="heads/s",
            limit=limit.watch.rate,
            limit_is="cryptography's ML-DSA-44 sign, interleaved",
            at_least=0.3,
            waits=True,
            cpu_s=own.cpu_s + limit.watch.cpu_s,
            wall_s=own.wall_s + limit.watch.wall_s,
        )
    ]


def _origin(feed: Feed) -> str:
    return feed.world.founding.trust.log_of(feed.code).origin


def _message(feed: Feed, *, name: str) -> bytes:
    return cosigned_message(Checkpoint(origin=_origin(feed), size=1, root=bytes(32)), name=name, seconds=1)


def _requests(feed: Feed, count: int) -> list[AddCheckpoint]:
    """A log's requests as it grows, each with the proof from the head before."""
    tree, requests = HashTree(), []
    for _ in range(count):
        old = tree.size
        for number in range(old, old + _GROWTH):
            tree.append(leaf_hash(number.to_bytes(8, "big")))
        head = Checkpoint(origin=_origin(feed), size=tree.size, root=tree.root())
        note = Note(text=head.text(), lines=tuple(sign_head(head, feed.world.keys(feed.code))))
        proof = tree.consistency(old, tree.size) if old else ()
        requests.append(AddCheckpoint(old_size=old, proof=proof, note=note))
    return requests
