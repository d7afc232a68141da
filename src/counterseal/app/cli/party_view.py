"""How parties, keys, fingerprints and drafts are shown at a terminal."""

from collections.abc import Iterator
from typing import Any

import click

from counterseal.app.cli.options import counted
from counterseal.services.ceremony import groups

_PER_LINE = 8


def shown(text: str) -> str:
    """Return a text from outside as it can be printed: what steers a terminal is shown, not done."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def fingerprint_lines(digits: str, *, indent: str) -> Iterator[str]:
    """Yield a fingerprint in groups of four digits, eight to a line."""
    found = groups(digits)
    for at in range(0, len(found), _PER_LINE):
        yield indent + " ".join(found[at : at + _PER_LINE])


def show_version(document: dict[str, Any]) -> None:
    """Show all that is in a version of the trust file."""
    click.echo(f"Trust file of {document['treaty']}, version {document['version']}")
    if document["previous"]:
        click.echo(f"  follows  {document['previous']}")
    for party in document["parties"]:
        _show_party(party)
        file = party["key_file"]
        click.echo(f"    key file {file['version']}: {file['id']}")
    _show_sides(document["sides"])
    click.echo("  what is signed (compare it with the others):")
    for line in fingerprint_lines(document["id"], indent="    "):
        click.echo(line)


def _show_party(party: dict[str, Any]) -> None:
    click.echo(f"  {party['code']} ({party['kind']}): {shown(party['name'])}")
    click.echo(f"    log {party['log']}")
    for line in fingerprint_lines(party["fingerprint"], indent="    "):
        click.echo(line)
    click.echo(f"    any {party['threshold']} of {len(party['keepers'])} keepers speak for it:")
    for keeper in party["keepers"]:
        click.echo(f"      {keeper}")


def _show_sides(sides: list[dict[str, Any]]) -> None:
    click.echo("  a head is settled when every other side has vouched for it:")
    for side in sides:
        who = ", ".join(side["parties"])
        click.echo(f"    {who}" + (f" ({side['threshold']} of them)" if len(side["parties"]) > 1 else ""))


def show_words(document: dict[str, Any]) -> None:
    """Show how far everybody's word is given."""
    for word in document["signatures"]:
        what = f"{word['party']}, as it stood before" if word["keepers"] == "before" else word["party"]
        done = "done" if word["signed"] >= word["needed"] else f"{word['needed'] - word['signed']} missing"
        click.echo(f"  {what}: signed by {counted(word['signed'], 'keeper')} of {word['needed']} ({done})")


def show_trust(document: dict[str, Any]) -> None:
    """Show parties, keepers and keys in force and before."""
    click.echo(f"{document['treaty']}, trust file version {document['version']}")
    for party in document["parties"]:
        _show_party(party)
        for file in party["key_files"]:
            click.echo(f"    key file {file['version']}, in force from entry {file['at']}: {file['id']}")
        for key in party["keys"]:
            click.echo(f"    {key['role']:<8}{key['algorithm']:<16}{key['id'][:16]}…  {_where(key)}")
    _show_sides(document["sides"])


def _where(key: dict[str, Any]) -> str:
    if not key["retired"]:
        return f"in force from entry {key['from']}"
    told = f"retired: entries {key['from']} to {key['until'] - 1}"
    if key["until"] <= key["from"]:
        told = "retired before any entry"
    if key["disputed"]:
        told += f"; disputed from number {key['accepted']} of its feed on"
    heads = ", ".join(f"{origin} up to {size}" for origin, size in sorted(key["heads"].items()))
    return f"{told}; vouched for {heads}" if heads else told
