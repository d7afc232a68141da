"""What ``counterseal design plan``, ``frontier`` and ``compare`` show to people."""

from collections.abc import Sequence

from rich.console import Console

from counterseal.app.cli.design_view import chance_text, percent_text, print_list, table
from counterseal.design.best_plan import Objective
from counterseal.design.comparison import Comparison, Row
from counterseal.design.effort import Effort
from counterseal.design.frontiers import Percent
from counterseal.design.plan_duals import Duals
from counterseal.design.plan_result import Design

_WORDS = {
    "worst": "the worst strategy",
    "prior": "the weighted mean",
    "lex": "the worst strategy, then the mean",
}
_OBJECTIVES: dict[str, Objective] = {"worst": "worst", "prior": "prior", "lex": "lex"}
_SHOWN, _MOST_ROWS = 12, 60


def objective_named(name: str) -> Objective:
    """Return the objective of that name."""
    return _OBJECTIVES[name]


def print_plan(effort: Effort, found: Design) -> None:
    """Print a plan, what it sees, what it takes, and what more effort would be worth."""
    console = Console(soft_wrap=True)
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
    if found.duals is not None:
        _print_duals(console, found.duals)
    print_list(console, "Mind", found.warnings)
    print_list(console, "Over what set this holds", held.covers)
    print_list(console, "Taken for granted", found.assumptions)


def _print_duals(console: Console, duals: Duals) -> None:
    console.print(f"One more person-day a year is worth {100 * duals.seen_per_pd:.3g} percent points.")
    worth = [one for one in duals.where if one.option]
    rows = (
        (one.place, one.option, f"{one.extra_pd:.4g}", f"{100 * one.seen_per_pd:.3g}")
        for one in worth[:_SHOWN]
    )
    if worth:
        columns = ("place", "what it would buy", "person-days more", "percent points each")
        console.print(table("Where more effort would go", columns, rows, texts=2))
    step = duals.next_step
    if step is not None:
        text = (
            f"No plan of these options sees {100 * step.step_p:g} percent points more."
            if step.cost_pd is None
            else f"{100 * step.step_p:g} percent points more take {step.cost_pd:.5g} person-days a year."
        )
        console.print(text)


def print_frontier(effort: Effort, found: Sequence[Design], percents: Sequence[Percent]) -> None:
    """Print the best plan for each budget, and what one more percent costs between them."""
    console = Console(soft_wrap=True)
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
    columns = ("budget", "cost", "worst seen", "no plan passes", "host's burden", "false alarms")
    console.print(table("Best plan for each budget [person-days a year]", columns, rows))
    steps = (
        (
            f"{one.from_pd:.5g} to {one.to_pd:.5g}",
            f"{100 * one.seen_from:.2f} to {100 * one.seen_to:.2f} %",
            f"{one.pd_per_percent:.3g}",
        )
        for one in percents
    )
    if percents:
        heads = ("person-days", "worst seen", "person-days for one percent more")
        console.print(table("What more costs", heads, steps))
    print_list(console, "Taken for granted", found[0].assumptions)


def print_comparison(found: Comparison) -> None:
    """Print effort files side by side."""
    console = Console(soft_wrap=True)
    columns = ("", *found.ids)
    life = ((row.name, *_chances(row)) for row in found.life)
    year = ((row.name, *_chances(row)) for row in found.year)
    load = (
        (f"{row.name.replace('_per_y', '').replace('_', ' ')} [{row.unit}]", *_figures(row))
        for row in found.workload
    )
    console.print(table("Chance of being seen in a year", columns, year))
    console.print(table("Chance of being seen over the treaty's life", columns, life))
    console.print(table("What it takes and asks", columns, load))
    differ = (
        (one.input, *("-" if text is None else text for text in one.values)) for one in found.differences
    )
    shown = list(differ)
    console.print(table("Inputs that differ", columns, shown[:_MOST_ROWS]))
    if len(shown) > _MOST_ROWS:
        console.print(f"... and {len(shown) - _MOST_ROWS} more inputs differ: --json lists all.")
    print_list(console, "What each demands", found.demands)
    print_list(console, "Mind", found.warnings)


def _chances(row: Row) -> list[str]:
    return [percent_text(value) for value in row.values]


def _figures(row: Row) -> list[str]:
    return ["-" if value is None else f"{value:.5g}" for value in row.values]
