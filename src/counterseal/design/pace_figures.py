"""Figures from runs, each with its exact interval: a chance, a quantile of a time, a change of a chance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.stats.clopper_pearson import clopper_pearson
from counterseal.stats.result import Result, exactly

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What all figures of one question share.

    Attributes:
        inputs: What was asked, by name.
        assumptions: What is taken for granted.
        seed: Master seed.
        n_rep: Runs played.
        scatters: Whether anything is left to chance; else one run is exact.
        confidence: Of the intervals.
        end_d: When a run is given up [days].
    """

    inputs: Mapping[str, Any]
    assumptions: tuple[str, ...]
    seed: int
    n_rep: int
    scatters: bool
    confidence: float
    end_d: float

    def chance(self, count: int, *, what: str, warnings: tuple[str, ...] = ()) -> Result:
        """Return the chance behind a count of runs, with the interval of Clopper and Pearson."""
        share = count / self.n_rep
        ln_share = math.log(share) if count else -math.inf
        inputs = {**self.inputs, "asked": what}
        if not self.scatters:
            return exactly(
                share, method="one run: nothing is left to chance", inputs=inputs,
                assumptions=self.assumptions, warnings=warnings, ln_value=ln_share,
            )  # fmt: skip
        found = clopper_pearson(count, trials=self.n_rep, confidence=Fraction(str(self.confidence)))
        return self._estimate(
            share, (min(found.low, share), max(found.high, share)), what=what, ln_value=ln_share,
            method="share of runs, interval of Clopper and Pearson", warnings=warnings,
        )  # fmt: skip

    def quantile(self, times_d: Reals, chance: float, *, what: str) -> Result:
        """Return the time within which that share of the runs was done, between two of their times [days]."""
        inputs = {**self.inputs, "asked": what, "chance": chance}
        ordered = np.sort(times_d)
        value = float(ordered[math.ceil(chance * len(ordered) - 1e-9) - 1])
        if not self.scatters and math.isfinite(value):
            return exactly(
                value, method="one run: nothing is left to chance", inputs=inputs,
                assumptions=self.assumptions,
            )  # fmt: skip
        low, high = self._between(ordered, chance)
        if math.isfinite(value):
            return self._estimate(
                value, (low, high), what=what, method="order statistics of the runs", chance=chance
            )
        why = f"fewer than {100 * chance:g} % of the runs were done within {self.end_d:g} days"
        return Result(
            value=None, lower=low if math.isfinite(low) else self.end_d, upper=None,
            kind="estimate" if self.scatters else "exact", method="order statistics of the runs",
            exact=not self.scatters, seed=self.seed if self.scatters else None,
            n_rep=self.n_rep if self.scatters else None,
            confidence=self.confidence if self.scatters else None,
            inputs=inputs, assumptions=self.assumptions, warnings=(why,),
        )  # fmt: skip

    def change(self, more: int, fewer: int, *, what: str) -> Result:
        """Return the change of a chance from runs that went over to done, and away from it."""
        value = (more - fewer) / self.n_rep
        if not self.scatters:
            inputs = {**self.inputs, "asked": what}
            return exactly(
                value, method="one run each: nothing is left to chance", inputs=inputs,
                assumptions=self.assumptions,
            )  # fmt: skip
        part = 1 - (1 - Fraction(str(self.confidence))) / 2
        up = clopper_pearson(more, trials=self.n_rep, confidence=part)
        down = clopper_pearson(fewer, trials=self.n_rep, confidence=part)
        return self._estimate(
            value, (min(value, up.low - down.high), max(value, up.high - down.low)), what=what,
            method="runs of the same random numbers that change sides, two intervals of Clopper and Pearson",
        )  # fmt: skip

    def _between(self, ordered: Reals, chance: float) -> tuple[float, float]:
        """Return the two order statistics between which a quantile lies at the confidence."""
        if not self.scatters:
            return float(ordered[0]), float(ordered[-1])
        from scipy.stats import binom

        tail, runs = 0.5 * (1.0 - self.confidence), len(ordered)
        low = int(binom.ppf(tail, runs, chance))
        high = int(binom.ppf(1.0 - tail, runs, chance)) + 1
        return (float(ordered[low - 1]) if low >= 1 else 0.0), (
            float(ordered[high - 1]) if high <= runs else math.inf
        )

    def _estimate(
        self,
        value: float,
        between: tuple[float, float],
        *,
        what: str,
        method: str,
        ln_value: float | None = None,
        warnings: tuple[str, ...] = (),
        **more: Any,
    ) -> Result:
        return Result(
            value=value, lower=between[0], upper=between[1], kind="estimate", method=method, exact=False,
            ln_value=ln_value, seed=self.seed, n_rep=self.n_rep, confidence=self.confidence,
            inputs={**self.inputs, "asked": what, **more}, assumptions=self.assumptions, warnings=warnings,
        )  # fmt: skip
