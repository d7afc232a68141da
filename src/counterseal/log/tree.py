"""A log's hash tree in memory: append, root at any size, proofs, tiles."""

from collections.abc import Iterable, Iterator

from counterseal.crypto.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_root,
)
from counterseal.log.errors import LogError
from counterseal.log.tiles import TILE_LEVELS, TILE_WIDTH, hash_tile_levels, hash_tile_path, tiles_for


class HashTree:
    """All hashes of complete subtrees, level by level, in 32-byte slots.

    It holds 64 bytes for each leaf. Entries themselves are kept elsewhere.
    """

    __slots__ = ("_levels",)

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        self.extend(entries)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_BYTES

    def extend(self, entries: Iterable[bytes]) -> None:
        """Add entries (their bytes, not their hashes)."""
        for entry in entries:
            self.append(leaf_hash(entry))

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash and return its index."""
        index, digest, level = self.size, leaf, 0
        self._levels[0] += digest
        position = index
        while position & 1:
            level, position = level + 1, position >> 1
            row = self._levels[level - 1]
            digest = node_hash(bytes(row[-2 * HASH_BYTES : -HASH_BYTES]), digest)
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += digest
        return index

    def subtree(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree of ``2**level`` leaves [32 bytes]."""
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first ``size`` leaves (all of them by default) [32 bytes].

        Raises:
            LogError: there are fewer leaves.
        """
        wanted = self.size if size is None else size
        if wanted == 0:
            return EMPTY_ROOT
        self._require_size(wanted)
        return range_root(0, wanted, subtree=self.subtree)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that leaf ``index`` stands under the root at ``size``, leaf first."""
        self._require_size(size)
        return inclusion_proof(index, size, subtree=self.subtree)

    def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree at ``old_size`` is a beginning of that at ``new_size``."""
        self._require_size(new_size)
        return consistency_proof(old_size, new_size, subtree=self.subtree)

    def tiles(self, size: int) -> Iterator[tuple[str, bytes]]:
        """Yield path and bytes of every hash tile of the log at ``size`` leaves."""
        self._require_size(size)
        for level, count in hash_tile_levels(size):
            row = self._levels[level * TILE_LEVELS]
            for address in tiles_for(count):
                start = address.number * TILE_WIDTH * HASH_BYTES
                yield (
                    hash_tile_path(level, address),
                    bytes(row[start : start + address.width * HASH_BYTES]),
                )

    def _require_size(self, size: int) -> None:
        if size > self.size:
            raise LogError(f"log has {self.size} entries, asked for {size}")
