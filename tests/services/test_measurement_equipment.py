"""What a protocol asks of the equipment: nothing runs without it, and a third party sees why."""

from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.dossier import parse_dossier
from counterseal.barrier.equipment_rule import EquipmentRule, agreed_words
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.barrier.tokens import make_parts
from counterseal.records import measurement as form
from counterseal.records.countersignature import Meaning
from counterseal.records.measurement import MeasurementAttempt, TokenPlace, commitments_to
from counterseal.services import measurement_state
from counterseal.services.checkpointing import publish_head
from counterseal.services.measurement import Equipment, Made, MeasurementRefusedError, propose_dossier
from counterseal.services.measurement_equipment import equipment_held
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt
from counterseal.services.submit import Statement, submit
from strategies.measurement_dossiers import dossier_document, first_dossier
from strategies.measurement_protocols import first_document
from strategies.measuring import TREATY, Site, agreed_protocol, held, reasons

COPIES = ("box-1", "box-2", "box-3")
TESTED = [{"copy": one, "test": "line", "day": "2030-01-02", "passed": True} for one in COPIES]


@pytest.fixture
def site() -> Site:
    return Site()


def wanting(rule: str, **changes: Any) -> Protocol:
    return agreed_protocol(**({"equipment": rule} | changes))


def stated(site: Site, document: dict[str, Any]) -> str:
    """The host certifies a dossier, the inspector authenticates it."""
    record = propose_dossier(site.desk(ARD), parse_dossier(document))
    site.carry()
    site.agree(BEL, record)
    site.carry()
    return record


def box(dossier: str, *, copy: str = "box-1", draw: str | None = None) -> Equipment:
    return Equipment(copy=copy, dossier=dossier, draw=draw)


def forged(site: Site, made: Protocol, **equipment: Any) -> str:
    """The host opens an attempt that its own program would refuse."""
    found = site.desk(ARD).shelf().of_digest(made.digest)
    assert found is not None
    place = TokenPlace(protocol=found.entry.record_id, item="A-1", number=1)
    parts = make_parts(SeededRandomness(seed=9, name="forger"))
    terms = MeasurementAttempt(
        place=place, commitments=commitments_to(parts.parts, place=place, party="ARD"), **equipment
    )
    statement = Statement(kind=form.ATTEMPT, members=terms.statement(), refs=terms.refs)
    world = site.world
    (record,) = submit(world.nodes[ARD], [statement], clock=world.clock, randomness=world.salts[ARD])
    publish_head(world.nodes[ARD])
    return record


def finished(site: Site, joined: Made) -> None:
    site.run(joined)
    site.carry()
    agree_to_outcome(site.desk(BEL), joined.attempt)
    site.carry()


# What is asked for and given.


def test_with_a_dossier_that_both_vouch_for_it_runs_and_a_third_party_sees_it_held(site: Site) -> None:
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    finished(site, site.countersigned(made, equipment=box(dossier)))
    report = site.report()
    assert report.accepted, report.checks
    assert held(report)["equipment"] is True
    assert [one.equipment for one in report.attempts] == ["dossier"]


def test_with_a_copy_that_was_drawn_it_runs(site: Site) -> None:
    made, dossier = site.agreed(wanting("drawn")), site.dossier(tests=TESTED)
    draw, copy = site.drawn(COPIES)
    finished(site, site.countersigned(made, equipment=box(dossier, copy=copy, draw=draw)))
    report = site.report()
    assert report.accepted, report.checks
    assert "drawn by lot in 1 of 1 attempts" in reasons(report, "equipment")
    assert [one.equipment for one in report.attempts] == ["drawn"]


# What is not asked for is said.


def test_none_is_shown_as_said(site: Site) -> None:
    site.measured(site.agreed(wanting("none")))
    report = site.report()
    assert report.accepted
    assert held(report)["equipment"] is None
    assert reasons(report, "equipment") == "item A-1, attempt 1: no equipment dossier was agreed"


