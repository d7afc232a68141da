"""Fit of one or more peaks in a region of a spectrum, by maximum likelihood for counts.

The model of each channel is a straight background and, for every peak, a Gaussian with an optional step
below and an optional tail. The likelihood is Poisson's, so channels with few or no counts are treated
rightly; it is climbed by Fisher scoring with the exact derivatives. The arithmetic is the room's own: the
same counts give the same bits on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement import arithmetic
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import FWHM_PER_SIGMA
from counterseal.measurement.region_model import Layout, Shape, model_and_slopes
from counterseal.measurement.spectrum import Counts, Floats, Spectrum

MAX_PEAKS = 12
MAX_REGION = 4_096
_ROUNDS = 30
_HALVINGS = 12
_SETTLED = 1e-4
"""Square of a step in standard uncertainties that is the last one: what it leaves is far smaller still."""
_OVERSHOOT = 0.5
_DEPENDENT = 1e-11
"""Below this part of its own information, a value is not told apart from those before it."""
_LEAST_COUNTS = 1e-6
"""No channel is expected to have fewer counts than this [counts]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakStart:
    """Where a peak is expected.

    Attributes:
        channel: Position [channel].
        fwhm_channels: Full width at half maximum [channel], above 0; peaks keep the ratios of their widths.
        position_free: Whether its position is fitted, or held.
    """

    channel: float
    fwhm_channels: float
    position_free: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPeak:
    """A peak as the fit found it.

    Attributes:
        channel: Position [channel].
        channel_unc: Its standard uncertainty [channel]; 0 where it was held.
        energy_kev: Position on the energy scale [keV], or None without one.
        area_counts: Net counts of the peak with its tail.
        area_unc_counts: Standard uncertainty of them, with all that was fitted along.
        fwhm_channels: Full width at half maximum of the Gaussian [channel].
        fwhm_unc_channels: Its standard uncertainty [channel]; 0 where it was held.
    """

    channel: float
    channel_unc: float
    energy_kev: float | None
    area_counts: float
    area_unc_counts: float
    fwhm_channels: float
    fwhm_unc_channels: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFit:
    """What a fit of a region came to.

    Attributes:
        first: First channel of the region.
        last: Last channel of it.
        peaks: The peaks, in the order in which they were asked for.
        background_counts: Background at the first and at the last channel [counts per channel].
        shape: Step and tail as they were held or fitted.
        values: All fitted values, in the order of ``names``.
        names: What was fitted.
        covariance: Covariance of the fitted values, rows as tuples.
        deviance: Twice the log of the likelihood ratio to a model that fits each channel.
        degrees_of_freedom: Channels less fitted values.
        converged: Whether the top was reached; a fit that did not reach it must not be used.
    """

    first: int
    last: int
    peaks: tuple[FittedPeak, ...]
    background_counts: tuple[float, float]
    shape: Shape
    values: tuple[float, ...]
    names: tuple[str, ...]
    covariance: tuple[tuple[float, ...], ...]
    deviance: float
    degrees_of_freedom: int
    converged: bool


def fit_region(
    spectrum: Spectrum,
    *,
    region: tuple[int, int],
    peaks: tuple[PeakStart, ...],
    shape: Shape | None = None,
    width_free: bool = True,
) -> RegionFit:
    """Return the fit of peaks in a region.

    Args:
        spectrum: Counts.
        region: First and last channel, both part of it.
        peaks: Where the peaks are expected.
        shape: Step and tail; without it, neither.
        width_free: Whether a common factor of all widths is fitted, or the widths are held.

    Raises:
        MeasurementError: the region is outside of the spectrum or too short for what is fitted, a peak is
            outside of it, or the counts cannot tell the fitted values apart.
    """
    layout = Layout.of(
        [(start.channel, start.fwhm_channels / FWHM_PER_SIGMA, start.position_free) for start in peaks],
        shape=shape or Shape(),
        width_free=width_free,
        region=region,
    )
    counts = _checked(spectrum, region, peaks, layout)
    values, covariance, expected, converged = _climb(counts, _start(counts, layout), layout)
    return _result(
        spectrum,
        layout,
        values=values,
        covariance=covariance,
        deviance=_deviance(counts, expected),
        converged=converged,
    )


