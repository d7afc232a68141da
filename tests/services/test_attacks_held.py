"""What a corrupt party tried against the services, and what keeps an honest one out of its reach."""

import base64
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.assessment.facts import DeclaredFigures
from counterseal.assessment.receipts import receipt_of
from counterseal.assessment.summary import parse_summary, summary_document
from counterseal.log.checkpoint import Checkpoint
from counterseal.log.note import Note
from counterseal.log.tree import HashTree
from counterseal.log.witness import Outcome as Answer
from counterseal.records.countersignature import Meaning
from counterseal.records.draw import RESULT, DrawResult
from counterseal.records.fork import verify_fork_proof
from counterseal.services.assess_record import AssessedRecord, assess_record
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.errors import BundleRefusedError, ForkFoundError
from counterseal.services.export_bundle import write_record
from counterseal.services.facts import facts_of
from counterseal.services.import_bundle import import_bundle
from counterseal.services.keys import sign_head
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node_status import node_status
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.statements import AGGREGATE, AGREEMENT, CLOSING
from counterseal.services.submit import Statement, submit
from counterseal.services.titles import titles
from counterseal.services.witness import Witnessing, witness_request
from counterseal.terms.outcomes import Outcome
from counterseal.terms.parties import PartyCode
from services.test_draw import DEADLINE, Table, committed_by, reasons
from strategies.worlds import AUD, World, new_world

LAST = date(2031, 3, 1)
DUE = date(2030, 2, 10)


@pytest.fixture
def world() -> World:
    """Everybody has said something, and all of it is settled."""
    made = new_world()
    for party in (ARD, BEL, AUD):
        tell(made, party, "test.note", {"x": 1})
    made.round()
    return made


def tell(world: World, party: PartyCode, kind: str, members: dict[str, Any], *refs: str) -> str:
    statement = Statement(kind=kind, members=members, refs=refs)
    return submit(world.nodes[party], [statement], clock=world.clock, randomness=world.salts[party])[0]


def book_of(world: World, party: PartyCode) -> RecordBook:
    memory = MemoryBundle()
    publish_head(world.nodes[party])
    write_record(world.nodes[party], memory)
    return open_book(memory)


def aggregate(party: PartyCode = BEL, **other: Any) -> dict[str, Any]:
    return {
        "as_of": "2030-02-01",
        "channel": "exchange",
        "citation": "exchange",
        "figures": {"launchers": 1},
        "known_as": "confirmed",
        "party": str(party),
        "received_on": None,
        "timing": "record",
    } | other


def declared(world: World, reader: PartyCode, party: PartyCode = BEL) -> tuple[DeclaredFigures, ...]:
    facts = facts_of(book_of(world, reader), world.nodes[reader].pack, until=LAST)
    return tuple(row for row in facts.declared if row.party == party)


def assessed(world: World, reader: PartyCode) -> AssessedRecord:
    pack = world.nodes[reader].pack
    return assess_record(book_of(world, reader), pack=pack, as_of=LAST, today=LAST)


def in_time(world: World, reader: PartyCode) -> Outcome:
    rows = declared(world, reader)
    return receipt_of(world.nodes[reader].pack, rows=rows, due=DUE).outcome


# -- whose countersignature is a receipt ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "members", "counts"),
    [
        (ARD, {"meaning": "received", "note": None}, True),
        (ARD, {"meaning": "agreed", "note": None}, True),
        (ARD, {"meaning": "objects", "note": "no such sheet came"}, False),
        (AUD, {"meaning": "received", "note": None}, False),
        (BEL, {"meaning": "received", "note": None}, False),
    ],
)
def test_a_receipt_is_another_states_word_that_it_received(
    world: World, author: PartyCode, members: dict[str, Any], *, counts: bool
) -> None:
    record = tell(world, BEL, AGGREGATE, aggregate())
    publish_head(world.nodes[BEL])
    if author != BEL:
        world.give(BEL, author)
    tell(world, author, "countersignature", members | {"record": record}, record)
    (row,) = declared(world, author)
    assert (row.timing.received is not None) is counts


def test_a_countersignature_that_is_not_readable_is_no_receipt_and_stops_nothing(world: World) -> None:
    record = tell(world, BEL, AGGREGATE, aggregate())
    publish_head(world.nodes[BEL])
    world.give(BEL, ARD)
    (receipt,) = world.countersign(ARD, [record])
    entry = world.nodes[ARD].store.find(receipt)
    assert entry is not None
    for members in ({"foo": 1}, {"meaning": ["received"], "note": None, "record": record}):
        tell(world, ARD, "countersignature", members, record)
    book = book_of(world, ARD)
    for held in book.entries:
        if held.record_id == receipt:
            object.__setattr__(held, "statement", None)
    (row,) = facts_of(book, world.nodes[ARD].pack, until=LAST).declared
    assert row.timing.received is None
    assert row.records == (record,)
    assert len(titles(book)) == len(book.entries)


