"""Escrow from commitment to check: what each step shows, what it hides, and what a false one meets."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.fictional import ARD, BEL
from counterseal.records.body import MAX_OPENING_BYTES
from counterseal.records.escrow import OPENING_KIND, parse_escrow_opening, require_leads_to
from counterseal.records.verification.verify import verify_bundle
from counterseal.services.checkpointing import publish_head
from counterseal.services.disclose import disclose
from counterseal.services.errors import BundleRefusedError, ServiceError, StatementError
from counterseal.services.escrow import commit_escrow, kept_escrow, open_escrow, rebuilt_escrow
from counterseal.services.escrow_check import CHECKS, EscrowCheck, check_escrow
from counterseal.services.escrow_contents import read_content, write_content
from counterseal.services.escrow_layout import Layout, Level, Selection, Shape, lay_out, parse_name
from counterseal.services.escrow_openings import Step, openings
from counterseal.services.escrow_secret import Escrow, prepare_escrow, secret_name
from counterseal.services.escrow_table import Item
from counterseal.services.export_bundle import write_record
from counterseal.services.memory_bundle import MemoryBundle
from counterseal.services.record_book import RecordBook, open_book
from counterseal.services.submit import Statement, submit
from counterseal.terms.parties import PartyCode
from strategies.verdicts import ask_both
from strategies.worlds import AUD, World, new_world

ITEMS = tuple(
    Item(site=site, building=building, item=item, category=category, more=(("model", model),))
    for site, building, item, category, model in (
        ("North Bay", "Hall 1", "H-1", "vessel", "Heron"),
        ("North Bay", "Hall 1", "H-2", "vessel", "Heron"),
        ("North Bay", "Hall 2", "H-3", "vessel", "Heron"),
        ("North Bay", "Hall 2", "E-1", "engine", "Tern"),
        ("Old Harbour", "Dock 1", "H-4", "vessel", "Heron"),
        ("Old Harbour", "Dock 1", "E-2", "engine", "Tern"),
        ("Upper Ferry", "Shed", "E-3", "engine", "Tern"),
    )
)
STEP = Step(reason="agreed", stage="step", audience=("public",))
EVERYTHING = Selection(level=Level.EVERYTHING)


@dataclass
class Kept:
    """Secrets in memory, and how long the party's log was when each of them was kept."""

    held: dict[str, bytes] = field(default_factory=dict)
    log_size: Any = None
    sizes: list[int] = field(default_factory=list)

    def keep(self, name: str, data: bytes) -> None:
        self.held[name] = data
        self.sizes.append(self.log_size() if self.log_size else 0)

    def fetch(self, name: str) -> bytes | None:
        return self.held.get(name)


@pytest.fixture
def world() -> World:
    return new_world()


def committed(world: World, escrow: Escrow | None = None, *, kept: Kept | None = None) -> tuple[str, Escrow]:
    own = escrow or prepare_escrow(ITEMS, title="All vessels and engines", randomness=world.salts[ARD])
    record = commit_escrow(
        world.nodes[ARD], own, secrets=kept or Kept(), clock=world.clock, randomness=world.salts[ARD]
    )
    return record, own


def opened(
    world: World, record: str, escrow: Escrow, *selections: Selection, step: Step = STEP
) -> tuple[str, ...]:
    return open_escrow(
        world.nodes[ARD],
        record,
        escrow=escrow,
        selections=selections,
        step=step,
        clock=world.clock,
        randomness=world.salts[ARD],
    )


def book_of(world: World, reader: PartyCode = ARD) -> RecordBook:
    """The record as a party finds it in its node, after everybody has exchanged everything."""
    world.round()
    return own_book(world, reader)


def own_book(world: World, reader: PartyCode = ARD) -> RecordBook:
    """The record as it stands in one node; others may refuse to take what it says."""
    publish_head(world.nodes[reader])
    own = MemoryBundle()
    write_record(world.nodes[reader], own)
    return open_book(own)


def checked(world: World, record: str) -> EscrowCheck:
    return check_escrow(book_of(world), record)


def held(check: EscrowCheck) -> dict[str, bool | None]:
    return {each.name: each.held for each in check.checks}


