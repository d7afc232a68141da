"""To one request there are four answers and no fifth: two bits come out, whatever else would like to."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.barrier.answers import (
    ANSWER_BYTES,
    Health,
    encode_answer,
    make_answer,
    parse_answer,
)
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.wire import OUTCOMES, Request
from counterseal.terms.outcomes import MeasurementOutcome

REQUEST = Request(
    attempt=0x0102030405060708,
    protocol=b"p",
    inputs=(),
    host_parts=tuple(bytes([place]) * 32 for place in range(1, 5)),
    inspector_parts=tuple(bytes([place * 16]) * 32 for place in range(1, 5)),
)
ANSWERS = {outcome: encode_answer(REQUEST, outcome=outcome) for outcome in OUTCOMES}


def test_an_answer_is_laid_out_as_its_format_says() -> None:
    for place, outcome in enumerate(OUTCOMES):
        fault = outcome is MeasurementOutcome.MALFUNCTION
        head = b"CSBA\x01" + bytes([place, fault, 0]) + bytes(range(1, 9))
        token = bytes([(place + 1) | (place + 1) * 16]) * 32
        assert ANSWERS[outcome] == head + token + bytes(16)
        assert len(ANSWERS[outcome]) == ANSWER_BYTES == 64


def test_each_of_the_four_is_understood() -> None:
    assert {parse_answer(data, request=REQUEST) for data in ANSWERS.values()} == set(MeasurementOutcome)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_no_bit_of_an_answer_is_free(outcome: MeasurementOutcome) -> None:
    for place, bit in product(range(ANSWER_BYTES), range(8)):
        data = bytearray(ANSWERS[outcome])
        data[place] ^= 1 << bit
        with pytest.raises(BarrierError):
            parse_answer(bytes(data), request=REQUEST)


def test_no_byte_of_an_answer_can_be_changed_together_with_the_outcome() -> None:
    for outcome, place, value in product(OUTCOMES, range(6, ANSWER_BYTES), (0, 1, 255)):
        data = bytearray(ANSWERS[OUTCOMES[0]])
        data[5], data[place] = OUTCOMES.index(outcome), value
        if bytes(data) not in ANSWERS.values():
            with pytest.raises(BarrierError):
                parse_answer(bytes(data), request=REQUEST)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_nothing_else_is_an_answer(data: bytes) -> None:
    with pytest.raises(BarrierError, match="none of the four"):
        parse_answer(data, request=REQUEST)


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64))
def test_an_answer_with_something_before_or_after_is_none(more: bytes) -> None:
    for answer in ANSWERS.values():
        for data in (answer + more, more + answer, answer + answer):
            with pytest.raises(BarrierError):
                parse_answer(data, request=REQUEST)


def test_the_answer_to_another_attempt_is_none() -> None:
    other = encode_answer(replace(REQUEST, attempt=9), outcome=OUTCOMES[0])
    with pytest.raises(BarrierError):
        parse_answer(other, request=REQUEST)


def test_the_token_of_another_outcome_is_none() -> None:
    data = ANSWERS[OUTCOMES[0]][:16] + REQUEST.token(OUTCOMES[1]) + bytes(16)
    with pytest.raises(BarrierError):
        parse_answer(data, request=REQUEST)


def test_health_says_nothing_that_the_outcome_does_not() -> None:
    for room in (Health.WELL, Health.REDUCED):
        for outcome in OUTCOMES:
            health = make_answer(REQUEST, outcome=outcome, room=room).health
            assert health == (Health.FAULT if outcome is MeasurementOutcome.MALFUNCTION else room)
