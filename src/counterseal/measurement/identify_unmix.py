"""A second look at scintillators: what stands above all lines that were found, among those of every place.

In a scintillator a weak line is lost among those of the natural background that stand beside it: the line of
uranium at 1001 keV is between those of thorium at 911 and 969 keV and of radium at 1120 keV. Above the lines
of what was found, nothing but natural background is left, and that can be fitted as a whole: lines and
scattered photons of potassium, radium and thorium, smooth curves, and the lines of one nuclide more, none
below zero. By how much better the fit becomes with it says whether it is there. Where the fit is bad, nothing
is believed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterseal.measurement.identify_evidence import Evidence, Top
from counterseal.measurement.identify_fit import Fit, fitted
from counterseal.measurement.identify_library import NEEDS, USUAL, Pattern
from counterseal.measurement.identify_match import OPTIONAL_BELOW_KEV
from counterseal.measurement.identify_natural import ALWAYS, SOIL_BQ_KG, TIMES_SCINTILLATOR
from counterseal.measurement.identify_response import DetectorKind, efficiency, factor_between, responses
from counterseal.measurement.identify_structure import Structure, explained_by
from counterseal.measurement.identify_templates import (
    Bins,
    escaped_content,
    in_bins,
    joined,
    line_content,
    scattered_content,
    smeared,
    smooth,
)
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.spectrum import Floats

EVERYWHERE = ("K-40", "Ra-226", "Th-232")
_WITH_THEM = frozenset({*EVERYWHERE, "Th-228"})
_LOWEST_KEV, _HIGHEST_KEV, _LEAST_SPAN = 400.0, 2_800.0, 1.8
_CLEAR_FWHM, _INSIDE_FWHM = 1.5, 1.0
_NO_SHIELD, _IRON, _LEAD = 0, 5, 9
_UNKNOWN_PART = 0.005
"""Part of the counts of a bin that the columns may be wrong by."""
_STEPS = (0.01, 0.005, 0.0025, 0.00125)
"""In these steps the gain, and its change at twice the energy of potassium, are searched."""
_SIZES = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1)
_SIZES_ON_A_GUESS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
_MOST_CHI_SQUARE = 1.8
"""Chi-square per degree of freedom above which the fit does not say enough."""
_USUAL_AROUND = 1.4
"""Chi-square per bin near lines that chance alone may give; a worse fit counts for less."""
LEAST_SIGNIFICANCE, _LEAST_ON_A_GUESS = 4.2, 6.0
"""From this a nuclide is named; from the second where the width of peaks is a guess."""
_WORTH_TUNING = 4.0
"""By how much chi-square must be less with a nuclide, before the scale is set right for it."""
_MISSED = 3.0
_LEAST_INTENSITY = 1e-3
"""Photons per decay of a line by which alone a nuclide is named: with weaker ones its others would show."""
_NEAR_BINS = 4
_SHOWN_PART = 0.1
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmixed:
    """A nuclide that the second look found.

    Attributes:
        nuclide: Its name.
        lines_kev: Its strongest lines in the part that was fitted, the most visible first [keV].
        significance: By how many standard deviations the fit is better with it [1].
        counts: Counts in its lines there [counts].
    """

    nuclide: str
    lines_kev: tuple[float, ...]
    significance: float
    counts: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counted:
    """What was counted, on a scale that was set right.

    Attributes:
        energies_kev: Energies of channels [keV], increasing, shape (channels,).
        counts: Their counts, same shape.
        background: Counts of a paired background, same shape; zeros without one.
        times: By what these are multiplied [1].
        width: Width of peaks.
        evidence: The filtered spectrum on the same scale.
        guessed: Whether the width is no more than a guess.
    """

    energies_kev: Floats
    counts: Floats
    background: Floats
    times: float
    width: PeakWidth
    evidence: Evidence
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """By how much energies are off, and peaks wider, than was thought."""

    gain: float = 0.0
    bend: float = 0.0
    size: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """What is fitted: bins, contents of the grid that are known to be there, and smooth columns."""

    counted: Counted
    bins: Bins
    known: Floats
    curves: Floats

    def densities(self, contents: Floats, size: float) -> Floats:
        """Return what the detector makes of contents, with peaks that are wider by some factor."""
        return smeared(contents, _sized(self.counted.width, size))

    def columns(self, densities: Floats, scale: _Scale) -> Floats:
        """Return the smooth columns, and those of densities on a scale."""
        return np.concatenate((self.curves, in_bins(densities, self.bins, gain=scale.gain, bend=scale.bend)))

    def fit(self, contents: Floats, scale: _Scale) -> Fit:
        """Return the fit by contents, shape (contents, grid), on a scale."""
        columns = self.columns(self.densities(contents, scale.size), scale)
        return fitted(self.bins, columns, unknown_part=_UNKNOWN_PART)

    def tuned(self, contents: Floats) -> _Scale:
        """Return the scale on which contents fit best."""
        best = _Scale()
        best = self._sized_best(contents, best) if self.counted.guessed else best
        densities = self.densities(contents, best.size)
        start = self.fit(contents, best).strengths
        for step in _STEPS:
            near = [
                replace(best, gain=best.gain + i * step, bend=best.bend + j * step)
                for i in (-1, 0, 1)
                for j in (-1, 0, 1)
            ]
            best = min(near, key=lambda one: self._rough(densities, one, start))
        return self._sized_best(contents, best)

    def _rough(self, densities: Floats, scale: _Scale, start: Floats) -> float:
        columns = self.columns(densities, scale)
        return fitted(self.bins, columns, unknown_part=_UNKNOWN_PART, start=start, turns=1).chi_square

    def _sized_best(self, contents: Floats, scale: _Scale) -> _Scale:
        """Return a scale with the width of peaks that fits best."""
        sizes = _SIZES_ON_A_GUESS if self.counted.guessed else _SIZES
        tried = [replace(scale, size=size) for size in sizes]
        return min(tried, key=lambda one: self.fit(contents, one).chi_square)


def second_look(
    counted: Counted,
    *,
    library: Sequence[Pattern],
    seen_kev: Sequence[float],
    found_before: Sequence[str] = (),
    marks: Sequence[Structure] = (),
) -> tuple[Unmixed, ...]:
    """Return the nuclide that stands above everything that was found, if there is one.

    Args:
        counted: What a scintillator counted.
        library: Lines of all nuclides.
        seen_kev: Energies of lines of what was found beside natural background [keV].
        found_before: Names of what was found; weak lines of it may be further up.
        marks: What strong lines make that may look like a line.
    """
    low = max((energy + _CLEAR_FWHM * counted.width.fwhm_at(energy) for energy in seen_kev), default=0.0)
    low, high = max(low, _LOWEST_KEV), min(float(counted.energies_kev[-1]), _HIGHEST_KEV)
    by_name = {pattern.nuclide: pattern for pattern in library}
    everywhere = [by_name[name] for name in EVERYWHERE if name in by_name]
    if high < _LEAST_SPAN * low or len(everywhere) < len(EVERYWHERE):
        return ()
    beside = [by_name[name] for name in found_before if name in by_name and name not in EVERYWHERE]
    scene = _scene(counted, (everywhere, beside), (low, high))
    scale = scene.tuned(scene.known)
    found: list[Unmixed] = []
    for pattern in library:
        lines_kev = () if pattern.nuclide in found_before else _lines_inside(pattern, low, high, counted)
        one = _tried(pattern, scene, scale) if lines_kev else None
        if one is not None and not explained_by(_as_top(one, lines_kev[0]), marks):
            found.append(replace(one, lines_kev=lines_kev))
    return tuple(sorted(found, key=lambda one: -one.significance)[:1])


def _scene(
    counted: Counted, patterns: tuple[Sequence[Pattern], Sequence[Pattern]], reach_kev: tuple[float, float]
) -> _Scene:
    """Return what is fitted: natural nuclides, and those that were found before."""
    everywhere, beside = patterns
    natural = _natural_contents(everywhere, counted.evidence.kind)
    contents = [line_content(one, counted.evidence.kind, shield=_NO_SHIELD) for one in beside]
    seen = [one for one in contents if one.max() > _TINY]
    bins = joined(
        counted.energies_kev,
        counted.counts,
        known=(counted.background, counted.times),
        width=counted.width,
        reach_kev=reach_kev,
    )
    return _Scene(
        counted=counted,
        bins=bins,
        known=np.concatenate((natural, np.array(seen))) if seen else natural,
        curves=smooth(bins, counted.width),
    )


def _lines_inside(pattern: Pattern, low: float, high: float, counted: Counted) -> tuple[float, ...]:
    """Return the lines of a nuclide in what is fitted, the most visible first; none where it cannot be found.

    It must be common, and its most visible line not at an end, where it may be the flank of something else.
    """
    if pattern.nuclide not in USUAL - _WITH_THEM - ALWAYS or pattern.nuclide in NEEDS:
        return ()
    fwhm = counted.width.fwhm_kev(pattern.energies_kev)
    near = (pattern.energies_kev > low - fwhm) & (pattern.energies_kev < high)
    near &= pattern.intensities >= _LEAST_INTENSITY
    if not near.any():
        return ()
    energies = pattern.energies_kev[near]
    seen = pattern.intensities[near] * efficiency(counted.evidence.kind, energies)
    order = np.argsort(-seen, kind="stable")
    first = float(energies[order[0]])
    shown = order[seen[order] >= _SHOWN_PART * float(seen.max())]
    return tuple(energies[shown].tolist()) if first > low + _INSIDE_FWHM * float(fwhm[near][order[0]]) else ()


def _as_top(found: Unmixed, energy_kev: float) -> Top:
    return Top(
        energy_kev=energy_kev, area_counts=found.counts, significance=found.significance, sigma_kev=1.0
    )


def _natural_contents(everywhere: Sequence[Pattern], kind: DetectorKind) -> Floats:
    """Return lines, bare and behind iron, and scattered and escaped photons of nature, shape (*, grid)."""
    bare = [line_content(one, kind, shield=_NO_SHIELD) for one in everywhere]
    behind = [line_content(one, kind, shield=_IRON) for one in everywhere]
    scattered = [one for lines in bare for one in scattered_content(lines)]
    escaped = [escaped_content(lines) for lines in bare]
    return np.array([*bare, *behind, *scattered, *escaped])


def _sized(width: PeakWidth, size: float) -> PeakWidth:
    square = size * size
    return PeakWidth(a_kev2=square * width.a_kev2, b_kev=square * width.b_kev, c=square * width.c)


def _tried(pattern: Pattern, scene: _Scene, scale: _Scale) -> Unmixed | None:
    """Return a nuclide with which the fit is so much better that it is there, or None."""
    best, least = None, _LEAST_ON_A_GUESS if scene.counted.guessed else LEAST_SIGNIFICANCE
    for shield in (_NO_SHIELD, _LEAD):
        lines = line_content(pattern, scene.counted.evidence.kind, shield=shield)
        if lines.max() <= _TINY:
            continue
        # What it scatters is smooth, and no proof: it is in both fits.
        base = np.concatenate((scene.known, scattered_content(lines)))
        full = np.concatenate((base, lines[None, :]))
        better = scene.fit(base, scale).chi_square - scene.fit(full, scale).chi_square
        if better < _WORTH_TUNING:
            continue
        # A line that nothing stands for drags the scale: each side is heard on the one that suits it.
        one = _heard(pattern, scene, (base, full), (scene.tuned(base), scene.tuned(full)))
        if one is not None and one.significance >= least and not _missing(pattern, one, scene, shield):
            best, least = one, one.significance
    return best


def _missing(pattern: Pattern, found: Unmixed, scene: _Scene, shield: int) -> bool:
    """Return whether a line below what was fitted must be seen behind this shield and is not."""
    evidence = scene.counted.evidence
    seen = pattern.intensities * responses(evidence.kind, pattern.energies_kev)[shield]
    inside = pattern.energies_kev >= float(scene.bins.middle_kev[0])
    anchor = float(pattern.energies_kev[inside][np.argmax(seen[inside])])
    below = ~inside & (pattern.energies_kev >= OPTIONAL_BELOW_KEV)
    energies = pattern.energies_kev[below]
    expected = seen[below] * found.counts / float(seen[inside].sum())
    area, noise = evidence.at(energies)
    hidden = np.interp(energies, evidence.energies_kev, evidence.shadow(evidence.tops()))
    least = expected / factor_between(evidence.kind, energies, anchor)
    return bool((least > np.maximum(area, 0.0) + hidden + _MISSED * noise).any())


def _heard(
    pattern: Pattern, scene: _Scene, contents: tuple[Floats, Floats], scales: tuple[_Scale, _Scale]
) -> Unmixed | None:
    """Return by how much a fit is better with lines than without; None where it is bad or they are usual."""
    less, more = scene.fit(contents[0], scales[0]), scene.fit(contents[1], scales[1])
    lines = scene.columns(scene.densities(contents[1][-1:], scales[1].size), scales[1])[-1]
    free = max(len(lines) - int(np.count_nonzero(more.strengths)), 1)
    if more.strengths[-1] <= 0 or more.chi_square > _MOST_CHI_SQUARE * free:
        return None
    if not scene.counted.times and as_in_soil(pattern.nuclide, more.strengths[len(scene.curves) :]):
        return None
    worst = max(_around(lines / more.deviation, more.away) / _USUAL_AROUND, 1.0)
    return Unmixed(
        nuclide=pattern.nuclide,
        lines_kev=(),
        significance=math.sqrt(max(less.chi_square - more.chi_square, 0.0) / worst),
        counts=float(more.strengths[-1] * lines.sum()),
    )


def as_in_soil(nuclide: str, strengths: Floats) -> bool:
    """Return whether soil has as much of a nuclide, by the strengths of contents, its own the last."""
    if nuclide not in SOIL_BQ_KG:
        return False
    number = len(EVERYWHERE)
    there = strengths[:number] + strengths[number : 2 * number]
    most = max([float(there[i]) / SOIL_BQ_KG[name] for i, name in enumerate(EVERYWHERE)])
    return float(strengths[-1]) / SOIL_BQ_KG[nuclide] <= TIMES_SCINTILLATOR * most


def _around(visible: Floats, away: Floats) -> float:
    """Return chi-square per bin where a nuclide is visible: there the fit must be good."""
    weight = np.convolve(visible**2, np.ones(2 * _NEAR_BINS + 1), mode="same")
    return float(np.average(away**2, weights=weight))
