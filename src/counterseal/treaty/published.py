"""What the parties published, as data beside a pack: the material of a replay and its open places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode
from counterseal.treaty.calendar import year_windows
from counterseal.treaty.coherence import raise_all, require_real_days, unknown, walk
from counterseal.treaty.document import Document, Path
from counterseal.treaty.load import packaged_pack
from counterseal.treaty.pack import Pack, Party
from counterseal.treaty.packaged import packaged_bytes, packaged_schema
from counterseal.treaty.yaml_document import read_yaml_document


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedExchange:
    """The aggregate figures of one party for one date, as published.

    Attributes:
        figures: ``(category id, figure)`` for every category of the pack, in its order; a figure
            of None is *not provided*, never zero.
        citation: Where it was found, as text.
        channel: ``exchange`` (provided under the agreement) or ``publication`` (published by its
            declarant, not provided to the other party).
        received_on: Cited date of receipt; None where no source gives one.
        published_on: The day on which its declarant published it, where that is the channel; else None.
        note: What a reader should know about this row, or None.
    """

    as_of: date
    party: PartyCode
    figures: tuple[tuple[str, int | None], ...]
    known_as: KnownAs
    citation: str
    channel: str
    received_on: date | None
    published_on: date | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedBreakdown:
    """The lines behind one party's figures for one date: ``(category, system, count)`` each."""

    party: PartyCode
    as_of: date
    lines: tuple[tuple[str, str, int], ...]
    known_as: KnownAs
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedWithholding:
    """A party's own published statement that it did not provide what a clock asks for."""

    party: PartyCode
    clock: str
    as_of: date
    stated_on: date | None
    text: str
    citation: str
    known_as: KnownAs


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedInspections:
    """How many inspections a party made under a quota in one year window [inspections]."""

    party: PartyCode
    quota: str
    window_start: date
    count: int
    known_as: KnownAs
    citation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRecord:
    """Everything published under one agreement that a replay uses.

    Attributes:
        treaty: Id of the pack that it belongs to.
        convention: What the replay assumes about times that no source gives, in words.
        until: Last day that the record is read to.
        auditor: Who watches the replay and is party to nothing.
        notes: What is not published.
    """

    treaty: str
    convention: str
    until: date
    auditor: Party
    exchanges: tuple[PublishedExchange, ...]
    breakdowns: tuple[PublishedBreakdown, ...]
    withheld: tuple[PublishedWithholding, ...]
    inspections: tuple[PublishedInspections, ...]
    notes: tuple[str, ...]


def load_published(text: str | bytes, *, where: str, pack: Pack) -> PublishedRecord:
    """Return the published record that a ``published.yaml`` holds.

    Args:
        text: The file as it was read.
        where: Name of the file, as messages show it.
        pack: The pack that it stands beside.

    Raises:
        PackError: it breaks the format, or names what the pack does not have; each problem with
            file, line and rule.
    """
    document = read_yaml_document(text, schema=packaged_schema("published-1.json"), where=where)
    require_real_days(document)
    raise_all(document, [problem for rule in _RULES for problem in rule(document, pack)])
    return _record(document.data, pack)


@cache
def packaged_published(name: str) -> PublishedRecord:
    """Return the published record of the packaged treaty of that name.

    Raises:
        PackError: no such pack ships, or it has no published record.
    """
    text = packaged_bytes(name, "published.yaml")
    return load_published(text, where=f"{name}/published.yaml", pack=packaged_pack(name))


def _names_resolve(document: Document, pack: Pack) -> Iterator[str]:
    known = {
        "party": ("code of a state", {str(code) for code in pack.states}),
        "clock": ("clock id", {clock.id for clock in pack.clocks}),
        "quota": ("quota id", {quota.id for quota in pack.quotas}),
        "treaty": ("treaty id", {pack.id}),
    }
    for path, value in walk(document.data, ()):
        key = path[-1] if path else None
        if isinstance(key, str) and key in known and isinstance(value, str):
            what, names = known[key]
            if value not in names:
                yield document.problem(*path, text=unknown(value, what=what, names=names))


def _figures_are_complete(document: Document, pack: Pack) -> Iterator[str]:
    wanted = {category.id for category in pack.categories}
    for index, exchange in enumerate(document.data["exchanges"]):
        figures = exchange["figures"]
        path: Path = ("exchanges", index, "figures")
        for name in sorted(set(figures) - wanted):
            text = unknown(name, what="category id", names=wanted)
            yield document.problem(*path, name, text=text, on_key=True)
        for name in sorted(wanted - set(figures)):
            yield document.problem(*path, text=f"figure of {name!r} is missing; write null if not provided")
        nil = all(figure is None for figure in figures.values())
        if nil != (exchange["known_as"] == KnownAs.NOT_PROVIDED):
            text = f"found {exchange['known_as']!r}; 'not-provided' goes with figures that are all null"
            yield document.problem("exchanges", index, "known_as", text=text)


