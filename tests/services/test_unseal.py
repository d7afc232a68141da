"""Need to know: who is in the audience reads, whoever carries the bundle; nobody else learns more than the header."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.app.storage.sqlite_store import open_store
from counterseal.crypto.sealing import seal_to
from counterseal.records.body import seal_body
from counterseal.records.envelope import split_record
from counterseal.records.header import header_document, parse_header, record_id
from counterseal.records.sealed import SealedPlace, plaintext_bytes, seal_opening, split_sealed
from counterseal.records.trusted import SEAL
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.export_bundle import export_bundle, write_record
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.merge_trust import stored_form
from counterseal.services.node import Node
from counterseal.services.record_book import open_book
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery, edit_opening
from strategies.hidden import ciphertexts, told
from strategies.verdicts import both_accept, both_refuse, common_refusals, write_folder
from strategies.worlds import AUD, PARTIES, World, founded, new_world, sealed_bundle, twin

SECRET = "under the old mill by the lake"


def whisper(world: World, party: PartyCode, audience: Sequence[str], **members: Any) -> str:
    """A party says something to some."""
    said = Statement(
        kind="declaration.site", members={"place": SECRET, **members}, audience=tuple(sorted(audience))
    )
    (record,) = submit(world.nodes[party], [said], clock=world.clock, randomness=world.salts[party])
    publish_head(world.nodes[party])
    return record


def reads(node: Node, record: str) -> dict[str, Any] | None:
    """What a node can read of a record, with its own eyes."""
    memory = MemoryBundle()
    write_record(node, memory)
    entry = open_book(memory).find(record)
    return dict(entry.statement) if entry is not None and entry.statement else None


def whispered() -> tuple[World, str]:
    """Ardania has told Belmar something, and everybody has everybody's bundle."""
    world = new_world()
    world.say(ARD, 400)
    record = whisper(world, ARD, [BEL])
    world.round()
    return world, record


# --- Who reads -----------------------------------------------------------------------------------------------


def test_author_and_audience_read_and_the_auditor_does_not() -> None:
    world, record = whispered()
    assert reads(world.nodes[ARD], record) == {"place": SECRET}
    assert reads(world.nodes[BEL], record) == {"place": SECRET}
    assert reads(world.nodes[AUD], record) is None
    for party in PARTIES:
        bundle = world.export(party)
        assert verify_bundle(bundle).verified
        assert SECRET.encode() not in ciphertexts(bundle), party


def test_it_reaches_its_reader_through_one_who_cannot_read_it() -> None:
    world = new_world()
    record = whisper(world, ARD, [BEL])
    world.give(ARD, AUD)
    assert reads(world.nodes[AUD], record) is None
    world.give(AUD, BEL)
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def test_whoever_exports_what_is_not_for_everybody_leaves_sealed() -> None:
    world, record = whispered()
    for party in PARTIES:
        forgery = Forgery.of(world.export(party))
        log = forgery.log(ARD)
        assert [bool(opening) for opening in log.openings] == [True, False]
        assert list(log.sealed) == [1]
        assert log.record_id(1) == record
    own = MemoryBundle()
    write_record(world.nodes[BEL], own)
    assert all(Forgery.of(with_manifest(own, world)).log(ARD).openings)


def with_manifest(bundle: MemoryBundle, world: World) -> MemoryBundle:
    manifest = MemoryBundle()
    export_bundle(world.nodes[BEL], manifest, clock=world.clock)
    return MemoryBundle({**manifest.files, **bundle.files})


def test_the_author_is_a_reader_even_if_it_forgets_itself() -> None:
    """After a lost laptop, what was said to others alone comes back from them."""
    world, record = whispered()
    entry = world.nodes[ARD].store.find(record)
    assert entry is not None
    assert parse_header(split_record(entry.envelope)[0]).audience == ("ARD", "BEL")
    empty = open_store(Path(":memory:"))
    empty.add_trust_documents(stored_form(world.founding.trust))
    restored = Node(
        party=ARD,
        trust=world.founding.trust,
        keys=world.keys[ARD].working,
        pack=world.nodes[ARD].pack,
        store=empty,
        recovering=True,
    )
    report = import_bundle(restored, world.export(AUD))
    assert report.recovered == 2
    assert reads(restored, record) == {"place": SECRET}


