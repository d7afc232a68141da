"""The section on the inspection quotas, by year window and party."""

from dataclasses import dataclass
from datetime import date

from counterseal.app.report.links import RecordIndex, RecordLink, cited_text, rule_of
from counterseal.app.report.model import ReportInput
from counterseal.app.report.readings import ReadingLinks, reading_links
from counterseal.app.report.wording import KNOWN, Word, listed, span_text
from counterseal.assessment.facts import InspectionCount
from counterseal.terms.outcomes import KnownAs
from counterseal.treaty.calendar import year_windows
from counterseal.treaty.pack import Pause, Quota

UNKNOWN = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaCell:
    """What is known of one party's inspections in one window."""

    count: str
    known_as: Word
    citation: str
    readings: tuple[ReadingLinks, ...]
    records: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRow:
    """One year window."""

    window: str
    paused: str
    cells: tuple[QuotaCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaView:
    """One quota as the page shows it."""

    title: str
    clause: str
    terms: str
    citation: str
    parties: tuple[str, ...]
    rows: tuple[QuotaRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """A stretch of time without inspections."""

    span: str
    text: str
    citation: str


def quota_views(report: ReportInput, *, index: RecordIndex) -> tuple[QuotaView, ...]:
    """Return every quota of the pack, a row for each year window."""
    return tuple(_quota_view(report, quota=quota, index=index) for quota in report.pack.quotas)


def pause_views(report: ReportInput) -> tuple[PauseView, ...]:
    """Return the pauses of the pack."""
    return tuple(
        PauseView(
            span=_pause_text(pause),
            text=pause.text,
            citation=cited_text(report.pack, pause.citation),
        )
        for pause in report.pack.pauses
    )


def _quota_view(report: ReportInput, *, quota: Quota, index: RecordIndex) -> QuotaView:
    return QuotaView(
        title=quota.title,
        clause=quota.clause,
        terms=f"At most {quota.value} in each year window, held by {listed(quota.held_by)}.",
        citation=cited_text(report.pack, quota.citation),
        parties=quota.held_by,
        rows=tuple(
            QuotaRow(
                window=span_text(start=first, until=last),
                paused=_paused(report, first=first, last=last),
                cells=tuple(
                    _cell(report, quota=quota, party=party, first=first, last=last, index=index)
                    for party in quota.held_by
                ),
            )
            for first, last in year_windows(quota, until=report.facts.until)
        ),
    )


def _pause_text(pause: Pause) -> str:
    """Return the span as published: where only the month of the beginning is known, only the month."""
    return f"from {pause.began}" if pause.until is None else f"{pause.began} to {pause.until.isoformat()}"


def _paused(report: ReportInput, *, first: date, last: date) -> str:
    spans = tuple(
        _pause_text(pause)
        for pause in report.pack.pauses
        if pause.from_date <= last and (pause.until is None or first <= pause.until)
    )
    return f"paused {listed(spans)}" if spans else ""


def _cell(
    report: ReportInput, *, quota: Quota, party: str, first: date, last: date, index: RecordIndex
) -> QuotaCell:
    counts = tuple(
        count
        for count in report.facts.inspections
        if (count.party, count.quota, count.window_start) == (party, quota.id, first)
    )
    return QuotaCell(
        count=_count_text(counts, quota=quota),
        known_as=KNOWN[counts[0].known_as if counts else KnownAs.NOT_PROVIDED],
        citation="; ".join(dict.fromkeys(cited_text(report.pack, count.citation) for count in counts)),
        readings=_readings(report, quota=quota, party=party, first=first, last=last),
        records=index.links(tuple(record for count in counts for record in count.records)),
    )


def _count_text(counts: tuple[InspectionCount, ...], *, quota: Quota) -> str:
    if not counts:
        return UNKNOWN
    return f"{listed(tuple(str(count.count) for count in counts))} of {quota.value}"


def _readings(
    report: ReportInput, *, quota: Quota, party: str, first: date, last: date
) -> tuple[ReadingLinks, ...]:
    return reading_links(
        tuple(
            finding
            for finding in report.findings
            if rule_of(finding) == quota.id and finding.party == party and first <= finding.as_of <= last
        )
    )
