"""Trust only grows: whatever bundles come, in whatever order, no version ever goes back (I16)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.records.envelope import KEYS_TYPE, TRUST_TYPE_V2, parse_envelope, seal_envelope
from counterseal.records.trust import Trust
from counterseal.records.trust_chain import TRUST_NAME, history_path, keys_path
from counterseal.records.trust_files import trust_list
from counterseal.records.trusted import AUTHOR, SEAL
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import BundleRefusedError, TrustForkError
from counterseal.services.import_bundle import import_bundle
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.merge_trust import merge_trust, stored_form, trust_of_stored
from counterseal.terms.parties import PartyCode
from strategies.trust_chains import ChainMaker, give_roots, new_keeper, party_of
from strategies.worlds import AUD, PARTIES, World, contents, founded, new_world, twin

FOUNDED = founded().trust


def maker() -> ChainMaker:
    return ChainMaker.of(founded())


def called(name: str) -> ChainMaker:
    """A chain whose second version gives Belmar another name."""
    made = maker()
    made.next_trust(lambda document: party_of(document, BEL).update(name=name))
    return made


def what(trust: Trust) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How much is known: version of the trust file, and of each party's key file."""
    assert trust.chain is not None
    return trust.version, tuple((code, len(row)) for code, row in sorted(trust.chain.keys.items()))


# --- Two chains ----------------------------------------------------------------------------------------------


def test_what_is_older_changes_nothing() -> None:
    newer = called("Province of Belmar").read()
    assert merge_trust(newer, FOUNDED) is newer
    assert merge_trust(newer, newer) is newer


def test_what_is_newer_is_followed() -> None:
    newer = called("Province of Belmar").read()
    merged = merge_trust(FOUNDED, newer)
    assert merged == newer


def test_each_partys_keys_are_followed_by_themselves() -> None:
    """Each node knows something that the other does not; together they know both."""
    ours, theirs = maker(), maker()
    ours.next_keys(ARD, at=3)
    theirs.next_keys(BEL, at=2, roles=[SEAL])
    theirs.next_trust()
    one, other = merge_trust(ours.read(), theirs.read()), merge_trust(theirs.read(), ours.read())
    assert what(one) == what(other) == (2, (("ARD", 2), ("AUD", 1), ("BEL", 2)))
    assert dict(one.files) == dict(other.files)


def test_two_trust_files_of_one_version_are_a_fork_and_both_are_shown() -> None:
    ours, theirs = called("Province of Belmar"), called("Kingdom of Belmar")
    for held, brought in permutations((ours, theirs)):
        with pytest.raises(TrustForkError, match=r"trust/trust\.json is another file here") as caught:
            merge_trust(held.read(), brought.read())
        assert caught.value.files == {"held": held.files[TRUST_NAME], "brought": brought.files[TRUST_NAME]}


def test_a_fork_is_found_below_what_came_after_it() -> None:
    ours, theirs = called("Province of Belmar"), called("Kingdom of Belmar")
    ours.next_trust()
    with pytest.raises(TrustForkError) as caught:
        merge_trust(ours.read(), theirs.read())
    assert caught.value.files == {"held": ours.files[history_path(2)], "brought": theirs.files[TRUST_NAME]}


def test_two_key_files_of_one_version_are_a_fork_and_both_are_shown() -> None:
    ours, theirs = maker(), maker()
    ours.next_keys(ARD, at=3)
    theirs.next_keys(ARD, at=4)
    path = keys_path(ARD, 2)
    with pytest.raises(TrustForkError, match="its keepers signed both") as caught:
        merge_trust(ours.read(), theirs.read())
    assert caught.value.files == {"held": ours.files[path], "brought": theirs.files[path]}


def test_another_treaty_another_beginning_and_another_form_are_refused() -> None:
    with pytest.raises(BundleRefusedError, match="its first trust file is another one"):
        merge_trust(FOUNDED, founded(seed=2).trust)
    with pytest.raises(BundleRefusedError, match="of another treaty or form"):
        merge_trust(FOUNDED, founded(form=1).trust)
    with pytest.raises(BundleRefusedError, match="of another treaty or form"):
        merge_trust(founded(form=1).trust, FOUNDED)
    with pytest.raises(BundleRefusedError, match="of another treaty or form"):
        merge_trust(FOUNDED, replace(FOUNDED, treaty="sea-treaty"))
    with pytest.raises(BundleRefusedError, match="its trust file has other roots"):
        merge_trust(founded(form=1).trust, founded(seed=2, form=1).trust)
    old = founded(form=1).trust
    assert merge_trust(old, old) is old


