"""``counterseal party``: who takes part, whose keys count, and how both come into force."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import confirm, json_option, node_option, print_json
from counterseal.app.cli.party_keys import (
    keeper_options,
    open_chosen_place,
    passphrase_option,
    read_keepers,
    renew,
    revoke,
    rotate,
)
from counterseal.errors import WorkplaceError

if TYPE_CHECKING:
    from counterseal.app.storage.node_folder import NodePlace
    from counterseal.records.trusted import Side
    from counterseal.services.draft import Draft

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("party")
def party() -> None:
    """Enrol parties, compare fingerprints, change and revoke keys."""


party.add_command(rotate)
party.add_command(revoke)
party.add_command(renew)


@party.command()
@click.argument("cards", nargs=-1, type=_FILE)
@click.option(
    "--fingerprint",
    "fingerprints",
    multiple=True,
    metavar="CODE:HEX",
    help="As it was read aloud by that party; may be repeated.",
)
@node_option
@passphrase_option
@json_option
def add(
    *,
    cards: tuple[Path, ...],
    fingerprints: tuple[str, ...],
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Take in the CARDS of other parties, each with its fingerprint as it was read aloud.

    The fingerprint must come by another way than the card: from the party's own mouth, or on paper. A card
    with another fingerprint is refused. A fingerprint without a card is kept for drafts with that party.
    """
    from counterseal.app.party_node import add_cards
    from counterseal.app.storage.party_papers import card_from

    given = dict(_fingerprint(text) for text in fingerprints)
    if not cards and not given:
        raise click.UsageError("give cards, fingerprints, or both")
    place = open_chosen_place(node_dir, passphrase_file)
    read = [card_from(path) for path in cards]
    add_cards(place, read, given)
    if as_json:
        print_json({"cards": [str(card.party.code) for card in read], "compared": given})
        return
    for card in read:
        click.echo(f"{card.party.code}: card kept, its fingerprint is the one that was read aloud")
    for code in sorted(given.keys() - {card.party.code for card in read}):
        click.echo(f"{code}: fingerprint kept")


def _fingerprint(text: str) -> tuple[str, str]:
    from counterseal.crypto.encoding import is_hex32
    from counterseal.terms.parties import parse_party_code

    code, _, digits = text.partition(":")
    digits = "".join(digits.replace(":", " ").split()).lower()
    try:
        found = parse_party_code(code.strip())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--fingerprint") from error
    if not is_hex32(digits):
        rule = f"{code}: {len(digits)} digits after the colon, must be 64 hexadecimal digits"
        raise click.BadParameter(rule, param_hint="--fingerprint")
    return str(found), digits


