"""Statements: the kinds that parties sign, each between a fact and the JSON members of a record.

A kind never changes meaning. A record whose body is withheld, or whose kind is not known here,
is no fact: it stays on the record and is not read.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from counterseal.assessment.facts import (
    Addition,
    Assertion,
    Breakdown,
    BreakdownLine,
    Channel,
    DeclaredFigures,
    InspectionCount,
    Position,
    Suspension,
    Timing,
    TimingBasis,
    Withholding,
)
from counterseal.services.errors import StatementError
from counterseal.terms.outcomes import KnownAs
from counterseal.terms.parties import PartyCode, parse_party_code
from counterseal.terms.times import parse_date

AGREEMENT = "treaty.pack"
CLOSING = "record.closing"
AGGREGATE = "declaration.aggregate"
BREAKDOWN = "declaration.breakdown"
SUSPENSION = "statement.suspension"
POSITION = "statement.position"
ASSERTION = "statement.assertion"
WITHHOLDING = "statement.withholding"
INSPECTIONS = "inspection.count"

_KINDS: dict[type, str] = {
    DeclaredFigures: AGGREGATE,
    Breakdown: BREAKDOWN,
    Suspension: SUSPENSION,
    Position: POSITION,
    Assertion: ASSERTION,
    Withholding: WITHHOLDING,
    InspectionCount: INSPECTIONS,
}
Fact = DeclaredFigures | Breakdown | Suspension | Position | Assertion | Withholding | InspectionCount


def members_of(fact: Fact) -> dict[str, Any]:
    """Return the members of the statement that states a fact; who signs it, its header says."""
    shared = {"citation": fact.citation, "known_as": fact.known_as.value}
    return shared | _WRITERS[type(fact)](fact)


def kind_of(fact: Fact) -> str:
    """Return the kind of the record that states a fact."""
    return _KINDS[type(fact)]


def read_fact(
    kind: str,
    members: Mapping[str, Any],
    *,
    records: tuple[str, ...],
    author: str,
    timing: Timing | None = None,
) -> Fact | None:
    """Return the fact that a record states, or None if its kind states none.

    Args:
        kind: The record's kind.
        members: Its opened statement.
        records: Ids of the record and of what belongs to it.
        author: Who signed it; figures signed by somebody else than their party are a transcription.
        timing: What the record itself shows of its receipt, for statements that lean on it.

    Raises:
        StatementError: members that are not those of the kind.
    """
    reader = _READERS.get(kind)
    if reader is None:
        return None
    try:
        return reader(dict(members), records, author, timing)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StatementError(f"record {records[0]} of kind {kind}: cannot be read: {error!r:.200}") from error


def _write_figures(fact: Any) -> dict[str, Any]:
    received = fact.timing.received_on
    return {
        "as_of": fact.as_of.isoformat(),
        "channel": fact.channel.value,
        "figures": dict(fact.figures),
        "party": fact.party,
        "received_on": received.isoformat() if received else None,
        "timing": fact.timing.basis.value,
    }


def _write_breakdown(fact: Any) -> dict[str, Any]:
    lines = [[line.category, line.system, line.count] for line in fact.lines]
    return {"as_of": fact.as_of.isoformat(), "lines": lines, "party": fact.party}


def _write_suspension(fact: Any) -> dict[str, Any]:
    return {
        "by": fact.by,
        "covers": list(fact.covers),
        "from_date": fact.from_date.isoformat(),
        "id": fact.id,
        "in_reading_of": list(fact.in_reading_of),
        "text": fact.text,
        "until": _iso(fact.until),
    }


def _write_position(fact: Any) -> dict[str, Any]:
    return {
        "about": fact.about,
        "by": fact.by,
        "id": fact.id,
        "limit": fact.limit,
        "since": fact.since.isoformat(),
        "text": fact.text,
        "until": _iso(fact.until),
    }


def _write_assertion(fact: Any) -> dict[str, Any]:
    return {
        "about": fact.about,
        "additions": [[item.what, item.count] for item in fact.additions],
        "as_of": fact.as_of.isoformat(),
        "by": fact.by,
        "declared_figure": fact.declared_figure,
        "id": fact.id,
        "limit": fact.limit,
        "position": fact.position,
        "text": fact.text,
    }


def _write_withholding(fact: Any) -> dict[str, Any]:
    return {"as_of": fact.as_of.isoformat(), "clock": fact.clock, "party": fact.party, "text": fact.text}


def _write_inspections(fact: Any) -> dict[str, Any]:
    return {
        "count": fact.count,
        "party": fact.party,
        "quota": fact.quota,
        "window_start": fact.window_start.isoformat(),
    }


_WRITERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    DeclaredFigures: _write_figures,
    Breakdown: _write_breakdown,
    Suspension: _write_suspension,
    Position: _write_position,
    Assertion: _write_assertion,
    Withholding: _write_withholding,
    InspectionCount: _write_inspections,
}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return parse_date(text) if text is not None else None


def _count(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError(f"count {number!r}: must be a whole number from 0")
    return number


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"{type(text).__name__} where text must be")
    return text


def _list(items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise TypeError(f"{type(items).__name__} where a list must be")
    return items


def _cited(members: Mapping[str, Any]) -> tuple[str, KnownAs]:
    return _text(members["citation"]), KnownAs(_text(members["known_as"]))


def _codes(codes: Any) -> tuple[PartyCode, ...]:
    return tuple(parse_party_code(code) for code in _list(codes))


def _read_figures(
    members: dict[str, Any], records: tuple[str, ...], author: str, timing: Timing | None
) -> DeclaredFigures:
    citation, known_as = _cited(members)
    party = parse_party_code(members["party"])
    basis = TimingBasis(members["timing"])
    published = Timing(basis=TimingBasis.PUBLICATION, received_on=_day(members["received_on"]))
    shown = timing or Timing(basis=TimingBasis.RECORD)
    figures = tuple(
        (category, None if figure is None else _count(figure))
        for category, figure in sorted(members["figures"].items())
    )
    return DeclaredFigures(
        party=party,
        as_of=parse_date(members["as_of"]),
        figures=figures,
        known_as=known_as,
        citation=citation,
        channel=Channel(members["channel"]) if author == party else Channel.TRANSCRIPTION,
        timing=shown if basis is TimingBasis.RECORD and author == party else published,
        records=records,
    )


def _read_breakdown(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> Breakdown:
    citation, known_as = _cited(members)
    return Breakdown(
        party=parse_party_code(members["party"]),
        as_of=parse_date(members["as_of"]),
        lines=tuple(
            BreakdownLine(category=_text(category), system=_text(system), count=_count(count))
            for category, system, count in map(_list, _list(members["lines"]))
        ),
        known_as=known_as,
        citation=citation,
        records=records,
    )


def _read_suspension(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> Suspension:
    citation, known_as = _cited(members)
    return Suspension(
        id=_text(members["id"]),
        by=parse_party_code(members["by"]),
        from_date=parse_date(members["from_date"]),
        until=_day(members["until"]),
        in_reading_of=_codes(members["in_reading_of"]),
        covers=tuple(map(_text, _list(members["covers"]))),
        text=_text(members["text"]),
        citation=citation,
        known_as=known_as,
        records=records,
    )


def _read_position(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> Position:
    citation, known_as = _cited(members)
    return Position(
        id=_text(members["id"]),
        by=parse_party_code(members["by"]),
        about=parse_party_code(members["about"]),
        limit=_text(members["limit"]),
        since=parse_date(members["since"]),
        until=_day(members["until"]),
        text=_text(members["text"]),
        citation=citation,
        known_as=known_as,
        records=records,
    )


def _read_assertion(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> Assertion:
    citation, known_as = _cited(members)
    return Assertion(
        id=_text(members["id"]),
        position=_text(members["position"]),
        by=parse_party_code(members["by"]),
        about=parse_party_code(members["about"]),
        limit=_text(members["limit"]),
        as_of=parse_date(members["as_of"]),
        declared_figure=_count(members["declared_figure"]),
        additions=tuple(
            Addition(what=_text(what), count=_count(count))
            for what, count in map(_list, _list(members["additions"]))
        ),
        text=_text(members["text"]),
        citation=citation,
        known_as=known_as,
        records=records,
    )


def _read_withholding(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> Withholding:
    citation, known_as = _cited(members)
    return Withholding(
        party=parse_party_code(members["party"]),
        clock=_text(members["clock"]),
        as_of=parse_date(members["as_of"]),
        text=_text(members["text"]),
        citation=citation,
        known_as=known_as,
        records=records,
    )


def _read_inspections(
    members: dict[str, Any], records: tuple[str, ...], _author: str, _timing: Timing | None
) -> InspectionCount:
    citation, known_as = _cited(members)
    return InspectionCount(
        party=parse_party_code(members["party"]),
        quota=_text(members["quota"]),
        window_start=parse_date(members["window_start"]),
        count=_count(members["count"]),
        known_as=known_as,
        citation=citation,
        records=records,
    )


_READERS: dict[str, Callable[[dict[str, Any], tuple[str, ...], str, Timing | None], Fact]] = {
    AGGREGATE: _read_figures,
    BREAKDOWN: _read_breakdown,
    SUSPENSION: _read_suspension,
    POSITION: _read_position,
    ASSERTION: _read_assertion,
    WITHHOLDING: _read_withholding,
    INSPECTIONS: _read_inspections,
}
FACT_KINDS = frozenset(_READERS)
"""Kinds that state facts for an assessment."""
