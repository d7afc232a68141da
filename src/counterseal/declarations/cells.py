"""The strict form of a CSV table: a header, then one row a line, every cell accounted for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from counterseal.declarations.aggregate import LARGEST_COUNT
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.plain_text import decode_text
from counterseal.declarations.problems import Problems
from counterseal.declarations.wording import shown

MOST_ROWS = 100_000
"""Most rows of a table, its header not counted."""

_CELL = re.compile(r'"([^"]*(?:""[^"]*)*)"|([^",]*)')
_COUNT = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
# A spreadsheet program would run such a cell as a formula, so it is written behind an apostrophe.
_FORMULA = re.compile(r"'*[=+\-@]")
_NEUTRALISED = re.compile(r"'+[=+\-@]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table.

    Attributes:
        where: Name of the file.
        line: Line in the file, from 1.
        cells: Column name to the cell's text; an absent optional column is not in it.
    """

    where: str
    line: int
    cells: dict[str, str]

    def place(self, column: str) -> str:
        """Return the place of a cell as messages give it."""
        return f"{self.where}:{self.line}, column {column}"


def read_table(
    data: bytes, *, problems: Problems, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[Row, ...]:
    """Return the sound rows of a CSV table; what is wrong with the others goes to ``problems``.

    Args:
        data: The whole file.
        problems: Gathers the problems of rows.
        where: Name of the file.
        required: Columns that must be there, in any order.
        optional: Columns that may be there.

    Raises:
        DeclarationError: no table can be read at all (encoding, line ends, header, size).
    """
    lines = _lines(decode_text(data, where=where), where=where)
    header = _header(lines[0], where=where, required=required, optional=optional)
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], start=2):
        cells = _row_cells(line, header=header, place=f"{where}:{number}", problems=problems)
        if cells is not None:
            rows.append(Row(where=where, line=number, cells=dict(zip(header, cells, strict=True))))
    return tuple(rows)


def write_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return a table as UTF-8 CSV with LF line ends."""
    lines = [columns, *rows]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines).encode("utf-8")


def parse_count(text: str) -> int:
    """Return a count from its one accepted form: digits 0 to 9, no sign, no leading zero.

    Raises:
        ValueError: another form, or larger than 2^53 - 1; the message says what was found.
    """
    if not _COUNT.fullmatch(text) or int(text) > LARGEST_COUNT:
        raise ValueError(
            f"found {shown(text)}{_reason(text)}; a count must be a whole number from 0 to {LARGEST_COUNT}, "
            "written with the digits 0-9 alone"
        )
    return int(text)


def neutralised(text: str) -> str:
    """Return ``text`` so that no spreadsheet program takes it for a formula.

    Example:
        >>> neutralised("=SUM(A1)"), plain("'=SUM(A1)")
        ("'=SUM(A1)", '=SUM(A1)')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def plain(text: str) -> str:
    """Return the text that ``neutralised`` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text


def _lines(text: str, *, where: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    for number, line in enumerate(lines, start=1):
        if "\r" in line:
            raise DeclarationError(
                f"{where}:{number}: found a carriage return alone; lines must end with LF or CR LF"
            )
    if len(lines) > MOST_ROWS + 1:
        raise DeclarationError(f"{where}: found {len(lines) - 1} rows, must be at most {MOST_ROWS}")
    if len(lines) == 1:
        raise DeclarationError(
            f"{where}:1: found one line and no row below it, must be a header and its rows"
        )
    return lines


def _header(
    line: str, *, where: str, required: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        header = tuple(_split(line))
    except ValueError as error:
        raise DeclarationError(f"{where}:1, in the header: {error}") from error
    expected = f"must be {', '.join(required)}" + (f" and may be {', '.join(optional)}" if optional else "")
    faults: list[str] = []
    if len(header) == 1 and (other := next((sign for sign in ";\t|" if sign in line), None)) is not None:
        faults.append(f"cells look separated by {other!r}, must be separated by ','")
    faults += [f"unknown column {shown(name)}" for name in header if name not in (*required, *optional)][:10]
    faults += [f"missing column {name!r}" for name in required if name not in header]
    faults += [
        f"column {name!r} {header.count(name)} times"
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ][:10]
    if faults:
        raise DeclarationError(
            f"{where}:1: {'; '.join(faults)}; the columns {expected}, each once, in any order"
        )
    return header


def _row_cells(line: str, *, header: tuple[str, ...], place: str, problems: Problems) -> list[str] | None:
    if not line.strip():
        problems.add(place, "found an empty line, must be a row")
        return None
    try:
        cells = _split(line)
    except ValueError as error:
        problems.add(place, str(error))
        return None
    if len(cells) != len(header):
        kind = "few" if len(cells) < len(header) else "many"
        problems.add(place, f"found {len(cells)} cells, too {kind}; must be {len(header)} as in the header")
        return None
    return cells


def _split(line: str) -> list[str]:
    cells: list[str] = []
    position = 0
    while True:
        match = _CELL.match(line, position)
        if match is None:  # pragma: no cover - the second alternative matches the empty text
            raise ValueError(f"cell {len(cells) + 1}: cannot be read")
        quoted, bare = match.groups()
        cells.append(bare if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if position == len(line):
            return cells
        if line[position] != ",":
            raise ValueError(_quote_fault(len(cells), quoted=quoted, bare=bare))
        position += 1


def _quote_fault(number: int, *, quoted: str | None, bare: str | None) -> str:
    if quoted is not None:
        return (
            f"cell {number}: found text after the closing quote; a quote inside a quoted cell must be doubled"
        )
    if bare:
        return f"cell {number}: found a quote inside a cell that is not quoted; the whole cell must be quoted"
    return (
        f"cell {number}: found a quote that is never closed; a cell must end on the line on which it begins"
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '",') else text


_REASONS = (
    (r"\s.*|.*\s", "white space before or after it"),
    (r"-\s*\d+", "a negative number"),
    (r"\+\d+", "a plus sign"),
    (r"\d+\.\d*|\.\d+|\d+,\d+\.\d+", "a fraction"),
    (r"\d+(?:[,'_ \u00a0\u202f]\d{3})+", "separators between the digits"),
    (r"\d+,\d+", "a comma"),
    (r"\d+(?:\.\d+)?[eE][+-]?\d+", "a power of ten"),
    (r"0[xXoObB]\w+", "another base than ten"),
    (r"(?=.*[^0-9])\d+", "digits that are not 0-9"),
    (r"0\d+", "a leading zero"),
    (r"\d+", "too large"),
)


def _reason(text: str) -> str:
    for pattern, reason in _REASONS:
        if re.fullmatch(pattern, text[:80], re.DOTALL):
            return f" ({reason})"
    return " (no number)"
