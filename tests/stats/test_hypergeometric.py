"""Chances that a sample shows a false item, against counting by hand and published figures."""

import re
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.app.cli.draw_view import decimal
from counterseal.stats.errors import StatsError
from counterseal.stats.hypergeometric import chance_seen, chance_seen_after_restarts, needed_sample

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "why-a-draw-is-never-restarted.md"


@given(population=st.integers(0, 60), data=st.data())
def test_it_is_the_formula_of_the_books(population: int, data: st.DataObject) -> None:
    false_items, checked = (data.draw(st.integers(0, population)) for _ in range(2))
    exact = 1 - Fraction(comb(population - false_items, checked), comb(population, checked))
    assert chance_seen(population, false_items=false_items, checked=checked) == exact


def test_it_is_what_counting_every_sample_gives() -> None:
    samples = list(combinations(range(9), 4))
    showing = sum(1 for sample in samples if {0, 1} & set(sample))
    assert chance_seen(9, false_items=2, checked=4) == Fraction(showing, len(samples))


@pytest.mark.parametrize(
    ("restarts", "chance"), [(0, "0.416"), (1, "0.173"), (2, "0.072"), (3, "0.030")]
)  # 100 items, 5 false, 10 drawn: worked out before this code was written, by another program
def test_what_free_restarts_leave(restarts: int, chance: str) -> None:
    one = chance_seen(100, false_items=5, checked=10)
    assert decimal(chance_seen_after_restarts(one, restarts=restarts)) == chance


@pytest.mark.parametrize(
    ("population", "false_items", "checked", "chance"),
    [
        # one false item: the chance is the share that is checked, whatever the population
        (1000, 1, 50, Fraction(50, 1000)),
        # aces in a hand of five cards: 1 - C(48,5)/C(52,5) = 0.341158, any table of poker hands
        (52, 4, 5, Fraction(886_656, 2_598_960)),
        (10, 0, 10, Fraction(0)),
        (10, 3, 8, Fraction(1)),
    ],
)
def test_known_chances(population: int, false_items: int, checked: int, chance: Fraction) -> None:
    assert chance_seen(population, false_items=false_items, checked=checked) == chance


@given(population=st.integers(1, 80), data=st.data())
def test_the_needed_sample_is_the_smallest_that_suffices(population: int, data: st.DataObject) -> None:
    false_items = data.draw(st.integers(1, population))
    chance = Fraction(data.draw(st.integers(0, 100)), 100)
    needed = needed_sample(population, false_items=false_items, chance=chance)
    assert chance_seen(population, false_items=false_items, checked=needed) >= chance
    assert not needed or chance_seen(population, false_items=false_items, checked=needed - 1) < chance


def test_the_page_that_explains_says_the_figures_of_the_program() -> None:
    rows = re.findall(
        r"^\| (\d+) of (\d+), (\d+) false \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$",
        PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) >= 3
    for checked, population, false_items, *figures in rows:
        one = chance_seen(int(population), false_items=int(false_items), checked=int(checked))
        assert figures == [decimal(chance_seen_after_restarts(one, restarts=n)) for n in range(4)]


@pytest.mark.parametrize(
    ("population", "false_items", "checked", "rule"),
    [(10, 11, 1, "11 items false of 10"), (10, 1, 11, "11 items checked"), (10, -1, 1, "-1 items false")],
)
def test_impossible_numbers_are_refused(population: int, false_items: int, checked: int, rule: str) -> None:
    with pytest.raises(StatsError, match=rule):
        chance_seen(population, false_items=false_items, checked=checked)


def test_other_impossible_questions_are_refused() -> None:
    with pytest.raises(StatsError, match="no item of 10 is false"):
        needed_sample(10, false_items=0, chance=Fraction(1, 2))
    with pytest.raises(StatsError, match="of seeing a false item: must be from 0 to 1"):
        needed_sample(10, false_items=1, chance=Fraction(3, 2))
    with pytest.raises(StatsError, match="11 items false of 10: must be from none"):
        needed_sample(10, false_items=11, chance=Fraction(1, 2))
    with pytest.raises(StatsError, match="must be from 0 to 1"):
        chance_seen_after_restarts(Fraction(2), restarts=1)
    with pytest.raises(StatsError, match="-1 restarts"):
        chance_seen_after_restarts(Fraction(1, 2), restarts=-1)
    assert needed_sample(10, false_items=0, chance=Fraction(0)) == 0
