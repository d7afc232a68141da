"""A bundle as a folder: links are not followed, odd files do not hang, and it is written whole or not at all."""

import os
from pathlib import Path

import pytest

from app.storage.world import clock, files_up_to, names, new_node, say
from counterseal.app.storage.bundle_folder import BundleFolder, new_bundle, open_bundle
from counterseal.app.storage.errors import StorageError
from counterseal.records.errors import NoBundleError, RecordError
from counterseal.records.verification.source import FoundName
from counterseal.services.export_bundle import export_bundle


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with new_bundle(tmp_path / "bundle") as folder:
        folder.write("bundle.json", b"{}")
        folder.write("logs/a/b", b"12345")
        assert not (tmp_path / "bundle").exists()
    folder = open_bundle(tmp_path / "bundle")
    assert [(name.path, name.kind, name.size) for name in folder.names()] == [
        ("bundle.json", "file", 2),
        ("logs/a/b", "file", 5),
    ]
    assert folder.read("logs/a/b", most=5) == b"12345"
    with pytest.raises(RecordError, match="larger than 4 bytes"):
        folder.read("logs/a/b", most=4)
    assert names(tmp_path) == ["bundle"]


def test_links_pipes_and_folders_are_named_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    root = tmp_path / "bundle"
    (root / "logs").mkdir(parents=True)
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "up").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    folder = open_bundle(root)
    assert folder.names() == (
        FoundName(path="link", kind="other", size=(root / "link").lstat().st_size),
        FoundName(path="logs", kind="empty-folder", size=0),
        FoundName(path="pipe", kind="other", size=0),
        FoundName(path="up", kind="other", size=(root / "up").lstat().st_size),
    )
    for name in ("link", "pipe", "logs", "none", "up"):
        with pytest.raises(RecordError, match="cannot be read"):
            folder.read(name, most=100)
        with pytest.raises(RecordError, match="cannot be read"):
            folder.digest(name, most=100)


def test_a_name_that_is_no_text_is_still_named(tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    (root / "logs").mkdir(parents=True)
    try:
        (Path(os.fsdecode(os.fsencode(root) + b"/logs/\xff"))).write_bytes(b"x")
    except OSError:
        pytest.skip("this disk takes no such names")
    assert [name.path for name in open_bundle(root).names()] == ["logs/\\xff"]


@pytest.mark.parametrize("what", ["nothing", "file", "empty folder", "folder of something else"])
def test_a_path_that_is_no_bundle_at_all(tmp_path: Path, what: str) -> None:
    path = tmp_path / "bundle"
    if what == "file":
        path.write_bytes(b"")
    elif what != "nothing":
        path.mkdir()
    if what == "folder of something else":
        (path / "letters").mkdir()
    with pytest.raises(NoBundleError, match=str(path)):
        open_bundle(path)


def test_a_bundle_is_never_written_over(tmp_path: Path) -> None:
    for kind in ("folder", "file", "link"):
        path = tmp_path / kind
        if kind == "link":
            path.symlink_to("nowhere")
        else:
            (path.mkdir if kind == "folder" else path.touch)()
        with pytest.raises(StorageError, match="is there already"), new_bundle(path):
            pass
        assert os.path.lexists(path)


@pytest.mark.parametrize("wrong", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_bundle_leaves_nothing(tmp_path: Path, wrong: type[BaseException]) -> None:
    def interrupted() -> None:
        with new_bundle(tmp_path / "bundle") as folder:
            folder.write("bundle.json", b"{}")
            raise wrong

    with pytest.raises(wrong):
        interrupted()
    assert names(tmp_path) == []


def test_what_a_killed_export_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    part = tmp_path / ".bundle.part"
    part.mkdir()
    (part / "stale").write_bytes(b"stale")
    with new_bundle(tmp_path / "bundle") as folder:
        folder.write("bundle.json", b"{}")
    assert [name.path for name in BundleFolder(tmp_path / "bundle").names()] == ["bundle.json"]
    assert names(tmp_path) == ["bundle"]


def test_a_bundle_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"cannot be made"), new_bundle(tmp_path / "file" / "bundle"):
        pass


@pytest.mark.parametrize("size_bytes", [0, 1000, 4000])
def test_a_bundle_that_does_not_fit_is_none_and_the_next_one_is_whole(
    tmp_path: Path, size_bytes: int
) -> None:
    node = new_node(tmp_path / "node")
    say(node, count=10, salt="a")
    say(node, count=10, salt="b")

    def export() -> None:
        with new_bundle(tmp_path / "bundle") as folder:
            export_bundle(node, folder, clock=clock(), to=(f"limit-{size_bytes}",))

    node.store.next_sequence("grow the log of the store before the limit")
    with pytest.raises(StorageError), files_up_to(size_bytes):
        export()
    assert names(tmp_path) == ["node"]
    export()
    assert (tmp_path / "bundle" / "bundle.json").is_file()
    node.store.close()
