"""Four parties with real keys, stores in memory whose power can be cut, and sticks."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from assessment.fictional import ARD, BEL, CAR
from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.sqlite_file import connect
from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.services.found import Founding, found
from counterseal.services.keys import NodeKeys
from counterseal.services.merge_trust import stored_form, trust_of_stored
from counterseal.services.node import Node
from counterseal.services.restore import node_keys, voiceless_keys, without_voice
from counterseal.terms.parties import PartyCode

AUD = PartyCode("AUD")
PARTIES = (ARD, AUD, BEL, CAR)
PACK = lake_pack(ARD, BEL, CAR)
START = datetime(2030, 1, 10, 12, tzinfo=UTC)
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)


class PowerCutError(Exception):
    """The machine stops here."""


@dataclass(slots=True)
class WrongClock:
    """A party's own clock, which may be set anywhere."""

    at: datetime = START

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def jump(self, days: int) -> None:
        self.at = min(max(self.at + timedelta(days=days), FIRST), LAST)


class FragileStore(SqliteStore):
    """A store in memory. After the power is cut nothing is read or written until it is there again.

    What was not committed is then rolled back, as SQLite does when it opens a file after a crash; that it
    does so on a disk, at every boundary, is tested with real processes elsewhere.
    """

    writes_left: int | None = None

    @classmethod
    def empty(cls) -> "FragileStore":
        return cls(connect(Path(":memory:"), create=False))

    @classmethod
    def of(cls, image: bytes) -> "FragileStore":
        """A store that holds what another held."""
        store = cls.empty()
        store._db.deserialize(image)
        return store

    def image(self) -> bytes:
        """Every byte of it."""
        return self._db.serialize()

    def revive(self) -> None:
        self.writes_left = None
        if self._db.in_transaction:
            self._db.rollback()

    def _tick(self) -> None:
        if self.writes_left is not None:
            self.writes_left -= 1
            if self.writes_left < 0:
                raise PowerCutError

    def _run(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
        if self.writes_left is not None and self.writes_left < 0:
            raise PowerCutError
        writes = not sql.startswith("SELECT")
        if writes:
            self._tick()
        done = super()._run(sql, values)
        if sql == "COMMIT":
            self._tick()  # the power may also go when all is on disk, and nobody has been told
        return done

    def _run_many(self, sql: str, rows: Any) -> None:
        self._tick()
        super()._run_many(sql, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a party keeps elsewhere: its store, and of its seeds those without a voice."""

    image: bytes
    seeds: Mapping[str, bytes]


@dataclass(slots=True, kw_only=True)
class Seat:
    """A party's place: its node, its clock, its chance, and what its keys grow from."""

    node: Node
    store: FragileStore
    salts: SeededRandomness
    seeds: dict[str, bytes]
    clock: WrongClock = field(default_factory=WrongClock)
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Seeds by id of the key file that they are for, kept before it comes into force."""
    backup: Backup | None = None
    count: int = 0

    @property
    def code(self) -> PartyCode:
        return self.node.party

    def statement(self) -> dict[str, Any]:
        """Something that nobody has said yet."""
        self.count += 1
        mark = sha256(f"{self.salts.name}/{self.count}".encode()).hexdigest()
        return {"party": str(self.code), "said": mark}

    def keep(self, file_id: str, seeds: Mapping[str, bytes]) -> None:
        self.kept[file_id] = dict(seeds)

    def start(self) -> None:
        """Start the program again: all that it knows is in its store and its folder."""
        self.store.revive()
        trust = trust_of_stored(self.store.trust_documents())
        chain = trust.chain
        newest = "" if chain is None else chain.keys[self.code][-1].file_id
        recovering = self.node.recovering and newest not in self.kept
        self.seeds = self.kept.get(newest, self.seeds)
        self.node = Node(
            party=self.code,
            trust=trust,
            keys=self.node.keys if recovering else node_keys(self.seeds),
            pack=PACK,
            store=self.store,
            recovering=recovering,
        )

    def back_up(self) -> None:
        self.backup = Backup(image=self.store.image(), seeds=without_voice(self.seeds))

    def restore(self, backup: Backup) -> None:
        """A new laptop, from the backup: it reads, and signs nothing."""
        self.store.close()
        self.store = FragileStore.of(backup.image)
        self.seeds, self.kept = dict(backup.seeds), {}
        self.node = Node(
            party=self.code,
            trust=trust_of_stored(self.store.trust_documents()),
            keys=voiceless_keys(backup.seeds, randomness=self.salts),
            pack=PACK,
            store=self.store,
            recovering=True,
        )


def new_seat(founding: Founding, code: PartyCode) -> Seat:
    """A party on the day when the treaty is founded."""
    store = FragileStore.of(_first_image())
    return Seat(
        node=_node(founding, code, store), store=store, salts=_salts(code), seeds=_seeds(founding, code)
    )


def branch(seat: Seat, number: int) -> Seat:
    """A second laptop with the same keys and the same past: one voice, two stories."""
    store = FragileStore.of(seat.store.image())
    node = Node(party=seat.code, trust=seat.node.trust, keys=seat.node.keys, pack=PACK, store=store)
    salts = SeededRandomness(seed=number, name=f"{seat.code}/branch")
    return Seat(node=node, store=store, salts=salts, seeds=dict(seat.seeds), clock=WrongClock(seat.clock.at))


def _node(founding: Founding, code: PartyCode, store: SqliteStore) -> Node:
    keys: NodeKeys = founding.keys[code].working
    return Node(party=code, trust=founding.trust, keys=keys, pack=PACK, store=store)


def _seeds(founding: Founding, code: PartyCode) -> dict[str, bytes]:
    return dict(founding.keys[code].seeds)


def _salts(code: PartyCode) -> SeededRandomness:
    return SeededRandomness(seed=1, name=f"{code}/salts")


@lru_cache(maxsize=1)
def founded() -> Founding:
    """The treaty of four parties, founded once; nothing of it is ever changed."""
    sources = {code: SeededRandomness(seed=1, name=f"{code}/keys") for code in PARTIES}
    return found(PACK, PACK.parties, randomness=sources, clock=WrongClock())


@lru_cache(maxsize=1)
def _first_image() -> bytes:
    founding, store = founded(), FragileStore.empty()
    store.add_trust_documents(stored_form(founding.trust))
    for origin, note in founding.first_heads:
        store.add_checkpoint(origin, size=0, note=note)
    return store.image()
