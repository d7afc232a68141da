"""What the report of a regime is put together from, whatever it is written as."""

from dataclasses import dataclass, replace
from typing import Any

MOST_ROWS = 60
"""Longest table of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading within a section.

    Attributes:
        text: What it says.
    """

    text: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"kind": "heading", "text": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph.

    Attributes:
        text: What it says.
        boxed: Whether it stands in a box of its own: what nobody may overlook.
    """

    text: str
    boxed: bool = False

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"kind": "text", "text": self.text, "boxed": self.boxed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list of sentences.

    Attributes:
        items: The sentences, at least one.
    """

    items: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"kind": "bullets", "items": list(self.items)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of texts.

    Attributes:
        caption: What it shows.
        columns: Heads of the columns.
        rows: Cells, as many in each row as there are columns; the first names the row.
        words: Whether the cells are words, which stand to the left, and not figures, which stand to the
            right.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: bool = False

    def first(self) -> "Grid":
        """Return it with no more rows than a reader bears; the caption says so where some are left out."""
        if len(self.rows) <= MOST_ROWS:
            return self
        caption = f"{self.caption} (the first {MOST_ROWS} of {len(self.rows):,})"
        return replace(self, caption=caption, rows=self.rows[:MOST_ROWS])

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kind": "table",
            "caption": self.caption,
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "words": self.words,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure with its reading in one line and the same numbers as a table.

    Attributes:
        name: What it is called in the JSON and in the PDF.
        number: Its number in the report [from 1].
        title: What it shows.
        reading: What a reader should see in it, one line; also what a screen reader says.
        svg: The drawing.
        grid: The same numbers.
    """

    name: str
    number: int
    title: str
    reading: str
    svg: bytes
    grid: Grid

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it; the drawing is made from ``data``, which stands elsewhere."""
        return {
            "kind": "figure",
            "name": self.name,
            "number": self.number,
            "title": self.title,
            "reading": self.reading,
            "table": self.grid.document(),
        }


Block = Heading | Text | Bullets | Grid | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the sections.

    Attributes:
        number: From 1.
        anchor: Where a link leads.
        title: Its heading.
        blocks: What stands in it.
    """

    number: int
    anchor: str
    title: str
    blocks: tuple[Block, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "number": self.number,
            "title": self.title,
            "blocks": [block.document() for block in self.blocks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole document.

    Attributes:
        title: Title of the effort file.
        lead: The question.
        sections: In order.
        generated_by: Name and version of the program.
        digest: SHA-256 of the effort file.
    """

    title: str
    lead: str
    sections: tuple[Section, ...]
    generated_by: str
    digest: str

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All figures, in order."""
        return tuple(block for one in self.sections for block in one.blocks if isinstance(block, Picture))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "title": self.title,
            "lead": self.lead,
            "generated_by": self.generated_by,
            "digest": self.digest,
            "sections": [section.document() for section in self.sections],
        }
