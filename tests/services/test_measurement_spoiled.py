"""A measurement under attack: what runs twice, leaks in a word, was signed by a thief, or was written by a stranger."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.answers import Answer
from counterseal.barrier.budget import ItemNameError, RepeatError, ThresholdError, alphabet
from counterseal.barrier.tokens import joined, make_parts, parse_parts
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.records import measurement as form
from counterseal.records.errors import RecordError
from counterseal.records.measurement import (
    MeasurementAttempt,
    MeasurementResult,
    TokenPlace,
    commitments_to,
    parse_result,
)
from counterseal.services.checkpointing import publish_head
from counterseal.services.measurement import Made, MeasurementRefusedError, propose_protocol, secret_name
from counterseal.services.measurement_run import agree_to_outcome, ready_attempt, run_attempt
from counterseal.services.submit import Statement, submit
from counterseal.terms.outcomes import MeasurementOutcome
from counterseal.terms.parties import PartyCode
from strategies.measurement_protocols import document, spe
from strategies.measuring import AUD, OpenRoom, Site, agreed_protocol, held, reasons

CONFIRMED, NO_DECISION = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NO_DECISION
HIDDEN = {"no_decision": "as-not-confirmed", "budget_bits": 6}
ITEM = (RoomInput(role=Role.ITEM, data=spe()),)


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


def outcome(site: Site, made: Made, *, what: MeasurementOutcome, **changes: Any) -> str:
    """The host writes an outcome with the right token, whatever came out of the room."""
    place = site.desk(ARD).shelf().find(made.attempt).terms.place
    kept = site.drawers[ARD].fetch(secret_name(place, str(ARD)))
    assert kept is not None
    host, inspector = parse_parts(kept).of(what), made.parts.of(what)
    result = MeasurementResult(
        attempt=made.attempt,
        outcome=what,
        health="fault" if what is MeasurementOutcome.MALFUNCTION else "well",
        host_part=host,
        inspector_part=inspector,
        token=joined(host, inspector),
    )
    return say(site, ARD, form.OUTCOME, result.statement() | changes, made.attempt)


# What runs twice.


def test_of_two_programs_that_run_an_attempt_at_one_moment_one_is_refused(site: Site) -> None:
    made = site.countersigned(site.agreed(agreed_protocol()))
    desks = [site.desk(ARD), site.desk(ARD)]
    ready = [ready_attempt(desk, made.attempt, inspector_parts=made.parts) for desk in desks]
    run_attempt(desks[0], ready[0], inputs=ITEM, runner=site.room)
    other = (RoomInput(role=Role.ITEM, data=spe(height=0)),)
    with pytest.raises(MeasurementRefusedError, match="was run already"):
        run_attempt(desks[1], ready[1], inputs=other, runner=site.room)
    assert len(site.room.ran) == 1
    site.carry()
    assert held(site.report())["one-outcome"] is True


def test_an_outcome_that_is_there_twice_shows_that_it_ran_twice(site: Site) -> None:
    """A copied folder of a node does not know what the other has claimed."""
    made = site.countersigned(site.agreed(agreed_protocol()))
    site.run(made)
    outcome(site, made, what=CONFIRMED)
    site.carry()
    report = site.report()
    assert held(report)["one-outcome"] is False
    assert "confirmed and confirmed stand side by side" in reasons(report, "one-outcome")
    with pytest.raises(MeasurementRefusedError, match="two outcomes are on the record"):
        agree_to_outcome(site.desk(BEL), made.attempt)


# What leaks in a word.


@dataclass(slots=True)
class Listening(OpenRoom):
    """Keeps the answers that a run lets out."""

    heard: list[tuple[MeasurementOutcome, ...]] = field(default_factory=list)

    def run(self, request: Request, *, hold_ns: int, alphabet: tuple[MeasurementOutcome, ...]) -> Answer:
        self.heard.append(alphabet)
        return OpenRoom.run(self, request, hold_ns=hold_ns, alphabet=alphabet)


@pytest.mark.parametrize("answer", [HIDDEN, HIDDEN | {"no_decision": "shown"}])
def test_the_room_is_let_to_say_what_was_agreed_and_no_more(answer: dict[str, Any]) -> None:
    room = Listening()
    site = Site(room=room)
    protocol = site.agreed(agreed_protocol(answer=answer))
    site.run(site.countersigned(protocol))
    assert room.heard == [alphabet(protocol)]


def test_an_answer_that_was_not_agreed_is_no_outcome_and_is_not_signed(site: Site) -> None:
    made = site.countersigned(site.agreed(agreed_protocol(answer=HIDDEN)))
    outcome(site, made, what=NO_DECISION)
    site.carry()
    with pytest.raises(MeasurementRefusedError, match="no outcome is on the record"):
        agree_to_outcome(site.desk(BEL), made.attempt)
    report = site.report()
    assert held(report)["form"] is False
    assert "no-decision is none of the answers of its protocol" in reasons(report, "form")
    assert report.attempts[0].outcome is None


@pytest.mark.parametrize(
    ("what", "health", "why"),
    [
        ("confirmed", "Pu-240/Pu-239 0.0613, 3.91 kg", "is none of well, reduced, fault"),
        ("confirmed", "", "is none of well, reduced, fault"),
        ("confirmed", ["well"], "is none of well, reduced, fault"),
        ("confirmed", "fault", "a malfunction is a fault"),
        ("malfunction", "well", "a malfunction is a fault"),
    ],
)
def test_the_word_on_the_equipment_says_nothing_but_that_it_works(what: str, health: Any, why: str) -> None:
    said = {"attempt": "ab" * 32, "outcome": what, "health": health}
    parts = dict.fromkeys(("host_part", "inspector_part", "token"), "ab" * 32)
    with pytest.raises(RecordError, match=why):
        parse_result(said | parts)
    right = "fault" if what == "malfunction" else "reduced"
    assert parse_result(said | parts | {"health": right}).health == right


# What was signed by a thief.


def robbed(site: Site, party: PartyCode, *, since: int) -> None:
    """A party's keys were stolen; it takes new ones, and stands by its first records alone."""
    site.world.round()
    heads = {log.origin: 99 for log in site.world.founding.trust.logs if log.party != party}
    site.world.rotate(party, "author", "log", "witness", "seal", accepted=since, heads=heads)
    site.world.round()


