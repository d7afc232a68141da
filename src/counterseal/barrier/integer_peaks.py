"""Peaks of a spectrum in whole numbers alone: centres, areas, widths, and heights of Gaussians.

Fractions are whole numbers in units of 1/16384 (`SCALE`), as in the published UK-Norway information
barrier [UKNI-SOFTWARE]: no floating-point unit, no library and no rounding mode has a part in them. It shares
no code with the measurement room, so that one fault cannot be in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

SCALE = 16_384
_FINE = 1 << 48
_FINE_INVERSE_E = 103_549_330_158_265
"""e**-1 in units of 2**-48."""
_TERMS = 18
_GAUSS = 45_426
"""4 ln 2 in units of 1/16384."""
_FARTHEST = 20
_REACH = 2
"""Channels on either side of the top that a centre is found from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Channels from the first to the last, both of them included."""

    first: int
    last: int

    @property
    def width(self) -> int:
        """How many channels it has."""
        return self.last - self.first + 1

    @property
    def twice_middle(self) -> int:
        """Twice the channel in its middle."""
        return self.first + self.last


def rounded(numerator: int, denominator: int) -> int:
    """Return the whole number nearest to a fraction, half away from zero; the denominator is above 0."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def scaled(numerator: int, denominator: int) -> int:
    """Return a fraction in units of 1/16384, rounded."""
    return rounded(numerator * SCALE, denominator)


def grouped(counts: Sequence[int], *, by: int) -> list[int]:
    """Return the sums of every ``by`` channels, without what is left at the end."""
    return [sum(counts[start : start + by]) for start in range(0, len(counts) - by + 1, by)]


def top_channel(counts: Sequence[int], span: Span) -> int:
    """Return the first channel of the span that holds most."""
    return max(range(span.first, span.last + 1), key=lambda channel: (counts[channel], -channel))


def centroid(counts: Sequence[int], channel: int) -> int | None:
    """Return the centre of a peak with its top at ``channel``, from five channels, in 1/16384.

    ``c + (p - q)/(p + q)`` with ``p = m[c+1] (m[c] - m[c-2])`` and ``q = m[c-1] (m[c] - m[c+2])``.

    Returns:
        The centre, or None at the edges of the spectrum and where five channels show no peak.
    """
    if not _REACH <= channel < len(counts) - _REACH:
        return None
    before, left, top, right, after = counts[channel - _REACH : channel + _REACH + 1]
    upward, downward = right * (top - before), left * (top - after)
    if min(top - before, top - after) < 0 or upward + downward <= 0:
        return None
    return channel * SCALE + rounded((upward - downward) * SCALE, upward + downward)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerArea:
    """Net counts of a peak and the variance of what was taken off, in 1/16384 counts.

    Attributes:
        net: Net counts in 1/16384.
        line_variance: Variance of the interpolated background in 1/16384.
        line: The interpolated background itself in 1/16384.
    """

    net: int
    line_variance: int
    line: int


def area_between(counts: Sequence[int], *, low: Span, peak: Span, high: Span) -> IntegerArea:
    """Return the net area of a peak above the straight line between two bands.

    The weight of a band is the distance of the peak from the *other* band over the distance between
    both. The published program takes the distance from the band itself; on bands that do not stand as
    far on both sides the two differ.
    """
    apart = high.twice_middle - low.twice_middle
    low_counts = sum(counts[low.first : low.last + 1])
    high_counts = sum(counts[high.first : high.last + 1])
    low_weight = scaled((high.twice_middle - peak.twice_middle) * peak.width, apart * low.width)
    high_weight = scaled((peak.twice_middle - low.twice_middle) * peak.width, apart * high.width)
    line = low_weight * low_counts + high_weight * high_counts
    variance = low_weight * low_weight * low_counts + high_weight * high_weight * high_counts
    gross = sum(counts[peak.first : peak.last + 1]) * SCALE
    return IntegerArea(net=gross - line, line_variance=rounded(variance, SCALE), line=line)


def critical_limit(area: IntegerArea, *, factor_per_mille: int) -> int:
    """Return Currie's critical limit in 1/16384 counts: the line's own counts and its uncertainty."""
    variance = max(area.line, 0) + area.line_variance
    return rounded(factor_per_mille * (isqrt(variance * SCALE) + 1), 1000)


