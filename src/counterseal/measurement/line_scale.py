"""Where the lines of a spectrum are by its own strong lines: the energy scale at one energy, and its gain.

A header's energy scale drifts. Lines that are surely there give what is left: the offset of each from
the header's scale, and a straight line through the offsets.
"""

import math
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.arithmetic import dot, total
from counterseal.measurement.side_bands import PeakBands, net_area, peak_form
from counterseal.measurement.spectrum import Floats

_NEAREST_BAND, _FARTHEST_BAND = 1.8, 2.6
_PEAK_REACH = 1.4
_FEWEST_CHANNELS = 3.0
"""Side bands and peak, in full widths from the centre; channels that a full width spans at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleSearch:
    """How strong lines are looked for.

    Attributes:
        lines_kev: Energies of the lines [keV], each another.
        reach_kev: How far from its place by the header a line may be [keV].
        fwhm_kev: Expected full width at half maximum at ``at_kev`` [keV].
        growth: Share of the squared width that grows with energy, 0 to 1.
        at_kev: Energy at which the scale is wanted [keV].
        significance: Net counts over their uncertainty, from which a line is used.
        line_unc_kev: What a single line's offset is not known better than [keV].
    """

    lines_kev: tuple[float, ...]
    reach_kev: float
    fwhm_kev: float
    growth: float
    at_kev: float
    significance: float
    line_unc_kev: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScale:
    """The energy scale at one energy.

    Attributes:
        channel: Channel of that energy.
        gain: Channels per keV there.
        gain_unc: Relative standard uncertainty of the gain from the lines; infinite with one line alone.
        lines: How many lines were used.
        worst_kev: Largest distance of a line from the straight line [keV].
        fwhm_kev: Full width at that energy, from the most significant line.
    """

    channel: float
    gain: float
    gain_unc: float
    lines: int
    worst_kev: float
    fwhm_kev: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    energy_kev: float
    offset_kev: float
    weight: float
    significance: float
    fwhm_kev: float


def find_scale(counts: Floats, energies: Floats, search: ScaleSearch) -> LineScale | None:
    """Return the scale by a spectrum's own lines, or None where not one of them is seen.

    Args:
        counts: Counts by channel, or counts less background, shape (channels,).
        energies: Energies of the channels by the header [keV], increasing, same shape.
        search: Which lines, and how.
    """
    looked = [_look(counts, energies, line, search) for line in search.lines_kev]
    found = [line for line in looked if line is not None]
    if not found:
        return None
    offset, slope, slope_unc = _straight(found, at_kev=search.at_kev)
    best = max(found, key=lambda line: line.significance)
    left = [line.offset_kev - offset - slope * (line.energy_kev - search.at_kev) for line in found]
    channel, gain = _place(energies, search.at_kev + offset)
    return LineScale(
        channel=channel,
        gain=gain * (1.0 + slope),
        gain_unc=slope_unc,
        lines=len(found),
        worst_kev=max(abs(one) for one in left),
        fwhm_kev=best.fwhm_kev * math.sqrt(1.0 / _relative_square(best.energy_kev, search)),
    )


def _relative_square(energy_kev: float, search: ScaleSearch) -> float:
    """Return the squared width at an energy over that at ``at_kev``."""
    return max(1.0 + search.growth * (energy_kev / search.at_kev - 1.0), 0.1)


def _place(energies: Floats, energy_kev: float) -> tuple[float, float]:
    """Return the channel of an energy inside the scale, and the channels per keV there."""
    above = min(max(int(np.searchsorted(energies, energy_kev)), 1), len(energies) - 1)
    width = float(energies[above] - energies[above - 1])
    return above - (float(energies[above]) - energy_kev) / width, 1.0 / width


def _look(counts: Floats, energies: Floats, energy_kev: float, search: ScaleSearch) -> _Found | None:
    """Look for one line; None where it is outside the spectrum, not significant, or no peak."""
    fwhm_kev = search.fwhm_kev * math.sqrt(_relative_square(energy_kev, search))
    expected, gain = _place(energies, energy_kev)
    fwhm, reach = max(fwhm_kev * gain, _FEWEST_CHANNELS), search.reach_kev * gain
    first, last = int(expected - reach), int(expected + reach) + 1
    if first < 3.0 * fwhm or last + 3.0 * fwhm > len(counts) - 1:
        return None
    top = first + int(np.argmax(_boxed(counts, first=first, last=last, half=int(0.4 * fwhm))))
    bands = PeakBands(
        low=(int(top - _FARTHEST_BAND * fwhm), int(top - _NEAREST_BAND * fwhm)),
        peak=(int(top - _PEAK_REACH * fwhm), int(top + _PEAK_REACH * fwhm) + 1),
        high=(int(top + _NEAREST_BAND * fwhm) + 1, int(top + _FARTHEST_BAND * fwhm) + 1),
    )
    area = net_area(counts, bands, variances=np.maximum(counts, 0.0))
    form = peak_form(counts, bands, near=float(top), fwhm=fwhm)
    placed = math.isfinite(form.centre_unc) and math.isfinite(form.fwhm_unc)
    if not (area.unc > 0.0 and area.net >= search.significance * area.unc and placed):
        return None
    own = form.centre_unc / gain
    return _Found(
        energy_kev=energy_kev,
        offset_kev=(form.centre - expected) / gain,
        weight=1.0 / (own * own + search.line_unc_kev * search.line_unc_kev),
        significance=area.net / area.unc,
        fwhm_kev=form.fwhm / gain,
    )


def _boxed(counts: Floats, *, first: int, last: int, half: int) -> Floats:
    """Return, for each channel from first to last, the sum of the counts within ``half`` channels of it."""
    inside = np.zeros(last - first + 1)
    for shift in range(-half, half + 1):
        inside = inside + counts[first + shift : last + 1 + shift]
    return inside


def _straight(found: list[_Found], *, at_kev: float) -> tuple[float, float, float]:
    """Return the offset at an energy, the slope of the offsets, and the slope's standard uncertainty."""
    weights = np.array([line.weight for line in found])
    away = np.array([line.energy_kev - at_kev for line in found])
    offsets = np.array([line.offset_kev for line in found])
    whole = total(weights)
    middle, mean = dot(weights, away) / whole, dot(weights, offsets) / whole
    spread = dot(weights, (away - middle) * (away - middle))
    if len(found) == 1:
        return mean, 0.0, math.inf
    slope = dot(weights, (away - middle) * offsets) / spread
    return mean - slope * middle, slope, math.sqrt(1.0 / spread)
