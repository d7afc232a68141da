"""The file that says what a neutron counter is: YAML or JSON, strict, every key with its unit."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.measurement.calibration_curve import CalibrationCurve
from counterseal.measurement.coincidence_rates import CoincidenceRates, uncorrelated_rates
from counterseal.measurement.known_alpha import KnownAlphaCalibration, PlutoniumComposition
from counterseal.measurement.neutron_counter import DeadTime, NeutronCounter, single_exponential_fractions
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
MAX_BYTES = 65_536
_PS_PER_US = 1_000_000
_PS_PER_S = 10**12
_MOST_PS = float(2**62)
_TOLERANCE = 1e-3
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
        RefusedInputError: it is not in the form; says where and what the rule is.
        WorkplaceError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise WorkplaceError(
            f"{path}: the counter's file cannot be read: {error.strerror or error}"
        ) from error
    return parse_counter(text, where=str(path))


def parse_counter(text: bytes, *, where: str) -> CounterFile:
    """Return what the text of a file says of a counter; see ``read_counter_file``."""
    table = _Table(_plain(text, where=where), where=where)
    table.require_only(_KEYS)
    if table.value("form") != FORM:
        raise RefusedInputError(f"{where}: form: {table.value('form')!r}, must be {FORM}")
    predelay_us, gate_us = table.number("predelay_us"), table.number("gate_us")
    gates = GateTimes(
        predelay_ps=_whole(predelay_us * _PS_PER_US, f"{where}: predelay_us"),
        gate_ps=_whole(gate_us * _PS_PER_US, f"{where}: gate_us"),
        delay_ps=_whole(table.number("delay_us") * _PS_PER_US, f"{where}: delay_us"),
    )
    return CounterFile(
        counter=_counter(table, predelay_us=predelay_us, gate_us=gate_us),
        gates=gates,
        background=_optional(table, "background", _background),
        composition=_optional(table, "composition", _composition),
        known_alpha=_optional(table, "known_alpha", _known_alpha),
        curve=_optional(table, "calibration_curve", _curve),
        raw=_optional(table, "clock", _raw),
    )


class _Table:
    """A mapping of the file, which knows its place."""

    def __init__(self, values: object, *, where: str) -> None:
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise RefusedInputError(f"{where}: must be a mapping with names as keys")
        self.values: Mapping[str, Any] = values
        self.where = where

    def require_only(self, known: Collection[str]) -> None:
        unknown = sorted(set(self.values) - set(known))
        if unknown:
            raise RefusedInputError(f"{self.where}: {unknown[0]!r} is not known; there is {', '.join(known)}")

    def value(self, name: str) -> Any:
        if name not in self.values:
            raise RefusedInputError(f"{self.where}: {name} is missing")
        return self.values[name]

    def number(self, name: str, default: float | None = None) -> float:
        if default is not None and name not in self.values:
            return default
        return _number(self.value(name), f"{self.where}: {name}")

    def numbers(self, name: str, size: int) -> list[float]:
        found = self.value(name)
        if not isinstance(found, list) or len(found) != size:
            raise RefusedInputError(f"{self.where}: {name}: must be a list of {size} numbers")
        return [_number(value, f"{self.where}: {name}") for value in found]

    def table(self, name: str) -> "_Table":
        return _Table(self.value(name), where=f"{self.where}: {name}")


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RefusedInputError(f"{where}: {value!r}, must be a number")
    return float(value)


def _whole(value: float, where: str) -> int:
    if not 0.0 <= value < _MOST_PS or abs(value - round(value)) > _TOLERANCE:
        raise RefusedInputError(f"{where}: {value:g} ps, must be a whole number of ps, at least 0")
    return round(value)


def _plain(text: bytes, *, where: str) -> object:
    """Return the one document in a text: no aliases, no key twice."""
    if len(text) > MAX_BYTES:
        raise RefusedInputError(f"{where}: {len(text)} bytes, a file about a counter has at most {MAX_BYTES}")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is not None:
            _require_plain(node, seen=set(), where=where)
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise RefusedInputError(f"{where}: not YAML or JSON that can be read: {said[:200]}") from error


def _require_plain(node: yaml.Node, *, seen: set[int], where: str) -> None:
    if id(node) in seen:
        raise RefusedInputError(f"{where}: an alias of YAML: write the value again")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        for name in names:
            if names.count(name) > 1:
                raise RefusedInputError(f"{where}: {name!r} stands twice")
        for _, value in node.value:
            _require_plain(value, seen=seen, where=where)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _require_plain(value, seen=seen, where=where)


def _optional(table: _Table, name: str, read: Callable[[_Table], _Read]) -> _Read | None:
    return read(table.table(name)) if name in table.values else None


def _counter(table: _Table, *, predelay_us: float, gate_us: float) -> NeutronCounter:
    die_away_us = table.number("die_away_us") if "die_away_us" in table.values else None
    given = [name in table.values for name in ("doubles_gate_fraction", "triples_gate_fraction")]
    if any(given) != all(given) or not (any(given) or die_away_us):
        raise RefusedInputError(
            f"{table.where}: must have doubles_gate_fraction and triples_gate_fraction,"
            " or neither and a die_away_us"
        )
    if all(given):
        doubles, triples = table.number("doubles_gate_fraction"), table.number("triples_gate_fraction")
    else:
        fractions = single_exponential_fractions(
            predelay_us=predelay_us, gate_us=gate_us, die_away_us=die_away_us or 0.0
        )
        doubles, triples = fractions.doubles, fractions.triples
    fission = table.table("fission") if "fission" in table.values else _Table({}, where=table.where)
    fission.require_only(("spontaneous", "induced", "rate_per_s_g"))
    return NeutronCounter(
        gate_us=gate_us,
        predelay_us=predelay_us,
        efficiency=table.number("efficiency"),
        doubles_gate_fraction=doubles,
        triples_gate_fraction=triples,
        dead_time=_optional(table, "dead_time", _dead_time) or DeadTime(),
        die_away_us=die_away_us,
        spontaneous=_moments(fission, "spontaneous", PU240_SPONTANEOUS),
        induced=_moments(fission, "induced", PU239_INDUCED),
        fission_rate_per_s_g=fission.number("rate_per_s_g", PU240_FISSION_RATE_PER_S_G),
    )


def _moments(table: _Table, name: str, default: FissionMoments) -> FissionMoments:
    if name not in table.values:
        return default
    first, second, third = table.numbers(name, 3)
    return FissionMoments(first=first, second=second, third=third, known_as=KnownAs.NOT_PROVIDED)


def _dead_time(table: _Table) -> DeadTime:
    table.require_only(_DEAD_TIME)
    return DeadTime(
        coefficient_a_us=table.number("coefficient_a_us", 0.0),
        coefficient_b_us_per_mcps=table.number("coefficient_b_us_per_mcps", 0.0),
        multiplicity_ns=table.number("multiplicity_ns", 0.0),
    )


def _background(table: _Table) -> CoincidenceRates:
    table.require_only((*_RATES, *(f"{name}_unc" for name in _RATES)))
    return uncorrelated_rates(
        [table.number(name) for name in _RATES],
        uncertainties=[table.number(f"{name}_unc", 0.0) for name in _RATES],
    )


def _composition(table: _Table) -> PlutoniumComposition:
    table.require_only(_ISOTOPES)
    pu238, pu239, pu240, pu241, pu242, am241 = (
        table.number(name, 0.0 if name == "am241" else None) for name in _ISOTOPES
    )
    return PlutoniumComposition(pu238=pu238, pu239=pu239, pu240=pu240, pu241=pu241, pu242=pu242, am241=am241)


def _known_alpha(table: _Table) -> KnownAlphaCalibration:
    table.require_only(("rho_zero", "k", "a_per_s", "b_per_s_g"))
    return KnownAlphaCalibration(
        rho_zero=table.number("rho_zero"),
        k=table.number("k"),
        a_per_s=table.number("a_per_s"),
        b_per_s_g=table.number("b_per_s_g"),
    )


def _curve(table: _Table) -> CalibrationCurve:
    table.require_only(("coefficients",))
    a, b, c, d = table.numbers("coefficients", 4)
    return CalibrationCurve(coefficients=(a, b, c, d))


def _raw(table: _Table) -> RawList:
    table.require_only(("tick_ps", "duration_s", "bits", "form"))
    tick_ps = _whole(table.number("tick_ps"), f"{table.where}: tick_ps")
    form = table.values.get("form", "text")
    if form not in FORMS:
        raise RefusedInputError(f"{table.where}: form: {form!r}, must be one of {', '.join(FORMS)}")
    if tick_ps < 1:
        raise RefusedInputError(f"{table.where}: tick_ps: must be at least 1")
    duration_ps = _whole(table.number("duration_s") * _PS_PER_S, f"{table.where}: duration_s")
    bits = _whole(table.number("bits", 32.0), f"{table.where}: bits")
    return RawList(
        clock=Clock(tick_ps=tick_ps, duration_ticks=duration_ps // tick_ps, bits=bits), form=str(form)
    )