def records_of(site: Site, party: PartyCode) -> int:
    """Return how many records a party has made so far."""
    node = site.world.nodes[party]
    head = node.store.feed_head(node.feed)
    return 0 if head is None else head.seq + 1


def test_an_outcome_that_a_thief_agreed_to_is_not_signed(site: Site) -> None:
    made = site.countersigned(site.agreed(agreed_protocol()))
    site.run(made)
    site.carry()
    since = records_of(site, BEL)
    agree_to_outcome(site.desk(BEL), made.attempt)
    site.carry()
    assert site.report().accepted
    robbed(site, BEL, since=since)
    report = site.report()
    assert not report.accepted
    assert "BEL has not countersigned its outcome" in reasons(report, "outcome-signed")
    assert held(report)["protocol-agreed"] is True


def test_an_agreement_a_join_and_a_dossier_of_a_thief_say_nothing(site: Site) -> None:
    say(site, BEL, "test.note", {"text": "mine"})
    since = records_of(site, BEL)
    protocol = site.agreed(agreed_protocol())
    site.measured(protocol)
    robbed(site, BEL, since=since)
    report = site.report()
    assert not report.accepted
    assert "BEL has not countersigned its protocol" in reasons(report, "protocol-agreed")
    assert "the join of BEL, and" not in reasons(report, "countersigned-before")
    assert "the join of BEL is not on the record" in reasons(report, "countersigned-before")
    assert any("measurement.join that its party does not stand by" in text for text in report.left_out)
    with pytest.raises(MeasurementRefusedError, match="BEL has not countersigned record"):
        site.open(protocol)


def test_attempts_and_outcomes_of_a_thief_count_for_the_budget_alone(site: Site) -> None:
    say(site, ARD, "test.note", {"text": "mine"})
    since = records_of(site, ARD)
    protocol = site.agreed(agreed_protocol())
    made = site.countersigned(protocol)
    site.run(made)
    site.carry()
    agree_to_outcome(site.desk(BEL), made.attempt)
    site.carry()
    robbed(site, ARD, since=since)
    report = site.report()
    assert not report.accepted
    assert [one.outcome for one in report.attempts] == [None]
    assert [(one.item, one.attempts, one.bits) for one in report.budgets] == [("A-1", 1, "2.000")]
    assert sum("its bits count all the same" in text for text in report.left_out) == 1
    with pytest.raises(MeasurementRefusedError, match="is not on this record"):
        site.open(protocol)
    with pytest.raises(MeasurementRefusedError, match="ARD does not stand by it"):
        ready_attempt(site.desk(ARD), attempt_of_a_thief(site, made), inspector_parts=made.parts)


