"""How many items of a stratum are false, after each draw, however often one looks and whenever one stops.

An interval of fixed confidence loses it if it is looked at again and again. This one does not: the chance
that it ever leaves out the true number, at any draw, is at most ``alpha``, whatever that number is. It rests
on the ratio of prior to posterior belief at the true number, which cannot grow on average; so the prior makes
the intervals longer or shorter but never takes their guarantee away, and parties need not agree on it.
Auditors of elections work with the same mathematics.

References:
    [WAUDBY-SMITH-2020], section 2: prior-posterior ratio for the hypergeometric model.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount, require_count
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, digest, exactly

Interval = tuple[int, int, int]
ASSUMPTIONS = (
    "Items are drawn at random without replacement, each remaining one with equal chance.",
    "The test of an item does not err.",
    "The number of false items does not change between draws.",
)
_LARGEST = math.log(1e308)
_SLACK = 1e-7
"""By how much a log-likelihood may be off by rounding at 10**6 items: so much is given to the interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceSequence(Sequence[Interval]):
    """An interval for the number of false items after each draw; read like a list of ``(t, lo, hi)``.

    Attributes:
        N: Items in the stratum [items].
        alpha: Chance that any of the intervals leaves out the true number, at most [0 to 1].
        prior: ``(a, b)`` of the beta-binomial prior belief.
        drawn_false: For each draw whether it showed as false.
        intervals: ``(t, lo, hi)`` after draw t: from ``lo`` to ``hi`` items are false in the whole stratum;
            each with what all earlier draws said.
        alone: The same from each draw's own state only; never shorter.
        warnings: What a reader must know before using it, a sentence each.
    """

    N: int
    alpha: float
    prior: tuple[float, float]
    drawn_false: tuple[bool, ...]
    intervals: tuple[Interval, ...]
    alone: tuple[Interval, ...]
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of draws."""
        return len(self.intervals)

    def __getitem__(self, index: Any) -> Any:
        """Return the interval after a draw, or several."""
        return self.intervals[index]

    def __iter__(self) -> Iterator[Interval]:
        """Return the intervals in the order of draws."""
        return iter(self.intervals)

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, by name."""
        return {
            "N": self.N,
            "draws": [int(one) for one in self.drawn_false],
            "alpha": self.alpha,
            "prior": list(self.prior),
        }

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the intervals take for granted, a sentence each."""
        return ASSUMPTIONS

    @property
    def last(self) -> Result:
        """Number of false items after the last draw: the one nearest to what was seen, with its interval."""
        _, low, high = self.intervals[-1] if self.intervals else (0, 0, self.N)
        seen, drawn = sum(self.drawn_false), len(self.drawn_false)
        nearest = seen + round((self.N - drawn) * seen / drawn) if drawn else low
        return Result(
            value=float(min(max(nearest, low), high)),
            lower=float(low),
            upper=float(high),
            kind="estimate",
            method="confidence sequence from the ratio of prior to posterior, sampling without replacement",
            exact=False,
            confidence=1.0 - self.alpha,
            inputs=self.inputs,
            assumptions=ASSUMPTIONS,
            warnings=self.warnings if drawn else ("Nothing was drawn yet: any number is possible.",),
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            **self.inputs,
            "inputs_digest": digest(self.inputs),
            "intervals": [list(one) for one in self.intervals],
            "alone": [list(one) for one in self.alone],
            "last": self.last.document(),
            "assumptions": list(ASSUMPTIONS),
            "warnings": list(self.warnings),
        }


def confidence_sequence(
    N: int, draws: Sequence[bool], alpha: float, prior: tuple[float, float] = (1.0, 1.0)
) -> ConfidenceSequence:
    """Return, after each draw, an interval for the number of false items; all of them hold at once.

    Args:
        N: Items in the stratum [items], 1 to 10**6.
        draws: For each draw without replacement, in its order, whether it showed as false; at most ``N``.
        alpha: Chance that any interval leaves out the true number, at most [0 to 1], above 0, below 1.
        prior: ``(a, b)`` of a beta-binomial belief, both above 0; ``(1, 1)`` for all numbers alike. It should
            be fixed before the first draw.

    Returns:
        A sequence of ``(t, lo, hi)``.

    Raises:
        StatsError: a number is out of its range, or there are more draws than items.

    Examples:
        >>> found = confidence_sequence(100, [False] * 40, 0.05)
        >>> found[9], found[39]
        ((10, 0, 39), (40, 0, 12))
    """
    from counterseal.stats.kernels.sequential_kernel import rule_out

    require_count(N, "confidence sequence, N", least=1)
    drawn = _drawn(N, draws)
    require_level(alpha, "confidence sequence, alpha")
    a, b = _prior(prior)
    limits = math.log(alpha) + _ln_believed(N, drawn, a, b) - _SLACK
    alone, running = np.zeros((drawn.size, 2), dtype=np.int64), np.zeros((drawn.size, 2), dtype=np.int64)
    restarts = rule_out(N, drawn, limits, alone, running)
    return ConfidenceSequence(
        N=N,
        alpha=alpha,
        prior=(a, b),
        drawn_false=tuple(bool(one) for one in drawn),
        intervals=_rows(running),
        alone=_rows(alone),
        warnings=_warnings(restarts, alpha),
    )


def e_value(N: int, draws: Sequence[bool], d: int, prior: tuple[float, float] = (1.0, 1.0)) -> Result:
    """Return the evidence against exactly ``d`` false items: how much a fair bet on other numbers won.

    Whatever the true number is, the chance that this figure, at the true number, ever reaches x is at most
    1/x. Figures from independent strata multiply.

    Args:
        N: Items in the stratum [items], 1 to 10**6.
        draws: For each draw without replacement, in its order, whether it showed as false.
        d: Number of false items that is held against the draws [items], 0 to ``N``.
        prior: ``(a, b)`` of a beta-binomial belief, fixed before the first draw.

    Returns:
        The evidence [1], infinite where the draws rule the number out; ``ln_value`` is its logarithm.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> round(e_value(100, [False] * 40, 10).value or 0.0, 2)
        5.6
    """
    require_count(N, "evidence of draws, N", least=1)
    require_count(d, "evidence of draws, d", most=N)
    drawn = _drawn(N, draws)
    a, b = _prior(prior)
    seen, n = int(drawn.sum()), drawn.size
    ln_value = math.inf
    if seen <= d and n - seen <= N - d:
        orders = special.gammaln([d + 1, N - d + 1]) - special.gammaln([d - seen + 1, N - d - (n - seen) + 1])
        believed = _ln_believed(N, drawn, a, b)[-1] if n else 0.0
        ln_value = float(believed - orders.sum())
    return exactly(
        math.exp(ln_value) if ln_value < _LARGEST else math.inf,
        method="ratio of prior to posterior belief at one number of false items",
        inputs={"N": N, "draws": drawn.tolist(), "d": d, "prior": [a, b]},
        assumptions=ASSUMPTIONS,
        ln_value=ln_value,
        tol=_SLACK,
    )


def _drawn(N: int, draws: Sequence[bool]) -> NDArray[np.int64]:
    for at, one in enumerate(draws):
        if one not in {0, 1}:
            raise StatsError(f"draw {at + 1}: {one!r}, must be true (shown as false) or false")
    if len(draws) > N:
        raise StatsError(f"{len(draws)} draws without replacement from {N} items: must be {N} at most")
    return np.array([int(one) for one in draws], dtype=np.int64)


def _prior(prior: tuple[float, float]) -> tuple[float, float]:
    a, b = prior
    require_amount(a, "prior, a", above=0.0)
    require_amount(b, "prior, b", above=0.0)
    return float(a), float(b)


def _ln_believed(N: int, drawn: NDArray[np.int64], a: float, b: float) -> NDArray[np.float64]:
    """Return the log-chance of the draws under the prior after each, in the kernel's scale."""
    n = np.arange(1, drawn.size + 1, dtype=np.float64)
    seen = np.cumsum(drawn)
    believed = special.betaln(a + seen, b + n - seen) - special.betaln(a, b)
    return np.asarray(believed + special.gammaln(N + 1.0) - special.gammaln(N - n + 1.0), dtype=np.float64)


def _rows(limits: NDArray[np.int64]) -> tuple[Interval, ...]:
    return tuple((t, low, high) for t, (low, high) in enumerate(limits.tolist(), start=1))


def _warnings(restarts: int, alpha: float) -> tuple[str, ...]:
    if not restarts:
        return ()
    return (
        (
            f"Draws contradict earlier ones {restarts} times: a thing of chance {alpha:g} at most if they are"
            " drawn at random; from there on the interval of the latest draws stands."
        ),
    )
