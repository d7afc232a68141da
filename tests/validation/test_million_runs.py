"""Closed forms against a million runs each, within four standard errors.

Runs are vectorised and follow the words of each definition, not its formula. Others stand beside the formula
that they are about: D statistic, alpha spending, truncated sequential plans, flags of several methods,
rebuilding, gum propagation, and the exact figures of campaigns.
"""

import itertools
import math
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from counterseal.design.completeness_bounds import completeness_from_sightings
from counterseal.design.critical_times import critical_time
from counterseal.design.deterrence import deterring_chance
from counterseal.design.inspection_stages import inspection_recursion
from counterseal.design.location_games import location_game
from counterseal.design.pace_closed_forms import completion_chance, waiting_h, waiting_one_place_h
from counterseal.stats.sampling import alarm_probability, nondetection, nondetection_general
from counterseal.stats.sequential import curtailed
from counterseal.stats.shared_rate import shared_rate_nondetection, with_common_mode
from counterseal.stats.two_point import plan_two_point

RUNS = 1_000_000
Reals = NDArray[np.float64]
Draw = Callable[[np.random.Generator], Reals | NDArray[np.bool_]]


def _close(draw: Draw, expected: float | None, seed: int) -> None:
    """Assert that the mean of a million draws lies within four of its standard errors."""
    drawn = np.asarray(draw(np.random.Generator(np.random.Philox(seed))), dtype=np.float64)
    assert drawn.size == RUNS
    assert expected is not None
    assert abs(drawn.mean() - expected) <= 4.0 * drawn.std() / math.sqrt(RUNS)


def _drawn_false(random: np.random.Generator, N: int, d: int, n: int) -> NDArray[np.int64]:
    return random.hypergeometric(d, N - d, n, RUNS)


