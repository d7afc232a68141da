"""Inspect: what the headers of a bundle tell anybody about the bodies that are sealed in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from counterseal.crypto.sealing import SealKey
from counterseal.records.body import open_body
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import Header, header_document
from counterseal.records.manifest import log_folder, size_cap
from counterseal.records.sealed import SealedPlace, split_sealed, unseal_opening
from counterseal.records.verification.packs import read_pack
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.trees import entry_tiles
from counterseal.services.node import Node
from counterseal.services.record_book import BookEntry, RecordBook


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBodies:
    """Sealed bodies that look alike from outside.

    Attributes:
        size_class: What the header tells of their size [bytes, at most].
        count: How many there are.
        readable: How many of them open with the keys of the node that looks; None where none does.
    """

    author: str
    audience: tuple[str, ...]
    size_class: int
    count: int
    readable: int | None


def sealed_bodies(
    source: BundleSource, book: RecordBook, *, node: Node | None = None
) -> tuple[SealedBodies, ...]:
    """Return the sealed bodies of a bundle by author, audience and size class.

    Args:
        source: The bundle; whether it holds is another question.
        book: Its record.
        node: Whose keys to try, or None.

    Raises:
        RecordError: a pack or a sealed body is not in form.
    """
    counted: Counter[tuple[str, tuple[str, ...], int]] = Counter()
    opened: Counter[tuple[str, tuple[str, ...], int]] = Counter()
    for entry, body in _bodies(source, book):
        header = entry.header
        group = (str(header.author), tuple(header.audience), header.size_class)
        counted[group] += 1
        if node is not None and _opens(node, entry, body):
            opened[group] += 1
    return tuple(
        SealedBodies(
            author=author,
            audience=audience,
            size_class=size,
            count=counted[author, audience, size],
            readable=None if node is None else opened[author, audience, size],
        )
        for author, audience, size in sorted(counted)
    )


def _bodies(source: BundleSource, book: RecordBook) -> Iterator[tuple[BookEntry, bytes]]:
    paths = frozenset(name.path for name in source.names())
    entries = {(entry.origin, entry.index): entry for entry in book.entries}
    for origin, heads in book.heads.items():
        for address, _, _ in entry_tiles(source, heads):
            path = f"sealed/{log_folder(origin)}/{address.path()}"
            if path not in paths:
                continue
            pack = read_pack(source.read(path, most=size_cap(path)), count=address.width)
            for number, body in enumerate(pack):
                if body:
                    yield entries[origin, address.number * 256 + number], body


def _opens(node: Node, entry: BookEntry, body: bytes) -> bool:
    """Whether a body is sealed to the node's party, and what its keys find in it is the body."""
    header = entry.header
    pieces = split_sealed(body, header_document(split_record(entry.envelope)[0]))
    piece = dict(zip(header.audience, pieces, strict=True)).get(str(node.party), b"")
    info = SealedPlace.of(header, record=entry.record_id).info(node.party)
    return bool(piece) and any(_fits(header, piece, key, info) for key in node.keys.seals)


def _fits(header: Header, piece: bytes, key: SealKey, info: bytes) -> bool:
    try:
        opening = unseal_opening(piece, key=key, info=info)
        open_body(opening, commit=header.commit, parts=header.parts, size_class=header.size_class)
    except RecordError:
        return False
    return True
