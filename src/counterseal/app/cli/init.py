"""``counterseal init``: make the nodes of all parties of a treaty, side by side."""

from pathlib import Path

import click

from counterseal.app.cli.options import json_option, print_json

AUDITOR = "AUDITOR"


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--treaty", required=True, metavar="NAME", help="A packaged treaty, or the path of a pack.yaml."
)
@click.option(
    "--auditor", default=AUDITOR, show_default=True, metavar="CODE", help="Code of the auditor's node."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), help="Grow all keys from a number: for rehearsals only."
)
@json_option
def init(*, folder: Path, treaty: str, auditor: str, seed: int | None, as_json: bool) -> None:
    """Make one node for each party of a treaty, and one for an auditor, below FOLDER.

    All of them are founded together: one trust file, signed by every root key, and the treaty pack as the
    first record, agreed to by every party. This serves one laptop; parties that sit apart cannot be
    enrolled yet.
    """
    from counterseal.app.cli.treaty_files import pack_named, pack_text_named
    from counterseal.app.found_nodes import found_nodes

    pack, text = pack_named(treaty), pack_text_named(treaty)
    founded = found_nodes(folder, pack=pack, pack_text=text, auditor=auditor, seed=seed)
    if as_json:
        print_json(
            {
                "treaty": founded.trust.treaty,
                "nodes": {str(code): str(path) for code, path in founded.folders},
                "fingerprints": {
                    "trust": founded.trust.fingerprint,
                    "roots": {str(party.code): party.fingerprint for party in founded.trust.parties},
                },
            }
        )
        return
    for code, path in founded.folders:
        click.echo(f"{code:<10} {path}")
    click.echo(f"Fingerprint of all roots: {founded.trust.fingerprint}")
    click.echo("Each node keeps its root key in root-key.json: take it off the machine.")
