"""A small agreement between two States that do not exist, and declarations under it."""

from datetime import date

from counterseal.declarations.aggregate import AggregateDeclaration
from counterseal.declarations.itemised import ItemisedDeclaration, ItemLine
from counterseal.declarations.notifications import Effect, Notification
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.pack import (
    Category,
    Clock,
    ClockKind,
    Closure,
    DeclarationKind,
    DutyKind,
    LifeCycle,
    NotificationKind,
    Pack,
    Party,
)

ARD, BEL = PartyCode("ARD"), PartyCode("BEL")
BASELINE, FIRST, SECOND, EXTRA = date(2030, 1, 10), date(2030, 8, 1), date(2031, 2, 1), date(2030, 12, 24)
CATEGORIES = ("vessels", "launchers")


def _clock(clock_id: str, kind: ClockKind, trigger: str, *, as_of_trigger: bool) -> Clock:
    periodic = kind is ClockKind.PERIODIC
    return Clock(
        id=clock_id,
        clause="5",
        title=clock_id,
        kind=kind,
        trigger=trigger,
        days=30,
        period_months=6 if periodic else None,
        first_period_starts=date(2030, 2, 1) if periodic else None,
        as_of_trigger=as_of_trigger,
        duty=DutyKind.DECLARATIONS,
        time_zone="GMT",
        owed_by=(ARD, BEL),
        owed_to="other-parties",
        provides="figures",
        citation="text",
        open_dates=(),
    )


PACK = Pack(
    id="lake-treaty",
    version="1.0.0",
    title="Treaty on the Lake",
    short_title="Lake Treaty",
    domain="lake-treaty.example",
    parties=(
        Party(code=ARD, name="Ardania", kind="state"),
        Party(code=BEL, name="Belmar", kind="state"),
        Party(code=PartyCode("AUD"), name="Auditor", kind="auditor"),
    ),
    life=LifeCycle(signed=date(2029, 6, 1), in_force=BASELINE, expires=date(2040, 1, 9), citations=()),
    citations=(),
    articles=(),
    status_changes=(),
    categories=(
        Category(id="vessels", name="Vessels", unit="vessels", clause="2"),
        Category(id="launchers", name="Launchers", unit="launchers", clause="2"),
    ),
    counting_rules=(),
    limits=(),
    closures=(
        Closure(id="vessels-close", clause="3", total="vessels", sums=("vessels at sea", "vessels in port")),
        Closure(id="launchers-close", clause="3", total="launchers", sums=("launchers", "test launchers")),
    ),
    clocks=(
        _clock("baseline", ClockKind.ONCE, "entry-into-force", as_of_trigger=True),
        _clock("update", ClockKind.PERIODIC, "period-end", as_of_trigger=False),
    ),
    quotas=(),
    pauses=(),
    declaration_kinds=(
        DeclarationKind(id="figures", title="Figures", clause="5", release="public", extra_dates=(EXTRA,)),
    ),
    notification_kinds=(
        NotificationKind(id="data-change", title="Change", clause="6", clock="update", release="public"),
    ),
    roles=(),
    release_labels=(),
    interpretations=(),
    notes=(),
)


def aggregate(
    *,
    vessels: int | None = 5,
    launchers: int | None = 9,
    party: PartyCode = ARD,
    as_of: date = FIRST,
    known_as: KnownAs = KnownAs.CONFIRMED,
) -> AggregateDeclaration:
    """Return figures for one date."""
    return AggregateDeclaration(
        party=party,
        as_of=as_of,
        figures=(("vessels", vessels), ("launchers", launchers)),
        known_as=known_as,
        citation="Gazette of the Lake, no. 7",
    )


def line(
    category: str = "vessels at sea",
    system: str = "Heron",
    *,
    count: int = 1,
    site: str | None = None,
    uid: str | None = None,
    **attributes: str,
) -> ItemLine:
    """Return one line of a breakdown."""
    return ItemLine(
        category=category,
        system=system,
        site=site,
        uid=uid,
        count=count,
        attributes=tuple(sorted(attributes.items())),
    )


def itemised(*lines: ItemLine, party: PartyCode = ARD, as_of: date = FIRST) -> ItemisedDeclaration:
    """Return the lines of one date."""
    return ItemisedDeclaration(
        party=party, as_of=as_of, lines=lines, known_as=KnownAs.CONFIRMED, citation="Annex to no. 7"
    )


def effect(
    change: int,
    category: str = "vessels at sea",
    system: str | None = "Heron",
    *,
    site: str | None = None,
    uid: str | None = None,
) -> Effect:
    """Return what an event adds or takes."""
    return Effect(category=category, system=system, site=site, uid=uid, change=change)


def notice(
    notice_id: str, *effects: Effect, event_date: date = date(2030, 9, 9), party: PartyCode = ARD
) -> Notification:
    """Return a notification of an event between FIRST and SECOND."""
    return Notification(id=notice_id, party=party, kind="data-change", event_date=event_date, effects=effects)
