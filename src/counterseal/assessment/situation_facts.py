"""Facts as a situations file writes them, each with a record id made up from its own words."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from counterseal.assessment.errors import SituationError
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
from counterseal.terms.parties import parse_party_code
from counterseal.terms.times import parse_date

_Given = Mapping[str, Any]


def facts_of(situation: Mapping[str, Any]) -> Facts:
    """Return the facts of one situation, each with a record id made up from its own words.

    Raises:
        SituationError: a field is missing or cannot be read.
    """
    given = situation.get("facts") or {}
    name = situation.get("name", "without a name")
    read = _Reader(situation=name, given=given)
    try:
        until = parse_date(situation["assess_on"])
    except (KeyError, TypeError, ValueError) as error:
        raise SituationError(
            f"situation {name!r}: assess_on: must be a date, YYYY-MM-DD ({error})"
        ) from error
    return Facts(
        until=until,
        declared=read.all("declared", _declared),
        breakdowns=read.all("breakdowns", _breakdown),
        suspensions=read.all("suspensions", _suspension),
        positions=read.all("positions", _position),
        assertions=read.all("assertions", _assertion),
        withheld=read.all("withheld", _withholding),
        inspections=read.all("inspections", _inspections),
        in_force_records=(_made_up("agreement", {}),),
    )


def _made_up(kind: str, fact: _Given) -> str:
    text = json.dumps([kind, fact], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


_Fact = TypeVar("_Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads one situation's facts, and says of which fact a refusal is."""

    situation: str
    given: _Given

    def all(self, kind: str, make: Callable[..., _Fact]) -> tuple[_Fact, ...]:
        facts: list[_Fact] = []
        for place, fact in enumerate(self.given.get(kind) or ()):
            where = f"situation {self.situation!r}, {kind}[{place}]"
            try:
                facts.append(make(fact, records=(_made_up(kind, fact),)))
            except KeyError as error:
                raise SituationError(f"{where}: no {error.args[0]!r}; the fact needs it") from error
            except (TypeError, ValueError, AttributeError) as error:
                raise SituationError(f"{where}: cannot be read: {error}") from error
        return tuple(facts)


def _day(fact: _Given, key: str) -> date | None:
    return parse_date(fact[key]) if fact.get(key) is not None else None


def _how_known(fact: _Given) -> dict[str, Any]:
    known = KnownAs(fact.get("known_as", KnownAs.CONFIRMED))
    return {"known_as": known, "citation": str(fact.get("citation", "this situation"))}


def _declared(fact: _Given, *, records: tuple[str, ...]) -> DeclaredFigures:
    return DeclaredFigures(
        party=parse_party_code(fact["party"]),
        as_of=parse_date(fact["as_of"]),
        figures=tuple(fact["figures"].items()),
        channel=Channel(fact.get("channel", Channel.EXCHANGE)),
        timing=Timing(basis=TimingBasis.PUBLICATION, received_on=_day(fact, "received_on")),
        records=records,
        **_how_known(fact),
    )


def _breakdown(fact: _Given, *, records: tuple[str, ...]) -> Breakdown:
    return Breakdown(
        party=parse_party_code(fact["party"]),
        as_of=parse_date(fact["as_of"]),
        lines=tuple(
            BreakdownLine(category=line["category"], system=line["system"], count=line["count"])
            for line in fact["lines"]
        ),
        records=records,
        **_how_known(fact),
    )


def _suspension(fact: _Given, *, records: tuple[str, ...]) -> Suspension:
    return Suspension(
        id=fact.get("id", f"suspension-{records[0][:8]}"),
        by=parse_party_code(fact["by"]),
        from_date=parse_date(fact["from_date"]),
        until=_day(fact, "until"),
        in_reading_of=tuple(parse_party_code(party) for party in fact["in_reading_of"]),
        covers=tuple(fact["covers"]),
        text=fact.get("text", "It says that it suspends these duties."),
        records=records,
        **_how_known(fact),
    )


def _position(fact: _Given, *, records: tuple[str, ...]) -> Position:
    return Position(
        id=fact.get("id", f"position-{records[0][:8]}"),
        limit=fact["limit"],
        since=parse_date(fact["since"]),
        until=_day(fact, "until"),
        text=fact.get("text", "It objects to how the other counts."),
        records=records,
        by=parse_party_code(fact["by"]),
        about=parse_party_code(fact["about"]),
        **_how_known(fact),
    )


def _assertion(fact: _Given, *, records: tuple[str, ...]) -> Assertion:
    return Assertion(
        id=fact.get("id", f"assertion-{records[0][:8]}"),
        position=fact["position"],
        limit=fact["limit"],
        as_of=parse_date(fact["as_of"]),
        declared_figure=fact["declared_figure"],
        additions=tuple(Addition(what=one["what"], count=one["count"]) for one in fact["additions"]),
        text=fact.get("text", "It states its own count for this date."),
        records=records,
        by=parse_party_code(fact["by"]),
        about=parse_party_code(fact["about"]),
        **_how_known(fact),
    )


def _withholding(fact: _Given, *, records: tuple[str, ...]) -> Withholding:
    return Withholding(
        party=parse_party_code(fact["party"]),
        clock=fact["clock"],
        as_of=parse_date(fact["as_of"]),
        text=fact.get("text", "It says that it did not provide this."),
        records=records,
        **_how_known(fact),
    )


def _inspections(fact: _Given, *, records: tuple[str, ...]) -> InspectionCount:
    return InspectionCount(
        party=parse_party_code(fact["party"]),
        quota=fact["quota"],
        window_start=parse_date(fact["window_start"]),
        count=fact["count"],
        records=records,
        **_how_known(fact),
    )
