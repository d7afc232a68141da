"""The location game: against linear programming, and what deters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from counterseal.design.errors import DesignError
from counterseal.design.location_games import location_game
from counterseal.errors import RefusedInputError

PLACES = st.lists(
    st.tuples(st.floats(0.0, 10.0), st.floats(0.1, 20.0), st.floats(0.0, 1.0)), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=80)
@given(PLACES, st.floats(0.0, 8.0))
def test_no_spread_of_visits_leaves_the_host_less(
    places: list[tuple[float, float, float]], quota: float
) -> None:
    gain, loss, seen = (list(column) for column in zip(*places, strict=True))
    told = location_game(gain, loss, seen, quota)
    number = len(places)
    slopes = [(g + b) * q for g, b, q in places]
    rows = [[-slopes[i] * (i == j) for j in range(number)] + [-1.0] for i in range(number)]
    best = linprog(
        [0.0] * number + [1.0],
        A_ub=[*rows, [1.0] * number + [0.0]],
        b_ub=[*[-g for g in gain], quota],
        bounds=[(0, 1)] * number + [(None, None)],
    )
    assert told.value.value == pytest.approx(best.fun, abs=1e-7)
    assert sum(told.marginals) <= quota + 1e-9
    pays = [g - s * p for g, s, p in zip(gain, slopes, told.marginals, strict=True)]
    assert max(pays) <= (told.value.value or 0) + 1e-9


def test_the_deterrence_quota_is_where_nothing_pays_any_more() -> None:
    gain, loss, seen = [1.0, 2.0, 0.5], [3.0, 3.0, 3.0], [0.9, 0.8, 0.7]
    needed = location_game(gain, loss, seen, 0.0).deterrence_quota.value or 0
    assert needed == pytest.approx(sum(g / ((g + b) * q) for g, b, q in zip(gain, loss, seen, strict=True)))
    assert location_game(gain, loss, seen, needed).value.value == pytest.approx(0.0, abs=1e-9)
    assert location_game(gain, loss, seen, needed).deterred
    assert not location_game(gain, loss, seen, needed * 0.99).deterred


def test_a_place_that_pays_even_when_visited_cannot_be_deterred_and_is_named() -> None:
    told = location_game([1.0, 5.0], [9.0, 1.0], [1.0, 0.5], 2.0)
    assert told.deterrence_quota.value is None
    assert "place 1 pays even if it is visited for sure" in told.deterrence_quota.warnings[0]
    assert not told.deterred


def test_choices_keep_every_chance() -> None:
    told = location_game([1.0, 2.0, 3.0, 4.0], [5.0] * 4, [0.9] * 4, 1.0)
    counts = np.zeros(4)
    for seed in range(4000):
        chosen = told.sampler(seed)
        assert len(chosen) in {0, 1, 2}
        counts[list(chosen)] += 1
    expected = np.array(told.marginals)
    assert np.all(np.abs(counts / 4000 - expected) <= 4 * np.sqrt(expected * (1 - expected) / 4000) + 1e-9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([], [], [], 1.0), "0 of gain"),
        (([1.0], [1.0, 2.0], [0.5], 1.0), "2 of penalty"),
        (([1.0], [0.0], [0.5], 1.0), r"penalty\[0\]: 0.0"),
        (([1.0], [1.0], [1.5], 1.0), r"detect_p\[0\]: 1.5"),
        (([1.0], [1.0], [0.5], -1.0), "quota: -1.0"),
    ],
)
def test_what_cannot_be_is_refused(
    given: tuple[list[float], list[float], list[float], float], message: str
) -> None:
    with pytest.raises(RefusedInputError, match=message):
        location_game(*given)
    assert issubclass(DesignError, RefusedInputError)
