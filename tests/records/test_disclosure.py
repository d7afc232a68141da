"""Disclosures: their form, and the rule that they open an earlier record of the same log."""

import json
from dataclasses import replace
from typing import Any

import pytest

from counterseal.records.body import seal_body
from counterseal.records.disclosure import KIND, Disclosure, parse_disclosure
from counterseal.records.errors import RecordError
from counterseal.records.partial import withhold
from counterseal.records.said import Heard, Placed, Said
from counterseal.records.verification.disclosures import judge_disclosures

RECORD, OTHER = "aa" * 32, "bb" * 32
BODY = seal_body({"count": 3, "note": "as seen", "site": "North Bay"}, salts=lambda count: bytes([9]) * count)
OPENING = withhold(BODY.opening, release=("count",))
GOOD = Disclosure(record=RECORD, opening=OPENING, reason="host review", stage="step 2")
PLACED = Placed(
    origin="ard/log",
    index=4,
    kind="declaration.aggregate",
    commit=BODY.commit,
    parts=BODY.parts,
    size_class=BODY.size_class,
)


def said(statement: dict[str, Any] | None = None, **changed: Any) -> Said:
    members: dict[str, Any] = {
        "record_id": "cc" * 32,
        "kind": KIND,
        "origin": "ard/log",
        "party": "ARD",
        "index": 5,
        "path": "logs/x/tile/entries/000.p/6",
        "refs": (RECORD,),
        "not_before": (),
        "claimed_time": "2030-01-10T12:00:00Z",
        "public": True,
        "statement": GOOD.statement() if statement is None else statement,
    }
    return Said(**{**members, **changed})


def refusals(one: Said, placed: Placed | None = PLACED) -> list[str]:
    heard = Heard(said=(one,), placed={} if placed is None else {RECORD: placed})
    judged = list(judge_disclosures(heard))
    assert all(each is one for each, _ in judged)
    return [rule for _, rule in judged]


def test_a_disclosure_comes_back_from_its_statement() -> None:
    assert parse_disclosure(GOOD.statement()) == GOOD
    assert parse_disclosure({**GOOD.statement(), "stage": None}).stage is None


def test_a_sound_disclosure_is_not_refused() -> None:
    assert refusals(said()) == []


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"extra": 1}, "exactly opening, reason, record and stage"),
        ({"record": "AA" * 32}, "64 hexadecimal digits"),
        ({"record": None}, "64 hexadecimal digits"),
        ({"reason": ""}, "reason: must be a text"),
        ({"reason": None}, "reason: must be a text"),
        ({"stage": 2}, "stage: must be text or null"),
        ({"opening": [1]}, "opening: must be an object"),
        ({"opening": None}, "opening: must be an object"),
        ({"opening": {}}, "exactly parts and v"),
        ({"opening": {**OPENING, "parts": OPENING["parts"][:2]}}, "as many parts"),
        (
            {
                "opening": {
                    **OPENING,
                    "parts": [["count", "4", OPENING["parts"][0][2]], *OPENING["parts"][1:]],
                }
            },
            "does not open",
        ),
    ],
)
def test_a_disclosure_out_of_form_is_refused(changed: dict[str, Any], rule: str) -> None:
    (found,) = refusals(said({**GOOD.statement(), **changed}))
    assert rule in found


def test_a_missing_member_is_refused() -> None:
    statement = GOOD.statement()
    del statement["stage"]
    with pytest.raises(RecordError, match="exactly"):
        parse_disclosure(statement)


@pytest.mark.parametrize("refs", [(), (OTHER,), (RECORD, OTHER)])
def test_refs_name_the_record_alone(refs: tuple[str, ...]) -> None:
    (found,) = refusals(said(refs=refs))
    assert "refs must name that record alone" in found


@pytest.mark.parametrize(
    ("placed", "rule"),
    [
        (None, "no such record is in the bundle"),
        (replace(PLACED, origin="bel/log"), "stands in the log bel/log, another"),
        (replace(PLACED, index=5), "does not stand before"),
        (replace(PLACED, index=6), "does not stand before"),
        (replace(PLACED, commit="00" * 32), "does not open the header's commitment"),
        (replace(PLACED, parts=8), "as many parts as the header says, 8"),
    ],
)
def test_it_opens_an_earlier_record_of_its_log(placed: Placed | None, rule: str) -> None:
    (found,) = refusals(said(), placed)
    assert rule in found


def test_a_full_opening_agrees_with_the_size_class_too() -> None:
    full = said({**GOOD.statement(), "opening": json.loads(BODY.opening)})
    assert refusals(full) == []
    (found,) = refusals(full, replace(PLACED, size_class=2048))
    assert "the header says 2048" in found


def test_records_of_other_kinds_are_left_alone() -> None:
    assert refusals(said({}, kind="declaration.aggregate")) == []
