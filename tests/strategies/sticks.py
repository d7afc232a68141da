"""Three States and an auditor, each on a machine with a clock of its own, who meet over sticks alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from assessment.fictional import ARD, BEL, CAR
from assessment.fictional import pack as lake_pack
from counterseal.app.bootstrap import SeededRandomness
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.assessment.facts import Channel, DeclaredFigures, Timing, TimingBasis
from counterseal.assessment.summary import summary_document
from counterseal.records.countersignature import Meaning
from counterseal.services.assess_record import assess_record
from counterseal.services.checkpointing import publish_head
from counterseal.services.countersign import countersign
from counterseal.services.exchange import Taken, take_bundle
from counterseal.services.export_bundle import export_bundle, write_record
from counterseal.services.found import Founding, found
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.merge_trust import stored_form
from counterseal.services.node import Node
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.statements import kind_of, members_of
from counterseal.services.submit import Statement, submit
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack

AUD = PartyCode("AUD")
EVERYBODY = (ARD, AUD, BEL, CAR)
MONDAY = datetime(2030, 7, 1, 9, tzinfo=UTC)
PERIOD_END = date(2030, 7, 31)


@dataclass(slots=True)
class OwnClock:
    """The clock of one machine: it goes with the world, and may be off by some time."""

    off: timedelta = timedelta(0)
    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at + self.off


@dataclass(slots=True, kw_only=True)
class Sticks:
    """All parties of the Lake Treaty, and what each holds."""

    founding: Founding
    nodes: Mapping[PartyCode, Node]
    stores: Mapping[PartyCode, SqliteStore]
    salts: Mapping[PartyCode, SeededRandomness]
    clocks: Mapping[PartyCode, OwnClock]
    said: list[str] = field(default_factory=list)

    def pass_time(self, **span: float) -> None:
        """Time passes for everybody, whatever their clocks show."""
        for clock in self.clocks.values():
            clock.at += timedelta(**span)

    def say(self, party: PartyCode, *statements: Statement) -> tuple[str, ...]:
        done = submit(self.nodes[party], statements, clock=self.clocks[party], randomness=self.salts[party])
        self.said += done
        return done

    def declare(
        self, party: PartyCode, launchers: int, *, of: PartyCode | None = None, as_of: date = PERIOD_END
    ) -> str:
        """A party states figures of its own, or copies somebody else's."""
        fact = DeclaredFigures(
            party=of or party,
            as_of=as_of,
            figures=(("launchers", launchers), ("warheads", 900)),
            known_as=KnownAs.CONFIRMED,
            citation="exchange",
            channel=Channel.EXCHANGE,
            timing=Timing(basis=TimingBasis.RECORD),
            records=(),
        )
        return self.say(party, Statement(kind=kind_of(fact), members=members_of(fact)))[0]

    def object_to(self, party: PartyCode, record: str, note: str) -> str:
        (done,) = countersign(
            self.nodes[party],
            [record],
            meaning=Meaning.OBJECTS,
            note=note,
            clock=self.clocks[party],
            randomness=self.salts[party],
        )
        return done

    def stick(self, sender: PartyCode, *to: PartyCode) -> MemoryBundle:
        """A party writes a stick, for one or several others or for everybody."""
        bundle = MemoryBundle()
        publish_head(self.nodes[sender])
        readers = tuple(sorted(map(str, to))) or ("public",)
        export_bundle(self.nodes[sender], bundle, clock=self.clocks[sender], to=readers)
        return bundle

    def take(self, receiver: PartyCode, bundle: MemoryBundle, *, receipts: bool = True) -> Taken:
        return take_bundle(
            self.nodes[receiver],
            bundle,
            clock=self.clocks[receiver],
            randomness=self.salts[receiver],
            receipts=receipts,
        )

    def carry(self, sender: PartyCode, receiver: PartyCode) -> Taken:
        return self.take(receiver, self.stick(sender, receiver))

    def rounds(self, count: int = 3, *, among: Sequence[PartyCode] = EVERYBODY) -> None:
        """Everybody carries a stick to everybody else, several times."""
        for _ in range(count):
            for sender in among:
                for receiver in among:
                    if receiver != sender:
                        self.pass_time(minutes=5)
                        self.carry(sender, receiver)

    def book(self, party: PartyCode) -> RecordBook:
        memory = MemoryBundle()
        write_record(self.nodes[party], memory, own_eyes=False)
        return open_book(memory)

    def findings(self, party: PartyCode, *, as_of: date) -> bytes:
        """What a party's node finds in its record, as bytes."""
        pack = lake_pack(ARD, BEL, CAR)
        assessed = assess_record(self.book(party), pack=pack, as_of=as_of, today=as_of)
        return repr(summary_document(pack, assessed.findings, generated_by="test")).encode()


def meet(seed: int = 1, *, agreement: Pack | None = None, pack_text: str | None = None) -> Sticks:
    """The parties of an agreement, founded together, that have said nothing yet; four of the Lake Treaty."""
    pack = agreement or lake_pack(ARD, BEL, CAR)
    codes = tuple(party.code for party in pack.parties)
    founding = _found(pack, seed) if agreement else _founded(seed)
    stores = {code: open_store(Path(":memory:")) for code in codes}
    for store in stores.values():
        store.add_trust_documents(stored_form(founding.trust))
        for origin, note in founding.first_heads:
            store.add_checkpoint(origin, size=0, note=note)
    nodes = {
        code: Node(
            party=code,
            trust=founding.trust,
            keys=founding.keys[code].working,
            pack=pack,
            store=stores[code],
            pack_text=pack_text,
        )
        for code in codes
    }
    clocks = {code: OwnClock() for code in codes}
    salts = _sources(seed, "salts", codes)
    return Sticks(founding=founding, nodes=nodes, stores=stores, salts=salts, clocks=clocks)


@lru_cache(maxsize=8)
def _founded(seed: int) -> Founding:
    return _found(lake_pack(ARD, BEL, CAR), seed)


def _found(pack: Pack, seed: int) -> Founding:
    codes = tuple(party.code for party in pack.parties)
    return found(pack, pack.parties, randomness=_sources(seed, "keys", codes), clock=OwnClock())


def _sources(seed: int, use: str, codes: Iterable[PartyCode]) -> dict[PartyCode, SeededRandomness]:
    return {code: SeededRandomness(seed=seed, name=f"{code}/{use}") for code in codes}


def record_in(store: SqliteStore, origins: Iterable[str], *, shared: bool = False) -> dict[str, Any]:
    """What a store knows of the record: entries, openings, heads and who signed them, trust. Not how.

    Args:
        store: The store.
        origins: Its logs.
        shared: Only heads that another party vouched for: the others are passed on by nobody who need not.
    """
    return {
        "trust": store.trust_documents(),
        **{
            origin: (
                [(entry.record_id, entry.envelope, entry.opening) for entry in store.entries(origin)],
                store.sealed_of(origin, 0, store.size(origin)),
                {
                    note.text: sorted((line.name, line.key_hash, line.signature) for line in note.lines)
                    for note in store.checkpoints(origin)
                    if not shared or {line.name for line in note.lines} - {origin}
                },
            )
            for origin in origins
        },
    }


def origins(world: Sticks) -> tuple[str, ...]:
    return tuple(log.origin for log in world.founding.trust.logs)
