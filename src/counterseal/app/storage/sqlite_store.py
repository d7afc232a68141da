"""The store of a node in SQLite: write-ahead log, full synchronisation, append-only by trigger."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from counterseal.app.storage.errors import StorageError
from counterseal.crypto.merkle import leaf_hash
from counterseal.log.note import Note, NoteLine
from counterseal.services.ports import FeedHead, NewEntry, StoredEntry

VERSION = 1
"""Version of the schema; a store of another version is refused until it is migrated."""

_BATCH = 1024


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
            if self._db.in_transaction:
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

    def size(self, origin: str) -> int:
        """Return the number of entries of a log."""
        row = self._run("SELECT coalesce(max(idx) + 1, 0) FROM entry WHERE origin = ?", (origin,)).fetchone()
        return int(row[0])

    def append(self, origin: str, entries: Sequence[NewEntry]) -> int:
        """Append entries, durably, and return the index of the first."""
        with self.transaction():
            first = self.size(origin)
            self._run_many(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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
                    )
                    for number, entry in enumerate(entries)
                ],
            )
            self.add_openings([(e.record_id, e.opening) for e in entries if e.opening is not None])
        return first

    def add_openings(self, openings: Sequence[tuple[str, bytes]]) -> None:
        """Keep openings of records in the store; those kept already are left alone."""
        with self.transaction():
            self._run_many(
                "INSERT INTO opening VALUES (?, ?) ON CONFLICT (record_id) DO NOTHING",
                [(bytes.fromhex(record_id), data) for record_id, data in openings],
            )

    _ENTRY = (
        "SELECT entry.origin, idx, hex(entry.record_id), kind, envelope, opening.data FROM entry"
        " LEFT JOIN opening ON opening.record_id = entry.record_id"
    )

    def entries(self, origin: str, start: int = 0, end: int | None = None) -> Iterator[StoredEntry]:
        """Yield entries of a log in order, from ``start`` to before ``end``."""
        stop = self.size(origin) if end is None else end
        for at in range(start, stop, _BATCH):
            rows = self._run(
                f"{self._ENTRY} WHERE entry.origin = ? AND idx >= ? AND idx < ? ORDER BY idx",
                (origin, at, min(at + _BATCH, stop)),
            )
            yield from map(_stored, rows.fetchall())

    def leaves(self, origin: str) -> Iterator[bytes]:
        """Yield the leaf hashes of a log in order."""
        rows = self._run("SELECT leaf FROM entry WHERE origin = ? ORDER BY idx", (origin,))
        for (leaf,) in rows:
            yield leaf

    def find(self, record_id: str) -> StoredEntry | None:
        """Return the entry of a record, or None."""
        wanted = bytes.fromhex(record_id)
        row = self._run(f"{self._ENTRY} WHERE entry.record_id = ?", (wanted,)).fetchone()
        return _stored(row) if row else None

    def feed_head(self, feed: str) -> FeedHead | None:
        """Return the last record of a feed, or None."""
        row = self._run(
            "SELECT seq, hex(record_id) FROM entry WHERE feed = ? ORDER BY seq DESC LIMIT 1",
            (bytes.fromhex(feed),),
        ).fetchone()
        return FeedHead(seq=row[0], record_id=row[1].lower()) if row else None

    def add_checkpoint(self, origin: str, *, size: int, note: Note) -> None:
        """Keep a checkpoint; lines that are not there yet join those that are.

        Raises:
            StorageError: another checkpoint of that log and size is kept already.
        """
        with self.transaction():
            kept = self._run(
                "SELECT text FROM checkpoint WHERE origin = ? AND size = ?", (origin, size)
            ).fetchone()
            if kept is None:
                self._run("INSERT INTO checkpoint VALUES (?, ?, ?)", (origin, size, note.text))
            elif kept[0] != note.text:
                raise StorageError(f"store: another checkpoint of {origin} at size {size} is kept already")
            for line in note.lines:
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
        rows = self._run(
            "SELECT size, name, key_hash, signature FROM line WHERE origin = ?"
            " ORDER BY size, name <> ?, name, key_hash",
            (origin, origin),
        )
        for size, name, key_hash, signature in rows:
            line = NoteLine(name=name, key_hash=key_hash, signature=signature)
            lines.setdefault(size, []).append(line)
        texts = self._run("SELECT size, text FROM checkpoint WHERE origin = ? ORDER BY size", (origin,))
        return tuple(Note(text=text, lines=tuple(lines.get(size, ()))) for size, text in texts)

    def next_sequence(self, receiver: str) -> int:
        """Return and use up the next number of a bundle to a receiver."""
        with self.transaction():
            row = self._run(
                "SELECT coalesce(max(sequence) + 1, 0) FROM exported WHERE receiver = ?", (receiver,)
            ).fetchone()
            self._run("INSERT INTO exported VALUES (?, ?)", (receiver, row[0]))
        return int(row[0])

    def count(self) -> int:
        """Return the number of entries of all logs."""
        return int(self._run("SELECT count(*) FROM entry").fetchone()[0])

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite's own check of the file finds; nothing is good."""
        found = [str(row[0]) for row in self._run("PRAGMA integrity_check")]
        found += [f"dangling reference in {row[0]}" for row in self._run("PRAGMA foreign_key_check")]
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
        StorageError: missing, there already, not a store, of another version, or not writable.
    """
    in_memory = str(path) == ":memory:"
    if not in_memory and create == path.exists():
        raise StorageError(f"{path}: {'is there already' if create else 'no such store'}")
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_mode = WAL")
        if create or in_memory:
            _create(connection)
        found = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
    if found != VERSION:
        connection.close()
        raise StorageError(f"{path}: store of version {found}, this program knows version {VERSION}")
    return SqliteStore(connection)


def _create(connection: sqlite3.Connection) -> None:
    schema = files("counterseal.app.storage").joinpath("schema.sql").read_text("utf-8")
    connection.executescript(f"BEGIN;{schema}PRAGMA user_version = {VERSION};COMMIT;")
