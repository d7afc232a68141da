"""The tree whose salts grow from one seed: every subtree opens by its own seed, and by nothing else."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import seed_tree
from counterseal.crypto.errors import CommitmentError
from counterseal.crypto.hashing import domain_hash
from counterseal.crypto.seed_tree import SeedTree, child, climb, expand, subtree_seed

SEED = bytes(range(32))


def naive_salt(seed: bytes, index: int, total: int) -> bytes:
    """The salt of one leaf as the format says it: from the top, one bit at a time."""
    while total > 1:
        total //= 2
        bit = 1 if index >= total else 0
        index -= bit * total
        seed = domain_hash("counterseal/escrow/seed/v1", seed, bytes([bit]))
    return seed


def naive_leaf(name: bytes, value: bytes, salt: bytes) -> bytes:
    lengths = [len(part).to_bytes(4, "big") for part in (name, value)]
    return sha256(b"\x00part/v1" + lengths[0] + name + lengths[1] + value + salt).digest()


def naive_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    return sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def fields_of(count: int) -> list[tuple[bytes, bytes]]:
    return [(f"f{number}".encode(), str(number).encode()) for number in range(count)]


def test_a_child_is_the_domain_hash_of_its_seed_and_its_bit() -> None:
    fixed = sha256(
        b"counterseal/escrow/seed/v1\x00\x00\x00\x00\x20" + SEED + b"\x00\x00\x00\x01\x01"
    ).digest()
    assert child(SEED, 1) == fixed
    assert child(SEED, 0) != child(SEED, 1)


@pytest.mark.parametrize("leaves", [1, 2, 4, 32])
def test_the_seed_of_a_leaf_is_its_salt(leaves: int) -> None:
    assert expand(SEED, leaves) == [naive_salt(SEED, index, leaves) for index in range(leaves)]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 63))
def test_the_seed_of_a_subtree_gives_exactly_the_salts_below_it(up: int, down: int, place: int) -> None:
    total, leaves = 2**up, 2 ** min(up, down)
    first = place % (total // leaves) * leaves
    own = subtree_seed(SEED, total=total, first=first, leaves=leaves)
    assert expand(own, leaves) == expand(SEED, total)[first : first + leaves]


def test_the_seed_of_a_subtree_derives_nothing_beside_it() -> None:
    """From a seed only its own descendants follow: no sibling, no seed on the way up, no other leaf."""
    total = 64
    every = {
        subtree_seed(SEED, total=total, first=first, leaves=1 << up)
        for up in range(7)
        for first in range(0, total, 1 << up)
    }
    assert len(every) == 2 * total - 1  # all seeds of the tree are different
    own = subtree_seed(SEED, total=total, first=16, leaves=16)
    below = {seed for up in range(5) for seed in expand(own, 1 << up)}
    inside = {
        subtree_seed(SEED, total=total, first=first, leaves=1 << up)
        for up in range(5)
        for first in range(16, 32, 1 << up)
    }
    assert below == inside
    assert not below & (every - inside)


@pytest.mark.parametrize("chunk", [1, 4, 1 << 14])
@pytest.mark.parametrize(("count", "leaves"), [(0, 1), (1, 1), (3, 4), (5, 16), (16, 16), (1, 32)])
def test_the_root_and_every_proof_are_those_of_the_plain_tree(
    monkeypatch: pytest.MonkeyPatch, chunk: int, count: int, leaves: int
) -> None:
    monkeypatch.setattr(seed_tree, "_CHUNK", chunk)
    fields = fields_of(count)
    tree = SeedTree(fields, seed=SEED, leaves=leaves)
    padded = fields + [(b"", b"")] * (leaves - count)
    hashes = [naive_leaf(*field, naive_salt(SEED, at, leaves)) for at, field in enumerate(padded)]
    assert tree.root == naive_root(hashes)
    for width in (2**up for up in range(leaves.bit_length())):
        for first in range(0, leaves, width):
            proof = tree.proof(first=first, leaves=width)
            top = naive_root(hashes[first : first + width])
            assert len(proof) == (leaves // width).bit_length() - 1
            assert climb(top, position=first // width, proof=proof) == tree.root


def test_what_is_no_tree_or_subtree_is_refused() -> None:
    tree = SeedTree(fields_of(3), seed=SEED, leaves=8)
    for leaves in (0, -1, 3, 6):
        with pytest.raises(CommitmentError, match="power of two"):
            expand(SEED, leaves)
        with pytest.raises(CommitmentError, match="power of two"):
            SeedTree([], seed=SEED, leaves=leaves)
    for first, leaves in ((1, 2), (8, 1), (-2, 2), (0, 16), (4, 8)):
        with pytest.raises(CommitmentError, match="none in a tree of 8"):
            tree.proof(first=first, leaves=leaves)
        with pytest.raises(CommitmentError, match="none in a tree of 8"):
            subtree_seed(SEED, total=8, first=first, leaves=leaves)
    with pytest.raises(CommitmentError, match="cannot hold 3 fields"):
        SeedTree(fields_of(3), seed=SEED, leaves=2)
    for seed in (b"", SEED[:31], SEED + b"x"):
        with pytest.raises(CommitmentError, match="must be 32"):
            expand(seed, 2)
        with pytest.raises(CommitmentError, match="must be 32"):
            child(seed, 0)
    with pytest.raises(CommitmentError, match="must be 0 or 1"):
        child(SEED, 2)
