"""A program that appends signed groups to a node's store, and that is killed while it does.

It is started by ``test_killed.py`` as a process of its own, which forks a child for every death (a fork of
the test runner itself would carry its threads along). A child appends groups and writes a line to a pipe after
each: the acknowledgement. What was acknowledged, and what the store says after the restart, goes to
standard output as one JSON line for each death; the test judges it.
"""

import contextlib
import functools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from app.storage.world import SECOND, clock, memory_node, new_node, say
from counterseal.app.storage import node_folder
from counterseal.app.storage.node_folder import open_node
from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.records.envelope import split_record
from counterseal.services.export_bundle import export_bundle
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.treaty.load import load_pack

GROUP = 3


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[int], None], *, kill_after_s: float | None) -> list[str]:
    """Run ``work`` in a child, kill it after a while or let it kill itself; return what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.close(reading)
            work(writing)
            os._exit(0)
        os._exit(70)
    os.close(writing)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"child ended with {os.WEXITSTATUS(status)}")
    if os.WIFEXITED(status):
        tell({"survived": True})
    # A line cut short by the kill was not given: only whole lines are acknowledgements.
    return [name for line in told.decode().split("\n")[:-1] for name in line.split()]


def append(node: Node, turn: str, to: int, *, count: int = GROUP) -> None:
    ids = say(node, count=count, salt=turn)
    os.write(to, (" ".join(ids) + "\n").encode())


def observe(folder: Path, peer: Node) -> dict[str, Any]:
    """Restart the node, say what it holds, and let another party take it over."""
    node = open_node(folder)
    store = cast("SqliteStore", node.store)
    entries = list(store.entries(node.log.origin))
    newest = node.newest(node.log.origin)
    assert newest is not None
    bundle = MemoryBundle()
    export_bundle(node, bundle, clock=clock(), to=(SECOND,))
    import_bundle(peer, bundle)
    seen = {
        "problems": store.problems(),
        "envelopes": [entry.envelope.hex() for entry in entries],
        "headers": [json.loads(split_record(entry.envelope)[0]) for entry in entries],
        "ids": [entry.record_id for entry in entries],
        "opened": all(entry.opening for entry in entries),
        "leaves": [leaf.hex() for leaf in store.leaves(node.log.origin)],
        "head": {"size": newest[0].size, "root": newest[0].root.hex()},
        "peer": [entry.record_id for entry in peer.store.entries(node.log.origin)],
    }
    store.close()
    return seen


def report(acknowledged: list[str], seen: dict[str, Any], **more: Any) -> None:
    tell({"acknowledged": acknowledged, **more, **seen})


def tell(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()  # or a child would carry it along and print it too


def at_random(folder: Path, *, deaths: int) -> None:
    """One node lives on through all deaths: each child appends on what the one before it left."""
    node = new_node(folder)
    acknowledged = list(say(node, count=GROUP, salt="before"))
    node.store.close()
    peer = memory_node(party=SECOND)
    chance = random.Random(5)
    for death in range(deaths):

        def work(to: int, death: int = death) -> None:
            node = open_node(folder)
            for turn in range(100_000):
                append(node, f"{death}/{turn}", to)

        acknowledged += in_child(work, kill_after_s=0.01 + chance.random() * 0.07)
        report(acknowledged, observe(folder, peer))


def at_every(folder: Path, *, boundary: str, stride: int) -> None:
    """One node for each death: the n-th boundary of one append kills, for n = 1, 1 + stride, … to the end."""
    number, survived = 1, False
    while not survived:
        place = folder / f"{boundary}-{number}"
        node = new_node(place)
        before = list(say(node, count=GROUP, salt="before"))
        node.store.close()

        def work(to: int, number: int = number, place: Path = place) -> None:
            node = open_node(place)
            arm(cast("SqliteStore", node.store), boundary=boundary, number=number)
            append(node, "killed", to)
            os.write(to, b"end\n")

        told = in_child(work, kill_after_s=None)
        survived = told[-1:] == ["end"]
        acknowledged = before + [name for name in told if name != "end"]
        peer = memory_node(party=SECOND)
        seen = observe(place, peer)
        node = open_node(place)
        acknowledged += say(node, count=GROUP, salt="after")
        node.store.close()
        report(acknowledged, observe(place, peer), number=number, held=seen["ids"], end=survived)
        number += stride


def arm(store: SqliteStore, *, boundary: str, number: int) -> None:
    """Kill this process at the ``number``-th statement, or at that many steps of SQLite's machine."""
    left = number

    def count(*_: object) -> int:
        nonlocal left
        left -= 1
        if left <= 0:
            die()
        return 0

    if boundary == "statement":
        store._db.set_trace_callback(count)
    elif boundary == "step":
        store._db.set_progress_handler(count, 1)
    else:
        raise SystemExit(f"unknown boundary {boundary!r}")


def main() -> None:
    setattr(node_folder, "load_pack", functools.cache(load_pack))  # noqa: B010 -- speed: the pack is the same
    mode, folder, number = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if mode == "random":
        at_random(folder / "node", deaths=number)
    else:
        at_every(folder, boundary=mode, stride=number)


if __name__ == "__main__":
    main()
