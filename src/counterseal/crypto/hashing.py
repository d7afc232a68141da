"""SHA-256 with a domain string and length-prefixed fields, so that no two inputs meet."""

from hashlib import sha256


def length_prefixed(data: bytes) -> bytes:
    """Return ``data`` behind its length as 4 bytes, big-endian.

    Raises:
        OverflowError: it is 2**32 bytes or longer.
    """
    return len(data).to_bytes(4, "big") + data


def domain_hash(domain: str, *fields: bytes | str) -> bytes:
    """Return SHA-256 over a domain string, a zero byte and the length-prefixed fields [32 bytes].

    Args:
        domain: ASCII name of what is hashed, different for every use.
        fields: Bytes, or texts that are taken in UTF-8.
    """
    digest = sha256(domain.encode("ascii") + b"\x00")
    for field in fields:
        digest.update(length_prefixed(field.encode() if isinstance(field, str) else field))
    return digest.digest()
