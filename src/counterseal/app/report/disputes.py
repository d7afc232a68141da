"""The sections on disputes, suspensions and withholding: each party's words beside the other's."""

from dataclasses import dataclass

from counterseal.app.report.links import RecordIndex, RecordLink, cited_text
from counterseal.app.report.model import ReportInput
from counterseal.app.report.rows import FindingRow, finding_row
from counterseal.app.report.wording import KNOWN, Word, capital, figure_text, listed, span_text
from counterseal.assessment.facts import Assertion, Suspension, Withholding
from counterseal.assessment.finding import Finding
from counterseal.treaty.pack import Interpretation


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """A stated count as a sum: the declared figure, what is added, and what it comes to."""

    day: str
    by: str
    about: str
    text: str
    citation: str
    known_as: Word
    declared: str
    additions: tuple[tuple[str, str], ...]
    total: str
    findings: tuple[FindingRow, ...]
    records: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """Two readings of one clause, side by side."""

    anchor: str
    title: str
    clause: str
    span: str
    by: str
    about: str
    reading: str
    contrary_reading: str
    status: str
    citation: str
    counts: tuple[CountView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A suspension, or something withheld, as its party stated it."""

    title: str
    terms: tuple[tuple[str, str], ...]
    text: str
    known_as: Word
    records: tuple[RecordLink, ...]


def dispute_views(report: ReportInput, *, index: RecordIndex) -> tuple[DisputeView, ...]:
    """Return every interpretation of the pack with the counts that were stated under it."""
    return tuple(
        _dispute_view(report, interpretation=interpretation, index=index)
        for interpretation in report.pack.interpretations
    )


def _dispute_view(report: ReportInput, *, interpretation: Interpretation, index: RecordIndex) -> DisputeView:
    limit = report.pack.limit(interpretation.limit)
    category = report.pack.category(limit.category)
    assertions = tuple(
        assertion
        for assertion in report.facts.assertions
        if (assertion.by, assertion.about, assertion.limit)
        == (interpretation.by, interpretation.about, limit.id)
    )
    return DisputeView(
        anchor=f"dispute-{interpretation.id}",
        title=f"{capital(category.name)} of {interpretation.about}, as {interpretation.by} reads the clause",
        clause=limit.clause,
        span=span_text(start=interpretation.since, until=interpretation.until),
        by=interpretation.by,
        about=interpretation.about,
        reading=interpretation.reading,
        contrary_reading=interpretation.contrary_reading,
        status=interpretation.status,
        citation=cited_text(report.pack, interpretation.citation),
        counts=tuple(_count_view(report, assertion=assertion, index=index) for assertion in assertions),
    )


def _count_view(report: ReportInput, *, assertion: Assertion, index: RecordIndex) -> CountView:
    clause = report.pack.limit(assertion.limit).clause
    return CountView(
        day=assertion.as_of.isoformat(),
        by=assertion.by,
        about=assertion.about,
        text=assertion.text,
        citation=cited_text(report.pack, assertion.citation),
        known_as=KNOWN[assertion.known_as],
        declared=figure_text(assertion.declared_figure),
        additions=tuple((added.what, f"+{figure_text(added.count)}") for added in assertion.additions),
        total=figure_text(assertion.figure),
        findings=tuple(
            finding_row(finding, index=index)
            for finding in report.findings
            if _about(finding, assertion=assertion, clause=clause)
        ),
        records=index.links(assertion.records),
    )


def _about(finding: Finding, *, assertion: Assertion, clause: str) -> bool:
    return (finding.as_of, finding.party, finding.clause) == (assertion.as_of, assertion.about, clause)


def suspension_views(report: ReportInput, *, index: RecordIndex) -> tuple[StatementView, ...]:
    """Return the suspensions on the record."""
    return tuple(
        _suspension_view(report, suspension=suspension, index=index)
        for suspension in report.facts.suspensions
    )


def _suspension_view(report: ReportInput, *, suspension: Suspension, index: RecordIndex) -> StatementView:
    readers = suspension.in_reading_of
    others = tuple(state for state in report.pack.states if state not in readers)
    return StatementView(
        title=f"{suspension.by}: suspension {span_text(start=suspension.from_date, until=suspension.until)}",
        terms=(
            ("Kinds of duty it names", listed(suspension.covers)),
            ("Holds in the reading of", listed(readers)),
            ("Does not hold in the reading of", listed(others) or "nobody else"),
            ("Source", cited_text(report.pack, suspension.citation)),
        ),
        text=suspension.text,
        known_as=KNOWN[suspension.known_as],
        records=index.links(suspension.records),
    )


def withholding_views(report: ReportInput, *, index: RecordIndex) -> tuple[StatementView, ...]:
    """Return what parties said that they did not provide."""
    return tuple(_withholding_view(report, held=held, index=index) for held in report.facts.withheld)


def _withholding_view(report: ReportInput, *, held: Withholding, index: RecordIndex) -> StatementView:
    titles = {clock.id: f"{clock.title} ({clock.clause})" for clock in report.pack.clocks}
    return StatementView(
        title=f"{held.party}: not provided in exchange for {held.as_of.isoformat()}",
        terms=(
            ("What the clock asks for", titles.get(held.clock, held.clock)),
            ("Source", cited_text(report.pack, held.citation)),
        ),
        text=held.text,
        known_as=KNOWN[held.known_as],
        records=index.links(held.records),
    )
