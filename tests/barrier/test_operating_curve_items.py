"""Items of an operating curve: their form, what a detector counts of them, and protocols beside the proposed one."""

import math
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.operating_curve import sweep
from counterseal.barrier.operating_curve.attempt import generator_of, simulate_attempt
from counterseal.barrier.operating_curve.curve import blocks, work_out
from counterseal.barrier.operating_curve.disclosure import (
    capacity_bits,
    disclosure,
    mutual_information_bits,
)
from counterseal.barrier.operating_curve.items import CurveItems, Germanium
from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.quantity import parse_quantity
from counterseal.barrier.operating_curve.response import expected_channels, running_counts
from counterseal.barrier.operating_curve.usual_items import usual_document
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.barrier.protocol_form import Part, ProtocolError
from counterseal.measurement.spectrum import Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import MeasurementOutcome
from counterseal.treaty.yaml_document import load_yaml_document
from strategies.measurement_protocols import CHECKED, document, protocol
from strategies.operating_curves import asking, gamma, items, neutron_protocol, plan, quiet_protocol

EXAMPLES = Path(__file__).parents[2] / "examples" / "measurement"
CONFIRMED, NOT_CONFIRMED = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED


def example(name: str) -> Any:
    return load_yaml_document((EXAMPLES / name).read_bytes(), schema=None, where=name)


def germanium(**changes: Any) -> Germanium:
    found = parse_items(items(detector={**items()["detector"], **changes})).detector
    assert found is not None
    return found


# --- form ---

WRONG: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("items",), 2, "items: found 2; must be a whole number from 1 to 1"),
    (("detector", "channels"), 8, r"detector\.channels: found 8"),
    (("detector", "fwhm"), [0, 0, 0], r"detector\.fwhm: .* not all 0"),
    (("detector", "scale_kev"), [0], r"detector\.scale_kev: .* list of 2 to"),
    (("detector", "efficiency"), [[100, "0.1"], [50, "0.1"]], "its energies must go upwards"),
    (("detector", "efficiency", 0, 1), 2, "must be above 0, at most 1"),
    (("detector", "dead_part"), 1, r"detector\.dead_part: found 1; must be at least 0, below 1"),
    (("counter", "efficiency"), 0, r"counter\.efficiency: found 0; must be from 1e-06 to 1"),
    (("varying", "gain"), 2, r"varying\.gain: found 2; must be from 0\.95 to 1\.05"),
    (("varying", "drift"), "0.5", r"varying\.drift: .* from -0\.05 to 0\.05"),
    (("varying", "placing"), {"gamma": [1, 2]}, "must be a number, or a mapping of one of uniform"),
    (("varying", "placing"), {"uniform": [2, 1]}, "the ends must go upwards"),
    (("place", "neutrons_per_s"), -1, r"place\.neutrons_per_s: found -1; must be at least 0"),
    (("place", "time_s"), 0, r"place\.time_s: found 0; must be above 0"),
    (("populations",), [], r"populations: .* list of 1 to"),
    (("populations", 1, "name"), "nothing there", "two populations have one name"),
    (("populations", 0, "genuine"), 1, r"populations\[0\]\.genuine: found 1; must be true or false"),
    (("populations", 1, "gamma", "sources", 0, "nuclide"), "Caesium", "must be a nuclide such as"),
    (("populations", 1, "gamma", "sources", 0, "activity_bq"), 0.5, "a decimal number in quotes"),
    (
        ("template",),
        {"population": "none", "runs": 1, "time_s": 1},
        "its population must be one of nothing there",
    ),
]


@pytest.mark.parametrize(("path", "value", "rule"), WRONG, ids=[str(path) for path, _, _ in WRONG])
def test_what_is_not_in_form_is_refused_with_its_place(path: tuple[Any, ...], value: Any, rule: str) -> None:
    whole = deepcopy(items())
    parent = whole
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    with pytest.raises(ProtocolError, match=rule):
        parse_items(whole)


