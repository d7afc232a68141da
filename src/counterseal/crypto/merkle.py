"""Merkle trees as RFC 6962 hashes them: leaves, nodes, roots, and both kinds of proof.

Sizes are numbers of leaves; hashes are 32 bytes. A consistency proof from the empty tree is
refused here: it proves nothing, and a witness treats its first checkpoint apart [RFC-6962].
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from counterseal.crypto.errors import CryptoError

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""``(level, index)`` to the hash of the complete subtree of ``2**level`` leaves with that index."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one leaf [32 bytes]."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node [32 bytes]."""
    return sha256(b"\x01" + left + right).digest()


def pair_up(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the parents of an even number of neighbouring complete subtrees."""
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)
    ]


class CompactRange:
    """The roots of the complete subtrees that a growing tree is made of, largest first.

    It is all that is needed to append and to tell the root: at most 64 hashes.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def copy(self) -> "CompactRange":
        """Return another range that stands where this one does, and grows by itself."""
        grown = CompactRange()
        grown.size, grown._peaks = self.size, list(self._peaks)
        return grown

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        self.append_subtree(leaf, level=0)

    def append_subtree(self, subtree: bytes, *, level: int) -> None:
        """Add a complete subtree of ``2**level`` leaves.

        Raises:
            CryptoError: the tree is not at a multiple of that size.
        """
        if self.size & ((1 << level) - 1):
            raise CryptoError(f"a subtree of level {level} cannot follow {self.size} leaves")
        position = self.size >> level
        peaks = self._peaks
        while position & 1:
            subtree = sha256(b"\x01" + peaks.pop() + subtree).digest()
            position >>= 1
        peaks.append(subtree)
        self.size += 1 << level

    def root(self, tail: Sequence[bytes] = ()) -> bytes:
        """Return the root as it would be with the leaf hashes ``tail`` appended [32 bytes]."""
        if tail:
            grown = self.copy()
            for leaf in tail:
                grown.append_subtree(leaf, level=0)
            return grown.root()
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes [32 bytes]; of none, the hash of nothing."""
    tree = CompactRange()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def _peaks_of(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees, left to right, that cover leaves ``start`` to ``end`` (``start`` aligned)."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        peaks.append((level, start >> level))
        start += 1 << level
    return peaks


def range_root(start: int, end: int, *, subtree: Subtree) -> bytes:
    """Return the RFC 6962 hash of leaves ``start`` to ``end`` (exclusive) from complete subtrees."""
    hashes = [subtree(level, index) for level, index in _peaks_of(start, end)]
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, *, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the hashes that lead from leaf ``index`` to the root of ``size`` leaves, leaf first.

    Raises:
        CryptoError: ``index`` is not in the tree.
    """
    if not 0 <= index < size:
        raise CryptoError(f"leaf {index} is not in a tree of {size}")
    proof, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_root(middle, end, subtree=subtree))
            end = middle
        else:
            proof.append(range_root(start, middle, subtree=subtree))
            start = middle
    return tuple(reversed(proof))


def consistency_proof(old_size: int, new_size: int, *, subtree: Subtree) -> tuple[bytes, ...]:
    """Return the hashes that show that the first ``old_size`` leaves of both trees are the same.

    Raises:
        CryptoError: ``old_size`` is 0 or larger than ``new_size``.
    """
    if not 0 < old_size <= new_size:
        raise CryptoError(f"no consistency proof from {old_size} to {new_size} leaves")
    proof, start, end, whole = [], 0, new_size, True
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            proof.append(range_root(middle, end, subtree=subtree))
            end = middle
        else:
            proof.append(range_root(start, middle, subtree=subtree))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(start, end, subtree=subtree))
    return tuple(reversed(proof))


def _fold(proof: Sequence[bytes], *, seed: bytes, inner: int, index: int) -> bytes:
    for level, sibling in enumerate(proof[:inner]):
        left_first = (index >> level) & 1
        seed = node_hash(sibling, seed) if left_first else node_hash(seed, sibling)
    for sibling in proof[inner:]:
        seed = node_hash(sibling, seed)
    return seed


def _fold_old(proof: Sequence[bytes], *, seed: bytes, inner: int, index: int) -> bytes:
    left = [sibling for level, sibling in enumerate(proof[:inner]) if (index >> level) & 1]
    for sibling in (*left, *proof[inner:]):
        seed = node_hash(sibling, seed)
    return seed


def _require_hashes(proof: Sequence[bytes]) -> None:
    for number, item in enumerate(proof):
        if len(item) != HASH_BYTES:
            raise CryptoError(f"proof hash {number} has {len(item)} bytes, must have {HASH_BYTES}")


def require_inclusion(leaf: bytes, index: int, *, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse an inclusion proof unless it leads from ``leaf`` to ``root``.

    Args:
        leaf: Leaf hash [32 bytes].
        index: Position of the leaf, from 0.
        size: Number of leaves under ``root``.
        proof: Hashes from the leaf upwards.
        root: Root hash [32 bytes].

    Raises:
        CryptoError: index outside the tree, wrong number or length of hashes, or another root.
    """
    if not 0 <= index < size:
        raise CryptoError(f"inclusion: leaf {index} is not in a tree of {size}")
    _require_hashes((*proof, leaf, root))
    inner = (index ^ (size - 1)).bit_length()
    expected = inner + (index >> inner).bit_count()
    if len(proof) != expected:
        raise CryptoError(f"inclusion: {len(proof)} hashes, must be {expected}")
    if _fold(proof, seed=leaf, inner=inner, index=index) != root:
        raise CryptoError("inclusion: the proof leads to another root")


def require_consistency(
    old_size: int, new_size: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse a consistency proof unless the old tree is a beginning of the new one.

    Raises:
        CryptoError: impossible sizes, wrong number or length of hashes, or other roots.
    """
    if not 0 < old_size <= new_size:
        raise CryptoError(f"consistency: sizes {old_size} and {new_size} prove nothing")
    _require_hashes(proof)
    if old_size == new_size:
        if proof:
            raise CryptoError("consistency: equal sizes take no hashes")
        if old_root != new_root:
            raise CryptoError("consistency: equal sizes, different roots")
        return
    shift = (old_size & -old_size).bit_length() - 1
    index = old_size - 1
    inner = (index ^ (new_size - 1)).bit_length() - shift
    border = (index >> (inner + shift)).bit_count()
    start = 0 if old_size == 1 << shift else 1
    if len(proof) != start + inner + border:
        raise CryptoError(f"consistency: {len(proof)} hashes, must be {start + inner + border}")
    seed, rest = (proof[0], proof[1:]) if start else (old_root, proof)
    mask = index >> shift
    if _fold_old(rest, seed=seed, inner=inner, index=mask) != old_root:
        raise CryptoError("consistency: the proof leads to another old root")
    if _fold(rest, seed=seed, inner=inner, index=mask) != new_root:
        raise CryptoError("consistency: the proof leads to another new root")
