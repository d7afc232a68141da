"""What was declared against what an inspector found, item by item."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from counterseal.services.escrow_declared import BuildingSlot, Declared
from counterseal.services.escrow_table import FoundRow, Item, Place, Value


class Match(StrEnum):
    """What a comparison of one item shows; what follows from it is for the parties."""

    SAME = "same"
    """Found, and all that was looked at is as declared."""
    DIFFERENT = "different"
    """Found, and something that was looked at is otherwise."""
    NOT_FOUND = "not found"
    """Declared, and not there."""
    NOT_DECLARED = "not declared"
    """There, and everything is open that could declare it."""
    NOT_OPENED = "not opened yet"
    """There, and what could declare it is still closed."""
    NOT_CHECKED = "not checked"
    """Declared and opened, and nobody has looked."""


CHECKED = frozenset((Match.SAME, Match.DIFFERENT, Match.NOT_FOUND))


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One column in which an item is otherwise; None where one side states nothing."""

    column: str
    declared: Value | None
    found: Value | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One item compared.

    Attributes:
        place: Site, building and item.
        match: What the comparison shows.
        differences: Column by column, where it is otherwise.
    """

    place: Place
    match: Match
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """All comparisons of one inspection.

    Attributes:
        comparisons: Declared items in their order, then what was found beside them.
        checked: Number of declared items that were looked for, by slot of their building.
    """

    comparisons: tuple[Comparison, ...]
    checked: tuple[tuple[BuildingSlot, int], ...]

    @property
    def counts(self) -> dict[str, int]:
        """Number of comparisons of each kind."""
        found = Counter(each.match for each in self.comparisons)
        return {match.value: found[match] for match in Match}


class _Index:
    """Opened things by name."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._sites = {header.site: slot for slot, header in declared.sites.items()}
        self._buildings = {
            (header.site, header.building): (site, number)
            for site, inside in declared.buildings.items()
            for number, header in inside.items()
        }
        self.items = {item.place: (slot, item) for slot, item in declared.all_items()}

    def is_absent(self, place: Place) -> bool:
        """Whether everything is open that could hold an item of these names, and it is not there."""
        if place in self.items:
            return False
        slot = self._buildings.get(place[:2])
        if slot is not None:
            return self._declared.has_all_items(slot)
        site = self._sites.get(place[0])
        return self._declared.has_all_sites() if site is None else self._declared.has_all_buildings(site)


def compare(declared: Declared, rows: Iterable[FoundRow]) -> Fieldwork:
    """Compare what was opened with an inspector's table.

    Args:
        declared: What was opened of the declaration.
        rows: What was found, looked for in vain, or looked through.
    """
    index = _Index(declared)
    by_place, looked_through = _sorted_rows(rows)
    comparisons, checked = [], Counter[BuildingSlot]()
    for slot, item in declared.all_items():
        row = by_place.pop(item.place, None)
        one = _compared(item, row, looked_through=item.place[:2] in looked_through)
        comparisons.append(one)
        checked[slot] += one.match in CHECKED
    for place, row in by_place.items():
        if row.category is not None:
            match = Match.NOT_DECLARED if index.is_absent(place) else Match.NOT_OPENED
            comparisons.append(Comparison(place=place, match=match))
    counted = tuple(sorted((slot, count) for slot, count in checked.items() if count))
    return Fieldwork(comparisons=tuple(comparisons), checked=counted)


def as_if_all_checked(declared: Declared) -> tuple[tuple[BuildingSlot, int], ...]:
    """Return the numbers of items that would be checked if every opened item were."""
    return tuple((slot, len(declared.items[slot])) for slot in sorted(declared.items))


def _sorted_rows(rows: Iterable[FoundRow]) -> tuple[dict[Place, FoundRow], set[tuple[str, ...]]]:
    by_place: dict[Place, FoundRow] = {}
    looked_through: set[tuple[str, ...]] = set()
    for row in rows:
        if row.item is None:
            looked_through.add((row.site, row.building))
        else:
            by_place[row.site, row.building, row.item] = row
    return by_place, looked_through


def _compared(item: Item, row: FoundRow | None, *, looked_through: bool) -> Comparison:
    if row is None:
        match = Match.NOT_FOUND if looked_through else Match.NOT_CHECKED
        return Comparison(place=item.place, match=match)
    if row.category is None:
        return Comparison(place=item.place, match=Match.NOT_FOUND)
    declared = {"category": item.category, **dict(item.more)}
    found = {"category": row.category, **dict(row.more)}
    differences = tuple(
        Difference(column=column, declared=declared.get(column), found=value)
        for column, value in found.items()
        if str(declared.get(column)) != str(value) or column not in declared  # a table holds 5 as a text
    )
    return Comparison(
        place=item.place, match=Match.DIFFERENT if differences else Match.SAME, differences=differences
    )
