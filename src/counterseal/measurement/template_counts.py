"""Spectra on 256 channels of agreed energies, and how far two of them are apart.

Spectra of any gain are brought onto the same channels by energy. Joined to a few broad bins they are compared
by a chi-square of two samples of unequal totals, in which each bin has its systematic; in all 256
channels by the largest distance of their running shares.

References:
    [NUMERICAL-RECIPES], chapter 14.3, for both statistics; the 12 bins are those published for trusted
    radiation identification.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.arithmetic import total
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import Floats, Spectrum

CHANNELS = 256
PUBLISHED_EDGES = (0, 17, 39, 61, 83, 105, 127, 149, 171, 193, 215, 237, 256)
"""Edges of the 12 published bins, in channels of 256."""
_MIN_BINS = 2
_MAX_TOTAL = 2**53
_MAX_KEV = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The energies that are compared, and how they are joined.

    Attributes:
        range_kev: Energies that the 256 channels span [keV].
        edges: Edges of the bins in channels, from 0 to 256, such as the published ones.
    """

    range_kev: tuple[Fraction, Fraction]
    edges: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse bins that leave a channel out."""
        low, high = self.range_kev
        if not 0 <= low < high <= _MAX_KEV:
            raise MeasurementError(
                f"template from {float(low)} to {float(high)} keV: must go upwards, from 0 to {_MAX_KEV}"
            )
        edges = self.edges
        if (
            list(edges) != sorted(set(edges))
            or len(edges) <= _MIN_BINS
            or (edges[0], edges[-1]) != (0, CHANNELS)
        ):
            raise MeasurementError(
                f"template: edges of its bins must go up from 0 to {CHANNELS}, for two bins at least"
            )

    @property
    def bins(self) -> int:
        """Number of bins."""
        return len(self.edges) - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GriddedCounts:
    """Counts on the 256 channels.

    Attributes:
        net: Counts less those of the background, shape (256,).
        extra_variance: Variance that the background adds to that of the net counts, shape (256,).
        live_time_s: Live time [s].
    """

    net: Floats
    extra_variance: Floats
    live_time_s: float

    @property
    def total(self) -> float:
        """All net counts."""
        return total(self.net)


def gridded(
    spectra: tuple[Spectrum, ...], *, background: Spectrum | None, grid: Grid
) -> GriddedCounts | None:
    """Return the counts of spectra together on the 256 channels, by energy; None where some are missing.

    A channel that a new one cuts is shared by the part of its width on each side.

    Args:
        spectra: One or more, each with an energy scale and a live time above 0.
        background: What is taken off for the live time of each, or None.
        grid: Energies.

    Raises:
        MeasurementError: a spectrum has no energy scale, or one that does not increase.
    """
    gross = [_by_energy(spectrum, grid) for spectrum in spectra]
    under = None if background is None else _by_energy(background, grid)
    if any(one is None for one in gross) or (background is not None and under is None):
        return None
    net = np.zeros(CHANNELS)
    for one in gross:
        net = net if one is None else net + one
    live_time_s = math.fsum(spectrum.live_time_s for spectrum in spectra)
    if background is None or under is None:
        return GriddedCounts(net=net, extra_variance=np.zeros(CHANNELS), live_time_s=live_time_s)
    share = live_time_s / background.live_time_s
    expected = under * share
    return GriddedCounts(net=net - expected, extra_variance=expected * (1.0 + share), live_time_s=live_time_s)


def _by_energy(spectrum: Spectrum, grid: Grid) -> Floats | None:
    energies = spectrum.energies_kev()
    if len(energies) < 2 or spectrum.total >= _MAX_TOTAL:  # noqa: PLR2004 - no width with one channel
        return None
    edges = _channel_edges(energies)
    low, high = (float(edge) for edge in grid.range_kev)
    if not edges[0] <= low < high <= edges[-1]:
        return None
    wanted = low + (high - low) * (np.arange(CHANNELS + 1, dtype=np.float64) / CHANNELS)
    before = np.concatenate([np.zeros(1), np.cumsum(spectrum.counts).astype(np.float64)])
    at = np.minimum(np.searchsorted(edges, wanted, side="right") - 1, len(energies) - 1)
    part = (wanted - edges[at]) / (edges[at + 1] - edges[at])
    running: Floats = before[at] + part * spectrum.counts[at].astype(np.float64)
    found: Floats = running[1:] - running[:-1]
    return found


def _channel_edges(energies: Floats) -> Floats:
    """Return the energies of the edges of channels from those of their middles, shape (channels + 1,)."""
    inner = 0.5 * (energies[1:] + energies[:-1])
    first, last = 2.0 * energies[0] - inner[0], 2.0 * energies[-1] - inner[-1]
    return np.concatenate([np.array([first]), inner, np.array([last])])


def binned(values: Floats, grid: Grid) -> Floats:
    """Return the sums over the bins of values on the 256 channels, shape (bins,).

    Args:
        values: A value for each of the 256 channels, shape (256,).
        grid: Energies and bins.
    """
    pairs = zip(grid.edges, grid.edges[1:], strict=False)
    return np.array([total(values[first:last]) for first, last in pairs])


def chi_square(
    first: GriddedCounts, second: GriddedCounts, *, grid: Grid, systematic: tuple[Fraction, ...]
) -> float:
    """Return the chi-square of two samples of unequal totals over the bins.

    With shares ``a / A`` and ``b / B`` and the pooled share ``p = (a + b)/(A + B)`` of a bin, it is the
    sum of ``(a/A - b/B)^2 / (p (1/A + 1/B) + (s p)^2)``, and what backgrounds add to the variance. Without
    systematic ``s`` and background it is ``(sqrt(B/A) a - sqrt(A/B) b)^2 / (a + b)``, of one degree of
    freedom less than there are bins.

    Args:
        first: Counts with a total above 0.
        second: The others, likewise.
        grid: Energies and bins.
        systematic: Relative standard uncertainty of each bin.
    """
    apart, variance, share = share_differences(first, second, grid=grid)
    spread = np.array([float(part) for part in systematic]) * share
    whole = variance + spread * spread
    return total([gap * gap / of for gap, of in zip(apart.tolist(), whole.tolist(), strict=True) if of > 0.0])


def share_differences(
    first: GriddedCounts, second: GriddedCounts, *, grid: Grid
) -> tuple[Floats, Floats, Floats]:
    """Return the difference of the shares of each bin, its variance from counting, and the pooled share.

    Args:
        first: Counts with a total above 0.
        second: The others, likewise.
        grid: Energies and bins.

    Returns:
        Three arrays of shape (bins,), with no unit.
    """
    one, other = first.total, second.total
    counts = binned(first.net, grid), binned(second.net, grid)
    share = np.maximum((counts[0] + counts[1]) / (one + other), 0.0)
    extra = binned(first.extra_variance, grid) / (one * one) + binned(second.extra_variance, grid) / (
        other * other
    )
    return counts[0] / one - counts[1] / other, share * (1.0 / one + 1.0 / other) + extra, share


def kolmogorov(first: GriddedCounts, second: GriddedCounts) -> float:
    """Return ``sqrt(n) D``: the largest distance of the running shares, ``n = A B / (A + B)``.

    Args:
        first: Counts with a total above 0.
        second: The others, likewise.
    """
    one, other = first.total, second.total
    apart = np.cumsum(first.net) / one - np.cumsum(second.net) / other
    return math.sqrt(one * (other / (one + other))) * float(np.max(np.abs(apart)))
