"""Sealed bodies: the opening of a record, readable for each reader in its audience and for nobody else.

See ``docs/reference/formats.md``, section 8.3. The plaintext is filled up so that its length follows from
the header alone; what a stranger sees of a sealed body is what the header told already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.hashing import length_prefixed
from counterseal.crypto.sealing import SEAL_OVERHEAD, SealKey, seal_to, unseal
from counterseal.records.errors import RecordError
from counterseal.records.header import Header

DOMAIN = b"counterseal/sealed/v1\x00"
_LENGTH = 4


def plaintext_bytes(*, parts: int, size_class: int) -> int:
    """Return the length of what is encrypted for a body of so many parts and that size class [bytes]."""
    return 2 * size_class + 80 * parts + 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPlace:
    """Which record a sealed body is of, and what its header tells of the body."""

    treaty: str
    record: str
    parts: int
    size_class: int

    @classmethod
    def of(cls, header: Header, *, record: str) -> "SealedPlace":
        """Return the place of the record with this header and id."""
        return cls(treaty=header.treaty, record=record, parts=header.parts, size_class=header.size_class)

    def info(self, reader: str) -> bytes:
        """Return what binds a ciphertext to the treaty, the record and the reader."""
        fields = (self.treaty, self.record, reader)
        return DOMAIN + b"".join(length_prefixed(text.encode()) for text in fields)


def seal_opening(opening: bytes, *, place: SealedPlace, keys: Sequence[tuple[str, bytes | None]]) -> bytes:
    """Return the sealed body of a record.

    Args:
        opening: What opens its body.
        place: The record.
        keys: Each reader of the audience, in order, with its seal key, or None where it has none.

    Raises:
        RecordError: nobody to seal it to.
    """
    if not any(public for _, public in keys):
        raise RecordError(f"record {place.record}: nobody in its audience has a seal key")
    width = plaintext_bytes(parts=place.parts, size_class=place.size_class)
    filled = length_prefixed(opening).ljust(width, b"\0")
    pieces = [
        _sealed_to(public, filled, info=place.info(reader)) if public else b"" for reader, public in keys
    ]
    return b"".join(length_prefixed(piece) for piece in pieces)


def _sealed_to(public: bytes, filled: bytes, *, info: bytes) -> bytes:
    try:
        return seal_to(public, filled, info=info)
    except CryptoError:
        return b""  # a key that nothing can be sealed to shuts out its own party, and nobody else


def split_sealed(data: bytes, header: Mapping[str, Any]) -> list[bytes]:
    """Return the ciphertext for each reader in the audience, in order; empty where there is none.

    Args:
        data: The sealed body.
        header: The header's document.

    Raises:
        RecordError: the record is public, or numbers and lengths are not those that the header gives.
    """
    audience, body = header["audience"], header["body"]
    if "public" in audience:
        raise RecordError("sealed body: the record is for everybody, its body is not sealed")
    expected = plaintext_bytes(parts=body["parts"], size_class=body["size_class"]) + SEAL_OVERHEAD
    pieces, at = [], 0
    for reader in audience:
        start = at + _LENGTH
        length = int.from_bytes(data[at:start], "big")
        if start > len(data) or length not in (0, expected):
            raise RecordError(f"sealed body: for {reader} {length} bytes, must be 0 or {expected}")
        at = start + length
        pieces.append(data[start:at])
    if at != len(data):
        raise RecordError(f"sealed body of {len(data)} bytes, its audience of {len(audience)} makes {at}")
    if not any(pieces):
        raise RecordError("sealed body: sealed to nobody")
    return pieces


def unseal_opening(ciphertext: bytes, *, key: SealKey, info: bytes) -> bytes:
    """Return the opening that a ciphertext hides; that it opens its header is checked apart.

    Raises:
        RecordError: it was not sealed to this key for this record and reader, or is no opening.
    """
    try:
        filled = unseal(key, ciphertext, info=info)
    except CryptoError as error:
        raise RecordError(f"sealed body: {error}") from error
    end = _LENGTH + int.from_bytes(filled[:_LENGTH], "big")
    if end > len(filled) or any(filled[end:]):
        raise RecordError("sealed body: what was sealed is no opening filled up with zero bytes")
    return filled[_LENGTH:end]