SAMPLES: dict[str, tuple[Draw, float | None]] = {
    "a test that never errs": (
        lambda random: _drawn_false(random, 120, 6, 30) == 0,
        nondetection(120, 6, 30).value,
    ),
    "a test that misses": (
        lambda random: random.binomial(_drawn_false(random, 120, 6, 30), 0.7) == 0,
        nondetection(120, 6, 30, 0.7).value,
    ),
    "false alarms and an acceptance number": (
        lambda random: (
            random.binomial((false := _drawn_false(random, 120, 6, 30)), 0.7) + random.binomial(30 - false, 0.02)
            > 1
        ),
        alarm_probability(120, 6, 30, 0.7, 0.02, accept=1).value,
    ),
    "an unknown rate, the same for all items": (
        lambda random: random.binomial(_drawn_false(random, 50, 10, 25), random.beta(4.0, 1.0, RUNS)) == 0,
        shared_rate_nondetection(50, 10, 25, (4.0, 1.0)).value,
    ),
    "a common cause of failure": (
        lambda random: (random.binomial(_drawn_false(random, 120, 6, 30), 0.7) == 0) | (random.random(RUNS) < 0.05),
        with_common_mode(nondetection(120, 6, 30, 0.7), 0.05).value,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name: str) -> None:
    draw, expected = SAMPLES[name]
    _close(draw, expected, seed=1)


def test_three_methods_on_one_stratum() -> None:
    """Of 60 items, 12, 6 and 3 are measured by methods of power 0.3, 0.6 and 0.95; 4 are false."""
    groups = ((12, 0.3), (6, 0.6), (3, 0.95), (39, 0.0))

    def draw(random: np.random.Generator) -> NDArray[np.bool_]:
        false = random.multivariate_hypergeometric([size for size, _ in groups], 4, RUNS)
        shown: NDArray[np.bool_] = random.binomial(false, [q for _, q in groups]).sum(axis=1) == 0
        return shown

    _close(draw, nondetection_general(60, 4, groups[:3]).value, seed=2)


@pytest.mark.parametrize("kind", ["hyper", "binom"])
def test_a_plan_through_two_points(kind: Literal["hyper", "binom"]) -> None:
    plan = plan_two_point(400 if kind == "hyper" else None, (0.02, 0.95), (0.1, 0.1), kind)
    assert plan.n is not None
    assert plan.c is not None
    n, c = plan.n, plan.c

    def draw(random: np.random.Generator) -> NDArray[np.bool_]:
        shown = _drawn_false(random, 400, 20, n) if kind == "hyper" else random.binomial(n, 0.05, RUNS)
        return shown <= c

    _close(draw, plan.accepted(0.05).value, seed=3)


@pytest.mark.parametrize("what", ["accepted", "number"])
def test_a_curtailed_plan(what: str) -> None:
    """Item by item until more than 2 of 25 are false, or so many are good that this cannot be any more."""
    told = curtailed(25, 2).operating_point(0.08)

    def draw(random: np.random.Generator) -> Reals:
        false, number = np.zeros(RUNS, np.int64), np.zeros(RUNS)
        going = np.ones(RUNS, bool)
        for item in range(1, 26):
            false += random.random(RUNS) < 0.08
            ended = going & ((false > 2) | (item - false >= 23))
            number[ended] = item if what == "number" else false[ended] <= 2
            going &= ~ended
        return number

    _close(draw, (told.expected_number if what == "number" else told.accept).value, seed=4)


@pytest.mark.parametrize(("n", "m", "k"), [(4, 2, 1), (8, 3, 2)])
def test_an_inspection_game_played_by_both_as_its_equilibrium_says(n: int, m: int, k: int) -> None:
    def draw(random: np.random.Generator) -> Reals:
        gained, visits, acts = np.zeros(RUNS), np.full(RUNS, m), np.full(RUNS, k)
        for left in range(n, 0, -1):
            comes_p, does_p = np.zeros((m + 1, k + 1)), np.zeros((m + 1, k + 1))
            for v, a in itertools.product(range(m + 1), range(1, k + 1)):
                stage = inspection_recursion(left, v, a)
                comes_p[v, a], does_p[v, a] = float(stage.p_visit), float(stage.p_violate)
            comes = random.random(RUNS) < comes_p[visits, acts]
            does = random.random(RUNS) < does_p[visits, acts]
            gained += np.where(does, np.where(comes, -1.0, 1.0), 0.0)
            visits -= comes
            acts = np.where(does & comes, 0, acts - does)  # caught: the game is over
        return gained

    _close(draw, float(inspection_recursion(n, m, k).value), seed=5)


def test_visits_of_a_random_offset_within_the_critical_time() -> None:
    """Period 12, critical time 3, two of four windows visited, each visit misses with 0.1; any start alike."""

    def draw(random: np.random.Generator) -> Reals:
        offset = random.random(RUNS) * 3.0
        window = np.argsort(random.random((RUNS, 4)), axis=1)[:, :2]
        start = 4.7
        visits = np.sort(offset[:, None] + 3.0 * window, axis=1)
        inside = (visits > start) & (visits <= start + 3.0)
        seen: Reals = np.where(inside & (random.random((RUNS, 2)) >= 0.1), 1.0, 0.0).max(axis=1)
        return seen

    _close(draw, critical_time(12, 3, 2, miss_p=0.1).value.value, seed=6)


def test_at_the_deterring_chance_an_act_pays_as_much_as_staying_legal() -> None:
    gain, loss, alarm_cost, miss_p, alarm_p = 2.0, 7.0, 0.5, 0.2, 0.05
    chance = deterring_chance(gain, loss, alarm_cost, miss_p, alarm_p).value or 0.0

    def draw(random: np.random.Generator) -> Reals:
        visited = random.random(RUNS) < chance
        act = np.where(visited & (random.random(RUNS) >= miss_p), -loss, gain)
        legal = np.where(visited & (random.random(RUNS) < alarm_p), -alarm_cost, 0.0)
        return act - legal

    _close(draw, 0.0, seed=7)


def test_every_tempting_place_pays_the_value_of_the_location_game() -> None:
    gain, penalty, detect_p = [3.0, 2.0, 1.0], [4.0, 5.0, 1.0], [0.9, 0.6, 0.8]
    told = location_game(gain, penalty, detect_p, quota=0.6)
    for place, rho in enumerate(told.marginals):
        if rho > 0.0:
            seen_p = rho * detect_p[place]

            def draw(random: np.random.Generator, place: int = place, seen_p: float = seen_p) -> Reals:
                return np.where(random.random(RUNS) < seen_p, -penalty[place], gain[place])

            _close(draw, told.value.value, seed=8 + place)


@pytest.mark.parametrize("shape", [1.0, 4.0])
def test_a_stock_is_done_by_its_date(shape: float) -> None:
    def draw(random: np.random.Generator) -> NDArray[np.bool_]:
        return random.gamma(100 * shape, 1.0 / (21.0 * shape), RUNS) <= 5.0

    _close(draw, completion_chance(100, 21.0, 5.0, shape=shape).value, seed=11)


@pytest.mark.parametrize("steady", [False, True])
def test_waiting_at_a_measurement_station(steady: bool) -> None:
    """Lindley's recursion over ten thousand stations side by side, a hundred items each after they settled."""
    rate_per_h, time_h, stations = 0.125, 6.0, 10_000
    random = np.random.Generator(np.random.Philox(12))
    wait_h, kept_h = np.zeros(stations), np.zeros(stations)
    for item in range(700):
        work_h = np.full(stations, time_h) if steady else random.exponential(time_h, stations)
        wait_h = np.maximum(0.0, wait_h + work_h - random.exponential(1.0 / rate_per_h, stations))
        kept_h += wait_h / 100.0 if item >= 600 else 0.0
    told = waiting_one_place_h(24 * rate_per_h, time_h) if steady else waiting_h(24 * rate_per_h, time_h)
    assert told.value is not None
    assert abs(kept_h.mean() - told.value) <= 4.0 * kept_h.std() / math.sqrt(stations)


def test_sightings_bound_what_is_declared_as_often_as_they_say() -> None:
    """At the bound itself, 40 sightings with one missing or fewer come up with 5 % at most."""
    bound = completeness_from_sightings(40, 1).value
    assert bound is not None
    _close(lambda random: random.binomial(40, 1.0 - bound, RUNS) <= 1, 0.05, seed=13)
