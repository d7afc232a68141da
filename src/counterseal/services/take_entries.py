"""Take entries: of one log in a verified bundle, what the store does not hold yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from counterseal.records.envelope import split_record
from counterseal.records.header import header_document, record_id
from counterseal.records.manifest import size_cap
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.trees import entry_tiles
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry
from counterseal.terms.times import parse_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestClaim:
    """The record, of those that were new in one log, that claims the latest time."""

    record_id: str
    claimed: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenEntries:
    """What was new in one log: ids in order, kinds, and the latest time that is claimed in it."""

    records: tuple[str, ...]
    kinds: frozenset[str]
    latest: LatestClaim | None


def take_entries(node: Node, heads: LogHeads, source: BundleSource, paths: frozenset[str]) -> TakenEntries:
    """Append the entries that a store lacks of a log, and keep openings of those that it has."""
    start = node.store.size(heads.log.origin)
    new: list[NewEntry] = []
    known: list[tuple[str, bytes]] = []
    latest = ("", "")
    for index, entry, opening in _entries(heads, source, paths):
        header = split_record(entry)[0]
        if index < start:
            if opening:
                known.append((record_id(header), opening))
            continue
        document = header_document(header)
        new.append(
            NewEntry(
                record_id=record_id(header),
                kind=document["kind"],
                feed=document["feed"],
                seq=document["seq"],
                envelope=entry,
                opening=opening or None,
            )
        )
        latest = max(latest, (document["claimed_time"], new[-1].record_id))
    node.store.append(heads.log.origin, new)
    node.store.add_openings(known)
    return TakenEntries(
        records=tuple(entry.record_id for entry in new),
        kinds=frozenset(entry.kind for entry in new),
        latest=LatestClaim(record_id=latest[1], claimed=parse_instant(latest[0])) if new else None,
    )


def _entries(
    heads: LogHeads, source: BundleSource, paths: frozenset[str]
) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield each entry of a log with its index and its opening, empty where the bundle has none."""
    for address, _, entries in entry_tiles(source, heads):
        path = f"bodies/{heads.folder}/{address.path()}"
        openings = [b""] * len(entries)
        if path in paths:
            openings = read_pack(source.read(path, most=size_cap(path)), count=len(entries))
        for number, (entry, opening) in enumerate(zip(entries, openings, strict=True)):
            yield address.number * 256 + number, entry, opening