def test_what_each_side_knows_soundly_may_not_be_sound_together() -> None:
    """Ardania's keepers were replaced; somebody who does not know it shows keys that the old ones signed later."""
    ours, theirs = maker(), maker()
    new = new_keeper("new of ARD")
    ours.next_trust(lambda d: give_roots(d, ARD, [new], threshold=1), [*ours.all_keepers(), new])
    theirs.next_keys(ARD, at=3)
    for held, brought in permutations((ours.read(), theirs.read())):
        with pytest.raises(TrustForkError, match="each sound, and not together") as caught:
            merge_trust(held, brought)
        assert caught.value.files == {"held": trust_list(held), "brought": trust_list(brought)}


def signed_again(made: ChainMaker, path: str, signers: Sequence[object] | None = None) -> None:
    """The same file under other signatures: ML-DSA makes other ones each time."""
    kind = KEYS_TYPE if "/keys/" in path else TRUST_TYPE_V2
    keepers = made.keepers[PartyCode(path.split("/")[2].upper())] if "/keys/" in path else made.all_keepers()
    payload = parse_envelope(made.files[path], payload_type=kind, what=path).payload
    made.files[path] = seal_envelope(kind, payload, keys=keepers).to_bytes()


def test_the_same_file_with_other_signatures_is_no_fork_and_ours_stays() -> None:
    """What a store has kept under a path it keeps: else what is newer could never be taken in."""
    theirs = called("Province of Belmar")
    for path in (history_path(1), keys_path(ARD, 1)):
        signed_again(theirs, path)
    theirs.next_keys(ARD, at=3)
    merged = merge_trust(FOUNDED, theirs.read())
    assert what(merged) == (2, (("ARD", 2), ("AUD", 1), ("BEL", 1)))
    assert merged.files[history_path(1)] == FOUNDED.files[TRUST_NAME]
    assert merged.files[keys_path(ARD, 1)] == FOUNDED.files[keys_path(ARD, 1)]
    store = new_world().stores[ARD]
    store.add_trust_documents(stored_form(merged))
    assert trust_of_stored(store.trust_documents()) == merged


# --- Any order of any bundles (I16) --------------------------------------------------------------------------


@lru_cache(maxsize=1)
def history() -> tuple[Trust, ...]:
    """What was known at each step of a long life, and what three who met at times knew of it."""
    made, steps = maker(), []
    for number in range(1, 4):
        made.next_keys(ARD, at=number, roles=[AUTHOR])
        steps.append(made.read())
        made.next_keys(BEL, at=number, roles=[SEAL])
        steps.append(made.read())
        made.next_trust()
        steps.append(made.read())
    apart = maker()
    apart.next_keys(AUD, at=2)
    return (FOUNDED, *steps, apart.read())


@settings(max_examples=150, deadline=None)
@given(order=st.lists(st.integers(0, 10), min_size=1, max_size=8))
def test_in_any_order_the_version_never_decreases_and_everything_shown_is_known(order: list[int]) -> None:
    known = FOUNDED
    for number in order:
        shown = history()[number]
        before, known = known, merge_trust(known, shown)
        versions, keys = what(known)
        assert versions >= max(before.version, shown.version)
        for was in (before, shown):
            assert all(now >= then for (_, now), (_, then) in zip(keys, what(was)[1], strict=True))
        assert dict(known.files).keys() >= before.files.keys() - {TRUST_NAME}
        assert merge_trust(known, shown) is known, "it is taken in once"
    largest = max(history()[number].version for number in order)
    assert known.version == max(1, largest)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_order_in_which_it_was_learnt_leaves_no_trace(data: st.DataObject) -> None:
    shown = data.draw(st.lists(st.sampled_from(range(11)), min_size=2, max_size=6))
    known = []
    for order in (shown, data.draw(st.permutations(shown))):
        trust = FOUNDED
        for number in order:
            trust = merge_trust(trust, history()[number])
        known.append(trust)
    assert known[0] == known[1]


# --- Through bundles -----------------------------------------------------------------------------------------


