"""What the fields of an escrowed declaration say: headers of the treaty, sites and buildings, and items."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from counterseal.crypto.canonical import MAX_INTEGER, decode_canonical, encode_canonical, encode_checked
from counterseal.crypto.errors import CryptoError
from counterseal.services.errors import StatementError
from counterseal.services.escrow_table import Item

Totals = tuple[tuple[str, int], ...]
"""Number of items of each category, in order of the category's name; none is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatyHeader:
    """What the declaration adds up to: its number of sites, and all items by category."""

    by_category: Totals
    sites: int

    @property
    def items(self) -> int:
        """Number of all items."""
        return sum(count for _, count in self.by_category)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHeader:
    """One site: its name, its number of buildings, and its items by category."""

    buildings: int
    by_category: Totals
    site: str

    @property
    def items(self) -> int:
        """Number of the site's items."""
        return sum(count for _, count in self.by_category)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingHeader:
    """One building: its name, its site, and its items by category."""

    building: str
    by_category: Totals
    site: str

    @property
    def items(self) -> int:
        """Number of the building's items."""
        return sum(count for _, count in self.by_category)


Header = TreatyHeader | SiteHeader | BuildingHeader
Content = Header | Item

_KINDS: dict[str, type[Header]] = {"treaty": TreatyHeader, "site": SiteHeader, "building": BuildingHeader}
_ITEM = {"building", "category", "item", "more", "of", "site"}
_PAIR = 2


def totals_of(items: Iterable[Item]) -> Totals:
    """Return the number of items of each category."""
    return tuple(sorted(Counter(item.category for item in items).items()))


def added(totals: Iterable[Totals]) -> Totals:
    """Return the sum of several totals, category by category."""
    summed: Counter[str] = Counter()
    for one in totals:
        summed.update(dict(one))
    return tuple(sorted(summed.items()))


def write_content(content: Content) -> str:
    """Return the value of a field: the text of its canonical JSON."""
    document = content_document(content)
    if isinstance(content, Item) and _is_plain(content):
        return encode_checked(document).decode()
    return encode_canonical(document).decode()


def _is_plain(item: Item) -> bool:
    """Whether an item's values need no walk over the canonical profile: most do not, and there are many."""
    for _, value in item.more:
        if type(value) is not str and (type(value) is not int or not -MAX_INTEGER <= value <= MAX_INTEGER):
            return False
    return True


def content_document(content: Content) -> dict[str, Any]:
    """Return what a field says, as an object."""
    if isinstance(content, Item):
        return {
            "building": content.building,
            "category": content.category,
            "item": content.item,
            "more": content.more,
            "of": "item",
            "site": content.site,
        }
    kind = next(name for name, each in _KINDS.items() if isinstance(content, each))
    members = {each.name: getattr(content, each.name) for each in fields(content)}
    return {**members, "of": kind}


def read_content(value: str) -> Content:
    """Return what the value of a field says.

    Raises:
        StatementError: it is none of a treaty's, a site's or a building's header, or an item.
    """
    try:
        document = decode_canonical(value.encode())
    except CryptoError as error:
        raise StatementError(f"escrowed field: {error}") from error
    return parse_content(document)


def parse_content(document: Any) -> Content:
    """Return what an object says of an item, or as a header.

    Raises:
        StatementError: other members, or one out of form.
    """
    kind = str(document.get("of")) if isinstance(document, dict) else ""
    if kind == "item" and document.keys() == _ITEM:
        return _item(document)
    header = _KINDS.get(kind)
    if header is None or document.keys() != {each.name for each in fields(header)} | {"of"}:
        raise StatementError(
            f"escrowed field: must be an item or the header of a treaty, site or building, found {kind!r}"
        )
    members = {name: value for name, value in document.items() if name != "of"}
    for name, value in members.items():
        if name in {"buildings", "sites"} and (type(value) is not int or value < 1):
            raise StatementError(f"escrowed {kind}, {name}: found {value!r}, must be a whole number from 1")
        if name in {"building", "site"} and (type(value) is not str or not value):
            raise StatementError(f"escrowed {kind}, {name}: found {value!r}, must be a name")
    return header(**{**members, "by_category": _totals(members["by_category"], kind)})


def _item(document: dict[str, Any]) -> Item:
    names = {name: document[name] for name in ("building", "category", "item", "site")}
    if not all(type(name) is str and name for name in names.values()):
        raise StatementError("escrowed item: building, category, item and site must be names")
    more = document["more"]
    if not _are_pairs(more, kinds=(str, int)):
        raise StatementError(
            "escrowed item, more: must be columns in order, each with a text or whole number"
        )
    return Item(**names, more=tuple((name, value) for name, value in more))


def _totals(rows: Any, kind: str) -> Totals:
    if not _are_pairs(rows, kinds=(int,)) or not rows or any(count < 1 for _, count in rows):
        raise StatementError(
            f"escrowed {kind}, by_category: must be categories in order, each with a whole number from 1"
        )
    return tuple((name, count) for name, count in rows)


def _are_pairs(rows: Any, *, kinds: tuple[type, ...]) -> bool:
    if type(rows) is not list or not all(type(row) is list and len(row) == _PAIR for row in rows):
        return False
    names = [name for name, _ in rows]
    sound = all(type(name) is str and name for name in names) and all(type(row[1]) in kinds for row in rows)
    return sound and names == sorted(set(names))
