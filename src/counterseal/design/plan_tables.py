"""How far each option at each place lowers each strategy's chance to stay unseen: tables for the solver.

In one state of the techniques the logarithms of the chances add up over places; the chance itself is the sum
over states. So a table holds, for a strategy, a logarithm for each option and state, and the chances of the
states. A plan's own figure is always worked out again on the regime that it stands for (``year_of``).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from counterseal.design.exposure import (
    NEVER,
    Exposure,
    item_power,
    ln_unseen_by_monitors,
    ln_unseen_in_year,
)
from counterseal.design.plan_options import (
    PlaceOptions,
    Reals,
    RegimeOptions,
    monitor_of,
    regime_of,
    widest,
    written_out,
)
from counterseal.design.regime import Check, Monitor, Regime, Technique
from counterseal.design.regime_power import METHOD, assumptions, ln_unseen
from counterseal.design.states import State, states
from counterseal.design.strategy import Strategy
from counterseal.stats.result import Result
from counterseal.stats.sampling_arrays import nondetection_array

LN_FLOOR = -750.0
"""Chances to stay unseen below ``exp(-750)``, which no floating-point number holds, are not told apart."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StrategyTable:
    """What each option does to one strategy.

    Attributes:
        name: The strategy.
        ln_chances: Logarithms of the chances of the states, **shape** (states,).
        fixed: Logarithm of the chance of staying unseen by what is not chosen, **shape** (states,).
        places: Positions of the places that bear on it, in ascending order.
        ln: One array for each of them, **shape** (options, states): logarithm of the chance of staying unseen
            there for a year; 0 for nothing.
    """

    name: str
    ln_chances: Reals
    fixed: Reals
    places: tuple[int, ...]
    ln: tuple[Reals, ...]

    def ln_unseen(self, choice: tuple[int, ...]) -> float:
        """Return the logarithm of the chance to stay unseen by a plan for a year [at most 0]."""
        at = self.fixed + sum(one[choice[place]] for place, one in zip(self.places, self.ln, strict=True))
        return ln_total(self.ln_chances + at)


def ln_total(terms: Reals) -> float:
    """Return the logarithm of a sum of numbers that are given as logarithms, at most 0."""
    largest = float(terms.max(initial=NEVER))
    if largest == NEVER:
        return NEVER
    return min(0.0, largest + math.log(math.fsum(np.exp(terms - largest).tolist())))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanTables:
    """Options and strategies as a solver takes them.

    Attributes:
        options: What may be chosen.
        places: The same written out.
        strategies: What plans are held against.
        tables: One for each strategy.
    """

    options: RegimeOptions
    places: tuple[PlaceOptions, ...]
    strategies: tuple[Strategy, ...]
    tables: tuple[StrategyTable, ...]

    def regime(self, choice: tuple[int, ...]) -> Regime:
        """Return the regime that a plan stands for."""
        return regime_of(self.options, self.places, choice)


def plan_tables(options: RegimeOptions, strategies: tuple[Strategy, ...]) -> PlanTables:
    """Return the tables of what may be chosen.

    Args:
        options: What may be chosen.
        strategies: What plans are held against.

    Raises:
        DesignError: too many techniques with a common cause of failure or of unknown power.
        StatsError: numbers that describe no sample.
    """
    places = written_out(options)
    build = TableBuilder(options, places)
    tables = tuple(build.table(one) for one in strategies)
    return PlanTables(options=options, places=places, strategies=strategies, tables=tables)


