"""The body of a record: what it commits to, and every way in which an opening fails to open it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.commitment import Part, commit, size_class
from counterseal.errors import CountersealError
from counterseal.records.body import MAX_OPENING_BYTES, Body, open_body, seal_body
from counterseal.records.errors import RecordError
from strategies.mutations import mutate_bytes, mutate_document, text_of

STATEMENT = {"launchers": 400, "note": "as of today", "party": "ARD"}
SALT = "5a" * 32


def salts(count: int) -> bytes:
    return bytes(at % 251 for at in range(count))


BODY = seal_body(STATEMENT, salts=salts)


def opened(opening: bytes, body: Body = BODY) -> dict[str, Any]:
    return open_body(opening, commit=body.commit, parts=body.parts, size_class=body.size_class)


def committed(rows: list[tuple[str, str]]) -> tuple[bytes, Body]:
    """An opening of any rows, and a header's word that commits to exactly them."""
    parts = [Part(name=name.encode(), value=value.encode(), salt=bytes.fromhex(SALT)) for name, value in rows]
    opening = text_of({"parts": [[name, value, SALT] for name, value in rows], "v": 1})
    size = size_class(sum(len(part.name) + len(part.value) for part in parts))
    return opening, Body(commit=commit(parts).hex(), parts=len(rows), size_class=size, opening=opening)


def test_an_opening_gives_the_statement_back() -> None:
    assert opened(BODY.opening) == STATEMENT
    assert (BODY.parts, BODY.size_class) == (4, 1024)


def test_equal_statements_under_other_salts_show_nothing_in_common() -> None:
    other = seal_body(STATEMENT, salts=lambda count: bytes([7]) * count)
    assert other.commit != BODY.commit
    with pytest.raises(RecordError, match="does not open the header's commitment"):
        opened(other.opening)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("a", "1,2"), ("b", "[3"), ("c", "4]"), ("", "")], "value of a part"),
        ([("a", "1"), ("b", "2,3"), ("", ""), ("", "")], "value of a part"),
        ([("a", "[1"), ("b", "2]")], "value of a part"),
        ([("a", ""), ("b", "1")], "value of a part"),
        ([("a", "1 "), ("b", "1")], "value of a part"),
        ([("a", '{"b":1,"a":2}')], "value of a part"),
        ([("a", '{"a":1,"a":2}')], "value of a part"),
        ([("a", "1.5")], "value of a part"),
        ([("a", "1e3")], "value of a part"),
        ([("a", "-0")], "value of a part"),
        ([("a", "9007199254740992")], "value of a part"),
        ([("a", "[" * 17 + "]" * 17)], "value of a part"),
        ([("a", "1"), ("", "1")], "a dummy part has a value"),
        ([("", ""), ("a", "1")], "a dummy part stands before a named one"),
        ([("", ""), ("", "")], "every part is a dummy"),
        ([("b", "1"), ("a", "1")], "out of order or given twice"),
        ([("a", "1"), ("a", "1")], "out of order or given twice"),
        ([("A", "1")], "name is not allowed"),
        ([("é", "1")], "name is not allowed"),
        ([("a" * 65, "1")], "name is not allowed"),
        ([("a\n", "1")], "name is not allowed"),
    ],
)
def test_rows_that_are_committed_to_and_still_no_body(rows: list[tuple[str, str]], said: str) -> None:
    opening, body = committed(rows)
    with pytest.raises(RecordError, match=said):
        opened(opening, body)


def test_sixteen_levels_are_a_value_and_a_bare_text_is_one() -> None:
    opening, body = committed([("deep", "[" * 16 + "]" * 16), ("text", '"words"')])
    assert opened(opening, body)["text"] == "words"


def changed(**members: Any) -> bytes:
    return text_of({**json.loads(BODY.opening), **members})