def rules(check: EscrowCheck, name: str) -> list[str]:
    return [failure.rule for each in check.checks if each.name == name for failure in each.failures]


def select(level: Level, *names: str) -> Selection:
    return Selection(level=level, names=names)


def test_what_opens_it_is_kept_before_anything_is_signed(world: World) -> None:
    node = world.nodes[ARD]
    kept = Kept(log_size=lambda: node.store.size(node.log.origin))
    record, escrow = committed(world, kept=kept)
    assert kept.sizes == [0]
    assert list(kept.held) == [secret_name(escrow.commitment)]
    assert kept_escrow(node, record, secrets=kept) == escrow

    class Full(Kept):
        def keep(self, name: str, data: bytes) -> None:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        committed(world, kept=Full())
    assert node.store.size(node.log.origin) == 1


def test_the_public_record_tells_its_title_and_a_power_of_two(world: World) -> None:
    record, escrow = committed(world)
    entry = book_of(world).find(record)
    assert entry is not None
    assert entry.statement == {
        "leaves": 64,
        "root": escrow.commitment.root,
        "title": "All vessels and engines",
    }
    again = prepare_escrow(ITEMS, title="All vessels and engines", randomness=world.salts[ARD])
    assert again.commitment.root != escrow.commitment.root  # under another seed nothing can be compared


def test_the_same_items_give_the_same_layout_in_whatever_order() -> None:
    assert lay_out(ITEMS) == lay_out(ITEMS[::-1])


