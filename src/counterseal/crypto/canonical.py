"""Canonical JSON in a restricted profile: one document, one sequence of bytes [RFC-8785].

Inside the profile ``orjson`` with sorted keys writes what RFC 8785 asks for; outside it the two
differ, so everything outside is refused. The rule on input is: parse, walk the profile, encode
again, compare bytes. Nothing is ever repaired.
"""

from typing import Any

import orjson

from counterseal.crypto.errors import CanonicalError

MAX_DEPTH = 16
"""Levels of nesting allowed; the outermost object or array is level 1."""

MAX_INTEGER = 2**53 - 1
"""Largest magnitude of an integer that every JSON reader keeps exactly."""

_BACKSLASH = 0x5C
_SHOWN = 60
_PLAIN = (str, bool, type(None))


def encode_canonical(document: Any) -> bytes:
    """Return the canonical bytes of ``document``.

    Args:
        document: Objects with ASCII keys, lists, texts, booleans, None and integers below 2**53.

    Raises:
        CanonicalError: it is outside the profile (fractions, big integers, other keys, too deep).
    """
    _walk(document, 0)
    try:
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise CanonicalError(f"cannot be written as canonical JSON: {error}") from error


def encode_checked(document: Any) -> bytes:
    """Return what ``encode_canonical`` does, for a document whose members were all checked before."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def decode_canonical(data: bytes) -> Any:
    """Return the document that ``data`` holds, if ``data`` is its canonical form.

    Raises:
        CanonicalError: not JSON, outside the profile, or another form of the same document
            (white space, order of keys, a key twice, needless escapes).
    """
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CanonicalError(f"not JSON: {error} ({_shown(data)})") from error
    # Bytes that are ASCII and hold no escape can only give ASCII keys: no need to look at each.
    _walk(document, 0, ascii_keys=data.isascii() and _BACKSLASH not in data)
    if orjson.dumps(document, option=orjson.OPT_SORT_KEYS) != data:
        raise CanonicalError(
            "not canonical: keys out of order or given twice, white space, or an escape that is "
            f"not needed ({_shown(data)})"
        )
    return document


def decode_fixed(data: bytes) -> Any:
    """Return what ``decode_canonical`` does, or None; only for documents whose members are all checked next.

    It leaves out the walk over the profile: a caller that accepts nothing but given keys, texts,
    short lists of texts and bounded integers has made it needless. What it does not take, for
    whatever reason, ``decode_canonical`` judges.
    """
    try:
        document = orjson.loads(data)
        return document if orjson.dumps(document, option=orjson.OPT_SORT_KEYS) == data else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def _walk(node: Any, level: int, *, ascii_keys: bool = False) -> None:
    kind = type(node)
    if kind is dict:
        if not ascii_keys:
            _require_ascii_keys(node)
        values = node.values()
    elif kind is list or kind is tuple:
        values = node
    else:
        _require_scalar(node)
        return
    if level >= MAX_DEPTH:
        raise CanonicalError(f"nested deeper than {MAX_DEPTH} levels")
    for value in values:
        kind = type(value)
        if kind is str or value is None or (kind is int and -MAX_INTEGER <= value <= MAX_INTEGER):
            continue  # most values, spared a call
        _walk(value, level + 1, ascii_keys=ascii_keys)


def _require_ascii_keys(node: dict[Any, Any]) -> None:
    for key in node:
        if type(key) is not str or not key.isascii():
            raise CanonicalError(f"object key {key!r} is not an ASCII text")


def _require_scalar(node: Any) -> None:
    kind = type(node)
    if kind is int:
        if not -MAX_INTEGER <= node <= MAX_INTEGER:
            raise CanonicalError(f"integer {node} is not below 2^53 in magnitude")
    elif kind not in _PLAIN:
        raise CanonicalError(f"{kind.__name__} {node!r}: only integers, texts, booleans and null are signed")


def _shown(data: bytes) -> str:
    head = data[:_SHOWN].decode("utf-8", "backslashreplace")
    return f"{len(data)} bytes, beginning {head!r}"