def test_a_member_more_or_less_is_refused() -> None:
    with pytest.raises(ProtocolError, match="'more' is not known here"):
        parse_items(items(more=1))
    less = items()
    del less["place"]
    with pytest.raises(ProtocolError, match="place missing"):
        parse_items(less)


@pytest.mark.parametrize(
    ("agreed", "without", "rule"),
    [
        (quiet_protocol(), {"detector": None}, "measures spectra; detector must be there"),
        (neutron_protocol(), {"counter": None}, "measures pulses; counter must be there"),
        (protocol(**CHECKED), {}, "has a check source; it and detector must be there"),
    ],
    ids=["spectra", "pulses", "check source"],
)
def test_items_that_leave_out_what_is_measured_are_refused(
    agreed: Protocol, without: dict[str, Any], rule: str
) -> None:
    with pytest.raises(BarrierError, match=rule):
        plan(agreed, on=items(**without))


def test_other_plans_that_cannot_be_simulated_are_refused() -> None:
    sided = [{"name": "one", "genuine": True, "gamma": gamma("Co-60", 1, sides=[1, 1]), "neutrons": None}]
    with pytest.raises(BarrierError, match="one has 2 sides, 1 are measured"):
        plan(quiet_protocol(), on=items(populations=sided))
    with pytest.raises(BarrierError, match="curve of 0 runs: must be 1 to"):
        plan(quiet_protocol(), runs=0)
    reports = {**document()["measuring"], "files": ["report"]}
    with pytest.raises(BarrierError, match="reports of coincidence counters are not simulated"):
        plan(protocol(measuring=reports))
    with pytest.raises(BarrierError, match="has a template; template must be there"):
        plan(protocol(question={"template": {"commitment": "0" * 64, "settings": {}}}))


def test_a_material_of_nothing_and_a_band_that_no_source_shows_in_are_refused() -> None:
    nothing = {"mass_g": 1, "parts": [{"nuclide": "Pu-239", "mass": 0}], "age_years": 0}
    of_it = {"sources": [], "materials": [nothing], "shields": [], "sides": None}
    what = plan(
        quiet_protocol(),
        on=items(populations=[{"name": "none", "genuine": True, "gamma": of_it, "neutrons": None}]),
    )
    with pytest.raises(BarrierError, match="parts must not all be 0"):
        work_out(what, blocks(what)[0])
    question = deepcopy(quiet_protocol().document["question"])
    question["attributes"][0]["settings"]["bands"][0]["band_kev"] = [3000, 3100]
    with pytest.raises(BarrierError, match="no common source shows in 3000 to 3100 keV"):
        usual_document(quiet_protocol(question=question))


# --- quantities ---


@pytest.mark.parametrize(
    ("stated", "mean", "deviation"),
    [
        ("2.5", 2.5, 0.0),
        ({"uniform": [1, 3]}, 2.0, 2 / math.sqrt(12)),
        ({"normal": [10, 2]}, 10.0, 2.0),
        ({"lognormal": [10, "0.1"]}, 10 * math.exp(0.005), 1.008),
        ({"one_of": [1, 5]}, 3.0, 2.0),
    ],
    ids=str,
)
def test_quantities_spread_as_stated(stated: Any, mean: float, deviation: float) -> None:
    quantity = parse_quantity(Part(value=stated))
    generator = np.random.Generator(np.random.Philox(key=7))
    drawn = [quantity.drawn(generator) for _ in range(4000)]
    assert np.mean(drawn) == pytest.approx(mean, abs=4 * deviation / math.sqrt(4000) + 1e-12)
    assert np.std(drawn) == pytest.approx(deviation, rel=0.05, abs=1e-12)


@given(st.integers(0, 2**64))
def test_what_is_out_of_range_is_drawn_again(key: int) -> None:
    quantity = parse_quantity(Part(value={"normal": [0, 1]}), least=0.0, most=0.5)
    assert 0 <= quantity.drawn(np.random.Generator(np.random.Philox(key=key))) <= 0.5


