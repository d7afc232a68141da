"""``counterseal status``: what a node holds, and how far it is vouched for."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import json_option, node_option, open_chosen_node, print_json

if TYPE_CHECKING:
    from counterseal.services.node import Node


@click.command("status")
@node_option
@json_option
def status(*, node_dir: Path | None, as_json: bool) -> None:
    """Show what a node holds: each log, its newest head, who has cosigned it, and kinds of record."""
    node = open_chosen_node(node_dir)
    document = {
        "party": node.party,
        "treaty": node.trust.treaty,
        "trust_fingerprint": node.trust.fingerprint,
        "logs": [_log(node, log.origin) for log in node.trust.logs],
    }
    if as_json:
        print_json(document)
    else:
        _show(document)


def _log(node: "Node", origin: str) -> dict[str, Any]:
    from counterseal.records.verification.heads import read_head

    log = next(log for log in node.trust.logs if log.origin == origin)
    newest = node.newest(origin)
    seen = read_head(newest[1], log=log, trust=node.trust) if newest else None
    cosigners = frozenset(code for code, _ in seen.cosigned) if seen else frozenset()
    missing = node.trust.missing_sides(owner=log.party, cosigners=cosigners)
    kinds = Counter(entry.kind for entry in node.store.entries(origin))
    held, headed = node.store.size(origin), seen.checkpoint.size if seen else 0
    return {
        "origin": origin,
        "party": log.party,
        "own": log.party == node.party,
        "records": held,
        "under_head": headed,
        "issued_only": held - headed,
        "state": "logged" if missing else "settled",
        "waiting_for": [" or ".join(side) for side in missing],
        "kinds": dict(sorted(kinds.items())),
    }


def _show(document: dict[str, Any]) -> None:
    click.echo(f"{document['party']}, a node of treaty {document['treaty']}")
    click.echo(f"  fingerprint of all roots: {document['trust_fingerprint']}")
    for log in document["logs"]:
        waiting = f", waiting for {', '.join(log['waiting_for'])}" if log["waiting_for"] else ""
        click.echo(f"  {log['origin']}{' (own)' if log['own'] else ''}")
        click.echo(
            f"    {log['records']} records, {log['under_head']} under the newest head: "
            f"{log['state']}{waiting}"
        )
        if log["issued_only"]:
            click.echo(f"    {log['issued_only']} signed and not under a head yet")
        for kind, count in log["kinds"].items():
            click.echo(f"    {count:>6} {kind}")
