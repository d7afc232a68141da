"""Checks 13 to 24: every record of every log, one pass, a few words of memory for each."""

from dataclasses import dataclass, field
from typing import Any

from counterseal.crypto.ed25519 import require_lasting_signature
from counterseal.crypto.errors import CryptoError
from counterseal.records.body import open_body
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import parse_countersignature
from counterseal.records.envelope import HEADER_TYPE, pre_authentication, split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import PUBLIC, feed_id, header_document, signed_record_id
from counterseal.records.said import Said
from counterseal.records.sealed import split_sealed
from counterseal.records.trust import Trust
from counterseal.records.trusted import AUTHOR, SEAL, TrustedKey
from counterseal.records.verification.draws import audience_problem
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.hearing import HEARD, Hearing, must_be_there
from counterseal.records.verification.logged import change_problem
from counterseal.records.verification.packs import PackShelf
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import ENTRY_CHECKS, Tally
from counterseal.records.verification.times import NotAfter, as_written, checkpoint_claims
from counterseal.records.verification.trees import entry_tiles


@dataclass(slots=True, kw_only=True)
class _Feed:
    """Where a feed stands: the next seq, the last id, and the bounds that its times must keep.

    Times stay as headers write them: in that form, earlier is smaller.

    Attributes:
        gaps: What was passed over, and ``late`` what of it came after all; both refused.
    """

    next_seq: int = 0
    last_id: str | None = None
    last_claim: str = ""
    not_before: str = ""
    gaps: list[range] = field(default_factory=list)
    late: set[int] = field(default_factory=set)


@dataclass(slots=True, kw_only=True)
class _Log:
    """One log while it is walked: its ids, feeds, and what bounds its entries' times."""

    heads: LogHeads
    not_after: NotAfter
    ids: set[bytes] = field(default_factory=set)
    feeds: dict[str, _Feed] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)