# --- what a detector counts ---


def test_a_higher_gain_moves_a_peak_by_its_energy_and_loses_no_counts() -> None:
    detector = germanium(channels=1024, scale_kev=[0, 2], fwhm=[0, 1, 0])
    table = running_counts(detector, "Cs-137", layers=(), width=1.0)
    energies = detector.scale.energy_kev(np.arange(1024.0))
    places, contents = [], []
    for gain in (0.98, 1.0, 1.02):
        counts = expected_channels(detector, [(1e6, table)], gain=gain, drift=0.0)
        near = np.abs(energies - 661.657 * gain) < 100
        peak = np.where(near, counts - counts[int((661.657 * gain + 110) // 2)], 0.0)
        places.append(float((peak * energies).sum() / peak.sum()) / 661.657)
        contents.append(float(counts.sum()))
    assert places == pytest.approx([0.98, 1.0, 1.02], abs=2e-4)
    assert contents == pytest.approx([contents[1]] * 3, rel=1e-6)


def test_a_drift_is_a_mean_of_gains() -> None:
    detector = germanium()
    table = running_counts(detector, "Co-60", layers=(), width=1.0)
    drifting = expected_channels(detector, [(1.0, table)], gain=1.0, drift=0.02)
    gains = [1 + 0.02 * (step + 0.5) / 8 for step in range(8)]
    mean = sum(expected_channels(detector, [(1.0, table)], gain=gain, drift=0.0) for gain in gains) / 8
    assert np.allclose(drifting, mean)


def test_a_shield_lets_through_what_its_attenuation_says() -> None:
    detector = germanium(channels=1024, scale_kev=[0, 2], fwhm=[4, 0, 0], peak_to_total=1)
    layers = ((((600.0, 0.08), (700.0, 0.07)), 10.0),)
    areas = [
        expected_channels(
            detector,
            [(1e9, running_counts(detector, "Cs-137", layers=behind, width=1.0))],
            gain=1.0,
            drift=0.0,
        )[300:360].sum()
        for behind in ((), layers)
    ]
    place = math.log(661.657 / 600) / math.log(700 / 600)
    attenuation = math.exp((1 - place) * math.log(0.08) + place * math.log(0.07))
    assert areas[1] / areas[0] == pytest.approx(math.exp(-10 * attenuation), rel=1e-9)


def test_plutonium_that_is_older_has_the_americium_of_its_pu_241() -> None:
    data, time_s = load_nuclear_data(), 30 * 31_557_600.0
    chain = ("Pu-241", "Am-241", "Np-237")
    pu, am, np_ = (math.log(2) / data.nuclide(name).half_life_s for name in chain)
    atoms = 6.02214076e23 / data.nuclide("Pu-241").mass_u
    left = math.exp(-pu * time_s)
    grown = pu / (am - pu) * (left - math.exp(-am * time_s))
    for years, parts in ((0, (1.0, 0.0, 0.0)), (30, (left, grown, 1 - left - grown))):
        photons_per_s = {
            name: sum(line.intensity for line in data.nuclide(name).lines if line.energy_kev > 180)
            * atoms
            * part
            * rate
            for name, part, rate in zip(chain, parts, (pu, am, np_), strict=True)
        }
        expected = 100 * 1e-4 * sum(photons_per_s.values())
        assert counted_of_a_gram_of_pu_241(years) == pytest.approx(expected, rel=0.01)


def counted_of_a_gram_of_pu_241(years: int) -> int:
    """Return the counts above 180 keV in 100 s of a detector that counts one photon in 10,000."""
    plain = {"channels": 512, "scale_kev": [0, 5], "fwhm": [4, 0, 0], "peak_to_total": 1, "lowest_kev": 180}
    detector = {**items()["detector"], **plain, "efficiency": [[60, "0.0001"]]}
    material = {"mass_g": 1, "parts": [{"nuclide": "Pu-241", "mass": 3}], "age_years": years}
    of_it = {"sources": [], "materials": [material], "shields": [], "sides": None}
    on = items(
        detector=detector,
        place={**items()["place"], "smooth_per_s": 0},
        populations=[{"name": "plutonium", "genuine": True, "gamma": of_it, "neutrons": None}],
    )
    what = plan(quiet_protocol(), on=on)
    (measured,) = simulate_attempt(
        generator_of(1, population="plutonium", time_s=Fraction(100), run=0),
        items=what.items,
        population=what.items.populations[0],
        protocol=what.protocol,
    ).items
    assert isinstance(measured, Spectrum)
    return measured.total


# --- protocols beside the proposed one ---


def test_thresholds_and_systematic_terms_of_both_implementations_are_found() -> None:
    agreed = parse_protocol(example("plutonium.yaml"))
    thresholds = sweep.factor_axis(agreed, sweep.THRESHOLD, [Fraction(1, 2), Fraction(1)])
    systematic = sweep.factor_axis(agreed, sweep.SYSTEMATIC, [Fraction(0), Fraction(1), Fraction(100)])
    assert thresholds is not None
    assert systematic is not None
    at = "question.attributes[1]"
    assert set(thresholds.places) == {f"{at}.settings.threshold.value", f"{at}.cross_check.threshold"}
    assert set(systematic.places) == {
        f"{at}.settings.systematic_floor",
        f"{at}.settings.americium_floor",
        f"{at}.cross_check.systematic_per_mille",
    }
    half, whole = thresholds.points
    changed = half.document["question"]["attributes"][1]
    assert changed["settings"]["threshold"]["value"] == "0.225"
    assert changed["cross_check"]["threshold"] == 3686
    assert whole.agreed
    assert whole.document == agreed.document
    assert [float(value) for value, _ in systematic.left_out] == [0.0, 100.0]
    assert "systematic_per_mille 0 must be at least 1" in systematic.left_out[0][1]
    assert "floors of the uncertainty must be 0 to 1" in systematic.left_out[1][1]


def test_a_protocol_without_systematic_terms_has_no_curve_against_them() -> None:
    assert sweep.factor_axis(quiet_protocol(), sweep.SYSTEMATIC, [Fraction(1)]) is None


def test_any_number_can_be_varied_by_its_place() -> None:
    agreed = neutron_protocol()
    place = "question.attributes[0].settings.rate.coverage"
    axis = sweep.place_axis(agreed, place, [Fraction(3), Fraction(2)])
    assert [(float(point.value), point.agreed) for point in axis.points] == [(2.0, True), (3.0, False)]
    assert axis.points[1].document["question"]["attributes"][0]["settings"]["rate"]["coverage"] == 3


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("question.none", 1, "is not in the protocol"),
        ("question.attributes[7]", 1, "is not in the protocol"),
        ("title", 1, "holds no number"),
        ("question..attributes", 1, "must be written as"),
        ("question.attributes[0].settings.rate.coverage", -1, "coverage factor -1: must be above 0"),
    ],
)
def test_a_place_without_a_number_is_refused(place: str, value: int, rule: str) -> None:
    with pytest.raises(BarrierError, match=rule):
        sweep.place_axis(neutron_protocol(), place, [Fraction(value)])


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(BarrierError, match=r"time -5: .*must be above 0"):
        sweep.time_axis(neutron_protocol(), [Fraction(-5)])
    with pytest.raises(BarrierError, match="time: 33 values, must be 1 to 32"):
        sweep.time_axis(neutron_protocol(), [Fraction(one) for one in range(1, 34)])


# --- what is disclosed ---


def test_a_binary_channel_has_the_capacity_of_the_books() -> None:
    flips = 0.11
    entropy = -flips * math.log2(flips) - (1 - flips) * math.log2(1 - flips)
    rows = [[1 - flips, flips], [flips, 1 - flips]]
    assert capacity_bits(rows) == pytest.approx(1 - entropy, abs=1e-6)
    assert mutual_information_bits(rows, [0.5, 0.5]) == pytest.approx(1 - entropy, abs=1e-12)
    # a Z channel with half of the ones lost: log2(1 + (1 - q) q^(q / (1 - q))) = log2(5/4)
    assert capacity_bits([[1.0, 0.0], [0.5, 0.5]]) == pytest.approx(math.log2(1.25), abs=1e-6)


@given(st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any), min_size=1, max_size=5))
def test_no_population_tells_more_than_the_answers_can(counts: list[list[int]]) -> None:
    shown = [dict(zip(MeasurementOutcome, row, strict=True)) for row in counts]
    found = disclosure(quiet_protocol(), shown)
    assert 0 <= found.told_bits <= found.capacity_bits + 1e-6
    assert found.capacity_bits <= found.bound_bits + 1e-6
    assert 1000 * found.bound_in_all_bits <= found.budget_millibits


