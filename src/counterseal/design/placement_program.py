"""Placing false items over strata: a dynamic program with a bound that no placement passes.

It keeps, for each number of items placed so far, the partial placements that no other beats in every state,
and drops what cannot become the best any more. Where it must drop more than that, what was dropped stays in
the bound.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.plan_options import Reals

WIDTH = 64
"""Partial placements kept for each number of items."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """The best placement found, and what none of them passes.

    Attributes:
        counts: False items in each stratum [items].
        ln_value: Logarithm of its chance to stay unseen, as the bound counts it.
        ln_bound: No placement has more.
    """

    counts: tuple[int, ...]
    ln_value: float
    ln_bound: float


def best_placement(gains: Sequence[Reals], ln_weights: Reals, number: int, *, width: int = WIDTH) -> Placed:
    """Return the placement that is most likely to stay unseen.

    Args:
        gains: For each stratum, the logarithm of the chance of staying unseen there with 0, 1, … false items,
            **shape** (numbers, states).
        ln_weights: Logarithms of the chances of the states, **shape** (states,).
        number: False items to place.
        width: Partial placements kept for each number of items.

    Raises:
        DesignError: the strata have fewer items.

    Examples:
        >>> two = [np.log([[1.0], [0.5], [0.1]]), np.log([[1.0], [0.6], [0.5]])]
        >>> best_placement(two, np.zeros(1), 2).counts
        (0, 2)
    """
    if sum(len(one) - 1 for one in gains) < number:
        raise DesignError(f"{number} false items to place, the strata have fewer")
    return _Placing(gains, ln_weights, number, width).best()


@dataclass(slots=True)
class _Placing:
    gains: Sequence[Reals]
    ln_weights: Reals
    number: int
    width: int
    rest: list[Reals] = field(init=False)
    dropped: float = field(init=False, default=-math.inf)

    def __post_init__(self) -> None:
        """Work out, from the last stratum back, the most that each state leaves for each number left."""
        states = len(self.ln_weights)
        last = np.full((self.number + 1, states), -np.inf)
        last[0] = 0.0
        rest = [last]
        for gain in reversed(self.gains):
            rest.append(_joined(rest[-1], gain))
        self.rest = rest[::-1]

    def best(self) -> Placed:
        telling = [
            state for state in range(len(self.ln_weights)) if any(one[:, state].any() for one in self.gains)
        ]
        return self._alone(telling[0] if telling else 0) if len(telling) <= 1 else self._beam()

    def _alone(self, state: int) -> Placed:
        """Return the best where one state tells placements apart: what is best in it is best in all."""
        left, counts = self.number, []
        for gain, rest in zip(self.gains, self.rest[1:], strict=True):
            most = min(len(gain) - 1, left)
            ways = gain[: most + 1, state] + rest[left - most : left + 1, state][::-1]
            counts.append(int(np.argmax(ways)))
            left -= counts[-1]
        value = float(_totals((self.ln_weights + self.rest[0][self.number])[None])[0])
        return Placed(counts=tuple(counts), ln_value=min(0.0, value), ln_bound=min(0.0, value))

    def _beam(self) -> Placed:
        values, counts = np.zeros((1, len(self.ln_weights))), np.zeros((1, 0), dtype=np.int64)
        for place, gain in enumerate(self.gains):
            values, counts = self._step(values, counts, gain, self.rest[place + 1])
        totals = _totals(self.ln_weights + values)
        first = int(np.argmax(totals))
        value = float(totals[first])
        return Placed(
            counts=tuple(counts[first].tolist()), ln_value=value, ln_bound=min(0.0, max(value, self.dropped))
        )

    def _step(self, values: Reals, counts: np.ndarray, gain: Reals, rest: Reals) -> tuple[Reals, np.ndarray]:
        """Place 0, 1, … items in one more stratum, and keep the best partial placements of each number."""
        more = np.arange(len(gain))
        placed = counts.sum(axis=1)[:, None] + more
        row, number = np.nonzero(placed <= self.number)
        found = values[row] + gain[number]
        left = self.number - placed[row, number]
        hoped = _totals(self.ln_weights + found + rest[left])
        keep = self._kept(left, hoped)
        self.dropped = max(self.dropped, float(np.max(np.delete(hoped, keep), initial=-np.inf)))
        return found[keep], np.column_stack((counts[row[keep]], number[keep]))

    def _kept(self, left: np.ndarray, hoped: Reals) -> np.ndarray:
        order = np.lexsort((-hoped, left))
        order = order[hoped[order] > -np.inf]
        first = np.searchsorted(left[order], left[order], side="left")
        return np.asarray(order[np.arange(len(order)) - first < self.width])


def _joined(rest: Reals, gain: Reals) -> Reals:
    """Return, for each number, the most over how many of them are in one more stratum, state by state."""
    number = len(rest) - 1
    found = rest + gain[0]
    for count in range(1, min(len(gain) - 1, number) + 1):
        np.maximum(found[count:], rest[: number + 1 - count] + gain[count], out=found[count:])
    return np.asarray(found, dtype=np.float64)


def _totals(terms: Reals) -> Reals:
    """Return the logarithms of sums over states, **shape** (rows,)."""
    largest = terms.max(axis=1, initial=-np.inf)
    safe = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        found: Reals = safe + np.log(np.exp(terms - safe[:, None]).sum(axis=1))
    return found
