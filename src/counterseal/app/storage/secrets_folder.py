"""The secrets of a node: values that it has committed to and not yet revealed, one file each."""

import os
import re
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from counterseal.app.storage.bundle_folder import sync
from counterseal.app.storage.errors import StorageError

FOLDER = "secrets"
_NAME = re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)*", re.ASCII)
_LONGEST = 200
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class SecretsFolder:
    """Secrets by name; each is written once, and never changed.

    A node is used by one program at a time: two that keep different bytes under one new name at the same
    moment are not told of each other. What must be done once is claimed first.
    """

    def __init__(
        self,
        root: Path,
        *,
        lock: Callable[[bytes], bytes] | None = None,
        unlock: Callable[[bytes], bytes] | None = None,
    ) -> None:
        self._root, self._lock, self._unlock = root, lock, unlock

    def keep(self, name: str, data: bytes) -> None:
        """Keep a secret; when this returns it is on disk.

        Raises:
            StorageError: the name is none, other bytes are kept under it, or the disk does not take it.
        """
        kept = self.fetch(name)
        if kept == data:
            return
        if kept is not None:
            raise StorageError(f"secret {name}: another one is kept under that name; a secret never changes")
        path = self._root / name
        try:
            self._make_folders(path.parent)
            self._write(path, self._lock(data) if self._lock else data)
        except OSError as error:
            raise StorageError(f"{path}: the secret cannot be kept: {error.strerror or error}") from error

    def claim(self, name: str) -> bool:
        """Take a name for good, durably, and say whether it was free.

        Of two programs that claim one name at the same moment, one is told that it was free. What is kept
        under the name then says only that it is taken.

        Raises:
            StorageError: the name is none, or the disk does not take it.
        """
        if self.fetch(name) is not None:
            return False
        path = self._root / name
        try:
            self._make_folders(path.parent)
            mark = path.with_name(f".{path.name}.claim")
            os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            return False
        except OSError as error:
            raise StorageError(f"{path}: the name cannot be claimed: {error.strerror or error}") from error
        self.keep(name, b"claimed")
        return True

    def fetch(self, name: str) -> bytes | None:
        """Return the secret of that name, or None.

        Raises:
            StorageError: the name is none, or its file cannot be read.
        """
        _require_name(name)
        path = self._root / name
        try:
            data = _read_file(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{path}: the secret cannot be read: {error.strerror or error}") from error
        return self._unlock(data) if self._unlock else data

    def names(self) -> tuple[str, ...]:
        """Return the names of all secrets, sorted; what a killed program left half written is none."""
        found = (path.relative_to(self._root).as_posix() for path in self._root.rglob("*") if path.is_file())
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def _make_folders(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            one.mkdir(mode=0o700)
            sync(one.parent)

    def _write(self, path: Path, data: bytes) -> None:
        for left in path.parent.glob(f".{path.name}.*.part"):  # by a program that was killed
            left.unlink()
        descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(part).rename(path)
            sync(path.parent)
        except BaseException:
            with suppress(OSError):  # what went wrong first is what is told
                Path(part).unlink(missing_ok=True)
            raise


def _read_file(path: Path) -> bytes:
    descriptor = os.open(path, _READ)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise IsADirectoryError("not a file")
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _require_name(name: str) -> None:
    if len(name) > _LONGEST or not _NAME.fullmatch(name):
        raise StorageError(
            f"secret {name[:_LONGEST]!a}: a name has small letters, digits and '-', with '/' between"
            f" its parts, at most {_LONGEST} characters"
        )


def open_secrets(
    node_folder: Path,
    *,
    lock: Callable[[bytes], bytes] | None = None,
    unlock: Callable[[bytes], bytes] | None = None,
) -> SecretsFolder:
    """Return the secrets of the node in a folder; their own folder is made with the first of them.

    Args:
        node_folder: Folder of the node.
        lock: Encrypts what is written, where it is encrypted at rest.
        unlock: Decrypts what ``lock`` gave.

    Raises:
        StorageError: there is no such folder, or only one of ``lock`` and ``unlock`` is given.
    """
    if not node_folder.is_dir():
        raise StorageError(f"{node_folder}: no such folder, so no secrets are kept there")
    if (lock is None) != (unlock is None):
        raise StorageError(f"{node_folder}: secrets are locked and unlocked, or neither")
    return SecretsFolder(node_folder / FOLDER, lock=lock, unlock=unlock)
