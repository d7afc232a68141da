"""What a node and its backup leave on disk is for its owner alone, from its creation, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.enrolled import make
from counterseal.app.storage.backup import back_up, restore
from counterseal.app.storage.node_folder import NodePlace, open_place
from counterseal.app.storage.sqlite_store import open_store

NOW = datetime(2030, 1, 10, 12, tzinfo=UTC)
FOR_ALL = {"US.card", "counterseal.toml", "pack.yaml", "backup.json"}
"""What holds nothing that others may not read; their folder keeps it to its owner all the same."""


@pytest.fixture(params=[0, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def others_may(folder: Path) -> dict[str, str]:
    """By path, the modes of what others than its owner may do anything with."""
    return {
        path.relative_to(folder.parent).as_posix(): oct(stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and path.name not in FOR_ALL
    }


def node(tmp_path: Path) -> NodePlace:
    make(tmp_path, "US")
    place = open_place(tmp_path / "US")
    place.secrets().keep("draw/" + "ab" * 32, b"\7" * 32)
    return place


@pytest.mark.usefixtures("umask")
def test_a_node_and_its_store_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = node(tmp_path)
    assert {"store.sqlite", "store.sqlite-wal", "keys.json"} <= {path.name for path in place.folder.iterdir()}
    assert others_may(place.folder) == {}


@pytest.mark.usefixtures("umask")
def test_a_folder_that_was_there_before_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "US").mkdir(mode=0o777)
    assert others_may(node(tmp_path).folder) == {}


@pytest.mark.usefixtures("umask")
def test_a_backup_and_what_is_restored_from_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    place = node(tmp_path)
    back_up(place, tmp_path / "backup", created=NOW)
    assert others_may(tmp_path / "backup") == {}
    restored = restore(tmp_path / "backup", tmp_path / "again", passphrase=None)
    assert others_may(restored.folder) == {}
    assert restored.secrets().names() == place.secrets().names()


@pytest.mark.usefixtures("umask")
def test_a_store_by_itself_and_its_copy_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = open_store(tmp_path / "one.sqlite", create=True)
    store.snapshot(tmp_path / "two.sqlite")
    store.close()
    tmp_path.chmod(0o700)
    assert others_may(tmp_path) == {}
