"""A full disk: said so, nothing half stored, and the work goes on when there is room again."""

import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from app.storage.small_disk import fill, free_bytes, mounted
from app.storage.world import FIRST, clock, entry, files_up_to, names, new_node, say
from counterseal.app.storage.bundle_folder import new_bundle, open_bundle
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.node_folder import open_node
from counterseal.app.storage.sqlite_store import SqliteStore, open_store
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.export_bundle import export_bundle
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry

FULL = r"disk is full|disk I/O error"
ORIGIN = "example.org/first/log"


def say_until_it_fails(node: Node) -> list[str]:
    """Append groups of three until the disk is full; return the ids that were acknowledged."""
    said: list[str] = []
    for turn in range(10_000):
        try:
            said += say(node, count=3, salt=f"turn {turn}", length=5000)
        except StorageError as error:
            if not re.search(FULL, str(error)):
                raise
            return said
    raise AssertionError("the disk never got full")


def require_whole(node: Node, said: list[str]) -> None:
    """Everything acknowledged is there; whatever more is there is a whole group, and hashes to its leaves."""
    stored = list(node.store.entries(node.log.origin))
    assert [found.record_id for found in stored][: len(said)] == said
    assert len(stored) - len(said) in (0, 3)
    leaves = [sha256(b"\0" + found.envelope).digest() for found in stored]
    assert list(node.store.leaves(node.log.origin)) == leaves
    assert all(found.opening for found in stored)
    assert isinstance(node.store, SqliteStore)
    assert node.store.problems() == ()
    newest = node.newest(node.log.origin)
    assert newest is not None
    assert node.tree(node.log.origin).root(newest[0].size) == newest[0].root


def test_a_store_on_a_full_disk_keeps_what_it_acknowledged_and_goes_on(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"\0" * 300_000)
        node = new_node(disk / "node")
        said = say_until_it_fails(node)
        assert len(said) > 9
        require_whole(node, said)
        with pytest.raises(StorageError, match=FULL):
            say(node, count=3, salt="still full", length=200_000)
        ballast.unlink()
        said = [found.record_id for found in node.store.entries(node.log.origin)]
        said += say(node, count=3, salt="room again")
        require_whole(node, said)
        node.store.close()
        again = open_node(disk / "node")
        require_whole(again, said)
        again.store.close()


def test_a_store_that_was_left_on_a_full_disk_opens_when_there_is_room(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        node = new_node(disk / "node")
        said = say_until_it_fails(node)
        fill(disk)
        assert free_bytes(disk) == 0
        node.store.close()
        (disk / "ballast").unlink()
        again = open_node(disk / "node")
        require_whole(again, said)
        again.store.close()


def test_a_store_whose_file_may_not_grow_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    node = new_node(tmp_path / "node")
    with files_up_to(500_000):
        said = say_until_it_fails(node)
        assert len(said) > 9
        require_whole(node, said)
    said = [found.record_id for found in node.store.entries(node.log.origin)]
    said += say(node, count=3, salt="room again")
    require_whole(node, said)
    node.store.close()


def test_one_group_that_does_not_fit_is_not_there_in_part(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.sqlite", create=True)
    store.append(ORIGIN, [entry(0)])
    big = [
        NewEntry(
            record_id=f"{number:064x}",
            kind="k",
            feed="cc" * 32,
            seq=number,
            envelope=b"x" * 9000,
            opening=None,
        )
        for number in range(400)
    ]

    def append_in_halves() -> None:
        with store.transaction():
            store.append(ORIGIN, big[:200])
            store.append(ORIGIN, big[200:])

    with files_up_to(1_000_000), pytest.raises(StorageError, match=FULL):
        append_in_halves()
    assert [found.record_id for found in store.entries(ORIGIN)] == [entry(0).record_id]
    assert store.append(ORIGIN, big) == 1
    store.close()


def test_a_bundle_on_a_full_disk_is_none(tmp_path: Path) -> None:
    node = new_node(tmp_path / "node", party=FIRST)
    for turn in range(12):
        say(node, count=3, salt=f"turn {turn}", length=2000)
    with mounted(tmp_path / "disk") as disk:
        ballast = fill(disk)
        for keep in (1_044_480, 1_000_000, 900_000):  # there is room for a file, for some, for most of them
            with suppress(FileNotFoundError), ballast.open("rb+") as file:
                file.truncate(keep)
            with pytest.raises(StorageError, match="No space left"), new_bundle(disk / "bundle") as folder:
                export_bundle(node, folder, clock=clock())
            assert names(disk) == ["ballast"]
        ballast.unlink()
        with new_bundle(disk / "bundle") as folder:
            export_bundle(node, folder, clock=clock())
        result = verify_bundle(open_bundle(disk / "bundle"))
        assert {check.name for check in result.checks if check.held is False} == {"settled"}
    node.store.close()
