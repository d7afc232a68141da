"""Ports: what the use cases need from the world. The doors (``app/``) bring the real ones."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from counterseal.log.note import Note, NoteLine
from counterseal.records.verification.source import BundleSource


class Clock(Protocol):
    """Tells the time; every use case that needs one takes it as an argument."""

    def now(self) -> datetime:
        """Return the present instant, in GMT."""


class Randomness(Protocol):
    """Gives random bytes; a seeded one makes a run repeatable."""

    def __call__(self, count: int) -> bytes:
        """Return ``count`` random bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be appended to a log.

    Attributes:
        record_id: 64-hex id of the record.
        kind: Its kind, for finding it again.
        feed: 64-hex feed id; ``seq`` its position there.
        envelope: The entry's bytes, as signed.
        opening: What opens its body, or None where the body is not at hand.
    """

    record_id: str
    kind: str
    feed: str
    seq: int
    envelope: bytes
    opening: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry as the store holds it: the log it is in, its index, and what was appended."""

    origin: str
    index: int
    record_id: str
    kind: str
    envelope: bytes
    opening: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHead:
    """The last record of a feed: its ``seq`` and id."""

    seq: int
    record_id: str


class Store(Protocol):
    """The one truth of a node: logs of entries, openings, checkpoints. It only ever grows."""

    def transaction(self) -> AbstractContextManager[None]:
        """Return a context in which all writes happen, or none."""

    def size(self, origin: str) -> int:
        """Return the number of entries of a log."""

    def append(self, origin: str, entries: Sequence[NewEntry]) -> int:
        """Append entries, durably, and return the index of the first."""

    def entries(self, origin: str, start: int = 0, end: int | None = None) -> Iterator[StoredEntry]:
        """Yield entries of a log in order, from ``start`` to before ``end``."""

    def leaves(self, origin: str) -> Iterator[bytes]:
        """Yield the leaf hashes of a log in order [32 bytes each]."""

    def find(self, record_id: str) -> StoredEntry | None:
        """Return the entry of a record, or None."""

    def feed_head(self, feed: str) -> FeedHead | None:
        """Return the last record of a feed, or None."""

    def add_openings(self, openings: Sequence[tuple[str, bytes]]) -> None:
        """Keep openings of records that are in the store already; known ones are left alone."""

    def add_checkpoint(self, origin: str, *, size: int, note: Note) -> None:
        """Keep a checkpoint; lines that are not there yet join those that are."""

    def add_line(self, origin: str, *, size: int, line: NoteLine) -> None:
        """Add a signature line to a checkpoint that is kept."""

    def checkpoints(self, origin: str) -> tuple[Note, ...]:
        """Return all checkpoints of a log, smallest first."""

    def next_sequence(self, receiver: str) -> int:
        """Return and use up the next number of a bundle to a receiver."""

    def close(self) -> None:
        """Let go of the store; what was acknowledged is kept."""


class BundleSink(Protocol):
    """Takes the files of a bundle that is being made."""

    def write(self, path: str, data: bytes) -> None:
        """Keep one file."""


class BundleFolder(BundleSource, BundleSink, Protocol):
    """A bundle that can be written and read."""
