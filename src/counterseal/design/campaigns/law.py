"""The chance of staying unseen between two times, in each state of the techniques, exactly.

Times are in years from the first day of the horizon. ``random`` visits lie anywhere in their year,
``poisson`` visits come without memory, ``spaced`` visits stand at equal distances with a phase that the host
does not know. What depends on the state is an array of shape (states, 1), so that it meets arrays of times.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.design.exposure import Exposure, ln_unseen_by_visit, systematic_lots
from counterseal.design.regime import Regime, Visit
from counterseal.design.states import State

Reals = NDArray[np.float64]

_TOGETHER = 256
"""So many states are worked out together: enough that loops cost little, few enough for the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """How a strategy stays unseen, in some states.

    Attributes:
        timing: When visits come.
        weights: Chance of each state; shape (states,).
        kinds: ``(visits a year, chances that one sent by lot sees it)`` of each kind that has a quota.
        spreads: For each kind spread over sites by one lot a year, ``(chance of the spread, ((visits, chances
            that one sees it), …))``; empty where each visit has a lot of its own.
        at_once_p: Chances that a monitor shows the beginning; shape (states,).
        rate_per_y: Rates at which monitors show what goes on [1/year].
    """

    timing: str
    weights: Reals
    kinds: tuple[tuple[int, Reals], ...]
    spreads: tuple[tuple[tuple[float, tuple[tuple[int, Reals], ...]], ...], ...]
    at_once_p: Reals
    rate_per_y: Reals

    @property
    def total_rate_per_y(self) -> Reals:
        """Rates at which it is seen where visits come without memory [1/year]."""
        total = self.rate_per_y
        for number, chance in self.kinds:
            total = total + number * chance
        return total

    @property
    def steepness_per_y(self) -> float:
        """About how fast the chance falls, at most [1/year]."""
        fall = sum(number for number, _ in self.kinds) + float(self.rate_per_y.max())
        return fall if self.timing == "random" else float(self.total_rate_per_y.max())

    def within_year(self, length_y: Reals) -> Reals:
        """Return the chance that random visits show nothing in a part of one year of that length."""
        length_y = np.clip(length_y, 0.0, 1.0)
        unseen = np.exp(-self.rate_per_y * length_y)
        for spread in self.spreads:
            unseen = unseen * sum(chance * _none(sites, length_y) for chance, sites in spread)
        if not self.spreads:
            unseen = unseen * _none(self.kinds, length_y)
        return unseen

    def over(self, length_y: Reals) -> Reals:
        """Return the chance that visits whose law is the same at all times show nothing for so long."""
        if self.timing == "poisson":
            return np.exp(-self.total_rate_per_y * length_y)
        unseen = np.exp(-self.rate_per_y * length_y)
        for number, chance in self.kinds:
            whole = np.floor(number * length_y)
            rest = number * length_y - whole
            unseen = unseen * (1.0 - chance) ** whole * (1.0 - rest * chance)
        return unseen

    def between(self, start_y: Reals, end_y: Reals) -> Reals:
        """Return the chance that nothing is shown from a start to an end, once begun unseen."""
        if self.timing != "random":
            return self.over(end_y - start_y)
        first, last = np.floor(start_y), np.ceil(end_y) - 1.0
        across = np.maximum(last - first - 1.0, 0.0)
        apart = self.within_year(first + 1.0 - start_y) * self.within_year(end_y - last)
        apart = apart * self.within_year(np.ones(1)) ** across
        return np.where(last <= first, self.within_year(end_y - start_y), apart)


def _none(groups: tuple[tuple[int, Reals], ...], length_y: Reals) -> Reals:
    """Return the chance that of groups of visits at random times none falls into a part and sees."""
    unseen = np.ones_like(length_y)
    for number, chance in groups:
        unseen = unseen * (1.0 - chance * length_y) ** number
    return unseen


def has_law(regime: Regime) -> bool:
    """Return whether there is an exact law: not where one lot a year fixes the sites of spaced visits."""
    return not (regime.timing == "spaced" and regime.allotment == "systematic")


def laws(exposure: Exposure, given: Sequence[State]) -> Iterator[Law]:
    """Yield how a strategy stays unseen in each of some states, some states at a time.

    Args:
        exposure: The strategy under its regime.
        given: How techniques and monitors may be.
    """
    known: dict[tuple[str, str, tuple[float | None, ...]], float] = {}
    for first in range(0, len(given), _TOGETHER):
        yield _law(exposure, given[first : first + _TOGETHER], known)


def _law(
    exposure: Exposure, given: Sequence[State], known: dict[tuple[str, str, tuple[float | None, ...]], float]
) -> Law:
    regime = exposure.regime
    kinds, spreads = [], []
    for kind, number in regime.quota_per_year.items():
        if not number:
            continue
        shares = regime.shares(kind)
        seen = [_column([_seen(exposure, visit, state, known) for state in given]) for visit, _ in shares]
        mean = sum((share * one for (_, share), one in zip(shares, seen, strict=True)), np.zeros(1))
        kinds.append((number, np.minimum(mean, 1.0)))
        lots = systematic_lots(tuple(share * number for _, share in shares))
        if regime.allotment == "systematic" and regime.timing == "random":
            spreads.append(tuple((chance, tuple(zip(counts, seen, strict=True))) for chance, counts in lots))
    kept_p = 1.0 if regime.resolution is None else regime.resolution.kept_p
    working = [[one for one in exposure.monitors() if one.name not in state.failed] for state in given]
    at_once = [1.0 - math.prod(1.0 - one.detect_p * kept_p for one in some) for some in working]
    return Law(
        timing=regime.timing,
        weights=np.array([state.chance for state in given]),
        kinds=tuple(kinds),
        spreads=tuple(spreads),
        at_once_p=np.array(at_once),
        rate_per_y=_column([math.fsum(one.rate_per_y for one in some) * kept_p for some in working]),
    )


def _seen(
    exposure: Exposure,
    visit: Visit,
    state: State,
    known: dict[tuple[str, str, tuple[float | None, ...]], float],
) -> float:
    """Return the chance that a visit sees it in a state; what was worked out once is not again."""
    names = [name for check in visit.checks for name in check.with_]
    asked = (visit.kind, visit.site, tuple(state.power(name) for name in names))
    if asked not in known:
        known[asked] = -math.expm1(ln_unseen_by_visit(exposure, visit, state))
    return known[asked]


def _column(numbers: list[float]) -> Reals:
    return np.array(numbers, np.float64).reshape(-1, 1)
