"""One item as a coincidence counter counted it, with all that its assay needs."""

from dataclasses import dataclass

from counterseal.measurement.assay import (
    Assay,
    AssayMethod,
    Reason,
    assay_by_curve,
    assay_by_known_alpha,
    assay_by_point_model,
)
from counterseal.measurement.calibration_curve import CalibrationCurve
from counterseal.measurement.coincidence_rates import CoincidenceRates, CountedCycle, rates_of_cycles
from counterseal.measurement.counting_scatter import rates_of_one_run
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.known_alpha import (
    KnownAlphaCalibration,
    PlutoniumComposition,
    effective_pu240_percent,
    oxide_alpha,
)
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.pulse_quality import REALS_PRESENT, QualityCheck, check_quality


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountedItem:
    """What was counted of an item, and with what.

    Attributes:
        cycles: What was counted, in cycles of one length; one where the run is undivided.
        counter: The counter.
        background: Background rates, or None where none is taken off.
        composition: Composition of the item's plutonium on the day, or None where it is not known.
        point_model: Whether the counter is calibrated for triples.
        known_alpha: Calibration for known alpha, or None.
        alpha: Alpha to take as known; None for that of pure oxide of the composition.
        curve: Calibration curve, or None.
        printed: Rates that a report prints, or None.
        decayed: Whether the composition was decayed here from a declared one, with half-lives of INCC.
    """

    cycles: tuple[CountedCycle, ...]
    counter: NeutronCounter
    background: CoincidenceRates | None = None
    composition: PlutoniumComposition | None = None
    point_model: bool = True
    known_alpha: KnownAlphaCalibration | None = None
    alpha: float | None = None
    curve: CalibrationCurve | None = None
    printed: CoincidenceRates | None = None
    decayed: bool = False

    def methods(self) -> tuple[AssayMethod, ...]:
        """Return the methods for which there is a calibration, the one that tells most first."""
        found = [AssayMethod.POINT_MODEL] if self.point_model else []
        if self.known_alpha is not None and (self.alpha is not None or self.composition is not None):
            found.append(AssayMethod.KNOWN_ALPHA)
        if self.curve is not None:
            found.append(AssayMethod.CALIBRATION_CURVE)
        return tuple(found)


def item_rates(item: CountedItem) -> CoincidenceRates:
    """Return an item's net rates, with covariance from its cycles, or from counting where there is one.

    Raises:
        MeasurementError: R+A data are missing, or cycles are not of one length.
    """
    if len(item.cycles) == 1:
        return rates_of_one_run(item.cycles[0], counter=item.counter, background=item.background)
    return rates_of_cycles(item.cycles, counter=item.counter, background=item.background)


def item_checks(item: CountedItem) -> tuple[QualityCheck, ...]:
    """Return the checks of an item's measurement."""
    return check_quality(item.cycles, counter=item.counter)


def assay_item(
    item: CountedItem,
    *,
    checks: tuple[QualityCheck, ...],
    method: AssayMethod | None = None,
    rates: CoincidenceRates | None = None,
) -> Assay:
    """Return the assay of an item by one method.

    Args:
        item: The item.
        checks: Its checks; where R+A data are missing there is no decision, and no rate.
        method: How; None for the first of its ``methods()``.
        rates: Net rates to start from, such as those that a report prints; None for those of the counts.

    Raises:
        MeasurementError: there is no calibration for that method, or none at all.
    """
    chosen = method or next(iter(item.methods()), None)
    if chosen is None:
        raise MeasurementError("no calibration for the point model, known alpha or a curve: no assay")
    if chosen not in item.methods():
        raise MeasurementError(f"no calibration for {chosen}: there is {', '.join(item.methods()) or 'none'}")
    missing = tuple(
        Reason(code=check.check, found=check.found)
        for check in checks
        if check.check == REALS_PRESENT and not check.passed
    )
    if missing:
        return Assay(method=chosen, rates=None, reasons=missing)
    return _assay(item, chosen, rates=item_rates(item) if rates is None else rates, checks=checks)


def _assay(
    item: CountedItem, chosen: AssayMethod, *, rates: CoincidenceRates, checks: tuple[QualityCheck, ...]
) -> Assay:
    percent = None if item.composition is None else effective_pu240_percent(item.composition)
    if chosen is AssayMethod.CALIBRATION_CURVE and item.curve is not None:
        return assay_by_curve(rates, curve=item.curve, effective_percent=percent, checks=checks)
    alpha = item.alpha
    if alpha is None and item.composition is not None and chosen is AssayMethod.KNOWN_ALPHA:
        alpha = oxide_alpha(item.composition)
    if chosen is AssayMethod.KNOWN_ALPHA and item.known_alpha is not None and alpha is not None:
        return assay_by_known_alpha(
            rates,
            alpha=alpha,
            calibration=item.known_alpha,
            effective_percent=percent,
            checks=checks,
        )
    return assay_by_point_model(rates, counter=item.counter, effective_percent=percent, checks=checks)
