"""``counterseal record``: put a note on the record for those who may read it, and read one record."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import (
    bundle_option,
    json_option,
    node_option,
    open_chosen_node,
    open_record,
    print_json,
    trust_option,
)
from counterseal.errors import RefusedInputError, WorkplaceError

if TYPE_CHECKING:
    from counterseal.services.notes import ShownRecord

_FILE = click.Path(path_type=Path)


@click.group("record")
def record() -> None:
    """Put a note on the record for those who may read it, and read one record."""


@record.command("add")
@click.argument("statement", metavar="STATEMENT", type=_FILE, required=False)
@click.option(
    "--to",
    "audience",
    required=True,
    multiple=True,
    metavar="PARTY",
    help="Who may read it: a party, or 'public'; may be repeated. The author always may.",
)
@click.option("--kind", default="note", show_default=True, help="'note', or 'note.' and words of your own.")
@click.option(
    "--ref", "refs", multiple=True, metavar="RECORD", help="Record that it speaks about (whole id)."
)
@click.option(
    "--attach",
    "attached",
    multiple=True,
    metavar="NAME=FILE",
    help="Add a file in pieces (NAME_000, NAME_001, ...) that can be released one by one.",
)
@node_option
@json_option
def add(
    *,
    statement: Path | None,
    audience: tuple[str, ...],
    kind: str,
    refs: tuple[str, ...],
    attached: tuple[str, ...],
    node_dir: Path | None,
    as_json: bool,
) -> None:
    """Sign STATEMENT (a JSON object of 1 to 64 members) and append it to the node's log.

    Each member is a part with its own salt: it can be disclosed by itself later. Numbers must be whole.
    """
    from counterseal.app.bootstrap import SystemClock, SystemRandomness
    from counterseal.services.checkpointing import publish_head
    from counterseal.services.notes import add_note

    members = _members(statement, attached)
    node = open_chosen_node(node_dir)
    done = add_note(
        node,
        members,
        kind=kind,
        refs=refs,
        audience=audience,
        clock=SystemClock(),
        randomness=SystemRandomness(),
    )
    publish_head(node)
    if as_json:
        print_json(
            {"record": done, "kind": kind, "parts": sorted(members), "audience": sorted(set(audience))}
        )
        return
    click.echo(f"{node.party}: record {done}")
    click.echo(f"  for {', '.join(sorted(set(audience)))}; parts: {', '.join(sorted(members))}")


@record.command("show")
@click.argument("record_id", metavar="RECORD")
@node_option
@bundle_option
@trust_option
@json_option
def show(
    *,
    record_id: str,
    node_dir: Path | None,
    bundle_dir: Path | None,
    trust: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show RECORD (its id, or how it begins) as far as it is open to this reader."""
    from counterseal.services.notes import show_record

    book, _ = open_record(node_dir, bundle_dir, trust)
    shown = _as_json(show_record(book, record_id))
    if as_json:
        print_json(shown)
    else:
        _print(shown)


def _members(statement: Path | None, attached: tuple[str, ...]) -> dict[str, Any]:
    from counterseal.services.notes import tiles

    members = {} if statement is None else _object(statement)
    for text in attached:
        name, sign, file = text.partition("=")
        if not name or not sign or not file:
            raise click.BadParameter("must be NAME=FILE", param_hint="--attach")
        added = tiles(name, _read(Path(file)))
        if twice := sorted(set(added) & set(members)):
            raise RefusedInputError(f"--attach {name}: the member {twice[0]} is there already")
        members |= added
    if not members:
        raise click.UsageError("name a STATEMENT, or a file with --attach")
    return members


def _object(path: Path) -> dict[str, Any]:
    from counterseal.declarations.strict_json import parse_json

    document = parse_json(_read(path), where=path.name)
    if not isinstance(document, dict):
        raise RefusedInputError(f"{path.name}: a statement must be a JSON object")
    return dict(document)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise WorkplaceError(f"{path}: {error.strerror or error}") from error
    if len(data) > _MOST:
        raise RefusedInputError(f"{path}: more than {_MOST} bytes; a record holds no more")
    return data


_MOST = 1_048_576


def _as_json(shown: "ShownRecord") -> dict[str, Any]:
    from counterseal.terms.times import format_instant

    header, readable = shown.header, shown.open
    return {
        "record": shown.record_id,
        "kind": header.kind,
        "author": header.author,
        "claimed_time": format_instant(header.claimed_time),
        "state": shown.state,
        "audience": list(header.audience),
        "refs": list(header.refs),
        "size_class": header.size_class,
        "open": "nothing" if readable is None else "all" if readable.whole else "part",
        "withheld": header.parts if readable is None else readable.withheld,
        "disclosed_by": [] if readable is None else list(readable.disclosed_by),
        "statement": {} if readable is None else readable.statement,
    }


def _print(shown: dict[str, Any]) -> None:
    import json

    from counterseal.app.cli.bundle_view import printable

    click.echo(
        f"{shown['kind']} by {shown['author']}, claimed time {shown['claimed_time']}: {shown['state']}"
    )
    click.echo(f"  for {', '.join(shown['audience'])}")
    for name, value in shown["statement"].items():
        click.echo(f"  {name}: {printable(json.dumps(value, ensure_ascii=False))}")
    if shown["open"] != "all":
        size = f"at most {shown['size_class']} bytes in all"
        click.echo(f"  {shown['withheld']} parts are withheld (padding included; {size})")
    for source in shown["disclosed_by"]:
        click.echo(f"  opened by disclosure {source}")
