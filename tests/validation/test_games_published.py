"""Figures of games against those published or worked out before, to the digits printed."""

import math
from fractions import Fraction

import pytest

from counterseal.design.critical_times import critical_time
from counterseal.design.delay_games import delay_game
from counterseal.design.stratified import stratified_plan
from counterseal.stats.items import ItemTest, Stratum


def at_the_limit(visits: int) -> float:
    """Return the blind value in periods for steps without end, from two grids and an error that halves."""
    coarse, fine = ((delay_game(steps, visits).value.value or 0) / steps for steps in (1000, 2000))
    return 2 * fine - coarse


@pytest.mark.parametrize(
    ("visits", "blind", "watching"), [(1, 0.36788, 1 / 2), (2, 0.2141, 1 / 3), (3, 0.1500, 1 / 4)]
)
def test_expected_delay_against_a_blind_and_a_watching_host(
    visits: int, blind: float, watching: float
) -> None:
    """One visit: 1/e (Diamond, Mathematics of Operations Research 7, 1982). Three: 0.150002, not 0.1499."""
    digits = 5 if visits == 1 else 4
    assert round(at_the_limit(visits), digits) == blind
    assert (delay_game(1200, visits, observing=True).value.value or 0) / 1200 == pytest.approx(watching)


def test_one_visit_is_1_over_e() -> None:
    assert at_the_limit(1) == pytest.approx(1 / math.e, abs=1e-6)


def test_the_density_of_one_visit_is_1_over_1_less_t() -> None:
    told = delay_game(1000, 1)
    end = 1 - 1 / math.e
    for moment in (100, 300, 600):
        assert told.visit_chances[moment - 1] * 1000 == pytest.approx(1 / (1 - moment / 1000), rel=0.005)
    assert sum(told.visit_chances[: round(1000 * end) + 2]) == pytest.approx(1.0, abs=1e-9)


def test_a_year_of_weeks_with_18_visits() -> None:
    told = delay_game(52, 18)
    assert f"{told.value.value:.5f}" == "1.93182"
    assert told.value.value == pytest.approx(float(Fraction(85, 44)), abs=1e-12)
    assert told.gap is not None
    assert told.gap <= 1e-9
    assert f"{delay_game(52, 18, observing=True).value.value:.2f}" == "2.74"
    assert told.best_fixed is not None
    assert told.best_fixed[1] == 3


@pytest.mark.parametrize(
    ("numbers", "sizes_kg", "effort_pd", "goal_kg", "seen_p", "fixed", "by_lot"),
    [
        ((12, 5), (3.0, 1.0), 8, 2, 0.8, "0.600", "0.564"),
        ((6, 4), (1.0, 2.0), 4, 2, 1.0, "0.500", "0.452"),
    ],
)
def test_mixing_over_integer_plans_lowers_the_worst_case(
    numbers: tuple[int, ...],
    sizes_kg: tuple[float, ...],
    effort_pd: int,
    goal_kg: int,
    seen_p: float,
    fixed: str,
    by_lot: str,
) -> None:
    """Two of the three pairs of figures that were worked out before; the cases are the smallest found."""
    strata = tuple(
        Stratum(name=f"{number} of {kg} kg", n_items=number, content_kg=kg)
        for number, kg in zip(numbers, sizes_kg, strict=True)
    )
    test = ItemTest(name="look", detect_p=seen_p, cost_pd=1.0)
    told = stratified_plan(strata, effort_pd, goal_kg, "integer", tests=test)
    assert told.best_fixed is not None
    assert (f"{told.best_fixed[1]:.3f}", f"{told.value.value:.3f}") == (fixed, by_lot)


def test_detection_in_time_is_the_share_of_windows_visited() -> None:
    """Canty, Rothenstein and Avenhaus, European Journal of Operational Research 131 (2001): k visits, W windows."""
    assert critical_time(12, 3, 2).value.value == 0.5
    assert critical_time(12, 3, 2, miss_p=0.1).value.value == pytest.approx(0.45)
