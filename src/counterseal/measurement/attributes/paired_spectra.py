"""A spectrum and the background that belongs to it: whether both pair, and what one leaves of the other.

The background is taken off channel by channel in the same live time, so both must be of one detector with one
scale; what is net has the variance of both.
"""

from fractions import Fraction

import numpy as np

from counterseal.measurement.side_bands import PeakBands
from counterseal.measurement.spectrum import Floats, Spectrum

Interval = tuple[Fraction, Fraction]
"""First and last energy [keV]."""
NOT_COUNTING = "not-counting"
"""Why a spectrum without live time decides nothing."""
NOT_PAIRED = "background-not-paired"
"""Why a background of another detector or scale decides nothing."""


def pairing_fault(item: Spectrum, background: Spectrum | None, *, one_scale: bool) -> str:
    """Return what is wrong with a measurement as such, or an empty text.

    Args:
        item: Spectrum of the item.
        background: Spectrum of the place without it, or None where none is taken off.
        one_scale: Whether both must have one energy scale; where the channels alone are subtracted and the
            scale is found anew, as many channels are enough.

    Returns:
        ``not-counting`` where one has no live time; ``background-not-paired`` where both are not of as many
        channels, or of one scale where that is asked.
    """
    if item.live_time_ns == 0 or (background is not None and background.live_time_ns == 0):
        return NOT_COUNTING
    if background is None:
        return ""
    paired = len(item.counts) == len(background.counts) and (not one_scale or item.scale == background.scale)
    return "" if paired else NOT_PAIRED


def net_counts(item: Spectrum, background: Spectrum | None) -> tuple[Floats, Floats | None]:
    """Return counts less the background of the same live time, and the variance of each channel.

    Args:
        item: Spectrum of the item.
        background: Spectrum of the place without it, with live time and as many channels, or None.

    Returns:
        Net counts [counts], shape (channels,), and their variances [counts squared] of the same shape; None
        for the variances where nothing is taken off, so that the counts are their own.
    """
    counts = item.counts.astype(np.float64)
    if background is None:
        return counts, None
    share = item.live_time_ns / background.live_time_ns
    under = background.counts.astype(np.float64) * share
    return counts - under, counts + under * share


def peak_bands(energies: Floats, *, low: Interval, peak: Interval, high: Interval) -> PeakBands | None:
    """Return the channels whose middles lie in each band, or None where one is not inside the spectrum.

    Args:
        energies: Energies of the middles of the channels, increasing [keV], shape (channels,).
        low: First and last energy of the band below the peak [keV].
        peak: First and last energy of the peak [keV].
        high: First and last energy of the band above it [keV].
    """
    edges = []
    for first_kev, last_kev in (low, peak, high):
        first = int(np.searchsorted(energies, float(first_kev), side="left"))
        last = int(np.searchsorted(energies, float(last_kev), side="right")) - 1
        if not 0 < first <= last < len(energies) - 1:
            return None
        edges.append((first, last))
    return PeakBands(low=edges[0], peak=edges[1], high=edges[2])
