"""A host that may place a given number of false items as it likes: its best answer to a plan, or to a mix.

``Placements`` stands for every way to spread a number of false items, of one kind of falseness, over given
strata. The best one is found by a dynamic program over the strata: it keeps, for each number of items placed
so far, the partial placements that no other beats in every state, and drops what cannot become the best any
more. Where it must drop more than that, what was dropped stays in the bound.

Monitors that watch several of the strata, and visits sent by lot over several sites, are left out of the
bound: it still holds, and is then less sharp.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.exposure import Exposure, ln_unseen_by_monitors
from counterseal.design.plan_options import Reals, monitor_of
from counterseal.design.plan_tables import LN_FLOOR, TableBuilder
from counterseal.design.regime import Monitor
from counterseal.design.strategy import Part, Start, Strategy
from counterseal.stats.items import require_amount, require_count

MOST_PLACED = 2_000
"""Most items that a search places."""
WIDTH = 64
"""Partial placements kept for each number of items."""
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

    def gains(self, shares: Reals, starts: np.ndarray) -> list[Reals]:
        """Return logarithms for shares of options: one a stratum, **shape** (numbers, states)."""
        found = []
        for tables, most, alone in zip(self.tables, self.most, self.alone, strict=True):
            gain = np.zeros((most + 1, len(self.states)))
            gain[1:] += alone
            for place, table in tables:
                low, high = starts[place], starts[place + 1]
                gain += np.tensordot(shares[low:high], table, axes=1)
            found.append(gain)
        return found

    def best(self, shares: Reals, starts: np.ndarray, *, width: int = WIDTH) -> Placed:
        """Return the best placement against shares of options."""
        return best_placement(self.gains(shares, starts), self.ln_chances, self.number, width=width)

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
        return best_placement(gains, weights, self.number, width=width)


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
