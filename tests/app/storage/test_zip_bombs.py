"""Import bombs: whatever a ZIP claims to be, it is refused by its headers, with a message, and nothing is read."""

import io
import re
import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.storage.zips import CENTRAL, END, GOOD, HEX, Part, zip_of
from counterseal.app.storage.bundle_zip import open_bundle_zip
from counterseal.app.storage.errors import ZipRefusedError
from counterseal.records.errors import NoBundleError

FIRST = GOOD[0]
MOST_BYTES = 64 * 2**20


def part(name: bytes | str = b"trust/trust.json", **more: Any) -> Part:
    return Part(name=name.encode() if isinstance(name, str) else name, **more)


def two(**more: Any) -> bytes:
    """A sound entry, and one with something wrong."""
    return zip_of(FIRST, part(**more))


def zip64() -> bytes:
    """The true figures in ZIP64 records between the directory and an end record that points there."""
    good = zip_of(*GOOD)
    directory, end = good[: -END.size], END.unpack(good[-END.size :])
    count, size, start = end[4:7]
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(directory), 1)
    return directory + record + locator + END.pack(b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)


def deflated() -> bytes:
    """204 kB that would become 200 MiB."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bundle.json", "w") as entry,
    ):
        for _ in range(200):
            entry.write(b"\0" * 2**20)
    return file.getvalue()


def nested() -> bytes:
    return zip_of(FIRST, part("view/inner.zip", data=deflated()), part("logs/inner.zip", data=deflated()))


def overlapping() -> bytes:
    """Many entries that are all the bytes of one, as in the ZIP bombs of David Fifield (2019)."""
    kernel = Part(name=b"view/a", data=b"x" * 50_000)
    return zip_of(FIRST, kernel, *(part(f"view/a{number}", offset=41 + 2) for number in range(50)))


def quine() -> bytes:
    """An entry that says to hold the very file that it is in, from its first byte on."""
    good = zip_of(FIRST)
    return zip_of(FIRST, part(data=good, offset=0, local_left_out=True))


def many(count: int, *, claimed: int) -> bytes:
    """A directory of tiny files that are not there."""
    parts = [part(f"view/{number:05d}", data=b"") for number in range(count)]
    directory = b"".join(one.central(number * len(one.local())) for number, one in enumerate(parts))
    return directory + END.pack(b"PK\5\6", 0, 0, claimed, claimed, len(directory), 0, 0)


BOMBS = {
    "deflate bomb": (deflated, "entry 'bundle.json': packed by method 8; must be 0, stored"),
    "nested ZIP": (nested, "entry 'logs/inner.zip': not the name of a file of a bundle"),
    "overlapping entries": (overlapping, r"entry 'view/a0': starts at byte 43, must be \d+, where the last ended"),
    "quine": (quine, "entry 'trust/trust.json': starts at byte 0, must be 43"),
    "link": (lambda: two(attributes=0o120777 << 16), "a link, a folder or a device (attributes 0xa1ff0000)"),
    "device": (lambda: two(attributes=0o020666 << 16), "a link, a folder or a device (attributes 0x21b60000)"),
    "folder by mode": (lambda: two(attributes=0o040755 << 16), "a link, a folder or a device"),
    "folder by flag": (lambda: two(attributes=0x10), "(attributes 0x00000010); must be a file"),
    "folder by name": (lambda: two(name="trust/", data=b""), "entry 'trust/': not the name of a file"),
    "case collision": (lambda: two(name="BUNDLE.json"), "entry 'BUNDLE.json': its name stands twice (capitals"),
    "name twice": (lambda: two(name="bundle.json"), "entry 'bundle.json': its name stands twice"),
    "reserved name": (lambda: two(name="view/con"), "entry 'view/con': 'con' cannot be made on every system"),
    "reserved name with an ending": (lambda: two(name="view/lpt1.tar.gz"), "'lpt1.tar.gz' cannot be made"),
    "name that loses its dot": (lambda: two(name="view/a."), "entry 'view/a.': 'a.' cannot be made"),
    "up": (lambda: two(name="../../etc/passwd"), "entry '../../etc/passwd': not the name of a file"),
    "up, from within": (lambda: two(name="view/../bundle.json"), "entry 'view/../bundle.json': not the name"),
    "absolute": (lambda: two(name="/etc/passwd"), "entry '/etc/passwd': not the name of a file"),
    "backslash": (lambda: two(name="trust\\trust.json"), r"entry 'trust\\trust.json': not the name of a file"),
    "drive": (lambda: two(name="C:bundle.json"), "entry 'C:bundle.json': not the name of a file"),
    "stream": (lambda: two(name="view/a:b"), "entry 'view/a:b': not the name of a file"),
    "NUL": (lambda: two(name="view/a\0.exe"), r"entry 'view/a\x00.exe': not the name of a file"),
    "line feed": (lambda: two(name="view/a\n"), r"entry 'view/a\n': not the name of a file"),
    "escape": (lambda: two(name="view/\x1b[2J"), r"entry 'view/\x1b[2J': not the name of a file"),
    "bidi mark": (lambda: two(name="view/a\u202egpj", flags=0x800), r"entry 'view/a\u202egpj': its name is not in ASCII"),
    "no text": (lambda: two(name=b"view/\xff\xfe"), r"entry 'view/\\xff\\xfe': its name is not in ASCII"),
    "two forms of one letter": (lambda: two(name="view/e\u0301"), r"entry 'view/e\u0301': its name is not in ASCII"),
    "no name": (lambda: two(name=b""), "entry '': not the name of a file"),
    "endless name": (lambda: two(name=b"view/" + b"a" * 60_000), f"entry 'view/{'a' * 95}\\u2026': not the name"),
    "a million entries": (lambda: many(20, claimed=1_000_000 % 2**16), "directory entry 20 at byte"),
    "as many entries as there can be": (lambda: many(20, claimed=65_535), "made as ZIP64"),
    "65,534 entries and no file": (lambda: many(65_534, claimed=65_534), "the directory starts at byte 0, must be"),
    "fewer entries said than there are": (lambda: many(20, claimed=1), "the directory's last entry ends at byte"),
    "no entry": (zip_of, "0 entries announced, must be 1 to 65534"),
    "ZIP64": (zip64, "made as ZIP64; a bundle of more than 65534 files or 4 GiB travels as a folder"),
    "ZIP64 size": (lambda: two(size=2**32 - 1, packed=2**32 - 1), "size or place is in a ZIP64 field"),
    "ZIP64 place": (lambda: two(offset=2**32 - 1), "size or place is in a ZIP64 field"),
    "ZIP64 version": (lambda: two(needed=45), "needs version 45 of the format, must be at most 20"),
    "ZIP64 extra field": (lambda: two(extra=struct.pack("<2H", 1, 0)), "4 bytes of extra field and 0 of comment"),
    "comment on an entry": (lambda: two(comment=b"hello"), "0 bytes of extra field and 5 of comment"),
    "absurd size": (lambda: two(size=4_000_000_000, packed=4_000_000_000), "4000000000 bytes, may have 16777216"),
    "sizes differ": (lambda: two(size=10**6), "4 bytes said to become 1000000; stored bytes stay as many"),
    "encrypted": (lambda: two(flags=1), "flags 0x0001; nothing encrypted, nothing described after its data"),
    "described afterwards": (lambda: two(flags=8), "flags 0x0008; nothing encrypted"),
    "encrypted strongly": (lambda: two(flags=0x2040), "flags 0x2040"),
    "on another disk": (lambda: two(disk=1), "said to be on part 1 of several"),
    "end on another disk": (lambda: zip_of(*GOOD, disk=1), "one part of several"),
    "begun on another disk": (lambda: zip_of(*GOOD, first_disk=1), "one part of several"),
    "counts differ": (lambda: zip_of(*GOOD, here=3), "one part of several"),
    "bytes before": (lambda: zip_of(*GOOD, before=b"MZ\0\0"), "entry 'bundle.json': starts at byte 4, must be 0"),
    "bytes before, not told": (lambda: b"MZ" + zip_of(*GOOD), "the directory is said to end at byte"),
    "bytes between": (lambda: zip_of(*GOOD, between=b"x"), r"the directory starts at byte \d+, must be \d+"),
    "bytes behind": (lambda: zip_of(*GOOD, behind=b"x"), "its last 22 bytes are no end record"),
    "a second end behind": (lambda: zip_of(*GOOD) + zip_of()[-22:], "0 entries announced"),
    "comment": (lambda: zip_of(*GOOD, behind=b"hello", comment=5), "its last 22 bytes are no end record"),
    "comment that is not there": (lambda: zip_of(*GOOD, comment=5), "announces a comment of 5 bytes"),
    "comment that looks like an end": (
        lambda: zip_of(*GOOD, behind=zip_of(FIRST), comment=len(zip_of(FIRST))),
        "the directory is said to end at byte",
    ),
    "directory past the end": (lambda: zip_of(*GOOD, start=10**9), "the directory is said to end at byte 1000000"),
    "name past the directory": (
        lambda: zip_of(FIRST)[: -END.size - 4] + END.pack(b"PK\5\6", 0, 0, 1, 1, CENTRAL.size + 7, 43, 0),
        "directory entry 0: its name of 11 bytes goes past the end",
    ),
    "other name inside": (lambda: two(in_local={"name": b"trust/trusT.json"}), "its own header says otherwise"),
    "other size inside": (lambda: two(in_local={"size": 5, "packed": 5}), "its own header says otherwise"),
    "other CRC inside": (lambda: two(in_local={"crc": 5}), "its own header says otherwise"),
    "packed inside": (lambda: two(in_local={"method": 8}), "its own header says otherwise"),
    "encrypted inside": (lambda: two(in_local={"flags": 1}), "its own header says otherwise"),
    "other time inside": (lambda: two(in_local={"time": 9}), "its own header says otherwise"),
    "extra field inside": (
        lambda: two(in_local={"extra": b"1234"}, data=b""),
        r"the directory starts at byte \d+, must be",
    ),
    "no header inside": (
        lambda: zip_of(FIRST, part(data=b"x" * 100, local_left_out=True), between=b"\0" * 146),
        "entry 'trust/trust.json': no header at byte 43",
    ),
    "nothing of a bundle": (lambda: zip_of(part("view/a")), "a ZIP, but no bundle"),
    "empty": (lambda: b"", "no ZIP, or not the whole of one"),
    "text": (lambda: b"party,as_of,deployed\n" * 40, "no ZIP, or not the whole of one"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_with_its_rule_its_place_and_little_memory(tmp_path: Path, bomb: str) -> None:
    make, said = BOMBS[bomb]
    path = tmp_path / "bundle.zip"
    path.write_bytes(make())
    tracemalloc.start()
    try:
        with pytest.raises(ZipRefusedError) as caught:
            open_bundle_zip(path)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    message = str(caught.value)
    assert said in message or re.search(said, message)
    assert message.startswith(f"{path}: ")
    assert message.isascii()
    assert message.isprintable()
    assert len(message) < len(str(path)) + 300
    assert most < MOST_BYTES
    assert isinstance(caught.value, NoBundleError), "so that a command ends with 3"


@pytest.mark.parametrize("last", ["view/index.html.", "../escape"])
def test_as_many_entries_as_there_may_be_and_the_last_one_wrong(tmp_path: Path, last: str) -> None:
    """The most that headers alone can make this program hold in memory."""
    names = [f"logs/{HEX}/checkpoints/{number:d}" for number in range(1, 65_534)]
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_of(*(part(name, data=b"") for name in names), part(last)))
    tracemalloc.start()
    try:
        with pytest.raises(ZipRefusedError, match=re.escape(last)):
            open_bundle_zip(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


def test_the_numbers_of_four_gigabytes_are_refused_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    with path.open("wb") as file:
        file.truncate(5 * 10**9)
        file.seek(0, 2)
        file.write(zip_of(FIRST)[-END.size :])
    if path.stat().st_blocks * 512 > 10**6:
        pytest.skip("this disk keeps no holes")
    with pytest.raises(ZipRefusedError, match="the directory is said to end at byte 100"):
        open_bundle_zip(path)


def test_a_zip_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = zip_of(*GOOD)
    path = tmp_path / "bundle.zip"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ZipRefusedError):
            open_bundle_zip(path)
    path.write_bytes(whole)
    assert len(open_bundle_zip(path).names()) == len(GOOD)
