"""What was opened against what was found, and the chance that a false item has been seen, against brute force."""

from fractions import Fraction
from itertools import combinations

import pytest

from counterseal.services.escrow_chance import Chance, chances
from counterseal.services.escrow_compare import Comparison, Difference, Match, as_if_all_checked, compare
from counterseal.services.escrow_contents import (
    BuildingHeader,
    SiteHeader,
    TreatyHeader,
    read_content,
    totals_of,
)
from counterseal.services.escrow_declared import BuildingSlot, Declared
from counterseal.services.escrow_layout import lay_out, parse_name
from counterseal.services.escrow_table import FoundRow, Item, Place

PLACES = (
    *(("North Bay", "Hall 1", f"H-{n}") for n in range(3)),
    *(("North Bay", "Hall 2", f"H-{n}") for n in range(2)),
    *(("Old Harbour", "Dock 1", f"H-{n}") for n in range(4)),
    ("Upper Ferry", "Shed", "H-0"),
)
ITEMS = tuple(
    Item(site=site, building=building, item=item, category="vessel", more=(("crew", 5), ("model", "Heron")))
    for site, building, item in PLACES
)


def declared(*shown: tuple[int, ...] | str) -> Declared:
    """What is open: slots as the layout numbers them, or ``headers`` for all of these."""
    found = Declared()
    for name, value in lay_out(ITEMS).fields:
        stated = parse_name(name)
        if stated is not None:
            slot, found.shape = stated
            if slot in shown or slot[:2] in shown or ("headers" in shown and not slot[2]):
                found.put(slot, read_content(value))
    return found


def row(place: Place, category: str | None = "vessel", **more: str | int) -> FoundRow:
    return FoundRow(
        site=place[0], building=place[1], item=place[2], category=category, more=tuple(more.items())
    )


def through(site: str, building: str) -> FoundRow:
    return FoundRow(site=site, building=building, item=None, category=None)


HALL = PLACES[:3]


def matches(found: tuple[Comparison, ...]) -> dict[Place, Match]:
    return {each.place: each.match for each in found}


def test_each_opened_item_is_the_same_different_not_found_or_not_checked() -> None:
    work = compare(declared("headers", (1, 1)), [row(HALL[0], model="Heron", crew="5"), row(HALL[1], None)])
    assert matches(work.comparisons) == {
        HALL[0]: Match.SAME,
        HALL[1]: Match.NOT_FOUND,
        HALL[2]: Match.NOT_CHECKED,
    }
    assert work.checked == (((1, 1), 2),)
    assert work.counts["same"] == 1


def test_a_difference_is_told_column_by_column() -> None:
    (first, *_) = compare(
        declared((1, 1)), [row(HALL[0], "engine", model="Tern", crew=5, colour="red")]
    ).comparisons
    assert first.match is Match.DIFFERENT
    assert first.differences == (
        Difference(column="category", declared="vessel", found="engine"),
        Difference(column="model", declared="Heron", found="Tern"),
        Difference(column="colour", declared=None, found="red"),
    )


def test_a_column_that_was_not_looked_at_is_not_compared() -> None:
    (first, *_) = compare(declared((1, 1)), [row(HALL[0])]).comparisons
    assert first.match is Match.SAME


def test_in_a_building_looked_through_what_has_no_row_was_not_found() -> None:
    work = compare(declared("headers", (1, 1), (1, 2)), [through("North Bay", "Hall 1"), row(HALL[2])])
    told = matches(work.comparisons)
    assert [told[place] for place in HALL] == [Match.NOT_FOUND, Match.NOT_FOUND, Match.SAME]
    assert told[PLACES[3]] is Match.NOT_CHECKED
    assert work.checked == (((1, 1), 3),)


@pytest.mark.parametrize(
    ("shown", "place", "match"),
    [
        (("headers", (1, 1)), ("North Bay", "Hall 1", "X"), Match.NOT_DECLARED),
        (("headers",), ("North Bay", "Hall 1", "X"), Match.NOT_OPENED),
        (((1, 1, 1), (1, 1, 0)), ("North Bay", "Hall 1", "X"), Match.NOT_OPENED),
        (((1, 1),), ("North Bay", "Hall 1", "X"), Match.NOT_DECLARED),
        (("headers",), ("North Bay", "Hall 9", "X"), Match.NOT_DECLARED),
        (((1, 0, 0), (1, 1, 0)), ("North Bay", "Hall 9", "X"), Match.NOT_OPENED),
        (("headers",), ("Far Shore", "Hut", "X"), Match.NOT_DECLARED),
        (((0, 0, 0), (1, 0, 0)), ("Far Shore", "Hut", "X"), Match.NOT_OPENED),
        ((), ("Far Shore", "Hut", "X"), Match.NOT_OPENED),
    ],
)
def test_what_was_found_is_not_declared_only_where_all_is_open_that_could_declare_it(
    shown: tuple[tuple[int, ...] | str, ...], place: Place, match: Match
) -> None:
    work = compare(declared(*shown), [row(place)])
    assert matches(work.comparisons)[place] is match
    assert work.checked == ()


