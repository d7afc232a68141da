"""The headers of a ZIP that holds a bundle: read strictly, refused rather than repaired.

Layouts and signatures are those of PKWARE's APPNOTE.TXT, version 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
Only what ``docs/reference/formats.md``, section 8.2, allows is known here. ZIP64 is none of it: 65,534 files
and 4 GiB are the most that a bundle may have to travel as one file; a larger one travels as a folder.
"""

import re
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from counterseal.app.storage.errors import ZipRefusedError
from counterseal.records.manifest import ALLOWED, MAX_FILES, size_cap

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
LOCAL_MARK, CENTRAL_MARK, END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_SEE_ZIP64_COUNT, _SEE_ZIP64 = 0xFFFF, 0xFFFFFFFF  # the largest number means that ZIP64 has the true one
MAX_ENTRIES = min(MAX_FILES, _SEE_ZIP64_COUNT - 1)
MAX_BYTES = _SEE_ZIP64 - 1

_UTF8_NAME = 0x0800  # flag bit 11: says nothing about a name in ASCII
_NEWEST_VERSION = 20  # version needed to extract: files and folders, no ZIP64
_FOLDER_OR_LABEL = 0x18
_SHOWN = 100
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """Where the bytes of one file lie in a ZIP: at ``start``, ``size`` of them, with this CRC-32.

    Fields are positional: there are up to 65,534 of these.
    """

    start: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Central:
    """What the directory says of one file; ``header`` is the local header that must stand before it."""

    name: bytes
    offset: int
    size: int
    crc: int
    header: bytes


