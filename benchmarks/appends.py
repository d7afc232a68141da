"""Signed appends to a node on disk, in groups and one by one, each durable before the next begins."""

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.bundles import GROUP, FixedClock, new_node, new_world, statement
from benchmarks.limits import BareSign, DurableFile
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.app.bootstrap import SystemRandomness
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.services.node import Node
from counterseal.services.submit import Statement, submit

_PARTS = 4
_TURNS = 250
"""Bare signatures made after each group, so that limit and figure see the same machine."""


def appends(work: Path, sizes: Sizes) -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=work) as folder:
        world = new_world()
        node = new_node(Path(folder) / "node", world, code=world.speakers[0])
        message = _signed_size(node)
        limit, own = BareSign(message), Stopwatch()
        for number in range(1, sizes.groups + 1):
            said = _said(start=number * GROUP, count=GROUP)
            with own.span(GROUP):
                _append(node, said)
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


def append_one(work: Path, sizes: Sizes) -> list[Figure]:
    """Single records, by turns with bare appends of as many bytes to a file that is synchronised."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        world = new_world()
        node = new_node(Path(folder) / "node", world, code=world.speakers[0])
        _append(node, _said(start=0, count=1))
        stored = next(node.store.entries(node.log.origin))
        size = len(stored.envelope) + len(stored.opening or b"")
        turns: list[Stopwatch] = []
        with DurableFile(Path(folder) / "bare", size) as file:
            for number in range(sizes.singles):
                turns.append(file.run())
                said = _said(start=number + 1, count=1)
                turns.append(Stopwatch())
                with turns[-1].span(1):
                    _append(node, said)
        node.store.close()
    return [
        Figure(
            name="append-one",
            what=f"{sizes.singles:,} signed records of {size} bytes with their bodies, each durable by "
            "itself, SQLite with full synchronisation, median in wall time",
            reached=1 / median(turn.wall_s for turn in turns[1::2]),
            unit="records/s",
            limit=1 / median(turn.wall_s for turn in turns[::2]),
            limit_is=f"{size} bytes written to the end of a file and fdatasync, by turns, median wall time",
            at_least=0.7,
            waits=True,
            cpu_s=sum(turn.cpu_s for turn in turns),
            wall_s=sum(turn.wall_s for turn in turns),
        )
    ]


def _said(*, start: int, count: int) -> list[Statement]:
    return [
        Statement(kind="declaration.aggregate", members=statement(start + number, _PARTS))
        for number in range(count)
    ]


def _append(node: Node, said: list[Statement]) -> tuple[str, ...]:
    return submit(node, said, clock=FixedClock(), randomness=SystemRandomness())


def _signed_size(node: Node) -> int:
    """Append one group; return the size of what is signed for one record [bytes]."""
    ids = _append(node, _said(start=0, count=GROUP))
    stored = node.store.find(ids[-1])
    return len(pre_authentication(HEADER_TYPE, split_record(stored.envelope)[0])) if stored else 0
