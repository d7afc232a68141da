"""``counterseal log``: heads of logs, proofs of single records, and their verification."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.log_witness import attach, check, policy, request, witness
from counterseal.app.cli.options import (
    bundle_option,
    counted,
    json_option,
    node_option,
    open_chosen_node,
    open_record,
    parse_pins,
    print_json,
    trust_option,
)
from counterseal.crypto.encoding import is_hex32
from counterseal.errors import RefusedInputError, WorkplaceError

if TYPE_CHECKING:
    from counterseal.services.record_book import RecordBook

NOT_VERIFIED = 1
_MAX_BYTES = 16 * 2**20


@click.group("log")
def log() -> None:
    """Show log heads, countersign and prove records, witness heads."""


for command in (attach, check, policy, request, witness):
    log.add_command(command)


@log.command()
@node_option
@bundle_option
@trust_option
@json_option
def head(*, node_dir: Path | None, bundle_dir: Path | None, trust: tuple[str, ...], as_json: bool) -> None:
    """Show the newest checkpoint of every log, and who has cosigned it."""
    book, _ = open_record(node_dir, bundle_dir, trust)
    heads = [_head(book, origin) for origin in sorted(book.heads)]
    if as_json:
        print_json({"heads": heads})
        return
    for item in heads:
        click.echo(f"{item['origin']}: {counted(item['size'], 'record')}, {item['state']}")
        click.echo(f"  root    {item['root']}")
        click.echo(f"  seen by {', '.join(item['cosigners']) or 'nobody yet'}")


def _head(book: "RecordBook", origin: str) -> dict[str, Any]:
    newest = book.heads[origin].newest.checkpoint
    state, cosigners = book.state(origin)
    return {
        "origin": origin,
        "party": book.heads[origin].log.party,
        "size": newest.size,
        "root": newest.root.hex(),
        "checkpoint": newest.checkpoint_id,
        "state": state,
        "cosigners": list(cosigners),
    }


@log.command()
@click.argument("record")
@node_option
@bundle_option
@trust_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path(),
    show_default=".",
    help="Folder for the two files.",
)
@json_option
def prove(
    *,
    record: str,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    out: Path,
    as_json: bool,
) -> None:
    """Write the proof that RECORD (its id, or 8 digits or more of it) stands in its log.

    Writes ID.tlog-proof, ID.entry and ID.trust (the keys); all three are needed to check it.
    """
    from counterseal.records.trust_files import trust_list
    from counterseal.services.explain import prove_record

    book, _ = open_record(node_dir, bundle_dir, trust)
    entry, proof = prove_record(book, record.lower())
    paths = [out / f"{entry.record_id}.{end}" for end in ("tlog-proof", "entry", "trust")]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, data in zip(paths, (proof.to_bytes(), entry.envelope, trust_list(book.trust)), strict=True):
            path.write_bytes(data)
    except OSError as error:
        raise WorkplaceError(f"{out}: cannot be written: {error.strerror}") from error
    state, _ = book.state(entry.origin, entry.index)
    if as_json:
        print_json(
            {
                "record": entry.record_id,
                "log": entry.origin,
                "index": entry.index,
                "state": state,
                "files": [str(p) for p in paths],
            }
        )
        return
    click.echo(f"{entry.record_id} is entry {entry.index} of {entry.origin}, {state}")
    for path in paths:
        click.echo(f"  wrote {path}")
    click.echo(
        f"check it: counterseal log verify {paths[0]} --entry {paths[1]} "
        f"--keys {paths[2]} --trust FINGERPRINT"
    )


@log.command()
@click.argument("proof", type=click.Path(path_type=Path))
@click.option("--entry", required=True, type=click.Path(path_type=Path), help="The record's envelope.")
@click.option(
    "--keys",
    "keys",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE|FOLDER",
    help="The keys: a trust file, what `log prove` wrote, or the trust folder of a bundle.",
)
@trust_option
@json_option
def verify(*, proof: Path, entry: Path, keys: Path, trust: tuple[str, ...], as_json: bool) -> None:
    """Check that PROOF shows the entry in a log whose head every side has vouched for.

    Exit status: 0 verified, 1 not accepted.
    """
    from counterseal.services.check_proof import check_proof

    pins = parse_pins(trust)
    result = check_proof(_read(proof), entry=_read(entry), trust_files=_read_keys(keys), pins=pins)
    if as_json:
        print_json({"proof": str(proof), **result.as_json()})
    else:
        for check in result.checks:
            word = {True: "held", False: "REFUSED", None: "not run"}[check.held]
            click.echo(f"  {word:<8} {check.name}")
            for failure in check.failures:
                click.echo(f"           {failure.rule}")
        click.echo("VERIFIED" if result.verified else "NOT VERIFIED")
    if not result.verified:
        sys.exit(NOT_VERIFIED)


@log.command()
@click.argument("record")
@click.option(
    "--meaning",
    required=True,
    type=click.Choice(["received", "agreed", "agreed-with-reservation", "objects"]),
    help="What you say of it.",
)
@click.option("--note", help="In your own words; required with a reservation or an objection.")
@node_option
@json_option
def countersign(*, record: str, meaning: str, note: str | None, node_dir: Path | None, as_json: bool) -> None:
    """Countersign RECORD (its id) of another party, in a record of the node's own."""
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.records.countersignature import Meaning
    from counterseal.records.errors import RecordError
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.countersign import countersign as countersign_records

    if not is_hex32(record):
        raise click.BadParameter("must be a record's whole id, 64 hexadecimal digits", param_hint="RECORD")
    node = open_chosen_node(node_dir)
    try:
        (done,) = countersign_records(
            node,
            [record],
            meaning=Meaning(meaning),
            note=note,
            clock=SystemClock(),
            randomness=SystemRandomness(),
        )
    except RecordError as error:
        raise RefusedInputError(str(error)) from error
    publish_head(node)
    if as_json:
        print_json({"record": record, "meaning": meaning, "countersignature": done})
    else:
        click.echo(f"{node.party} says {meaning} of {record}: record {done}")


def _read_keys(path: Path) -> dict[str, bytes]:
    from counterseal.records.errors import TrustError
    from counterseal.records.trust_files import listed_files

    if path.is_dir():
        found = sorted(name for name in path.rglob("*.json") if name.is_file())
        return {f"trust/{name.relative_to(path).as_posix()}": _read(name) for name in found}
    try:
        return listed_files(_read(path))
    except TrustError as error:
        raise RefusedInputError(f"{path}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror}") from error
