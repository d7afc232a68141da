"""Rebuilding against detection where techniques may fail as a whole: the race in each state, then the sum.

A cause of failure that all visits share does not average out while time goes on: whoever is not seen by
techniques that do not work is never seen. So no chance here passes the ceiling of the strategy.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from counterseal.design.campaigns.question import YEAR_D
from counterseal.design.exposure import (
    Exposure,
    ln_unseen_by_lot,
    ln_unseen_by_monitors,
    ln_unseen_in_year,
)
from counterseal.design.rebuilding import ONE_AFTER_ANOTHER, SHOWN, Race, Rebuild
from counterseal.design.states import EXACT, State, settled
from counterseal.stats.result import Result, exactly, unreachable

_DOUBLINGS, _HALVINGS = 200, 200
_TIMES = (0.25, 1.0, 4.0)
EACH_STATE = (
    "In each state of the techniques detection comes without memory, at the rate of the visits times the "
    "chance of each; what shows the beginning itself comes at once. Chances are summed over the states."
)
STEADY = (
    "Visits that are spread over the year see sooner than visits without memory: chances of being seen are "
    "lower bounds, times until then upper ones."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """How detection comes in one state of the techniques.

    Attributes:
        chance: How likely the state is [0 to 1].
        at_once_p: Chance that the beginning itself is seen [0 to 1].
        rate_per_d: Rate of what comes later [1/day].
    """

    chance: float
    at_once_p: float
    rate_per_d: float

    def seen_by(self, time_d: float) -> float:
        """Return the chance of being seen by then, in this state [0 to 1]."""
        gone_on = -math.expm1(-self.rate_per_d * time_d) if self.rate_per_d else 0.0
        return self.at_once_p + (1.0 - self.at_once_p) * gone_on

    def seen_before(self, rebuild: Rebuild) -> float:
        """Return the chance of being seen before rebuilding is done, in this state [0 to 1]."""
        gone_on = -math.expm1(rebuild.ln_laplace(self.rate_per_d))
        return self.at_once_p + (1.0 - self.at_once_p) * gone_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """How detection comes, over all states of the techniques.

    Attributes:
        states: One entry for each state.
        memoryless: Whether visits come without memory; elsewhere the rates are those of slower visits.
        error: What the sum over unknown powers leaves open, as a chance.
        strategy: Whose they are.
    """

    states: tuple[Hazard, ...]
    memoryless: bool
    error: float
    strategy: str

    @property
    def ceiling(self) -> float:
        """Chance of ever being seen [0 to 1]."""
        return self.seen_by(math.inf)

    def seen_by(self, time_d: float) -> float:
        """Return the chance of being seen by then [0 to 1].

        Args:
            time_d: Since the beginning [days], 0 or more.
        """
        return self.over(lambda one: one.seen_by(time_d))

    def over(self, chance: Callable[[Hazard], float]) -> float:
        """Return the sum of a chance over the states [0 to 1]."""
        return min(1.0, math.fsum(one.chance * chance(one) for one in self.states))

    def quantile_d(self, chance: float) -> float:
        """Return the time by which it is seen with that chance [days]; infinite where it never is."""
        if self.ceiling < chance:
            return math.inf
        low, high = 0.0, 1.0
        if self.seen_by(low) >= chance:
            return low
        for _ in range(_DOUBLINGS):
            if self.seen_by(high) >= chance:
                break
            low, high = high, 2.0 * high
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if middle in {low, high}:
                break
            low, high = (low, middle) if self.seen_by(middle) >= chance else (middle, high)
        return high


def hazards(exposure: Exposure, rebuild: Rebuild) -> Hazards:
    """Return how detection of a strategy comes, with as many states as its race needs.

    Args:
        exposure: The strategy under its regime.
        rebuild: What detection races with.
    """
    memoryless = exposure.regime.timing == "poisson"
    times = [part * rebuild.mean_d for part in _TIMES]

    def told(given: tuple[State, ...], error: float = 0.0) -> Hazards:
        return Hazards(
            states=tuple(_hazard(exposure, one) for one in given),
            memoryless=memoryless,
            error=error,
            strategy=exposure.strategy.name,
        )

    def distance(before: Hazards, after: Hazards) -> float:
        pairs = [one.over(lambda held: held.seen_before(rebuild)) for one in (before, after)]
        return max(
            abs(pairs[0] - pairs[1]), *(abs(before.seen_by(one) - after.seen_by(one)) for one in times)
        )

    found, error = settled(exposure.telling(), told, distance)
    return Hazards(states=found.states, memoryless=memoryless, error=min(1.0, error), strategy=found.strategy)


def _hazard(exposure: Exposure, state: State) -> Hazard:
    """Return how detection comes in one state: never faster than the chance of a year allows."""
    visits = math.fsum(
        number * -math.expm1(ln_unseen_by_lot(exposure, kind, state))
        for kind, number in exposure.regime.quota_per_year.items()
        if number
    )
    visits = min(visits, -ln_unseen_in_year(exposure, state))
    begun = ln_unseen_by_monitors(exposure, state, years=0.0)
    at_once_p = 0.0 - math.expm1(begun)
    going_on = begun - ln_unseen_by_monitors(exposure, state, years=1.0) if at_once_p < 1.0 else 0.0
    return Hazard(chance=state.chance, at_once_p=at_once_p, rate_per_d=max(0.0, visits + going_on) / YEAR_D)


def race_over_states(rebuild: Rebuild, detection: Hazards) -> Race:
    """Return how a rebuilding races with detection that may fail as a whole.

    Args:
        rebuild: Its stages.
        detection: How detection comes in each state.
    """
    times = tuple(rebuild.quantile_d(chance) for chance in SHOWN)
    spotted = tuple(_time(detection, chance) for chance in SHOWN)
    return Race(
        seen_first=_seen_first(rebuild, detection),
        warning_index=_index(rebuild, detection, times[0].value or 0.0, spotted[-1]),
        rebuild_d=(times[0], times[1], times[2]),
        detection_d=(spotted[0], spotted[1], spotted[2]),
    )


def _said(detection: Hazards) -> tuple[str, ...]:
    return (
        (ONE_AFTER_ANOTHER, EACH_STATE) if detection.memoryless else (ONE_AFTER_ANOTHER, EACH_STATE, STEADY)
    )


def _asked(detection: Hazards) -> dict[str, object]:
    return {"strategy": detection.strategy, "states": len(detection.states)}


def _seen_first(rebuild: Rebuild, detection: Hazards) -> Result:
    seen, error = detection.over(lambda one: one.seen_before(rebuild)), detection.error
    surely = detection.memoryless and error <= EXACT
    most = seen if detection.memoryless else max(seen, detection.ceiling)
    return Result(
        value=seen,
        lower=max(0.0, seen - error),
        upper=min(1.0, most + error),
        kind="exact" if surely else "bound",
        method="one less the Laplace transform of the rebuild time at the hazard, summed over the states",
        exact=surely,
        tol=max(error, 1e-12),
        inputs={**rebuild.inputs(), **_asked(detection)},
        assumptions=_said(detection),
    )


def _time(detection: Hazards, chance: float) -> Result:
    method = "quantile of the exponential distributions of all states together"
    inputs, said = {**_asked(detection), "chance": chance}, _said(detection)[1:]
    value = detection.quantile_d(chance)
    if value == math.inf:
        why = (
            f"{detection.strategy} is never seen with {100 * chance:g} %: at most {detection.ceiling:.4g} is"
        )
        return unreachable(method=method, inputs=inputs, why=why, assumptions=said)
    if detection.memoryless and detection.error <= EXACT:
        return exactly(value, method=method, inputs=inputs, assumptions=said, tol=1e-9 * value)
    return Result(
        value=value,
        lower=0.0 if not detection.memoryless else min(value, _moved(detection, chance, detection.error)),
        upper=max(value, _moved(detection, chance, -detection.error)),
        kind="bound",
        method=method,
        exact=False,
        tol=1e-9 * value,
        inputs=inputs,
        assumptions=said,
    )


def _moved(detection: Hazards, chance: float, error: float) -> float:
    """Return the time of a chance where the chance seen by then is off by an error."""
    return detection.quantile_d(min(1.0, max(0.0, chance - error)))


def _index(rebuild: Rebuild, detection: Hazards, done_d: float, warned: Result) -> Result:
    method = "5 % quantile of the rebuild time over 95 % quantile of the detection time"
    inputs, said = {**rebuild.inputs(), **_asked(detection)}, _said(detection)
    if warned.value is None:
        return exactly(0.0, method=method, inputs=inputs, assumptions=said, warnings=warned.warnings)
    value, least, most = (_over(done_d, one) for one in (warned.value, warned.upper, warned.lower))
    exact = warned.kind == "exact"
    return Result(
        value=value,
        lower=value if exact else least,
        upper=value if exact else most,
        kind=warned.kind,
        method=method,
        exact=exact,
        inputs=inputs,
        assumptions=said,
    )


def _over(done_d: float, time_d: float | None) -> float:
    return done_d / time_d if time_d else math.inf
