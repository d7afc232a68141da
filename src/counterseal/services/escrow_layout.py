"""Where each item of an escrowed declaration stands: treaty, site, building, item, in one aligned tree.

Every site has a block of the same size, every building in it too, and the place 0 of each level is a header:
so the totals of the treaty are one leaf, a site and a building are one subtree each, and the number of leaves
tells no more than powers of two. A field is named by its position, never by what it holds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from counterseal.crypto.commitment import power_of_two_from
from counterseal.records.escrow import MAX_LEAVES
from counterseal.services.errors import StatementError
from counterseal.services.escrow_contents import (
    BuildingHeader,
    Content,
    SiteHeader,
    TreatyHeader,
    totals_of,
    write_content,
)
from counterseal.services.escrow_table import Item

_NAME = re.compile(r"([0-9]{1,7})\.([0-9]{1,7})\.([0-9]{1,7}) of ([0-9]{1,7})\.([0-9]{1,7})\.([0-9]{1,7})")

Slot = tuple[int, int, int]
"""Number of a site, of a building in it, and of an item in that; 0 is the header of the level above."""

Range = tuple[int, int]
"""Index of the first leaf of an aligned subtree, and its number of leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many places each level has, its header's place included; powers of two.

    Attributes:
        sites: Places in the treaty; ``buildings`` in each site; ``items`` in each building.
    """

    sites: int
    buildings: int
    items: int

    @property
    def leaves(self) -> int:
        """Leaves of the whole tree."""
        return self.sites * self.buildings * self.items

    def index(self, slot: Slot) -> int:
        """Return the leaf of a slot."""
        site, building, item = slot
        return (site * self.buildings + building) * self.items + item

    def holds(self, slot: Slot) -> bool:
        """Whether there is such a slot, and something may stand in it (headers stand in place 0)."""
        site, building, item = slot
        inside = site < self.sites and building < self.buildings and item < self.items
        return inside and not (site == 0 and building) and not (building == 0 and item)

    def name(self, slot: Slot) -> str:
        """Return the name of the field in a slot."""
        places = f"{self.sites}.{self.buildings}.{self.items}"
        return f"{slot[0]}.{slot[1]}.{slot[2]} of {places}"


def parse_name(name: str) -> tuple[Slot, Shape] | None:
    """Return the slot and the shape that a field's name states, or None where it states none."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    site, building, item, *places = map(int, match.groups())
    shape = Shape(sites=places[0], buildings=places[1], items=places[2])
    slot = (site, building, item)
    return (slot, shape) if shape.name(slot) == name else None


