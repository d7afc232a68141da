"""Disclosures between parties: the owner widens an audience, part by part, and readers put the parts together."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from assessment.fictional import ARD, BEL
from counterseal.app.storage.sqlite_store import SqliteStore
from counterseal.records.disclosure import KIND, Disclosure
from counterseal.records.errors import RecordError
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.disclose import Readings, disclose, readable
from counterseal.services.errors import BundleRefusedError, ServiceError
from counterseal.services.export_bundle import write_record
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.worlds import AUD, World, new_world

PHOTO = {
    "caption": "seal on the door of Hall 1",
    "tile_0_0": "00" * 400,
    "tile_0_1": "01" * 400,
    "tile_1_0": "10" * 400,
    "tile_1_1": "11" * 400,
}


@pytest.fixture
def world() -> World:
    return new_world()


def photograph(world: World, *, audience: tuple[str, ...] = ("ARD",)) -> str:
    """A photograph in four tiles, in the host's own keeping until it was reviewed."""
    statement = Statement(kind="inspection.photograph", members=PHOTO, audience=audience)
    return submit(world.nodes[ARD], [statement], clock=world.clock, randomness=world.salts[ARD])[0]


def release(world: World, record: str, parts: Iterable[str] | None, *to: str, by: PartyCode = ARD) -> str:
    return disclose(
        world.nodes[by],
        record,
        parts=None if parts is None else tuple(parts),
        audience=to or ("public",),
        reason="reviewed by the host",
        stage="review",
        clock=world.clock,
        randomness=world.salts[by],
    )


def book_of(world: World, reader: PartyCode | None) -> RecordBook:
    """The record as one party finds it in its own node, or as everybody finds it in a bundle."""
    world.round()
    if reader is None:
        return open_book(world.export(ARD))
    own = MemoryBundle()
    write_record(world.nodes[reader], own)
    return open_book(own)


def test_released_parts_are_open_and_withheld_ones_stay_commitments(world: World) -> None:
    record = photograph(world)
    release(world, record, ("caption", "tile_0_0"), "AUD", "BEL")
    for reader in (BEL, AUD):
        shown = readable(book_of(world, reader), record)
        assert shown is not None
        assert shown.statement == {name: PHOTO[name] for name in ("caption", "tile_0_0")}
        assert (shown.whole, shown.withheld) == (False, 6)
    assert readable(book_of(world, None), record) is None


def test_several_disclosures_are_put_together_part_by_part(world: World) -> None:
    record = photograph(world)
    first = release(world, record, ("caption",), "BEL")
    second = release(world, record, ("tile_1_0", "tile_1_1"))
    book = book_of(world, BEL)
    shown = readable(book, record)
    assert shown is not None
    assert shown.statement == {name: PHOTO[name] for name in ("caption", "tile_1_0", "tile_1_1")}
    assert shown.disclosed_by == (first, second)
    public = readable(book_of(world, None), record)
    assert public is not None
    assert sorted(public.statement) == ["tile_1_0", "tile_1_1"]


def test_a_whole_disclosure_leaves_nothing_withheld(world: World) -> None:
    record = photograph(world)
    release(world, record, None)
    shown = readable(book_of(world, None), record)
    assert shown is not None
    assert (shown.statement, shown.whole) == (PHOTO, True)


def test_its_own_body_needs_no_disclosure(world: World) -> None:
    record = photograph(world, audience=("BEL",))
    shown = readable(book_of(world, BEL), record)
    assert shown is not None
    assert (shown.statement, shown.disclosed_by) == (PHOTO, ())
    assert readable(book_of(world, BEL), "00" * 32) is None


def test_a_disclosure_may_be_disclosed_in_turn(world: World) -> None:
    record = photograph(world)
    narrow = release(world, record, ("caption",), "BEL")
    release(world, narrow, None)
    shown = readable(book_of(world, None), record)
    assert shown is not None
    assert shown.statement == {"caption": PHOTO["caption"]}


def test_a_disclosure_that_opens_nothing_shows_nothing(world: World) -> None:
    """What a corrupt owner signs by hand is no disclosure: of another's record, or of a later one."""
    record = photograph(world)
    entry = world.nodes[ARD].store.find(release(world, record, ("caption",)))
    assert entry is not None
    book = book_of(world, None)
    good = next(each for each in book.entries if each.record_id == entry.record_id)
    assert good.statement is not None
    place = next(each for each in book.entries if each.record_id == record)
    lies: list[dict[str, Any]] = [
        {"statement": {**good.statement, "opening": {"parts": [], "v": 1}}},
        {"statement": {**good.statement, "extra": 1}},
        {"origin": "elsewhere"},
        {"index": place.index},
    ]
    for lie in lies:
        entries = tuple(replace(each, **lie) if each is good else each for each in book.entries)
        assert Readings(replace(book, entries=entries)).of(record) is None


def test_what_the_service_signs_holds_before_the_verifier(world: World) -> None:
    record = photograph(world)
    release(world, record, ("tile_0_0",))
    release(world, record, None)
    world.round()
    result = verify_bundle(world.export(ARD))
    assert {check.name: check.held for check in result.checks}["disclosures"] is True


def test_a_disclosure_that_does_not_open_its_record_is_taken_by_nobody(world: World) -> None:
    record = photograph(world)
    lie = Disclosure(record=record, opening={"parts": ["00" * 32] * 8, "v": 1}, reason="reviewed")
    statement = Statement(kind=KIND, members=lie.statement(), refs=(record,))
    submit(world.nodes[ARD], [statement], clock=world.clock, randomness=world.salts[ARD])
    with pytest.raises(BundleRefusedError, match=r"disclosures: .*no part is open but dummies"):
        world.give(ARD, BEL)


def test_only_the_owner_discloses_and_only_what_is_not_public(world: World) -> None:
    record = photograph(world)
    world.round()
    with pytest.raises(ServiceError, match="only its owner can disclose it"):
        release(world, record, None, by=BEL)
    with pytest.raises(ServiceError, match="only its owner can disclose it"):
        release(world, "00" * 32, None)
    (public,) = world.say(ARD, 400)
    with pytest.raises(ServiceError, match="is public; there is nothing left to disclose"):
        release(world, public, None, "BEL")


def test_a_record_whose_body_was_lost_cannot_be_disclosed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = photograph(world)
    entry = world.stores[ARD].find(record)
    assert entry is not None
    monkeypatch.setattr(SqliteStore, "find", lambda _, wanted: replace(entry, opening=None))
    with pytest.raises(ServiceError, match="is not in its store"):
        release(world, record, None)


def test_a_part_or_an_audience_that_is_none_is_refused(world: World) -> None:
    record = photograph(world)
    with pytest.raises(RecordError, match="no part 'tile_9_9'; the body has caption, tile_0_0"):
        release(world, record, ("tile_9_9",))
    with pytest.raises(ServiceError, match="audience: found XYZ; must be 'public' alone, or parties of"):
        release(world, record, None, "BEL", "XYZ")
    with pytest.raises(ServiceError, match="found public"):
        release(world, record, None, "BEL", "public")
    assert world.stores[ARD].size(world.nodes[ARD].log.origin) == 1


def test_a_disclosure_that_no_record_can_hold_says_so(world: World) -> None:
    large = Statement(
        kind="inspection.photograph",
        members={"one": '"' * 70_000, "two": '"' * 70_000},
        audience=("ARD",),
    )
    (record,) = submit(world.nodes[ARD], [large], clock=world.clock, randomness=world.salts[ARD])
    with pytest.raises(RecordError, match="name fewer parts at a time"):
        release(world, record, None)
