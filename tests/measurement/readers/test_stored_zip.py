"""A ZIP of stored files: every byte has its place, and what has none is refused."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.stored_zip import (
    CENTRAL,
    CENTRAL_MARK,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    MAX_ENTRIES,
    read_stored_zip,
)


@dataclass(frozen=True, kw_only=True)
class Made:
    """An entry, of which the directory may say something else."""

    name: bytes = b"a"
    data: bytes = b"text"
    needed: int = 20
    flags: int = 0
    method: int = 0
    packed: int = 4
    crc: int = zlib.crc32(b"text")
    extra: bytes = b""
    comment: bytes = b""
    disk: int = 0
    moved: int = 0
    before: bytes = b""


def made_zip(entries: Sequence[Made], *, gap: bytes = b"", count: int | None = None, ends: int = 0) -> bytes:
    body, directory = b"", b""
    for one in entries:
        body += one.before
        told = (one.needed, one.flags, one.method, 0, 0x21, one.crc, one.packed, len(one.data), len(one.name))
        central = (20, *told, len(one.extra), len(one.comment), one.disk, 0, 0, len(body) + one.moved)
        directory += CENTRAL.pack(CENTRAL_MARK, *central) + one.name + one.extra + one.comment
        body += LOCAL.pack(LOCAL_MARK, *told, len(one.extra)) + one.name + one.extra + one.data
    body += gap
    number = len(entries) if count is None else count
    return body + directory + END.pack(END_MARK, 0, 0, number, number, len(directory) + ends, len(body), 0)


SOUND = Made()
OTHER = Made(name=b"b", data=b"more", crc=zlib.crc32(b"more"))


def test_stored_files_are_read_in_their_order() -> None:
    files = read_stored_zip(made_zip([SOUND, OTHER]))
    assert {name: bytes(data) for name, data in files.items()} == {"a": b"text", "b": b"more"}
    assert list(read_stored_zip(made_zip([Made(flags=0x0800)]))) == ["a"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_zip([SOUND, SOUND]), "entry 'a': its name stands twice"),
        (made_zip([replace(SOUND, moved=1)]), "bytes 1 on, must start at 0"),
        (made_zip([SOUND, replace(OTHER, before=b"hidden")]), "bytes 41 on, must start at 35"),
        (made_zip([SOUND], gap=b"hidden"), "directory starts at byte 41, must at 35"),
        (made_zip([replace(SOUND, packed=5)]), "packed by method 0; must be 0, stored"),
        (made_zip([replace(SOUND, method=8)]), "packed by method 8"),
        (made_zip([replace(SOUND, flags=1)]), "encrypted, described elsewhere"),
        (made_zip([replace(SOUND, flags=8)]), "encrypted, described elsewhere"),
        (made_zip([replace(SOUND, needed=45)]), "encrypted, described elsewhere"),
        (made_zip([replace(SOUND, disk=1)]), "encrypted, described elsewhere"),
        (made_zip([replace(SOUND, extra=b"wxyz")]), "with extra fields; must be plain"),
        (made_zip([replace(SOUND, comment=b"hi")]), "with extra fields; must be plain"),
        (made_zip([replace(SOUND, crc=1)]), "do not have its CRC-32"),
        (made_zip([replace(SOUND, name=b"n" * 101)]), "a name of 101 bytes, may have 100"),
        (made_zip([SOUND], count=2), "1 entries in the directory, 2 announced"),
        (made_zip([SOUND, OTHER], count=1), "2 entries in the directory, 1 announced"),
        (made_zip([SOUND], ends=1), "directory is said to end at byte"),
        (made_zip([]), f"of 1 to {MAX_ENTRIES} entries"),
        (made_zip([Made(name=b"%d" % n) for n in range(17)]), f"of 1 to {MAX_ENTRIES} entries"),
        (made_zip([SOUND]).replace(b"PK\x03\x04", b"PK\x03\x05"), "its own header says otherwise"),
        (made_zip([SOUND]).replace(CENTRAL_MARK, b"PK\x01\x03"), "no directory entry at byte 35"),
        (made_zip([SOUND])[:-1], "no end record"),
        (b"PK", "no end record"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_stored_zip(data)
