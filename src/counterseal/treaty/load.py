"""Loads treaty packs: text to types, refusing what does not hold together."""

from calendar import monthrange
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.coherence import require_coherent
from counterseal.treaty.pack import (
    Article,
    Category,
    Citation,
    Clock,
    ClockKind,
    Closure,
    CountingRule,
    DeclarationKind,
    DisclosureBudget,
    DutyKind,
    Interpretation,
    LifeCycle,
    Limit,
    NotificationKind,
    OpenDate,
    Pack,
    Party,
    Pause,
    Quota,
    ReleaseLabel,
    Role,
    StatedCount,
    StatusChange,
)
from counterseal.treaty.packaged import packaged_bytes, packaged_names, packaged_schema
from counterseal.treaty.yaml_document import read_yaml_document

__all__ = ["load_pack", "packaged_names", "packaged_pack", "packaged_pack_text"]

_LAST_SCHEMA = "pack-1.json"


def load_pack(text: str | bytes, *, where: str) -> Pack:
    """Return the agreement that a ``pack.yaml`` describes.

    Args:
        text: The file as it was read.
        where: Name of the file, as messages show it.

    Raises:
        PackError: it breaks the format, or does not hold together; each problem with file, line
            and rule.
    """
    document = read_yaml_document(text, schema=packaged_schema(_LAST_SCHEMA), where=where)
    require_coherent(document)
    return _pack(document.data)


@cache
def packaged_pack(name: str) -> Pack:
    """Return the packaged treaty of that name.

    Raises:
        PackError: no pack of that name ships in the package.
    """
    return load_pack(packaged_pack_text(name), where=f"{name}/pack.yaml")


def packaged_pack_text(name: str) -> bytes:
    """Return the bytes of the packaged ``pack.yaml`` of that name."""
    return packaged_bytes(name, "pack.yaml")


def _pack(data: dict[str, Any]) -> Pack:
    return Pack(
        id=data["id"],
        version=data["version"],
        title=data["title"],
        short_title=data["short_title"],
        domain=data["domain"],
        parties=tuple(Party(**entry) for entry in data["parties"]),
        life=_life(data["life"]),
        citations=tuple(_citation(entry) for entry in data["citations"]),
        articles=tuple(Article(**entry) for entry in data["articles"]),
        status_changes=tuple(_status_change(entry) for entry in data["status_changes"]),
        categories=tuple(Category(**entry) for entry in data["categories"]),
        counting_rules=tuple(CountingRule(**entry) for entry in data["counting_rules"]),
        limits=tuple(_limit(entry) for entry in data["limits"]),
        closures=tuple(_closure(entry) for entry in data["closures"]),
        clocks=tuple(_clock(entry) for entry in data["clocks"]),
        quotas=tuple(_quota(entry) for entry in data["quotas"]),
        pauses=tuple(_pause(entry) for entry in data["pauses"]),
        declaration_kinds=tuple(_declaration_kind(entry) for entry in data["declaration_kinds"]),
        notification_kinds=tuple(NotificationKind(**entry) for entry in data["notification_kinds"]),
        roles=tuple(Role(**entry) for entry in data["roles"]),
        release_labels=tuple(ReleaseLabel(**entry) for entry in data["release_labels"]),
        interpretations=tuple(_interpretation(entry) for entry in data["interpretations"]),
        notes=tuple(data["notes"]),
        disclosure_budgets=tuple(map(_disclosure_budget, data.get("disclosure_budgets", ()))),
    )


def _day(entry: dict[str, Any], key: str) -> date:
    return date.fromisoformat(entry[key])


