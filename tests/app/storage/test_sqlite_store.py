"""Opening, closing and failing: what a store is on disk, and what it says when it cannot be used."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.small_disk import make_read_only, mounted
from app.storage.world import entry, names, note
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import APPLICATION, VERSION, SqliteStore, open_store

ORIGIN = "example.org/first/log"


def new_store(path: Path, *, count: int = 3) -> Path:
    with closing(open_store(path, create=True)) as store:
        store.append(ORIGIN, [entry(number) for number in range(count)])
    return path


def contents(store: SqliteStore) -> list[tuple[int, str]]:
    return [(found.index, found.record_id) for found in store.entries(ORIGIN)]


def test_what_was_acknowledged_is_on_disk_already(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_store(path, create=True)) as store:
        pragma = {
            name: store._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "foreign_keys", "user_version", "application_id")
        }
        assert pragma == {
            "synchronous": 2,
            "journal_mode": "wal",
            "foreign_keys": 1,
            "user_version": VERSION,
            "application_id": APPLICATION,
        }
    with closing(open_store(path)) as store:
        assert store._db.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert store._db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_closed_store_is_one_file(tmp_path: Path) -> None:
    new_store(tmp_path / "store.sqlite")
    assert names(tmp_path) == ["store.sqlite"]


def test_a_store_says_the_same_after_it_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_store(path, create=True)) as store:
        store.append(ORIGIN, [entry(number, opening=b"o" if number % 2 else None) for number in range(2500)])
        store.add_checkpoint(ORIGIN, size=2500, note=note(ORIGIN, size=2500, signers=(ORIGIN, "w")))
        before = list(store.entries(ORIGIN)), list(store.leaves(ORIGIN)), store.checkpoints(ORIGIN)
    with closing(open_store(path)) as store:
        assert (list(store.entries(ORIGIN)), list(store.leaves(ORIGIN)), store.checkpoints(ORIGIN)) == before
        assert [found.index for found in store.entries(ORIGIN, 1020, 1030)] == list(range(1020, 1030))
        assert store.find(entry(2000).record_id) == before[0][2000]
        assert store.find("00" * 32) is None
        assert store.count() == store.size(ORIGIN) == 2500
        assert store.problems() == ()


@pytest.mark.parametrize("wrong", ["duplicate", "exception", "interrupt"])
def test_a_group_is_stored_whole_or_not_at_all(tmp_path: Path, wrong: str) -> None:
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        store.append(ORIGIN, [entry(0)])
        kind = {"duplicate": StorageError, "exception": RuntimeError, "interrupt": KeyboardInterrupt}[wrong]

        def fail_at_the_end() -> None:
            with store.transaction():
                store.append(ORIGIN, [entry(1), entry(2)])
                store.add_checkpoint(ORIGIN, size=3, note=note(ORIGIN, size=3))
                store.next_sequence("public")
                if wrong == "duplicate":
                    store.append(ORIGIN, [entry(3), entry(0)])
                raise kind

        with pytest.raises(kind):
            fail_at_the_end()
        assert contents(store) == [(0, entry(0).record_id)]
        assert store.checkpoints(ORIGIN) == ()
        assert store.next_sequence("public") == 0
        store.append(ORIGIN, [entry(1)])
        assert store.size(ORIGIN) == 2


def test_another_writer_waits_and_then_says_that_the_store_is_in_use(tmp_path: Path) -> None:
    path = new_store(tmp_path / "store.sqlite")
    with closing(open_store(path)) as one, closing(open_store(path)) as other:
        other._db.execute("PRAGMA busy_timeout = 50")
        with one.transaction():
            one.append(ORIGIN, [entry(3)])
            assert other.size(ORIGIN) == 3
            with pytest.raises(StorageError, match="locked"):
                other.append(ORIGIN, [entry(4)])
        other.append(ORIGIN, [entry(4)])
        assert one.size(ORIGIN) == 5


def test_a_missing_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"store\.sqlite: no such store"):
        open_store(tmp_path / "store.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_not_made_twice(tmp_path: Path) -> None:
    path = new_store(tmp_path / "store.sqlite")
    with pytest.raises(StorageError, match="is there already"):
        open_store(path, create=True)


def _other_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE t (a); PRAGMA user_version = {VERSION};")


def _newer(path: Path) -> None:
    new_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA journal_mode = DELETE; PRAGMA user_version = {VERSION + 1};")


def _older_than_any(path: Path) -> None:
    new_store(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode = DELETE; PRAGMA user_version = 0;")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_bytes(b""), "not a store of this program"),
        (lambda path: path.write_bytes(b"party,as_of,deployed\n" * 400), "not a database"),
        (_other_program, "not a store of this program"),
        (_newer, f"store of version {VERSION + 1}, this program knows versions 1 to {VERSION}"),
        (_older_than_any, f"store of version 0, this program knows versions 1 to {VERSION}"),
        (lambda path: path.mkdir(), "unable to open"),
    ],
    ids=["empty", "text", "of another program", "of a later version", "of no version", "folder"],
)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(
    tmp_path: Path, make: object, said: str
) -> None:
    path = tmp_path / "store.sqlite"
    assert callable(make)
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StorageError, match=said) as caught:
        open_store(path)
    assert str(path) in str(caught.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert names(tmp_path) == ["store.sqlite"]


def test_a_store_below_a_file_or_in_no_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file" / "store.sqlite", tmp_path / "none" / "store.sqlite"):
        with pytest.raises(StorageError, match="cannot be opened: unable to open"):
            open_store(path, create=True)


def test_a_store_on_a_read_only_disk_is_refused(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        new_store(disk / "store.sqlite")
        make_read_only(disk)
        for path, create in ((disk / "store.sqlite", False), (disk / "new.sqlite", True)):
            with pytest.raises(StorageError, match=str(path)):
                open_store(path, create=create)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; a read-only disk is tried instead")
def test_a_store_in_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="unable to open"):
            open_store(tmp_path / "store.sqlite", create=True)
    finally:
        tmp_path.chmod(0o700)


def test_a_damaged_store_is_told_and_nothing_is_made_up(tmp_path: Path) -> None:
    path = new_store(tmp_path / "store.sqlite", count=400)
    data = bytearray(path.read_bytes())
    for start in range(len(data) // 2 & ~4095, len(data), 4096):
        data[start : start + 512] = b"\xff" * 512
    path.write_bytes(data)
    with closing(open_store(path)) as store:
        assert store.problems()
        with pytest.raises(StorageError, match="malformed"):
            list(store.entries(ORIGIN))
        with pytest.raises(StorageError, match="malformed"):
            list(store.leaves(ORIGIN))
        with pytest.raises(StorageError, match="malformed"):
            store.append(ORIGIN, [entry(number) for number in range(1000, 1400)])


def test_a_store_cut_short_is_told(tmp_path: Path) -> None:
    path = new_store(tmp_path / "store.sqlite", count=400)
    path.write_bytes(path.read_bytes()[: 5 * 4096])
    with pytest.raises(StorageError, match="malformed"), closing(open_store(path)) as store:
        list(store.entries(ORIGIN))
