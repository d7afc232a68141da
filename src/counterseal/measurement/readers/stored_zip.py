"""A ZIP of a few files that are stored, not compressed: read strictly, refused rather than repaired.

Layouts are those of PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. Entries lie one
after the other from the first byte on, without extra fields, comments, flags or ZIP64; so nothing
unfolds, nothing overlaps, and no byte of the file is outside what is read.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import shown

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
VERSION = 20
MAX_ENTRIES = 16
_MAX_NAME = 100
_UTF8_FLAG = 0x0800


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    name: str
    header: bytes
    size: int
    crc: int
    offset: int


def read_stored_zip(data: bytes) -> dict[str, memoryview]:
    """Return the files in a ZIP by their name, in their order, none of them copied.

    Raises:
        ReadingError: it is none, or breaks a rule; names the entry, what was found and the rule.
    """
    start, count = _directory_place(data)
    files: dict[str, memoryview] = {}
    at = 0
    for entry in _directory(data, start):
        told = f"zip: entry {shown(entry.name)}"
        if entry.name in files:
            raise ReadingError(f"{told}: its name stands twice")
        begin = at + len(entry.header)
        if entry.offset != at or begin + entry.size > start:
            raise ReadingError(f"{told}: bytes {entry.offset} on, must start at {at} and end by {start}")
        if data[at:begin] != entry.header:
            raise ReadingError(f"{told}: its own header says otherwise than the directory")
        at = begin + entry.size
        files[entry.name] = memoryview(data)[begin:at]
        if zlib.crc32(files[entry.name]) != entry.crc:
            raise ReadingError(f"{told}: its bytes do not have its CRC-32")
    if len(files) != count:
        raise ReadingError(f"zip: {len(files)} entries in the directory, {count} announced")
    if at != start:
        raise ReadingError(
            f"zip: the directory starts at byte {start}, must at {at}, where the last entry ends"
        )
    return files


def _directory_place(data: bytes) -> tuple[int, int]:
    """Return where the directory starts, and how many entries it has."""
    if len(data) < END.size or not data[-END.size :].startswith(END_MARK):
        raise ReadingError("zip: the last 22 bytes are no end record: no ZIP, or not the whole of one")
    _, disk, first_disk, here, count, size, start, comment = END.unpack_from(data, len(data) - END.size)
    if disk or first_disk or here != count or comment or not 1 <= count <= MAX_ENTRIES:
        raise ReadingError(f"zip: must be one part, without a comment, of 1 to {MAX_ENTRIES} entries")
    if start + size != len(data) - END.size:
        raise ReadingError(f"zip: the directory is said to end at byte {start + size}, which is not so")
    return start, count


def _directory(data: bytes, start: int) -> Iterator[_Entry]:
    at, end = start, len(data) - END.size
    while at < end:
        if at + CENTRAL.size > end or data[at : at + 4] != CENTRAL_MARK:
            raise ReadingError(f"zip: no directory entry at byte {at}")
        fields = CENTRAL.unpack_from(data, at)
        at += CENTRAL.size + fields[10]
        if at > end or fields[10] > _MAX_NAME:
            raise ReadingError(f"zip: a name of {fields[10]} bytes, may have {_MAX_NAME}")
        yield _entry(fields, data[at - fields[10] : at])


def _entry(fields: tuple[int, ...], name: bytes) -> _Entry:
    _, _, needed, flags, method, time, date, crc, packed, size, length, extra, comment, disk, _, _, at = (
        fields
    )
    told = f"zip: entry {shown(name.decode('latin-1'))}"
    if method or packed != size:
        raise ReadingError(f"{told}: packed by method {method}; must be 0, stored")
    if flags & ~_UTF8_FLAG or extra or comment or disk or needed > VERSION:
        raise ReadingError(f"{told}: encrypted, described elsewhere, or with extra fields; must be plain")
    header = LOCAL.pack(LOCAL_MARK, needed, flags, method, time, date, crc, packed, size, length, 0) + name
    return _Entry(name=name.decode("latin-1"), header=header, size=size, crc=crc, offset=at)
