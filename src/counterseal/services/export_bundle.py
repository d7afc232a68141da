"""Export: write everything that a node holds as a bundle that anybody can verify."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from counterseal.log.tiles import TILE_WIDTH, TileAddress, entry_tile_path, tiles_for, write_entries
from counterseal.records.envelope import MANIFEST_TYPE, seal_envelope, split_record
from counterseal.records.header import PUBLIC, header_document, parse_header
from counterseal.records.manifest import (
    MANIFEST_NAME,
    Head,
    ListedFile,
    Manifest,
    log_folder,
    manifest_id,
    size_cap,
)
from counterseal.records.trusted import TrustedLog
from counterseal.records.verification.packs import pack_size, write_pack
from counterseal.services.acknowledgements import known_elsewhere
from counterseal.services.errors import ServiceError
from counterseal.services.keep_heads import needed_heads
from counterseal.services.node import Node
from counterseal.services.ports import BundleSink, Clock, StoredEntry


@dataclass(slots=True)
class _Listing:
    """Passes files on and keeps what the manifest says of them."""

    sink: BundleSink
    files: list[ListedFile] = field(default_factory=list)

    def write(self, path: str, data: bytes) -> None:
        self.sink.write(path, data)
        self.files.append(ListedFile(path=path, sha256=sha256(data).hexdigest(), size=len(data)))


def export_bundle(
    node: Node,
    sink: BundleSink,
    *,
    clock: Clock,
    views: Mapping[str, bytes] | None = None,
    to: tuple[str, ...] = PUBLIC,
    numbered: bool = True,
) -> Manifest:
    """Write the node's logs, bodies, checkpoints and trust files, and the signed manifest last.

    Bodies for everybody go as openings, all others sealed to their audience, whoever carries them.

    Args:
        node: The node whose record is exported, up to the newest checkpoint of each log.
        sink: Where the files go.
        clock: Gives the time of the manifest.
        views: Pages and tables for people, by name below ``view/``.
        to: For whom it is made.
        numbered: Whether it travels, so that a number is used up and what went out under it is kept; not
            between nodes of one program, which lose nothing on the way.

    Raises:
        ServiceError: no record yet, a log without a checkpoint, or the node's keys are not in force.
    """
    node.require_signing()
    if not any(node.store.size(log.origin) for log in node.trust.logs):
        raise ServiceError(
            f"{node.party}: holds no record yet, and a bundle without one is refused by everybody"
        )
    listing = _Listing(sink)
    heads = _write_record(node, listing, own_eyes=False)
    for name, data in sorted((views or {}).items()):
        listing.write(f"view/{name}", data)
    receiver = ",".join(to)
    manifest = Manifest(
        treaty=node.trust.treaty,
        sender=node.party,
        to=to,
        created=clock.now(),
        sequence=node.store.next_sequence(receiver, above=known_elsewhere(node, to)) if numbered else 0,
        heads=heads,
        files=tuple(sorted(listing.files, key=lambda item: item.path)),
    )
    payload = manifest.payload()
    envelope = seal_envelope(MANIFEST_TYPE, payload, keys=(node.keys.author,))
    if numbered:
        node.store.add_exported(receiver, sequence=manifest.sequence, manifest_id=manifest_id(payload))
    sink.write(MANIFEST_NAME, envelope.to_bytes())
    return manifest


def write_record(node: Node, sink: BundleSink, *, own_eyes: bool = True) -> None:
    """Write all of a bundle but views and manifest: what a reader of the node's record needs.

    Args:
        node: The node.
        sink: Where the files go.
        own_eyes: With every body that this node can read, for nobody else; or with what everybody may.

    Raises:
        ServiceError: a log has no checkpoint yet.
    """
    _write_record(node, _Listing(sink), own_eyes=own_eyes)


def _write_record(node: Node, listing: _Listing, *, own_eyes: bool) -> tuple[Head, ...]:
    for path, data in node.trust.files.items():
        listing.write(path, data)
    named = frozenset(
        name
        for log in node.trust.logs
        for entry in node.store.entries(log.origin)
        for name in header_document(split_record(entry.envelope)[0])["not_before"]
    )
    return tuple(_write_log(node, log, listing, own_eyes=own_eyes, named=named) for log in node.trust.logs)


def _write_log(
    node: Node, log: TrustedLog, listing: _Listing, *, own_eyes: bool, named: Container[str]
) -> Head:
    heads = needed_heads(node.store.checkpoints(log.origin), log=log, trust=node.trust, named=named)
    if not heads:
        raise ServiceError(f"{log.origin}: has no checkpoint yet, so it cannot be exported")
    base = f"logs/{log_folder(log.origin)}"
    for head, note in heads[:-1]:
        listing.write(f"{base}/checkpoints/{head.size}", note.to_bytes())
    newest, note = heads[-1]
    listing.write(f"{base}/checkpoint", note.to_bytes())
    for path, tile in node.tree(log.origin).tiles(newest.size):
        listing.write(f"{base}/{path}", tile)
    for address in tiles_for(newest.size):
        _write_tile(node, log, listing, address=address, own_eyes=own_eyes)
    return Head(origin=log.origin, size=newest.size, root=newest.root.hex())


def _write_tile(
    node: Node, log: TrustedLog, listing: _Listing, *, address: TileAddress, own_eyes: bool
) -> None:
    """Write one tile of entries and what stands beside it."""
    folder, start = log_folder(log.origin), address.number * TILE_WIDTH
    end = start + address.width
    stored = list(node.store.entries(log.origin, start, end))
    entries = write_entries([entry.envelope for entry in stored])
    listing.write(f"logs/{folder}/{entry_tile_path(address)}", entries)
    openings = [entry.opening or b"" if own_eyes or _is_public(entry) else b"" for entry in stored]
    sealed = node.store.sealed_of(log.origin, start, end)
    for kind, items in (
        ("bodies", openings),
        ("sealed", [sealed.get(index, b"") for index in range(start, end)]),
    ):
        path = f"{kind}/{folder}/{address.path()}"
        if any(fitting := _fitting(items, most=size_cap(path))):
            listing.write(path, write_pack(fitting))


def _fitting(items: list[bytes], *, most: int) -> list[bytes]:
    """Items of which a pack is no larger than it may be: the oldest are left out, each whole, until it fits.

    Sealed bodies can add up to more: a party brings some on one stick and some on another.
    """
    over = pack_size(items) - most
    kept = list(items)
    for place, item in enumerate(items):
        if over <= 0:
            break
        kept[place], over = b"", over - len(item)
    return kept


def _is_public(entry: StoredEntry) -> bool:
    return not set(PUBLIC).isdisjoint(parse_header(split_record(entry.envelope)[0]).audience)
