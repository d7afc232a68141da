"""How likely a visit must be: the point of indifference, and techniques that cannot deter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.design.announced_mix import leadership
from counterseal.design.deterrence import deterrence_map, deterring_chance
from counterseal.stats.errors import StatsError

RATES = st.floats(0.0, 0.6)
AMOUNTS = st.floats(0.1, 10.0)


def worth(
    p: float, d_h: float, b: float, f: float, miss_p: float, false_alarm_p: float
) -> tuple[float, float]:
    """Return what legal conduct and cheating are worth to the host."""
    seen = p * (1 - miss_p)
    return -f * false_alarm_p * p, (1 - seen) * d_h - seen * b


@given(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, RATES, RATES))
def test_at_that_chance_cheating_pays_as_little_as_legal_conduct(
    figures: tuple[float, float, float, float, float],
) -> None:
    told = deterring_chance(*figures)
    if told.value is None:
        legal, cheating = worth(1.0, *figures)
        assert cheating > legal
        assert "a visit for sure does not deter" in told.warnings[0]
        return
    assert 0 < told.value <= 1
    legal, cheating = worth(told.value, *figures)
    assert legal == pytest.approx(cheating, abs=1e-9)


def test_an_announced_mix_visits_as_often_as_deters() -> None:
    d_h, b, f, miss_p, false_alarm_p = 1.0, 4.0, 0.5, 0.2, 0.05
    legal, cheating = zip(*(worth(p, d_h, b, f, miss_p, false_alarm_p) for p in (1.0, 0.0)), strict=True)
    told = leadership([[-0.1, -5.0], [0.0, -20.0]], list(zip(legal, cheating, strict=True)), margin=1e-6)
    needed = deterring_chance(d_h, b, f, miss_p, false_alarm_p)
    assert dict(told.mix)[0] == pytest.approx(needed.value)


def test_the_edge_of_the_region_falls_with_the_loss() -> None:
    told = deterrence_map([0.0, 0.5, 1.0, 4.0], 0.1, 0.1, 0.01)
    assert [ratio for ratio, _ in told] == [0.0, 0.5, 1.0, 4.0]
    assert told[0][1].value is None
    found = [one.value or 0 for _, one in told[1:]]
    assert found == sorted(found, reverse=True)
    assert "no chance would be enough" in deterring_chance(1, 0, 9, 0.9, 0.5).warnings[0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0, 1, 1, 0.1, 0.1), "d_h: 0"),
        ((1, -1, 1, 0.1, 0.1), "b: -1"),
        ((1, 1, float("inf"), 0.1, 0.1), "f: inf"),
        ((1, 1, 1, 1.1, 0.1), "miss_p: 1.1"),
        ((1, 1, 1, 0.1, -0.1), "false_alarm_p: -0.1"),
    ],
)
def test_what_cannot_be_is_refused(given: Any, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        deterring_chance(*given)