def test_what_is_neither_declared_nor_found_is_no_comparison() -> None:
    assert compare(declared("headers"), [row(("Far Shore", "Hut", "X"), None)]).comparisons == ()


GROUPS = {"anywhere": 0, "one_site": 1, "one_building": 2}
SIZES: dict[BuildingSlot, int] = {(1, 1): 3, (1, 2): 2, (2, 1): 4, (3, 1): 1}


def brute_force(false_items: int, checked: dict[BuildingSlot, int], *, level: int) -> Fraction:
    """Count every way in which the false items may lie, group by group, and those that were seen."""
    items = [(*slot, n) for slot, size in SIZES.items() for n in range(size)]
    seen = {(*slot, n) for slot, count in checked.items() for n in range(count)}
    chance = Fraction(0)
    for group in {item[:level] for item in items}:
        own = [item for item in items if item[:level] == group]
        ways = list(combinations(own, min(false_items, len(own))))
        hits = sum(1 for way in ways if seen & set(way))
        chance += Fraction(len(own), len(items)) * Fraction(hits, len(ways))
    return chance


@pytest.mark.parametrize(
    "checked",
    [{}, {(1, 1): 1}, {(1, 1): 3}, {(1, 1): 2, (2, 1): 1}, {(1, 1): 3, (1, 2): 2, (2, 1): 4, (3, 1): 1}],
)
def test_the_chances_are_those_of_counting_every_case(checked: dict[BuildingSlot, int]) -> None:
    found = chances(declared("headers"), checked.items())
    assert (found.population, found.checked) == (10, sum(checked.values()))
    assert [line.false_items for line in found.lines] == [1, 2, 5, 10]
    for line in found.lines:
        for name, level in GROUPS.items():
            assert getattr(line, name) == brute_force(line.false_items, checked, level=level)


def test_one_in_a_hundred_is_among_the_numbers_of_false_items() -> None:
    totals = (("vessel", 2_001),)
    one = Declared(treaty=TreatyHeader(by_category=totals, sites=1))
    assert [line.false_items for line in chances(one, ()).lines] == [1, 2, 5, 10, 21]
    assert all(line.anywhere == 0 for line in chances(one, ()).lines)


def test_one_false_item_is_seen_with_the_share_that_was_checked_wherever_it_lies() -> None:
    work = as_if_all_checked(declared("headers", (1, 1), (2, 1, 1)))
    assert work == (((1, 1), 3), ((2, 1), 1))
    first = chances(declared("headers"), work).lines[0]
    assert first == Chance(
        false_items=1, anywhere=Fraction(4, 10), one_site=Fraction(4, 10), one_building=Fraction(4, 10)
    )


def test_without_the_headers_that_a_figure_needs_it_is_not_known() -> None:
    closed = chances(declared((1, 1)), [((1, 1), 3)])
    assert (closed.population, closed.lines) == (None, ())
    assert "treaty's header is closed" in closed.assumptions[0]
    partly = chances(declared((0, 0, 0), (1, 1, 1)), [((1, 1), 1)])
    assert all(line.one_site is None and line.one_building is None for line in partly.lines)
    assert "is closed" in partly.assumptions[-1]
    assert "is closed" not in chances(declared("headers"), [((1, 1), 1)]).assumptions[-1]
    site = chances(declared((0, 0, 0), (1, 0, 0), (1, 1, 1)), [((1, 1), 1)])
    assert all(line.one_site is not None and line.one_building is None for line in site.lines)


def test_more_checked_than_declared_gives_no_figure() -> None:
    treaty, totals = TreatyHeader(by_category=(("vessel", 2),), sites=1), totals_of(ITEMS[:1])
    one = Declared(
        treaty=treaty,
        sites={1: SiteHeader(buildings=1, by_category=totals, site="North Bay")},
        buildings={1: {1: BuildingHeader(building="Hall 1", by_category=totals, site="North Bay")}},
    )
    assert chances(one, [((1, 1), 3)]).lines == ()
    assert all(
        line.one_site is None and line.one_building is None for line in chances(one, [((1, 1), 2)]).lines
    )
