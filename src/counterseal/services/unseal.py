"""Unseal: keep the sealed bodies that a bundle carries, and open those that are for this party."""

from counterseal.records.body import open_body
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import Header, header_document, parse_header, record_id
from counterseal.records.manifest import size_cap
from counterseal.records.sealed import SealedPlace, split_sealed, unseal_opening
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.trees import entry_tiles
from counterseal.services.node import Node


def take_sealed(
    node: Node, logs: tuple[LogHeads, ...], source: BundleSource, paths: frozenset[str], *, sender: str
) -> tuple[str, ...]:
    """Keep every sealed body of a verified bundle for passing on, and the openings that this party can read.

    Returns:
        Ids of the records whose bodies were sealed to this party and do not open with its key: sealed to a
        key that it no longer has, or not the body that the header commits to.
    """
    unreadable: list[str] = []
    for heads in logs:
        size = node.store.size(heads.log.origin)
        for address, _, entries in entry_tiles(source, heads):
            path = f"sealed/{heads.folder}/{address.path()}"
            if path not in paths:
                continue
            bodies = read_pack(source.read(path, most=size_cap(path)), count=address.width)
            held = max(0, min(len(entries), size - address.number * 256))
            for entry, body in list(zip(entries, bodies, strict=True))[:held]:
                if body and not _take_one(node, entry, body, by_author=heads.log.party == sender):
                    unreadable.append(record_id(split_record(entry)[0]))
    return tuple(unreadable)


def _take_one(node: Node, entry: bytes, body: bytes, *, by_author: bool) -> bool:
    """Keep one sealed body; False where it is for this party and does not open."""
    data = split_record(entry)[0]
    header, record = parse_header(data), record_id(data)
    node.store.add_sealed([(record, body)], by_author=by_author)
    stored = node.store.find(record)
    if node.party not in header.audience or stored is None or stored.opening is not None:
        return True
    pieces = dict(zip(header.audience, split_sealed(body, header_document(data)), strict=True))
    opening = _opened(node, header, pieces[node.party], record=record) if pieces[node.party] else None
    if opening is None:
        return False
    node.store.add_openings([(record, opening)])
    return True


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
