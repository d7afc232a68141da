"""Contrary entries: statements about one thing that do not agree, side by side. None of them wins here.

A later statement never replaces an earlier one, and one party's never another's. What an assessment makes of
them is in the findings; here they are shown as they stand on the record.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.records.countersignature import KIND as COUNTERSIGNATURE
from counterseal.records.countersignature import NEEDS_NOTE, parse_countersignature
from counterseal.records.envelope import split_record
from counterseal.records.errors import RecordError
from counterseal.records.header import parse_header
from counterseal.services.log_status import LogStatus, log_statuses
from counterseal.services.node import Node
from counterseal.services.ports import StoredEntry
from counterseal.services.record_book import opened
from counterseal.services.statements import AGGREGATE, BREAKDOWN
from counterseal.terms.parties import PartyCode

_STATED = {AGGREGATE: "figures", BREAKDOWN: "lines"}
"""Member of each kind of declaration that says what is declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One record in a case: who says what, in which record; that is issued, logged or settled."""

    record_id: str
    author: PartyCode
    says: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Entries about one thing that do not agree.

    Attributes:
        about: What they are about, in words.
        voices: Each entry, in the order of its id: by nobody's clock and in nobody's favour.
    """

    about: str
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    record_id: str
    author: PartyCode
    about: tuple[str, str, str]
    stated: dict[str, Any]
    refs: tuple[str, ...]
    state: str


def cases(node: Node, *, logs: Iterable[LogStatus] | None = None) -> tuple[Case, ...]:
    """Return everything on a node's record that is stated in two ways, or that somebody objects to.

    Args:
        node: The node.
        logs: How its logs stand, where that was worked out already.
    """
    declared: list[_Declared] = []
    objections: list[tuple[str, Voice]] = []
    stand = {status.log.origin: status for status in (log_statuses(node) if logs is None else logs)}
    for log in node.trust.logs:
        for entry in node.store.entries(log.origin):
            state = stand[log.origin].state_of(entry.index)
            if entry.kind in _STATED:
                declared += _declared(entry, log.party, state)
            elif entry.kind == COUNTERSIGNATURE:
                objections += _objection(entry, log.party, state)
    found = (*_contrary(declared), *_objected(node, objections, stand))
    return tuple(sorted(found, key=lambda case: (case.about, case.voices[0].record_id)))


def _declared(entry: StoredEntry, author: PartyCode, state: str) -> Iterator[_Declared]:
    members = opened(entry)
    stated = members.get(_STATED[entry.kind])
    if stated is None:
        return  # not readable here, or not in the form of its kind
    about = (entry.kind, str(members.get("party")), str(members.get("as_of")))
    yield _Declared(
        record_id=entry.record_id,
        author=author,
        about=about,
        stated=stated if isinstance(stated, dict) else {"lines": stated},
        refs=parse_header(split_record(entry.envelope)[0]).refs,
        state=state,
    )


def _contrary(declared: Iterable[_Declared]) -> Iterator[Case]:
    """Of one party and date, two figures for one category; a supplement is no contradiction."""
    groups: dict[tuple[str, str, str], list[_Declared]] = {}
    for one in declared:
        groups.setdefault(one.about, []).append(one)
    for (kind, party, as_of), group in groups.items():
        differing = _differing(group)
        if differing:
            voices = [
                Voice(record_id=one.record_id, author=one.author, says=_text(one.stated), state=one.state)
                for one in sorted(differing, key=lambda one: one.record_id)
            ]
            yield Case(about=f"{kind} of {party} for {as_of}", voices=tuple(voices))


def _differing(group: list[_Declared]) -> list[_Declared]:
    corrected = {ref for one in group for ref in one.refs}
    standing = [one for one in group if one.record_id not in corrected]
    values: dict[str, set[str]] = {}
    for one in standing:
        for name, figure in one.stated.items():
            if figure is not None:
                values.setdefault(name, set()).add(_text(figure))
    contested = {name for name, found in values.items() if len(found) > 1}
    return [one for one in standing if any(one.stated.get(name) is not None for name in contested)]


def _objection(entry: StoredEntry, author: PartyCode, state: str) -> Iterator[tuple[str, Voice]]:
    try:
        said = parse_countersignature(opened(entry))
    except RecordError:
        return  # withheld here, or in no form: no word that could be shown
    if said.meaning in NEEDS_NOTE:
        says = f"{said.meaning.value}: {said.note}"
        yield said.record, Voice(record_id=entry.record_id, author=author, says=says, state=state)


def _objected(
    node: Node, objections: list[tuple[str, Voice]], stand: Mapping[str, LogStatus]
) -> Iterator[Case]:
    by_record: dict[str, list[Voice]] = {}
    for record, voice in objections:
        by_record.setdefault(record, []).append(voice)
    for record, voices in by_record.items():
        entry = node.store.find(record)
        if entry is None:
            continue
        author = parse_header(split_record(entry.envelope)[0]).author
        what = opened(entry) if entry.kind in _STATED else {}
        first = Voice(
            record_id=record,
            author=author,
            says=_text(what.get(_STATED.get(entry.kind, ""))),
            state=stand[entry.origin].state_of(entry.index),
        )
        ordered = sorted(voices, key=lambda voice: voice.record_id)
        yield Case(about=f"{entry.kind} {record[:16]} of {author}", voices=(first, *ordered))


def _text(stated: Any) -> str:
    return "" if stated is None else json.dumps(stated, ensure_ascii=False, sort_keys=True)
