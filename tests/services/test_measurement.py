"""A measurement between nodes: nothing runs before both signed, nothing runs twice, and anybody can check it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.dossier import parse_dossier
from counterseal.barrier.errors import BarrierError, BudgetError
from counterseal.barrier.protocol import UNBOUND
from counterseal.barrier.tokens import make_parts
from counterseal.records import measurement as form
from counterseal.records.countersignature import Meaning
from counterseal.records.draw import DrawOpening, Stratum, root_of_pool
from counterseal.records.measurement import TokenPlace, commitments_to, parse_attempt, parse_result
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import StatementError
from counterseal.services.measurement import (
    Equipment,
    MeasurementRefusedError,
    join_attempt,
    open_attempt,
    propose_dossier,
    propose_protocol,
)
from counterseal.services.measurement_check import MeasurementReport
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt
from counterseal.services.submit import Statement, submit
from counterseal.terms.outcomes import MeasurementOutcome
from counterseal.terms.parties import PartyCode
from strategies.measurement_dossiers import dossier_document
from strategies.measurement_protocols import asking, document
from strategies.measuring import AUD, Site, agreed_protocol, held, reasons
from strategies.worlds import START

STRANGE = make_parts(SeededRandomness(seed=9, name="stranger"))


@pytest.fixture
def site() -> Site:
    return Site()


def say(site: Site, party: PartyCode, kind: str, members: dict[str, Any], *refs: str) -> str:
    """A party states whatever it likes, past every rule of its own program."""
    statement = Statement(kind=kind, members=members, refs=refs)
    (record,) = submit(
        site.world.nodes[party], [statement], clock=site.world.clock, randomness=site.world.salts[party]
    )
    publish_head(site.world.nodes[party])
    return record


def left_out(report: MeasurementReport) -> str:
    """Return what counts for nothing and speaks against nothing."""
    return "; ".join(report.left_out)


def test_a_whole_measurement_is_accepted_by_a_third_party(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    assert site.measured(made).outcome is MeasurementOutcome.CONFIRMED
    assert site.measured(made, item="A-2", height=0).outcome is MeasurementOutcome.NOT_CONFIRMED
    report = site.report()
    assert report.accepted, report.checks
    assert held(report) == dict.fromkeys(held(report), True) | {"equipment": None, "treaty-budget": None}
    shown = [(one.item, one.number, one.outcome, one.health, one.signed_by) for one in report.attempts]
    assert shown == [
        ("A-1", 1, "confirmed", "well", ("ARD", "BEL")),
        ("A-2", 1, "not-confirmed", "well", ("ARD", "BEL")),
    ]
    assert [(one.item, one.bits, one.budget) for one in report.budgets] == [
        ("A-1", "2.000", "6.000"),
        ("A-2", "2.000", "6.000"),
    ]


def test_the_inspector_may_propose_as_well(site: Site) -> None:
    record = propose_protocol(site.desk(BEL), made := agreed_protocol())
    site.carry()
    site.carry()
    site.agree(ARD, record)
    site.measured(made)
    assert site.report().accepted


@pytest.mark.parametrize(
    ("changes", "by", "why"),
    [
        ({"treaty": "sea-treaty"}, ARD, "is of treaty sea-treaty"),
        ({"host": "NOB"}, BEL, "NOB: no party of this treaty's trust file"),
        ({}, AUD, "AUD is neither its host nor its inspector"),
        ({"code": UNBOUND}, ARD, "its code is unbound"),
    ],
)
def test_a_protocol_that_cannot_be_on_this_record_is_refused(
    site: Site, changes: dict[str, Any], by: PartyCode, why: str
) -> None:
    made = agreed_protocol(**changes)
    with pytest.raises(MeasurementRefusedError, match=why):
        propose_protocol(site.desk(by), made)
    say(site, by, form.PROTOCOL, {"digest": made.digest, "protocol": dict(made.document)})
    assert why in left_out(site.report(by))


def test_a_protocol_is_on_the_record_once(site: Site) -> None:
    propose_protocol(site.desk(ARD), made := agreed_protocol())
    with pytest.raises(MeasurementRefusedError, match="is on the record already"):
        propose_protocol(site.desk(ARD), made)


def test_no_attempt_is_opened_before_both_agreed_to_the_protocol(site: Site) -> None:
    made = agreed_protocol()
    with pytest.raises(MeasurementRefusedError, match="is not on this record"):
        site.open(made)
    propose_protocol(site.desk(ARD), made)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match="BEL has not countersigned record"):
        site.open(made)


def test_only_the_host_opens_and_only_the_inspector_joins_once(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    with pytest.raises(MeasurementRefusedError, match="ARD is the host"):
        open_attempt(site.desk(BEL), made.digest, item="A-1", equipment=None)
    opened = site.open(made)
    site.carry()
    site.join(opened)
    with pytest.raises(MeasurementRefusedError, match="BEL joined it already"):
        site.join(opened)


def test_nothing_runs_before_both_have_countersigned(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    opened = site.open(made)
    with pytest.raises(MeasurementRefusedError, match="BEL has not joined it; BEL has not countersigned it"):
        ready_attempt(site.desk(ARD), opened.attempt, inspector_parts=STRANGE)
    site.carry()
    joined = site.join(opened)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match="ARD has not countersigned the join"):
        site.run(joined)
    assert site.room.ran == []
    site.agree(ARD, joined.record)
    site.run(joined)
    assert len(site.room.ran) == 1


def test_an_attempt_runs_once_even_if_its_outcome_never_came(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))

    def breaks_down() -> None:
        raise KeyboardInterrupt

    site.room.before = breaks_down
    with pytest.raises(KeyboardInterrupt):
        site.run(joined)
    site.room.before = None
    with pytest.raises(MeasurementRefusedError, match="was run already"):
        site.run(joined)
    site.carry()
    report = site.report()
    assert held(report)["answered"] is None
    assert "A-1, attempt 1: has no outcome on the record" in reasons(report, "answered")
    assert not report.accepted
    assert [one.bits for one in report.budgets] == ["2.000"], "it counts all the same"


def test_parts_that_were_not_committed_to_do_not_go_into_the_room(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    with pytest.raises(MeasurementRefusedError, match="the token parts of BEL are not those"):
        site.run(joined, parts=STRANGE)
    assert site.room.ran == []


def test_a_second_threshold_set_is_refused_by_both_sides_and_shown_by_the_check(site: Site) -> None:
    first = site.agreed(agreed_protocol())
    second = site.agreed(agreed_protocol(title="finer", question=asking(least_rate_per_s="10.6")))
    site.measured(first)
    with pytest.raises(BarrierError, match="one attribute of one item has one threshold set"):
        site.open(second)
    forged = forged_attempt(site, second, number=2)
    site.carry()
    with pytest.raises(BarrierError, match="one attribute of one item has one threshold set"):
        join_attempt(site.desk(BEL), site.desk(BEL).shelf().find(forged))
    report = site.report()
    assert not report.accepted
    assert held(report)["thresholds"] is False


def forged_attempt(site: Site, made: Any, *, number: int, item: str = "A-1") -> str:
    """The host puts an attempt on the record that its own program would refuse."""
    stated = site.desk(ARD).shelf().of_digest(made.digest)
    assert stated is not None
    place = TokenPlace(protocol=stated.entry.record_id, item=item, number=number)
    terms = form.MeasurementAttempt(
        place=place, commitments=commitments_to(STRANGE.parts, place=place, party="ARD")
    )
    return say(site, ARD, form.ATTEMPT, terms.statement(), *terms.refs)


def test_repeating_until_it_passes_meets_repeats_and_budget(site: Site) -> None:
    measuring = document()["measuring"] | {"repeats": 9}
    answer = {"no_decision": "shown", "budget_bits": 4}
    made = site.agreed(agreed_protocol(measuring=measuring, answer=answer))
    for _ in range(2):
        site.measured(made, height=0)
    with pytest.raises(BudgetError, match=r"6\.000 bits disclosed; 4\.000 were agreed"):
        site.open(made)
    forged_attempt(site, made, number=3)
    site.carry()
    report = site.report()
    assert held(report)["budget"] is False
    assert [one.outcome for one in report.attempts] == ["not-confirmed", "not-confirmed", None]


def test_an_attempt_past_the_budget_does_not_run_even_if_both_signed_it(site: Site) -> None:
    made = site.agreed(agreed_protocol(answer={"no_decision": "shown", "budget_bits": 2}))
    site.measured(made)
    forged = forged_attempt(site, made, number=2)
    place = site.desk(ARD).shelf().find(forged).terms.place
    join = form.MeasurementJoin(
        attempt=forged, commitments=commitments_to(STRANGE.parts, place=place, party="BEL")
    )
    site.carry()
    joined = say(site, BEL, form.JOIN, join.statement(), forged)
    site.agree(BEL, forged)
    site.carry()
    site.agree(ARD, joined)
    with pytest.raises(BudgetError, match=r"4\.000 bits disclosed; 2\.000 were agreed"):
        ready_attempt(site.desk(ARD), forged, inspector_parts=STRANGE)


def test_a_digest_that_is_not_the_protocols_is_refused(site: Site) -> None:
    made = agreed_protocol()
    say(site, ARD, form.PROTOCOL, {"digest": "ab" * 32, "protocol": dict(made.document)})
    assert "digest is not that of the protocol" in left_out(site.report(ARD))


def test_an_attempt_out_of_its_number_is_not_joined_and_is_shown(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    forged = forged_attempt(site, made, number=7)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match=r"is the 1\. attempt on this item"):
        join_attempt(site.desk(BEL), site.desk(BEL).shelf().find(forged))
    assert held(site.report())["numbered"] is False


def outcome_of(site: Site) -> tuple[str, dict[str, Any]]:
    """Return the outcome that is on the host's record, and its attempt's id."""
    (attempt,) = site.desk(ARD).shelf().attempts
    return attempt.entry.record_id, attempt.results[0][1].statement()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda said: said | {"outcome": "confirmed"}, "does not give its commitment to confirmed"),
        (lambda said: said | {"host_part": "ab" * 32}, "the part of ARD does not give its commitment"),
        (lambda said: said | {"inspector_part": "ab" * 32}, "the part of BEL does not give its commitment"),
        (lambda said: said | {"token": "ab" * 32}, "the token is not what both parts give"),
    ],
    ids=["another outcome", "host's part", "inspector's part", "token"],
)
def test_a_forged_outcome_or_a_swapped_token_is_not_signed_and_is_shown(
    site: Site, change: Callable[[dict[str, Any]], dict[str, Any]], why: str
) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    answer, _ = site.run(joined, height=0)
    assert answer.outcome is MeasurementOutcome.NOT_CONFIRMED
    attempt, said = outcome_of(site)
    liar = Site()  # the same world again, in which the host forges instead
    joined = liar.countersigned(liar.agreed(agreed_protocol()))
    assert joined.attempt == attempt, "the same seeds, so the same attempt"
    say(liar, ARD, form.OUTCOME, change(said), attempt)
    liar.carry()
    with pytest.raises(MeasurementRefusedError, match=why):
        agree_to_outcome(liar.desk(BEL), attempt)
    report = liar.report()
    assert held(report)["tokens"] is False
    assert held(report)["outcome-signed"] is False
    assert not report.accepted


def test_an_outcome_that_was_there_before_the_signatures_is_shown(site: Site) -> None:
    """The host gets the inspector's parts early and answers before anybody has agreed to anything."""
    made = site.agreed(agreed_protocol())
    opened = site.open(made)
    site.carry()
    joined = site.join(opened)
    place = TokenPlace(
        protocol=site.desk(ARD).shelf().find(opened.attempt).terms.place.protocol, item="A-1", number=1
    )
    confirmed = MeasurementOutcome.CONFIRMED
    host, inspector = opened.parts.of(confirmed), joined.parts.of(confirmed)
    assert place.number == joined.number
    result = form.MeasurementResult(
        attempt=opened.attempt,
        outcome=confirmed,
        health="well",
        host_part=host,
        inspector_part=inspector,
        token=bytes(a ^ b for a, b in zip(host, inspector, strict=True)),
    )
    say(site, ARD, form.OUTCOME, result.statement(), opened.attempt)
    site.carry()
    site.agree(ARD, joined.record)
    site.carry()
    report = site.report()
    assert held(report)["tokens"] is True
    assert held(report)["countersigned-before"] is False
    told = reasons(report, "countersigned-before")
    assert "is older than the join of BEL" in told
    assert "is older than the agreement of BEL to it" in told
    assert "is older than the agreement of ARD to the join" in told


