"""Facts of a packaged treaty, as its published record and its pack give them."""

import csv
import hashlib
from datetime import date
from pathlib import Path

from counterseal.assessment.facts import (
    Addition,
    Assertion,
    Breakdown,
    BreakdownLine,
    Channel,
    DeclaredFigures,
    Facts,
    InspectionCount,
    Position,
    Suspension,
    Timing,
    TimingBasis,
    Withholding,
)
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import Pack
from counterseal.treaty.published import PublishedRecord

TIMING = Timing(basis=TimingBasis.PUBLICATION)


def record(*words: object) -> tuple[str, ...]:
    return (hashlib.sha256(repr(words).encode()).hexdigest(),)


def published_facts(pack: Pack, published: PublishedRecord, *, until: date | None = None) -> Facts:
    """Return the facts of the published record; what was never declared has no record."""
    return Facts(
        until=until or published.until,
        declared=declared(published),
        breakdowns=tuple(
            Breakdown(
                party=one.party,
                as_of=one.as_of,
                lines=tuple(BreakdownLine(category=a, system=b, count=c) for a, b, c in one.lines),
                known_as=one.known_as,
                citation=one.citation,
                records=record("breakdown", one),
            )
            for one in published.breakdowns
        ),
        suspensions=suspensions(pack),
        positions=positions(pack),
        assertions=assertions(pack),
        withheld=tuple(
            Withholding(
                party=one.party,
                clock=one.clock,
                as_of=one.as_of,
                text=one.text,
                citation=one.citation,
                known_as=one.known_as,
                records=record("withheld", one),
            )
            for one in published.withheld
        ),
        inspections=tuple(
            InspectionCount(
                party=one.party,
                quota=one.quota,
                window_start=one.window_start,
                count=one.count,
                known_as=one.known_as,
                citation=one.citation,
                records=record("inspections", one),
            )
            for one in published.inspections
        ),
        in_force_records=record("agreement"),
    )


def declared(published: PublishedRecord) -> tuple[DeclaredFigures, ...]:
    return tuple(
        DeclaredFigures(
            party=one.party,
            as_of=one.as_of,
            figures=one.figures,
            known_as=one.known_as,
            citation=one.citation,
            channel=Channel(one.channel),
            timing=Timing(basis=TimingBasis.PUBLICATION, received_on=one.received_on),
            records=record("declared", one),
        )
        for one in published.exchanges
        if any(figure is not None for _, figure in one.figures)
    )


def suspensions(pack: Pack) -> tuple[Suspension, ...]:
    return tuple(
        Suspension(
            id=change.id,
            by=change.by,
            from_date=change.from_date,
            until=change.until,
            in_reading_of=change.in_reading_of,
            covers=change.covers,
            text=change.text,
            citation=change.citation,
            known_as=pack.cited(change.citation).known_as,
            records=record("suspension", change),
        )
        for change in pack.status_changes
    )


def positions(pack: Pack) -> tuple[Position, ...]:
    return tuple(
        Position(
            id=one.id,
            by=one.by,
            about=one.about,
            limit=one.limit,
            since=one.since,
            until=one.until,
            text=one.reading,
            citation=one.citation,
            known_as=pack.cited(one.citation).known_as,
            records=record("position", one),
        )
        for one in pack.interpretations
    )


def assertions(pack: Pack) -> tuple[Assertion, ...]:
    return tuple(
        Assertion(
            id=f"{one.id}-{stated.as_of}",
            position=one.id,
            by=one.by,
            about=one.about,
            limit=one.limit,
            as_of=stated.as_of,
            declared_figure=stated.declared_figure,
            additions=tuple(Addition(what=what, count=count) for what, count in stated.additions),
            text=stated.text,
            citation=stated.citation,
            known_as=pack.cited(stated.citation).known_as,
            records=record("assertion", one.id, stated),
        )
        for one in pack.interpretations
        for stated in one.stated
    )


def table_rows(path: Path, pack: Pack) -> tuple[DeclaredFigures, ...]:
    """Return the rows of a published table of aggregates, an empty cell as not provided."""
    with path.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    return tuple(
        DeclaredFigures(
            party=PartyCode(row["party"]),
            as_of=date.fromisoformat(row["as_of"]),
            figures=tuple((one.id, int(row[one.id]) if row[one.id] else None) for one in pack.categories),
            known_as=KnownAs(row["status"].replace(" ", "-")),
            citation=row["source"],
            channel=Channel.PUBLICATION if "unilaterally" in row["source"] else Channel.EXCHANGE,
            timing=TIMING,
            records=record("row", *row.values()) if row[pack.categories[0].id] else (),
        )
        for row in rows
    )