def lived() -> tuple[World, list[MemoryBundle]]:
    """Ardania speaks, changes its keys, speaks again; a bundle of it after each step."""
    world, bundles = new_world(), []
    node = world.nodes[ARD]
    for step in range(3):
        world.say(ARD, 400 + step)
        publish_head(node)
        bundles.append(world.export(ARD))
        world.rotate(ARD)
        bundles.append(world.export(ARD))
    return world, bundles


@lru_cache(maxsize=1)
def _lived() -> tuple[World, list[MemoryBundle]]:
    return lived()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_bundles_in_any_order_bring_the_same_record_and_the_same_trust(data: st.DataObject) -> None:
    """A late stick from before a change of keys is taken as one that came in time."""
    world, bundles = _lived()
    order = data.draw(st.permutations(range(len(bundles))))
    taken = data.draw(st.integers(1, len(bundles)))
    receiver = twin(world.nodes[AUD])
    versions = [what(receiver.trust)]
    for number in order[:taken]:
        import_bundle(receiver, bundles[number])
        versions.append(what(receiver.trust))
        assert versions[-1] >= versions[-2]
        assert trust_of_stored(receiver.store.trust_documents()) == receiver.trust
    last = max(order[:taken])
    direct = twin(world.nodes[AUD])
    import_bundle(direct, bundles[last])
    assert direct.trust == receiver.trust
    origin = world.nodes[ARD].log.origin
    assert [e.envelope for e in receiver.store.entries(origin)] == [
        e.envelope for e in direct.store.entries(origin)
    ]


def test_a_stick_from_before_a_change_of_keys_still_counts_as_come() -> None:
    world, bundles = _lived()
    receiver = twin(world.nodes[AUD])
    assert import_bundle(receiver, bundles[1]).missing
    assert not import_bundle(receiver, bundles[0]).missing


def test_a_stick_numbered_by_a_key_that_was_lost_counts_for_nothing() -> None:
    """Who holds the stolen key could fill the list of sticks with what was never sent."""
    world = new_world()
    world.say(ARD, 400)
    publish_head(world.nodes[ARD])
    before = world.export(ARD)
    world.rotate(ARD, accepted=1)
    receiver = world.nodes[AUD]
    import_bundle(receiver, world.export(ARD))
    numbered = [bundle.sequence for bundle in receiver.store.received(ARD)]
    assert import_bundle(receiver, before).records == ()
    assert [bundle.sequence for bundle in receiver.store.received(ARD)] == numbered == [1]


def test_of_a_bundle_with_another_trust_file_nothing_is_kept() -> None:
    world, other = new_world(), new_world()
    for one, name in ((world, "Province of Belmar"), (other, "Kingdom of Belmar")):
        one.say(ARD, 400)
        one.amend(ARD, called(name))
    import_bundle(world.nodes[BEL], world.export(ARD))
    before = contents(world.stores[BEL])
    with pytest.raises(TrustForkError) as caught:
        import_bundle(world.nodes[BEL], other.export(ARD))
    assert contents(world.stores[BEL]) == before
    assert set(caught.value.files) == {"held", "brought"}


def test_records_under_keys_that_are_known_to_be_retired_are_refused_whoever_shows_them() -> None:
    """A thief shows an old chain, in which the stolen key is in force for ever; the node knows better."""
    world, thief = new_world(), new_world()
    for one in (world, thief):
        one.say(ARD, 400)
        publish_head(one.nodes[ARD])
    world.rotate(ARD, accepted=1)
    import_bundle(world.nodes[BEL], world.export(ARD))
    thief.say(ARD, 999)
    publish_head(thief.nodes[ARD])
    before = contents(world.stores[BEL])
    with pytest.raises(BundleRefusedError):
        import_bundle(world.nodes[BEL], thief.export(ARD))
    assert contents(world.stores[BEL]) == before


def test_a_party_that_does_not_know_of_a_change_passes_on_what_it_has() -> None:
    """The auditor has not heard of Ardania's new keys; its bundle is taken by those who have."""
    world = new_world()
    world.say(ARD, 400)
    world.give(ARD, AUD)
    world.rotate(ARD)
    world.give(ARD, BEL)
    world.say(AUD, 7)
    publish_head(world.nodes[AUD])
    report = import_bundle(world.nodes[BEL], world.export(AUD))
    assert len(report.records) == 1
    assert not report.trust_changed
    assert what(world.nodes[BEL].trust)[1] == (("ARD", 2), ("AUD", 1), ("BEL", 1))
    world.round()
    assert {what(world.nodes[code].trust) for code in PARTIES} == {what(world.nodes[ARD].trust)}
