"""Announced plans: never worse than deciding at the same time, and a mix that leaves the host no tie."""

import importlib
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from counterseal.design.announced_mix import leadership
from counterseal.design.errors import DesignError
from counterseal.design.matrix_games import matrix_game
from counterseal.errors import RefusedInputError

PAIRS = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.tuples(*(arrays(np.int64, shape, elements=st.integers(-9, 9)) for _ in range(2)))
)


@settings(deadline=None, max_examples=25)
@given(PAIRS)
def test_to_announce_is_never_worse_than_any_equilibrium_of_deciding_at_once(pair: Any) -> None:
    gambit: Any = importlib.import_module("pygambit")
    lead, follow = pair
    tables = [
        np.array([[Fraction(int(one)) for one in line] for line in table], dtype=object) for table in pair
    ]
    found = gambit.nash.enummixed_solve(gambit.StrategicGame.from_arrays(*tables)).equilibria
    told = leadership(lead, follow, margin=1e-3).value.value
    assert told is not None
    assert len(found) >= 1
    assert max(float(one.payoffs["1"]) for one in found) <= told + 1e-7


@settings(deadline=None, max_examples=60)
@given(PAIRS)
def test_the_host_has_no_better_answer_and_the_published_mix_leaves_no_tie(pair: Any) -> None:
    lead, follow = pair
    told = leadership(lead, follow, margin=0.01)
    mix = np.array([dict(told.mix).get(i, 0.0) for i in range(len(lead))])
    choice: Any = told.host_choice
    assert mix @ follow[:, choice] >= (mix @ follow).max() - 1e-7
    assert mix @ lead[:, choice] == pytest.approx(told.value.value, abs=1e-9)
    assert told.host_value == pytest.approx(mix @ follow[:, choice])
    if not told.published_mix:
        assert "by the margin" in told.published_value.warnings[0]
        return
    aside = np.array([dict(told.published_mix).get(i, 0.0) for i in range(len(lead))])
    ahead = aside @ follow[:, [choice]] - aside @ follow
    others = np.any(follow != follow[:, [choice]], axis=0)
    assert np.all(ahead[others] >= 0.01 - 1e-7)
    assert (told.published_value.value or 0) <= (told.value.value or 0) + 1e-9


@settings(deadline=None, max_examples=30)
@given(PAIRS)
def test_where_one_wins_what_the_other_loses_to_announce_changes_nothing(pair: Any) -> None:
    table = pair[0]
    told = leadership(table, -table, margin=1e-3).value.value
    assert told == pytest.approx(matrix_game(table, 1e-9).value.value, abs=1e-7)


def test_the_best_mix_is_found_among_all() -> None:
    generator = np.random.default_rng(5)
    for _ in range(6):
        lead, follow = generator.integers(-9, 10, (2, 3, 4))
        told = leadership(lead, follow, margin=0.01).value.value or 0
        mixes = generator.dirichlet([0.6] * 3, 20_000)
        pays = mixes @ follow
        answers = np.where(pays >= pays.max(axis=1, keepdims=True) - 1e-12, mixes @ lead, -np.inf).max(axis=1)
        assert answers.max() <= told + 1e-9
        assert answers.max() >= told - 1.0


def test_an_announced_inspection_deters_where_a_secret_one_does_not() -> None:
    """Visits cost 1; unseen cheating costs 9 and gains 4, seen cheating costs 3 and loses 5."""
    lead, follow = [[-1.0, -3.0], [0.0, -9.0]], [[0.0, -5.0], [0.0, 4.0]]
    told = leadership(
        lead,
        follow,
        margin=0.01,
        row_labels=("visit", "none"),
        col_labels=("legal", "cheat"),
        assumptions=("x",),
    )
    assert told.host_choice == "legal"
    assert dict(told.mix)["visit"] == pytest.approx(4 / 9)
    assert told.value.value == pytest.approx(-4 / 9)
    at_once = -9 / 7  # the host cheats with chance 1/7, where visits and none are worth the same: 6/7 0 - 9/7
    assert (told.value.value or 0) > at_once
    assert dict(told.published_mix)["visit"] == pytest.approx(4.01 / 9)
    assert told.value.assumptions[-1] == "x"
    assert told.document()["host_choice"] == "legal"


def test_ways_that_are_alike_for_the_host_are_no_tie_to_break() -> None:
    told = leadership([[1, 2], [0, 5]], [[3, 3], [1, 1]], margin=0.5)
    assert told.host_choice == 1
    assert told.value.value == pytest.approx(5.0)
    assert told.published_mix == ((1, 1.0),)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([[1.0]], [[1.0, 2.0]], 0.1), "must be the same"),
        (([], [], 0.1), "inspector_pay of shape"),
        (([[1.0]], [[float("inf")]], 0.1), "host_pay of shape"),
        (([["x"]], [[1.0]], 0.1), "inspector_pay: "),
        (([[1.0]], [[1.0]], 0.0), "margin: 0.0"),
    ],
)
def test_what_is_no_pair_of_tables_is_refused(given: Any, message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        leadership(given[0], given[1], margin=given[2])


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DesignError, match="3 labels for 1"):
        leadership([[1.0]], [[1.0]], margin=0.1, row_labels="abc")
