"""Integrals of chances of staying unseen, which may fall steeply at either end of a year."""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]

_NODES = 16
_GENTLE = 8.0
"""An exponential that falls by so much is integrated by so many nodes to a few units of the last place."""


def integral(function: Callable[[Reals], Reals], cuts: Iterable[float], *, steepness: float) -> Reals:
    """Return the integrals of functions over pieces; in each they are smooth, but may be steep at an end.

    Each piece is cut again, finer towards both of its ends, and each cut has 16 nodes of Gauss and Legendre.

    Args:
        function: Takes places, shape (places,), and returns values, shape (functions, places).
        cuts: Ends of the pieces; those that coincide are harmless.
        steepness: About how fast the functions fall, at most [1/unit of the places].

    Returns:
        One integral a function; shape (functions,).

    Examples:
        >>> found = integral(lambda x: np.exp(-300.0 * x)[None, :], [0.0, 1.0], steepness=300.0)
        >>> abs(float(found[0]) * 300.0 - 1.0) < 1e-14
        True
    """
    ends = np.unique(np.fromiter(cuts, np.float64))
    low, length = ends[:-1, None], np.diff(ends)[:, None]
    longest = float(length.max()) if len(length) else 0.0
    places, weights = _nodes(max(0, math.ceil(math.log2(max(1.0, steepness * longest / _GENTLE)))))
    return function((low + length * places).ravel()) @ (length * weights).ravel()


def _nodes(grades: int) -> tuple[Reals, Reals]:
    """Return nodes and weights on 0 to 1, finer towards both ends by halves, so many times."""
    half = [0.0, *(0.5 ** (grades - grade + 1) for grade in range(grades + 1))] if grades else [0.0, 1.0]
    cuts = np.array([*half, *(1.0 - one for one in reversed(half[:-1]))]) if grades else np.array(half)
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    low, length = cuts[:-1, None], np.diff(cuts)[:, None]
    return (low + length * (places + 1.0) / 2.0).ravel(), (length * weights / 2.0).ravel()
