"""When a record came to be: the interval that others vouch for [formats, 7.5]."""

from bisect import bisect_right
from datetime import UTC, datetime

from counterseal.log.errors import TileError
from counterseal.log.tiles import TILE_WIDTH, TileAddress, entry_tile_path, read_entries
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import header_document
from counterseal.records.manifest import size_cap
from counterseal.records.verification.heads import LogHeads
from counterseal.records.verification.source import BundleSource
from counterseal.terms.times import parse_instant


def as_written(at: datetime) -> str:
    """Return an instant as headers write it, four digits for any year: in this form, earlier is smaller."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


class NotAfter:
    """For one log: by when its entries existed, in the word of other parties.

    Args:
        heads: Its checkpoints.
        but_for: Parties whose word is left out as well as the log's own party's: nobody vouches for a time
            that it would gain by.
    """

    def __init__(self, heads: LogHeads, *, but_for: frozenset[str] = frozenset()) -> None:
        self._sizes: list[int] = []
        self._times: list[datetime] = []
        earliest: datetime | None = None
        for seen in reversed(heads.seen):
            for party, at in seen.cosigned:
                if party not in but_for:
                    earliest = at if earliest is None else min(earliest, at)
            if earliest is not None:
                self._sizes.append(seen.checkpoint.size)
                self._times.append(earliest)
        self._sizes.reverse()
        self._times.reverse()
        self._texts = [as_written(at) for at in self._times]

    def text_of(self, index: int) -> str | None:
        """Return what ``of`` does, as a header would write it."""
        at = bisect_right(self._sizes, index)
        return self._texts[at] if at < len(self._texts) else None

    def of(self, index: int) -> datetime | None:
        """Return the earliest time at which another party saw entry ``index``, or None."""
        at = bisect_right(self._sizes, index)
        return self._times[at] if at < len(self._times) else None


def checkpoint_claims(source: BundleSource, logs: tuple[LogHeads, ...]) -> dict[str, tuple[str, datetime]]:
    """Return, by checkpoint id, the log's party and what it claims as the time of the last entry."""
    claims = {}
    for heads in logs:
        number, entries = -1, list[bytes]()
        for seen in heads.seen:
            index = seen.checkpoint.size - 1
            if index // TILE_WIDTH != number:  # checkpoints come in order: each tile is read once
                number = index // TILE_WIDTH
                entries = _entries_of(source, heads, number)
            claimed = _claim_in(entries, index % TILE_WIDTH)
            if claimed is not None:
                claims[seen.checkpoint.checkpoint_id] = (str(heads.log.party), claimed)
    return claims


def _entries_of(source: BundleSource, heads: LogHeads, number: int) -> list[bytes]:
    if number < 0:
        return []
    address = TileAddress(number=number, width=min(TILE_WIDTH, heads.size - number * TILE_WIDTH))
    path = f"logs/{heads.folder}/{entry_tile_path(address)}"
    try:
        return read_entries(source.read(path, most=size_cap(path)), width=address.width)
    except (RecordError, TileError):
        return []  # another check says what is wrong with it


def _claim_in(entries: list[bytes], place: int) -> datetime | None:
    if place >= len(entries):
        return None
    try:
        document = header_document(split_record(entries[place])[0])
    except RecordError:
        return None  # another check says what is wrong with it
    return parse_instant(document["claimed_time"])
