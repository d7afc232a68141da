"""How wide a peak is at an energy: FWHM^2 = a + b E + c E^2 (noise, charge, collection)."""

from dataclasses import dataclass

import numpy as np

from counterseal.measurement import arithmetic
from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.spectrum import Floats

FWHM_PER_SIGMA = 2.3548200450309493
_TERMS = 3
_UNIT_KEV = 1000.0
"""Energies are counted in this unit while fitting, so that the equations stay well conditioned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthPoint:
    """The width of one peak.

    Attributes:
        energy_kev: Energy of the peak [keV].
        fwhm_kev: Its full width at half maximum [keV], above 0.
        fwhm_unc_kev: Standard uncertainty of it [keV], above 0.
    """

    energy_kev: float
    fwhm_kev: float
    fwhm_unc_kev: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeakWidth:
    """Width of peaks against energy.

    Attributes:
        a_kev2: Square of the width at energy 0 [keV squared].
        b_kev: Its growth with the energy [keV].
        c: Its growth with the square of the energy [1].
    """

    a_kev2: float
    b_kev: float = 0.0
    c: float = 0.0

    def fwhm_kev(self, energy_kev: Floats) -> Floats:
        """Return the full width at half maximum [keV] at some energies [keV], same shape.

        Raises:
            CalibrationError: the width is not above 0 at one of them.
        """
        energy = np.asarray(energy_kev, dtype=np.float64)
        square = (self.c * energy + self.b_kev) * energy + self.a_kev2
        if not (square > 0).all():
            worst = float(energy.ravel()[int(np.argmin(square))])
            raise CalibrationError(f"width of peaks: is not above 0 at {worst:.6g} keV")
        return np.sqrt(square)

    def fwhm_at(self, energy_kev: float) -> float:
        """Return the full width at half maximum [keV] at one energy [keV]."""
        return float(self.fwhm_kev(np.array([energy_kev]))[0])


def fit_peak_width(points: tuple[WidthPoint, ...], *, terms: int = _TERMS) -> PeakWidth:
    """Return the curve through measured widths, by least squares in the square of the width.

    Terms are left off from the last one while the curve has a width that is not above 0 between 0 and the
    highest point, or falls with the energy at its upper end.

    Args:
        points: At least one; not fewer than the terms that are wanted.
        terms: How many of a, b, c are fitted, 1 to 3.

    Raises:
        CalibrationError: too few points, a width or uncertainty that is not above 0.
    """
    if not 1 <= terms <= _TERMS or len(points) < terms:
        raise CalibrationError(f"width of peaks: {len(points)} points for {terms} terms of at most {_TERMS}")
    if not all(point.fwhm_kev > 0 and point.fwhm_unc_kev > 0 for point in points):
        raise CalibrationError("width of peaks: every width and every uncertainty must be above 0")
    for used in range(terms, 0, -1):
        curve = _fitted(points, used)
        if _usable(curve, max(point.energy_kev for point in points)):
            return curve
    raise CalibrationError("width of peaks: no curve through these points is above 0")


def _fitted(points: tuple[WidthPoint, ...], terms: int) -> PeakWidth:
    powers = [_powers(point.energy_kev / _UNIT_KEV)[:terms] for point in points]
    squares = [point.fwhm_kev * point.fwhm_kev for point in points]
    uncertain = [2 * point.fwhm_kev * point.fwhm_unc_kev for point in points]
    weights = [1.0 / (unc * unc) for unc in uncertain]
    rows = list(zip(weights, powers, squares, strict=True))
    matrix = [
        [arithmetic.total([w * p[i] * p[j] for w, p, _ in rows]) for j in range(terms)] for i in range(terms)
    ]
    vector = [arithmetic.total([w * p[i] * y for w, p, y in rows]) for i in range(terms)]
    found = [*arithmetic.solve(matrix, vector).tolist(), 0.0, 0.0]
    return PeakWidth(a_kev2=found[0], b_kev=found[1] / _UNIT_KEV, c=found[2] / (_UNIT_KEV * _UNIT_KEV))


def _powers(x: float) -> list[float]:
    return [1.0, x, x * x]


def _usable(curve: PeakWidth, top_kev: float) -> bool:
    steps = np.arange(65) * (top_kev / 64)
    squares = (curve.c * steps + curve.b_kev) * steps + curve.a_kev2
    return bool((squares > 0).all() and (2 * curve.c * top_kev + curve.b_kev >= 0 or curve.b_kev == 0))
