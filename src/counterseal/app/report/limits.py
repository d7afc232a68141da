"""The section on the central limits: a plot, a sentence, a legend and a table for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from counterseal.app.report.links import RecordIndex, RecordLink, cited_text
from counterseal.app.report.marks import contested_mark, gap_mark, marker, publication_ring, shape_name
from counterseal.app.report.model import ReportInput
from counterseal.app.report.plot import PlotWords, limit_plot
from counterseal.app.report.scale import NARROW, WIDE
from counterseal.app.report.series import Contested, LimitSeries, PartySeries, Point, limit_series
from counterseal.app.report.svg import Element, element, write
from counterseal.app.report.wording import (
    CHANNELS,
    KNOWN,
    NONE,
    Word,
    capital,
    figure_text,
    listed,
    span_text,
)
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Limit

CONTESTED = Word(
    sign="✱", text="stated by another party", css="k-contested", meaning="A count in another reading."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegendEntry:
    """A mark and what it means."""

    drawing: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One figure of the plot as a row of its table."""

    day: str
    party: str
    figure: str
    limit: str
    known_as: Word
    channel: str
    citation: str
    records: tuple[RecordLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """One limit as the page shows it; ``anchor`` is its place."""

    anchor: str
    title: str
    clause: str
    binds: str
    citation: str
    wide: str
    narrow: str
    legend: tuple[LegendEntry, ...]
    reading: str
    unit: str
    rows: tuple[FigureRow, ...]


def limit_views(report: ReportInput, *, index: RecordIndex) -> tuple[LimitView, ...]:
    """Return the view of every limit of the pack."""
    return tuple(_limit_view(report, limit=limit, index=index) for limit in report.pack.limits)


def _limit_view(report: ReportInput, *, limit: Limit, index: RecordIndex) -> LimitView:
    series = limit_series(report, limit=limit)
    category = report.pack.category(limit.category)
    reading = _reading(series)
    words = PlotWords(
        title=f"{capital(category.name)} by date, with the limit of {figure_text(limit.value)}",
        description=f"{reading} The table below holds the same numbers.",
        category=category,
    )
    return LimitView(
        anchor=f"limit-{limit.id}",
        title=f"{capital(category.name)}: at most {figure_text(limit.value)}",
        clause=limit.clause,
        binds=span_text(start=limit.binds_from, until=limit.binds_until),
        citation=cited_text(report.pack, limit.citation),
        wide=limit_plot(series, words=words, frame=WIDE),
        narrow=limit_plot(series, words=words, frame=NARROW),
        legend=_legend(series, names={party.code: party.name for party in report.pack.parties}),
        reading=reading,
        unit=category.unit,
        rows=_rows(report, series=series, index=index),
    )


def _reading(series: LimitSeries) -> str:
    """Return the plot in one sentence, which states figures and draws no conclusion."""
    limit = series.limit
    binds = span_text(start=limit.binds_from, until=limit.binds_until)
    parts = [f"the limit of {figure_text(limit.value)} binds {binds}"]
    parts += [_highest(party, limit=limit) for party in series.parties]
    parts += [
        f"{party.party} provided nothing for {listed(tuple(gap.isoformat() for gap in party.gaps))}"
        for party in series.parties
        if party.gaps
    ]
    parts += [
        f"{one.by} counts {figure_text(one.figure)} for {one.about} on {one.day.isoformat()},"
        f" where {one.about} declared {figure_text(one.declared_figure)}"
        for one in series.contested
    ]
    text = "; ".join(parts)
    return f"{capital(text)}."


def _highest(party: PartySeries, *, limit: Limit) -> str:
    bound = tuple(point for point in party.points if limit.binds_on(point.day))
    if not bound:
        return f"{party.party} declared no figure while it binds"
    top = max(bound, key=lambda point: point.figure)
    return (
        f"the highest figure that {party.party} declared while it binds is"
        f" {figure_text(top.figure)} ({top.day.isoformat()})"
    )


def _rows(report: ReportInput, *, series: LimitSeries, index: RecordIndex) -> tuple[FigureRow, ...]:
    dated: list[tuple[date, int, FigureRow]] = []
    for party in series.parties:
        dated += [
            (point.day, party.order, _declared_row(report, point=point, limit=series.limit, index=index))
            for point in party.points
        ]
        dated += [
            (gap, party.order, _gap_row(report, party=party.party, day=gap, limit=series.limit, index=index))
            for gap in party.gaps
        ]
    dated += [
        (one.day, len(series.parties), _contested_row(report, one=one, limit=series.limit, index=index))
        for one in series.contested
    ]
    return tuple(row for _, _, row in sorted(dated, key=lambda entry: entry[:2]))


def _limit_on(limit: Limit, *, day: date) -> str:
    return figure_text(limit.value) if limit.binds_on(day) else "does not bind"


def _declared_row(report: ReportInput, *, point: Point, limit: Limit, index: RecordIndex) -> FigureRow:
    return FigureRow(
        day=point.day.isoformat(),
        party=point.row.party,
        figure=figure_text(point.figure),
        limit=_limit_on(limit, day=point.day),
        known_as=KNOWN[point.row.known_as],
        channel=CHANNELS[point.row.channel],
        citation=cited_text(report.pack, point.row.citation),
        records=index.links(point.row.records),
    )


def _gap_row(report: ReportInput, *, party: str, day: date, limit: Limit, index: RecordIndex) -> FigureRow:
    rows = tuple(row for row in report.facts.declared if row.party == party and row.as_of == day)
    return FigureRow(
        day=day.isoformat(),
        party=party,
        figure="not provided",
        limit=_limit_on(limit, day=day),
        known_as=KNOWN[KnownAs.NOT_PROVIDED],
        channel=NONE,
        citation="; ".join(cited_text(report.pack, row.citation) for row in rows) or NONE,
        records=index.links(tuple(record for row in rows for record in row.records)),
    )


def _contested_row(report: ReportInput, *, one: Contested, limit: Limit, index: RecordIndex) -> FigureRow:
    return FigureRow(
        day=one.day.isoformat(),
        party=f"{one.about}, as {one.by} counts",
        figure=figure_text(one.figure),
        limit=_limit_on(limit, day=one.day),
        known_as=KNOWN[one.known_as],
        channel=f"stated by {one.by}",
        citation=cited_text(report.pack, one.citation),
        records=index.links(one.records),
    )


def _legend(series: LimitSeries, *, names: Mapping[PartyCode, str]) -> tuple[LegendEntry, ...]:
    parties = tuple(
        LegendEntry(
            drawing=_drawing(*marker(9, 9, order=party.order, size=5, known_as=KnownAs.CONFIRMED)),
            text=f"{names.get(party.party, party.party)}: {party.party}, {shape_name(party.order)}",
        )
        for party in series.parties
    )
    present = {point.row.known_as for party in series.parties for point in party.points}
    known = tuple(
        LegendEntry(
            drawing=_drawing(*marker(9, 9, order=0, size=5, known_as=known_as)),
            text=f"{KNOWN[known_as].text}: {KNOWN[known_as].meaning.removesuffix('.').lower()}",
        )
        for known_as in (KnownAs.CONFIRMED, KnownAs.PARTLY, KnownAs.RECALLED)
        if known_as in present
    )
    return (*parties, *known, *_rarer_legend(series))


def _rarer_legend(series: LimitSeries) -> tuple[LegendEntry, ...]:
    published = next(
        (party for party in series.parties if any(point.published_only for point in party.points)), None
    )
    missing = next((party for party in series.parties if party.gaps), None)
    entries: list[LegendEntry] = []
    if published:
        ringed = (
            *marker(9, 9, order=published.order, size=4, known_as=KnownAs.CONFIRMED),
            publication_ring(9, 9, order=published.order, size=4),
        )
        entries.append(LegendEntry(drawing=_drawing(*ringed), text="published, not exchanged"))
    if missing:
        drawing = _drawing(*gap_mark(9, top=0, bottom=12, order=missing.order, size=4))
        entries.append(LegendEntry(drawing=drawing, text="not provided: a gap, never zero"))
    if series.contested:
        drawing = _drawing(contested_mark(9, 9, size=4.5))
        entries.append(LegendEntry(drawing=drawing, text="count stated by another party for this date alone"))
    if series.open_dates:
        question = element("text", "?", x=9, y=14, text_anchor="middle", font_size=15, font_weight="700")
        entries.append(LegendEntry(drawing=_drawing(question), text="no published sheet: an open question"))
    return tuple(entries)


def _drawing(*pieces: Element) -> str:
    return write(
        element(
            "svg",
            *pieces,
            viewBox="0 0 18 18",
            width=18,
            height=18,
            fill="currentColor",
            aria_hidden="true",
            focusable="false",
        )
    )