def test_a_protocol_of_the_first_version_is_read_and_shown_as_not_agreed(site: Site) -> None:
    made = site.agreed(parse_protocol(first_document(treaty=TREATY)))
    site.measured(made)
    report = site.report()
    assert report.accepted
    assert held(report)["equipment"] is None
    assert "not agreed: a protocol of version 1 says nothing" in reasons(report, "equipment")
    assert [one.equipment for one in report.attempts] == ["not-agreed"]


def test_what_is_named_is_held_also_where_nothing_was_asked(site: Site) -> None:
    made = site.agreed(wanting("none"))
    with pytest.raises(MeasurementRefusedError, match="box-3 has not passed its functional tests"):
        site.open(made, equipment=box(site.dossier(), copy="box-3"))


def test_those_with_and_without_are_told_apart(site: Site) -> None:
    with_one, without = site.agreed(wanting("dossier")), site.agreed(wanting("none", title="without"))
    finished(site, site.countersigned(with_one, equipment=box(site.dossier())))
    site.measured(without, item="A-2")
    report = site.report()
    assert held(report)["equipment"] is True
    assert "item A-2, attempt 1: no equipment dossier was agreed" in reasons(report, "equipment")


@pytest.mark.parametrize("rule", [None, *EquipmentRule])
def test_there_are_words_for_whatever_was_agreed(rule: EquipmentRule | None) -> None:
    assert len({agreed_words(one) for one in (None, *EquipmentRule)}) == len(EquipmentRule) + 1
    assert "agreed" in agreed_words(rule)


# What is asked for and missing.


@pytest.mark.parametrize("rule", ["dossier", "drawn"])
def test_an_attempt_without_a_dossier_is_refused_by_both_and_shown(site: Site, rule: str) -> None:
    made = site.agreed(wanting(rule))
    why = f"equipment: {rule} was agreed, and the attempt names no dossier"
    with pytest.raises(MeasurementRefusedError, match=why):
        site.open(made)
    assert site.desk(ARD).shelf().attempts == [], "nothing was signed, no bit is used up"
    record = forged(site, made)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match=why):
        site.join(Made(attempt=record, record=record, number=1, parts=NOBODYS))
    report = site.report()
    assert held(report)["equipment"] is False
    assert f"item A-1, attempt 1: {why}" in reasons(report, "equipment")
    assert not report.accepted


NOBODYS = make_parts(SeededRandomness(seed=8, name="nobody"))


def test_a_copy_that_was_not_drawn_is_refused_where_drawn_was_agreed(site: Site) -> None:
    made, dossier = site.agreed(wanting("drawn")), site.dossier()
    with pytest.raises(MeasurementRefusedError, match="drawn was agreed, and the attempt names no draw"):
        site.open(made, equipment=box(dossier))
    forged(site, made, copy="box-1", dossier=dossier)
    site.carry()
    assert "the attempt names no draw of its copy" in reasons(site.report(), "equipment")


def test_a_dossier_that_does_not_name_the_nuclear_data_is_not_enough(site: Site) -> None:
    dossier = stated(site, first_dossier())
    with pytest.raises(MeasurementRefusedError, match="of version 1 and does not name the nuclear data"):
        site.open(site.agreed(wanting("dossier")), equipment=box(dossier))
    site.open(site.agreed(wanting("none")), equipment=box(dossier))


def test_a_dossier_about_other_nuclear_data_is_refused(site: Site) -> None:
    other = {"version": "7", "sha256": "ab" * 32}
    dossier = stated(site, dossier_document(nuclear_data=other))
    with pytest.raises(MeasurementRefusedError, match=f"nuclear data of edition 7 {'ab' * 32}, the protocol"):
        site.open(site.agreed(wanting("dossier")), equipment=box(dossier))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"code": "ab" * 32}, "other code than the protocol"),
        ({"inspector": "AUD"}, "is of ARD and AUD, not the parties"),
        ({"tests": []}, "has not passed its functional tests"),
        ({"copies": ["box-9"], "tests": []}, "'box-1' is none of those in the dossier"),
    ],
)
def test_a_dossier_that_is_not_as_agreed_is_refused(site: Site, document: dict[str, Any], why: str) -> None:
    dossier = stated(site, dossier_document(**document))
    with pytest.raises(MeasurementRefusedError, match=why):
        site.open(site.agreed(wanting("dossier")), equipment=box(dossier))


