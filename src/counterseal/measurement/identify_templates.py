"""What nuclides, scattered photons and smooth backgrounds look like in a scintillator, as columns to fit by.

A column is what every bin would hold, up to a factor: the lines of a nuclide, smeared by the resolution, or
the continuum of their photons that are scattered once in the crystal [KLEIN-NISHINA-1929], or a broad smooth
curve, which stands for what is scattered around the detector.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from counterseal.measurement.identify_library import Pattern
from counterseal.measurement.identify_response import DetectorKind, responses
from counterseal.measurement.identify_structure import ELECTRON_KEV
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth
from counterseal.measurement.spectrum import Floats

_STEP_KEV, _TOP_KEV = 4.0, 3_000.0
_PER_FWHM = 4.0
_DRIFT, _DRIFTED_TOP = 0.01, 0.03
"""By how much a gain may differ from that of a background, and what this may take from the top of a peak."""
_KNOT_FWHM = 3.0
_REFERENCE_KEV = 661.657
_FAR_SIGMA = 6.0
_POTASSIUM_KEV = 1_460.8
_PAIR_KEV = 2.0 * ELECTRON_KEV


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """Channels joined to a few bins for each width of a peak, arrays of one shape (bins,).

    Attributes:
        middle_kev: Mean energy of the channels of each bin [keV].
        wide_kev: Width of each bin [keV].
        counts: Its counts.
        known: Counts that a paired background makes there [counts].
        variance: Variance of these [counts squared].
    """

    middle_kev: Floats
    wide_kev: Floats
    counts: Floats
    known: Floats
    variance: Floats


def joined(
    energies_kev: Floats,
    counts: Floats,
    *,
    known: tuple[Floats, float],
    width: PeakWidth,
    reach_kev: tuple[float, float],
) -> Bins:
    """Return channels joined to bins of a quarter of the width of a peak.

    Args:
        energies_kev: Energies of the channels [keV], increasing, shape (channels,).
        counts: Their counts, same shape.
        known: Counts of a background, same shape, and by what they are multiplied [1].
        width: Width of peaks.
        reach_kev: First and last energy [keV].
    """
    low, high = reach_kev
    per_channel = np.gradient(energies_kev)
    edges = [low]
    while edges[-1] < high:
        here = float(np.interp(edges[-1], energies_kev, per_channel))
        edges.append(edges[-1] + max(width.fwhm_at(edges[-1]) / _PER_FWHM, 1.01 * here))
    place = np.searchsorted(np.array(edges), energies_kev, side="right") - 1
    inside = (place >= 0) & (place < len(edges) - 1)
    place, number = place[inside], len(edges) - 1
    held = np.bincount(place, minlength=number)
    used = held > 0

    def sums(values: Floats) -> Floats:
        found: Floats = np.bincount(place, values[inside], number)[used].astype(np.float64)
        return found

    there, times = known
    middle, background = sums(energies_kev) / held[used], times * sums(there)
    return Bins(
        middle_kev=middle,
        wide_kev=sums(per_channel),
        counts=sums(counts),
        known=background,
        variance=times * background + _drift(middle, background) ** 2,
    )


def _drift(middle_kev: Floats, background: Floats) -> Floats:
    """Return by how much a background may be off in each bin because gains drift [counts]."""
    if len(middle_kev) < 2:  # noqa: PLR2004
        return np.zeros_like(background)
    slope = np.gradient(background, middle_kev)
    found: Floats = np.hypot(_DRIFT * middle_kev * slope, _DRIFTED_TOP * background)
    return found


def smooth(bins: Bins, width: PeakWidth) -> Floats:
    """Return smooth columns, cubic splines with a knot for every three widths of a peak, shape (knots, bins).

    Args:
        bins: The bins.
        width: Width of peaks.
    """
    fwhm = width.fwhm_kev(bins.middle_kev)
    steps = np.diff(bins.middle_kev) / fwhm[1:]
    along = np.concatenate((np.zeros(1), np.cumsum(steps)))
    knots = max(int(along[-1] / _KNOT_FWHM), 3)
    apart = along[-1] / knots
    away = np.abs(along[None, :] / apart - np.arange(-1, knots + 2)[:, None])
    near, far = 2.0 / 3.0 - away**2 + away**3 / 2.0, np.maximum(2.0 - away, 0.0) ** 3 / 6.0
    found: Floats = np.where(away < 1.0, near, far) * bins.wide_kev
    return found


def smeared(contents: Floats, width: PeakWidth) -> Floats:
    """Return what a detector makes of contents of the grid [counts per keV], same shape (contents, grid).

    Args:
        contents: Photons at every energy of the grid, shape (contents, grid).
        width: Width of peaks.
    """
    return contents @ _resolution(width)


def in_bins(densities: Floats, bins: Bins, *, gain: float, bend: float) -> Floats:
    """Return densities in bins whose energies are a little off [counts], shape (densities, bins).

    Args:
        densities: Counts per keV on the grid of energies, shape (densities, grid).
        bins: The bins.
        gain: By how much energies are too high [1].
        bend: By how much more at twice the energy of potassium: light is not quite in proportion [1].
    """
    off = gain + bend * (bins.middle_kev / _POTASSIUM_KEV - 1.0)
    place = np.clip((bins.middle_kev * (1.0 - off) - _STEP_KEV) / _STEP_KEV, 0.0, len(_grid()) - 1.001)
    below = place.astype(np.int64)
    part = place - below
    found: Floats = (densities[:, below] * (1.0 - part) + densities[:, below + 1] * part) * bins.wide_kev
    return found


def line_content(pattern: Pattern, kind: DetectorKind, *, shield: int) -> Floats:
    """Return the photons of a nuclide behind a shield of the ladder on the grid, shape (grid,)."""
    grid = _grid()
    energies = np.clip(pattern.energies_kev, grid[0], grid[-1])
    seen = pattern.intensities * responses(kind, energies)[shield]
    place = (energies - grid[0]) / _STEP_KEV
    below = np.minimum(place.astype(np.int64), len(grid) - 2)
    part = place - below
    found = np.zeros(len(grid))
    np.add.at(found, below, seen * (1.0 - part))
    np.add.at(found, below + 1, seen * part)
    return found


def scattered_content(lines: Floats) -> Floats:
    """Return what photons leave that are scattered in the crystal and escape, from what lines leave.

    Scattered once, as Klein and Nishina say; and a flat one up to the same edge, for what crystals of
    different sizes and their surroundings add. The part that is not in the peak grows with energy.

    Args:
        lines: Content of lines, shape (grid,).

    Returns:
        Both, shape (2, grid).
    """
    grown = lines * _grid() / _REFERENCE_KEV
    return np.array([matrix @ grown for matrix in _scattered()])


def escaped_content(lines: Floats) -> Floats:
    """Return what photons leave that make pairs, one or both of annihilation escaping, shape (grid,)."""
    above = lines * np.maximum(_grid() / _PAIR_KEV - 1.0, 0.0)
    found = np.zeros_like(above)
    for photons in (1, 2):
        steps = round(photons * ELECTRON_KEV / _STEP_KEV)
        found[:-steps] += above[steps:]
    return found


@lru_cache(maxsize=1)
def _grid() -> Floats:
    return np.arange(_STEP_KEV, _TOP_KEV, _STEP_KEV)


@lru_cache(maxsize=8)
def _resolution(width: PeakWidth) -> Floats:
    """Return the peak that photons of each energy give, shape (grid, grid)."""
    grid = _grid()
    sigma = (width.fwhm_kev(grid) / FWHM_PER_SIGMA)[:, None]
    away = (grid[None, :] - grid[:, None]) / sigma
    found: Floats = np.where(np.abs(away) < _FAR_SIGMA, np.exp(-0.5 * away**2), 0.0) / sigma
    return found


@lru_cache(maxsize=1)
def _scattered() -> tuple[Floats, Floats]:
    """Return spectra of electrons for each energy of a photon, each of sum 1, shapes (grid, grid)."""
    energy, photon = _grid()[:, None], _grid()[None, :]
    ratio, part = photon / ELECTRON_KEV, energy / photon
    below = part < 2.0 * ratio / (1.0 + 2.0 * ratio)
    left = np.where(below, 1.0 - part, 1.0)
    shape = 2.0 + (part / (ratio * left)) ** 2 + part / left * (part - 2.0 / ratio)
    once = np.where(below, shape, 0.0)
    return once / np.maximum(once.sum(axis=0), 1e-30), below / np.maximum(below.sum(axis=0), 1.0)
