"""The power of a regime: how likely each strategy is seen on a visit, in a year, over the treaty's life.

The answer is the worst of the strategies that are considered, never their average: a host picks. Each chance
is summed over the states of the techniques, so that a common cause of failure stays a ceiling whatever the
effort.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.design.errors import DesignError
from counterseal.design.exposure import (
    NEVER,
    Exposure,
    ln_sum,
    ln_unseen_by_lot,
    ln_unseen_by_monitors,
    ln_unseen_in_year,
)
from counterseal.design.regime import Monitor, Regime, Technique
from counterseal.design.states import EXACT, SETTLED, State, settled
from counterseal.design.strategy import Part, Strategy
from counterseal.design.workload import Workload, workload
from counterseal.stats.items import ItemTest, QuantMethod
from counterseal.stats.result import Result, unreachable

_DIGITS = 9
METHOD = "exact sampling without replacement for each state of the techniques, summed over the states"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyPower:
    """How likely one strategy is seen.

    Attributes:
        strategy: Its name.
        per_visit: ``(kind, chance on one visit of the kind, sent by lot)``.
        per_year: Chance within the first year.
        life: Chance within the treaty's life, begun on its first day.
        ceiling: Chance that no effort with these techniques could pass.
    """

    strategy: str
    per_visit: tuple[tuple[str, Result], ...]
    per_year: Result
    life: Result
    ceiling: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "strategy": self.strategy,
            "per_visit": {kind: result.document() for kind, result in self.per_visit},
            "per_year": self.per_year.document(),
            "life": self.life.document(),
            "ceiling": self.ceiling.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Smallest:
    """The smallest number of false items in a stratum that is seen with the wanted chance.

    Attributes:
        stratum: Name of the stratum.
        visit: ``(kind, number of items)`` on one visit of each kind; a result without a value where even
            all of them are not seen so.
        year: In a year.
        life: Over the treaty's life.
    """

    stratum: str
    visit: tuple[tuple[str, Result], ...]
    year: Result
    life: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "stratum": self.stratum,
            "visit": {kind: result.document() for kind, result in self.visit},
            "year": self.year.document(),
            "life": self.life.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """What a regime would see of every strategy that is considered, and what that takes.

    Attributes:
        strategies: One entry each, in the order given.
        worst_year: The entry with the smallest chance in a year.
        worst_life: The entry with the smallest chance over the treaty's life.
        smallest: One entry a stratum.
        workload: Cost, burden, false alarms of a year.
    """

    strategies: tuple[StrategyPower, ...]
    worst_year: StrategyPower
    worst_life: StrategyPower
    smallest: tuple[Smallest, ...]
    workload: Workload

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "strategies": [one.document() for one in self.strategies],
            "worst_year": self.worst_year.strategy,
            "worst_life": self.worst_life.strategy,
            "smallest": [one.document() for one in self.smallest],
            "workload": self.workload.document(),
        }


def power(regime: Regime, strategies: tuple[Strategy, ...], *, horizon_years: int, goal_p: float) -> Power:
    """Return what a regime would see.

    Args:
        regime: What is visited, checked and watched.
        strategies: What it is held against, at least one.
        horizon_years: How long the treaty lasts [years], at least 1.
        goal_p: Chance of detection that is wanted [above 0, below 1].

    Raises:
        DesignError: no strategies, or a horizon or goal out of range.
        StatsError: numbers that describe no sample.
    """
    if not strategies:
        raise DesignError("strategies: none; a regime is held against at least one")
    if horizon_years < 1:
        raise DesignError(f"horizon_years: {horizon_years}, must be at least 1")
    if not 0.0 < goal_p < 1.0:
        raise DesignError(f"goal_p: {goal_p}, must be above 0 and below 1")
    entries = tuple(strategy_power(regime, one, horizon_years=horizon_years) for one in strategies)
    return Power(
        strategies=entries,
        worst_year=min(entries, key=lambda one: seen_order(one.per_year)),
        worst_life=min(entries, key=lambda one: seen_order(one.life)),
        smallest=tuple(
            smallest_seen(regime, one.name, horizon_years=horizon_years, goal_p=goal_p)
            for one in regime.strata
        ),
        workload=workload(regime),
    )


def seen_order(result: Result) -> tuple[float, float]:
    """Order by the chance seen, and by the finer logarithm of staying unseen where that is 1.

    Both are rounded: what is equal but for the last digits keeps the order of the effort file.
    """
    unseen = float(result.inputs.get("ln_unseen", 0.0))
    return (round(result.value or 0.0, _DIGITS), float(f"{-unseen:.{_DIGITS}g}"))


def strategy_power(regime: Regime, strategy: Strategy, *, horizon_years: int) -> StrategyPower:
    """Return how likely one strategy is seen.

    Args:
        regime: What is visited, checked and watched.
        strategy: What is done.
        horizon_years: How long the treaty lasts [years].
    """
    exposure = Exposure(regime=regime, strategy=strategy)
    kinds = tuple(kind for kind, number in regime.quota_per_year.items() if number)
    return StrategyPower(
        strategy=strategy.name,
        per_visit=tuple((kind, _summed(exposure, _by_visit(kind), what=f"visit {kind}")) for kind in kinds),
        per_year=_summed(exposure, _over_years(1), what="year"),
        life=_summed(exposure, _over_years(horizon_years), what=f"{horizon_years} years"),
        ceiling=_summed(exposure, _with_all_effort, what="any effort"),
    )


LnUnseen = Callable[[Exposure, State], float]


def seen_in_year(regime: Regime, strategy: Strategy, *, within: float = SETTLED) -> float:
    """Return the chance of being seen within the first year [0 to 1].

    Args:
        regime: What is visited, checked and watched.
        strategy: What is done.
        within: How close two sums over unknown powers must be; larger where many variants are compared.
    """
    exposure = Exposure(regime=regime, strategy=strategy)
    return 0.0 - math.expm1(ln_unseen(exposure, _over_years(1), within=within)[0])


def _by_visit(kind: str) -> LnUnseen:
    return lambda exposure, state: ln_unseen_by_lot(exposure, kind, state)


def _over_years(years: int) -> LnUnseen:
    def over(exposure: Exposure, state: State) -> float:
        visits = ln_unseen_in_year(exposure, state) * years
        return visits + ln_unseen_by_monitors(exposure, state, years=float(years))

    return over


def _with_all_effort(exposure: Exposure, state: State) -> float:
    """Unseen for ever only where nothing that bears on the strategy works."""
    return NEVER if _over_years(1)(exposure, state) < 0.0 else 0.0


def ln_unseen(exposure: Exposure, unseen: LnUnseen, *, within: float = SETTLED) -> tuple[float, float]:
    """Return the logarithm of the chance of staying unseen, summed over states, and the chance's error.

    Args:
        exposure: The strategy under its regime.
        unseen: That logarithm in one state.
        within: How close two sums over unknown powers must be, as chances.
    """
    return settled(
        exposure.telling(),
        lambda given: _over_states(exposure, unseen, given),
        lambda before, after: abs(math.exp(before) - math.exp(after)),
        within=within,
    )


def _over_states(exposure: Exposure, unseen: LnUnseen, given: tuple[State, ...]) -> float:
    return min(0.0, ln_sum([math.log(state.chance) + unseen(exposure, state) for state in given]))


def _summed(exposure: Exposure, unseen: LnUnseen, *, what: str) -> Result:
    total, error = ln_unseen(exposure, unseen)
    seen = 0.0 - math.expm1(total)  # never a negative nothing
    return Result(
        value=seen,
        lower=max(0.0, seen - error),
        upper=min(1.0, seen + error),
        kind="exact" if error <= EXACT else "bound",
        method=METHOD,
        exact=error <= EXACT,
        tol=max(error, 1e-12),
        ln_value=math.log(seen) if seen > 0.0 else NEVER,
        inputs={"strategy": exposure.strategy.name, "over": what, "ln_unseen": total},
        assumptions=assumptions(exposure),
        warnings=() if seen > 0.0 else (_why_never(exposure),),
    )


def _why_never(exposure: Exposure) -> str:
    name = exposure.strategy.name
    if any(_may_show(one) for one in exposure.telling()):
        return f"what bears on {name} shows it with a chance too small for a number"
    return f"nothing in this regime bears on {name}"


def _may_show(one: Technique | Monitor) -> bool:
    if isinstance(one, Monitor):
        return one.detect_p > 0.0 or one.rate_per_y > 0.0
    return isinstance(one, QuantMethod) or one.detect_p is None or one.detect_p > 0.0


def assumptions_of(regime: Regime, strategies: tuple[Strategy, ...]) -> tuple[str, ...]:
    """Return what chances of several strategies take for granted, each sentence once.

    Args:
        regime: What is visited, checked and watched.
        strategies: What it is held against.
    """
    said = (assumptions(Exposure(regime=regime, strategy=one)) for one in strategies)
    return tuple(dict.fromkeys(line for lines in said for line in lines))


def assumptions(exposure: Exposure) -> tuple[str, ...]:
    """Return what a chance of detection takes for granted, a sentence each."""
    regime, telling = exposure.regime, exposure.telling()
    said = [
        "Items are drawn without preference, and the host does not know beforehand which will be.",
        "Draws of different visits do not depend on each other; no item is left out because it was checked.",
        "False items stay where they are, and false, from their beginning on.",
    ]
    if regime.allotment == "independent" or regime.timing == "poisson":
        said.append("Each visit of a kind is sent to its site by a lot of its own.")
    else:
        said.append("The visits of a kind are spread over sites by one lot a year, in proportion to weights.")
    if any(not one.common_mode_p for one in telling):
        names = ", ".join(one.name for one in telling if not one.common_mode_p)
        said.append(f"No common cause of failure was stated for {names}: none is assumed.")
    known = [one.name for one in telling if isinstance(one, ItemTest) and one.detect_p is not None]
    if known:
        said.append(f"The power of {', '.join(known)} is known exactly.")
    unknown = [one.name for one in telling if isinstance(one, ItemTest) and one.detect_beta is not None]
    if unknown:
        said.append(
            f"The power of {', '.join(unknown)} is not known: it is one chance, drawn once from the Beta "
            "distribution stated, the same for every item, visit and year."
        )
    if any(not isinstance(one, ItemTest) or one.detect_p != 1.0 for one in telling):
        said.append(
            "Given that, what a test or monitor shows once says nothing of what it shows another time: of "
            "another item, of the same item on a later visit, or by another test."
        )
    partly = any(part.defect_fraction < 1.0 for part in exposure.strategy.parts)
    if partly and any(isinstance(one, ItemTest) for one in telling):
        said.append("A test shows an item of which a part is missing as well as one that is wholly false.")
    if any(isinstance(one, QuantMethod) and one.rel_systematic for one in telling):
        said.append("Systematic errors of measurements are counted with each item's error, not as shared.")
    if len(telling) > 1:
        said.append("Common causes of failure of different techniques are independent of each other.")
    said.append("A false alarm on an item that is as declared does not count as detection.")
    if regime.resolution is None:
        said.append("Every true alarm is kept: no second look was described.")
    return tuple(said)


def smallest_seen(regime: Regime, stratum: str, *, horizon_years: int, goal_p: float) -> Smallest:
    """Return the smallest number of wholly false items in a stratum that is seen with the wanted chance.

    Args:
        regime: What is visited, checked and watched.
        stratum: Name of the stratum.
        horizon_years: How long the treaty lasts [years].
        goal_p: Chance of detection that is wanted [above 0, below 1].
    """
    kinds = tuple(kind for kind, number in regime.quota_per_year.items() if number)

    def over(unseen: LnUnseen, what: str) -> Result:
        return _smallest(regime, stratum, unseen, goal_p=goal_p, what=what)

    return Smallest(
        stratum=stratum,
        visit=tuple((kind, over(_by_visit(kind), f"visit {kind}")) for kind in kinds),
        year=over(_over_years(1), "year"),
        life=over(_over_years(horizon_years), f"{horizon_years} years"),
    )


def _smallest(regime: Regime, stratum: str, unseen: LnUnseen, *, goal_p: float, what: str) -> Result:
    inputs: Mapping[str, Any] = {"stratum": stratum, "goal_p": goal_p, "over": what}
    method = "bisection over the number of false items; the chance grows with it"

    def exposed(number: int) -> Exposure:
        part = Part(stratum=stratum, n_items=number)
        return Exposure(regime=regime, strategy=Strategy(name=f"{number} in {stratum}", parts=(part,)))

    close: set[int] = set()

    def enough(number: int) -> bool:
        total, error = ln_unseen(exposed(number), unseen)
        if abs(-math.expm1(total) - goal_p) <= error:
            close.add(number)
        return -math.expm1(total) >= goal_p

    too_few, enough_of_it = 0, regime.stratum(stratum).n_items
    said = assumptions(exposed(enough_of_it))
    if not enough(enough_of_it):
        why = f"even all {enough_of_it} items of {stratum} false would not be seen with {goal_p:g}: {what}"
        return unreachable(method=method, inputs=inputs, why=why, assumptions=said)
    while enough_of_it - too_few > 1:
        middle = (too_few + enough_of_it) // 2
        too_few, enough_of_it = (too_few, middle) if enough(middle) else (middle, enough_of_it)
    figure, fewer, more = float(enough_of_it), too_few in close, enough_of_it in close
    return Result(
        value=figure,
        lower=figure - fewer,
        upper=figure + more,
        kind="bound" if fewer or more else "exact",
        method=method,
        exact=not (fewer or more),
        inputs=inputs,
        assumptions=said,
    )
