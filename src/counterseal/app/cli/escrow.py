"""``counterseal escrow``: commit to a complete declaration now, open it step by step, check the openings."""

import sys
from pathlib import Path
from typing import Any

import click

from counterseal.app.cli.options import (
    bundle_option,
    json_option,
    node_option,
    open_record,
    print_json,
    trust_option,
)
from counterseal.app.cli.party_keys import open_chosen_place, passphrase_option
from counterseal.crypto.encoding import is_hex32

NOT_VERIFIED = 1

_FILE = click.Path(path_type=Path)
_ROOM = click.option(
    "--room",
    nargs=3,
    type=click.IntRange(1, 4_194_304),
    metavar="SITES BUILDINGS ITEMS",
    help="Least number of places for sites, for buildings in each, for items in each: more tell less.",
)


@click.group("escrow")
def escrow() -> None:
    """Commit to a complete declaration, open it step by step, check what was opened."""


@escrow.command()
@click.argument("table", type=_FILE)
@click.option("--title", required=True, help="What it is, in words for everybody: it is public.")
@_ROOM
@click.option("--shares", metavar="K-of-N", help="Share the seed among N people, any K of whom can join it.")
@click.option("--shares-dir", type=_FILE, help="New folder for the shares, one file for each person.")
@click.option(
    "--shares-only", is_flag=True, help="Keep neither seed nor items in the node: the shares open it."
)
@node_option
@passphrase_option
@json_option
def commit(
    *,
    table: Path,
    title: str,
    room: tuple[int, int, int] | None,
    shares_only: bool,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    **sharing: Any,
) -> None:
    """Commit to every item in TABLE in one public record, which tells its title and a power of two, no more.

    TABLE is CSV, or a JSON list of objects: site, building, item, category, and any more columns.
    The node keeps what opens it, durably, before the record is signed. Keep TABLE as well: a lost seed, or a
    lost table, is a declaration that cannot be opened.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import escrow_files as files
    from counterseal.app.cli import escrow_view as view
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.escrow import commit_escrow
    from counterseal.services.escrow_secret import prepare_escrow

    custody = files.custody(sharing["shares"], sharing["shares_dir"])
    if shares_only and custody is None:
        raise click.UsageError("--shares-only: needs --shares and --shares-dir")
    place, randomness = open_chosen_place(node_dir, passphrase_file), SystemRandomness()
    node = place.node()
    prepared = prepare_escrow(files.items(table), title=title, room=files.shape(room), randomness=randomness)
    if custody is not None:
        files.write_shares(prepared, custody, randomness=randomness)
    secrets = None if shares_only else place.secrets()
    record = commit_escrow(node, prepared, secrets=secrets, clock=SystemClock(), randomness=randomness)
    publish_head(node)
    if as_json:
        print_json(view.committed_json(prepared, record, custody=custody, kept=not shares_only))
        return
    for line in view.committed_lines(prepared, record, custody=custody, kept=not shares_only):
        click.echo(line)


@escrow.command("open")
@click.argument("commitment")
@click.option("--treaty", is_flag=True, help="The header of all: totals by category, number of sites.")
@click.option("--sites", is_flag=True, help="The headers of all sites.")
@click.option("--buildings", multiple=True, metavar="SITE", help="The headers of a site and its buildings.")
@click.option("--site", multiple=True, metavar="SITE", help="All of a site.")
@click.option("--building", nargs=2, multiple=True, metavar="SITE BUILDING", help="All of a building.")
@click.option("--item", nargs=3, multiple=True, metavar="SITE BUILDING ITEM", help="One item.")
@click.option("--everything", is_flag=True, help="All of it.")
@click.option("--reason", required=True, help="Why, in words.")
@click.option("--stage", required=True, help="Step of the procedure under which it is opened.")
@click.option(
    "--to",
    "audience",
    multiple=True,
    default=("public",),
    show_default=True,
    metavar="PARTY",
    help="Who may read it: a party, or 'public'; may be repeated.",
)
@click.option("--share", "shares", multiple=True, type=_FILE, help="A share of the seed; needs --items.")
@click.option("--items", "table", type=_FILE, help="The table that was committed to; needed with --share.")
@_ROOM
@node_option
@passphrase_option
@json_option
def open_(
    *,
    commitment: str,
    reason: str,
    stage: str,
    audience: tuple[str, ...],
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Open parts of COMMITMENT (its record's whole id), in records of kind escrow.opening.

    Each covers one subtree, and tells nothing of what stands beside it. Where the node that made the
    commitment is lost, --share (as often as the threshold asks) and --items open it from another one.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli import escrow_files as files
    from counterseal.app.cli.bundle_view import printable
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.escrow import open_escrow
    from counterseal.services.escrow_openings import Step

    if not is_hex32(commitment):
        raise click.BadParameter(
            "must be a record's whole id, 64 hexadecimal digits", param_hint="COMMITMENT"
        )
    selections = files.selections(chosen)
    place = open_chosen_place(node_dir, passphrase_file)
    node = place.node()
    made = open_escrow(
        node,
        commitment,
        escrow=files.escrow_to_open(node, commitment, secrets=place.secrets(), given=chosen),
        selections=selections,
        step=Step(reason=reason, stage=stage, audience=audience),
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )
    publish_head(node)
    if as_json:
        print_json(
            {"commitment": commitment, "openings": list(made), "audience": sorted(audience), "stage": stage}
        )
        return
    click.echo(printable(f"{node.party} opens {commitment} to {', '.join(sorted(audience))}, {stage}:"))
    for record in made:
        click.echo(f"  record {record}")


@escrow.command()
@click.argument("commitment")
@click.option("--found", "table", type=_FILE, help="CSV or JSON table of what an inspector found.")
@node_option
@bundle_option
@trust_option
@json_option
def check(
    *,
    commitment: str,
    table: Path | None,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check all that was opened of COMMITMENT (its record's id, or 8 digits or more of it).

    Every opening has to lead to the committed root, and the headers to fit what is opened below them. With
    --found, each opened item is compared with what an inspector found. Exit status: 0 all that was opened is
    as was committed to, whatever was found in the field; 1 it is not, or nothing was opened yet.
    """
    from counterseal.app.cli import escrow_files as files
    from counterseal.app.cli import escrow_view as view
    from counterseal.services.escrow_chance import chances
    from counterseal.services.escrow_check import check_escrow
    from counterseal.services.escrow_compare import as_if_all_checked, compare

    rows = None if table is None else files.found_rows(table)
    book, _ = open_record(node_dir, bundle_dir, trust)
    result = check_escrow(book, commitment.lower())
    fieldwork = None if rows is None else compare(result.declared, rows)
    checked = as_if_all_checked(result.declared) if fieldwork is None else fieldwork.checked
    odds = chances(result.declared, checked)
    if as_json:
        print_json(view.check_json(result, fieldwork, odds))
    else:
        for line in view.check_lines(result, fieldwork, odds):
            click.echo(line)
    if not result.verified:
        sys.exit(NOT_VERIFIED)
