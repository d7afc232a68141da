"""``counterseal bundle``: exchange and hand over records, as a folder of files or as one ZIP."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.options import counted, json_option, node_option, open_chosen_node, print_json
from counterseal.errors import RefusedInputError

if TYPE_CHECKING:
    from datetime import datetime

    from counterseal.records.manifest import Manifest
    from counterseal.records.verification.source import BundleSource
    from counterseal.services.exchange import Taken
    from counterseal.services.node import Node

_STICK = click.Path(path_type=Path)


@click.group("bundle")
def bundle() -> None:
    """Export, import, inspect and unpack bundles of records."""


@bundle.command("export")
@click.argument("target", type=_STICK, metavar="FOLDER|FILE.zip")
@node_option
@click.option(
    "--to",
    multiple=True,
    metavar="PARTY",
    help="For whom it is made: a party, or 'public' (the default); may be repeated.",
)
@click.option("--zip", "packed", is_flag=True, help="Make one ZIP (a name that ends in .zip says so too).")
@click.option("--report", "with_report", is_flag=True, help="Put report, summary and findings into view/.")
@json_option
def export_(
    *,
    target: Path,
    node_dir: Path | None,
    to: tuple[str, ...],
    packed: bool,
    with_report: bool,
    as_json: bool,
) -> None:
    """Write everything that a node holds to FOLDER or FILE.zip, which must not exist.

    Every receiver has a count of its own, so that it sees when a stick is missing; the node keeps which
    bundle went out under which number (`counterseal status`). It holds the newest heads of all logs, and
    bodies that are not for everybody only as sealed to their readers.
    """
    from counterseal.app.bootstrap import SystemClock
    from counterseal.app.cli.bundle_view import exported_json, exported_text
    from counterseal.app.cli.sticks import ZIP, new_stick
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.export_bundle import export_bundle
    from counterseal.services.replay import ReplayClock

    node = open_chosen_node(node_dir)
    receivers, clock = (
        _receivers(node, to),
        ReplayClock(at=SystemClock().now()),
    )  # one day for view and manifest
    publish_head(node)
    views = _views(node, made=clock.now()) if with_report else {}
    with new_stick(target, packed=packed or target.name.endswith(ZIP)) as sink:
        manifest: Manifest = export_bundle(node, sink, clock=clock, views=views, to=receivers)
    if as_json:
        print_json(exported_json(manifest))
    else:
        click.echo(exported_text(manifest, target))


def _receivers(node: "Node", to: tuple[str, ...]) -> tuple[str, ...]:
    from counterseal.records.header import PUBLIC

    asked = tuple(sorted(set(to))) or PUBLIC
    if asked == PUBLIC:
        return PUBLIC
    known = sorted(str(party.code) for party in node.trust.parties if party.code != node.party)
    for reader in asked:
        if reader in PUBLIC:
            raise click.BadParameter("'public' is everybody: name no party beside it", param_hint="--to")
        if reader not in known:
            rule = (
                f"{reader!r} is no other party of the trust file; name one of {', '.join(known)}, or public"
            )
            raise click.BadParameter(rule, param_hint="--to")
    return asked


def _views(node: "Node", *, made: "datetime") -> dict[str, bytes]:
    """Return what anybody builds again from the bundle: by its own pack, up to the day that it is made."""
    from counterseal.app.present import present
    from counterseal.services.assess_record import assess_record
    from counterseal.services.export_bundle import write_record
    from counterseal.services.memory_bundle import MemoryBundle
    from counterseal.services.record_book import open_book

    memory = MemoryBundle()
    write_record(node, memory, own_eyes=False)
    book = open_book(memory)
    assessed = assess_record(book, pack=None, as_of=None, today=made.date())
    return present(assessed, book).views()


@bundle.command("import")
@click.argument("stick", type=_STICK, metavar="FOLDER|FILE.zip")
@node_option
@click.option("--no-receipt", is_flag=True, help="Do not countersign or acknowledge anything this time.")
@json_option
def import_(*, stick: Path, node_dir: Path | None, no_receipt: bool, as_json: bool) -> None:
    """Verify the bundle in FOLDER or FILE.zip and take over what it adds: all of it, or nothing.

    Records of others are countersigned as received, the bundle is acknowledged, and the heads that this
    node now holds whole are cosigned; an export then carries all of it back. (A bundle that brings nothing
    but acknowledgements is acknowledged together with the next one that brings more.) A bundle that shows
    another history than this node holds is refused, and the proof of the fork is kept, in the node's store
    and beside it.
    """
    from counterseal.app.cli.bundle_view import taken_json, taken_text
    from counterseal.app.cli.sticks import open_stick

    node = open_chosen_node(node_dir)
    taken = _take(node, open_stick(stick), node_dir=node_dir, receipts=not no_receipt)
    if as_json:
        print_json(taken_json(node, taken))
    else:
        click.echo(taken_text(node, taken))


def _take(node: "Node", source: "BundleSource", *, node_dir: Path | None, receipts: bool) -> "Taken":
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.cli.watched import watched
    from counterseal.services.errors import ForkFoundError
    from counterseal.services.exchange import take_bundle

    try:
        with watched(source) as seen:
            return take_bundle(
                node, seen, clock=SystemClock(), randomness=SystemRandomness(), receipts=receipts
            )
    except ForkFoundError as error:
        path = _write_fork_proof(node_dir, error.proof)
        raise ForkFoundError(f"{error}; the proof is in {path}", proof=error.proof) from error


def _write_fork_proof(node_dir: Path | None, proof: bytes) -> Path:
    from counterseal.app.storage.node_folder import find_node
    from counterseal.services.exchange import fork_name

    path = (node_dir if node_dir is not None else find_node(Path.cwd())) / fork_name(proof)
    path.write_bytes(proof)
    return path


@bundle.command()
@click.argument("stick", type=_STICK, metavar="FOLDER|FILE.zip")
@click.option("--node", "node_dir", type=_STICK, help="Say what the node in this folder could read of it.")
@json_option
def inspect(*, stick: Path, node_dir: Path | None, as_json: bool) -> None:
    """Show what the bundle in FOLDER or FILE.zip says it is: from whom, to whom, heads, kinds of record.

    Of bodies that are sealed it shows what their headers tell anybody: for whom, and how large at most.
    Its files are read as they are; whether they hold is what `counterseal verify` says.
    """
    from counterseal.app.cli.bundle_view import inspected_json, inspected_text
    from counterseal.app.cli.sticks import open_stick
    from counterseal.log.errors import LogError
    from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope
    from counterseal.records.errors import RecordError
    from counterseal.records.manifest import MANIFEST_NAME, parse_manifest, size_cap
    from counterseal.services.errors import BundleRefusedError
    from counterseal.services.inspect_bundle import sealed_bodies
    from counterseal.services.record_book import open_book

    source = open_stick(stick)
    node = None if node_dir is None else open_chosen_node(node_dir)
    try:
        data = source.read(MANIFEST_NAME, most=size_cap(MANIFEST_NAME))
        envelope = parse_envelope(data, payload_type=MANIFEST_TYPE, what=MANIFEST_NAME)
        manifest = parse_manifest(envelope.payload)
        book = open_book(source)
        sealed = sealed_bodies(source, book, node=node)
    except (RecordError, LogError) as error:
        raise BundleRefusedError(f"{stick}: cannot be read: {error}") from error
    document = inspected_json(manifest, book, sealed)
    if as_json:
        print_json(document)
    else:
        click.echo(inspected_text(document, stick))


@bundle.command()
@click.argument("file", type=_STICK, metavar="FILE.zip")
@click.argument("folder", type=_STICK)
@json_option
def unpack(*, file: Path, folder: Path, as_json: bool) -> None:
    """Unpack the bundle in FILE.zip into FOLDER, which must not exist: for the one-file verifier.

    Nothing is repaired: a ZIP with an odd name, a link, anything compressed, or a byte too many is refused.
    """
    from counterseal.app.cli.sticks import unpack_stick
    from counterseal.app.second_verifier import NAME
    from counterseal.records.errors import RecordError

    try:
        count = unpack_stick(file, folder)
    except RecordError as error:
        raise RefusedInputError(f"{file}: cannot be unpacked: {error}") from error
    if as_json:
        print_json({"folder": str(folder), "files": count})
    else:
        click.echo(f"{folder}: {counted(count, 'file')}, as they were packed; not verified by this command")
        click.echo(f"check them: python {NAME} {folder} --trust FINGERPRINT")
