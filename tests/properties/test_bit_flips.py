"""A bundle is refused by both verifiers when anything in it differs by a single bit, or by a name."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD
from counterseal.services.memory_bundle import MemoryBundle
from strategies.verdicts import (
    READ_BY_BOTH,
    SECOND,
    Verdict,
    both_accept,
    both_refuse,
    is_no_bundle,
    write_folder,
)
from strategies.worlds import settled_bundle, spoken

FILES = {form: settled_bundle(form=form).files for form in READ_BY_BOTH}
CHECKPOINT = next(path for path in FILES[1] if path.endswith("/checkpoint"))
MANIFEST = "bundle.json"
PLACES = [(form, path) for form in READ_BY_BOTH for path in sorted(FILES[form])]
SMALL = [
    (form, path)
    for form, path in PLACES
    if path == CHECKPOINT or "/tile/0/" in path or path.startswith("view/")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A bundle of one form, laid out as a folder."""

    folder: Path
    files: Mapping[str, bytes]

    @contextmanager
    def changed(self, path: str, data: bytes) -> Iterator[None]:
        """One file holds other bytes for a while."""
        (self.folder / path).write_bytes(data)
        try:
            yield
        finally:
            (self.folder / path).write_bytes(self.files[path])

    def copied(self, to: Path) -> Path:
        return Path(shutil.copytree(self.folder, to))


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Laid]:
    """The bundle of each form."""
    base = tmp_path_factory.mktemp("flips")
    return {
        form: Laid(folder=write_folder(MemoryBundle(dict(files)), base / str(form)), files=files)
        for form, files in FILES.items()
    }


def positions(data: bytes, *, most: int) -> range:
    """All positions of a short file; of a long one, so many, from one end to the other."""
    return range(0, len(data), -(-len(data) // most))


def flipped(data: bytes, position: int, bit: int) -> bytes:
    return data[:position] + bytes((data[position] ^ 1 << bit,)) + data[position + 1 :]


def names_file_and_rule(verdicts: tuple[Verdict, Verdict], path: str) -> None:
    for verdict in verdicts:
        assert {path, repr(path)[1:-1]} & verdict.files(), (path, verdict.failures)
        assert all(rule for _, _, rule in verdict.failures)


@pytest.mark.parametrize("form", READ_BY_BOTH)
def test_the_bundle_itself_is_accepted(laid: dict[int, Laid], form: int) -> None:
    """Else every refusal below would mean nothing."""
    trust, folder = spoken(form=form).founding.trust, laid[form].folder
    both_accept(folder)
    both_accept(folder, depth="chain")
    both_accept(folder, trust=[trust.fingerprint])
    both_accept(folder, trust=[trust.party(ARD).fingerprint, str(folder / "trust" / "trust.json")])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(PLACES).flatmap(
        lambda place: st.tuples(
            st.just(place), st.integers(0, len(FILES[place[0]][place[1]]) - 1), st.integers(0, 7)
        )
    )
)
def test_any_flipped_bit_in_any_file_is_refused(
    laid: dict[int, Laid], flip: tuple[tuple[int, str], int, int]
) -> None:
    (form, path), position, bit = flip
    bundle = laid[form]
    with bundle.changed(path, flipped(bundle.files[path], position, bit)):
        names_file_and_rule(both_refuse(bundle.folder), path)


@pytest.mark.parametrize(("form", "path"), SMALL)
def test_every_byte_of_the_small_files_counts(laid: dict[int, Laid], form: int, path: str) -> None:
    """Of a checkpoint with lasting signatures, 10,000 bytes long, one in fifty."""
    bundle = laid[form]
    whole = len(bundle.files[path]) < 1_000
    for position in positions(bundle.files[path], most=1_000 if whole else 200):
        with bundle.changed(path, flipped(bundle.files[path], position, position % 8)):
            names_file_and_rule(both_refuse(bundle.folder), path)


@pytest.mark.soak
@pytest.mark.parametrize(("form", "path"), PLACES)
def test_every_byte_of_every_file_counts(laid: dict[int, Laid], form: int, path: str) -> None:
    """A bit of every byte, another one each time: all bits of all bytes would take hours."""
    bundle = laid[form]
    for position in positions(bundle.files[path], most=8_000):
        with bundle.changed(path, flipped(bundle.files[path], position, position % 8)):
            names_file_and_rule(both_refuse(bundle.folder), path)


@pytest.mark.parametrize(("form", "path"), PLACES)
def test_a_file_cut_grown_or_emptied_is_refused(laid: dict[int, Laid], form: int, path: str) -> None:
    bundle = laid[form]
    for data in (bundle.files[path][:-1], bundle.files[path] + b"\n", b""):
        with bundle.changed(path, data):
            names_file_and_rule(both_refuse(bundle.folder), path)


@pytest.mark.parametrize(("form", "path"), PLACES)
def test_a_missing_file_is_refused(laid: dict[int, Laid], form: int, path: str, tmp_path: Path) -> None:
    copy = laid[form].copied(tmp_path / "bundle")
    (copy / path).unlink()
    names_file_and_rule(both_refuse(copy), path)


@pytest.mark.parametrize(("form", "path"), PLACES)
def test_a_renamed_file_is_refused_under_both_names(
    laid: dict[int, Laid], form: int, path: str, tmp_path: Path
) -> None:
    copy = laid[form].copied(tmp_path / "bundle")
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
        "trust/history/1.json",
        "trust/history/01.json",
        "trust/keys/ard/1.jsonx",
        "trust/keys/ard/2.json",
        "trust/keys/zed/1.json",
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
@pytest.mark.parametrize("form", READ_BY_BOTH)
def test_an_added_file_is_refused(laid: dict[int, Laid], form: int, path: str, tmp_path: Path) -> None:
    copy = laid[form].copied(tmp_path / "bundle")
    (copy / path).parent.mkdir(parents=True, exist_ok=True)
    (copy / path).write_bytes(b"added")
    names_file_and_rule(both_refuse(copy), path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_two_files_that_changed_places_are_refused(laid: dict[int, Laid], data: st.DataObject) -> None:
    bundle = laid[data.draw(st.sampled_from(READ_BY_BOTH))]
    paths = st.sampled_from(sorted(bundle.files))
    one, other = pair = data.draw(st.lists(paths, min_size=2, max_size=2, unique=True))
    if bundle.files[one] == bundle.files[other]:
        return
    with bundle.changed(one, bundle.files[other]), bundle.changed(other, bundle.files[one]):
        verdicts = both_refuse(bundle.folder)
        # Without a readable manifest nobody can tell what the other file should have held.
        for path in [MANIFEST] if MANIFEST in pair else pair:
            names_file_and_rule(verdicts, path)


def test_links_folders_in_place_of_files_and_empty_folders_are_refused(
    laid: dict[int, Laid], tmp_path: Path
) -> None:
    folder = laid[1].folder
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


def test_a_bundle_nested_without_end_is_refused_not_followed(laid: dict[int, Laid], tmp_path: Path) -> None:
    """Folders deeper than a program's stack: made step by step, as no single path can name them all."""
    folder = laid[1].folder
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


@pytest.mark.parametrize("form", READ_BY_BOTH)
def test_as_programs_both_say_it_with_exit_status_1_and_no_traceback(
    laid: dict[int, Laid], form: int, tmp_path: Path
) -> None:
    copy = laid[form].copied(tmp_path / "bundle")
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
