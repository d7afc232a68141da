"""``counterseal bundle``: exchange and hand over records as folders of files."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import (
    json_option,
    node_option,
    open_chosen_node,
    print_json,
)

if TYPE_CHECKING:
    from counterseal.records.manifest import Manifest
    from counterseal.services.node import Node
    from counterseal.services.record_book import RecordBook


@click.group("bundle")
def bundle() -> None:
    """Export, import and inspect bundles of records."""


@bundle.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@node_option
@click.option("--to", multiple=True, metavar="PARTY", help="For whom it is made (default: the public).")
@click.option("--report", "with_report", is_flag=True, help="Put report, summary and findings into view/.")
@json_option
def export_(
    *, folder: Path, node_dir: Path | None, to: tuple[str, ...], with_report: bool, as_json: bool
) -> None:
    """Write everything that a node holds to FOLDER, which must not exist."""
    from counterseal.app.bootstrap import SystemClock
    from counterseal.app.storage.bundle_folder import new_bundle
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.export_bundle import export_bundle

    node = open_chosen_node(node_dir)
    clock = SystemClock()
    publish_head(node)
    views = _views(node) if with_report else {}
    with new_bundle(folder) as sink:
        manifest = export_bundle(
            node, sink, clock=clock, views=views, to=tuple(sorted(set(to))) or ("public",)
        )
    if as_json:
        print_json(_manifest_json(manifest))
        return
    records = sum(head.size for head in manifest.heads)
    click.echo(
        f"{folder}: {records} records in {len(manifest.heads)} logs, "
        f"{len(manifest.files)} files and the manifest"
    )


def _views(node: "Node") -> dict[str, bytes]:
    from counterseal.app.bootstrap import SystemClock
    from counterseal.app.present import present
    from counterseal.services.assess_record import assess_record
    from counterseal.services.export_bundle import write_record
    from counterseal.services.memory_bundle import MemoryBundle
    from counterseal.services.record_book import open_book

    memory = MemoryBundle()
    write_record(node, memory)
    book = open_book(memory)
    assessed = assess_record(book, pack=node.pack, as_of=None, today=SystemClock().now().date())
    return present(assessed, book).views()


@bundle.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@node_option
@click.option("--no-receipt", is_flag=True, help="Do not countersign new records as received.")
@json_option
def import_(*, folder: Path, node_dir: Path | None, no_receipt: bool, as_json: bool) -> None:
    """Verify the bundle in FOLDER and take over what it adds: all of it, or nothing.

    New records of others are countersigned as received, and the heads that this node now holds whole are
    cosigned; an export then carries both back. A bundle that shows another history than this node holds is
    refused, and the proof of the fork is written beside the node's store.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.app.storage.bundle_folder import open_bundle
    from counterseal.services.checkpointing import cosign_heads, publish_head
    from counterseal.services.errors import ForkFoundError
    from counterseal.services.import_bundle import import_bundle
    from counterseal.services.receive import acknowledge

    node = open_chosen_node(node_dir)
    clock = SystemClock()
    try:
        report = import_bundle(node, open_bundle(folder))
    except ForkFoundError as error:
        path = _keep_fork_proof(node_dir, error.proof)
        raise ForkFoundError(f"{error}; the proof is in {path}", proof=error.proof) from error
    receipts: tuple[str, ...] = ()
    if not no_receipt:
        receipts = acknowledge(node, report.records, clock=clock, randomness=SystemRandomness())
        publish_head(node)
    cosigned = cosign_heads(node, clock=clock)
    if as_json:
        print_json({"new_records": list(report.records), "receipts": list(receipts), "cosigned": cosigned})
        return
    click.echo(
        f"{len(report.records)} new records, {len(receipts)} countersigned as received, "
        f"{cosigned} heads cosigned"
    )


def _keep_fork_proof(node_dir: Path | None, proof: bytes) -> Path:
    from hashlib import sha256

    from counterseal.app.storage.node_folder import find_node

    folder = node_dir if node_dir is not None else find_node(Path.cwd())
    path = folder / f"fork-{sha256(proof).hexdigest()[:16]}.json"
    path.write_bytes(proof)
    return path


@bundle.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def inspect(*, folder: Path, as_json: bool) -> None:
    """Show what the bundle in FOLDER says it is: from whom, to whom, heads, kinds of record.

    Its files are read as they are; whether they hold is what `counterseal verify` says.
    """
    from counterseal.app.storage.bundle_folder import open_bundle
    from counterseal.records.envelope import MANIFEST_TYPE, parse_envelope
    from counterseal.records.errors import RecordError
    from counterseal.records.manifest import MANIFEST_NAME, parse_manifest, size_cap
    from counterseal.services.errors import BundleRefusedError
    from counterseal.services.record_book import open_book

    source = open_bundle(folder)
    try:
        data = source.read(MANIFEST_NAME, most=size_cap(MANIFEST_NAME))
        envelope = parse_envelope(data, payload_type=MANIFEST_TYPE, what=MANIFEST_NAME)
        manifest = parse_manifest(envelope.payload)
        book = open_book(source)
    except RecordError as error:
        raise BundleRefusedError(f"{folder}: cannot be read: {error}") from error
    document = _manifest_json(manifest) | {"records": _kinds(book)}
    if as_json:
        print_json(document)
    else:
        _show(document, folder)


def _kinds(book: "RecordBook") -> list[dict[str, Any]]:
    counted = Counter(
        (entry.header.author, entry.header.kind, entry.statement is not None) for entry in book.entries
    )
    return [
        {"author": author, "kind": kind, "opened": opened, "count": count}
        for (author, kind, opened), count in sorted(counted.items())
    ]


def _manifest_json(manifest: "Manifest") -> dict[str, Any]:
    from counterseal.terms.times import format_instant

    return {
        "treaty": manifest.treaty,
        "from": manifest.sender,
        "to": list(manifest.to),
        "created": format_instant(manifest.created),
        "sequence": manifest.sequence,
        "files": len(manifest.files),
        "bytes": sum(item.size for item in manifest.files),
        "heads": [{"origin": h.origin, "size": h.size, "root": h.root} for h in manifest.heads],
    }


def _show(document: dict[str, Any], folder: Path) -> None:
    click.echo(
        f"{folder}: bundle no. {document['sequence']} from {document['from']} to {', '.join(document['to'])}"
    )
    click.echo(
        f"  treaty {document['treaty']}, made {document['created']}, {document['files']} files, "
        f"{document['bytes']} bytes"
    )
    for item in document["heads"]:
        click.echo(f"  log {item['origin']}: {item['size']} records, root {item['root']}")
    for item in document["records"]:
        state = "" if item["opened"] else " (body withheld)"
        click.echo(f"  {item['count']:>6} {item['kind']} by {item['author']}{state}")
    click.echo("Not verified by this command: see counterseal verify.")
