"""``counterseal barrier template``: a template of genuine runs, committed to, with limits from repeats."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

import click

from counterseal.app.cli.options import json_option, print_json

if TYPE_CHECKING:
    from counterseal.measurement.spectrum import Spectrum
    from counterseal.measurement.template import Template
    from counterseal.measurement.template_counts import Grid

_FILE = click.Path(path_type=Path)


class TemplateGiven(TypedDict):
    """The options that describe a template, as they were typed."""

    runs: tuple[Path, ...]
    background: Path | None
    repeats: tuple[Path, ...]
    repeats_background: Path | None
    from_kev: str
    to_kev: str
    edges: str
    false_reject: str
    out: Path
    salt: Path


@click.command("template")
@click.argument("runs", metavar="RUN...", type=_FILE, nargs=-1, required=True)
@click.option("--background", type=_FILE, help="The place without the item, when the runs were taken.")
@click.option("--repeat", "repeats", type=_FILE, multiple=True, help="Other runs of the genuine item.")
@click.option("--repeats-background", type=_FILE, help="The place without it, when the repeats were taken.")
@click.option("--from-kev", required=True, metavar="KEV", help="Lowest energy that is compared.")
@click.option("--to-kev", required=True, metavar="KEV", help="Highest energy that is compared.")
@click.option(
    "--edges", metavar="N,N,...", help="Edges of the bins in 256 channels (default: the 12 published bins)."
)
@click.option(
    "--false-reject", default="0.05", show_default=True, help="Share of genuine items that may be rejected."
)
@click.option("--out", required=True, type=_FILE, help="Write the template to this new file; it is secret.")
@click.option("--salt", required=True, type=_FILE, help="Keep the salt in this new file; it is secret.")
@json_option
def template(*, as_json: bool, **given: "Unpack[TemplateGiven]") -> None:
    """Make a template of RUNs of a genuine item, and print what a protocol says of it.

    With repeats of the same item, the limits and systematic uncertainties come from their scatter; without,
    the parties bring their own.
    """
    from counterseal.app.bootstrap import SystemRandomness
    from counterseal.app.cli.measurement_store import commit_template

    made, grid = _made(given)
    settings = _settings(made, grid, given)
    commitment = commit_template(
        _written(made), out=given["out"], salt=given["salt"], randomness=SystemRandomness()
    )
    document = {"template": {"commitment": commitment, "settings": settings}}
    if as_json:
        print_json(document)
        return
    from json import dumps

    click.echo("# question of a protocol; what is null is for the parties to set")
    click.echo(f"question: {dumps(document)}")


def _made(given: TemplateGiven) -> "tuple[Template, Grid]":
    from counterseal.barrier.protocol_form import Part
    from counterseal.measurement.template_build import build_template
    from counterseal.measurement.template_counts import PUBLISHED_EDGES, Grid

    low, high = (
        Part(value=given[name], path=(f"--{name.replace('_', '-')}",)).decimal()
        for name in ("from_kev", "to_kev")
    )
    edges = PUBLISHED_EDGES if given["edges"] is None else _whole_numbers(given["edges"])
    grid = Grid(range_kev=(low, high), edges=edges)
    runs = tuple(spectrum for path in given["runs"] for spectrum in _spectra(path))
    background = None if given["background"] is None else _one(given["background"])
    return build_template(runs, background=background, grid=grid, landmark=None), grid


def _whole_numbers(text: str) -> tuple[int, ...]:
    from counterseal.errors import RefusedInputError

    fields = text.split(",")
    if not all(field.isascii() and field.isdigit() for field in fields):
        raise RefusedInputError(f"--edges {text!r}: must be whole numbers with commas between them")
    return tuple(map(int, fields))


def _settings(made: "Template", grid: "Grid", given: TemplateGiven) -> dict[str, Any]:
    from counterseal.barrier.protocol_form import Part
    from counterseal.barrier.settings import decimal_text
    from counterseal.measurement.template_build import limits_from_repeats

    document: dict[str, Any] = {
        "grid": {"range_kev": list(map(decimal_text, grid.range_kev)), "edges": list(grid.edges)},
        "systematic": None,
        "chi_square_limit": None,
        "kolmogorov_limit": None,
        "least_counts": None,
        "rate": None,
        "landmark": None,
    }
    if not given["repeats"]:
        return document
    background = given["repeats_background"]
    limits = limits_from_repeats(
        made,
        repeats=tuple(spectrum for path in given["repeats"] for spectrum in _spectra(path)),
        repeats_background=None if background is None else _one(background),
        grid=grid,
        false_reject=Part(value=given["false_reject"], path=("--false-reject",)).decimal(),
    )
    return document | {
        "systematic": list(map(decimal_text, limits.systematic)),
        "chi_square_limit": decimal_text(limits.chi_square_limit),
        "kolmogorov_limit": decimal_text(limits.kolmogorov_limit),
        "least_counts": limits.least_counts,
    }


def _spectra(path: Path) -> "tuple[Spectrum, ...]":
    from counterseal.app.cli.measurement_store import read_capped
    from counterseal.barrier.wire import MAX_INPUT_BYTES
    from counterseal.errors import RefusedInputError
    from counterseal.measurement.readers import read_spectra

    try:
        return read_spectra(read_capped(path, most=MAX_INPUT_BYTES))
    except RefusedInputError as error:
        raise RefusedInputError(f"{path}: {error}") from error


def _one(path: Path) -> "Spectrum":
    from counterseal.errors import RefusedInputError

    found = _spectra(path)
    if len(found) != 1:
        raise RefusedInputError(f"{path}: {len(found)} spectra, a background is one")
    return found[0]


def _written(made: "Template") -> bytes:
    """Return the file of a template: its runs by number, and the background under its name."""
    from dataclasses import replace

    from counterseal.measurement.template import BACKGROUND
    from counterseal.measurement.writers.n42_2012 import write_n42_2012

    named = [replace(run, name=f"run-{number}") for number, run in enumerate(made.runs, start=1)]
    if made.background is not None:
        named.append(replace(made.background, name=BACKGROUND))
    return write_n42_2012(named)
