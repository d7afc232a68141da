"""A bundle as one ZIP: the same bundle as the folder, the same bytes every time, whole or not there."""

import os
import shutil
import subprocess
import zipfile
from binascii import crc32
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.storage.small_disk import fill, make_read_only, mounted
from app.storage.world import FIRST, SECOND, clock, files_up_to, memory_node, names, say
from app.storage.zips import GOOD, HEX, Part, zip_of
from counterseal.app.storage.bundle_folder import new_bundle, open_bundle
from counterseal.app.storage.bundle_zip import open_bundle_zip, write_bundle_zip
from counterseal.app.storage.errors import StorageError, ZipRefusedError
from counterseal.records.errors import NoBundleError, RecordError
from counterseal.records.verification.source import FoundName
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.export_bundle import export_bundle
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle

FILES = {part.name.decode(): part.data for part in GOOD}


def bundle(files: Mapping[str, bytes] | None = None) -> MemoryBundle:
    return MemoryBundle(files=dict(FILES if files is None else files))


def written(path: Path, files: Mapping[str, bytes] | None = None) -> Path:
    write_bundle_zip(bundle(files), path)
    return path


def real_bundle() -> MemoryBundle:
    node, made = memory_node(party=FIRST), MemoryBundle()
    for turn in range(3):
        say(node, count=3, salt=f"turn {turn}")
    export_bundle(node, made, clock=clock())
    return made


def test_what_was_packed_is_read(tmp_path: Path) -> None:
    packed = open_bundle_zip(written(tmp_path / "bundle.zip"))
    assert packed.names() == bundle().names()
    for path, data in FILES.items():
        assert packed.read(path, most=len(data)) == data
        assert packed.digest(path, most=len(data)) == (len(data), sha256(data).hexdigest())
    with pytest.raises(RecordError, match="2 bytes in the ZIP, larger than 1"):
        packed.read("bundle.json", most=1)
    with pytest.raises(RecordError, match="2 bytes in the ZIP, larger than 1"):
        packed.digest("bundle.json", most=1)
    with pytest.raises(RecordError, match="no such entry in the ZIP"):
        packed.read("trust/trust.json", most=100)
    assert names(tmp_path) == ["bundle.zip"]


def test_a_packed_bundle_is_verified_and_imported_like_its_folder(tmp_path: Path) -> None:
    made = real_bundle()
    with new_bundle(tmp_path / "folder") as folder:
        for path, data in made.files.items():
            folder.write(path, data)
    write_bundle_zip(open_bundle(tmp_path / "folder"), tmp_path / "bundle.zip")
    packed = open_bundle_zip(tmp_path / "bundle.zip")
    assert verify_bundle(packed).as_json(bundle="b") == verify_bundle(
        open_bundle(tmp_path / "folder")
    ).as_json(bundle="b")
    assert len(import_bundle(memory_node(party=SECOND), packed).records) == 9


def test_the_same_bundle_gives_the_same_bytes_at_any_time(tmp_path: Path) -> None:
    one = written(tmp_path / "one.zip")
    os.utime(tmp_path / "one.zip", (0, 0))
    backwards = {path: FILES[path] for path in sorted(FILES, reverse=True)}
    assert written(tmp_path / "other.zip", backwards).read_bytes() == one.read_bytes()
    write_bundle_zip(open_bundle_zip(one), tmp_path / "third.zip")
    assert (tmp_path / "third.zip").read_bytes() == one.read_bytes()


def test_the_bytes_are_those_of_the_format(tmp_path: Path) -> None:
    in_order = sorted(GOOD, key=lambda part: part.name)
    assert written(tmp_path / "bundle.zip").read_bytes() == zip_of(*in_order)


PATHS = st.sampled_from(
    ["trust/trust.json", "view/a", "view/b.html", f"logs/{HEX}/checkpoint", f"logs/{HEX}/tile/0/000"]
)


@settings(max_examples=40, deadline=None)
@given(files=st.dictionaries(PATHS, st.binary(max_size=300), max_size=5))
def test_whatever_is_packed_is_read_back_and_another_reader_agrees(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    files |= {"bundle.json": b"{}"}
    path = written(tmp_path_factory.mktemp("zip") / "bundle.zip", files)
    packed = open_bundle_zip(path)
    assert {name.path: packed.read(name.path, most=300) for name in packed.names()} == files
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.filename: archive.read(info) for info in archive.infolist()} == files
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_other_programs_pack_as_the_format_asks_is_read(tmp_path: Path) -> None:
    path = tmp_path / "library.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    packed = open_bundle_zip(path)
    assert {name.path: packed.read(name.path, most=100) for name in packed.names()} == FILES


@pytest.mark.skipif(shutil.which("zip") is None, reason="no Info-ZIP here")
def test_what_info_zip_packs_as_the_format_asks_is_read(tmp_path: Path) -> None:
    with new_bundle(tmp_path / "folder") as folder:
        for path, data in FILES.items():
            folder.write(path, data)
    command = ["zip", "-q", "-0", "-X", "-D", "-r", "../bundle.zip", "."]
    subprocess.run(command, cwd=tmp_path / "folder", check=True)
    packed = open_bundle_zip(tmp_path / "bundle.zip")
    assert {name.path: packed.read(name.path, most=100) for name in packed.names()} == FILES


def test_a_changed_byte_is_found_when_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "bundle.zip")
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"note")] ^= 1
    path.write_bytes(raw)
    packed = open_bundle_zip(path)
    name = f"logs/{HEX}/checkpoint"
    for read in (packed.read, packed.digest):
        with pytest.raises(RecordError, match=f"the ZIP says {crc32(b'note'):08x}"):
            read(name, most=100)
    assert packed.read("bundle.json", most=100) == b"{}"
    assert not verify_bundle(packed).verified


