"""Tokens: one for each outcome, made of a part of each party, and nothing else can come out."""

import json

import pytest

from counterseal.app.bootstrap import SeededRandomness
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.tokens import PartsFile, TokenParts, joined, make_parts, parse_parts, read_parts_file
from counterseal.barrier.wire import OUTCOMES, Request
from counterseal.terms.outcomes import MeasurementOutcome

HOST = make_parts(SeededRandomness(seed=1, name="host"))
INSPECTOR = make_parts(SeededRandomness(seed=1, name="inspector"))


def test_every_outcome_has_a_token_of_both_parts_and_the_room_gives_the_same() -> None:
    request = Request(
        attempt=1, protocol=b"x", inputs=(), host_parts=HOST.parts, inspector_parts=INSPECTOR.parts
    )
    tokens = [joined(HOST.of(outcome), INSPECTOR.of(outcome)) for outcome in OUTCOMES]
    assert tokens == [request.token(outcome) for outcome in OUTCOMES]
    assert len(set(tokens)) == len(MeasurementOutcome)


def test_parts_are_kept_and_carried_as_they_are() -> None:
    assert parse_parts(HOST.to_bytes()) == HOST
    file = PartsFile(attempt="a" * 64, party="ARD", parts=HOST)
    assert read_parts_file(file.to_bytes(), where="parts.json") == file


def test_parts_that_cannot_tell_outcomes_apart_are_refused() -> None:
    with pytest.raises(BarrierError, match="must be 4 of 32 bytes"):
        TokenParts(parts=HOST.parts[:3])
    with pytest.raises(BarrierError, match="two outcomes have the same part"):
        TokenParts(parts=(HOST.parts[0], *HOST.parts[:3]))


def test_a_secret_stays_out_of_what_is_printed() -> None:
    assert HOST.parts[0].hex() not in repr(HOST)
    assert repr(HOST.parts[0]) not in repr(PartsFile(attempt="a", party="ARD", parts=HOST))


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole | {"type": "other"},
        lambda whole: whole | {"more": 1},
        lambda whole: whole | {"parts": {}},
        lambda whole: whole | {"parts": dict.fromkeys(whole["parts"], "zz")},
        lambda whole: whole | {"parts": []},
        lambda _: [],
        lambda _: None,
    ],
)
def test_a_file_that_holds_no_parts_is_refused_and_nothing_of_it_is_shown(change: object) -> None:
    whole = json.loads(PartsFile(attempt="a" * 64, party="ARD", parts=HOST).to_bytes())
    assert callable(change)
    data = json.dumps(change(whole)).encode()
    with pytest.raises(BarrierError) as refused:
        read_parts_file(data, where="parts.json")
    assert "parts.json" in str(refused.value)
    assert HOST.parts[0].hex()[:8] not in str(refused.value)
