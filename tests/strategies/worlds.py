"""Small worlds: a few parties with real keys, logs and stores in memory, on a clock that stands still."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from assessment.fictional import ARD, BEL
from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.records.countersignature import Meaning
from counterseal.services.checkpointing import cosign_heads, publish_head
from counterseal.services.countersign import countersign
from counterseal.services.export_bundle import export_bundle
from counterseal.services.found import Founding, PartyKeys, found
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode

AUD = PartyCode("AUD")
PARTIES = (ARD, AUD, BEL)
START = datetime(2030, 1, 10, 12, tzinfo=UTC)
VIEWS = {"notes.txt": b"Nobody need believe this page.\n", "table.csv": b"launchers\n400\n"}


@dataclass(slots=True)
class StandingClock:
    """A clock that stands where it is put."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def pass_minutes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)


@dataclass(slots=True, kw_only=True)
class World:
    """All parties of the Lake Treaty, side by side."""

    founding: Founding
    nodes: Mapping[PartyCode, Node]
    stores: Mapping[PartyCode, SqliteStore]
    salts: Mapping[PartyCode, SeededRandomness]
    clock: StandingClock
    said: list[str] = field(default_factory=list)

    @property
    def keys(self) -> Mapping[PartyCode, PartyKeys]:
        return self.founding.keys

    def say(self, party: PartyCode, *figures: int, refs: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A party declares figures, each in a record of its own."""
        statements = [
            Statement(
                kind="declaration.aggregate",
                members={"launchers": figure, "note": "as of today", "party": str(party)},
                refs=refs,
            )
            for figure in figures
        ]
        done = submit(self.nodes[party], statements, clock=self.clock, randomness=self.salts[party])
        self.said += done
        return done

    def countersign(
        self,
        party: PartyCode,
        records: Sequence[str],
        *,
        meaning: Meaning = Meaning.RECEIVED,
        note: str | None = None,
    ) -> tuple[str, ...]:
        return countersign(
            self.nodes[party],
            records,
            meaning=meaning,
            note=note,
            clock=self.clock,
            randomness=self.salts[party],
        )

    def export(self, party: PartyCode, *, views: Mapping[str, bytes] | None = None) -> MemoryBundle:
        bundle = MemoryBundle()
        export_bundle(self.nodes[party], bundle, clock=self.clock, views=views)
        return bundle

    def give(self, sender: PartyCode, receiver: PartyCode) -> tuple[str, ...]:
        """One bundle goes from one party to another, which takes it and cosigns."""
        publish_head(self.nodes[sender])
        taken = import_bundle(self.nodes[receiver], self.export(sender))
        cosign_heads(self.nodes[receiver], clock=self.clock)
        return taken.records

    def round(self) -> None:
        """Everybody gives everybody a bundle, twice, so that every head comes home cosigned."""
        for _ in range(2):
            self.clock.pass_minutes(10)
            for sender, receiver in permutations(self.nodes, 2):
                if any(self.stores[sender].size(log.origin) for log in self.founding.trust.logs):
                    self.give(sender, receiver)


def new_world(
    seed: int = 1,
    *,
    parties: Sequence[PartyCode] = PARTIES,
    sources: Mapping[PartyCode, SeededRandomness] | None = None,
) -> World:
    """A founded treaty: nobody has said anything yet. Keys grow from the seed, or from ``sources``."""
    pack, clock = lake_pack(), StandingClock()
    members = [party for party in pack.parties if party.code in parties]
    founding = found(pack, members, randomness=sources or _sources(seed, "keys"), clock=clock)
    stores = {code: open_store(Path(":memory:")) for code in parties}
    nodes = {
        code: Node(
            party=code,
            trust=founding.trust,
            trust_bytes=founding.trust_bytes,
            keys=founding.keys[code].working,
            pack=pack,
            store=stores[code],
        )
        for code in parties
    }
    for store in stores.values():
        for origin, note in founding.first_heads:
            store.add_checkpoint(origin, size=0, note=note)
    return World(founding=founding, nodes=nodes, stores=stores, salts=_sources(seed, "salts"), clock=clock)


def _sources(seed: int, use: str) -> dict[PartyCode, SeededRandomness]:
    return {code: SeededRandomness(seed=seed, name=f"{code}/{use}") for code in PARTIES}


def spoken_world(seed: int = 1) -> World:
    """Three declarations of Ardania, two of Belmar, one of the auditor, receipts, and all of it settled."""
    world = new_world(seed)
    ardanian = world.say(ARD, 400, 401, 402)
    world.say(BEL, 300, 301)
    world.round()
    world.countersign(BEL, ardanian[:2])
    world.countersign(AUD, ardanian[2:], meaning=Meaning.OBJECTS, note="not what was seen")
    world.round()
    world.say(ARD, 403)
    world.round()
    return world


@lru_cache(maxsize=4)
def spoken(seed: int = 1) -> World:
    """The spoken world, made once: to be read, never changed."""
    return spoken_world(seed)


def settled_bundle(seed: int = 1) -> MemoryBundle:
    """A fresh copy of the bundle in which Ardania exports the spoken world."""
    return MemoryBundle(dict(_settled(seed).files))


@lru_cache(maxsize=4)
def _settled(seed: int) -> MemoryBundle:
    return spoken(seed).export(ARD, views=VIEWS)


def contents(store: SqliteStore) -> tuple[str, ...]:
    """Everything in a store, as text: two stores with the same text are the same."""
    return tuple(store._db.iterdump())
