"""A commitment to very many fields whose salts grow from one seed, so that a subtree opens by its own seed.

Each seed has two children, and the seed of a single leaf is that leaf's salt. Who is given the seed of a
subtree can grow every salt below it and none beside it: a child tells nothing of its parent or its sibling.
This is the tree of pseudorandom functions of Goldreich, Goldwasser and Micali, "How to construct random
functions", Journal of the ACM 33(4), 1986.
"""

from collections.abc import Sequence
from hashlib import sha256
from operator import add

from counterseal.crypto.commitment import SALT_BYTES, part_hashes, part_head, tree_root
from counterseal.crypto.errors import CommitmentError

SEED_BYTES = SALT_BYTES

_HEAD = b"counterseal/escrow/seed/v1\x00" + SEED_BYTES.to_bytes(4, "big")
_LEFT, _RIGHT = b"\x00\x00\x00\x01\x00", b"\x00\x00\x00\x01\x01"  # one byte, behind its length
_CHUNK = 1 << 14
"""Leaves that are hashed at a time: the salts of millions of fields never stand in memory together."""


def child(seed: bytes, bit: int) -> bytes:
    """Return the seed of the left (0) or right (1) half of a subtree [32 bytes].

    Raises:
        CommitmentError: the seed is not 32 bytes, or the bit neither 0 nor 1.
    """
    _require_seed(seed)
    if bit not in {0, 1}:
        raise CommitmentError(f"child {bit!r} of a seed: must be 0 or 1")
    return sha256(_HEAD + seed + (_RIGHT if bit else _LEFT)).digest()


def expand(seed: bytes, leaves: int) -> list[bytes]:
    """Return the seeds of all leaves below ``seed``, in order: their salts [32 bytes each].

    Args:
        seed: Seed of the subtree [32 bytes].
        leaves: Their number, a power of two.

    Raises:
        CommitmentError: the seed or the number is not so.
    """
    _require_seed(seed)
    _require_power(leaves)
    digest, head, left, right = sha256, _HEAD, _LEFT, _RIGHT
    level = [seed]
    while len(level) < leaves:
        below: list[bytes] = []
        keep = below.append
        for parent in level:
            start = head + parent
            keep(digest(start + left).digest())
            keep(digest(start + right).digest())
        level = below
    return level


def subtree_seed(seed: bytes, *, total: int, first: int, leaves: int) -> bytes:
    """Return the seed that opens one aligned subtree and nothing beside it [32 bytes].

    Args:
        seed: Seed of the whole tree [32 bytes].
        total: Leaves of the whole tree, a power of two.
        first: Index of the subtree's first leaf, a multiple of ``leaves``.
        leaves: Leaves of the subtree, a power of two.

    Raises:
        CommitmentError: there is no such subtree.
    """
    _require_seed(seed)
    require_subtree(total=total, first=first, leaves=leaves)
    width = total
    while width > leaves:
        width //= 2
        seed = child(seed, 1 if first & width else 0)
    return seed


def require_subtree(*, total: int, first: int, leaves: int) -> None:
    """Refuse what is no aligned subtree of a tree.

    Raises:
        CommitmentError: a number that is no power of two, or a first leaf that is not aligned or outside.
    """
    _require_power(total)
    _require_power(leaves)
    if first < 0 or first % leaves or first + leaves > total:
        raise CommitmentError(f"subtree of {leaves} leaves from {first}: none in a tree of {total}")


def climb(node: bytes, *, position: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that a subtree's own root leads to [32 bytes].

    Args:
        node: Root of the subtree.
        position: How many subtrees of its size stand before it.
        proof: The siblings on the way up, lowest first.
    """
    for sibling in proof:
        node = sha256(b"\x01" + (sibling + node if position & 1 else node + sibling)).digest()
        position >>= 1
    return node


class SeedTree:
    """The tree over named fields, filled up with dummies, under the salts of one seed.

    Args:
        fields: Names and values in order; a dummy has neither.
        seed: Where the salts grow from [32 bytes].
        leaves: Leaves of the tree, a power of two; what the fields leave over are dummies.

    Raises:
        CommitmentError: more fields than leaves, or a seed or number that is not so.
    """

    def __init__(self, fields: Sequence[tuple[bytes, bytes]], *, seed: bytes, leaves: int) -> None:
        _require_power(leaves)
        if len(fields) > leaves:
            raise CommitmentError(f"a tree of {leaves} leaves cannot hold {len(fields)} fields")
        self.leaves = leaves
        self._fields = fields
        self._width = min(leaves, _CHUNK)
        self._seeds = expand(seed, leaves // self._width)
        self._tops = tree_levels([tree_root(self._hashes(number)) for number in range(len(self._seeds))])
        self._last: tuple[int, tuple[list[bytes], ...]] | None = None

    @property
    def root(self) -> bytes:
        """The commitment [32 bytes]."""
        return self._tops[-1][0]

    def proof(self, *, first: int, leaves: int) -> tuple[bytes, ...]:
        """Return the siblings of an aligned subtree on the way to the root, lowest first.

        Raises:
            CommitmentError: there is no such subtree.
        """
        require_subtree(total=self.leaves, first=first, leaves=leaves)
        if leaves >= self._width:
            return _siblings(self._tops, first // self._width, leaves // self._width)
        number, inside = divmod(first, self._width)
        return _siblings(self._levels(number), inside, leaves) + _siblings(self._tops, number, 1)

    def _levels(self, number: int) -> tuple[list[bytes], ...]:
        """All levels of one chunk; the last one asked for is kept, since openings come in order."""
        if self._last is None or self._last[0] != number:
            self._last = (number, tree_levels(self._hashes(number)))
        return self._last[1]

    def _hashes(self, number: int) -> list[bytes]:
        own = self._fields[number * self._width : (number + 1) * self._width]
        missing = self._width - len(own)
        heads = [part_head(name) for name, _ in own] + [part_head(b"")] * missing
        values = [value for _, value in own] + [b""] * missing
        return part_hashes(heads, values, salts=expand(self._seeds[number], self._width))


def tree_levels(leaves: Sequence[bytes]) -> tuple[list[bytes], ...]:
    """Return every level of the tree over a power of two of hashes, the leaves first, the root last.

    Raises:
        CommitmentError: their number is no power of two.
    """
    _require_power(len(leaves))
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        halves = iter(levels[-1])
        levels.append([sha256(b"\x01" + both).digest() for both in map(add, halves, halves)])
    return tuple(levels)


def _siblings(levels: Sequence[list[bytes]], first: int, leaves: int) -> tuple[bytes, ...]:
    start = leaves.bit_length() - 1
    position = first // leaves
    return tuple(level[(position >> up) ^ 1] for up, level in enumerate(levels[start:-1]))


def _require_seed(seed: bytes) -> None:
    if len(seed) != SEED_BYTES:
        raise CommitmentError(f"seed of {len(seed)} bytes: must be {SEED_BYTES}")


def _require_power(number: int) -> None:
    if number < 1 or number & (number - 1):
        raise CommitmentError(f"a seed tree of {number} leaves: must be a power of two")
