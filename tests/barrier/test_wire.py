"""A request has one spelling; everything else is refused, with a reason of its own."""

import struct
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.wire import (
    MAX_INPUTS,
    MAX_PROTOCOL_BYTES,
    NO_PARTS,
    OUTCOMES,
    Request,
    Role,
    RoomInput,
    encode_request,
    parse_request,
    set_deadline,
)

PART = st.binary(min_size=32, max_size=32)
PARTS = st.tuples(PART, PART, PART, PART)
REQUESTS = st.builds(
    Request,
    attempt=st.integers(0, 2**63 - 1),
    protocol=st.binary(min_size=1, max_size=200),
    inputs=st.lists(
        st.builds(RoomInput, role=st.sampled_from(Role), data=st.binary(max_size=100)), max_size=4
    ).map(tuple),
    host_parts=PARTS,
    inspector_parts=PARTS,
)
REQUEST = Request(
    attempt=7,
    protocol=b"protocol",
    inputs=(RoomInput(role=Role.ITEM, data=b"12345"), RoomInput(role=Role.BACKGROUND, data=b"")),
)
WIRE = bytes(encode_request(REQUEST, deadline_ns=99))
HEAD = 288


@settings(deadline=None)
@given(REQUESTS, st.integers(0, 2**63 - 1))
def test_what_was_sent_is_what_comes_in(request_: Request, deadline_ns: int) -> None:
    data = encode_request(request_, deadline_ns=deadline_ns)
    assert len(data) == request_.length()
    assert parse_request(data) == (request_, deadline_ns)


def test_a_request_begins_as_its_format_says() -> None:
    assert WIRE[:24] == b"CSBQ\x01\0\0\0" + struct.pack(">QQ", 7, 99)
    assert WIRE[24:280] == bytes(256)
    assert WIRE[280:288] == struct.pack(">II", 8, 2)
    assert WIRE[288:] == b"protocol" + b"\x01\0\0\0\0\0\0\x0512345" + b"\x02\0\0\0\0\0\0\0"


@settings(deadline=None)
@given(REQUESTS, st.integers(0, 2**63 - 1))
def test_a_deadline_that_is_set_later_is_the_one_that_comes_in(request_: Request, deadline_ns: int) -> None:
    data = encode_request(request_, deadline_ns=0)
    set_deadline(data, deadline_ns=deadline_ns)
    assert data == encode_request(request_, deadline_ns=deadline_ns)


@pytest.mark.parametrize("deadline_ns", [-1, 2**63])
def test_a_deadline_past_its_range_is_refused(deadline_ns: int) -> None:
    with pytest.raises(BarrierError, match="deadline"):
        encode_request(REQUEST, deadline_ns=deadline_ns)
    with pytest.raises(BarrierError, match="deadline"):
        set_deadline(bytearray(WIRE), deadline_ns=deadline_ns)


@pytest.mark.parametrize("length", range(len(WIRE)))
def test_a_request_that_was_cut_is_refused(length: int) -> None:
    with pytest.raises(BarrierError):
        parse_request(WIRE[:length])


def test_a_request_with_something_after_it_is_refused() -> None:
    with pytest.raises(BarrierError, match="one spelling"):
        parse_request(WIRE + b"\0")


@pytest.mark.parametrize("place", [5, 6, 7, HEAD + 9, HEAD + 10, HEAD + 11])
def test_a_byte_that_must_be_zero_is_not_a_place_for_anything(place: int) -> None:
    data = bytearray(WIRE)
    data[place] = 1
    with pytest.raises(BarrierError, match="one spelling"):
        parse_request(data)


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (0, b"X", "begins with"),
        (4, b"\x02", "begins with"),
        (8, b"\xff", "attempt"),
        (16, b"\xff", "deadline"),
        (280, b"\xff\xff\xff\xff", "protocol"),
        (280, b"\0\0\0\0", "protocol"),
        (284, b"\xff\xff\xff\xff", "says that it holds"),
        (284, b"\0\0\0\x03", "head of an input"),
        (284, b"\0\0\0\x01", "one spelling"),
        (HEAD + 8, b"\x09", "role 9"),
        (HEAD + 12, b"\xff\xff\xff\xff", "head of an input"),
    ],
)
def test_each_wrong_field_is_refused_with_its_own_reason(place: int, value: bytes, reason: str) -> None:
    data = bytearray(WIRE)
    data[place : place + len(value)] = value
    with pytest.raises(BarrierError, match=reason):
        parse_request(data)


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_noise_is_refused_and_never_crashes(data: bytes) -> None:
    with pytest.raises(BarrierError):
        parse_request(data)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_noise_behind_a_good_head_is_refused_or_is_a_request(data: bytes) -> None:
    try:
        request, deadline_ns = parse_request(WIRE[:HEAD] + data)
    except BarrierError:
        return
    assert encode_request(request, deadline_ns=deadline_ns) == WIRE[:HEAD] + data


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("attempt", -1, "attempt -1"),
        ("protocol", b"", "protocol of 0"),
        ("protocol", bytes(MAX_PROTOCOL_BYTES + 1), f"protocol of {MAX_PROTOCOL_BYTES + 1}"),
        ("inputs", (RoomInput(role=Role.ITEM, data=b""),) * (MAX_INPUTS + 1), "257 inputs"),
        ("inputs", (RoomInput(role=Role.ITEM, data=bytes(2**26 + 1)),), "an input is longer"),
        ("inputs", (RoomInput(role=Role.ITEM, data=bytes(2**26)),) * 4, "together"),
        ("host_parts", NO_PARTS[:3], "token parts"),
        ("inspector_parts", (b"", *NO_PARTS[:3]), "token parts"),
    ],
)
def test_a_request_past_a_cap_cannot_be_made(field: str, value: Any, reason: str) -> None:

    with pytest.raises(BarrierError, match=reason):
        replace(REQUEST, **{field: value})


@settings(deadline=None)
@given(REQUESTS)
def test_a_token_takes_both_parts(request_: Request) -> None:
    for place, outcome in enumerate(OUTCOMES):
        token = request_.token(outcome)
        host, inspector = request_.host_parts[place], request_.inspector_parts[place]
        assert bytes(a ^ b for a, b in zip(token, host, strict=True)) == inspector


def test_inputs_are_found_by_their_role_in_their_order() -> None:
    inputs = tuple(RoomInput(role=role, data=bytes([role])) for role in (*Role, Role.ITEM))
    request = Request(attempt=1, protocol=b"p", inputs=inputs)
    assert request.of(Role.ITEM) == (b"\x01", b"\x01")
    assert request.of(Role.TEMPLATE) == (b"\x04",)
