"""A store of an earlier version is brought up to date where it lies, and keeps every byte."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.storage.old_store import COUNT, ORIGIN, make_old_store, rows_of, schema_of, version_of
from app.storage.small_disk import fill, make_read_only, mounted
from app.storage.world import entry, names
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.migrations import bring_up_to_date
from counterseal.app.storage.sqlite_store import VERSION, open_store
from counterseal.services.ports import ExportedBundle


def test_a_store_of_version_1_keeps_every_byte_and_can_do_all_that_a_new_one_can(tmp_path: Path) -> None:
    path = make_old_store(tmp_path / "store.sqlite")
    before = rows_of(path)
    with closing(open_store(path)) as store:
        assert rows_of(path) == before
        stored = list(store.entries(ORIGIN))
        assert [found.record_id for found in stored] == [entry(number).record_id for number in range(COUNT)]
        assert stored[0].opening == b"late"
        assert store.exported() == (
            ExportedBundle(receiver="public", sequence=0, manifest_id=None),
            ExportedBundle(receiver="public", sequence=1, manifest_id=None),
        )
        store.append(ORIGIN, [entry(COUNT)])
        store.add_sealed(
            [(entry(COUNT).record_id, b"sealed"), (entry(0).record_id, b"sealed")], by_author=True
        )
        store.add_exported("public", sequence=1, manifest_id="ab" * 32)
        assert store.next_sequence("public") == 2
        store.add_witnessed(ORIGIN, size=41, text="text")
        assert store.problems() == ()
    assert version_of(path) == VERSION
    assert names(tmp_path) == ["store.sqlite"]


def test_an_old_store_that_was_brought_up_to_date_is_made_like_a_new_one(tmp_path: Path) -> None:
    old, new = make_old_store(tmp_path / "old.sqlite"), tmp_path / "new.sqlite"
    open_store(old).close()
    open_store(new, create=True).close()
    assert schema_of(old) == schema_of(new)


def test_what_was_released_is_not_edited(tmp_path: Path) -> None:
    """The tables and triggers of version 1 stand in a new store as they stood in an old one."""
    old, new = make_old_store(tmp_path / "old.sqlite"), tmp_path / "new.sqlite"
    open_store(new, create=True).close()
    assert schema_of(old) <= schema_of(new)


def test_old_rows_are_better_guarded_than_before(tmp_path: Path) -> None:
    path = make_old_store(tmp_path / "store.sqlite")
    replace = "INSERT OR REPLACE INTO checkpoint (rowid, origin, size, text) VALUES (1, 'other', 0, 'other')"
    open_store(path).close()
    with (
        closing(sqlite3.connect(path)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="append-only: checkpoint"),
    ):
        raw.execute(replace)


def test_bringing_up_to_date_happens_once(tmp_path: Path) -> None:
    path = make_old_store(tmp_path / "store.sqlite")
    open_store(path).close()
    before = path.read_bytes()
    open_store(path).close()
    assert path.read_bytes() == before


def test_two_programs_that_open_an_old_store_at_once_both_find_a_new_one(tmp_path: Path) -> None:
    """The one that comes second has read that the store is old, waits for the lock, and finds the work done."""
    path = make_old_store(tmp_path / "store.sqlite")

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, values: Any = ()) -> sqlite3.Cursor:
            if sql == "BEGIN IMMEDIATE":
                open_store(path).close()
            return super().execute(sql, values)

    with closing(sqlite3.connect(path, isolation_level=None, factory=Slow)) as slow:
        bring_up_to_date(slow)
    assert version_of(path) == VERSION
    assert rows_of(path)["entry"]


def test_an_old_store_on_a_full_disk_stays_old_and_whole_until_there_is_room(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        path = make_old_store(disk / "store.sqlite")
        before = rows_of(path)
        ballast = fill(disk)
        with ballast.open("rb+") as file:
            file.truncate(ballast.stat().st_size - 40_000)
        with pytest.raises(StorageError, match=r"store\.sqlite: .*(full|disk I/O)"):
            open_store(path)
        ballast.unlink()
        assert version_of(path) == 1
        assert rows_of(path) == before
        open_store(path).close()
        assert version_of(path) == VERSION
        assert rows_of(path) == before


def test_an_old_store_on_a_read_only_disk_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        path = make_old_store(disk / "store.sqlite")
        before = path.read_bytes()
        make_read_only(disk)
        with pytest.raises(StorageError, match=r"store\.sqlite"):
            open_store(path)
        assert path.read_bytes() == before
