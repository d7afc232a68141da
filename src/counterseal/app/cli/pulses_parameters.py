"""The file that says what a neutron counter is: strict YAML or JSON, every key with its unit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from counterseal.app.cli.input_files import read_input
from counterseal.app.cli.pulses_table import MAX_BYTES, Table, read_table
from counterseal.errors import RefusedInputError
from counterseal.measurement.calibration_curve import CalibrationCurve
from counterseal.measurement.coincidence_rates import CoincidenceRates, uncorrelated_rates
from counterseal.measurement.known_alpha import KnownAlphaCalibration, PlutoniumComposition
from counterseal.measurement.neutron_counter import (
    DeadTime,
    GateFractions,
    NeutronCounter,
    single_exponential_fractions,
)
from counterseal.measurement.readers.raw_ticks import FORMS, Clock
from counterseal.measurement.shift_register import GateTimes
from counterseal.reference.neutron_data import (
    PU239_INDUCED,
    PU240_FISSION_RATE_PER_S_G,
    PU240_SPONTANEOUS,
    FissionMoments,
)
from counterseal.terms.outcomes import KnownAs

FORM = "counterseal/neutron-counter/v1"
_PS_PER_US = 1_000_000
_PS_PER_S = 10**12
_Read = TypeVar("_Read")
_KEYS = (
    "form",
    "predelay_us",
    "gate_us",
    "delay_us",
    "efficiency",
    "die_away_us",
    "doubles_gate_fraction",
    "triples_gate_fraction",
    "dead_time",
    "background",
    "composition",
    "fission",
    "known_alpha",
    "calibration_curve",
    "clock",
)
_ISOTOPES = ("pu238", "pu239", "pu240", "pu241", "pu242", "am241")
_DEAD_TIME = ("coefficient_a_us", "coefficient_b_us_per_mcps", "multiplicity_ns")
_RATES = ("singles_per_s", "doubles_per_s", "triples_per_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawList:
    """How a list of raw ticks is read: its clock, and how it is written."""

    clock: Clock
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterFile:
    """What a file says of a counter, and of what was measured with it.

    Attributes:
        counter: The counter.
        gates: Its gates.
        background: Background rates, or None.
        composition: Composition of plutonium on the day, or None.
        known_alpha: Calibration for known alpha, or None.
        curve: Calibration curve, or None.
        raw: How raw ticks are read, or None where files are native lists.
    """

    counter: NeutronCounter
    gates: GateTimes
    background: CoincidenceRates | None
    composition: PlutoniumComposition | None
    known_alpha: KnownAlphaCalibration | None
    curve: CalibrationCurve | None
    raw: RawList | None


def read_counter_file(path: Path) -> CounterFile:
    """Return what a file says of a counter.

    Raises:
        RefusedInputError: there is none, or it is not in the form; says at which line, and what the rule is.
        WorkplaceError: it cannot be read.
    """
    return parse_counter(read_input(path, most=MAX_BYTES, what="file of a counter"), where=str(path))


def parse_counter(text: bytes, *, where: str) -> CounterFile:
    """Return what the text of a file says of a counter; see ``read_counter_file``."""
    table = read_table(text, where=where)
    table.require_only(_KEYS)
    if table.value("form") != FORM:
        raise table.refusal("form", f"{table.value('form')!r}, must be {FORM}")
    gates = _gates(table)
    with table.refusals():
        counter = _counter(table, gates)
    return CounterFile(
        counter=counter,
        gates=gates,
        background=_optional(table, "background", _background),
        composition=_optional(table, "composition", _composition),
        known_alpha=_optional(table, "known_alpha", _known_alpha),
        curve=_optional(table, "calibration_curve", _curve),
        raw=_optional(table, "clock", _raw),
    )


def _optional(table: Table, name: str, read: Callable[[Table], _Read]) -> _Read | None:
    if name not in table.values:
        return None
    inner = table.table(name)
    with inner.refusals():
        return read(inner)


def _gates(table: Table) -> GateTimes:
    gate_ps = table.whole("gate_us", per_unit=_PS_PER_US, least=1)
    delay_ps = table.whole("delay_us", per_unit=_PS_PER_US, least=0)
    if delay_ps < gate_ps:
        gate_us = gate_ps / _PS_PER_US
        raise table.refusal("delay_us", f"{delay_ps / _PS_PER_US:g}, must be at least a gate, {gate_us:g}")
    with table.refusals():
        return GateTimes(
            predelay_ps=table.whole("predelay_us", per_unit=_PS_PER_US, least=0),
            gate_ps=gate_ps,
            delay_ps=delay_ps,
        )


def _counter(table: Table, gates: GateTimes) -> NeutronCounter:
    predelay_us, gate_us = gates.predelay_ps / _PS_PER_US, gates.gate_ps / _PS_PER_US
    die_away_us = table.number("die_away_us") if "die_away_us" in table.values else None
    fractions = _gate_fractions(table, predelay_us=predelay_us, gate_us=gate_us, die_away_us=die_away_us)
    fission = table.table("fission") if "fission" in table.values else replace(table, values={})
    fission.require_only(("spontaneous", "induced", "rate_per_s_g"))
    return NeutronCounter(
        gate_us=gate_us,
        predelay_us=predelay_us,
        efficiency=table.number("efficiency"),
        doubles_gate_fraction=fractions.doubles,
        triples_gate_fraction=fractions.triples,
        dead_time=_optional(table, "dead_time", _dead_time) or DeadTime(),
        die_away_us=die_away_us,
        spontaneous=_moments(fission, "spontaneous", PU240_SPONTANEOUS),
        induced=_moments(fission, "induced", PU239_INDUCED),
        fission_rate_per_s_g=fission.number("rate_per_s_g", default=PU240_FISSION_RATE_PER_S_G),
    )


def _gate_fractions(
    table: Table, *, predelay_us: float, gate_us: float, die_away_us: float | None
) -> GateFractions:
    given = [name in table.values for name in ("doubles_gate_fraction", "triples_gate_fraction")]
    if all(given):
        return GateFractions(
            doubles=table.number("doubles_gate_fraction"), triples=table.number("triples_gate_fraction")
        )
    if any(given) or die_away_us is None:
        raise RefusedInputError(
            table.document.problem(
                text="must have doubles_gate_fraction and triples_gate_fraction, or neither and a die_away_us"
            )
        )
    return single_exponential_fractions(predelay_us=predelay_us, gate_us=gate_us, die_away_us=die_away_us)


def _moments(table: Table, name: str, default: FissionMoments) -> FissionMoments:
    if name not in table.values:
        return default
    first, second, third = table.numbers(name, size=3)
    return FissionMoments(first=first, second=second, third=third, known_as=KnownAs.NOT_PROVIDED)


def _dead_time(table: Table) -> DeadTime:
    table.require_only(_DEAD_TIME)
    return DeadTime(
        coefficient_a_us=table.number("coefficient_a_us", default=0.0),
        coefficient_b_us_per_mcps=table.number("coefficient_b_us_per_mcps", default=0.0),
        multiplicity_ns=table.number("multiplicity_ns", default=0.0),
    )


def _background(table: Table) -> CoincidenceRates:
    table.require_only((*_RATES, *(f"{name}_unc" for name in _RATES)))
    return uncorrelated_rates(
        [table.number(name) for name in _RATES],
        uncertainties=[table.number(f"{name}_unc", default=0.0) for name in _RATES],
    )


def _composition(table: Table) -> PlutoniumComposition:
    table.require_only(_ISOTOPES)
    pu238, pu239, pu240, pu241, pu242, am241 = (
        table.number(name, default=0.0 if name == "am241" else None) for name in _ISOTOPES
    )
    return PlutoniumComposition(pu238=pu238, pu239=pu239, pu240=pu240, pu241=pu241, pu242=pu242, am241=am241)


def _known_alpha(table: Table) -> KnownAlphaCalibration:
    table.require_only(("rho_zero", "k", "a_per_s", "b_per_s_g"))
    return KnownAlphaCalibration(
        rho_zero=table.number("rho_zero"),
        k=table.number("k"),
        a_per_s=table.number("a_per_s"),
        b_per_s_g=table.number("b_per_s_g"),
    )


def _curve(table: Table) -> CalibrationCurve:
    table.require_only(("coefficients",))
    a, b, c, d = table.numbers("coefficients", size=4)
    return CalibrationCurve(coefficients=(a, b, c, d))


def _raw(table: Table) -> RawList:
    table.require_only(("tick_ps", "duration_s", "bits", "form"))
    tick_ps = table.whole("tick_ps", per_unit=1, least=1)
    form = table.values.get("form", "text")
    if form not in FORMS:
        raise table.refusal("form", f"{form!r}, must be one of {', '.join(FORMS)}")
    duration_ps = table.whole("duration_s", per_unit=_PS_PER_S, least=1)
    bits = table.whole("bits", per_unit=1, least=1, default=32)
    return RawList(
        clock=Clock(tick_ps=tick_ps, duration_ticks=duration_ps // tick_ps, bits=bits), form=str(form)
    )
