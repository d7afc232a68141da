"""From the text report of a coincidence counter to the item that it is about, ready to be assayed anew."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache

from counterseal.measurement.calibration_curve import CalibrationCurve
from counterseal.measurement.coincidence_rates import CoincidenceRates, CountedCycle, uncorrelated_rates
from counterseal.measurement.counted_item import CountedItem
from counterseal.measurement.decay import DecayData, aged_plutonium, decay_data
from counterseal.measurement.errors import ReadingError
from counterseal.measurement.known_alpha import KnownAlphaCalibration, PlutoniumComposition, oxide_alpha
from counterseal.measurement.neutron_counter import DeadTime, NeutronCounter
from counterseal.measurement.readers.coincidence_form import CoincidenceReport, PrintedBlock, PrintedRates
from counterseal.reference.neutron_data import INCC_HALF_LIVES, FissionMoments
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import KnownAs

_DAY_S = 86_400.0
_HALF_UNIT = 0.00005
"""Half a unit in the last decimal of a printed share [%]."""
_NEW_CENTURY_BEFORE = 70
_NOT_SET = "00.01.01"
_SHARES = {
    "Pu238": "Pu-238",
    "Pu239": "Pu-239",
    "Pu240": "Pu-240",
    "Pu241": "Pu-241",
    "Pu242": "Pu-242",
    "Am241": "Am-241",
}
_POINT_MODEL = "Passive multiplicity calibration parameters"
_KNOWN_ALPHA = "Known alpha calibration parameters"
_CURVE = "Passive calibration curve calibration parameters"
_CURVE_EQUATION = "D = a + b * m + c * m^2 + d * m^3"


def item_of_report(report: CoincidenceReport) -> CountedItem:
    """Return the item that a report of a coincidence counter is about, from its counts and parameters.

    Args:
        report: The report; only the cycles that passed its own tests are taken.

    Raises:
        ReadingError: it uses a parameter that is not understood here, so nothing could be checked.
    """
    _refuse_unknown(report)
    multiplicity, known_alpha = report.block(_POINT_MODEL), report.block(_KNOWN_ALPHA)
    composition = composition_of_report(report)
    return CountedItem(
        cycles=_cycles(report),
        counter=_counter(report, multiplicity),
        background=_rates(report.background),
        composition=composition,
        point_model=multiplicity is not None,
        known_alpha=None if known_alpha is None else _known_alpha(known_alpha),
        alpha=_weighted_alpha(known_alpha, composition),
        curve=_curve(report.block(_CURVE)),
        printed=_rates(report.rates),
        decayed=composition is not None and bool(_decayed(report)),
    )


def cycles_of_report(report: CoincidenceReport) -> tuple[CountedCycle, ...]:
    """Return the cycles of a report that passed its own tests, whatever it says of the item beside them.

    Raises:
        ReadingError: it uses a parameter that is not understood here.
    """
    _refuse_unknown(report)
    return _cycles(report)


def composition_of_report(report: CoincidenceReport) -> PlutoniumComposition | None:
    """Return the composition on the day of the measurement, or None where none is given.

    Reports print it to four decimals, which for Pu-238 can be one part in a thousand. Where the dates are
    set, the declared composition is decayed as the report's program does, and kept within what is printed.

    Raises:
        ReadingError: the shares are none of a whole.
    """
    printed = {_SHARES[row.nuclide]: row.at_measurement.value for row in report.isotopes}
    if not any(share for nuclide, share in printed.items() if nuclide != "Am-241"):
        return None
    shares = _within_decimals(printed, _decayed(report))
    return PlutoniumComposition(
        pu238=shares["Pu-238"],
        pu239=shares["Pu-239"],
        pu240=shares["Pu-240"],
        pu241=shares["Pu-241"],
        pu242=shares["Pu-242"],
        am241=shares["Am-241"],
    )


def _within_decimals(printed: Mapping[str, float], decayed: Mapping[str, float]) -> dict[str, float]:
    return {
        nuclide: min(max(decayed.get(nuclide, share), share - _HALF_UNIT), share + _HALF_UNIT)
        if share > 0.0
        else share
        for nuclide, share in printed.items()
    }


def _decayed(report: CoincidenceReport) -> Mapping[str, float]:
    """Return the declared composition, decayed; nothing where a date is not set, or the two differ."""
    if len({dates[1:] for dates in report.isotope_dates}) != 1:
        return {}
    _, declared_on, measured_on = report.isotope_dates[0]
    first, last = _day(declared_on), _day(measured_on)
    if first is None or last is None or last < first:
        return {}
    declared = {_SHARES[row.nuclide]: row.declared.value for row in report.isotopes}
    return aged_plutonium(declared, time_s=(last - first).days * _DAY_S, using=_program_decay())


@cache
def _program_decay() -> DecayData:
    """Return half-lives as the report's program has them: others would not give what it prints."""
    return decay_data(_SHARES.values(), data=load_nuclear_data(), source=INCC_HALF_LIVES)


