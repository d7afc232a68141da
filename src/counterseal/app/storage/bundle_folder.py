"""A bundle as a folder on disk: read without following links, written whole or not at all."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath

from counterseal.app.storage.errors import StorageError
from counterseal.records.errors import NoBundleError, RecordError
from counterseal.records.manifest import MAX_FILES
from counterseal.records.verification.source import FoundName

_CHUNK = 1 << 20
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_MARKS = ("bundle.json", "logs", "trust")


class BundleFolder:
    """The files below one folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> tuple[FoundName, ...]:
        """Return everything below the folder, sorted by path; links are not followed.

        Of more than a bundle may hold, only so many as show that it is too much.
        """
        found: list[FoundName] = []
        folders = [(str(self._root), "")]
        # A stack of our own: folders may be nested deeper than the interpreter's.
        while folders and len(found) <= MAX_FILES + 1:
            folder, prefix = folders.pop()
            try:
                with os.scandir(folder) as listing:
                    entries = list(islice(listing, MAX_FILES + 2))
            except OSError:
                found.append(FoundName(path=prefix.rstrip("/") or ".", kind="other", size=0))
                continue
            if not entries and prefix:
                found.append(FoundName(path=prefix.rstrip("/"), kind="empty-folder", size=0))
            for entry in entries:
                path = prefix + _clean(entry.name)
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{path}/"))
                else:
                    found.append(_found(entry, path))
        return tuple(sorted(found, key=lambda name: name.path))

    def _open(self, path: str) -> int:
        try:
            descriptor = os.open(self._root.joinpath(*PurePosixPath(path).parts), _READ)
        except (OSError, ValueError) as error:
            raise RecordError(f"cannot be read: {_why(error)}") from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise RecordError("cannot be read: not a file")
        return descriptor

    def _chunks(self, path: str, *, most: int) -> Iterator[bytes]:
        with os.fdopen(self._open(path), "rb") as file:
            total = 0
            try:
                while chunk := file.read(_CHUNK):
                    total += len(chunk)
                    if total > most:
                        raise RecordError(f"larger than {most} bytes")
                    yield chunk
            except OSError as error:
                raise RecordError(f"cannot be read: {_why(error)}") from error

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

    def write(self, path: str, data: bytes) -> None:
        """Write one file of a bundle that is being made."""
        target = self._root.joinpath(*PurePosixPath(path).parts)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise StorageError(f"{target}: {_why(error)}") from error


def _found(entry: "os.DirEntry[str]", path: str) -> FoundName:
    status = entry.stat(follow_symlinks=False)
    kind = "file" if stat.S_ISREG(status.st_mode) else "other"
    return FoundName(path=path, kind=kind, size=status.st_size)


def _clean(name: str) -> str:
    """A name as it can be printed and compared; names that are not UTF-8 keep their bytes visible."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _why(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)


def open_bundle(path: Path) -> BundleFolder:
    """Return the bundle at ``path``.

    Raises:
        NoBundleError: there is nothing, no folder, or a folder with nothing of a bundle in it.
    """
    if not path.is_dir():
        raise NoBundleError(f"{path}: {'a file, not a bundle' if path.exists() else 'no such folder'}")
    if not any(os.path.lexists(path / mark) for mark in _MARKS):
        raise NoBundleError(f"{path}: no bundle (it has none of {', '.join(_MARKS)})")
    return BundleFolder(path)


@contextmanager
def new_bundle(path: Path) -> Iterator[BundleFolder]:
    """Give a folder to write a bundle into; it appears at ``path`` only when it is whole.

    Raises:
        StorageError: there is something at ``path`` already, or it cannot be written.
    """
    if os.path.lexists(path):
        raise StorageError(f"{path}: is there already; a bundle is never written over")
    part = path.with_name(f".{path.name}.part")
    try:
        clear_folder(part)
        part.mkdir(parents=True)
        yield BundleFolder(part)
        for folder, _, names in os.walk(part, topdown=False):
            for name in names:
                sync(Path(folder, name))
            sync(Path(folder))
        part.rename(path)
        sync(path.parent)
    except BaseException as error:
        with suppress(OSError):  # what went wrong first is what is told
            clear_folder(part)
        if isinstance(error, OSError):
            raise StorageError(f"{path}: cannot be made: {_why(error)}") from error
        raise


def sync(path: Path) -> None:
    """Have the disk write a file, or the names in a folder, before this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear_folder(path: Path) -> None:
    """Remove a folder that this program made, and all in it; none is fine."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