def test_a_party_that_cosigns_its_own_receipt_is_no_alibi_for_itself(world: World) -> None:
    """Belmar declares on the 20th, says the 9th, and cosigns Ardania's receipt as of the 10th."""
    world.clock.at = datetime(2030, 2, 9, 12, tzinfo=UTC)
    record = tell(world, BEL, AGGREGATE, aggregate())
    publish_head(world.nodes[BEL])
    bundle = world.export(BEL)
    world.clock.at = datetime(2030, 2, 20, 12, tzinfo=UTC)
    import_bundle(world.nodes[ARD], bundle)
    (receipt,) = world.countersign(ARD, [record])
    publish_head(world.nodes[ARD])
    back = world.export(ARD)
    world.clock.at = datetime(2030, 2, 10, 12, tzinfo=UTC)
    import_bundle(world.nodes[BEL], back)
    cosign_heads(world.nodes[BEL], clock=world.clock)
    world.clock.at = datetime(2030, 2, 21, 12, tzinfo=UTC)
    world.give(BEL, AUD)
    world.give(AUD, ARD)
    general = book_of(world, ARD).interval(receipt).not_after
    assert general == datetime(2030, 2, 10, 12, tzinfo=UTC), "the record's own interval is as it was"
    for reader in (ARD, AUD):
        (row,) = declared(world, reader)
        assert row.timing.received is not None
        assert row.timing.received.not_after == datetime(2030, 2, 21, 12, tzinfo=UTC)
        assert in_time(world, reader) is not Outcome.MET


# -- one odd record stops nobody ---------------------------------------------------------------------------

POSITION = {
    "about": "BEL",
    "by": "ARD",
    "citation": "c",
    "id": "one",
    "known_as": "confirmed",
    "limit": "launchers-500",
    "since": "2030-02-01",
    "text": "so it is",
    "until": None,
}
ASSERTION = {
    "about": "BEL",
    "additions": [],
    "as_of": "2030-02-01",
    "by": "ARD",
    "citation": "c",
    "declared_figure": 1,
    "id": "one",
    "known_as": "confirmed",
    "limit": "launchers-500",
    "position": "one",
    "text": "so it is",
}
SUSPENSION = {
    "by": "ARD",
    "citation": "c",
    "covers": ["declarations"],
    "from_date": "2030-02-01",
    "id": "one",
    "in_reading_of": ["ARD"],
    "known_as": "confirmed",
    "text": "so it is",
    "until": None,
}
ODD: list[tuple[str, dict[str, Any]]] = [
    (AGGREGATE, {"x": 1}),
    (AGGREGATE, aggregate(ARD, figures=[1, 2])),
    (AGGREGATE, aggregate(ARD, figures={"launchers": "x"})),
    (AGGREGATE, aggregate(ARD, figures={"no-such-category": 1})),
    (AGGREGATE, aggregate(ARD, citation=3)),
    (AGGREGATE, aggregate(ARD) | {"party": ["ARD"]}),
    (AGGREGATE, aggregate(ARD) | {"party": "XXX"}),
    (AGGREGATE, aggregate(ARD, channel=["exchange"])),
    ("declaration.breakdown", aggregate(ARD, lines=["abc"])),
    ("declaration.breakdown", aggregate(ARD, lines=[[["a"], "b", 1]])),
    ("statement.position", POSITION | {"id": ["a"]}),
    ("statement.position", POSITION | {"limit": ["x"]}),
    ("statement.position", POSITION | {"limit": "no-such-limit"}),
    ("statement.position", POSITION | {"text": {"a": 1}}),
    ("statement.position", POSITION | {"citation": 3}),
    ("statement.assertion", ASSERTION | {"additions": ["ab"]}),
    ("statement.assertion", ASSERTION | {"position": {}}),
    ("statement.suspension", SUSPENSION | {"covers": "declarations"}),
    ("statement.suspension", SUSPENSION | {"in_reading_of": "ARD"}),
    ("statement.withholding", {"party": "ARD", "clock": 3, "as_of": "2030-02-01"}),
    ("inspection.count", {"party": "ARD", "quota": [], "window_start": "2030-02-01", "count": 1}),
]