def test_a_word_to_oneself_stays_with_oneself() -> None:
    world = new_world()
    record = whisper(world, ARD, [ARD])
    world.round()
    assert [reads(world.nodes[party], record) is not None for party in PARTIES] == [True, False, False]


def test_an_audience_of_several_reads_each_by_its_own_key() -> None:
    world = new_world()
    record = whisper(world, ARD, [AUD, BEL])
    world.round()
    assert all(reads(world.nodes[party], record) == {"place": SECRET} for party in PARTIES)


def test_a_reader_that_is_no_party_is_named_and_gets_nothing() -> None:
    world = new_world()
    record = whisper(world, ARD, ["BEL", "lake-commission"])
    world.round()
    body = world.nodes[AUD].store.sealed(record)
    entry = world.nodes[AUD].store.find(record)
    assert body is not None
    assert entry is not None
    pieces = split_sealed(body, header_document(split_record(entry.envelope)[0]))
    assert [bool(piece) for piece in pieces] == [True, True, False]
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def test_both_verifiers_accept_what_they_cannot_read(tmp_path: Path) -> None:
    path = write_folder(sealed_bundle(), tmp_path / "bundle")
    for verdict in both_accept(path):
        assert verdict.document["counts"]["records"] == 4
        assert verdict.document["counts"]["bodies"] == 1


# --- Keys that change ----------------------------------------------------------------------------------------


def test_what_was_sealed_before_the_seal_key_changed_can_still_be_read() -> None:
    world = new_world()
    record = whisper(world, ARD, [BEL])
    late = world.export(ARD)
    world.rotate(BEL, SEAL)
    import_bundle(world.nodes[BEL], late)
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def test_what_is_sealed_after_it_is_for_the_new_key_alone() -> None:
    world = new_world()
    world.rotate(BEL, SEAL)
    old = twin(world.nodes[BEL])
    world.give(BEL, ARD)
    record = whisper(world, ARD, [BEL])
    bundle = world.export(ARD)
    old.keys = founded().keys[BEL].working
    assert import_bundle(old, bundle).unreadable == (record,)
    assert import_bundle(world.nodes[BEL], bundle).unreadable == ()
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def test_a_reader_that_lost_the_key_is_told_and_everything_else_is_taken() -> None:
    world = new_world()
    record = whisper(world, ARD, [BEL])
    late = world.export(ARD)
    world.rotate(BEL)
    world.nodes[BEL].keys = keys_without_earlier(world)
    report = import_bundle(world.nodes[BEL], late)
    assert report.unreadable == (record,)
    assert report.records == (record,)
    assert reads(world.nodes[BEL], record) is None


def keys_without_earlier(world: World) -> Any:
    return replace(world.keys[BEL].working, earlier_seals=())


# --- Bodies that are sealed badly ----------------------------------------------------------------------------


def place_of(log: Any, index: int) -> SealedPlace:
    header = parse_header(split_record(log.entries[index])[0])
    return SealedPlace.of(header, record=record_id(split_record(log.entries[index])[0]))


def sealed_otherwise(world: World, make: Any) -> tuple[MemoryBundle, str]:
    """Ardania seals something else to Belmar than its header commits to."""
    world.say(ARD, 400)
    record = whisper(world, ARD, [BEL])
    world.say(ARD, 401)
    publish_head(world.nodes[ARD])
    forgery = Forgery.of(world.export(ARD))
    log = forgery.log(ARD)
    log.sealed[1] = make(log, world)
    return forgery.build(ARD, world.keys), record


def random_pieces(log: Any, _world: World) -> bytes:
    width = len(log.sealed[1])
    piece = (width - 8) // 2
    return b"".join(piece.to_bytes(4, "big") + bytes([7]) * piece for _ in range(2))


def another_statement(log: Any, world: World) -> bytes:
    other = seal_body({"place": "somewhere else"}, salts=bytes)
    return _sealed(other.opening, log, world)


def no_opening(log: Any, world: World) -> bytes:
    return _sealed(b"hello", log, world)


def not_filled_up(log: Any, world: World) -> bytes:
    place = place_of(log, 1)
    filled = b"\xff" * plaintext_bytes(parts=place.parts, size_class=place.size_class)
    pieces = [seal_to(_public(world, code), filled, info=place.info(code)) for code in (ARD, BEL)]
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)


