"""What ``counterseal design`` shows to people and programs."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.text import Text

from counterseal.app.cli.design_tables import Shown, bullet, open_console
from counterseal.design.completeness_bounds import completeness_from_sightings
from counterseal.design.effort import Effort
from counterseal.design.effort_check import EffortCheck
from counterseal.design.effort_completeness import CompletenessInput
from counterseal.design.undeclared_items import Posterior
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
    console = open_console()
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
            console.print(Text(bullet(line, console)))


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


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], *, texts: int = 1) -> Shown:
    """Return a table of text, names to the left and figures to the right; no figure of it is ever cut.

    Args:
        title: Above it.
        columns: Their heads.
        rows: Their cells.
        texts: How many columns, from the left, hold words rather than figures; 0 where figures name the rows.
    """
    return Shown(title=title, columns=tuple(columns), rows=tuple(tuple(cells) for cells in rows), texts=texts)


def print_completeness(
    effort: Effort, given: CompletenessInput, parties: tuple[tuple[str, Posterior], ...]
) -> None:
    """Print what each party holds of undeclared items, and what no prior can move."""
    console = open_console()
    console.print(effort.title, style="bold")
    share = f"{100 * given.confidence:g} %"
    rows = (
        (
            party,
            chance_text(told.none_p),
            "-" if told.bound.value is None else f"{told.bound.value:.0f}",
            percent_text(told.at_most(10)),
        )
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
