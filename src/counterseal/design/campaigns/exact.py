"""The exact figures of a campaign: chance of detection, mean delay, and when it would be seen.

For each state of the techniques the law of the delay is known; start dates are integrated out, and states
summed. Visits without memory have closed forms; the others are integrated piece by piece, to about 1e-12.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.design.campaigns.integral import integral
from counterseal.design.campaigns.law import Law, Reals, has_law, laws
from counterseal.design.campaigns.question import YEAR_D, Question
from counterseal.design.states import State, settled

_TINY = 0.5
"""Below this product of rate and time the closed forms of a mean delay cancel; it is integrated instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Exact figures of a campaign.

    Attributes:
        detection_p: Chance of being seen within the horizon [0 to 1].
        delay_sum_d: Mean of the delay, 0 for runs that are not seen [days].
        by_delay: ``(delay [days], chance of being seen within it)``.
        error: What the sum over unknown powers leaves open, of each chance and of the delay in horizons.
        horizon_d: How long the regime is held [days].
    """

    detection_p: float
    delay_sum_d: float
    by_delay: tuple[tuple[float, float], ...]
    error: float
    horizon_d: float

    @property
    def mean_delay_d(self) -> float | None:
        """Mean delay of those that are seen [days]; None where none is."""
        return self.delay_sum_d / self.detection_p if self.detection_p > 0.0 else None

    @property
    def delay_error_d(self) -> float:
        """What the sum leaves open of that mean [days]."""
        if not self.error or self.detection_p <= 0.0:
            return 0.0
        return min(
            self.horizon_d, self.error * (self.horizon_d + (self.mean_delay_d or 0.0)) / self.detection_p
        )


def exact(question: Question, *, delays_d: tuple[float, ...] = ()) -> Exact | None:
    """Return the exact figures of a campaign, None where there is no formula for its regime.

    Args:
        question: What is asked.
        delays_d: Delays for which the chance of being seen within them is wanted [days].
    """
    if not has_law(question.regime):
        return None
    found, error = settled(
        question.exposure.telling(),
        lambda given: _summed(question, given, delays_d),
        lambda before, after: float(np.abs(before - after).max()),
    )
    return Exact(
        detection_p=min(1.0, float(found[0])),
        delay_sum_d=max(0.0, float(found[1])) * question.horizon_d,
        by_delay=tuple(zip(delays_d, np.minimum(found[2:], 1.0).tolist(), strict=True)),
        error=error,
        horizon_d=question.horizon_d,
    )


def _summed(question: Question, given: Sequence[State], delays_d: tuple[float, ...]) -> Reals:
    """Return chance of detection, mean delay in horizons, and the chance within each delay, over states."""
    horizon_y, start_y = question.horizon_y, question.start_y
    total = np.zeros(2 + len(delays_d))
    for law in laws(question.exposure, given):
        within_y = (horizon_y, *(one / YEAR_D for one in delays_d))
        seen, *by_delay = (float(seen_within(law, one, horizon_y, start_y) @ law.weights) for one in within_y)
        delay_y = float(delay_sum_y(law, horizon_y, start_y) @ law.weights)
        total += np.array([seen, delay_y / horizon_y, *by_delay])
    return total


def seen_within(law: Law, delay_y: float, horizon_y: float, start_y: float | None) -> Reals:
    """Return the chance of being seen within a delay and within the horizon, in each state.

    Args:
        law: How it stays unseen.
        delay_y: The delay [years], 0 or more.
        horizon_y: How long the regime is held [years].
        start_y: When it begins, None for a random date.
    """
    missed = 1.0 - law.at_once_p
    delay_y = min(delay_y, horizon_y)
    if start_y is not None:
        end = np.array([min(start_y + delay_y, horizon_y)])
        return 1.0 - missed * law.between(np.array([start_y]), end)[:, 0]
    if law.timing == "poisson":
        return 1.0 - missed * _unseen_without_memory(law.total_rate_per_y[:, 0], delay_y, horizon_y)
    last_y = horizon_y - delay_y  # who begins later is cut off by the end of the horizon
    if law.timing == "random":
        early = _integral(law, lambda at: law.between(at, at + delay_y), _years(0.0, last_y, delay_y))
    else:
        early = last_y * law.over(np.array([delay_y]))[:, 0]
    return 1.0 - missed * (early + _to_the_end(law, last_y, horizon_y)) / horizon_y


def _integral(law: Law, function: Callable[[Reals], Reals], cuts: list[float]) -> Reals:
    return integral(function, cuts, steepness=law.steepness_per_y)


def _unseen_without_memory(rate_per_y: Reals, delay_y: float, horizon_y: float) -> Reals:
    """Return the mean chance of staying unseen until the delay, or the end of the horizon, is over."""
    x = rate_per_y * delay_y
    late = np.where(x > 0.0, -np.expm1(-x) / np.where(x > 0.0, x, 1.0), 1.0) * delay_y
    return ((horizon_y - delay_y) * np.exp(-x) + late) / horizon_y


def _to_the_end(law: Law, first_y: float, horizon_y: float) -> Reals:
    """Return the integral over start dates of the chance of staying unseen to the end of the horizon."""
    if law.timing == "random":
        return _integral(law, lambda at: law.between(at, _same(at, horizon_y)), _years(first_y, horizon_y))
    return _integral(law, law.over, _steps(law, horizon_y - first_y))


def _same(like: Reals, value: float) -> Reals:
    return np.full_like(like, value)


def _years(low: float, high: float, delay_y: float = 0.0) -> list[float]:
    """Return where a year begins for start dates, and for the ends of their delays."""
    inside = {float(year) for year in range(math.ceil(low), math.ceil(high))}
    inside |= {year - delay_y for year in range(math.ceil(low + delay_y), math.ceil(high + delay_y))}
    return [low, *sorted(one for one in inside if low < one < high), high]


def _steps(law: Law, length_y: float) -> list[float]:
    """Return where the law of equally spaced visits has a corner; the others have none."""
    cuts = {0.0, length_y}
    if law.timing == "spaced":
        for number, _ in law.kinds:
            cuts |= {step / number for step in range(math.ceil(number * length_y))}
    return sorted(cuts)


def delay_sum_y(law: Law, horizon_y: float, start_y: float | None) -> Reals:
    """Return the mean of the delay, 0 for what is not seen [years], in each state.

    Args:
        law: How it stays unseen.
        horizon_y: How long the regime is held [years].
        start_y: When it begins, None for a random date.
    """
    missed = 1.0 - law.at_once_p
    if start_y is not None:
        return missed * _delay_from(law, start_y, horizon_y)
    if law.timing == "random":
        return missed * (_pairs_in_years(law, horizon_y) - _waits(law, horizon_y)) / horizon_y
    x = law.total_rate_per_y[:, 0] * horizon_y
    if law.timing == "poisson" and bool((x > _TINY).all()):
        return missed * (x - 2.0 + (x + 2.0) * np.exp(-x)) / (x * x) * horizon_y
    waits = _integral(law, lambda one: (horizon_y - 2.0 * one) * law.over(one), _steps(law, horizon_y))
    return missed * waits / horizon_y


def _delay_from(law: Law, start_y: float, horizon_y: float) -> Reals:
    """Return the same for one start date: the integral of what is still unseen and will be seen."""
    length_y = horizon_y - start_y
    last = law.between(np.array([start_y]), np.array([horizon_y]))[:, 0]
    if law.timing == "random":
        years = _years(start_y, horizon_y)
        return _integral(law, lambda end: law.between(_same(end, start_y), end), years) - length_y * last
    return _integral(law, law.over, _steps(law, length_y)) - length_y * last


def _waits(law: Law, horizon_y: float) -> Reals:
    """Return the integral over start dates of the time to the end times the chance of reaching it unseen."""

    def wait(start: Reals) -> Reals:
        return (horizon_y - start) * law.between(start, _same(start, horizon_y))

    return _integral(law, wait, _years(0.0, horizon_y))


def _pairs_in_years(law: Law, horizon_y: float) -> Reals:
    """Return the integral over start and later time of the chance of being unseen in between.

    What lies in two years is a product of one factor each, so that single integrals are enough.
    """
    whole, rest_y = int(horizon_y), horizon_y - int(horizon_y)
    year = law.within_year(np.ones(1))[:, 0]
    part = _integral(law, law.within_year, [0.0, 1.0])
    total = whole * _integral(law, lambda one: (1.0 - one) * law.within_year(one), [0.0, 1.0])
    for gap in range(1, whole):
        total = total + (whole - gap) * part * part * year ** (gap - 1)
    if rest_y > 0.0:
        ends, last = [0.0, rest_y], _integral(law, law.within_year, [0.0, rest_y])
        total = total + _integral(law, lambda one: (rest_y - one) * law.within_year(one), ends)
        for first in range(whole):
            total = total + part * last * year ** (whole - 1 - first)
    return total
