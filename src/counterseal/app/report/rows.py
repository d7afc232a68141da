"""Findings as rows of a table, and tables of them."""

import re
from dataclasses import dataclass

from counterseal.app.report.links import RecordIndex, RecordLink, check_anchor, finding_anchor
from counterseal.app.report.wording import (
    ATTENTION,
    KNOWN,
    NONE,
    OUTCOMES,
    Word,
    day_text,
    figure_text,
    listed,
    plural,
    span_text,
)
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import Outcome

_DIGITS = re.compile(r"\d+")

OPEN_ROWS = 14
"""A table with more rows than this starts closed."""

LISTED_ROWS = 30
"""Of more findings than this with one outcome the page shows kinds first, not each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding as the page shows it; ``anchor`` is its place in the full table."""

    anchor: str
    id: str
    as_of: str
    party: str
    reading: str
    clause: str
    outcome: Word
    figure: str
    unit: str
    known_as: Word
    reasons: tuple[str, ...]
    records: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """Findings with one outcome and check that say the same but for their numbers, as one row."""

    check: str
    clauses: str
    parties: str
    readings: str
    count: str
    span: str
    example: str
    first: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTable:
    """A collapsible table of findings.

    Attributes:
        anchored: Whether its rows carry the anchors; one table of the page does.
        starts_open: Whether the reader sees the rows before opening it.
        kinds: In place of its rows, where there are too many of them.
    """

    title: str
    word: Word | None
    count: str
    rows: tuple[FindingRow, ...]
    kinds: tuple[FindingKind, ...]
    anchored: bool
    starts_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckGroup:
    """All findings of one check, a table for each party; ``anchor`` is its place."""

    anchor: str
    check: str
    count: str
    tally: tuple[tuple[Word, int], ...]
    tables: tuple[FindingTable, ...]


def finding_row(finding: Finding, *, index: RecordIndex) -> FindingRow:
    """Return the row of one finding."""
    return FindingRow(
        anchor=finding_anchor(finding.id),
        id=finding.id,
        as_of=finding.as_of.isoformat(),
        party=finding.party,
        reading=finding.interpretation,
        clause=finding.clause,
        outcome=OUTCOMES[finding.outcome],
        figure=_figure_and_limit(finding),
        unit=finding.unit if finding.figure is not None or finding.limit is not None else "",
        known_as=KNOWN[finding.known_as],
        reasons=finding.reasons,
        records=index.links(finding.records),
    )


def _figure_and_limit(finding: Finding) -> str:
    if finding.figure is None and finding.limit is None:
        return NONE
    return f"{figure_text(finding.figure)} / {figure_text(finding.limit)}"


def attention_tables(findings: tuple[Finding, ...], *, index: RecordIndex) -> tuple[FindingTable, ...]:
    """Return a table for each outcome that a reader should look at first, where there is any."""
    return tuple(
        _table(
            tuple(finding for finding in findings if finding.outcome is outcome),
            title=OUTCOMES[outcome].text,
            word=OUTCOMES[outcome],
            anchored=False,
            index=index,
        )
        for outcome in ATTENTION
        if any(finding.outcome is outcome for finding in findings)
    )


def check_groups(findings: tuple[Finding, ...], *, index: RecordIndex) -> tuple[CheckGroup, ...]:
    """Return all findings by check and party, in the order in which the checks first appear."""
    checks = tuple(dict.fromkeys(finding.check for finding in findings))
    return tuple(
        _check_group(tuple(finding for finding in findings if finding.check == check), index=index)
        for check in checks
    )


def _check_group(findings: tuple[Finding, ...], *, index: RecordIndex) -> CheckGroup:
    parties = tuple(dict.fromkeys(finding.party for finding in findings))
    return CheckGroup(
        anchor=check_anchor(findings[0].check),
        check=findings[0].check,
        count=plural(len(findings), "finding"),
        tally=tally(findings),
        tables=tuple(
            _table(
                tuple(finding for finding in findings if finding.party == party),
                title=f"{findings[0].check}: {party}",
                word=None,
                anchored=True,
                index=index,
            )
            for party in parties
        ),
    )


def tally(findings: tuple[Finding, ...]) -> tuple[tuple[Word, int], ...]:
    """Return how many findings have each outcome, without those that none has."""
    counts = {outcome: sum(finding.outcome is outcome for finding in findings) for outcome in Outcome}
    return tuple((OUTCOMES[outcome], counts[outcome]) for outcome in OUTCOMES if counts[outcome])


def _table(
    findings: tuple[Finding, ...], *, title: str, word: Word | None, anchored: bool, index: RecordIndex
) -> FindingTable:
    by_kind = not anchored and len(findings) > LISTED_ROWS
    rows = () if by_kind else tuple(finding_row(finding, index=index) for finding in findings)
    return FindingTable(
        title=title,
        word=word,
        count=plural(len(findings), "finding"),
        rows=rows,
        kinds=_kinds(findings) if by_kind else (),
        anchored=anchored,
        starts_open=not anchored and (by_kind or len(rows) <= OPEN_ROWS),
    )


def _kinds(findings: tuple[Finding, ...]) -> tuple[FindingKind, ...]:
    kinds: dict[tuple[str, ...], list[Finding]] = {}
    for found in findings:
        said = _DIGITS.sub("#", found.reasons[0])
        kinds.setdefault((found.check, said), []).append(found)
    return tuple(_kind(tuple(found)) for found in kinds.values())


def _kind(findings: tuple[Finding, ...]) -> FindingKind:
    first, days = findings[0], sorted(finding.as_of for finding in findings)
    return FindingKind(
        check=first.check,
        clauses=listed(tuple(dict.fromkeys(finding.clause for finding in findings))),
        parties=listed(tuple(dict.fromkeys(finding.party for finding in findings))),
        readings=listed(tuple(dict.fromkeys(finding.interpretation for finding in findings))),
        count=str(len(findings)),
        span=day_text(days[0]) if days[0] == days[-1] else span_text(start=days[0], until=days[-1]),
        example=first.reasons[0],
        first=finding_anchor(first.id),
        group=check_anchor(first.check),
    )
