"""A small agreement between two States that do not exist, and facts for it."""

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

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
from counterseal.assessment.finding import Finding
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import (
    Category,
    Citation,
    Clock,
    ClockKind,
    Closure,
    DeclarationKind,
    DutyKind,
    LifeCycle,
    Limit,
    OpenDate,
    Pack,
    Party,
    Pause,
    Quota,
)

ARD, BEL, CAR = PartyCode("ARD"), PartyCode("BEL"), PartyCode("CAR")
NAMES = {ARD: "Ardania", BEL: "Belmar", CAR: "Carvia"}

FROM_PUBLICATION = Timing(basis=TimingBasis.PUBLICATION)
BASELINE = date(2030, 1, 10)
BINDS = date(2031, 1, 10)
SECOND = date(2031, 2, 1)
SILENT = date(2031, 8, 1)
LATER = date(2032, 2, 1)
FAR = date(2032, 6, 30)


def pack(*states: PartyCode) -> Pack:
    """Return the agreement between ``states``, Ardania and Belmar where none is given."""
    states = states or (ARD, BEL)
    return Pack(
        id="lake-treaty",
        version="1.0.0",
        title="Treaty of the Lake",
        short_title="Lake Treaty",
        domain="lake.example",
        parties=(
            *(Party(code=code, name=NAMES[code], kind="state") for code in states),
            Party(code=PartyCode("AUD"), name="an auditor", kind="auditor"),
        ),
        life=LifeCycle(signed=date(2029, 6, 1), in_force=BASELINE, expires=date(2040, 1, 9), citations=()),
        citations=(Citation(key="text", text="Lake Treaty, text", known_as=KnownAs.CONFIRMED),),
        articles=(),
        status_changes=(),
        categories=(
            Category(id="launchers", name="launchers, deployed or not", unit="launchers", clause="2.1"),
            Category(id="warheads", name="warheads on deployed missiles", unit="warheads", clause="2.2"),
        ),
        counting_rules=(),
        limits=(
            Limit(
                id="launchers-500",
                clause="2.1",
                category="launchers",
                value=500,
                binds_from=BINDS,
                binds_until=date(2040, 1, 9),
                citation="text",
            ),
            Limit(
                id="warheads-1000",
                clause="2.2",
                category="warheads",
                value=1000,
                binds_from=BINDS,
                binds_until=date(2040, 1, 9),
                citation="text",
            ),
        ),
        closures=(Closure(id="launchers-close", clause="2.1", total="launchers", sums=("fixed", "mobile")),),
        clocks=(
            clock("database", states=states, days=45, as_of_trigger=True),
            clock("name-lists", states=states, days=5, duty=DutyKind.NOTIFICATIONS),
            clock(
                "update",
                states=states,
                kind=ClockKind.PERIODIC,
                trigger="period-end",
                days=30,
                open_dates=(
                    OpenDate(as_of=SILENT, text="No sheet was published for 2031-08-01", citation="text"),
                ),
            ),
            clock("visits-open", states=states, kind=ClockKind.RIGHT, days=60, duty=DutyKind.INSPECTIONS),
            clock("change", states=states, kind=ClockKind.PER_EVENT, trigger="change", days=5),
        ),
        quotas=(
            Quota(
                id="site-visits",
                clause="5.1",
                title="site visits",
                value=10,
                window_start=BASELINE,
                held_by=states,
                citation="text",
            ),
        ),
        pauses=(
            Pause(
                id="flood",
                began="2031-03",
                from_date=date(2031, 3, 31),
                until=date(2031, 6, 1),
                text="floods closed the roads",
                citation="text",
            ),
        ),
        declaration_kinds=(
            DeclarationKind(
                id="aggregate", title="aggregates", clause="3", release="public", extra_dates=(BINDS,)
            ),
        ),
        notification_kinds=(),
        roles=(),
        release_labels=(),
        interpretations=(),
        notes=(),
    )


def clock(
    name: str,
    *,
    states: tuple[PartyCode, ...],
    days: int,
    kind: ClockKind = ClockKind.ONCE,
    trigger: str = "entry-into-force",
    as_of_trigger: bool = False,
    duty: DutyKind = DutyKind.DECLARATIONS,
    open_dates: tuple[OpenDate, ...] = (),
) -> Clock:
    periodic = kind is ClockKind.PERIODIC
    return Clock(
        id=name,
        clause=f"4.{days}",
        title=f"The {name} of the Lake Treaty",
        kind=kind,
        trigger=trigger,
        days=days,
        period_months=6 if periodic else None,
        first_period_starts=date(2030, 2, 1) if periodic else None,
        as_of_trigger=as_of_trigger,
        duty=duty,
        time_zone="GMT",
        owed_by=states,
        owed_to="other-parties",
        provides="aggregate",
        citation="text",
        open_dates=open_dates,
    )


