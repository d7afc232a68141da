"""How many visits a year make every strategy that is considered cost the host more than it gains.

A strategy pays its gain where it stays unseen for a year and its loss where it is seen; legal conduct costs
false alarms. What an act gains and what being seen costs are political judgements: they are given, here as
everywhere, and where they are a range both ends are asked.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from counterseal.design.regime import MAX_VISITS, Regime
from counterseal.design.regime_power import assumptions_of, seen_in_year
from counterseal.design.strategy import Strategy
from counterseal.design.workload import workload
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, exactly, unreachable

METHOD = "smallest quota with gain (1 - DP) - loss DP <= -f A for every strategy, all kinds of visit alike"
ASSUMED = (
    "The host weighs gains, losses and false alarms of one year by their chances, and knows them.",
    "What a departure gains and what being seen costs are judgements, stated in the effort file.",
    "The kinds of visit keep their proportions, each rounded up.",
)
_MOST = 2_000


def gains_of(strategies: tuple[Strategy, ...]) -> dict[str, float]:
    """Return what each strategy gains unseen: as stated, or 1 each where none states a gain.

    Args:
        strategies: What is considered; where some state a gain, those that do not are left out.
    """
    stated = {one.name: float(one.gain) for one in strategies if one.gain}
    return stated or {one.name: 1.0 for one in strategies}


def deterring_loss(gain: float, seen_p: float, false_alarms: float) -> float:
    """Return the loss when seen from which on a strategy pays no more than legal conduct.

    Args:
        gain: What it gains unseen.
        seen_p: Chance that it is seen [0 to 1].
        false_alarms: What false alarms cost the host in the same time, in the same unit.

    Returns:
        That loss, in the same unit; infinite where it is never seen.

    Examples:
        >>> deterring_loss(1.0, 0.25, 0.0), deterring_loss(1.0, 0.0, 0.0)
        (3.0, inf)
    """
    return max(0.0, (gain + false_alarms) / seen_p - gain) if seen_p > 0.0 else math.inf


def deterring_quota(
    regime: Regime, strategies: tuple[Strategy, ...], *, loss: float, false_alarm_cost: float = 0.0
) -> Result:
    """Return how many visits a year make legal conduct the host's best.

    Args:
        regime: What is visited, checked and watched; its quotas say how visits divide among kinds.
        strategies: What it is held against.
        loss: What being seen costs the host, in the unit of the gains, 0 or more.
        false_alarm_cost: What a false alarm costs it, in that unit, 0 or more.

    Returns:
        Visits a year; without a value where no number deters, and a warning says which strategy would pay.

    Raises:
        StatsError: a number out of range.
    """
    require_amount(loss, "deterring_quota, loss")
    require_amount(false_alarm_cost, "deterring_quota, false_alarm_cost")
    gains = gains_of(strategies)
    weighed = tuple(one for one in strategies if one.name in gains)
    asked = {"gains": gains, "loss": loss, "false_alarm_cost": false_alarm_cost}
    granted = (*ASSUMED, *assumptions_of(regime, weighed))

    @cache
    def needed(total: int) -> tuple[float, str]:
        """Return the loss that deters with so many visits, and from which strategy."""
        changed = with_visits(regime, total)
        cost = false_alarm_cost * workload(changed).false_alarms_per_y
        return max(
            (deterring_loss(gains[one.name], seen_in_year(changed, one), cost), one.name) for one in weighed
        )

    if not any(regime.quota_per_year.values()):
        return unreachable(method=METHOD, inputs=asked, why="the regime has no visits", assumptions=granted)
    enough = _first_at_most(lambda total: needed(total)[0], loss)
    if enough is None:
        why = f"no number of visits up to {_MOST} deters: {needed(_MOST)[1]} would still pay"
        return unreachable(method=METHOD, inputs=asked, why=why, assumptions=granted)
    visits = sum(with_visits(regime, enough).quota_per_year.values())
    return exactly(float(visits), method=METHOD, inputs=asked, assumptions=granted)


def _first_at_most(needed: Callable[[int], float], loss: float) -> int | None:
    """Return the smallest number of visits with which a loss is enough; None where none is.

    The loss needed falls with visits and, where false alarms cost something, may rise again: a line over a
    chance that rises ever more slowly has one valley.
    """
    tried = [0, *(2**power for power in range(_MOST.bit_length())), _MOST]
    enough = next((one for one in tried if needed(one) <= loss), None)
    if enough is None:
        enough = _valley(needed)
        if needed(enough) > loss:
            return None
    too_few = -1
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if needed(middle) <= loss else (middle, enough)
    return enough


def _valley(needed: Callable[[int], float]) -> int:
    """Return where the loss needed is least, by halving: down where it falls towards more visits."""
    low, high = 1, _MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if needed(middle) <= needed(middle + 1) else (middle + 1, high)
    return low


def with_visits(regime: Regime, total: int) -> Regime:
    """Return a regime with so many visits a year, or the few more that rounding each kind up takes.

    Args:
        regime: As it is, with at least one visit.
        total: Visits a year, of all kinds together.
    """
    number = sum(regime.quota_per_year.values())
    return with_quotas(
        regime, {kind: -(-one * total // number) for kind, one in regime.quota_per_year.items()}
    )


def with_quotas(regime: Regime, quotas: dict[str, int]) -> Regime:
    """Return a regime with other quotas; the most visits to a site rise with them where they must.

    Args:
        regime: As it is.
        quotas: Visits a year of each kind.
    """
    capped = {kind: min(number, MAX_VISITS) for kind, number in quotas.items()}
    visits = tuple(
        replace(one, max_per_year=max(one.max_per_year, capped[one.kind])) for one in regime.visits
    )
    return replace(regime, quota_per_year=capped, visits=visits)
