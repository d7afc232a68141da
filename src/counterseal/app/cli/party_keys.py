"""Commands of ``counterseal party`` that change keys: rotate, revoke, renew; and what they share."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from counterseal.app.cli.options import confirm, counted, json_option, node_option, print_json

if TYPE_CHECKING:
    from counterseal.app.party_node import Keepers, MadeParty
    from counterseal.app.storage.node_folder import NodePlace
    from counterseal.crypto.keeper import KeeperKey
    from counterseal.services.rotate import KeyChange, Wish

_FILE = click.Path(path_type=Path, dir_okay=False)
_ALL = ("author", "log", "witness", "seal")
_LEAST_DIGITS = 8

_Command = TypeVar("_Command", bound=Callable[..., Any])


def passphrase_option(command: _Command) -> _Command:
    """Add ``--passphrase-file``."""
    return click.option(
        "--passphrase-file",
        type=_FILE,
        help="Its first line unlocks the node (default: COUNTERSEAL_PASSPHRASE, or asked for).",
    )(command)


def keeper_options(command: _Command) -> _Command:
    """Add ``--keeper`` and ``--keeper-passphrase-file``."""
    files = click.option(
        "--keeper-passphrase-file",
        "keeper_files",
        type=_FILE,
        multiple=True,
        help="Unlocks the keeper's file of the same place (default: asked for).",
    )
    keepers = click.option(
        "--keeper", "keepers", type=_FILE, multiple=True, help="A keeper's file; repeat for each keeper."
    )
    return keepers(files(command))


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedKeepers:
    """New keepers as options ask for them.

    Attributes:
        count: How many; ``threshold`` of them speak for the party.
        folder: Where their files go.
        files: Files with a passphrase for each of them, or none.
        in_the_clear: Whether keys are left without a passphrase.
    """

    count: int
    threshold: int
    folder: Path | None
    files: tuple[Path, ...]
    in_the_clear: bool

    def made(self) -> "Keepers":
        """Return the keepers; passphrases are asked for where none are given.

        Raises:
            UsageError: the numbers do not fit, or no folder is named.
        """
        from counterseal.app.cli.passphrases import new_keeper_passphrases
        from counterseal.app.party_node import Keepers

        if self.folder is None:
            raise click.UsageError("--keepers-dir: say where the keepers' files go")
        if self.threshold > self.count:
            raise click.UsageError(f"--threshold {self.threshold}: there are {self.count} keepers")
        clear = self.in_the_clear and not self.files
        phrases = (None,) * self.count if clear else new_keeper_passphrases(self.count, self.files)
        return Keepers(passphrases=phrases, threshold=self.threshold, folder=self.folder)


_NUMBER = click.IntRange(1, 16)
_NEW_KEEPERS = (
    click.option(
        "--keepers",
        "count",
        type=_NUMBER,
        default=3,
        show_default=True,
        help="How many people keep the party's root.",
    ),
    click.option(
        "--threshold", type=_NUMBER, default=2, show_default=True, help="How many of them speak for it."
    ),
    click.option(
        "--keepers-dir",
        "folder_of_keepers",
        type=click.Path(path_type=Path),
        help="Where the keepers' files go, to be carried away.",
    ),
    click.option(
        "--keeper-passphrase-file",
        "keeper_files",
        type=_FILE,
        multiple=True,
        help="One for each keeper, in order (default: asked for).",
    ),
    click.option(
        "--no-passphrase",
        "in_the_clear",
        is_flag=True,
        help="Leave the keys in the clear: for rehearsals only.",
    ),
)


def new_keepers_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options for new keepers; the command gets them as ``wished``."""

    @wraps(command)
    def gathered(
        *,
        count: int,
        threshold: int,
        folder_of_keepers: Path | None,
        keeper_files: tuple[Path, ...],
        in_the_clear: bool,
        **others: Any,
    ) -> None:
        wished = WishedKeepers(
            count=count,
            threshold=threshold,
            folder=folder_of_keepers,
            files=keeper_files,
            in_the_clear=in_the_clear,
        )
        command(wished=wished, **others)

    found: Callable[..., None] = gathered
    for option in reversed(_NEW_KEEPERS):
        found = option(found)
    return found


def open_chosen_place(node_dir: Path | None, passphrase_file: Path | None) -> "NodePlace":
    """Open the folder of the node that ``--node`` names, or of the nearest one."""
    from counterseal.app.cli.passphrases import NodePassphrase
    from counterseal.app.storage.node_folder import find_node, open_place

    folder = node_dir if node_dir is not None else find_node(Path.cwd())
    return open_place(folder, passphrase=NodePassphrase(passphrase_file))


def read_keepers(keepers: tuple[Path, ...], files: tuple[Path, ...]) -> "list[KeeperKey]":
    """Return the keys in keepers' files, each unlocked by its own passphrase."""
    from counterseal.app.cli.passphrases import KeeperPassphrase
    from counterseal.app.storage.key_files import read_keeper

    if len(files) > len(keepers):
        raise click.UsageError(f"--keeper-passphrase-file: {len(files)} given for {len(keepers)} keepers")
    return [
        read_keeper(keeper, ask=KeeperPassphrase(keeper, file))
        for keeper, file in zip_longest(keepers, files)
    ]


