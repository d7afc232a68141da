"""What lets secrets in, and what does not."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.barrier.answers import Health
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.readiness import (
    DOUBLED,
    EVERY_ACT,
    NEEDED,
    Act,
    Layer,
    Obstacle,
    Readiness,
    encode_readiness,
    parse_readiness,
)

EVERY_LAYER = Layer(sum(Layer))
READY = Readiness(obstacle=Obstacle.NONE, layers=EVERY_LAYER, refused=EVERY_ACT)


@settings(deadline=None)
@given(st.sampled_from(Obstacle), st.integers(0, EVERY_LAYER), st.integers(0, EVERY_ACT))
def test_what_was_said_is_what_is_understood(obstacle: Obstacle, layers: int, refused: int) -> None:
    readiness = Readiness(obstacle=obstacle, layers=Layer(layers), refused=Act(refused))
    assert parse_readiness(encode_readiness(readiness)) == readiness


def test_a_room_that_is_closed_in_every_way_is_well() -> None:
    assert READY.closed
    assert READY.health is Health.WELL


@pytest.mark.parametrize("layer", NEEDED)
def test_a_room_without_a_layer_that_is_needed_is_not_closed(layer: Layer) -> None:
    without = replace(READY, layers=EVERY_LAYER & ~layer)
    assert not without.closed
    assert without.health is Health.FAULT


@pytest.mark.parametrize("layer", DOUBLED)
def test_a_room_without_a_second_layer_is_closed_and_says_so(layer: Layer) -> None:
    without = replace(READY, layers=EVERY_LAYER & ~layer)
    assert without.closed
    assert without.health is Health.REDUCED


@pytest.mark.parametrize("act", Act)
def test_a_room_in_which_an_act_was_not_refused_is_not_closed(act: Act) -> None:
    assert not replace(READY, refused=EVERY_ACT & ~act).closed


@pytest.mark.parametrize("obstacle", [each for each in Obstacle if each])
def test_a_room_with_an_obstacle_is_not_closed(obstacle: Obstacle) -> None:
    assert not replace(READY, obstacle=obstacle).closed


def test_no_bit_of_a_readiness_is_a_place_for_anything_else() -> None:
    good = encode_readiness(READY)
    meanings = set()
    for place, bit in product(range(64), range(8)):
        data = bytearray(good)
        data[place] ^= 1 << bit
        try:
            meanings.add(parse_readiness(bytes(data)))
        except BarrierError:
            continue
    known = len(Layer) + len(Act) + sum(each in (1, 2, 4, 8, 16, 32, 64, 128) for each in Obstacle)
    assert len(meanings) == known


@pytest.mark.parametrize("data", [b"", encode_readiness(READY)[:-1], encode_readiness(READY) + b"\0"])
def test_a_readiness_of_another_length_is_refused(data: bytes) -> None:
    with pytest.raises(BarrierError, match="must be 64"):
        parse_readiness(data)
