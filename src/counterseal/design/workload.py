"""What a regime costs, what it asks of the host, what it tells, and how often it would alarm for nothing."""

import math
from dataclasses import dataclass

from counterseal.design.regime import Check, Regime, Visit
from counterseal.stats.items import ItemTest, QuantMethod
from counterseal.stats.sampling import alarm_probability
from counterseal.stats.variables import flag_chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Expected figures of one year, with nothing amiss.

    Attributes:
        cost_pd_per_y: Effort of the inspectorate [person-days a year].
        visits_per_y: Visits [1/year].
        items_per_y: Items drawn [1/year].
        burden_d_per_y: What the host bears [person-days a year].
        intrusiveness_per_y: Sum over visits and monitors, on the scale that the parties agreed.
        released_bits_per_y: Information released about items [bits a year].
        false_alarms_per_y: Alarms with nothing behind them [1/year].
        false_accusations_per_y: Those that a second look does not clear [1/year]; the same where none is
            foreseen.
        within_budget: Whether the false alarms are within what the parties can bear; None where they did not
            say.
    """

    cost_pd_per_y: float
    visits_per_y: float
    items_per_y: float
    burden_d_per_y: float
    intrusiveness_per_y: float
    released_bits_per_y: float
    false_alarms_per_y: float
    false_accusations_per_y: float
    within_budget: bool | None

    def document(self) -> dict[str, float | bool | None]:
        """Return it as JSON has it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLoad:
    """Expected figures of one visit to one site, with nothing amiss.

    Attributes:
        cost_pd: Effort [person-days].
        items: Items drawn.
        released_bits: Information released [bits].
        false_alarms: Alarms with nothing behind them.
    """

    cost_pd: float
    items: float
    released_bits: float
    false_alarms: float


def visit_load(regime: Regime, visit: Visit) -> VisitLoad:
    """Return what one visit to its site takes and tells.

    Args:
        regime: Has the strata and the tests.
        visit: The visit with its checks.
    """
    cost_pd, items, bits, alarms = visit.fixed_cost_pd, 0.0, 0.0, 0.0
    for check in visit.checks:
        drawn = min(check.n_items, regime.stratum(check.stratum).n_items)
        techniques = [regime.technique(name) for name in check.with_]
        items += drawn
        cost_pd += drawn * sum(one.cost_pd for one in techniques)
        bits += drawn * sum(one.released_bits for one in techniques)
        alarms += check_false_alarm(regime, check)
    return VisitLoad(cost_pd=cost_pd, items=items, released_bits=bits, false_alarms=alarms)


def check_false_alarm(regime: Regime, check: Check) -> float:
    """Return the chance that a check alarms where every item is as declared [0 to 1].

    Args:
        regime: Has the strata and the tests.
        check: What is drawn and tested; tests of one item err independently of each other.
    """
    items = regime.stratum(check.stratum).n_items
    drawn = min(check.n_items, items)
    if not drawn:
        return 0.0
    passes = math.prod(1.0 - _false_alarm_p(regime.technique(name)) for name in check.with_)
    return alarm_probability(items, 0, drawn, 0.0, 1.0 - passes, accept=check.accept).value or 0.0


def _false_alarm_p(technique: ItemTest | QuantMethod) -> float:
    if isinstance(technique, ItemTest):
        return technique.false_alarm_p
    return flag_chance(technique, 0.0)


def workload(regime: Regime) -> Workload:
    """Return what a regime takes, tells and alarms in a year with nothing amiss.

    Args:
        regime: What is visited, checked and watched.
    """
    figures = [_of_kind(regime, kind, number) for kind, number in regime.quota_per_year.items() if number]
    cost_pd, items, bits, alarms, burden, depth = (
        (math.fsum(column) for column in zip(*figures, strict=True)) if figures else (0.0,) * 6
    )
    alarms += sum(one.false_alarms_per_y for one in regime.monitors)
    resolution = regime.resolution
    return Workload(
        cost_pd_per_y=regime.costs.overhead_pd_per_y
        + cost_pd
        + sum(one.cost_pd_per_y for one in regime.monitors)
        + (0.0 if resolution is None else alarms * resolution.cost_pd),
        visits_per_y=float(sum(regime.quota_per_year.values())),
        items_per_y=items,
        burden_d_per_y=burden,
        intrusiveness_per_y=depth + sum(one.intrusiveness for one in regime.monitors),
        released_bits_per_y=bits,
        false_alarms_per_y=alarms,
        false_accusations_per_y=alarms if resolution is None else alarms * (1.0 - resolution.resolved_p),
        within_budget=None if regime.false_alarm_budget is None else alarms <= regime.false_alarm_budget,
    )


def _of_kind(regime: Regime, kind: str, number: int) -> tuple[float, ...]:
    """Return cost, items, bits, alarms, burden and intrusiveness of a kind of visit in a year."""
    rows = []
    for visit, share in regime.shares(kind):
        load = visit_load(regime, visit)
        one = (load.cost_pd, load.items, load.released_bits, load.false_alarms)
        rows.append([share * number * figure for figure in (*one, visit.burden_d, visit.intrusiveness)])
    return tuple(math.fsum(column) for column in zip(*rows, strict=True))
