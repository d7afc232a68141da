"""``counterseal declaration``: check and compare what parties declare about their own holdings.

``check`` and ``diff`` work on files alone: no node, no store, no clock. ``import`` and ``export``
(``declaration_store.py``) put them on a node's record and take them from one.
"""

from pathlib import Path

import click

from counterseal.app.cli.declaration_store import export_, import_

_TREATY = click.option(
    "--treaty",
    required=True,
    metavar="NAME",
    help="Treaty pack: a packaged name, or the path of a pack.yaml.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def declaration() -> None:
    """Check, compare, import and export declarations."""


@declaration.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@_TREATY
@click.option("--until", metavar="DATE", help="Refuse data as of a later date than this.")
@click.option("--party", metavar="CODE", help="Party of a breakdown's table, which names none itself.")
@click.option("--as-of", metavar="DATE", help="Date of a breakdown's table, which names none itself.")
@_JSON
def check(
    *,
    files: tuple[Path, ...],
    treaty: str,
    until: str | None,
    party: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Read each FILE strictly, say what it holds, and add up breakdowns against declared totals.

    A FILE is CSV (a table of aggregates, or of a breakdown) or JSON. Breakdowns close against the
    aggregates of the same party and date in the same or another FILE. Exit code 1 says that a
    breakdown does not add up; 3 that a file was refused.
    """
    # Loaded when the command runs, so that help needs none of it.
    from counterseal.app.cli import declaration_files as given
    from counterseal.app.cli import declaration_view as view
    from counterseal.app.cli.treaty_files import day_given, pack_named

    pack = pack_named(treaty)
    last = None if until is None else day_given(until, option="--until")
    subject = given.breakdown_subject(party=party, as_of=as_of, date_option="--as-of")
    held = tuple(
        found
        for path in files
        for found in given.read_file(path, pack=pack, until=last, breakdown_of=subject)
    )
    given.require_each_once(held)
    closures = view.closures_of(held, pack=pack)
    click.echo(
        view.check_json(held, closures, pack=pack) if as_json else view.check_text(held, closures, pack=pack)
    )
    if view.fails(closures):
        click.get_current_context().exit(1)


@declaration.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@_TREATY
@click.option("--notifications", type=click.Path(path_type=Path), help="JSON file of notifications.")
@click.option("--party", metavar="CODE", help="Party, where a file holds several or names none.")
@click.option(
    "--between", nargs=2, metavar="DATE DATE", help="Dates of the data to take from OLD and from NEW."
)
@click.option(
    "--update-only",
    multiple=True,
    metavar="CATEGORY",
    help="Category whose figures change by the periodic declaration alone; may be repeated.",
)
@_JSON
def diff(
    *,
    old: Path,
    new: Path,
    treaty: str,
    notifications: Path | None,
    party: str | None,
    between: tuple[str, str] | None,
    update_only: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say how the declaration in NEW differs from the one in OLD, and which notification explains what.

    Each change is explained by notifications that add up to it exactly, partly explained, or an
    open question. The two files may be the same one: choose the declarations by --party and --between.
    """
    # Loaded when the command runs, so that help needs none of it.
    from counterseal.app.cli import declaration_files as given
    from counterseal.app.cli import declaration_view as view
    from counterseal.app.cli.treaty_files import pack_named

    pack = pack_named(treaty)
    older, newer = between or (None, None)
    before = given.one_declaration(old, pack=pack, party=party, as_of=older)
    after = given.one_declaration(new, pack=pack, party=party, as_of=newer)
    told = () if notifications is None else given.read_notification_file(notifications, pack=pack)
    difference = given.compared(
        before,
        after,
        pack=pack,
        notifications=told,
        by_update_only=(*update_only, *(c.id for c in pack.categories if c.changes_by)),
    )
    click.echo(view.diff_json(difference, pack=pack) if as_json else view.diff_text(difference, pack=pack))


declaration.add_command(import_)
declaration.add_command(export_)
