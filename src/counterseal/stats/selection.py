"""The sampler of the joint draw: from one seed to positions in a pool, the same on every machine.

It is a partial Fisher-Yates shuffle over a stream of SHA-256 blocks, with rejection: no remainder of
a division, no fractions, no generator of a library. ``docs/reference/formats.md``, 5.7, fixes it.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from struct import Struct
from typing import NamedTuple

from counterseal.stats.errors import StatsError

SEED_BYTES = 32
MAX_POOL = 2**32

_STREAM = b"counterseal/draw/stream/v1\x00"
_WORD_BITS = 64
_words_of = Struct(">QQQQ").unpack
_stratum_number = Struct(">II").pack
_block_number = Struct(">IQ").pack


class Pick(NamedTuple):
    """One position that was drawn, and how.

    Attributes:
        position: Position in the pool, from 0.
        below: How many items were left to choose from.
        words: The words read for it, 64 bits each; all but the last were rejected.
        answer: The first bits of the last word, below ``below``.
    """

    position: int
    below: int
    words: tuple[int, ...]
    answer: int


def positions_from(seed: bytes, strata: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Return the positions that follow from a seed, stratum by stratum, in the order drawn.

    Args:
        seed: Seed of the draw [32 bytes].
        strata: Number of items and of items to draw, for each stratum; they follow one another in the pool.

    Raises:
        StatsError: another length of seed, or a stratum that cannot give so many.

    Examples:
        >>> positions_from(bytes(32), [(5, 2), (1, 1), (4, 0)])
        ((0, 3), (5,), ())
    """
    return tuple(tuple(pick.position for pick in picks) for picks in picks_from(seed, strata))


def picks_from(seed: bytes, strata: Sequence[tuple[int, int]]) -> tuple[tuple[Pick, ...], ...]:
    """Return what ``positions_from`` does, with the words that every position was drawn from."""
    if len(seed) != SEED_BYTES:
        raise StatsError(f"seed of {len(seed)} bytes, must be {SEED_BYTES}")
    start, drawn = 0, []
    for number, (count, sample) in enumerate(strata):
        if not 0 <= sample <= count or count < 1:
            raise StatsError(f"stratum {number}: {sample} of {count} cannot be drawn")
        if start + count > MAX_POOL:
            raise StatsError(f"stratum {number}: the pool is larger than {MAX_POOL} items")
        drawn.append(tuple(_stratum(_stream(seed, number), start=start, count=count, sample=sample)))
        start += count
    return tuple(drawn)


def _stream(seed: bytes, stratum: int) -> Iterator[int]:
    """Yield the words of a stratum: four from each block, without end."""
    begun = sha256(_STREAM + len(seed).to_bytes(4, "big") + seed + _stratum_number(4, stratum))
    block = 0
    while True:
        hashed = begun.copy()
        hashed.update(_block_number(8, block))
        yield from _words_of(hashed.digest())
        block += 1


def _stratum(stream: Iterator[int], *, start: int, count: int, sample: int) -> Iterator[Pick]:
    """Shuffle the first ``sample`` places; only items that have left their place are kept in mind."""
    moved: dict[int, int] = {}
    for place in range(sample):
        below = count - place
        words, answer = _pick_below(stream, below)
        chosen = place + answer
        position = moved.get(chosen, chosen)
        moved[chosen] = moved.pop(place, place)
        yield Pick(start + position, below, words, answer)


def _pick_below(stream: Iterator[int], below: int) -> tuple[tuple[int, ...], int]:
    bits = (below - 1).bit_length()
    if not bits:
        return (), 0
    shift = _WORD_BITS - bits
    words = [next(stream)]
    while words[-1] >> shift >= below:
        words.append(next(stream))
    return tuple(words), words[-1] >> shift
