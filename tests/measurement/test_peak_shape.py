"""The contents of channels below a peak, against another code and against differences."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from counterseal.measurement.peak_shape import peak_contents, tail_contents

Floats = NDArray[np.float64]
EDGES = np.arange(66, dtype=np.float64) - 0.5
POSITION, SIGMA = np.array([30.3, 41.1]), np.array([0.7, 2.2])


def test_contents_are_those_of_another_code() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    found = peak_contents(EDGES, POSITION, SIGMA)
    for i in range(2):
        whole = np.diff(stats.norm.cdf(EDGES, POSITION[i], SIGMA[i]))
        assert found.gauss[i] == pytest.approx(whole, abs=1e-15)
    for length in (0.2, 1.7, 9.0):
        tail = tail_contents(EDGES, POSITION, SIGMA, length=length).tail
        for i in range(2):
            below = stats.exponnorm.sf(-(EDGES - POSITION[i]), length, 0, SIGMA[i])
            assert tail[i] == pytest.approx(np.diff(below), abs=1e-14)


def _slope(of: Callable[[Floats], Floats], at: Floats) -> Floats:
    return (of(at + 1e-5) - of(at - 1e-5)) / 2e-5


def test_derivatives_are_those_of_differences() -> None:
    found = peak_contents(EDGES, POSITION, SIGMA)
    by_position = _slope(lambda x: peak_contents(EDGES, x, SIGMA).gauss, POSITION)
    assert found.gauss_by_position == pytest.approx(by_position, abs=1e-8)
    by_sigma = _slope(lambda x: peak_contents(EDGES, POSITION, x).gauss, SIGMA)
    assert found.gauss_by_sigma == pytest.approx(by_sigma, abs=1e-8)
    step_by_position = _slope(lambda x: peak_contents(EDGES, x, SIGMA).step, POSITION)
    assert found.step_by_position == pytest.approx(step_by_position, abs=1e-8)
    step_by_sigma = _slope(lambda x: peak_contents(EDGES, POSITION, x).step, SIGMA)
    assert found.step_by_sigma == pytest.approx(step_by_sigma, abs=1e-8)
    tail = tail_contents(EDGES, POSITION, SIGMA, length=1.3)
    by_position = _slope(lambda x: tail_contents(EDGES, x, SIGMA, length=1.3).tail, POSITION)
    assert tail.by_position == pytest.approx(by_position, abs=1e-8)
    by_sigma = _slope(lambda x: tail_contents(EDGES, POSITION, x, length=1.3).tail, SIGMA)
    assert tail.by_sigma == pytest.approx(by_sigma, abs=1e-8)
    high, low = (tail_contents(EDGES, POSITION, SIGMA, length=1.3 + d).tail for d in (1e-5, -1e-5))
    assert tail.by_length == pytest.approx((high - low) / 2e-5, abs=1e-8)
