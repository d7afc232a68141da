"""What each attribute answers to a fixed request, and every figure behind the answer, to the last bit."""

import math
from hashlib import sha256

import pytest

from counterseal.barrier.attribute_table import ATTRIBUTES
from counterseal.barrier.decide import prepared
from counterseal.barrier.protocol import read_protocol
from counterseal.barrier.wire import encode_request
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.decide_fixed import behind
from strategies.fixed_requests import FIXED, attributes_asked
from strategies.sealed_bits import PINNED, WIRE

FIGURES = 3
"""Lines of an answer before its first figure."""


def test_every_attribute_is_asked_and_every_second_implementation() -> None:
    assert attributes_asked() == set(ATTRIBUTES)
    asked = [
        question for make in FIXED.values() for question in prepared(read_protocol(make().protocol)).questions
    ]
    checked = {question.asked.name for question in asked if question.cross_check is not None}
    assert checked == {name for name, attribute in ATTRIBUTES.items() if attribute.cross_check is not None}
    assert set(WIRE) == set(PINNED) == set(FIXED)


@pytest.mark.parametrize("name", FIXED)
def test_a_request_is_the_bytes_once_written_down(name: str) -> None:
    """Where this fails as well, it is the question that is another; where it holds, the answer is."""
    assert sha256(encode_request(FIXED[name](), deadline_ns=0)).hexdigest() == WIRE[name]


@pytest.mark.parametrize("name", FIXED)
def test_an_answer_has_the_bits_once_written_down(name: str) -> None:
    assert behind(FIXED[name]()) == PINNED[name]


@pytest.mark.parametrize("name", FIXED)
def test_an_answer_rests_on_figures(name: str) -> None:
    """A request that ends before anything is computed would pin nothing."""
    _, outcome, _, *figures = PINNED[name]
    assert outcome == MeasurementOutcome.CONFIRMED.value
    assert len(figures) >= 1
    assert len(set(figures)) == len(figures)


@pytest.mark.parametrize("name", FIXED)
def test_another_last_bit_within_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures are near enough to the arithmetic that a square root one bit off is in them."""
    real = math.sqrt
    request = FIXED[name]()
    monkeypatch.setattr(math, "sqrt", lambda value: math.nextafter(real(value), math.inf))
    assert behind(request)[FIGURES:] != PINNED[name][FIGURES:]
