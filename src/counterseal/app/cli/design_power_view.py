"""What ``counterseal design power`` shows to people and programs."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console

from counterseal.app.cli.design_tables import open_console
from counterseal.app.cli.design_view import chance_text, heading_json, print_list, table
from counterseal.design.effort import Effort
from counterseal.design.quota_that_deters import deterring_quota
from counterseal.design.regime_power import Power, Smallest, power, seen_order
from counterseal.design.time_to_detection import Timely, timeliness
from counterseal.design.workload import Workload
from counterseal.stats.result import Result

_YEAR_D = 365.25
_DAYS = 2 * _YEAR_D - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the command says of an effort file.

    Attributes:
        power: How likely each strategy is seen, and what a year takes.
        timely: How soon; None where the file has no section ``timeliness``.
        deterring: ``(loss, visits a year that deter)`` at both ends of the range of losses; empty where the
            file has no section ``utilities``.
    """

    power: Power
    timely: Timely | None
    deterring: tuple[tuple[float, Result], ...]


def answer_of(effort: Effort) -> Answer:
    """Return how likely, how soon, and with how many visits a departure would not pay.

    Args:
        effort: The effort file.
    """
    stated = effort.utilities
    losses = () if stated is None else sorted({stated.loss_low, stated.loss_high})
    return Answer(
        power=power(
            effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p
        ),
        timely=None if effort.timeliness is None else timeliness(effort),
        deterring=tuple(
            (
                loss,
                deterring_quota(
                    effort.regime,
                    effort.strategies,
                    loss=loss,
                    false_alarm_cost=0.0 if stated is None else stated.false_alarm_cost,
                ),
            )
            for loss in losses
        ),
    )


def answer_json(effort: Effort, answer: Answer) -> dict[str, Any]:
    """Return what ``design power --json`` prints."""
    return {
        **heading_json(effort),
        **answer.power.document(),
        "timeliness": None if answer.timely is None else answer.timely.document(),
        "deterring_quota": [
            {"loss": loss, "visits_per_y": told.document()} for loss, told in answer.deterring
        ],
    }


def print_power(effort: Effort, answer: Answer) -> None:
    """Print what a regime would see of each strategy, the least seen first, and how soon, and what deters."""
    console, found = open_console(), answer.power
    console.print(effort.title, style="bold")
    _print_chances(console, effort, found)
    _print_smallest(console, effort, found.smallest)
    if answer.timely is not None:
        _print_timely(console, answer.timely)
    _print_workload(console, found.workload)
    for loss, told in answer.deterring:
        console.print(_deterring_text(loss, told))
    results = [*(one.life for one in found.strategies), *(told for _, told in answer.deterring)]
    said = dict.fromkeys(line for one in results for line in one.assumptions)
    print_list(console, "Taken for granted", said)
    print_list(console, "Not considered", effort.not_considered)


def _print_chances(console: Console, effort: Effort, found: Power) -> None:
    kinds = [kind for kind, _ in found.strategies[0].per_visit]
    ordered = sorted(found.strategies, key=lambda one: seen_order(one.per_year))
    years = years_text(effort.horizon_years)
    columns = ("strategy", *(f"one {kind}" for kind in kinds), "a year", years, "at most")
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
    console.print(table("Chance of being seen, least in a year first", columns, rows))
    year, life = found.worst_year, found.worst_life
    console.print(
        f"The host's best of these: in a year {year.strategy}, seen with {chance_text(year.per_year)}; over "
        f"{years} {life.strategy}, seen with {chance_text(life.life)}. "
        f"Wanted {100 * effort.goal_p:g} %: {_reached(year.per_year, effort)} in a year, "
        f"{_reached(life.life, effort)} over the treaty's life."
    )


def _reached(least: Result, effort: Effort) -> str:
    return "reached" if (least.value or 0.0) >= effort.goal_p else "NOT reached"


def years_text(years: int) -> str:
    """Return a number of years as people say it.

    Examples:
        >>> years_text(1), years_text(10)
        ('1 year', '10 years')
    """
    return f"{years} year" if years == 1 else f"{years} years"


def _print_smallest(console: Console, effort: Effort, smallest: tuple[Smallest, ...]) -> None:
    """Print the strata that differ; those of the same figures share a row."""
    kinds = [kind for kind, _ in smallest[0].visit]
    columns = ("stratum", *(f"one {kind}" for kind in kinds), "a year", years_text(effort.horizon_years))
    wanted = f"{100 * effort.goal_p:g} % (-: even all would not be)"
    title = f"Fewest false items, all in one stratum, that are seen with {wanted}"
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in smallest:
        figures = (*(_count(result) for _, result in one.visit), _count(one.year), _count(one.life))
        alike.setdefault(figures, []).append(one.stratum)
    rows = ((_names_text(names), *figures) for figures, names in alike.items())
    console.print(table(title, columns, rows))


def _names_text(names: list[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = len(names) - 2
    return ", ".join(names) if more <= 0 else f"{names[0]} and {more + 1} more"


def _count(result: Result) -> str:
    return "-" if result.value is None else f"{result.value:.0f}"


def _print_timely(console: Console, timely: Timely) -> None:
    if timely.strategies:
        within_d = timely.strategies[0].within[0][0]
        rows = (
            (
                one.strategy,
                chance_text(one.within[0][1]),
                "never seen" if one.mean_d.value is None else time_text(one.mean_d.value),
            )
            for one in timely.strategies
        )
        columns = ("strategy", f"in {time_text(within_d)}", "mean delay of those seen")
        console.print(table("How soon, after a start on a random day of the treaty's life", columns, rows))
    plays = (
        (
            one.kind,
            time_text((one.blind.value.value or 0.0) * one.step_d),
            time_text((one.watching.value.value or 0.0) * one.step_d),
        )
        for one in timely.kinds
    )
    title = "Expected delay if every visit of a kind went where it matters and erred never"
    console.print(table(title, ("visits", "host blind", "host watching"), plays))
    print_list(console, "Mind", timely.warnings)


def time_text(days: float) -> str:
    """Return a length of time as people say it.

    Examples:
        >>> time_text(36.4), time_text(1826.25)
        ('36.4 days', '5 years')
    """
    return f"{days / _YEAR_D:.3g} years" if days >= _DAYS else f"{days:.3g} days"


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


def _deterring_text(loss: float, told: Result) -> str:
    if told.value is None:
        return f"If being seen costs the host {loss:g} in the unit of the gains: {told.warnings[0]}."
    visits = "1 visit" if told.value == 1 else f"{told.value:g} visits"
    return (
        f"If being seen costs the host {loss:g} in the unit of the gains, it takes {visits} a year "
        "to make legal conduct its best choice."
    )
