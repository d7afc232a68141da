"""The header of a record: every member in form, or refused by name."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto.hashing import domain_hash
from counterseal.records.envelope import HEADER_TYPE, pre_authentication
from counterseal.records.errors import RecordError
from counterseal.records.header import Header, feed_id, header_document, parse_header, record_id
from counterseal.terms.parties import PartyCode
from strategies.mutations import mutate_bytes, mutate_document, text_of

HEADER = Header(
    treaty="lake-treaty",
    author=PartyCode("ARD"),
    feed="ab" * 32,
    seq=1,
    prev="cd" * 32,
    kind="declaration.aggregate",
    claimed_time=datetime(2030, 1, 10, 12, tzinfo=UTC),
    commit="ef" * 32,
    parts=4,
    size_class=1024,
    refs=("01" * 32, "00" * 32),
    not_before=("02" * 32,),
    audience=("AUD", "BEL"),
)
DATA = HEADER.to_bytes()


def test_a_header_reads_back_as_it_was_written() -> None:
    assert parse_header(DATA) == HEADER
    assert parse_header(DATA).to_bytes() == DATA


def test_the_id_covers_the_header_and_its_type_and_no_signature() -> None:
    signed = pre_authentication(HEADER_TYPE, DATA)
    assert record_id(DATA) == sha256(b"counterseal/record/v1\x00" + signed).hexdigest()
    assert record_id(DATA) != record_id(DATA + b" ")


def test_a_feed_belongs_to_one_key_of_one_party_in_one_treaty() -> None:
    ours = feed_id(treaty="t", author="A", public=bytes(32))
    assert ours == domain_hash("counterseal/feed/v1", "t", "A", bytes(32)).hex()
    assert ours != feed_id(treaty="tA", author="", public=bytes(32))
    assert ours != feed_id(treaty="t", author="A", public=bytes([1]) * 32)


REFUSED: list[tuple[str, Any, str]] = [
    ("v", 2, "header v"),
    ("v", True, "header v"),
    ("alg", "S2", "header alg"),
    ("alg", None, "header alg"),
    ("author", "ard", "header author"),
    ("author", "", "header author"),
    ("author", 1, "must be texts"),
    ("kind", "Declaration", "header kind"),
    ("kind", "a..b", "header kind"),
    ("kind", "a." + "b" * 63, "header kind"),
    ("kind", "", "header kind"),
    ("treaty", "Lake", "header treaty"),
    ("claimed_time", "2030-01-10", "header claimed_time"),
    ("claimed_time", "2030-02-30T12:00:00Z", "no such time"),
    ("claimed_time", "2030-01-10T24:00:00Z", "header claimed_time"),
    ("claimed_time", "2030-01-10T12:00:60Z", "no such time"),
    ("claimed_time", "2030-01-10T12:00:00+00:00", "header claimed_time"),
    ("claimed_time", "２030-01-10T12:00:00Z", "header claimed_time"),
    ("feed", "AB" * 32, "header feed"),
    ("feed", None, "header feed"),
    ("body", {}, "header body: must have exactly"),
    ("body", {"commit": "x", "parts": 1, "size_class": 1024}, "body.commit"),
    ("body", {"commit": "ef" * 32, "parts": 3, "size_class": 1024}, "body.parts"),
    ("body", {"commit": "ef" * 32, "parts": 128, "size_class": 1024}, "body.parts"),
    ("body", {"commit": "ef" * 32, "parts": True, "size_class": 1024}, "body.parts"),
    ("body", {"commit": "ef" * 32, "parts": 0, "size_class": 1024}, "body.parts"),
    ("body", {"commit": "ef" * 32, "parts": 1, "size_class": 512}, "body.size_class"),
    ("body", {"commit": "ef" * 32, "parts": 1, "size_class": 2**21}, "body.size_class"),
    ("body", {"commit": "ef" * 32, "parts": 1, "size_class": 1025}, "body.size_class"),
    ("seq", -1, "header seq"),
    ("seq", True, "header seq"),
    ("seq", "1", "header seq"),
    ("seq", 0, "null exactly at seq 0"),
    ("prev", None, "null exactly at seq 0"),
    ("prev", "zz", "header prev"),
    ("refs", ["00" * 32] * 2, "header refs"),
    ("refs", ["zz"], "header refs"),
    ("refs", [f"{n:064x}" for n in range(65)], "at most 64"),
    ("refs", {}, "header refs"),
    ("not_before", [f"{n:064x}" for n in range(17)], "at most 16"),
    ("audience", [], "1 to 64"),
    ("audience", ["b", "a"], "must be sorted"),
    ("audience", ["a", "a"], "none twice"),
    ("audience", ["a b"], "names are"),
    ("audience", [f"a{n:02d}" for n in range(65)], "1 to 64"),
    ("audience", "public", "1 to 64"),
]


@pytest.mark.parametrize(("member", "value", "said"), REFUSED)
def test_each_member_out_of_form_is_refused_by_name(member: str, value: Any, said: str) -> None:
    document = {**json.loads(DATA), member: value}
    with pytest.raises(RecordError, match=said):
        parse_header(text_of(document))


def test_members_missing_added_or_too_many_bytes() -> None:
    document = json.loads(DATA)
    for member in document:
        with pytest.raises(RecordError, match="exactly the members"):
            parse_header(text_of({name: value for name, value in document.items() if name != member}))
    with pytest.raises(RecordError, match="exactly the members"):
        parse_header(text_of({**document, "x": 1}))
    with pytest.raises(RecordError, match="exactly the members"):
        parse_header(b"[]")
    with pytest.raises(RecordError, match="at most 16384"):
        parse_header(bytes(16_385))


@pytest.mark.parametrize("year", ["0001", "0999", "9999"])
def test_far_years_are_written_with_four_digits(year: str) -> None:
    data = DATA.replace(b"2030-01-10", f"{year}-01-10".encode())
    assert parse_header(data).to_bytes() == data


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_changed_header_is_refused_or_says_something_else(data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        changed = mutate_bytes(data.draw, DATA)
    else:
        document = json.loads(DATA)
        mutate_document(data.draw, document)
        changed = text_of(document)
    try:
        header = parse_header(changed)
    except RecordError:
        return
    assert header.to_bytes() == changed
    assert (header == HEADER) == (changed == DATA)
    assert header_document(changed) == json.loads(changed)
