"""``counterseal demo``: replay a treaty from the figures that its parties published."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.options import json_option, print_json

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from counterseal.app.demo import DemoResult, Material

DEFAULT_TREATY = "new-start"
NOT_VERIFIED = 1
_STEPS = {
    "nodes": "Making keys and a node for each party",
    "replay": "Replaying the published record",
    "assess": "Assessing every date in each party's reading",
    "bundle": "Writing the bundle",
    "verify": "Verifying it twice",
}


@click.command("demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Folder to make."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Number of the rehearsal."
)
@click.option(
    "--treaty",
    default=DEFAULT_TREATY,
    show_default=True,
    metavar="NAME|FOLDER",
    help="A packaged treaty, or your own: a folder with pack.yaml and published.yaml.",
)
@json_option
def demo(*, out: Path, seed: int, treaty: str, as_json: bool) -> None:
    """Replay a treaty from the figures that its parties published.

    Each party has its own node, keys and store on this machine. What they published becomes a signed,
    countersigned, logged record; every date is assessed in each party's reading; a bundle is exported and
    verified by two programs that share no code.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from counterseal.app.demo import run_demo

    material = _material(treaty)
    first, last = material.pack.life.in_force, material.published.until
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<46}"), BarColumn(), TextColumn("{task.fields[day]:<10}"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(_STEPS["nodes"], total=(last - first).days + 1, day="")

        def show(step: str, day: "date | None") -> None:
            done = None if day is None else (day - first).days
            bar.update(task, description=_STEPS[step], completed=done, day=str(day or ""))

        result = run_demo(out, material, seed=seed, progress=show)
    if as_json:
        _print(result)
    else:
        _show(Console(), result)
    if not (result.first.verified and result.second.status == 0):
        sys.exit(NOT_VERIFIED)


def _material(treaty: str) -> "Material":
    from counterseal.app.cli.treaty_files import folder_named, pack_text_named
    from counterseal.app.demo import Material
    from counterseal.errors import RefusedInputError

    given = folder_named(treaty)
    if given.published is None:
        raise RefusedInputError(f"{given.where}: no published.yaml beside the pack, so nothing to replay")
    return Material(pack=given.pack, pack_bytes=pack_text_named(treaty), published=given.published)


def _print(result: "DemoResult") -> None:
    print_json(
        {
            "out": str(result.out),
            "treaty": result.assessed.pack.id,
            "findings": len(result.assessed.findings),
            "counts": dict(result.first.counts),
            "verified": {
                "counterseal": result.first.verified,
                "verify_bundle.py": result.second.status == 0,
            },
            "fingerprints": {
                "trust": result.book.trust.fingerprint,
                "roots": {str(party.code): party.fingerprint for party in result.book.trust.parties},
            },
        }
    )


def _show(console: "Console", result: "DemoResult") -> None:
    from counterseal.app.cli.demo_view import show_demo

    show_demo(console, result)
