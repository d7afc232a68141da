"""Tables of ``counterseal design``: no figure is ever cut, however narrow the terminal.

A table that fits is shown as one. Where it does not, names and heads wrap; where that is not enough, each row
becomes a block of lines. Where nobody looks (a file, a pipe), a table is as wide as its figures need.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

_NAME, _WORDS = 16, 60
"""Narrowest column of names on a terminal, widest column of words where nobody looks [characters]."""
_INDENT, _GAP = 2, 2


def open_console() -> Console:
    """Return where people are told: lines wrap at words on a terminal, and stay whole elsewhere."""
    there = Console(markup=False, emoji=False)
    there.soft_wrap = not there.is_terminal
    return there


def bullet(line: str, console: Console) -> str:
    """Return a sentence of a list, its further lines under its first word where it is wrapped."""
    if not console.is_terminal:
        return f"  - {line}"
    return fill(line, console.width, initial_indent="  - ", subsequent_indent=" " * 4, break_on_hyphens=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table of texts.

    Attributes:
        title: Above it.
        columns: Heads of the columns.
        rows: Cells, as many in each row as there are columns; the first names the row.
        texts: How many columns, from the left, hold words, which may wrap; figures stay whole. 0 where
            figures name the rows.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Show it in the room that there is."""
        yield Text(self.title, style="table.title")
        room = options.max_width if console.is_terminal else None
        widths = self.widths(room)
        if widths is not None:
            yield self._grid(widths)
        else:
            yield from self._blocks(options.max_width)

    def widths(self, room: int | None) -> tuple[int, ...] | None:
        """Return the width of each column; None where even the narrowest do not fit.

        Args:
            room: Width that there is [characters]; None for as much as is needed.
        """
        wide = [max(map(cell_len, column)) for column in self._by_column()]
        if room is None:
            return tuple(
                min(width, _WORDS) if place < self.texts else width for place, width in enumerate(wide)
            )
        left = room - 3 * len(wide) - 1
        if sum(wide) <= left:
            return tuple(wide)
        least = list(self._least(wide))
        left -= sum(least)
        if left < 0:
            return None
        wanted = sum(wide) - sum(least)
        return tuple(low + (high - low) * left // wanted for low, high in zip(least, wide, strict=True))

    def _by_column(self) -> Iterator[tuple[str, ...]]:
        return zip(self.columns, *self.rows, strict=True)

    def _least(self, wide: list[int]) -> Iterator[int]:
        """Yield the narrowest that each column may be: figures whole, names and long heads in pieces."""
        for place, (head, *cells) in enumerate(self._by_column()):
            if place < self.texts:
                yield min(wide[place], _NAME)
            else:
                word = max(map(cell_len, head.split()), default=0)
                yield max(min(word, _NAME), *map(cell_len, cells), 0)

    def _grid(self, widths: tuple[int, ...]) -> Table:
        made = Table(box=SIMPLE_HEAD, width=sum(widths) + 3 * len(widths) + 1)
        for place, (head, width) in enumerate(zip(self.columns, widths, strict=True)):
            made.add_column(Text(head), justify=self._side(place), width=width, overflow="fold")
        for row in self.rows:
            made.add_row(*(Text(cell) for cell in row))
        return made

    def _side(self, place: int) -> Literal["left", "right"]:
        return "left" if place < self.texts else "right"

    def _blocks(self, room: int) -> Iterator[Text | Table]:
        """Yield each row as its name and a line for each further cell that says something."""
        inner = room - _INDENT - _GAP
        figures = max((cell_len(cell) for row in self.rows for cell in row[self.texts :]), default=0)
        words = max((cell_len(cell) for row in self.rows for cell in row[1 : self.texts]), default=0)
        heads = max(map(cell_len, self.columns[1:]), default=0)
        label = max(min(heads, inner - max(figures, min(words, inner // 2))), 1)
        value = min(max(figures, words), max(inner - label, figures))
        for row in self.rows:
            name = row[0] if self.texts else f"{self.columns[0]} {row[0]}"
            yield Text(name, style="bold", overflow="fold", no_wrap=False)
            yield self._lines(row, label=label, value=value)
        yield Text()

    def _lines(self, row: tuple[str, ...], *, label: int, value: int) -> Table:
        made = Table.grid(padding=(0, _GAP, 0, 0))
        made.width = _INDENT + label + _GAP + value
        made.add_column(width=_INDENT - _GAP)
        made.add_column(width=label, overflow="fold")
        made.add_column(width=value, overflow="fold")
        for place, (head, cell) in enumerate(zip(self.columns, row, strict=True)):
            if place and cell:
                made.add_row("", Text(head), Text(cell, justify=self._side(place)))
        return made
