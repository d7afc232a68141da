"""Covariances of a few quantities: from scatter, added, and carried to what follows from them."""

import math
from collections.abc import Sequence

from counterseal.measurement.arithmetic import dot

Matrix = tuple[tuple[float, ...], ...]
"""Rows of a small matrix."""


def covariance_of_mean(samples: Sequence[Sequence[float]]) -> Matrix:
    """Return the covariance of the mean of samples, shape (samples, n), n values each; shape (n, n)."""
    number, size = len(samples), len(samples[0])
    columns = [[sample[i] for sample in samples] for i in range(size)]
    means = [math.fsum(column) / number for column in columns]
    apart = [[value - mean for value in column] for column, mean in zip(columns, means, strict=True)]
    scale = float(number * (number - 1))
    return tuple(tuple(dot(first, second) / scale for second in apart) for first in apart)


def added(first: Matrix, second: Matrix) -> Matrix:
    """Return the sum of two matrices of the same shape."""
    return tuple(
        tuple(a + b for a, b in zip(row, other, strict=True))
        for row, other in zip(first, second, strict=True)
    )


def propagated(jacobian: Matrix, covariance: Matrix) -> Matrix:
    """Return ``J C J^T``, the covariance of what follows from quantities of covariance ``C``.

    Args:
        jacobian: Derivatives of what follows by the quantities, shape (results, quantities).
        covariance: Covariance of the quantities, shape (quantities, quantities).
    """
    size = range(len(covariance))
    return tuple(
        tuple(
            math.fsum(left[i] * covariance[i][j] * right[j] for i in size for j in size) for right in jacobian
        )
        for left in jacobian
    )
