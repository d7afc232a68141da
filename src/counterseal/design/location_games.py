"""Where visits should go when each place tempts differently, and how many visits deter (location game).

The inspector announces with which chance each place is visited; the host then acts at the place that pays it
most, or nowhere. The best announcement makes every place that is worth it pay the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_amount, require_chance
from counterseal.stats.result import Result, exactly, unreachable

_HALVINGS = 200
ASSUMED = (
    "The host acts at one place or nowhere, knows the chances, and picks the best for itself.",
    "Where acting and not acting pay it the same, it does not act.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationEquilibrium:
    """How visits are best spread over places.

    Attributes:
        value: What the host's best place pays it; it acts nowhere where that is 0 or less.
        marginals: Chance that each place is visited [0 to 1], in the order given.
        deterrence_quota: Expected visits from which on no place pays [visits]; without a value where one
            place pays even when it is visited for sure.
        deterred: Whether the quota reaches that.
    """

    value: Result
    marginals: tuple[float, ...]
    deterrence_quota: Result
    deterred: bool

    def sampler(self, seed: int) -> tuple[int, ...]:
        """Return one choice of places that keeps every chance: systematic sampling from one random start.

        A real choice takes its randomness from the parties' joint draw, never from here.

        Args:
            seed: Of the random start.

        Returns:
            Positions of the places to visit, in ascending order.
        """
        start = np.random.Generator(np.random.Philox(seed)).random()
        ends = np.cumsum((0.0, *self.marginals))
        marks = np.ceil(ends - start).clip(min=0)
        return tuple(int(place) for place in np.flatnonzero(np.diff(marks) > 0))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "value": self.value.document(),
            "marginals": list(self.marginals),
            "deterrence_quota": self.deterrence_quota.document(),
            "deterred": self.deterred,
        }


def location_game(
    gain: Sequence[float], penalty: Sequence[float], detect_p: Sequence[float], quota: float
) -> LocationEquilibrium:
    """Return the best chances of visits, and how many visits would deter.

    Args:
        gain: What acting unseen pays the host at each place, 0 or more.
        penalty: What it loses there when seen, above 0, in the same unit.
        detect_p: Chance that a visit sees it there [0 to 1].
        quota: Expected visits, 0 or more.

    Raises:
        DesignError: no places, or lists of different lengths.
        StatsError: a number out of range.

    Examples:
        >>> told = location_game([1, 1], [1, 3], [1, 1], quota=0.75)
        >>> [round(one, 3) for one in told.marginals], round(told.deterrence_quota.value, 3)
        ([0.5, 0.25], 0.75)
    """
    gains, losses, chances = _columns(gain, penalty, detect_p)
    require_amount(quota, "quota")
    inputs = {"gain": list(gain), "penalty": list(penalty), "detect_p": list(detect_p), "quota": quota}
    slopes = (gains + losses) * chances
    needed = _needed(gains, slopes)
    low, marginals = _best(gains, slopes, quota)
    value = Result(
        value=low,
        lower=low,
        upper=low,
        kind="equilibrium",
        method="water filling: every place that is visited pays the same",
        exact=True,
        tol=1e-12,
        inputs=inputs,
        assumptions=ASSUMED,
    )
    total = math.fsum(needed.tolist())
    return LocationEquilibrium(
        value=value,
        marginals=tuple(marginals.tolist()),
        deterrence_quota=_quota(total, gains, slopes, inputs),
        deterred=total <= quota * (1.0 + 1e-12),
    )


def _columns(*given: Sequence[float]) -> tuple[NDArray[np.float64], ...]:
    names = ("gain", "penalty", "detect_p")
    if not given[0] or len({len(one) for one in given}) != 1:
        sizes = ", ".join(f"{len(one)} of {name}" for name, one in zip(names, given, strict=True))
        raise DesignError(f"places: {sizes}; must be as many of each, at least one")
    for name, column in zip(names, given, strict=True):
        for place, number in enumerate(column):
            if name == "detect_p":
                require_chance(number, f"detect_p[{place}]")
            else:
                require_amount(number, f"{name}[{place}]", above=0.0 if name == "penalty" else None)
    return tuple(np.asarray(one, dtype=np.float64) for one in given)


def _needed(gains: NDArray[np.float64], slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the chance of a visit from which on each place pays nothing; infinite where none is enough."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        chances = np.where(gains > 0.0, gains / slopes, 0.0)
    return np.where(chances > 1.0, np.inf, chances)


def _best(
    gains: NDArray[np.float64], slopes: NDArray[np.float64], quota: float
) -> tuple[float, NDArray[np.float64]]:
    """Return the smallest pay of the host's best place, and chances that hold it there."""
    seen = np.where(slopes > 0.0, slopes, np.inf)

    def chances(pay: float) -> NDArray[np.float64]:
        with np.errstate(over="ignore"):  # a chance of nearly nothing: no visit is enough, or none is needed
            return np.clip((gains - pay) / seen, 0.0, 1.0)

    floor = float(np.max(gains - slopes))
    low, high = floor, float(np.max(gains))
    if float(chances(low).sum()) > quota:
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            if float(chances(middle).sum()) > quota:
                low = middle
            else:
                high = middle
        low = high
    return low, chances(low)


def _quota(
    total: float, gains: NDArray[np.float64], slopes: NDArray[np.float64], inputs: dict[str, Any]
) -> Result:
    method = "sum over places of gain / ((gain + penalty) detect_p)"
    if math.isfinite(total):
        return exactly(total, method=method, inputs=inputs, assumptions=ASSUMED)
    worst = int(np.argmax(gains - slopes))
    why = f"place {worst} pays even if it is visited for sure: no number of visits deters there"
    return unreachable(method=method, inputs=inputs, why=why, assumptions=ASSUMED)