class Level(StrEnum):
    """What is opened at one step."""

    TREATY = "treaty"
    """The treaty's header alone."""
    SITES = "sites"
    """The headers of all sites."""
    BUILDINGS = "buildings"
    """The headers of one site and of all its buildings."""
    SITE = "site"
    """All of one site."""
    BUILDING = "building"
    """All of one building."""
    ITEM = "item"
    """One item."""
    EVERYTHING = "everything"
    """The whole tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be opened: a level, and the names that say which (of a site, a building in it, an item)."""

    level: Level
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A declaration laid out.

    Attributes:
        shape: Places of each level.
        items: What is declared, in order.
        fields: Name and value of every leaf up to the last that is not a dummy.
        slots: Slot of every site, building and item, by its names.
    """

    shape: Shape
    items: tuple[Item, ...]
    fields: tuple[tuple[str, str], ...]
    slots: dict[tuple[str, ...], Slot]

    def ranges(self, selection: Selection) -> tuple[Range, ...]:
        """Return the subtrees that a selection opens.

        Raises:
            StatementError: a site, building or item that is not declared.
        """
        shape, level = self.shape, selection.level
        if level is Level.EVERYTHING:
            return ((0, shape.leaves),)
        if level is Level.TREATY:
            return ((0, 1),)
        if level is Level.SITES:
            return tuple((shape.index(slot), 1) for names, slot in self.slots.items() if len(names) == 1)
        first = shape.index(self._slot(selection))
        if level is Level.BUILDINGS:
            inside = [slot for names, slot in self.slots.items() if names[:-1] == selection.names]
            return ((first, 1), *((shape.index(slot), 1) for slot in inside))
        sizes = {Level.SITE: shape.buildings * shape.items, Level.BUILDING: shape.items, Level.ITEM: 1}
        return ((first, sizes[level]),)

    def _slot(self, selection: Selection) -> Slot:
        slot = self.slots.get(selection.names)
        if slot is None:
            raise StatementError(
                f"no {selection.level} {' / '.join(selection.names)} is declared in this escrow"
            )
        return slot


def lay_out(items: Iterable[Item], *, room: Shape | None = None) -> Layout:
    """Return the layout of a declaration; the same items give the same one, in whatever order they come.

    Args:
        items: What is declared, none twice.
        room: Least number of places of each level, to tell less; None: what the items need.

    Raises:
        StatementError: no item, or a tree of more than 4,194,304 leaves.
    """
    ordered = tuple(sorted(items, key=lambda item: item.place))
    if not ordered:
        raise StatementError("escrow: no item is declared; a declaration of nothing needs no escrow")
    sites: dict[str, dict[str, list[Item]]] = {}
    for item in ordered:
        sites.setdefault(item.site, {}).setdefault(item.building, []).append(item)
    shape = _shape(sites, room)
    placed = _placed(sites, ordered)
    fields = [("", "")] * (shape.index(max(placed)) + 1)
    for slot, content in placed.items():
        fields[shape.index(slot)] = (shape.name(slot), write_content(content))
    slots = {_names(content): slot for slot, content in placed.items()}
    return Layout(shape=shape, items=ordered, fields=tuple(fields), slots=slots)


def _names(content: Content) -> tuple[str, ...]:
    if isinstance(content, Item):
        return content.place
    if isinstance(content, BuildingHeader):
        return (content.site, content.building)
    return (content.site,) if isinstance(content, SiteHeader) else ()


def _placed(sites: dict[str, dict[str, list[Item]]], items: Sequence[Item]) -> dict[Slot, Content]:
    placed: dict[Slot, Content] = {(0, 0, 0): TreatyHeader(by_category=totals_of(items), sites=len(sites))}
    for s, (site, buildings) in enumerate(sites.items(), start=1):
        totals = totals_of(item for inside in buildings.values() for item in inside)
        placed[s, 0, 0] = SiteHeader(site=site, buildings=len(buildings), by_category=totals)
        for b, (building, inside) in enumerate(buildings.items(), start=1):
            placed[s, b, 0] = BuildingHeader(site=site, building=building, by_category=totals_of(inside))
            placed.update(((s, b, i), item) for i, item in enumerate(inside, start=1))
    return placed


def _shape(sites: dict[str, dict[str, list[Item]]], room: Shape | None) -> Shape:
    least = room or Shape(sites=1, buildings=1, items=1)
    site, buildings = max(sites.items(), key=lambda pair: len(pair[1]))
    fullest, inside = max(
        (
            (f"{name} / {building}", len(items))
            for name, each in sites.items()
            for building, items in each.items()
        ),
        key=lambda pair: pair[1],
    )
    shape = Shape(
        sites=power_of_two_from(max(len(sites) + 1, least.sites)),
        buildings=power_of_two_from(max(len(buildings) + 1, least.buildings)),
        items=power_of_two_from(max(inside + 1, least.items)),
    )
    if shape.leaves > MAX_LEAVES:
        raise StatementError(
            f"escrow: {shape.sites} places for sites, times {shape.buildings} for the buildings of each "
            f"(most: {len(buildings)}, {site}), times {shape.items} for the items of each (most: {inside}, "
            f"{fullest}), "
            f"make {shape.leaves} leaves, at most {MAX_LEAVES}; every block is as large as the largest, so "
            f"{_advice(shape)}"
        )
    return shape


def _advice(shape: Shape) -> str:
    sizes = {"sites": shape.sites, "buildings": shape.buildings, "items": shape.items}
    largest = max(sizes, key=lambda name: sizes[name])
    return {
        "sites": "commit to the sites in several escrows",
        "buildings": "divide the site with the most buildings into several sites",
        "items": "divide the building with the most items into several buildings",
    }[largest]
