"""How soon: the timing of visits as a game, and the delay until each strategy would be seen.

The games are about a period with so many visits, all of which go where it matters and none of which errs:
what the quota could do at best, against a host that must begin without seeing visits and against one that
watches them. The delays of strategies are those of the regime as it is: visits by lot, tests that err.
"""

import math
from dataclasses import dataclass
from typing import Any

from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import YEAR_D, Question
from counterseal.design.critical_times import TimelyDetection, critical_time
from counterseal.design.delay_games import DelayEquilibrium, delay_game
from counterseal.design.effort import Effort
from counterseal.design.effort_parts import Timeliness
from counterseal.design.errors import DesignError
from counterseal.design.exposure import Exposure
from counterseal.design.power import assumptions
from counterseal.stats.result import Result

_ALMOST = 1e-9 + 2e-2  # a period of 52 weeks counts as a year
MAX_STEPS = 520
"""Most steps of a period that is played."""
CUT_OFF = (
    "The strategy begins on a random day of the treaty's life; what is not seen before its end counts as "
    "unseen, also where the delay asked about would reach beyond it."
)
METHOD = "law of the delay for each state of the techniques, random start, summed over the states"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTiming:
    """What a quota could do about time if every visit went where it matters.

    Attributes:
        kind: Kind of visit.
        visits: Visits in the period, a part of one left out; more than its steps are played as one in each.
        step_d: Length of a step [days].
        blind: Expected delay against a host that begins without seeing visits [steps].
        watching: The same against one that watches [steps].
        critical: Chance of being seen within the critical time, at best.
    """

    kind: str
    visits: int
    step_d: float
    blind: DelayEquilibrium
    watching: DelayEquilibrium
    critical: TimelyDetection

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it; the mixes of plans are left out, their values are not."""
        return {
            "kind": self.kind,
            "visits": self.visits,
            "step_d": self.step_d,
            "blind_steps": self.blind.value.document(),
            "watching_steps": self.watching.value.document(),
            "visit_chances_blind": list(self.blind.visit_chances),
            "critical_time": self.critical.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyDelay:
    """How soon one strategy would be seen under the regime as it is, begun at a random date.

    Attributes:
        strategy: Its name.
        within: ``(delay [days], chance of being seen within it)``: the critical time, a year, and so on.
        mean_d: Mean delay of those that are seen within the treaty's life [days].
    """

    strategy: str
    within: tuple[tuple[float, Result], ...]
    mean_d: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "strategy": self.strategy,
            "within": [[delay_d, one.document()] for delay_d, one in self.within],
            "mean_d": self.mean_d.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Timely:
    """How soon a regime would see.

    Attributes:
        kinds: One entry for each kind of visit with a quota.
        strategies: One entry for each strategy; none where the regime's timing has no law.
        warnings: What a reader must know.
    """

    kinds: tuple[KindTiming, ...]
    strategies: tuple[StrategyDelay, ...]
    warnings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "kinds": [one.document() for one in self.kinds],
            "strategies": [one.document() for one in self.strategies],
            "warnings": list(self.warnings),
        }


def timeliness(effort: Effort) -> Timely:
    """Return how soon a regime would see each strategy, and what its quotas could do at best.

    Args:
        effort: An effort file with a section ``timeliness``.

    Raises:
        DesignError: it has none, or its period has too many steps.
    """
    given = effort.timeliness
    if given is None:
        raise DesignError("timeliness: the effort file says nothing of steps and critical time")
    steps = round(given.period_d / given.step_d)
    if not 1 <= steps <= MAX_STEPS:
        raise DesignError(f"timeliness: {steps} steps in the period, must be 1 to {MAX_STEPS}")
    kinds = tuple(
        _kind(kind, number, given, steps) for kind, number in effort.regime.quota_per_year.items() if number
    )
    found = [_delay(effort, place, given) for place in range(len(effort.strategies))]
    strategies = tuple(one for one in found if one is not None)
    warnings = () if len(strategies) == len(found) else (
        f"visits of timing {effort.regime.timing!r} have no closed law of the delay: run a campaign",
    )  # fmt: skip
    return Timely(kinds=kinds, strategies=strategies, warnings=warnings)


def _kind(kind: str, number: int, given: Timeliness, steps: int) -> KindTiming:
    visits = math.floor(number * given.period_d / YEAR_D + _ALMOST)
    return KindTiming(
        kind=kind,
        visits=visits,
        step_d=given.step_d,
        blind=delay_game(steps, visits),
        watching=delay_game(steps, visits, observing=True),
        critical=critical_time(given.period_d, given.critical_time_d, visits),
    )


def _delay(effort: Effort, place: int, given: Timeliness) -> StrategyDelay | None:
    strategy, horizon_d = effort.strategies[place], effort.horizon_years * YEAR_D
    delays_d = sorted(
        {min(one, horizon_d) for one in (given.critical_time_d, YEAR_D, 2 * YEAR_D, 5 * YEAR_D)}
    )
    found = exact(
        Question(regime=effort.regime, strategy=strategy, horizon_d=horizon_d), delays_d=tuple(delays_d)
    )
    if found is None:
        return None
    said = (*assumptions(Exposure(regime=effort.regime, strategy=strategy)), CUT_OFF)
    asked = {"strategy": strategy.name, "horizon_d": horizon_d, "start": "random"}

    def result(value: float | None, what: str) -> Result:
        return Result(
            value=value,
            lower=value,
            upper=value,
            kind="exact",
            method=METHOD,
            exact=True,
            tol=max(found.error, 1e-9),
            inputs={**asked, "over": what},
            assumptions=said,
            warnings=() if value is not None else (f"{strategy.name} is never seen: no delay",),
        )

    return StrategyDelay(
        strategy=strategy.name,
        within=tuple((delay_d, result(chance, f"{delay_d:g} days")) for delay_d, chance in found.by_delay),
        mean_d=result(found.mean_delay_d, "mean of those seen"),
    )
