"""Energy scales as files give them: taken as they are, or left out with a remark that says why.

A file without a scale that can be used still has its counts; whoever needs energies calibrates. The
polynomial of a file is kept as it stands, its argument being the number of the channel from 0.
"""

from functools import lru_cache
from itertools import pairwise

import numpy as np

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.spectrum import MAX_COEFFICIENTS, MIN_COEFFICIENTS, EnergyScale, Floats

Found = tuple[EnergyScale | None, str]
"""A scale, or None and a remark that says why."""

KEV_IN = {"kev": 1.0, "mev": 1000.0, "ev": 0.001}


def polynomial_scale(
    coefficients: tuple[float, ...],
    *,
    channels: int,
    pairs: tuple[tuple[float, float], ...] = (),
) -> Found:
    """Return the scale of polynomial coefficients [keV], constant first, if it increases over all channels.

    Args:
        coefficients: Any number of them; zeroes at the end are dropped.
        channels: How many channels it has to serve.
        pairs: Deviation pairs ``(energy, offset)`` [keV].

    Returns:
        The scale, or None and why it is not used.
    """
    kept = list(coefficients)
    while len(kept) > MIN_COEFFICIENTS and kept[-1] == 0:
        kept.pop()
    if not any(kept):
        return None, "energy calibration: none, all its coefficients are zero"
    if not MIN_COEFFICIENTS <= len(kept) <= MAX_COEFFICIENTS:
        return None, f"energy calibration: not used, it has {len(kept)} coefficients"
    if not _increases(tuple(kept), channels, pairs):
        return None, "energy calibration: not used, it does not increase over all channels"
    return EnergyScale(coefficients_kev=tuple(kept), deviation_pairs_kev=pairs), ""


def table_scale(energies_kev: Floats) -> Found:
    """Return the scale that has the given energy in the middle of each channel [keV], shape (channels,).

    It is held as the channel's number plus a deviation at each channel.
    """
    steps = [(float(number), float(energy) - number) for number, energy in enumerate(energies_kev)]
    if not np.isfinite(energies_kev).all() or not (np.diff(energies_kev) > 0).all():
        return None, "energy calibration: not used, its energies do not increase"
    return EnergyScale(coefficients_kev=(0.0, 1.0), deviation_pairs_kev=tuple(steps)), ""


def boundary_scale(edges_kev: tuple[float, ...], *, channels: int, where: str) -> Found:
    """Return the scale of the energies at which channels start, and the last one ends [keV].

    Args:
        edges_kev: Energies of the edges, one more than channels [keV].
        channels: Number of channels.
        where: Place in the file, for messages.

    Raises:
        ReadingError: there is not one more of them than channels.
    """
    if len(edges_kev) != channels + 1:
        raise ReadingError(
            f"{where}: {len(edges_kev)} energy boundaries for {channels} channels, must be one more"
        )
    edges = np.array(edges_kev, dtype=np.float64)
    return table_scale((edges[1:] + edges[:-1]) / 2)


def point_scale(points: tuple[tuple[float, float], ...], *, channels: int, where: str) -> Found:
    """Return the scale through points ``(channel, energy in keV)``: straight between them, and beyond.

    Args:
        points: Channel and energy [keV] of each, in any order.
        channels: Number of channels.
        where: Place in the file, for messages.

    Raises:
        ReadingError: two of them are at one channel.
    """
    points = tuple(sorted(points))
    if len(points) < MIN_COEFFICIENTS:
        return None, "energy calibration: none, it has fewer than two points"
    if any(later[0] <= earlier[0] for earlier, later in pairwise(points)):
        raise ReadingError(f"{where}: two calibration points at one channel")
    (first, low), (last, high) = points[0], points[-1]
    gain = (high - low) / (last - first)
    line = (low - gain * first, gain)
    if gain <= 0:
        return None, "energy calibration: not used, its energies fall"
    at = [(line[0] + gain * channel, energy) for channel, energy in points]
    pairs = tuple((node, energy - node) for node, energy in at) if len(points) > MIN_COEFFICIENTS else ()
    return polynomial_scale(line, channels=channels, pairs=pairs)


def shifted(coefficients: tuple[float, ...], *, by: int) -> tuple[float, ...]:
    """Return the polynomial of ``channel + by`` as a polynomial of ``channel`` (synthetic division)."""
    made = list(coefficients)
    for start in range(len(made) - 1):
        for place in range(len(made) - 2, start - 1, -1):
            made[place] += by * made[place + 1]
    return tuple(made)


@lru_cache(maxsize=64)
def _increases(
    coefficients: tuple[float, ...], channels: int, pairs: tuple[tuple[float, float], ...]
) -> bool:
    nodes = [node for node, _ in pairs]
    if nodes != sorted(set(nodes)):
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        scale = EnergyScale(coefficients_kev=coefficients, deviation_pairs_kev=pairs)
        energies = scale.energy_kev(np.arange(channels, dtype=np.float64))
        return bool(np.isfinite(energies).all()) and bool((np.diff(energies) > 0).all())
