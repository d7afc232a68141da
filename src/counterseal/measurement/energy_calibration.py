"""Energy calibration: the scale through peaks of known energy."""

import math
from dataclasses import dataclass

import numpy as np

from counterseal.measurement import arithmetic
from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.spectrum import EnergyScale, Spectrum

MAX_DEGREE = 3
_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationPoint:
    """A peak whose energy is known.

    Attributes:
        channel: Its measured position [channel].
        channel_unc: Standard uncertainty of that [channel], at least 0.
        energy_kev: Its known energy [keV].
        energy_unc_kev: Standard uncertainty of that [keV], at least 0; not both may be 0.
    """

    channel: float
    channel_unc: float
    energy_kev: float
    energy_unc_kev: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyCalibration:
    """An energy scale with what its points say about it.

    Attributes:
        scale: Scale that was fitted.
        residuals_kev: Known less fitted energy of each point [keV], in their order.
        chi_square: Sum of squared residuals over their variance.
        degrees_of_freedom: Points less coefficients.
        centre: Channel at which the channel is counted as 0 in the fit [channel].
        span: Number of channels that count as 1 in the fit [channel].
        covariance: Covariance of the coefficients in these units [keV squared], rows as tuples.
    """

    scale: EnergyScale
    residuals_kev: tuple[float, ...]
    chi_square: float
    degrees_of_freedom: int
    centre: float
    span: float
    covariance: tuple[tuple[float, ...], ...]

    def unc_at(self, channel: float) -> float:
        """Return the standard uncertainty of the scale at a channel, from its points alone [keV]."""
        powers = _powers((channel - self.centre) / self.span, len(self.covariance))
        size = range(len(powers))
        return math.sqrt(
            max(
                arithmetic.total([powers[i] * self.covariance[i][j] * powers[j] for i in size for j in size]),
                0.0,
            )
        )


def calibrate_energy(
    points: tuple[CalibrationPoint, ...], *, degree: int, channels: int
) -> EnergyCalibration:
    """Return the polynomial through peaks of known energy, by weighted least squares.

    Args:
        points: Peaks, more than the degree, at different channels.
        degree: Degree of the polynomial, 1 to 3.
        channels: Number of channels on which the scale is to be used.

    Raises:
        CalibrationError: too few points, one without any uncertainty, or a scale that does not increase from
            the first channel to the last.
    """
    if not 1 <= degree <= MAX_DEGREE or len({point.channel for point in points}) <= degree:
        raise CalibrationError(
            f"energy calibration: {len(points)} points for a degree of {degree} (1 to {MAX_DEGREE})"
        )
    if not all(min(p.channel_unc, p.energy_unc_kev) >= 0 < p.channel_unc + p.energy_unc_kev for p in points):
        raise CalibrationError("energy calibration: every point needs an uncertainty above 0")
    centre = 0.5 * (min(p.channel for p in points) + max(p.channel for p in points))
    span = max(max(p.channel for p in points) - centre, 1.0)
    rows = [_powers((p.channel - centre) / span, degree + 1) for p in points]
    slopes = [_mean_slope(points)] * len(points)
    for _ in range(_ROUNDS):
        weights = [
            1.0 / (s * s * p.channel_unc * p.channel_unc + p.energy_unc_kev * p.energy_unc_kev)
            for s, p in zip(slopes, points, strict=True)
        ]
        found, matrix = _solved(rows, [p.energy_kev for p in points], weights)
        slopes = [
            arithmetic.total([i * found[i] * row[i - 1] for i in range(1, degree + 1)]) / span for row in rows
        ]
    residuals = [p.energy_kev - arithmetic.dot(row, found) for p, row in zip(points, rows, strict=True)]
    scale = EnergyScale(coefficients_kev=_in_channels(found, centre, span))
    if not _increases(scale, channels):
        raise CalibrationError(
            f"energy calibration: the scale does not increase over all {channels} channels"
        )
    return EnergyCalibration(
        scale=scale,
        residuals_kev=tuple(residuals),
        chi_square=arithmetic.total([w * r * r for w, r in zip(weights, residuals, strict=True)]),
        degrees_of_freedom=len(points) - degree - 1,
        centre=centre,
        span=span,
        covariance=tuple(tuple(row) for row in arithmetic.inverse(matrix).tolist()),
    )


def channel_of(spectrum: Spectrum, energy_kev: float) -> float:
    """Return the position of an energy on the scale of a spectrum [channel], linear within a channel.

    Args:
        spectrum: A spectrum with an energy scale.
        energy_kev: The energy [keV].

    Raises:
        MeasurementError: the spectrum has no increasing scale, or the energy is outside of it.
    """
    energies = spectrum.energies_kev()
    if not energies[0] <= energy_kev <= energies[-1]:
        raise MeasurementError(
            f"{energy_kev:.6g} keV: is outside of the scale, {energies[0]:.6g} to {energies[-1]:.6g} keV"
        )
    above = max(int(np.searchsorted(energies, energy_kev)), 1)
    low, high = float(energies[above - 1]), float(energies[above])
    return above - 1 + (energy_kev - low) / (high - low)


def _solved(
    rows: list[list[float]], values: list[float], weights: list[float]
) -> tuple[list[float], list[list[float]]]:
    size = range(len(rows[0]))
    table = list(zip(weights, rows, values, strict=True))
    matrix = [[arithmetic.total([w * r[i] * r[j] for w, r, _ in table]) for j in size] for i in size]
    vector = [arithmetic.total([w * r[i] * y for w, r, y in table]) for i in size]
    found: list[float] = arithmetic.solve(matrix, vector).tolist()
    return found, matrix


def _mean_slope(points: tuple[CalibrationPoint, ...]) -> float:
    low, high = min(points, key=lambda p: p.channel), max(points, key=lambda p: p.channel)
    return (high.energy_kev - low.energy_kev) / (high.channel - low.channel)


def _powers(x: float, size: int) -> list[float]:
    found = [1.0]
    for _ in range(size - 1):
        found.append(found[-1] * x)
    return found


def _in_channels(found: list[float], centre: float, span: float) -> tuple[float, ...]:
    """Return the coefficients in powers of the channel from those in powers of (channel - centre) / span."""
    added = [0.0] * len(found)
    for coefficient in reversed(found):
        # Horner's rule on polynomials: what is there, times (channel - centre) / span, plus the next one.
        shifted = [0.0, *added[:-1]]
        added = [(up - centre * here) / span for up, here in zip(shifted, added, strict=True)]
        added[0] += coefficient
    return tuple(added)


def _increases(scale: EnergyScale, channels: int) -> bool:
    energies = scale.energy_kev(np.arange(max(channels, 2), dtype=np.float64))
    return bool((np.diff(energies) > 0).all())
