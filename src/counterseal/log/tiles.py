"""Tiles: a log as a set of static files, so that a folder is a complete log server [C2SP-TLOG-TILES]."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterseal.log.errors import TileError

TILE_WIDTH = 256
TILE_LEVELS = 8
"""Tree levels per tile: 256 hashes are 8 levels."""

MAX_ENTRY_BYTES = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class TileAddress:
    """One tile: its number and how many items it holds; a full one holds 256."""

    number: int
    width: int

    def path(self) -> str:
        """Return the number as a path: groups of three digits, ``x`` before all but the last."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        return name if self.width == TILE_WIDTH else f"{name}.p/{self.width}"


def tiles_for(count: int) -> Iterator[TileAddress]:
    """Yield the addresses that ``count`` items call for: the full tiles, then the partial one."""
    for number in range(count // TILE_WIDTH):
        yield TileAddress(number=number, width=TILE_WIDTH)
    if count % TILE_WIDTH:
        yield TileAddress(number=count // TILE_WIDTH, width=count % TILE_WIDTH)


def hash_tile_levels(size: int) -> Iterator[tuple[int, int]]:
    """Yield ``(level, number of hashes)`` for each tile level that a log of ``size`` leaves has."""
    level, count = 0, size
    while count:
        yield level, count
        level, count = level + 1, count // TILE_WIDTH


def hash_tile_path(level: int, address: TileAddress) -> str:
    """Return the path of a hash tile below the log's folder."""
    return f"tile/{level}/{address.path()}"


def entry_tile_path(address: TileAddress) -> str:
    """Return the path of an entry tile below the log's folder."""
    return f"tile/entries/{address.path()}"


def log_paths(size: int) -> frozenset[str]:
    """Return the paths of exactly the tiles that a log of ``size`` leaves has."""
    entries = {entry_tile_path(address) for address in tiles_for(size)}
    hashes = {
        hash_tile_path(level, address)
        for level, count in hash_tile_levels(size)
        for address in tiles_for(count)
    }
    return frozenset(entries | hashes)


def write_entries(entries: Sequence[bytes]) -> bytes:
    """Return an entry tile: each entry behind its length in 2 bytes.

    Raises:
        TileError: an entry is longer than 65,535 bytes.
    """
    for number, entry in enumerate(entries):
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileError(f"entry {number} of {len(entry)} bytes, at most {MAX_ENTRY_BYTES}")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_entries(tile: bytes, *, width: int) -> list[bytes]:
    """Return the ``width`` entries of an entry tile.

    Raises:
        TileError: it ends early or holds more.
    """
    entries, at, end = [], 0, len(tile)
    for number in range(width):
        if at + 2 > end:
            raise TileError(f"entry tile ends before entry {number} of {width}")
        start = at + 2
        at = start + (tile[at] << 8 | tile[at + 1])
        if at > end:
            raise TileError(f"entry tile ends inside entry {number} of {width}")
        entries.append(tile[start:at])
    if at != end:
        raise TileError(f"entry tile holds {end - at} bytes after its {width} entries")
    return entries
