"""Power against runs of a regime played from its words alone: draws, lots, failures, years, second looks."""

import math
from typing import Any

import numpy as np
import pytest

from counterseal.design.regime import Check, Monitor, Regime, Resolution, Visit
from counterseal.design.regime_power import strategy_power
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.items import ItemTest, Stratum

RUNS = 100_000
KNOWN = ItemTest(name="known", detect_p=0.45, common_mode_p=0.1)
LEARNT = ItemTest(name="learnt", detect_beta=(0.5, 2.0), common_mode_p=0.05)
WATCH = Monitor(name="watch", sites=("p0", "p1"), detect_p=0.05, rate_per_y=0.06, common_mode_p=0.3)


def _check(stratum: str, *with_: str, n_items: int, accept: int = 0) -> Check:
    return Check(stratum=stratum, with_=with_, n_items=n_items, accept=accept)


VISITS = (
    ("A", "p0", 1.0, (_check("s0", "known", n_items=4),)),
    ("A", "p1", 2.5, (_check("s1", "learnt", n_items=5), _check("s2", "known", n_items=9, accept=1))),
    ("B", "p1", 1.0, (_check("s1", "known", "learnt", n_items=3), _check("s2", "known", n_items=2))),
    ("B", "p2", 1.0, (_check("s3", "known", n_items=3),)),
)
PLACED = Strategy(
    name="placed",
    parts=(Part(stratum="s0", n_items=2), Part(stratum="s1", n_items=1), Part(stratum="s2", n_items=4)),
)


def _regime(**more: Any) -> Regime:
    sizes = {"s0": 30, "s1": 12, "s2": 25, "s3": 10}
    return Regime(
        strata=tuple(Stratum(name=name, n_items=size) for name, size in sizes.items()),
        site_of={"s0": "p0", "s1": "p1", "s2": "p1", "s3": "p2"},
        tests=(KNOWN, LEARNT),
        visits=tuple(
            Visit(site=site, kind=kind, fixed_cost_pd=1.0, max_per_year=9, weight=weight, checks=checks)
            for kind, site, weight, checks in VISITS
        ),
        quota_per_year={"A": 3, "B": 1},
        **more,
    )


class _Played:
    """Runs of a regime, all at once: what fails and what power is, is one for all years of a run."""

    def __init__(self, regime: Regime, seed: int) -> None:
        self.random = np.random.Generator(np.random.Philox(seed))
        self.regime, self.seen = regime, np.zeros(RUNS, dtype=bool)
        works = {one.name: self.random.random(RUNS) >= one.common_mode_p for one in (KNOWN, LEARNT, WATCH)}
        self.power = {
            "known": 0.45 * works["known"],
            "learnt": self.random.beta(0.5, 2.0, RUNS) * works["learnt"],
        }
        self.works = works["watch"]
        self.kept = 1.0 if regime.resolution is None else regime.resolution.kept_p

    def begin(self) -> None:
        if self.regime.monitors:
            self.seen |= self.works & (self.random.random(RUNS) < WATCH.detect_p * self.kept)

    def year(self) -> None:
        if self.regime.monitors:
            shown = self.random.poisson(WATCH.rate_per_y, RUNS)
            self.seen |= self.works & (self.random.binomial(shown, self.kept) > 0)
        for kind, number in self.regime.quota_per_year.items():
            visits = [one for one in self.regime.visits if one.kind == kind]
            shares = np.array([one.weight for one in visits])
            for visit, times in zip(visits, self._spread(number, shares / shares.sum()), strict=True):
                for turn in range(int(times.max())):
                    self._visit(visit, np.flatnonzero(times > turn))

    def _spread(self, number: int, shares: Any) -> Any:
        """Return how often each site is visited in each run, shape (sites, runs)."""
        if self.regime.timing == "poisson":
            return np.array([self.random.poisson(number * share, RUNS) for share in shares])
        if self.regime.allotment == "independent":
            return self.random.multinomial(number, shares, RUNS).T
        ends = np.concatenate(([0.0], np.cumsum(shares * number)))
        passed = np.floor(ends[:, None] + self.random.random(RUNS)[None, :] + 1e-12)
        return np.diff(passed, axis=0)

    def _visit(self, visit: Visit, runs: Any) -> None:
        alarm = np.zeros(runs.size, dtype=bool)
        for check in visit.checks:
            false = next((one.n_items or 0 for one in PLACED.parts if one.stratum == check.stratum), 0)
            size = self.regime.stratum(check.stratum).n_items
            drawn = self.random.hypergeometric(false, size - false, check.n_items, runs.size)
            missed = np.prod([1.0 - self.power[name][runs] for name in check.with_], axis=0)
            alarm |= self.random.binomial(drawn, 1.0 - missed) > check.accept
        self.seen[runs] |= alarm & (self.random.random(runs.size) < self.kept)


CASES: dict[str, dict[str, Any]] = {
    "each visit by its lot": {},
    "one lot a year": {"allotment": "systematic", "monitors": (WATCH,)},
    "at their rate": {"timing": "poisson", "monitors": (WATCH,)},
    "a second look": {"resolution": Resolution(resolved_p=0.9, kept_p=0.6), "monitors": (WATCH,)},
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_runs_agree_with_the_formula_over_years(case: str) -> None:
    regime = _regime(**CASES[case])
    told = strategy_power(regime, PLACED, horizon_years=3)
    played = _Played(regime, sorted(CASES).index(case))
    played.begin()
    for year, result in ((1, told.per_year), (2, None), (3, told.life)):
        played.year()
        if result is not None:
            p = result.value or 0.0
            assert abs(played.seen.mean() - p) < 4 * math.sqrt(p * (1 - p) / RUNS), year
