"""The answer of a game: plans are drawn with their chances, and it can be written as JSON."""

import json

import numpy as np
import pytest

from counterseal.design.equilibrium import Equilibrium, drawn, mix_of, plain
from counterseal.stats.result import exactly, unreachable


def answer() -> Equilibrium:
    return Equilibrium(
        value=exactly(0.5, method="by hand", inputs={"n": 1}, assumptions=("known to both",)),
        row_mix=((("a", 1), 0.25), (("b", 2), 0.75)),
        col_mix=((0, 1.0),),
        rounds=3,
        method="by hand",
        best_fixed=(("b", 2), 0.75),
    )


def test_a_plan_is_drawn_as_often_as_its_chance_says() -> None:
    drawn_plans = [answer().sampler(seed) for seed in range(4000)]
    assert drawn_plans.count(("a", 1)) == pytest.approx(1000, abs=4 * np.sqrt(4000 * 0.25 * 0.75))
    assert answer().sampler(7) == answer().sampler(7)
    assert drawn(((5, 1.0),), 1) == 5


def test_it_is_written_as_json_with_its_bounds() -> None:
    document = json.loads(json.dumps(answer().document()))
    assert document["row_mix"] == [[["a", 1], 0.25], [["b", 2], 0.75]]
    assert document["gap"] == 0.0
    assert document["value"]["upper"] == answer().upper == answer().lower == 0.5
    assert answer().assumptions == ("known to both",)
    assert plain((1, ("x",))) == [1, ["x"]]


def test_where_there_is_no_value_there_is_no_gap() -> None:
    none = Equilibrium(
        value=unreachable(method="m", inputs={}, why="no goal"), row_mix=(), col_mix=(), rounds=0, method="m"
    )
    assert none.gap is None
    assert none.warnings == ("no goal",)
    assert none.document()["best_fixed"] is None


def test_what_is_hardly_ever_used_is_left_out_of_a_mix() -> None:
    mix = mix_of(("a", "b", "c"), np.array([0.5, 1e-15, 0.5]))
    assert mix == (("a", 0.5), ("c", 0.5))