@pytest.mark.parametrize("change", ["another file", "longer", "touched", "gone"])
def test_a_zip_that_changes_while_it_is_read_is_refused(tmp_path: Path, change: str) -> None:
    path = written(tmp_path / "bundle.zip")
    packed = open_bundle_zip(path)
    data = path.read_bytes()
    if change == "another file":
        (tmp_path / "other").write_bytes(data)
        (tmp_path / "other").replace(path)
    elif change == "longer":
        path.write_bytes(data + b"x")
    elif change == "touched":
        os.utime(path, (0, 0))
    else:
        path.unlink()
    with pytest.raises(RecordError, match=r"changed while it was read|No such file"):
        packed.read("bundle.json", most=100)


@pytest.mark.parametrize("what", ["nothing", "folder", "pipe"])
def test_a_path_that_is_no_file_at_all(tmp_path: Path, what: str) -> None:
    path = tmp_path / "bundle.zip"
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    with pytest.raises(
        NoBundleError, match=f"{path}: {'no such file' if what == 'nothing' else 'not a file'}"
    ):
        open_bundle_zip(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read_is_no_bundle(tmp_path: Path) -> None:
    path = written(tmp_path / "bundle.zip")
    path.chmod(0)
    with pytest.raises(NoBundleError, match="cannot be read"):
        open_bundle_zip(path)


def test_only_files_with_names_of_a_bundle_are_packed(tmp_path: Path) -> None:
    root = tmp_path / "folder"
    (root / "logs").mkdir(parents=True)
    with pytest.raises(RecordError, match="'logs': empty-folder; only files can be packed"):
        write_bundle_zip(open_bundle(root), tmp_path / "bundle.zip")
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(RecordError, match="'link': other; only files can be packed"):
        write_bundle_zip(open_bundle(root), tmp_path / "bundle.zip")
    for odd in ("letter.txt", "view/nul.csv", "view/A"):
        with pytest.raises(ZipRefusedError, match=f"entry '{odd}'"):
            written(tmp_path / "bundle.zip", {"bundle.json": b"", odd: b""})
    with pytest.raises(RecordError, match="0 files; 1 to 65534 can be packed"):
        written(tmp_path / "bundle.zip", {})
    assert names(tmp_path) == ["folder"]


class Claims(MemoryBundle):
    """A bundle that says to have files which it does not have."""

    def __init__(self, *, count: int, size: int) -> None:
        super().__init__()
        self._said = tuple(
            FoundName(path=f"view/{number}", kind="file", size=size) for number in range(count)
        )

    def names(self) -> tuple[FoundName, ...]:
        return self._said


def test_what_does_not_fit_in_a_zip_travels_as_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="65535 files; 1 to 65534 can be packed"):
        write_bundle_zip(Claims(count=65_535, size=0), tmp_path / "bundle.zip")
    with pytest.raises(
        RecordError, match=r"429496\d+ bytes; a bundle of more than 4294967294 travels as a folder"
    ):
        write_bundle_zip(Claims(count=16, size=2**28), tmp_path / "bundle.zip")
    assert names(tmp_path) == []


def test_a_packed_bundle_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "file").write_bytes(b"kept")
    for name in ("link", "file"):
        with pytest.raises(StorageError, match=f"{name}: is there already"):
            written(tmp_path / name)
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_what_goes_wrong_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    class Wrong(MemoryBundle):
        def read(self, path: str, *, most: int) -> bytes:
            if path.startswith("view"):
                raise KeyboardInterrupt
            return super().read(path, most=most)

    with pytest.raises(KeyboardInterrupt):
        write_bundle_zip(Wrong(files=dict(FILES)), tmp_path / "bundle.zip")
    with pytest.raises(StorageError, match="cannot be packed"):
        written(tmp_path / "none" / "bundle.zip")
    assert names(tmp_path) == []


def test_what_a_killed_program_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".bundle.zip.part").write_bytes(b"stale" * 10_000)
    assert open_bundle_zip(written(tmp_path / "bundle.zip")).read("bundle.json", most=2) == b"{}"
    assert names(tmp_path) == ["bundle.zip"]


def test_a_file_that_may_not_grow_is_none(tmp_path: Path) -> None:
    with files_up_to(100), pytest.raises(StorageError, match="cannot be packed: File too large"):
        written(tmp_path / "bundle.zip")
    assert names(tmp_path) == []


def test_a_full_or_a_read_only_stick(tmp_path: Path) -> None:
    files = {"bundle.json": b"x" * 200_000, "view/a": b"y" * 200_000}
    with mounted(tmp_path / "disk") as disk:
        ballast = fill(disk)
        for keep in (1_044_480, 900_000, 700_000):
            with ballast.open("rb+") as file:
                file.truncate(keep)
            with pytest.raises(StorageError, match="No space left"):
                written(disk / "bundle.zip", files)
            assert names(disk) == ["ballast"]
        ballast.unlink()
        path = written(disk / "bundle.zip", files)
        make_read_only(disk)
        assert open_bundle_zip(path).read("view/a", most=10**6) == files["view/a"]
        with pytest.raises(StorageError, match="cannot be packed: Read-only file system"):
            written(disk / "other.zip", files)


def test_an_entry_that_other_programs_mark_as_text_or_in_utf_8_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(
        zip_of(Part(name=b"bundle.json", flags=0x800, internal=1, time=1234, attributes=0, made_by=0))
    )
    assert open_bundle_zip(path).read("bundle.json", most=4) == b"data"
