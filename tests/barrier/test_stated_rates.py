"""What settings state about wrong answers holds on simulated runs, for every attribute, by the code of the room.

Each case is the item on which the attribute is worst. Exact intervals of 99 %: a stated rate is refuted where the
interval of the measured one lies above it.
"""

import math
from collections.abc import Sequence
from copy import deepcopy
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.barrier.attribute_table import ATTRIBUTES
from counterseal.barrier.operating_curve.assumed import assumptions
from counterseal.barrier.operating_curve.attempt import generator_of, simulate_attempt
from counterseal.barrier.operating_curve.curve import Plan, blocks, operating_curve, work_out
from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.stated import StatedRate, beyond, beyond_held, stated_rates
from counterseal.barrier.operating_curve.tally import Tally, rate
from counterseal.barrier.operating_curve.usual_items import usual_document
from counterseal.barrier.protocol import TEMPLATE, Protocol, parse_protocol
from counterseal.measurement.attributes.decision import Side
from counterseal.measurement.pulses import PulseTrain
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.operating_curves import items
from strategies.stated_isotopes import (
    enrichment,
    highly_enriched,
    of_uranium,
    plutonium_mass,
    ratio,
    shown_depleted,
    thorium_alone,
)
from strategies.stated_rates import (
    LINE_PER_S,
    SOAK_RUNS,
    StatedCase,
    decimal,
    neutron_source,
    one_line,
    quiet,
    three_sides,
    threshold,
)

CONFIDENCE = Fraction(99, 100)
SEED = 20_261_120
LOOSENED_RUNS = 40
LACKING, OFF = "an item without one of the lines", "an item with a line at the edge of its gates"
LEAST = "an item at the least rate of the first line"

CASES = (
    quiet("empty place"),
    quiet("empty place, background held high", held=True),
    quiet("source at its limit", source=True),
    neutron_source("neutrons"),
    neutron_source("neutrons, background held high", held=True),
    three_sides("symmetry"),
    three_sides("symmetry, one side held off", held=True),
    one_line("no line", LACKING, activity_bq=0, smooth_per_s="50000"),
    one_line("line off its place", OFF, off_kev=0.1, centre_gate_kev="0.1", runs=1_000),
    one_line("line too wide", OFF, width=1.2, width_gate="0.2", runs=1_000),
    one_line(
        "line at the least rate, elsewhere",
        LEAST,
        off_kev=1.0,
        centre_gate_kev="0.1",
        least_rate_per_s=decimal(LINE_PER_S),
        runs=500,
    ),
    one_line("line too narrow", OFF, width=0.8, width_gate="0.2", runs=0),
    ratio("ratio below", holds=Side.BELOW, runs=600),
    ratio("ratio above", holds=Side.ABOVE, runs=0),
    ratio("ratio below, held low", holds=Side.BELOW, held=True, runs=0),
    plutonium_mass("mass", cycles=1, runs=1_000),
    plutonium_mass("mass, five cycles", cycles=5, runs=500),
    plutonium_mass("mass, twenty cycles", cycles=20, time_s=10, runs=0),
    plutonium_mass("mass, held high", cycles=1, held=1, runs=0),
    enrichment("enrichment", threshold("0.2"), at=0.2, runs=400),
    enrichment("low enrichment", threshold("0.045", holds="below"), at=0.045, runs=0),
    enrichment("enrichment, held high", threshold("0.2"), at=0.2, held=1, runs=0),
    highly_enriched(
        "highly enriched",
        "uranium at an enrichment of the threshold",
        against="0.2",
        on=of_uranium(0.2, shown=shown_depleted(0.2)),
        runs=200,
    ),
    thorium_alone("highly enriched, thorium", runs=0),
)


def sized() -> Sequence[object]:
    """Return each case with the runs of CI, where it has some, and those of the long form."""
    found = []
    for case in CASES:
        if case.runs:
            found.append(pytest.param(case, case.runs, id=case.name))
        found.append(pytest.param(case, SOAK_RUNS, id=f"{case.name}, long", marks=pytest.mark.soak))
    return found


def tally_of(case: StatedCase, protocol: Protocol, *, runs: int) -> Tally:
    """Return what attempts on a case come to."""
    plan = Plan(protocol=protocol, items=parse_items(case.items), axes=(), seed=SEED, runs=runs)
    tallies = [work_out(plan, block).tallies[0] for block in blocks(plan)]
    whole = tallies[0]
    for one in tallies[1:]:
        whole = whole + one
    return whole


def stated_of(case: StatedCase) -> list[StatedRate]:
    return [one for one in stated_rates(case.protocol) if one.item == case.item]


@pytest.mark.parametrize(("case", "runs"), sized())
def test_wrong_answers_are_as_rare_as_stated(case: StatedCase, runs: int) -> None:
    tally = tally_of(case, case.protocol, runs=runs)
    assert not tally.count(MeasurementOutcome.MALFUNCTION)
    for stated in stated_of(case):
        at_most = stated.at_most_held if case.held else stated.at_most
        assert at_most is not None
        found = rate(tally.count(stated.answer), runs=runs, confidence=CONFIDENCE)
        said = f"{case.name}, {stated.answer}: {found.count} of {runs}, at most {at_most:.4f} stated"
        print(said)  # noqa: T201 - the figures of the long form
        assert found.interval.low <= at_most, said
        if case.tight:
            assert found.interval.holds(at_most), said


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.runs and case.loosens], ids=lambda case: case.name
)
def test_a_factor_that_is_a_quarter_of_the_stated_one_is_found_out(case: StatedCase) -> None:
    """Else the cases would show nothing: items so far from every threshold that no factor matters."""
    tally = tally_of(case, case.loosened(), runs=LOOSENED_RUNS)
    for_each = [
        rate(tally.count(stated.answer), runs=LOOSENED_RUNS, confidence=CONFIDENCE).interval.low
        > stated.at_most
        for stated in stated_of(case)
    ]
    assert any(for_each), (case.name, tally)


