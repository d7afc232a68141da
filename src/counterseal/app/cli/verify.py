"""``counterseal verify``: say what of a bundle or a fork proof holds, check by check."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.options import json_option, parse_pins, print_json, trust_option

if TYPE_CHECKING:
    from counterseal.records.fork import ForkVerification
    from counterseal.records.verification.pins import Pin
    from counterseal.records.verification.tally import Check, Verification

NOT_VERIFIED = 1
_WORDS = {True: "held", False: "REFUSED", None: "not run"}


@click.command("verify")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--depth",
    type=click.Choice(["chain", "full"]),
    default="full",
    show_default=True,
    help="chain: files, trust, checkpoints and trees; full: every record and body too.",
)
@trust_option
@json_option
def verify(*, bundle: Path, depth: str, trust: tuple[str, ...], as_json: bool) -> None:
    """Verify a BUNDLE (a folder, or packed as one ZIP), or a fork proof (a file).

    Exit status: 0 verified, 1 not accepted, 3 no bundle at all.
    """
    pins = parse_pins(trust)
    if bundle.is_file() and not _is_packed(bundle):
        _verify_fork(bundle, pins, as_json=as_json)
        return
    from counterseal.app.cli.sticks import open_stick
    from counterseal.app.cli.watched import watched
    from counterseal.records.verification.verify import verify_bundle

    with watched(open_stick(bundle)) as source:
        result = verify_bundle(source, depth=depth, pins=pins)
    if as_json:
        print_json(result.as_json(bundle=str(bundle)))
    else:
        _show(result, bundle)
    if not result.verified:
        sys.exit(NOT_VERIFIED)


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _verify_fork(path: Path, pins: "tuple[Pin, ...]", *, as_json: bool) -> None:
    from counterseal.records.fork import MAX_PROOF_BYTES, verify_fork_proof

    with path.open("rb") as file:
        result = verify_fork_proof(file.read(MAX_PROOF_BYTES + 1), pins=pins)
    if as_json:
        print_json(result.as_json(path=str(path)))
    else:
        _show_fork(result, path)
    if not result.verified:
        sys.exit(NOT_VERIFIED)


def _show_checks(checks: "tuple[Check, ...]") -> None:
    for check in checks:
        click.echo(f"  {_WORDS[check.held]:<8} {check.name}")
        for failure in check.failures:
            click.echo(f"           {failure.file or 'bundle'}: {failure.rule}")


def _show_roots(result: "Verification | ForkVerification") -> None:
    if result.trust_fingerprint is None:
        return
    click.echo(f"Fingerprint of all roots: {result.trust_fingerprint}")
    for party, fingerprint in result.roots:
        click.echo(f"  root of {party:<10} {fingerprint}")
    if result.verified and not result.pinned:
        click.echo(
            "The keys were taken from the bundle itself: it is only shown to agree with itself. Compare a"
        )
        click.echo("fingerprint with its owner by other means, and give it with --trust.")


def _show(result: "Verification", bundle: Path) -> None:
    counts = ", ".join(f"{count} {what}" for what, count in result.counts)
    click.echo(f"{bundle}: checked at depth {result.depth}: {counts}")
    _show_checks(result.checks)
    for warning in result.warnings:
        click.echo(f"  look at  {warning}")
    _show_roots(result)
    click.echo("VERIFIED" if result.verified else "NOT VERIFIED")


def _show_fork(result: "ForkVerification", path: Path) -> None:
    click.echo(f"{path}: fork proof about the log {result.origin}")
    _show_checks(result.checks)
    _show_roots(result)
    said = "two heads that no append-only log can both have had, signed by its own key"
    click.echo(f"A FORK IS PROVED: {said}" if result.verified else "NO FORK IS PROVED")
