"""A host that may place a given number of false items as it likes: its best answer to a plan, or to a mix.

``Placements`` stands for every way to spread a number of false items, of one kind of falseness, over given
strata. The best one is found by a dynamic program over the strata (``placement_program.py``). Monitors that
watch several of them, and visits that no place chooses, come in beside it (``placement_shared.py``); for
visits sent by lot over several sites the bound holds, and may be less sharp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.exposure import Exposure, ln_unseen_by_monitors
from counterseal.design.one_hot import OneHot, at_shares
from counterseal.design.placement_program import WIDTH, Placed, best_placement
from counterseal.design.placement_shared import Lot, Watch, best_shared, fixed_visits
from counterseal.design.plan_options import Reals, monitor_of
from counterseal.design.plan_tables import LN_FLOOR, StrategyTable, TableBuilder
from counterseal.design.regime import Monitor
from counterseal.design.strategy import Part, Start, Strategy
from counterseal.stats.items import require_amount, require_count

MOST_PLACED = 2_000
"""Most items that a search places."""
_ALMOST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Placements:
    """Every way to spread false items over strata.

    Attributes:
        name: How strategies found among them are named: ``name: 3 in a, 2 in b``.
        strata: Names of the strata, at least one.
        n_items: False items in all [items]; None where an amount is given.
        amount_kg: Amount taken in all [kg], where all strata hold the same in an item; else None.
        defect_fraction: Share of an item that is missing from each false item, above 0, at most 1.
        start: When it begins.
    """

    name: str
    strata: tuple[str, ...]
    n_items: int | None = None
    amount_kg: float | None = None
    defect_fraction: float = 1.0
    start: Start = "free"

    def __post_init__(self) -> None:
        """Refuse no strata, strata twice, neither or both of number and amount."""
        where = f"placements {self.name}"
        if not self.strata or len(set(self.strata)) != len(self.strata):
            raise DesignError(f"{where}, strata: must be at least one, each once")
        if (self.n_items is None) == (self.amount_kg is None):
            raise DesignError(f"{where}: give one of n_items and amount_kg")
        if self.n_items is not None:
            require_count(self.n_items, f"{where}, n_items", least=1, most=MOST_PLACED)
        if self.amount_kg is not None:
            require_amount(self.amount_kg, f"{where}, amount_kg", above=0.0)
        require_amount(self.defect_fraction, f"{where}, defect_fraction", above=0.0)
        if self.defect_fraction > 1.0:
            raise DesignError(f"{where}, defect_fraction: {self.defect_fraction}, must not be above 1")

    def strategy(self, counts: Sequence[int]) -> Strategy:
        """Return one of them.

        Args:
            counts: False items in each stratum [items].
        """
        placed = [(name, int(count)) for name, count in zip(self.strata, counts, strict=True) if count]
        told = ", ".join(f"{count} in {name}" for name, count in placed)
        parts = tuple(
            Part(stratum=name, n_items=count, defect_fraction=self.defect_fraction) for name, count in placed
        )
        return Strategy(name=f"{self.name}: {told}", parts=parts, start=self.start)

    def covers(self, number: int) -> str:
        """Return the set in words.

        Args:
            number: False items in all.
        """
        size = "whole items" if self.defect_fraction >= 1.0 else f"items short of {self.defect_fraction:g}"
        return f"every way to place {number} false items ({size}) over {', '.join(self.strata)}"


class PlacementTables:
    """What each option does to each number of false items in each stratum of ``Placements``."""

    def __init__(self, build: TableBuilder, family: Placements) -> None:
        """Work the tables out.

        Args:
            build: Has the regime and its options.
            family: The placements.

        Raises:
            DesignError: a stratum that is not described, more items than there are, an amount over items of
                different contents, or a regime in which chances of strata at one site do not multiply.
        """
        self.build, self.family = build, family
        regime = build.options.regime
        strata = [regime.stratum(name) for name in family.strata]
        self.number = _number(family, [one.content_kg for one in strata])
        if self.number > sum(one.n_items for one in strata):
            raise DesignError(
                f"placements {family.name}: {self.number} false items, the strata have "
                f"{sum(one.n_items for one in strata)}"
            )
        self._require_products()
        self.most = [min(self.number, one.n_items) for one in strata]
        widest = Strategy(
            name=family.name,
            parts=tuple(
                Part(stratum=one.name, n_items=1, defect_fraction=family.defect_fraction) for one in strata
            ),
        )
        self.states = build.states(widest)
        self.ln_chances = np.log([state.chance for state in self.states])
        self.tables = [self._stratum(name, most) for name, most in zip(family.strata, self.most, strict=True)]
        self.alone = [
            self._monitored(name, tuple(one for one in build.fixed.monitors if self._watched(one, name)))
            for name in family.strata
        ]
        self.visits = fixed_visits(build, family.strata, self.most, family.defect_fraction, self.states)
        self._shape = OneHot(options=tuple(len(one.options) for one in build.places), tables=())
        self._found: dict[tuple[int, ...], StrategyTable] = {}

    def _require_products(self) -> None:
        """Refuse a regime in which chances of two strata at one site do not multiply over a year."""
        regime = self.build.options.regime
        plain = regime.timing != "poisson" and (regime.resolution is None or regime.resolution.kept_p >= 1.0)
        sites = [regime.site_of[name] for name in self.family.strata]
        twice = next((site for site in sites if sites.count(site) > 1), None)
        if not plain and twice is not None:
            raise DesignError(
                f"placements {self.family.name}: several strata at {twice}; with visits without memory, or a "
                "second look that drops true alarms, a search over placements takes one stratum a site"
            )

    def _stratum(self, name: str, most: int) -> list[tuple[int, Reals]]:
        """Return ``(place, logarithms)`` for one stratum, **shape** (options, numbers, states)."""
        found = []
        for place, one in enumerate(self.build.places):
            choices = [row for row, choice in enumerate(one.place.checks) if choice.stratum == name]
            if choices:
                found.append((place, self._by_options(place, choices, most)))
            if one.place.monitor is not None:
                monitor = monitor_of(self.build.options.regime, one.place)
                if self._watched(monitor, name):
                    table = np.zeros((2, most + 1, len(self.states)))
                    table[1, 1:] = self._monitored(name, (monitor,))
                    found.append((place, table))
        return found

    def _by_options(self, place: int, choices: list[int], most: int) -> Reals:
        options = self.build.places[place].options
        unseen = np.zeros((len(options), most + 1, len(self.states)))
        numbers = np.arange(most + 1)[None, :, None]
        for row in choices:
            choice = self.build.places[place].place.checks[row]
            powers = self.build.powers(choice.with_, self.family.defect_fraction, self.states)
            drawn = np.array([option.items[row] for option in options])[:, None, None]
            unseen += self.build.by_check(choice.stratum, numbers, drawn, powers)
        return np.maximum(self.build.over_year(place, unseen), LN_FLOOR)

    def _watched(self, monitor: Monitor, name: str) -> bool:
        """Tell whether a monitor watches this stratum and no other of them."""
        at = self.build.options.regime.site_of
        return [one for one in self.family.strata if at[one] in monitor.sites] == [name]

    def _monitored(self, name: str, monitors: tuple[Monitor, ...]) -> Reals:
        """Return what these monitors leave unseen of one stratum in a year, **shape** (states,)."""
        strategy = Strategy(name=name, parts=(Part(stratum=name, n_items=1),))
        exposure = Exposure(regime=replace(self.build.fixed, monitors=monitors), strategy=strategy)
        found = [ln_unseen_by_monitors(exposure, state, years=1.0) for state in self.states]
        return np.maximum(found, LN_FLOOR)

    def _watches(self, shares: Reals, starts: np.ndarray) -> list[Watch]:
        """Return the monitors of several strata, at their shares where they are places."""
        regime = self.build.options.regime
        there = [(one, 1.0) for one in self.build.fixed.monitors]
        there += [
            (monitor_of(regime, one.place), float(shares[starts[place] + 1]))
            for place, one in enumerate(self.build.places)
            if one.place.monitor is not None
        ]
        found = []
        for monitor, share in there:
            names = [one for one in self.family.strata if regime.site_of[one] in monitor.sites]
            if len(names) > 1 and share > 0.0:
                strata = frozenset(self.family.strata.index(one) for one in names)
                found.append(Watch(strata=strata, ln=share * self._monitored(names[0], (monitor,))))
        return found

    def gains(self, shares: Reals, starts: np.ndarray) -> list[Reals]:
        """Return logarithms for shares of options: one a stratum, **shape** (numbers, states)."""
        found = []
        for tables, visited, alone in zip(self.tables, self.visits.alone, self.alone, strict=True):
            gain = visited.copy()
            gain[1:] += alone
            for place, table in tables:
                low, high = starts[place], starts[place + 1]
                gain += np.tensordot(shares[low:high], table, axes=1)
            found.append(gain)
        return found

    def best(self, shares: Reals, starts: np.ndarray, *, width: int = WIDTH) -> Placed:
        """Return the best placement against shares of options."""
        return self.best_against_mix([(shares, 1.0)], starts, width=width)

    def best_against_mix(
        self, mix: Sequence[tuple[Reals, float]], starts: np.ndarray, *, width: int = WIDTH
    ) -> Placed:
        """Return the best placement against plans of which one is drawn by lot.

        Args:
            mix: ``(shares of options, chance)`` of each plan.
            starts: Column of the first option of each place.
            width: Partial placements kept for each number of items.
        """
        by_plan = [self.gains(shares, starts) for shares, _ in mix]
        gains = [np.concatenate(parts, axis=1) for parts in zip(*by_plan, strict=True)]
        weights = np.concatenate([math.log(chance) + self.ln_chances for _, chance in mix])
        watches = self._joint([self._watches(shares, starts) for shares, _ in mix])
        if not watches and not self.visits.lots:
            return best_placement(gains, weights, self.number, width=width)
        lots = [
            Lot(number=one.number, seen=tuple(np.tile(seen, (1, len(mix))) for seen in one.seen))
            for one in self.visits.lots
        ]
        return best_shared(
            gains,
            weights,
            self.number,
            lots=lots,
            watches=watches,
            truth=lambda counts: self._ln_unseen(counts, mix),
            width=width,
        )

    def _joint(self, by_plan: Sequence[Sequence[Watch]]) -> list[Watch]:
        """Return one monitor for each set of strata that some plan's monitors watch."""
        nothing = np.zeros(len(self.states))
        told = dict.fromkeys(one.strata for watches in by_plan for one in watches)
        return [
            Watch(
                strata=strata,
                ln=np.concatenate(
                    [sum((one.ln for one in there if one.strata == strata), nothing) for there in by_plan]
                ),
            )
            for strata in told
        ]

    def _ln_unseen(self, counts: tuple[int, ...], mix: Sequence[tuple[Reals, float]]) -> float:
        """Return the logarithm of the chance that one placement stays unseen, as its own table has it."""
        if counts not in self._found:
            self._found[counts] = self.build.table(self.family.strategy(counts))
        table = self._found[counts]
        unseen = sum(chance * math.exp(at_shares(self._shape, table, shares)[0]) for shares, chance in mix)
        return math.log(unseen) if unseen > 0.0 else -math.inf


def _number(family: Placements, contents_kg: list[float]) -> int:
    if family.n_items is not None:
        return family.n_items
    if max(contents_kg) > min(contents_kg) * (1.0 + _ALMOST):
        raise DesignError(
            f"placements {family.name}, amount_kg: items of {min(contents_kg):g} to {max(contents_kg):g} kg; "
            "an amount is searched where all hold the same, else give n_items"
        )
    each_kg = contents_kg[0] * family.defect_fraction
    number = math.ceil((family.amount_kg or 0.0) / each_kg * (1.0 - _ALMOST))
    if number > MOST_PLACED:
        raise DesignError(
            f"placements {family.name}, amount_kg: {number} items in all, at most {MOST_PLACED}"
        )
    return number
