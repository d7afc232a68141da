"""Energy and width calibration from lines that are known to be there, also of a spectrum without any scale.

Without a scale, pairs of peaks are taken for pairs of lines in turn; the straight line on which most lines
find a peak is the first scale. Each line that stands
alone is then fitted, and a polynomial laid through them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from counterseal.measurement.energy_calibration import (
    CalibrationPoint,
    EnergyCalibration,
    calibrate_energy,
    channel_of,
)
from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.identify_evidence import Top, evidence_of
from counterseal.measurement.identify_width import find_width
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.spectrum import EnergyScale, Floats, Spectrum

_PEAKS, _LINES = 10, 14
_LEAST_TOP = 6.0
_MOST_OFFSET = 0.06
_NEAR_FWHM = 0.4
_FIRST_NEAR_FWHM = 1.2
_ALONE_FWHM, _ALONE_WEIGHT = 1.1, 0.2
_MOVED_FWHM = 1.8
_HALF_REGION = 1.5
_LEAST_KEV, _MOST_KEV = 50.0, 20_000.0
_LEAST_UNC_KEV = 0.02
_LEAST_LINES, _FOR_A_BEND = 2, 5
_AS_WIDE = 0.6, 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """A line that is known to be there.

    Attributes:
        energy_kev: Its energy [keV].
        weight: How strong it is beside the others [1]; all alike where that is not known.
    """

    energy_kev: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedLine:
    """A line that was found and used.

    Attributes:
        energy_kev: Its energy [keV].
        channel: Where it was found [channel].
        channel_unc: Standard uncertainty of that [channel].
        fwhm_kev: Its width [keV].
        residual_kev: Known less calibrated energy [keV].
    """

    energy_kev: float
    channel: float
    channel_unc: float
    fwhm_kev: float
    residual_kev: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCalibration:
    """A calibration from known lines.

    Attributes:
        calibration: Energy scale with what its points say about it.
        width: Width of peaks.
        lines: Lines that were used, in increasing energy.
    """

    calibration: EnergyCalibration
    width: PeakWidth
    lines: tuple[UsedLine, ...]


def calibrate_from_lines(
    spectrum: Spectrum, *, lines: Sequence[KnownLine], degree: int | None = None
) -> LineCalibration:
    """Return the energy scale and the width of peaks that known lines give.

    Args:
        spectrum: Counts, with or without an energy scale.
        lines: Lines that are known to be there, two or more.
        degree: Degree of the polynomial, 1 to 3; None takes 2 from five lines on, else 1.

    Raises:
        CalibrationError: fewer than two lines, or too few of them are found.
    """
    if len({line.energy_kev for line in lines}) < _LEAST_LINES:
        raise CalibrationError(f"calibration: {len(lines)} known lines, must be 2 or more")
    start = _first_scale(spectrum, lines)
    near = _FIRST_NEAR_FWHM if spectrum.scale is not None else _NEAR_FWHM
    first = _through(spectrum.with_scale(start), lines, reach=near, degree=degree)
    start = first.calibration.scale
    return _through(spectrum.with_scale(start), lines, reach=_NEAR_FWHM, degree=degree)


def _first_scale(spectrum: Spectrum, lines: Sequence[KnownLine]) -> EnergyScale:
    """Return the scale that the spectrum has, or the straight one on which most lines find a peak."""
    if spectrum.scale is not None:
        return spectrum.scale
    plain = spectrum.with_scale(EnergyScale(coefficients_kev=(0.0, 1.0)))
    evidence = evidence_of(plain, width=find_width(plain).width)
    tops = sorted(evidence.tops(_LEAST_TOP), key=lambda top: -top.significance)[:_PEAKS]
    fwhm = np.array([evidence.fwhm_at(top.energy_kev) for top in tops])
    strong = sorted(lines, key=lambda line: -line.weight)[:_LINES]
    best: tuple[float, float, float] | None = None
    for low, high in combinations(sorted(strong, key=lambda line: line.energy_kev), 2):
        for one, other in combinations(sorted(tops, key=lambda top: top.energy_kev), 2):
            gain = (high.energy_kev - low.energy_kev) / (other.energy_kev - one.energy_kev)
            offset = low.energy_kev - gain * one.energy_kev
            score = _agreement(offset, gain, tops, fwhm, strong, channels=len(spectrum.counts))
            if best is None or score > best[0]:
                best = score, offset, gain
    if best is None or best[0] <= 0:
        raise CalibrationError(
            f"calibration: no straight scale puts known lines on the {len(tops)} strongest peaks"
        )
    return EnergyScale(coefficients_kev=(best[1], best[2]))


def _agreement(
    offset: float,
    gain: float,
    tops: Sequence[Top],
    fwhm: Floats,
    lines: Sequence[KnownLine],
    *,
    channels: int,
) -> float:
    """Return how well a straight scale puts strong lines on strong peaks."""
    span = gain * channels
    if not _LEAST_KEV < span < _MOST_KEV or abs(offset) > _MOST_OFFSET * span:
        return -1.0
    at = np.array([(line.energy_kev - offset) / gain for line in lines])
    places = np.array([top.energy_kev for top in tops])
    high = np.log1p(np.array([top.significance for top in tops]))
    away = np.abs(at[:, None] - places[None, :]) / fwhm[None, :]
    fit = np.where(away < _NEAR_FWHM, 1.0 - (away / _NEAR_FWHM) ** 2, 0.0)
    weight = np.sqrt(np.array([line.weight for line in lines]) / max(line.weight for line in lines))
    inside = (at > 0) & (at < channels)
    lines_found = float(np.sum(weight * fit.max(axis=1)) / np.sum(weight[inside])) if inside.any() else 0.0
    peaks_found = float(np.sum(high * fit.max(axis=0)) / np.sum(high))
    return lines_found * peaks_found


def _through(
    spectrum: Spectrum, lines: Sequence[KnownLine], *, reach: float, degree: int | None
) -> LineCalibration:
    """Return the polynomial through the lines that stand alone and are found within reach [full widths]."""
    found = find_width(spectrum)
    width = found.width
    evidence = evidence_of(spectrum, width=width)
    tops = evidence.tops(_LEAST_TOP)
    fitted = []
    for line in sorted(lines, key=lambda one: one.energy_kev):
        fwhm = float(width.fwhm_kev(np.array([max(line.energy_kev, 1.0)]))[0])
        if _alone(line, lines, fwhm):
            moved = _moved_kev(line, lines, fwhm)
            one = _fitted(spectrum, line, tops, fwhm_kev=fwhm, reach=reach, moved_kev=moved)
            if one is not None:
                fitted.append(one)
    return _laid(fitted, degree=degree, channels=len(spectrum.counts), width=found.width)


Fitted = tuple[CalibrationPoint, float]
"""A line that was fitted, and its width [keV]."""


def _laid(
    fitted: Sequence[Fitted], *, degree: int | None, channels: int, width: PeakWidth
) -> LineCalibration:
    usual = 2 if len(fitted) >= _FOR_A_BEND else 1
    wanted = degree if degree is not None else usual
    if len(fitted) <= wanted:
        raise CalibrationError(
            f"calibration: {len(fitted)} of the known lines were found standing alone,"
            f" a polynomial of degree {wanted} needs {wanted + 1}"
        )
    points = tuple(point for point, _ in fitted)
    calibration = calibrate_energy(points, degree=wanted, channels=channels)
    return LineCalibration(
        calibration=calibration,
        width=width,
        lines=tuple(
            UsedLine(
                energy_kev=point.energy_kev,
                channel=point.channel,
                channel_unc=point.channel_unc,
                fwhm_kev=fwhm_kev,
                residual_kev=residual,
            )
            for (point, fwhm_kev), residual in zip(fitted, calibration.residuals_kev, strict=True)
        ),
    )


def _alone(line: KnownLine, lines: Sequence[KnownLine], fwhm: float) -> bool:
    """Return whether no other known line of some strength is near enough to be taken for a line."""
    return not any(
        0 < abs(other.energy_kev - line.energy_kev) < _ALONE_FWHM * fwhm
        and other.weight > _ALONE_WEIGHT * line.weight
        for other in lines
    )


def _moved_kev(line: KnownLine, lines: Sequence[KnownLine], fwhm: float) -> float:
    """Return by how much weaker lines nearby may move a line [keV]."""
    apart = [(abs(other.energy_kev - line.energy_kev), other.weight / line.weight) for other in lines]
    return sum(away * part for away, part in apart if 0 < away < _MOVED_FWHM * fwhm)


def _fitted(
    spectrum: Spectrum,
    line: KnownLine,
    tops: Sequence[Top],
    *,
    fwhm_kev: float,
    reach: float,
    moved_kev: float,
) -> Fitted | None:
    near = [top for top in tops if abs(top.energy_kev - line.energy_kev) <= reach * fwhm_kev]
    if not near:
        return None
    at = channel_of(spectrum, max(near, key=lambda top: top.significance).energy_kev)
    energies = spectrum.energies_kev()
    nearest = min(max(round(at), 1), len(energies) - 2)
    per_channel = float(energies[nearest + 1] - energies[nearest - 1]) / 2.0
    fwhm = fwhm_kev / per_channel
    half = max(round(_HALF_REGION * fwhm), 4)
    region = max(nearest - half, 0), min(nearest + half, len(energies) - 1)
    try:
        fit = fit_region(spectrum, region=region, peaks=(PeakStart(channel=at, fwhm_channels=fwhm),))
    except MeasurementError:
        return None
    peak = fit.peaks[0]
    if (
        not fit.converged
        or not _AS_WIDE[0] < peak.fwhm_channels / fwhm < _AS_WIDE[1]
        or peak.area_counts <= 0
    ):
        return None
    point = CalibrationPoint(
        channel=peak.channel,
        channel_unc=peak.channel_unc,
        energy_kev=line.energy_kev,
        energy_unc_kev=max(_LEAST_UNC_KEV, 0.02 * fwhm_kev) + moved_kev,
    )
    return point, peak.fwhm_channels * per_channel
