"""Strategies and games of timing as the literature prints them: tuples for parts, arguments in their order."""

from dataclasses import replace
from typing import Any

import pytest

from counterseal.design.delay_games import delay_game
from counterseal.design.errors import DesignError
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.errors import StatsError


def strategy(parts: Any) -> Strategy:
    return Strategy(name="s", parts=parts)


def test_parts_may_be_tuples_of_stratum_number_and_share() -> None:
    given = Strategy(name="s", parts=[("a", 5, 0.5), ("b", 1), Part(stratum="c", amount_kg=2.0)])
    assert given.parts == (
        Part(stratum="a", n_items=5, defect_fraction=0.5),
        Part(stratum="b", n_items=1),
        Part(stratum="c", amount_kg=2.0),
    )
    assert given == strategy(given.parts)
    assert hash(given) == hash(strategy(given.parts))
    assert replace(given, name="s") == given


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([("a",)], r"strategy s, parts\[0\]: \('a',\), must be"),
        ([("a", 1), ("b", 1, 1.0, 2)], r"strategy s, parts\[1\]: \('b', 1, 1\.0, 2\), must be"),
        ([None], r"strategy s, parts\[0\]: None, must be"),
        (["ab"], r"strategy s, parts\[0\]: 'ab', must be"),
        ([(1, 1)], r"strategy s, parts\[0\], stratum: 1, must be a name"),
        ("ab", r"strategy s, parts: 'ab', must be a list"),
        (7, r"strategy s, parts: 7, must be a list"),
        ([("a", 1), ("a", 2)], "two parts in one stratum"),
        ([], "no parts, must have at least one"),
    ],
)
def test_other_forms_of_a_part_are_refused_with_the_field(parts: Any, message: str) -> None:
    with pytest.raises(DesignError, match=message):
        strategy(parts)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (("a", 5.0), "part in a, n_items: 5.0, must be a whole number"),
        (("a", 5, 0.0), "part in a, defect_fraction: 0.0, must be above 0"),
        (("a", 5, "all"), "part in a, defect_fraction: 'all', must be a number"),
    ],
)
def test_numbers_of_a_tuple_are_held_to_the_same_rules(part: Any, message: str) -> None:
    with pytest.raises(StatsError, match=message):
        strategy([part])


def test_whether_the_host_watches_may_stand_third() -> None:
    assert delay_game(5, 1, True) == delay_game(5, 1, observing=True)
    assert delay_game(5, 1, False) == delay_game(5, 1)
    assert delay_game(5, 1, True) != delay_game(5, 1)


def test_what_is_neither_true_nor_false_is_refused_there() -> None:
    asked: Any = delay_game
    with pytest.raises(DesignError, match="delay_game, observing: 2, must be True or False"):
        asked(5, 1, 2)
