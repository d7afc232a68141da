"""A peak between two side bands: its net area with Currie's critical limit, its centre and its width.

The background under the peak is a straight line through the means of the two bands, so each band's weight is
the distance of the peak from the *other* band over the distance between the bands. (With the
distance from its own band, as one published program has it, only symmetric bands come out right.)

References:
    [CURRIE-1968], for the critical limit; [UKNI-SOFTWARE] for the use of it line by line.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.arithmetic import dot, erf, total
from counterseal.measurement.errors import MeasurementError

Floats = NDArray[np.float64]

_SQRT_HALF = 0.7071067811865476
_FWHM_PER_SIGMA = 2.3548200450309493
_HALVINGS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakBands:
    """Channels of a peak and of its two side bands, each with its first and last channel.

    Attributes:
        low: The band below the peak.
        peak: The peak.
        high: The band above it.
    """

    low: tuple[int, int]
    peak: tuple[int, int]
    high: tuple[int, int]

    def __post_init__(self) -> None:
        """Refuse bands that are empty, overlap, or are out of order."""
        edges = (*self.low, *self.peak, *self.high)
        if edges[0] < 0 or any(first > last for first, last in (self.low, self.peak, self.high)):
            raise MeasurementError(f"side bands {edges}: each must hold a channel, from 0")
        if not (self.low[1] < self.peak[0] and self.peak[1] < self.high[0]):
            raise MeasurementError(
                f"side bands {edges}: must not overlap, and stand below, on and above the peak"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetArea:
    """What a peak holds beyond the straight line between its side bands.

    Attributes:
        net: Net counts; may be below 0.
        unc: Standard uncertainty of the net counts.
        null_unc: Standard uncertainty that net counts would have if the true ones were 0.
    """

    net: float
    unc: float
    null_unc: float

    def critical_limit(self, factor: float) -> float:
        """Return the net counts that chance exceeds at the agreed rate; ``factor`` is 1.645 for 5 %."""
        return factor * self.null_unc


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakForm:
    """Centre and width of a peak.

    Attributes:
        centre: Centre [channels]; not-a-number where nothing is to be seen.
        centre_unc: Its standard uncertainty from counting.
        fwhm: Full width at half maximum of the Gaussian that shares the counts so [channels].
        fwhm_unc: Its standard uncertainty from counting.
    """

    centre: float
    centre_unc: float
    fwhm: float
    fwhm_unc: float


def net_area(counts: Floats, bands: PeakBands, *, variances: Floats | None = None) -> NetArea:
    """Return the net area of a peak above the straight line between its side bands.

    Args:
        counts: Counts by channel, or counts less a scaled background, shape (channels,).
        bands: The peak and its bands.
        variances: Variance of each channel; None for counts as they are (their own variance).

    Returns:
        Net counts and their uncertainties. ``null_unc`` takes the peak's channels to hold the
        interpolated line alone; where a background was taken off, its part of their variance stays.

    Raises:
        MeasurementError: a band reaches past the last channel.
    """
    line, line_variance = _line_under(counts, bands, counts if variances is None else variances)
    first, last = bands.peak
    inside = counts[first : last + 1]
    gross = total(inside)
    own = gross if variances is None else total(variances[first : last + 1])
    net = gross - line
    without = max(own - net, 0.0)
    return NetArea(net=net, unc=math.sqrt(own + line_variance), null_unc=math.sqrt(without + line_variance))


def peak_form(counts: Floats, bands: PeakBands, *, near: float, fwhm: float) -> PeakForm:
    """Return centre and width of a peak from its net counts near its expected place.

    The centre is the mean channel of net counts within one ``fwhm`` of it, found in five turns; the
    width is that of the Gaussian which has the same share of those counts within half a ``fwhm``.

    Args:
        counts: As in `net_area`.
        bands: The peak and its bands; only channels of the peak are used.
        near: Expected centre [channels].
        fwhm: Expected full width at half maximum [channels], above 0.

    Returns:
        Centre and width; not-a-number with infinite uncertainty where there are no net counts.

    Raises:
        MeasurementError: a band reaches past the last channel.
    """
    line = _each_under(counts, bands)
    first, last = bands.peak
    gross = counts[first : last + 1]
    net = gross - line
    channels = np.arange(first, last + 1, dtype=np.float64)
    centre = near
    for _ in range(5):
        share = _inside(channels, centre, fwhm) * net
        held = total(share)
        if not held > 0.0:
            return _NOTHING
        centre = dot(share, channels) / held
    weight = _inside(channels, centre, fwhm)
    away = channels - centre
    spread = dot(weight * weight * away * away, np.maximum(gross, 1.0))
    return PeakForm(
        centre=centre,
        centre_unc=math.sqrt(spread) / held,
        **_width(channels, net, gross=gross, centre=centre, fwhm=fwhm),
    )


_NOTHING = PeakForm(centre=math.nan, centre_unc=math.inf, fwhm=math.nan, fwhm_unc=math.inf)


def _mean(counts: Floats, band: tuple[int, int]) -> tuple[float, float, int]:
    first, last = band
    if last >= len(counts):
        raise MeasurementError(f"side band to channel {last}: the spectrum ends at {len(counts) - 1}")
    width = last - first + 1
    return total(counts[first : last + 1]) / width, 0.5 * (first + last), width


def _line_under(counts: Floats, bands: PeakBands, variances: Floats) -> tuple[float, float]:
    """Return the counts under the peak on the line between the bands, and their variance."""
    low, low_at, low_width = _mean(counts, bands.low)
    high, high_at, high_width = _mean(counts, bands.high)
    first, last = bands.peak
    width = last - first + 1
    share = (0.5 * (first + last) - low_at) / (high_at - low_at)
    low_weight, high_weight = width * (1.0 - share), width * share
    low_variance = _mean(variances, bands.low)[0] / low_width
    high_variance = _mean(variances, bands.high)[0] / high_width
    variance = low_weight * low_weight * low_variance + high_weight * high_weight * high_variance
    return low_weight * low + high_weight * high, variance


def _each_under(counts: Floats, bands: PeakBands) -> Floats:
    """Return the line between the bands at each channel of the peak."""
    low, low_at, _ = _mean(counts, bands.low)
    high, high_at, _ = _mean(counts, bands.high)
    channels = np.arange(bands.peak[0], bands.peak[1] + 1, dtype=np.float64)
    return low + (high - low) * ((channels - low_at) / (high_at - low_at))


def _inside(channels: Floats, centre: float, reach: float) -> Floats:
    """Return how much of each channel lies within ``reach`` of the centre, 0 to 1."""
    return np.minimum(np.maximum(reach + 0.5 - np.abs(channels - centre), 0.0), 1.0)


def _width(channels: Floats, net: Floats, *, gross: Floats, centre: float, fwhm: float) -> dict[str, float]:
    inner, outer = _inside(channels, centre, 0.5 * fwhm), _inside(channels, centre, fwhm)
    held = dot(outer, net)
    if not held > 0.0:
        return {"fwhm": math.nan, "fwhm_unc": math.inf}
    share = dot(inner, net) / held
    least, most = 0.3 * fwhm, 4.0 * fwhm
    if (
        not _share(channels, centre, fwhm=most, reach=fwhm)
        < share
        < _share(channels, centre, fwhm=least, reach=fwhm)
    ):
        return {"fwhm": math.nan, "fwhm_unc": math.inf}
    lower, upper = least, most
    for _ in range(_HALVINGS):
        middle = 0.5 * (lower + upper)
        if _share(channels, centre, fwhm=middle, reach=fwhm) > share:
            lower = middle
        else:
            upper = middle
    found = 0.5 * (lower + upper)
    change = inner - share * outer
    spread = math.sqrt(dot(change * change, np.maximum(gross, 1.0))) / held
    slope = (
        _share(channels, centre, fwhm=0.99 * found, reach=fwhm)
        - _share(channels, centre, fwhm=1.01 * found, reach=fwhm)
    ) / (0.02 * found)
    return {"fwhm": found, "fwhm_unc": spread / slope if slope > 0.0 else math.inf}


def _share(channels: Floats, centre: float, *, fwhm: float, reach: float) -> float:
    """Return the share, of a Gaussian's counts within ``reach``, that lies within half of it."""
    sigma = fwhm / _FWHM_PER_SIGMA
    edges = np.arange(len(channels) + 1, dtype=np.float64) + (channels[0] - 0.5 - centre)
    until = erf(edges * (_SQRT_HALF / sigma))
    each = until[1:] - until[:-1]
    return dot(_inside(channels, centre, 0.5 * reach), each) / dot(_inside(channels, centre, reach), each)