@pytest.mark.parametrize(("kind", "members"), ODD)
def test_one_odd_record_of_another_party_is_listed_and_stops_nothing(
    world: World, kind: str, members: dict[str, Any]
) -> None:
    record = tell(world, ARD, kind, members)
    world.give(ARD, BEL)
    tell(world, BEL, AGGREGATE, aggregate())
    found = assessed(world, BEL)
    assert [row.figures for row in found.facts.declared] == [(("launchers", 1),)]
    assert [(item.record_id, item.kind, item.author) for item in found.left_out] == [(record, kind, "ARD")]
    assert found.left_out[0].reason.startswith(("not readable as its kind", "not of this agreement"))
    assert record in titles(book_of(world, BEL))
    listed = [item.as_json() for item in found.left_out]
    document = summary_document(found.pack, found.findings, generated_by="counterseal 1.0", left_out=listed)
    assert document["left_out"] == listed
    assert parse_summary(document) == found.findings


@pytest.mark.parametrize(
    "members",
    [
        {"x": 1},
        {"convention": "c", "notes": "n", "until": "2031-01-01"},
        {"convention": "c", "notes": [], "until": ["2031-01-01"]},
        {"convention": "c", "notes": [], "until": "0001-01-01"},
    ],
)
def test_an_odd_closing_closes_nothing(world: World, members: dict[str, Any]) -> None:
    record = tell(world, AUD, CLOSING, members)
    found = assessed(world, AUD)
    assert found.closing is None
    assert [item.record_id for item in found.left_out] == [record]


def test_a_summary_names_nothing_left_out_where_nothing_is(world: World) -> None:
    found = assessed(world, BEL)
    assert found.left_out == ()
    bare = summary_document(found.pack, found.findings, generated_by="counterseal 1.0")
    assert summary_document(found.pack, found.findings, generated_by="counterseal 1.0", left_out=()) == bare
    assert bare.keys() == {"schema", "treaty", "generated_by", "findings"}


# -- what a party does not stand by ------------------------------------------------------------------------


def test_what_a_thief_said_with_a_lost_key_is_not_taken_as_its_partys_word(world: World) -> None:
    stood_by = tell(world, ARD, AGGREGATE, aggregate(ARD, figures={"launchers": 400}))
    pack = tell(world, ARD, AGREEMENT, {"id": "lake-treaty", "pack": "made up", "version": "9"})
    world.round()
    good = world.nodes[BEL].store.feed_head(world.nodes[BEL].feed)
    assert good is not None
    stolen = tell(world, BEL, AGGREGATE, aggregate())
    world.countersign(BEL, [stood_by])
    (agreed,) = world.countersign(BEL, [pack], meaning=Meaning.AGREED)
    world.round()
    (before,) = declared(world, AUD, ARD)
    assert before.timing.received is not None
    assert agreed in facts_of(book_of(world, AUD), world.nodes[AUD].pack, until=LAST).in_force_records
    everything = {log.origin: 99 for log in world.founding.trust.logs if log.party != BEL}
    world.rotate(BEL, "author", "log", "witness", "seal", accepted=good.seq + 1, heads=everything)
    world.round()
    found = assessed(world, AUD)
    assert [row.party for row in found.facts.declared] == [ARD]
    assert found.facts.declared[0].timing.received is None
    assert agreed not in found.facts.in_force_records
    assert [(item.record_id, item.reason[:8]) for item in found.left_out] == [(stolen, "disputed")]


def test_an_objection_to_the_pack_is_no_word_for_it(world: World) -> None:
    pack = tell(world, ARD, AGREEMENT, {"id": "lake-treaty", "pack": "made up", "version": "9"})
    world.give(ARD, BEL)
    world.countersign(BEL, [pack], meaning=Meaning.OBJECTS, note="not this one")
    (agreed,) = world.countersign(BEL, [pack], meaning=Meaning.AGREED)
    facts = facts_of(book_of(world, BEL), world.nodes[BEL].pack, until=LAST)
    assert facts.in_force_records == (pack, agreed)


def test_a_title_takes_no_lists_and_mappings_from_a_statement(world: World) -> None:
    record = tell(world, ARD, "draw.opening", {"title": ["a", {"b": 1}]})
    assert titles(book_of(world, ARD))[record] == "Record of kind draw.opening"


# -- a witness's memory ------------------------------------------------------------------------------------


