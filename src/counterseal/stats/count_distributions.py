"""Counts as a test sees them: of a source in a given time, or of so many trials."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount, require_chance, require_count

Numbers = NDArray[np.float64]
_WIDE = 40.0
"""How far from the mean counts are followed [standard deviations]."""
_LARGEST_MEAN = 1e9
_SMALL, _TERMS = 1e-290, 1000
"""Below this the logarithm of a chance is summed up from so many terms and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoissonCounts:
    """A number of counts in a given time.

    Attributes:
        mean: Mean number [counts], 0 to 1e9.
    """

    mean: float

    def __post_init__(self) -> None:
        """Refuse what is no mean of counts."""
        require_amount(self.mean, "Poisson counts, mean")
        if self.mean > _LARGEST_MEAN:
            raise StatsError(f"Poisson counts, mean: {self.mean}, must be at most {_LARGEST_MEAN:g}")

    def at_least(self, counts: Numbers) -> Numbers:
        """Return the chances of so many counts or more; whole numbers, 0 or more."""
        return np.where(counts > 0, special.gammainc(np.maximum(counts, 1), self.mean), 1.0)

    def ln_at_least(self, counts: int) -> float:
        """Return the logarithm of the chance of so many counts or more, however small it is."""
        chance = float(self.at_least(np.array([float(counts)]))[0])
        if chance > _SMALL or self.mean == 0.0:
            return math.log(chance) if chance > 0.0 else -math.inf
        terms = counts + np.arange(_TERMS + math.ceil(_WIDE * math.sqrt(self.mean)))
        return float(
            special.logsumexp(special.xlogy(terms, self.mean) - self.mean - special.gammaln(terms + 1))
        )

    def span(self) -> tuple[int, int]:
        """Return the counts between which all but nothing lies."""
        width = _WIDE * math.sqrt(self.mean + 1.0) + _WIDE
        return max(0, math.floor(self.mean - width)), math.ceil(self.mean + width)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "poisson", "mean": self.mean}


@dataclass(frozen=True, slots=True, kw_only=True)
class BinomialCounts:
    """How many of so many trials went one way.

    Attributes:
        n: Number of trials, 1 to 10**6.
        p: Chance of each [0 to 1].
    """

    n: int
    p: float

    def __post_init__(self) -> None:
        """Refuse no trials, and what is no chance."""
        require_count(self.n, "binomial counts, n", least=1)
        require_chance(self.p, "binomial counts, p")

    def at_least(self, counts: Numbers) -> Numbers:
        """Return the chances of so many or more; whole numbers, 0 or more."""
        inside = np.clip(counts, 1, self.n)
        tail = special.betainc(inside, self.n - inside + 1, self.p)
        return np.where(counts <= 0, 1.0, np.where(counts > self.n, 0.0, tail))

    def ln_at_least(self, counts: int) -> float:
        """Return the logarithm of the chance of so many or more, however small it is."""
        chance = float(self.at_least(np.array([float(counts)]))[0])
        if chance > _SMALL or self.p == 0.0 or counts > self.n:
            return math.log(chance) if chance > 0.0 else -math.inf
        terms = np.arange(counts, self.n + 1, dtype=np.float64)
        ways = special.gammaln(self.n + 1) - special.gammaln(terms + 1) - special.gammaln(self.n - terms + 1)
        ln_terms = ways + special.xlogy(terms, self.p) + special.xlog1py(self.n - terms, -self.p)
        return float(special.logsumexp(ln_terms))

    def span(self) -> tuple[int, int]:
        """Return the counts between which all lies."""
        return 0, self.n + 1

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"shape": "binomial", "n": self.n, "p": self.p}
