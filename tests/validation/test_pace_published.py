"""Rates of dismantlement that were published, and what they mean for a backlog of about 2,000.

The rates are those of the stockpile fact sheet of the United States' nuclear security administration (July
2024): 12,088 taken apart in fiscal years 1994 to 2023, 405 from October 2020 to September 2023 (135 a year), 69
in 2023, 2,226 in 2009 to 2016 (278 a year); about 2,000 waiting. The chances at 200 and 210 a year were worked
out by independent code before this code was written.
"""

import math

import pytest

from counterseal.design.pace import pipeline
from counterseal.design.pace_closed_forms import completion_chance, rate_needed
from counterseal.design.stations import HOURS_PER_YEAR, Station

YEAR_D = 365.25
BACKLOG = 2000


def hall(rate_per_y: float, servers: int = 1, shape: float = 1.0) -> Station:
    return Station(name="hall", time_h=servers * HOURS_PER_YEAR / rate_per_y, servers=servers, shape=shape)


def test_a_rate_that_is_just_enough_meets_the_date_every_other_time() -> None:
    assert round(completion_chance(1000, 200, 5).value or 0.0, 3) == 0.504
    assert round(completion_chance(1000, 210, 5).value or 0.0, 3) == 0.941


@pytest.mark.parametrize(("rate_per_y", "printed"), [(200, 0.504), (210, 0.941)])
def test_the_same_by_runs(rate_per_y: float, printed: float) -> None:
    told = pipeline([hall(rate_per_y)], 1000, 5 * YEAR_D, seed=1, n_rep=1500, grid_step_d=YEAR_D)
    error = math.sqrt(printed * (1 - printed) / 1500)
    assert abs((told.done.value or 0.0) - printed) < 4 * error + 0.0005


@pytest.mark.parametrize(
    ("rate_per_y", "sure_within_y"), [(135, 15), (69, 29), (278, 7.5), (12_088 / 30, 5.1), (1200, 1.75)]
)
def test_what_published_rates_mean_for_the_backlog(rate_per_y: float, sure_within_y: float) -> None:
    """At the mean time the chance is a half; a tenth more time and it is nearly sure, a tenth less and hopeless."""
    mean_y = BACKLOG / rate_per_y
    assert completion_chance(BACKLOG, rate_per_y, mean_y).value == pytest.approx(0.503, abs=1e-3)
    assert (completion_chance(BACKLOG, rate_per_y, 1.1 * mean_y).value or 0.0) > 0.9999
    assert (completion_chance(BACKLOG, rate_per_y, 0.9 * mean_y).value or 1.0) < 1e-5
    assert mean_y < sure_within_y < 1.06 * mean_y
    told = pipeline([hall(rate_per_y, servers=8)], BACKLOG, 1.1 * mean_y * YEAR_D, seed=3, n_rep=100)
    assert told.done.value == 1.0
    median_y = (told.completion_d[2][1].value or 0.0) / YEAR_D
    assert median_y == pytest.approx(mean_y, rel=0.02)


def test_ten_years_are_met_by_the_rate_of_2009_to_2016_and_not_by_that_of_2020_to_2023() -> None:
    assert (completion_chance(BACKLOG, 278, 10).value or 0.0) > 1 - 1e-12
    missed = completion_chance(BACKLOG, 135, 10)
    assert (missed.ln_value or 0.0) < math.log(1e-50)
    assert round(rate_needed(BACKLOG, 10, 0.95).value or 0.0, 1) == 207.4
