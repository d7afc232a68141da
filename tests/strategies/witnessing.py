"""Three nodes whose logs hold bare bytes, and what a lying log may ask of its witnesses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from assessment.fictional import ARD, BEL
from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.sqlite_store import open_store
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.log.witness import AddCheckpoint
from counterseal.services.ask_witness import make_request
from counterseal.services.found import found
from counterseal.services.keys import sign_head
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry
from counterseal.terms.parties import PartyCode

AUD = PartyCode("AUD")
NOW = datetime(2030, 1, 10, 12, tzinfo=UTC)


class PowerCutError(Exception):
    """The machine stops here."""


@dataclass(slots=True)
class Clock:
    """Stands still, or stops the machine: it is asked for the time just before anything is signed."""

    dead: bool = False

    def now(self) -> datetime:
        if self.dead:
            raise PowerCutError
        return NOW


def founded() -> dict[PartyCode, Node]:
    """Three parties of the Lake Treaty whose logs are empty."""
    pack = lake_pack()
    members = [party for party in pack.parties if party.code in {ARD, AUD, BEL}]
    sources = {p.code: SeededRandomness(seed=1, name=p.code) for p in members}
    founding = found(pack, members, randomness=sources, clock=Clock())
    return {
        party.code: Node(
            party=party.code,
            trust=founding.trust,
            keys=founding.keys[party.code].working,
            pack=pack,
            store=open_store(Path(":memory:")),
        )
        for party in members
    }


def entry(number: int, story: str = "") -> NewEntry:
    envelope = f"record {number} {story}".encode()
    digest = sha256(envelope).hexdigest()
    feed = sha256(story.encode()).hexdigest()
    return NewEntry(record_id=digest, kind="test", feed=feed, seq=number, envelope=envelope, opening=None)


def write(node: Node, amount: int, *, origin: str | None = None, story: str = "") -> None:
    """Entries go into a node's copy of a log, as an import would put them there."""
    log = origin or node.log.origin
    start = node.store.size(log)
    node.store.append(log, [entry(n, story) for n in range(start, start + amount)])


def asked(node: Node, old: int) -> bytes:
    return make_request(node, old_size=old).to_bytes()


def forged(nodes: Mapping[PartyCode, Node], tree: HashTree, *, old: int, new: int) -> AddCheckpoint:
    """What Ardania, which holds all its keys, may sign of any tree."""
    owner = nodes[ARD]
    head = Checkpoint(origin=owner.log.origin, size=new, root=tree.root(new))
    proof = tree.consistency(old, new) if 0 < old <= new else ()
    note = Note(text=head.text(), lines=tuple(sign_head(head, owner.keys)))
    return AddCheckpoint(old_size=old, proof=proof, note=note)
