"""Bundles between nodes: all of one or nothing, in any order, as often as one likes."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.app.storage.sqlite_store import open_store
from counterseal.errors import CountersealError
from counterseal.log.checkpoint import Checkpoint, parse_checkpoint
from counterseal.log.note import Note, sign_note
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.cosigning import cosign_heads
from counterseal.services.errors import BundleRefusedError, ServiceError
from counterseal.services.export_bundle import export_bundle, write_record
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.node import Node
from counterseal.services.ports import NewEntry
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.forgery import Forgery
from strategies.lies import LIES
from strategies.same_bytes import repeatable
from strategies.verdicts import both_refuse, common_refusals, write_folder
from strategies.worlds import (
    AUD,
    FORMS,
    PARTIES,
    World,
    contents,
    new_world,
    settled_bundle,
    spoken,
    spoken_world,
    twin,
)


def record_of(world: World, party: PartyCode) -> dict[str, bytes]:
    """What a party would export, but for the manifest."""
    return held_by(world.nodes[party])


def held_by(node: Node) -> dict[str, bytes]:
    bundle = MemoryBundle()
    write_record(node, bundle)
    return bundle.files


def spoken_apart() -> tuple[World, dict[str, MemoryBundle]]:
    """Everybody has said something, and nobody has heard it yet: one bundle of each."""
    world = new_world()
    for number, party in enumerate(PARTIES):
        world.say(party, 400 + number, 500 + number)
        publish_head(world.nodes[party])
    return world, {party: world.export(party) for party in PARTIES}


def test_a_bundle_taken_twice_adds_nothing_the_second_time() -> None:
    world, bundles = spoken_apart()
    taken = import_bundle(world.nodes[BEL], bundles[ARD])
    assert list(taken.records) == world.said[:2]
    before = contents(world.stores[BEL])
    again = import_bundle(world.nodes[BEL], bundles[ARD])
    assert again.records == ()
    assert contents(world.stores[BEL]) == before


def test_an_older_bundle_after_a_newer_one_takes_nothing_away() -> None:
    world = new_world()
    world.say(ARD, 400)
    publish_head(world.nodes[ARD])
    older = world.export(ARD)
    world.say(ARD, 401)
    publish_head(world.nodes[ARD])
    newer = world.export(ARD)
    import_bundle(world.nodes[BEL], newer)
    before = record_of(world, BEL)
    assert import_bundle(world.nodes[BEL], older).records == ()
    assert record_of(world, BEL) == before


def test_independent_bundles_come_to_the_same_in_any_order() -> None:
    world, bundles = spoken_apart()
    outcomes = set()
    for order in permutations((ARD, BEL)):
        receiver = twin(world.nodes[AUD])
        for sender in order:
            import_bundle(receiver, bundles[sender])
        outcomes.add(tuple(sorted(held_by(receiver).items())))
    assert len(outcomes) == 1


def test_cosignatures_of_several_come_together_in_any_order() -> None:
    world, bundles = spoken_apart()
    for receiver in (AUD, BEL):
        import_bundle(world.nodes[receiver], bundles[ARD])
        assert cosign_heads(world.nodes[receiver], clock=world.clock) == 1
    cosigned = {sender: world.export(sender) for sender in (AUD, BEL)}
    outcomes = set()
    for order in permutations((AUD, BEL)):
        owner = twin(world.nodes[ARD])
        for sender in order:
            import_bundle(owner, cosigned[sender])
        note = owner.store.checkpoints(owner.log.origin)[-1]
        assert len(note.lines) == 6, "two lines of the log, two of each witness"
        outcomes.add(note.to_bytes())
    assert len(outcomes) == 1


def refuse_and_keep(world: World, bundle: MemoryBundle) -> str:
    before = contents(world.stores[BEL])
    with pytest.raises(BundleRefusedError) as caught:
        import_bundle(world.nodes[BEL], bundle)
    assert contents(world.stores[BEL]) == before, "something of a refused bundle was kept"
    return str(caught.value)


FRESH = {form: new_world(form=form) for form in FORMS}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_of_a_corrupted_bundle_nothing_at_all_is_kept(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    bundle = settled_bundle(form=form)
    path = data.draw(st.sampled_from(sorted(bundle.files)))
    whole = bundle.files[path]
    kind = data.draw(st.sampled_from(["flip", "cut", "drop", "add"]))
    if kind == "drop":
        del bundle.files[path]
    elif kind == "add":
        bundle.files[f"{path}x"] = b""
    elif kind == "cut":
        bundle.files[path] = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        at = data.draw(st.integers(0, len(whole) - 1))
        bundle.files[path] = (
            whole[:at] + bytes((whole[at] ^ 1 << data.draw(st.integers(0, 7)),)) + whole[at + 1 :]
        )
    message = refuse_and_keep(FRESH[form], bundle)
    assert path in message or path == "bundle.json"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", LIES)
def test_of_a_lie_that_every_witness_cosigned_nothing_is_kept(name: str, form: int) -> None:
    """The node that takes a bundle verifies every record of it: no cosigner is believed."""
    forgery = Forgery.of(settled_bundle(form=form))
    LIES[name].tell(forgery.log(ARD))
    forgery.rehead(ARD, spoken().keys, cosigners=PARTIES)
    message = refuse_and_keep(FRESH[form], forgery.build(ARD, spoken().keys))
    assert any(f"bundle refused: {check}: " in message for check in LIES[name].checks)


def test_a_bundle_of_another_treaty_is_refused_by_its_roots() -> None:
    assert "trust-pinned" in refuse_and_keep(new_world(seed=7), settled_bundle())


def test_a_store_that_fails_halfway_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world, bundles = spoken_apart()
    before = contents(world.stores[BEL])

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(type(world.stores[BEL]), "add_checkpoint", full)
    with pytest.raises(OSError, match="no space"):
        import_bundle(world.nodes[BEL], bundles[ARD])
    assert contents(world.stores[BEL]) == before
    assert not world.stores[BEL]._db.in_transaction


def restored(world: World, node: Node) -> Node:
    """The same party on an empty store: a machine that was set up again from its keys alone."""
    store = open_store(Path(":memory:"))
    for origin, note in world.founding.first_heads:
        store.add_checkpoint(origin, size=0, note=note)
    return replace(node, store=store, _trees={})


def test_a_node_that_forgot_its_own_log_is_told_so() -> None:
    """It must not go on signing from an old copy: that would fork its log."""
    world = spoken_world()
    forgetful = restored(world, world.nodes[BEL])
    with pytest.raises(BundleRefusedError, match="has 4 entries in it and 0 here: this node was restored"):
        import_bundle(forgetful, world.export(ARD))
    assert forgetful.store.size(world.nodes[ARD].log.origin) == 0


def test_everything_reaches_everybody_and_settles_with_every_side_only(tmp_path: Path) -> None:
    world = new_world()
    world.say(ARD, 400)
    world.give(ARD, BEL)
    world.give(BEL, ARD)
    half = world.export(ARD)
    result = verify_bundle(half)
    unsettled = [check for check in result.checks if check.held is False]
    assert [check.name for check in unsettled] == ["settled"]
    assert [failure.rule for failure in unsettled[0].failures] == [
        "the newest checkpoint of lake.example/ard/log (size 1) is not cosigned by AUD, as the policy asks"
    ]
    assert common_refusals(*both_refuse(write_folder(half, tmp_path / "half"))) == {"settled"}
    world.round()
    assert all(verify_bundle(world.export(party)).verified for party in PARTIES)
    held = [
        {path: data for path, data in record_of(world, party).items() if "/checkpoint" not in path}
        for party in PARTIES
    ]
    assert held[0] == held[1] == held[2]


def test_an_unsettled_bundle_is_still_taken_on_its_way() -> None:
    world, bundles = spoken_apart()
    assert not verify_bundle(bundles[ARD]).verified
    assert len(import_bundle(world.nodes[BEL], bundles[ARD]).records) == 2


def test_bodies_that_were_withheld_are_filled_in_by_a_later_bundle() -> None:
    world, bundles = spoken_apart()
    forgery = Forgery.of(bundles[ARD])
    forgery.log(ARD).openings = [b"", forgery.log(ARD).openings[1]]
    import_bundle(world.nodes[BEL], forgery.build(ARD, world.keys))
    first, second = world.said[:2]
    withheld, opened = world.stores[BEL].find(first), world.stores[BEL].find(second)
    assert withheld is not None
    assert opened is not None
    assert withheld.opening is None
    assert opened.opening is not None
    import_bundle(world.nodes[BEL], bundles[ARD])
    filled = world.stores[BEL].find(first)
    assert filled is not None
    assert filled.opening == Forgery.of(bundles[ARD]).log(ARD).openings[0]


def with_entry_of(world: World, *, head: Checkpoint) -> Node:
    """A node of Belmar that holds Ardania's first entry, and a head of Ardania's log that Ardania signed."""
    origin = world.nodes[ARD].log.origin
    node = restored(world, world.nodes[BEL])
    entry = next(iter(world.stores[ARD].entries(origin)))
    new = NewEntry(
        record_id=entry.record_id,
        kind=entry.kind,
        feed=world.nodes[ARD].feed,
        seq=0,
        envelope=entry.envelope,
        opening=entry.opening,
    )
    node.store.append(origin, [new])
    line = sign_note(head.text(), world.keys[ARD].working.log, name=origin)
    node.store.add_checkpoint(origin, size=head.size, note=Note(text=head.text(), lines=(line,)))
    return node


def test_a_head_that_the_entries_held_contradict_is_never_cosigned() -> None:
    world, _ = spoken_apart()
    origin = world.nodes[ARD].log.origin
    node = with_entry_of(world, head=Checkpoint(origin=origin, size=1, root=bytes(32)))
    with pytest.raises(ServiceError, match="entries held contradict the head of size 1"):
        cosign_heads(node, clock=world.clock)
    assert len(node.store.checkpoints(origin)[-1].lines) == 1


def test_a_head_over_entries_that_are_not_held_is_not_cosigned() -> None:
    world, _ = spoken_apart()
    origin = world.nodes[ARD].log.origin
    root = world.nodes[ARD].tree(origin).root(2)
    node = with_entry_of(world, head=Checkpoint(origin=origin, size=2, root=root))
    assert cosign_heads(node, clock=world.clock) == 0
    assert len(node.store.checkpoints(origin)[-1].lines) == 1


def test_a_head_is_cosigned_once_and_never_by_its_own_party() -> None:
    world, bundles = spoken_apart()
    assert cosign_heads(world.nodes[ARD], clock=world.clock) == 0
    import_bundle(world.nodes[BEL], bundles[ARD])
    assert cosign_heads(world.nodes[BEL], clock=world.clock) == 1
    assert cosign_heads(world.nodes[BEL], clock=world.clock) == 0


def test_a_head_is_published_once_for_each_size() -> None:
    world = new_world()
    world.say(ARD, 1)
    assert publish_head(world.nodes[ARD]) == publish_head(world.nodes[ARD])
    sizes = [
        parse_checkpoint(note.text).size
        for note in world.stores[ARD].checkpoints(world.nodes[ARD].log.origin)
    ]
    assert sizes == [0, 1]


def test_statements_are_submitted_all_or_none() -> None:
    world = new_world()
    before = contents(world.stores[ARD])
    good = Statement(kind="declaration.aggregate", members={"launchers": 1})
    for bad in (
        Statement(kind="Not a kind", members={"launchers": 1}),
        Statement(kind="declaration.aggregate", members={}),
        Statement(kind="declaration.aggregate", members={"Launchers": 1}),
        Statement(kind="declaration.aggregate", members={"launchers": 1.5}),
        Statement(kind="declaration.aggregate", members={"launchers": 1}, refs=("no id",)),
        Statement(kind="declaration.aggregate", members={"text": "x" * 2_000_000}),
    ):
        with pytest.raises(CountersealError):
            submit(world.nodes[ARD], [good, bad], clock=world.clock, randomness=world.salts[ARD])
        assert contents(world.stores[ARD]) == before


def test_a_manifest_counts_the_bundles_to_each_receiver() -> None:
    world = new_world()
    world.say(ARD, 400)

    def sequence(to: tuple[str, ...]) -> int:
        made = export_bundle(world.nodes[ARD], MemoryBundle(), clock=world.clock, to=to)
        return made.sequence

    assert [sequence(("BEL",)), sequence(("BEL",)), sequence(("AUD",)), sequence(("BEL",))] == [0, 1, 0, 2]


def test_the_same_words_by_the_same_clock_and_salts_are_the_same_bytes() -> None:
    """All of them under the first form; under a chain, all but what is randomised by its algorithm."""
    one, other = (spoken_world(form=1).export(BEL).files for _ in range(2))
    assert one == other
    one, other = (spoken_world(form=2).export(BEL).files for _ in range(2))
    assert repeatable(one) == repeatable(other)
    varied = {path for path in one if one[path] != other[path]}
    assert varied == {"bundle.json", *(path for path in one if path.endswith("/checkpoint"))} | {
        path for path in one if "/checkpoints/" in path and not path.endswith("/0")
    }
