"""The record as a reader finds it: every entry opened as far as it may be, with its place, proof and time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from counterseal.crypto.merkle import leaf_hash
from counterseal.log.tree import HashTree
from counterseal.records.body import open_body
from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope, split_record
from counterseal.records.header import Header, parse_header, record_id
from counterseal.records.manifest import MANIFEST_NAME, parse_manifest, size_cap
from counterseal.records.trust import Trust
from counterseal.records.trust_files import read_trust
from counterseal.records.verification.heads import LogHeads, check_heads
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import Tally
from counterseal.records.verification.times import NotAfter, checkpoint_claims
from counterseal.records.verification.trees import entry_tiles
from counterseal.services.errors import ServiceError
from counterseal.services.ports import StoredEntry
from counterseal.services.views import RecordView
from counterseal.terms.times import TimeInterval

ISSUED, LOGGED, SETTLED = "issued", "logged", "settled"
"""How far a record is vouched for: signed; under a signed head; under a head that every side has cosigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntry:
    """One record in its place.

    Attributes:
        statement: The opened statement, or None where the body is withheld.
    """

    origin: str
    index: int
    record_id: str
    header: Header
    envelope: bytes
    statement: dict[str, Any] | None


@dataclass(slots=True, kw_only=True)
class RecordBook:
    """All logs of a verified bundle, opened.

    Attributes:
        trust: What the trust files say.
        made: When the bundle was made, as its signed manifest says; None for what a node holds itself.
        heads: Checkpoints by log origin.
        entries: Every record, log by log.
    """

    trust: Trust
    source: BundleSource
    heads: dict[str, LogHeads]
    entries: tuple[BookEntry, ...]
    made: datetime | None = None
    _trees: dict[str, HashTree] = field(default_factory=dict)
    _intervals: dict[str, TimeInterval] = field(default_factory=dict)
    _settled: dict[str, int] = field(default_factory=dict)

    def find(self, wanted: str) -> BookEntry | None:
        """Return the record of an id, or of the one id that begins so (at least 8 characters)."""
        found = [entry for entry in self.entries if entry.record_id.startswith(wanted)]
        return found[0] if len(found) == 1 and len(wanted) >= 8 else None  # noqa: PLR2004

    def tree(self, origin: str) -> HashTree:
        """Return the hash tree of a log."""
        if origin not in self._trees:
            self._trees[origin] = HashTree(e.envelope for e in self.entries if e.origin == origin)
        return self._trees[origin]

    def interval(self, wanted: str) -> TimeInterval:
        """Return when a record came to be, as others vouch for it."""
        if not self._intervals:
            self._intervals.update(_intervals(self))
        return self._intervals[wanted]

    def note_bytes(self, origin: str) -> bytes:
        """Return the newest checkpoint of a log as the file it is."""
        path = self.heads[origin].newest.path
        return self.source.read(path, most=size_cap(path))

    def state(self, origin: str, index: int | None = None) -> tuple[str, tuple[str, ...]]:
        """Return how far a log's newest head, or one of its entries, is vouched for, and by whom.

        An entry is *settled* under any head that is larger than its index and that every side has cosigned,
        else *logged*; the cosigners are those of the head that says so.
        """
        heads = self.heads[origin]
        above = [seen for seen in heads.seen if index is None or seen.checkpoint.size > index]
        for seen in [heads.newest] if index is None else above:
            cosigners = frozenset(code for code, _ in seen.cosigned)
            if not self.trust.missing_sides(owner=heads.log.party, cosigners=cosigners):
                return SETTLED, tuple(sorted(cosigners))
        return LOGGED, tuple(sorted({code for code, _ in heads.newest.cosigned}))

    def standing(self, entry: BookEntry) -> str:
        """Return how far one record is vouched for: ``logged`` or ``settled``."""
        return SETTLED if entry.index < self._settled_size(entry.origin) else LOGGED

    def _settled_size(self, origin: str) -> int:
        if origin not in self._settled:
            heads = self.heads[origin]
            sizes = [
                seen.checkpoint.size
                for seen in heads.seen
                if not self.trust.missing_sides(
                    owner=heads.log.party, cosigners=frozenset(code for code, _ in seen.cosigned)
                )
            ]
            self._settled[origin] = max(sizes, default=0)
        return self._settled[origin]

    def view(self, entry: BookEntry, *, title: str) -> RecordView:
        """Return what a reader is shown of one record."""
        tree = self.tree(entry.origin)
        state, cosigners = self.state(entry.origin, entry.index)
        return RecordView(
            record_id=entry.record_id,
            kind=entry.header.kind,
            title=title,
            author=entry.header.author,
            feed=entry.header.feed,
            seq=entry.header.seq,
            log_origin=entry.origin,
            index=entry.index,
            tree_size=tree.size,
            root=tree.root().hex(),
            leaf_hash=leaf_hash(entry.envelope).hex(),
            proof=tuple(item.hex() for item in tree.inclusion(entry.index, tree.size)),
            state=state,
            cosigners=cosigners,
            time=self.interval(entry.record_id),
            statement=dict(entry.statement or {}),
        )