def _rows_are_once(document: Document, _pack: Pack) -> Iterator[str]:
    for name, keys in (
        ("exchanges", ("as_of", "party")),
        ("breakdowns", ("as_of", "party")),
        ("withheld", ("party", "clock", "as_of")),
        ("inspections", ("party", "quota", "window_start")),
    ):
        first: dict[tuple[str, ...], int] = {}
        for index, entry in enumerate(document.data[name]):
            row = tuple(entry[key] for key in keys)
            if row in first:
                line = document.line_of(name, first[row])
                yield document.problem(
                    name, index, text=f"{', '.join(row)} a second time, first on line {line}"
                )
            first.setdefault(row, index)


def _days_inside(document: Document, pack: Pack) -> Iterator[str]:
    first, last = pack.life.in_force.isoformat(), document.data["until"]
    for path, value in walk(document.data, ()):
        if (
            path
            and path[-1] in ("as_of", "received_on", "published_on", "stated_on", "window_start")
            and value is not None
        ):
            if value < first:
                text = f"found {value}, before entry into force ({first})"
                yield document.problem(*path, text=text)
            elif value > last:
                yield document.problem(*path, text=f"found {value}, after 'until' ({last})")


def _windows_start(document: Document, pack: Pack) -> Iterator[str]:
    quotas = {quota.id: quota for quota in pack.quotas}
    for index, entry in enumerate(document.data["inspections"]):
        quota = quotas.get(entry["quota"])
        day = date.fromisoformat(entry["window_start"])
        if quota and day not in {start for start, _ in year_windows(quota, until=day)}:
            text = f"found {day}, not the first day of a window of quota {quota.id!r}"
            yield document.problem("inspections", index, "window_start", text=text)


def _auditor_is_no_state(document: Document, pack: Pack) -> Iterator[str]:
    code = document.data["auditor"]["code"]
    if code in {str(party.code) for party in pack.parties}:
        text = f"found {code!r}, a party of the pack; the auditor needs a code of its own"
        yield document.problem("auditor", "code", text=text)


_RULES = (
    _names_resolve,
    _figures_are_complete,
    _rows_are_once,
    _days_inside,
    _windows_start,
    _auditor_is_no_state,
)


def _record(data: dict[str, Any], pack: Pack) -> PublishedRecord:
    return PublishedRecord(
        treaty=data["treaty"],
        convention=data["convention"],
        until=date.fromisoformat(data["until"]),
        auditor=Party(**data["auditor"]),
        exchanges=tuple(_exchange(entry, pack) for entry in data["exchanges"]),
        breakdowns=tuple(_breakdown(entry) for entry in data["breakdowns"]),
        withheld=tuple(_withholding(entry) for entry in data["withheld"]),
        inspections=tuple(_inspections(entry) for entry in data["inspections"]),
        notes=tuple(data["notes"]),
    )


def _exchange(entry: dict[str, Any], pack: Pack) -> PublishedExchange:
    return PublishedExchange(
        as_of=date.fromisoformat(entry["as_of"]),
        party=PartyCode(entry["party"]),
        figures=tuple((category.id, entry["figures"][category.id]) for category in pack.categories),
        known_as=KnownAs(entry["known_as"]),
        citation=entry["citation"],
        channel=entry.get("channel", "exchange"),
        received_on=_day_if_given(entry, "received_on"),
        published_on=_day_if_given(entry, "published_on"),
        note=entry.get("note"),
    )


def _breakdown(entry: dict[str, Any]) -> PublishedBreakdown:
    return PublishedBreakdown(
        party=PartyCode(entry["party"]),
        as_of=date.fromisoformat(entry["as_of"]),
        lines=tuple((line["category"], line["system"], line["count"]) for line in entry["lines"]),
        known_as=KnownAs(entry["known_as"]),
        citation=entry["citation"],
    )


def _withholding(entry: dict[str, Any]) -> PublishedWithholding:
    return PublishedWithholding(
        party=PartyCode(entry["party"]),
        clock=entry["clock"],
        as_of=date.fromisoformat(entry["as_of"]),
        stated_on=_day_if_given(entry, "stated_on"),
        text=entry["text"],
        citation=entry["citation"],
        known_as=KnownAs(entry["known_as"]),
    )


def _inspections(entry: dict[str, Any]) -> PublishedInspections:
    return PublishedInspections(
        party=PartyCode(entry["party"]),
        quota=entry["quota"],
        window_start=date.fromisoformat(entry["window_start"]),
        count=entry["count"],
        known_as=KnownAs(entry["known_as"]),
        citation=entry["citation"],
    )


def _day_if_given(entry: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(entry[key]) if key in entry else None
