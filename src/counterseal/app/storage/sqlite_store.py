"""The store of a node in SQLite: write-ahead log, full synchronisation, append-only by trigger."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from counterseal.app.storage.errors import StorageError
from counterseal.crypto.merkle import leaf_hash
from counterseal.log.note import Note, NoteLine
from counterseal.services.ports import FeedHead, NewEntry, StoredEntry

VERSION = 1
"""Version of the schema; a store of another version is refused until it is migrated."""

APPLICATION = 0x43534541
"""SQLite's ``application_id`` of a store: ``CSEA``; another program's file is refused, and left as it is."""

_BATCH = 1024
_CACHE_KIB = 32 * 1024  # record ids are spread over their whole index: keep it in memory while appending
_IN_MEMORY = ":memory:"


class _Connection(sqlite3.Connection):
    """A connection that is closed when it is forgotten: after a failure nobody is left to close its store."""

    def __del__(self) -> None:
        with suppress(sqlite3.Error):  # one that never opened has nothing to close
            self.close()


class SqliteStore:
    """One node's logs, openings and checkpoints in one file."""

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

    def size(self, origin: str) -> int:
        """Return the number of entries of a log."""
        sql = "SELECT coalesce(max(idx) + 1, 0) FROM entry WHERE origin = ?"
        return int(next(self._rows(sql, (origin,)))[0])

    def append(self, origin: str, entries: Sequence[NewEntry]) -> int:
        """Append entries, durably, and return the index of the first."""
        with self.transaction():
            first = self.size(origin)
            self._run_many(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        origin,
                        first + number,
                        bytes.fromhex(entry.record_id),
                        entry.kind,
                        bytes.fromhex(entry.feed),
                        entry.seq,
                        leaf_hash(entry.envelope),
                        entry.envelope,
                        entry.opening,
                    )
                    for number, entry in enumerate(entries)
                ],
            )
        return first

    def add_openings(self, openings: Sequence[tuple[str, bytes]]) -> None:
        """Keep openings of records in the store; those kept already are left alone."""
        with self.transaction():
            self._run_many(
                "INSERT INTO opening VALUES (?, ?) ON CONFLICT (record_id) DO NOTHING",
                [(bytes.fromhex(record_id), data) for record_id, data in openings],
            )

    _ENTRY = (
        "SELECT entry.origin, idx, hex(entry.record_id), kind, envelope, coalesce(entry.opening, data)"
        " FROM entry"
        " LEFT JOIN opening ON opening.record_id = entry.record_id"
    )

    def entries(self, origin: str, start: int = 0, end: int | None = None) -> Iterator[StoredEntry]:
        """Yield entries of a log in order, from ``start`` to before ``end``."""
        stop = self.size(origin) if end is None else end
        for at in range(start, stop, _BATCH):
            rows = self._rows(
                f"{self._ENTRY} WHERE entry.origin = ? AND idx >= ? AND idx < ? ORDER BY idx",
                (origin, at, min(at + _BATCH, stop)),
            )
            yield from map(_stored, list(rows))

    def leaves(self, origin: str) -> Iterator[bytes]:
        """Yield the leaf hashes of a log in order."""
        for (leaf,) in self._rows("SELECT leaf FROM entry WHERE origin = ? ORDER BY idx", (origin,)):
            yield leaf

    def find(self, record_id: str) -> StoredEntry | None:
        """Return the entry of a record, or None."""
        wanted = bytes.fromhex(record_id)
        row = next(self._rows(f"{self._ENTRY} WHERE entry.record_id = ?", (wanted,)), None)
        return _stored(row) if row else None

    def feed_head(self, feed: str) -> FeedHead | None:
        """Return the last record of a feed, or None."""
        sql = "SELECT seq, hex(record_id) FROM entry WHERE feed = ? ORDER BY seq DESC LIMIT 1"
        row = next(self._rows(sql, (bytes.fromhex(feed),)), None)
        return FeedHead(seq=row[0], record_id=row[1].lower()) if row else None

    def add_checkpoint(self, origin: str, *, size: int, note: Note) -> None:
        """Keep a checkpoint; lines that are not there yet join those that are.

        Raises:
            StorageError: another checkpoint of that log and size is kept already.
        """
        with self.transaction():
            sql = "SELECT text FROM checkpoint WHERE origin = ? AND size = ?"
            kept = next(self._rows(sql, (origin, size)), None)
            if kept is None:
                self._run("INSERT INTO checkpoint VALUES (?, ?, ?)", (origin, size, note.text))
            elif kept[0] != note.text:
                raise StorageError(f"store: another checkpoint of {origin} at size {size} is kept already")
            sql = "SELECT name, key_hash FROM line WHERE origin = ? AND size = ?"
            known = set(self._rows(sql, (origin, size)))
            for line in note.lines:
                if (line.name, line.key_hash) not in known:
                    self.add_line(origin, size=size, line=line)

    def add_line(self, origin: str, *, size: int, line: NoteLine) -> None:
        """Add a signature line to a checkpoint that is kept; a line of the same key stays as it was."""
        self._run(
            "INSERT INTO line SELECT ?, ?, (SELECT count(*) FROM line WHERE origin = ? AND size = ?), ?, ?, ?"
            " WHERE true ON CONFLICT (origin, size, name, key_hash) DO NOTHING",
            (origin, size, origin, size, line.name, line.key_hash, line.signature),
        )

    def checkpoints(self, origin: str) -> tuple[Note, ...]:
        """Return all checkpoints of a log, smallest first; the log's own line stands first on each."""
        lines: dict[int, list[NoteLine]] = {}
        rows = self._rows(
            "SELECT size, name, key_hash, signature FROM line WHERE origin = ?"
            " ORDER BY size, name <> ?, name, key_hash",
            (origin, origin),
        )
        for size, name, key_hash, signature in rows:
            line = NoteLine(name=name, key_hash=key_hash, signature=signature)
            lines.setdefault(size, []).append(line)
        texts = self._rows("SELECT size, text FROM checkpoint WHERE origin = ? ORDER BY size", (origin,))
        return tuple(Note(text=text, lines=tuple(lines.get(size, ()))) for size, text in texts)

    def next_sequence(self, receiver: str) -> int:
        """Return and use up the next number of a bundle to a receiver."""
        with self.transaction():
            sql = "SELECT coalesce(max(sequence) + 1, 0) FROM exported WHERE receiver = ?"
            number = int(next(self._rows(sql, (receiver,)))[0])
            self._run("INSERT INTO exported VALUES (?, ?)", (receiver, number))
        return number

    def count(self) -> int:
        """Return the number of entries of all logs."""
        return int(next(self._rows("SELECT count(*) FROM entry"))[0])

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite's own check of the file finds; nothing is good."""
        try:
            found = [str(row[0]) for row in self._rows("PRAGMA integrity_check")]
            found += [f"dangling reference in {row[0]}" for row in self._rows("PRAGMA foreign_key_check")]
        except StorageError as error:
            return (str(error),)
        return tuple(text for text in found if text != "ok")


