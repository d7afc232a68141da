"""What looks like peaks in a spectrum: the filtered spectrum, what is uncertain in it, and its tops."""

import math
from dataclasses import dataclass, replace

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.identify_response import DetectorKind, kind_of
from counterseal.measurement.peak_search import filter_answers
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth
from counterseal.measurement.spectrum import Floats, Spectrum

LOWEST_KEV = 20.0
_LEAST_SIGMA = 0.6
_LEAST_CHANNELS = 64
TOP_AT = 3.0
"""Significance from which a top is one."""
_SHADES, _SHADE_REACH = 8.0, 5.0
_ONSET, _ONSET_BELOW_KEV, _ONSET_FWHM = 0.1, 150.0, 1.5
_FAR, _CLOSE = 12.0, 10.0
_WIDTH_FROM, _RATIOS = 15.0, (0.7, 1.4)
"""Significance from which a top has a width of its own, and how far it may differ from what is expected."""
_DRIFT = 0.005
"""By how much the gain of a scintillator may differ from that of its background."""
_TAIL = 0.006
"""Part of a peak that its tails may have far away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """A top of the filtered spectrum.

    Attributes:
        energy_kev: Where it is [keV].
        area_counts: Area that a peak would have to give it [counts].
        significance: That over its standard deviation.
        sigma_kev: Standard deviation that it seems to have itself [keV].
    """

    energy_kev: float
    area_counts: float
    significance: float
    sigma_kev: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """A filtered spectrum: at each channel the area of a peak that would stand there.

    Attributes:
        energies_kev: Energy of each channel [keV], increasing, shape (channels,).
        sigma_kev: Standard deviation of a peak there [keV], same shape.
        area: Area that a peak would have [counts], same shape.
        narrow: The same for a filter that is narrower by a factor of 1.41, which tells widths [counts].
        variance: Variance of ``area``, from counting and from what else is uncertain [counts squared].
        from_kev: Energy from which the instrument counts; no top is believed near it [keV].
        kind: Kind of the detector.
    """

    energies_kev: Floats
    sigma_kev: Floats
    area: Floats
    narrow: Floats
    variance: Floats
    from_kev: float
    kind: DetectorKind

    def at(self, energy_kev: Floats) -> tuple[Floats, Floats]:
        """Return area and standard deviation [counts] at energies [keV], same shape."""
        area: Floats = np.interp(energy_kev, self.energies_kev, self.area)
        variance = np.interp(energy_kev, self.energies_kev, self.variance)
        return area, np.sqrt(variance)

    def fwhm_at(self, energy_kev: float) -> float:
        """Return the width of a peak at an energy [keV]."""
        return float(np.interp(energy_kev, self.energies_kev, self.sigma_kev)) * FWHM_PER_SIGMA

    def tolerances_at(self, energy_kev: Floats) -> Floats:
        """Return how far lines may be from their places [keV] at energies [keV], same shape."""
        fwhm = np.interp(energy_kev, self.energies_kev, self.sigma_kev) * FWHM_PER_SIGMA
        return self.kind.tolerance_at(energy_kev, fwhm)

    def tolerance_at(self, energy_kev: float) -> float:
        """Return how far a line may be from its place at an energy [keV]."""
        return float(self.tolerances_at(np.array([energy_kev]))[0])

    def tops(self, least: float = TOP_AT) -> tuple[Top, ...]:
        """Return the tops with at least some significance, in increasing energy."""
        high = self.area / np.sqrt(self.variance)
        middle = high[1:-1]
        found = np.flatnonzero((middle >= least) & (middle > high[:-2]) & (middle >= high[2:])) + 1
        found = found[self.energies_kev[found] > self.from_kev]
        kept: list[int] = []
        for top in found.tolist():
            near = kept and self.energies_kev[top] - self.energies_kev[kept[-1]] < 1.5 * self.sigma_kev[top]
            if near and high[top] <= high[kept[-1]]:
                continue
            if near:
                kept.pop()
            kept.append(top)
        return tuple(self._top(top, float(high[top])) for top in kept)

    def _top(self, channel: int, significance: float) -> Top:
        """Return the top at a channel, at the middle of the parabola through it and its neighbours."""
        left, here, right = self.area[channel - 1 : channel + 2].tolist()
        bend = left - 2.0 * here + right
        offset = min(max(0.5 * (left - right) / bend, -0.5), 0.5) if bend < 0 else 0.0
        energy = np.interp(channel + offset, np.arange(len(self.area)), self.energies_kev)
        return Top(
            energy_kev=float(energy),
            area_counts=here,
            significance=significance,
            sigma_kev=float(self.sigma_kev[channel]) * self._width_ratio(channel, significance),
        )

    def _width_ratio(self, channel: int, significance: float) -> float:
        """Return how wide a top is over what is expected, from both filters; 1 where it is not known well."""
        if significance < _WIDTH_FROM or self.narrow[channel] <= 0:
            return 1.0
        part = (float(self.area[channel]) / float(self.narrow[channel])) ** (2.0 / 3.0)
        square = (part - 1.0) / (2.0 - part) if 1.0 < part < 2.0 else 1.0  # noqa: PLR2004
        return min(max(math.sqrt(square), _RATIOS[0]), _RATIOS[1])

    def plus(self, other: "Evidence") -> "Evidence":
        """Return what two detectors show together that saw the same, on the energies of the first."""
        area = np.interp(self.energies_kev, other.energies_kev, other.area, left=0.0, right=0.0)
        variance = np.interp(self.energies_kev, other.energies_kev, other.variance)
        narrow = np.interp(self.energies_kev, other.energies_kev, other.narrow, left=0.0, right=0.0)
        return replace(
            self, area=self.area + area, narrow=self.narrow + narrow, variance=self.variance + variance
        )

    def shadow(self, tops: tuple[Top, ...]) -> Floats:
        """Return by how much strong tops may hide a line beside them [counts], shape (channels,).

        Beside a peak the filter answers below zero; a weak line there is not seen and not missed.
        """
        hidden = np.zeros_like(self.area)
        for top in tops:
            if top.significance < _SHADES:
                continue
            away = np.abs(self.energies_kev - top.energy_kev) / self.sigma_kev
            side = (away > math.sqrt(2.0)) & (away < _SHADE_REACH)
            square = away[side] ** 2
            hidden[side] += top.area_counts * np.abs((1.0 - square / 2.0) * np.exp(-square / 4.0))
        return hidden

    def without(self, top: Top) -> "Evidence":
        """Return what is left without a peak, less certain where it stood."""
        away_kev = self.energies_kev - top.energy_kev
        near = np.abs(away_kev) < _FAR * self.sigma_kev
        at = int(np.argmin(np.abs(away_kev)))
        own = _answer(np.zeros(1), self.sigma_kev[at : at + 1], top.sigma_kev)[0]
        counts = top.area_counts / float(own)
        sigma = self.sigma_kev[near]
        area, narrow, variance = self.area.copy(), self.narrow.copy(), self.variance.copy()
        area[near] -= counts * _answer(away_kev[near], sigma, top.sigma_kev)
        narrow[near] -= counts * _answer(away_kev[near], sigma / math.sqrt(2.0), top.sigma_kev)
        square = (away_kev[near] / sigma) ** 2
        close, far = np.exp(-square / _CLOSE), np.exp(-square / 50.0)
        variance[near] += (top.area_counts * (self.kind.blur * close + _TAIL * far)) ** 2
        return replace(self, area=area, narrow=narrow, variance=variance)

    def blurred(self, energy_kev: float, counts: float) -> "Evidence":
        """Return the evidence, less certain by some counts around an energy."""
        square = ((self.energies_kev - energy_kev) / self.sigma_kev) ** 2
        near = square < _FAR**2
        variance = self.variance.copy()
        variance[near] += (counts * np.exp(-square[near] / _CLOSE)) ** 2
        return replace(self, variance=variance)


def _answer(away_kev: Floats, filter_kev: Floats, sigma_kev: float) -> Floats:
    """Return what filters of some widths answer at distances from a Gaussian of area 1 of another width."""
    whole = filter_kev**2 + sigma_kev**2
    square = away_kev**2 / whole
    height = (2.0 * filter_kev**2 / whole) ** 1.5
    found: Floats = height * (1.0 - square) * np.exp(-square / 2.0)
    return found


def evidence_of(spectrum: Spectrum, *, width: PeakWidth, background: Spectrum | None = None) -> Evidence:
    """Return the filtered spectrum, without that of a background where there is one.

    Args:
        spectrum: Counts with an energy scale.
        width: Width of its peaks.
        background: A background from the same detector, with as many channels; its live time scales it.

    Raises:
        MeasurementError: no increasing energy scale, too few channels, or a background that does not fit.
    """
    energies = spectrum.energies_kev()
    if len(energies) < _LEAST_CHANNELS:
        raise MeasurementError(
            f"identification: a spectrum of {len(energies)} channels, must have {_LEAST_CHANNELS} or more"
        )
    used = slice(int(np.searchsorted(energies, LOWEST_KEV)), len(energies))
    if len(energies) - used.start < _LEAST_CHANNELS:
        raise MeasurementError(
            f"identification: fewer than {_LEAST_CHANNELS} channels are above {LOWEST_KEV:g} keV"
        )
    kind = kind_of(width)
    sigma_kev = width.fwhm_kev(energies[used]) / FWHM_PER_SIGMA
    per_channel = np.gradient(energies[used])
    sigma = np.maximum(sigma_kev / per_channel, _LEAST_SIGMA)
    counts = spectrum.counts[used].astype(np.float64)
    area, noise = filter_answers(counts, sigma)
    narrow, _ = filter_answers(counts, np.maximum(sigma / math.sqrt(2.0), _LEAST_SIGMA))
    variance = noise**2 + _rough(counts, sigma, kind) ** 2
    if background is not None:
        there, its_narrow, its_variance = _of_background(spectrum, background, sigma=sigma, used=used)
        area, narrow, variance = area - there, narrow - its_narrow, variance + its_variance
        if kind.name == "scintillator":
            variance = variance + (_DRIFT * energies[used] * np.gradient(there, energies[used])) ** 2
    return Evidence(
        energies_kev=energies[used],
        sigma_kev=np.maximum(sigma_kev, _LEAST_SIGMA * per_channel),
        area=area,
        narrow=narrow,
        variance=np.maximum(variance, 1.0),
        from_kev=_onset(counts, energies[used], sigma_kev),
        kind=kind,
    )


def _onset(counts: Floats, energies: Floats, sigma_kev: Floats) -> float:
    """Return the energy from which the instrument counts, and a width more: thresholds look like tops."""
    low = energies < _ONSET_BELOW_KEV
    level = float(np.median(counts[low])) if low.any() else 0.0
    below = counts[low] < _ONSET * level
    if not below.any() or not below[0]:
        return float(energies[0])
    # A threshold is where channels stop being as good as empty; what is a line above it is left to be one.
    through = int(np.flatnonzero(~below)[0])
    return float(energies[through] + _ONSET_FWHM * FWHM_PER_SIGMA * sigma_kev[through])


def _of_background(
    spectrum: Spectrum, background: Spectrum, *, sigma: Floats, used: slice
) -> tuple[Floats, Floats, Floats]:
    if len(background.counts) != len(spectrum.counts):
        raise MeasurementError(
            f"background of {len(background.counts)} channels for a spectrum of {len(spectrum.counts)}:"
            " must be from the same detector with the same setting"
        )
    if not background.live_time_ns or not spectrum.live_time_ns:
        raise MeasurementError("background: it and the spectrum must have live times above 0")
    ratio = spectrum.live_time_ns / background.live_time_ns
    counts = background.counts[used].astype(np.float64)
    area, noise = filter_answers(counts, sigma)
    narrow, _ = filter_answers(counts, np.maximum(sigma / math.sqrt(2.0), _LEAST_SIGMA))
    return ratio * area, ratio * narrow, ratio**2 * noise**2


def _rough(counts: Floats, sigma: Floats, kind: DetectorKind) -> Floats:
    """Return what a bent continuum may give: a part of the counts within the width of a peak [counts]."""
    whole = np.concatenate(([0.0], np.cumsum(counts)))
    half = np.maximum(np.rint(FWHM_PER_SIGMA / 2 * sigma), 1.0).astype(np.int64)
    place = np.arange(len(counts))
    first, last = np.maximum(place - half, 0), np.minimum(place + half + 1, len(counts))
    found: Floats = kind.rough * (whole[last] - whole[first])
    return found
