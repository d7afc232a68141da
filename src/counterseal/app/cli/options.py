"""Options that several commands share, and the record that they point at."""

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from counterseal.errors import RefusedInputError

if TYPE_CHECKING:
    from counterseal.records.verification.pins import Pin
    from counterseal.services.node import Node
    from counterseal.services.record_book import RecordBook
    from counterseal.treaty.pack import Pack

_Command = TypeVar("_Command", bound=Callable[..., Any])

_FOLDER = click.Path(path_type=Path)


def node_option(command: _Command) -> _Command:
    """Add ``--node DIR``."""
    return click.option(
        "--node", "node_dir", type=_FOLDER, help="Folder of the node (default: the nearest one above)."
    )(command)


def bundle_option(command: _Command) -> _Command:
    """Add ``--bundle DIR``."""
    return click.option(
        "--bundle", "bundle_dir", type=_FOLDER, help="Read this bundle instead of a node's own record."
    )(command)


def trust_option(command: _Command) -> _Command:
    """Add ``--trust FILE|FINGERPRINT``."""
    return click.option(
        "--trust",
        "trust",
        multiple=True,
        metavar="FILE|FINGERPRINT",
        help="Root keys that you trust, as compared by other means; may be given more than once.",
    )(command)


def json_option(command: _Command) -> _Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def as_of_option(command: _Command) -> _Command:
    """Add ``--as-of DATE``."""
    return click.option(
        "--as-of",
        "as_of",
        metavar="DATE",
        help="Day (YYYY-MM-DD, GMT) at whose end to assess (default: the record's last day; while it runs, "
        "the day on which a bundle was made, of a node today).",
    )(command)


def parse_day(text: str | None) -> date | None:
    """Return the day that was typed.

    Raises:
        RefusedInputError: it is no date in the form YYYY-MM-DD.
    """
    from counterseal.terms.times import parse_date

    if text is None:
        return None
    try:
        return parse_date(text)
    except ValueError as error:
        raise RefusedInputError(f"--as-of: {error}") from error


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it is not one."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} leaves" if noun == "leaf" else f"{number} {noun}s"


def confirm(question: str) -> None:
    """Ask, and go on only if the answer is yes.

    Raises:
        Abort: the answer is no.
        UsageError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(
            f"{question} There is no terminal to ask at; where nobody is asked, give --yes"
        )
    click.confirm(question, abort=True, err=True)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output, with nothing in it that a terminal would obey."""
    lines = json.dumps(document, indent=2, ensure_ascii=False).split("\n")
    click.echo("\n".join(line if line.isprintable() else _escaped(line) for line in lines))


def _escaped(line: str) -> str:
    """Write as JSON escapes what is not printed, such as marks that turn the direction of writing."""
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in line)


def parse_pins(trust: tuple[str, ...]) -> "tuple[Pin, ...]":
    """Return what ``--trust`` pins; a file that is no sound trust file is a pin that nothing matches.

    Raises:
        BadParameter: neither a fingerprint nor a readable file; that is wrong use.
    """
    from counterseal.records.verification.pins import parse_fingerprint, pin_of_trust_file

    pins = []
    for text in trust:
        pin = parse_fingerprint(text)
        if pin is None:
            try:
                pin = pin_of_trust_file(Path(text).read_bytes())
            except OSError as error:
                why = error.strerror or error
                rule = f"{text!r} is no fingerprint of 64 hexadecimal digits, and no readable file: {why}"
                raise click.BadParameter(rule, param_hint="--trust") from error
        pins.append(pin)
    return tuple(pins)


def open_chosen_node(node_dir: Path | None) -> "Node":
    """Open the node that ``--node`` names, or the nearest one."""
    from counterseal.app.cli.passphrases import NodePassphrase
    from counterseal.app.storage.node_folder import find_node, open_node

    folder = node_dir if node_dir is not None else find_node(Path.cwd())
    return open_node(folder, passphrase=NodePassphrase())


def open_record(
    node_dir: Path | None, bundle_dir: Path | None, trust: tuple[str, ...]
) -> "tuple[RecordBook, Pack | None]":
    """Open the record of a bundle, after verifying it, or of a node.

    A bundle may be on its way still: what is not settled yet is shown so.

    Raises:
        RefusedInputError: both are named, or the bundle does not verify.
    """
    from counterseal.services.record_book import open_book

    if bundle_dir is None:
        return _record_of_node(node_dir)
    if node_dir is not None:
        raise RefusedInputError("--node and --bundle: name one of them")
    from counterseal.app.cli.sticks import open_stick
    from counterseal.records.verification.verify import verify_bundle
    from counterseal.services.import_bundle import NOT_NEEDED_YET, require_sound

    source = open_stick(bundle_dir)
    result = verify_bundle(source, pins=parse_pins(trust))
    require_sound(result, allowed=NOT_NEEDED_YET)
    if any(check.name in NOT_NEEDED_YET and not check.held for check in result.checks):
        click.echo("note: not settled: a side has not cosigned the newest head of every log", err=True)
    if not result.pinned:
        click.echo("note: no --trust given; the keys are taken from the bundle itself", err=True)
    return open_book(source), None


def _record_of_node(node_dir: Path | None) -> "tuple[RecordBook, Pack | None]":
    from counterseal.services.export_bundle import write_record
    from counterseal.services.memory_bundle import MemoryBundle
    from counterseal.services.record_book import open_book

    node = open_chosen_node(node_dir)
    memory = MemoryBundle()
    write_record(node, memory)
    return open_book(memory), node.pack
