"""What the plot and the table of one limit show, worked out from the facts."""

from dataclasses import dataclass
from datetime import date

from counterseal.app.report.model import ReportInput
from counterseal.assessment.facts import Channel, DeclaredFigures
from counterseal.terms.outcomes import KnownAs, Outcome
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One declared figure [items], with the row that it stands in."""

    day: date
    figure: int
    row: DeclaredFigures

    @property
    def published_only(self) -> bool:
        """Whether its declarant published it without exchanging it."""
        return self.row.channel is Channel.PUBLICATION


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySeries:
    """The figures of one party, cut into runs wherever one was not provided.

    Attributes:
        order: Where the party stands in the pack, from 0; its shape and colour follow.
        gaps: The dates for which nothing was provided.
    """

    party: PartyCode
    order: int
    runs: tuple[tuple[Point, ...], ...]
    gaps: tuple[date, ...]

    @property
    def points(self) -> tuple[Point, ...]:
        """All its figures by date."""
        return tuple(point for run in self.runs for point in run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A count that one party states of another's figure, for one date alone [items]."""

    day: date
    figure: int
    by: str
    about: str
    declared_figure: int
    known_as: KnownAs
    citation: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSeries:
    """All that is drawn for one limit."""

    limit: Limit
    first: date
    last: date
    parties: tuple[PartySeries, ...]
    contested: tuple[Contested, ...]
    open_dates: tuple[date, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        """Every count on the plot, the limit itself among them."""
        figures = tuple(point.figure for series in self.parties for point in series.points)
        return (*figures, *(contested.figure for contested in self.contested), self.limit.value)


def limit_series(report: ReportInput, *, limit: Limit) -> LimitSeries:
    """Return what the plot of ``limit`` shows."""
    parties = tuple(
        _party_series(report, limit=limit, party=party, order=order)
        for order, party in enumerate(report.pack.states)
    )
    contested = _contested(report, limit=limit)
    days = tuple(point.day for series in parties for point in series.points)
    shown = (*days, *(gap for series in parties for gap in series.gaps), *(c.day for c in contested))
    first = min((report.pack.life.in_force, *shown))
    last = max((limit.binds_from, *shown)) if shown else max(limit.binds_from, report.facts.until)
    return LimitSeries(
        limit=limit,
        first=first,
        last=last,
        parties=parties,
        contested=contested,
        open_dates=_open_dates(report, first=first, last=last),
    )


def _party_series(report: ReportInput, *, limit: Limit, party: PartyCode, order: int) -> PartySeries:
    rows = tuple(row for row in report.facts.declared if row.party == party)
    known = _known(rows, category=limit.category)
    gaps = ({row.as_of for row in rows} | _unprovided(report, limit=limit, party=party)) - known.keys()
    runs: list[list[Point]] = [[]]
    for day in sorted(known.keys() | gaps):
        if day in known:
            runs[-1].extend(known[day])
        else:
            runs.append([])
    return PartySeries(
        party=party,
        order=order,
        runs=tuple(tuple(run) for run in runs if run),
        gaps=tuple(sorted(gaps)),
    )


def _known(rows: tuple[DeclaredFigures, ...], *, category: str) -> dict[date, list[Point]]:
    """Return the figures by date; one that was both exchanged and published stands once."""
    known: dict[date, list[Point]] = {}
    for row in sorted(rows, key=lambda row: row.channel is Channel.PUBLICATION):
        figure = row.figure(category)
        if figure is None:
            continue
        points = known.setdefault(row.as_of, [])
        if all(point.figure != figure for point in points):
            points.append(Point(day=row.as_of, figure=figure, row=row))
    return known


def _unprovided(report: ReportInput, *, limit: Limit, party: str) -> set[date]:
    return {
        finding.as_of
        for finding in report.findings
        if finding.outcome is Outcome.NOT_PROVIDED
        and finding.clause == limit.clause
        and finding.party == party
    }


def _contested(report: ReportInput, *, limit: Limit) -> tuple[Contested, ...]:
    return tuple(
        Contested(
            day=assertion.as_of,
            figure=assertion.figure,
            by=assertion.by,
            about=assertion.about,
            declared_figure=assertion.declared_figure,
            known_as=assertion.known_as,
            citation=assertion.citation,
            records=assertion.records,
        )
        for assertion in report.facts.assertions
        if assertion.limit == limit.id
    )


def _open_dates(report: ReportInput, *, first: date, last: date) -> tuple[date, ...]:
    days = {open_date.as_of for clock in report.pack.clocks for open_date in clock.open_dates}
    return tuple(sorted(day for day in days if first <= day <= last))