def open_book(source: BundleSource) -> RecordBook:
    """Open the record in a bundle that was verified before.

    Raises:
        ServiceError: the checkpoints cannot be read.
        RecordError: there is a manifest, and it cannot be read.
    """
    paths = frozenset(name.path for name in source.names())
    trust = read_trust(
        {path: source.read(path, most=size_cap(path)) for path in paths if path.startswith("trust/")}
    )
    logs = check_heads(source, paths, trust, Tally(names=("checkpoints", "settled")))
    if len(logs) != len(trust.logs):
        raise ServiceError("the record has a log without a readable checkpoint; verify it first")
    entries = tuple(entry for heads in logs for entry in _entries(source, paths, heads))
    return RecordBook(
        trust=trust,
        source=source,
        heads={heads.log.origin: heads for heads in logs},
        entries=entries,
        made=_made(source) if MANIFEST_NAME in paths else None,
    )


def _made(source: BundleSource) -> datetime:
    data = source.read(MANIFEST_NAME, most=size_cap(MANIFEST_NAME))
    envelope = parse_envelope(data, payload_type=MANIFEST_TYPE, what=MANIFEST_NAME)
    return parse_manifest(envelope.payload).created


def _entries(source: BundleSource, paths: frozenset[str], heads: LogHeads) -> Iterator[BookEntry]:
    for address, _, envelopes in entry_tiles(source, heads):
        pack = f"bodies/{heads.folder}/{address.path()}"
        openings = [b""] * len(envelopes)
        if pack in paths:
            openings = read_pack(source.read(pack, most=size_cap(pack)), count=len(envelopes))
        for number, (envelope, opening) in enumerate(zip(envelopes, openings, strict=True)):
            data = split_record(envelope)[0]
            header = parse_header(data)
            yield BookEntry(
                origin=heads.log.origin,
                index=address.number * 256 + number,
                record_id=record_id(data),
                header=header,
                envelope=envelope,
                statement=_opened(header, opening),
            )


def _opened(header: Header, opening: bytes) -> dict[str, Any] | None:
    if not opening:
        return None
    return open_body(opening, commit=header.commit, parts=header.parts, size_class=header.size_class)


def opened(entry: StoredEntry) -> dict[str, Any]:
    """Return the statement of an entry that a store holds; empty where its body is not at hand."""
    header = parse_header(split_record(entry.envelope)[0])
    return _opened(header, entry.opening or b"") or {}


def _intervals(book: RecordBook) -> dict[str, TimeInterval]:
    claims = checkpoint_claims(book.source, tuple(book.heads.values()))
    not_after = {origin: NotAfter(heads) for origin, heads in book.heads.items()}
    bounds: dict[str, datetime] = {}
    found = {}
    for entry in book.entries:
        header = entry.header
        for checkpoint in header.not_before:
            party, at = claims.get(checkpoint, (header.author, None))
            if at is not None and party != header.author:
                bounds[header.feed] = max(at, bounds.get(header.feed, at))
        found[entry.record_id] = TimeInterval(
            claimed=header.claimed_time,
            not_before=bounds.get(header.feed),
            not_after=not_after[entry.origin].of(entry.index),
        )
    return found
