"""The exact interval of a counted chance, against printed figures, another library, and its own definition."""

import math
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.stats.clopper_pearson import clopper_pearson, incomplete_beta
from counterseal.stats.errors import StatsError

stats, special = (pytest.importorskip(f"scipy.{part}") for part in ("stats", "special"))
NINETY, NINETY_FIVE, NINETY_NINE = Fraction(9, 10), Fraction(95, 100), Fraction(99, 100)


@pytest.mark.parametrize(
    ("count", "trials", "confidence", "low", "high"),
    [
        # as any table of exact binomial limits prints them, to four digits
        (4, 20, NINETY, 0.0714, 0.4010),
        (10, 100, NINETY_FIVE, 0.0490, 0.1762),
        # none of n: 1 - (tail)^(1/n), worked out by hand
        (0, 10, NINETY_FIVE, 0.0, 1 - 0.025 ** (1 / 10)),
        (10, 10, NINETY_FIVE, 0.025 ** (1 / 10), 1.0),
        (0, 2000, NINETY_NINE, 0.0, 1 - 0.005 ** (1 / 2000)),
        (1, 1, NINETY, 0.05, 1.0),
    ],
)
def test_printed_figures(count: int, trials: int, confidence: Fraction, low: float, high: float) -> None:
    found = clopper_pearson(count, trials=trials, confidence=confidence)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


def test_at_its_ends_each_tail_is_what_it_must_be() -> None:
    found = clopper_pearson(7, trials=60, confidence=NINETY_FIVE)

    def chance_of(counts: range, p: float) -> float:
        return math.fsum(comb(60, k) * p**k * (1 - p) ** (60 - k) for k in counts)

    assert chance_of(range(7, 61), found.low) == pytest.approx(0.025, rel=1e-10)
    assert chance_of(range(8), found.high) == pytest.approx(0.025, rel=1e-10)


@given(trials=st.integers(1, 100_000), data=st.data())
def test_it_is_what_another_library_gives(trials: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, trials))
    confidence = data.draw(st.sampled_from([NINETY, NINETY_FIVE, NINETY_NINE, Fraction(999, 1000)]))
    found = clopper_pearson(count, trials=trials, confidence=confidence)
    tail = float((1 - confidence) / 2)
    low = stats.beta.ppf(tail, count, trials - count + 1) if count else 0.0
    high = stats.beta.ppf(1 - tail, count + 1, trials - count) if count < trials else 1.0
    assert found.low == pytest.approx(low, rel=1e-8, abs=1e-12)
    assert found.high == pytest.approx(high, rel=1e-8, abs=1e-12)


@given(first=st.floats(0.5, 5e4), second=st.floats(0.5, 5e4), at=st.floats(0, 1, exclude_min=True))
def test_the_incomplete_beta_function_is_that_of_another_library(
    first: float, second: float, at: float
) -> None:
    assert incomplete_beta(first, second, at=at) == pytest.approx(
        float(special.betainc(first, second, at)), rel=1e-8, abs=1e-12
    )


@pytest.mark.parametrize("trials", [1, 7, 40])
@pytest.mark.parametrize("chance", [0.001, 0.03, 0.3, 0.5, 0.92])
def test_it_holds_the_truth_at_least_as_often_as_it_says(trials: int, chance: float) -> None:
    held = 0.0
    for count in range(trials + 1):
        found = clopper_pearson(count, trials=trials, confidence=NINETY_FIVE)
        if found.holds(chance):
            held += comb(trials, count) * chance**count * (1 - chance) ** (trials - count)
    assert held >= 0.95


@given(trials=st.integers(1, 400), data=st.data())
def test_more_confidence_is_a_longer_interval_around_the_share(trials: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, trials))
    shorter = clopper_pearson(count, trials=trials, confidence=NINETY)
    longer = clopper_pearson(count, trials=trials, confidence=NINETY_NINE)
    assert longer.low <= shorter.low <= count / trials <= shorter.high <= longer.high
    other = clopper_pearson(trials - count, trials=trials, confidence=NINETY)
    assert np.isclose(other.low, 1 - shorter.high, rtol=0, atol=1e-12)


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(StatsError, match="of 0 trials: must be 1 to"):
        clopper_pearson(0, trials=0, confidence=NINETY)
    with pytest.raises(StatsError, match="interval of 5 in 4 trials"):
        clopper_pearson(5, trials=4, confidence=NINETY)
    with pytest.raises(StatsError, match="confidence 1: must be above 0, below 1"):
        clopper_pearson(1, trials=4, confidence=Fraction(1))
    with pytest.raises(StatsError, match=r"at 1\.5: out of range"):
        incomplete_beta(1, 1, at=1.5)
