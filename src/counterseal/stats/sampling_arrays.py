"""The same chances and samples for many cases at once: surfaces, sweeps and games."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS
from counterseal.stats.sampling_ties import smallest_sample_surely

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]


def nondetection_array(N: ArrayLike, d: ArrayLike, n: ArrayLike, q: ArrayLike = 1.0) -> tuple[Reals, Reals]:
    """Return the chances that samples show none of the false items, and their logarithms.

    Args:
        N: Items in the stratum, whole numbers from 1 to 10**6.
        d: Items of them that are false, 0 to N.
        n: Items drawn, 0 to N.
        q: Chance that the test shows a false item that was drawn [0 to 1].

    Returns:
        Both of the **shape** to which the four broadcast; the logarithm holds where the chance is too small.

    Raises:
        StatsError: the shapes do not fit, or a number is none or out of its range.

    Examples:
        >>> chances, _ = nondetection_array(100, 5, [0, 10, 45])
        >>> [f"{chance:.4f}" for chance in chances]
        ['1.0000', '0.5838', '0.0462']
    """
    from counterseal.stats.kernels.sampling_kernel import none_seen_many

    shape, (items, false, drawn, shown) = _together(N=N, d=d, n=n, q=q)
    value, ln_value = np.empty(items.size), np.empty(items.size)
    none_seen_many(items, false, drawn, shown, value, ln_value)
    return value.reshape(shape), ln_value.reshape(shape)


def plan_size_array(N: ArrayLike, d: ArrayLike, beta_max: ArrayLike, q: ArrayLike = 1.0) -> Wholes:
    """Return the smallest samples that leave at most given chances that nothing is shown; -1 where none does.

    Args:
        N: Items in the stratum, whole numbers from 1 to 10**6.
        d: Items of them that are false, 0 to N.
        beta_max: Largest chance that nothing is seen [0 to 1].
        q: Chance that the test shows a false item that was drawn [0 to 1].

    Returns:
        Samples [items], of the **shape** to which the four broadcast; -1 where none reaches it.

    Raises:
        StatsError: the shapes do not fit, or a number is none or out of its range.

    Examples:
        >>> plan_size_array(500, 5, 0.05, [1.0, 0.8, 0.5, 0.4]).tolist()
        [225, 281, 451, -1]
    """
    from counterseal.stats.kernels.sampling_kernel import smallest_sample_many

    shape, (items, false, goal, shown) = _together(N=N, d=d, beta_max=beta_max, q=q)
    sample, close = np.empty(items.size, np.int64), np.empty(items.size, np.bool_)
    smallest_sample_many(items, false, goal, shown, sample, close)
    for i in np.flatnonzero(close):
        sample[i] = smallest_sample_surely(
            int(items[i]), int(false[i]), float(goal[i]), float(shown[i]), near=int(sample[i])
        )
    return sample.reshape(shape)


def _together(**given: ArrayLike) -> tuple[tuple[int, ...], list[NDArray[Any]]]:
    """Return the common shape and the flat columns, checked."""
    columns = {name: _column(name, values) for name, values in given.items()}
    try:
        shape = np.broadcast_shapes(*(column.shape for column in columns.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {column.shape}" for name, column in columns.items())
        raise StatsError(f"arrays of {shapes}: must broadcast to one shape") from None
    for name, column in columns.items():
        if name != "N" and column.dtype.kind == "i":
            _require(name, column, (column >= 0) & (column <= columns["N"]), "from 0 to N")
    return shape, [
        np.ascontiguousarray(np.broadcast_to(column, shape)).ravel() for column in columns.values()
    ]


def _column(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return whole numbers for N, d and n, chances for the rest."""
    found = np.asarray(values)
    if name in {"N", "d", "n"}:
        if found.dtype.kind not in "iu":
            raise StatsError(f"array {name}: of {found.dtype}, must be whole numbers")
        if name == "N":
            _require(name, found, (found >= 1) & (found <= MAX_ITEMS), f"from 1 to {MAX_ITEMS}")
        return found.astype(np.int64)
    if found.dtype.kind not in "iuf":
        raise StatsError(f"array {name}: of {found.dtype}, must be numbers")
    _require(name, found, (found >= 0) & (found <= 1), "a chance from 0 to 1")
    return found.astype(np.float64)


def _require(name: str, values: NDArray[Any], good: NDArray[np.bool_], rule: str) -> None:
    if not np.all(good):
        first = np.flatnonzero(~np.ravel(good))[0]
        found = np.ravel(np.broadcast_to(values, good.shape))[first]
        raise StatsError(f"array {name}, number {first + 1}: {found}, must be {rule}")
