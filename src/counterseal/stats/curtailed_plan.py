"""Curtailed plans: a fixed sample that stops as soon as its outcome can no longer change.

Of ``n`` items at most ``c`` may show as false. Taken one by one, the test can stop with "reject" at the false
item ``c + 1``, and, if curtailed both ways, with "accept" as soon as so many were clean that the rest cannot
change it. The chances of the two ends are those of the fixed sample, to the last digit; only work is saved.
So this is the sequential form for a quota that a treaty fixes.

References:
    Any textbook of acceptance sampling; the numbers of items follow the negative binomial distribution
    (share) and the negative hypergeometric one (stratum of known size).
"""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.items import require_chance, require_count
from counterseal.stats.result import digest
from counterseal.stats.sequential_plan import ASSUMPTIONS, OperatingPoint, point_of

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CurtailedPlan:
    """A fixed sample with an acceptance number, looked at item by item.

    Attributes:
        n: Most items looked at [items], 1 to 10**6.
        c: Most of them that may show as false [items], 0 to ``n - 1``.
        both_ways: Whether it also stops as soon as "accept" is certain; else it looks at all ``n`` unless it
            rejects.
    """

    n: int
    c: int
    both_ways: bool = True

    def __post_init__(self) -> None:
        """Refuse no items, and a number of false ones that cannot be exceeded."""
        require_count(self.n, "curtailed plan, n", least=1)
        require_count(self.c, "curtailed plan, c", most=self.n - 1)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, by name."""
        return {"n": self.n, "c": self.c, "both_ways": self.both_ways}

    def operating_point(self, p: float) -> OperatingPoint:
        """Return chances and numbers of items where each item shows as false with one and the same chance.

        Args:
            p: Chance that an item shows as false, test errors in it [0 to 1].

        Raises:
            StatsError: it is no chance.
        """
        require_chance(p, "curtailed plan, p")
        items = np.arange(1, self.n + 1, dtype=np.float64)
        false, true = float(self.c + 1), float(self.n - self.c)
        reject = _ln_choose(items - 1, false - 1) + _xlog(false, p) + _xlog1mp(items - false, p)
        accept = _ln_choose(items - 1, true - 1) + _xlog1mp(true, p) + _xlog(items - true, p)
        if not self.both_ways:
            accept = np.full(self.n, -np.inf)
            accept[-1] = special.logsumexp(
                _ln_choose(float(self.n), (few := np.arange(self.c + 1.0)))
                + _xlog(few, p)
                + _xlog1mp(self.n - few, p)
            )
        return self._point(
            float(p), (accept, reject), inputs={**self.inputs, "p": float(p)}, assumptions=ASSUMPTIONS
        )

    def operating_point_of_stratum(self, N: int, d: int) -> OperatingPoint:
        """Return chances and numbers of items where so many of a stratum are false and tests do not err.

        Args:
            N: Items in the stratum [items], at least ``n``.
            d: How many of them are false [items], 0 to ``N``.

        Raises:
            StatsError: a number is out of its range.
        """
        require_count(N, "curtailed plan, N", least=self.n)
        require_count(d, "curtailed plan, d", most=N)
        items = np.arange(1, self.n + 1, dtype=np.float64)
        false, true = float(self.c + 1), float(self.n - self.c)
        reject = _ln_nth(items, false, float(d), float(N))
        accept = _ln_nth(items, true, float(N - d), float(N))
        if not self.both_ways:
            few = np.arange(self.c + 1.0)
            accept = np.full(self.n, -np.inf)
            accept[-1] = special.logsumexp(
                _ln_choose(float(d), few)
                + _ln_choose(float(N - d), self.n - few)
                - _ln_choose(float(N), np.array(float(self.n)))
            )
        return self._point(
            None,
            (accept, reject),
            inputs={**self.inputs, "N": N, "d": d},
            assumptions=(
                "Items are drawn at random from the stratum, one by one, and not put back.",
                "The test of an item does not err.",
            ),
        )

    def _point(
        self,
        p: float | None,
        ln_stops: tuple[Numbers, Numbers],
        *,
        inputs: dict[str, Any],
        assumptions: tuple[str, ...],
    ) -> OperatingPoint:
        accept, reject = ln_stops
        return point_of(
            p=p,
            items=np.arange(1, self.n + 1),
            ends=(np.exp(accept), np.exp(reject)),
            ln_ends=(float(special.logsumexp(accept)), float(special.logsumexp(reject))),
            method="curtailed sample, exact: place of the deciding item in the order of draws",
            inputs=inputs,
            assumptions=assumptions,
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {**self.inputs, "inputs_digest": digest(self.inputs)}


def curtailed(n: int, c: int, *, both_ways: bool = True) -> CurtailedPlan:
    """Return a fixed sample of ``n`` items, at most ``c`` of them false, that stops when it is decided.

    Args:
        n: Most items looked at [items], 1 to 10**6.
        c: Most of them that may show as false [items], 0 to ``n - 1``.
        both_ways: Whether it also stops as soon as "accept" is certain.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> point = curtailed(52, 2).operating_point(0.10)
        >>> f"{point.accept.value:.4f} {point.expected_number.value:.1f}"
        '0.0966 28.7'
    """
    return CurtailedPlan(n=n, c=c, both_ways=both_ways)


def _ln_choose(n: Numbers | float, k: Numbers | float) -> Numbers:
    """Return the logarithm of the number of ways to choose; ``-inf`` where there is none."""
    n, k = np.broadcast_arrays(np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64))
    possible = (k >= 0.0) & (k <= n)
    low = np.where(possible, k, 0.0)
    size = special.gammaln(n + 1.0) - special.gammaln(low + 1.0) - special.gammaln(n - low + 1.0)
    return cast("Numbers", np.where(possible, size, -np.inf))


def _xlog(times: Numbers | float, p: float) -> Numbers:
    """Return the logarithm of ``p ** times``, also for no times and ``p`` of 0."""
    return np.asarray(special.xlogy(np.maximum(times, 0.0), p), dtype=np.float64)


def _xlog1mp(times: Numbers | float, p: float) -> Numbers:
    """Return the logarithm of ``(1 - p) ** times``, also for no times and ``p`` of 1."""
    return np.asarray(special.xlog1py(np.maximum(times, 0.0), -p), dtype=np.float64)


def _ln_nth(items: Numbers, wanted: float, of_kind: float, population: float) -> Numbers:
    """Return the log-chances that the wanted item of a kind comes at each draw without replacement."""
    before = _ln_choose(items - 1.0, wanted - 1.0)
    after = _ln_choose(population - items, of_kind - wanted)
    return before + after - _ln_choose(population, of_kind)
