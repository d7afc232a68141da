"""A copy of a store in use: one moment of it, whole or not there."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.storage.old_store import rows_of
from app.storage.small_disk import fill, make_read_only, mounted
from app.storage.test_append_only import TABLES
from app.storage.world import entry, names
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.sqlite_store import open_store

ORIGIN = "example.org/first/log"


def test_a_copy_of_a_store_in_use_opens_and_holds_the_same(tmp_path: Path) -> None:
    path, copy = tmp_path / "store.sqlite", tmp_path / "copy.sqlite"
    with closing(open_store(path, create=True)) as store:
        store.append(ORIGIN, [entry(number, opening=b"o" * 500) for number in range(500)])
        store.add_witnessed(ORIGIN, size=500, text="text")
        store.snapshot(copy)
        assert (tmp_path / "store.sqlite-wal").stat().st_size > 0, "all was in the main file; shows nothing"
        assert rows_of(copy, TABLES) == rows_of(path, TABLES)
    assert names(tmp_path) == ["copy.sqlite", "store.sqlite"]
    with closing(open_store(copy)) as again:
        assert again.problems() == ()
        again.append(ORIGIN, [entry(500)])
        assert again.size(ORIGIN) == 501


def test_a_store_in_memory_can_be_copied_to_a_disk(tmp_path: Path) -> None:
    store = open_store(Path(":memory:"))
    store.append(ORIGIN, [entry(0)])
    store.snapshot(tmp_path / "copy.sqlite")
    with closing(open_store(tmp_path / "copy.sqlite")) as again:
        assert again.find(entry(0).record_id) == store.find(entry(0).record_id)


def test_nothing_is_copied_that_may_still_be_taken_back(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        with store.transaction():
            store.append(ORIGIN, [entry(0)])
            with pytest.raises(StorageError, match="in the middle of a transaction"):
                store.snapshot(tmp_path / "copy.sqlite")
        with closing(open_store(tmp_path / "store.sqlite")) as other, other.transaction():
            other.append(ORIGIN, [entry(1)])
            store.snapshot(tmp_path / "copy.sqlite")
    assert len(rows_of(tmp_path / "copy.sqlite")["entry"]) == 1


def test_a_copy_is_one_moment_while_another_program_writes(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with closing(open_store(path, create=True)) as store:
        stop = threading.Event()

        def write() -> None:
            with closing(open_store(path)) as other:
                for turn in range(0, 100_000, 3):
                    other.append(ORIGIN, [entry(turn + number) for number in range(3)])
                    if stop.is_set():
                        return

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(10):
                store.snapshot(tmp_path / f"copy-{number}.sqlite")
        finally:
            stop.set()
            writer.join()
    sizes = []
    for number in range(10):
        with closing(open_store(tmp_path / f"copy-{number}.sqlite")) as copy:
            assert copy.problems() == ()
            sizes.append(copy.size(ORIGIN))
    assert all(size % 3 == 0 for size in sizes)
    assert sizes == sorted(sizes)


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "file").write_bytes(b"kept")
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        for name in ("link", "file"):
            with pytest.raises(StorageError, match=f"{name}: is there already"):
                store.snapshot(tmp_path / name)
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_a_copy_on_a_full_or_read_only_disk_is_none(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        store.append(ORIGIN, [entry(number, opening=b"o" * 5000) for number in range(100)])
        with mounted(tmp_path / "disk") as disk:
            ballast = fill(disk)
            for keep in (1_044_480, 900_000, 700_000):
                with ballast.open("rb+") as file:
                    file.truncate(keep)
                with pytest.raises(StorageError, match=r"copy of the store cannot be made.*(full|I/O)"):
                    store.snapshot(disk / "copy.sqlite")
                assert names(disk) == ["ballast"]
            ballast.unlink()
            store.snapshot(disk / "copy.sqlite")
            assert rows_of(disk / "copy.sqlite", TABLES) == rows_of(tmp_path / "store.sqlite", TABLES)
            make_read_only(disk)
            with pytest.raises(StorageError, match="copy of the store cannot be made"):
                store.snapshot(disk / "again.sqlite")


def test_what_a_killed_copy_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    for ending in ("", "-journal", "-wal"):
        (tmp_path / f".copy.sqlite.part{ending}").write_bytes(b"stale" * 1000)
    with closing(open_store(tmp_path / "store.sqlite", create=True)) as store:
        store.append(ORIGIN, [entry(0)])
        store.snapshot(tmp_path / "copy.sqlite")
    assert names(tmp_path) == ["copy.sqlite", "store.sqlite"]
    with closing(open_store(tmp_path / "copy.sqlite")) as copy:
        assert copy.problems() == ()
