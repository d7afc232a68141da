"""A regime with more or fewer visits: what it would see and take, and what single changes would."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from counterseal.app.report.design_context import Context
from counterseal.design.exposure import Exposure
from counterseal.design.quota_that_deters import with_quotas, with_visits
from counterseal.design.regime import Check, Regime
from counterseal.design.regime_power import seen_in_year
from counterseal.design.workload import workload

_TIMES, _STEPS = 2.5, 25
_MOST_WORK, _COARSE = 60_000, 5
MOST_CHANGES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What a regime would see with other quotas, all kinds alike.

    Attributes:
        visits_per_y: Visits a year, ascending.
        effort_pd_per_y: Effort [person-days a year].
        alarms_per_y: False alarms expected [1/year].
        seen: ``(strategy, chance within a year at each)``.
    """

    visits_per_y: tuple[float, ...]
    effort_pd_per_y: tuple[float, ...]
    alarms_per_y: tuple[float, ...]
    seen: tuple[tuple[str, tuple[float, ...]], ...]

    @property
    def worst(self) -> tuple[float, ...]:
        """Smallest chance at each number of visits."""
        return tuple(min(column) for column in zip(*(chances for _, chances in self.seen), strict=True))

    def worst_name(self, place: int) -> str:
        """Return the strategy that is least seen at a place."""
        return min(self.seen, key=lambda one: one[1][place])[0]


def sweep(context: Context) -> Sweep | None:
    """Return what other quotas would see, from none to two and a half times the visits; None without visits.

    Args:
        context: The regime as it is.
    """
    regime, strategies = context.effort.regime, context.effort.strategies
    if not any(regime.quota_per_year.values()):
        return None
    steps = _STEPS if len(strategies) * len(regime.visits) * _STEPS <= _MOST_WORK else _COARSE
    quotas = {
        tuple(round(number * _TIMES * step / steps) for number in regime.quota_per_year.values()): None
        for step in range(steps + 1)
    } | {tuple(regime.quota_per_year.values()): None}
    kinds = tuple(regime.quota_per_year)
    regimes = [with_quotas(regime, dict(zip(kinds, one, strict=True))) for one in sorted(quotas, key=sum)]
    loads = [workload(one) for one in regimes]
    return Sweep(
        visits_per_y=tuple(load.visits_per_y for load in loads),
        effort_pd_per_y=tuple(load.cost_pd_per_y for load in loads),
        alarms_per_y=tuple(load.false_alarms_per_y for load in loads),
        seen=tuple(
            (one.name, tuple(seen_in_year(changed, one) for changed in regimes)) for one in strategies
        ),
    )


def least_regime(context: Context, chance: float) -> Regime | None:
    """Return the regime with the fewest visits that reaches a chance in a year, all kinds alike.

    Args:
        context: The regime as it is, with visits.
        chance: Wanted of every strategy, in a year [0 to 1].

    Returns:
        That regime; None where two and a half times the visits do not reach it.
    """
    regime, strategies = context.effort.regime, context.effort.strategies

    def enough(total: int) -> bool:
        changed = with_visits(regime, total)
        return all(seen_in_year(changed, one) >= chance for one in strategies)

    too_few, reached = -1, math.ceil(_TIMES * sum(regime.quota_per_year.values()))
    if not enough(reached):
        return None
    while reached - too_few > 1:
        middle = (too_few + reached) // 2
        too_few, reached = (too_few, middle) if enough(middle) else (middle, reached)
    return with_visits(regime, reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the regime.

    Attributes:
        text: What is changed.
        more_pd_per_y: What it costs more [person-days a year].
        seen: Chance within a year of the strategy that is least seen as things are.
        worst: Least chance of all strategies after the change.
        worst_name: Which strategy that is.
    """

    text: str
    more_pd_per_y: float
    seen: float
    worst: float
    worst_name: str


def changes(context: Context) -> tuple[Change, ...]:
    """Return single changes that bear on the strategy that is least seen, the most per person-day first.

    Args:
        context: The regime as it is.
    """
    regime, weakest = context.effort.regime, context.weakest_strategy
    now = workload(regime).cost_pd_per_y
    found = []
    for text, changed in _changed(regime, Exposure(regime=regime, strategy=weakest)):
        chances = {one.name: seen_in_year(changed, one) for one in context.effort.strategies}
        worst = min(chances, key=lambda name: chances[name])
        found.append(
            Change(
                text=text,
                more_pd_per_y=workload(changed).cost_pd_per_y - now,
                seen=chances[weakest.name],
                worst=chances[worst],
                worst_name=worst,
            )
        )
    had = context.weakest.per_year.value or 0.0
    return tuple(sorted(found, key=lambda one: -(one.seen - had) / max(one.more_pd_per_y, 1e-9)))


def _changed(regime: Regime, weakest: Exposure) -> Iterator[tuple[str, Regime]]:
    """Yield one visit more of each kind, and one item more at each sort of check, that bear on a strategy."""
    touched = set(weakest.false_items)
    told = 0
    for kind, number in regime.quota_per_year.items():
        checks = {
            check.with_: None
            for visit in regime.visits
            if visit.kind == kind
            for check in visit.checks
            if check.stratum in touched
        }
        if not checks or told >= MOST_CHANGES:
            continue
        told += 1
        yield (
            f"one {kind} visit more a year",
            with_quotas(regime, {**regime.quota_per_year, kind: number + 1}),
        )
        for with_ in checks if number else ():
            told += 1
            text = f"one item more, tested with {' and '.join(with_)}, at each {kind} visit"
            yield text, _one_item_more(regime, kind, with_)


def _one_item_more(regime: Regime, kind: str, with_: tuple[str, ...]) -> Regime:
    def more(check: Check) -> Check:
        return replace(check, n_items=check.n_items + 1) if check.with_ == with_ else check

    visits = tuple(
        replace(one, checks=tuple(more(check) for check in one.checks)) if one.kind == kind else one
        for one in regime.visits
    )
    return replace(regime, visits=visits)
