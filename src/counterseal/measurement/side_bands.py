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
_TURNS = 5
_FOLLOWED_BY = 0.25
"""How far to either side of a centre it is tried how a window follows it, in widths."""
_SECANTS = 3
_HALVINGS, _LEVELS = 24, 3
"""Halvings of the interval of widths, and how many of them are prepared in one go."""


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
        centre_unc: Its standard uncertainty from counting; infinite where the window would run away.
        fwhm: Full width at half maximum of the Gaussian that shares the counts so [channels].
        fwhm_unc: Its standard uncertainty from counting, to the wide side, which is the larger.
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


def peak_form(
    counts: Floats,
    bands: PeakBands,
    *,
    near: float,
    fwhm: float,
    variances: Floats | None = None,
    margin: float = 1.0,
) -> PeakForm:
    """Return centre and width of a peak from its net counts near its expected place.

    The centre is the mean channel of net counts within one ``fwhm`` of it, found in five turns; the
    width is that of the Gaussian which has the same share of those counts within half a ``fwhm``.
    Both uncertainties have the counts of the peak in them and those of its bands, by which the line
    under it is known. That of the centre is larger by ``1 / (1 - g)``: where chance moves the mean of a
    window by ``d``, the next turn moves the window, the mean once more by ``g d``, and so on. That of the
    width is how much wider it would be with a share that is less by chance: wide peaks differ less in it
    than narrow ones, and it scatters more, so slope and scatter at the width found would say too little.

    Args:
        counts: As in `net_area`.
        bands: The peak and its bands; only channels of the peak are used.
        near: Expected centre [channels].
        fwhm: Expected full width at half maximum [channels], above 0.
        variances: As in `net_area`.
        margin: How many standard uncertainties the width must clear a gate by, above 0: it is so many of them
            that are taken together.

    Returns:
        Centre and width; not-a-number with infinite uncertainty where there are no net counts.

    Raises:
        MeasurementError: a band reaches past the last channel.
    """
    above = _above(counts, bands, counts if variances is None else variances)
    centre = near
    for _ in range(_TURNS):
        turned = _turn(above, centre, fwhm)
        if turned is None:
            return _NOTHING
        centre = turned
    return PeakForm(
        centre=centre,
        centre_unc=_centre_unc(above, centre, fwhm),
        **_width(above, centre=centre, fwhm=fwhm, margin=margin),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """Net counts of the channels of a peak, and what any sum of them is not known better than.

    Attributes:
        channels: The channels, shape (n,).
        net: Counts above the line between the bands, same shape.
        own: Variance of the counts of each, at least 1, same shape.
        share: Weight of the high band in the line at each, that of the low one being the rest, same shape.
        band_variances: Variances of the means of the low and of the high band.
    """

    channels: Floats
    net: Floats
    own: Floats
    share: Floats
    band_variances: tuple[float, float]

    def variance(self, weights: Floats) -> float:
        """Return the variance of the sum of net counts with these weights, shape (n,)."""
        low, high = dot(weights, 1.0 - self.share), dot(weights, self.share)
        low_variance, high_variance = self.band_variances
        return dot(weights * weights, self.own) + low * low * low_variance + high * high * high_variance


def _above(counts: Floats, bands: PeakBands, variances: Floats) -> _Above:
    low, low_at, _ = _mean(counts, bands.low)
    high, high_at, _ = _mean(counts, bands.high)
    first, last = bands.peak
    channels = np.arange(first, last + 1, dtype=np.float64)
    share = (channels - low_at) / (high_at - low_at)
    return _Above(
        channels=channels,
        net=counts[first : last + 1] - (low + (high - low) * share),
        own=np.maximum(variances[first : last + 1], 1.0),
        share=share,
        band_variances=(_variance_of_mean(variances, bands.low), _variance_of_mean(variances, bands.high)),
    )


def _variance_of_mean(variances: Floats, band: tuple[int, int]) -> float:
    """Return the variance of the mean of a band, which is taken to hold one count at least."""
    mean, _, width = _mean(variances, band)
    return max(mean, 1.0 / width) / width


def _turn(above: _Above, centre: float, fwhm: float) -> float | None:
    """Return the mean channel of net counts within a width of a centre; None where there are none."""
    share = _inside(above.channels, centre, fwhm) * above.net
    held = total(share)
    return dot(share, above.channels) / held if held > 0.0 else None


def _centre_unc(above: _Above, centre: float, fwhm: float) -> float:
    weights = _inside(above.channels, centre, fwhm)
    held = dot(weights, above.net)
    step = _FOLLOWED_BY * fwhm
    low, high = _turn(above, centre - step, fwhm), _turn(above, centre + step, fwhm)
    if not held > 0.0 or low is None or high is None:
        return math.inf
    # Below 0 only by chance or by a neighbour: nothing is made smaller by that.
    follows = max((high - low) / (2.0 * step), 0.0)
    if not follows < 1.0:
        return math.inf
    return math.sqrt(above.variance(weights * (above.channels - centre))) / (held * (1.0 - follows))


def _inside(channels: Floats, centre: float, reach: float) -> Floats:
    """Return how much of each channel lies within ``reach`` of the centre, 0 to 1."""
    return np.minimum(np.maximum(reach + 0.5 - np.abs(channels - centre), 0.0), 1.0)


def _width(above: _Above, *, centre: float, fwhm: float, margin: float) -> dict[str, float]:
    shares = _Shares.around(above.channels, centre, reach=fwhm)
    held = dot(shares.outer, above.net)
    if not held > 0.0:
        return {"fwhm": math.nan, "fwhm_unc": math.inf}
    share = dot(shares.inner, above.net) / held
    least, most = 0.3 * fwhm, 4.0 * fwhm
    narrowest, widest = shares.of([least, most])
    if not shares.within(widest) < share < shares.within(narrowest):
        return {"fwhm": math.nan, "fwhm_unc": math.inf}
    found = _halved(shares, share, least=least, most=most)
    less = margin * math.sqrt(above.variance(shares.inner - share * shares.outer)) / held
    less *= _more_scatter(share, share - less)
    return {"fwhm": found, "fwhm_unc": _wider_by(shares, less, found=found, share=share) / margin}


def _more_scatter(share: float, lower: float) -> float:
    """Return how much more a share scatters that is truly lower: as that of so many counts of all does."""
    lower = max(lower, 0.5)
    return math.sqrt(max(lower * (1.0 - lower) / (share * (1.0 - share)), 1.0))


def _wider_by(shares: "_Shares", less: float, *, found: float, share: float) -> float:
    """Return how much wider than found a Gaussian is whose share is less by that; infinite where none is."""
    by = 0.01 * found
    for _ in range(_SECANTS):
        change = share - shares.within(shares.of([found + by])[0])
        if not change > 0.0:
            return math.inf
        by *= less / change
    return by


def _halved(shares: "_Shares", share: float, *, least: float, most: float) -> float:
    """Return the width with a share, by halving; all that may come of three halvings is looked up at once."""
    lower, upper = least, most
    for _ in range(_HALVINGS // _LEVELS):
        middles = _middles(lower, upper)
        each = shares.of(middles)
        at = 0
        for _ in range(_LEVELS):
            wider = shares.within(each[at]) > share
            lower, upper = (middles[at], upper) if wider else (lower, middles[at])
            at = 2 * at + (2 if wider else 1)
    return 0.5 * (lower + upper)


def _middles(lower: float, upper: float) -> list[float]:
    """Return the middle of an interval, those of its halves, and so on: on i follow 2i + 1 and 2i + 2."""
    found: list[float] = []
    intervals = [(lower, upper)]
    for _ in range(_LEVELS):
        middles = [0.5 * (low + high) for low, high in intervals]
        found += middles
        intervals = [
            half
            for (low, high), middle in zip(intervals, middles, strict=True)
            for half in ((low, middle), (middle, high))
        ]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shares:
    """How much of a Gaussian's counts within a reach of its centre lies within half of it.

    Attributes:
        inner: How much of each channel lies within half the reach, shape (n,).
        outer: How much of each lies within it, same shape.
        edges: Edges of the channels, from the centre, shape (n + 1,).
    """

    inner: Floats
    outer: Floats
    edges: Floats

    @classmethod
    def around(cls, channels: Floats, centre: float, *, reach: float) -> "_Shares":
        """Return it for the channels of a peak."""
        return cls(
            inner=_inside(channels, centre, 0.5 * reach),
            outer=_inside(channels, centre, reach),
            edges=np.arange(len(channels) + 1, dtype=np.float64) + (channels[0] - 0.5 - centre),
        )

    def of(self, fwhms: list[float]) -> Floats:
        """Return what Gaussians of these widths have in each channel, twofold, shape (widths, n)."""
        scales = _SQRT_HALF / (np.array(fwhms) / _FWHM_PER_SIGMA)
        until = erf(self.edges * scales[:, None])
        return until[:, 1:] - until[:, :-1]

    def within(self, each: Floats) -> float:
        """Return the share of one Gaussian, as `of` gives it."""
        return dot(self.inner, each) / dot(self.outer, each)
