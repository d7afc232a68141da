"""Countersignatures, and the time of a record: an interval that others vouch for, never an instant."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assessment.fictional import ARD, BEL
from counterseal.records.countersignature import KIND, Meaning
from counterseal.records.errors import RecordError
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.errors import ServiceError
from counterseal.services.record_book import RecordBook, open_book
from counterseal.terms.times import TimeInterval
from strategies.verdicts import both_accept, write_folder
from strategies.worlds import AUD, World, contents, new_world, spoken


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2030, 1, 10, hour, minute, tzinfo=UTC)


def book(world: World) -> RecordBook:
    return open_book(world.export(AUD))


def warnings(world: World, folder: Path) -> tuple[list[str], list[str]]:
    first, second = both_accept(write_folder(world.export(ARD), folder / "bundle"))
    assert len(first.document["warnings"]) == len(second.document["warnings"])
    return first.document["warnings"], second.document["warnings"]


@pytest.mark.parametrize("meaning", Meaning)
def test_each_meaning_reaches_the_author_as_it_was_given(meaning: Meaning) -> None:
    world = new_world()
    (record,) = world.say(ARD, 400)
    world.round()
    (said,) = world.countersign(BEL, [record], meaning=meaning, note="seen at the lake")
    world.round()
    entry = open_book(world.export(ARD)).find(said)
    assert entry is not None
    assert entry.header.kind == KIND
    assert entry.header.refs == (record,)
    assert entry.statement == {"meaning": meaning.value, "note": "seen at the lake", "record": record}


@pytest.mark.parametrize("meaning", [Meaning.AGREED_WITH_RESERVATION, Meaning.OBJECTS])
@pytest.mark.parametrize("note", [None, ""])
def test_reservations_and_objections_must_say_why(meaning: Meaning, note: str | None) -> None:
    world = new_world()
    (record,) = world.say(ARD, 400)
    world.round()
    before = contents(world.stores[BEL])
    with pytest.raises(RecordError, match="must say why"):
        world.countersign(BEL, [record], meaning=meaning, note=note)
    assert contents(world.stores[BEL]) == before


def test_nobody_countersigns_their_own_or_the_unknown() -> None:
    world = new_world()
    (record,) = world.say(ARD, 400)
    before = contents(world.stores[ARD])
    with pytest.raises(ServiceError, match="is its own; others countersign it"):
        world.countersign(ARD, [record])
    with pytest.raises(ServiceError, match="is not in its store"):
        world.countersign(BEL, [record])
    with pytest.raises(ServiceError, match="is not in its store"):
        world.countersign(ARD, ["ab" * 32])
    assert contents(world.stores[ARD]) == before
    assert world.countersign(BEL, []) == ()


def test_a_countersignature_may_itself_be_countersigned_by_others() -> None:
    world = new_world()
    (record,) = world.say(ARD, 400)
    world.round()
    receipt = world.countersign(BEL, [record])
    world.round()
    world.countersign(ARD, receipt)
    world.round()
    assert verify_bundle(world.export(AUD)).verified


def intervals(world: World) -> Mapping[str, TimeInterval]:
    opened = book(world)
    return {record: opened.interval(record) for record in world.said}


def test_a_record_came_after_what_its_author_had_seen_and_before_its_first_cosignature() -> None:
    world = new_world()
    world.clock.at = at(9)
    (theirs,) = world.say(BEL, 300)
    world.clock.at = at(10)
    world.give(BEL, ARD)
    world.clock.at = at(11)
    (mine,) = world.say(ARD, 400)
    world.clock.at = at(12)
    world.give(ARD, AUD)
    world.clock.at = at(13)
    world.give(ARD, BEL)
    world.give(BEL, AUD)
    found = intervals(world)
    assert found[mine] == TimeInterval(claimed=at(11), not_before=at(9), not_after=at(12))
    assert found[theirs] == TimeInterval(claimed=at(9), not_before=None, not_after=at(10))


def test_a_party_does_not_vouch_for_its_own_times() -> None:
    """Until another party has cosigned, there is no end to the interval; nor a start without another's head."""
    world = new_world()
    (record,) = world.say(ARD, 400)
    found = intervals_at(world, ARD)[record]
    assert (found.not_before, found.not_after) == (None, None)


def intervals_at(world: World, party: str) -> Mapping[str, TimeInterval]:
    node = next(node for node in world.nodes.values() if node.party == party)
    publish_head(node)
    opened = open_book(world.export(node.party))
    return {record: opened.interval(record) for record in world.said}


def test_honest_times_give_no_warning(tmp_path: Path) -> None:
    assert warnings(spoken(), tmp_path) == ([], [])
    assert all(interval.claim_fits for interval in intervals(spoken()).values())


def test_a_claim_before_that_of_the_record_before_it_is_warned_of(tmp_path: Path) -> None:
    world = new_world()
    world.clock.at = at(12)
    world.say(ARD, 400)
    world.clock.at = at(11)
    (second,) = world.say(ARD, 401)
    world.clock.at = at(12)
    world.round()
    ours, theirs = warnings(world, tmp_path)
    assert ours == [
        f"{second}: claims 2030-01-10T11:00:00Z, before the 2030-01-10T12:00:00Z of its predecessor"
    ]
    assert "2030-01-10T11:00:00Z" in theirs[0]


def test_a_claim_after_the_cosignature_over_it_is_warned_of(tmp_path: Path) -> None:
    world = new_world()
    world.clock.at = at(18)
    (record,) = world.say(ARD, 400)
    world.clock.at = at(12)
    world.round()
    ours, theirs = warnings(world, tmp_path)
    assert ours == [f"{record}: claims 2030-01-10T18:00:00Z, but was cosigned at 2030-01-10T12:10:00Z"]
    assert "2030-01-10T12:10:00Z" in theirs[0]
    assert not intervals(world)[record].claim_fits


def test_a_claim_before_what_its_author_had_seen_is_warned_of(tmp_path: Path) -> None:
    world = new_world()
    world.clock.at = at(14)
    world.say(BEL, 300)
    world.round()
    world.clock.at = at(13)
    (record,) = world.say(ARD, 400)
    world.clock.at = at(15)
    world.round()
    ours, theirs = warnings(world, tmp_path)
    assert ours == [
        f"{record}: claims 2030-01-10T13:00:00Z, but builds on a checkpoint of 2030-01-10T14:00:00Z"
    ]
    assert "2030-01-10T14:00:00Z" in theirs[0]
    assert not intervals(world)[record].claim_fits


def test_the_bound_from_below_holds_for_what_follows_in_the_feed() -> None:
    """A record need not name the head again: the one before it did, and it came later."""
    world = new_world()
    world.clock.at = at(9)
    world.say(BEL, 300)
    world.give(BEL, ARD)
    world.clock.at = at(10)
    world.say(ARD, 400)
    (later,) = world.say(ARD, 401)
    assert intervals_at(world, ARD)[later].not_before == at(9)
