"""``counterseal init``: make the nodes of a treaty side by side, or one party's on its own machine."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from counterseal.app.cli.options import json_option, print_json
from counterseal.app.cli.party_keys import (
    WishedKeepers,
    made_json,
    new_keepers_options,
    passphrase_option,
    show_made,
)

if TYPE_CHECKING:
    from counterseal.treaty.pack import Pack, Party

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
@click.option("--party", "code", metavar="CODE", help="Make this party's node alone, to be enrolled.")
@click.option(
    "--kind",
    type=click.Choice(["auditor", "observer"]),
    help="Of a party that the treaty does not name.",
)
@click.option("--name", help="Its name.")
@new_keepers_options
@passphrase_option
@json_option
def init(  # noqa: PLR0913
    *,
    folder: Path,
    treaty: str,
    auditor: str,
    seed: int | None,
    code: str | None,
    kind: str | None,
    name: str | None,
    wished: WishedKeepers,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make nodes in FOLDER: of all parties of a treaty and an auditor, or with --party of one.

    Without --party all of them are founded together on this machine, for a rehearsal or a course: one trust
    file, signed by every party's keeper, and the treaty pack as the first record, agreed to by every party;
    the keys lie in the clear.

    With --party FOLDER becomes one party's node. Its working keys are locked under a passphrase, each
    keeper's key goes into a file of its own under a passphrase of its own, and FOLDER/CODE.card is what the
    other parties get. The node is in use when all of them have signed: see `counterseal party`.
    """
    from counterseal.app.cli.treaty_files import pack_named, pack_text_named

    pack, text = pack_named(treaty), pack_text_named(treaty)
    if code is None:
        _found_all(folder, pack, text, auditor=auditor, seed=seed, as_json=as_json)
        return
    if seed is not None:
        raise click.UsageError("--seed: keys that grow from a number are for rehearsals on one machine")
    from counterseal.app.cli.passphrases import new_passphrase
    from counterseal.app.party_node import make_party_node

    party = _party(pack, code, kind=kind, name=name)
    made = make_party_node(
        folder,
        pack=pack,
        pack_text=text,
        party=party,
        keepers=wished.made(),
        passphrase=None if wished.in_the_clear else new_passphrase(passphrase_file),
    )
    if as_json:
        print_json(made_json(made))
        return
    click.echo(f"{code:<10} {folder}, not in use until every party has signed")
    show_made(made)


def _found_all(
    folder: Path, pack: "Pack", text: bytes, *, auditor: str, seed: int | None, as_json: bool
) -> None:
    from counterseal.app.found_nodes import found_nodes

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
    click.echo("Each node keeps its root's key in keepers/: take it off the machine.")


def _party(pack: "Pack", code: str, *, kind: str | None, name: str | None) -> "Party":
    from counterseal.terms.parties import parse_party_code
    from counterseal.treaty.pack import Party

    try:
        wanted = parse_party_code(code)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--party") from error
    named = next((party for party in pack.parties if party.code == wanted), None)
    if named is not None:
        if kind is not None or name is not None:
            raise click.UsageError(f"--kind, --name: the treaty names {code} already")
        return named
    if kind is None or name is None:
        raise click.UsageError(f"--party {code}: the treaty does not name it; give --kind and --name")
    return Party(code=wanted, name=name, kind=kind)
