"""Page's test with a budget of false alarms for a treaty's whole life.

Every period gives a standardised figure; their cumulative sum, less an allowance, raises an alarm at a
threshold (see ``cusum.py``). A mean run length says little about a treaty that lasts ten years. Here the
threshold is set so that the chance of any false alarm in all its periods is what the parties agreed to,
exactly.

References:
    [PAGE-1954]; chances of survival from period to period by quadrature, after [GOEL-WU-1971], who did so
    for the mean run length.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from counterseal.stats.cusum import ASSUMPTIONS, MAX_THRESHOLD, Numbers, density, places_and_weights
from counterseal.stats.errors import StatsError
from counterseal.stats.items import require_amount, require_count
from counterseal.stats.levels import require_level
from counterseal.stats.result import Result, digest, exactly, unreachable

_MAX_PERIODS = 100_000
_METHOD = "chance that Page's test has not yet raised an alarm, carried from period to period by quadrature"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAlarms:
    """When Page's test raises its first alarm.

    Attributes:
        k: Allowance [standard deviations].
        h: Threshold [standard deviations].
        shift: Mean of the figures [standard deviations].
        alarm: Chance of an alarm in any of the periods.
        by_period: Chance of an alarm up to and in each period [0 to 1], shape (periods,).
    """

    k: float
    h: float
    shift: float
    alarm: Result
    by_period: tuple[float, ...]

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        inputs = {"k": self.k, "h": self.h, "shift": self.shift, "periods": len(self.by_period)}
        return {
            **inputs,
            "inputs_digest": digest(inputs),
            "alarm": self.alarm.document(),
            "by_period": list(self.by_period),
        }


def page_alarms(k: float, h: float, periods: int, shift: float = 0.0) -> PageAlarms:
    """Return the chance that Page's test raises an alarm by each period.

    Args:
        k: Allowance [standard deviations], 0 or more.
        h: Threshold [standard deviations], above 0, at most 100.
        periods: Number of periods, 1 to 100,000.
        shift: Mean of the figures from the first on [standard deviations]; 0 while nothing is wrong.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> found = page_alarms(0.5, 4.0, periods=24, shift=1.0)
        >>> [round(found.by_period[month - 1], 2) for month in (6, 12, 24)]
        [0.42, 0.84, 0.99]
    """
    _require_chart(k, periods)
    require_amount(h, "Page's test, h", above=0.0)
    require_amount(shift, "Page's test, shift", least=-math.inf)
    if h > MAX_THRESHOLD:
        raise StatsError(f"Page's test, h: {h}, must be at most {MAX_THRESHOLD:g}")
    chances = _first_alarms(k, h, periods, shift)
    reached = np.minimum(np.cumsum(chances), 1.0)
    chance = float(reached[-1])
    alarm = exactly(
        chance,
        method=_METHOD,
        inputs={"k": k, "h": h, "periods": periods, "shift": shift},
        assumptions=ASSUMPTIONS,
        ln_value=math.log(chance) if chance > 0.0 else -math.inf,
        tol=1e-10,
    )
    return PageAlarms(k=k, h=h, shift=shift, alarm=alarm, by_period=tuple(reached.tolist()))


def page_threshold(k: float, periods: int, false_alarm: float) -> Result:
    """Return the threshold at which the chance of any false alarm in all periods is as agreed.

    Args:
        k: Allowance [standard deviations], 0 or more; half of the shift that should be seen soon.
        periods: Number of periods in the treaty's life, 1 to 100,000.
        false_alarm: Chance of any false alarm in all of them [0 to 1], above 0, below 1.

    Returns:
        The threshold ``h`` [standard deviations]; no value where even the smallest threshold, with this
        allowance, stays below the chance that is allowed.

    Raises:
        StatsError: a number is out of its range.

    Examples:
        >>> [round(page_threshold(0.5, n, 0.05).value or 0.0, 4) for n in (12, 52, 120)]
        [3.3745, 4.9717, 5.852]
    """
    from scipy import optimize

    _require_chart(k, periods)
    require_level(false_alarm, "Page's test, false_alarm")
    inputs = {"k": k, "periods": periods, "false_alarm": false_alarm}

    def excess(h: float) -> float:
        return math.log(max(_first_alarms(k, h, periods, 0.0).sum(), 1e-300) / false_alarm)

    least, high = 1e-9, 4.0
    if excess(least) <= 0.0:
        why = (
            f"Any threshold above 0 keeps the chance of a false alarm below {false_alarm:g}: k is too large."
        )
        return unreachable(method=_METHOD, inputs=inputs, why=why, assumptions=ASSUMPTIONS)
    while excess(high) > 0.0:
        least, high = high, min(2.0 * high, MAX_THRESHOLD)
        if least == high:
            why = f"No threshold up to {MAX_THRESHOLD:g} keeps to {false_alarm:g}: k is too small."
            return unreachable(method=_METHOD, inputs=inputs, why=why, assumptions=ASSUMPTIONS)
    h = float(optimize.brentq(excess, least, high, xtol=1e-12))
    return exactly(h, method=_METHOD, inputs=inputs, assumptions=ASSUMPTIONS, tol=1e-9)


def _require_chart(k: float, periods: int) -> None:
    require_amount(k, "Page's test, k")
    require_count(periods, "Page's test, periods", least=1, most=_MAX_PERIODS)


def _first_alarms(k: float, h: float, periods: int, shift: float) -> Numbers:
    """Return the chance that the first alarm comes in each period, shape (periods,)."""
    places, weights = places_and_weights(h)
    states = np.concatenate(([0.0], places))
    drop = k - shift
    moves = np.empty((states.size, states.size))
    moves[:, 0] = special.ndtr(drop - states)
    moves[:, 1:] = weights * density(places[None, :] + drop - states[:, None])
    alarms = special.ndtr(states - drop - h)
    chances, first = np.zeros(states.size), np.zeros(periods)
    chances[0] = 1.0
    for period in range(periods):
        first[period] = chances @ alarms
        chances = chances @ moves
    return first