class EntryChecks:
    """Walks all logs of a bundle at full depth."""

    def __init__(
        self,
        source: BundleSource,
        paths: frozenset[str],
        tally: Tally,
        *,
        trust: Trust,
        logs: tuple[LogHeads, ...],
        walked: tuple[LogHeads, ...],
    ) -> None:
        self._source, self._tally, self._trust = source, tally, trust
        self._logs = [_Log(heads=heads, not_after=NotAfter(heads)) for heads in walked]
        self._claims = {
            checkpoint: (party, as_written(at))
            for checkpoint, (party, at) in checkpoint_claims(source, walked).items()
        }
        self._covered = {
            seen.checkpoint.checkpoint_id: (heads.log.origin, seen.checkpoint.size)
            for heads in logs
            for seen in heads.seen
        }
        self._authors = {(key.party, key.key_id): key for key in trust.keys_of(AUTHOR)}
        self._feed_ids = {
            key: feed_id(treaty=trust.treaty, author=key.party, public=key.public)
            for key in trust.keys_of(AUTHOR)
        }
        self._readers = {key.party for key in trust.keys_of(SEAL)}
        self._packs = PackShelf(source, paths, tally, folders=[heads.folder for heads in logs])
        self._hearing = Hearing(trust, walked)
        self._unresolved: dict[bytes, tuple[str, int]] = {}
        self._countersigned: list[tuple[_Log, bytes, str, int]] = []
        """Of each countersignature: its log, the record that it is about, and where it stands."""
        self._signed: list[tuple[int, TrustedKey | tuple[str, str], bytes, bytes]] = []
        """Of each record of a tile: its index, the author key (or key id and author), signature, bytes."""
        self.records = 0
        self.bodies = 0

    def run(self) -> None:
        """Run the twelve checks."""
        self._tally.ran(*ENTRY_CHECKS)
        for log in self._logs:
            index = 0
            for address, path, entries in entry_tiles(self._source, log.heads):
                index = address.number * 256
                folder, name, count = log.heads.folder, address.path(), len(entries)
                openings = self._packs.take("bodies", folder, name, count=count)
                sealed = self._packs.take("sealed", folder, name, count=count)
                for entry, opening, hidden in zip(entries, openings, sealed, strict=True):
                    self._check_entry(log, entry, path=path, index=index, opening=opening, sealed=hidden)
                    index += 1
                self._check_signatures(path)
        self._check_references()
        self._check_countersigned()
        self._packs.refuse_the_rest()
        self._hearing.judge(self._source, self._tally)

    def _refuse(self, check: str, rule: str, *, path: str, index: int) -> None:
        self._tally.refuse(check, f"record {index}: {rule}", file=path)

    def _check_entry(
        self, log: _Log, entry: bytes, *, path: str, index: int, opening: bytes, sealed: bytes
    ) -> None:
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
        signed = pre_authentication(HEADER_TYPE, header_bytes)
        key = self._authors.get((document["author"], key_id))
        in_force = key if key is not None and key.in_force(index) else None
        self._signed.append((index, in_force or (key_id, document["author"]), signature, signed))
        own_id = signed_record_id(signed)
        self._check_feed(log, document, own_id, key, path=path, index=index)
        self._note_references(log, document, path=path, index=index)
        if sealed:
            self._check_sealed(document, sealed, path=path, index=index)
        if problem := audience_problem(document["kind"], document["audience"]):
            self._refuse("draws", problem, path=path, index=index)
        if problem := change_problem(document["kind"], document["audience"]):
            self._refuse("trust-logged", problem, path=path, index=index)
        if document["kind"] == COUNTERSIGNATURE and self._trust.chain is not None:
            self._check_refs(log, document, path=path, index=index)
        if not opening and must_be_there(document, chained=self._trust.chain is not None):
            rule = f"a {document['kind']} for everybody is judged by its body, which is not in this bundle"
            self._refuse("bodies", rule, path=path, index=index)
        if opening:
            self._check_body(log, document, opening, own_id=own_id, path=path, index=index)

    def _check_sealed(self, document: dict[str, Any], sealed: bytes, *, path: str, index: int) -> None:
        try:
            pieces = split_sealed(sealed, document)
        except RecordError as error:
            self._refuse("bodies", str(error), path=path, index=index)
            return
        for reader, piece in zip(document["audience"], pieces, strict=True):
            if piece and reader not in self._readers:
                rule = f"sealed body: sealed to {reader}, which has no seal key in the trust files"
                self._refuse("bodies", rule, path=path, index=index)

    def _check_refs(self, log: _Log, document: dict[str, Any], *, path: str, index: int) -> None:
        """What the header of a countersignature says already, whoever may read its body."""
        refs = document["refs"]
        if len(refs) != 1:
            rule = f"a countersignature is about exactly one record, its refs name {len(refs)}"
            self._refuse("countersignatures", rule, path=path, index=index)
        for ref in refs:
            self._note_countersigned(log, bytes.fromhex(ref), path=path, index=index)

    def _holds(self, raw: bytes) -> bool:
        """Whether a record of that id was met so far, in whichever log."""
        for log in self._logs:  # noqa: SIM110 - a generator costs more than the few look-ups
            if raw in log.ids:
                return True
        return False

    def _check_home(self, log: _Log, document: dict[str, Any], *, path: str, index: int) -> None:
        if document["treaty"] != self._trust.treaty:
            rule = f"of treaty {document['treaty']!r}, the trust file is of {self._trust.treaty!r}"
            self._refuse("headers", rule, path=path, index=index)
        if document["author"] != log.heads.log.party:
            rule = f"authored by {document['author']}, in the log of {log.heads.log.party}"
            self._refuse("headers", rule, path=path, index=index)

    def _check_signatures(self, path: str) -> None:
        """Verify what one tile's records are signed with.

        Their other checks come first, all of them: a processor that turns from the one to the other at
        every record forgets half of what it has at hand, and takes a tenth longer.
        """
        for index, key, signature, signed in self._signed:
            if not isinstance(key, TrustedKey):
                rule = f"signed by {key[0][:16]}…, which is no author key of {key[1]} in force here"
                self._refuse("signatures", rule, path=path, index=index)
                continue
            try:
                require_lasting_signature(key.public, signature, signed)
            except CryptoError as error:
                self._refuse("signatures", str(error), path=path, index=index)
        self._signed.clear()

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
        if self._holds(raw):
            self._refuse("duplicates", f"{own_id} stands twice in the bundle", path=path, index=index)
            return
        log.ids.add(raw)
        self._unresolved.pop(raw, None)
        if key is not None and key.accepted is not None and document["seq"] >= key.accepted:
            self._tally.warn(f"{own_id}: disputed: {key.party} does not stand by it, the key was lost")
        if key is not None and document["feed"] != self._feed_ids[key]:
            self._refuse("feeds", "its feed is not that of the key that signed it", path=path, index=index)
        feed = log.feeds.setdefault(document["feed"], _Feed())
        seq = document["seq"]
        if seq < feed.next_seq:
            self._refuse_late(feed, document, path=path, index=index)
            return
        if seq > feed.next_seq:
            rule = f"seq {seq} of feed {document['feed'][:16]}… comes where {feed.next_seq} must: a gap"
            self._refuse("feeds", rule, path=path, index=index)
            feed.gaps.append(range(feed.next_seq, seq))
        elif document["prev"] != feed.last_id:
            rule = f"prev is {document['prev']}, the record before it is {feed.last_id}"
            self._refuse("feeds", rule, path=path, index=index)
        self._check_time(log, feed, document, own_id, index=index)
        feed.next_seq, feed.last_id = seq + 1, own_id

    def _refuse_late(self, feed: _Feed, document: dict[str, Any], *, path: str, index: int) -> None:
        """Refuse a record with a seq that the feed has passed: out of order, or the second of that seq."""
        seq = document["seq"]
        if seq not in feed.late and any(seq in gap for gap in feed.gaps):
            feed.late.add(seq)
            rule = f"seq {seq} of feed {document['feed'][:16]}… comes after {feed.next_seq - 1}: out of order"
            self._refuse("feeds", rule, path=path, index=index)
            return
        rule = f"seq {seq} of feed {document['feed'][:16]}… was there before, with another id"
        self._refuse("duplicates", rule, path=path, index=index)

    def _check_time(
        self, log: _Log, feed: _Feed, document: dict[str, Any], own_id: str, *, index: int
    ) -> None:
        claimed = document["claimed_time"]
        if claimed < feed.last_claim:
            self._tally.warn(f"{own_id}: claims {claimed}, before the {feed.last_claim} of its predecessor")
        feed.last_claim = claimed
        for checkpoint in document["not_before"]:
            party, at = self._claims.get(checkpoint, (log.heads.log.party, ""))
            if party != log.heads.log.party:
                feed.not_before = max(feed.not_before, at)
        if claimed < feed.not_before:
            bound = feed.not_before
            self._tally.warn(f"{own_id}: claims {claimed}, but builds on a checkpoint of {bound}")
        latest = log.not_after.text_of(index)
        if latest is not None and claimed > latest:
            self._tally.warn(f"{own_id}: claims {claimed}, but was cosigned at {latest}")

    def _note_references(self, log: _Log, document: dict[str, Any], *, path: str, index: int) -> None:
        for ref in document["refs"]:
            raw = bytes.fromhex(ref)
            if not self._holds(raw):
                self._unresolved.setdefault(raw, (path, index))
        for checkpoint in document["not_before"]:
            if checkpoint not in self._covered:
                rule = f"builds on checkpoint {checkpoint}, not in the bundle: a log was cut or held back"
                self._refuse("references", rule, path=path, index=index)
            else:
                origin, size = self._covered[checkpoint]
                log.seen[origin] = max(size, log.seen.get(origin, 0))

    def _note_countersigned(self, log: _Log, raw: bytes, *, path: str, index: int) -> None:
        """Keep what may turn out to be the signer's own record: what another log holds cannot."""
        if not any(raw in other.ids for other in self._logs if other is not log):
            self._countersigned.append((log, raw, path, index))

    def _check_body(
        self, log: _Log, document: dict[str, Any], opening: bytes, *, own_id: str, path: str, index: int
    ) -> None:
        self.bodies += 1
        body = document["body"]
        try:
            statement = open_body(
                opening, commit=body["commit"], parts=body["parts"], size_class=body["size_class"]
            )
        except RecordError as error:
            self._refuse("bodies", str(error), path=path, index=index)
            return
        kind = document["kind"]
        if kind == COUNTERSIGNATURE:
            self._check_countersignature(log, document, statement, path=path, index=index)
        elif kind in HEARD:
            self._hearing.note(_said(log, document, statement, own_id=own_id, path=path, index=index))

    def _check_countersignature(
        self, log: _Log, document: dict[str, Any], statement: dict[str, Any], *, path: str, index: int
    ) -> None:
        if self._trust.chain is None:  # else the header told it already
            for ref in document["refs"]:
                self._note_countersigned(log, bytes.fromhex(ref), path=path, index=index)
        try:
            said = parse_countersignature(statement)
        except RecordError as error:
            self._refuse("countersignatures", str(error), path=path, index=index)
            return
        if PUBLIC[0] in document["audience"]:
            self._hearing.note_agreed(said, document["author"])
        if [said.record] != document["refs"]:
            rule = f"speaks of {said.record}, its refs name another record"
            self._refuse("countersignatures", rule, path=path, index=index)

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


def _said(
    log: _Log, document: dict[str, Any], statement: dict[str, Any], *, own_id: str, path: str, index: int
) -> Said:
    return Said(
        record_id=own_id,
        kind=document["kind"],
        origin=log.heads.log.origin,
        party=str(log.heads.log.party),
        index=index,
        path=path,
        refs=tuple(document["refs"]),
        not_before=tuple(document["not_before"]),
        claimed_time=document["claimed_time"],
        public=document["audience"] == ["public"],
        statement=statement,
        seen=tuple(sorted(log.seen.items())),
    )
