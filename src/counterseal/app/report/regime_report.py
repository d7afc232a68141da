"""The report of a regime in one call, for notebooks and programs: as a page, as Markdown or as JSON."""

import json
import re
from collections.abc import Iterator
from typing import Literal

from counterseal.app.report.design_again import report_json
from counterseal.app.report.design_blocks import Block, Bullets, Grid, Heading, Picture, Report, Text
from counterseal.app.report.design_document import document_of
from counterseal.app.report.design_page import page_of
from counterseal.app.report.design_source import EffortSource
from counterseal.app.report.design_study import Study, study_of
from counterseal.app.report.errors import ReportError
from counterseal.design.campaigns.seeds import MAX_SEED

Form = Literal["html", "md", "json"]
FORMS = ("html", "md", "json")

_SIGNS = re.compile(r"[\\`*_\[\]<>|~#&$]")
_OPENS = re.compile(r"^(?:[-+=]+(?=\s|$)|\d+(?=[.)](?:\s|$)))")
"""What begins a list, a rule or a heading where it stands first in a line."""


def report(study: Study | EffortSource | str, fmt: Form = "html", *, seed: int | None = None) -> str:
    """Return the report of a regime.

    A page holds its drawings, Markdown has a table in place of each, and from JSON anybody can run it again.

    Args:
        study: What was worked out; or an effort file, or its text, which is then worked out.
        fmt: ``html``, ``md`` or ``json``.
        seed: Of every estimate, 0 to 2**64 - 1; needed with an effort file, and with a study already in it.

    Returns:
        The report as text, to be written as UTF-8; the same input gives the same text.

    Raises:
        ReportError: there is no such form, or a seed is missing, out of range, or one too many.
        RefusedInputError: the effort file does not hold together.
    """
    if fmt not in FORMS:
        raise ReportError(f"report, fmt: {fmt!r}, must be one of {', '.join(FORMS)}")
    worked_out = _study(study, seed)
    if fmt == "json":
        return json.dumps(report_json(worked_out), ensure_ascii=False, indent=1) + "\n"
    told = document_of(worked_out)
    return page_of(told) if fmt == "html" else markdown_of(told)


def _study(given: Study | EffortSource | str, seed: int | None) -> Study:
    if isinstance(given, Study):
        if seed is not None:
            raise ReportError(f"report, seed: {seed}, but the study was worked out with {given.seed}")
        return given
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
        raise ReportError(f"report, seed: {seed!r}, must be a whole number from 0 to {MAX_SEED}")
    source = EffortSource(name="effort file", text=given) if isinstance(given, str) else given
    if not isinstance(source, EffortSource):
        raise ReportError(
            f"report, study: {type(given).__name__}, must be a study, an effort file or its text"
        )
    return study_of(source, seed=seed)


def markdown_of(told: Report) -> str:
    """Return a report as Markdown with tables, without a link, an image or a line of HTML.

    Args:
        told: What it says; the same report gives the same text.

    Returns:
        The document, UTF-8 text with LF line ends.
    """
    parts = [f"# {_plain(told.title)}", _plain(told.lead)]
    for section in told.sections:
        parts.append(f"## {section.number}. {_plain(section.title)}")
        parts += [part for block in section.blocks for part in _block(block)]
    made = f"Made by {told.generated_by} from an effort file whose content has the SHA-256 {told.digest}."
    return "\n\n".join([*parts, "---", _plain(made)]) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"### {_plain(block.text)}"
        case Text():
            yield f"> {_plain(block.text)}" if block.boxed else _plain(block.text)
        case Bullets():
            yield "\n".join(f"- {_plain(item)}" for item in block.items)
        case Grid():
            yield from _table(block)
        case Picture():
            title = _plain(f"Figure {block.number}. {block.title}.")
            yield f"**{title}** {_plain(block.reading)}"
            yield from _table(block.grid)


def _table(grid: Grid) -> Iterator[str]:
    """Yield the caption and then the table: the first column to the left, figures to the right."""
    side = ":--" if grid.words else "--:"
    sides = [":--", *(side for _ in grid.columns[1:])]
    rows = [grid.columns, *grid.rows]
    shown = [f"| {' | '.join(_plain(cell) for cell in row)} |" for row in rows]
    yield f"*{_plain(grid.caption)}*"
    yield "\n".join([shown[0], f"| {' | '.join(sides)} |", *shown[1:]])


def _plain(text: str) -> str:
    """Return a text as one line that Markdown shows as it is, whatever signs are in it."""
    line = _SIGNS.sub(lambda sign: f"\\{sign.group()}", " ".join(text.split()))
    found = _OPENS.match(line)
    if found is None:
        return line
    return f"\\{line}" if not line[0].isdigit() else f"{found.group()}\\{line[found.end() :]}"
