"""Tables of ``counterseal treaty`` for people."""

from collections.abc import Iterable
from datetime import date

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from counterseal.treaty.calendar import DueDate, schedule
from counterseal.treaty.difference import PackChange
from counterseal.treaty.pack import Clock, ClockKind, Interpretation, Pack

_RUNS = {
    ClockKind.ONCE: "once",
    ClockKind.PERIODIC: "every {months} months",
    ClockKind.PER_EVENT: "after each event",
    ClockKind.RIGHT: "opens a right",
}


def print_list(packs: Iterable[Pack]) -> None:
    """Print the packaged packs."""
    rows = ((pack.id, pack.version, pack.short_title, ", ".join(pack.states), _span(pack)) for pack in packs)
    _table(_console(), "Treaty packs", ("id", "version", "title", "states", "in force"), rows)


def print_pack(pack: Pack, *, until: date) -> None:
    """Print one pack, with due dates up to ``until``."""
    console = _console()
    console.print(pack.title, style="bold")
    console.print(f"{pack.id}, version {pack.version}. Signed {pack.life.signed}, in force {_span(pack)}.")
    console.print()
    _parties(console, pack)
    _limits(console, pack)
    _clocks(console, pack, until=until)
    _quotas(console, pack)
    _statuses(console, pack)
    for interpretation in pack.interpretations:
        _interpretation(console, interpretation)
    _not_known(console, pack)


def print_changes(changes: tuple[PackChange, ...]) -> None:
    """Print the difference of two packs."""
    if not changes:
        _console().print("No difference: the two packs say the same.")
        return
    rows = (
        (
            change.kind.value,
            f"{change.what} {change.id}",
            change.field or "",
            change.old or "-",
            change.new or "-",
            str(change.holds_from or ""),
        )
        for change in changes
    )
    _table(_console(), "Differences", ("", "entry", "field", "old", "new", "holds from"), rows)


def _console() -> Console:
    return Console(markup=False, highlight=False, soft_wrap=False)


def _table(console: Console, title: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.show_header = any(columns)
    for place, column in enumerate(columns):
        table.add_column(column, overflow="fold", no_wrap=place == 0 and len(columns) > 1)
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        console.print(table)


def _span(pack: Pack) -> str:
    return (
        f"{pack.life.in_force} to {pack.life.expires}" if pack.life.expires else f"from {pack.life.in_force}"
    )


def _parties(console: Console, pack: Pack) -> None:
    rows = ((party.code, party.name, party.kind) for party in pack.parties)
    _table(console, "Parties", ("code", "name", "kind"), rows)


def _limits(console: Console, pack: Pack) -> None:
    rows = (
        (
            limit.id,
            limit.clause,
            f"{limit.value} {pack.category(limit.category).unit}",
            f"{limit.binds_from} to {limit.binds_until or '(open)'}",
            pack.cited(limit.citation).known_as.value,
        )
        for limit in pack.limits
    )
    _table(console, "Limits", ("id", "clause", "at most", "binds", "known as"), rows)


def _clocks(console: Console, pack: Pack, *, until: date) -> None:
    dues = schedule(pack, until=until)
    rows = ((clock.id, clock.clause, _runs(clock), *_due_columns(clock, dues)) for clock in pack.clocks)
    columns = ("id", "clause", "runs", "first due", "last due")
    _table(console, f"Clocks (what is triggered up to {until})", columns, rows)
    silent = (
        (clock.id, str(open_date.as_of), open_date.text)
        for clock in pack.clocks
        for open_date in clock.open_dates
    )
    _table(console, "Dates on which the public record is silent", ("clock", "data as of", "why"), silent)


def _runs(clock: Clock) -> str:
    return f"{_RUNS[clock.kind].format(months=clock.period_months)}, {clock.days} days"


def _due_columns(clock: Clock, dues: tuple[DueDate, ...]) -> tuple[str, str]:
    days = [due.due for due in dues if due.clock == clock.id]
    if not days:
        return "-", "-"
    return str(days[0]), str(days[-1]) if days[-1] != days[0] else ""


def _quotas(console: Console, pack: Pack) -> None:
    rows = (
        (quota.id, quota.clause, quota.title, str(quota.value), str(quota.window_start))
        for quota in pack.quotas
    )
    _table(console, "Inspection quotas", ("id", "clause", "title", "a year", "first year begins"), rows)


def _statuses(console: Console, pack: Pack) -> None:
    rows = [
        (
            change.id,
            f"from {change.from_date}",
            ", ".join(change.in_reading_of),
            change.text,
        )
        for change in pack.status_changes
    ]
    rows += [(pause.id, f"from {pause.began}", "", pause.text) for pause in pack.pauses]
    _table(console, "Suspensions and pauses", ("id", "when", "in the reading of", "what"), rows)


def _interpretation(console: Console, held: Interpretation) -> None:
    rows = [
        (f"{held.by} says", held.reading),
        (f"{held.about} says", held.contrary_reading),
        *((f"stated for {stated.as_of}", stated.text) for stated in held.stated),
    ]
    title = f"Two readings of {held.limit}: {held.id} ({held.status}, since {held.since})"
    _table(console, title, ("", ""), rows)


def _not_known(console: Console, pack: Pack) -> None:
    rows = [(note,) for note in pack.notes]
    rows += [
        (f"{citation.known_as.value}: {citation.text}",)
        for citation in pack.citations
        if citation.known_as.value != "confirmed"
    ]
    _table(console, "What is not known", ("",), rows)
