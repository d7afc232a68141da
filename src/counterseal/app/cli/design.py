"""``counterseal design``: the power of a regime before it is agreed, from an effort file."""

from pathlib import Path

import click

from counterseal.app.cli.options import json_option, print_json

_EFFORT = click.argument("effort_file", metavar="EFFORT.yaml", type=click.Path(path_type=Path))


@click.group("design")
def design() -> None:
    """Ask of a regime how likely, how soon and at what cost it would see a departure."""


@design.command()
@_EFFORT
@json_option
def check(*, effort_file: Path, as_json: bool) -> None:
    """Check an effort file: refuse what is impossible, name what is left open, list what is assumed."""
    from counterseal.app.cli import design_view as view
    from counterseal.app.cli.effort_files import read_effort_file
    from counterseal.design.effort_check import check_effort

    effort = read_effort_file(effort_file)
    checked = check_effort(effort)
    if as_json:
        print_json(view.check_json(effort, checked))
    else:
        view.print_check(effort, checked)


@design.command()
@_EFFORT
@json_option
def power(*, effort_file: Path, as_json: bool) -> None:
    """Say how likely each strategy is seen on a visit, in a year, over the treaty's life; the worst leads."""
    from counterseal.app.cli import design_view as view
    from counterseal.app.cli.effort_files import read_effort_file
    from counterseal.design.power import power as power_of

    effort = read_effort_file(effort_file)
    found = power_of(
        effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p
    )
    if as_json:
        print_json({**view.heading_json(effort), **found.document()})
    else:
        view.print_power(effort, found)


@design.command()
@_EFFORT
@json_option
def completeness(*, effort_file: Path, as_json: bool) -> None:
    """Say what is held of undeclared items, by party, and what no evidence at hand can exclude."""
    from counterseal.app.cli import design_view as view
    from counterseal.app.cli.effort_files import read_effort_file, require_section

    effort = read_effort_file(effort_file)
    given = require_section(effort.completeness, "completeness", where=effort_file)
    parties = given.by_party()
    if as_json:
        print_json(
            {**view.heading_json(effort), "parties": {party: told.document() for party, told in parties}}
        )
    else:
        view.print_completeness(effort, given, parties)
