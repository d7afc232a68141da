"""Checks 11 and 12: tiles, and the root of every checkpoint, tile by tile."""

from collections.abc import Iterator
from hashlib import sha256

from counterseal.crypto.merkle import CompactRange, pair_up
from counterseal.log.errors import TileError
from counterseal.log.tiles import (
    TILE_LEVELS,
    TILE_WIDTH,
    TileAddress,
    entry_tile_path,
    hash_tile_path,
    log_paths,
    read_entries,
    tiles_for,
)
from counterseal.records.errors import RecordError
from counterseal.records.manifest import Manifest, size_cap
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import ENTRY_CHECKS, Tally

_MAX_LOG = 256**4


def entry_tiles(
    source: BundleSource, heads: LogHeads, tally: Tally | None = None
) -> Iterator[tuple[TileAddress, str, list[bytes]]]:
    """Yield each readable entry tile of a log: address, path, entries."""
    for address in tiles_for(heads.size):
        path = f"logs/{heads.folder}/{entry_tile_path(address)}"
        try:
            yield address, path, read_entries(source.read(path, most=size_cap(path)), width=address.width)
        except (TileError, RecordError) as error:
            if tally is not None:
                tally.refuse("tiles", str(error), file=path)


def check_trees(
    source: BundleSource, paths: frozenset[str], logs: tuple[LogHeads, ...], tally: Tally
) -> tuple[LogHeads, ...]:
    """Run ``tiles`` and ``roots`` over every log; return those whose size the tiles present can bear.

    A size is only what a log signed: nothing may be counted up to it that is not there.
    """
    walked = []
    tally.ran("tiles", "roots")
    if not any(heads.size for heads in logs):
        tally.refuse("tiles", "no log in the bundle has an entry")
    for heads in logs:
        if heads.size > _MAX_LOG:
            tally.refuse("tiles", f"log of {heads.size} entries is beyond any bundle", file=heads.newest.path)
            tally.cut("roots", *ENTRY_CHECKS)
        elif _check_tile_names(paths, heads, tally):
            walked.append(heads)
            _LogWalk(source, heads, tally).run()
    return tuple(walked)


def _check_tile_names(paths: frozenset[str], heads: LogHeads, tally: Tally) -> bool:
    prefix = f"logs/{heads.folder}/tile/"
    present = {path for path in paths if path.startswith(prefix)}
    if heads.size > TILE_WIDTH * (len(present) + 1):
        tally.refuse(
            "tiles", f"{len(present)} tiles cannot hold {heads.size} entries", file=heads.newest.path
        )
        tally.cut("roots", *ENTRY_CHECKS)
        return False
    wanted = {f"logs/{heads.folder}/{path}" for path in log_paths(heads.size)}
    for path in sorted(wanted - present):
        tally.refuse("tiles", f"tile missing for a log of {heads.size} entries", file=path)
    for path in sorted(present - wanted):
        tally.refuse("tiles", f"no tile of a log of {heads.size} entries", file=path)
    return True


class _LogWalk:
    """One pass over a log's entry tiles, with a few hashes in memory."""

    def __init__(self, source: BundleSource, heads: LogHeads, tally: Tally) -> None:
        self._source, self._heads, self._tally = source, heads, tally
        self._tree = CompactRange()
        self._rows: list[list[bytes]] = [[]]
        self._numbers = [0]
        self._pending = list(heads.seen)

    def run(self) -> None:
        """Hash every entry, compare every hash tile and the root of every checkpoint."""
        tiles = entry_tiles(self._source, self._heads, self._tally)
        for expected, (address, _, entries) in enumerate(tiles):
            if address.number != expected:
                break
            leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
            self._compare_roots(leaves)
            self._add_tile(leaves)
        if self._tree.size != self._heads.size:
            self._tally.cut("roots", *ENTRY_CHECKS)  # why, stands under `tiles`
            return
        self._compare_roots([])
        for level, row in enumerate(self._rows):
            if row:
                self._compare_tile(level, row)

    def _compare_roots(self, leaves: list[bytes]) -> None:
        end = self._tree.size + len(leaves)
        grown = self._tree.copy()
        while self._pending and (self._pending[0].checkpoint.size < end or not leaves):
            seen = self._pending.pop(0)
            for leaf in leaves[grown.size - self._tree.size : seen.checkpoint.size - self._tree.size]:
                grown.append(leaf)
            root = grown.root()
            if root != seen.checkpoint.root:
                self._tally.refuse(
                    "roots",
                    f"the first {seen.checkpoint.size} entries have root {root.hex()}, "
                    f"the checkpoint states {seen.checkpoint.root.hex()}",
                    file=seen.path,
                )

    def _add_tile(self, leaves: list[bytes]) -> None:
        if len(leaves) < TILE_WIDTH:
            for leaf in leaves:
                self._tree.append(leaf)
            self._rows[0] = leaves
            return
        self._compare_tile(0, leaves)
        level, row = 0, leaves
        while len(row) == TILE_WIDTH:
            subtree = _top(row)
            if level == 0:
                self._tree.append_subtree(subtree, level=TILE_LEVELS)
            level += 1
            if level == len(self._rows):
                self._rows.append([])
                self._numbers.append(0)
            self._rows[level].append(subtree)
            row = self._rows[level]
            if len(row) == TILE_WIDTH:
                self._compare_tile(level, row)
                self._rows[level] = []

    def _compare_tile(self, level: int, row: list[bytes]) -> None:
        address = TileAddress(number=self._numbers[level], width=len(row))
        self._numbers[level] += 1
        path = f"logs/{self._heads.folder}/{hash_tile_path(level, address)}"
        try:
            tile = self._source.read(path, most=size_cap(path))
        except RecordError:
            return  # reported as missing already
        if tile != b"".join(row):
            self._tally.refuse("tiles", "differs from the hashes that the entries give", file=path)


def _top(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = pair_up(row)
    return row[0]


def check_stated_heads(manifest: Manifest, logs: tuple[LogHeads, ...], tally: Tally) -> None:
    """Run the part of ``roots`` that compares the manifest's heads with the checkpoints."""
    stated = {head.origin: (head.size, head.root) for head in manifest.heads}
    found = {heads.log.origin: (heads.size, heads.newest.checkpoint.root.hex()) for heads in logs}
    for origin in sorted(stated.keys() | found.keys()):
        if stated.get(origin) != found.get(origin):
            tally.refuse(
                "roots",
                f"manifest head of {origin}: {stated.get(origin)}, the checkpoint gives {found.get(origin)}",
                file="bundle.json",
            )