@party.command("enrol")
@keeper_options
@click.option(
    "--draft", "drafts", type=_FILE, multiple=True, help="What another party has signed; may be repeated."
)
@click.option(
    "--side",
    "sides",
    multiple=True,
    metavar="CODE[,CODE…][:K]",
    help="Parties that stand together, K of whom must vouch; repeat for all sides (default: each its own).",
)
@click.option("--out", type=_FILE, help="Also write the draft here, to be carried to the others.")
@click.option("--yes", is_flag=True, help="Sign without being asked, for scripts.")
@node_option
@passphrase_option
@json_option
def enrol_(  # noqa: PLR0913
    *,
    keepers: tuple[Path, ...],
    keeper_files: tuple[Path, ...],
    drafts: tuple[Path, ...],
    sides: tuple[str, ...],
    out: Path | None,
    yes: bool,
    node_dir: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Sign the trust file that follows from the cards; when everybody has signed, it comes into force.

    Shows everything that is in it first. Each party's keepers sign the same bytes, on their own machine,
    in any order; drafts are carried round. Without --keeper nothing is signed, and what others have signed
    is put together.
    """
    from counterseal.app.party_node import draft_here, enrol, is_in_force
    from counterseal.app.storage.party_papers import draft_from
    from counterseal.services.ceremony import describe_draft

    place = open_chosen_place(node_dir, passphrase_file)
    brought = [draft_from(path) for path in drafts]
    if brought and all(is_in_force(place, one) for one in brought):
        _tell({"in_force": True, "draft": None} | describe_draft(brought[0]), as_json=as_json, changed=False)
        return
    draft = draft_here(place, drafts=brought, sides=_sides(sides) if sides else None)
    if not as_json:
        _show_draft(draft)
    if keepers and not yes:
        confirm("Sign this?")
    done = enrol(place, draft, keepers=read_keepers(keepers, keeper_files))
    if out is not None and done.path is not None:
        _write(out, done.draft)
    document = describe_draft(done.draft)
    path = str(out or done.path) if done.path is not None else None
    _tell({"in_force": done.trust is not None, "draft": path} | document, as_json=as_json, changed=True)


def _show_draft(draft: "Draft") -> None:
    from counterseal.app.cli.party_view import show_version
    from counterseal.services.ceremony import describe_version

    show_version(describe_version(draft.trust))


def _tell(document: dict[str, Any], *, as_json: bool, changed: bool) -> None:
    from counterseal.app.cli.party_view import show_words

    if as_json:
        print_json(document)
        return
    show_words(document)
    version = document["trust"]["version"]
    if document["in_force"]:
        click.echo(f"Trust file version {version} is in force here" + ("" if changed else " already"))
    elif document["draft"] is None:
        click.echo("Nobody has signed it yet; sign with --keeper FILE")
    else:
        click.echo(f"Not in force yet; carry {document['draft']} to those whose word is missing")


def _write(path: Path, draft: "Draft") -> None:
    try:
        path.write_bytes(draft.to_bytes())
    except OSError as error:
        raise WorkplaceError(f"--out {path}: cannot be written: {error.strerror or error}") from error


def _sides(texts: tuple[str, ...]) -> "list[Side]":
    from counterseal.records.trusted import Side
    from counterseal.terms.parties import parse_party_code

    found = []
    for text in texts:
        codes, _, number = text.partition(":")
        try:
            parties = tuple(sorted(parse_party_code(code.strip()) for code in codes.split(",")))
            found.append(Side(parties=parties, threshold=int(number or 1)))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--side") from error
    return sorted(found, key=lambda side: side.parties[0])


@party.command("list")
@node_option
@passphrase_option
@json_option
def list_(*, node_dir: Path | None, passphrase_file: Path | None, as_json: bool) -> None:
    """Show the parties, their keepers and fingerprints, and where each key is in force."""
    from counterseal.app.cli.party_view import show_trust
    from counterseal.services.ceremony import describe_trust

    place = open_chosen_place(node_dir, passphrase_file)
    document = describe_trust(place.node().trust)
    if as_json:
        print_json(document)
    else:
        show_trust(document)


@party.command()
@click.option("--sheet", type=_FILE, help="Write a sheet to print and sign by hand: a new HTML file.")
@node_option
@passphrase_option
@json_option
def ceremony(
    *, sheet: Path | None, node_dir: Path | None, passphrase_file: Path | None, as_json: bool
) -> None:
    """Show the fingerprints to be read aloud: of this party first, then of those that are known here."""
    from counterseal.app.cli.party_view import fingerprint_lines, shown
    from counterseal.app.report.ceremony_sheet import build_sheet

    place = open_chosen_place(node_dir, passphrase_file)
    document = _ceremony(place)
    if sheet is not None:
        try:
            with sheet.open("x", encoding="utf-8", newline="\n") as file:
                file.write(build_sheet(document))
        except OSError as error:
            raise WorkplaceError(f"--sheet {sheet}: cannot be written: {error.strerror or error}") from error
    if as_json:
        print_json(document | {"sheet": str(sheet) if sheet else None})
        return
    for one in document["parties"]:
        own = " (this node)" if one["code"] == document["own"] else ""
        click.echo(
            f"{one['code']}{own}: {shown(one['name'])}, {one['threshold']} of {len(one['keepers'])} keepers"
        )
        for line in fingerprint_lines(one["fingerprint"], indent="  "):
            click.echo(line)
    if sheet is not None:
        click.echo(f"wrote {sheet}")


def _ceremony(place: "NodePlace") -> dict[str, Any]:
    """What is compared: parties in force, and those whose cards wait here, own party first."""
    from counterseal.app.storage.party_papers import PartyPapers
    from counterseal.services.ceremony import describe_card, describe_trust

    papers = PartyPapers(place.folder)
    found = {one["code"]: one for one in describe_trust(place.trust)["parties"]} if place.trust else {}
    own = papers.own_card(place.party)
    waiting = (*papers.cards(), *((own,) if own and place.party not in found else ()))
    found |= {str(card.party.code): describe_card(card) for card in waiting}
    ordered = sorted(found.values(), key=lambda one: (one["code"] != place.party, one["code"]))
    draft = papers.draft()
    return {
        "treaty": place.pack.id,
        "title": place.pack.title,
        "own": str(place.party),
        "parties": ordered,
        "trust_fingerprint": place.trust.fingerprint if place.trust else None,
        "draft": draft.trust.trust_id if draft else None,
        "draft_version": draft.trust.version if draft else None,
    }
