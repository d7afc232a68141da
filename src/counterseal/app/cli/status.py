"""``counterseal status``: what a node holds, how far it is vouched for, and what is under way."""

from pathlib import Path

import click

from counterseal.app.cli.options import json_option, node_option, open_chosen_node, print_json


@click.command("status")
@node_option
@json_option
def status(*, node_dir: Path | None, as_json: bool) -> None:
    """Show what a node holds: each log and whose word it waits for, each stick sent and come, each case.

    A record is issued when it is signed, logged when it stands under a signed head, and settled when every
    side has cosigned such a head.
    """
    from counterseal.app.bootstrap import SystemClock
    from counterseal.app.cli.status_view import status_json, status_text
    from counterseal.services.node_status import node_status

    node = open_chosen_node(node_dir)
    found = node_status(node, clock=SystemClock())
    if as_json:
        print_json(status_json(node, found))
    else:
        click.echo(status_text(node, found))
