"""``counterseal campaign``: many simulated lives of a regime, on a machine or cluster, kept in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from counterseal.app.cli.options import json_option, print_json
from counterseal.app.cli.plain_names import PlainGroup
from counterseal.errors import WorkplaceError

if TYPE_CHECKING:
    from counterseal.app.campaigns.engines import Engine
    from counterseal.app.campaigns.store import CampaignFolder
    from counterseal.design.campaigns.question import Level, Start

_PATH = click.Path(path_type=Path, readable=False)
_ENGINE = click.option(
    "--engine",
    type=click.Choice(["pool", "dask", "serial"]),
    default="pool",
    show_default=True,
    help="Processes of this machine, a Dask cluster, or one block after the other.",
)
_WORKERS = click.option(
    "--workers", type=click.IntRange(1, 1024), help="Processes (default: one a processor core)."
)
_ADDRESS = click.option(
    "--address", metavar="ADDR", help="Scheduler of a Dask cluster (default: one is started here)."
)
_UNFINISHED = 4


class _RunGiven(TypedDict):
    """The options of a new campaign, as they were typed."""

    seed: int
    runs: int
    strategies: tuple[str, ...]
    level: "Level"
    start: str
    block_runs: int | None


@click.group("campaign", cls=PlainGroup)
def campaign() -> None:
    """Simulate a regime against strategies, many times, with the exact figures beside."""


@campaign.command()
@click.argument("effort", type=_PATH)
@click.option("--out", "folder", required=True, type=_PATH, help="Folder of the campaign; made.")
@click.option("--seed", required=True, type=click.IntRange(0, 2**64 - 1), help="Master seed.")
@click.option(
    "--runs",
    type=click.IntRange(1, 10**9),
    default=1_000_000,
    show_default=True,
    help="Runs of each strategy.",
)
@click.option(
    "--strategy", "strategies", multiple=True, metavar="NAME", help="Play this one alone; may be repeated."
)
@click.option(
    "--level",
    type=click.Choice(["event", "item", "law"]),
    default="event",
    show_default=True,
    help="Play visits that matter; every visit, item and test; or one draw from the exponential law.",
)
@click.option(
    "--start",
    default="random",
    show_default=True,
    metavar="random|first|DAY",
    help="When strategies begin: at a random date, on the first day, or on a day counted from it.",
)
@click.option(
    "--block", "block_runs", type=click.IntRange(1, 2_000_000), help="Runs of a block (default: about 0.5 s)."
)
@_ENGINE
@_WORKERS
@_ADDRESS
@json_option
def run(
    *,
    effort: Path,
    folder: Path,
    engine: str,
    workers: int | None,
    address: str | None,
    as_json: bool,
    **given: "Unpack[_RunGiven]",
) -> None:
    """Begin a campaign of the strategies in the file EFFORT, and work it out.

    What is finished is kept: after a power cut or an interrupt, `counterseal campaign resume` goes on.
    """
    from counterseal.app.campaigns.setup import setup_of
    from counterseal.app.campaigns.store import create
    from counterseal.app.cli.campaign_begin import require_place, require_scheduler
    from counterseal.app.cli.effort_files import read_effort_source

    chosen = _engine(engine, workers, address)
    file = read_effort_source(effort)
    setup = setup_of(
        file,
        seed=given["seed"],
        runs=given["runs"],
        level=given["level"],
        start=_start(given["start"]),
        strategies=given["strategies"],
        block_runs=given["block_runs"],
    )
    require_place(folder)
    require_scheduler(address)
    _work(create(folder, setup, file=file), chosen, as_json=as_json)


@campaign.command()
@click.argument("folder", metavar="DIR", type=_PATH)
@_ENGINE
@_WORKERS
@_ADDRESS
@json_option
def resume(*, folder: Path, engine: str, workers: int | None, address: str | None, as_json: bool) -> None:
    """Work out the blocks of the campaign in DIR that are missing, torn or failed; the engine may differ."""
    from counterseal.app.campaigns.store import open_folder

    _work(open_folder(folder), _engine(engine, workers, address), as_json=as_json)


@campaign.command()
@click.argument("folder", metavar="DIR", type=_PATH)
@json_option
def status(*, folder: Path, as_json: bool) -> None:
    """Say how far the campaign in DIR is, which blocks are torn or failed, and what it estimates so far."""
    from counterseal.app.campaigns.status import status as status_of
    from counterseal.app.campaigns.store import open_folder
    from counterseal.app.cli import campaign_view as view

    found = status_of(open_folder(folder))
    if as_json:
        print_json(found.document())
    else:
        click.echo(view.status_text(found, folder=folder))


@campaign.command()
@click.argument("folder", metavar="DIR", type=_PATH)
@json_option
def summarise(*, folder: Path, as_json: bool) -> None:
    """Show estimates with intervals, exact values beside them, and delays, from stored blocks.

    Where blocks are missing or torn it says so, and ends with 4.
    """
    from counterseal.app.campaigns.store import open_folder

    _show(open_folder(folder), as_json=as_json)


def _work(opened: "CampaignFolder", engine: "Engine", *, as_json: bool) -> None:
    """Run what is missing, show how far it is, and then the summary; end with 4 where blocks failed."""
    from counterseal.app.campaigns.runner import Runner
    from counterseal.app.cli import campaign_view as view

    runner, go_on = Runner(campaign=opened, engine=engine), view.resume_text(opened.folder)
    try:
        view.watch(runner.run())
    except KeyboardInterrupt:
        click.echo(f"\nended early, what is stored is kept; go on with: {go_on}", err=True)
        raise
    except WorkplaceError:
        click.echo(f"nothing that is stored is lost; when this is mended, go on with: {go_on}", err=True)
        raise
    if runner.failures:
        click.echo(view.failures_text(runner.failures, folder=opened.folder), err=True)
        raise click.exceptions.Exit(_UNFINISHED)
    _show(opened, as_json=as_json)


def _show(opened: "CampaignFolder", *, as_json: bool) -> None:
    """Show the summary of what is stored; end with 4, and say so, where that is not everything."""
    from counterseal.app.campaigns.summaries import answers, summary_document
    from counterseal.app.cli import campaign_view as view

    answered = answers(opened)
    if as_json:
        print_json(summary_document(opened, answered))
    elif answered.given:
        click.echo(view.summary_text(answered, setup=opened.setup))
    if answered.missing:
        click.echo(view.missing_text(answered, folder=opened.folder), err=as_json)
        raise click.exceptions.Exit(_UNFINISHED)


def _engine(name: str, workers: int | None, address: str | None) -> "Engine":
    from counterseal.app.campaigns.dask_engine import DaskCluster
    from counterseal.app.campaigns.engines import Serial
    from counterseal.app.campaigns.pool import Pool, usual_workers

    if address is not None and name != "dask":
        raise click.UsageError("--address goes with --engine dask")
    if workers is not None and (name == "serial" or address is not None):
        raise click.UsageError("--workers goes with --engine pool, or with a Dask cluster started here")
    number = usual_workers() if workers is None else workers
    if name == "dask":
        return DaskCluster(address=address, workers=number)
    return Serial() if name == "serial" else Pool(number)


def _start(text: str) -> "Start":
    if text == "random":
        return "random"
    if text == "first":
        return "first"
    try:
        return float(text)
    except ValueError as error:
        rule = f"{text!r}: must be random, first or a number of days"
        raise click.BadParameter(rule, param_hint="--start") from error
