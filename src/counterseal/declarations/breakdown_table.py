"""The table of a breakdown: CSV, one row a category and system, optionally a site and an item."""

from datetime import date

from counterseal.declarations.cells import Row, neutralised, parse_count, plain, read_table, write_table
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine, repeat_fault
from counterseal.declarations.problems import Problems
from counterseal.declarations.wording import text_fault
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode

REQUIRED_COLUMNS = ("category", "system", "count")
"""The columns of every breakdown."""
OPTIONAL_COLUMNS = ("site", "uid")
"""Columns that a list of single items adds; an empty cell there says nothing."""


def read_breakdown_table(
    data: bytes, *, where: str, party: PartyCode, as_of: date, known_as: KnownAs, citation: str
) -> ItemisedDeclaration:
    """Return the breakdown that a table holds; party, date and source are not in the file.

    Args:
        data: The whole file, UTF-8, with columns ``category``, ``system``, ``count`` and, if
            wanted, ``site`` and ``uid``.
        where: Name of the file, for messages.
        party: The State that declares.
        as_of: The date of the data.
        known_as: How well the lines are known.
        citation: Where they come from.

    Raises:
        DeclarationError: anything in it breaks a rule; up to 20 problems are told at once.
    """
    problems = Problems(where)
    rows = read_table(
        data, problems=problems, where=where, required=REQUIRED_COLUMNS, optional=OPTIONAL_COLUMNS
    )
    first: dict[object, int] = {}
    lines: list[ItemLine] = []
    for row in rows:
        line = _line(row, problems=problems)
        if line is None:
            continue
        earlier = first.setdefault(line.uid if line.uid is not None else line.key, row.line)
        if earlier != row.line:
            problems.add(f"{where}:{row.line}", f"{repeat_fault(line)} (first in line {earlier})")
        lines.append(line)
    problems.require_none()
    return ItemisedDeclaration(
        party=party, as_of=as_of, lines=tuple(lines), known_as=known_as, citation=citation
    )


def write_breakdown_table(declaration: ItemisedDeclaration) -> bytes:
    """Return the table of a breakdown; ``site`` and ``uid`` are columns if any line states one.

    Raises:
        DeclarationError: a line has attributes, for which a table has no place.
    """
    lines = declaration.lines
    if (line := next((each for each in lines if each.attributes), None)) is not None:
        raise DeclarationError(f"{declaration.name}, {line.name}: has attributes, which only JSON can hold")
    columns = (
        *REQUIRED_COLUMNS,
        *(("site",) if any(line.site is not None for line in lines) else ()),
        *(("uid",) if any(line.uid is not None for line in lines) else ()),
    )
    return write_table(columns, (tuple(_cell(line, column) for column in columns) for line in lines))


def _line(row: Row, *, problems: Problems) -> ItemLine | None:
    before = len(problems)
    texts = {column: plain(row.cells.get(column, "")) for column in ("category", "system", *OPTIONAL_COLUMNS)}
    for column, text in texts.items():
        if (text or column not in OPTIONAL_COLUMNS) and (fault := text_fault(text)) is not None:
            problems.add(row.place(column), fault)
    count = 0
    try:
        count = parse_count(row.cells["count"])
    except ValueError as error:
        problems.add(row.place("count"), str(error))
    if len(problems) == before and texts["uid"] and count != 1:
        problems.add(row.place("count"), f"found {count}, must be 1 on a line with a uid")
    if len(problems) > before:
        return None
    return ItemLine(
        category=texts["category"],
        system=texts["system"],
        site=texts["site"] or None,
        uid=texts["uid"] or None,
        count=count,
    )


def _cell(line: ItemLine, column: str) -> str:
    value = getattr(line, column)
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else neutralised(value)
