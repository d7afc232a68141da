"""Base64 and hexadecimal in their one accepted spelling."""

import binascii
import re

from counterseal.crypto.errors import CryptoError

_HEX32 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def encode_base64(data: bytes) -> str:
    """Return ``data`` in standard base64 with padding [RFC-4648]."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Return the bytes of ``text``, if ``text`` is their one standard base64 spelling.

    Raises:
        CryptoError: another alphabet, missing padding, or bits left over in the last character.
    """
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError) as error:
        raise CryptoError(f"base64 {text[:24]!r}: {error}") from error
    if encode_base64(data) != text:
        raise CryptoError(f"base64 {text[:24]!r}: not the standard spelling of its bytes")
    return data


def is_hex32(text: object) -> bool:
    """Whether ``text`` is 64 lower-case hexadecimal digits (a SHA-256 or a public key)."""
    return isinstance(text, str) and _HEX32.fullmatch(text) is not None