def shown(name: bytes | str) -> str:
    """Return a name as it can be printed: nothing in it steers a terminal or turns the writing around."""
    text = name if isinstance(name, str) else name.decode("utf-8", "backslashreplace")
    return ascii(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def require_name(name: str) -> None:
    """Refuse a name that no file of a bundle has, or that some system cannot make.

    Raises:
        ZipRefusedError: saying which.
    """
    if not ALLOWED.fullmatch(name):
        raise ZipRefusedError(f"entry {shown(name)}: not the name of a file of a bundle")
    for part in name.split("/"):
        if _RESERVED.fullmatch(part) or part.endswith("."):
            raise ZipRefusedError(f"entry {shown(name)}: {part!r} cannot be made on every system")


def read_entries(file: BinaryIO, *, length: int) -> dict[str, ZipEntry]:
    """Return the files in a ZIP, by name in their order; every header is read, no file is.

    Args:
        file: The ZIP.
        length: Its length [bytes].

    Raises:
        ZipRefusedError: it is none, or breaks a rule; names the entry, what was found and the rule.
    """
    count, start = _read_end(file, length)
    entries: dict[str, ZipEntry] = {}
    headers: list[bytes] = []
    folded: set[str] = set()
    at = 0
    for central in _read_directory(file, count=count, start=start, end=length - END.size):
        name = _file_name(central, folded)
        if central.offset != at:
            raise ZipRefusedError(
                f"entry {shown(name)}: starts at byte {central.offset}, must be {at}, where the last ended"
            )
        entries[name] = ZipEntry(at + len(central.header), central.size, central.crc)
        headers.append(central.header)
        at += len(central.header) + central.size
    if at != start:
        raise ZipRefusedError(
            f"the directory starts at byte {start}, must be {at}, where the last entry ends"
        )
    for (name, entry), header in zip(entries.items(), headers, strict=True):
        _require_same(file, header, at=entry.start - len(header), name=name)
    return entries


def _read_end(file: BinaryIO, length: int) -> tuple[int, int]:
    """Return the number of entries and where the directory starts."""
    tail = _read(file, max(length - END.size, 0), END.size)
    if len(tail) < END.size or not tail.startswith(END_MARK):
        raise ZipRefusedError("no ZIP, or not the whole of one: its last 22 bytes are no end record")
    _, disk, first_disk, here, count, size, start, comment = END.unpack(tail)
    if comment:
        raise ZipRefusedError(f"the end record announces a comment of {comment} bytes; there must be none")
    if _SEE_ZIP64_COUNT in (here, count) or _SEE_ZIP64 in (size, start):
        raise ZipRefusedError(
            f"made as ZIP64; a bundle of more than {MAX_ENTRIES} files or 4 GiB travels as a folder"
        )
    if disk or first_disk or here != count:
        raise ZipRefusedError("one part of several; a bundle is in one file")
    if not 1 <= count <= MAX_ENTRIES:
        raise ZipRefusedError(f"{count} entries announced, must be 1 to {MAX_ENTRIES}")
    if start + size != length - END.size:
        raise ZipRefusedError(
            f"the directory is said to end at byte {start + size}; the end record is at {length - END.size}"
        )
    return count, start


def _read_directory(file: BinaryIO, *, count: int, start: int, end: int) -> Iterator[_Central]:
    """Yield what the directory says, entry by entry, as far as it can be trusted without reading further."""
    at = start
    for number in range(count):
        fixed = _read(file, at, CENTRAL.size)
        if at + CENTRAL.size > end or not fixed.startswith(CENTRAL_MARK):
            raise ZipRefusedError(
                f"directory entry {number} at byte {at}: {count} announced, there are fewer"
            )
        at += CENTRAL.size
        length = CENTRAL.unpack(fixed)[10]
        if at + length > end:
            raise ZipRefusedError(f"directory entry {number}: its name of {length} bytes goes past the end")
        name = _read(file, at, length)
        at += length
        yield _central(fixed, name)
    if at != end:
        raise ZipRefusedError(f"the directory's last entry ends at byte {at}, the directory at {end}")


def _central(fixed: bytes, name: bytes) -> _Central:
    _, _, needed, flags, method, time, date, crc, packed, size, *rest = CENTRAL.unpack(fixed)
    length, extra, comment, disk, _, attributes, offset = rest
    told = f"entry {shown(name)}"
    if extra or comment:
        raise ZipRefusedError(f"{told}: {extra} bytes of extra field and {comment} of comment; must be none")
    if method:
        raise ZipRefusedError(f"{told}: packed by method {method}; must be 0, stored")
    if flags & ~_UTF8_NAME:
        raise ZipRefusedError(
            f"{told}: flags {flags:#06x}; nothing encrypted, nothing described after its data"
        )
    if needed > _NEWEST_VERSION:
        raise ZipRefusedError(
            f"{told}: needs version {needed} of the format, must be at most {_NEWEST_VERSION}"
        )
    if _SEE_ZIP64 in (packed, size, offset):
        raise ZipRefusedError(f"{told}: size or place is in a ZIP64 field; there must be none")
    if packed != size:
        raise ZipRefusedError(f"{told}: {packed} bytes said to become {size}; stored bytes stay as many")
    if disk:
        raise ZipRefusedError(f"{told}: said to be on part {disk} of several")
    if stat.S_IFMT(attributes >> 16) not in (0, stat.S_IFREG) or attributes & _FOLDER_OR_LABEL:
        raise ZipRefusedError(
            f"{told}: a link, a folder or a device (attributes {attributes:#010x}); must be a file"
        )
    header = LOCAL.pack(LOCAL_MARK, needed, flags, method, time, date, crc, packed, size, length, 0) + name
    return _Central(name=name, offset=offset, size=size, crc=crc, header=header)


def _file_name(central: _Central, folded: set[str]) -> str:
    """Return the name, if it may stand here. In ASCII, what NFC would make one is one already."""
    try:
        name = central.name.decode("ascii")
    except UnicodeDecodeError as error:
        raise ZipRefusedError(f"entry {shown(central.name)}: its name is not in ASCII") from error
    if name.casefold() in folded:
        raise ZipRefusedError(f"entry {shown(name)}: its name stands twice (capitals count as small letters)")
    folded.add(name.casefold())
    require_name(name)
    if central.size > size_cap(name):
        raise ZipRefusedError(f"entry {shown(name)}: {central.size} bytes, may have {size_cap(name)}")
    return name


def _require_same(file: BinaryIO, header: bytes, *, at: int, name: str) -> None:
    found = _read(file, at, len(header))
    if not found.startswith(LOCAL_MARK):
        raise ZipRefusedError(f"entry {shown(name)}: no header at byte {at}")
    if found != header:
        raise ZipRefusedError(f"entry {shown(name)}: its own header says otherwise than the directory")


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)
