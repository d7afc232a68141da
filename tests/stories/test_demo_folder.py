"""Where the demonstration may write: a new or empty folder, or one that it made itself; anything else stays untouched."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from app.storage.small_disk import fill, make_read_only, mounted
from app.storage.world import files_up_to, names
from counterseal.app.demo import MARK, Material, run_demo
from counterseal.app.storage.errors import StorageError
from counterseal.treaty.load import packaged_pack, packaged_pack_text
from counterseal.treaty.published import packaged_published
from stories.programs import run_counterseal

ENVIRONMENT = 4
MATERIAL = Material(
    pack=packaged_pack("new-start"),
    pack_bytes=packaged_pack_text("new-start"),
    published=packaged_published("new-start"),
)


class Reached(Exception):  # noqa: N818 -- a place, not an error
    """The folder was taken; nothing is left to be seen."""


def claim(out: Path) -> None:
    """Run the demonstration up to the point where it has taken its folder."""

    def stop(_step: str, _day: object) -> None:
        raise Reached

    run_demo(out, MATERIAL, seed=0, progress=stop)


def tree(folder: Path) -> dict[str, str]:
    """Everything below a folder, links as links."""
    return {
        path.relative_to(folder).as_posix(): (
            f"-> {path.readlink()}"
            if path.is_symlink()
            else sha256(path.read_bytes()).hexdigest()
            if path.is_file()
            else "folder"
        )
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("held", ["letter.txt", ".hidden", "bundle/", "summary.json", "nodes/"])
def test_a_folder_that_is_not_its_own_is_refused_and_left_as_it_is(tmp_path: Path, held: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / held).mkdir() if held.endswith("/") else (out / held).write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(StorageError, match=f"{out}: is not empty, and not a demonstration"):
        claim(out)
    assert tree(tmp_path) == before


def test_the_command_says_so_and_ends_with_4(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    before = tree(tmp_path)
    done = run_counterseal("demo", "--out", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (ENVIRONMENT, "")
    assert "is not empty, and not a demonstration; name another folder with --out" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(tmp_path) == before


def test_its_own_folder_with_somebody_s_file_is_refused_and_left_as_it_is(
    demo_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(demo_folder, out)
    for name in ("letter.txt", ".notes", "bundle2"):
        (out / name).write_text("mine")
        before = tree(out)
        with pytest.raises(StorageError, match=f"holds '{name}', which the demonstration did not make"):
            claim(out)
        assert tree(out) == before
        (out / name).unlink()


def test_its_own_folder_is_cleared_and_links_in_it_are_not_followed(
    demo_folder: Path, tmp_path: Path
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    shutil.copytree(demo_folder, out)
    outside.mkdir()
    (outside / "letter.txt").write_text("mine")
    shutil.rmtree(out / "nodes")
    (out / "nodes").symlink_to(outside)
    (out / "summary.json").unlink()
    (out / "summary.json").symlink_to(outside / "letter.txt")
    (out / MARK).unlink()
    (out / MARK).symlink_to(outside / "letter.txt")
    with pytest.raises(Reached):
        claim(out)
    assert names(out) == [MARK]
    assert tree(outside) == {"letter.txt": sha256(b"mine").hexdigest()}


@pytest.mark.parametrize("kind", ["missing", "missing parents", "empty", "link to empty"])
def test_a_new_or_empty_folder_is_taken_and_marked(tmp_path: Path, kind: str) -> None:
    out = tmp_path / ("a/b/c" if kind == "missing parents" else "out")
    if kind == "empty":
        out.mkdir()
    if kind == "link to empty":
        (tmp_path / "real").mkdir()
        out.symlink_to("real")
    with pytest.raises(Reached):
        claim(out)
    assert names(out) == [MARK]
    with pytest.raises(Reached):
        claim(out)


def test_a_link_to_somebody_s_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "letter.txt").write_text("mine")
    (tmp_path / "out").symlink_to("real")
    before = tree(tmp_path)
    with pytest.raises(StorageError, match="is not empty, and not a demonstration"):
        claim(tmp_path / "out")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("kind", ["file", "below a file", "link to nowhere", "pipe", "name too long"])
def test_what_cannot_be_a_folder_is_refused_with_4(tmp_path: Path, kind: str) -> None:
    out = tmp_path / ("n" * 300 if kind == "name too long" else "out")
    if kind in ("file", "below a file"):
        out.write_text("mine")
        out = out / "demo" if kind == "below a file" else out
    elif kind == "link to nowhere":
        out.symlink_to("nowhere")
    elif kind == "pipe":
        os.mkfifo(out)
    before = names(tmp_path)
    done = run_counterseal("demo", "--out", out, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (ENVIRONMENT, ""), done.stderr
    assert str(out) in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr
    assert names(tmp_path) == before


def test_a_read_only_disk_is_refused_with_4(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        make_read_only(disk)
        done = run_counterseal("demo", "--out", disk / "out")
        assert done.returncode == ENVIRONMENT
        assert "Read-only file system" in done.stderr


def test_a_full_disk_is_told_with_4_and_the_folder_can_be_used_again(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", size="300k") as disk:
        for _ in range(2):
            done = run_counterseal("demo", "--out", disk / "out")
            assert done.returncode == ENVIRONMENT
            assert "full" in done.stderr or "No space left" in done.stderr or "disk I/O" in done.stderr
            assert "Traceback" not in done.stderr
            assert not (disk / "out" / "bundle").exists()
        ballast = fill(disk)
        ballast.unlink()
        with pytest.raises(Reached):
            claim(disk / "out")


def test_a_demonstration_that_does_not_fit_leaves_its_mark_so_that_it_can_be_run_again(
    tmp_path: Path,
) -> None:
    with files_up_to(60_000), pytest.raises(StorageError):
        run_demo(tmp_path / "out", MATERIAL, seed=0, progress=lambda _step, _day: None)
    assert MARK in names(tmp_path / "out")
    assert not (tmp_path / "out" / "bundle").exists()
    with pytest.raises(Reached):
        claim(tmp_path / "out")
