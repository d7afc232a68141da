"""What the closed room decides: check source first, then background, then the item; and only one word of it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from counterseal.barrier import decide as room
from counterseal.barrier.decide import Measured, both_say, decide, judge, prepared, warm_up
from counterseal.barrier.example import EXPECTED
from counterseal.barrier.protocol import Form
from counterseal.barrier.protocol_form import ProtocolError
from counterseal.barrier.template_file import template_commitment
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.errors import RefusedInputError
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.spectrum import EnergyScale
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.terms.outcomes import MeasurementOutcome
from shared_data import shared
from strategies.measurement_protocols import CHECKED, asking, document, protocol, spe, spectrum

CONFIRMED, NOT_CONFIRMED, NO_DECISION, MALFUNCTION = MeasurementOutcome
WEAK = asking(least_rate_per_s=None)
"""A question that an item without the line leaves undecided."""


def asked(item: bytes, *others: tuple[Role, bytes], **changes: Any) -> Judgement:
    """Return what comes of an item under a protocol with some members changed."""
    inputs = tuple(RoomInput(role=role, data=data) for role, data in (*others, (Role.ITEM, item)))
    return decide(Request(attempt=1, protocol=protocol(**changes).to_bytes(), inputs=inputs))


def test_an_item_with_the_line_is_confirmed_and_one_without_is_not() -> None:
    assert asked(spe()).outcome is CONFIRMED
    assert asked(spe(height=0)).outcome is NOT_CONFIRMED
    assert asked(spe(height=0), question=WEAK).outcome is NO_DECISION


def test_no_decision_is_shown_as_the_parties_agreed() -> None:
    answer = document()["answer"] | {"no_decision": "as-not-confirmed"}
    assert asked(spe(height=0), question=WEAK, answer=answer).outcome is NOT_CONFIRMED
    assert asked(spe(), question=WEAK, answer=answer).outcome is CONFIRMED


def checked(item: bytes, *, source: bytes | None = None, place: bytes | None = None) -> Judgement:
    others = ((Role.CHECK_SOURCE, source or spe()), (Role.BACKGROUND, place or spe(height=0, under=1)))
    return asked(item, *others, **CHECKED)


def test_check_source_and_background_as_agreed_let_the_item_be_asked() -> None:
    assert checked(spe()).outcome is CONFIRMED
    assert checked(spe(height=0)).outcome is NOT_CONFIRMED


@pytest.mark.parametrize("item", [spe(), spe(height=0)], ids=["with the line", "without"])
@pytest.mark.parametrize(
    ("source", "place", "reason"),
    [
        (spe(height=0), None, "check-source-off"),
        (spe(at=251), None, "check-source-off"),
        (spe(height=2), None, "check-source-off"),
        (None, spe(height=0, under=1, time_s=49), "background-too-short"),
        (None, spe(height=0, under=200), "background-too-high"),
    ],
)
def test_what_is_not_as_agreed_beside_the_item_is_a_malfunction_whatever_the_item(
    item: bytes, source: bytes | None, place: bytes | None, reason: str
) -> None:
    found = checked(item, source=source, place=place)
    assert (found.outcome, found.reason) == (MALFUNCTION, reason)
    assert found.figures == ()


def test_a_check_source_says_nothing_about_an_item_on_another_scale() -> None:
    item = spectrum().with_scale(EnergyScale(coefficients_kev=(0.5, 1.0)))
    ready = prepared(protocol(**CHECKED))
    measured = Measured(items=(item,), background=(spectrum(height=0, under=1),), check_source=spectrum())
    assert judge(ready, measured).reason == "another-energy-scale"
    assert judge(ready, replace(measured, items=(spectrum(),))).outcome is CONFIRMED


@pytest.mark.parametrize(("time_s", "outcome"), [(99, MALFUNCTION), (100, CONFIRMED), (101, MALFUNCTION)])
def test_the_time_is_the_one_that_was_agreed(time_s: int, outcome: MeasurementOutcome) -> None:
    assert asked(spe(time_s=time_s)).outcome is outcome


def test_the_preset_says_which_time_is_meant() -> None:
    live = replace(spectrum(), real_time_ns=120 * 10**9)
    ready = {
        name: prepared(protocol(measuring=document()["measuring"] | {"preset": name}))
        for name in ("live", "real")
    }
    assert judge(ready["live"], Measured(items=(live,))).outcome is CONFIRMED
    assert judge(ready["real"], Measured(items=(live,))).reason == "another-time"


def test_a_file_that_cannot_be_read_is_refused_inside_where_the_room_makes_a_malfunction_of_it() -> None:
    for data in (b"", b"$DATA:", spe()[:-200], write_n42_2012([spectrum(), spectrum()])):
        with pytest.raises(RefusedInputError):
            asked(data)


def test_a_missing_file_or_one_too_many_is_refused() -> None:
    with pytest.raises(MeasurementError, match="background: 0 files, the protocol asks for 1"):
        asked(spe(), (Role.CHECK_SOURCE, spe()), **CHECKED)
    with pytest.raises(MeasurementError, match="item: 2 files, the protocol asks for 1"):
        asked(spe(), (Role.ITEM, spe()))


def test_other_nuclear_data_than_agreed_are_refused() -> None:
    with pytest.raises(MeasurementError, match=r"nuclear data: edition 1 .* was agreed"):
        asked(spe(), nuclear_data={"version": "1", "sha256": "ab" * 32})


def test_a_form_that_cannot_be_read_in_the_closed_room_is_refused_beforehand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "READERS", {Form.SPECTRUM: read_spectra})
    measuring = document()["measuring"] | {"files": ["spectrum", "report"]}
    with pytest.raises(
        ProtocolError, match=r"measuring\.files\[1\]: report cannot be read in the closed room"
    ):
        prepared(protocol(measuring=measuring))


MASS: dict[str, Any] = {
    "mass_g": {"value": 1, "holds": "above", "coverage": 2},
    "counter": {
        "predelay_ns": 3000,
        "gate_ns": 64000,
        "delay_ns": 1024000,
        "cycles": 1,
        "efficiency": "0.23325",
        "doubles_gate_fraction": "0.6302",
        "triples_gate_fraction": "0.4460",
        "dead_time_a_us": "0.1430",
        "dead_time_b_us_per_mcps": "0.0052",
        "multiplicity_dead_time_ns": "35.9",
        "efficiency_unc": "0.01",
        "gate_fractions_unc": "0.01",
    },
    "effective_percent": 20,
    "effective_percent_unc": "0.01",
    "model_unc": "0.02",
}
"""Fictional settings for the report of a counter: a threshold of 1 g."""


@pytest.mark.parametrize(("grams", "outcome"), [(1, CONFIRMED), (10, NOT_CONFIRMED)])
def test_the_report_of_a_coincidence_counter_is_asked_for_a_mass(
    grams: int, outcome: MeasurementOutcome
) -> None:
    report = shared("neutron", "incc", "1AKW2118.VER").read_bytes()
    counted = read_coincidence_report(report)
    gates = {
        "predelay_ns": round(counted.counter.predelay_us * 1000),
        "gate_ns": round(counted.counter.gate_us * 1000),
    }
    mass = {"value": grams, "holds": "above", "coverage": 2}
    settings = MASS | {"mass_g": mass, "counter": MASS["counter"] | gates}
    time_s = counted.summed.time_ns // 10**9
    changes: dict[str, Any] = {
        "question": {
            "attributes": [{"attribute": "plutonium-mass", "settings": settings, "cross_check": None}]
        },
        "measuring": document()["measuring"] | {"files": ["report"], "time_s": time_s},
    }
    found = asked(report, **changes)
    assert found.outcome is outcome, found
    other_gate = settings | {"counter": settings["counter"] | {"gate_ns": 32000}}
    changes["question"]["attributes"][0]["settings"] = other_gate
    assert asked(report, **changes).reason == "another-gate"


def test_a_template_that_was_not_committed_to_is_refused_in_the_room_as_well() -> None:
    salt, template = bytes(32), write_n42_2012([spectrum(seed=seed) for seed in range(8)])
    comparison = {
        "grid": {"range_kev": [1, 510], "edges": [0, 64, 128, 192, 256]},
        "systematic": [0, 0, 0, 0],
        "chi_square_limit": 20,
        "kolmogorov_limit": 3,
        "least_counts": 100,
        "rate": None,
        "landmark": None,
    }
    question = {"template": {"commitment": template_commitment(template, salt=salt), "settings": comparison}}
    given = ((Role.TEMPLATE, salt), (Role.TEMPLATE, template))
    assert asked(spe(seed=77), *given, question=question).outcome is CONFIRMED
    assert asked(spe(seed=77, height=100), *given, question=question).outcome is NOT_CONFIRMED
    for wrong in (((Role.TEMPLATE, salt), (Role.TEMPLATE, spe())), given[:1], ()):
        with pytest.raises(RefusedInputError, match="template"):
            asked(spe(seed=77), *wrong, question=question)
    with pytest.raises(RefusedInputError, match="template: 2 files"):
        asked(spe(), *given)


def test_the_same_request_gives_the_same_judgement_to_the_last_bit() -> None:
    assert asked(spe(seed=5)) == asked(spe(seed=5))


def test_two_implementations_confirm_only_together() -> None:
    def said(outcome: MeasurementOutcome) -> Judgement:
        return Judgement(outcome=outcome, reason="said")

    for first in MeasurementOutcome:
        for second in MeasurementOutcome:
            found = both_say(said(first), said(second)).outcome
            if MALFUNCTION in (first, second):
                assert found is MALFUNCTION
            else:
                assert found is (first if first is second else NO_DECISION)


def test_all_that_is_asked_must_be_confirmed() -> None:
    """Two questions of one kind stand for two attributes: a protocol could not hold them under one name."""
    ready = prepared(protocol())
    other = prepared(protocol(question=asking(least_net_counts=10**9, least_rate_per_s=None)))
    both = replace(ready, questions=(*ready.questions, *other.questions))
    measured = Measured(items=(spectrum(),))
    assert judge(other, measured).outcome is NO_DECISION
    assert judge(both, measured).outcome is NO_DECISION
    assert judge(both, Measured(items=(spectrum(height=0),))).outcome is NOT_CONFIRMED
    assert judge(replace(ready, questions=ready.questions * 2), measured).outcome is CONFIRMED
    assert judge(replace(ready, questions=()), measured).outcome is MALFUNCTION, (
        "an empty question never passes"
    )


def test_the_built_in_example_comes_out_as_it_must() -> None:
    warm_up()


def test_a_program_that_decides_its_own_example_otherwise_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "EXPECTED", EXPECTED[::-1])
    with pytest.raises(RuntimeError):
        warm_up()


def test_times_are_compared_exactly() -> None:
    ready = prepared(protocol(measuring=document()["measuring"] | {"tolerance_s": 0}))
    assert ready.protocol.measuring.time_s == Fraction(100)
    off = replace(spectrum(), live_time_ns=100 * 10**9 - 1)
    assert judge(ready, Measured(items=(off,))).reason == "another-time"
