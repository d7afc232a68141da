"""Killed at every write: what is found afterwards is what was there before, or all that was to come.

Power that fails takes more than a kill does: what was written and not synced. For SQLite's own file
``tests/stories/test_killed.py`` cuts its log at every byte; for the files that this program names itself, the
last test here shows that bytes are synced before they get their name, and the name before it is acknowledged.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.write_boundary import can_arm
from app.storage.zips import GOOD
from counterseal.app.storage.bundle_zip import write_bundle_zip
from counterseal.app.storage.secrets_folder import open_secrets
from counterseal.app.storage.sqlite_store import open_store
from counterseal.services.memory_bundle import MemoryBundle
from stories.programs import TESTS, run_python

EXPECTED = {  # before, after one deed, after two
    "append": ("5", "10", "15"),
    "import": ("0", "1", "2"),
    "witness": ("five", "six", "six"),
    "migrate": ("1", "2", "2"),
    "snapshot": ("none", "5", "5"),
    "secret": ("none", "kept", "kept"),
    "zip": ("none", "True", "True"),
    "restore": ("none", "recovering", "recovering"),
    "enrol": ("none", "enrolled", "enrolled"),
}


@pytest.mark.skipif(not can_arm(), reason="SQLite's system calls cannot be reached in this Python")
@pytest.mark.parametrize("deed", EXPECTED)
def test_killed_at_every_write(tmp_path: Path, deed: str) -> None:
    done = run_python(TESTS / "app" / "storage" / "crasher.py", deed, tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    before, once, twice = EXPECTED[deed]
    found = [str(row["found"]).split()[0] for row in rows]
    assert len(rows) > 5, "the deed was over before it was killed"
    assert [row["lived"] for row in rows] == [False] * (len(rows) - 1) + [True]
    assert {str(row["before"]).split()[0] for row in rows} == {before}
    assert found == [before] * found.count(before) + [once] * found.count(once)
    assert found[0] == before
    assert found[-1] == once
    for row, state in zip(rows, found, strict=True):
        after = str(row["after"]).split()[0]
        assert after == (once if state == before else twice), "the work did not go on after the restart"
    assert len({row["found"] for row in rows}) == 2


def put_snapshot(folder: Path) -> Path:
    with_entries = open_store(Path(":memory:"))
    with_entries.add_witnessed("example.org/log", size=1, text="text")
    with_entries.snapshot(folder / "copy.sqlite")
    return folder / "copy.sqlite"


def put_secret(folder: Path) -> Path:
    open_secrets(folder).keep("draw/abc", b"secret")
    return folder / "secrets" / "draw" / "abc"


def put_zip(folder: Path) -> Path:
    files = {part.name.decode(): part.data for part in GOOD}
    write_bundle_zip(MemoryBundle(files=files), folder / "bundle.zip")
    return folder / "bundle.zip"


@pytest.mark.parametrize("put", [put_snapshot, put_secret, put_zip])
def test_bytes_are_synced_before_they_get_their_name_and_the_name_before_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, put: Callable[[Path], Path]
) -> None:
    events: list[tuple[str, int, int]] = []
    fsync, rename, mkdir = os.fsync, os.rename, os.mkdir

    def seen_fsync(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        events.append(("sync", status.st_ino, status.st_size))

    def seen_rename(source: Path, target: Path) -> None:
        status = source.stat()
        events.append(("name", status.st_ino, status.st_size))
        rename(source, target)

    def seen_mkdir(path: Path, mode: int) -> None:
        mkdir(path, mode)
        events.append(("folder", path.parent.stat().st_ino, 0))

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "rename", seen_rename)
    monkeypatch.setattr(os, "mkdir", seen_mkdir)
    path = put(tmp_path)
    file, folder = path.stat(), path.parent.stat().st_ino
    named = events.index(("name", file.st_ino, file.st_size))
    assert ("sync", file.st_ino, file.st_size) in events[:named]
    assert [kind for kind, inode, _ in events[named + 1 :] if inode == folder] == ["sync"]
    for number, (kind, inode, _) in enumerate(events):
        if kind == "folder":
            assert any((more[0], more[1]) == ("sync", inode) for more in events[number + 1 :])
