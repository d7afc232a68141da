"""Small worlds: a few parties with real keys, logs and stores in memory, on a clock that stands still."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from assessment.fictional import ARD, BEL
from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.records.change import Change
from counterseal.records.countersignature import Meaning
from counterseal.records.header import PUBLIC
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.countersign import countersign
from counterseal.services.export_bundle import export_bundle
from counterseal.services.found import Founding, found
from counterseal.services.import_bundle import import_bundle
from counterseal.services.keys import PartyKeys
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.merge_trust import stored_form
from counterseal.services.node import Node
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.founding_v1 import found_v1
from strategies.trust_chains import ALL_ROLES, ChainMaker

AUD = PartyCode("AUD")
PARTIES = (ARD, AUD, BEL)
FORMS = (1, 2)
"""Of the trust file: one file with all keys, read for ever; and a chain with key files, made since."""

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
    renewed: dict[PartyCode, PartyKeys] = field(default_factory=dict)

    @property
    def keys(self) -> Mapping[PartyCode, PartyKeys]:
        """Everybody's present keys."""
        return {**self.founding.keys, **self.renewed}

    def rotate(
        self,
        party: PartyCode,
        *roles: str,
        accepted: int | None = None,
        heads: Mapping[str, int] | None = None,
        announce: bool = True,
    ) -> None:
        """A party's keepers sign new keys for it, of some roles or of all; it says so in its log."""
        node = self.nodes[party]
        maker = ChainMaker.at(node.trust.files, self.keys)
        at = node.store.size(node.log.origin)
        own = maker.next_keys(party, at=at, roles=roles or ALL_ROLES, accepted=accepted, heads=heads)
        self.renewed[party] = own
        self.trust(party, maker)
        node.keys = own.working
        version = maker.newest_keys(party)
        if announce:
            file_id = maker.named_keys(party)["id"]
            self.state(party, Change(version=version, file_id=file_id, party=party))

    def amend(self, party: PartyCode, maker: ChainMaker) -> None:
        """A party takes in a newer trust file that all have signed, and says so in its log."""
        self.trust(party, maker)
        trust = self.nodes[party].trust
        assert trust.chain is not None
        self.state(party, Change(version=trust.version, file_id=trust.chain.versions[-1].trust_id))

    def trust(self, party: PartyCode, maker: ChainMaker) -> None:
        node = self.nodes[party]
        node.trust = maker.read()
        node.store.add_trust_documents(stored_form(node.trust))

    def state(self, party: PartyCode, change: Change) -> None:
        statement = Statement(kind=change.kind, members=change.statement())
        submit(self.nodes[party], [statement], clock=self.clock, randomness=self.salts[party])
        publish_head(self.nodes[party])

    def say(
        self,
        party: PartyCode,
        *figures: int,
        refs: tuple[str, ...] = (),
        audience: tuple[str, ...] = PUBLIC,
    ) -> tuple[str, ...]:
        """A party declares figures, each in a record of its own; not to all, when an audience is named."""
        statements = [
            Statement(
                kind="declaration.aggregate",
                members={"launchers": figure, "note": "as of today", "party": str(party)},
                refs=refs,
                audience=audience,
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
    form: int = 2,
    parties: Sequence[PartyCode] = PARTIES,
    sources: Mapping[PartyCode, SeededRandomness] | None = None,
) -> World:
    """A founded treaty: nobody has said anything yet.

    Args:
        seed: What keys and salts grow from.
        form: Form of the trust file; keys of one seed are the same in both.
        parties: Who takes part.
        sources: What the keys grow from instead of the seed.
    """
    founding = _found(parties, sources, form) if sources else founded(seed, form=form, parties=parties)
    stores = {code: open_store(Path(":memory:")) for code in parties}
    nodes = {
        code: Node(
            party=code,
            trust=founding.trust,
            keys=founding.keys[code].working,
            pack=lake_pack(),
            store=stores[code],
        )
        for code in parties
    }
    for store in stores.values():
        store.add_trust_documents(stored_form(founding.trust))
        for origin, note in founding.first_heads:
            store.add_checkpoint(origin, size=0, note=note)
    return World(
        founding=founding, nodes=nodes, stores=stores, salts=_sources(seed, "salts"), clock=StandingClock()
    )


def founded(seed: int = 1, *, form: int = 2, parties: Sequence[PartyCode] = PARTIES) -> Founding:
    """The founding that grows from a seed, made once: nothing of it is ever changed."""
    return _founded(seed, form, tuple(parties))


@lru_cache(maxsize=32)
def _founded(seed: int, form: int, parties: tuple[PartyCode, ...]) -> Founding:
    return _found(parties, _sources(seed, "keys"), form)


def _found(
    parties: Sequence[PartyCode], sources: Mapping[PartyCode, SeededRandomness], form: int
) -> Founding:
    pack = lake_pack()
    members = [party for party in pack.parties if party.code in parties]
    return {1: found_v1, 2: found}[form](pack, members, randomness=sources, clock=StandingClock())


def _sources(seed: int, use: str) -> dict[PartyCode, SeededRandomness]:
    return {code: SeededRandomness(seed=seed, name=f"{code}/{use}") for code in PARTIES}


def spoken_world(seed: int = 1, *, form: int = 2) -> World:
    """Three declarations of Ardania, two of Belmar, one of the auditor, receipts, and all of it settled."""
    world = new_world(seed, form=form)
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
def spoken(seed: int = 1, *, form: int = 2) -> World:
    """The spoken world, made once: to be read, never changed."""
    return spoken_world(seed, form=form)


def settled_bundle(seed: int = 1, *, form: int = 2) -> MemoryBundle:
    """A fresh copy of the bundle in which Ardania exports the spoken world."""
    return MemoryBundle(dict(_settled(seed, form=form).files))


@lru_cache(maxsize=4)
def _settled(seed: int, *, form: int) -> MemoryBundle:
    return spoken(seed, form=form).export(ARD, views=VIEWS)


def sealed_bundle(seed: int = 1) -> MemoryBundle:
    """A fresh copy of a bundle in which Ardania has said something to all, to Belmar, and to nobody else."""
    return MemoryBundle(dict(_sealed(seed).files))


@lru_cache(maxsize=4)
def _sealed(seed: int) -> MemoryBundle:
    world = new_world(seed)
    world.say(ARD, 400)
    world.say(ARD, 401, audience=(BEL,))
    world.say(ARD, 402, audience=(ARD,))
    world.say(BEL, 300, audience=(ARD, AUD))
    world.round()
    return world.export(ARD, views=VIEWS)


def twin(node: Node) -> Node:
    """The same node on a copy of its store: what happens to the one does not happen to the other."""
    store = open_store(Path(":memory:"))
    assert isinstance(node.store, SqliteStore)
    node.store._db.backup(store._db)
    return replace(node, store=store, _trees={})


def contents(store: SqliteStore) -> tuple[str, ...]:
    """Everything in a store, as text: two stores with the same text are the same."""
    return tuple(store._db.iterdump())
