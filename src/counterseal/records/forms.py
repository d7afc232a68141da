"""The forms of documents: members, lists, texts and numbers, refused with the name of what is wrong."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from counterseal.crypto.canonical import decode_canonical
from counterseal.crypto.encoding import is_hex32
from counterseal.crypto.errors import CryptoError
from counterseal.log.note import is_key_name
from counterseal.records.errors import TrustError
from counterseal.terms.parties import PartyCode, parse_party_code

_TREATY = re.compile(r"[a-z0-9.-]{1,64}", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)
_MAX_NAME = 200

T = TypeVar("T")


def decoded(payload: bytes, *, what: str) -> Any:
    """Return the canonical JSON in ``payload``."""
    try:
        return decode_canonical(payload)
    except CryptoError as error:
        raise TrustError(f"{what}: {error}") from error


def members(item: Any, names: str, *, what: str) -> dict[str, Any]:
    """Return an object that has exactly these members, given as words."""
    if not isinstance(item, dict) or set(item) != set(names.split()):
        raise TrustError(f"{what}: must have exactly {', '.join(names.split())}")
    return item


def items(value: Any, parse: Callable[[Any], T], *, what: str, least: int, most: int) -> tuple[T, ...]:
    """Return the parsed items of a list that has ``least`` to ``most`` of them."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        raise TrustError(f"{what}: must be a list of {least} to {most}")
    return tuple(parse(item) for item in value)


def whole(value: Any, *, what: str, least: int = 0, most: int = 2**53 - 1) -> int:
    """Return a whole number from ``least`` to ``most``."""
    if type(value) is not int or not least <= value <= most:
        raise TrustError(f"{what} {value!r}: must be a whole number from {least} to {most}")
    return value


def hex32(value: Any, *, what: str) -> str:
    """Return 64 hexadecimal digits."""
    if not is_hex32(value):
        raise TrustError(f"{what} {value!r}: must be 64 hexadecimal digits")
    return str(value)


def raw(value: Any, *, what: str, size: int) -> bytes:
    """Return so many bytes, given in hexadecimal."""
    if not isinstance(value, str) or len(value) != 2 * size or not _HEX.fullmatch(value):
        raise TrustError(f"{what}: must be {size} bytes in lower-case hexadecimal")
    return bytes.fromhex(value)


def party_code(value: Any, *, what: str) -> PartyCode:
    """Return a party code."""
    try:
        return parse_party_code(value if isinstance(value, str) else repr(value))
    except ValueError as error:
        raise TrustError(f"{what}: {error}") from error


def key_name(value: Any, *, what: str) -> str:
    """Return a name that can stand on a note."""
    if not isinstance(value, str) or not is_key_name(value):
        raise TrustError(f"{what} {value!r}: cannot stand on a note")
    return value


def treaty_id(value: Any, *, what: str) -> str:
    """Return the id of a treaty."""
    if not isinstance(value, str) or not _TREATY.fullmatch(value):
        raise TrustError(f"{what} {value!r}: must be 1 to 64 of a-z, 0-9, '.' and '-'")
    return value


def name_of_party(value: Any, *, what: str) -> str:
    """Return a party's name."""
    if not isinstance(value, str) or not 1 <= len(value) <= _MAX_NAME:
        raise TrustError(f"{what}: must be a text of 1 to {_MAX_NAME} characters")
    return value


def one_of(value: Any, allowed: tuple[str, ...], *, what: str) -> str:
    """Return one of these words."""
    if value not in allowed:
        raise TrustError(f"{what} {value!r}: must be one of {', '.join(allowed)}")
    return str(value)


def require_sorted(keys: list[str], *, what: str) -> None:
    """Refuse a list that is not in order, or has one thing twice."""
    if keys != sorted(set(keys)):
        raise TrustError(f"{what}: must be sorted, none twice")


def previous(value: Any, *, version: int, what: str) -> str | None:
    """Return the id of the version before, which exactly the first one does not have."""
    if (value is None) != (version == 1):
        raise TrustError(f"{what} previous: null exactly in version 1, found {value!r} in version {version}")
    return None if value is None else hex32(value, what=f"{what} previous")
