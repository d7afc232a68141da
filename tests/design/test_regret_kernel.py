"""The compiled loop of regret matching: products in any precision, and regrets that are forgotten below 0."""

from typing import Any

import numpy as np
import pytest

from counterseal.design.regret_kernel import play, weighted_rows


@pytest.mark.parametrize(("precision", "near"), [(np.float64, 1e-13), (np.float32, 2e-5)])
@pytest.mark.parametrize("rows", [1, 7, 8, 9, 40])
def test_a_product_passes_over_plans_that_are_not_used(precision: Any, near: float, rows: int) -> None:
    generator = np.random.default_rng(rows)
    matrix = generator.random((rows, 13)).astype(precision)
    weights = generator.random(rows) * (generator.random(rows) < 0.6)
    matrix[weights == 0.0] = np.nan  # must not be read
    out = np.empty(13, precision)
    weighted_rows(matrix, weights, out, np.empty(rows, np.int64))
    assert out == pytest.approx(weights @ np.nan_to_num(matrix.astype(np.float64)), abs=near)


def test_rounds_may_be_played_in_parts() -> None:
    matrix = np.random.default_rng(1).random((6, 5))

    def played(*parts: int) -> Any:
        regrets = np.zeros(6), np.zeros(5)
        mixes = np.full(6, 1 / 6), np.full(5, 1 / 5)
        pays = matrix.mean(axis=1), matrix.mean(axis=0)
        sums = np.zeros(6), np.zeros(5), np.zeros(6), np.zeros(5)
        done = 0
        for part in parts:
            play(matrix, np.ascontiguousarray(matrix.T), regrets, mixes, pays, sums, done, part)
            done += part
        assert min(one.min() for one in regrets) >= 0.0
        return [one.tolist() for one in (*regrets, *mixes, *sums)]

    assert played(60) == played(20, 7, 33)
