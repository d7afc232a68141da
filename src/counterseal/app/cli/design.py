"""``counterseal design``: the power of a regime before it is agreed, from an effort file."""

from pathlib import Path

import click

from counterseal.app.cli.design_report import report
from counterseal.app.cli.options import json_option, print_json
from counterseal.app.cli.plain_names import PlainGroup

_PATH = click.Path(path_type=Path, readable=False)
_EFFORT = click.argument("effort_file", metavar="EFFORT.yaml", type=_PATH)


@click.group("design", cls=PlainGroup)
def design() -> None:
    """Ask of a regime how likely, how soon and at what cost it would see a departure."""


design.add_command(report)


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
    """Say how likely each strategy is seen on a visit, in a year, over the treaty's life; the worst leads.

    Also how soon, with how few false items, what a year takes, and how many visits deter.
    """
    from counterseal.app.cli import design_power_view as view
    from counterseal.app.cli.effort_files import read_effort_file

    effort = read_effort_file(effort_file)
    answer = view.answer_of(effort)
    if as_json:
        print_json(view.answer_json(effort, answer))
    else:
        view.print_power(effort, answer)


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


@design.command()
@_EFFORT
@json_option
def timeliness(*, effort_file: Path, as_json: bool) -> None:
    """Say how soon each strategy is seen, and what the quota could do against a blind and a watching host."""
    from counterseal.app.cli import design_time_view as view
    from counterseal.app.cli.design_view import heading_json
    from counterseal.app.cli.effort_files import read_effort_file, require_section
    from counterseal.design.time_to_detection import timeliness as timeliness_of

    effort = read_effort_file(effort_file)
    given = require_section(effort.timeliness, "timeliness", where=effort_file)
    found = timeliness_of(effort)
    if as_json:
        print_json({**heading_json(effort), **found.document()})
    else:
        view.print_timeliness(effort, given, found)


@design.command()
@_EFFORT
@click.option("--budget", type=click.FloatRange(min=0), help="Person-days a year, instead of the file's.")
@click.option(
    "--objective",
    type=click.Choice(["worst", "prior", "lex"]),
    default="worst",
    show_default=True,
    help="The worst strategy; the weighted mean; the worst first, then the mean.",
)
@json_option
def plan(*, effort_file: Path, budget: float | None, objective: str, as_json: bool) -> None:
    """Find the best plan for a budget, with a bound that no plan passes and the worth of more effort."""
    from counterseal.app.cli import design_plan_view as view
    from counterseal.app.cli.design_view import heading_json
    from counterseal.app.cli.effort_files import read_effort_file, require_section
    from counterseal.design.best_plan import design as best
    from counterseal.design.cost_of_goal import goal_cost

    effort = read_effort_file(effort_file)
    require_section(effort.plan, "plan", where=effort_file)
    found = best(effort, budget_pd=budget, objective=view.objective_named(objective))
    goal = goal_cost(effort)
    if as_json:
        print_json({**heading_json(effort), **found.document(), "goal_cost": goal.document()})
    else:
        view.print_plan(effort, found, goal=goal)


@design.command()
@_EFFORT
@json_option
def frontier(*, effort_file: Path, as_json: bool) -> None:
    """Find the best plan for each budget of the file: cost against the worst strategy."""
    from counterseal.app.cli import design_plan_view as view
    from counterseal.app.cli.design_view import heading_json
    from counterseal.app.cli.effort_files import read_effort_file, require_section
    from counterseal.design.frontiers import frontier as frontier_of
    from counterseal.design.frontiers import next_percents

    effort = read_effort_file(effort_file)
    require_section(effort.plan, "plan", where=effort_file)
    found = frontier_of(effort)
    percents = next_percents(found)
    if as_json:
        steps = [one.document() for one in percents]
        print_json({**heading_json(effort), "plans": [one.document() for one in found], "percents": steps})
    else:
        view.print_frontier(effort, found, percents)


@design.command()
@click.argument("effort_files", metavar="EFFORT.yaml...", nargs=-1, required=True, type=_PATH)
@json_option
def compare(*, effort_files: tuple[Path, ...], as_json: bool) -> None:
    """Put effort files side by side: two drafts, or the stages of disarmament of one treaty.

    Each is called by its id; drafts of one id are called by the names of their files.
    """
    from counterseal.app.cli import design_plan_view as view
    from counterseal.app.cli.effort_files import read_effort_file
    from counterseal.design.comparison import compare as compare_of

    efforts = [read_effort_file(path) for path in effort_files]
    found = compare_of(efforts, names=view.draft_names(effort_files, efforts))
    if as_json:
        print_json(found.document())
    else:
        view.print_comparison(found)


@design.command()
@_EFFORT
@click.option(
    "--seed", type=click.IntRange(min=0, max=2**64 - 1), required=True, help="Of the simulated runs."
)
@json_option
def pace(*, effort_file: Path, seed: int, as_json: bool) -> None:
    """Say how long dismantlement takes, which station holds it up, and what one more of something changes."""
    from counterseal.app.cli import design_time_view as view
    from counterseal.app.cli.design_view import heading_json
    from counterseal.app.cli.effort_files import read_effort_file, require_section

    effort = read_effort_file(effort_file)
    given = require_section(effort.pace, "pace", where=effort_file)
    found = given.pace(seed=seed)
    if as_json:
        print_json({**heading_json(effort), **found.document()})
    else:
        view.print_pace(effort, given, found)
