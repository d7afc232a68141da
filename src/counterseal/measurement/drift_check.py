"""The gate that a check source must pass: are its lines where they belong, and as wide as they should be?"""

import math
from dataclasses import dataclass
from enum import StrEnum

from counterseal.measurement.energy_calibration import channel_of
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.region_fit import PeakStart, RegionFit, fit_region
from counterseal.measurement.spectrum import Spectrum

_HALF_WINDOW = 2.5
"""Half-length of the region around a check line in full widths at half maximum."""
_LEAST_HALF_WINDOW = 6


class DriftReason(StrEnum):
    """Why a check line passed or did not."""

    WITHIN_LIMITS = "within-limits"
    NOT_FITTED = "not-fitted"
    TOO_FEW_COUNTS = "too-few-counts"
    SHIFTED = "shifted"
    WRONG_WIDTH = "wrong-width"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLimits:
    """What a check source must show. The protocol sets it, in whole numbers.

    Attributes:
        shift_ev: Largest distance of a line from its known energy [eV].
        width_permille: Largest difference of its width from the expected one [per mille of that].
        least_net_counts: Fewest net counts in a line.
    """

    shift_ev: int
    width_permille: int
    least_net_counts: int

    def __post_init__(self) -> None:
        """Refuse limits that nothing or everything would pass."""
        if min(self.shift_ev, self.width_permille, self.least_net_counts) <= 0:
            raise MeasurementError(
                f"limits of a check source {self.shift_ev} eV, {self.width_permille} per mille,"
                f" {self.least_net_counts} counts: must be above 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDrift:
    """What one check line showed.

    Attributes:
        energy_kev: Its known energy [keV].
        shift_kev: Measured less known energy [keV]; 0 where it could not be fitted.
        shift_unc_kev: Standard uncertainty of that [keV].
        width_ratio: Measured over expected width [1].
        net_counts: Net counts of it.
        reason: Which rule decided.
    """

    energy_kev: float
    shift_kev: float
    shift_unc_kev: float
    width_ratio: float
    net_counts: float
    reason: DriftReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftCheck:
    """What a check source showed: one line each, all of which must pass."""

    lines: tuple[LineDrift, ...]

    @property
    def passed(self) -> bool:
        """Whether every line is within the limits; never so without a line."""
        return bool(self.lines) and all(line.reason is DriftReason.WITHIN_LIMITS for line in self.lines)


def check_drift(
    spectrum: Spectrum, *, lines_kev: tuple[float, ...], width: PeakWidth, limits: DriftLimits
) -> DriftCheck:
    """Return whether the lines of a check source are where the scale of a spectrum has them.

    Args:
        spectrum: Measurement of the check source, on the scale that the item will be measured with.
        lines_kev: Known energies of lines that stand alone [keV], at least one.
        width: Expected width of peaks.
        limits: What is agreed.

    Raises:
        MeasurementError: no line is given, or one is outside of the scale.
    """
    if not lines_kev:
        raise MeasurementError("check source: no line is given, so nothing would be checked")
    return DriftCheck(lines=tuple(_line_drift(spectrum, energy, width, limits) for energy in lines_kev))


def _line_drift(spectrum: Spectrum, energy_kev: float, width: PeakWidth, limits: DriftLimits) -> LineDrift:
    channel = channel_of(spectrum, energy_kev)
    energies = spectrum.energies_kev()
    nearest = min(max(round(channel), 1), len(energies) - 2)
    kev_per_channel = float(energies[nearest + 1] - energies[nearest - 1]) / 2
    fwhm = width.fwhm_at(energy_kev) / kev_per_channel
    half = max(math.ceil(_HALF_WINDOW * fwhm), _LEAST_HALF_WINDOW)
    region = max(nearest - half, 0), min(nearest + half, len(energies) - 1)
    try:
        fit = fit_region(spectrum, region=region, peaks=(PeakStart(channel=channel, fwhm_channels=fwhm),))
    except MeasurementError:
        fit = None
    if fit is None or not fit.converged:
        reason = DriftReason.NOT_FITTED
        return LineDrift(
            energy_kev=energy_kev,
            shift_kev=0.0,
            shift_unc_kev=0.0,
            width_ratio=0.0,
            net_counts=0.0,
            reason=reason,
        )
    return _judged(
        fit, energy_kev=energy_kev, kev_per_channel=kev_per_channel, fwhm_channels=fwhm, limits=limits
    )


def _judged(
    fit: RegionFit, *, energy_kev: float, kev_per_channel: float, fwhm_channels: float, limits: DriftLimits
) -> LineDrift:
    peak = fit.peaks[0]
    shift_kev = (peak.energy_kev or 0.0) - energy_kev
    ratio = peak.fwhm_channels / fwhm_channels
    if peak.area_counts < limits.least_net_counts:
        reason = DriftReason.TOO_FEW_COUNTS
    elif abs(shift_kev) * 1000.0 > limits.shift_ev:
        reason = DriftReason.SHIFTED
    elif abs(ratio - 1.0) * 1000.0 > limits.width_permille:
        reason = DriftReason.WRONG_WIDTH
    else:
        reason = DriftReason.WITHIN_LIMITS
    return LineDrift(
        energy_kev=energy_kev,
        shift_kev=shift_kev,
        shift_unc_kev=peak.channel_unc * kev_per_channel,
        width_ratio=ratio,
        net_counts=peak.area_counts,
        reason=reason,
    )
