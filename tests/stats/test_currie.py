"""Detection limits against printed values, and against counts drawn at random."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.stats.currie import currie_limits, iso_limits
from counterseal.stats.errors import StatsError


def test_currie_paired_to_the_digits_printed() -> None:
    found = currie_limits(100)
    assert f"{found.decision_threshold:.2f}" == "23.26"
    assert f"{found.detection_limit:.2f}" == "49.23"  # 49.24 is printed where k^2 is taken as 2.71
    assert 2.71 + 3.29 * math.sqrt(200) == pytest.approx(49.24, abs=5e-3)


@pytest.mark.parametrize(
    ("counts", "item_s", "background_s", "threshold", "limit"),
    [
        (100, 1000, 1000, "0.023264", "0.049234"),
        (0, 1000, 1000, "0.000000", "0.002706"),
        (64, 600, 3600, "0.009672", "0.023853"),
    ],
)
def test_iso_to_the_digits_printed(
    counts: int, item_s: float, background_s: float, threshold: str, limit: str
) -> None:
    found = iso_limits(background_counts=counts, background_time_s=background_s, gross_time_s=item_s)
    assert f"{found.decision_threshold:.6f}" == threshold
    assert f"{found.detection_limit:.6f}" == limit


def test_error_rates_are_those_that_were_agreed() -> None:
    generator = np.random.Generator(np.random.Philox(4))
    limits, size = currie_limits(400.0), 200_000
    empty = generator.poisson(400.0, size) - generator.poisson(400.0, size)
    source = generator.poisson(400.0 + limits.detection_limit, size) - generator.poisson(400.0, size)
    assert np.mean(empty > limits.decision_threshold) == pytest.approx(0.05, abs=0.004)
    assert np.mean(source < limits.decision_threshold) == pytest.approx(0.05, abs=0.004)


@given(
    counts=st.integers(0, 10**6),
    item_s=st.floats(1, 1e5),
    background_s=st.floats(1, 1e5),
    unc=st.floats(0, 0.5),
    k=st.floats(0.5, 3),
)
def test_a_source_at_the_limit_meets_its_own_definition(
    counts: int, item_s: float, background_s: float, unc: float, k: float
) -> None:
    found = iso_limits(
        background_counts=counts,
        background_time_s=background_s,
        gross_time_s=item_s,
        factor=3.0,
        factor_relative_unc=unc,
        k_beta=k,
    )
    y = found.detection_limit
    if math.isinf(y):
        assert k * unc >= 1
        return
    rate = counts / background_s
    variance = 9 * ((y / 3 + rate) / item_s + rate / background_s) + (y * unc) ** 2
    assert y == pytest.approx(found.decision_threshold + k * math.sqrt(variance), rel=1e-6, abs=1e-9)
    assert y >= found.decision_threshold


def test_a_background_from_side_bands_has_its_own_variance() -> None:
    paired, known = currie_limits(100.0), currie_limits(100.0, background_variance=0.0)
    assert known.decision_threshold == pytest.approx(1.645 * 10)
    assert known.detection_limit < paired.detection_limit


def test_a_factor_that_is_not_known_has_no_limit() -> None:
    found = iso_limits(
        background_counts=100, background_time_s=100, gross_time_s=100, factor_relative_unc=0.7, k_beta=1.645
    )
    assert math.isinf(found.detection_limit)


def test_what_was_not_counted_is_refused() -> None:
    with pytest.raises(StatsError, match="must be at least 0 and finite"):
        currie_limits(-1.0)
    with pytest.raises(StatsError, match="must be at least 0 and finite"):
        currie_limits(1.0, background_variance=math.nan)
    with pytest.raises(StatsError, match="quantiles"):
        currie_limits(1.0, k_alpha=0.0)
    with pytest.raises(StatsError, match="times above 0"):
        iso_limits(background_counts=1, background_time_s=0, gross_time_s=1)
    with pytest.raises(StatsError, match="factor -1"):
        iso_limits(background_counts=1, background_time_s=1, gross_time_s=1, factor=-1)