def test_attempts_are_what_repeats_and_budget_allow() -> None:
    shown = [{CONFIRMED: 1, NOT_CONFIRMED: 1}]
    tight = quiet_protocol(answer={"no_decision": "shown", "budget_bits": 4})
    hidden = quiet_protocol(answer={"no_decision": "as-not-confirmed", "budget_bits": 4})
    assert (disclosure(tight, shown).attempts, disclosure(hidden, shown).attempts) == (2, 2)
    assert (disclosure(tight, shown).millibits, disclosure(hidden, shown).millibits) == (2000, 1585)
    assert disclosure(tight, shown).adapted() == ((1, Fraction(1, 2)), (2, Fraction(1, 4)))


# --- ready-made items ---


def usual(agreed: Protocol) -> CurveItems:
    return parse_items(usual_document(agreed))


@pytest.mark.parametrize(
    "agreed",
    [
        quiet_protocol(limit="3"),
        neutron_protocol(rate="5"),
        protocol(
            question=asking(
                "symmetry",
                sides=3,
                band_kev=[100, 1500],
                tolerance="0.3",
                coverage=2,
                side_variation="0.02",
                least_net_counts=100,
            ),
            measuring={**document()["measuring"], "files": ["spectrum"] * 3},
        ),
    ],
    ids=["no-radiation", "neutron-presence", "symmetry"],
)
def test_a_protocol_without_items_gets_some_on_both_sides_of_its_thresholds(agreed: Protocol) -> None:
    what = plan(agreed, on=usual_document(agreed), runs=40)
    assert usual(agreed) == what.items
    for block in blocks(what):
        (tally,) = work_out(what, block).tallies
        right = what.items.population(block.population).genuine
        assert tally.count(CONFIRMED if right else NOT_CONFIRMED) >= (30 if right else 1)
        assert tally.count(NOT_CONFIRMED if right else CONFIRMED) <= 8
        assert not tally.count(MeasurementOutcome.MALFUNCTION)


def test_the_published_example_comes_out_right_on_ready_made_plutonium() -> None:
    agreed = parse_protocol(example("plutonium.yaml"))
    what = plan(agreed, on=usual_document(agreed), runs=2)
    found = {block.population: work_out(what, block).tallies[0] for block in blocks(what)}
    for population in what.items.populations:
        wrong = NOT_CONFIRMED if population.genuine else CONFIRMED
        assert found[population.name].count(wrong) == 0
        assert not found[population.name].count(MeasurementOutcome.MALFUNCTION)


def test_what_has_no_ready_made_items_asks_for_them() -> None:
    both = (
        quiet_protocol().document["question"]["attributes"]
        + neutron_protocol().document["question"]["attributes"]
    )
    measuring = {**document()["measuring"], "files": ["spectrum", "pulses"]}
    with pytest.raises(BarrierError, match="neutron-presence, no-radiation: no items are ready-made"):
        usual_document(protocol(question={"attributes": both}, measuring=measuring))
