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
from counterseal.design.regime_power import assumptions
from counterseal.design.states import EXACT
from counterseal.stats.result import Result

_ALMOST = 1e-9
_NEAR = 0.01
"""A period this close to a calendar length counts as that: 52 weeks as a year, 13 as a quarter."""
_LENGTHS_Y = (*(1.0 / part for part in range(12, 1, -1)), *(float(years) for years in range(1, 11)))
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
        visits: Visits in the period, a part of one counted as one; more than its steps are played as one in
            each.
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
    steps, quotas = steps_in(given), effort.regime.quota_per_year
    kinds = tuple(_kind(kind, number, given, steps) for kind, number in quotas.items() if number)
    found = [_delay(effort, place, given) for place in range(len(effort.strategies))]
    strategies = tuple(one for one in found if one is not None)
    warnings = [
        f"{kind}: {said}" for kind, number in quotas.items() if (said := rounded_up(number, given.period_d))
    ]
    if len(strategies) < len(found):
        timing = effort.regime.timing
        warnings.append(f"visits of timing {timing!r} have no closed law of the delay: run a campaign")
    return Timely(kinds=kinds, strategies=strategies, warnings=tuple(warnings))


def steps_in(given: Timeliness) -> int:
    """Return the number of steps that are played in a period.

    Args:
        given: Its length and that of a step.

    Raises:
        DesignError: there are none, or too many.
    """
    steps = round(given.period_d / given.step_d)
    if not 1 <= steps <= MAX_STEPS:
        raise DesignError(f"timeliness: {steps} steps in the period, must be 1 to {MAX_STEPS}")
    return steps


def visits_in(number_per_y: int, period_d: float) -> int:
    """Return the visits in a period, a part of one counted as one: no period has more.

    Args:
        number_per_y: Visits a year.
        period_d: Its length [days]; within 1 % of whole years, or of a whole part of one, it counts as that.

    Examples:
        >>> visits_in(10, 364), visits_in(18, 364), visits_in(10, 91), visits_in(10, 200)
        (10, 18, 3, 6)
    """
    return max(0, math.ceil(_expected(number_per_y, period_d) - _ALMOST))


def rounded_up(number_per_y: int, period_d: float) -> str:
    """Return the sentence that says that a part of a visit counts as one; empty where there is no part.

    Args:
        number_per_y: Visits a year.
        period_d: Length of the period [days].
    """
    expected, visits = _expected(number_per_y, period_d), visits_in(number_per_y, period_d)
    if visits - expected <= _ALMOST:
        return ""
    return (
        f"{expected:.3g} visits come in {period_d:g} days on average; what is best is told of {visits}, "
        "a part of a visit counted as one"
    )


def _expected(number_per_y: int, period_d: float) -> float:
    years = period_d / YEAR_D
    return number_per_y * next((one for one in _LENGTHS_Y if abs(years / one - 1.0) < _NEAR), years)


def _kind(kind: str, number: int, given: Timeliness, steps: int) -> KindTiming:
    visits = visits_in(number, given.period_d)
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

    def result(value: float | None, what: str, error: float, most: float) -> Result:
        told = value or 0.0
        return Result(
            value=value,
            lower=None if value is None else max(0.0, told - error),
            upper=None if value is None else max(told, min(most, told + error)),
            kind="exact" if found.error <= EXACT else "bound",
            method=METHOD,
            exact=found.error <= EXACT,
            tol=max(error, 1e-9),
            inputs={**asked, "over": what},
            assumptions=said,
            warnings=() if value is not None else (f"{strategy.name} is never seen: no delay",),
        )

    return StrategyDelay(
        strategy=strategy.name,
        within=tuple(
            (delay_d, result(chance, f"{delay_d:g} days", found.error, 1.0))
            for delay_d, chance in found.by_delay
        ),
        mean_d=result(found.mean_delay_d, "mean of those seen", found.delay_error_d, horizon_d),
    )
