"""What ``counterseal design`` shows to people and programs."""

from collections.abc import Iterable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from counterseal.design.completeness_bounds import completeness_from_sightings
from counterseal.design.effort import Effort
from counterseal.design.effort_check import EffortCheck
from counterseal.design.effort_completeness import CompletenessInput
from counterseal.design.power import Power, Smallest, seen_order
from counterseal.design.undeclared_items import Posterior
from counterseal.design.workload import Workload
from counterseal.stats.result import Result

_SURE = 0.99995
_NEVER = 1e-12


def heading_json(effort: Effort) -> dict[str, Any]:
    """Return what tells which effort file an answer is about."""
    return {
        "effort": effort.id,
        "title": effort.title,
        "sha256": effort.sha256,
        "horizon_years": effort.horizon_years,
        "goal_p": effort.goal_p,
        "not_considered": list(effort.not_considered),
    }


def check_json(effort: Effort, checked: EffortCheck) -> dict[str, Any]:
    """Return what ``design check --json`` prints."""
    return {
        **heading_json(effort),
        "strata": len(effort.regime.strata),
        "quota_per_year": dict(effort.regime.quota_per_year),
        "strategies": [one.name for one in effort.strategies],
        "warnings": list(checked.warnings),
        "assumptions": list(checked.assumptions),
    }


def print_check(effort: Effort, checked: EffortCheck) -> None:
    """Print what an effort file describes and leaves open."""
    console = Console(soft_wrap=True)
    regime = effort.regime
    console.print(effort.title, style="bold")
    quotas = ", ".join(f"{number} {kind} a year" for kind, number in regime.quota_per_year.items())
    items = sum(one.n_items for one in regime.strata)
    console.print(
        f"{len(regime.sites)} sites, {len(regime.strata)} strata, {items} items; visits: {quotas or 'none'}"
    )
    console.print(
        f"{len(effort.strategies)} strategies; {effort.horizon_years} years; wanted chance {effort.goal_p:g}"
    )
    print_list(console, "Left open", checked.warnings)
    print_list(console, "Taken for granted", checked.assumptions)
    print_list(console, "Not considered", checked.not_considered)


