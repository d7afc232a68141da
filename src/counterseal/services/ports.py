"""Ports: what the use cases need from the world. The doors (``app/``) bring the real ones."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from counterseal.barrier.answers import Answer
from counterseal.barrier.readiness import Readiness
from counterseal.barrier.wire import Request
from counterseal.log.note import Note, NoteLine
from counterseal.records.verification.source import BundleSource
from counterseal.terms.outcomes import MeasurementOutcome


class Clock(Protocol):
    """Tells the time; every use case that needs one takes it as an argument."""

    def now(self) -> datetime:
        """Return the present instant, in GMT."""


class Randomness(Protocol):
    """Gives random bytes; a seeded one makes a run repeatable."""

    def __call__(self, count: int) -> bytes:
        """Return ``count`` random bytes."""


class Secrets(Protocol):
    """What a node keeps for itself: values that it has committed to and not yet revealed."""

    def keep(self, name: str, data: bytes) -> None:
        """Keep a secret, durably; one of that name that is there already must be the same bytes."""

    def fetch(self, name: str) -> bytes | None:
        """Return the secret of that name, or None."""


class OnceSecrets(Secrets, Protocol):
    """Secrets among which a name can be claimed: what may be done once is done by whoever claims it."""

    def claim(self, name: str) -> bool:
        """Take a name for good and say whether it was free; of two programs at one moment, one is told so."""


class SealedRunner(Protocol):
    """Runs a request in a sealed process, or refuses where the machine cannot seal."""

    def probe(self) -> Readiness:
        """Return how well a room with nothing in it is closed."""

    def run(self, request: Request, *, hold_ns: int, alphabet: tuple[MeasurementOutcome, ...]) -> Answer:
        """Return the answer to a request, ``hold_ns`` after the room was closed [ns].

        Whatever is not in ``alphabet``, the answers that were agreed, is a malfunction.
        """


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedBundle:
    """A bundle that came: for whom it was made, its number there, and its manifest's id."""

    to: str
    sequence: int
    manifest_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedBundle:
    """A number that was used up for a receiver, and the manifest that went out under it.

    There is none where the export failed, or was made before manifests were kept.
    """

    receiver: str
    sequence: int
    manifest_id: str | None


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

    def add_sealed(self, bodies: Sequence[tuple[str, bytes]], *, by_author: bool) -> None:
        """Keep sealed bodies of records that are in the store, the first from the author and from others."""

    def sealed(self, record_id: str) -> bytes | None:
        """Return the sealed body of a record, the author's own before any other, or None."""

    def sealed_of(self, origin: str, start: int, end: int) -> dict[int, bytes]:
        """Return the sealed bodies of a log by index, from ``start`` to before ``end``."""

    def add_checkpoint(self, origin: str, *, size: int, note: Note) -> None:
        """Keep a checkpoint; lines that are not there yet join those that are."""

    def add_line(self, origin: str, *, size: int, line: NoteLine) -> None:
        """Add a signature line to a checkpoint that is kept."""

    def checkpoints(self, origin: str) -> tuple[Note, ...]:
        """Return all checkpoints of a log, smallest first."""

    def next_sequence(self, receiver: str, *, above: int = -1) -> int:
        """Return and use up the next number of a bundle to a receiver, larger than ``above``."""

    def add_exported(self, receiver: str, *, sequence: int, manifest_id: str) -> None:
        """Keep which manifest went out under a number; a second one is refused."""

    def exported(self) -> tuple[ExportedBundle, ...]:
        """Return every number that was used up, by receiver and number."""

    def add_received(self, sender: str, *, to: str, sequence: int, manifest_id: str) -> None:
        """Keep that a bundle came; two manifests with one number are both kept."""

    def received(self, sender: str) -> tuple[ReceivedBundle, ...]:
        """Return the bundles that came from a party, by receiver, number and manifest."""

    def witnessed(self, origin: str) -> str | None:
        """Return the text of the largest checkpoint of a log that this node cosigned, or None."""

    def add_witnessed(self, origin: str, *, size: int, text: str) -> None:
        """Keep that a checkpoint is cosigned; another of its size, or a smaller one, is refused."""

    def add_trust_documents(self, documents: Mapping[str, bytes]) -> None:
        """Keep trust files and key files by path; other bytes under a known path are refused."""

    def trust_documents(self) -> dict[str, bytes]:
        """Return all trust files and key files by path, sorted."""

    def keep_evidence(self, name: str, data: bytes) -> None:
        """Keep bytes that were refused and prove something; two under one name are both kept."""

    def evidence(self) -> tuple[tuple[str, bytes], ...]:
        """Return all evidence, by name."""

    def close(self) -> None:
        """Let go of the store; what was acknowledged is kept."""


class BundleSink(Protocol):
    """Takes the files of a bundle that is being made."""

    def write(self, path: str, data: bytes) -> None:
        """Keep one file."""


class BundleFolder(BundleSource, BundleSink, Protocol):
    """A bundle that can be written and read."""