def for_each_other(log: Any, _world: World) -> bytes:
    """The pieces of the two readers have changed places."""
    body = log.sealed[1]
    half = len(body) // 2
    return bytes(body[half:] + body[:half])


def _public(world: World, code: PartyCode) -> bytes:
    seal = world.keys[code].working.seal
    assert seal is not None
    return seal.public


def _sealed(opening: bytes, log: Any, world: World) -> bytes:
    keys = [(code, _public(world, code)) for code in (ARD, BEL)]
    return seal_opening(opening, place=place_of(log, 1), keys=keys)


@pytest.mark.parametrize(
    "make", [random_pieces, another_statement, no_opening, not_filled_up, for_each_other]
)
def test_a_body_that_was_sealed_as_garbage_is_reported_and_nothing_else_breaks(
    make: Any, tmp_path: Path
) -> None:
    """Verifiers cannot see into it; the reader can, says which record it is, and goes on."""
    world = new_world()
    bundle, record = sealed_otherwise(world, make)
    both_refused = common_refusals(*both_refuse(write_folder(bundle, tmp_path / "bundle")))
    assert both_refused == {"settled"}, "nothing else: nobody but the reader can tell"
    report = import_bundle(world.nodes[BEL], bundle)
    assert report.unreadable == (record,)
    assert len(report.records) == 3
    assert reads(world.nodes[BEL], record) is None
    assert import_bundle(world.nodes[AUD], bundle).unreadable == ()
    world.round()
    assert all(verify_bundle(world.export(party)).verified for party in PARTIES)


def test_garbage_that_came_first_does_not_keep_the_reader_from_the_body() -> None:
    """Whoever carries a bundle may spoil it; the next one that is whole is read all the same."""
    world = new_world()
    record = whisper(world, ARD, [BEL])
    whole = world.export(ARD)
    forgery = Forgery.of(whole)
    forgery.log(ARD).sealed[0] = random_sealed(forgery.log(ARD).sealed[0])
    spoiled = forgery.build(ARD, world.keys)
    assert import_bundle(world.nodes[BEL], spoiled).unreadable == (record,)
    assert import_bundle(world.nodes[BEL], whole).unreadable == ()
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def random_sealed(body: bytes) -> bytes:
    piece = len(body) // 2 - 4
    return b"".join(piece.to_bytes(4, "big") + bytes([9]) * piece for _ in range(2))


def test_a_body_that_one_carrier_left_out_is_filled_in_by_the_next() -> None:
    world = new_world()
    record = whisper(world, ARD, [BEL])
    whole = world.export(ARD)
    forgery = Forgery.of(whole)
    forgery.log(ARD).sealed.clear()
    assert import_bundle(world.nodes[BEL], forgery.build(ARD, world.keys)).unreadable == ()
    assert reads(world.nodes[BEL], record) is None
    import_bundle(world.nodes[BEL], whole)
    assert reads(world.nodes[BEL], record) == {"place": SECRET}


def test_a_sealed_body_for_everybody_is_refused_by_both(tmp_path: Path) -> None:
    world, _ = whispered()
    forgery = Forgery.of(world.export(ARD))
    log = forgery.log(ARD)
    log.sealed = {0: log.sealed[1]}
    verdicts = both_refuse(write_folder(forgery.build(ARD, world.keys), tmp_path / "bundle"))
    assert common_refusals(*verdicts) == {"bodies"}


def test_nothing_is_sealed_to_a_reader_that_is_no_party(tmp_path: Path) -> None:
    """What is sealed to it can be read by nobody whom the parties know."""
    world = new_world()
    whisper(world, ARD, ["BEL", "lake-commission"])
    forgery = Forgery.of(world.export(ARD))
    log = forgery.log(ARD)
    opening = world.nodes[ARD].store.find(log.record_id(0))
    assert opening is not None
    assert opening.opening is not None
    public = _public(world, AUD)
    log.sealed[0] = seal_opening(
        opening.opening,
        place=place_of(log, 0),
        keys=[(ARD, public), (BEL, public), ("lake-commission", public)],
    )
    verdicts = both_refuse(write_folder(forgery.build(ARD, world.keys), tmp_path / "bundle"))
    assert "bodies" in common_refusals(*verdicts)
    assert "lake-commission" in verdicts[0].rules("bodies")