def _stored(row: tuple[str, int, str, str, bytes, bytes | None]) -> StoredEntry:
    origin, index, record_id, kind, envelope, opening = row
    return StoredEntry(
        origin=origin,
        index=index,
        record_id=record_id.lower(),
        kind=kind,
        envelope=envelope,
        opening=opening,
    )


def open_store(path: Path, *, create: bool = False) -> SqliteStore:
    """Open the store at ``path``, or make it.

    Args:
        path: File of the store; ``:memory:`` for one that is forgotten.
        create: Make a new, empty one; an existing one is then refused.

    Raises:
        StorageError: missing, there already, not a store, of another version, or not writable; a file
            that is refused is left as it was.
    """
    new = create or str(path) == _IN_MEMORY
    if str(path) != _IN_MEMORY and create == path.exists():
        raise StorageError(f"{path}: {'is there already' if create else 'no such store'}")
    try:
        connection = sqlite3.connect(path, isolation_level=None, factory=_Connection)
    except sqlite3.Error as error:
        raise StorageError(f"{path}: cannot be opened: {error}") from error
    try:
        if not new:
            _require_known(connection, path)
        _set_durable(connection, path)
        if new:
            _create(connection)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise StorageError(f"{path}: {error}") from error
        raise
    return SqliteStore(connection)


def _pragma(connection: sqlite3.Connection, text: str) -> Any:
    row = connection.execute(f"PRAGMA {text}").fetchone()
    return row[0] if row else None


def _require_known(connection: sqlite3.Connection, path: Path) -> None:
    """Read before anything is written: a file that is no store stays as it is."""
    if _pragma(connection, "application_id") != APPLICATION:
        raise StorageError(f"{path}: not a store of this program")
    found = _pragma(connection, "user_version")
    if found != VERSION:
        raise StorageError(f"{path}: store of version {found}, this program knows version {VERSION}")


def _set_durable(connection: sqlite3.Connection, path: Path) -> None:
    _pragma(connection, "foreign_keys = ON")
    _pragma(connection, "synchronous = FULL")
    _pragma(connection, f"cache_size = -{_CACHE_KIB}")
    mode = _pragma(connection, "journal_mode = WAL")
    if mode not in ("wal", "memory"):
        raise StorageError(f"{path}: no write-ahead log on this disk (journal mode {mode})")


def _create(connection: sqlite3.Connection) -> None:
    schema = files("counterseal.app.storage").joinpath("schema.sql").read_text("utf-8")
    marks = f"PRAGMA application_id = {APPLICATION};PRAGMA user_version = {VERSION};"
    connection.executescript(f"BEGIN;{schema}{marks}COMMIT;")
