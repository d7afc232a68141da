"""``counterseal node``: back a node up, and restore one that was lost."""

from pathlib import Path

import click

from counterseal.app.cli.options import counted, json_option, node_option, print_json
from counterseal.app.cli.party_keys import open_chosen_place, passphrase_option


@click.group("node")
def node() -> None:
    """Back up and restore a node."""


@node.command()
@click.argument("out", type=click.Path(path_type=Path))
@node_option
@passphrase_option
@json_option
def backup(*, out: Path, node_dir: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Write a backup to OUT, which must not exist: the record and what opens sealed bodies.

    It holds no key that signs. Of a locked node all of it is sealed under the node's passphrase.
    """
    from counterseal.app.bootstrap import SystemClock
    from counterseal.app.storage.backup import back_up, summary

    place = open_chosen_place(node_dir, passphrase_file)
    listed = back_up(place, out, created=SystemClock().now())
    place.store.close()
    if as_json:
        print_json(dict(summary(listed)) | {"folder": str(out)})
        return
    how = "sealed under the node's passphrase" if listed.sealed else "in the clear, like the node's keys"
    click.echo(
        f"{out}: backup of {listed.party}, {counted(len(listed.files), 'file')}, {how}; no key that signs"
    )


@node.command()
@click.argument("backup_dir", metavar="BACKUP", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@passphrase_option
@json_option
def restore(*, backup_dir: Path, folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a node in FOLDER, which must be new or empty, from BACKUP.

    It takes in bundles and signs nothing, until its party's keepers have signed new keys for it: then it
    goes on in a new feed. It never goes on in the old one.
    """
    from counterseal.app.cli.passphrases import NodePassphrase
    from counterseal.app.storage.backup import restore as restore_node

    place = restore_node(backup_dir, folder, passphrase=NodePassphrase(passphrase_file))
    records = place.store.count()
    place.store.close()
    if as_json:
        print_json(
            {"party": place.party, "folder": str(folder), "records": records, "recovering": place.recovering}
        )
        return
    click.echo(f"{folder}: {place.party}, {counted(records, 'record')}, recovering: it signs nothing")
    click.echo("  bring in what every other party holds:  counterseal bundle import")
    click.echo("  then have the keepers sign new keys:    counterseal party rotate --role all")
