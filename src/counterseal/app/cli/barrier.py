"""``counterseal barrier``: measure behind the information barrier what two parties agreed on, no more.

Agreeing to a protocol, a dossier or a join is `counterseal log countersign RECORD --meaning agreed`; what
is said travels in bundles.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from counterseal.app.cli.barrier_curve import curve
from counterseal.app.cli.barrier_template import template
from counterseal.app.cli.options import (
    bundle_option,
    json_option,
    node_option,
    open_record,
    print_json,
    trust_option,
)
from counterseal.app.cli.party_keys import open_chosen_place, passphrase_option

if TYPE_CHECKING:
    from counterseal.app.cli.barrier_steps import AttemptGiven, RunGiven
    from counterseal.services.measurement import Desk
    from counterseal.services.record_book import RecordBook
    from counterseal.treaty.pack import Pack

NOT_ACCEPTED = 1
_FILE = click.Path(path_type=Path)
_FOLDER = click.Path(path_type=Path)
_PROTOCOL = click.argument("protocol_file", metavar="PROTOCOL.yaml", type=_FILE)
_AT_NODE = click.option("--node", "node_dir", type=_FOLDER, help="Put it on the record of this node.")


@click.group("barrier")
def barrier() -> None:
    """Agree on, run and check measurements of which one answer leaves a closed room."""


barrier.add_command(curve)
barrier.add_command(template)


@barrier.command()
@_PROTOCOL
@_AT_NODE
@click.option("--item", help="With --node: open an attempt on this item (host), or join it (inspector).")
@click.option("--copy", help="Copy of the equipment that will be used; goes with --dossier.")
@click.option("--dossier", metavar="RECORD", help="Record id of the dossier of the equipment.")
@click.option("--draw", metavar="RECORD", help="Record id of the joint draw that the copy came from.")
@click.option("--parts", type=_FILE, help="Write this party's token parts to this new file, for the device.")
@passphrase_option
@json_option
def prepare(
    *,
    protocol_file: Path,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    **given: "Unpack[AttemptGiven]",
) -> None:
    """Check PROTOCOL.yaml and say what it discloses; with --node, take the next step on the record.

    The first call with --node puts the protocol on the record; the other party countersigns it. With
    --item the host opens an attempt, and the inspector joins the newest one on that item.
    """
    from counterseal.app.cli import barrier_steps as steps
    from counterseal.app.cli import barrier_view as view

    protocol = steps.checked_protocol(protocol_file)
    document = view.protocol_json(protocol)
    others = [given[name] for name in ("copy", "dossier", "draw", "parts")]
    if (given["item"] is not None and node_dir is None) or (any(others) and given["item"] is None):
        raise click.UsageError("--item goes with --node, and what describes an attempt with --item")
    if (given["copy"] is None) != (given["dossier"] is None) or (given["draw"] and not given["dossier"]):
        raise click.UsageError("--copy and --dossier go together, and --draw with them")
    if node_dir is not None:
        desk = _desk(node_dir, passphrase_file)
        document |= steps.held_against_treaty(desk, protocol)
        document |= (
            steps.propose(desk, protocol) if given["item"] is None else steps.attempt(desk, protocol, given)
        )
    if as_json:
        print_json(document)
    else:
        click.echo(view.protocol_text(document))


@barrier.command()
@json_option
def attributes(*, as_json: bool) -> None:
    """List what can be asked of an item, and the settings that a protocol must state for it."""
    from counterseal.app.cli import barrier_view as view

    document = view.attributes_json()
    if as_json:
        print_json(document)
    else:
        click.echo(view.attributes_text(document))


@barrier.command()
@click.argument("dossier_file", metavar="DOSSIER.yaml", type=_FILE)
@_AT_NODE
@passphrase_option
@json_option
def dossier(
    *, dossier_file: Path, node_dir: Path | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Check the dossier of the equipment; with --node, the host certifies it by putting it on the record.

    The inspector authenticates it by `counterseal log countersign RECORD --meaning agreed`.
    """
    from counterseal.app.cli import barrier_view as view
    from counterseal.app.cli.barrier_files import read_dossier_file
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.measurement import propose_dossier

    paper = read_dossier_file(dossier_file)
    document = view.dossier_json(paper)
    if node_dir is not None:
        desk = _desk(node_dir, passphrase_file)
        document |= {"record": propose_dossier(desk, paper)}
        publish_head(desk.node)
    if as_json:
        print_json(document)
    else:
        click.echo(view.dossier_text(document))


