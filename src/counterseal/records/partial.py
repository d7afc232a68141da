"""Partial openings: some parts of a body shown with their salts, the others left as commitments."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from counterseal.crypto.canonical import decode_canonical
from counterseal.crypto.commitment import part_hash, tree_root
from counterseal.crypto.commitment import size_class as padded_size
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.records.body import MAX_OPENING_BYTES
from counterseal.records.errors import RecordError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_ROW = 3


class ShownPart(NamedTuple):
    """A part that is open: its name and its JSON value. A dummy has the empty name, and no value."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A body as far as it is open.

    Attributes:
        parts: Every part in its position, dummies included; None where it is withheld.
    """

    parts: tuple[ShownPart | None, ...]

    @property
    def statement(self) -> dict[str, Any]:
        """The members that are open."""
        return {part.name: part.value for part in self.parts if part is not None and part.name}

    @property
    def withheld(self) -> int:
        """Number of parts that stay commitments; nobody can tell how many of them are dummies."""
        return sum(part is None for part in self.parts)


def withhold(opening: bytes, *, release: Collection[str]) -> dict[str, Any]:
    """Return the partial opening that shows the parts named and leaves all others as commitments.

    Dummies stay commitments too: otherwise the number of parts withheld would show.

    Args:
        opening: Full opening of the body, sound.
        release: Names of the parts to show.

    Raises:
        RecordError: no part is named, or one that the body does not have.
    """
    document = orjson.loads(opening)
    names = [row[0] for row in document["parts"] if row[0]]
    if not release:
        raise RecordError(f"partial opening: names no part to release; the body has {', '.join(names)}")
    if unknown := sorted(set(release) - set(names)):
        raise RecordError(
            f"partial opening: no part {', '.join(map(repr, unknown))}; the body has {', '.join(names)}"
        )
    rows = [row if row[0] in release else _leaf(row).hex() for row in document["parts"]]
    return {"parts": rows, "v": 1}


def open_partially(document: Any, *, commit: str, parts: int, size_class: int | None = None) -> Shown:
    """Return what an opening, partial or full, shows of the body that a header commits to.

    Args:
        document: The opening, as an object.
        commit: The header's commitment [64 hexadecimal digits].
        parts: The header's number of parts.
        size_class: The header's size class [bytes], which a full opening has to agree with; None: not judged.

    Raises:
        RecordError: not in form, or it opens another commitment.
    """
    rows = _rows(document, count=parts)
    _require_names([row[0] for row in rows if isinstance(row, list)])
    if size_class is not None and not any(isinstance(row, str) for row in rows):
        _require_size(rows, size_class=size_class)
    leaves = [bytes.fromhex(row) if isinstance(row, str) else _leaf(row) for row in rows]
    if tree_root(leaves).hex() != commit:
        raise RecordError("partial opening: does not open the header's commitment")
    return Shown(parts=tuple(None if isinstance(row, str) else _shown(row) for row in rows))


def merged(views: Iterable[Shown]) -> Shown | None:
    """Return all that several sound openings of one body show together; None where there is none."""
    columns: Sequence[Sequence[ShownPart | None]] = list(zip(*(view.parts for view in views), strict=True))
    if not columns:
        return None
    return Shown(parts=tuple(next((part for part in column if part is not None), None) for column in columns))


def _rows(document: Any, *, count: int) -> list[Any]:
    if type(document) is not dict or document.keys() != {"parts", "v"}:
        raise RecordError("partial opening: must have exactly parts and v")
    if type(document["v"]) is not int or document["v"] != 1:
        raise RecordError(f"partial opening v {document['v']!r}: only version 1 is known")
    rows = document["parts"]
    if type(rows) is not list or len(rows) != count:
        raise RecordError(f"partial opening: must have as many parts as the header says, {count}")
    for position, row in enumerate(rows):
        if not is_hex32(row) and not _is_open(row):
            raise RecordError(
                f"partial opening, part {position}: must be [name, value, salt] or 64 hexadecimal digits"
            )
    if len(orjson.dumps(document)) > MAX_OPENING_BYTES:
        raise RecordError(f"partial opening: longer than {MAX_OPENING_BYTES} bytes")
    return rows


def _is_open(row: Any) -> bool:
    return (
        type(row) is list
        and len(row) == _ROW
        and type(row[0]) is str
        and type(row[1]) is str
        and is_hex32(row[2])
    )


def _require_names(names: list[str]) -> None:
    """Refuse names of open parts unless valid and ascending, open dummies after all of them."""
    real = [name for name in names if name]
    if not real:
        raise RecordError("partial opening: no part is open but dummies")
    if names[: len(real)] != real:
        raise RecordError("partial opening: an open dummy stands before an open part")
    if not all(_NAME.fullmatch(name) for name in real):
        raise RecordError("partial opening: the name of an open part is not allowed")
    if real != sorted(set(real)):
        raise RecordError("partial opening: names of open parts are out of order or given twice")


def _require_size(rows: Sequence[Sequence[str]], *, size_class: int) -> None:
    found = padded_size(sum(len(name.encode()) + len(value.encode()) for name, value, _ in rows))
    if found != size_class:
        raise RecordError(
            f"partial opening: all parts are open and of size class {found}, the header says {size_class}"
        )


def _leaf(row: Sequence[str]) -> bytes:
    name, value, salt = row
    return part_hash(name.encode(), value.encode(), salt=bytes.fromhex(salt))


def _shown(row: Sequence[str]) -> ShownPart:
    name, value, _ = row
    if not name:
        if value:
            raise RecordError("partial opening: a dummy part has a value")
        return ShownPart("", None)
    try:
        return ShownPart(name, decode_canonical(value.encode()))
    except CryptoError as error:
        raise RecordError(f"partial opening, value of {name}: {error}") from error
