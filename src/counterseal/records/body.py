"""The body of a record: named values, committed to under salt, opened to those entitled."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.commitment import (
    SALT_BYTES,
    commit,
    pad_parts,
    part_hashes,
    part_head,
    tree_root,
)
from counterseal.crypto.commitment import size_class as padded_size
from counterseal.crypto.errors import CryptoError
from counterseal.records.errors import RecordError
from counterseal.records.header import MAX_SIZE_CLASS

MAX_OPENING_BYTES = 1_048_576

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_PART_FIELDS = 3
_PART_RULE = "opening: a part must be [name, value, salt of 64 hexadecimal digits]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A committed body: what its header tells of it, and its opening.

    Attributes:
        commit: Commitment [64 hexadecimal digits].
        parts: Number of parts, dummies included.
        size_class: Padded size [bytes].
        opening: Bytes that open it.
    """

    commit: str
    parts: int
    size_class: int
    opening: bytes


def seal_body(statement: Mapping[str, Any], *, salts: Callable[[int], bytes]) -> Body:
    """Return the committed body of a statement.

    Args:
        statement: 1 to 64 named JSON values.
        salts: Gives so many random bytes.

    Raises:
        RecordError: a name that is not allowed, a value outside the canonical profile, or too large.
    """
    parts = pad_parts(
        [(_name_bytes(name), _value_bytes(name, statement[name])) for name in sorted(statement)], salts=salts
    )
    padded = padded_size(sum([len(part.name) + len(part.value) for part in parts]))
    rows = [[part.name.decode(), part.value.decode(), part.salt.hex()] for part in parts]
    opening = orjson.dumps({"parts": rows, "v": 1})  # texts alone, keys in order: canonical as it is
    if padded > MAX_SIZE_CLASS or len(opening) > MAX_OPENING_BYTES:
        raise RecordError(f"body of {len(opening)} bytes opened, at most {MAX_OPENING_BYTES}")
    return Body(commit=commit(parts).hex(), parts=len(parts), size_class=padded, opening=opening)


@lru_cache(maxsize=256)
def _name_bytes(name: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise RecordError(f"statement member {name!r}: must be 1 to 64 of a-z, 0-9 and '_'")
    return name.encode()


def _value_bytes(name: str, value: Any) -> bytes:
    try:
        return encode_canonical(value)
    except CryptoError as error:
        raise RecordError(f"statement member {name}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """The names of a body's parts, dummies last.

    Attributes:
        named: Number of parts that are not dummies.
        content: Length of all names together [bytes].
        heads: What the leaf of each part begins with.
    """

    named: int
    content: int
    heads: tuple[bytes, ...]


@lru_cache(maxsize=256)
def _checked_names(names: tuple[str, ...]) -> _Names:
    real = [name for name in names if name]
    if not real:
        raise RecordError("opening: every part is a dummy")
    if list(names[: len(real)]) != real:
        raise RecordError("opening: a dummy part stands before a named one")
    if not all(_NAME.fullmatch(name) for name in real):
        raise RecordError("opening: a part's name is not allowed")
    if real != sorted(set(real)):
        raise RecordError("opening: names of parts are out of order or given twice")
    heads = tuple(part_head(name.encode()) for name in names)
    return _Names(named=len(real), content=sum(map(len, real)), heads=heads)


def open_body(opening: bytes, *, commit: str, parts: int, size_class: int) -> dict[str, Any]:
    """Return the statement that ``opening`` opens, after it was found to open this header.

    Args:
        opening: Bytes of the opening.
        commit: The header's commitment [64 hexadecimal digits].
        parts: The header's number of parts.
        size_class: The header's size class [bytes].

    Raises:
        RecordError: not in form, or it opens another commitment.
    """
    names, texts, salts = _columns(opening, count=parts)
    checked = _checked_names(names)
    values = [text.encode() for text in texts]
    _require_size(checked.content + sum(map(len, values)), size_class=size_class)
    leaves = part_hashes(checked.heads, values, salts=salts)
    if tree_root(leaves).hex() != commit:
        raise RecordError("opening: does not open the header's commitment")
    if any(values[checked.named :]):
        raise RecordError("opening: a dummy part has a value")
    return dict(zip(names, _decode_values(values[: checked.named]), strict=False))


def _require_size(content: int, *, size_class: int) -> None:
    padded = padded_size(content)
    if padded != size_class:
        raise RecordError(f"opening: content of size class {padded}, the header says {size_class}")


def _columns(opening: bytes, *, count: int) -> tuple[tuple[str, ...], tuple[str, ...], list[bytes]]:
    """Names, values and salts of an opening in form, each in one go: a body has up to 64 of them."""
    if len(opening) > MAX_OPENING_BYTES:
        raise RecordError(f"opening of {len(opening)} bytes, at most {MAX_OPENING_BYTES}")
    try:
        document = orjson.loads(opening)
    except orjson.JSONDecodeError as error:
        raise RecordError(f"opening: not JSON: {error}") from error
    if type(document) is not dict or document.keys() != {"parts", "v"} or document["v"] != 1:
        raise RecordError("opening: must have exactly parts and v, and v must be 1")
    rows = document["parts"]
    if type(rows) is not list or len(rows) != count:
        raise RecordError(f"opening: must have the {count} parts that its header tells")
    for row in rows:
        if type(row) is not list or len(row) != _PART_FIELDS:
            raise RecordError(_PART_RULE)
    names, values, encoded = zip(*rows, strict=True)
    salts = _raw_salts(encoded)
    if set(map(type, names + values)) != {str}:
        raise RecordError("opening: name and value of a part must be texts")
    if type(document["v"]) is not int or orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != opening:
        raise RecordError("opening: not in canonical form")
    return names, values, salts


def _raw_salts(encoded: tuple[Any, ...]) -> list[bytes]:
    """Decode all salts; what does not encode back to itself is none."""
    try:
        joined = "".join(encoded)
        raw = bytes.fromhex(joined)
    except (TypeError, ValueError) as error:
        raise RecordError(_PART_RULE) from error
    if raw.hex() != joined or set(map(len, encoded)) != {2 * SALT_BYTES}:
        raise RecordError(_PART_RULE)
    return [raw[at : at + SALT_BYTES] for at in range(0, len(raw), SALT_BYTES)]


def _decode_values(values: list[bytes]) -> list[Any]:
    """Decode all values in one pass; each must be, by itself, the canonical form of what it holds."""
    try:
        decoded = decode_canonical(b"[" + b",".join(values) + b"]")
    except CryptoError:
        decoded = None
    if type(decoded) is list and list(map(orjson.dumps, decoded)) == values:  # keys are in order already
        return decoded
    return [_decode_value(value) for value in values]


def _decode_value(value: bytes) -> Any:
    try:
        return decode_canonical(value)
    except CryptoError as error:
        raise RecordError(f"opening: value of a part: {error}") from error
