"""How wide the peaks of a spectrum are, found from the spectrum itself: nobody says what detector it was.

Resolution differs by a factor of a hundred from germanium to sodium iodide. For every width on a ladder, the
spectrum is filtered twice; for a peak the two answers say how wide it is. The ladder's rung on which most of
what is found has the width that it was sought with is kept, and peaks fitted there refine it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.peak_search import filter_answers
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth, WidthPoint, fit_peak_width
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.spectrum import Floats, Spectrum

_REFERENCE_KEV = 661.657
SCINTILLATOR_FWHM_KEV = 10.0
"""From this width at 661.657 keV on, a detector is taken for a scintillator [keV]."""
_GERMANIUM_FWHM_KEV = 2.6
_NARROWEST_KEV, _STEP, _RUNGS = 0.7, 1.25, 21
"""The ladder of widths at the reference energy [keV]: 0.7 to 61."""
_SEEN = 7.0
"""Significance above which a top takes part."""
_CAPPED = 40.0
"""A top counts for its significance, at most this: one strong line must not outvote ten others."""
_LIKE = 0.75, 1.33
"""Between these ratios, what is found is as wide as what was sought."""
_ENOUGH = 0.35
"""The narrowest rung with this part of the best score is kept: continua only imitate wide peaks."""
_LEAST_SCORE, _HIGH_ALONE = 40.0, 20.0
"""With less than this, and no top as high as that, too little is seen to say how wide peaks are."""
_LEAST_SIGMA, _MOST_SIGMA = 0.55, 1.0 / 12.0
_TOLD_APART = 0.9
"""Standard deviation in channels below which the answers no longer tell how wide a peak is."""
_FITTED = 10
_HALF_REGION = 1.6
_LOWEST_KEV = 25.0
_LEAST_POINTS = 5
_MOST_PART, _FAR_TOO_WIDE = 2.0, 1e6
_ALIKE = 0.8, 1.25
_GUESSES = (0.45, 1.8), (1.5, 6.0), (math.inf, 47.0)
"""Below these widths of a channel, these widths of peaks at the reference energy [keV]."""
_LEAST_SPAN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundWidth:
    """The width of the peaks of a spectrum.

    Attributes:
        width: Width against energy.
        from_peaks: Peaks that it rests on; 0 where there were too few and the channels' width decided.
    """

    width: PeakWidth
    from_peaks: int


def usual_width(fwhm_kev: float) -> PeakWidth:
    """Return the usual course of the width of a detector with some full width at 661.657 keV [keV].

    Semiconductors keep the noise of their electronics at low energy; the width of scintillators goes with the
    root of the energy or somewhat faster [KNOLL].
    """
    square = fwhm_kev * fwhm_kev
    if fwhm_kev >= SCINTILLATOR_FWHM_KEV:
        steady, growing = 0.9 * square / _REFERENCE_KEV, 0.1 * square / (_REFERENCE_KEV * _REFERENCE_KEV)
        return PeakWidth(a_kev2=0.0, b_kev=steady, c=growing)
    noise = 0.35 if fwhm_kev < _GERMANIUM_FWHM_KEV else 0.25
    return PeakWidth(a_kev2=square * noise, b_kev=square * (1.0 - noise) / _REFERENCE_KEV)


def find_width(spectrum: Spectrum) -> FoundWidth:
    """Return how wide the peaks of a spectrum are.

    Args:
        spectrum: Counts with an energy scale.

    Raises:
        MeasurementError: the spectrum has no increasing energy scale.
    """
    energies = spectrum.energies_kev()
    counts = spectrum.counts.astype(np.float64)
    rungs = [_NARROWEST_KEV * _STEP**rung for rung in range(_RUNGS)]
    looked = [_looked_at(counts, energies, usual_width(fwhm)) for fwhm in rungs]
    best = max(rung.score for rung in looked)
    if best < _LEAST_SCORE and max(rung.highest for rung in looked) < _HIGH_ALONE:
        return FoundWidth(width=usual_width(_guess(energies)), from_peaks=0)
    likely = [rung for rung, one in enumerate(looked) if one.score >= _ENOUGH * best]
    kept = next((rung for rung in likely if looked[rung].score > 2.0 * looked[rung].wider), likely[-1])
    if kept + 1 < _RUNGS and looked[kept + 1].score > looked[kept].score:
        kept += 1
    return _refined(spectrum, energies, usual_width(rungs[kept]), looked[kept].tops)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """What speaks for a width, what for a larger one, its highest top, and where such tops are."""

    score: float = 0.0
    wider: float = 0.0
    highest: float = 0.0
    tops: tuple[int, ...] = ()


def _looked_at(counts: Floats, energies: Floats, width: PeakWidth) -> _Rung:
    """Return what speaks for a width of peaks, and for a larger one."""
    sigma = width.fwhm_kev(np.maximum(energies, 1.0)) / (FWHM_PER_SIGMA * np.gradient(energies))
    if sigma[len(sigma) // 4] < _LEAST_SIGMA or sigma.max() > len(energies) * _MOST_SIGMA:
        return _Rung()
    answer, noise = filter_answers(counts, np.maximum(sigma, _LEAST_SIGMA))
    narrow, _ = filter_answers(counts, np.maximum(sigma / math.sqrt(2.0), _LEAST_SIGMA))
    high = np.divide(answer, noise, out=np.zeros_like(answer), where=noise > 0)
    tops = np.flatnonzero((high[1:-1] > _SEEN) & (high[1:-1] > high[:-2]) & (high[1:-1] >= high[2:])) + 1
    tops = tops[(energies[tops] >= _LOWEST_KEV) & (sigma[tops] >= _TOLD_APART)]
    if not len(tops):
        return _Rung()
    ratio = _width_ratio(answer[tops], narrow[tops])
    like = (ratio > _LIKE[0]) & (ratio < _LIKE[1])
    worth = np.minimum(high[tops], _CAPPED)
    # Of continua, few tops are as wide as they were sought: their share weighs too.
    share = float(np.mean(like))
    return _Rung(
        score=float(worth[like].sum()) * share,
        wider=float(worth[ratio >= _LIKE[1]].sum()) * share,
        highest=float(high[tops][like].max(initial=0.0)),
        tops=tuple(tops[like].tolist()),
    )


def _width_ratio(answer: Floats, narrow: Floats) -> Floats:
    """Return how wide tops are over the width of the filter, from its answer and that of a narrower one.

    A filter of width s answers a Gaussian of width t with a part (2 / (1 + t^2 / s^2))^1.5 of its area.
    """
    part = np.power(np.maximum(answer, 0.0) / np.maximum(narrow, 1e-9), 2.0 / 3.0)
    square = (part - 1.0) / np.maximum(_MOST_PART - part, 1e-9)
    return np.sqrt(np.maximum(np.where(part < _MOST_PART, square, _FAR_TOO_WIDE), 0.0))


def _guess(energies: Floats) -> float:
    """Return the width [keV] that goes with the width of channels, where no peak says more."""
    per_channel = float(np.median(np.diff(energies)))
    return next(fwhm for channel, fwhm in _GUESSES if per_channel < channel)


def _refined(spectrum: Spectrum, energies: Floats, width: PeakWidth, tops: Sequence[int]) -> FoundWidth:
    """Return the width through fitted peaks: its course where they span enough, else only its size."""
    counts = spectrum.counts
    points = []
    for top in sorted(tops, key=lambda channel: -int(counts[channel]))[: 2 * _FITTED]:
        point = _fitted(spectrum, energies, width, top)
        if point is not None:
            points.append(point)
        if len(points) == _FITTED:
            break
    if not points:
        return FoundWidth(width=width, from_peaks=len(tops))
    ratios = [point.fwhm_kev / width.fwhm_at(point.energy_kev) for point in points]
    middle = float(np.median(ratios))
    size = middle * middle
    sized = PeakWidth(a_kev2=width.a_kev2 * size, b_kev=width.b_kev * size, c=width.c * size)
    near = [
        point for point, ratio in zip(points, ratios, strict=True) if _ALIKE[0] < ratio / middle < _ALIKE[1]
    ]
    return FoundWidth(width=_course(near, sized), from_peaks=len(points))


def _fitted(spectrum: Spectrum, energies: Floats, width: PeakWidth, top: int) -> WidthPoint | None:
    here = float(energies[top])
    per_channel = float(energies[min(top + 1, len(energies) - 1)] - energies[top - 1]) / 2.0
    fwhm = width.fwhm_at(here) / per_channel
    half = max(math.ceil(_HALF_REGION * fwhm), 4)
    region = max(top - half, 0), min(top + half, len(energies) - 1)
    try:
        fit = fit_region(spectrum, region=region, peaks=(PeakStart(channel=float(top), fwhm_channels=fwhm),))
    except MeasurementError:
        return None
    peak = fit.peaks[0]
    if not fit.converged or not _LIKE[0] < peak.fwhm_channels / fwhm < _LIKE[1]:
        return None
    if not 0 < peak.area_unc_counts < peak.area_counts / 5.0:
        return None
    uncertain = max(peak.fwhm_unc_channels, 0.03 * peak.fwhm_channels) * per_channel
    return WidthPoint(energy_kev=here, fwhm_kev=peak.fwhm_channels * per_channel, fwhm_unc_kev=uncertain)


def _course(points: list[WidthPoint], sized: PeakWidth) -> PeakWidth:
    energies = [point.energy_kev for point in points]
    if len(points) < _LEAST_POINTS or max(energies) < _LEAST_SPAN * min(energies):
        return sized
    try:
        found = fit_peak_width(tuple(points), terms=2)
    except CalibrationError:
        return sized
    return found if found.a_kev2 > 0 and found.b_kev > 0 else sized
