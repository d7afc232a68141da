"""The files and options that ``counterseal declaration`` takes."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import click

from counterseal.app.cli.treaty_files import day_given
from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.aggregate_difference import compare_aggregates
from counterseal.declarations.difference import Difference
from counterseal.declarations.document import Declaration
from counterseal.declarations.item_difference import compare_itemised
from counterseal.declarations.itemised import ItemisedDeclaration
from counterseal.declarations.notification_document import read_notifications
from counterseal.declarations.notifications import Notification
from counterseal.declarations.plain_text import LARGEST_FILE_BYTES
from counterseal.declarations.reading import BreakdownSubject, read_declarations
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.treaty.pack import Pack


def breakdown_subject(*, party: str | None, as_of: str | None, date_option: str) -> BreakdownSubject | None:
    """Return the party and date that the options give for a breakdown's table, if they give both."""
    if party is None or as_of is None:
        return None
    day_given(as_of, option=date_option)
    return BreakdownSubject(party=party, as_of=as_of)


def read_file(
    path: Path, *, pack: Pack, until: date | None = None, breakdown_of: BreakdownSubject | None = None
) -> tuple[Declaration, ...]:
    """Return the declarations of the file at ``path``."""
    subject = None if breakdown_of is None else replace(breakdown_of, citation=path.name)
    return read_declarations(_read(path), where=str(path), pack=pack, until=until, breakdown_of=subject)


def require_each_once(held: tuple[Declaration, ...]) -> None:
    """Require that several files together state each party, date and form once."""
    seen: set[tuple[type[Declaration], str]] = set()
    for each in held:
        if (type(each), each.name) in seen:
            raise RefusedInputError(f"{each.name}: declared in two of the files, must be declared once")
        seen.add((type(each), each.name))


def read_notification_file(path: Path, *, pack: Pack) -> tuple[Notification, ...]:
    """Return the notifications of the file at ``path``."""
    return read_notifications(_read(path), where=str(path), pack=pack)


def one_declaration(path: Path, *, pack: Pack, party: str | None, as_of: str | None) -> Declaration:
    """Return the one declaration of a file that the options leave."""
    subject = breakdown_subject(party=party, as_of=as_of, date_option="--between")
    day = None if as_of is None else day_given(as_of, option="--between")
    held = read_file(path, pack=pack, breakdown_of=subject)
    left = [each for each in held if party in {None, each.party} and day in {None, each.as_of}]
    if len(left) != 1:
        raise click.UsageError(
            f"{path}: {len(left)} of its {len(held)} declarations fit; choose one with --party and --between"
        )
    return left[0]


def compared(
    before: Declaration,
    after: Declaration,
    *,
    pack: Pack,
    notifications: tuple[Notification, ...],
    by_update_only: tuple[str, ...],
) -> Difference:
    """Return the difference of two declarations of the same form."""
    for category in by_update_only:
        pack.category(category)
    if isinstance(before, AggregateDeclaration) and isinstance(after, AggregateDeclaration):
        return compare_aggregates(
            before, after, pack=pack, notifications=notifications, by_update_only=by_update_only
        )
    if isinstance(before, ItemisedDeclaration) and isinstance(after, ItemisedDeclaration):
        return compare_itemised(before, after, notifications=notifications)
    raise RefusedInputError(
        "one file holds aggregate figures and the other a breakdown; both must be of one form"
    )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be read: {error.strerror}") from error
