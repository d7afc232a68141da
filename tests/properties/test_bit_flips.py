"""A bundle is refused by both verifiers when anything in it differs by a single bit, or by a name."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD
from strategies.verdicts import SECOND, Verdict, both_accept, both_refuse, is_no_bundle, write_folder
from strategies.worlds import settled_bundle, spoken

FILES = settled_bundle().files
PATHS = sorted(FILES)
CHECKPOINT = next(path for path in PATHS if path.endswith("/checkpoint"))
SMALL = [CHECKPOINT, *(path for path in PATHS if "/tile/0/" in path or path.startswith("view/"))]
MANIFEST = "bundle.json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(settled_bundle(), tmp_path_factory.mktemp("flips") / "bundle")


@contextmanager
def changed(folder: Path, path: str, data: bytes) -> Iterator[None]:
    """One file holds other bytes for a while."""
    (folder / path).write_bytes(data)
    try:
        yield
    finally:
        (folder / path).write_bytes(FILES[path])


def flipped(data: bytes, position: int, bit: int) -> bytes:
    return data[:position] + bytes((data[position] ^ 1 << bit,)) + data[position + 1 :]


def names_file_and_rule(verdicts: tuple[Verdict, Verdict], path: str) -> None:
    for verdict in verdicts:
        assert {path, repr(path)[1:-1]} & verdict.files(), (path, verdict.failures)
        assert all(rule for _, _, rule in verdict.failures)


def test_the_bundle_itself_is_accepted(folder: Path) -> None:
    """Else every refusal below would mean nothing."""
    trust = spoken().founding.trust
    both_accept(folder)
    both_accept(folder, depth="chain")
    both_accept(folder, trust=[trust.fingerprint])
    both_accept(folder, trust=[trust.party(ARD).fingerprint, str(folder / "trust" / "trust.json")])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(PATHS).flatmap(
        lambda path: st.tuples(st.just(path), st.integers(0, len(FILES[path]) - 1), st.integers(0, 7))
    )
)
def test_any_flipped_bit_in_any_file_is_refused(folder: Path, flip: tuple[str, int, int]) -> None:
    path, position, bit = flip
    with changed(folder, path, flipped(FILES[path], position, bit)):
        names_file_and_rule(both_refuse(folder), path)


@pytest.mark.parametrize("path", SMALL)
def test_every_byte_of_the_small_files_counts(folder: Path, path: str) -> None:
    for position in range(len(FILES[path])):
        with changed(folder, path, flipped(FILES[path], position, position % 8)):
            names_file_and_rule(both_refuse(folder), path)


@pytest.mark.soak
@pytest.mark.parametrize("path", PATHS)
def test_every_byte_of_every_file_counts(folder: Path, path: str) -> None:
    """A bit of every byte, another one each time: all bits of all bytes would take hours."""
    for position in range(len(FILES[path])):
        with changed(folder, path, flipped(FILES[path], position, position % 8)):
            names_file_and_rule(both_refuse(folder), path)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_cut_grown_or_emptied_is_refused(folder: Path, path: str) -> None:
    for data in (FILES[path][:-1], FILES[path] + b"\n", b""):
        with changed(folder, path, data):
            names_file_and_rule(both_refuse(folder), path)


@pytest.mark.parametrize("path", PATHS)
def test_a_missing_file_is_refused(folder: Path, path: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "bundle"))
    (copy / path).unlink()
    names_file_and_rule(both_refuse(copy), path)


@pytest.mark.parametrize("path", PATHS)
def test_a_renamed_file_is_refused_under_both_names(folder: Path, path: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "bundle"))
    (copy / path).rename(copy / f"{path}.old")
    first, second = both_refuse(copy)
    names_file_and_rule((first, second), path)
    names_file_and_rule((first, second), f"{path}.old")


@pytest.mark.parametrize(
    "path",
    [
        "view/unlisted.txt",
        "readme.txt",
        "trust/other.json",
        "logs/readme",
        f"logs/{'0' * 64}/checkpoint",
        CHECKPOINT + "s/1",
        CHECKPOINT + "s/01",
        CHECKPOINT.replace("checkpoint", "tile/1/000.p/1"),
        CHECKPOINT.replace("checkpoint", "tile/entries/000.p/256"),
        "view/.hidden",
        "view/deeper/page.html",
        "View/notes.txt",
        "BUNDLE.JSON",
        "view/a\nb",
    ],
)
def test_an_added_file_is_refused(folder: Path, path: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "bundle"))
    (copy / path).parent.mkdir(parents=True, exist_ok=True)
    (copy / path).write_bytes(b"added")
    names_file_and_rule(both_refuse(copy), path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(PATHS), min_size=2, max_size=2, unique=True))
def test_two_files_that_changed_places_are_refused(folder: Path, pair: list[str]) -> None:
    one, other = pair
    if FILES[one] == FILES[other]:
        return
    with changed(folder, one, FILES[other]), changed(folder, other, FILES[one]):
        verdicts = both_refuse(folder)
        # Without a readable manifest nobody can tell what the other file should have held.
        for path in [MANIFEST] if MANIFEST in pair else pair:
            names_file_and_rule(verdicts, path)


def test_links_folders_in_place_of_files_and_empty_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    for number, path in enumerate(("view/notes.txt", CHECKPOINT, MANIFEST)):
        copy = Path(shutil.copytree(folder, tmp_path / f"link{number}"))
        (copy / path).unlink()
        (copy / path).symlink_to(folder / path)
        names_file_and_rule(both_refuse(copy), path)
    copy = Path(shutil.copytree(folder, tmp_path / "folder"))
    (copy / "view/notes.txt").unlink()
    (copy / "view/notes.txt").mkdir()
    for verdict in both_refuse(copy):
        assert "view/notes.txt" in {str(file).rstrip("/") for _, file, _ in verdict.failures}
    copy = Path(shutil.copytree(folder, tmp_path / "linked-folder"))
    shutil.rmtree(copy / "view")
    (copy / "view").symlink_to(folder / "view", target_is_directory=True)
    names_file_and_rule(both_refuse(copy), "view")
    copy = Path(shutil.copytree(folder, tmp_path / "pipe"))
    os.mkfifo(copy / "view" / "pipe")
    names_file_and_rule(both_refuse(copy), "view/pipe")


def test_a_bundle_nested_without_end_is_refused_not_followed(folder: Path, tmp_path: Path) -> None:
    """Folders deeper than a program's stack: made step by step, as no single path can name them all."""
    copy = Path(shutil.copytree(folder, tmp_path / "deep"))
    here = Path.cwd()
    try:
        os.chdir(copy / "view")
        for _ in range(1500):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)
    try:
        assert {"names"} == {name for verdict in both_refuse(copy) for name in verdict.refused}
    finally:
        subprocess.run(["rm", "-rf", str(copy)], check=True)


def test_as_programs_both_say_it_with_exit_status_1_and_no_traceback(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "bundle"))
    target = copy / "view/notes.txt"
    target.write_bytes(flipped(target.read_bytes(), 3, 0))
    first = [sys.executable, "-m", "counterseal", "verify", str(copy)]
    second = [sys.executable, "-I", str(SECOND), str(copy)]
    for command in (first, second):
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
        assert done.returncode == 1, done.stderr
        assert "view/notes.txt" in done.stdout
        assert done.stdout.rstrip().splitlines()[-1].strip() == "NOT VERIFIED"
        assert "Traceback" not in done.stderr


def test_what_is_no_bundle_at_all_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"hello")
    for path in (tmp_path / "empty", tmp_path / "file", tmp_path / "absent"):
        assert is_no_bundle(path)
        command = [sys.executable, "-I", str(SECOND), str(path)]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 3
