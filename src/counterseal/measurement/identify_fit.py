"""A fit of counts by columns that none may be below zero: what is there cannot be less than nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.identify_templates import Bins
from counterseal.measurement.spectrum import Floats

_SMALL = 1e-9
_LEAST_COUNTS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """Counts fitted by columns.

    Attributes:
        strengths: How much of each column there is, at least 0, shape (columns,).
        model: Counts that they make, shape (bins,).
        away: Counts less the model, in standard deviations, same shape.
        deviation: Standard deviation of each bin [counts], same shape.
    """

    strengths: Floats
    model: Floats
    away: Floats
    deviation: Floats

    @property
    def chi_square(self) -> float:
        """Sum of the squares of all deviations [1]."""
        return float(np.sum(self.away**2))


def fitted(
    bins: Bins, columns: Floats, *, unknown_part: float, start: Floats | None = None, turns: int = 2
) -> Fit:
    """Return the best sum of columns, by weighted least squares with weights from the model.

    Args:
        bins: Counts, and what a paired background makes of them.
        columns: Columns, shape (columns, bins), none below 0.
        unknown_part: Part of the counts of a bin that columns may be wrong by [1].
        start: Strengths to start from, such as those of a fit by nearly the same columns.
        turns: How often weights are taken; the first are those of the counts.
    """
    size = np.maximum(columns.max(axis=1), _SMALL * float(columns.max(initial=1.0)))
    scaled = (columns / size[:, None]).T
    model = np.maximum(bins.counts, _LEAST_COUNTS)
    strengths = np.zeros(len(columns)) if start is None else start * size
    for _ in range(turns):
        deviation = np.sqrt(model + bins.variance + (unknown_part * model) ** 2)
        strengths = nonnegative(
            scaled / deviation[:, None], (bins.counts - bins.known) / deviation, strengths
        )
        model = np.maximum(scaled @ strengths + bins.known, _LEAST_COUNTS)
    return Fit(
        strengths=strengths / size,
        model=model,
        away=(bins.counts - model) / deviation,
        deviation=deviation,
    )


def nonnegative(matrix: Floats, target: Floats, start: Floats) -> Floats:
    """Return the least squares solution of which no part is below 0, shape (columns,).

    The method of active sets of Lawson and Hanson [LAWSON-HANSON-1974].

    Args:
        matrix: Shape (rows, columns).
        target: Shape (rows,).
        start: Where to start from, at least 0, shape (columns,); zeros will do.
    """
    square, right = matrix.T @ matrix, matrix.T @ target
    found, used = _kept_positive(square, right, start, start > 0)
    limit = _SMALL * float(np.abs(right).max(initial=0.0))
    for _ in range(3 * matrix.shape[1]):
        rising = np.where(used, -np.inf, right - square @ found)
        best = int(np.argmax(rising))
        if rising[best] <= limit:
            break
        used[best] = True
        found, used = _kept_positive(square, right, found, used)
    return found


def _kept_positive(
    square: Floats, right: Floats, found: Floats, used: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the solution on the columns in use, after those that would fall below 0 have left it."""
    used = used.copy()
    while used.any():
        place = np.flatnonzero(used)
        ridge = _SMALL * float(square.diagonal().max()) * np.eye(len(place))
        trial = np.zeros_like(found)
        trial[place] = np.linalg.solve(square[np.ix_(place, place)] + ridge, right[place])
        below = used & (trial <= 0)
        if not below.any():
            return trial, used
        part = float(np.min(found[below] / np.maximum(found[below] - trial[below], _SMALL * _SMALL)))
        found = found + part * (trial - found)
        used &= found > _SMALL * float(found.max(initial=0.0))
        found = np.where(used, found, 0.0)
    return np.zeros_like(found), used
