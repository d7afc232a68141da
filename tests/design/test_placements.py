"""The host's best placement of false items, against all of them tried."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.best_plan import design
from counterseal.design.errors import DesignError
from counterseal.design.placement_program import best_placement
from counterseal.design.placements import Placements, PlacementTables
from counterseal.design.plan_options import RegimeOptions, written_out
from counterseal.design.plan_tables import TableBuilder, plan_tables, year_of
from counterseal.design.regime import Monitor, Resolution
from counterseal.stats.items import ItemTest
from strategies.plans import SIZES, sites

NAMES = ("s0", "s1", "s2")
COMMON = ItemTest(name="t", detect_p=0.8, cost_pd=0.3, common_mode_p=0.02)


def spreads(number: int, sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for counts in itertools.product(*(range(min(number, one) + 1) for one in sizes)):
        if sum(counts) == number:
            yield counts


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 6), st.sampled_from([1, 4, 64]))
def test_no_placement_tried_passes_the_bound(seed: int, states: int, number: int, width: int) -> None:
    random = np.random.Generator(np.random.Philox(seed))
    gains = [np.vstack((np.zeros(states), -random.exponential(0.7, (4, states)))) for _ in range(3)]
    weights = np.log(random.dirichlet(np.ones(states)))
    found = best_placement(gains, weights, number, width=width)
    every = {
        counts: math.log(sum(np.exp(weights + sum(g[c] for g, c in zip(gains, counts, strict=True)))))
        for counts in spreads(number, (4, 4, 4))
    }
    assert found.ln_bound >= max(every.values()) - 1e-9
    assert found.ln_value == pytest.approx(every[found.counts], abs=1e-9)
    if states == 1 or width == 64:
        assert found.ln_value == pytest.approx(max(every.values()), abs=1e-9)
        assert found.ln_bound == pytest.approx(found.ln_value, abs=1e-9)


@pytest.mark.parametrize(
    "options",
    [
        sites(visits=(0, 2), items=(3, 10)),
        sites(visits=(0, 2), items=(3, 10), test=COMMON),
        sites(visits=(0, 2), items=(3, 10), resolution=Resolution(resolved_p=0.9, kept_p=0.7)),
        sites(visits=(0, 2), items=(3, 10), monitors=(Monitor(name="gate", sites=("x2",), detect_p=0.4),)),
    ],
)
def test_placements_against_a_plan_are_what_its_regime_says(options: RegimeOptions) -> None:
    build = TableBuilder(options, written_out(options))
    family = Placements(name="any", strata=NAMES, n_items=4)
    starts = np.cumsum((0, *(len(one.options) for one in build.places)))
    regime = plan_tables(options, ()).regime((2, 1, 1))
    shares = np.zeros(starts[-1])
    shares[starts[:-1] + np.array((2, 1, 1))] = 1.0
    found = PlacementTables(build, family).best(shares, starts)
    every = {
        counts: float(year_of(regime, family.strategy(counts)).inputs["ln_unseen"])
        for counts in spreads(4, SIZES)
    }
    assert found.ln_value == pytest.approx(max(every.values()), rel=1e-9)
    assert found.ln_bound == pytest.approx(found.ln_value, rel=1e-9)
    assert every[found.counts] == pytest.approx(found.ln_value, rel=1e-9)


def test_a_mix_of_plans_is_answered_by_the_best_of_all_placements() -> None:
    options = sites(visits=(0, 2), items=(3, 10), test=COMMON)
    build, family = (
        TableBuilder(options, written_out(options)),
        Placements(name="any", strata=NAMES, n_items=3),
    )
    starts = np.cumsum((0, *(len(one.options) for one in build.places)))
    mix = []
    for choice, chance in (((2, 0, 1), 0.3), ((0, 2, 2), 0.7)):
        shares = np.zeros(starts[-1])
        shares[starts[:-1] + np.array(choice)] = 1.0
        mix.append((shares, chance))
    found = PlacementTables(build, family).best_against_mix(mix, starts)
    tables = plan_tables(options, tuple(family.strategy(one) for one in spreads(3, SIZES))).tables
    best = max(
        0.3 * math.exp(one.ln_unseen((2, 0, 1))) + 0.7 * math.exp(one.ln_unseen((0, 2, 2))) for one in tables
    )
    assert math.exp(found.ln_value) == pytest.approx(best)
    assert math.exp(found.ln_bound) == pytest.approx(best)


@pytest.mark.parametrize("test", [None, COMMON])
def test_a_plan_against_placements_is_the_best_plan_against_all_of_them(test: ItemTest | None) -> None:
    options = sites(visits=(0, 1), items=(3, 10), test=test)
    family = Placements(name="any", strata=NAMES, n_items=3)
    every = tuple(family.strategy(one) for one in spreads(3, SIZES))
    found = design(options, (), 15.0, placements=(family,), mixed_gap=1e-3)
    listed = design(options, every, 15.0, mixed_gap=1e-3)
    assert found.certificate.proven
    assert found.certificate.seen.value == pytest.approx(listed.certificate.seen.value or 0.0, abs=1e-6)
    assert found.certificate.covers == (family.covers(3),)
    assert found.certificate.covers == ("every way to place 3 false items (whole items) over s0, s1, s2",)
    assert len(found.strategies) < len(listed.strategies)
    assert found.mixed is not None
    assert listed.mixed is not None
    assert found.mixed.value.value == pytest.approx(listed.mixed.value.value or 0.0, rel=2e-3)


def test_an_amount_is_as_many_items_as_it_takes() -> None:
    options = sites()
    family = Placements(name="any", strata=NAMES, amount_kg=3.2, defect_fraction=0.5)
    assert PlacementTables(TableBuilder(options, written_out(options)), family).number == 7


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strata": ()}, "strata: must be at least one"),
        ({"n_items": None}, "give one of n_items and amount_kg"),
        ({"defect_fraction": 1.5}, "defect_fraction: 1.5, must not be above 1"),
        ({"n_items": 286}, "286 false items, the strata have 285"),
    ],
)
def test_placements_that_are_none_are_refused(given: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"name": "any", "strata": NAMES, "n_items": 3, **given}
    with pytest.raises(DesignError, match=message):
        design(sites(), (), 20.0, placements=(Placements(**asked),))
