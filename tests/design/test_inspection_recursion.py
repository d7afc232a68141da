"""Inspections that a host counts down: the closed form against the game solved stage by stage."""

from fractions import Fraction
from functools import cache

import pytest

from counterseal.design.errors import DesignError
from counterseal.design.inspection_stages import inspection_recursion
from counterseal.errors import RefusedInputError


def two_by_two(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Return value, chance of the first row, chance of the first column, of [[a, b], [c, d]]; rows maximise."""
    low = max(min(a, b), min(c, d))
    high = min(max(a, c), max(b, d))
    if low == high:
        row = Fraction(1 if min(a, b) >= min(c, d) else 0)
        return low, row, Fraction(1 if max(a, c) <= max(b, d) else 0)
    whole = a + d - b - c
    return (a * d - b * c) / whole, (d - c) / whole, (d - b) / whole


@cache
def solved(n: int, m: int, k: int, b: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Return the value to the host, its chance to act, the inspector's chance to visit, by the game itself."""
    if n == 0 or k == 0:
        return Fraction(0), Fraction(0), Fraction(0)
    none = 1 + solved(n - 1, m, k - 1, b)[0]
    legal = solved(n - 1, m, k, b)[0]
    if m == 0:
        return max(none, legal), Fraction(1), Fraction(0)
    visited = solved(n - 1, m - 1, k, b)[0]
    return two_by_two(-b, none, visited, legal)


@pytest.mark.parametrize("b", [Fraction(1, 2), Fraction(1), Fraction(3)])
def test_the_closed_form_is_the_game_solved_by_hand(b: Fraction) -> None:
    for n in range(1, 13):
        for m in range(n):
            for k in range(1, n + 1):
                told = inspection_recursion(n, m, k, b)
                value, act, visit = solved(n, m, k, b)
                assert told.value == value, (n, m, k)
                if 0 < told.p_visit < 1:
                    assert (told.p_visit, told.p_violate) == (visit, act), (n, m, k)


def test_the_published_values() -> None:
    assert inspection_recursion(4, 2).value == Fraction(3, 11)
    assert inspection_recursion(8, 3, k=2).value == Fraction(55, 93)


def test_the_first_visit_does_not_depend_on_how_many_acts_are_planned() -> None:
    assert len({inspection_recursion(12, 4, k, 3).p_visit for k in range(1, 9)}) == 1


def test_a_visit_in_every_stage_leaves_nothing_to_gain() -> None:
    assert inspection_recursion(5, 5).value == 0
    assert inspection_recursion(5, 9).value == 0


@pytest.mark.parametrize(
    ("given", "message"), [((0, 1, 1, 1), "n: 0"), ((4, -1, 1, 1), "m: -1"), ((4, 1, 0, 1), "k: 0")]
)
def test_a_game_that_cannot_be_is_refused(given: tuple[int, int, int, int], message: str) -> None:
    with pytest.raises(RefusedInputError, match=message):
        inspection_recursion(*given)


@pytest.mark.parametrize("b", [0, "-1", "x", "1/0"])
def test_a_loss_that_is_none_is_refused(b: int | str) -> None:
    with pytest.raises(DesignError, match="b: "):
        inspection_recursion(4, 2, 1, b)