def test_sites_and_buildings_are_aligned_blocks_with_a_header_in_place_0() -> None:
    layout = lay_out(ITEMS)
    shape = layout.shape
    assert (shape.sites, shape.buildings, shape.items) == (4, 4, 4)
    names = [name for name, _ in layout.fields if name]
    assert names[:6] == [
        f"{place} of 4.4.4" for place in ("0.0.0", "1.0.0", "1.1.0", "1.1.1", "1.1.2", "1.2.0")
    ]
    for index, (name, _) in enumerate(layout.fields):
        if name:
            assert parse_name(name) == ((index // 16, index // 4 % 4, index % 4), shape)
    assert layout.ranges(select(Level.SITE, "Old Harbour")) == ((32, 16),)
    assert layout.ranges(select(Level.BUILDING, "North Bay", "Hall 2")) == ((24, 4),)
    assert layout.ranges(select(Level.ITEM, "North Bay", "Hall 2", "H-3")) == ((26, 1),)
    assert layout.ranges(select(Level.SITES)) == ((16, 1), (32, 1), (48, 1))
    assert layout.ranges(select(Level.BUILDINGS, "North Bay")) == ((16, 1), (20, 1), (24, 1))


def test_more_room_tells_less() -> None:
    wide = lay_out(ITEMS, room=Shape(sites=30, buildings=1, items=9))
    assert (wide.shape.sites, wide.shape.buildings, wide.shape.items) == (32, 4, 16)


@pytest.mark.parametrize(
    "text", ["1.1.1", "01.1.1 of 4.4.4", "1.1.1 of 4.4.4 ", "1.1 of 4.4", "١.1.1 of 4.4.4"]
)
def test_a_name_that_is_no_position_is_none(text: str) -> None:
    assert parse_name(text) is None


@pytest.mark.parametrize(
    ("sites", "buildings", "items", "advice"),
    [
        (1, 1, 4_194_304, "divide the building with the most items"),
        (4_194_304, 1, 1, "commit to the sites in several escrows"),
        (2, 4_194_304, 1, "divide the site with the most buildings"),
    ],
)
def test_a_tree_that_is_too_large_says_in_which_dimension(
    sites: int, buildings: int, items: int, advice: str
) -> None:
    with pytest.raises(StatementError, match=advice) as told:
        lay_out(ITEMS, room=Shape(sites=sites, buildings=buildings, items=items))
    assert "(most: 2, North Bay)" in str(told.value)
    assert "at most 4194304" in str(told.value)


def test_nothing_declared_or_no_title_is_no_escrow(world: World) -> None:
    with pytest.raises(StatementError, match="no item is declared"):
        prepare_escrow((), title="none", randomness=world.salts[ARD])
    with pytest.raises(StatementError, match="escrow title: found ''"):
        prepare_escrow(ITEMS, title="", randomness=world.salts[ARD])


def test_the_steps_show_totals_then_sites_then_a_building_then_an_item(world: World) -> None:
    record, escrow = committed(world)
    before = checked(world, record)
    assert not before.verified
    assert held(before) == {"commitment": True} | dict.fromkeys(CHECKS[1:])

    opened(world, record, escrow, select(Level.TREATY))
    first = checked(world, record)
    assert first.verified
    assert first.declared.treaty is not None
    assert (first.declared.treaty.sites, dict(first.declared.treaty.by_category)) == (
        3,
        {"engine": 3, "vessel": 4},
    )
    assert not first.declared.sites
    assert held(first)["totals"] is None

    opened(world, record, escrow, select(Level.SITES))
    second = checked(world, record)
    assert [header.site for header in second.declared.sites.values()] == [
        "North Bay",
        "Old Harbour",
        "Upper Ferry",
    ]
    assert (second.declared.has_all_sites(), held(second)["totals"]) == (True, True)
    assert not second.declared.items

    opened(world, record, escrow, select(Level.BUILDING, "North Bay", "Hall 2"))
    third = checked(world, record)
    assert [item.item for _, item in third.declared.all_items()] == ["E-1", "H-3"]
    assert third.declared.has_all_items((1, 2))
    assert not third.declared.has_all_buildings(1)

    opened(world, record, escrow, select(Level.ITEM, "Upper Ferry", "Shed", "E-3"))
    last = checked(world, record)
    assert last.verified
    assert [item.item for _, item in last.declared.all_items()] == ["E-1", "H-3", "E-3"]
    result = verify_bundle(world.export(ARD))
    assert {check.name: check.held for check in result.checks}["escrows"] is True


def test_an_opening_says_nothing_of_what_is_beside_it(world: World) -> None:
    record, escrow = committed(world)
    (done,) = opened(world, record, escrow, select(Level.BUILDING, "North Bay", "Hall 1"))
    entry = book_of(world).find(done)
    assert entry is not None
    text = str(entry.statement)
    for hidden in ("Hall 2", "H-3", "Old Harbour", "Upper Ferry", "engine", escrow.seed.hex()):
        assert hidden not in text


def test_everything_open_adds_up(world: World) -> None:
    record, escrow = committed(world)
    opened(world, record, escrow, EVERYTHING)
    check = checked(world, record)
    assert held(check) == dict.fromkeys(CHECKS, True)
    assert {item for _, item in check.declared.all_items()} == set(ITEMS)


def test_both_verifiers_accept_every_step(world: World, tmp_path: Path) -> None:
    record, escrow = committed(world)
    for number, selection in enumerate(
        (
            select(Level.TREATY),
            select(Level.BUILDINGS, "Old Harbour"),
            select(Level.SITE, "North Bay"),  # with dummies between its buildings
            EVERYTHING,
        )
    ):
        opened(world, record, escrow, selection)
        world.round()
        for path, data in world.export(ARD).files.items():
            file = tmp_path / str(number) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        first, second = ask_both(tmp_path / str(number))
        assert (first.verified, second.verified) == (True, True)


def test_what_lies_inside_another_selection_is_opened_once(world: World) -> None:
    record, escrow = committed(world)
    made = opened(
        world,
        record,
        escrow,
        select(Level.ITEM, "North Bay", "Hall 1", "H-1"),
        select(Level.SITE, "North Bay"),
        select(Level.SITES),
        select(Level.SITE, "North Bay"),
    )
    assert len(made) == 3


@pytest.mark.parametrize("most", [6_000, 8_000, 20_000])
def test_a_subtree_that_no_record_can_hold_is_opened_as_its_halves(most: int) -> None:
    many = [
        Item(site=f"S{s}", building="B", item=f"I{i}", category="engine", more=(("note", "x" * 60),))
        for s in range(5)
        for i in range(6)
    ]
    escrow = Escrow(title="t", seed=bytes(32), layout=lay_out(many))
    made = list(openings(escrow, "aa" * 32, (0, 128), step=STEP, most=most))
    assert len(made) > 1 or most == 20_000
    reached = 0
    for opening in made:
        assert opening.first == reached
        reached += opening.leaves
        require_leads_to(opening, escrow.commitment)
    assert reached == 128
    fields = [pair for opening in made for pair in opening.fields if pair[0]]
    assert fields == [pair for pair in escrow.layout.fields if pair[0]]


@st.composite
def sparse_layouts(draw: st.DrawFn) -> Layout:
    """Few items in much room, which is mostly room for sites: behind the last item nothing is written."""
    sites, buildings, items = (draw(st.integers(1, 4)) for _ in range(3))
    ups = draw(st.tuples(st.integers(0, 12), st.integers(0, 3), st.integers(0, 3)))
    declared = [
        Item(site=f"S{s}", building=f"B{b}", item=f"I{i}", category="engine", more=())
        for s in range(sites)
        for b in range(buildings)
        for i in range(items)
    ]
    return lay_out(declared, room=Shape(sites=1 << ups[0], buildings=1 << ups[1], items=1 << ups[2]))


@settings(max_examples=30, deadline=None)
@given(layout=sparse_layouts(), most=st.sampled_from([8_000, 40_000, MAX_OPENING_BYTES]))
def test_no_opening_asks_for_far_more_leaves_than_it_writes_and_together_they_open_all(
    layout: Layout, most: int
) -> None:
    escrow = Escrow(title="t", seed=bytes(32), layout=layout)
    reached, fields = 0, list[tuple[str, str]]()
    for opening in openings(escrow, "aa" * 32, (0, layout.shape.leaves), step=STEP, most=most):
        assert opening.leaves <= max(4_096, 64 * len(opening.fields))
        assert opening.first == reached
        assert parse_escrow_opening(opening.statement()) == opening
        require_leads_to(opening, escrow.commitment)
        reached += opening.leaves
        fields += [pair for pair in opening.fields if pair[0]]
    assert reached == layout.shape.leaves
    assert fields == [pair for pair in layout.fields if pair[0]]


def test_everything_of_a_sparse_declaration_is_opened(world: World) -> None:
    room = Shape(sites=2048, buildings=4, items=8)
    escrow = prepare_escrow(ITEMS, title="t", randomness=world.salts[ARD], room=room)
    record, _ = committed(world, escrow)
    made = opened(world, record, escrow, EVERYTHING)
    assert len(made) == 65_536 // 4_096
    check = checked(world, record)
    assert held(check) == dict.fromkeys(CHECKS, True)
    assert {item for _, item in check.declared.all_items()} == set(ITEMS)


def test_a_field_that_no_record_can_hold_says_so() -> None:
    escrow = Escrow(title="t", seed=bytes(32), layout=lay_out(ITEMS))
    with pytest.raises(StatementError, match="field 0 alone makes a record of"):
        list(openings(escrow, "aa" * 32, (0, 64), step=STEP, most=4_200))


def test_a_large_declaration_is_signed_in_several_records(world: World) -> None:
    items = [
        Item(site="S", building=f"B{b}", item=f"I{i}", category="engine", more=(("note", '"' * 1_000),))
        for b in range(3)
        for i in range(70)
    ]
    record, escrow = committed(world, prepare_escrow(items, title="t", randomness=world.salts[ARD]))
    made = opened(world, record, escrow, EVERYTHING)
    assert len(made) > 1
    check = checked(world, record)
    assert held(check) == dict.fromkeys(CHECKS, True)
    assert len(list(check.declared.all_items())) == 210


def test_seed_and_table_open_it_where_the_node_was_lost(world: World) -> None:
    record, escrow = committed(world)
    node = world.nodes[ARD]
    again = rebuilt_escrow(node, record, items=ITEMS[::-1], seed=escrow.seed)
    assert opened(world, record, again, EVERYTHING)
    assert checked(world, record).verified
    with pytest.raises(ServiceError, match="the seed is another, or an item was changed"):
        rebuilt_escrow(node, record, items=ITEMS, seed=bytes(32))
    changed = (replace(ITEMS[0], more=()), *ITEMS[1:])
    with pytest.raises(ServiceError, match="the seed is another, or an item was changed"):
        rebuilt_escrow(node, record, items=changed, seed=escrow.seed)
    with pytest.raises(ServiceError, match="make 128 leaves, it has 64; give the room"):
        rebuilt_escrow(node, record, items=ITEMS, seed=escrow.seed, room=Shape(sites=8, buildings=1, items=1))


def test_only_the_owner_opens_and_only_what_is_kept(world: World) -> None:
    record, escrow = committed(world)
    world.round()
    with pytest.raises(ServiceError, match="only its owner can open it"):
        kept_escrow(world.nodes[BEL], record, secrets=Kept())
    with pytest.raises(ServiceError, match="is not kept by this node"):
        kept_escrow(world.nodes[ARD], record, secrets=Kept())
    (figure,) = world.say(ARD, 400)
    with pytest.raises(ServiceError, match=r"of kind declaration\.aggregate, not escrow\.commitment"):
        kept_escrow(world.nodes[ARD], figure, secrets=Kept())
    other = Escrow(title="t", seed=bytes(32), layout=escrow.layout)
    with pytest.raises(ServiceError, match="opens another commitment"):
        opened(world, record, other, EVERYTHING)


def test_a_name_that_is_not_declared_or_an_audience_that_is_none_is_refused(world: World) -> None:
    record, escrow = committed(world)
    with pytest.raises(StatementError, match="no building North Bay / Hall 9 is declared"):
        opened(world, record, escrow, select(Level.BUILDING, "North Bay", "Hall 9"))
    with pytest.raises(ServiceError, match="audience: found XYZ"):
        opened(world, record, escrow, EVERYTHING, step=replace(STEP, audience=("XYZ",)))


def test_an_opening_for_others_counts_once_it_is_disclosed(world: World) -> None:
    record, escrow = committed(world)
    (done,) = opened(world, record, escrow, EVERYTHING, step=replace(STEP, audience=("BEL",)))
    assert check_escrow(book_of(world, BEL), record).verified
    closed = check_escrow(book_of(world, AUD), record)
    assert (closed.unread, len(closed.steps), closed.verified) == (1, 0, False)
    disclose(
        world.nodes[ARD],
        done,
        parts=None,
        audience=(str(AUD),),
        reason="agreed",
        stage=None,
        clock=world.clock,
        randomness=world.salts[ARD],
    )
    now = check_escrow(book_of(world, AUD), record)
    assert (now.unread, len(now.steps), now.verified) == (0, 1, True)


def test_what_is_no_commitment_cannot_be_checked(world: World) -> None:
    (figure,) = world.say(ARD, 400)
    book = book_of(world)
    for wanted in (figure, "00" * 32, "0"):
        with pytest.raises(StatementError, match=r"no one escrow\.commitment"):
            check_escrow(book, wanted)
    bad = Statement(kind="escrow.commitment", members={"leaves": 3, "root": "00" * 32, "title": "t"})
    (record,) = submit(world.nodes[ARD], [bad], clock=world.clock, randomness=world.salts[ARD])
    with pytest.raises(StatementError, match="power of two"):
        check_escrow(own_book(world), record)


def test_a_commitment_that_is_withheld_cannot_be_checked(world: World) -> None:
    record, _ = committed(world)
    book = book_of(world)
    closed = replace(book, entries=tuple(replace(entry, statement=None) for entry in book.entries))
    with pytest.raises(StatementError, match="the commitment is withheld from this reader"):
        check_escrow(closed, record)


@pytest.mark.parametrize("value", ["", "1.5", '{"b":1,"a":2}', "[1]", '{"of":["item"]}', '{"of":"item"}'])
def test_a_value_that_says_nothing_is_refused(value: str) -> None:
    with pytest.raises(StatementError, match="escrowed field: "):
        read_content(value)


def false_escrow(changes: dict[int, tuple[str, str]]) -> Escrow:
    """An escrow whose fields a corrupt owner wrote by hand; all that is signed about it is consistent."""
    layout = lay_out(ITEMS)
    fields = list(layout.fields) + [("", "")] * (64 - len(layout.fields))
    for index, pair in changes.items():
        fields[index] = pair
    return Escrow(title="t", seed=bytes(range(32)), layout=replace(layout, fields=tuple(fields)))


SHAPE = Shape(sites=4, buildings=4, items=4)


def said_at(index: int, content: Any, *, name: str | None = None) -> dict[int, tuple[str, str]]:
    slot = (index // 16, index // 4 % 4, index % 4)
    value = content if isinstance(content, str) else write_content(content)
    return {index: (name or SHAPE.name(slot), value)}


HEADERS = lay_out(ITEMS).fields


def edited(index: int, old: str, new: str) -> dict[int, tuple[str, str]]:
    name, value = HEADERS[index]
    assert old in value
    return {index: (name, value.replace(old, new))}


LIES: Sequence[tuple[dict[int, tuple[str, str]], str, str]] = (
    (edited(0, '["vessel",4]', '["vessel",3]'), "totals", "treaty: its header says 3 of category 'vessel', its sites add up to 4"),
    (edited(0, '"sites":3', '"sites":4'), "totals", "treaty: its header says 4 sites, 3 are opened, and all of it is open"),
    (edited(0, '"sites":3', '"sites":2'), "totals", "treaty: its header says 2 sites, 3 are opened"),
    (edited(16, '["vessel",3]', '["vessel",4]'), "totals", "site North Bay: its header says 4 of category 'vessel', its buildings add up to 3"),
    (edited(16, '"buildings":2', '"buildings":3'), "totals", "site North Bay: its header says 3 buildings, 2 are opened"),
    (edited(20, '["vessel",2]', '["vessel",3]'), "totals", "building North Bay / Hall 1: its header says 3 items, 2 are opened"),
    (edited(20, '["vessel",2]', '["engine",1],["vessel",1]'), "totals", "its header says 1 of category 'vessel', its items add up to 2"),
    ({0: ("", "")}, "totals", "treaty: all of it is open, and it has no header"),
    ({16: ("", "")}, "totals", "site in place 1: all of it is open, and it has no header"),
    ({20: ("", "")}, "totals", "building in place 1.1: all of it is open, and it has no header"),
    (said_at(23, replace(ITEMS[0], item="H-9")), "totals", "building North Bay / Hall 1: its header says 2 items, 3 are opened"),
    (said_at(22, ITEMS[0]), "contents", "two items have one name"),
    (edited(22, "North Bay", "Old Harbour"), "contents", "item Old Harbour / Hall 1 / H-2 stands in the block of building"),
    (edited(20, "North Bay", "Old Harbour"), "contents", "building Old Harbour / Hall 1 stands in the block of site North Bay"),
    (edited(24, "Hall 2", "Hall 1"), "contents", "two buildings have one name"),
    (edited(32, "Old Harbour", "North Bay"), "contents", "two sites have one name"),
    (said_at(5, ITEMS[0]), "positions", "which is no position in this escrow"),
    (said_at(17, ITEMS[0]), "positions", "which is no position in this escrow"),
    (said_at(23, ITEMS[0], name="1.1.1 of 4.4.4"), "positions", "the name of another position"),
    (said_at(23, ITEMS[0], name="1.1.3 of 4.4.8"), "positions", "which is no position in this escrow"),
    (said_at(23, ITEMS[0], name="0.5.7 of 1.8.8"), "positions", "which is no position in this escrow"),
    (said_at(23, ITEMS[0], name="2.3.1 of 8.4.2"), "positions", "the name of another position"),
    (said_at(23, ITEMS[0], name="a vessel"), "positions", "which is no position in this escrow"),
    (said_at(22, HEADERS[20][1]), "contents", "what it says does not belong in that place"),
    (said_at(20, ITEMS[0]), "contents", "what it says does not belong in that place"),
    (said_at(32, HEADERS[0][1]), "contents", "what it says does not belong in that place"),
    (said_at(0, HEADERS[16][1]), "contents", "what it says does not belong in that place"),
    (said_at(22, "7"), "contents", "must be an item or the header"),
    (edited(22, '"of":"item"', '"of":"thing"'), "contents", "must be an item or the header"),
    (edited(22, '"category":"vessel"', '"category":""'), "contents", "must be names"),
    (edited(22, '[["model","Heron"]]', '[["model",true]]'), "contents", "must be columns in order"),
    (edited(22, '[["model","Heron"]]', '[["b","1"],["a","1"]]'), "contents", "must be columns in order"),
    (edited(20, '[["vessel",2]]', "[]"), "contents", "by_category: must be categories in order"),
    (edited(20, '[["vessel",2]]', '[["vessel",-2]]'), "contents", "by_category: must be categories in order"),
    (edited(16, '"buildings":2', '"buildings":-1'), "contents", "must be a whole number from 1"),
    (edited(16, '"site":"North Bay"', '"site":""'), "contents", "must be a name"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "name", "said"), LIES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_does_not_fit_together_is_told(
    world: World, changes: dict[int, tuple[str, str]], name: str, said: str
) -> None:
    """The root binds the owner to it: every opening verifies, and still the declaration does not add up."""
    record, escrow = committed(world, false_escrow(changes))
    opened(world, record, escrow, EVERYTHING)
    check = checked(world, record)
    assert not check.verified
    assert held(check)[name] is False
    assert any(said in rule for rule in rules(check, name)), rules(check, name)
    assert held(check)["root"] is True


def test_an_item_in_the_block_of_another_site_is_told_before_its_building_is_open(world: World) -> None:
    record, escrow = committed(world, false_escrow(edited(22, "North Bay", "Old Harbour")))
    opened(world, record, escrow, select(Level.SITES), select(Level.ITEM, "North Bay", "Hall 1", "H-2"))
    (rule,) = rules(checked(world, record), "contents")
    assert "stands in the block of site North Bay" in rule


def test_totals_are_told_as_soon_as_too_much_is_open(world: World) -> None:
    """A header that says too little is caught before all below it is open."""
    record, escrow = committed(world, false_escrow(edited(0, '["vessel",4]', '["vessel",2]')))
    opened(world, record, escrow, select(Level.TREATY))
    assert checked(world, record).verified
    opened(world, record, escrow, select(Level.SITE, "North Bay"))
    assert rules(checked(world, record), "totals") == [
        "treaty: its header says 2 of category 'vessel', its sites add up to 3"
    ]


@pytest.mark.parametrize(
    ("changed", "name", "said"),
    [
        ({"seed": "00" * 32}, "root", "does not lead to the committed root"),
        ({"fields": [["0.0.0 of 4.4.4", "1"]]}, "root", "does not lead to the committed root"),
        ({"proof": []}, "root", "0 hashes, must be 6"),
        ({"stage": ""}, "openings", "stage"),
        ({"commitment": "00" * 32}, "openings", "its refs name another record than it opens"),
    ],
)
def test_a_false_opening_is_told_and_opens_nothing(
    world: World, changed: dict[str, Any], name: str, said: str
) -> None:
    record, escrow = committed(world)
    (opening,) = openings(escrow, record, (0, 1), step=STEP)
    lie = Statement(kind=OPENING_KIND, members={**opening.statement(), **changed}, refs=(record,))
    submit(world.nodes[ARD], [lie], clock=world.clock, randomness=world.salts[ARD])
    with pytest.raises(BundleRefusedError, match="escrows: "):
        world.give(ARD, BEL)
    check = check_escrow(own_book(world), record)
    assert not check.verified
    assert any(said in rule for rule in rules(check, name))
    assert check.declared.treaty is None
    assert [step.sound for step in check.steps] == ([] if name == "openings" else [False])


def test_an_opening_in_anothers_log_is_told(world: World) -> None:
    record, escrow = committed(world)
    world.round()
    (opening,) = openings(escrow, record, (0, 1), step=STEP)
    stolen = Statement(kind=OPENING_KIND, members=opening.statement(), refs=(record,))
    submit(world.nodes[BEL], [stolen], clock=world.clock, randomness=world.salts[BEL])
    check = check_escrow(own_book(world, BEL), record)
    assert rules(check, "openings") == ["does not stand after its commitment in the same log"]