def record(*words: object) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()


def row(
    party: PartyCode, as_of: date, launchers: int | None = 400, warheads: int | None = 900, **kept: Any
) -> DeclaredFigures:
    made = DeclaredFigures(
        party=party,
        as_of=as_of,
        figures=(("launchers", launchers), ("warheads", warheads)),
        known_as=KnownAs.CONFIRMED,
        citation="text",
        channel=Channel.EXCHANGE,
        timing=FROM_PUBLICATION,
        records=(record("declared", party, as_of),),
    )
    return replace(made, **kept)


def suspension(
    by: PartyCode,
    from_date: date,
    *,
    readers: tuple[PartyCode, ...],
    until: date | None = None,
    covers: tuple[str, ...] = ("declarations", "notifications", "inspections"),
) -> Suspension:
    return Suspension(
        id=f"suspension-{by.lower()}",
        by=by,
        from_date=from_date,
        until=until,
        in_reading_of=readers,
        covers=covers,
        text="It suspends its participation",
        citation="a statement",
        known_as=KnownAs.CONFIRMED,
        records=(record("suspension", by, from_date),),
    )


def position(by: PartyCode, about: PartyCode, *, since: date = BINDS, until: date | None = None) -> Position:
    return Position(
        id=f"position-{by.lower()}",
        by=by,
        about=about,
        limit="launchers-500",
        since=since,
        until=until,
        text="The converted launchers count",
        citation="a statement",
        known_as=KnownAs.PARTLY,
        records=(record("position", by, about),),
    )


CONVERTED = (("converted launchers", 56), ("training pits", 4))


def assertion(
    by: PartyCode,
    about: PartyCode,
    as_of: date,
    *,
    declared: int = 500,
    additions: tuple[tuple[str, int], ...] = CONVERTED,
) -> Assertion:
    return Assertion(
        id=f"count-{by.lower()}-{as_of}",
        position=f"position-{by.lower()}",
        by=by,
        about=about,
        limit="launchers-500",
        as_of=as_of,
        declared_figure=declared,
        additions=tuple(Addition(what=what, count=count) for what, count in additions),
        text="It states its own count",
        citation="a statement",
        known_as=KnownAs.RECALLED,
        records=(record("assertion", by, about, as_of, declared, additions),),
    )


def withholding(party: PartyCode, as_of: date, *, name: str = "update") -> Withholding:
    return Withholding(
        party=party,
        clock=name,
        as_of=as_of,
        text="The figures are withheld as a countermeasure",
        citation="a statement",
        known_as=KnownAs.CONFIRMED,
        records=(record("withheld", party, as_of),),
    )


def visits(party: PartyCode, window_start: date, count: int, **kept: Any) -> InspectionCount:
    made = InspectionCount(
        party=party,
        quota="site-visits",
        window_start=window_start,
        count=count,
        known_as=KnownAs.CONFIRMED,
        citation="text",
        records=(record("visits", party, window_start, count),),
    )
    return replace(made, **kept)


SPLIT = (("fixed", "F-1", 300), ("mobile", "M-1", 100))


def breakdown(party: PartyCode, as_of: date, *, lines: tuple[tuple[str, str, int], ...] = SPLIT) -> Breakdown:
    return Breakdown(
        party=party,
        as_of=as_of,
        lines=tuple(
            BreakdownLine(category=name, system=system, count=count) for name, system, count in lines
        ),
        known_as=KnownAs.PARTLY,
        citation="a sheet",
        records=(record("breakdown", party, as_of, lines),),
    )


def facts(*declared: DeclaredFigures, until: date = FAR, **others: Any) -> Facts:
    return Facts(until=until, declared=declared, in_force_records=(record("agreement"),), **others)


def one(findings: tuple[Finding, ...], **wanted: object) -> Finding:
    """Return the one finding that has all of ``wanted``."""
    matching = [
        found for found in findings if all(getattr(found, key) == value for key, value in wanted.items())
    ]
    assert len(matching) == 1, f"{len(matching)} findings with {wanted}"
    return matching[0]
