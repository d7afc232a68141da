"""Chance that a departure is seen in time: a visit must come within the critical time after its start.

The reference period T has ``W = floor(T / tau)`` windows of the critical time tau that do not overlap. A host
that takes one of their starts by lot meets, on average over them, k / W visits. An inspector that puts visits
to moments ``u, u + tau, u + 2 tau, …``, with u from T - W tau to tau, has exactly one such moment in whatever
window the host takes; with k of the W moments by lot it reaches k / W against any start. So k / W is the
value, also where T / tau is no whole number, as long as the whole critical time lies in the period. With more
visits than windows each moment gets k // W of them and some by lot one more; visits of one window, each with
errors of its own, add up.

References:
    [CANTY-2001].
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.stats.items import MAX_ITEMS, require_amount, require_chance, require_count
from counterseal.stats.result import Result, exactly

ASSUMED = (
    "The host begins once, so early that the whole critical time lies in the period, and hears of no visit.",
    "A visit after the start counts until the last moment of the critical time; a later one is too late.",
    "Each visit errs on its own, with the chances stated, and an alarm before the start tells nothing of it.",
)
_METHOD = "1 - ((1 - r) miss^a + r miss^(a+1)), a = k // W, r = k / W - a, W = floor(T / tau)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelyDetection:
    """How likely a departure is seen within the critical time, at best, and how visits reach that.

    Attributes:
        value: The chance, against the best start; no plan of visits does better, none of the host's starts
            brings it lower.
        windows: Critical times that the period holds, W.
        false_alarm: Chance of at least one false alarm in a period without a departure.
        false_alarms: False alarms expected in such a period.
        period: T, in the user's unit.
        critical: tau, in the same unit.
        visits: Visits in a period, k.
    """

    value: Result
    windows: int
    false_alarm: Result
    false_alarms: Result
    period: float
    critical: float
    visits: int

    def sampler(self, seed: int) -> tuple[float, ...]:
        """Return the moments of one set of visits, drawn so that every start is met alike.

        A real choice takes its randomness from the parties' joint draw, never from here.

        Args:
            seed: Of the draw.

        Returns:
            Moments above 0, at most W tau, ascending, in the unit of the period, **shape** (visits,).
        """
        generator = np.random.Generator(np.random.Philox(seed))
        full, more = divmod(self.visits, self.windows)
        rest = self.period / self.critical - self.windows  # a moment before that would miss the last starts
        offsets = 1.0 - min(1.0 - rest, 1.0) * generator.random(full + 1)
        chosen = generator.permutation(self.windows)[:more]
        moments = (np.arange(self.windows)[None, :] + offsets[:full, None]).ravel()
        extra = np.sort(chosen) + offsets[full]
        return tuple((self.critical * np.sort(np.concatenate((moments, extra)))).tolist())

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "value": self.value.document(),
            "windows": self.windows,
            "false_alarm": self.false_alarm.document(),
            "false_alarms": self.false_alarms.document(),
            "period": self.period,
            "critical": self.critical,
            "visits": self.visits,
        }


def critical_time(
    T: float, tau: float, visits: int, miss_p: float = 0.0, false_alarm_p: float = 0.0
) -> TimelyDetection:
    """Return the best chance that a departure is seen within the critical time after its start.

    Args:
        T: Reference period, in any unit of time, above 0.
        tau: Critical time, in the same unit, above 0, at most T; both are taken as the decimals written.
        visits: Visits in a period, 0 to 10**6.
        miss_p: Chance that a visit to a host that departs from the agreement shows nothing [0 to 1].
        false_alarm_p: Chance that a visit to one that does not raises an alarm [0 to 1].

    Returns:
        The chance, and what false alarms come with it.

    Raises:
        StatsError: a number is none, or out of its range.
        DesignError: the critical time is longer than the period, or the period holds more than 10**6 of them.

    Examples:
        >>> twelve = critical_time(12, 1, 4, miss_p=0.1, false_alarm_p=0.01)
        >>> round(twelve.value.value, 6), round(twelve.false_alarm.value, 6)
        (0.3, 0.039404)
    """
    require_amount(T, "critical_time, T", above=0.0)
    require_amount(tau, "critical_time, tau", above=0.0)
    require_count(visits, "critical_time, visits")
    require_chance(miss_p, "critical_time, miss_p")
    require_chance(false_alarm_p, "critical_time, false_alarm_p")
    windows = math.floor(Fraction(str(T)) / Fraction(str(tau)))
    if windows < 1:
        raise DesignError(
            f"critical_time, tau: {tau}, longer than the period of {T}: no departure ends within it"
        )
    if windows > MAX_ITEMS:
        raise DesignError(
            f"critical_time, tau: {tau}, the period of {T} holds {windows}; at most {MAX_ITEMS}"
        )
    inputs = {
        "question": "critical_time",
        "T": T,
        "tau": tau,
        "visits": visits,
        "miss_p": miss_p,
        "false_alarm_p": false_alarm_p,
    }
    return TimelyDetection(
        value=_seen(visits, windows, miss_p, inputs),
        windows=windows,
        false_alarm=_false_alarm(visits, false_alarm_p, inputs),
        false_alarms=exactly(
            visits * false_alarm_p, method="k a", inputs=inputs, assumptions=ASSUMED[2:], tol=1e-15
        ),
        period=float(T),
        critical=float(tau),
        visits=visits,
    )


def _seen(visits: int, windows: int, miss_p: float, inputs: dict[str, Any]) -> Result:
    full, more = divmod(visits, windows)
    part = more / windows
    unseen = float(miss_p**full) * (1.0 - part * (1.0 - miss_p))
    seen = 1.0 - unseen if full else part * (1.0 - miss_p)
    return Result(
        value=seen,
        lower=seen,
        upper=seen,
        kind="equilibrium",
        method=_METHOD,
        exact=True,
        tol=1e-15,
        ln_value=math.log(seen) if seen > 0.0 else -math.inf,
        inputs=inputs,
        assumptions=ASSUMED,
    )


def _false_alarm(visits: int, false_alarm_p: float, inputs: dict[str, Any]) -> Result:
    ln_none = visits * math.log1p(-false_alarm_p) if false_alarm_p < 1.0 else -math.inf if visits else 0.0
    some = -math.expm1(ln_none)
    return exactly(
        some,
        method="1 - (1 - a)^k",
        inputs=inputs,
        assumptions=ASSUMED[2:],
        ln_value=math.log(some) if some > 0.0 else -math.inf,
        tol=1e-15,
    )
