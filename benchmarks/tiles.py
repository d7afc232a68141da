"""Tiles: writing those of a growing log, and proofs from those of a large one."""

import os
import random
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from benchmarks.limits import compact_range
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.app.storage.bundle_folder import BundleFolder
from counterseal.crypto.merkle import require_inclusion
from counterseal.log.tiled_tree import TiledTree
from counterseal.log.tiles import TILE_WIDTH, log_paths
from counterseal.log.tree import HashTree

_LEAF_BYTES = 750
_CHUNKS = 20
"""Limit and figure take turns this often, so that both see the same machine."""

_MOST_BYTES = 1 << 16


def merkle_tiles(work: Path, sizes: Sizes) -> list[Figure]:
    chunk = sizes.leaves // _CHUNKS
    entries = [os.urandom(_LEAF_BYTES) for _ in range(chunk)]
    tree, own, limit, written = HashTree(), Stopwatch(), Stopwatch(), 0
    folder = BundleFolder(work / "merkle-tiles")
    for _number in range(_CHUNKS):
        with limit.span(chunk):
            compact_range(entries)
        with own.span(chunk):
            tree.extend(entries)
    with own.span():
        for path, tile in tree.tiles(tree.size):
            folder.write(path, tile)
            written += 1
    return [
        Figure(
            name="merkle-tiles",
            what=f"appending {tree.size:,} entries of {_LEAF_BYTES} bytes to a tree that keeps all levels, "
            f"and writing its {written:,} hash tiles to files",
            reached=own.rate,
            unit="entries/s",
            limit=limit.rate,
            limit_is="a bare compact range, no storage",
            at_least=0.3,
            cpu_s=own.cpu_s + limit.cpu_s,
            wall_s=own.wall_s + limit.wall_s,
        )
    ]


class _CountingFolder:
    """Reads tiles from disk, and counts the files and bytes of one proof."""

    def __init__(self, root: Path) -> None:
        self._folder = BundleFolder(root)
        self.files = self.bytes = 0

    def __call__(self, path: str) -> bytes:
        data = self._folder.read(path, most=_MOST_BYTES)
        self.files, self.bytes = self.files + 1, self.bytes + len(data)
        return data

    def restart(self) -> tuple[int, int]:
        """Return what was counted, and count anew."""
        counted = self.files, self.bytes
        self.files = self.bytes = 0
        return counted


def proofs(work: Path, sizes: Sizes) -> list[Figure]:
    """Inclusion proofs of leaves far apart, none of whose tiles the system has in memory."""
    root, tree = work / "proof-tiles", HashTree()
    for leaf in _leaves(sizes.tiled):
        tree.append(leaf)
    folder = BundleFolder(root)
    for path, tile in tree.tiles(tree.size):
        folder.write(path, tile)
    _forget(root, sizes.tiled)
    read, own, costs = _CountingFolder(root), Stopwatch(), [(0, 0)]
    with own.span():
        tiled = TiledTree(sizes.tiled, read=read)
        top = tiled.root()
    edge = read.restart()
    wanted = random.Random(7).choices(range(sizes.tiled), k=sizes.proofs)
    for index in wanted:
        with own.span(1):
            proof = tiled.inclusion(index)
        costs.append(read.restart())
        require_inclusion(_leaf(index), index, size=sizes.tiled, proof=proof, root=top)
    return _proof_figures(own, sizes, edge=edge, costs=costs)


def _leaf(number: int) -> bytes:
    return sha256(b"\x00" + number.to_bytes(8, "big")).digest()


def _leaves(count: int) -> Iterator[bytes]:
    return map(_leaf, range(count))


def _forget(root: Path, size: int) -> None:
    """Have the system write all tiles and drop them from its memory, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    os.sync()
    time.sleep(0.2)
    for path in log_paths(size):
        if "entries" not in path:
            file = os.open(root / path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def _proof_figures(
    own: Stopwatch, sizes: Sizes, *, edge: tuple[int, int], costs: list[tuple[int, int]]
) -> list[Figure]:
    of_what = f"an inclusion proof from the tiles of {sizes.tiled:,} leaves"
    once = f"after the last tile of each level was read once ({edge[0]} tiles, {edge[1]:,} bytes)"
    return [
        Figure(
            name="proof-tiles",
            what=f"tiles read for {of_what}, the most of {sizes.proofs:,}, {once}",
            reached=max(files for files, _ in costs),
            unit="tiles",
            compared="reached",
            below=5,
            waits=True,
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        ),
        Figure(
            name="proof-bytes",
            what=f"bytes read for {of_what} of {TILE_WIDTH} hashes each, the most of {sizes.proofs:,}, those "
            "read once included",
            reached=(edge[1] + max(size for _, size in costs)) / 1000,
            unit="kB",
            compared="reached",
            below=32,
            waits=True,
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        ),
        Figure(
            name="proof-rate",
            what=f"{of_what}, tiles not in the system's memory, those read once included, in wall time",
            reached=own.wall_rate,
            unit="proofs/s",
            compared="reached",
            at_least=1_000,
            waits=True,
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        ),
    ]