def _day_if_given(entry: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(entry[key]) if key in entry else None


def _codes(codes: list[str]) -> tuple[PartyCode, ...]:
    return tuple(PartyCode(code) for code in codes)


def _life(entry: dict[str, Any]) -> LifeCycle:
    return LifeCycle(
        signed=_day(entry["signed"], "date"),
        in_force=_day(entry["in_force"], "date"),
        expires=_day_if_given(entry.get("expires", {}), "date"),
        citations=tuple((name, dated["citation"]) for name, dated in entry.items()),
    )


def _citation(entry: dict[str, Any]) -> Citation:
    return Citation(key=entry["key"], text=entry["text"], known_as=KnownAs(entry["known_as"]))


def _status_change(entry: dict[str, Any]) -> StatusChange:
    return StatusChange(
        id=entry["id"],
        state=entry["state"],
        by=PartyCode(entry["by"]),
        from_date=_day(entry, "from_date"),
        until=_day_if_given(entry, "until"),
        in_reading_of=_codes(entry["in_reading_of"]),
        covers=tuple(entry["covers"]),
        text=entry["text"],
        citation=entry["citation"],
    )


def _limit(entry: dict[str, Any]) -> Limit:
    return Limit(
        id=entry["id"],
        clause=entry["clause"],
        category=entry["category"],
        value=entry["value"],
        binds_from=_day(entry, "binds_from"),
        binds_until=_day_if_given(entry, "binds_until"),
        citation=entry["citation"],
    )


def _disclosure_budget(entry: dict[str, Any]) -> DisclosureBudget:
    return DisclosureBudget(
        id=entry["id"],
        clause=entry["clause"],
        attribute=entry["attribute"],
        millibits=int(Fraction(entry["bits"]) * 1_000),
        binds_from=_day(entry, "binds_from"),
        binds_until=_day_if_given(entry, "binds_until"),
        citation=entry["citation"],
    )


def _closure(entry: dict[str, Any]) -> Closure:
    return Closure(id=entry["id"], clause=entry["clause"], total=entry["total"], sums=tuple(entry["sums"]))


def _clock(entry: dict[str, Any]) -> Clock:
    return Clock(
        id=entry["id"],
        clause=entry["clause"],
        title=entry["title"],
        kind=ClockKind(entry["kind"]),
        trigger=entry["trigger"],
        days=entry["days"],
        period_months=entry.get("period_months"),
        first_period_starts=_day_if_given(entry, "first_period_starts"),
        as_of_trigger=entry.get("as_of_trigger", False),
        duty=DutyKind(entry["duty"]),
        time_zone=entry["time_zone"],
        owed_by=_codes(entry["owed_by"]),
        owed_to=entry["owed_to"],
        provides=entry["provides"],
        citation=entry["citation"],
        open_dates=tuple(_open_date(open_date) for open_date in entry.get("open_dates", ())),
    )


def _open_date(entry: dict[str, Any]) -> OpenDate:
    return OpenDate(as_of=_day(entry, "as_of"), text=entry["text"], citation=entry["citation"])


def _quota(entry: dict[str, Any]) -> Quota:
    return Quota(
        id=entry["id"],
        clause=entry["clause"],
        title=entry["title"],
        value=entry["value"],
        window_start=_day(entry, "window_start"),
        held_by=_codes(entry["held_by"]),
        citation=entry["citation"],
    )


def _pause(entry: dict[str, Any]) -> Pause:
    return Pause(
        id=entry["id"],
        began=entry["began"],
        from_date=_last_day(entry["began"]),
        until=_day_if_given(entry, "until"),
        text=entry["text"],
        citation=entry["citation"],
    )


def _last_day(day_or_month: str) -> date:
    if len(day_or_month) == len("YYYY-MM-DD"):
        return date.fromisoformat(day_or_month)
    year, month = (int(part) for part in day_or_month.split("-"))
    return date(year, month, monthrange(year, month)[1])


def _declaration_kind(entry: dict[str, Any]) -> DeclarationKind:
    return DeclarationKind(
        id=entry["id"],
        title=entry["title"],
        clause=entry["clause"],
        release=entry["release"],
        extra_dates=tuple(date.fromisoformat(day) for day in entry.get("extra_dates", ())),
    )


def _interpretation(entry: dict[str, Any]) -> Interpretation:
    return Interpretation(
        id=entry["id"],
        by=PartyCode(entry["by"]),
        about=PartyCode(entry["about"]),
        limit=entry["limit"],
        since=_day(entry, "since"),
        until=_day_if_given(entry, "until"),
        reading=entry["reading"],
        contrary_reading=entry["contrary_reading"],
        status=entry["status"],
        citation=entry["citation"],
        stated=tuple(_stated_count(stated) for stated in entry["stated"]),
    )


def _stated_count(entry: dict[str, Any]) -> StatedCount:
    return StatedCount(
        as_of=_day(entry, "as_of"),
        declared_figure=entry["declared_figure"],
        additions=tuple((addition["what"], addition["count"]) for addition in entry["additions"]),
        text=entry["text"],
        citation=entry["citation"],
    )
