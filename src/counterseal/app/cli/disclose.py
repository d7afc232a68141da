"""``counterseal disclose``: open one of the node's own records, or parts of it, to a wider audience."""

from pathlib import Path

import click

from counterseal.app.cli.options import json_option, node_option, open_chosen_node, print_json
from counterseal.crypto.encoding import is_hex32


@click.command("disclose")
@click.argument("record")
@click.option("--parts", metavar="NAME,NAME", help="Parts to show (default: all of it).")
@click.option(
    "--to",
    "audience",
    required=True,
    multiple=True,
    metavar="PARTY",
    help="Who may read them: a party, or 'public'; may be repeated.",
)
@click.option("--reason", required=True, help="Why, in words.")
@click.option("--stage", help="Step of the procedure under which it is done.")
@node_option
@json_option
def disclose(
    *,
    record: str,
    parts: str | None,
    audience: tuple[str, ...],
    reason: str,
    stage: str | None,
    node_dir: Path | None,
    as_json: bool,
) -> None:
    """Open RECORD (its whole id), one of the node's own, to others, in a new record.

    Parts that are not named stay commitments: they can be opened later, and cannot be changed.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.disclose import disclose as disclose_record

    if not is_hex32(record):
        raise click.BadParameter("must be a record's whole id, 64 hexadecimal digits", param_hint="RECORD")
    names = None if parts is None else tuple(name.strip() for name in parts.split(","))
    node = open_chosen_node(node_dir)
    done = disclose_record(
        node,
        record,
        parts=names,
        audience=audience,
        reason=reason,
        stage=stage,
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )
    publish_head(node)
    if as_json:
        shown = None if names is None else sorted(names)
        print_json({"record": record, "disclosure": done, "parts": shown, "audience": sorted(audience)})
        return
    what = "all of it" if names is None else ", ".join(sorted(names))
    click.echo(f"{node.party} discloses {record} to {', '.join(sorted(audience))}: {what}")
    click.echo(f"  record {done}")
