"""Signed appends to a node on disk, in groups, each group durable before the next begins."""

import os
import tempfile
from pathlib import Path

from benchmarks.bundles import GROUP, FixedClock, World, new_world, statement
from benchmarks.limits import BareSign
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.app.bootstrap import SystemRandomness
from counterseal.app.storage.node_folder import NodeContent, create_node
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note, sign_note
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.services.node import Node
from counterseal.services.submit import Statement, submit
from counterseal.treaty.load import packaged_pack_text

_PARTS = 4
_TURNS = 250
"""Bare signatures made after each group, so that limit and figure see the same machine."""


def appends(work: Path, sizes: Sizes) -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=work) as folder:
        node = _node(Path(folder) / "node", new_world())
        message = _append(node, start=0)
        limit, own = BareSign(message), Stopwatch()
        for number in range(1, sizes.groups + 1):
            with own.span(GROUP):
                _append(node, start=number * GROUP)
            limit.run(_TURNS)
        node.store.close()
    return [
        Figure(
            name="append",
            what=f"{sizes.groups} groups of {GROUP:,} signed records with bodies of {_PARTS} parts, "
            "SQLite with full synchronisation, in wall time",
            reached=own.wall_rate,
            unit="records/s",
            limit=limit.watch.wall_rate,
            limit_is=f"cryptography's Ed25519 sign, {message} bytes, interleaved, in wall time",
            at_least=0.5,
            cpu_s=own.cpu_s + limit.watch.cpu_s,
            wall_s=own.wall_s + limit.watch.wall_s,
        )
    ]


def _append(node: Node, *, start: int) -> int:
    """Append one group; return the size of what is signed for one record [bytes]."""
    said = [
        Statement(kind="declaration.aggregate", members=statement(start + number, _PARTS))
        for number in range(GROUP)
    ]
    ids = submit(node, said, clock=FixedClock(), randomness=SystemRandomness())
    stored = node.store.find(ids[-1])
    return len(pre_authentication(HEADER_TYPE, split_record(stored.envelope)[0])) if stored else 0


def _node(folder: Path, world: World) -> Node:
    code, other = world.codes[:2]
    founding = world.founding
    node = create_node(
        folder,
        NodeContent(
            party=code,
            trust=founding.trust,
            pack_bytes=packaged_pack_text(world.pack.id),
            keys=founding.keys[code],
            first_heads=founding.first_heads,
        ),
    )
    origin = founding.trust.log_of(other).origin
    text = Checkpoint(origin=origin, size=1, root=os.urandom(32)).text()
    line = sign_note(text, world.keys(other).log, name=origin)
    node.store.add_checkpoint(origin, size=1, note=Note(text=text, lines=(line,)))
    return node
