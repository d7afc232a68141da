"""What ``counterseal doctor`` looks at: libraries, machine, node."""

import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from counterseal.app.bootstrap import SystemClock
from counterseal.app.second_verifier import NAME, verifier_source
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.node_folder import KEEPERS, KEYS, STORE, open_node
from counterseal.app.storage.sqlite_store import open_store
from counterseal.crypto.selftest import failed_vectors
from counterseal.errors import CountersealError
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.services.node import Node
from counterseal.terms.times import format_instant

LEAST_FREE_BYTES = 256 * 2**20
"""Below this much free disk a node should not be worked on."""

_FIRST_YEAR = 2026
"""This program did not exist before; a clock that says so is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing looked at: what, whether it is good, and what was found."""

    what: str
    good: bool
    found: str


def examine_machine(folder: Path) -> Iterator[Answer]:
    """Yield what was found of the machine and the installed libraries."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Answer(what="python", good=sys.version_info >= (3, 11), found=version)
    failed = failed_vectors()
    found = ", ".join(failed) if failed else "every pinned vector gives what its specification prints"
    yield Answer(what="cryptography", good=not failed, found=found)
    wal = sqlite3.sqlite_version_info >= (3, 24, 0)
    yield Answer(what="sqlite", good=wal, found=sqlite3.sqlite_version)
    try:
        size = len(verifier_source())
        yield Answer(what=NAME, good=True, found=f"{size} bytes")
    except StorageError as error:
        yield Answer(what=NAME, good=False, found=str(error))
    free = shutil.disk_usage(folder).free
    yield Answer(what="free disk", good=free >= LEAST_FREE_BYTES, found=f"{free // 2**20} MiB")
    yield _sealing()
    now = SystemClock().now()
    yield Answer(what="clock", good=now.year >= _FIRST_YEAR, found=format_instant(now))


def _sealing() -> Answer:
    """Whether this machine can close a room; who never measures behind the barrier needs none."""
    from counterseal.app.sealed import SystemMonotonicClock, describe_room  # noqa: PLC0415 - starts a process
    from counterseal.barrier.answers import Health  # noqa: PLC0415

    health, found = describe_room(SystemMonotonicClock())
    if health is Health.FAULT:
        found = f"not here, so `barrier run` is refused: {found}"
    return Answer(what="sealing", good=True, found=found)


def examine_node(folder: Path) -> Iterator[Answer]:
    """Yield what was found of the node in ``folder``."""
    try:
        node = open_node(folder)
        store = open_store(folder / STORE)
    except CountersealError as error:
        yield Answer(what="node", good=False, found=str(error))
        return
    yield Answer(what="node", good=True, found=f"{node.party} in {folder}")
    problems = store.problems()
    found = "; ".join(problems) or f"{store.count()} records, whole"
    yield Answer(what="store", good=not problems, found=found)
    yield _heads(node)
    open_keys = [
        name
        for name in (KEYS, *(str(path.relative_to(folder)) for path in (folder / KEEPERS).glob("*")))
        if (folder / name).exists() and (folder / name).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    found = f"readable by others: {', '.join(open_keys)}" if open_keys else "readable by their owner alone"
    yield Answer(what="key files", good=not open_keys, found=found)
    store.close()
    node.store.close()


def _heads(node: Node) -> Answer:
    """Whether every checkpoint that is kept follows from the entries that are kept."""
    wrong, seen = [], 0
    for log in node.trust.logs:
        tree = node.tree(log.origin)
        for note in node.store.checkpoints(log.origin):
            checkpoint = parse_checkpoint(note.text)
            seen += 1
            if checkpoint.size > tree.size or tree.root(checkpoint.size) != checkpoint.root:
                wrong.append(f"{log.origin} at {checkpoint.size}")
    found = f"contradicted by the entries: {', '.join(wrong)}" if wrong else f"{seen} follow from the entries"
    return Answer(what="checkpoints", good=not wrong, found=found)
