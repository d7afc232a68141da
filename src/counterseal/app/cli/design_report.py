"""``counterseal design report``: the document of a regime for those who negotiate it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.errors import RefusedInputError, WorkplaceError

if TYPE_CHECKING:
    from counterseal.app.report.design_study import Again, Study

_FILE = click.Path(path_type=Path, dir_okay=False)
DEFAULT_SEED = 1
NOT_VERIFIED = 1
MAX_JSON_BYTES = 256 * 2**20


@click.command("report")
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
@click.option("--paper", type=click.Choice(("a4", "us-letter")), default="a4", help="Paper of the PDF.")
@click.option("--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, help="Seed of every estimate.")
def report(
    *,
    effort_file: Path | None,
    from_file: Path | None,
    out_file: Path | None,
    json_file: Path | None,
    pdf_file: Path | None,
    paper: str,
    seed: int,
) -> None:
    """Write what a regime would see, with figures, assumptions and limits, for people and for programs.

    With --from, runs a report again from its JSON alone and says of every part whether it came out the same.
    """
    from counterseal.app.report.design_pdf import require_typst

    if (effort_file is None) == (from_file is None):
        raise click.UsageError("Give an effort file, or the JSON of a report with --from.")
    if from_file is None and out_file is None and json_file is None and pdf_file is None:
        raise click.UsageError("Nothing to write: give --out, --json or --pdf.")
    if pdf_file is not None:
        require_typst()
    study, parts = _study(effort_file, from_file, seed=seed)
    _write(study, out_file=out_file, json_file=json_file, pdf_file=pdf_file, paper=paper)
    for part in parts:
        click.echo(f"{part.name}: {'the same' if part.differs is None else f'DIFFERS at {part.differs}'}")
    if any(part.differs is not None for part in parts):
        click.echo(
            "Not everything came out the same; section 11 of both reports says what each was made with."
        )
        sys.exit(NOT_VERIFIED)


def _study(
    effort_file: Path | None, from_file: Path | None, *, seed: int
) -> "tuple[Study, tuple[Again, ...]]":
    from counterseal.app.cli.effort_files import read_effort_source
    from counterseal.app.report.design_source import EffortSource
    from counterseal.app.report.design_study import run_again, study_of

    if from_file is not None:
        return run_again(_json(from_file))
    path = effort_file or Path()
    given = read_effort_source(path)
    packs = {name: text.decode() for name, text in given.packs.items()}
    return study_of(EffortSource(name=path.name, text=given.data.decode(), packs=packs), seed=seed), ()


def _json(path: Path) -> object:
    from counterseal.app.cli.input_files import read_input

    try:
        return json.loads(read_input(path, most=MAX_JSON_BYTES, what="JSON of a report"))
    except (ValueError, RecursionError) as error:
        raise RefusedInputError(f"{path}: no JSON: {error}") from error


def _write(
    study: "Study", *, out_file: Path | None, json_file: Path | None, pdf_file: Path | None, paper: str
) -> None:
    from counterseal.app.report.design_document import document_of
    from counterseal.app.report.design_page import page_of
    from counterseal.app.report.design_pdf import pdf_of

    told = document_of(study)
    if out_file is not None:
        _put(out_file, page_of(told).encode())
    if json_file is not None:
        made = {**study.document(), "document": told.document()}
        _put(json_file, json.dumps(made, ensure_ascii=False, indent=1).encode() + b"\n")
    if pdf_file is not None:
        _put(pdf_file, pdf_of(told, paper=paper))


def _put(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"wrote {path}")
