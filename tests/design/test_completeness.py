"""Completeness: the published bounds and posteriors, and what no evidence can do."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.design.completeness_bounds import (
    balance_bound,
    completeness_from_sightings,
    search_allocation,
)
from counterseal.design.completeness_evidence import CountPrior, Evidence, Region
from counterseal.design.errors import DesignError
from counterseal.design.undeclared_items import completeness, posterior
from counterseal.errors import RefusedInputError

PRIOR = CountPrior(zero_p=0.7, tail_p=0.05)
SEARCH = [(1.0, -math.log1p(-0.05))]


@pytest.mark.parametrize(
    ("production", "search", "none_p", "bound"),
    [
        (None, [], 0.715, 34),
        (None, SEARCH, 0.837, 12),
        ((2000, 60), [], 0.817, 12),
        ((2000, 60), SEARCH, 0.870, 7),
        ((2150, 60), SEARCH, 0.492, 35),
    ],
)
def test_the_worked_example_to_the_digits_printed(
    production: tuple[float, float] | None, search: list[tuple[float, float]], none_p: float, bound: int
) -> None:
    told = completeness(500, 4.0, production, search=search, prior=PRIOR)
    assert round(told.none_p.value or 0, 3) == none_p
    assert told.bound.value == bound
    assert told.at_most(bound) >= 0.95 > told.at_most(bound - 1)


@pytest.mark.parametrize(
    ("tonnes", "share", "items"),
    [(100, 0.02, 980), (100, 0.005, 245), (100, 0.001, 49), (20, 0.01, 98), (2, 0.03, 29)],
)
def test_a_balance_alone_leaves_hundreds_of_items_open(tonnes: float, share: float, items: int) -> None:
    assert round(balance_bound(tonnes * 1000, share, 4.0).value or 0) == items
    told = completeness(round(tonnes * 250), 4.0, (tonnes * 1000, tonnes * 1000 * share))
    assert told.prior_free.value == pytest.approx(items, abs=1)


@pytest.mark.parametrize(
    ("seen", "share"), [(10, 0.741), (30, 0.905), (60, 0.951), (100, 0.970), (300, 0.990)]
)
def test_sightings_that_all_are_declared(seen: int, share: float) -> None:
    assert round(completeness_from_sightings(seen, 0).value or 0, 3) == share
    assert completeness_from_sightings(seen, 0).value == pytest.approx(0.05 ** (1 / seen))
    assert (completeness_from_sightings(seen, 1).value or 0) < share


def test_one_seen_item_that_is_not_declared_rules_out_that_there_are_none() -> None:
    told = completeness(100, 1.0, sightings=(20, 1), prior=PRIOR)
    assert told.none_p.value == 0.0


def test_without_any_evidence_no_bound_is_free_of_a_prior() -> None:
    told = completeness(500, 4.0, prior=PRIOR)
    assert told.prior_free.value is None
    assert "this evidence gives no bound" in told.prior_free.warnings[0]
    assert completeness(500, 4.0).bound.value is None


def test_a_search_that_finds_some_raises_what_remains() -> None:
    def found(number: int) -> float:
        evidence = Evidence(
            declared=500, kg_per_item=4.0, search=(Region(name="a", here_p=1.0, effort=0.5),), found=number
        )
        told = posterior(evidence, PRIOR, confidence=0.95)
        return sum(u * p for u, p in enumerate(told.chances))

    assert found(0) < found(1) - 1 < found(3) - 3


def test_samples_of_production_say_what_their_mean_and_spread_say() -> None:
    samples = np.random.default_rng(7).normal(2150, 60, 20_000)
    drawn = completeness(500, 4.0, tuple(samples.tolist()), prior=PRIOR)
    stated = completeness(500, 4.0, (2150, 60), prior=PRIOR)
    assert drawn.none_p.value == pytest.approx(stated.none_p.value, abs=0.02)


def test_sightings_that_avoid_hidden_items_say_less() -> None:
    def with_bias(bias: float) -> float:
        evidence = Evidence(declared=100, kg_per_item=1.0, sightings=(60, 0), sighting_bias=bias)
        return posterior(evidence, PRIOR, confidence=0.95).none_p.value or 0.0

    assert with_bias(1.0) > with_bias(0.3) > with_bias(0.01) > 0.715


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 300), st.floats(0.01, 0.9), st.floats(0.0, 0.99), st.floats(0.0, 2.0), st.integers(0, 40)
)
def test_the_posterior_is_the_sum_worked_out_by_hand(
    declared: int, tail: float, zero: float, effort: float, seen: int
) -> None:
    told = completeness(
        declared, 1.0, sightings=(seen, 0), search=[(0.8, effort)], prior=CountPrior(zero_p=zero, tail_p=tail)
    )
    missed = 1 - 0.8 * (1 - math.exp(-effort))
    weights = [
        (zero * (u == 0) + (1 - zero) * tail * (1 - tail) ** u)
        * (declared / (declared + u)) ** seen
        * missed**u
        for u in range(6000)
    ]
    assert told.none_p.value == pytest.approx(weights[0] / math.fsum(weights), rel=1e-9)
    assert math.fsum(told.chances) == pytest.approx(1.0, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.01, 0.2), st.floats(0.05, 3.0)), min_size=1, max_size=5),
    st.floats(0.1, 20),
)
def test_no_small_shift_of_search_effort_finds_more(
    regions: list[tuple[float, float]], effort: float
) -> None:
    told = search_allocation(regions, effort)
    spread = told.effort
    assert math.fsum(spread) == pytest.approx(effort)
    assert min(spread) >= 0

    def found(given: list[float]) -> float:
        return math.fsum(p * -math.expm1(-w * z) for (p, w), z in zip(regions, given, strict=True))

    best = found(list(spread))
    assert told.found_p.value == pytest.approx(best)
    for source, one in enumerate(spread):
        for sink in range(len(spread)):
            step = min(one, effort * 1e-3)
            moved = [z - step * (i == source) + step * (i == sink) for i, z in enumerate(spread)]
            assert found(moved) <= best + 1e-12


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"declared": 0}, "declared: 0"),
        ({"kg_per_item": 0.0}, "kg_per_item: 0"),
        ({"production": (2000, 0.0)}, "sd_kg: 0"),
        ({"production": tuple(range(50))}, "samples: 50, must be at least 100"),
        ({"production": (5.0,) * 200}, "all the same"),
        ({"sightings": (3, 4)}, "missing: 4"),
        ({"search": [(0.6, 1), (0.6, 1)]}, "add up to more than 1"),
        ({"confidence": 1.0}, "confidence: 1.0"),
        ({"kg_per_item": math.nan}, "finite"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"declared": 500, "kg_per_item": 4.0, "prior": PRIOR, **change}
    with pytest.raises(RefusedInputError, match=message):
        completeness(**given)


def test_a_prior_whose_tail_never_falls_is_refused() -> None:
    with pytest.raises(DesignError, match="a tail that never falls"):
        CountPrior(zero_p=0.5, tail_p=0.0)
    assert completeness(10, 1.0, prior=CountPrior(zero_p=0.0, tail_p=1.0)).none_p.value == 1.0


def test_a_second_hump_of_an_estimate_far_off_is_not_cut_off() -> None:
    """Most samples say some items are missing, a few say thousands: the bound must reach those."""
    random = np.random.default_rng(3)
    low, high = random.normal(2200, 8, 9400), random.normal(14_000, 8, 600)
    told = completeness(500, 4.0, tuple(np.concatenate([low, high]).tolist()))
    assert 2900 < (told.bound.value or 0) < 3100
    assert told.at_most(2000) == pytest.approx(0.9125, abs=0.005)  # a part of the first hump is below none


def test_evidence_that_no_number_explains_is_said() -> None:
    evidence = Evidence(
        declared=50, kg_per_item=1.0, search=(Region(name="a", here_p=1.0, effort=1.0),), found=2
    )
    with pytest.raises(DesignError, match="no number of undeclared items agrees"):
        posterior(evidence, CountPrior(zero_p=1.0, tail_p=1.0), confidence=0.95)
    told = posterior(evidence, PRIOR, confidence=0.95)
    assert any("2 items that the search found" in line for line in told.bound.assumptions)
