"""When visits should come so that a departure is soon seen: expected delay, host blind or watching.

The reference period has T steps; the last visit, at its end, is certain, and k more may come at the ends of
earlier steps. A host begins right after one of these moments, the first of them included, and is seen at the
next visit; it wants to be seen late.

A **blind** host settles when to begin before it sees any visit. With L(t) the number of visits expected until
t, no plan lets the chance that none comes in (s, t] fall below ``max(0, 1 - L(t) + L(s))``; visits taken by
systematic sampling (one random start u, a visit where L passes u, 1 + u, 2 + u, …) reach that for all s and t
at once. So the best L alone is sought: the expected delay of a start at s is the sum over t >= s of that
chance, and, from the end backward, the fewest visits that hold it at V are found one step after the other.
The V that needs k of them is the value. The host's mix makes each possible visit worth the same.

A **watching** host sees each visit as it comes; the value is then T / (k + 1), by equal spacing.

References:
    [DIAMOND-1982]; [AVENHAUS-2002].
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from counterseal.design.equilibrium import Equilibrium, drawn
from counterseal.design.errors import DesignError
from counterseal.design.spaced_visits import spaced_chances, spaced_visits
from counterseal.stats.items import require_count
from counterseal.stats.result import Result

Reals = NDArray[np.float64]
Dates = tuple[tuple[tuple[int, ...], float], ...]
Observing = bool
"""Whether a host sees visits before it begins; the literature prints it as the third argument."""

MAX_STEPS = 5_000
"""Most steps of the period."""
MAX_DATES = 4_000_000
"""Most steps times visits: the size of the mix."""
ASSUMED = (
    "A visit sees what goes on, without error; the one at the end of the period is certain.",
    "The host must begin once, right after one of the moments at which visits may come, or at the start.",
    "It is worth to the host as much as the time until the next visit, and costs the inspector as much.",
)
BLIND = "The host settles when to begin before it sees any visit, and hears nothing of those that come."
WATCHING = "The host sees every visit as it comes, and may wait for as many as it likes before it begins."

_BLIND = "expected visits step by step from the end, taken by systematic sampling; bounds from both mixes"
_WATCHING = "equal spacing against a start after each visit alike"
_BLINDLY: Observing = False
_NUDGE = 1e-9
"""Part of the value by which it is moved to see on which side of a tie the host's mix lies."""
_MERGED = 1e-12
"""Starts of the systematic sample that lie closer together are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayEquilibrium(Equilibrium):
    """The value of such a game [steps], the inspector's dates, and the host's starts.

    The plans of ``row_mix`` are dates of visits [steps from the start], those of ``col_mix`` the moment after
    which the host begins [steps], or, where it watches, the number of visits after which it begins.

    Attributes:
        steps: Steps of the period, T.
        visits: Visits before its end, k.
        observing: Whether the host watches.
        visit_chances: Chance of a visit at the end of each step but the last [0 to 1], **shape** (T - 1,).
    """

    steps: int
    visits: int
    observing: bool
    visit_chances: tuple[float, ...]

    def sampler(self, seed: int) -> tuple[int, ...]:
        """Return the dates of one set of visits, drawn with its chance, as whole steps in ascending order.

        Against a watching host with a spacing that is no whole number, each gap is the whole number below or
        above what is left over the visits that are left, such that its mean is that: the value is the same.
        A real choice takes its randomness from the parties' joint draw, never from here.

        Args:
            seed: Of the draw; the same seed gives the same dates.
        """
        if self.observing:
            return spaced_visits(self.steps, self.visits, seed)
        return cast("tuple[int, ...]", drawn(self.row_mix, seed))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return Equilibrium.document(self) | {
            "steps": self.steps,
            "visits": self.visits,
            "observing": self.observing,
            "visit_chances": list(self.visit_chances),
        }


def delay_game(T: int, visits: int, observing: Observing = _BLINDLY) -> DelayEquilibrium:
    """Return the expected delay until a departure is seen, and when visits should come.

    Args:
        T: Steps of the reference period (weeks of a year, say), 1 to 5000.
        visits: Visits before its end, 0 or more; more than T - 1 are as good as one at each step.
        observing: Whether the host sees the visits before it begins.

    Returns:
        The value in steps, the mix of dates, the host's starts, and a sampler of dates.

    Raises:
        StatsError: a number is none, or out of its range.
        DesignError: so many dates that the mix would not fit, or ``observing`` is neither true nor false.

    Examples:
        >>> blind, watching = delay_game(200, 1), delay_game(200, 1, observing=True)
        >>> f"{blind.value.value / 200:.4f} {watching.value.value / 200:.4f}"
        '0.3695 0.5000'
    """
    require_count(T, "T", least=1, most=MAX_STEPS)
    require_count(visits, "visits")
    if not isinstance(observing, bool | np.bool_):
        raise DesignError(f"delay_game, observing: {observing!r}, must be True or False")
    observing = bool(observing)
    number = min(visits, T - 1)
    if T * number > MAX_DATES:
        raise DesignError(f"delay_game: {T} steps with {number} visits; their product must be <= {MAX_DATES}")
    inputs = {"question": "delay_game", "T": T, "visits": visits, "observing": observing}
    return _watching(T, number, inputs) if observing else _blind(T, number, inputs)


def _watching(T: int, visits: int, inputs: dict[str, Any]) -> DelayEquilibrium:
    gap = T / (visits + 1)
    whole = T % (visits + 1) == 0
    dates = tuple(j * T // (visits + 1) if whole else j * T / (visits + 1) for j in range(1, visits + 1))
    host = tuple((j, 1.0 / (visits + 1)) for j in range(visits + 1))
    return DelayEquilibrium(
        value=_result(gap, gap, inputs, (*ASSUMED, WATCHING), _WATCHING),
        row_mix=((dates, 1.0),),
        col_mix=host,
        rounds=0,
        method=_WATCHING,
        best_fixed=(dates, gap),
        steps=T,
        visits=visits,
        observing=True,
        visit_chances=spaced_chances(T, visits),
    )


def _blind(T: int, visits: int, inputs: dict[str, Any]) -> DelayEquilibrium:
    value, rounds = _needed_delay(T, visits)
    expected = visits - fewest_visits(T, value)
    expected[0] = 0.0
    row_mix = _sampled(expected, T, visits)
    upper = float(_delays(row_mix, T).max())
    host, lower = _host(value, T, visits)
    spaced = tuple(j * T // (visits + 1) for j in range(1, visits + 1))
    return DelayEquilibrium(
        value=_result(min(lower, upper), upper, inputs, (*ASSUMED, BLIND), _BLIND),
        row_mix=row_mix,
        col_mix=tuple((int(s), float(host[s])) for s in np.flatnonzero(host)),
        rounds=rounds,
        method=_BLIND,
        best_fixed=(spaced, float(_delays(((spaced, 1.0),), T).max())),
        steps=T,
        visits=visits,
        observing=False,
        visit_chances=_chances(row_mix, T),
    )


def fewest_visits(T: int, delay: float) -> Reals:
    """Return the fewest visits after each moment that keep the expected delay of every start at most there.

    Args:
        T: Steps.
        delay: Expected delay [steps], 1 to T.

    Returns:
        Visits expected after the moments 0 to T - 1 and before the end, **shape** (T,); falling.

    Examples:
        >>> fewest_visits(4, 2.5).round(6).tolist()
        [0.583333, 0.25, 0.0, 0.0]
    """
    left, after = [0.0] * T, [0.0] * (T + 1)
    last = T - 1
    for s in range(T - 2, -1, -1):
        while last > s:  # 1 + sum over t in (s, last] of (1 - m + left[t]) = delay
            number = last - s
            m = (1.0 + number + after[s + 1] - after[last + 1] - delay) / number
            if m - left[last] < 1.0:
                break
            last -= 1
        else:
            m = left[s + 1] + 1.0
        left[s] = max(m, left[s + 1])
        after[s] = after[s + 1] + left[s]
    return np.array(left)


def _needed_delay(T: int, visits: int) -> tuple[float, int]:
    """Return the smallest expected delay that so many visits can hold, to the last digit, and the steps."""
    low, high, rounds = 1.0, float(T), 0
    if visits >= T - 1:
        return 1.0, 0
    while True:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            return high, rounds
        rounds += 1
        if fewest_visits(T, middle)[0] <= visits:
            high = middle
        else:
            low = middle


def _sampled(expected: Reals, T: int, visits: int) -> Dates:
    """Return the sets of dates that systematic sampling gives, each with its chance."""
    if not visits:
        return (((), 1.0),)
    parts = np.unique(np.concatenate(([0.0, 1.0], expected - np.floor(expected))))
    parts = parts[np.concatenate(([True], np.diff(parts) > _MERGED))]
    ends = np.concatenate((parts[parts < 1.0 - _MERGED], [1.0]))
    chances = np.diff(ends)
    starts = 0.5 * (ends[1:] + ends[:-1])
    dates = np.searchsorted(expected, starts[:, None] + np.arange(visits)[None, :], side="left")
    return tuple(
        (tuple(one[one < T].tolist()), float(chance)) for one, chance in zip(dates, chances, strict=True)
    )


def _delays(mix: Dates, T: int) -> Reals:
    """Return the expected delay of each start, from the dates themselves, **shape** (T,)."""
    total, moments = np.zeros(T), np.arange(T)
    for dates, chance in mix:
        ends = np.array([0, *dates, T])
        total += chance * (np.repeat(ends[1:], np.diff(ends)) - moments)
    return total


def _chances(mix: Dates, T: int) -> tuple[float, ...]:
    total = np.zeros(T)
    for dates, chance in mix:
        total[list(dates)] += chance
    return tuple(np.minimum(total[1:], 1.0).tolist())


def _host(value: float, T: int, visits: int) -> tuple[Reals, float]:
    """Return the host's mix and the delay that it holds against any dates.

    Where the expected visits of two moments differ by exactly 1, the mix belongs to one side of the tie.
    """
    best, held = np.zeros(T), -math.inf
    best[0] = 1.0
    for moved in (value, value * (1.0 - _NUDGE), value * (1.0 + _NUDGE)):
        near = fewest_visits(T, moved)
        mix, worth = _starts(near[0] - near, T)
        least = _least_delay(mix, worth, visits)
        if least > held:
            best, held = mix, least
    return best, held


def _starts(expected: Reals, T: int) -> tuple[Reals, float]:
    """Return chances of starts against which each date of a visit is worth the same, and that worth.

    A visit at t shortens the delay of a start at s < t by the number of moments from t on until which no more
    than one visit is expected since s.
    """
    reach = (
        np.searchsorted(expected, expected + 1.0, side="left") - 1
    )  # last t with less than one visit since
    weights = np.zeros(T)
    worth, active = 0.0, 0.0
    leaving = np.zeros(T + 1)
    for s in range(int(np.argmax(expected)) if expected[-1] > 0.0 else 0):
        own = int(reach[s]) - s
        if own <= 0:
            weights[:] = 0.0
            break
        weights[s] = max((1.0 - worth) / own, 0.0)
        leaving[reach[s]] += weights[s]  # from here on it counts no more
        active += weights[s]
        worth += weights[s] * own - active
        active -= leaving[s + 1]
    total = float(weights.sum())
    if not total > 0.0:
        weights[0] = total = 1.0
        return weights, 0.0
    return weights / total, 1.0 / total


def _least_delay(mix: Reals, worth: float, visits: int) -> float:
    """Return what the host holds at least with its mix: the inspector's best dates, each charged its worth.

    Since each of at most ``visits`` dates was charged as much, the charge given back leaves a lower bound for
    any of them, whatever the charge.
    """
    T = mix.size
    begun = np.concatenate(([0.0], np.cumsum(mix)))
    moments = np.concatenate(([0.0], np.cumsum(mix * np.arange(T))))
    least = np.full(T + 1, math.inf)
    least[0] = 0.0
    for b in range(1, T + 1):
        gaps = b * (begun[b] - begun[:b]) - (moments[b] - moments[:b])
        least[b] = float(np.min(least[:b] + gaps)) + (worth if b < T else 0.0)
    return float(least[T]) - worth * visits


def _result(
    lower: float, upper: float, inputs: dict[str, Any], assumptions: tuple[str, ...], method: str
) -> Result:
    return Result(
        value=upper,
        lower=lower,
        upper=upper,
        kind="equilibrium",
        method=method,
        exact=lower == upper,
        tol=upper - lower,
        inputs=inputs,
        assumptions=assumptions,
    )
