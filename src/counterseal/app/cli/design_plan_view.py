"""What ``counterseal design plan``, ``frontier`` and ``compare`` show to people."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from counterseal.app.cli.bundle_view import printable
from counterseal.app.cli.design_tables import bullet, open_console
from counterseal.app.cli.design_view import chance_text, percent_text, print_list, table
from counterseal.design.best_plan import Objective
from counterseal.design.comparison import Comparison, Row
from counterseal.design.effort import Effort
from counterseal.design.frontiers import Percent
from counterseal.design.plan_duals import Duals
from counterseal.design.plan_result import Design
from counterseal.errors import RefusedInputError
from counterseal.stats.result import Result

_WORDS = {
    "worst": "the worst strategy",
    "prior": "the weighted mean",
    "lex": "the worst strategy, then the mean",
}
_OBJECTIVES: dict[str, Objective] = {"worst": "worst", "prior": "prior", "lex": "lex"}
_SHOWN, _MOST_ROWS = 12, 60
_RARE = 5e-4
_NOTHING = 1e-9
"""A chance below it is what a solver leaves over."""


def objective_named(name: str) -> Objective:
    """Return the objective of that name."""
    return _OBJECTIVES[name]


def print_plan(effort: Effort, found: Design, *, goal: Result) -> None:
    """Print a plan, what it sees, what it takes, what more effort would be worth, what the goal takes."""
    console = open_console()
    console.print(effort.title, style="bold")
    cost = found.workload.cost_pd_per_y
    console.print(f"Best plan for {found.budget_pd:g} person-days a year; it takes {cost:.5g}.")
    console.print(f"Chosen by {_WORDS[found.objective]}.")
    rows = ((one.place, one.option, f"{one.cost_pd_per_y:.5g}") for one in found.plan)
    fixed = cost - sum(one.cost_pd_per_y for one in found.plan)
    rest = [
        ("whatever is chosen", "other visits, overhead, second looks", f"{fixed:.5g}"),
        ("all", "", f"{cost:.5g}"),
    ]
    heads = ("place", "what is done", "person-days a year")
    console.print(table("Plan", heads, [*rows, *rest], texts=2))
    seen = ((name, chance_text(chance)) for name, chance in found.strategies)
    console.print(table("Chance of being seen in a year", ("strategy", "chance"), seen))
    held = found.certificate
    console.print(
        f"By its objective {chance_text(held.seen)}; no plan within the limits passes "
        f"{100 * (held.seen.upper or 0.0):.2f} %{'' if held.proven else ' (not proven to the end)'}."
    )
    if found.mixed is not None and found.mixed.value.value is not None:
        seen_p = 1.0 - found.mixed.value.value
        console.print(f"Drawing one of several plans each year by lot: {100 * seen_p:.2f} %.")
        _print_lottery(console, found)
    if found.duals is not None:
        _print_duals(console, found.duals)
    console.print(_goal_text(effort, goal))
    print_list(console, "Mind", found.warnings)
    print_list(console, "Over what set this holds", held.covers)
    print_list(console, "Taken for granted", found.assumptions)


def _print_lottery(console: Console, found: Design) -> None:
    """Print the likeliest plans of the mix, each with its chance."""
    plans = [(chance, done) for chance, done in found.lottery if chance >= _RARE]
    if len(plans) < 2:  # noqa: PLR2004 - one plan is no lottery
        return
    rows = (
        (f"{100 * chance:.1f} %", "; ".join(f"{place}: {what}" for place, what in done) or "nothing")
        for chance, done in plans[:_SHOWN]
    )
    console.print(table("The lottery: which plan, how often", ("chance", "plan"), rows, texts=2))
    if len(plans) > _SHOWN:
        console.print(f"... and {len(plans) - _SHOWN} rarer plans: --json lists all.")


def _goal_text(effort: Effort, goal: Result) -> str:
    wanted = f"the wanted {100 * effort.goal_p:g} % in a year"
    if goal.value is None:
        return f"No budget buys {wanted}: {goal.warnings[0]}."
    mind = f" ({goal.warnings[0]})" if goal.warnings else ""
    return f"The cheapest plan with {wanted} takes {goal.value:.5g} person-days{mind}."


def _print_duals(console: Console, duals: Duals) -> None:
    console.print(_worth_text(duals))
    for name, seen_p in _binding(duals):
        console.print(f"One more of the limit {name!r} is worth {_points(seen_p)}.")
    worth = [one for one in duals.where if one.option]
    rows = (
        (one.place, one.option, f"{one.extra_pd:.4g}", f"{100 * one.seen_per_pd:.3g}")
        for one in worth[:_SHOWN]
    )
    if worth:
        title = (
            "Where more effort would go from this plan, one place at a time"
            if duals.seen_per_pd > _NOTHING
            else "What dearer options would win without those limits"
        )
        columns = ("place", "what it would buy", "person-days more", "percent points each")
        console.print(table(title, columns, rows, texts=2))
    step = duals.next_step
    if step is not None:
        text = (
            f"No plan of these options sees {_points(step.step_p)} more."
            if step.cost_pd is None
            else f"{_points(step.step_p)} more take {step.cost_pd:.5g} person-days a year."
        )
        console.print(text)


def _worth_text(duals: Duals) -> str:
    """Return what one more person-day is worth, or why it is worth nothing."""
    if duals.seen_per_pd > _NOTHING:
        return f"One more person-day a year, for a lottery of plans, is worth {_points(duals.seen_per_pd)}."
    if _binding(duals):
        return (
            "One more person-day a year wins nothing, wherever it would go: other limits hold the plan back "
            f"({', '.join(name for name, _ in _binding(duals))})."
        )
    return "One more person-day a year wins nothing, wherever it would go."


def _binding(duals: Duals) -> list[tuple[str, float]]:
    """Return the limits that hold the plan back, beside the budget, with what one more of each is worth."""
    return [(name, seen_p) for name, seen_p in duals.limits if seen_p > _NOTHING]


def _points(seen_p: float) -> str:
    text = f"{100 * seen_p:.3g}"
    return f"{text} percent point{'' if text == '1' else 's'}"


def print_frontier(effort: Effort, found: Sequence[Design], percents: Sequence[Percent]) -> None:
    """Print the best plan for each budget, and what one more percent costs between them."""
    console = open_console()
    console.print(effort.title, style="bold")
    rows = (
        (
            f"{one.budget_pd:g}",
            f"{one.workload.cost_pd_per_y:.5g}",
            chance_text(one.certificate.seen),
            f"{100 * (one.certificate.seen.upper or 0.0):.2f} %",
            f"{one.workload.burden_d_per_y:.4g}",
            f"{one.workload.false_alarms_per_y:.3g}",
        )
        for one in found
    )
    columns = (
        "budget [person-days]",
        "cost [person-days]",
        "worst seen",
        "no plan passes",
        "host's burden [person-days]",
        "false alarms",
    )
    console.print(table("Best plan for each budget, in a year", columns, rows, texts=0))
    steps = (
        (
            f"{one.from_pd:.5g} to {one.to_pd:.5g}",
            f"{100 * one.seen_from:.2f} to {100 * one.seen_to:.2f} %",
            f"{one.pd_per_percent:.3g}",
        )
        for one in percents
    )
    if percents:
        heads = ("person-days a year", "worst seen", "person-days for one percent more")
        console.print(table("What more costs", heads, steps, texts=0))
    print_list(console, "Taken for granted", found[0].assumptions)


def draft_names(paths: Sequence[Path], efforts: Sequence[Effort]) -> tuple[str, ...] | None:
    """Return what to call drafts of one id: the names of their files, or their paths where those are equal.

    Args:
        paths: Where each was read.
        efforts: What each says.

    Raises:
        RefusedInputError: a file is named twice.
    """
    if len({one.id for one in efforts}) == len(efforts):
        return None
    twice = [path for place, path in enumerate(paths) if path.resolve() in map(Path.resolve, paths[:place])]
    if twice:
        raise RefusedInputError(f"{printable(str(twice[0]))}: named twice; a draft is compared with another")
    names = tuple(printable(path.name) for path in paths)
    return names if len(set(names)) == len(names) else tuple(printable(str(path)) for path in paths)


def print_comparison(found: Comparison) -> None:
    """Print effort files side by side."""
    console = open_console()
    console.print("What is compared", style="bold")
    for line in _called(found):
        console.print(bullet(line, console))
    console.print()
    columns = ("", *found.names)
    for title, rows, worst in (
        ("Chance of being seen in a year", found.year, found.worst_year),
        ("Chance of being seen over the treaty's life", found.life, found.worst),
    ):
        least = ("the worst of these", *(percent_text(seen_p) for _, seen_p in worst))
        console.print(table(title, columns, [*((row.name, *_chances(row)) for row in rows), least]))
    load = ((f"{_without_unit(row.name)} [{row.unit}]", *_figures(row)) for row in found.workload)
    console.print(table("What it takes and asks", columns, load))
    print_list(console, "What each demands", found.demands)
    print_list(console, "Mind", found.warnings)
    console.print()
    _print_differences(console, found)


def _called(found: Comparison) -> Iterator[str]:
    """Yield which effort file each name means."""
    for name, known, title in zip(found.names, found.ids, found.titles, strict=True):
        yield f"{name}: {title}" if name == known else f"{name}: {known}, {title}"


def _print_differences(console: Console, found: Comparison) -> None:
    if not found.differences:
        console.print("No input differs.")
        return
    shown = [
        (one.input, *("-" if text is None else text for text in one.values))
        for one in found.differences[:_MOST_ROWS]
    ]
    columns = ("", *found.names)
    console.print(table("Inputs that differ", columns, shown, texts=len(columns)))
    if len(found.differences) > _MOST_ROWS:
        more = len(found.differences) - _MOST_ROWS
        console.print(f"... and {more} more inputs differ: --json lists all.")


def _without_unit(name: str) -> str:
    """Return the name of a figure as people read it; its unit stands beside."""
    return name.removesuffix("_per_y").removesuffix("_pd").removesuffix("_d").replace("_", " ")


def _chances(row: Row) -> list[str]:
    return [percent_text(value) for value in row.values]


def _figures(row: Row) -> list[str]:
    return ["-" if value is None else f"{value:.5g}" for value in row.values]
