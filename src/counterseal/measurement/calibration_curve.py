"""Mass from a passive calibration curve, doubles against effective mass of Pu-240."""

import math
from dataclasses import dataclass

from counterseal.measurement.coincidence_rates import CoincidenceRates
from counterseal.measurement.covariance import Matrix, propagated
from counterseal.measurement.errors import CalibrationError, MeasurementError

_STEPS = 60
_SETTLED = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCurve:
    """Doubles of an item: ``a + b m + c m^2 + d m^3``, with ``m`` its effective mass of Pu-240 [g].

    Attributes:
        coefficients: ``(a, b, c, d)`` [1/s per g to the power 0, 1, 2, 3]; ``b`` above 0.
        covariance: Their covariance, shape (4, 4).
    """

    coefficients: tuple[float, float, float, float]
    covariance: Matrix = ((0.0,) * 4,) * 4

    def __post_init__(self) -> None:
        """Refuse a curve that does not rise from the origin."""
        if not all(math.isfinite(value) for value in self.coefficients) or not self.coefficients[1] > 0.0:
            raise CalibrationError(f"calibration curve {self.coefficients}: b must be above 0, all finite")


def mass_on_curve(rates: CoincidenceRates, *, curve: CalibrationCurve) -> tuple[float, float]:
    """Return the effective mass of Pu-240 that has these doubles, and its standard uncertainty [g].

    Args:
        rates: Net rates with their covariance; doubles alone are used.
        curve: Doubles by effective mass of Pu-240.

    Raises:
        MeasurementError: Newton's method from the straight line finds no mass, or the curve falls there.
    """
    a, b, c, d = curve.coefficients
    doubles = rates.doubles_per_s
    mass, step = (doubles - a) / b, math.inf
    for _ in range(_STEPS):
        slope = b + mass * (2.0 * c + mass * 3.0 * d)
        if not slope > 0.0:
            break
        step = (a + mass * (b + mass * (c + mass * d)) - doubles) / slope
        mass -= step
    else:
        if abs(step) <= _SETTLED * max(1.0, abs(mass)):
            slope = b + mass * (2.0 * c + mass * 3.0 * d)
            jacobian = ((1.0, -1.0, -mass, -mass * mass, -mass * mass * mass),)
            variance = propagated(jacobian, _joined(rates, curve))[0][0] / (slope * slope)
            return mass, math.sqrt(max(0.0, variance))
    raise MeasurementError(f"calibration curve: no mass has {doubles:g} doubles /s")


def _joined(rates: CoincidenceRates, curve: CalibrationCurve) -> Matrix:
    top = (rates.covariance[1][1], 0.0, 0.0, 0.0, 0.0)
    return (top, *((0.0, *row) for row in curve.covariance))
