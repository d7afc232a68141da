"""The store of a node in SQLite: write-ahead log, full synchronisation, append-only by trigger."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from counterseal.app.storage.errors import StorageError
from counterseal.app.storage.migrations import APPLICATION, VERSION
from counterseal.app.storage.sqlite_exchange import ExchangeTables
from counterseal.app.storage.sqlite_file import connect
from counterseal.crypto.merkle import leaf_hash
from counterseal.log.note import Note, NoteLine
from counterseal.services.ports import FeedHead, NewEntry, StoredEntry

__all__ = ["APPLICATION", "VERSION", "SqliteStore", "open_store"]

_BATCH = 1024


class SqliteStore(ExchangeTables):
    """One node's logs, openings and checkpoints in one file, and its dealings with others."""

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

    def add_sealed(self, bodies: Sequence[tuple[str, bytes]], *, by_author: bool) -> None:
        """Keep sealed bodies of records in the store; the first from such a source stays."""
        with self.transaction():
            rows = [(bytes.fromhex(record_id), int(by_author), data) for record_id, data in bodies]
            self._run_many("INSERT INTO sealed VALUES (?, ?, ?)", rows)

    def sealed(self, record_id: str) -> bytes | None:
        """Return the sealed body of a record, or None."""
        sql = "SELECT data FROM sealed WHERE record_id = ? ORDER BY by_author DESC"
        row = self._first(sql, (bytes.fromhex(record_id),))
        return bytes(row[0]) if row else None

    def sealed_of(self, origin: str, start: int, end: int) -> dict[int, bytes]:
        """Return the sealed bodies that a log has by index, from ``start`` to before ``end``."""
        rows = self._rows(
            "SELECT idx, data FROM entry JOIN sealed USING (record_id)"
            " WHERE origin = ? AND idx >= ? AND idx < ? ORDER BY idx, by_author",
            (origin, start, end),
        )
        return dict(rows)  # the author's own comes last, and stays

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

    def count(self) -> int:
        """Return the number of entries of all logs."""
        return int(next(self._rows("SELECT count(*) FROM entry"))[0])


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
            that is refused is left as it was. An older version is brought up to date where it lies.
    """
    return SqliteStore(connect(path, create=create))
