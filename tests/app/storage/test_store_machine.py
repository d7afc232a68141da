"""Whatever is done to a store, in any order, it says what a list in memory says."""

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.storage.world import entry, line, note
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import open_store
from counterseal.crypto.merkle import leaf_hash
from counterseal.log.note import Note
from counterseal.services.ports import ExportedBundle, FeedHead, NewEntry, ReceivedBundle, StoredEntry

ORIGINS = st.sampled_from(["example.org/first/log", "example.org/second/log"])
FEEDS = st.sampled_from(["aa" * 32, "bb" * 32])
SIZES = st.integers(0, 4)
NAMES = st.sampled_from(["example.org/first/log", "a/witness", "z/witness"])
BYTES = st.binary(max_size=4)
MANIFESTS = st.sampled_from(["ab" * 32, "cd" * 32])
ENTRIES = st.builds(
    lambda number, feed, seq, opening: entry(number, feed=feed, seq=seq, opening=opening),
    st.integers(0, 40),
    FEEDS,
    st.integers(0, 20),
    st.none() | BYTES,
)


@dataclass
class Memory:
    """The store as one would write it without a disk: the plainest thing that could be right."""

    logs: dict[str, list[NewEntry]] = field(default_factory=dict)
    openings: dict[str, bytes] = field(default_factory=dict)
    texts: dict[tuple[str, int], str] = field(default_factory=dict)
    lines: dict[tuple[str, int], dict[tuple[str, bytes], bytes]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    manifests: dict[tuple[str, int], str] = field(default_factory=dict)
    received: set[tuple[str, int, str]] = field(default_factory=set)
    witnessed: dict[str, tuple[int, str]] = field(default_factory=dict)
    sealed: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    evidence: set[tuple[str, bytes]] = field(default_factory=set)

    def all(self) -> list[NewEntry]:
        return [one for log in self.logs.values() for one in log]

    def takes(self, new: list[NewEntry]) -> bool:
        known = [*self.all(), *new]
        return (
            len({one.record_id for one in known}) == len({(one.feed, one.seq) for one in known}) == len(known)
        )

    def stored(self, origin: str) -> list[StoredEntry]:
        return [
            StoredEntry(
                origin=origin,
                index=index,
                record_id=one.record_id,
                kind=one.kind,
                envelope=one.envelope,
                opening=self.openings.get(one.record_id),
            )
            for index, one in enumerate(self.logs.get(origin, []))
        ]

    def notes(self, origin: str) -> tuple[Note, ...]:
        return tuple(
            Note(
                text=text,
                lines=tuple(
                    line(name, key_hash=key, signature=signature)
                    for (name, key), signature in sorted(
                        self.lines.get((origin, size), {}).items(),
                        key=lambda item: (item[0][0] != origin, item[0]),
                    )
                ),
            )
            for (_, size), text in sorted(
                (item for item in self.texts.items() if item[0][0] == origin), key=lambda item: item[0][1]
            )
        )


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="counterseal-store-"))
        self.store = open_store(self.folder / "store.sqlite", create=True)
        self.store._db.execute("PRAGMA synchronous = OFF")  # speed: power is not cut in this test
        self.memory = Memory()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(origin=ORIGINS, new=st.lists(ENTRIES, max_size=4))
    def append(self, origin: str, new: list[NewEntry]) -> None:
        if not self.memory.takes(new):
            try:
                self.store.append(origin, new)
            except StorageError:
                return
            raise AssertionError("a duplicate was stored")
        log = self.memory.logs.setdefault(origin, [])
        assert self.store.append(origin, new) == len(log)
        log += new
        for one in new:
            if one.opening is not None:
                self.memory.openings[one.record_id] = one.opening

    @rule(number=st.integers(0, 40), data=BYTES)
    def add_opening(self, number: int, data: bytes) -> None:
        record = entry(number).record_id
        known = record in {one.record_id for one in self.memory.all()}
        with suppress(*() if known else (StorageError,)):
            self.store.add_openings([(record, data)])
            assert known
            self.memory.openings.setdefault(record, data)

    @rule(origin=ORIGINS, size=SIZES, other=st.booleans(), name=NAMES, key=BYTES, signature=BYTES)
    def add_checkpoint(
        self, origin: str, size: int, other: bool, name: str, key: bytes, signature: bytes
    ) -> None:
        text = f"{origin}\n{size}\n{'BBBB' if other else 'AAAA'}\n"
        kept = self.memory.texts.get((origin, size), text)
        given = Note(text=text, lines=(line(name, key_hash=key, signature=signature),))
        with suppress(*() if kept == text else (StorageError,)):
            self.store.add_checkpoint(origin, size=size, note=given)
            assert kept == text
            self.memory.texts[origin, size] = text
            self.memory.lines.setdefault((origin, size), {}).setdefault((name, key), signature)

    @rule(origin=ORIGINS, size=SIZES, name=NAMES, key=BYTES, signature=BYTES)
    def add_line(self, origin: str, size: int, name: str, key: bytes, signature: bytes) -> None:
        known = (origin, size) in self.memory.texts
        with suppress(*() if known else (StorageError,)):
            self.store.add_line(origin, size=size, line=line(name, key_hash=key, signature=signature))
            assert known
            self.memory.lines.setdefault((origin, size), {}).setdefault((name, key), signature)

    @rule(receiver=st.sampled_from(["public", "A,B"]))
    def number_a_bundle(self, receiver: str) -> None:
        expected = self.memory.numbers.get(receiver, 0)
        assert self.store.next_sequence(receiver) == expected
        self.memory.numbers[receiver] = expected + 1

    @rule(receiver=st.sampled_from(["public", "A,B"]), number=st.integers(0, 3), manifest=MANIFESTS)
    def name_a_bundle(self, receiver: str, number: int, manifest: str) -> None:
        kept = self.memory.manifests.get((receiver, number), manifest)
        known = number < self.memory.numbers.get(receiver, 0) and kept == manifest
        with suppress(*() if known else (StorageError,)):
            self.store.add_exported(receiver, sequence=number, manifest_id=manifest)
            assert known
            self.memory.manifests[receiver, number] = manifest

    @rule(to=st.sampled_from(["public", "A,B"]), number=st.integers(0, 3), manifest=MANIFESTS)
    def receive(self, to: str, number: int, manifest: str) -> None:
        self.store.add_received("PEER", to=to, sequence=number, manifest_id=manifest)
        self.memory.received.add((to, number, manifest))

    @rule(origin=ORIGINS, size=SIZES, text=st.sampled_from(["a", "b"]))
    def witness(self, origin: str, size: int, text: str) -> None:
        newest = self.memory.witnessed.get(origin, (-1, ""))
        forward = size > newest[0] or newest == (size, text)
        with suppress(*() if forward else (StorageError,)):
            self.store.add_witnessed(origin, size=size, text=text)
            assert forward
            self.memory.witnessed[origin] = (size, text)

    @rule(number=st.integers(0, 40), data=BYTES)
    def seal(self, number: int, data: bytes) -> None:
        record = entry(number).record_id
        known = record in {one.record_id for one in self.memory.all()}
        with suppress(*() if known else (StorageError,)):
            self.store.add_sealed([(record, data)], by_author=True)
            assert known
            self.memory.sealed.setdefault(record, data)

    @rule(documents=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([b"1", b"2"])))
    def trust(self, documents: dict[str, bytes]) -> None:
        new = all(self.memory.documents.get(path, data) == data for path, data in documents.items())
        with suppress(*() if new else (StorageError,)):
            self.store.add_trust_documents(documents)
            assert new
            self.memory.documents |= documents

    @rule(name=st.sampled_from(["fork", "bundle"]), data=BYTES)
    def keep_evidence(self, name: str, data: bytes) -> None:
        self.store.keep_evidence(name, data)
        self.memory.evidence.add((name, data))

    @rule(origin=ORIGINS, new=st.lists(ENTRIES, min_size=1, max_size=3))
    def change_one_s_mind(self, origin: str, new: list[NewEntry]) -> None:
        with suppress(ZeroDivisionError, StorageError), self.store.transaction():
            self.store.append(origin, new)
            self.store.add_checkpoint(origin, size=9, note=note(origin, size=9))
            self.store.add_exported(
                "public", sequence=self.store.next_sequence("public"), manifest_id="ef" * 32
            )
            self.store.add_witnessed(origin, size=99, text="taken back")
            self.store.keep_evidence("taken back", b"")
            raise ZeroDivisionError

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = open_store(self.folder / "store.sqlite")

    @invariant()
    def says_the_same(self) -> None:
        for origin in ("example.org/first/log", "example.org/second/log"):
            expected = self.memory.stored(origin)
            assert list(self.store.entries(origin)) == expected
            assert list(self.store.leaves(origin)) == [leaf_hash(one.envelope) for one in expected]
            assert self.store.size(origin) == len(expected)
            assert self.store.checkpoints(origin) == self.memory.notes(origin)
            assert self.store.witnessed(origin) == self.memory.witnessed.get(origin, (0, None))[1]
            assert self.store.sealed_of(origin, 0, 1000) == {
                one.index: self.memory.sealed[one.record_id]
                for one in expected
                if one.record_id in self.memory.sealed
            }
        for feed in ("aa" * 32, "bb" * 32):
            last = max(
                (one for one in self.memory.all() if one.feed == feed), key=lambda e: e.seq, default=None
            )
            head = None if last is None else FeedHead(seq=last.seq, record_id=last.record_id)
            assert self.store.feed_head(feed) == head
        assert self.store.count() == len(self.memory.all())
        assert self.store.exported() == tuple(
            ExportedBundle(receiver=to, sequence=number, manifest_id=self.memory.manifests.get((to, number)))
            for to in sorted(self.memory.numbers)
            for number in range(self.memory.numbers[to])
        )
        assert self.store.received("PEER") == tuple(
            ReceivedBundle(to=to, sequence=number, manifest_id=manifest)
            for to, number, manifest in sorted(self.memory.received)
        )
        assert self.store.trust_documents() == self.memory.documents
        assert sorted(self.store.evidence()) == sorted(self.memory.evidence)


StoreMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestStoreAgainstMemory = StoreMachine.TestCase
