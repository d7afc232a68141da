"""Status: every lost stick shows, every record is issued, logged or settled, contraries stand side by side."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assessment.fictional import ARD, BEL, CAR
from counterseal.records.trusted import AUTHOR
from counterseal.services.acknowledgements import KIND as ACKNOWLEDGEMENT
from counterseal.services.bundle_numbers import gaps, repeated
from counterseal.services.checkpointing import publish_head
from counterseal.services.exchange_status import PartyExchange, Sent
from counterseal.services.export_bundle import export_bundle
from counterseal.services.import_bundle import import_bundle
from counterseal.services.log_status import LogStatus
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node_status import NodeStatus, node_status
from counterseal.services.submit import Statement
from counterseal.terms.parties import PartyCode
from strategies.sticks import AUD, EVERYBODY, Sticks, meet


def status(world: Sticks, party: PartyCode) -> NodeStatus:
    return node_status(world.nodes[party], clock=world.clocks[party])


def exchange(world: Sticks, party: PartyCode, other: PartyCode) -> PartyExchange:
    return next(one for one in status(world, party).exchanges if one.party == other)


def log(world: Sticks, party: PartyCode, of: PartyCode) -> LogStatus:
    return next(one for one in status(world, party).logs if one.log.party == of)


def states(world: Sticks, party: PartyCode, other: PartyCode) -> dict[int, Sent]:
    return {bundle.sequence: bundle.state for bundle in exchange(world, party, other).sent}


def test_a_lost_stick_shows_on_both_ends() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.carry(ARD, BEL)
    world.declare(ARD, 401)
    world.stick(ARD, BEL)  # left in a taxi
    world.declare(ARD, 402)
    taken = world.carry(ARD, BEL)
    assert taken.report.missing == ((1, 1),)
    (came,) = exchange(world, BEL, ARD).came
    assert (came.count, came.newest, came.missing, came.owed) == (2, 2, ((1, 1),), ())
    assert "bundle no. 1 from ARD to BEL never came" in status(world, BEL).warnings
    world.carry(BEL, ARD)
    assert states(world, ARD, BEL) == {0: Sent.ACKNOWLEDGED, 1: Sent.OVERTAKEN, 2: Sent.ACKNOWLEDGED}
    (warning,) = status(world, ARD).warnings
    assert warning.startswith("bundle no. 1 to BEL was not acknowledged by BEL, a later one was")


def test_a_late_stick_mends_the_gap() -> None:
    world = meet()
    world.declare(ARD, 400)
    late = world.stick(ARD, BEL)
    world.declare(ARD, 401)
    world.carry(ARD, BEL)
    assert exchange(world, BEL, ARD).came[0].missing == ((0, 0),)
    world.take(BEL, late)
    world.declare(ARD, 402)
    world.carry(ARD, BEL)
    world.carry(BEL, ARD)
    assert exchange(world, BEL, ARD).came[0].missing == ()
    assert set(states(world, ARD, BEL).values()) == {Sent.ACKNOWLEDGED}


def test_what_is_under_way_is_not_called_lost() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.stick(ARD, BEL)
    assert states(world, ARD, BEL) == {0: Sent.OPEN}
    assert status(world, ARD).warnings == ()
    assert exchange(world, ARD, CAR).sent == ()


def test_what_reached_the_other_shows_by_its_word_on_the_head() -> None:
    """The last stick of a conversation carries answers alone: nobody acknowledges it, and it still came."""
    world = meet()
    world.declare(ARD, 400)
    for _ in range(3):
        world.carry(ARD, BEL)
        world.carry(BEL, ARD)
    assert states(world, ARD, BEL)[2] is Sent.OPEN
    assert exchange(world, ARD, BEL).reached == world.stores[ARD].size(world.nodes[ARD].log.origin)


def test_every_receiver_has_numbers_of_its_own() -> None:
    world = meet()
    world.declare(ARD, 400)
    for to in ((BEL,), (CAR,), (BEL,), (BEL, CAR), ()):
        world.stick(ARD, *to)
    numbers = [(bundle.to, bundle.sequence) for bundle in exchange(world, ARD, BEL).sent]
    assert numbers == [("BEL", 0), ("BEL", 1), ("BEL,CAR", 0), ("public", 0)]


def test_what_was_made_for_everybody_awaits_nobody_and_may_be_acknowledged() -> None:
    world = meet()
    world.declare(ARD, 400)
    public = world.stick(ARD)
    assert states(world, ARD, BEL) == {0: Sent.PUBLISHED}
    world.take(BEL, public)
    world.carry(BEL, ARD)
    assert states(world, ARD, BEL) == {0: Sent.ACKNOWLEDGED}
    assert states(world, ARD, CAR) == {0: Sent.PUBLISHED}


def test_missing_numbers_of_what_is_for_others_are_no_loss_of_ours() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.stick(ARD)
    world.stick(ARD, CAR)
    for bundle in (world.stick(ARD), world.stick(ARD, CAR)):
        world.take(BEL, bundle)
    assert [(came.to, came.ours, came.missing) for came in exchange(world, BEL, ARD).came] == [
        ("CAR", False, ((0, 0),)),
        ("public", True, ((0, 0),)),
    ]
    assert status(world, BEL).warnings == ()


def test_a_number_that_was_never_used_to_the_end_is_told_apart() -> None:
    world = meet()
    world.declare(ARD, 400)
    publish_head(world.nodes[ARD])
    world.stores[ARD].next_sequence("BEL")  # the power failed before the manifest was signed
    assert states(world, ARD, BEL) == {0: Sent.UNFINISHED}


def test_a_node_restored_from_its_keys_alone_misses_no_stick_that_it_once_acknowledged() -> None:
    world = meet()
    for figure in (400, 401):
        world.declare(ARD, figure)
        world.carry(ARD, BEL)
    world.carry(BEL, ARD)
    fresh = meet()  # the same keys, an empty store
    fresh.nodes[BEL].recovering = True
    fresh.take(BEL, world.stick(ARD, BEL))
    (came,) = exchange(fresh, BEL, ARD).came
    assert (came.count, came.newest, came.missing) == (1, 2, ())
    (warning,) = status(fresh, BEL).warnings
    assert warning == "ARD acknowledges a bundle no. 0 that this node does not know to have made"


def test_one_number_for_two_bundles_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    world = meet()
    monkeypatch.setattr(type(world.stores[ARD]), "next_sequence", lambda *_, **__: 0)
    monkeypatch.setattr(type(world.stores[ARD]), "add_exported", lambda *_, **__: None)
    for figure in (400, 401):
        world.declare(ARD, figure)
        taken = world.carry(ARD, BEL)
    assert taken.report.twice == (0,)
    assert exchange(world, BEL, ARD).came[0].twice == (0,)
    assert "no. 0 from ARD to BEL was used twice, for different bundles" in status(world, BEL).warnings


def test_an_acknowledgement_of_what_was_never_made_shows() -> None:
    world = meet()
    members = {"from": "ARD", "manifest": "ab" * 32, "sequence": 9}
    (record,) = world.say(BEL, Statement(kind=ACKNOWLEDGEMENT, members=members))
    world.carry(BEL, ARD)
    (strange,) = exchange(world, ARD, BEL).strange
    assert (strange.record_id, strange.said.sequence) == (record, 9)
    assert "BEL acknowledges a bundle no. 9" in status(world, ARD).warnings[-1]


def acknowledge(world: Sticks, by: PartyCode, number: int) -> None:
    """A party acknowledges a bundle of Ardania's that Ardania's store does not know."""
    members = {"from": "ARD", "manifest": f"{number:064x}", "sequence": number}
    world.say(by, Statement(kind=ACKNOWLEDGEMENT, members=members))
    world.carry(by, ARD)


def numbers(world: Sticks, *to: PartyCode) -> int:
    world.stick(ARD, *to)
    name = ",".join(sorted(map(str, to))) or "public"
    return max(one.sequence for one in world.stores[ARD].exported() if one.receiver == name)


def test_a_restored_node_uses_no_number_that_a_receiver_acknowledged() -> None:
    world = meet()
    world.declare(ARD, 400)
    acknowledge(world, BEL, 6)
    acknowledge(world, CAR, 9)
    acknowledge(world, BEL, 4)
    world.nodes[ARD].restored = True
    assert [numbers(world, *to) for to in ((BEL,), (BEL,), (BEL, CAR), (), (AUD,))] == [7, 8, 10, 10, 0]


def test_nobody_moves_the_numbers_of_a_node_that_knows_what_it_sent() -> None:
    world = meet()
    world.declare(ARD, 400)
    acknowledge(world, BEL, 6)
    assert [numbers(world, BEL), numbers(world, BEL)] == [0, 1]


def test_a_number_that_nobody_can_have_reached_moves_no_count() -> None:
    world = meet()
    world.declare(ARD, 400)
    acknowledge(world, BEL, 2**53 - 1)
    world.nodes[ARD].restored = True
    assert numbers(world, BEL) == 0


def test_nobody_acknowledges_in_anothers_name() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.stick(ARD, BEL)
    (sent,) = exchange(world, ARD, BEL).sent
    members = {"from": "ARD", "manifest": sent.manifest_id, "sequence": 0}
    world.say(CAR, Statement(kind=ACKNOWLEDGEMENT, members=members))
    world.carry(CAR, ARD)
    assert states(world, ARD, BEL) == {0: Sent.OPEN}


def test_numbers_without_end_are_worked_out_and_not_counted() -> None:
    assert gaps([2**52, 5]) == ((0, 4), (6, 2**52 - 1))
    assert gaps([]) == ()
    assert repeated([2, 1, 2]) == (2,)


def test_a_record_is_issued_then_logged_then_settled() -> None:
    world = meet()
    world.declare(ARD, 400)
    own = log(world, ARD, ARD)
    assert (own.issued, own.logged, own.settled) == (1, 0, 0)
    publish_head(world.nodes[ARD])
    own = log(world, ARD, ARD)
    assert (own.issued, own.logged, own.settled, own.state) == (0, 1, 0, "logged")
    for party in (BEL, CAR):
        world.carry(ARD, party)
        world.carry(party, ARD)
    own = log(world, ARD, ARD)
    assert own.settled == 0, "every side, not two of three"
    world.rounds()
    own = log(world, ARD, ARD)
    assert (own.issued, own.logged, own.settled, own.awaited) == (0, 0, own.records, ())


def test_whose_word_is_waited_for_and_since_which_head() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.rounds()
    settled = log(world, ARD, ARD).records
    world.declare(ARD, 401)
    publish_head(world.nodes[ARD])
    world.declare(ARD, 402)
    world.carry(ARD, BEL)
    world.take(ARD, world.stick(BEL, ARD), receipts=False)
    own = log(world, ARD, ARD)
    awaited = {one.side.parties: (one.spoken, one.since) for one in own.awaited}
    assert awaited == {(AUD,): (settled, settled + 1), (CAR,): (settled, settled + 1)}
    assert own.settled == settled
    assert own.logged == own.records - settled


def test_the_age_of_a_head_is_that_of_its_last_sign() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.carry(ARD, BEL)
    signed = world.clocks[BEL].now()
    world.pass_time(days=3)
    seen = log(world, BEL, ARD)
    assert (seen.last_sign, seen.vouched) == (signed, signed)
    assert status(world, BEL).at - signed == timedelta(days=3)


def test_records_that_their_party_does_not_stand_by_are_counted() -> None:
    world = meet()
    first, second = world.declare(ARD, 400), world.declare(ARD, 401)
    world.carry(ARD, BEL)
    node = world.nodes[BEL]
    lost = tuple(
        replace(key, accepted=1) if key.role == AUTHOR and key.party == ARD else key
        for key in node.trust.keys
    )
    node.trust = replace(node.trust, keys=lost)
    assert first
    assert log(world, BEL, ARD).disputed == (second,)
    assert log(world, BEL, CAR).disputed == ()


def test_evidence_that_is_kept_is_named() -> None:
    world = meet()
    world.stores[BEL].keep_evidence("fork-0123.json", b"{}")
    found = status(world, BEL)
    assert found.evidence == ("fork-0123.json",)
    assert "fork-0123.json" in found.warnings[-1]


def test_contrary_figures_of_one_party_stand_side_by_side() -> None:
    world = meet()
    first, second = world.declare(ARD, 400), world.declare(ARD, 450)
    world.declare(BEL, 300)
    world.carry(ARD, BEL)
    (case,) = status(world, BEL).cases
    assert case.about == "declaration.aggregate of ARD for 2030-07-31"
    assert {voice.record_id for voice in case.voices} == {first, second}
    assert {voice.says for voice in case.voices} == {
        '{"launchers": 400, "warheads": 900}',
        '{"launchers": 450, "warheads": 900}',
    }


def test_every_entry_of_a_case_is_issued_logged_or_settled() -> None:
    world = meet()
    first = world.declare(ARD, 400)
    world.rounds()
    second = world.declare(ARD, 450)
    publish_head(world.nodes[ARD])
    third = world.declare(ARD, 460)
    objection = world.object_to(BEL, first, "we counted 460")
    own, _ = sorted(status(world, ARD).cases, key=lambda case: -len(case.voices)), None
    states = {voice.record_id: voice.state for case in own for voice in case.voices}
    assert states == {first: "settled", second: "logged", third: "issued"}
    (case,) = status(world, BEL).cases
    assert {voice.record_id: voice.state for voice in case.voices} == {first: "settled", objection: "issued"}


def test_a_copy_that_differs_from_its_partys_own_word_is_a_case() -> None:
    world = meet()
    own, copy = world.declare(ARD, 400), world.declare(BEL, 450, of=ARD)
    world.carry(ARD, BEL)
    (case,) = status(world, BEL).cases
    assert {(voice.author, voice.record_id) for voice in case.voices} == {(ARD, own), (BEL, copy)}


def test_what_agrees_or_only_adds_is_no_case() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.declare(BEL, 400, of=ARD)
    first = world.say(ARD, Statement(kind="declaration.aggregate", members=supplement(None, 900)))
    world.say(ARD, Statement(kind="declaration.aggregate", members=supplement(500, 910), refs=first))
    world.rounds()
    assert status(world, BEL).cases == ()


def supplement(launchers: int | None, warheads: int | None) -> dict[str, object]:
    return {"as_of": "2031-01-31", "figures": {"launchers": launchers, "warheads": warheads}, "party": "ARD"}


def test_an_objection_stands_beside_what_it_objects_to() -> None:
    world = meet()
    record = world.declare(ARD, 400)
    world.carry(ARD, BEL)
    objection = world.object_to(BEL, record, "we counted 460")
    (case,) = status(world, BEL).cases
    assert [(voice.author, voice.record_id) for voice in case.voices] == [(ARD, record), (BEL, objection)]
    assert case.voices[1].says == "objects: we counted 460"


def test_many_entries_about_one_thing_take_no_time_of_their_square() -> None:
    world = meet()
    statement = Statement(kind="declaration.aggregate", members=supplement(500, 900))
    world.say(ARD, *[statement] * 1500, Statement(kind="declaration.aggregate", members=supplement(501, 900)))
    (case,) = status(world, ARD).cases
    assert len(case.voices) == 1501


def test_a_clock_that_is_behind_the_record_is_named() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.carry(ARD, BEL)
    world.clocks[BEL].off = timedelta(days=-3650)
    found = [text for text in status(world, BEL).warnings if "one of the two clocks is wrong" in text]
    assert [text.split(":")[0] for text in found] == ["lake.example/ard/log", "lake.example/bel/log"]


def test_in_a_rehearsal_nothing_travels_and_nothing_is_missing() -> None:
    """Nodes of one program hand over without sticks: no number is used up, nobody owes a word."""
    world = meet()
    world.declare(ARD, 400)
    publish_head(world.nodes[ARD])
    bundle = MemoryBundle()
    made = export_bundle(world.nodes[ARD], bundle, clock=world.clocks[ARD], to=("BEL",), numbered=False)
    import_bundle(world.nodes[BEL], bundle, numbered=False)
    assert made.sequence == 0
    assert exchange(world, ARD, BEL).sent == ()
    assert exchange(world, BEL, ARD).came == ()
    world.stick(ARD, BEL)
    assert states(world, ARD, BEL) == {0: Sent.OPEN}


def test_the_logs_of_all_parties_are_shown() -> None:
    world = meet()
    found = status(world, AUD)
    assert [one.log.party for one in found.logs] == sorted(EVERYBODY)
    assert {one.records for one in found.logs} == {0}
