"""A bundle as one ZIP: read where it lies, without unpacking; written whole or not at all."""

import os
import stat
from binascii import crc32
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from counterseal.app.storage.bundle_folder import sync
from counterseal.app.storage.errors import StorageError, ZipRefusedError
from counterseal.app.storage.zip_entries import (
    CENTRAL,
    CENTRAL_MARK,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    MAX_BYTES,
    MAX_ENTRIES,
    ZipEntry,
    read_entries,
    require_name,
    shown,
)
from counterseal.records.errors import NoBundleError, RecordError
from counterseal.records.manifest import size_cap
from counterseal.records.verification.source import BundleSource, FoundName

_CHUNK = 1 << 20
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_BINARY"))
_MARKS = frozenset(("bundle.json", "logs", "trust"))
_MADE_BY_UNIX = 3 << 8 | 20
_NEEDED = 10
_FIRST_DAY = 1 << 5 | 1  # 1 January 1980: a ZIP knows none earlier, and a bundle's bytes depend on no clock
_PLAIN_FILE = (stat.S_IFREG | 0o644) << 16


class BundleZip:
    """The files in one ZIP, whose headers were all read and found in order."""

    def __init__(self, path: Path, *, entries: Mapping[str, ZipEntry], state: tuple[int, ...]) -> None:
        self._path, self._entries, self._state = path, entries, state

    def names(self) -> tuple[FoundName, ...]:
        """Return every file, sorted by path."""
        return tuple(
            FoundName(path=path, kind="file", size=entry.size)
            for path, entry in sorted(self._entries.items())
        )

    def _chunks(self, path: str, *, most: int) -> Iterator[bytes]:
        entry = self._entries.get(path)
        if entry is None:
            raise RecordError("cannot be read: no such entry in the ZIP")
        if entry.size > most:
            raise RecordError(f"{entry.size} bytes in the ZIP, larger than {most}")
        left, crc = entry.size, 0
        with _opened(self._path) as file:
            if _state(file) != self._state:
                raise RecordError("cannot be read: the ZIP was changed while it was read")
            file.seek(entry.start)
            while left and (chunk := file.read(min(left, _CHUNK))):
                left, crc = left - len(chunk), crc32(chunk, crc)
                yield chunk
        if left or crc != entry.crc:
            raise RecordError(f"its bytes have the CRC {crc:08x}, the ZIP says {entry.crc:08x}")

    def read(self, path: str, *, most: int) -> bytes:
        """Return a file's bytes, at most ``most`` of them."""
        return b"".join(self._chunks(path, most=most))

    def digest(self, path: str, *, most: int) -> tuple[int, str]:
        """Return a file's size and SHA-256, read in pieces."""
        size, digest = 0, sha256()
        for chunk in self._chunks(path, most=most):
            size += len(chunk)
            digest.update(chunk)
        return size, digest.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(os.open(path, _READ), "rb") as file:
            yield file
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror or error}") from error


def _state(file: BinaryIO) -> tuple[int, ...]:
    """What tells one file, as it stands, from another at its path, or from itself after a change."""
    status = os.fstat(file.fileno())
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def open_bundle_zip(path: Path) -> BundleZip:
    """Return the bundle that is packed in the file ``path``; nothing is unpacked, no file in it is read yet.

    Raises:
        NoBundleError: there is no file, or it is not a bundle packed as ``docs/reference/formats.md``,
            section 8.2, asks; nothing is repaired.
    """
    if not path.is_file():
        raise NoBundleError(f"{path}: {'not a file' if path.exists() else 'no such file'}")
    try:
        with _opened(path) as file:
            state = _state(file)
            entries = read_entries(file, length=state[2])
    except RecordError as error:
        raise ZipRefusedError(f"{path}: {error}") from error
    if not any(name.split("/")[0] in _MARKS for name in entries):
        raise ZipRefusedError(f"{path}: a ZIP, but no bundle (it has none of {', '.join(sorted(_MARKS))})")
    return BundleZip(path, entries=entries, state=state)


def write_bundle_zip(source: BundleSource, path: Path) -> None:
    """Pack a bundle into a new file; it appears at ``path`` only when it is whole.

    The same bundle gives the same bytes, on every machine and at any time.

    Raises:
        RecordError: something in the bundle cannot be packed: a link, an odd name, too much of it.
        StorageError: there is something at ``path`` already, or it cannot be written.
    """
    if os.path.lexists(path):
        raise StorageError(f"{path}: is there already; a packed bundle is never written over")
    names = _packable(source)
    part = path.with_name(f".{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with part.open("xb") as file:
            _write(source, names, file)
        sync(part)
        part.rename(path)
        sync(path.parent)
    except BaseException as error:
        with suppress(OSError):  # what went wrong first is what is told
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StorageError(f"{path}: cannot be packed: {error.strerror or error}") from error
        raise


def _packable(source: BundleSource) -> tuple[str, ...]:
    found = source.names()
    if not 1 <= len(found) <= MAX_ENTRIES:
        raise RecordError(f"{len(found)} files; 1 to {MAX_ENTRIES} can be packed into one")
    for name in found:
        if name.kind != "file":
            raise RecordError(f"{shown(name.path)}: {name.kind}; only files can be packed")
        require_name(name.path)
    overhead = sum(LOCAL.size + CENTRAL.size + 2 * len(name.path) + name.size for name in found)
    if overhead + END.size > MAX_BYTES:
        raise RecordError(
            f"{overhead + END.size} bytes; a bundle of more than {MAX_BYTES} travels as a folder"
        )
    return tuple(sorted(name.path for name in found))


def _write(source: BundleSource, names: tuple[str, ...], file: BinaryIO) -> None:
    directory: list[bytes] = []
    for path in names:
        data, name, offset = source.read(path, most=size_cap(path)), path.encode(), file.tell()
        shared = (_NEEDED, 0, 0, 0, _FIRST_DAY, crc32(data), len(data), len(data), len(name), 0)
        file.write(LOCAL.pack(LOCAL_MARK, *shared) + name)
        file.write(data)
        central = CENTRAL.pack(CENTRAL_MARK, _MADE_BY_UNIX, *shared, 0, 0, 0, _PLAIN_FILE, offset)
        directory.append(central + name)
    start = file.tell()
    file.writelines(directory)
    size = file.tell() - start
    file.write(END.pack(END_MARK, 0, 0, len(names), len(names), size, start, 0))
