"""A little from every item: the D statistic against runs, its floor, and what is refused."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from counterseal.stats.d_statistic import DStatisticPower, d_statistic_power
from counterseal.stats.errors import StatsError
from counterseal.stats.items import QuantMethod, Stratum

STORE = Stratum(name="store", n_items=200, content_kg=0.5)
OPERATOR = QuantMethod(name="declared", rel_random=0.02, rel_systematic=0.002)
INSPECTOR = QuantMethod(name="measured", rel_random=0.05, rel_systematic=0.01)


def power(n: int = 20, goal_kg: float = 3.0, *, alpha: float = 0.05) -> DStatisticPower:
    return d_statistic_power(STORE, n, goal_kg, operator=OPERATOR, inspector=INSPECTOR, false_alarm_p=alpha)


def of(found: DStatisticPower) -> float:
    assert found.power.value is not None
    return found.power.value


def test_it_is_the_formula() -> None:
    sigma = 100 * math.sqrt((0.02**2 + 0.05**2) / 20 + 0.002**2 + 0.01**2)
    found = power()
    assert found.sigma_kg == pytest.approx(sigma, rel=1e-14)
    z = NormalDist().inv_cdf(0.95)
    assert of(found) == pytest.approx(1 - NormalDist().cdf(z - 3.0 / sigma), rel=1e-12)
    assert found.threshold_kg == pytest.approx(z * sigma, rel=1e-14)


def test_a_million_inspections_agree_within_four_standard_errors() -> None:
    random, runs, n = np.random.default_rng(3), 1_000_000, 4
    missing = 3.0 / 200 / 0.5
    for goal, expected in ((missing, of(power(n))), (0.0, 0.05)):
        declared = random.normal(0, 0.002, runs) + random.normal(0, 0.02, (n, runs)).mean(axis=0)
        measured = random.normal(0, 0.01, runs) + random.normal(0, 0.05, (n, runs)).mean(axis=0) - goal
        alarms = (100 * (declared - measured) > power(n).threshold_kg).mean()
        assert abs(alarms - expected) < 4 * math.sqrt(expected * (1 - expected) / runs)


def test_shared_errors_are_a_floor_under_every_sample() -> None:
    floor = power().floor.value
    assert floor is not None
    powers = [of(power(n)) for n in (1, 5, 20, 100, 200)]
    assert powers == sorted(powers)
    assert powers[-1] < floor
    assert power(200).sigma_kg > power(200).sigma_floor_kg == pytest.approx(100 * math.hypot(0.002, 0.01))


def test_without_shared_errors_there_is_no_floor() -> None:
    sharp = QuantMethod(name="sharp", rel_random=0.05)
    found = d_statistic_power(STORE, 20, 3.0, operator=sharp, inspector=sharp, false_alarm_p=0.05)
    assert found.floor.value == 1.0
    assert found.sigma_floor_kg == 0.0
    nothing = d_statistic_power(STORE, 20, 0.0, operator=sharp, inspector=sharp, false_alarm_p=0.05)
    assert nothing.floor.value == pytest.approx(0.05, rel=1e-12)


def test_nothing_missing_alarms_as_often_as_is_allowed() -> None:
    assert of(power(goal_kg=0.0, alpha=0.001)) == pytest.approx(0.001, rel=1e-10)


def test_it_says_what_it_assumes_and_to_show_it_with_the_other() -> None:
    document = power().document()
    assert any("same amount is missing from every item" in one for one in document["power"]["assumptions"])
    assert any("the worse of the two" in one for one in document["power"]["warnings"])


@pytest.mark.parametrize(
    ("n", "goal_kg", "alpha", "message"),
    [
        (0, 3.0, 0.05, "d_statistic_power, n: 0, must be from 1 to 200"),
        (201, 3.0, 0.05, "d_statistic_power, n: 201"),
        (20, 101.0, 0.05, "goal_kg: 101.0, must be at most 100: stratum store"),
        (20, -1.0, 0.05, "goal_kg: -1.0, must be at least 0"),
        (20, 3.0, 0.0, "false_alarm_p: 0.0, must be above 0 and below 1"),
        (20, 3.0, 1.5, "false_alarm_p: 1.5, must be a chance"),
    ],
)
def test_what_cannot_be_is_refused(n: int, goal_kg: float, alpha: float, message: str) -> None:
    with pytest.raises(StatsError) as refused:
        power(n, goal_kg, alpha=alpha)
    assert message in str(refused.value)


def test_items_of_several_sizes_are_refused() -> None:
    mixed = Stratum(name="m", n_items=3, items_by_size=((1.0, 1), (2.0, 2)))
    with pytest.raises(StatsError, match="items of several sizes"):
        d_statistic_power(mixed, 1, 1.0, operator=OPERATOR, inspector=INSPECTOR, false_alarm_p=0.05)
