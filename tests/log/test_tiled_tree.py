"""A tree read from tiles gives the proofs of the tree in memory, from a few tiles each."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto.errors import CryptoError
from counterseal.crypto.merkle import require_inclusion
from counterseal.log.errors import TileError
from counterseal.log.tiled_tree import TiledTree
from counterseal.log.tree import HashTree

THREE_LEVELS = 256 * 256 + 4_464
LEAVES = [sha256(b"\x00" + number.to_bytes(4, "big")).digest() for number in range(THREE_LEVELS)]


def tree_of(size: int) -> HashTree:
    tree = HashTree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    return tree


WHOLE = tree_of(THREE_LEVELS)
TILES = dict(WHOLE.tiles(THREE_LEVELS))


class Shelf:
    """The tiles of a log, which keeps what was read."""

    def __init__(self, tiles: dict[str, bytes]) -> None:
        self._tiles = tiles
        self.read: list[str] = []

    def __call__(self, path: str) -> bytes:
        self.read.append(path)
        return self._tiles[path]


@given(st.integers(1, 1_200).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_proofs_and_root_are_those_of_the_tree_in_memory(case: tuple[int, int]) -> None:
    size, index = case
    tree = tree_of(size)
    tiled = TiledTree(size, read=dict(tree.tiles(size)).__getitem__)
    assert tiled.root() == tree.root()
    assert tiled.inclusion(index) == tree.inclusion(index, size)
    assert tiled.consistency(index + 1) == tree.consistency(index + 1, size)


@given(st.integers(0, THREE_LEVELS - 1))
def test_over_three_levels_a_proof_takes_two_tiles_beside_the_last_of_each_level(index: int) -> None:
    shelf = Shelf(TILES)
    tiled = TiledTree(THREE_LEVELS, read=shelf)
    assert tiled.inclusion(index) == WHOLE.inclusion(index, THREE_LEVELS)
    edge = {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}
    assert len(set(shelf.read) - edge) <= 2
    assert len(shelf.read) == len(set(shelf.read)), "no tile is read twice"


def test_a_proof_from_a_changed_tile_leads_to_another_root() -> None:
    path = "tile/0/001"
    changed = TILES | {path: bytes(32) + TILES[path][32:]}
    proof = TiledTree(THREE_LEVELS, read=changed.__getitem__).inclusion(300)
    with pytest.raises(CryptoError, match="another root"):
        require_inclusion(LEAVES[300], 300, size=THREE_LEVELS, proof=proof, root=WHOLE.root())


@pytest.mark.parametrize("length", [0, 31, 8_160, 8_224])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    cut = TILES | {"tile/0/001": (TILES["tile/0/001"] * 2)[:length]}
    with pytest.raises(TileError, match=f"tile/0/001: {length} bytes, must be 8192"):
        TiledTree(THREE_LEVELS, read=cut.__getitem__).inclusion(300)


def test_there_is_no_proof_of_a_leaf_that_is_not_there() -> None:
    with pytest.raises(CryptoError, match="leaf 70000 is not in a tree of 70000"):
        TiledTree(THREE_LEVELS, read=TILES.__getitem__).inclusion(THREE_LEVELS)
