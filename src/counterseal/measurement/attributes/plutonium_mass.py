"""Mass of plutonium against a threshold, from singles, doubles and triples of a neutron counter.

The point model gives multiplication, (alpha, n) neutrons and effective Pu-240; the agreed effective
percentage makes plutonium of it. Answers that no item has (a multiplication below 1, negative alpha)
decide nothing. What counter and composition are not known better than is in the uncertainty, carried
through the same equations, as a share of the mass or of the threshold, whichever is more.

Of several cycles the uncertainty is found twice: from their scatter, widened as few cycles do not tell it
well, which shows what is unsteady; and from counting, as for one run, which chance does not make small. The
larger decides.

References:
    [PANDA-1991], chapters 16 and 21; [BOEHNEL-1985].
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from counterseal.measurement.assay import Assay, AssayState, assay_by_point_model
from counterseal.measurement.attributes.decision import Threshold, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.coincidence_rates import (
    CoincidenceRates,
    CountedCycle,
    rates_of_cycles,
    sum_of_cycles,
)
from counterseal.measurement.counting_scatter import rates_of_one_run
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.neutron_counter import DeadTime, NeutronCounter
from counterseal.measurement.point_model import solve_point_model
from counterseal.measurement.pulse_cycles import cut_into_cycles
from counterseal.measurement.pulse_quality import check_quality
from counterseal.measurement.pulses import CoincidenceCount, PulseTrain
from counterseal.measurement.readers.coincidence_form import CoincidenceReport
from counterseal.measurement.report_item import cycles_of_report
from counterseal.measurement.shift_register import GateTimes, count_coincidences
from counterseal.terms.outcomes import MeasurementOutcome

Counted = PulseTrain | CoincidenceCount | CoincidenceReport
"""What a neutron counter gives: times of pulses, one pair of histograms, or a report of cycles."""

MAX_CYCLES = 1_000
_PS_PER_NS = 1_000
_NS_PER_US = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterSettings:
    """The agreed calibration of a counter.

    Attributes:
        predelay_ns: From a pulse to the opening of its gate [ns].
        gate_ns: Length of the gate [ns].
        delay_ns: From the first gate to that of accidentals [ns]; used for pulses alone.
        cycles: Into how many cycles pulses are cut; 1 for none.
        efficiency: Detected neutrons per neutron that leaves the item.
        doubles_gate_fraction: Share of pairs that the gate catches.
        triples_gate_fraction: Share of triplets that the gate catches.
        dead_time_a_us: Dead time of singles and doubles, constant part [us].
        dead_time_b_us_per_mcps: The part that grows with the rate [us per million counts a second].
        multiplicity_dead_time_ns: Dead time of triples [ns].
        efficiency_unc: Relative standard uncertainty of the efficiency.
        gate_fractions_unc: Relative standard uncertainty of each of the gate fractions.
    """

    predelay_ns: int
    gate_ns: int
    delay_ns: int
    cycles: int
    efficiency: Fraction
    doubles_gate_fraction: Fraction
    triples_gate_fraction: Fraction
    dead_time_a_us: Fraction
    dead_time_b_us_per_mcps: Fraction
    multiplicity_dead_time_ns: Fraction
    efficiency_unc: Fraction
    gate_fractions_unc: Fraction

    def __post_init__(self) -> None:
        """Refuse a counter that cannot be."""
        if not 1 <= self.cycles <= MAX_CYCLES:
            raise MeasurementError(f"counter: {self.cycles} cycles, must be 1 to {MAX_CYCLES}")
        if not (0 <= self.efficiency_unc < 1 and 0 <= self.gate_fractions_unc < 1):
            raise MeasurementError("counter: relative uncertainties must be at least 0, below 1")
        self.counter()
        self.gates()

    def counter(self) -> NeutronCounter:
        """Return the counter as the point model takes it."""
        return NeutronCounter(
            gate_us=self.gate_ns / _NS_PER_US,
            predelay_us=self.predelay_ns / _NS_PER_US,
            efficiency=float(self.efficiency),
            doubles_gate_fraction=float(self.doubles_gate_fraction),
            triples_gate_fraction=float(self.triples_gate_fraction),
            dead_time=DeadTime(
                coefficient_a_us=float(self.dead_time_a_us),
                coefficient_b_us_per_mcps=float(self.dead_time_b_us_per_mcps),
                multiplicity_ns=float(self.multiplicity_dead_time_ns),
            ),
        )

    def gates(self) -> GateTimes:
        """Return when the gates of a pulse are open."""
        return GateTimes(
            predelay_ps=self.predelay_ns * _PS_PER_NS,
            gate_ps=self.gate_ns * _PS_PER_NS,
            delay_ps=self.delay_ns * _PS_PER_NS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlutoniumMassSettings:
    """What the parties agreed on for the mass of plutonium.

    Attributes:
        mass_g: What the mass of plutonium is compared with [g].
        counter: The counter.
        effective_percent: Effective Pu-240 [% of plutonium].
        effective_percent_unc: Its relative standard uncertainty.
        model_unc: Relative standard uncertainty of the mass because no item is a point.
    """

    mass_g: Threshold
    counter: CounterSettings
    effective_percent: Fraction
    effective_percent_unc: Fraction
    model_unc: Fraction

    def __post_init__(self) -> None:
        """Refuse a threshold that any item would meet, and shares that are none."""
        if self.mass_g.value <= 0:
            raise MeasurementError("plutonium mass: the threshold must be above 0 g")
        if not 0 < self.effective_percent <= 100:  # noqa: PLR2004 - per cent
            raise MeasurementError("plutonium mass: effective Pu-240 must be above 0, at most 100 %")
        if not (0 <= self.effective_percent_unc < 1 and 0 <= self.model_unc < 1):
            raise MeasurementError("plutonium mass: relative uncertainties must be at least 0, below 1")


def decide_plutonium_mass(
    item: Counted, *, background: Counted | None, settings: PlutoniumMassSettings
) -> Judgement:
    """Answer whether an item's mass of plutonium is on the agreed side of a threshold.

    Args:
        item: What was counted of it.
        background: What was counted at the place without it, with the same counter, or None.
        settings: What the parties agreed on.

    Returns:
        As `decide` does; or *malfunction* (``another-gate``: a report of other gates than agreed); or *no
        decision*: ``not-countable``, the first reason of the assay (``triples-not-above-0``,
        ``multiplication-below-1``, ``alpha-below-0``, ``no-solution``, ...), ``calibration-too-uncertain``.
    """
    measured = (item,) if background is None else (item, background)
    if not all(_same_gates(one, settings.counter) for one in measured):
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="another-gate")
    try:
        assays = _assays(item, background, settings)
    except MeasurementError:
        # Too short for its gates, or without R+A data: what exactly is sealed.
        return _undecided("not-countable")
    for assay in assays:
        if assay.state is AssayState.NO_DECISION or assay.pu_mass_g is None:
            return _undecided(assay.reasons[0].code if assay.reasons else "no-solution", _behind(assay))
    return _compared(max(assays, key=_mass_unc), settings)


def _assays(item: Counted, background: Counted | None, settings: PlutoniumMassSettings) -> tuple[Assay, ...]:
    """Return the assay with the uncertainty that counting gives, and that with the scatter of cycles."""
    counter = settings.counter.counter()
    cycles = _cycles(item, settings.counter)
    place = () if background is None else _cycles(background, settings.counter)
    checks = check_quality(cycles, counter=counter)
    margins = (None, float(settings.mass_g.coverage)) if max(len(cycles), len(place)) > 1 else (None,)
    found = []
    for margin in margins:
        under = _rates(place, counter, None, margin=margin) if place else None
        found.append(
            assay_by_point_model(
                _rates(cycles, counter, under, margin=margin),
                counter=counter,
                effective_percent=float(settings.effective_percent),
                checks=checks,
                coverage=float(settings.mass_g.coverage),
            )
        )
    return tuple(found)


def _mass_unc(assay: Assay) -> float:
    return math.inf if assay.pu_mass_g is None else assay.pu_mass_g.unc


def _compared(assay: Assay, settings: PlutoniumMassSettings) -> Judgement:
    """Compare the mass of an assay that has one."""
    mass, rates = assay.pu_mass_g, assay.rates
    systematic = None if rates is None else _systematic(rates, settings)
    if mass is None or systematic is None:
        return _undecided("calibration-too-uncertain", _behind(assay))
    figure = Figure(
        name="pu_mass_g",
        estimate=mass.value,
        statistical=mass.unc,
        systematic=systematic * max(mass.value, float(settings.mass_g.value)),
    )
    return decide(figure, against=settings.mass_g, behind=_behind(assay))


def _same_gates(counted: Counted, agreed: CounterSettings) -> bool:
    """Return whether a report, whose gates cannot be chosen any more, has those that were agreed."""
    if not isinstance(counted, CoincidenceReport):
        return True
    printed = (counted.counter.predelay_us, counted.counter.gate_us)
    return printed == (agreed.predelay_ns / _NS_PER_US, agreed.gate_ns / _NS_PER_US)


def _cycles(counted: Counted, agreed: CounterSettings) -> tuple[CountedCycle, ...]:
    if isinstance(counted, CoincidenceReport):
        return cycles_of_report(counted)
    if isinstance(counted, CoincidenceCount):
        return (CountedCycle(count=counted),)
    return tuple(
        CountedCycle(count=count_coincidences(cycle, gates=agreed.gates()))
        for cycle in cut_into_cycles(counted, cycles=agreed.cycles)
    )


def _rates(
    cycles: tuple[CountedCycle, ...],
    counter: NeutronCounter,
    background: CoincidenceRates | None,
    *,
    margin: float | None,
) -> CoincidenceRates:
    """Return rates with what counting makes uncertain, or with the scatter of cycles that serves a margin."""
    if margin is None or len(cycles) == 1:
        return rates_of_one_run(sum_of_cycles(cycles), counter=counter, background=background)
    return rates_of_cycles(cycles, counter=counter, background=background, margin=margin)


def _systematic(rates: CoincidenceRates, settings: PlutoniumMassSettings) -> float | None:
    """Return the relative systematic uncertainty of the mass, or None where a part has no answer."""
    counter = settings.counter.counter()
    efficiency, fraction = (
        float(settings.counter.efficiency_unc),
        float(settings.counter.gate_fractions_unc),
    )
    changes: tuple[tuple[float, Callable[[float], NeutronCounter]], ...] = (
        (efficiency, lambda part: replace(counter, efficiency=counter.efficiency * part)),
        (fraction, lambda part: replace(counter, doubles_gate_fraction=counter.doubles_gate_fraction * part)),
        (fraction, lambda part: replace(counter, triples_gate_fraction=counter.triples_gate_fraction * part)),
    )
    parts = [float(settings.effective_percent_unc), float(settings.model_unc)]
    try:
        for unc, changed in changes:
            if unc > 0.0:
                low, high = (
                    solve_point_model(rates, counter=changed(1.0 + sign * unc)).m240_g for sign in (-1, 1)
                )
                parts.append((high - low) / (high + low))
    except MeasurementError:
        return None
    return math.sqrt(math.fsum(part * part for part in parts))


def _behind(assay: Assay) -> tuple[Figure, ...]:
    named = (("multiplication", assay.multiplication), ("alpha", assay.alpha), ("m240_g", assay.m240_g))
    return tuple(
        Figure(name=name, estimate=one.value, statistical=one.unc) for name, one in named if one is not None
    )


def _undecided(reason: str, figures: tuple[Figure, ...] = ()) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason, figures=figures)
