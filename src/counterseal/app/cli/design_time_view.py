"""What ``counterseal design timeliness`` and ``pace`` show to people."""

from counterseal.app.cli.design_tables import open_console
from counterseal.app.cli.design_view import chance_text, print_list, table
from counterseal.design.effort import Effort
from counterseal.design.effort_pace import PaceInput
from counterseal.design.effort_parts import Timeliness
from counterseal.design.pace import Pace
from counterseal.design.time_to_detection import KindTiming, Timely
from counterseal.stats.result import Result

_YEAR_D = 365.25


def print_timeliness(effort: Effort, given: Timeliness, found: Timely) -> None:
    """Print how soon each strategy is seen, and what each quota could do at best."""
    console = open_console()
    console.print(effort.title, style="bold")
    if found.strategies:
        columns = (
            "strategy",
            *(f"in {_time(delay_d)}" for delay_d, _ in found.strategies[0].within),
            "mean delay",
        )
        rows = (
            (one.strategy, *(chance_text(chance) for _, chance in one.within), _days(one.mean_d))
            for one in found.strategies
        )
        console.print(table("Seen after a start on a random day of the treaty's life", columns, rows))
        console.print("The mean is over what is seen; a start near the end leaves less time.")
    columns = ("visits", "in the period", "host blind", "host watching", f"in {_time(given.critical_time_d)}")
    title = (
        f"If every visit of a kind went where it matters: {_time(given.period_d)}, a sure visit at the end"
    )
    console.print(table(title, columns, (_kind(one) for one in found.kinds)))
    console.print("Expected delay; a host that watches visits begins right after one: what secrecy is worth.")
    print_list(console, "Mind", found.warnings)
    said = dict.fromkeys(
        line for one in found.kinds for told in (one.blind, one.watching) for line in told.assumptions
    )
    print_list(console, "Taken for granted in the games", said)


def _kind(one: KindTiming) -> tuple[str, ...]:
    return (
        one.kind,
        str(one.visits),
        _time((one.blind.value.value or 0.0) * one.step_d),
        _time((one.watching.value.value or 0.0) * one.step_d),
        chance_text(one.critical.value),
    )


def _days(result: Result) -> str:
    return "never seen" if result.value is None else _time(result.value)


def _time(days: float) -> str:
    """Return a length of time as people say it."""
    if days >= 2 * _YEAR_D - 1:
        return f"{days / _YEAR_D:.3g} years"
    return f"{days:.3g} days"


def print_pace(effort: Effort, given: PaceInput, found: Pace) -> None:
    """Print when a line of stations is done, how each station fares, and what a change would bring."""
    console = open_console()
    console.print(effort.title, style="bold")
    done = found.done
    console.print(
        f"All done within {_time(given.deadline_d)}: in {chance_text(done)} of {given.runs} runs "
        f"(95 % interval {chance_text_of(done.lower)} to {chance_text_of(done.upper)})"
    )
    for chance, day in found.completion_d:
        console.print(f"  done with {100 * chance:g} % by: {_days_of(day)}")
    rows = (
        (
            one.name,
            f"{one.capacity_per_y.value or 0.0:.4g}",
            f"{100 * one.worked:.0f} %",
            f"{100 * one.blocked:.0f} %",
            f"{100 * one.starved:.0f} %",
            f"{100 * one.closed:.0f} %",
        )
        for one in found.stations
    )
    columns = ("station", "items a year", "at work", "blocked", "without work", "closed")
    console.print(table("Stations: of their open time, and how long they are closed", columns, rows))
    console.print(f"What could do least a year: {found.bottleneck}.")
    if found.what_if:
        changes = (
            (f"{one.station}: {one.text}", chance_text(one.done), _sooner(one.median_change_d))
            for one in found.what_if
        )
        heads = ("change", "done in time", "median sooner by [days]")
        console.print(table("What if", heads, changes))
        helps = found.bottleneck_by_what_if
        console.print("None of these changes helps." if helps is None else f"Most is gained at: {helps}.")
    print_list(console, "Taken for granted", done.assumptions)


def chance_text_of(value: float | None) -> str:
    """Return an end of an interval in percent."""
    return "-" if value is None else f"{100 * value:.2f} %"


def _days_of(result: Result) -> str:
    return "not within the time played" if result.value is None else _time(result.value)


def _sooner(result: Result) -> str:
    if result.value is None:
        return "-"
    return f"{-result.value + 0.0:.3g}"
