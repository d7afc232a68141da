"""How likely it is that a false item has been seen by now, exactly, and under which assumption."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from counterseal.services.escrow_declared import BuildingSlot, Declared
from counterseal.stats.hypergeometric import chance_seen

FALSE_ITEMS = (1, 2, 5, 10)
_PERCENT = 100

ANYWHERE = (
    "anywhere: the false items lie anywhere among all declared items, every set of that many being equally "
    "likely, and who placed them did not know what would be checked"
)
ONE_SITE = (
    "in one site: they lie in a single site (as many as it holds), picked in proportion to its declared "
    "items, and anywhere within it; a site where nothing was checked shows none"
)
ONE_BUILDING = (
    "in one building: they lie in a single building (as many as it holds), picked in proportion to its "
    "declared items, and anywhere within it; a building where nothing was checked shows none"
)
KNOWN = (
    "whoever knows beforehand what will be checked puts them elsewhere, and the chance is 0 until every item "
    "is checked"
)
CLOSED = (
    "not known: the header of a site or building where items were checked is closed, or says fewer items "
    "than were checked there"
)
SEEN = "a false item that is checked is taken to be seen, and no other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The chance that at least one of so many false items has been seen.

    Attributes:
        false_items: Their number.
        anywhere: If they lie anywhere.
        one_site: If they lie in one site; None where a header that this needs is closed.
        one_building: If they lie in one building; None likewise.
    """

    false_items: int
    anywhere: Fraction
    one_site: Fraction | None
    one_building: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The chances by now.

    Attributes:
        population: Number of all declared items, as the treaty's header says; None while it is closed.
        checked: Number of those that were checked.
        lines: One for each number of false items; none while the number of all items is not known.
        assumptions: What the figures rest on, in words.
    """

    population: int | None
    checked: int
    lines: tuple[Chance, ...]
    assumptions: tuple[str, ...]


def chances(declared: Declared, checked: Iterable[tuple[BuildingSlot, int]]) -> Chances:
    """Return the chances that false items have been seen by what was checked.

    Args:
        declared: What was opened of the declaration.
        checked: Number of declared items that were checked, by slot of their building.
    """
    by_building = dict(checked)
    number = sum(by_building.values())
    if declared.treaty is None or number > declared.treaty.items:
        why = "the number of all items is not known as long as the treaty's header is closed"
        if declared.treaty is not None:
            why = "more items were checked than the treaty's header says, so nothing can be said of chances"
        return Chances(population=None, checked=number, lines=(), assumptions=(why,))
    population = declared.treaty.items
    sites, buildings = _site_groups(declared, by_building), _building_groups(declared, by_building)
    lines = tuple(
        Chance(
            false_items=false_items,
            anywhere=chance_seen(population, false_items=false_items, checked=number),
            one_site=_clustered(sites, population, false_items),
            one_building=_clustered(buildings, population, false_items),
        )
        for false_items in _numbers(population)
    )
    assumptions: tuple[str, ...] = (SEEN, ANYWHERE, ONE_SITE, ONE_BUILDING, KNOWN)
    if sites is None or buildings is None:
        assumptions = (*assumptions, CLOSED)
    return Chances(population=population, checked=number, lines=lines, assumptions=assumptions)


def _numbers(population: int) -> tuple[int, ...]:
    """1, 2, 5, 10 and one in a hundred (rounded up), as far as there are so many items."""
    percent = -(-population // _PERCENT)
    return tuple(sorted({number for number in (*FALSE_ITEMS, percent) if number <= population}))


Groups = tuple[tuple[int, int], ...]
"""Items and checked items of each site or building in which anything was checked."""


def _site_groups(declared: Declared, checked: dict[BuildingSlot, int]) -> Groups | None:
    by_site: Counter[int] = Counter()
    for (site, _), number in checked.items():
        by_site[site] += number
    if not all(site in declared.sites for site in by_site):
        return None
    return _groups((declared.sites[site].items, number) for site, number in by_site.items())


def _building_groups(declared: Declared, checked: dict[BuildingSlot, int]) -> Groups | None:
    headers = [(declared.building(slot), number) for slot, number in checked.items()]
    known = [(header.items, number) for header, number in headers if header is not None]
    return _groups(known) if len(known) == len(headers) else None


def _groups(sizes: Iterable[tuple[int, int]]) -> Groups | None:
    found = tuple(sizes)
    return found if all(number <= items for items, number in found) else None


def _clustered(groups: Groups | None, population: int, false_items: int) -> Fraction | None:
    if groups is None:
        return None
    parts = (
        Fraction(items, population) * chance_seen(items, false_items=min(false_items, items), checked=number)
        for items, number in groups
    )
    return sum(parts, Fraction(0))
