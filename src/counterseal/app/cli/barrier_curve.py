"""``counterseal barrier curve``: the operating curve of a protocol, before anybody agrees to it."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from counterseal.app.cli.options import json_option, print_json

if TYPE_CHECKING:
    from counterseal.app.cli.barrier_curve_plan import CurveGiven

DEFAULT_RUNS = 200
_FILE = click.Path(path_type=Path)


@click.command("curve")
@click.argument("protocol_file", metavar="PROTOCOL.yaml", type=_FILE)
@click.option(
    "--items", "items_file", type=_FILE, help="Simulate on these items (default: generic made-up ones)."
)
@click.option("--seed", required=True, type=click.IntRange(0), help="All chance follows from this number.")
@click.option(
    "--runs", type=click.IntRange(1), default=DEFAULT_RUNS, show_default=True, help="Attempts a point."
)
@click.option(
    "--times", metavar="S,S,...", help="Counting times [s] (default: a quarter to twice the agreed one)."
)
@click.option("--thresholds", metavar="F,F,...", help="Factors of all thresholds (default: 0.8,1,1.25).")
@click.option("--systematics", metavar="F,F,...", help="Factors of all systematic terms (default: 0,1,2).")
@click.option("--vary", multiple=True, metavar="PLACE=N,N,...", help="Vary another number of the protocol.")
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="Processes (default: one a processor); same figures."
)
@click.option("--out", "out_dir", type=_FILE, help="Write curve.json, items.yaml and plots (SVG, PNG) here.")
@json_option
def curve(*, protocol_file: Path, out_dir: Path | None, as_json: bool, **given: "Unpack[CurveGiven]") -> None:
    """Show how often PROTOCOL.yaml would err, and what it can disclose, by simulation with the same code.

    Host risk: a genuine item comes out as not confirmed. Inspector risk: an item without what is asked for
    comes out as confirmed. Both against counting time, thresholds and systematic terms, with exact intervals.
    """
    from counterseal.app.cli import barrier_curve_plan as planning
    from counterseal.app.cli import barrier_curve_view as view

    if out_dir is not None:
        planning.require_free(out_dir)
    plan, items_document = planning.planned(protocol_file, given)
    found = planning.worked_out(plan, jobs=given["jobs"])
    document = view.curve_json(found)
    if out_dir is not None:
        document["files"] = planning.write_all(out_dir, found, document, items_document)
    if as_json:
        print_json(document)
    else:
        click.echo(view.curve_text(document))
