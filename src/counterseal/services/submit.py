"""Submit: sign statements as records in the party's own feed and append them to its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.selftest import require_sound_libraries
from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.tiles import TILE_WIDTH
from counterseal.records.body import seal_body
from counterseal.records.envelope import seal_record, split_record
from counterseal.records.header import PUBLIC, Header, parse_header, record_id
from counterseal.records.manifest import MAX_SEALED_BYTES
from counterseal.records.sealed import SealedPlace, seal_opening
from counterseal.records.verification.packs import pack_size
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, FeedHead, NewEntry, Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a party wants to say: a kind, named JSON values, and the records that it speaks about."""

    kind: str
    members: Mapping[str, Any]
    refs: tuple[str, ...] = ()
    audience: tuple[str, ...] = PUBLIC


def submit(
    node: Node, statements: Sequence[Statement], *, clock: Clock, randomness: Randomness
) -> tuple[str, ...]:
    """Sign statements and append them to the party's log, all or none, and return their record ids.

    Args:
        node: The party's node.
        statements: What it says, in order.
        clock: Gives the claimed time.
        randomness: Gives the salts of the bodies.

    Raises:
        RecordError: a statement that cannot be a record; nothing is stored.
        ServiceError: the node's keys are not in force, or the sealed bodies would not fit into a bundle.
    """
    require_sound_libraries()
    node.require_signing()
    entries = _sign_all(node, statements, clock=clock, randomness=randomness)
    sealed = [
        (entry.record_id, body)
        for entry, statement in zip(entries, statements, strict=True)
        if (body := _seal(node, entry, statement.audience))
    ]
    with node.store.transaction():
        first = node.store.append(node.log.origin, entries)
        node.store.add_sealed(sealed, by_author=True)
        if sealed:
            _require_room(node, first=first, end=first + len(entries))
    return tuple(entry.record_id for entry in entries)


def _require_room(node: Node, *, first: int, end: int) -> None:
    """Refuse sealed bodies that no longer fit beside their entry tile: some would reach no reader."""
    for start in range(first - first % TILE_WIDTH, end, TILE_WIDTH):
        sealed = node.store.sealed_of(node.log.origin, start, start + TILE_WIDTH)
        size = pack_size(sealed.get(index, b"") for index in range(start, start + TILE_WIDTH))
        if size > MAX_SEALED_BYTES:
            raise ServiceError(
                f"{node.party}: sealed bodies from entry {start} on take {size} bytes, at most "
                f"{MAX_SEALED_BYTES} fit into a bundle; entry {start + TILE_WIDTH} has room again"
            )


def _sign_all(
    node: Node, statements: Sequence[Statement], *, clock: Clock, randomness: Randomness
) -> list[NewEntry]:
    head = node.store.feed_head(node.feed)
    seen = _foreign_heads(node)
    feed = node.feed
    entries = []
    for statement in statements:
        entry = _sign(node, statement, feed=feed, head=head, seen=seen, clock=clock, randomness=randomness)
        head = FeedHead(seq=entry.seq, record_id=entry.record_id)
        entries.append(entry)
    return entries


def _sign(
    node: Node,
    statement: Statement,
    *,
    feed: str,
    head: FeedHead | None,
    seen: tuple[str, ...],
    clock: Clock,
    randomness: Randomness,
) -> NewEntry:
    body = seal_body(statement.members, salts=randomness)
    header = Header(
        treaty=node.trust.treaty,
        author=node.party,
        feed=feed,
        seq=0 if head is None else head.seq + 1,
        prev=None if head is None else head.record_id,
        kind=statement.kind,
        claimed_time=clock.now(),
        commit=body.commit,
        parts=body.parts,
        size_class=body.size_class,
        refs=statement.refs,
        not_before=seen,
        audience=_readers(node, statement.audience),
    )
    data = header.to_bytes()
    return NewEntry(
        record_id=record_id(data),
        kind=statement.kind,
        feed=feed,
        seq=header.seq,
        envelope=seal_record(data, key=node.keys.author),
        opening=body.opening,
    )


def _readers(node: Node, audience: tuple[str, ...]) -> tuple[str, ...]:
    """The audience as the header says it: whoever may read, the author may, even after losing its store."""
    return PUBLIC if set(PUBLIC) & set(audience) else tuple(sorted({*audience, str(node.party)}))


def _seal(node: Node, entry: NewEntry, audience: tuple[str, ...]) -> bytes | None:
    if set(PUBLIC) & set(audience) or entry.opening is None or node.keys.seal is None:
        return None
    header = parse_header(split_record(entry.envelope)[0])
    seals = [(reader, node.trust.seal_key(reader)) for reader in header.audience]
    return seal_opening(
        entry.opening,
        place=SealedPlace.of(header, record=entry.record_id),
        keys=[(reader, key.public if key else None) for reader, key in seals],
    )


def _foreign_heads(node: Node) -> tuple[str, ...]:
    """Ids of the newest head of each other party's log: what this party has seen when it signs."""
    seen = []
    for log in node.trust.logs:
        notes = node.store.checkpoints(log.origin) if log.party != node.party else ()
        if notes:
            checkpoint = parse_checkpoint(notes[-1].text)
            if checkpoint.size:
                seen.append(checkpoint.checkpoint_id)
    return tuple(seen)
