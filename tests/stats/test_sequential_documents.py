"""Every answer of the sequential tests, of propagation, curves and sensitivity can be written as JSON."""

import json
from typing import Any

import pytest

from counterseal.stats.count_distributions import PoissonCounts
from counterseal.stats.distributions import Uniform
from counterseal.stats.drawn_propagation import propagate_by_drawing
from counterseal.stats.false_alarms import false_alarms_per_year
from counterseal.stats.measured_roc import roc_from_samples
from counterseal.stats.propagation import Quantity, propagate
from counterseal.stats.receiver_curve import roc
from counterseal.stats.sensitivity import sobol, tornado
from counterseal.stats.sequential import (
    confidence_sequence,
    curtailed,
    cusum_arl,
    cusum_threshold,
    e_value,
    many_tests,
    page_alarms,
    page_threshold,
    repeated_looks,
    spending_bounds,
    sprt,
)
from counterseal.stats.worst_case import worst_case

UNIT = Uniform(low=0.0, high=1.0)
INPUT = Quantity(name="x", value=1.0, uncertainty=0.1)
ANSWERS: tuple[Any, ...] = (
    sprt(0.05, 0.3, 0.1, 0.1),
    sprt(0.05, 0.3, 0.1, 0.1).operating_point(1.0),
    sprt(0.05, 0.3, 0.1, 0.1).decide([True]),
    curtailed(9, 1),
    curtailed(9, 1).operating_point_of_stratum(20, 3),
    confidence_sequence(9, [True, False], 0.1),
    e_value(9, [True], 0),
    repeated_looks(3),
    spending_bounds((1e-4, 0.5, 1.0)),
    many_tests(9, method="sidak"),
    cusum_arl(0.5, 4.0, -60.0),
    cusum_threshold(0.5, 100.0),
    page_alarms(0.5, 3.0, 5),
    page_threshold(5.0, 1, 0.05),
    propagate(lambda x: x[0], [INPUT]),
    propagate(lambda x: x[0], [INPUT]).expanded(0.9),
    propagate_by_drawing(lambda x: x[0], {"x": UNIT}, n=100, seed=0),
    roc(PoissonCounts(mean=2.0), PoissonCounts(mean=5.0)),
    roc(PoissonCounts(mean=2.0), PoissonCounts(mean=5.0)).at(1.0),
    roc_from_samples([1.0, 2.0], [2.0, 3.0]),
    false_alarms_per_year(9, 0.1),
    tornado(lambda x: x, {"x": (0.0, 1.0, 2.0)}),
    sobol(lambda x: x, {"x": UNIT}, 16, 0),
    worst_case(lambda x: x, {"x": (0.0, 1.0)}),
)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_document(answer: Any) -> None:
    document = answer.document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
