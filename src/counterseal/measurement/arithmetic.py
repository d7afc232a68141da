"""Elementary functions and sums whose bits are the same on every machine with IEEE 754 doubles.

Libraries differ in the last bit of ``exp``, ``log`` and ``erfc``, and in the order in which they add;
two parties that compare sealed results must not. All here is made of ``+ - * /``, square roots,
powers of two, comparisons and ``math.fsum`` (which rounds the exact sum once), each of which the
standard defines to the bit. Operations are written one by one over whole arrays, so nothing can be
fused, and no library function chooses an order.

Accuracy, tested against mpmath: ``exp`` and ``log`` 1 unit in the last place, ``erf`` 3, ``erfc`` and
``erfc_scaled`` 4.
"""

import math
from functools import lru_cache
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterseal.measurement.errors import MeasurementError

Floats = NDArray[np.float64]

_LN2_HIGH = 0.6931471803691238
"""ln 2 to 32 bits: its product with a whole number below 2**21 is exact."""
_LN2_LOW = 1.9082149292705877e-10
_PER_LN2 = 1.4426950408889634
_EXP_TOP = 709.782712893384
_EXP_BOTTOM = -745.1332191019412
_EXP_TERMS = tuple(1.0 / math.factorial(n) for n in range(2, 15))
_SQRT_HALF = 0.7071067811865476
_LOG_TERMS = tuple(2.0 / (2 * n + 1) for n in range(1, 12))
_TWO_PER_SQRT_PI = 1.1283791670955126
_ERF_TERMS = tuple((-1 if n % 2 else 1) / (math.factorial(n) * (2 * n + 1)) for n in range(1, 15))
_ERF_SERIES_BELOW = 0.5
_SQRT_2 = 1.4142135623730951
_SPLIT = 134_217_729.0
_SCALED_CENTRE = 4.0
_SCALED_TERMS = (
    1.2329951186255526,
    -0.1396211168405625,
    0.015379652102620024,
    0.06809705425469155,
    -0.10103906603632411,
    0.09373283499839673,
    -0.06633036581166878,
    0.03716751553662523,
    -0.016197734065721506,
    0.00503196998609679,
    -0.0007577732211017557,
    -0.0001992567370479886,
    0.0001506213142825075,
    -2.439909541377841e-05,
    -1.1220773339263308e-05,
    5.709608316143853e-06,
    2.909459896658698e-07,
    -8.256651243681974e-07,
    7.888001536183222e-08,
    1.110561122044458e-07,
    -2.186683817996548e-08,
    -1.554950739140137e-08,
    3.949909948816316e-09,
    2.268368209002785e-09,
    -5.373765873743771e-10,
    -2.9679753749361834e-10,
    4.175645306749228e-11,
    2.3603010398894445e-11,
)
"""Powers of t = (x - 4)/(x + 4) in (1 + 2x) exp(x^2) erfc(x), x >= 0; interpolated at 28 Chebyshev nodes with
60 digits. The form is that of [SHEPHERD-1981]."""


@overload
def exp(x: float) -> float: ...
@overload
def exp(x: Floats) -> Floats: ...
def exp(x: float | Floats) -> float | Floats:
    """Return e to the power of ``x``; infinite above 709.78, 0 below -745.13.

    Args:
        x: A number, or numbers of any shape; not-a-number is refused.

    Returns:
        Same shape, within 1 unit in the last place.

    Raises:
        MeasurementError: a number is not-a-number.
    """
    values = _numbers(x, "exp")
    return _as_given(_exp_sum(values, np.zeros_like(values)), x)


@overload
def log(x: float) -> float: ...
@overload
def log(x: Floats) -> Floats: ...
def log(x: float | Floats) -> float | Floats:
    """Return the natural logarithm of ``x``, each above 0 and finite, within 1 unit in the last place.

    Raises:
        MeasurementError: a number is not above 0, infinite, or not-a-number.
    """
    values = _numbers(x, "log")
    if not ((values > 0) & (values < np.inf)).all():
        raise MeasurementError("log: every number must be above 0 and finite")
    mantissa, power = np.frexp(values)
    low = mantissa < _SQRT_HALF
    mantissa = np.where(low, mantissa + mantissa, mantissa)
    exponent = (power - low).astype(np.float64)
    above = mantissa - 1.0
    ratio = above / (2.0 + above)
    square = ratio * ratio
    half = 0.5 * above * above
    tail = ratio * (half + square * _powers(square, _LOG_TERMS)) + exponent * _LN2_LOW
    return _as_given(exponent * _LN2_HIGH - ((half - tail) - above), x)


