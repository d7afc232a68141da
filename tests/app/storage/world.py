"""A small world to store: a founded treaty of two States and an auditor, entries, and disks that are full."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.node_folder import NodeContent, create_node
from counterseal.app.storage.sqlite_store import open_store
from counterseal.log.note import Note, NoteLine
from counterseal.services.checkpointing import publish_head
from counterseal.services.found import Founding, found
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry
from counterseal.services.replay import ReplayClock
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from counterseal.treaty.pack import Party

TREATY = "new-start"
PACK = packaged_pack(TREATY)
AUDITOR = Party(code=PartyCode("AUDITOR"), name="Auditor", kind="auditor")
FIRST, SECOND = PACK.states
START = datetime(2030, 1, 1, 12, tzinfo=UTC)


def clock() -> ReplayClock:
    return ReplayClock(at=START)


def founding() -> Founding:
    parties = [*(party for party in PACK.parties if party.code in PACK.states), AUDITOR]
    randomness = {party.code: SeededRandomness(seed=7, name=f"keys/{party.code}") for party in parties}
    return found(PACK, parties, randomness=randomness, clock=clock())


def content(party: PartyCode = FIRST) -> NodeContent:
    made = founding()
    return NodeContent(
        party=party,
        trust=made.trust,
        pack_bytes=packaged_pack_text(TREATY),
        keys=made.keys[party],
        first_heads=made.first_heads,
    )


def new_node(folder: Path, *, party: PartyCode = FIRST) -> Node:
    return create_node(folder, content(party))


def memory_node(*, party: PartyCode) -> Node:
    """A node that nothing on this disk can harm: what another party keeps elsewhere."""
    made = founding()
    store = open_store(Path(":memory:"))
    for origin, note in made.first_heads:
        store.add_checkpoint(origin, size=0, note=note)
    return Node(
        party=party,
        trust=made.trust,
        keys=made.keys[party].working,
        pack=PACK,
        store=store,
    )


def say(node: Node, *, count: int, salt: str, length: int = 20) -> tuple[str, ...]:
    """Sign ``count`` statements, append them as one group, publish the head; return their ids."""
    at = ReplayClock(at=START + timedelta(seconds=node.store.size(node.log.origin)))
    statements = [
        Statement(kind="test.note", members={"number": number, "salt": salt, "text": "x" * length})
        for number in range(count)
    ]
    ids = submit(node, statements, clock=at, randomness=SeededRandomness(seed=1, name=salt))
    publish_head(node)
    return ids


def entry(
    number: int, *, feed: str = "aa" * 32, seq: int | None = None, opening: bytes | None = None
) -> NewEntry:
    """An entry as the store takes it; the store never looks inside."""
    envelope = f"envelope {number}".encode()
    return NewEntry(
        record_id=sha256(envelope).hexdigest(),
        kind="test.note",
        feed=feed,
        seq=number if seq is None else seq,
        envelope=envelope,
        opening=opening,
    )


def note(origin: str, *, size: int, signers: tuple[str, ...] = (), text: str | None = None) -> Note:
    lines = tuple(line(name) for name in signers)
    return Note(text=text or f"{origin}\n{size}\nAAAA\n", lines=lines)


def line(name: str, *, key_hash: bytes = b"hash", signature: bytes = b"signature") -> NoteLine:
    return NoteLine(name=name, key_hash=key_hash, signature=signature)


def names(folder: Path) -> list[str]:
    """What lies in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def files_up_to(size_bytes: int) -> Iterator[None]:
    """No file may grow past this size: a disk that gets full, for whoever may not mount one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