def half_width(counts: Sequence[int], channel: int, *, floor: int, within: Span) -> int | None:
    """Return the full width at half height of a peak, in 1/16384 channels.

    Args:
        counts: Counts by channel.
        channel: Its top.
        floor: Background per channel, in 1/16384 counts.
        within: Where both flanks must be found.

    Returns:
        The width, or None where a flank does not fall to half the height.
    """
    half = (counts[channel] * SCALE + floor) // 2
    left = _crossing(counts, range(channel, within.first, -1), step=-1, level=half)
    right = _crossing(counts, range(channel, within.last), step=1, level=half)
    return None if left is None or right is None else left + right


def _crossing(counts: Sequence[int], channels: range, *, step: int, level: int) -> int | None:
    """Return how far from the first channel the counts fall below a level, in 1/16384 channels."""
    for gone, channel in enumerate(channels):
        here, beyond = counts[channel] * SCALE, counts[channel + step] * SCALE
        if beyond <= level < here:
            return gone * SCALE + (here - level) * SCALE // (here - beyond)
    return None


def exponential(x: int) -> int:
    """Return e to the power of ``-x``, both in 1/16384; ``x`` at least 0."""
    whole, part = divmod(x, SCALE)
    if whole >= _FARTHEST:
        return 0
    value = term = _FINE
    for number in range(1, _TERMS):
        term = -term * part // (number * SCALE)
        value += term
    for _ in range(whole):
        value = value * _FINE_INVERSE_E // _FINE
    return rounded(value * SCALE, _FINE)


def gaussian(channel: int, *, centre: int, width: int) -> int:
    """Return a Gaussian of height 1 at a channel, in 1/16384.

    Args:
        channel: Whole channel.
        centre: Its centre, in 1/16384 channels.
        width: Its full width at half height, in 1/16384 channels, above 0.
    """
    away = channel * SCALE - centre
    return exponential(rounded(_GAUSS * away * away, width * width))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerHeights:
    """What a fit of known shapes to counts found, in 1/16384 counts.

    Attributes:
        heights: Height of each shape.
        variances: Their variances from counting.
    """

    heights: tuple[int, ...]
    variances: tuple[int, ...]


def fit_heights(
    values: Sequence[int], shapes: Sequence[Sequence[int]], *, variances: Sequence[int]
) -> IntegerHeights | None:
    """Return the heights of known shapes that fit values best, each channel weighted by its variance.

    Args:
        values: What is to be fitted, in 1/16384 counts.
        shapes: Shapes in 1/16384, each as long as the values; three at most.
        variances: Variance of each value in counts, at least 1.

    Returns:
        Heights and variances, or None where the shapes cannot be told apart.
    """
    weights = [_FINE // variance for variance in variances]
    size = len(shapes)
    matrix = [
        [sum(w * one * other for w, one, other in zip(weights, a, b, strict=True)) for b in shapes]
        for a in shapes
    ]
    wanted = [sum(w * one * value for w, one, value in zip(weights, a, values, strict=True)) for a in shapes]
    whole = _determinant(matrix)
    if whole <= 0:
        return None
    heights, spreads = [], []
    for place in range(size):
        swapped = [[wanted[i] if j == place else matrix[i][j] for j in range(size)] for i in range(size)]
        heights.append(rounded(_determinant(swapped) * SCALE, whole))
        smaller = [[matrix[i][j] for j in range(size) if j != place] for i in range(size) if i != place]
        spreads.append(rounded(_determinant(smaller) * _FINE * SCALE * SCALE * SCALE, whole))
    return IntegerHeights(heights=tuple(heights), variances=tuple(spreads))


def _determinant(matrix: list[list[int]]) -> int:
    """Return a determinant by its first row; 1 for a matrix of no rows."""
    if not matrix:
        return 1
    found = 0
    for place, entry in enumerate(matrix[0]):
        rest = [row[:place] + row[place + 1 :] for row in matrix[1:]]
        found += (-1) ** place * entry * _determinant(rest)
    return found