def test_under_a_trust_file_of_the_first_form_nothing_is_sealed(tmp_path: Path) -> None:
    """It has no seal keys: what is said to some stays where it was said."""
    world = new_world(form=1)
    world.say(ARD, 400)
    record = whisper(world, ARD, [BEL])
    world.round()
    both_accept(write_folder(world.export(AUD), tmp_path / "whole"))
    assert reads(world.nodes[BEL], record) is None
    other = new_world()
    other.say(ARD, 400)
    whisper(other, ARD, [BEL])
    forgery = Forgery.of(world.export(ARD))
    forgery.log(ARD).sealed = Forgery.of(other.export(ARD)).log(ARD).sealed
    verdicts = both_refuse(write_folder(forgery.build(ARD, world.keys), tmp_path / "bundle"))
    assert common_refusals(*verdicts) == {"bodies"}


def test_an_open_body_of_a_sealed_record_must_open_it_as_any_other(tmp_path: Path) -> None:
    """A reader may publish what it was told; it cannot publish what it was not."""
    world, record = whispered()
    forgery = Forgery.of(world.export(BEL))
    entry = world.nodes[BEL].store.find(record)
    assert entry is not None
    assert entry.opening is not None
    forgery.log(ARD).openings[1] = entry.opening
    leaked = forgery.build(BEL, world.keys)
    both_accept(write_folder(leaked, tmp_path / "leaked"))
    edit_opening(forgery.log(ARD), 1, "place", "elsewhere")
    verdicts = both_refuse(write_folder(forgery.build(BEL, world.keys), tmp_path / "false"))
    assert common_refusals(*verdicts) == {"bodies"}


# --- Nothing else is told (I17) ------------------------------------------------------------------------------

texts = st.text(alphabet=st.characters(codec="ascii", min_codepoint=32), max_size=400)
pairs = st.tuples(texts, st.integers(0, 9), texts, st.integers(0, 9)).filter(lambda p: p[:2] != p[2:])


def lived(place: str, number: int) -> tuple[World, str]:
    """A world in which Ardania tells Belmar this, and everybody says other things before and after."""
    world = new_world()
    world.say(ARD, 400)
    said = Statement(kind="declaration.site", members={"place": place, "rooms": number}, audience=(BEL,))
    (record,) = submit(world.nodes[ARD], [said], clock=world.clock, randomness=world.salts[ARD])
    world.clock.pass_minutes(1)
    world.say(ARD, 401)
    world.give(ARD, AUD)
    world.say(AUD, 7)
    world.give(AUD, BEL)
    world.countersign(BEL, [record])
    world.give(BEL, ARD)
    world.say(ARD, 402, audience=(AUD,))
    publish_head(world.nodes[ARD])
    return world, record


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(pair=pairs)
def test_what_is_hidden_leaves_no_trace_in_what_others_are_told(pair: tuple[str, int, str, int]) -> None:
    """Two worlds that differ in a hidden body alone tell everybody else the same, byte for byte.

    But for its commitment, and what is computed over that: ids, roots, signatures, and ciphertexts, of which
    the lengths are the same (``strategies/hidden.py`` says it exactly).
    """
    (one, record), (other, _) = lived(*pair[:2]), lived(*pair[2:])
    assert reads(one.nodes[BEL], record) == {"place": pair[0], "rooms": pair[1]}
    for party in PARTIES:
        assert told(one.export(party)) == told(other.export(party)), party
    read = [[entry.statement for entry in open_book(world.export(AUD)).entries] for world in (one, other)]
    assert [None in said for said in read] == [True, True]
    assert [said["launchers"] for said in read[0] if said] == [7, 400, 401]
    assert read[0] == read[1]


def test_the_comparison_sees_what_is_not_hidden() -> None:
    """Else the property above would prove nothing: said to all, or of another size, the difference shows."""
    base = told(lived("a", 1)[0].export(ARD))
    longer = told(lived("a" * 2_000, 1)[0].export(ARD))
    assert base["sizes"] != longer["sizes"]
    assert base["logs"] != longer["logs"]
    world = new_world()
    world.say(ARD, 1)
    publish_head(world.nodes[ARD])
    another = new_world()
    another.say(ARD, 2)
    publish_head(another.nodes[ARD])
    assert told(world.export(ARD))["logs"] != told(another.export(ARD))["logs"]
