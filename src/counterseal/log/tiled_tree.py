"""A log's hash tree read from its tiles: proofs from a few small files, however long the log is."""

from collections.abc import Callable
from functools import lru_cache

from counterseal.crypto.merkle import HASH_BYTES, consistency_proof, inclusion_proof, pair_up, range_root
from counterseal.log.errors import TileError
from counterseal.log.tiles import TILE_LEVELS, TILE_WIDTH, TileAddress, hash_tile_path

_KEPT_TILES = 16


class TiledTree:
    """The tree of a log at one size, of which nothing is in memory but the tiles that were read last.

    The last tile of every level is part of nearly every proof and is read once. Nothing here is verified:
    a proof made from changed tiles leads to another root than the checkpoint's.
    """

    def __init__(self, size: int, *, read: Callable[[str], bytes]) -> None:
        """Stand on a log's head.

        Args:
            size: Number of leaves.
            read: Gives the bytes of a file below the log's folder, by its path there.
        """
        self.size = size
        self._read = read
        self._tile = lru_cache(maxsize=_KEPT_TILES)(self._read_tile)
        self._edge = lru_cache(maxsize=None)(self._read_tile)

    def root(self) -> bytes:
        """Return the root over all leaves [32 bytes]; there must be one."""
        return range_root(0, self.size, subtree=self.subtree)

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the proof that leaf ``index`` stands under the root, leaf first.

        Raises:
            CryptoError: there is no such leaf.
            TileError: a tile has another length than the log's size asks.
        """
        return inclusion_proof(index, self.size, subtree=self.subtree)

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the log at ``old_size`` is a beginning of this one.

        Raises:
            CryptoError: ``old_size`` is 0 or larger than this log.
            TileError: a tile has another length than the log's size asks.
        """
        return consistency_proof(old_size, self.size, subtree=self.subtree)

    def subtree(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree of ``2**level`` leaves [32 bytes]."""
        tile_level, height = divmod(level, TILE_LEVELS)
        number, place = divmod(index << height, TILE_WIDTH)
        last = ((self.size >> (TILE_LEVELS * tile_level)) - 1) // TILE_WIDTH
        rows = (self._edge if number == last else self._tile)(tile_level, number)
        return rows[height][place >> height]

    def _read_tile(self, level: int, number: int) -> tuple[list[bytes], ...]:
        """Read a tile; return its hashes and, row by row, those of the subtrees that stand on them."""
        count = self.size >> (TILE_LEVELS * level)
        width = min(TILE_WIDTH, count - number * TILE_WIDTH)
        path = hash_tile_path(level, TileAddress(number=number, width=width))
        data = self._read(path)
        if len(data) != width * HASH_BYTES:
            raise TileError(f"{path}: {len(data)} bytes, must be {width * HASH_BYTES}")
        rows = [[data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]]
        while len(rows[-1]) > 1:
            rows.append(pair_up(rows[-1][: len(rows[-1]) // 2 * 2]))
        return tuple(rows)
