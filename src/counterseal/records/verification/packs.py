"""Packs: what stands beside an entry tile, one item for each of its entries: openings, or sealed bodies."""

from collections.abc import Iterable

from counterseal.records.errors import RecordError
from counterseal.records.manifest import size_cap
from counterseal.records.verification.source import BundleSource
from counterseal.records.verification.tally import Tally

_LENGTH = 4
"""Bytes of the length before an item."""


class PackShelf:
    """The packs of a bundle, handed out tile by tile; those that no entry tile calls for are refused."""

    def __init__(
        self, source: BundleSource, paths: frozenset[str], tally: Tally, *, folders: Iterable[str]
    ) -> None:
        self._source, self._tally = source, tally
        wanted = tuple(f"{kind}/{folder}/" for kind in ("bodies", "sealed") for folder in folders)
        self._left = {path for path in paths if path.startswith(wanted)}

    def take(self, kind: str, folder: str, name: str, *, count: int) -> list[bytes]:
        """Return the items beside an entry tile; empty ones where there is none.

        Args:
            kind: ``bodies`` or ``sealed``.
            folder: The log's folder.
            name: The tile's name.
            count: Its number of entries.
        """
        path = f"{kind}/{folder}/{name}"
        if path not in self._left:
            return [b""] * count
        self._left.remove(path)
        try:
            items = read_pack(self._source.read(path, most=size_cap(path)), count=count)
        except RecordError as error:
            self._tally.refuse("bodies", str(error), file=path)
            return [b""] * count
        if not any(items):
            self._tally.refuse("bodies", "a body pack without a single opening", file=path)
        return items

    def refuse_the_rest(self) -> None:
        """Refuse the packs that nobody took."""
        for path in sorted(self._left):
            self._tally.refuse("bodies", "body pack without its entry tile", file=path)


def read_pack(pack: bytes, *, count: int) -> list[bytes]:
    """Return the items of a pack; an empty one is not in this bundle.

    Raises:
        RecordError: it ends early or holds more.
    """
    items, at, end = [], 0, len(pack)
    for number in range(count):
        if at + _LENGTH > end:
            raise RecordError(f"body pack ends before opening {number} of {count}")
        start = at + _LENGTH
        at = start + int.from_bytes(pack[at:start], "big")
        if at > end:
            raise RecordError(f"body pack ends inside opening {number} of {count}")
        items.append(pack[start:at])
    if at != end:
        raise RecordError(f"body pack holds {end - at} bytes after its {count} openings")
    return items


def write_pack(items: list[bytes]) -> bytes:
    """Return a pack: each item behind its length in 4 bytes, length 0 where there is none."""
    return b"".join(len(item).to_bytes(_LENGTH, "big") + item for item in items)


def pack_size(items: Iterable[bytes]) -> int:
    """Return the size of the pack of these items [bytes]."""
    return sum(_LENGTH + len(item) for item in items)
