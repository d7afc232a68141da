"""JSON files: what is read, and that everything else is refused with its JSON path."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from counterseal.declarations.document import (
    Declaration,
    declaration_as_json,
    read_declaration_json,
    write_declaration_json,
)
from counterseal.declarations.errors import DeclarationError
from counterseal.declarations.notification_document import read_notifications
from counterseal.declarations.structure import schema_text
from counterseal.terms.outcomes import KnownAs
from declarations.fictional import ARD, BEL, PACK, aggregate, effect, itemised, line, notice

AGGREGATE = declaration_as_json(aggregate(), treaty="lake-treaty")
ITEMISED = declaration_as_json(
    itemised(line(uid="H1", site="Harbour", hull="steel"), line(count=4)), treaty="lake-treaty"
)
NOTICE = {
    "format": "counterseal.notification/1",
    "treaty": "lake-treaty",
    "id": "N-1",
    "party": "ARD",
    "kind": "data-change",
    "event_date": "2030-09-09",
    "effects": [{"category": "vessels at sea", "system": "Heron", "uid": "H1", "change": -1}],
}


def read(document: Any) -> tuple[Declaration, ...]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_declaration_json(data, where="d.json", pack=PACK)


def problems_of(document: Any) -> tuple[str, ...]:
    with pytest.raises(DeclarationError) as refusal:
        read(document)
    return refusal.value.problems


def changed(document: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**copy.deepcopy(document), **members}


def test_one_object_or_a_list_of_them() -> None:
    assert read(AGGREGATE) == (aggregate(),)
    assert read([AGGREGATE, ITEMISED])[1].name == "ARD 2030-08-01"


def test_what_was_written_reads_the_same_and_writes_the_same_bytes() -> None:
    declarations = (
        aggregate(),
        itemised(line(uid="H1", site="Harbour", hull="steel"), line(count=4)),
        aggregate(party=BEL, vessels=None, launchers=None, known_as=KnownAs.NOT_PROVIDED),
    )
    written = write_declaration_json(declarations, treaty="lake-treaty")
    assert read(written) == declarations
    assert write_declaration_json(read(written), treaty="lake-treaty") == written
    assert written.endswith(b"\n")


def test_what_is_written_follows_the_schema() -> None:
    validator = Draft202012Validator(json.loads(schema_text("declaration-1")))
    for document in (AGGREGATE, ITEMISED, [AGGREGATE, ITEMISED]):
        validator.validate(document)
    Draft202012Validator(json.loads(schema_text("notification-1"))).validate([NOTICE])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (changed(AGGREGATE, kind="other"), "d.json, $: found kind 'other'"),
        ([AGGREGATE, 7], "d.json, $[1]: found kind None"),
        ([], "an empty list"),
        ("text", "found kind None"),
        (changed(AGGREGATE, format="counterseal.declaration/2"), "d.json, $.format: found 'counterseal.declaration/2'"),
        (changed(AGGREGATE, treaty="sea-treaty"), "d.json, $.treaty: found 'sea-treaty'"),
        (changed(AGGREGATE, party="AUD"), "d.json, $.party: found 'AUD', must be a party"),
        (changed(AGGREGATE, as_of="2030-02-30"), "d.json, $.as_of: found '2030-02-30', must be a day"),
        (changed(AGGREGATE, as_of="2030-08-02"), "asks for no data; nearest"),
        (changed(AGGREGATE, extra=1), "d.json, $.extra: unknown key"),
        (changed(AGGREGATE, **{"a b": 1}), "d.json, $['a b']: unknown key"),
        ({key: AGGREGATE[key] for key in AGGREGATE if key != "citation"}, "key 'citation' is missing"),
        (changed(AGGREGATE, citation=""), "d.json, $.citation: found ''"),
        (changed(AGGREGATE, citation="a\nb"), "found the character U+000A"),
        (changed(AGGREGATE, citation="\ud800"), "found the character U+D800"),
        (changed(AGGREGATE, known_as="certain"), "d.json, $.known_as: found 'certain'"),
        (changed(AGGREGATE, known_as="not-provided"), "figures are given"),
        (changed(AGGREGATE, figures={"vessels": 1}), "category 'launchers' is missing; null says"),
        (changed(AGGREGATE, figures={"vessels": 1, "launchers": 2, "rafts": 3}), "$.figures.rafts: unknown category"),
        (changed(AGGREGATE, figures={"vessels": -1, "launchers": 2}), "d.json, $.figures.vessels: found -1"),
        (changed(AGGREGATE, figures={"vessels": True, "launchers": 2}), "d.json, $.figures.vessels: found True"),
        (changed(AGGREGATE, figures={"vessels": "1", "launchers": 2}), "d.json, $.figures.vessels: found '1'"),
        (changed(AGGREGATE, figures={"vessels": 1.0, "launchers": 2}), "$.figures.vessels: found '1.0', a fraction"),
        (changed(AGGREGATE, figures={"vessels": 10**30, "launchers": 2}), "$.figures.vessels: found a number of 31"),
        (changed(AGGREGATE, figures={"vessels": 2**53, "launchers": 2}), "$.figures.vessels: found 9007199254740992"),
        (changed(ITEMISED, lines=[]), "d.json, $.lines: found a list of 0"),
        (changed(ITEMISED, known_as="not-provided"), "d.json, $.known_as"),
        (changed(ITEMISED, lines=[{"category": "c", "system": "s"}]), "d.json, $.lines[0]: key 'count' is missing"),
        (
            changed(ITEMISED, lines=[{"category": "c", "system": "s", "uid": "u", "count": 2}]),
            "d.json, $.lines[0]: s [u], c: count 2, must be 1",
        ),
        (changed(ITEMISED, lines=ITEMISED["lines"][:1] * 2), "uid 'H1' stands twice"),
        ([AGGREGATE, AGGREGATE], "d.json, $[1]: found aggregate ARD 2030-08-01 again"),
    ],
)  # fmt: skip
def test_a_document_that_breaks_a_rule(document: Any, says: str) -> None:
    problems = problems_of(document)
    assert len(problems) == 1
    assert says in problems[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"kind": "aggregate", "kind": "itemised"}', "d.json, $.kind: this key stands twice"),
        (b'[{"a": {"b": 1, "b": 1}}]', "d.json, $[0].a.b: this key stands twice"),
        (b'{"kind": NaN}', "d.json, $.kind: found NaN"),
        (b'{"kind": -Infinity}', "d.json, $.kind: found -Infinity"),
        (b'{"kind": 1e400}', "d.json, $.kind: found '1e400', a fraction"),
        (b'{"kind": -0}', "d.json, $.kind: found -0"),
        (b'{"kind": ' + b"9" * 10_000 + b"}", "d.json, $.kind: found a number of 10000 characters"),
        (b"[" * 100_000, "d.json:1: brackets nest deeper than 16"),
        (b'{"a":' * 100_000, "d.json:1: brackets nest deeper than 16"),
        (b"{'kind': 1}", "must be JSON"),
        (b'{\n"kind": 1,}', "d.json:2, column "),
        (b'"\\"' * 50_000, "must be JSON"),
        (b"", "empty file"),
        (b'{"a": "\xff"}', "which is not UTF-8"),
    ],
)
def test_a_file_that_is_no_strict_json(data: bytes, says: str) -> None:
    (problem,) = problems_of(data)
    assert says in problem


def test_brackets_inside_a_text_are_no_depth() -> None:
    document = changed(AGGREGATE, citation='"[[[[[[[[[[[[[[[[[[[[[[{{{{{{')
    assert read(document)[0].citation == document["citation"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def refusal_of(data: bytes) -> str:
    try:
        assert read(data)
    except DeclarationError as refusal:
        return str(refusal)
    return "d.json is sound"


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    assert refusal_of(data).startswith("d.json")
    assert refusal_of(b'{"kind": "aggregate", ' + data).startswith("d.json")


@given(st.sampled_from([AGGREGATE, ITEMISED]), st.data())
def test_a_document_with_one_value_replaced_is_read_or_refused(
    document: dict[str, Any], data: st.DataObject
) -> None:
    key = data.draw(st.sampled_from(sorted(document)))
    assert refusal_of(json.dumps(changed(document, **{key: data.draw(VALUES)})).encode()).startswith("d.json")


def test_notifications_are_read() -> None:
    found = read_notifications(json.dumps(NOTICE).encode(), where="n.json", pack=PACK)
    assert found == (notice("N-1", effect(-1, uid="H1"), party=ARD),)
    assert read_notifications(b"[]", where="n.json", pack=PACK) == ()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([NOTICE, NOTICE], "n.json, $[1]: found notification N-1 again"),
        (
            changed(NOTICE, kind="rumour"),
            "n.json, $.kind: found 'rumour', must be a kind of notification: data-change",
        ),
        (changed(NOTICE, effects=[]), "n.json, $.effects: found a list of 0"),
        (
            changed(NOTICE, effects=[{"category": "c", "change": 1.5}]),
            "n.json, $.effects[0].change: found '1.5'",
        ),
        (
            changed(NOTICE, effects=[{"category": "c", "uid": "u", "change": 2}]),
            "must be -1, 0 or 1 for one item",
        ),
        (changed(NOTICE, event_date="9-9-2030"), "n.json, $.event_date: found '9-9-2030'"),
        (changed(NOTICE, party="XYZ"), "n.json, $.party: found 'XYZ'"),
    ],
)
def test_a_notification_that_breaks_a_rule(document: Any, says: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        read_notifications(json.dumps(document).encode(), where="n.json", pack=PACK)
    assert says in str(refusal.value)