def test_a_protocol_that_a_thief_stated_is_no_agreement(site: Site) -> None:
    say(site, BEL, "test.note", {"text": "mine"})
    since = records_of(site, BEL)
    protocol = agreed_protocol()
    record = propose_protocol(site.desk(BEL), protocol)
    site.carry()
    site.agree(ARD, record)
    site.carry()
    opened = site.open(protocol)
    site.carry()
    robbed(site, BEL, since=since)
    assert "BEL does not stand by the record of its protocol" in reasons(site.report(), "protocol-agreed")
    with pytest.raises(MeasurementRefusedError, match="BEL does not stand by record"):
        site.join(opened)
    assert [one.bits for one in site.report().budgets] == ["2.000"]


def attempt_of_a_thief(site: Site, made: Made) -> str:
    """The attempt, as if it had not run: nobody but the record says that its host disowned it."""
    site.drawers[ARD].kept.pop(f"measurement/begun-{made.attempt}")
    return made.attempt


def test_what_a_party_asks_after_the_theft_goes_on_from_what_the_thief_asked(site: Site) -> None:
    say(site, ARD, "test.note", {"text": "mine"})
    since = records_of(site, ARD)
    answer = {"no_decision": "shown", "budget_bits": 4}
    protocol = site.agreed(agreed_protocol(answer=answer))
    site.countersigned(protocol)
    robbed(site, ARD, since=since)
    again = site.agreed(agreed_protocol(answer=answer, title="after the theft"))
    assert site.measured(again).outcome is CONFIRMED
    report = site.report()
    assert report.accepted, report.checks
    assert [(one.item, one.attempts, one.bits) for one in report.budgets] == [("A-1", 2, "4.000")]
    assert [one.number for one in report.attempts] == [1, 2]


# What a stranger writes.


@pytest.mark.parametrize("kind", [form.ATTEMPT, form.JOIN, form.OUTCOME, form.PROTOCOL, form.DOSSIER])
def test_a_stranger_cannot_spoil_a_measurement(site: Site, kind: str) -> None:
    site.measured(site.agreed(agreed_protocol()))
    (attempt,) = site.desk(ARD).shelf().attempts
    named = attempt.entry.record_id
    record = say(site, AUD, kind, {"attempt": named, "x": 1}, named)
    report = site.report()
    assert report.accepted, report.checks
    assert [text.split()[1] for text in report.left_out] == [record]


@pytest.mark.parametrize("party", [ARD, BEL])
def test_a_party_of_the_protocol_is_held_to_the_form(site: Site, party: PartyCode) -> None:
    site.measured(site.agreed(agreed_protocol()))
    say(site, party, form.ATTEMPT, {"x": 1})
    site.carry()
    report = site.report()
    assert held(report)["form"] is False
    assert report.left_out == ()


def test_a_party_spoils_no_measurement_of_others(site: Site) -> None:
    """Belmar has a protocol with the auditor, and writes nonsense about that of Ardania and the auditor."""
    site.measured(site.agreed(agreed_protocol()))
    others = agreed_protocol(title="others", host="AUD", inspector="BEL")
    members = {"digest": others.digest, "protocol": dict(others.document)}
    stated = say(site, AUD, form.PROTOCOL, members)
    site.world.give(AUD, ARD)
    say(site, ARD, form.ATTEMPT, {"x": 1}, stated)
    report = site.report()
    assert held(report)["form"] is True, reasons(report, "form")
    assert len(report.left_out) == 1


# What asks the same thing otherwise.


def test_a_title_gives_no_more_repeats_and_a_time_is_a_threshold(site: Site) -> None:
    measuring = document()["measuring"] | {"repeats": 1}
    site.measured(site.agreed(agreed_protocol(title="a", measuring=measuring)))
    again = site.agreed(agreed_protocol(title="b", measuring=measuring))
    with pytest.raises(RepeatError):
        site.open(again)
    longer = site.agreed(agreed_protocol(title="c", measuring=measuring | {"time_s": 104}))
    with pytest.raises(ThresholdError):
        site.open(longer)


def test_another_spelling_of_an_item_is_refused_and_shown(site: Site) -> None:
    protocol = site.agreed(agreed_protocol())
    site.measured(protocol, item="Tel-7")
    with pytest.raises(ItemNameError):
        site.open(protocol, item="TEL-7")
    place = site.desk(ARD).shelf().attempts[0].terms.place
    place = TokenPlace(protocol=place.protocol, item="TEL-7", number=2)
    parts = make_parts(SeededRandomness(seed=9, name="forger"))
    terms = MeasurementAttempt(place=place, commitments=commitments_to(parts.parts, place=place, party="ARD"))
    say(site, ARD, form.ATTEMPT, terms.statement(), *terms.refs)
    report = site.report()
    assert held(report)["names"] is False
    assert held(report)["numbered"] is True, "it is the second attempt on one item"
    assert [(one.item, one.attempts, one.bits) for one in report.budgets] == [("Tel-7", 2, "4.000")]