def asked_unseen(world: World) -> Witnessing:
    """Ardania asks Belmar to cosign a head over three entries that nobody will ever see."""
    node = world.nodes[ARD]
    tree = HashTree(entry.envelope for entry in node.store.entries(node.log.origin))
    old = tree.size
    for number in range(3):
        tree.extend([b"hidden %d" % number])
    head = Checkpoint(origin=node.log.origin, size=tree.size, root=tree.root())
    note = Note(text=head.text(), lines=tuple(sign_head(head, node.keys)))
    proof = b"".join(base64.b64encode(item) + b"\n" for item in tree.consistency(old, tree.size))
    request = b"old %d\n" % old + proof + b"\n" + note.to_bytes()
    return witness_request(world.nodes[BEL], request, clock=world.clock)


def test_a_witness_that_cosigned_unseen_convicts_the_log_that_goes_on_otherwise(world: World) -> None:
    answered = asked_unseen(world)
    assert answered.decision.outcome is Answer.ACCEPTED
    for number in range(4):
        tell(world, ARD, "test.note", {"x": number})
    world.give(ARD, AUD)
    held = world.stores[BEL].size(world.nodes[ARD].log.origin)
    with pytest.raises(ForkFoundError) as refused:
        world.give(AUD, BEL)
    assert verify_fork_proof(refused.value.proof).verified
    assert world.stores[BEL].size(world.nodes[ARD].log.origin) == held


def test_where_the_note_was_not_kept_the_other_history_is_refused_all_the_same(world: World) -> None:
    """A store of an earlier version remembers the text of what was cosigned, and not who signed it."""
    origin = world.nodes[ARD].log.origin
    size = world.stores[ARD].size(origin) + 1
    other = Checkpoint(origin=origin, size=size, root=b"\1" * 32)
    world.stores[BEL].add_witnessed(origin, size=size, text=other.text())
    tell(world, ARD, "test.note", {"x": 2})
    with pytest.raises(BundleRefusedError, match="than in the head that this node cosigned"):
        world.give(ARD, BEL)


def test_a_head_that_was_cosigned_unseen_is_by_itself_no_evidence_against_anybody(world: World) -> None:
    asked_unseen(world)
    status = node_status(world.nodes[BEL], clock=world.clock)
    assert status.evidence == ()
    assert not any("evidence" in warning for warning in status.warnings)


# -- a forfeit that is false -------------------------------------------------------------------------------

CHOSEN = ((0, 1, 2, 3), (30, 31))


@pytest.fixture
def table(world: World) -> Table:
    return Table(world=world)


def forfeit(table: Table, by: PartyCode, of: PartyCode, monkeypatch: pytest.MonkeyPatch) -> None:
    """A party says that another forfeited, and names no head that shows that it knew better."""
    false = DrawResult(draw=table.draw, positions=CHOSEN, forfeited=(str(of),))
    with monkeypatch.context() as silent:
        silent.setattr("counterseal.services.submit._foreign_heads", lambda _node: ())
        table.say(by, RESULT, false)
    publish_head(table.world.nodes[by])


def test_a_value_that_others_saw_in_time_is_not_forfeited_by_who_dislikes_it(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed_by(table, ARD, BEL)
    table.reveal(BEL)
    publish_head(table.world.nodes[BEL])
    table.world.give(BEL, AUD)
    table.pass_deadline()
    forfeit(table, ARD, BEL, monkeypatch)
    table.world.round()
    table.reveal(ARD)
    table.world.round()
    drawn = table.result(BEL)
    table.world.round()
    report = table.check(AUD)
    assert report.result == drawn.result
    assert report.accepted
    assert "ARD says that BEL forfeited, and its value had been seen" in reasons(report, "result")


def test_nobody_says_that_a_value_was_forfeited_which_it_cosigned_before(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The value came after the deadline: late, and seen before anybody stated the forfeit."""
    committed_by(table, ARD, BEL)
    table.pass_deadline()
    table.reveal(BEL)
    publish_head(table.world.nodes[BEL])
    table.world.give(BEL, ARD)
    table.world.clock.at += timedelta(hours=1)
    forfeit(table, ARD, BEL, monkeypatch)
    table.world.round()
    report = table.check(AUD)
    assert report.result is None
    assert "or by ARD before it said so" in reasons(report, "result")


def test_a_value_that_nobody_saw_in_time_is_forfeited_however_it_is_dated(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed_by(table, ARD, BEL)
    table.world.clock.at = DEADLINE - timedelta(hours=1)
    table.reveal(BEL)  # it says so, and shows it to nobody
    table.pass_deadline()
    forfeit(table, ARD, BEL, monkeypatch)
    table.world.clock.at = DEADLINE + timedelta(hours=1)
    table.world.round()
    assert table.check(AUD).accepted
