"""The body of a record: named values, committed to under salt, opened to those entitled."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from counterseal.crypto.canonical import decode_canonical, encode_canonical
from counterseal.crypto.commitment import (
    commit,
    pad_parts,
    part_hash,
    tree_root,
)
from counterseal.crypto.commitment import size_class as padded_size
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.records.errors import RecordError
from counterseal.records.header import MAX_SIZE_CLASS

MAX_OPENING_BYTES = 1_048_576

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_PART_FIELDS = 3


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
    padded = padded_size(sum(len(part.name) + len(part.value) for part in parts))
    opening = encode_canonical(
        {"parts": [[part.name.decode(), part.value.decode(), part.salt.hex()] for part in parts], "v": 1}
    )
    if padded > MAX_SIZE_CLASS or len(opening) > MAX_OPENING_BYTES:
        raise RecordError(f"body of {len(opening)} bytes opened, at most {MAX_OPENING_BYTES}")
    return Body(commit=commit(parts).hex(), parts=len(parts), size_class=padded, opening=opening)


def _name_bytes(name: str) -> bytes:
    if not _NAME.fullmatch(name):
        raise RecordError(f"statement member {name!r}: must be 1 to 64 of a-z, 0-9 and '_'")
    return name.encode()


def _value_bytes(name: str, value: Any) -> bytes:
    try:
        return encode_canonical(value)
    except CryptoError as error:
        raise RecordError(f"statement member {name}: {error}") from error


@lru_cache(maxsize=4096)
def _names_problem(names: tuple[str, ...]) -> str | None:
    real = [name for name in names if name]
    if not real:
        return "every part is a dummy"
    if list(names[: len(real)]) != real:
        return "a dummy part stands before a named one"
    if not all(_NAME.fullmatch(name) for name in real):
        return "a part's name is not allowed"
    if real != sorted(set(real)):
        return "names of parts are out of order or given twice"
    return None


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
    rows = _rows(opening, count=parts)
    names = tuple([row[0] for row in rows])
    if problem := _names_problem(names):
        raise RecordError(f"opening: {problem}")
    named = len(names) - names.count("")
    values = [row[1].encode() for row in rows]
    content = sum(map(len, names)) + sum(map(len, values))
    _require_size(content, size_class=size_class)
    leaves = [
        part_hash(row[0].encode(), value, salt=bytes.fromhex(row[2]))
        for row, value in zip(rows, values, strict=True)
    ]
    if tree_root(leaves).hex() != commit:
        raise RecordError("opening: does not open the header's commitment")
    if any(values[named:]):
        raise RecordError("opening: a dummy part has a value")
    return dict(zip(names, _decode_values(values[:named]), strict=False))


def _require_size(content: int, *, size_class: int) -> None:
    padded = padded_size(content)
    if padded != size_class:
        raise RecordError(f"opening: content of size class {padded}, the header says {size_class}")


def _rows(opening: bytes, *, count: int) -> list[list[str]]:
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
        if type(row) is not list or len(row) != _PART_FIELDS or not is_hex32(row[2]):
            raise RecordError("opening: a part must be [name, value, salt of 64 hexadecimal digits]")
        if type(row[0]) is not str or type(row[1]) is not str:
            raise RecordError("opening: name and value of a part must be texts")
    if type(document["v"]) is not int or orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != opening:
        raise RecordError("opening: not in canonical form")
    return rows


def _decode_values(values: Sequence[bytes]) -> list[Any]:
    """Decode all values in one pass; each must be, by itself, the canonical form of what it holds."""
    try:
        decoded = decode_canonical(b"[" + b",".join(values) + b"]")
    except CryptoError:
        decoded = None
    if type(decoded) is list and len(decoded) == len(values):
        again = [orjson.dumps(item, option=orjson.OPT_SORT_KEYS) for item in decoded]
        if again == list(values):
            return decoded
    return [_decode_value(value) for value in values]


def _decode_value(value: bytes) -> Any:
    try:
        return decode_canonical(value)
    except CryptoError as error:
        raise RecordError(f"opening: value of a part: {error}") from error
