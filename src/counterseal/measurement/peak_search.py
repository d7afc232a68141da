"""Peak search: a matched filter whose width follows the width of the peaks.

The filter is the negative second derivative of a Gaussian: its sum is 0, so neither a level nor a slope of
the background answers to it. The significance of a channel is what the filter gives there over the standard
deviation of that from counting. Where peaks are many channels wide, channels are joined first, which loses
nothing that a peak has. It is made for use outside a barrier: it is open, fast, and uses numpy as it comes.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth
from counterseal.measurement.spectrum import EnergyScale, Floats, Spectrum

_REACH = 3.0
"""Half-length of the filter in standard deviations."""
_SIGMA_STEP = 1.08
"""Ratio of the widths of neighbouring filters."""
_JOIN_ABOVE = 4.0
"""Standard deviation in channels above which channels are joined."""
_LEAST_SIGMA = 0.6
_LOOK_EVERY = 32
"""Channels after which the width of the filter may change."""
_LEAST_CHANNELS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeak:
    """A peak that the search found.

    Attributes:
        channel: Position of its top [channel].
        energy_kev: Position on the energy scale [keV].
        significance: What the filter gave over its standard deviation from counting [1].
        net_counts: Rough area: what a Gaussian of the expected width would have with this answer [counts].
        fwhm_kev: Expected full width at half maximum there [keV].
    """

    channel: float
    energy_kev: float
    significance: float
    net_counts: float
    fwhm_kev: float


def search_peaks(
    spectrum: Spectrum,
    *,
    width: PeakWidth,
    threshold: float,
    from_kev: float | None = None,
    to_kev: float | None = None,
) -> tuple[FoundPeak, ...]:
    """Return the peaks of a spectrum in increasing energy.

    Args:
        spectrum: Counts with an energy scale.
        width: Expected width of peaks.
        threshold: Least significance of a peak, above 0; 4 to 5 gives few false ones.
        from_kev: Energy at which the search begins [keV]; the start of the scale without it.
        to_kev: Energy at which it ends [keV]; the end of the scale without it.

    Raises:
        MeasurementError: the spectrum has no increasing energy scale, or too few channels, or the threshold
            is not above 0.
        CalibrationError: the expected width is not above 0 within the search.
    """
    if not threshold > 0:
        raise MeasurementError(f"peak search: threshold {threshold}, must be above 0")
    if spectrum.scale is None:
        raise MeasurementError(
            f"peak search in {spectrum.name or 'a spectrum'}: it has no energy calibration"
        )
    grid = _grid(spectrum.scale, len(spectrum.counts), width, from_kev, to_kev)
    first, last = grid.first, grid.first + len(grid.energies_kev)
    answer, noise = _answers(spectrum.counts[first:last].astype(np.float64), grid.filters)
    significance = np.divide(answer, noise, out=np.zeros_like(answer), where=noise > 0)
    tops = _tops(significance, grid.filters.sigma, threshold)
    joined = [_joined(wide) for wide in grid.filters.sigma[tops].tolist()]
    offsets, heights = _parabolas(answer, tops, joined)
    positions = tops + offsets
    at_kev = np.interp(positions, grid.places, grid.energies_kev)
    columns = (positions + first, at_kev, significance[tops], heights, grid.fwhm_kev[tops])
    return tuple(
        FoundPeak(channel=channel, energy_kev=energy, significance=high, net_counts=net, fwhm_kev=wide)
        for channel, energy, high, net, wide in zip(*(column.tolist() for column in columns), strict=True)
    )


def filter_answers(counts: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """Return what the filter gives at each channel, and the standard deviation of that from counting.

    The filter is scaled so that a Gaussian peak gives its own area.

    Args:
        counts: Counts by channel, shape (channels,).
        sigma: Standard deviation of peaks at each channel [channel], above 0, shape (channels,).

    Returns:
        Both [counts], shape (channels,).
    """
    return _answers(counts, _filters(sigma))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Filters:
    """Widths of peaks by channel, and the filters for them: first and last channel, and width of each."""

    sigma: Floats
    parts: tuple[tuple[int, int, float], ...]
    scale: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grid:
    """What a search needs of scale and width, whatever the counts."""

    first: int
    places: Floats
    energies_kev: Floats
    fwhm_kev: Floats
    filters: _Filters


@lru_cache(maxsize=16)
def _grid(
    scale: EnergyScale, channels: int, width: PeakWidth, from_kev: float | None, to_kev: float | None
) -> _Grid:
    """Return what a search needs of scale and width; kept, as spectra of one detector share it."""
    energies = scale.energy_kev(np.arange(channels, dtype=np.float64))
    if not (np.diff(energies) > 0).all():
        raise MeasurementError("peak search: the energy scale does not increase")
    inside = _inside(energies, from_kev, to_kev)
    energies = energies[inside]
    if len(energies) < _LEAST_CHANNELS:
        raise MeasurementError(
            f"peak search: {len(energies)} channels to search, must be {_LEAST_CHANNELS} or more"
        )
    fwhm_kev = width.fwhm_kev(energies)
    sigma = fwhm_kev / (FWHM_PER_SIGMA * np.gradient(energies))
    return _Grid(
        first=inside.start,
        places=np.arange(len(energies), dtype=np.float64),
        energies_kev=energies,
        fwhm_kev=fwhm_kev,
        filters=_filters(np.maximum(sigma, _LEAST_SIGMA)),
    )


def _filters(sigma: Floats) -> _Filters:
    steps = np.rint(np.log(sigma[::_LOOK_EVERY]) / np.log(_SIGMA_STEP)).astype(np.int64)
    bounds = [0, *((np.flatnonzero(np.diff(steps)) + 1) * _LOOK_EVERY).tolist(), len(sigma)]
    parts = tuple((a, b, _SIGMA_STEP ** int(steps[a // _LOOK_EVERY])) for a, b in pairwise(bounds))
    used = np.concatenate([np.full(b - a, here) for a, b, here in parts])
    # A filter of width s answers a Gaussian of width t with a part ((s^2 + t^2) / 2 s^2)^(-3/2) of its area.
    ratio = 0.5 + 0.5 * (sigma / used) ** 2
    return _Filters(sigma=sigma, parts=parts, scale=ratio * np.sqrt(ratio))


def _answers(counts: Floats, filters: _Filters) -> tuple[Floats, Floats]:
    answer, noise = np.empty(len(counts)), np.empty(len(counts))
    for first, last, here in filters.parts:
        answer[first:last], noise[first:last] = _filtered(counts, here, _joined(here), (first, last))
    np.sqrt(noise, out=noise)
    answer *= filters.scale
    noise *= filters.scale
    return answer, noise


def _joined(sigma: float) -> int:
    """Return how many channels are joined for peaks of a width."""
    return int(sigma / (_JOIN_ABOVE / 2)) if sigma > _JOIN_ABOVE else 1


def _filtered(counts: Floats, sigma: float, joined: int, part: tuple[int, int]) -> tuple[Floats, Floats]:
    """Return answer and variance for a part of the channels, from the counts there and around it."""
    kernel, squared = _kernel(sigma / joined)
    reach = (len(kernel) // 2 + 1) * joined
    first, last = part[0] - reach, part[1] + reach
    held = counts[max(first, 0) : min(last, len(counts))]
    before, after = max(-first, 0), max(last - len(counts), 0)
    if before or after:
        held = np.concatenate((np.full(before, held[0]), held, np.full(after, held[-1])))
    if joined > 1:
        held = np.add.reduceat(held, np.arange(0, len(held), joined))
    answer, variance = np.convolve(held, kernel, "same"), np.convolve(held, squared, "same")
    if joined > 1:
        answer, variance = _parted(answer, joined), np.repeat(variance, joined)
    return answer[reach : reach + part[1] - part[0]], variance[reach : reach + part[1] - part[0]]


def _parted(joined_values: Floats, joined: int) -> Floats:
    """Return values at single channels from those at the middles of joined ones, along straight lines."""
    steps = joined_values[1:] - joined_values[:-1]
    away = (np.arange(joined) + 0.5) / joined - 0.5
    parted = np.empty((len(joined_values), joined))
    for i, part in enumerate(away.tolist()):
        parted[:, i] = joined_values
        if part < 0:
            parted[1:, i] += part * steps
        else:
            parted[:-1, i] += part * steps
    return parted.ravel()


@lru_cache(maxsize=512)
def _kernel(sigma: float) -> tuple[Floats, Floats]:
    """Return the filter, of sum 0 and giving 1 for a Gaussian of area 1 and this width, and its square."""
    half = max(int(np.ceil(_REACH * sigma)), 2)
    # A channel holds what lies within it: the filter of that is the difference of slopes at its edges.
    edges = (np.arange(-half, half + 2) - 0.5) / sigma
    gauss = np.exp(-0.5 * edges * edges)
    kernel = np.diff(edges * gauss)
    kernel -= kernel.mean()
    below = np.array([math.erf(edge / math.sqrt(2)) for edge in edges.tolist()])
    kernel /= float(np.add.reduce(kernel * np.diff(below))) / 2
    return kernel, kernel * kernel


def _inside(energies: Floats, from_kev: float | None, to_kev: float | None) -> slice:
    first = 0 if from_kev is None else int(np.searchsorted(energies, from_kev))
    last = len(energies) if to_kev is None else int(np.searchsorted(energies, to_kev, side="right"))
    return slice(first, last)


def _tops(significance: Floats, sigma: Floats, threshold: float) -> NDArray[np.int64]:
    """Return the channels of tops above the threshold, none within half a width of a higher one."""
    middle = significance[1:-1]
    high = (middle >= threshold) & (middle > significance[:-2]) & (middle >= significance[2:])
    found = (np.flatnonzero(high) + 1).tolist()
    kept: list[int] = []
    for top in found:
        if kept and top - kept[-1] < sigma[top]:
            if significance[top] > significance[kept[-1]]:
                kept[-1] = top
            continue
        kept.append(top)
    return np.array(kept, dtype=np.int64)


def _parabolas(answer: Floats, at: NDArray[np.int64], joined: list[int]) -> tuple[Floats, Floats]:
    """Return how far from each top the parabola through it and its neighbours has its own, and its height.

    Neighbours are as many channels away as were joined there.
    """
    apart = np.array(joined, dtype=np.int64)
    ends = len(answer) - 1
    left, here, right = answer[np.maximum(at - apart, 0)], answer[at], answer[np.minimum(at + apart, ends)]
    bend = left - 2 * here + right
    flat = bend >= 0
    offset = 0.5 * (left - right) / np.where(flat, -1.0, bend)
    offset = np.where(flat, 0.0, np.clip(offset, -0.5, 0.5))
    return offset * apart, here - 0.25 * (left - right) * offset