PARTS = json.loads(BODY.opening)["parts"]


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "exactly parts and v"),
        (changed(v=2), "v must be 1"),
        (changed(v=True), "canonical|v must be 1"),
        (changed(x=1), "exactly parts and v"),
        (changed(parts=PARTS[:3]), "the 4 parts that its header tells"),
        (changed(parts=[*PARTS, PARTS[3]]), "the 4 parts that its header tells"),
        (changed(parts={}), "the 4 parts that its header tells"),
        (changed(parts=[*PARTS[:3], [*PARTS[3], 1]]), "a part must be"),
        (changed(parts=[*PARTS[:3], "four"]), "a part must be"),
        (changed(parts=[*PARTS[:3], ["", "", "zz"]]), "a part must be"),
        (changed(parts=[*PARTS[:3], ["", "", PARTS[3][2].upper()]]), "a part must be|canonical"),
        (changed(parts=[*PARTS[:3], ["", "", PARTS[3][2][:62]]]), "a part must be"),
        (changed(parts=[*PARTS[:2], [*PARTS[2][:2], PARTS[2][2] + "00"], ["", "", PARTS[3][2][2:]]]), "part"),
        (changed(parts=[*PARTS[:3], ["", "", None]]), "a part must be"),
        (changed(parts=[*PARTS[:3], [1, "", PARTS[3][2]]]), "must be texts"),
        (changed(parts=[*PARTS[:3], ["", 1, PARTS[3][2]]]), "must be texts"),
        (BODY.opening.replace(b'"v":1', b'"v": 1'), "canonical"),
        (BODY.opening.replace(b'{"parts"', b'{"v":1,"parts"'), "canonical|exactly"),
        (BODY.opening.replace(b"launchers", b"\\u006caunchers"), "canonical"),
        (BODY.opening.replace(b"400", b"401"), "does not open the header's commitment"),
        (bytes(MAX_OPENING_BYTES + 1), "at most 1048576"),
    ],
)
def test_each_opening_out_of_form_is_refused(opening: bytes, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        opened(opening)


def test_the_header_must_tell_the_same_size_and_number() -> None:
    with pytest.raises(RecordError, match="the header says 2048"):
        open_body(BODY.opening, commit=BODY.commit, parts=4, size_class=2048)
    with pytest.raises(RecordError, match="the 8 parts"):
        open_body(BODY.opening, commit=BODY.commit, parts=8, size_class=1024)


@pytest.mark.parametrize(("content", "expected"), [(1, 1024), (1024, 1024), (1025, 2048), (2048, 2048)])
def test_the_size_class_is_the_next_power_of_two(content: int, expected: int) -> None:
    body = (
        seal_body({"t": "x" * (content - 3)}, salts=salts)
        if content > 3
        else seal_body({"t": 1}, salts=salts)
    )
    assert body.size_class == expected


@pytest.mark.parametrize(
    "statement",
    [{}, {"Name": 1}, {"": 1}, {"a": 1.5}, {"a": 2**53}, {"a": {"é": 1}}, {f"n{n}": n for n in range(65)}],
)
def test_what_cannot_be_a_statement_is_never_sealed(statement: dict[str, Any]) -> None:
    with pytest.raises(CountersealError):
        seal_body(statement, salts=salts)


def test_a_body_too_large_to_be_opened_is_never_sealed() -> None:
    with pytest.raises(RecordError, match="at most 1048576"):
        seal_body({"a": "x" * 1_048_570}, salts=salts)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_changed_opening_opens_nothing(data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        opening = mutate_bytes(data.draw, BODY.opening)
    else:
        document = json.loads(BODY.opening)
        mutate_document(data.draw, document)
        opening = text_of(document)
    if opening == BODY.opening:
        return
    with pytest.raises(RecordError):
        opened(opening)


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=10,
)


@given(st.dictionaries(names, values, min_size=1, max_size=20))
def test_every_statement_comes_back(statement: dict[str, Any]) -> None:
    body = seal_body(statement, salts=salts)
    assert opened(body.opening, body) == statement
    assert body.parts == 1 << max(0, len(statement) - 1).bit_length()
