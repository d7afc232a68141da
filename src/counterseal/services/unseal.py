"""Unseal: keep the sealed bodies that a bundle carries, and open those that are for this party."""

from counterseal.records.body import open_body
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import Header, header_document, parse_header
from counterseal.records.manifest import size_cap
from counterseal.records.sealed import SealedPlace, split_sealed, unseal_opening
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.trees import entry_tiles
from counterseal.services.node import Node
from counterseal.services.ports import StoredEntry


def take_sealed(
    node: Node, logs: tuple[LogHeads, ...], source: BundleSource, paths: frozenset[str], *, sender: str
) -> tuple[str, ...]:
    """Keep every sealed body of a verified bundle for passing on, and the openings that this party can read.

    The entries of the bundle are those of the store, as far as both go: that was checked before.

    Returns:
        Ids of the records whose bodies were sealed to this party and do not open with its key: sealed to a
        key that it no longer has, or not the body that the header commits to.
    """
    unreadable: list[str] = []
    for heads in logs:
        for address, _, entries in entry_tiles(source, heads):
            path = f"sealed/{heads.folder}/{address.path()}"
            if path not in paths:
                continue
            bodies = read_pack(source.read(path, most=size_cap(path)), count=len(entries))
            start = address.number * 256
            stored = node.store.entries(heads.log.origin, start, start + len(entries))
            sealed = [(entry, body) for entry, body in zip(stored, bodies, strict=False) if body]
            unreadable += _take_tile(node, sealed, by_author=heads.log.party == sender)
    return tuple(unreadable)


def _take_tile(node: Node, sealed: list[tuple[StoredEntry, bytes]], *, by_author: bool) -> list[str]:
    """Keep the sealed bodies of one tile; return the ids of those for this party that do not open."""
    openings: list[tuple[str, bytes]] = []
    unreadable: list[str] = []
    for entry, body in sealed:
        data = split_record(entry.envelope)[0]
        header = parse_header(data)
        if node.party not in header.audience or entry.opening is not None:
            continue
        pieces = dict(zip(header.audience, split_sealed(body, header_document(data)), strict=True))
        piece = pieces[node.party]
        opening = _opened(node, header, piece, record=entry.record_id) if piece else None
        if opening is None:
            unreadable.append(entry.record_id)
        else:
            openings.append((entry.record_id, opening))
    node.store.add_sealed([(entry.record_id, body) for entry, body in sealed], by_author=by_author)
    node.store.add_openings(openings)
    return unreadable


def _opened(node: Node, header: Header, piece: bytes, *, record: str) -> bytes | None:
    info = SealedPlace.of(header, record=record).info(node.party)
    for key in node.keys.seals:
        try:
            opening = unseal_opening(piece, key=key, info=info)
            open_body(opening, commit=header.commit, parts=header.parts, size_class=header.size_class)
        except RecordError:
            continue
        return opening
    return None