@overload
def erf(x: float) -> float: ...
@overload
def erf(x: Floats) -> Floats: ...
def erf(x: float | Floats) -> float | Floats:
    """Return the error function of ``x``, within 3 units in the last place.

    Raises:
        MeasurementError: a number is not-a-number.
    """
    values = _numbers(x, "erf")
    size = np.abs(values)
    far = 1.0 - _erfc_far(np.maximum(size, _ERF_SERIES_BELOW))
    return _as_given(np.where(size < _ERF_SERIES_BELOW, _erf_near(values), np.copysign(far, values)), x)


@overload
def erfc(x: float) -> float: ...
@overload
def erfc(x: Floats) -> Floats: ...
def erfc(x: float | Floats) -> float | Floats:
    """Return one minus the error function of ``x``, within 4 units in the last place; 0 above about 26.6.

    Raises:
        MeasurementError: a number is not-a-number.
    """
    values = _numbers(x, "erfc")
    far = _erfc_far(np.maximum(np.abs(values), _ERF_SERIES_BELOW))
    beyond = np.where(values > 0, far, 2.0 - far)
    return _as_given(np.where(np.abs(values) < _ERF_SERIES_BELOW, 1.0 - _erf_near(values), beyond), x)


@overload
def erfc_scaled(x: float) -> float: ...
@overload
def erfc_scaled(x: Floats) -> Floats: ...
def erfc_scaled(x: float | Floats) -> float | Floats:
    """Return ``exp(x**2) * erfc(x)`` for ``x`` at least 0, within 4 units in the last place.

    Raises:
        MeasurementError: a number is below 0 or not-a-number.
    """
    values = _numbers(x, "erfc_scaled")
    if (values < 0).any():
        raise MeasurementError("erfc_scaled: every number must be at least 0")
    return _as_given(_scaled(values), x)


def normal_tail(z: float) -> float:
    """Return the chance that a standard normal number is above ``z``."""
    return 0.5 * erfc(z / _SQRT_2)


def normal_quantile(probability: float) -> float:
    """Return the ``z`` below which a standard normal number is with this probability.

    Args:
        probability: Above 0 and below 1.

    Returns:
        ``z``, found by halving [-40, 40] 80 times: within 4e-15 in ``z`` for 1e-300 to 0.5.

    Raises:
        MeasurementError: the probability is not between 0 and 1.
    """
    if not 0.0 < probability < 1.0:
        raise MeasurementError(f"normal quantile of {probability!r}: must be above 0 and below 1")
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if normal_tail(-middle) < probability:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def total(x: ArrayLike) -> float:
    """Return the sum of all numbers of ``x``, any shape: the exact sum, rounded once.

    The order does not matter. Integers below 2**53 are exact.
    """
    return math.fsum(np.asarray(x, dtype=np.float64).ravel().tolist())


def dot(a: ArrayLike, b: ArrayLike) -> float:
    """Return the sum of the products of ``a`` and ``b``, same shape: each product rounded, the sum once."""
    return math.fsum((np.asarray(a, dtype=np.float64) * np.asarray(b, dtype=np.float64)).ravel().tolist())


def folded(table: Floats) -> Floats:
    """Return the sum over the first axis in one fixed order: upper half onto lower, until one is left.

    Args:
        table: Shape (n, ...), n at least 1; an odd row in the middle waits for the next turn.

    Returns:
        Shape (...).
    """
    work = np.array(table, dtype=np.float64)
    rows = len(work)
    while rows > 1:
        half = (rows + 1) // 2
        work[: rows - half] += work[half:rows]
        rows = half
    first: Floats = work[0]
    return first


def cholesky(matrix: ArrayLike) -> Floats:
    """Return the lower triangle ``L`` of a symmetric positive definite matrix, with ``L L^T`` equal to it.

    Args:
        matrix: Shape (n, n); only its lower triangle is read.

    Returns:
        Shape (n, n), zero above the diagonal.

    Raises:
        MeasurementError: it is not square, or not positive definite in double precision.
    """
    left = _square(matrix)
    lower = np.zeros_like(left)
    for k in range(len(left)):
        pivot = float(left[k, k])
        if not pivot > 0.0:
            raise MeasurementError(f"equations: row {k} depends on those before it")
        column = left[k:, k] / math.sqrt(pivot)
        lower[k:, k] = column
        left[k:, k:] -= column[:, None] * column[None, :]
    return lower


