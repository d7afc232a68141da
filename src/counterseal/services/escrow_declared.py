"""What was opened of an escrowed declaration, put together: headers and items in their slots."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from counterseal.services.escrow_contents import (
    BuildingHeader,
    Content,
    Header,
    SiteHeader,
    Totals,
    TreatyHeader,
    added,
    totals_of,
)
from counterseal.services.escrow_layout import Range, Shape, Slot
from counterseal.services.escrow_table import Item

BuildingSlot = tuple[int, int]


@dataclass(slots=True, kw_only=True)
class Declared:
    """The opened part of a declaration.

    Attributes:
        shape: Places of each level, as the names of fields state them; None where no field was opened.
        treaty: The treaty's header, if it was opened.
        sites: Headers of sites by slot; ``buildings`` those of buildings, by slot in each site.
        items: Items by slot in each building.
        ranges: Every subtree that was opened.
    """

    shape: Shape | None = None
    treaty: TreatyHeader | None = None
    sites: dict[int, SiteHeader] = field(default_factory=dict)
    buildings: dict[int, dict[int, BuildingHeader]] = field(default_factory=dict)
    items: dict[BuildingSlot, dict[int, Item]] = field(default_factory=dict)
    ranges: set[Range] = field(default_factory=set)

    def put(self, slot: Slot, content: Content) -> bool:
        """Keep what a field says; False if a thing of its kind does not belong into its slot."""
        site, building, item = slot
        if isinstance(content, TreatyHeader) and slot == (0, 0, 0):
            self.treaty = content
        elif isinstance(content, SiteHeader) and site and not building and not item:
            self.sites[site] = content
        elif isinstance(content, BuildingHeader) and building and not item:
            self.buildings.setdefault(site, {})[building] = content
        elif isinstance(content, Item) and item:
            self.items.setdefault((site, building), {})[item] = content
        else:
            return False
        return True

    def building(self, slot: BuildingSlot) -> BuildingHeader | None:
        """Return the header of a building, or None where it is not open."""
        return self.buildings.get(slot[0], {}).get(slot[1])

    def all_items(self) -> Iterator[tuple[BuildingSlot, Item]]:
        """Yield every opened item with the slot of its building, in order."""
        for slot in sorted(self.items):
            for number in sorted(self.items[slot]):
                yield slot, self.items[slot][number]

    def has_all_sites(self) -> bool:
        """Whether the treaty's header is open, and as many headers of sites as it says."""
        return self.treaty is not None and len(self.sites) == self.treaty.sites

    def has_all_buildings(self, site: int) -> bool:
        """Whether a site's header is open, and as many headers of buildings as it says."""
        header = self.sites.get(site)
        return header is not None and len(self.buildings.get(site, ())) == header.buildings

    def has_all_items(self, slot: BuildingSlot) -> bool:
        """Whether a building's header is open, and as many items as it says."""
        header = self.building(slot)
        return header is not None and len(self.items.get(slot, ())) == header.items

    def comparable(self) -> bool:
        """Whether a header was opened together with anything right below it."""
        below_treaty = self.treaty is not None and bool(self.sites)
        below_site = any(site in self.sites for site in self.buildings)
        return below_treaty or below_site or any(self.building(slot) for slot in self.items)

    def sum_faults(self) -> Iterator[str]:
        """Yield where the number or the totals in a header do not fit what is opened right below it."""
        yield from _misfits(
            "treaty",
            self.treaty,
            below=("sites", len(self.sites)),
            sums=added(each.by_category for each in self.sites.values()),
            is_open=self._is_open((0, 0, 0), "treaty"),
        )
        for site in sorted(self.sites.keys() | self.buildings.keys()):
            headers = self.buildings.get(site, {}).values()
            yield from _misfits(
                f"site {self.sites[site].site}" if site in self.sites else f"site in place {site}",
                self.sites.get(site),
                below=("buildings", len(headers)),
                sums=added(each.by_category for each in headers),
                is_open=self._is_open((site, 0, 0), "site"),
            )
        known = {(site, number) for site, each in self.buildings.items() for number in each}
        for slot in sorted(known | self.items.keys()):
            own, items = self.building(slot), self.items.get(slot, {}).values()
            yield from _misfits(
                f"building {own.site} / {own.building}" if own else f"building in place {slot[0]}.{slot[1]}",
                own,
                below=("items", len(items)),
                sums=totals_of(items),
                is_open=self._is_open((*slot, 0), "building"),
            )

    def _is_open(self, slot: Slot, level: str) -> bool:
        """Whether every leaf of a block was opened."""
        if self.shape is None:
            return False
        sizes = {"building": self.shape.items, "site": self.shape.buildings * self.shape.items}
        first = self.shape.index(slot)
        return self._reached_from(first) >= first + sizes.get(level, self.shape.leaves)

    def _reached_from(self, first: int) -> int:
        """Up to which leaf, not included, all is open from ``first``."""
        reached = first
        for start, leaves in sorted(self.ranges):
            if start <= reached:
                reached = max(reached, start + leaves)
        return reached


def name_faults(declared: Declared) -> Iterator[str]:
    """Yield where names do not fit: two things of one name, or one that stands below another name."""
    if len({each.site for each in declared.sites.values()}) < len(declared.sites):
        yield "two sites have one name"
    headers = [each for inside in declared.buildings.values() for each in inside.values()]
    if len({(each.site, each.building) for each in headers}) < len(headers):
        yield "two buildings have one name"
    items = [item.place for _, item in declared.all_items()]
    if len(set(items)) < len(items):
        yield "two items have one name"
    for site, inside in declared.buildings.items():
        above = declared.sites.get(site)
        for header in inside.values():
            if above is not None and header.site != above.site:
                yield f"building {header.site} / {header.building} stands in the block of site {above.site}"
    for slot, item in declared.all_items():
        site_above, building_above = declared.sites.get(slot[0]), declared.building(slot)
        if building_above is not None and (building_above.site, building_above.building) != item.place[:2]:
            yield (
                f"item {' / '.join(item.place)} stands in the block of building "
                f"{building_above.site} / {building_above.building}"
            )
        elif site_above is not None and site_above.site != item.site:
            yield f"item {' / '.join(item.place)} stands in the block of site {site_above.site}"


def _misfits(
    what: str, header: Header | None, *, below: tuple[str, int], sums: Totals, is_open: bool
) -> Iterator[str]:
    """Yield how a header differs from what is opened right below it."""
    things, count = below
    if header is None:
        if is_open:
            yield f"{what}: all of it is open, and it has no header"
        return
    told = _told(header)
    if count > told or (is_open and count < told):
        rest = ", and all of it is open" if is_open else ""
        yield f"{what}: its header says {told} {things}, {count} are opened{rest}"
        return
    said, found = dict(header.by_category), dict(sums)
    for category in sorted(said.keys() | found.keys()):
        one, other = said.get(category, 0), found.get(category, 0)
        if other > one or (count == told and other != one):
            yield f"{what}: its header says {one} of category {category!r}, its {things} add up to {other}"


def _told(header: Header) -> int:
    if isinstance(header, TreatyHeader):
        return header.sites
    return header.buildings if isinstance(header, SiteHeader) else header.items