def test_an_attempt_before_the_agreement_to_its_protocol_is_shown(site: Site) -> None:
    made = agreed_protocol()
    record = propose_protocol(site.desk(ARD), made)
    forged_attempt(site, made, number=1)
    site.carry()
    assert "BEL has not countersigned its protocol" in reasons(site.report(), "protocol-agreed")
    site.agree(BEL, record)
    site.carry()
    assert "only after it was opened" in reasons(site.report(), "protocol-agreed")


def test_two_outcomes_of_one_attempt_are_none(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    site.run(joined)
    attempt, said = outcome_of(site)
    say(site, ARD, form.OUTCOME, said | {"outcome": "not-confirmed"}, attempt)
    site.carry()
    report = site.report()
    assert held(report)["one-outcome"] is False
    assert report.attempts[0].outcome is None
    with pytest.raises(MeasurementRefusedError, match="two outcomes are on the record"):
        agree_to_outcome(site.desk(BEL), attempt)


def test_an_outcome_that_only_the_host_signed_is_not_accepted_and_an_objection_is_told(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    _, record = site.run(joined)
    site.carry()
    assert "BEL has not countersigned its outcome" in reasons(site.report(), "outcome-signed")
    site.world.countersign(BEL, [record], meaning=Meaning.OBJECTS, note="the seal was broken")
    site.carry()
    report = site.report()
    assert "BEL objects to its outcome: the seal was broken" in reasons(report, "outcome-signed")
    assert not report.accepted


def test_a_record_without_a_measurement_is_not_accepted(site: Site) -> None:
    assert not site.report().accepted
    site.agreed(agreed_protocol())
    assert not site.report().accepted


def test_the_outcome_is_countersigned_once_and_by_the_inspector(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    with pytest.raises(MeasurementRefusedError, match="no outcome is on the record"):
        agree_to_outcome(site.desk(BEL), joined.attempt)
    site.run(joined)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match="BEL countersigns its outcome"):
        agree_to_outcome(site.desk(ARD), joined.attempt)
    agree_to_outcome(site.desk(BEL), joined.attempt)
    with pytest.raises(MeasurementRefusedError, match="has countersigned its outcome already"):
        agree_to_outcome(site.desk(BEL), joined.attempt)


def test_a_measurement_for_few_is_refused_everybody_may_check_one(site: Site) -> None:
    made = agreed_protocol()
    members = {"digest": made.digest, "protocol": dict(made.document)}
    statement = Statement(kind=form.PROTOCOL, members=members, audience=("ARD", "BEL"))
    submit(site.world.nodes[ARD], [statement], clock=site.world.clock, randomness=site.world.salts[ARD])
    assert "must be for everybody" in left_out(site.report(ARD))


@pytest.mark.parametrize(
    ("kind", "members", "why"),
    [
        (form.PROTOCOL, {"digest": "ab" * 32, "protocol": {}}, "missing; must have exactly protocol"),
        (form.PROTOCOL, {"protocol": {}}, "must have exactly digest and protocol"),
        (form.DOSSIER, {"dossier": {}}, "missing; must have exactly dossier"),
        (form.DOSSIER, {"other": 1}, "must have exactly dossier"),
        (form.ATTEMPT, {"other": 1}, "measurement attempt: must have exactly"),
        (form.JOIN, {"other": 1}, "measurement join: must have exactly"),
        (form.JOIN, {"attempt": "ab" * 32, "commitments": []}, "commitments must be 4"),
        (form.OUTCOME, {"other": 1}, "measurement outcome: must have exactly"),
    ],
)
def test_what_is_not_in_form_on_a_record_is_shown_and_counts_for_nothing(
    site: Site, kind: str, members: dict[str, Any], why: str
) -> None:
    site.agreed(agreed_protocol())
    say(site, ARD, kind, members)
    report = site.report(ARD)
    assert held(report)["form"] is False
    assert why in reasons(report, "form")
    assert report.attempts == ()


def test_records_that_are_not_their_authors_to_state_are_refused(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    opened = site.open(made)
    site.carry()
    terms = site.desk(ARD).shelf().find(opened.attempt).terms
    say(site, BEL, form.ATTEMPT, terms.statement(), *terms.refs)
    join = form.MeasurementJoin(attempt=opened.attempt, commitments=terms.commitments)
    say(site, AUD, form.JOIN, join.statement(), opened.attempt)
    stated = propose_protocol(site.desk(ARD), agreed_protocol(title="other"))
    say(site, ARD, form.JOIN, join.statement(), stated)
    site.carry()
    report = site.report()
    assert "BEL is the inspector, who joins" in left_out(report)
    told = reasons(report, "form")
    assert "ARD is the host, who opens attempts" in told
    assert "refs must be exactly the attempt" in told


def test_an_attempt_is_found_by_enough_digits_of_its_record_alone(site: Site) -> None:
    opened = site.open(site.agreed(agreed_protocol()))
    shelf = site.desk(ARD).shelf()
    assert shelf.find(opened.attempt[:8]).entry.record_id == opened.attempt
    for wanted in (opened.attempt[:7], "ab" * 32, ""):
        with pytest.raises(StatementError, match="no record of that id opens an attempt"):
            shelf.find(wanted)


def test_the_equipment_is_the_one_on_paper(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    dossier = site.dossier()
    for copy, why in (("box-3", "has not passed its functional tests"), ("box-9", "is none of those")):
        with pytest.raises(MeasurementRefusedError, match=why):
            site.open(made, equipment=Equipment(copy=copy, dossier=dossier, draw=None))
    joined = site.countersigned(made, equipment=Equipment(copy="box-2", dossier=dossier, draw=None))
    site.run(joined)
    site.carry()
    agree_to_outcome(site.desk(BEL), joined.attempt)
    site.carry()
    report = site.report()
    assert report.accepted
    assert "drawn by lot in 0 of 1 attempts" in reasons(report, "equipment")


def test_equipment_that_nobody_authenticated_or_of_other_code_is_refused(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    record = propose_dossier(site.desk(ARD), parse_dossier(dossier_document(code="ab" * 32)))
    with pytest.raises(MeasurementRefusedError, match=r"BEL has not authenticated it.*other code"):
        site.open(made, equipment=Equipment(copy="box-1", dossier=record, draw=None))
    with pytest.raises(MeasurementRefusedError, match="ARD certifies it"):
        propose_dossier(site.desk(BEL), parse_dossier(dossier_document()))
    with pytest.raises(MeasurementRefusedError, match="is none that is accepted here"):
        site.open(made, equipment=Equipment(copy="box-1", dossier="ab" * 32, draw=None))


def test_the_copy_is_the_one_that_was_drawn_from_the_dossier_by_both(site: Site) -> None:
    made, dossier = site.agreed(agreed_protocol()), site.dossier()
    draw, copy = site.drawn(("box-1", "box-2"))
    with pytest.raises(MeasurementRefusedError, match="the draw was not from the copies in the dossier"):
        site.open(made, equipment=Equipment(copy="box-1", dossier=dossier, draw=draw))
    two = site.dossier(copies=["box-1", "box-2"])
    other = ({"box-1", "box-2"} - {copy}).pop()
    with pytest.raises(MeasurementRefusedError, match=f"copy {other} is not the one that was drawn"):
        site.open(made, equipment=Equipment(copy=other, dossier=two, draw=draw))
    with pytest.raises(MeasurementRefusedError, match="opens no draw"):
        site.open(made, equipment=Equipment(copy=copy, dossier=two, draw=two))
    site.open(made, equipment=Equipment(copy=copy, dossier=two, draw=draw))


def test_a_draw_of_the_copy_without_a_result_or_without_a_party_does_not_count(site: Site) -> None:
    made, dossier = site.agreed(agreed_protocol()), site.dossier()
    pool = ("box-1", "box-2", "box-3")
    for participants, why in (((ARD, BEL), "has no one result"), ((ARD, AUD), "did not both take part")):
        opening = DrawOpening(
            title="Copy",
            participants=tuple(sorted(map(str, participants))),
            deadline=START + timedelta(days=2),
            pool_root=root_of_pool(pool),
            strata=(Stratum(name="all", count=3, sample=1),),
            pool=pool,
        )
        draw = say(site, ARD, "draw.opening", opening.statement())
        with pytest.raises(MeasurementRefusedError, match=why):
            site.open(made, equipment=Equipment(copy="box-1", dossier=dossier, draw=draw))


def test_equipment_of_others_or_authenticated_too_late_is_shown(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    stated = site.desk(ARD).shelf().of_digest(made.digest)
    assert stated is not None
    of_others = propose_dossier(site.desk(ARD), parse_dossier(dossier_document(inspector="AUD")))
    with pytest.raises(MeasurementRefusedError, match="the dossier is of ARD and AUD"):
        site.open(made, equipment=Equipment(copy="box-1", dossier=of_others, draw=None))
    late = propose_dossier(site.desk(ARD), parse_dossier(dossier_document()))
    place = TokenPlace(protocol=stated.entry.record_id, item="A-1", number=1)
    terms = form.MeasurementAttempt(
        place=place,
        commitments=commitments_to(STRANGE.parts, place=place, party="ARD"),
        copy="box-1",
        dossier=late,
    )
    attempt = say(site, ARD, form.ATTEMPT, terms.statement(), *terms.refs)
    site.carry()
    site.agree(BEL, late)
    with pytest.raises(MeasurementRefusedError, match="BEL authenticated it only after the attempt"):
        join_attempt(site.desk(BEL), site.desk(BEL).shelf().find(attempt))
    site.carry()
    assert "authenticated it only after" in reasons(site.report(), "equipment")


def test_an_attempt_that_leads_nowhere_or_names_too_little_is_refused(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    stated = site.desk(ARD).shelf().of_digest(made.digest)
    assert stated is not None
    place = TokenPlace(protocol=stated.entry.record_id, item="A-1", number=1)
    terms = form.MeasurementAttempt(
        place=place, commitments=commitments_to(STRANGE.parts, place=place, party="ARD")
    )
    said = terms.statement()
    say(site, ARD, form.ATTEMPT, said)
    stranger = say(site, ARD, "note", {"text": "no protocol"})
    say(site, ARD, form.ATTEMPT, said | {"protocol": stranger}, stranger)
    for change in (
        {"item": "../A"},
        {"number": 0},
        {"copy": "box-1"},
        {"draw": stranger},
        {"commitments": said["commitments"][:1] * 4},
        {"dossier": "ab", "copy": "box-1"},
    ):
        say(site, ARD, form.ATTEMPT, said | change, place.protocol)
    told = reasons(site.report(), "form").split("; record ")
    expected = (
        "refs must be exactly the protocol",
        "is no protocol that is accepted here",
        "the id of an item",
        "number 0: must be 1 or more",
        "copy and dossier go together",
        "a draw without a dossier",
        "two outcomes have the same commitment",
        "dossier 'ab'",
    )
    assert len(told) == len(expected)
    for found, wanted in zip(told, expected, strict=True):
        assert wanted in found


def test_parts_are_kept_before_anything_is_signed_and_used_again_after_a_crash(site: Site) -> None:
    made = site.agreed(agreed_protocol())
    opened = site.open(made)
    again = Site()
    again.agreed(agreed_protocol())
    again.drawers[ARD].kept.update(site.drawers[ARD].kept)
    second = again.open(made)
    assert second.parts == opened.parts


def test_a_commitment_fits_one_place_one_party_and_one_outcome() -> None:
    place = TokenPlace(protocol="ab" * 32, item="A", number=1)
    made = {
        commitments_to(STRANGE.parts, place=other, party=party)
        for other in (
            place,
            replace(place, item="B"),
            replace(place, number=2),
            replace(place, protocol="cd" * 32),
        )
        for party in ("ARD", "BEL")
    }
    assert len(made) == 8
    assert len(set(next(iter(made)))) == 4


def test_statements_come_back_as_they_were(site: Site) -> None:
    joined = site.countersigned(site.agreed(agreed_protocol()))
    site.run(joined)
    (attempt,) = site.desk(ARD).shelf().attempts
    assert parse_attempt(attempt.terms.statement()) == attempt.terms
    _, said = outcome_of(site)
    assert parse_result(said).statement() == said