@barrier.command()
@_PROTOCOL
@click.option("--check-source", type=_FILE, help="What the check source gave; measured first.")
@click.option("--background", "backgrounds", type=_FILE, multiple=True, help="The place without the item.")
@click.option("--item", "items", type=_FILE, multiple=True, required=True, help="What the item gave.")
@click.option("--template", type=_FILE, help="The template, where the protocol asks for one.")
@click.option("--template-salt", type=_FILE, help="The salt of its commitment.")
@click.option("--item-name", help="Id of the item (default: the name of its first file).")
@click.option(
    "--ledger", type=_FILE, help="Ledger of attempts (default: attempts.ledger beside the protocol)."
)
@click.option("--node", "node_dir", type=_FOLDER, help="The host's node, for an attempt on its record.")
@click.option("--attempt", metavar="RECORD", help="With --node: the attempt, countersigned by both.")
@click.option("--inspector-parts", type=_FILE, help="With --node: the inspector's token parts.")
@passphrase_option
@json_option
def run(
    *,
    protocol_file: Path,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    **given: "Unpack[RunGiven]",
) -> None:
    """Measure an item as PROTOCOL.yaml says, in a sealed process; one answer comes out, at its tick.

    Refused where the machine cannot seal. Every attempt is written down before it runs.
    """
    from counterseal.app.cli import barrier_steps as steps
    from counterseal.app.cli import barrier_view as view

    at_node = given["attempt"] is not None and given["inspector_parts"] is not None
    if at_node != (node_dir is not None) or (given["attempt"] is None) != (given["inspector_parts"] is None):
        raise click.UsageError("--node, --attempt and --inspector-parts go together")
    if node_dir is None:
        answer = steps.run_alone(protocol_file, given)
    elif given["item_name"] is not None or given["ledger"] is not None:
        raise click.UsageError("--item-name and --ledger are for a run without a node")
    else:
        answer = steps.run_at_node(_desk(node_dir, passphrase_file), protocol_file, given)
    if as_json:
        print_json(view.answer_json(answer))
    else:
        click.echo(view.answer_text(answer))


@barrier.command()
@click.argument("attempt", metavar="ATTEMPT")
@node_option
@passphrase_option
@json_option
def outcome(*, attempt: str, node_dir: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Show the outcome of ATTEMPT after checking its token; at the inspector's node, countersign it."""
    from counterseal.app.cli import barrier_steps as steps
    from counterseal.app.cli import barrier_view as view

    document = steps.outcome_json(_desk(node_dir, passphrase_file), attempt.lower())
    if as_json:
        print_json(document)
    else:
        click.echo(view.outcome_text(document))


@barrier.command()
@node_option
@bundle_option
@trust_option
@json_option
def check(*, node_dir: Path | None, bundle_dir: Path | None, trust: tuple[str, ...], as_json: bool) -> None:
    """Check all measurements on a record, rule by rule, from the record alone.

    Exit status: 0 accepted; 1 no outcome (yet), or something speaks against one.
    """
    from counterseal.app.cli import barrier_view as view
    from counterseal.services.measurement_check import check_measurements

    book, pack = open_record(node_dir, bundle_dir, trust)
    report = check_measurements(book, pack=pack or _agreed_pack(book))
    if as_json:
        print_json(view.report_json(report))
    else:
        click.echo(view.report_text(report))
    if not report.accepted:
        sys.exit(NOT_ACCEPTED)


def _agreed_pack(book: "RecordBook") -> "Pack | None":
    """Return the treaty pack that every State has agreed to on a record, or None where none can be read."""
    from counterseal.services.assess_record import agreed_pack
    from counterseal.services.errors import ServiceError
    from counterseal.treaty.errors import PackError

    try:
        return agreed_pack(book)
    except (ServiceError, PackError) as error:
        click.echo(f"note: no treaty pack: {error}", err=True)
        return None


def _desk(node_dir: Path | None, passphrase_file: Path | None) -> "Desk":
    """Open a node, its record with everything that it has signed under a head, and its secrets."""
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.export_bundle import write_record
    from counterseal.services.measurement import Desk
    from counterseal.services.memory_bundle import MemoryBundle
    from counterseal.services.record_book import open_book

    place, memory = open_chosen_place(node_dir, passphrase_file), MemoryBundle()
    node = place.node()
    publish_head(node)
    write_record(node, memory)
    return Desk(
        node=node,
        book=open_book(memory),
        secrets=place.secrets(),
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )
