"""``counterseal design report``: the document of a regime for those who negotiate it."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.bundle_view import printable
from counterseal.app.cli.plain_names import PlainCommand
from counterseal.errors import RefusedInputError

if TYPE_CHECKING:
    from counterseal.app.report.design_again import Again
    from counterseal.app.report.design_study import Study

_FILE = click.Path(path_type=Path, readable=False)
DEFAULT_SEED = 1
NOT_VERIFIED = 1
MAX_JSON_BYTES = 256 * 2**20


@click.command("report", cls=PlainCommand)
@click.argument("effort_file", metavar="[EFFORT.yaml]", type=_FILE, required=False)
@click.option(
    "--from", "from_file", type=_FILE, metavar="JSON", help="Run a report again, from its JSON alone."
)
@click.option(
    "--out", "out_file", type=_FILE, metavar="HTML", help="Write it as one HTML file, complete in itself."
)
@click.option(
    "--json", "json_file", type=_FILE, metavar="JSON", help="Write JSON from which anybody can run it again."
)
@click.option(
    "--pdf", "pdf_file", type=_FILE, metavar="PDF", help="Write it as PDF (needs the extra 'report')."
)
@click.option(
    "--md", "md_file", type=_FILE, metavar="MD", help="Write it as Markdown, its figures as tables."
)
@click.option("--paper", type=click.Choice(("a4", "us-letter")), default="a4", help="Paper of the PDF.")
@click.option(
    "--seed", type=click.IntRange(0, 2**64 - 1), default=DEFAULT_SEED, help="Seed of every estimate."
)
def report(
    *,
    effort_file: Path | None,
    from_file: Path | None,
    out_file: Path | None,
    json_file: Path | None,
    pdf_file: Path | None,
    md_file: Path | None,
    paper: str,
    seed: int,
) -> None:
    """Write what a regime would see, with figures, assumptions and limits, for people and for programs.

    With --from, runs a report again from its JSON alone and says of every part whether it came out the same.
    """
    from counterseal.app.cli.design_report_files import require_targets, write_all
    from counterseal.app.report.design_pdf import require_typst

    if (effort_file is None) == (from_file is None):
        raise click.UsageError("Give an effort file, or the JSON of a report with --from.")
    targets = {"--out": out_file, "--json": json_file, "--pdf": pdf_file, "--md": md_file}
    wanted = {option: path for option, path in targets.items() if path is not None}
    if from_file is None and not wanted:
        raise click.UsageError("Nothing to write: give --out, --json, --pdf or --md.")
    require_targets(wanted, read=effort_file or from_file)
    if pdf_file is not None:
        require_typst()
    with _watched() as begin:
        study, parts = _study(effort_file, from_file, seed=seed, begin=begin)
        made = {option: _made(study, option, paper=paper, begin=begin) for option in wanted}
    write_all({path: made[option] for option, path in wanted.items()})
    for path in wanted.values():
        click.echo(f"wrote {printable(str(path))}")
    _say(parts)


def _say(parts: "tuple[Again, ...]") -> None:
    """Say of each part whether it came out the same, and end with 1 where one did not."""
    for part in parts:
        said = "the same" if part.differs is None else f"DIFFERS at {part.differs}"
        click.echo(printable(f"{part.name}: {said}"))
    if any(part.differs is not None for part in parts):
        click.echo(
            "Not everything came out the same; section 11 of both reports says what each was made with."
        )
        sys.exit(NOT_VERIFIED)


@contextmanager
def _watched() -> Iterator[Callable[[str], None]]:
    """Give what shows, on standard error, the part that is worked out, where somebody looks."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _part: None
        return
    with console.status("effort file") as shown:
        yield lambda part: shown.update(f"working out: {part}")


def _study(
    effort_file: Path | None, from_file: Path | None, *, seed: int, begin: Callable[[str], None]
) -> "tuple[Study, tuple[Again, ...]]":
    from counterseal.app.cli.effort_files import read_effort_source
    from counterseal.app.report.design_again import run_again
    from counterseal.app.report.design_source import EffortSource
    from counterseal.app.report.design_study import study_of

    if from_file is not None:
        return run_again(_json(from_file), begin=begin)
    path = effort_file or Path()
    given = read_effort_source(path)
    packs = {name: text.decode() for name, text in given.packs.items()}
    source = EffortSource(name=printable(path.name), text=given.data.decode(), packs=packs)
    return study_of(source, seed=seed, begin=begin), ()


def _json(path: Path) -> object:
    from counterseal.app.cli.input_files import read_input

    try:
        return json.loads(read_input(path, most=MAX_JSON_BYTES, what="JSON of a report"))
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"{path}: no JSON: {error}") from error


def _made(study: "Study", option: str, *, paper: str, begin: Callable[[str], None]) -> bytes:
    """Return the bytes of the file that an option asks for."""
    from counterseal.app.report.design_again import report_json
    from counterseal.app.report.design_document import document_of
    from counterseal.app.report.design_page import page_of
    from counterseal.app.report.design_pdf import pdf_of
    from counterseal.app.report.regime_report import markdown_of

    begin(f"the file for {option}")
    if option == "--json":
        return json.dumps(report_json(study), ensure_ascii=False, indent=1).encode() + b"\n"
    told = document_of(study)
    if option == "--md":
        return markdown_of(told).encode()
    return page_of(told).encode() if option == "--out" else pdf_of(told, paper=paper)
