"""Confidence sequences: what they promise, exactly, for every number of false items; and their own definition."""

import math
from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import beta as beta_function

from counterseal.stats.errors import StatsError
from counterseal.stats.sequential import confidence_sequence, e_value

WRONG: Any = [True, 2]


def miss_chance(N: int, d: int, alpha: float, prior: tuple[float, float]) -> float:
    """Return the exact chance that some interval leaves out d: by states (draws, false ones among them)."""
    alive = {0: 1.0}
    missed = 0.0
    for t in range(1, N + 1):
        after: dict[int, float] = {}
        for seen, chance in alive.items():
            p = (d - seen) / (N - t + 1)
            for more, part in ((1, p), (0, 1 - p)):
                if part > 0:
                    after[seen + more] = after.get(seen + more, 0.0) + chance * part
        alive = {}
        for seen, chance in after.items():
            draws = [True] * seen + [False] * (t - seen)
            _, low, high = confidence_sequence(N, draws, alpha, prior).alone[-1]
            if low <= d <= high:
                alive[seen] = chance
            else:
                missed += chance
    assert missed + sum(alive.values()) == pytest.approx(1.0)
    return missed


@pytest.mark.parametrize(("alpha", "prior"), [(0.05, (1.0, 1.0)), (0.2, (1.0, 1.0)), (0.2, (1.0, 8.0))])
def test_it_holds_the_truth_often_enough_whatever_the_truth_is(
    alpha: float, prior: tuple[float, float]
) -> None:
    chances = [miss_chance(18, d, alpha, prior) for d in range(19)]
    assert max(chances) <= alpha
    assert max(chances) > alpha / 4  # and it is not long for nothing


@pytest.mark.parametrize("d", [0, 1, 5, 40, 150, 299, 300])
def test_it_holds_in_runs_too(d: int) -> None:
    """The published rate of misses is at most the nominal one: here at most 5 % and four standard errors."""
    generator, runs = np.random.default_rng(d), 400
    missed = 0
    for _ in range(runs):
        draws = (generator.permutation(300) < d).tolist()
        missed += any(not low <= d <= high for _, low, high in confidence_sequence(300, draws, 0.05))
    assert missed / runs <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / runs)


@given(N=st.integers(1, 40), data=st.data())
@settings(max_examples=60, deadline=None)
def test_each_interval_is_what_its_definition_says(N: int, data: st.DataObject) -> None:
    d = data.draw(st.integers(0, N))
    order = data.draw(st.permutations(range(N)))
    draws = [place < d for place in order][: data.draw(st.integers(0, N))]
    alpha = data.draw(st.sampled_from([0.01, 0.05, 0.3]))
    a, b = data.draw(st.sampled_from([(1.0, 1.0), (0.5, 3.0), (2.0, 2.0)]))
    prior = {k: comb(N, k) * beta_function(a + k, b + N - k) / beta_function(a, b) for k in range(N + 1)}
    low, high = 0, N
    found = confidence_sequence(N, draws, alpha, (a, b))
    assert len(found) == len(draws)
    for t, lo, hi in found:
        seen = sum(draws[:t])
        joint = {k: prior[k] * comb(k, seen) * comb(N - k, t - seen) / comb(N, t) for k in prior}
        total = math.fsum(joint.values())
        kept = [k for k in prior if joint[k] / total > alpha * prior[k] * (1 + 1e-6)]
        edge = [k for k in prior if joint[k] / total > alpha * prior[k] * (1 - 1e-6)]
        _, alone_low, alone_high = found.alone[t - 1]
        assert min(edge) <= alone_low <= min(kept)
        assert max(kept) <= alone_high <= max(edge)
        low, high = max(low, alone_low), min(high, alone_high)
        if low > high:
            assert found.warnings
            low, high = alone_low, alone_high
        assert (lo, hi) == (low, high)


def test_after_all_items_the_number_is_known() -> None:
    draws = [True] * 3 + [False] * 17
    assert confidence_sequence(20, draws, 0.05)[-1] == (20, 3, 3)


def test_draws_that_contradict_earlier_ones_are_told() -> None:
    found = confidence_sequence(200, [True] * 20 + [False] * 180, 0.05)
    assert found[-1] == (200, 20, 20)
    assert "contradict earlier ones" in found.warnings[0]
    assert found.last.warnings == found.warnings


def test_it_reads_like_a_list_and_says_what_was_asked() -> None:
    found = confidence_sequence(50, [False, True, False], 0.1, (1.0, 2.0))
    assert [t for t, _, _ in found] == [1, 2, 3]
    assert found[0:2] == found.intervals[:2]
    document = found.document()
    assert document["draws"] == [0, 1, 0]
    assert document["last"]["value"] == 17.0
    assert (document["last"]["lower"], document["last"]["upper"]) == found[-1][1:]
    nothing = confidence_sequence(50, [], 0.1).last
    assert (nothing.lower, nothing.upper) == (0.0, 50.0)
    assert "Nothing was drawn" in nothing.warnings[0]


def test_a_million_items() -> None:
    draws = [place % 100 == 0 for place in range(20_000)]
    _, low, high = confidence_sequence(1_000_000, draws, 0.01)[-1]
    assert low < 10_000 < high
    assert high - low < 8_000


def test_evidence_is_the_ratio_of_prior_to_posterior_belief() -> None:
    draws = [True, False, False, True, False]
    prior = 1 / 13
    joint = {k: prior * comb(k, 2) * comb(12 - k, 3) / comb(12, 5) for k in range(13)}
    for d in range(13):
        found = e_value(12, draws, d)
        posterior = joint[d] / sum(joint.values())
        if posterior:
            assert found.value == pytest.approx(prior / posterior)
            assert found.ln_value == pytest.approx(math.log(prior / posterior))
        else:
            assert found.value == found.ln_value == math.inf
    assert e_value(12, [], 3).value == pytest.approx(1.0)
    sure = e_value(1_000_000, [False] * 600_000, 5_000)
    assert sure.value == math.inf  # above 1e308, but its logarithm stands
    missed = sum(math.log((400_000 - place) / (1_000_000 - place)) for place in range(5_000))
    assert sure.ln_value == pytest.approx(-missed - math.log(600_001), rel=1e-9)


def test_a_bet_is_fair_at_the_truth() -> None:
    """On average over all draws, the evidence against the truth is the prior chance of draws it allows."""
    mean = 0.0
    for seen in range(5):  # of 6 numbers of false draws, all alike in prior belief, 5 false ones cannot be
        chance = comb(4, seen) * comb(6, 5 - seen) / comb(10, 5)
        mean += chance * (e_value(10, [True] * seen + [False] * (5 - seen), 4).value or 0.0)
    assert mean == pytest.approx(5 / 6)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: confidence_sequence(0, [], 0.05), "confidence sequence, N: 0"),
        (lambda: confidence_sequence(5, [True] * 6, 0.05), "6 draws without replacement from 5 items"),
        (lambda: confidence_sequence(5, WRONG, 0.05), "draw 2: 2, must be true"),
        (lambda: confidence_sequence(5, [], 1.0), "confidence sequence, alpha: 1.0"),
        (lambda: confidence_sequence(5, [], 0.1, (0.0, 1.0)), "prior, a: 0.0"),
        (lambda: confidence_sequence(5, [], 0.1, (1.0, math.nan)), "prior, b: nan"),
        (lambda: e_value(0, [], 0), "evidence of draws, N: 0"),
        (lambda: e_value(5, [], 6), "evidence of draws, d: 6"),
    ],
)
def test_refused(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(StatsError, match=message):
        ask()
