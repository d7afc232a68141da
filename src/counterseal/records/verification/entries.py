"""Checks 13 to 20: every record of every log, one pass, a few words of memory for each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from counterseal.crypto.ed25519 import require_signature
from counterseal.crypto.errors import CryptoError
from counterseal.records.body import open_body
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import parse_countersignature
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import feed_id, header_document, record_id
from counterseal.records.manifest import size_cap
from counterseal.records.trust import AUTHOR, TrustedKey, TrustFile
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import ENTRY_CHECKS, Tally
from counterseal.records.verification.times import NotAfter, checkpoint_claims
from counterseal.records.verification.trees import entry_tiles
from counterseal.terms.times import format_instant, parse_instant


@dataclass(slots=True, kw_only=True)
class _Feed:
    """Where a feed stands: the next seq, the last id, and the bounds that its times must keep."""

    next_seq: int = 0
    last_id: str | None = None
    last_claim: str = ""
    not_before: datetime | None = None


@dataclass(slots=True, kw_only=True)
class _Log:
    """One log while it is walked: its ids, feeds, and what bounds its entries' times."""

    heads: LogHeads
    not_after: NotAfter
    ids: set[bytes] = field(default_factory=set)
    feeds: dict[str, _Feed] = field(default_factory=dict)


class EntryChecks:
    """Walks all logs of a bundle at full depth."""

    def __init__(
        self,
        source: BundleSource,
        paths: frozenset[str],
        tally: Tally,
        *,
        trust: TrustFile,
        logs: tuple[LogHeads, ...],
    ) -> None:
        self._source, self._paths, self._tally, self._trust = source, paths, tally, trust
        self._logs = [_Log(heads=heads, not_after=NotAfter(heads)) for heads in logs]
        self._claims = checkpoint_claims(source, logs)
        self._checkpoint_ids = {seen.checkpoint.checkpoint_id for h in logs for seen in h.seen}
        self._authors = {key.key_id: key for key in trust.keys_of(AUTHOR)}
        self._feed_ids = {
            key.key_id: feed_id(treaty=trust.treaty, author=key.party, public=key.public)
            for key in trust.keys_of(AUTHOR)
        }
        self._unresolved: dict[bytes, tuple[str, int]] = {}
        self._countersigned: list[tuple[_Log, bytes, str, int]] = []
        """Of each countersignature: its log, the record that it is about, and where it stands."""
        self.records = 0
        self.bodies = 0

    def run(self) -> None:
        """Run the eight checks."""
        self._tally.ran(*ENTRY_CHECKS)
        for log in self._logs:
            index = 0
            for address, path, entries in entry_tiles(self._source, log.heads):
                index = address.number * 256
                openings = self._openings(log, address.path(), len(entries))
                for entry in entries:
                    self._check_entry(log, entry, path=path, index=index, opening=next(openings, b""))
                    index += 1
        self._check_references()
        self._check_countersigned()
        self._check_body_packs()

    def _refuse(self, check: str, rule: str, *, path: str, index: int) -> None:
        self._tally.refuse(check, f"record {index}: {rule}", file=path)

    def _check_entry(self, log: _Log, entry: bytes, *, path: str, index: int, opening: bytes) -> None:
        self.records += 1
        check = "envelopes"
        try:
            header_bytes, key_id, signature = split_record(entry)
            check = "headers"
            document = header_document(header_bytes)
        except RecordError as error:
            self._refuse(check, str(error), path=path, index=index)
            self._tally.cut(*ENTRY_CHECKS[1:])
            return
        self._check_home(log, document, path=path, index=index)
        key = self._check_signature(document, header_bytes, key_id, signature, path=path, index=index)
        own_id = record_id(header_bytes)
        self._check_feed(log, document, own_id, key, path=path, index=index)
        self._note_references(log, document, path=path, index=index)
        if opening:
            self._check_body(document, opening, path=path, index=index)

    def _check_home(self, log: _Log, document: dict[str, Any], *, path: str, index: int) -> None:
        if document["treaty"] != self._trust.treaty:
            rule = f"of treaty {document['treaty']!r}, the trust file is of {self._trust.treaty!r}"
            self._refuse("headers", rule, path=path, index=index)
        if document["author"] != log.heads.log.party:
            rule = f"authored by {document['author']}, in the log of {log.heads.log.party}"
            self._refuse("headers", rule, path=path, index=index)

    def _check_signature(
        self, document: dict[str, Any], header: bytes, key_id: str, signature: bytes, *, path: str, index: int
    ) -> TrustedKey | None:
        key = self._authors.get(key_id)
        if key is None or key.party != document["author"]:
            rule = f"signed by {key_id[:16]}…, which is no author key of {document['author']}"
            self._refuse("signatures", rule, path=path, index=index)
            return None
        try:
            require_signature(key.public, signature, message=pre_authentication(HEADER_TYPE, header))
        except CryptoError as error:
            self._refuse("signatures", str(error), path=path, index=index)
        return key

    def _check_feed(
        self,
        log: _Log,
        document: dict[str, Any],
        own_id: str,
        key: TrustedKey | None,
        *,
        path: str,
        index: int,
    ) -> None:
        raw = bytes.fromhex(own_id)
        if any(raw in other.ids for other in self._logs):
            self._refuse("duplicates", f"{own_id} stands twice in the bundle", path=path, index=index)
            return
        log.ids.add(raw)
        self._unresolved.pop(raw, None)
        if key is not None and document["feed"] != self._feed_ids[key.key_id]:
            self._refuse("feeds", "its feed is not that of the key that signed it", path=path, index=index)
        feed = log.feeds.setdefault(document["feed"], _Feed())
        seq = document["seq"]
        if seq < feed.next_seq:
            rule = f"seq {seq} of feed {document['feed'][:16]}… was there before, with another id"
            self._refuse("duplicates", rule, path=path, index=index)
            return
        if seq > feed.next_seq:
            rule = f"seq {seq} of feed {document['feed'][:16]}… comes where {feed.next_seq} must: a gap"
            self._refuse("feeds", rule, path=path, index=index)
        elif document["prev"] != feed.last_id:
            rule = f"prev is {document['prev']}, the record before it is {feed.last_id}"
            self._refuse("feeds", rule, path=path, index=index)
        self._check_time(log, feed, document, own_id, index=index)
        feed.next_seq, feed.last_id = seq + 1, own_id

    def _check_time(
        self, log: _Log, feed: _Feed, document: dict[str, Any], own_id: str, *, index: int
    ) -> None:
        claimed = document["claimed_time"]
        if claimed < feed.last_claim:
            self._tally.warn(f"{own_id}: claims {claimed}, before the {feed.last_claim} of its predecessor")
        feed.last_claim = claimed
        for checkpoint in document["not_before"]:
            party, at = self._claims.get(checkpoint, (log.heads.log.party, None))
            if at is not None and party != log.heads.log.party:
                feed.not_before = at if feed.not_before is None else max(feed.not_before, at)
        latest = log.not_after.of(index)
        if feed.not_before is None and latest is None:
            return
        at = parse_instant(claimed)
        if feed.not_before is not None and at < feed.not_before:
            bound = format_instant(feed.not_before)
            self._tally.warn(f"{own_id}: claims {claimed}, but builds on a checkpoint of {bound}")
        if latest is not None and at > latest:
            self._tally.warn(f"{own_id}: claims {claimed}, but was cosigned at {format_instant(latest)}")

    def _note_references(self, log: _Log, document: dict[str, Any], *, path: str, index: int) -> None:
        for ref in document["refs"]:
            raw = bytes.fromhex(ref)
            if not any(raw in other.ids for other in self._logs):
                self._unresolved.setdefault(raw, (path, index))
        for checkpoint in document["not_before"]:
            if checkpoint not in self._checkpoint_ids:
                rule = f"builds on checkpoint {checkpoint}, not in the bundle: a log was cut or held back"
                self._refuse("references", rule, path=path, index=index)
        if document["kind"] == COUNTERSIGNATURE:
            if len(document["refs"]) != 1:
                self._refuse("countersignatures", "refs must be the one record", path=path, index=index)
            else:
                self._countersigned.append((log, bytes.fromhex(document["refs"][0]), path, index))

    def _check_body(self, document: dict[str, Any], opening: bytes, *, path: str, index: int) -> None:
        self.bodies += 1
        body = document["body"]
        try:
            statement = open_body(
                opening, commit=body["commit"], parts=body["parts"], size_class=body["size_class"]
            )
        except RecordError as error:
            self._refuse("bodies", str(error), path=path, index=index)
            return
        if document["kind"] != COUNTERSIGNATURE:
            return
        try:
            said = parse_countersignature(statement)
        except RecordError as error:
            self._refuse("countersignatures", str(error), path=path, index=index)
            return
        if [said.record] != document["refs"]:
            rule = f"speaks of {said.record}, its refs name another record"
            self._refuse("countersignatures", rule, path=path, index=index)

    def _openings(self, log: _Log, name: str, count: int) -> Iterator[bytes]:
        path = f"bodies/{log.heads.folder}/{name}"
        if path not in self._paths:
            return iter(())
        try:
            openings = read_body_pack(self._source.read(path, most=size_cap(path)), count=count)
        except RecordError as error:
            self._tally.refuse("bodies", str(error), file=path)
            return iter(())
        if not any(openings):
            self._tally.refuse("bodies", "a body pack without a single opening", file=path)
        return iter(openings)

    def _check_references(self) -> None:
        for raw, (path, index) in self._unresolved.items():
            self._refuse(
                "references", f"speaks of {raw.hex()}, which is not in the bundle", path=path, index=index
            )

    def _check_countersigned(self) -> None:
        for log, raw, path, index in self._countersigned:
            if raw in log.ids:
                rule = f"a party countersigned its own record {raw.hex()}"
                self._refuse("countersignatures", rule, path=path, index=index)

    def _check_body_packs(self) -> None:
        prefix = {f"bodies/{log.heads.folder}/": log for log in self._logs}
        for path in sorted(p for p in self._paths if p.startswith("bodies/")):
            log = prefix.get(path[: len("bodies/") + 65])
            entries = f"logs/{path[len('bodies/') :][:64]}/tile/entries/{path[len('bodies/') + 65 :]}"
            if log is not None and entries not in self._paths:
                self._tally.refuse("bodies", "body pack without its entry tile", file=path)


def read_body_pack(pack: bytes, *, count: int) -> list[bytes]:
    """Return the openings of a body pack; an empty one is not disclosed.

    Raises:
        RecordError: it ends early or holds more.
    """
    openings, at, end = [], 0, len(pack)
    for number in range(count):
        if at + 4 > end:
            raise RecordError(f"body pack ends before opening {number} of {count}")
        start = at + 4
        at = start + int.from_bytes(pack[at:start], "big")
        if at > end:
            raise RecordError(f"body pack ends inside opening {number} of {count}")
        openings.append(pack[start:at])
    if at != end:
        raise RecordError(f"body pack holds {end - at} bytes after its {count} openings")
    return openings


def write_body_pack(openings: list[bytes]) -> bytes:
    """Return a body pack: each opening behind its length in 4 bytes, length 0 where withheld."""
    return b"".join(len(opening).to_bytes(4, "big") + opening for opening in openings)