def _checked(
    spectrum: Spectrum, region: tuple[int, int], peaks: tuple[PeakStart, ...], layout: Layout
) -> Floats:
    first, last = region
    if not 0 <= first < last < len(spectrum.counts):
        raise MeasurementError(
            f"region {first} to {last}: must lie within channels 0 to {len(spectrum.counts) - 1}"
        )
    if not 1 <= len(peaks) <= MAX_PEAKS:
        raise MeasurementError(f"{len(peaks)} peaks in a region: must be 1 to {MAX_PEAKS}")
    for start in peaks:
        if not first <= start.channel <= last or not 0 < start.fwhm_channels <= last - first:
            raise MeasurementError(
                f"peak at channel {start.channel:.6g}, {start.fwhm_channels:.6g} wide:"
                f" must lie within the region {first} to {last}"
            )
    if not len(layout.names) < last - first + 1 <= MAX_REGION:
        raise MeasurementError(
            f"region of {last - first + 1} channels for {len(layout.names)} values:"
            f" must be more than these, at most {MAX_REGION}"
        )
    held: Counts = spectrum.counts[first : last + 1]
    return held.astype(np.float64)


def _start(counts: Floats, layout: Layout) -> Floats:
    """Return values to begin with: a line through both ends, and what is above it near each peak."""
    edge = max(len(counts) // 12, 1)
    left = arithmetic.total(counts[:edge]) / edge + 0.5
    right = arithmetic.total(counts[-edge:]) / edge + 0.5
    slope = (right - left) / (len(counts) - 1)
    above = np.maximum(counts - (left + slope * np.arange(len(counts))), 0.0)
    areas = []
    for position, sigma in zip(layout.position, layout.sigma, strict=True):
        near = np.abs(np.arange(len(counts)) + layout.first - position) <= max(sigma, 0.5)
        areas.append(max(1.46 * arithmetic.total(above[near]), 1.0))
    return layout.start(left, right, areas)


def _climb(counts: Floats, values: Floats, layout: Layout) -> tuple[Floats, Floats, Floats, bool]:
    """Return the values at the top of the likelihood, their covariance, and the counts expected there.

    The last answer is whether the top was reached. A step is halved while the likelihood falls more steeply
    at its end than it rose at its start. The climb ends with a step that has next to nothing to gain; all
    bits are the same on every machine, so is the number of steps.
    """
    uphill, information, expected = _equations(counts, values, layout)
    for _ in range(_ROUNDS):
        step, part, covariance = _step(values, uphill, information, layout.frame.bounds)
        gain = arithmetic.dot(step, uphill)
        step = part * step
        if part == 1.0 and gain < _SETTLED:
            return layout.held_in_bounds(values + step), covariance, expected, True
        for _ in range(_HALVINGS):
            tried = layout.held_in_bounds(values + step)
            uphill_there, information_there, expected_there = _equations(counts, tried, layout)
            if arithmetic.dot(tried - values, uphill_there) > -_OVERSHOOT * part * gain:
                break
            step = 0.5 * step
        else:
            return values, covariance, expected, False
        values, uphill, information, expected = tried, uphill_there, information_there, expected_there
    return values, covariance, expected, False


def _step(
    values: Floats, uphill: Floats, information: Floats, bounds: Floats
) -> tuple[Floats, float, Floats]:
    """Return the step to the top as it looks from here, its part within the bounds, and the covariance.

    A value at its bound that would go beyond it is held there; its variance is then 0.
    """
    free = np.ones(len(values), dtype=bool)
    for _ in range(len(values)):
        covariance = _covariance(information, free)
        step: Floats = np.cumsum(covariance * uphill, axis=1)[:, -1]
        ends = values + step
        beyond = (ends < bounds[0]) | (ends > bounds[1])
        if not beyond.any():
            break
        stuck = beyond & (((values <= bounds[0]) & (step < 0)) | ((values >= bounds[1]) & (step > 0)))
        if not stuck.any():
            room = np.where(step > 0, bounds[1] - values, bounds[0] - values)[beyond] / step[beyond]
            return step, float(room.min()), covariance
        free &= ~stuck
    return step, 1.0, covariance


def _equations(counts: Floats, values: Floats, layout: Layout) -> tuple[Floats, Floats, Floats]:
    """Return the slope of the log likelihood, Fisher's information, and the expected counts."""
    frame, size = layout.frame, len(layout.names)
    table = np.empty((size + 1, len(counts)))
    model, slopes = model_and_slopes(values, layout, slopes=table[:size])
    expected = np.maximum(model, _LEAST_COUNTS)
    np.subtract(counts, expected, out=table[size])
    weighted = slopes / expected
    # Sums that run from the first channel to the last, one addition after the other, on every machine.
    products = weighted.take(frame.pairs[0], axis=0)
    products *= table.take(frame.pairs[1], axis=0)
    sums = np.cumsum(products, axis=1)[:, -1].copy()
    return sums[-size:], sums.take(frame.square), expected


def _covariance(information: Floats, free: NDArray[np.bool_]) -> Floats:
    """Return the inverse of Fisher's information of the free values, 0 for those that are held.

    It is found by elimination, after every diagonal element is brought to 1.
    """
    diagonal = np.where(free, information.diagonal(), 1.0)
    if not diagonal.min() > 0:
        raise MeasurementError("region: the counts say nothing about one of the fitted values")
    scale = np.where(free, 1.0 / np.sqrt(diagonal), 0.0)
    size = len(scale)
    rows = np.zeros((size, 2 * size))
    np.multiply(information * scale, scale[:, None], out=rows[:, :size])
    along = rows.reshape(-1)
    along[:: 2 * size + 1] = along[size :: 2 * size + 1] = 1.0
    reduced = np.empty_like(rows)
    for k in range(size):
        if not rows[k, k] > _DEPENDENT:
            raise MeasurementError("region: the counts cannot tell two of the fitted values apart")
        pivot = rows[k] / rows[k, k, ...]
        np.multiply(rows[:, k, None], pivot, out=reduced)
        rows -= reduced
        rows[k] = pivot
    covariance: Floats = rows[:, size:] * scale * scale[:, None]
    return covariance


def _deviance(counts: Floats, expected: Floats) -> float:
    seen = counts > 0
    logs = counts[seen] * arithmetic.log(counts[seen] / expected[seen])
    return 2.0 * (arithmetic.total(logs) - arithmetic.total(counts - expected))


def _result(
    spectrum: Spectrum,
    layout: Layout,
    *,
    values: Floats,
    covariance: Floats,
    deviance: float,
    converged: bool,
) -> RegionFit:
    found = layout.unpacked(values)
    unc = np.sqrt(np.diagonal(covariance))
    positions = [float(value) + layout.first for value in found.position]
    energies = (
        spectrum.scale.energy_kev(np.array(positions)).tolist() if spectrum.scale else [None] * len(positions)
    )
    fitted = tuple(
        FittedPeak(
            channel=positions[i],
            channel_unc=layout.unc_of(f"channel {i}", unc),
            energy_kev=energies[i],
            area_counts=float(found.area[i]),
            area_unc_counts=layout.unc_of(f"area {i}", unc),
            fwhm_channels=float(found.sigma[i]) * FWHM_PER_SIGMA,
            fwhm_unc_channels=layout.sigma[i] * FWHM_PER_SIGMA * layout.unc_of("width", unc),
        )
        for i in range(len(positions))
    )
    return RegionFit(
        first=layout.first,
        last=layout.last,
        peaks=fitted,
        background_counts=(float(values[0]), float(values[1])),
        shape=found.shape,
        values=tuple(values.tolist()),
        names=layout.names,
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        deviance=deviance,
        degrees_of_freedom=layout.last - layout.first + 1 - len(layout.names),
        converged=converged,
    )
