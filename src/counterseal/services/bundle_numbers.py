"""Numbers of bundles: which came, which never did, which came twice."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from counterseal.services.ports import Store

Gap = tuple[int, int]
"""First and last of the numbers that are missing in a row."""


def numbers_came(store: Store, sender: str, *, to: str) -> list[int]:
    """Return the number of every bundle that came from ``sender`` and was made for ``to``."""
    return [bundle.sequence for bundle in store.received(sender) if bundle.to == to]


def gaps(came: Iterable[int]) -> tuple[Gap, ...]:
    """Return the first and last number of each gap below the highest number that came.

    The numbers are whatever a sender wrote: gaps are worked out, never counted through.

    >>> gaps([0, 3, 4, 9])
    ((1, 2), (5, 8))
    """
    ordered = sorted({-1, *came})
    return tuple((low + 1, high - 1) for low, high in pairwise(ordered) if high > low + 1)


def repeated(came: Iterable[int]) -> tuple[int, ...]:
    """Return the numbers that came more than once, under different manifests.

    >>> repeated([0, 1, 1, 2])
    (1,)
    """
    return tuple(sorted(number for number, count in Counter(came).items() if count > 1))


def rows_of(numbers: Iterable[int]) -> tuple[Gap, ...]:
    """Return numbers as rows without a hole, each by its first and last.

    >>> rows_of([4, 0, 1, 2])
    ((0, 2), (4, 4))
    """
    rows: list[Gap] = []
    for number in sorted(set(numbers)):
        if rows and rows[-1][1] == number - 1:
            rows[-1] = (rows[-1][0], number)
        else:
            rows.append((number, number))
    return tuple(rows)