class TableBuilder:
    """Makes the tables of strategies, one at a time: a search over strategies asks for more of them."""

    def __init__(self, options: RegimeOptions, places: tuple[PlaceOptions, ...]) -> None:
        self.options = options
        self.places = places
        self.fixed = options.fixed
        self.widest = widest(options, places)
        self._states: dict[tuple[Technique | Monitor, ...], tuple[State, ...]] = {}
        self._powers: dict[tuple[tuple[str, ...], float, int], Reals] = {}

    def states(self, strategy: Strategy) -> tuple[State, ...]:
        """Return the states of all techniques that some plan may hold against a strategy."""
        telling = Exposure(regime=self.widest, strategy=strategy).telling()
        if telling not in self._states:
            self._states[telling] = states(telling)
        return self._states[telling]

    def table(self, strategy: Strategy) -> StrategyTable:
        """Return the table of a strategy."""
        given = self.states(strategy)
        exposure = Exposure(regime=self.widest, strategy=strategy)
        found = [(place, self._place(place, exposure, given)) for place in range(len(self.places))]
        told = [(place, ln) for place, ln in found if ln is not None and ln.any()]
        return StrategyTable(
            name=strategy.name,
            ln_chances=np.log([state.chance for state in given]),
            fixed=self._fixed(strategy, given),
            places=tuple(place for place, _ in told),
            ln=tuple(np.maximum(ln, LN_FLOOR) for _, ln in told),
        )

    def _fixed(self, strategy: Strategy, given: tuple[State, ...]) -> Reals:
        exposure = Exposure(regime=self.fixed, strategy=strategy)
        if not exposure.telling():
            return np.zeros(len(given))
        return np.maximum([_year(exposure, state) for state in given], LN_FLOOR)

    def _place(self, place: int, exposure: Exposure, given: tuple[State, ...]) -> Reals | None:
        """Return the logarithms of one place, shape (options, states); None where it does not bear on it."""
        one, false_items = self.places[place], exposure.false_items
        if one.place.monitor is not None:
            return self._monitor(place, exposure, given)
        choices = [
            (row, choice) for row, choice in enumerate(one.place.checks) if choice.stratum in false_items
        ]
        if not choices:
            return None
        unseen = np.zeros((len(one.options), len(given)))
        for row, choice in choices:
            part = exposure.part(choice.stratum)
            fraction = 1.0 if part is None else part.defect_fraction
            powers = self.powers(choice.with_, fraction, given)
            drawn = np.array([option.items[row] for option in one.options])
            unseen += self.by_check(choice.stratum, false_items[choice.stratum], drawn[:, None], powers)
        return self.over_year(place, unseen)

    def by_check(self, stratum: str, false_items: object, drawn: object, powers: Reals) -> Reals:
        """Return logarithms of the chances that checks of one stratum show nothing, all broadcast."""
        items = self.options.regime.stratum(stratum).n_items
        drawn_at_most = np.minimum(np.asarray(drawn), items)
        return nondetection_array(items, np.asarray(false_items), drawn_at_most, powers)[1]

    def over_year(self, place: int, by_visit: Reals) -> Reals:
        """Return what a year of visits makes of what one visit leaves unseen, shape (options, …)."""
        regime = self.options.regime
        visits = np.array([option.visits for option in self.places[place].options], dtype=np.float64)
        visits = visits.reshape(-1, *(1,) * (by_visit.ndim - 1))
        kept = 1.0 if regime.resolution is None else regime.resolution.kept_p
        with np.errstate(divide="ignore", invalid="ignore"):
            seen = -np.expm1(by_visit) * kept
            ln = by_visit if kept >= 1.0 else np.log1p(-seen)
            year = -visits * seen if regime.timing == "poisson" else visits * ln
        return np.where(visits > 0.0, year, 0.0)

    def powers(self, with_: tuple[str, ...], fraction: float, given: tuple[State, ...]) -> Reals:
        """Return the chance to show a drawn false item in each state [0 to 1], shape (states,).

        Args:
            with_: Names of the tests and methods that an item goes through.
            fraction: Share of the item that is missing.
            given: States as ``states`` returned them.
        """
        key = (with_, fraction, id(given))
        if key not in self._powers:
            check, regime = Check(stratum="", with_=with_, n_items=1), self.options.regime
            found = [item_power(regime, check, state, defect_fraction=fraction) for state in given]
            self._powers[key] = np.array(found)
        return self._powers[key]

    def _monitor(self, place: int, exposure: Exposure, given: tuple[State, ...]) -> Reals | None:
        monitor = monitor_of(self.options.regime, self.places[place].place)
        alone = replace(exposure, regime=replace(self.fixed, monitors=(monitor,)))
        if not alone.monitors():
            return None
        there = [ln_unseen_by_monitors(alone, state, years=1.0) for state in given]
        return np.array([[0.0] * len(given), there])


def _year(exposure: Exposure, state: State) -> float:
    """Return the logarithm of the chance that a year of visits and monitors shows nothing in one state."""
    return ln_unseen_in_year(exposure, state) + ln_unseen_by_monitors(exposure, state, years=1.0)


def year_of(regime: Regime, strategy: Strategy) -> Result:
    """Return the chance that a regime sees a strategy within a year, exactly, as ``power`` works it out.

    Args:
        regime: What is visited, checked and watched.
        strategy: What is done.
    """
    exposure = Exposure(regime=regime, strategy=strategy)
    total, error = ln_unseen(exposure, _year)
    seen = abs(math.expm1(total))  # never -0.0
    return Result(
        value=seen,
        lower=max(0.0, seen - error),
        upper=min(1.0, seen + error),
        kind="exact",
        method=METHOD,
        exact=True,
        tol=max(error, 1e-12),
        ln_value=math.log(seen) if seen > 0.0 else NEVER,
        inputs={"strategy": strategy.name, "over": "year", "ln_unseen": total},
        assumptions=assumptions(exposure),
        warnings=() if seen > 0.0 else (f"nothing in this plan bears on {strategy.name}",),
    )
