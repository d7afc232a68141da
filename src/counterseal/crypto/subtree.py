"""Proofs about subtrees: the entries ``start`` to ``end`` of a tree, as if they stood alone.

An ML-DSA cosignature (C2SP tlog-cosignature, ``subtree/v1``) speaks of a subtree. The bundles of
Counterseal use the whole tree alone, whose start is 0; a witness from outside may sign another
one. A subtree is sound if its start is a multiple of the smallest power of two that is not below
its size: then it is a node of every tree that is large enough, or the right edge of one.
"""

from collections.abc import Sequence

from counterseal.crypto.commitment import power_of_two_from
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import EMPTY_ROOT, HASH_BYTES, node_hash, require_inclusion


def require_subtree(start: int, end: int) -> None:
    """Refuse a range of leaves that is no subtree of any tree.

    Args:
        start: Index of its first leaf.
        end: Index after its last leaf; equal to ``start`` for the subtree of no leaf.

    Raises:
        CryptoError: it is negative, ends before it starts, or does not start where its size asks.
    """
    if not 0 <= start <= end:
        raise CryptoError(f"subtree: leaves {start} to {end} are no range")
    if start % power_of_two_from(end - start):
        raise CryptoError(
            f"subtree: {end - start} leaves must start at a multiple of {power_of_two_from(end - start)}, "
            f"not at {start}"
        )


def require_subtree_inclusion(
    leaf: bytes, index: int, *, start: int, end: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Refuse an inclusion proof unless it leads from ``leaf`` to the root of the subtree.

    Args:
        leaf: Leaf hash [32 bytes].
        index: Position of the leaf in the whole tree.
        start: First leaf of the subtree.
        end: Leaf after its last one.
        proof: Hashes from the leaf upwards.
        root: Hash of the subtree [32 bytes].

    Raises:
        CryptoError: no subtree, index outside it, wrong number or length of hashes, or another root.
    """
    require_subtree(start, end)
    require_inclusion(leaf, index - start, size=end - start, proof=proof, root=root)


def require_subtree_consistency(
    start: int, end: int, *, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse a consistency proof unless the subtree is part of the tree.

    The subtree of no leaf is part of every tree that reaches its place: its hash is that of nothing,
    and its proof is empty. Nothing is learned from it about ``root``.

    Args:
        start: First leaf of the subtree.
        end: Leaf after its last one.
        size: Number of leaves of the tree.
        subtree_root: Hash of the subtree [32 bytes].
        root: Hash of the tree [32 bytes].
        proof: Hashes, lowest first.

    Raises:
        CryptoError: no subtree of a tree of that size, wrong number or length of hashes, or other
            roots.
    """
    require_subtree(start, end)
    if end > size:
        raise CryptoError(f"subtree consistency: leaves to {end} are not in a tree of {size}")
    for number, item in enumerate(proof):
        if len(item) != HASH_BYTES:
            raise CryptoError(
                f"subtree consistency: hash {number} has {len(item)} bytes, must have {HASH_BYTES}"
            )
    if start == end:
        if proof or subtree_root != EMPTY_ROOT:
            raise CryptoError(
                "subtree consistency: no leaf, so the proof must be empty and the hash of nothing"
            )
        return
    found, led_to = _walk(start, end - 1, last=size - 1, subtree_root=subtree_root, proof=proof)
    if found != subtree_root:
        raise CryptoError("subtree consistency: the proof leads to another subtree")
    if led_to != root:
        raise CryptoError("subtree consistency: the proof leads to another tree")


def _walk(
    first: int, final: int, *, last: int, subtree_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The hashes of subtree and tree to which the proof leads, from their common node upwards.

    ``first``, ``final`` and ``last`` are the nodes above the subtree's first and last leaf and
    above the tree's last one, at the level that has been reached. A subtree that ends where the
    tree does is a node of it; otherwise the walk begins at the last complete node of its edge.
    """
    rest = list(proof)
    while first != final and (final & 1 or final == last):
        first, final, last = first >> 1, final >> 1, last >> 1
    if first == final:
        within = whole = subtree_root
    else:
        if not rest:
            raise CryptoError("subtree consistency: the proof is empty, must begin with the subtree's edge")
        within = whole = rest.pop(0)
    for sibling in rest:
        if last == 0:
            raise CryptoError("subtree consistency: more hashes than the tree has levels")
        if final & 1 or final == last:
            if first < final:
                within = node_hash(sibling, within)
            whole = node_hash(sibling, whole)
            while not final & 1:
                first, final, last = first >> 1, final >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        first, final, last = first >> 1, final >> 1, last >> 1
    if last:
        raise CryptoError("subtree consistency: fewer hashes than the tree has levels")
    return within, whole
