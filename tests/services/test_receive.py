"""What a party answers to a stick: receipts for what it can read, one acknowledgement a bundle, no echo."""

from itertools import pairwise

import pytest

from assessment.fictional import ARD, BEL, CAR
from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import Meaning
from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope
from counterseal.records.manifest import manifest_id, parse_manifest
from counterseal.services.acknowledgements import KIND as ACKNOWLEDGEMENT
from counterseal.services.acknowledgements import acknowledgements, parse_acknowledgement
from counterseal.services.errors import StatementError
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import opened
from counterseal.services.statements import AGREEMENT
from counterseal.services.submit import Statement
from counterseal.terms.parties import PartyCode
from counterseal.treaty.load import load_pack, packaged_pack_text
from strategies.sticks import AUD, EVERYBODY, Sticks, meet

PACK = packaged_pack_text("new-start").decode()


def said_by(world: Sticks, party: PartyCode, kind: str) -> list[dict[str, object]]:
    """The statements of one kind in a party's own log."""
    store, origin = world.stores[party], world.nodes[party].log.origin
    return [opened(entry) for entry in store.entries(origin) if entry.kind == kind]


def sizes(world: Sticks) -> dict[PartyCode, int]:
    return {party: world.stores[party].size(node.log.origin) for party, node in world.nodes.items()}


def about(bundle: MemoryBundle) -> tuple[str, int]:
    """A bundle's id and number, read from its manifest."""
    payload = parse_envelope(bundle.files["bundle.json"], payload_type=MANIFEST_TYPE, what="bundle").payload
    return manifest_id(payload), parse_manifest(payload).sequence


def test_a_bundle_is_acknowledged_by_its_manifest_and_number_and_its_records_received() -> None:
    world = meet()
    record = world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    taken = world.take(BEL, bundle)
    identity, number = about(bundle)
    assert said_by(world, BEL, ACKNOWLEDGEMENT) == [{"from": "ARD", "manifest": identity, "sequence": number}]
    assert said_by(world, BEL, COUNTERSIGNATURE) == [{"meaning": "received", "note": None, "record": record}]
    assert (len(taken.receipts), len(taken.acknowledged), taken.postponed) == (1, 1, 0)
    assert "\n2\n" in world.stores[BEL].checkpoints(world.nodes[BEL].log.origin)[-1].text, "published"


def test_a_bundle_is_acknowledged_once_however_often_it_comes() -> None:
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    world.take(BEL, bundle)
    before = sizes(world)
    again = world.take(BEL, bundle)
    assert (again.receipts, again.acknowledged, again.report.known) == ((), (), True)
    assert sizes(world) == before


def test_ones_own_bundle_and_one_for_somebody_else_are_not_acknowledged() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.take(ARD, world.stick(ARD))
    world.declare(CAR, 200)
    world.carry(CAR, ARD)
    assert [said["from"] for said in said_by(world, ARD, ACKNOWLEDGEMENT)] == ["CAR"]
    world.take(CAR, world.stick(ARD, BEL))
    assert said_by(world, CAR, ACKNOWLEDGEMENT) == [], "what passes through other hands is for its receiver"
    assert len(said_by(world, CAR, COUNTERSIGNATURE)) == 1
    world.take(CAR, world.stick(ARD))
    assert said_by(world, CAR, ACKNOWLEDGEMENT) == [], "nothing new on it: with the next news"


def test_a_bundle_for_several_is_acknowledged_by_each() -> None:
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL, CAR)
    for party in (BEL, CAR):
        assert len(world.take(party, bundle).acknowledged) == 1


def test_two_parties_that_only_answer_each_other_come_to_an_end_and_settle() -> None:
    world = meet()
    world.declare(ARD, 400)
    grown = []
    for _ in range(8):
        for sender in EVERYBODY:
            for receiver in EVERYBODY:
                if receiver != sender:
                    world.carry(sender, receiver)
        grown.append(sizes(world))
    assert grown[-1] == grown[3], "the answers never end"
    for party in EVERYBODY:
        book = world.book(party)
        assert {book.state(entry.origin, entry.index)[0] for entry in book.entries} == {"settled"}


def test_what_was_put_off_is_acknowledged_with_the_next_news() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.carry(ARD, BEL)
    world.carry(BEL, ARD)
    only_answers = world.stick(ARD, BEL)
    assert world.take(BEL, only_answers).postponed == 1
    world.declare(ARD, 401)
    with_news = world.stick(ARD, BEL)
    taken = world.take(BEL, with_news)
    assert (len(taken.acknowledged), taken.postponed) == (2, 0)
    named = [said["manifest"] for said in said_by(world, BEL, ACKNOWLEDGEMENT)]
    assert named[-2:] == [about(only_answers)[0], about(with_news)[0]]