def _day(text: str) -> date | None:
    """Return a date that stands as YY.MM.DD; None where it is not set, or none of the calendar."""
    parts = text.split(".")
    if text == _NOT_SET or [len(part) for part in parts] != [2, 2, 2] or not text.replace(".", "").isdigit():
        return None
    year, month, day = (int(part) for part in parts)
    try:
        return date(year + (2000 if year < _NEW_CENTURY_BEFORE else 1900), month, day)
    except ValueError:
        return None


def _refuse_unknown(report: CoincidenceReport) -> None:
    if report.counter.dead_time_c_ns != 0.0:
        raise ReadingError(
            f"report: dead time coefficient C is {report.counter.dead_time_c_ns:g}: only 0 is understood"
        )
    if report.normalization.value != 1.0:
        raise ReadingError(f"report: normalization {report.normalization.value:g}: only 1 is understood")
    block = report.block(_POINT_MODEL)
    if block is not None:
        correction = tuple(block.number(name).value for name in ("a", "b", "c"))
        if correction != (1.0, 0.0, 0.0):
            raise ReadingError(
                f"report: multiplication correction {correction}: only (1, 0, 0) is understood"
            )
    curve = report.block(_CURVE)
    if curve is not None:
        equation = next((row.text for row in curve.rows if row.label == "Equation"), "")
        if " ".join(equation.split()) != _CURVE_EQUATION:
            raise ReadingError(
                f"report: calibration curve {equation!r}: only {_CURVE_EQUATION!r} is understood"
            )


def _cycles(report: CoincidenceReport) -> tuple[CountedCycle, ...]:
    passed = tuple(
        CountedCycle(
            count=cycle.count,
            with_reals_sum=cycle.reals_and_accidentals,
            accidentals_sum=cycle.accidentals,
        )
        for cycle in report.cycles
        if cycle.passed
    )
    whole = CountedCycle(
        count=report.summed,
        with_reals_sum=report.reals_and_accidentals,
        accidentals_sum=report.accidentals,
    )
    return passed or (whole,)


def _counter(report: CoincidenceReport, block: PrintedBlock | None) -> NeutronCounter:
    printed = report.counter
    counter = NeutronCounter(
        gate_us=printed.gate_us,
        predelay_us=printed.predelay_us,
        efficiency=printed.efficiency,
        doubles_gate_fraction=printed.doubles_gate_fraction,
        triples_gate_fraction=printed.triples_gate_fraction,
        dead_time=DeadTime(
            coefficient_a_us=printed.dead_time_a_us,
            coefficient_b_us_per_mcps=printed.dead_time_b_us_per_mcps,
            multiplicity_ns=printed.multiplicity_dead_time_ns,
        ),
        die_away_us=printed.die_away_us or None,
    )
    if block is None:
        return counter
    return replace(
        counter,
        efficiency=printed.efficiency * block.number("efficiency correction factor").value,
        spontaneous=_moments(block, "spontaneous"),
        induced=_moments(block, "induced"),
        fission_rate_per_s_g=block.number("Spontaneous fission rate").value,
    )


def _moments(block: PrintedBlock, kind: str) -> FissionMoments:
    first, second, third = (
        block.number(f"{place} factorial moment {kind} fission").value for place in ("1st", "2nd", "3rd")
    )
    return FissionMoments(first=first, second=second, third=third, known_as=KnownAs.CONFIRMED)


def _rates(printed: PrintedRates) -> CoincidenceRates:
    rates = (printed.singles_per_s, printed.doubles_per_s, printed.triples_per_s)
    return uncorrelated_rates(
        [rate.value for rate in rates], uncertainties=[rate.uncertainty or 0.0 for rate in rates]
    )


def _known_alpha(block: PrintedBlock) -> KnownAlphaCalibration:
    cross = block.number("covariance ab").value
    return KnownAlphaCalibration(
        rho_zero=block.number("Rho zero").value,
        k=block.number("k").value,
        a_per_s=block.number("a").value,
        b_per_s_g=block.number("b").value,
        covariance=((block.number("variance a").value, cross), (cross, block.number("variance b").value)),
    )


def _weighted_alpha(block: PrintedBlock | None, composition: PlutoniumComposition | None) -> float | None:
    """Return alpha times the weight that a report gives it; None where the weight is 1."""
    if block is None or composition is None:
        return None
    weight = block.number("Alpha weight").value
    return None if weight == 1.0 else weight * oxide_alpha(composition)


def _curve(block: PrintedBlock | None) -> CalibrationCurve | None:
    if block is None:
        return None
    a, b, c, d = (block.number(name).value for name in "abcd")
    return CalibrationCurve(
        coefficients=(a, b, c, d), covariance=tuple(_covariances(block, name) for name in "abcd")
    )


def _covariances(block: PrintedBlock, name: str) -> tuple[float, ...]:
    return tuple(
        block.number(
            f"variance {name}" if name == other else f"covariance {min(name, other)}{max(name, other)}"
        ).value
        for other in "abcd"
    )