def test_every_attribute_has_a_case_but_the_template_whose_limits_come_from_repeats() -> None:
    asked = {case.protocol.asked[0].name for case in CASES}
    assert asked == set(ATTRIBUTES) - {TEMPLATE}
    assert all(stated_of(case) for case in CASES)
    covered = {(case.protocol.asked[0].name, case.item) for case in CASES}
    everything = {(one.attribute, one.item) for case in CASES for one in stated_rates(case.protocol)}
    by_the_rule_of_plutonium = {("uranium-presence", OFF), ("uranium-presence", LACKING)}
    assert everything - covered == by_the_rule_of_plutonium


# --- what is stated, and what is assumed ---


@pytest.mark.parametrize(
    ("factor", "rate_pct", "held_pct"), [(1.645, 4.998, 9.578), (2, 2.275, 4.163), (3, 0.135, 0.2339)]
)
def test_a_factor_states_the_tail_of_the_normal_distribution(
    factor: float, rate_pct: float, held_pct: float
) -> None:
    assert 100 * beyond(factor) == pytest.approx(rate_pct, rel=1e-3)
    assert 100 * beyond_held(factor) == pytest.approx(held_pct, rel=1e-3)


@given(st.floats(1.01, 10), st.floats(0, 20))
def test_no_share_of_a_held_systematic_part_is_worse_than_is_said(factor: float, part: float) -> None:
    """An error of counting 1 and of ``part`` held: what must be cleared, less what is off already."""
    assert beyond(factor * math.hypot(1, part) - part) <= beyond_held(factor) * (1 + 1e-9)


def test_several_bands_are_exceeded_as_many_times_more_often() -> None:
    case = quiet("empty place")
    document = deepcopy(dict(case.protocol.document))
    bands = document["question"]["attributes"][0]["settings"]["bands"]
    bands.append({"band_kev": [2500, 2520], "limit_rate_per_s": 8})
    (one, *_), (two, *_) = stated_rates(case.protocol), stated_rates(parse_protocol(document))
    assert two.at_most == pytest.approx(2 * one.at_most)


def test_a_curve_says_what_is_stated_and_what_it_rests_on() -> None:
    case = quiet("empty place")
    plan = Plan(protocol=case.protocol, items=parse_items(case.items), axes=(), seed=SEED, runs=1)
    found = operating_curve(plan, [work_out(plan, block) for block in blocks(plan)], confidence=CONFIDENCE)
    assert found.stated == stated_rates(case.protocol)
    assert found.assumed == (
        "Systematic terms of the protocol: background_variation 0.05.",
        "Differs from attempt to attempt in the items: background normal 1, 0.05.",
    )
    still = Plan(protocol=case.protocol, items=parse_items(items()), axes=(), seed=SEED, runs=1)
    assert "only what they cost is shown" in assumptions(still.protocol, still.items)[-1]


@pytest.mark.parametrize(
    ("case", "differs"),
    [
        (plutonium_mass("mass", cycles=1, runs=1_000), "m240_g"),
        (enrichment("enrichment", threshold("0.2"), at=0.2), "U-238"),
        (ratio("ratio", holds=Side.BELOW), "Pu-240"),
        (three_sides("symmetry"), "sides"),
        (neutron_source("neutrons"), "background"),
    ],
    ids=lambda one: one.name if isinstance(one, StatedCase) else one,
)
def test_ready_made_items_have_systematic_terms_at_their_limits(case: StatedCase, differs: str) -> None:
    found = " ".join(assumptions(case.protocol, parse_items(usual_document(case.protocol))))
    assert differs in found
    assert "cost" not in found


def test_the_ready_made_counter_has_the_gates_that_were_agreed() -> None:
    case = plutonium_mass("mass", cycles=1, runs=1_000)
    counter = usual_document(case.protocol)["counter"]
    assert float(counter["die_away_us"]["normal"][0]) == pytest.approx(50, rel=1e-3)
    assert float(counter["efficiency"]["normal"][1]) == pytest.approx(0.0025)


def test_the_calibration_of_a_counter_is_drawn_once_an_attempt() -> None:
    """An efficiency of a tenth or of all, at chance: 350 or 3,500 pulses a second, and nothing between."""
    case = plutonium_mass("mass", cycles=1, time_s=1)
    document = deepcopy(case.items)
    document["counter"]["efficiency"] = {"one_of": ["0.1", 1]}
    document["place"] |= {"neutrons_per_s": 0, "time_s": 1}
    on = parse_items(document)
    counts = []
    for run in range(20):
        generator = generator_of(1, population="it", time_s=Fraction(1), run=run)
        measured = simulate_attempt(generator, items=on, population=on.populations[0], protocol=case.protocol)
        (train,) = measured.items
        assert isinstance(train, PulseTrain)
        counts.append(len(train.ticks))
    assert {count > 2_000 for count in counts} == {True, False}
    assert all(count > 3_000 or count < 600 for count in counts)
