"""The SQLite file under a store: opening it, transactions, a copy of it, SQLite's own check."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from counterseal.app.storage.bundle_folder import sync
from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.migrations import bring_up_to_date, pragma, require_known

_CACHE_KIB = 32 * 1024  # record ids are spread over their whole index: keep it in memory while appending
_IN_MEMORY = ":memory:"
_LEFT_BEHIND = ("", "-journal", "-wal", "-shm")


class _Connection(sqlite3.Connection):
    """A connection that is closed when it is forgotten: after a failure nobody is left to close its store."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # one that never opened has nothing to close
            self.close()


class SqliteFile:
    """One file of tables that only grow."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def close(self) -> None:
        """Close the store; what was acknowledged is on disk already."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen, durably, or none does; transactions nest into the outer one."""
        if self._db.in_transaction:
            yield
            return
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # what went wrong first is what is told
                self._db.rollback()
            raise

    def _run(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(sql, values)
        except sqlite3.Error as error:
            raise StorageError(f"store: {error}") from error

    def _run_many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        try:
            self._db.executemany(sql, rows)
        except sqlite3.Error as error:
            raise StorageError(f"store: {error}") from error

    def _rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[Any]:
        rows = self._run(sql, values)
        while True:
            try:
                row = rows.fetchone()
            except sqlite3.Error as error:
                raise StorageError(f"store, while reading: {error}") from error
            if row is None:
                return
            yield row

    def _first(self, sql: str, values: Sequence[object] = ()) -> Any:
        """Return the first row, or None."""
        return next(self._rows(sql, values), None)

    def snapshot(self, path: Path) -> None:
        """Write a copy of the store, as it is at one moment, to a new file: there whole, or not at all.

        Raises:
            StorageError: there is something at ``path`` already, it cannot be written, or a transaction
                is under way (its writes may still be taken back).
        """
        if self._db.in_transaction:
            raise StorageError(f"{path}: no copy of a store is made in the middle of a transaction")
        if os.path.lexists(path):
            raise StorageError(f"{path}: is there already; a copy of a store is never written over")
        part = path.with_name(f".{path.name}.part")
        try:
            _forget(part)
            _make_private(part)
            with closing(sqlite3.connect(part, isolation_level=None)) as copy:
                self._db.backup(copy)
            sync(part)
            part.rename(path)
            sync(path.parent)
        except BaseException as error:
            with suppress(OSError):  # what went wrong first is what is told
                _forget(part)
            if isinstance(error, sqlite3.Error | OSError):
                raise StorageError(f"{path}: the copy of the store cannot be made: {error}") from error
            raise

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite's own check of the file finds; nothing is good."""
        try:
            found = [str(row[0]) for row in self._rows("PRAGMA integrity_check")]
            found += [f"dangling reference in {row[0]}" for row in self._rows("PRAGMA foreign_key_check")]
        except StorageError as error:
            return (str(error),)
        return tuple(text for text in found if text != "ok")


def _forget(part: Path) -> None:
    """Remove a copy that was not finished, and what SQLite keeps beside it."""
    for ending in _LEFT_BEHIND:
        part.with_name(part.name + ending).unlink(missing_ok=True)


def _make_private(path: Path) -> None:
    """Make an empty file for its owner alone; what SQLite puts beside it takes on its mode."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Open the file of a store, or make it, and bring it to this program's version.

    Raises:
        StorageError: see ``open_store``.
    """
    new = create or str(path) == _IN_MEMORY
    if str(path) != _IN_MEMORY and create == path.exists():
        raise StorageError(f"{path}: {'is there already' if create else 'no such store'}")
    try:
        if create and str(path) != _IN_MEMORY:
            _make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, factory=_Connection)
    except OSError as error:
        why = error.strerror or error
        raise StorageError(f"{path}: cannot be opened: unable to open a new file: {why}") from error
    except sqlite3.Error as error:
        raise StorageError(f"{path}: cannot be opened: {error}") from error
    try:
        if not new:
            require_known(connection, path)
        _set_durable(connection, path)
        bring_up_to_date(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise StorageError(f"{path}: {error}") from error
        raise
    return connection


def _set_durable(connection: sqlite3.Connection, path: Path) -> None:
    pragma(connection, "foreign_keys = ON")
    pragma(connection, "synchronous = FULL")
    pragma(connection, f"cache_size = -{_CACHE_KIB}")
    mode = pragma(connection, "journal_mode = WAL")
    if mode not in ("wal", "memory"):
        raise StorageError(f"{path}: no write-ahead log on this disk (journal mode {mode})")
