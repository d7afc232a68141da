"""Notes: a statement of a party's own making for those it names, and records as far as they are open."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.records.header import Header
from counterseal.services.disclose import Readable, Readings, checked_audience
from counterseal.services.errors import ServiceError
from counterseal.services.node import Node
from counterseal.services.ports import Clock, Randomness
from counterseal.services.record_book import RecordBook
from counterseal.services.submit import Statement, submit

TILE_BYTES = 12_288
"""Bytes of a file in one part of a note: few enough that a host can release a small piece of a picture."""

_KIND = re.compile(r"note(?:\.[a-z][a-z0-9-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecord:
    """One record as a reader finds it.

    Attributes:
        record_id: Its id.
        header: What everybody may know of it.
        state: ``logged`` or ``settled``.
        open: The record as far as it is open to this reader, or None where nothing of it is.
    """

    record_id: str
    header: Header
    state: str
    open: Readable | None


def tiles(name: str, data: bytes, *, tile_bytes: int = TILE_BYTES) -> dict[str, str]:
    """Return a file as members of a note: ``NAME_000``, ``NAME_001``, ..., each the base64 of a piece of it.

    >>> tiles("photo", b"abcd", tile_bytes=3)
    {'photo_000': 'YWJj', 'photo_001': 'ZA=='}
    """
    pieces = range(0, max(len(data), 1), tile_bytes)
    return {
        f"{name}_{number:03}": b64encode(data[start : start + tile_bytes]).decode()
        for number, start in enumerate(pieces)
    }


def add_note(
    node: Node,
    members: Mapping[str, Any],
    *,
    kind: str,
    refs: tuple[str, ...],
    audience: tuple[str, ...],
    clock: Clock,
    randomness: Randomness,
) -> str:
    """Sign a note, append it to the party's log, and return its record id.

    Args:
        node: The author's node.
        members: 1 to 64 named JSON values; each is a part that can be disclosed by itself.
        kind: ``note``, or ``note.`` and words of the author's own: other kinds mean something to the program.
        refs: Ids of the records that it speaks about.
        audience: Parties that may read it, or ``public``.
        clock: Gives the claimed time.
        randomness: Gives the salts.

    Raises:
        ServiceError: another kind, or an audience that is no party of the treaty.
        RecordError: members that cannot be a record.
    """
    if not _KIND.fullmatch(kind):
        raise ServiceError(f"kind {kind!r}: must be 'note', or 'note.' and words of a-z, 0-9 and '-'")
    statement = Statement(kind=kind, members=members, refs=refs, audience=checked_audience(node, audience))
    return submit(node, [statement], clock=clock, randomness=randomness)[0]


def show_record(book: RecordBook, wanted: str) -> ShownRecord:
    """Return one record of a book as far as it is open to its reader.

    Raises:
        ServiceError: the book has no record of that id, or of the one id that begins so.
    """
    entry = book.find(wanted)
    if entry is None:
        raise ServiceError(
            f"record {wanted}: no id here is that, or alone begins so with 8 characters or more"
        )
    state, _ = book.state(entry.origin, entry.index)
    shown = Readings(book).of(entry.record_id)
    return ShownRecord(record_id=entry.record_id, header=entry.header, state=state, open=shown)