@click.command("rotate")
@click.option(
    "--role",
    type=click.Choice([*_ALL, "all"]),
    default="all",
    show_default=True,
    help="Whose keys are made new.",
)
@keeper_options
@node_option
@passphrase_option
@json_option
def rotate(
    *,
    role: str,
    keepers: tuple[Path, ...],
    keeper_files: tuple[Path, ...],
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Give the node new keys, signed by its party's keepers, from the next entry of its log on.

    Of a node that was restored from a backup all keys are made new, and it speaks again: first bring in
    what every other party holds (`counterseal bundle import`), or records of yours are lost for good.
    """
    from counterseal.app.party_node import give_new_keys
    from counterseal.services.rotate import Wish

    place = open_chosen_place(node_dir, passphrase_file)
    place.node()  # before anybody is asked for a passphrase in vain
    wish = Wish(roles=frozenset(_ALL if role == "all" else (role,)), accepted={})
    change = give_new_keys(place, wish, keepers=read_keepers(keepers, keeper_files))
    _tell(place, change, wish, as_json=as_json)


@click.command("revoke")
@click.argument("key_id", metavar="KEYID")
@click.option(
    "--accepted",
    type=click.IntRange(min=0),
    metavar="N",
    help="Of an author key: how many records of its feed you stand by; those after are disputed.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@keeper_options
@node_option
@passphrase_option
@json_option
def revoke(
    *,
    key_id: str,
    accepted: int | None,
    yes: bool,
    keepers: tuple[Path, ...],
    keeper_files: tuple[Path, ...],
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Replace the key KEYID (its id, or 8 digits or more of it) that may be in other hands.

    Records stay where they are; those of an author key from number N on are shown as disputed. A witness
    key's word counts only as far as this node knows that it gave it.
    """
    from counterseal.app.party_node import give_new_keys
    from counterseal.records.header import feed_id
    from counterseal.services.rotate import key_named, wish_to_revoke

    if len(key_id) < _LEAST_DIGITS:
        raise click.BadParameter(f"{key_id}: give at least {_LEAST_DIGITS} digits", param_hint="KEYID")
    place = open_chosen_place(node_dir, passphrase_file)
    node = place.node()
    key = key_named(node, key_id.lower())
    feed = feed_id(treaty=node.trust.treaty, author=node.party, public=key.public)
    last = node.store.feed_head(feed)
    wish = wish_to_revoke(key, accepted=accepted, known=last.seq + 1 if last else 0)
    if not yes:
        _preview(place, key.key_id, accepted=wish.accepted.get(key.key_id), known=last.seq + 1 if last else 0)
        confirm("Sign this?")
    change = give_new_keys(place, wish, keepers=read_keepers(keepers, keeper_files))
    _tell(place, change, wish, as_json=as_json)


def _preview(place: "NodePlace", key_id: str, *, accepted: int | None, known: int) -> None:
    click.echo(f"{place.party}: key {key_id[:16]}… is replaced", err=True)
    if accepted is not None:
        click.echo(
            f"  its feed has {counted(known, 'record')}; {place.party} stands by the first {accepted}, "
            f"and {known - accepted} become disputed for good: the number can only be lowered later",
            err=True,
        )


def _tell(place: "NodePlace", change: "KeyChange", wish: "Wish", *, as_json: bool) -> None:
    document = {
        "party": place.party,
        "version": change.file.version,
        "id": change.file_id,
        "at": change.file.at,
        "roles": sorted(wish.roles),
        "disputed": dict(wish.accepted),
        "record": change.record,
        "ended_recovery": change.ended_recovery,
    }
    if as_json:
        print_json(document)
        return
    roles = ", ".join(sorted(wish.roles)) or "no role"
    click.echo(f"{place.party}: key file {change.file.version}, new keys for {roles}")
    click.echo(f"  in force from entry {change.file.at}, announced by record {change.record}")
    for key, accepted in wish.accepted.items():
        click.echo(f"  records of key {key[:16]}… from number {accepted} of its feed on are disputed")
    if change.ended_recovery:
        click.echo("  the restored node speaks again, in a new feed")


@click.command("renew")
@new_keepers_options
@node_option
@passphrase_option
@json_option
def renew(
    *,
    wished: WishedKeepers,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Make keys for new keepers of this party, and the card by which the others agree to them.

    Nothing changes until a trust file with them is signed: by every party, by enough of the old keepers and
    by enough of the new ones (`counterseal party enrol`).
    """
    from counterseal.app.party_node import renew_keepers

    place = open_chosen_place(node_dir, passphrase_file)
    made = renew_keepers(place, wished.made())
    if as_json:
        print_json(made_json(made))
    else:
        show_made(made)


def made_json(made: "MadeParty") -> dict[str, object]:
    """Return what ``--json`` prints of a card and its keepers' files."""
    return {
        "party": made.card.party.code,
        "treaty": made.card.treaty,
        "fingerprint": made.card.fingerprint,
        "threshold": made.card.party.threshold,
        "card": str(made.card_path),
        "keepers": [str(path) for path in made.keeper_files],
    }


def show_made(made: "MadeParty") -> None:
    """Show a card's fingerprint and where the keepers' files lie."""
    from counterseal.app.cli.party_view import fingerprint_lines

    click.echo(f"Card for the other parties: {made.card_path}")
    click.echo("Fingerprint, to be read aloud:")
    for line in fingerprint_lines(made.card.fingerprint, indent="  "):
        click.echo(line)
    click.echo(f"Keepers' files, any {made.card.party.threshold} of which speak for it; carry them away:")
    for number, path in enumerate(made.keeper_files, start=1):
        click.echo(f"  keeper {number}: {path}")
