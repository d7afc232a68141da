"""Composition of plutonium, what follows from it for neutrons, and assay with alpha known from it.

References:
    [PANDA-1991], chapters 11 and 16; forms as in INCC [INCC-6].
"""

import math
from dataclasses import dataclass

from counterseal.measurement.coincidence_rates import CoincidenceRates
from counterseal.measurement.covariance import Matrix, propagated
from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.reference.neutron_data import (
    FISSION_NEUTRON_WEIGHTS,
    FISSION_NEUTRONS_PER_S_G,
    OXIDE_ALPHA_NEUTRONS,
    PU240_EFFECTIVE,
    IsotopeWeights,
)

_PERCENT = 100.0
_SUM_TOLERANCE = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlutoniumComposition:
    """Isotopes of plutonium, on the day of the measurement (decay is worked out before).

    Attributes:
        pu238: Share of all plutonium [% of mass], and the same for the other isotopes.
        am241: Americium-241 [% of the mass of plutonium].
    """

    pu238: float
    pu239: float
    pu240: float
    pu241: float
    pu242: float
    am241: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that are no shares."""
        shares = (self.pu238, self.pu239, self.pu240, self.pu241, self.pu242)
        if not all(math.isfinite(share) and 0.0 <= share <= _PERCENT for share in (*shares, self.am241)):
            raise MeasurementError("composition: a share is not between 0 and 100 %")
        if abs(math.fsum(shares) - _PERCENT) > _SUM_TOLERANCE:
            raise MeasurementError(
                f"composition: plutonium adds up to {math.fsum(shares):g} %,"
                f" must be 100 within {_SUM_TOLERANCE:g}"
            )


def weighted_share(composition: PlutoniumComposition, weights: IsotopeWeights) -> float:
    """Return the sum of shares [%], each multiplied with its isotope's weight.

    Args:
        composition: Shares of the isotopes [%].
        weights: What each is multiplied with, in the unit of the result over %.
    """
    names = ("pu238", "pu239", "pu240", "pu241", "pu242", "am241")
    return math.fsum(getattr(composition, name) * getattr(weights, name) for name in names)


def effective_pu240_percent(composition: PlutoniumComposition) -> float:
    """Return the effective Pu-240, ``2.52 f238 + f240 + 1.68 f242`` [% of the mass of plutonium].

    Examples:
        >>> round(effective_pu240_percent(PlutoniumComposition(pu238=0.0511, pu239=82.8336, pu240=16.4876,
        ...     pu241=0.2797, pu242=0.3481)), 3)
        17.201
    """
    return weighted_share(composition, PU240_EFFECTIVE)


def oxide_alpha(composition: PlutoniumComposition) -> float:
    """Return alpha of pure plutonium dioxide: (alpha, n) neutrons per spontaneous-fission neutron.

    Raises:
        MeasurementError: the composition holds nothing that fissions by itself.
    """
    fission = FISSION_NEUTRONS_PER_S_G * weighted_share(composition, FISSION_NEUTRON_WEIGHTS)
    if not fission > 0.0:
        raise MeasurementError("composition without Pu-238, Pu-240 and Pu-242: alpha has no meaning")
    return weighted_share(composition, OXIDE_ALPHA_NEUTRONS) / fission


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlphaCalibration:
    """How corrected doubles turn into mass when alpha is known: ``doubles = a + b mass``.

    Attributes:
        rho_zero: Doubles over singles of a small pure metal item.
        k: Constant of the counter and of nuclear data, 2.166 in INCC.
        a_per_s: Doubles of an empty item [1/s].
        b_per_s_g: Doubles per gram of effective Pu-240 [1/(s g)].
        covariance: Covariance of ``a`` and ``b``, shape (2, 2).
    """

    rho_zero: float
    k: float
    a_per_s: float
    b_per_s_g: float
    covariance: Matrix = ((0.0, 0.0), (0.0, 0.0))

    def __post_init__(self) -> None:
        """Refuse a calibration that gives no mass."""
        if not all(math.isfinite(value) and value > 0.0 for value in (self.rho_zero, self.k, self.b_per_s_g)):
            raise CalibrationError("known alpha: rho zero, k and b must be above 0")
        if not math.isfinite(self.a_per_s):
            raise CalibrationError("known alpha: a must be finite")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlphaItem:
    """An item assayed with its alpha taken as known.

    Attributes:
        multiplication: Its leakage multiplication.
        alpha: The alpha that was given.
        corrected_doubles_per_s: Doubles that it would have without multiplication [1/s].
        m240_g: Effective mass of Pu-240 [g].
        covariance: Covariance of multiplication, corrected doubles and mass, shape (3, 3).
    """

    multiplication: float
    alpha: float
    corrected_doubles_per_s: float
    m240_g: float
    covariance: Matrix

    @property
    def uncertainties(self) -> tuple[float, float, float]:
        """Standard uncertainties of multiplication, corrected doubles [1/s] and mass [g]."""
        first, second, third = (math.sqrt(max(0.0, self.covariance[i][i])) for i in range(3))
        return first, second, third


def solve_known_alpha(
    rates: CoincidenceRates, *, alpha: float, calibration: KnownAlphaCalibration
) -> KnownAlphaItem:
    """Return the item that has these singles and doubles with this alpha.

    With ``r = (D/S) (1 + alpha) / rho_zero``, the multiplication is the positive root of ``k (1 + alpha)
    M^2 + (1 - k (1 + alpha)) M - r = 0``, and the corrected doubles are ``D / (r M)``.

    Args:
        rates: Net rates with their covariance; triples are not used.
        alpha: (alpha, n) neutrons per neutron of spontaneous fission, at least 0; taken as exact.
        calibration: The calibration for known alpha.

    Raises:
        MeasurementError: singles or doubles are not above 0, or alpha is below 0.
    """
    singles, doubles, _ = rates.values
    if not (singles > 0.0 and doubles > 0.0 and math.isfinite(alpha) and alpha >= 0.0):
        raise MeasurementError(
            f"known alpha: singles {singles:g} /s and doubles {doubles:g} /s must be above 0,"
            f" alpha {alpha:g} at least 0"
        )
    square = calibration.k * (1.0 + alpha)
    ratio = doubles / singles * (1.0 + alpha) / calibration.rho_zero
    spread = math.sqrt((1.0 - square) * (1.0 - square) + 4.0 * square * ratio)
    root = (square - 1.0 + spread) / (2.0 * square)
    corrected = doubles / (ratio * root)
    mass = (corrected - calibration.a_per_s) / calibration.b_per_s_g
    by_ratio = 1.0 / spread
    by_singles, by_doubles = -by_ratio * ratio / singles, by_ratio * ratio / doubles
    corrected_slopes = (corrected / singles - corrected / root * by_singles, -corrected / root * by_doubles)
    scale = calibration.b_per_s_g
    jacobian = (
        (by_singles, by_doubles, 0.0, 0.0),
        (*corrected_slopes, 0.0, 0.0),
        (corrected_slopes[0] / scale, corrected_slopes[1] / scale, -1.0 / scale, -mass / scale),
    )
    return KnownAlphaItem(
        multiplication=root,
        alpha=alpha,
        corrected_doubles_per_s=corrected,
        m240_g=mass,
        covariance=propagated(jacobian, _joined(rates.covariance, calibration.covariance)),
    )


def _joined(rates: Matrix, calibration: Matrix) -> Matrix:
    """Return the covariance of singles, doubles, a, b: the first two and the last two independent."""
    (first, cross), (_, second) = rates[0][:2], rates[1][:2]
    (a, ab), (_, b) = calibration
    return ((first, cross, 0.0, 0.0), (cross, second, 0.0, 0.0), (0.0, 0.0, a, ab), (0.0, 0.0, ab, b))
