"""Looking for strategies that nobody listed: the host's best placements against a plan or a mix of plans."""

from collections.abc import Sequence

import numpy as np

from counterseal.design.one_hot import Answer, OneHot, at_shares
from counterseal.design.placement_program import Placed
from counterseal.design.placements import Placements, PlacementTables
from counterseal.design.plan_options import Reals
from counterseal.design.plan_tables import StrategyTable, TableBuilder
from counterseal.design.strategy import Strategy


class PlacementSearch:
    """The search over placements, and what it has found so far."""

    def __init__(self, build: TableBuilder, families: Sequence[Placements]) -> None:
        """Make the tables of every family.

        Args:
            build: Makes tables of strategies.
            families: Placements to search, at least one.
        """
        self.build = build
        self.families = tuple(PlacementTables(build, one) for one in families)
        self.strategies: dict[str, Strategy] = {}
        self.starts = np.cumsum((0, *(len(one.options) for one in build.places)), dtype=np.int64)
        self._shape = OneHot(options=tuple(len(one.options) for one in build.places), tables=())

    @property
    def covers(self) -> tuple[str, ...]:
        """What the search covers, a sentence each."""
        return tuple(one.family.covers(one.number) for one in self.families)

    def __call__(self, shares: Reals, level: float) -> Answer:
        """Return placements that pass a level against shares of options, and what none passes."""
        return self._answer([one.best(shares, self.starts) for one in self.families], [(shares, 1.0)], level)

    def against(self, mix: Sequence[tuple[Reals, float]], level: float) -> Answer:
        """Return the same against plans of which one is drawn by lot: ``(shares, chance)`` of each."""
        placed = [one.best_against_mix(mix, self.starts) for one in self.families]
        return self._answer(placed, mix, level)

    def _answer(self, placed: list[Placed], mix: Sequence[tuple[Reals, float]], level: float) -> Answer:
        found: list[StrategyTable] = []
        for one, best in zip(self.families, placed, strict=True):
            if best.ln_bound <= level:
                continue
            strategy = one.family.strategy(best.counts)
            table = self.build.table(strategy)
            unseen = sum(
                chance * float(np.exp(at_shares(self._shape, table, shares)[0])) for shares, chance in mix
            )
            if unseen > 0.0 and np.log(unseen) > level:
                self.strategies[strategy.name] = strategy
                found.append(table)
        return Answer(tables=tuple(found), ln_bound=max(one.ln_bound for one in placed))
