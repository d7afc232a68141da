"""Efficiency against energy: ln(efficiency) is a polynomial in ln(energy).

Absolute where the points are; relative where they come from lines of one or more sources of unknown strength,
each of which then has a factor of its own that is fitted along.
"""

from dataclasses import dataclass

import numpy as np

from counterseal.measurement import arithmetic
from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.spectrum import Floats

MAX_DEGREE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class EfficiencyPoint:
    """What a line says about the efficiency.

    Attributes:
        energy_kev: Energy of the line [keV], above 0.
        efficiency: Net counts per photon, or per photon intensity where the strength is not known; above 0.
        relative_unc: Its relative standard uncertainty [1], above 0.
        group: The source or nuclide whose unknown strength it shares; empty where it is absolute.
    """

    energy_kev: float
    efficiency: float
    relative_unc: float
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """An efficiency curve with its uncertainty.

    Attributes:
        reference_kev: Energy at which the logarithm is taken as 0 [keV].
        coefficients: Of ln(efficiency) in powers of ln(energy / reference), constant first.
        covariance: Covariance of these, then of the logarithms of the factors; rows as tuples.
        factors: Group and ln(factor) of every group after the first, which has factor 1.
        chi_square: Sum of squared residuals over their variance.
        degrees_of_freedom: Points less what was fitted.
    """

    reference_kev: float
    coefficients: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    factors: tuple[tuple[str, float], ...] = ()
    chi_square: float = 0.0
    degrees_of_freedom: int = 0

    def at(self, energy_kev: Floats) -> Floats:
        """Return the efficiency at energies [keV] above 0, in the scale of the first group; same shape."""
        place = arithmetic.log(np.asarray(energy_kev, dtype=np.float64) / self.reference_kev)
        value = np.zeros_like(place)
        for coefficient in reversed(self.coefficients):
            value = value * place + coefficient
        return arithmetic.exp(value)

    def relative_unc_at(self, energy_kev: float) -> float:
        """Return the relative standard uncertainty [1] of the curve at an energy [keV], of the fit alone."""
        place = arithmetic.log(energy_kev / self.reference_kev)
        powers = _powers(place, len(self.coefficients))
        parts = [
            powers[i] * self.covariance[i][j] * powers[j]
            for i in range(len(powers))
            for j in range(len(powers))
        ]
        return float(np.sqrt(max(arithmetic.total(parts), 0.0)))


def fit_efficiency(points: tuple[EfficiencyPoint, ...], *, degree: int) -> Efficiency:
    """Return the curve of a degree through points, with a free factor for every group but the first.

    Args:
        points: What each line says; more than the degree plus the number of groups.
        degree: Degree of the polynomial in ln(energy), 0 to 6.

    Raises:
        CalibrationError: too few points, a value that is not above 0, or groups that share no energies with
            the rest so that curve and factors cannot be told apart.
    """
    groups = list(dict.fromkeys(point.group for point in points))
    size = degree + len(groups)
    if not 0 <= degree <= MAX_DEGREE or len(points) < size:
        raise CalibrationError(
            f"efficiency: {len(points)} points for a degree of {degree}, {len(groups)} groups"
        )
    if not all(min(point.energy_kev, point.efficiency, point.relative_unc) > 0 for point in points):
        raise CalibrationError("efficiency: energies, efficiencies and uncertainties must be above 0")
    reference_kev = sorted(point.energy_kev for point in points)[len(points) // 2]
    rows = [_row(point, reference_kev, degree, groups) for point in points]
    values = [arithmetic.log(point.efficiency) for point in points]
    weights = [1.0 / (point.relative_unc * point.relative_unc) for point in points]
    table = list(zip(weights, rows, values, strict=True))
    matrix = [
        [arithmetic.total([w * r[i] * r[j] for w, r, _ in table]) for j in range(size)] for i in range(size)
    ]
    vector = [arithmetic.total([w * r[i] * y for w, r, y in table]) for i in range(size)]
    found = arithmetic.solve(matrix, vector).tolist()
    missed = [(w, y - arithmetic.dot(r, found)) for w, r, y in table]
    return Efficiency(
        reference_kev=reference_kev,
        coefficients=tuple(found[: degree + 1]),
        covariance=tuple(tuple(row) for row in arithmetic.inverse(matrix).tolist()),
        factors=tuple(zip(groups[1:], found[degree + 1 :], strict=True)),
        chi_square=arithmetic.total([w * gap * gap for w, gap in missed]),
        degrees_of_freedom=len(points) - size,
    )


def _row(point: EfficiencyPoint, reference_kev: float, degree: int, groups: list[str]) -> list[float]:
    place = arithmetic.log(point.energy_kev / reference_kev)
    offsets = [1.0 if point.group == group else 0.0 for group in groups[1:]]
    return _powers(place, degree + 1) + offsets


def _powers(x: float, size: int) -> list[float]:
    found = [1.0]
    for _ in range(size - 1):
        found.append(found[-1] * x)
    return found