def print_list(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print sentences under a title, nothing where there are none."""
    given = tuple(lines)
    if given:
        console.print()
        console.print(title, style="bold")
        for line in given:
            console.print(f"  - {line}", markup=False, highlight=False)


def chance_text(result: Result) -> str:
    """Return a chance as people read it: percent, and never 0 or 100 where it is neither."""
    return percent_text(result.value)


def percent_text(value: float | None) -> str:
    """Return a chance in percent, never 0 or 100 where it is neither; a dash where there is none."""
    if value is None:
        return "-"
    if value >= 1.0:
        return "100 %"
    if value > _SURE:
        return "> 99.99 %"
    if value <= 0.0:
        return "0 %"
    return "< 0.01 %" if value < 1.0 - _SURE else f"{100 * value:.2f} %"


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], *, texts: int = 1) -> Table:
    """Return a table of text, its first column whole and to the left, the others to the right.

    Args:
        title: Above it.
        columns: Their heads.
        rows: Their cells.
        texts: How many columns, from the left, hold words rather than figures.
    """
    made = Table(title=Text(title), box=SIMPLE_HEAD, title_justify="left")
    for place, column in enumerate(columns):
        made.add_column(Text(column), justify="left" if place < texts else "right", no_wrap=not place)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))
    return made


def print_power(effort: Effort, found: Power) -> None:
    """Print what a regime would see of each strategy, the least seen first."""
    console = Console(soft_wrap=True)
    kinds = [kind for kind, _ in found.strategies[0].per_visit]
    ordered = sorted(found.strategies, key=lambda one: seen_order(one.per_year))
    columns = (
        "strategy",
        *(f"one {kind}" for kind in kinds),
        "a year",
        f"{effort.horizon_years} years",
        "at most",
    )
    rows = (
        (
            one.strategy,
            *(chance_text(result) for _, result in one.per_visit),
            chance_text(one.per_year),
            chance_text(one.life),
            chance_text(one.ceiling),
        )
        for one in ordered
    )
    console.print(effort.title, style="bold")
    console.print(table("Chance of being seen, least in a year first", columns, rows))
    year, life = found.worst_year, found.worst_life
    console.print(
        f"The host's best of these: in a year {year.strategy}, seen with {chance_text(year.per_year)}; over "
        f"{effort.horizon_years} years {life.strategy}, seen with {chance_text(life.life)}. "
        f"Wanted {100 * effort.goal_p:g} %: {_reached(year.per_year, effort)} in a year, "
        f"{_reached(life.life, effort)} over the treaty's life."
    )
    _print_smallest(console, effort, found.smallest)
    _print_workload(console, found.workload)
    said = dict.fromkeys(line for one in found.strategies for line in one.life.assumptions)
    print_list(console, "Taken for granted", said)
    print_list(console, "Not considered", effort.not_considered)


def _reached(least: Result, effort: Effort) -> str:
    return "reached" if (least.value or 0.0) >= effort.goal_p else "NOT reached"


def _print_smallest(console: Console, effort: Effort, smallest: tuple[Smallest, ...]) -> None:
    kinds = [kind for kind, _ in smallest[0].visit]
    columns = ("stratum", *(f"one {kind}" for kind in kinds), "a year", f"{effort.horizon_years} years")
    title = f"Fewest false items that are seen with {100 * effort.goal_p:g} % (- where not even all would be)"
    rows = (
        (
            one.stratum,
            *(count_text(result) for _, result in one.visit),
            count_text(one.year),
            count_text(one.life),
        )
        for one in smallest
    )
    console.print(table(title, columns, rows))


def count_text(result: Result) -> str:
    """Return a number of items as people read it."""
    return "-" if result.value is None else f"{result.value:.0f}"


def _print_workload(console: Console, load: Workload) -> None:
    rows = [
        ("visits", f"{load.visits_per_y:g}"),
        ("items drawn", f"{load.items_per_y:.5g}"),
        ("effort [person-days]", f"{load.cost_pd_per_y:.5g}"),
        ("host's burden [person-days]", f"{load.burden_d_per_y:.5g}"),
        ("intrusiveness [agreed scale]", f"{load.intrusiveness_per_y:.5g}"),
        ("information released [bits]", f"{load.released_bits_per_y:.5g}"),
        ("false alarms", f"{load.false_alarms_per_y:.3g}"),
        ("false accusations, after a second look", f"{load.false_accusations_per_y:.3g}"),
    ]
    console.print(table("In a year with nothing amiss", ("", "expected"), rows))
    if load.within_budget is not None:
        held = "within" if load.within_budget else "MORE THAN"
        console.print(f"False alarms are {held} what the parties said that they can bear.")


def print_completeness(
    effort: Effort, given: CompletenessInput, parties: tuple[tuple[str, Posterior], ...]
) -> None:
    """Print what each party holds of undeclared items, and what no prior can move."""
    console = Console(soft_wrap=True)
    console.print(effort.title, style="bold")
    share = f"{100 * given.confidence:g} %"
    rows = (
        (party, chance_text(told.none_p), f"{told.bound.value:.0f}", f"{told.at_most(10):.3f}")
        for party, told in parties
    )
    columns = ("beforehand as", "none undeclared", f"{share} bound [items]", "chance of at most 10")
    console.print(table("Undeclared items, after the evidence", columns, rows))
    free = parties[0][1].prior_free
    if free.value is None:
        console.print(f"Without a prior: {free.warnings[0]}.")
    else:
        console.print(
            f"From the evidence alone, every number counted alike: at most {free.value:.0f} with {share}."
        )
    if given.evidence.sightings is not None and given.evidence.sightings[0]:
        least = completeness_from_sightings(*given.evidence.sightings, confidence=given.confidence)
        console.print(f"Sightings alone: at least {chance_text(least)} of items are declared, with {share}.")
    console.print("Checking declared items says nothing about undeclared ones.")
    said = dict.fromkeys(line for _, told in parties for line in told.none_p.assumptions)
    print_list(console, "Taken for granted", said)
