"""Assay of plutonium by neutron coincidences: a mass, or *no decision* with the reasons.

Multiplicity data can give answers that no item has. Such answers are not passed on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from counterseal.measurement.calibration_curve import CalibrationCurve, mass_on_curve
from counterseal.measurement.coincidence_rates import CoincidenceRates
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.known_alpha import KnownAlphaCalibration, solve_known_alpha
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.point_model import solve_point_model
from counterseal.measurement.pulse_quality import ACCIDENTALS_FOLLOW, REALS_PRESENT, QualityCheck

FATAL_CHECKS = frozenset({REALS_PRESENT, ACCIDENTALS_FOLLOW})
"""Checks of `pulse_quality` without which no rate means anything."""
COVERAGE = 2.0
_PERCENT = 100.0


class AssayState(StrEnum):
    """Whether an assay has a result."""

    MEASURED = "measured"
    """The data give an item that can be."""
    NO_DECISION = "no-decision"
    """They do not; no result may be used."""


class AssayMethod(StrEnum):
    """How a mass was found."""

    POINT_MODEL = "point-model"
    KNOWN_ALPHA = "known-alpha"
    CALIBRATION_CURVE = "calibration-curve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure and its standard uncertainty, from counting and calibration."""

    value: float
    unc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why there is no result.

    Attributes:
        code: A short fixed word.
        found: What was found, in a line.
    """

    code: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assay:
    """What an assay came to. Figures stay in it without a decision, for those who look for the reason.

    Attributes:
        method: How it was done.
        rates: Net rates that it rests on; None where there are none.
        multiplication: Leakage multiplication; None where the method has none.
        alpha: (alpha, n) neutrons per neutron of spontaneous fission; without uncertainty where it was given.
        m240_g: Effective mass of Pu-240 [g].
        pu_mass_g: Mass of plutonium [g]; None where the composition is not known.
        reasons: Why there is no decision; empty where there is a result.
    """

    method: AssayMethod
    rates: CoincidenceRates | None
    multiplication: Estimate | None = None
    alpha: Estimate | None = None
    m240_g: Estimate | None = None
    pu_mass_g: Estimate | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def state(self) -> AssayState:
        """Whether it has a result."""
        return AssayState.NO_DECISION if self.reasons or self.m240_g is None else AssayState.MEASURED


def assay_by_point_model(
    rates: CoincidenceRates,
    *,
    counter: NeutronCounter,
    effective_percent: float | None,
    checks: Sequence[QualityCheck] = (),
    coverage: float = COVERAGE,
) -> Assay:
    """Return an item's multiplication, alpha and mass from its three rates.

    There is no decision where doubles or triples are not above 0 by ``coverage`` standard uncertainties,
    where multiplication is below 1, or alpha or mass below 0, by as many, where the model has no answer,
    and where a check failed without which rates mean nothing.

    Args:
        rates: Net rates with their covariance.
        counter: The counter.
        effective_percent: Effective Pu-240 [% of plutonium], or None where the composition is not known.
        checks: Checks of the measurement.
        coverage: Standard uncertainties that an unphysical figure must be off.
    """
    reasons = [*_failed(checks), *_not_seen(rates, kinds=(1, 2), coverage=coverage)]
    try:
        item = solve_point_model(rates, counter=counter)
    except MeasurementError as error:
        reasons.append(Reason(code="no-solution", found=str(error)))
        return Assay(method=AssayMethod.POINT_MODEL, rates=rates, reasons=tuple(reasons))
    values = (item.multiplication, item.alpha, item.m240_g)
    multiplication, alpha, mass = (
        Estimate(value=value, unc=unc) for value, unc in zip(values, item.uncertainties, strict=True)
    )
    reasons += _below(multiplication, least=1.0, code="multiplication-below-1", coverage=coverage)
    reasons += _below(alpha, least=0.0, code="alpha-below-0", coverage=coverage)
    return Assay(
        method=AssayMethod.POINT_MODEL,
        rates=rates,
        multiplication=multiplication,
        alpha=alpha,
        m240_g=mass,
        pu_mass_g=_plutonium(mass, effective_percent),
        reasons=tuple(reasons),
    )


def assay_by_known_alpha(
    rates: CoincidenceRates,
    *,
    alpha: float,
    calibration: KnownAlphaCalibration,
    effective_percent: float | None,
    checks: Sequence[QualityCheck] = (),
    coverage: float = COVERAGE,
) -> Assay:
    """Return an item's multiplication and mass from singles and doubles, with alpha taken as known.

    Args:
        rates: Net rates with their covariance; triples are not used.
        alpha: The item's alpha, such as `known_alpha.oxide_alpha` gives for pure oxide.
        calibration: The calibration for known alpha.
        effective_percent: Effective Pu-240 [% of plutonium], or None where the composition is not known.
        checks: Checks of the measurement.
        coverage: Standard uncertainties that an unphysical figure must be off.
    """
    reasons = [*_failed(checks), *_not_seen(rates, kinds=(1,), coverage=coverage)]
    try:
        item = solve_known_alpha(rates, alpha=alpha, calibration=calibration)
    except MeasurementError as error:
        reasons.append(Reason(code="no-solution", found=str(error)))
        return Assay(method=AssayMethod.KNOWN_ALPHA, rates=rates, reasons=tuple(reasons))
    unc = item.uncertainties
    multiplication = Estimate(value=item.multiplication, unc=unc[0])
    mass = Estimate(value=item.m240_g, unc=unc[2])
    reasons += _below(multiplication, least=1.0, code="multiplication-below-1", coverage=coverage)
    reasons += _below(mass, least=0.0, code="mass-below-0", coverage=coverage)
    return Assay(
        method=AssayMethod.KNOWN_ALPHA,
        rates=rates,
        multiplication=multiplication,
        alpha=Estimate(value=alpha, unc=0.0),
        m240_g=mass,
        pu_mass_g=_plutonium(mass, effective_percent),
        reasons=tuple(reasons),
    )


def assay_by_curve(
    rates: CoincidenceRates,
    *,
    curve: CalibrationCurve,
    effective_percent: float | None,
    checks: Sequence[QualityCheck] = (),
    coverage: float = COVERAGE,
) -> Assay:
    """Return an item's mass from its doubles and a calibration curve.

    Args:
        rates: Net rates with their covariance; doubles alone are used.
        curve: The counter's calibration curve.
        effective_percent: Effective Pu-240 [% of plutonium], or None where the composition is not known.
        checks: Checks of the measurement.
        coverage: Standard uncertainties that an unphysical figure must be off.
    """
    reasons = [*_failed(checks), *_not_seen(rates, kinds=(1,), coverage=coverage)]
    try:
        value, unc = mass_on_curve(rates, curve=curve)
    except MeasurementError as error:
        reasons.append(Reason(code="no-solution", found=str(error)))
        return Assay(method=AssayMethod.CALIBRATION_CURVE, rates=rates, reasons=tuple(reasons))
    mass = Estimate(value=value, unc=unc)
    reasons += _below(mass, least=0.0, code="mass-below-0", coverage=coverage)
    return Assay(
        method=AssayMethod.CALIBRATION_CURVE,
        rates=rates,
        m240_g=mass,
        pu_mass_g=_plutonium(mass, effective_percent),
        reasons=tuple(reasons),
    )


def _failed(checks: Sequence[QualityCheck]) -> list[Reason]:
    return [
        Reason(code=check.check, found=check.found)
        for check in checks
        if not check.passed and check.check in FATAL_CHECKS
    ]


def _not_seen(rates: CoincidenceRates, *, kinds: tuple[int, ...], coverage: float) -> list[Reason]:
    found = []
    for kind in kinds:
        name, value, unc = (
            ("singles", "doubles", "triples")[kind],
            rates.values[kind],
            rates.uncertainties_per_s[kind],
        )
        if value <= coverage * unc:
            code = f"{name}-not-above-0"
            found.append(Reason(code=code, found=f"{name} {value:.6g} +- {unc:.2g} /s: not above 0"))
    return found


def _below(estimate: Estimate, *, least: float, code: str, coverage: float) -> list[Reason]:
    if estimate.value >= least - coverage * estimate.unc:
        return []
    what = code.split("-", maxsplit=1)[0]
    return [Reason(code=code, found=f"{what} {estimate.value:.4g} +- {estimate.unc:.2g}: below {least:g}")]


def _plutonium(mass: Estimate, effective_percent: float | None) -> Estimate | None:
    if effective_percent is None or not effective_percent > 0.0:
        return None
    share = effective_percent / _PERCENT
    return Estimate(value=mass.value / share, unc=mass.unc / share)
