"""``counterseal treaty``: the agreements as data: list, show, check, compare, and begin your own."""

from pathlib import Path

import click

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_NAME = click.argument("name_or_file", metavar="NAME_OR_FILE")


@click.group()
def treaty() -> None:
    """Look at treaty packs, check them, compare them, and begin your own."""


@treaty.command(name="list")
@_JSON
def list_packs(*, as_json: bool) -> None:
    """List the treaty packs that ship with the program."""
    # Loaded when the command runs, so that help needs none of it.
    from counterseal.app.cli import treaty_view as view
    from counterseal.treaty.load import packaged_names, packaged_pack

    packs = tuple(packaged_pack(name) for name in packaged_names())
    if as_json:
        view.emit(view.list_json(packs))
        return
    from counterseal.app.cli import treaty_tables as tables

    tables.print_list(packs)


@treaty.command()
@_NAME
@click.option("--until", metavar="DATE", help="Compute due dates up to this day; else the last day in force.")
@_JSON
def show(*, name_or_file: str, until: str | None, as_json: bool) -> None:
    """Show a pack: parties, dates, limits, clocks with due dates, quotas, readings, what is not known.

    NAME_OR_FILE is a packaged name, a pack.yaml, or its folder.
    """
    from counterseal.app.cli import treaty_files as given
    from counterseal.app.cli import treaty_view as view

    pack = given.pack_named(name_or_file)
    last = given.day_given(until, option="--until") if until else given.last_day(pack)
    if as_json:
        view.emit(view.show_json(pack, until=last))
        return
    from counterseal.app.cli import treaty_tables as tables

    tables.print_pack(pack, until=last)


@treaty.command()
@_NAME
@_JSON
def check(*, name_or_file: str, as_json: bool) -> None:
    """Check a pack and what stands beside it: published.yaml, and situations/*.yaml, which are run.

    Exit code 1 says that a situation did not hold; 3 that a file was refused.
    """
    from counterseal.app.cli import treaty_files as given
    from counterseal.app.cli import treaty_view as view
    from counterseal.assessment.situations import run_situations

    folder = given.folder_named(name_or_file)
    results = tuple((file, run_situations(folder.pack, document)) for file, document in folder.situations)
    if as_json:
        view.emit(view.check_json(folder, results))
    else:
        click.echo(view.check_text(folder, results))
    if not all(result.held for _, run in results for result in run):
        click.get_current_context().exit(1)


@treaty.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@_JSON
def diff(*, old: str, new: str, as_json: bool) -> None:
    """Say what changed from pack OLD to pack NEW: limits, clocks, quotas, dates, and the rest.

    Each is a packaged name, a pack.yaml, or its folder.
    """
    from counterseal.app.cli import treaty_files as given
    from counterseal.app.cli import treaty_view as view
    from counterseal.treaty.difference import differences

    changes = differences(given.pack_named(old), given.pack_named(new))
    if as_json:
        view.emit({"old": old, "new": new, "changes": [change.as_json() for change in changes]})
        return
    from counterseal.app.cli import treaty_tables as tables

    tables.print_changes(changes)


@treaty.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--id", "pack_id", metavar="ID", help="Id of the pack (default: the folder's name).")
@_JSON
def new(*, folder: Path, pack_id: str | None, as_json: bool) -> None:
    """Write a commented template of a pack into DIR, which must be new or empty.

    It is whole and made up: it passes "counterseal treaty check DIR" as it stands.
    """
    from counterseal.app.cli import treaty_files as given
    from counterseal.app.cli import treaty_view as view

    written = given.write_new(folder, pack_id=pack_id)
    if as_json:
        view.emit({"written": [str(path) for path in written]})
        return
    for path in written:
        click.echo(path)
    click.echo(f"Next: edit {written[0]}, then run: counterseal treaty check {folder}", err=True)
