"""Mass of plutonium: the agreed threshold against a made-up item, published counts, and what no item gives."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from counterseal.barrier.protocol_form import Part
from counterseal.barrier.settings import read_settings
from counterseal.measurement.assay import assay_by_point_model
from counterseal.measurement.attributes.decision import Side, Threshold
from counterseal.measurement.attributes.plutonium_mass import (
    Counted,
    CounterSettings,
    PlutoniumMassSettings,
    decide_plutonium_mass,
)
from counterseal.measurement.coincidence_rates import (
    CoincidenceRates,
    CountedCycle,
    rates_of_cycles,
    sum_of_cycles,
)
from counterseal.measurement.counting_scatter import rates_of_one_run
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulse_cycles import cut_into_cycles
from counterseal.measurement.pulses import CoincidenceCount, PulseTrain
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.shift_register import count_coincidences
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses
from counterseal.terms.outcomes import MeasurementOutcome
from shared_data import shared
from strategies.stated_settings import stated

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
BOX = SimulatedCounter(efficiency=0.5, die_away_us=50.0, channels=4)
PLUTONIUM_G = 10.0
"""2 g of effective Pu-240 at 20 %."""


def counter(**changed: Any) -> CounterSettings:
    plain = CounterSettings(
        predelay_ns=4_500,
        gate_ns=64_000,
        delay_ns=4_000_000,
        cycles=20,
        efficiency=Fraction("0.5"),
        doubles_gate_fraction=Fraction("0.65978"),
        triples_gate_fraction=Fraction("0.43531"),
        dead_time_a_us=Fraction(0),
        dead_time_b_us_per_mcps=Fraction(0),
        multiplicity_dead_time_ns=Fraction(0),
        efficiency_unc=Fraction("0.005"),
        gate_fractions_unc=Fraction("0.005"),
    )
    return replace(plain, **changed)


def settings(threshold_g: str = "5", *, holds: Side = Side.ABOVE, **changed: Any) -> PlutoniumMassSettings:
    plain = PlutoniumMassSettings(
        mass_g=Threshold(value=Fraction(threshold_g), holds=holds, coverage=Fraction(2)),
        counter=counter(),
        effective_percent=Fraction(20),
        effective_percent_unc=Fraction("0.01"),
        model_unc=Fraction("0.02"),
    )
    return replace(plain, **changed)


@cache
def item(*, m240_g: float = 2.0, alpha: float = 0.7, seed: int = 1, seconds: float = 100.0) -> PulseTrain:
    made = SimulatedItem(m240_g=m240_g, alpha=alpha)
    box = replace(BOX, background_per_s=20.0)
    return simulate_pulses(np.random.default_rng(seed), item=made, counter=box, duration_s=seconds)


@cache
def place() -> PulseTrain:
    box = replace(BOX, background_per_s=20.0)
    nothing = SimulatedItem(m240_g=0.0)
    return simulate_pulses(np.random.default_rng(9), item=nothing, counter=box, duration_s=100.0)


def outcome(counted: Counted, rule: PlutoniumMassSettings, background: Counted | None = None) -> Any:
    return decide_plutonium_mass(counted, background=background, settings=rule).outcome


def test_the_mass_of_a_made_up_item_is_found_and_compared() -> None:
    answer = decide_plutonium_mass(item(), background=place(), settings=settings())
    figure = answer.figures[0]
    assert (answer.outcome, figure.name) == (YES, "pu_mass_g")
    unc = (figure.statistical**2 + figure.systematic**2) ** 0.5
    assert abs(figure.estimate - PLUTONIUM_G) < 2.5 * unc
    assert unc < 0.1 * PLUTONIUM_G
    assert outcome(item(), settings("20"), place()) is NO
    assert outcome(item(), settings("10"), place()) is OPEN
    assert outcome(item(), settings("20", holds=Side.BELOW), place()) is YES


def test_what_counter_and_composition_are_not_known_better_than_is_in_the_uncertainty() -> None:
    def systematic(**changed: Any) -> float:
        rule = settings(**changed)
        figure = decide_plutonium_mass(item(), background=place(), settings=rule).figures[0]
        return figure.systematic / figure.estimate

    none = counter(efficiency_unc=Fraction(0), gate_fractions_unc=Fraction(0))
    nothing = {"counter": none, "effective_percent_unc": Fraction(0), "model_unc": Fraction(0)}
    assert systematic(**nothing) == 0.0
    assert systematic(**{**nothing, "effective_percent_unc": Fraction("0.03")}) == pytest.approx(0.03)
    assert systematic(**{**nothing, "model_unc": Fraction("0.04")}) == pytest.approx(0.04)
    efficient = systematic(**{**nothing, "counter": replace(none, efficiency_unc=Fraction("0.01"))})
    assert 0.01 < efficient < 0.1  # more than in proportion: pairs go with its square
    fractions = systematic(**{**nothing, "counter": replace(none, gate_fractions_unc=Fraction("0.01"))})
    assert 0.01 < fractions < 0.1


def test_a_low_mass_gets_no_smaller_margin_than_one_at_the_threshold() -> None:
    """What counter and composition are not known better than is a share of the mass that is asked about."""
    low, same = (
        decide_plutonium_mass(item(), background=place(), settings=settings(grams)).figures[0]
        for grams in ("20", "5")
    )
    assert same.systematic < 0.05 * same.estimate
    assert low.systematic / 20 == pytest.approx(same.systematic / same.estimate)


@pytest.mark.parametrize(("seed", "cycles", "larger"), [(1, 5, "scatter"), (3, 3, "counting")])
def test_the_larger_of_a_widened_scatter_and_of_counting_decides(seed: int, cycles: int, larger: str) -> None:
    """Three cycles can agree by chance to a fourth of what counting makes of them."""
    rule = settings(counter=counter(cycles=cycles))
    box = rule.counter.counter()

    def counted(train: PulseTrain) -> list[CountedCycle]:
        parts = cut_into_cycles(train, cycles=cycles)
        return [CountedCycle(count=count_coincidences(part, gates=rule.counter.gates())) for part in parts]

    def unc(rates: CoincidenceRates) -> float:
        found = assay_by_point_model(rates, counter=box, effective_percent=20.0).pu_mass_g
        assert found is not None
        return found.unc

    under, there = counted(place()), counted(item(seed=seed))
    wide = rates_of_cycles(
        there, counter=box, background=rates_of_cycles(under, counter=box, margin=2.0), margin=2.0
    )
    plain = rates_of_one_run(
        sum_of_cycles(there), counter=box, background=rates_of_one_run(sum_of_cycles(under), counter=box)
    )
    assert (unc(wide) > unc(plain)) is (larger == "scatter")
    figure = decide_plutonium_mass(item(seed=seed), background=place(), settings=rule).figures[0]
    assert figure.statistical == pytest.approx(max(unc(wide), unc(plain)))


def test_cycles_of_an_unsteady_item_show_it() -> None:
    """Two thirds of the neutrons gone half way: counting knows nothing of that, the scatter does."""
    steady, weak = item(seconds=50.0), item(m240_g=0.7, seconds=50.0, seed=2)
    changing = replace(
        steady,
        ticks=np.concatenate([steady.ticks, weak.ticks + steady.duration_ticks]),
        channels=np.concatenate([steady.channels, weak.channels]),
        duration_ticks=2 * steady.duration_ticks,
    )
    one, many = (
        decide_plutonium_mass(
            changing, background=None, settings=settings(counter=counter(cycles=cycles))
        ).figures[0]
        for cycles in (1, 20)
    )
    assert many.statistical > 1.2 * one.statistical


def test_a_calibration_that_could_be_anything_decides_nothing() -> None:
    wild = settings("0.001", counter=counter(gate_fractions_unc=Fraction("0.9")))
    answer = decide_plutonium_mass(item(), background=place(), settings=wild)
    assert (answer.outcome, answer.reason) == (OPEN, "calibration-too-uncertain")


def test_a_source_without_fissions_decides_nothing() -> None:
    """A source of (alpha, n) neutrons alone, brighter than the item in singles: no mass comes of it."""
    bright = replace(BOX, background_per_s=4_000.0)
    nothing = SimulatedItem(m240_g=0.0)
    train = simulate_pulses(np.random.default_rng(5), item=nothing, counter=bright, duration_s=50.0)
    answer = decide_plutonium_mass(train, background=None, settings=settings("0.1"))
    assert answer.outcome is OPEN
    assert answer.reason.endswith("-not-above-0")


def test_published_counts_give_the_published_mass() -> None:
    """Raw histograms of the record `1AKW2118`: 0.636 g of effective Pu-240, with 5.4, 0.08, 0.01 /s left in."""
    count = CoincidenceCount(
        singles=493_712,
        with_reals=np.array([454024, 35889, 3446, 315, 35, 2, 1]),
        accidentals=np.array([469324, 22863, 1390, 86]),
        time_ns=600 * 10**9,
    )
    box = counter(
        efficiency=Fraction("0.23325"),
        doubles_gate_fraction=Fraction("0.6302"),
        triples_gate_fraction=Fraction("0.4460"),
        dead_time_a_us=Fraction("0.1430"),
        dead_time_b_us_per_mcps=Fraction("0.0052"),
        multiplicity_dead_time_ns=Fraction("35.9"),
    )
    answer = decide_plutonium_mass(
        count, background=None, settings=settings("1", counter=box, effective_percent=Fraction(100))
    )
    figures = {figure.name: figure.estimate for figure in answer.figures}
    assert figures["m240_g"] == pytest.approx(0.636, rel=0.02)
    assert figures["multiplication"] == pytest.approx(1.037, abs=0.003)
    assert answer.outcome is NO


def test_accidentals_that_do_not_follow_the_singles_decide_nothing() -> None:
    """The same record with an A histogram of half as many pulses: a broken delay, no item."""
    count = CoincidenceCount(
        singles=493_712,
        with_reals=np.array([454024, 35889, 3446, 315, 35, 2, 1]),
        accidentals=np.array([481000, 12500, 200, 12]),
        time_ns=600 * 10**9,
    )
    answer = decide_plutonium_mass(count, background=None, settings=settings())
    assert (answer.outcome, answer.reason) == (OPEN, "accidentals-follow-singles")


def test_what_no_item_gives_is_judged_with_the_agreed_margin() -> None:
    """Triples of this run are some uncertainties above 0: seen at a margin of 2, not at one of 10."""
    short = item(seconds=2.0)
    strict = Threshold(value=Fraction(5), holds=Side.ABOVE, coverage=Fraction(10))
    assert decide_plutonium_mass(short, background=None, settings=settings()).reason != "triples-not-above-0"
    judged = decide_plutonium_mass(short, background=None, settings=settings(mass_g=strict))
    assert judged.reason == "triples-not-above-0"


def test_a_report_is_asked_with_the_agreed_counter_and_gates() -> None:
    """The published record whose multiplication is 0.951, below 1: no decision, whatever the threshold."""
    data = shared("neutron", "incc", "1AHW5944.VER").read_bytes()
    report = read_coincidence_report(data)
    printed = report.counter
    box = counter(
        predelay_ns=round(printed.predelay_us * 1_000),
        gate_ns=round(printed.gate_us * 1_000),
        efficiency=Fraction("0.3128"),
        doubles_gate_fraction=Fraction("0.77"),
        triples_gate_fraction=Fraction("0.5929"),
        dead_time_a_us=Fraction(str(printed.dead_time_a_us)),
        dead_time_b_us_per_mcps=Fraction(str(printed.dead_time_b_us_per_mcps)),
        multiplicity_dead_time_ns=Fraction(str(printed.multiplicity_dead_time_ns)),
    )
    for threshold_g in ("1", "100000"):
        answer = decide_plutonium_mass(report, background=None, settings=settings(threshold_g, counter=box))
        assert answer.outcome is OPEN
    other = settings(counter=replace(box, gate_ns=box.gate_ns + 1_000))
    answer = decide_plutonium_mass(report, background=None, settings=other)
    assert (answer.outcome, answer.reason) == (BROKEN, "another-gate")


def test_a_train_shorter_than_its_gates_decides_nothing() -> None:
    train = PulseTrain(
        ticks=np.arange(10), channels=np.zeros(10, dtype=np.uint8), tick_ps=10_000, duration_ticks=100_000
    )
    answer = decide_plutonium_mass(train, background=None, settings=settings())
    assert (answer.outcome, answer.reason) == (OPEN, "not-countable")


def test_a_mass_at_the_threshold_is_rarely_taken_for_more() -> None:
    """Twenty made-up items of exactly the agreed mass, calibration exact: 2.3 % of each wrong answer."""
    exact = counter(efficiency_unc=Fraction(0), gate_fractions_unc=Fraction(0))
    rule = settings("10", counter=exact, effective_percent_unc=Fraction(0), model_unc=Fraction(0))
    found = [outcome(item(seed=seed, seconds=20.0), rule, place()) for seed in range(20)]
    assert found.count(OPEN) >= 17


@pytest.mark.parametrize(
    "changed",
    [
        {"mass_g": Threshold(value=Fraction(0), holds=Side.ABOVE, coverage=Fraction(2))},
        {"effective_percent": Fraction(0)},
        {"effective_percent": Fraction(101)},
        {"effective_percent_unc": Fraction(1)},
        {"model_unc": Fraction(-1)},
    ],
)
def test_settings_that_any_item_would_meet_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="plutonium mass"):
        settings(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"cycles": 0},
        {"cycles": 1_001},
        {"efficiency_unc": Fraction(1)},
        {"gate_fractions_unc": Fraction(-1)},
        {"efficiency": Fraction(0)},
        {"gate_ns": 0},
        {"delay_ns": 63_999},
    ],
)
def test_a_counter_that_cannot_be_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError):
        counter(**changed)


def test_a_protocol_can_state_the_settings() -> None:
    assert read_settings(PlutoniumMassSettings, Part(value=stated(settings()))) == settings()
