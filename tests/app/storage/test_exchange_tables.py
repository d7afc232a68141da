"""What a node keeps of its dealings with others: said again it changes nothing, said otherwise it is refused."""

from contextlib import closing
from pathlib import Path

import pytest

from app.storage.world import entry
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.services.ports import ExportedBundle, ReceivedBundle

ORIGIN, OTHER = "example.org/first/log", "example.org/second/log"
AB, CD = "ab" * 32, "cd" * 32


@pytest.fixture
def store() -> SqliteStore:
    return open_store(Path(":memory:"))


def test_a_witness_remembers_the_largest_checkpoint_of_each_log(store: SqliteStore) -> None:
    assert store.witnessed(ORIGIN) is None
    for size in (0, 3, 3, 10):
        store.add_witnessed(ORIGIN, size=size, text=f"size {size}")
        assert store.witnessed(ORIGIN) == f"size {size}"
    store.add_witnessed(OTHER, size=1, text="another log")
    assert store.witnessed(ORIGIN) == "size 10"


@pytest.mark.parametrize(
    ("size", "text", "said"),
    [
        (10, "size 10 otherwise", "at size 10: another checkpoint of that size was cosigned"),
        (9, "size 9", "at size 9: one of size 10 was cosigned already"),
        (3, "size 3", "at size 3: one of size 10 was cosigned already"),
    ],
    ids=["two heads of one size", "smaller", "smaller, the same as before"],
)
def test_a_witness_never_goes_back(store: SqliteStore, size: int, text: str, said: str) -> None:
    store.add_witnessed(ORIGIN, size=3, text="size 3")
    store.add_witnessed(ORIGIN, size=10, text="size 10")
    with pytest.raises(StorageError, match=f"{ORIGIN} {said}"):
        store.add_witnessed(ORIGIN, size=size, text=text)
    assert store.witnessed(ORIGIN) == "size 10"


def test_what_a_witness_remembers_is_on_disk_when_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_store(path, create=True)) as one:
        one.add_witnessed(ORIGIN, size=3, text="text")
        with closing(open_store(path)) as other:
            assert other.witnessed(ORIGIN) == "text"


def test_bundles_that_came_are_told_by_receiver_number_and_manifest(store: SqliteStore) -> None:
    for to, sequence, manifest in (("B", 1, AB), ("A", 0, CD), ("B", 0, AB), ("A", 0, CD)):
        store.add_received("PEER", to=to, sequence=sequence, manifest_id=manifest)
    store.add_received("ELSE", to="A", sequence=0, manifest_id=AB)
    assert store.received("PEER") == (
        ReceivedBundle(to="A", sequence=0, manifest_id=CD),
        ReceivedBundle(to="B", sequence=0, manifest_id=AB),
        ReceivedBundle(to="B", sequence=1, manifest_id=AB),
    )
    assert store.received("NOBODY") == ()


def test_two_bundles_with_one_number_are_both_kept(store: SqliteStore) -> None:
    for manifest in (CD, AB):
        store.add_received("PEER", to="A", sequence=7, manifest_id=manifest)
    assert [bundle.manifest_id for bundle in store.received("PEER")] == [AB, CD]


def test_a_number_of_a_bundle_has_one_manifest_or_none(store: SqliteStore) -> None:
    assert [store.next_sequence(to) for to in ("b", "a", "a")] == [0, 0, 1]
    for _ in range(2):
        store.add_exported("a", sequence=1, manifest_id=AB)
    assert store.exported() == (
        ExportedBundle(receiver="a", sequence=0, manifest_id=None),
        ExportedBundle(receiver="a", sequence=1, manifest_id=AB),
        ExportedBundle(receiver="b", sequence=0, manifest_id=None),
    )
    with pytest.raises(StorageError, match="a number of a bundle has one manifest"):
        store.add_exported("a", sequence=1, manifest_id=CD)
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        store.add_exported("a", sequence=2, manifest_id=AB)
    assert store.next_sequence("a") == 2


def test_the_first_sealed_body_of_a_record_stays(store: SqliteStore) -> None:
    store.append(OTHER, [entry(9)])
    store.append(ORIGIN, [entry(number) for number in range(4)])
    store.add_sealed(
        [(entry(number).record_id, b"sealed %d" % number) for number in (1, 3, 9)], by_author=False
    )
    store.add_sealed([(entry(number).record_id, b"otherwise") for number in (0, 1)], by_author=False)
    assert store.sealed(entry(1).record_id) == b"sealed 1"
    assert store.sealed(entry(2).record_id) is None
    assert store.sealed_of(ORIGIN, 0, 4) == {0: b"otherwise", 1: b"sealed 1", 3: b"sealed 3"}
    assert store.sealed_of(ORIGIN, 1, 3) == {1: b"sealed 1"}
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        store.add_sealed(
            [(entry(2).record_id, b"fine"), (entry(77).record_id, b"of no record")], by_author=True
        )
    assert store.sealed(entry(2).record_id) is None


def test_what_the_author_sealed_comes_before_what_somebody_else_brought(store: SqliteStore) -> None:
    store.append(ORIGIN, [entry(number) for number in range(2)])
    record = entry(1).record_id
    store.add_sealed([(record, b"noise of that length")], by_author=False)
    store.add_sealed([(record, b"sealed by its author")], by_author=True)
    store.add_sealed([(record, b"something else again")], by_author=True)
    assert store.sealed(record) == b"sealed by its author"
    assert store.sealed_of(ORIGIN, 0, 9) == {1: b"sealed by its author"}


def test_trust_documents_are_kept_as_they_were(store: SqliteStore) -> None:
    store.add_trust_documents({"trust/trust.json": b"2", "trust/history/1.json": b"1"})
    store.add_trust_documents({"trust/trust.json": b"2"})
    with pytest.raises(StorageError, match=r"other bytes of the trust document trust/trust\.json"):
        store.add_trust_documents({"trust/history/0.json": b"0", "trust/trust.json": b"3"})
    kept = store.trust_documents()
    assert list(kept.items()) == [("trust/history/1.json", b"1"), ("trust/trust.json", b"2")]


def test_no_evidence_pushes_other_evidence_out(store: SqliteStore) -> None:
    for name, data in (("fork", b"a"), ("fork", b"b"), ("bundle", b"c"), ("fork", b"a")):
        store.keep_evidence(name, data)
    found = store.evidence()
    assert set(found) == {("bundle", b"c"), ("fork", b"a"), ("fork", b"b")}
    assert len(found) == 3
    assert [name for name, _ in found] == ["bundle", "fork", "fork"]


def test_all_of_it_goes_with_the_transaction_that_it_was_part_of(store: SqliteStore) -> None:
    def fail_at_the_end() -> None:
        with store.transaction():
            store.append(ORIGIN, [entry(0)])
            store.add_sealed([(entry(0).record_id, b"sealed")], by_author=True)
            store.add_witnessed(ORIGIN, size=1, text="text")
            store.add_exported("a", sequence=store.next_sequence("a"), manifest_id=AB)
            store.add_received("PEER", to="A", sequence=0, manifest_id=AB)
            store.add_trust_documents({"trust/trust.json": b"1"})
            store.keep_evidence("fork", b"proof")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_at_the_end()
    assert store.witnessed(ORIGIN) is None
    assert store.sealed(entry(0).record_id) is None
    assert not any((store.exported(), store.received("PEER"), store.trust_documents(), store.evidence()))
