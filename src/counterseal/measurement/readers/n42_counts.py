"""The counts of a spectrum in N42: a list of whole numbers, with or without its runs of zeroes packed.

Packed ("counted zeroes"), a zero is followed by the length of the run of zeroes that starts with it;
``0 3 5`` is three channels without a count and one with five.
"""

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import shown, whole_counts
from counterseal.measurement.readers.reading import Reading
from counterseal.measurement.readers.xml_walk import Element
from counterseal.measurement.spectrum import MAX_CHANNELS, Counts

_PACKED = {"countedzeroes", "countedzeros"}


def channel_counts(element: Element, *, code: str, reading: Reading) -> Counts:
    """Return the counts in a ``ChannelData``, int64, shape (channels,).

    Args:
        element: The ``ChannelData``.
        code: Name of the attribute that says whether runs of zeroes are packed.
        reading: Counts the channels against the caps.

    Raises:
        ReadingError: a number is no count, a run does not end, or there are too many channels.
    """
    packing = element.attributes.get(code, "None").strip()
    numbers = whole_counts(element.text, where=element.where)
    if packing.casefold() in _PACKED:
        return unpacked(numbers, where=element.where, reading=reading)
    if packing.casefold() not in {"none", ""}:
        raise ReadingError(f"{element.where}: packed as {shown(packing)}, known are None and CountedZeroes")
    _require(len(numbers), where=element.where, reading=reading)
    return numbers


def _require(channels: int, *, where: str, reading: Reading) -> None:
    if not 1 <= channels <= MAX_CHANNELS:
        raise ReadingError(f"{where}: {channels} channels, must be 1 to {MAX_CHANNELS}")
    reading.take(channels, where=where)


def unpacked(numbers: Counts, *, where: str, reading: Reading) -> Counts:
    """Return counts of which the runs of zeroes are packed, one for each channel.

    Args:
        numbers: Counts as they are written: after every 0 the length of its run, int64, shape (numbers,).
        where: Place in the file, for messages.
        reading: The file that is read, whose caps the channels are counted against.

    Raises:
        ReadingError: a run has no length, or there are too many channels; nothing is unpacked then.
    """
    runs = _run_places(numbers, where=where)
    lengths = numbers[runs + 1]
    if lengths.size and lengths.max() > MAX_CHANNELS:
        raise ReadingError(f"{where}: a run of {int(lengths.max())} zeroes, more than channels there may be")
    repeats = np.ones(len(numbers), dtype=np.int64)
    repeats[runs] = lengths
    repeats[runs + 1] = 0
    _require(int(repeats.sum()), where=where, reading=reading)
    return np.repeat(numbers, repeats)


def _run_places(numbers: Counts, *, where: str) -> Counts:
    """Return where runs start: at a zero that is not itself the length of a run."""
    zeroes = np.flatnonzero(numbers == 0)
    if zeroes.size and zeroes[-1] == len(numbers) - 1:
        raise ReadingError(f"{where}: a run of zeroes has no length, the counts end there")
    if (np.diff(zeroes) == 1).any():
        raise ReadingError(
            f"{where}: a run of 0 zeroes, at number {int(zeroes[:-1][np.diff(zeroes) == 1][0])}"
        )
    return zeroes.astype(np.int64)


def packed(counts: Counts) -> Counts:
    """Return counts with their runs of zeroes packed."""
    is_zero = counts == 0
    starts = is_zero & ~np.concatenate(([False], is_zero[:-1]))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_zero.view(np.int8), [0]))))
    lengths = edges[1::2] - edges[::2]
    kept = np.flatnonzero(~is_zero | starts)
    places = np.flatnonzero(is_zero[kept])
    return np.insert(counts[kept], places + 1, lengths)