def test_a_dossier_that_the_inspector_did_not_authenticate_is_refused(site: Site) -> None:
    record = propose_dossier(site.desk(ARD), parse_dossier(dossier_document()))
    made = site.agreed(wanting("dossier"))
    with pytest.raises(MeasurementRefusedError, match="BEL has not authenticated it"):
        site.open(made, equipment=box(record))


# What was there and is spoiled before the run.


def test_an_objection_to_the_dossier_stops_the_run_before_it_is_begun(site: Site) -> None:
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    joined = site.countersigned(made, equipment=box(dossier))
    site.carry()
    site.world.countersign(BEL, [dossier], meaning=Meaning.OBJECTS, note="a seal was broken")
    site.carry()
    kept = dict(site.drawers[ARD].kept)
    with pytest.raises(MeasurementRefusedError, match="BEL objects to the dossier, by record"):
        ready_attempt(site.desk(ARD), joined.attempt, inspector_parts=joined.parts)
    assert site.room.ran == []
    assert site.drawers[ARD].kept == kept, "its run was not claimed"
    report = site.report()
    assert held(report)["equipment"] is False
    assert "BEL objects to the dossier" in reasons(report, "equipment")


def test_an_objection_that_the_host_could_not_know_when_it_ran_does_not_undo_the_run(site: Site) -> None:
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    joined = site.countersigned(made, equipment=box(dossier))
    finished(site, joined)
    site.world.countersign(BEL, [dossier], meaning=Meaning.OBJECTS, note="found later")
    site.carry()
    assert held(site.report())["equipment"] is True
    with pytest.raises(MeasurementRefusedError, match="BEL objects to the dossier"):
        site.open(made, item="A-2", equipment=box(dossier))


def test_what_a_stranger_objects_to_is_no_matter(site: Site) -> None:
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    site.report()  # the auditor gets a stick
    aud = next(party for party in site.world.nodes if str(party) == "AUD")
    site.world.countersign(aud, [dossier], meaning=Meaning.OBJECTS, note="for a laugh")
    site.world.round()
    site.open(made, equipment=box(dossier))


@pytest.mark.parametrize("whose", ["dossier", "agreement"])
def test_a_dossier_or_an_agreement_that_its_party_disowned_stops_the_run(
    site: Site, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a laptop was stolen, and the party does not stand by what was signed with its keys."""
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    joined = site.countersigned(made, equipment=box(dossier))
    shelf = site.desk(ARD).shelf()
    agreement = shelf.agreement(shelf.dossiers[dossier].entry, by="BEL")
    assert agreement is not None
    gone = frozenset((dossier if whose == "dossier" else agreement.record_id,))
    monkeypatch.setattr(measurement_state, "disowned", lambda _: gone)
    why = "is none that is accepted here" if whose == "dossier" else "BEL has not authenticated it"
    with pytest.raises(MeasurementRefusedError, match=why):
        ready_attempt(site.desk(ARD), joined.attempt, inspector_parts=joined.parts)
    assert site.room.ran == []


# What is signed under an outcome.


def test_an_outcome_of_other_equipment_than_agreed_is_not_signed_and_says_why(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, dossier = site.agreed(wanting("dossier")), site.dossier()
    joined = site.countersigned(made, equipment=box(dossier))
    site.run(joined)
    site.carry()
    monkeypatch.setattr(measurement_state, "disowned", lambda _: frozenset((dossier,)))
    desk = site.desk(BEL)
    found = equipment_held(desk.shelf(), desk.shelf().find(joined.attempt))
    assert (found.agreed, found.held) == (EquipmentRule.DOSSIER, False)
    assert "is none that is accepted here" in "; ".join(found.reasons)
    with pytest.raises(MeasurementRefusedError, match="is not signed as agreed"):
        agree_to_outcome(desk, joined.attempt)
