"""Export: write everything that a node holds as a bundle that anybody can verify."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from counterseal.log.checkpoint import parse_checkpoint
from counterseal.log.tiles import entry_tile_path, tiles_for, write_entries
from counterseal.records.envelope import MANIFEST_TYPE, seal_envelope
from counterseal.records.header import PUBLIC
from counterseal.records.manifest import (
    MANIFEST_NAME,
    TRUST_NAME,
    Head,
    ListedFile,
    Manifest,
    log_folder,
)
from counterseal.records.trust import TrustedLog
from counterseal.records.verification.entries import write_body_pack
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import BundleSink, Clock


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
) -> Manifest:
    """Write the node's logs, openings, checkpoints and trust file, and the signed manifest last.

    Args:
        node: The node whose record is exported, up to the newest checkpoint of each log.
        sink: Where the files go.
        clock: Gives the time of the manifest.
        views: Pages and tables for people, by name below ``view/``.
        to: For whom it is made.

    Raises:
        ServiceError: a log has no checkpoint yet.
    """
    listing = _Listing(sink)
    heads = _write_record(node, listing)
    for name, data in sorted((views or {}).items()):
        listing.write(f"view/{name}", data)
    manifest = Manifest(
        treaty=node.trust.treaty,
        sender=node.party,
        to=to,
        created=clock.now(),
        sequence=node.store.next_sequence(",".join(to)),
        heads=heads,
        files=tuple(sorted(listing.files, key=lambda item: item.path)),
    )
    envelope = seal_envelope(MANIFEST_TYPE, manifest.payload(), keys=(node.keys.author,))
    sink.write(MANIFEST_NAME, envelope.to_bytes())
    return manifest


def write_record(node: Node, sink: BundleSink) -> None:
    """Write all of a bundle but views and manifest: what a reader of the node's own record needs.

    Raises:
        ServiceError: a log has no checkpoint yet.
    """
    _write_record(node, _Listing(sink))


def _write_record(node: Node, listing: _Listing) -> tuple[Head, ...]:
    listing.write(TRUST_NAME, node.trust_bytes)
    return tuple(_write_log(node, log, listing) for log in node.trust.logs)


def _write_log(node: Node, log: TrustedLog, listing: _Listing) -> Head:
    notes = node.store.checkpoints(log.origin)
    if not notes:
        raise ServiceError(f"{log.origin}: has no checkpoint yet, so it cannot be exported")
    base = f"logs/{log_folder(log.origin)}"
    for note in notes[:-1]:
        listing.write(f"{base}/checkpoints/{parse_checkpoint(note.text).size}", note.to_bytes())
    newest = parse_checkpoint(notes[-1].text)
    listing.write(f"{base}/checkpoint", notes[-1].to_bytes())
    for path, tile in node.tree(log.origin).tiles(newest.size):
        listing.write(f"{base}/{path}", tile)
    _write_entries(node, log, listing, size=newest.size)
    return Head(origin=log.origin, size=newest.size, root=newest.root.hex())


def _write_entries(node: Node, log: TrustedLog, listing: _Listing, *, size: int) -> None:
    folder = log_folder(log.origin)
    for address in tiles_for(size):
        start = address.number * 256
        stored = list(node.store.entries(log.origin, start, start + address.width))
        entries = write_entries([entry.envelope for entry in stored])
        listing.write(f"logs/{folder}/{entry_tile_path(address)}", entries)
        openings = [entry.opening or b"" for entry in stored]
        if any(openings):
            listing.write(f"bodies/{folder}/{address.path()}", write_body_pack(openings))
