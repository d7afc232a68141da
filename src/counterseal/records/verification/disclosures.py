"""Check 21: a disclosure opens an earlier record of the same log."""

from collections.abc import Iterator

from counterseal.records.disclosure import KIND, parse_disclosure
from counterseal.records.errors import RecordError
from counterseal.records.partial import open_partially
from counterseal.records.said import Heard, Said


def judge_disclosures(heard: Heard) -> Iterator[tuple[Said, str]]:
    """Yield every disclosure that breaks a rule, with the rule that it breaks first."""
    for said in heard.said:
        if said.kind == KIND:
            try:
                _require_sound(said, heard)
            except RecordError as error:
                yield said, str(error)


def _require_sound(said: Said, heard: Heard) -> None:
    disclosure = parse_disclosure(said.statement)
    if said.refs != (disclosure.record,):
        raise RecordError(f"disclosure of {disclosure.record}: refs must name that record alone")
    placed = heard.placed.get(disclosure.record)
    if placed is None:
        raise RecordError(f"disclosure of {disclosure.record}: no such record is in the bundle")
    if placed.origin != said.origin:
        raise RecordError(f"disclosure of {disclosure.record}: it stands in the log {placed.origin}, another")
    if placed.index >= said.index:
        raise RecordError(f"disclosure of {disclosure.record}: it does not stand before the disclosure")
    open_partially(disclosure.opening, commit=placed.commit, parts=placed.parts, size_class=placed.size_class)
