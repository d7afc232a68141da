"""Dead-time corrections: the published sums, and losses that are really made up."""

import math

import numpy as np
import pytest

from counterseal.measurement.dead_time import (
    dead_time_s,
    doubles_factor,
    singles_factor,
    triples_factor,
    triples_weights,
)
from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.neutron_counter import DeadTime

INCC = DeadTime(coefficient_a_us=0.1430, coefficient_b_us_per_mcps=0.0052, multiplicity_ns=35.9)


def term(n: int, k: int, offset: int, phi: float) -> float:
    chosen, part = math.comb(n - 1, k + offset), (k + offset) * phi
    return chosen * math.pow(part, k) / math.pow(1 - part, k + offset + 1)


def alpha(n: int, phi: float) -> float:
    return float(n) if n < 2 else 1.0 + sum(term(n, k, 1, phi) for k in range(n - 1))


def beta(n: int, phi: float) -> float:
    if n < 2:
        return 0.0
    return alpha(n, phi) - 1.0 + sum((k + 1) * term(n, k, 2, phi) for k in range(n - 2))


def test_weights_are_the_published_sums() -> None:
    weights = triples_weights(60, dead_time=INCC, gate_us=64.0)
    phi = 0.0359 / 64.0
    for n in range(60):
        assert weights.pulses[n] == pytest.approx(alpha(n, phi), rel=1e-12)
        assert weights.pairs[n] == pytest.approx(beta(n, phi), rel=1e-12)


def test_without_dead_time_they_count_pulses_and_pairs_exactly() -> None:
    weights = triples_weights(8, dead_time=DeadTime(), gate_us=64.0)
    assert weights.pulses.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert weights.pairs.tolist() == [0, 0, 1, 3, 6, 10, 15, 21]


def test_the_factors_of_a_sum_may_overflow_where_its_terms_do_not() -> None:
    weights = triples_weights(1_024, dead_time=DeadTime(multiplicity_ns=10.0), gate_us=64.0)
    assert math.isfinite(weights.pairs[-1])
    assert weights.pulses[-1] > weights.pulses[-2] > 1_022.0


def test_more_pulses_than_fit_are_refused() -> None:
    with pytest.raises(CalibrationError, match="do not fit"):
        triples_weights(131, dead_time=DeadTime(multiplicity_ns=500.0), gate_us=64.0)
    assert len(triples_weights(101, dead_time=DeadTime(multiplicity_ns=500.0), gate_us=64.0).pulses) == 101


def test_weights_that_overflow_are_refused() -> None:
    with pytest.raises(CalibrationError, match="overflows"):
        triples_weights(1_023, dead_time=DeadTime(multiplicity_ns=62.6), gate_us=64.0)


def test_weights_make_up_what_an_updating_dead_time_takes_from_a_gate() -> None:
    generator = np.random.default_rng(3)
    dead_s, gate_s, rate_per_s = 0.5e-6, 64e-6, 2e5
    times = np.cumsum(generator.exponential(1 / rate_per_s, 1_000_000))
    kept = times[np.concatenate([[True], np.diff(times) >= dead_s])]
    opens = generator.uniform(0, times[-1] - gate_s, 200_000)
    seen = np.searchsorted(kept, opens + gate_s) - np.searchsorted(kept, opens)
    mean = len(times) / times[-1] * gate_s
    weights = triples_weights(110, dead_time=DeadTime(multiplicity_ns=500.0), gate_us=64.0)
    assert seen.mean() / mean < 0.92
    assert weights.pulses[seen].mean() / mean == pytest.approx(1.0, abs=0.003)
    assert weights.pairs[seen].mean() / (mean * mean / 2) == pytest.approx(1.0, abs=0.006)


def test_factors_follow_their_formulas() -> None:
    rate = 271_296.2
    delta = (0.1430 + 0.0052e-6 * rate) * 1e-6
    assert dead_time_s(rate, dead_time=INCC) == pytest.approx(delta, rel=1e-14)
    assert singles_factor(rate, dead_time=INCC) == pytest.approx(math.exp(delta * rate / 4), rel=1e-14)
    assert doubles_factor(rate, dead_time=INCC) == pytest.approx(math.exp(delta * rate), rel=1e-14)
    assert triples_factor(rate, dead_time=INCC) == pytest.approx(math.exp(35.9e-9 * rate), rel=1e-14)


def test_a_rate_that_no_counter_counts_is_refused() -> None:
    with pytest.raises(CalibrationError, match="a counter works up to"):
        doubles_factor(1e9, dead_time=INCC)


@pytest.mark.parametrize("value", [-0.1, math.nan, math.inf, 1e7])
def test_dead_times_that_cannot_be_are_refused(value: float) -> None:
    with pytest.raises(CalibrationError, match="multiplicity_ns"):
        DeadTime(multiplicity_ns=value)
