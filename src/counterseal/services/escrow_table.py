"""The tables of escrow: the items that a party declares, and what an inspector found in the field."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.crypto.canonical import MAX_INTEGER
from counterseal.declarations.cells import plain, read_table
from counterseal.declarations.plain_text import decode_text
from counterseal.declarations.problems import Problems
from counterseal.declarations.strict_json import parse_json
from counterseal.declarations.wording import shown, text_fault

NAMED = ("site", "building", "item")
REQUIRED = (*NAMED, "category")
MOST_COLUMNS = 40
LONGEST_VALUE = 1_000
"""Longest text of a further column [characters]."""

Value = str | int
Place = tuple[str, str, str]
"""Names of an item's site and building, and its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One declared item.

    Attributes:
        site, building, item: Where it is and what it is called; together no other item has them.
        category: What it counts as.
        more: Further columns and their values, by column; what is not stated is left out.
    """

    site: str
    building: str
    item: str
    category: str
    more: tuple[tuple[str, Value], ...] = ()

    @property
    def place(self) -> Place:
        """The names that tell it from every other."""
        return (self.site, self.building, self.item)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """One row of an inspector's table.

    Attributes:
        item: None: the whole building was looked through, and what has no row of its own was not found.
        category: None: this item was looked for and not found.
        more: Further columns that were looked at.
    """

    site: str
    building: str
    item: str | None
    category: str | None
    more: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One row, whichever form its file has: where it stands, and what it states (nothing empty)."""

    place: str
    cells: Mapping[str, Any]


def read_items(data: bytes, *, where: str) -> tuple[Item, ...]:
    """Return the items of a table (CSV), or of a list of objects (JSON).

    Each has ``site``, ``building``, ``item``, ``category`` and any more columns: texts, in JSON integers too.

    Args:
        data: The whole file, UTF-8.
        where: Name of the file, for messages.

    Raises:
        DeclarationError: anything in it breaks a rule; up to 20 problems are told at once, with their lines.
    """
    problems = Problems(where)
    first: dict[Place, str] = {}
    items = []
    for line in _lines(data, where=where, problems=problems):
        if not _require_columns(line, REQUIRED, problems):
            continue
        item = Item(**{name: line.cells[name] for name in REQUIRED}, more=_more(line))
        if item.place in first:
            problems.add(line.place, f"{' / '.join(item.place)} stands in {first[item.place]} already")
        first.setdefault(item.place, line.place)
        items.append(item)
    problems.require_none()
    return tuple(items)


def read_found(data: bytes, *, where: str) -> tuple[FoundRow, ...]:
    """Return the rows of an inspector's table, in the same two forms.

    A row without ``category`` says that the item was looked for and not found; one without ``item``
    as well, that the whole building was looked through.

    Args:
        data: The whole file, UTF-8.
        where: Name of the file, for messages.

    Raises:
        DeclarationError: anything in it breaks a rule.
    """
    problems = Problems(where)
    first: dict[tuple[str, str, str | None], str] = {}
    rows = []
    for line in _lines(data, where=where, problems=problems):
        if not _require_columns(line, NAMED[:2], problems):
            continue
        row = FoundRow(
            site=line.cells["site"],
            building=line.cells["building"],
            item=line.cells.get("item"),
            category=line.cells.get("category"),
            more=_more(line),
        )
        if row.category is None and row.more:
            problems.add(line.place, "states what was seen of an item, and no category: found, or not?")
        if row.item is None and row.category is not None:
            problems.add(line.place, "states a category and no item")
        key = (row.site, row.building, row.item)
        if key in first:
            problems.add(line.place, f"the same item or building stands in {first[key]} already")
        first.setdefault(key, line.place)
        rows.append(row)
    problems.require_none()
    return tuple(rows)


def _lines(data: bytes, *, where: str, problems: Problems) -> Iterator[_Line]:
    rows = _json_lines if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"[", b"{"} else _csv_lines
    for line in rows(data, where=where, problems=problems):
        faults = len(problems)
        for column, value in line.cells.items():
            _check_cell(line, column, value, problems)
        if len(problems) == faults:
            yield line


def _csv_lines(data: bytes, *, where: str, problems: Problems) -> Iterator[_Line]:
    header = decode_text(data, where=where).split("\n", 1)[0].rstrip("\r")
    columns = dict.fromkeys(next(csv.reader([header]), []))
    further = tuple(name for name in columns if name not in REQUIRED)
    optional = further if set(REQUIRED) <= set(columns) else ()
    for row in read_table(data, problems=problems, where=where, required=REQUIRED, optional=optional):
        cells = {column: plain(text) for column, text in row.cells.items() if text}
        yield _Line(place=f"{where}:{row.line}", cells=cells)


def _json_lines(data: bytes, *, where: str, problems: Problems) -> Iterator[_Line]:
    document = parse_json(data, where=where)
    if not isinstance(document, list) or not document:
        problems.add(f"{where}, $", "must be a list of at least one object, one for each item")
        return
    for number, entry in enumerate(document):
        place = f"{where}, $[{number}]"
        if isinstance(entry, dict):
            yield _Line(
                place=place, cells={name: value for name, value in entry.items() if value is not None}
            )
        else:
            problems.add(place, f"found {shown(entry)}, must be an object")


def _require_columns(line: _Line, required: Iterable[str], problems: Problems) -> bool:
    missing = [name for name in required if name not in line.cells]
    if missing:
        problems.add(line.place, f"states no {', no '.join(missing)}")
    return not missing


def _check_cell(line: _Line, column: str, value: Any, problems: Problems) -> None:
    place = f"{line.place}, column {shown(column)}"
    fault = text_fault(column)
    if fault is None and len(line.cells) > MOST_COLUMNS:
        fault = f"{len(line.cells)} columns, at most {MOST_COLUMNS}"
    if fault is None and type(value) is str:
        fault = text_fault(value, longest=200 if column in REQUIRED else LONGEST_VALUE)
    elif fault is None and (type(value) is not int or column in REQUIRED):
        fault = f"found {shown(value)}, must be text" + ("" if column in REQUIRED else " or a whole number")
    elif fault is None and not -MAX_INTEGER <= value <= MAX_INTEGER:
        fault = f"found {value}, must be below 2^53 in magnitude"
    if fault is not None:
        problems.add(place, fault)


def _more(line: _Line) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted((name, value) for name, value in line.cells.items() if name not in REQUIRED))
