"""Regret matching with clipped regrets and a forecast, as a compiled loop: numbers in, numbers out.

Each side plays in proportion to the regrets that it would have if the last pay came once more (the forecast);
regrets below nothing are forgotten; the sides take turns; later rounds weigh more in the average. Products
with the matrix pass over plans that are not used, and add in a fixed order whatever the width of the
processor's registers: the same bytes on every machine.

References:
    [TAMMELIN-2014]; [FARINA-2021].
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Matrix = NDArray[np.floating[Any]]


@njit(cache=True, nogil=True)
def weighted_rows(matrix: Matrix, weights: Reals, out: Matrix, used: NDArray[np.int64]) -> None:
    """Write the sum of the rows, each times its weight, into ``out``, eight rows that count at a time."""
    rows, columns = matrix.shape
    count = 0
    for i in range(rows):
        if weights[i] != 0.0:
            used[count] = i
            count += 1
    out[:] = 0.0
    k = 0
    while k + 8 <= count:
        a, b, c, d = matrix[used[k]], matrix[used[k + 1]], matrix[used[k + 2]], matrix[used[k + 3]]
        e, f, g, h = matrix[used[k + 4]], matrix[used[k + 5]], matrix[used[k + 6]], matrix[used[k + 7]]
        w = weights[used[k : k + 8]].astype(matrix.dtype)
        for j in range(columns):
            first = (w[0] * a[j] + w[1] * b[j]) + (w[2] * c[j] + w[3] * d[j])
            second = (w[4] * e[j] + w[5] * f[j]) + (w[6] * g[j] + w[7] * h[j])
            out[j] += first + second
        k += 8
    for i in range(k, count):
        row, one = matrix[used[i]], weights[used[i : i + 1]].astype(matrix.dtype)
        for j in range(columns):
            out[j] += one[0] * row[j]


@njit(cache=True, nogil=True)
def _answer(regrets: Reals, mix: Reals, pay: Reals, sign: float) -> None:
    """Take in what each plan paid, and write the next mix."""
    mean = 0.0
    for i in range(len(mix)):
        mean += mix[i] * pay[i]
    total = 0.0
    for i in range(len(mix)):
        more = sign * (pay[i] - mean)
        regrets[i] = max(regrets[i] + more, 0.0)
        mix[i] = max(regrets[i] + more, 0.0)
        total += mix[i]
    for i in range(len(mix)):
        mix[i] = mix[i] / total if total > 0.0 else 1.0 / len(mix)


@njit(cache=True, nogil=True)
def play(
    matrix: Matrix,
    turned: Matrix,
    regrets: tuple[Reals, Reals],
    mixes: tuple[Reals, Reals],
    pays: tuple[Reals, Reals],
    sums: tuple[Reals, Reals, Reals, Reals],
    done: int,
    rounds: int,
) -> None:
    """Play so many rounds on from where both sides stand.

    Args:
        matrix: What the row player gets, **shape** (rows, columns), in double or single precision.
        turned: The same with rows and columns exchanged.
        regrets: Of both sides, 0 or more; written.
        mixes: Chances of both sides' plans; written.
        pays: What the plans of each side pay against the other's mix; written.
        sums: Of both mixes and of both pays over the rounds, each weighed with its number's square; written.
        done: Rounds played before.
        rounds: Rounds to play.
    """
    to_rows, to_columns = np.empty(matrix.shape[0], matrix.dtype), np.empty(matrix.shape[1], matrix.dtype)
    used = np.empty(max(matrix.shape[0], matrix.shape[1]), np.int64)
    for number in range(done + 1, done + rounds + 1):
        _answer(regrets[0], mixes[0], pays[0], 1.0)
        weighted_rows(matrix, mixes[0], to_columns, used)
        pays[1][:] = to_columns
        _answer(regrets[1], mixes[1], pays[1], -1.0)
        weighted_rows(turned, mixes[1], to_rows, used)
        pays[0][:] = to_rows
        weight = float(number) * float(number)
        for i in range(matrix.shape[0]):
            sums[0][i] += weight * mixes[0][i]
            sums[2][i] += weight * pays[0][i]
        for j in range(matrix.shape[1]):
            sums[1][j] += weight * mixes[1][j]
            sums[3][j] += weight * pays[1][j]
