"""Situations: facts in words that a lawyer can read, and the findings that must follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from counterseal.assessment.assess import assess
from counterseal.assessment.errors import SituationError
from counterseal.assessment.finding import Finding
from counterseal.assessment.situation_facts import facts_of
from counterseal.treaty.pack import Pack

_Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationResult:
    """How one situation came out.

    Attributes:
        held: Whether every finding that must follow did, and none that must not.
        differences: What did not, one sentence each; empty where it held.
    """

    name: str
    held: bool
    differences: tuple[str, ...]


def run_situations(pack: Pack, document: Mapping[str, Any]) -> tuple[SituationResult, ...]:
    """Assess each situation of a document and compare what follows with what must.

    Args:
        pack: The agreement.
        document: What a situations file holds, already checked against its schema.

    Returns:
        One result for each situation, in the document's order.

    Raises:
        SituationError: there are no situations, one has nothing to hold, or a fact cannot be read.
        FactsError: a situation names something that the pack does not have.
    """
    situations = document.get("situations") or ()
    if not situations:
        raise SituationError(f"situations for pack {pack.id}: the file has none; at least one is needed")
    return tuple(_run(pack, situation) for situation in situations)


def _run(pack: Pack, situation: _Given) -> SituationResult:
    name = situation.get("name", "without a name")
    expected, refused = situation.get("expect") or (), situation.get("expect_none") or ()
    if not (expected or refused):
        raise SituationError(f"situation {name!r}: expects nothing, so nothing could fail to hold")
    findings = assess(pack, facts_of(situation))
    differences = (
        *(_missed(want, findings) for want in expected),
        *(_unwanted(want, findings) for want in refused),
    )
    told = tuple(difference for difference in differences if difference)
    return SituationResult(name=name, held=not told, differences=told)


def _missed(want: _Given, findings: Sequence[Finding]) -> str:
    matching = [found for found in findings if _matches(want, found)]
    if len(matching) == 1:
        return ""
    if matching:
        return f"expected one finding with {_told(want)}; found {len(matching)}."
    place = {key: want[key] for key in ("as_of", "party", "interpretation", "rule") if key in want}
    near = [found for found in findings if _matches(place, found)]
    if not near:
        return f"expected a finding with {_told(want)}; there is none for that date, party, reading and rule."
    answers = "; ".join(_told({key: _fields(found)[key] for key in want}) for found in near)
    return f"expected a finding with {_told(want)}; found {answers}."


def _unwanted(want: _Given, findings: Sequence[Finding]) -> str:
    matching = [found.id for found in findings if _matches(want, found)]
    return f"expected no finding with {_told(want)}; found {', '.join(matching)}." if matching else ""


def _matches(want: _Given, found: Finding) -> bool:
    fields = _fields(found)
    unknown = sorted(set(want) - set(fields))
    if unknown:
        raise SituationError(f"expected finding: unknown key {unknown[0]!r}; known are {', '.join(fields)}")
    return all(fields[key] == value for key, value in want.items())


def _fields(found: Finding) -> dict[str, Any]:
    entry = found.as_json()
    keys = ("as_of", "party", "interpretation", "rule", "outcome", "figure", "limit")
    return {key: entry.get(key, found.rule) for key in keys}


def _told(want: _Given) -> str:
    return ", ".join(f"{key} {value if value is not None else 'null'}" for key, value in want.items())
