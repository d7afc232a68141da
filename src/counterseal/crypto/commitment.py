"""The salted tree that binds a body to its header without telling what is in it.

Each named part has its own 32-byte salt, so a guess at a low-entropy value cannot be checked
against the commitment, and one part can later be opened without the others.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from operator import add
from struct import Struct
from typing import NamedTuple

from counterseal.crypto.errors import CommitmentError

SALT_BYTES = 32
MAX_PARTS = 64
MIN_SIZE_CLASS = 1024

_length = Struct(">I").pack


class Part(NamedTuple):
    """One part of a body: its name and value as bytes, and its salt [32 bytes]. A dummy has neither."""

    name: bytes
    value: bytes
    salt: bytes


def power_of_two_from(number: int) -> int:
    """Return the smallest power of two that is at least ``number`` (and at least 1)."""
    return 1 << max(0, number - 1).bit_length()


def size_class(content_bytes: int) -> int:
    """Return the padded size that a header may tell [bytes]: a power of two, at least 1,024."""
    return max(MIN_SIZE_CLASS, power_of_two_from(content_bytes))


@lru_cache(maxsize=4096)
def part_head(name: bytes) -> bytes:
    """Return what the leaf of a part of that name begins with; the same few names come again and again."""
    return b"\x00part/v1" + len(name).to_bytes(4, "big") + name


def part_hash(name: bytes, value: bytes, *, salt: bytes) -> bytes:
    """Return the leaf hash of one part [32 bytes]."""
    return part_hashes([part_head(name)], [value], salts=[salt])[0]


def part_hashes(heads: Iterable[bytes], values: Iterable[bytes], *, salts: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hashes of parts [32 bytes each]; ``heads`` are those of their names."""
    return [
        sha256(head + _length(len(value)) + value + salt).digest()
        for head, value, salt in zip(heads, values, salts, strict=True)
    ]


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over a power of two of leaf hashes [32 bytes].

    Raises:
        CommitmentError: their number is no power of two.
    """
    if not leaves or len(leaves) & (len(leaves) - 1):
        raise CommitmentError(f"a tree over {len(leaves)} parts: must be a power of two")
    level = leaves
    while len(level) > 1:
        halves = iter(level)
        level = [sha256(b"\x01" + both).digest() for both in map(add, halves, halves)]
    return level[0]


def pad_parts(parts: Sequence[tuple[bytes, bytes]], *, salts: Callable[[int], bytes]) -> tuple[Part, ...]:
    """Return salted parts, filled up with dummies to a power of two.

    Args:
        parts: Names and values, in the order in which they are committed.
        salts: Gives so many random bytes; called once, for all salts.

    Raises:
        CommitmentError: no part, or more than 64.
    """
    if not 1 <= len(parts) <= MAX_PARTS:
        raise CommitmentError(f"a body of {len(parts)} parts, must be 1 to {MAX_PARTS}")
    width = power_of_two_from(len(parts))
    pool = salts(width * SALT_BYTES)
    padded = [*parts, *[(b"", b"")] * (width - len(parts))]
    salted = [pool[at : at + SALT_BYTES] for at in range(0, len(pool), SALT_BYTES)]
    return tuple([Part(name, value, salt) for (name, value), salt in zip(padded, salted, strict=True)])


def commit(parts: Sequence[Part]) -> bytes:
    """Return the commitment to all parts, dummies included [32 bytes]."""
    names, values, salts = zip(*parts, strict=True)
    return tree_root(part_hashes(map(part_head, names), values, salts=salts))
