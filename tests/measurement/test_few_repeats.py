"""A margin in scatters of a few repeats, against Student's distribution as another program has it."""

import pytest
from scipy.stats import norm, t

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.few_repeats import widening

FACTORS = (0.3, 1.0, 1.645, 2.0, 3.0, 5.0, 10.0)


def of_student(factor: float, *, repeats: int) -> float:
    """Return what widens a margin exactly."""
    return float(t.isf(norm.sf(factor), repeats - 1)) / factor


@pytest.mark.parametrize("factor", FACTORS)
def test_no_margin_is_exceeded_more_often_than_that_of_a_known_uncertainty(factor: float) -> None:
    repeats = (*range(2, 41), 60, 100, 300, 1000)
    assert all(widening(factor, repeats=many) >= of_student(factor, repeats=many) for many in repeats)


@pytest.mark.parametrize(("repeats", "too_wide"), [(3, 0.144), (5, 0.02), (20, 0.001), (200, 1e-5)])
def test_it_is_hardly_wider_than_it_must_be(repeats: int, too_wide: float) -> None:
    assert 0 < widening(2.0, repeats=repeats) / of_student(2.0, repeats=repeats) - 1 < too_wide


@pytest.mark.parametrize(
    ("factor", "repeats", "said"), [(0.0, 5, "must be above 0"), (2.0, 1, "must be at least 2")]
)
def test_what_has_no_scatter_is_refused(factor: float, repeats: int, said: str) -> None:
    with pytest.raises(MeasurementError, match=said):
        widening(factor, repeats=repeats)