def solve(matrix: ArrayLike, vector: ArrayLike) -> Floats:
    """Return ``x`` of ``matrix x = vector`` for a small symmetric positive definite matrix.

    Args:
        matrix: Shape (n, n).
        vector: Shape (n,).

    Returns:
        Shape (n,).

    Raises:
        MeasurementError: the matrix is not square, not positive definite, or of another size.
    """
    values = np.atleast_1d(np.asarray(vector, dtype=np.float64))
    factor = cholesky(matrix)
    if values.shape != (len(factor),):
        raise MeasurementError(
            f"equations: {len(factor)} rows and values of shape {values.shape} do not match"
        )
    return _substitute(factor, values[:, None])[:, 0]


def inverse(matrix: ArrayLike) -> Floats:
    """Return the inverse of a small symmetric positive definite matrix, shape (n, n), symmetric to the bit.

    Raises:
        MeasurementError: it is not square, or not positive definite.
    """
    factor = cholesky(matrix)
    found = _substitute(factor, np.eye(len(factor)))
    return np.tril(found) + np.tril(found, -1).T


def _substitute(lower: Floats, values: Floats) -> Floats:
    """Return ``x`` of ``L L^T x = values``, values of shape (n, m)."""
    found = values.copy()
    for k in range(len(lower)):
        found[k] /= lower[k, k]
        found[k + 1 :] -= lower[k + 1 :, k, None] * found[k]
    for k in reversed(range(len(lower))):
        found[k] /= lower[k, k]
        found[:k] -= lower[k, :k, None] * found[k]
    return found


def _square(matrix: ArrayLike) -> Floats:
    table = np.atleast_1d(np.array(matrix, dtype=np.float64))
    if table.shape != (len(table), len(table)):
        raise MeasurementError(f"equations of shape {table.shape}: must be square")
    if not np.isfinite(table).all():
        raise MeasurementError("equations: an entry is not a finite number")
    return table


def _numbers(x: float | Floats, name: str) -> Floats:
    values = np.asarray(x, dtype=np.float64)
    if np.isnan(values).any():
        raise MeasurementError(f"{name}: a number is not-a-number")
    return values


def _as_given(values: Floats, given: float | Floats) -> float | Floats:
    return values if isinstance(given, np.ndarray) else float(values)


def _powers(x: Floats, terms: tuple[float, ...]) -> Floats:
    """Return the polynomial with these coefficients, constant first, by Horner's rule."""
    multiply, add = np.multiply, np.add
    highest, *others = _constants(terms)
    value = np.full(x.shape, highest)
    for constant in others:
        multiply(value, x, value)
        add(value, constant, value)
    return value


@lru_cache(maxsize=16)
def _constants(terms: tuple[float, ...]) -> tuple[Floats, ...]:
    """Return coefficients, highest power first, each an array: numpy takes these sooner than numbers."""
    return tuple(np.array(term, dtype=np.float64) for term in reversed(terms))


def _exp_sum(x: Floats, small: Floats) -> Floats:
    """Return exp(x + small), ``small`` far below 1."""
    held = np.minimum(np.maximum(x, _EXP_BOTTOM - 1.0), _EXP_TOP)
    power = np.rint(held * _PER_LN2)
    high = held - power * _LN2_HIGH
    low = small - power * _LN2_LOW
    rest = high + low
    correction = (high - rest) + low
    value = 1.0 + (rest + (correction + rest * rest * _powers(rest, _EXP_TERMS)))
    # Two steps of a power of two each: one step alone would leave the range at both ends.
    half = np.floor(power * 0.5)
    scaled = np.ldexp(np.ldexp(value, half.astype(np.int64)), (power - half).astype(np.int64))
    return np.where(x > _EXP_TOP, np.inf, scaled)


def _erf_near(x: Floats) -> Floats:
    """Return erf(x) by its series, of use below 0.5."""
    held = np.minimum(np.maximum(x, -_ERF_SERIES_BELOW), _ERF_SERIES_BELOW)
    square = held * held
    rest = held * (square * _powers(square, _ERF_TERMS))
    return _TWO_PER_SQRT_PI * (held + rest)


def _erfc_far(x: Floats) -> Floats:
    """Return erfc(x), x at least 0.5; the square is taken in two parts, as its rounding would show."""
    held = np.minimum(x, 28.0)
    raised = held * _SPLIT
    high = raised - (raised - held)
    low = held - high
    square = high * high
    return _exp_sum(-square, -(low * (held + high))) * _scaled(held)


def _scaled(x: Floats) -> Floats:
    held = np.minimum(x, 1e300)
    place = (held - _SCALED_CENTRE) / (held + _SCALED_CENTRE)
    return _powers(place, _SCALED_TERMS) / (1.0 + 2.0 * held)
