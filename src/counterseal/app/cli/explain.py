"""``counterseal explain``: from a finding's sentence to the records that it rests on, and their proofs."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import (
    as_of_option,
    bundle_option,
    json_option,
    node_option,
    parse_day,
    print_json,
    trust_option,
)

if TYPE_CHECKING:
    from counterseal.services.explain import Explanation
    from counterseal.services.views import RecordView


@click.command("explain")
@click.argument("finding")
@node_option
@bundle_option
@trust_option
@as_of_option
@json_option
def explain(
    *,
    finding: str,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_of: str | None,
    as_json: bool,
) -> None:
    """Follow FINDING (its id, as assess and the report show it) down to records and proofs."""
    from counterseal.app.cli.assess import assessed_record
    from counterseal.services.explain import explain as explain_finding

    assessed, book = assessed_record(node_dir, bundle_dir, trust, as_of=parse_day(as_of))
    explanation = explain_finding(assessed, book, finding_id=finding)
    if as_json:
        print_json(_json(explanation))
    else:
        _show(explanation)


def _json(explanation: "Explanation") -> dict[str, Any]:
    return {
        "finding": explanation.finding.as_json(),
        "clause_text": explanation.clause_text,
        "records": [_view_json(view) for view in explanation.records],
    }


def _view_json(view: "RecordView") -> dict[str, Any]:
    from counterseal.terms.times import format_instant

    times = {
        name: None if at is None else format_instant(at)
        for name, at in (
            ("not_before", view.time.not_before),
            ("claimed", view.time.claimed),
            ("not_after", view.time.not_after),
        )
    }
    return {
        "record": view.record_id,
        "kind": view.kind,
        "title": view.title,
        "author": view.author,
        "feed": view.feed,
        "seq": view.seq,
        "log": view.log_origin,
        "index": view.index,
        "tree_size": view.tree_size,
        "root": view.root,
        "leaf_hash": view.leaf_hash,
        "proof": list(view.proof),
        "state": view.state,
        "cosigners": list(view.cosigners),
        "time": times,
        "statement": view.statement,
    }


def _show(explanation: "Explanation") -> None:
    from counterseal.app.cli.bundle_view import printable

    finding = explanation.finding
    click.echo(f"{finding.id}: {finding.outcome.value}")
    click.echo(
        f"  clause {finding.clause} ({finding.check}); {finding.interpretation}'s reading of {finding.party}"
    )
    if explanation.clause_text:
        click.echo(textwrap.indent(textwrap.fill(explanation.clause_text, 96), "    "))
    for reason in finding.reasons:
        click.echo(textwrap.fill(printable(reason), 98, initial_indent="  - ", subsequent_indent="    "))
    click.echo(f"  known as: {finding.known_as.value}")
    if not explanation.records:
        click.echo("  It rests on no record: nothing was declared.")
    for view in explanation.records:
        _show_record(view)


def _show_record(view: "RecordView") -> None:
    from counterseal.app.cli.bundle_view import printable
    from counterseal.terms.times import format_instant

    bounds = [
        "nothing earlier is vouched for"
        if view.time.not_before is None
        else format_instant(view.time.not_before),
        "nobody has vouched for it yet"
        if view.time.not_after is None
        else format_instant(view.time.not_after),
    ]
    click.echo(f"\n  {printable(view.title)}")
    click.echo(f"    record  {view.record_id}")
    click.echo(f"    by      {view.author}, no. {view.seq} of its feed {view.feed[:16]}...")
    click.echo(f"    log     {view.log_origin}, entry {view.index} of {view.tree_size}, {view.state}")
    click.echo(f"    seen by {', '.join(view.cosigners) or 'nobody yet'}")
    click.echo(
        f"    time    not before {bounds[0]}; claimed {format_instant(view.time.claimed)}; "
        f"not after {bounds[1]}"
    )
    click.echo(f"    leaf    {view.leaf_hash}")
    for number, item in enumerate(view.proof):
        click.echo(f"    {'proof' if number == 0 else '':<7} {item}")
    click.echo(f"    root    {view.root}")