def test_answers_are_not_answered() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.rounds()
    records = {entry.record_id: entry.header.kind for entry in world.book(AUD).entries}
    countersigned = [
        said["record"] for party in EVERYBODY for said in said_by(world, party, COUNTERSIGNATURE)
    ]
    assert countersigned
    assert {records[str(record)] for record in countersigned} == {"declaration.aggregate"}


def test_after_a_crash_between_taking_and_answering_the_next_import_answers() -> None:
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    import_bundle(world.nodes[BEL], bundle)  # the power fails here
    taken = world.take(BEL, bundle)
    assert (len(taken.receipts), len(taken.acknowledged)) == (1, 1)


def test_without_receipts_nothing_is_signed_but_heads_and_later_all_of_it() -> None:
    world = meet()
    world.declare(ARD, 400)
    bundle = world.stick(ARD, BEL)
    taken = world.take(BEL, bundle, receipts=False)
    assert (taken.receipts, taken.acknowledged, taken.postponed, taken.cosigned) == ((), (), 1, 1)
    assert sizes(world)[BEL] == 0
    later = world.take(BEL, bundle)
    assert (len(later.receipts), len(later.acknowledged)) == (1, 1)


def test_nobody_receives_what_it_cannot_read() -> None:
    world = meet()
    secret = Statement(kind="site.note", members={"text": "for Belmar alone"}, audience=("BEL",))
    (record,) = world.say(ARD, secret)
    bundle = world.stick(ARD, BEL)
    assert len(world.take(BEL, bundle).receipts) == 1
    assert world.take(CAR, bundle).receipts == ()
    entry = world.stores[CAR].find(record)
    assert entry is not None
    assert entry.opening is None


def test_a_body_sealed_to_a_key_that_is_not_there_is_named_and_not_received() -> None:
    world, other = meet(), meet(seed=2)
    secret = Statement(kind="site.note", members={"text": "for Belmar alone"}, audience=("BEL",))
    (record,) = world.say(ARD, secret)
    world.nodes[BEL].keys = other.nodes[BEL].keys  # what it would be sealed to, had the keys been mixed up
    import_only = import_bundle(world.nodes[BEL], world.stick(ARD, BEL))
    assert import_only.unreadable == (record,)


def test_a_recovering_node_takes_and_signs_nothing() -> None:
    world = meet()
    world.declare(ARD, 400)
    world.nodes[BEL].recovering = True
    taken = world.take(BEL, world.stick(ARD, BEL))
    assert len(taken.report.records) == 1
    assert (taken.receipts, taken.acknowledged, taken.cosigned, taken.postponed) == ((), (), 0, 1)
    assert sizes(world)[BEL] == 0


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (PACK, Meaning.AGREED),
        (PACK.replace("New START", "Old START"), Meaning.RECEIVED),
        ("no treaty at all", Meaning.RECEIVED),
    ],
)
def test_only_the_pack_that_a_node_was_set_up_with_is_agreed_to_unasked(text: str, meaning: Meaning) -> None:
    """Nobody amends a treaty by sending a stick: another text is received, and agreed to by people."""
    world = meet(agreement=load_pack(PACK, where="test"), pack_text=PACK)
    us, ru = PartyCode("US"), PartyCode("RU")
    world.say(us, Statement(kind=AGREEMENT, members={"id": "new-start", "pack": text, "version": "9"}))
    world.carry(us, ru)
    assert [said["meaning"] for said in said_by(world, ru, COUNTERSIGNATURE)] == [meaning.value]


@pytest.mark.parametrize(
    "members",
    [
        {"from": "ARD", "manifest": "00" * 32},
        {"from": "ARD", "manifest": "00" * 32, "sequence": 0, "note": "x"},
        {"from": "ARD", "manifest": "0" * 63, "sequence": 0},
        {"from": "ARD", "manifest": "00" * 32, "sequence": -1},
        {"from": "ARD", "manifest": "00" * 32, "sequence": True},
        {"from": "ard", "manifest": "00" * 32, "sequence": 0},
        {"from": None, "manifest": "00" * 32, "sequence": 0},
    ],
)
def test_an_acknowledgement_in_no_form_is_none(members: dict[str, object]) -> None:
    with pytest.raises(StatementError):
        parse_acknowledgement(members)
    world = meet()
    world.say(BEL, Statement(kind=ACKNOWLEDGEMENT, members=members))
    world.carry(BEL, ARD)
    assert list(acknowledgements(world.nodes[ARD])) == []


def test_acknowledgements_state_their_own_time_in_order() -> None:
    world = meet()
    for number in range(3):
        world.pass_time(hours=1)
        world.declare(ARD, 400 + number)
        world.carry(ARD, BEL)
    held = list(acknowledgements(world.nodes[BEL], by=(BEL,)))
    assert [one.said.sequence for one in held] == [0, 1, 2]
    assert all(first.claimed_time < second.claimed_time for first, second in pairwise(held))
