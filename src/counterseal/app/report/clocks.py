"""The section on the clocks: what was due when, and what is known of when it came."""

from dataclasses import dataclass
from datetime import timedelta

from counterseal.app.report.links import RecordIndex, RecordLink, cited_text, rule_of
from counterseal.app.report.model import ReportInput
from counterseal.app.report.readings import ReadingLinks, reading_links
from counterseal.app.report.rows import OPEN_ROWS
from counterseal.app.report.wording import NONE, day_text, listed, plural, timing_text
from counterseal.assessment.facts import Channel, DeclaredFigures
from counterseal.assessment.finding import Finding
from counterseal.treaty.calendar import DueDate, schedule
from counterseal.treaty.pack import Clock, ClockKind

KINDS = {
    ClockKind.ONCE: "runs once",
    ClockKind.PERIODIC: "runs after the end of each period",
    ClockKind.PER_EVENT: "runs after each event; without the events there is nothing to compute",
    ClockKind.RIGHT: "opens a right; nothing is owed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """One due date of one party."""

    party: str
    as_of: str
    period_end: str
    due: str
    came: str
    readings: tuple[ReadingLinks, ...]
    records: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """One clock as the page shows it."""

    anchor: str
    title: str
    clause: str
    terms: tuple[tuple[str, str], ...]
    open_dates: tuple[tuple[str, str, str], ...]
    count: str
    dated: str
    few: bool
    rows: tuple[DueRow, ...]


def clock_views(report: ReportInput, *, index: RecordIndex) -> tuple[ClockView, ...]:
    """Return every clock of the pack with its due dates up to the last day of the record."""
    dues = schedule(report.pack, until=report.facts.until)
    return tuple(
        _clock_view(
            report, clock=clock, dues=tuple(due for due in dues if due.clock == clock.id), index=index
        )
        for clock in report.pack.clocks
    )


def _clock_view(
    report: ReportInput, *, clock: Clock, dues: tuple[DueDate, ...], index: RecordIndex
) -> ClockView:
    return ClockView(
        anchor=f"clock-{clock.id}",
        title=clock.title,
        clause=clock.clause,
        terms=_terms(report, clock=clock),
        open_dates=tuple(
            (day.as_of.isoformat(), day.text, cited_text(report.pack, day.citation))
            for day in clock.open_dates
        ),
        count=plural(len(dues), "date" if clock.kind is ClockKind.RIGHT else "due date"),
        dated="Opens on" if clock.kind is ClockKind.RIGHT else "Due by",
        few=len(dues) <= OPEN_ROWS,
        rows=tuple(_due_row(report, clock=clock, due=due, index=index) for due in dues),
    )


def _terms(report: ReportInput, *, clock: Clock) -> tuple[tuple[str, str], ...]:
    right = clock.kind is ClockKind.RIGHT
    length = f"{plural(clock.days, 'day')}, the last one included; day 1 is the day after the trigger"
    period = f", periods of {plural(clock.period_months, 'month')}" if clock.period_months else ""
    owed_to = "the other parties" if clock.owed_to == "other-parties" else clock.owed_to
    return (
        ("How it runs", KINDS[clock.kind] + period),
        ("Trigger", clock.trigger.replace("-", " ")),
        ("Length", length),
        ("Held by" if right else "Owed by", listed(clock.owed_by) or NONE),
        *(() if right else (("Owed to", owed_to),)),
        ("Time zone", clock.time_zone),
        ("Source", cited_text(report.pack, clock.citation)),
    )


def _due_row(report: ReportInput, *, clock: Clock, due: DueDate, index: RecordIndex) -> DueRow:
    rows = _declared(report, clock=clock, due=due)
    findings = _findings(report, due=due)
    found_records = tuple(record for finding in findings for record in finding.records)
    declared_records = tuple(record for row in rows for record in row.records)
    return DueRow(
        party=due.party,
        as_of=day_text(due.as_of),
        period_end=day_text(due.period_end),
        due=due.due.isoformat(),
        came=_came(report, clock=clock, due=due, rows=rows),
        readings=reading_links(findings),
        records=index.links(tuple(dict.fromkeys(declared_records or found_records))),
    )


def _declared(report: ReportInput, *, clock: Clock, due: DueDate) -> tuple[DeclaredFigures, ...]:
    if due.as_of is None or not (clock.kind is ClockKind.PERIODIC or clock.as_of_trigger):
        return ()
    return tuple(row for row in report.facts.declared if (row.party, row.as_of) == (due.party, due.as_of))


def _findings(report: ReportInput, *, due: DueDate) -> tuple[Finding, ...]:
    """Return the findings about a due date: dated on it, or on the day after where nothing had come."""
    days = (due.due, due.due + timedelta(days=1))
    return tuple(
        finding
        for finding in report.findings
        if rule_of(finding) == due.clock and finding.party == due.party and finding.as_of in days
    )


def _came(report: ReportInput, *, clock: Clock, due: DueDate, rows: tuple[DeclaredFigures, ...]) -> str:
    if clock.kind is ClockKind.RIGHT:
        return "nothing is owed"
    exchanged = tuple(row for row in rows if not row.is_nil and row.channel is not Channel.PUBLICATION)
    if exchanged:
        return "; ".join(dict.fromkeys(timing_text(row.timing) for row in exchanged))
    if any(not row.is_nil for row in rows):
        return "published by its declarant; not provided in exchange"
    if any(held.party == due.party and held.as_of == due.as_of for held in report.facts.withheld):
        return "not provided: withheld, in its own words"
    if any(open_date.as_of == due.as_of for open_date in clock.open_dates):
        return "no published sheet: an open question"
    return "not provided" if rows else "nothing on record"
