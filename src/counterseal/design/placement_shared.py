"""What bears on several strata of a placement at once, and visits that no place chooses.

A dynamic program over strata needs chances that multiply, stratum by stratum. Those of visits to one site do,
and those of visits without memory. A monitor of several sites is taken by cases: of each such monitor, either
something is done at its sites or nothing is. For visits sent to several sites by lot there is a tangent: the
logarithm of staying unseen is concave in the chance that a visit shows anything, which adds up over sites.
Any tangent bounds it; the one at the best placement is as sharp as can be. Where that leaves something open,
placements are split into halves until nothing is, or until it has been done often enough.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from counterseal.design.placement_program import Placed, best_placement
from counterseal.design.plan_options import Reals
from counterseal.design.plan_tables import LN_FLOOR, TableBuilder
from counterseal.design.regime import Check, Visit
from counterseal.design.states import State
from counterseal.stats.sampling import alarm_probability

MOST_WATCHES = 6
"""Most monitors of several strata that are taken by cases; the bound leaves out any more."""
MOST_BOXES = 60
"""How often placements are split into halves to bring bound and best placement together."""
_TURNS = 4
_CLOSE = 1e-9
_STEEPEST = 0.999
_WHOLE = 1e-12
Truth = Callable[[tuple[int, ...]], float]
"""Takes false items in each stratum and returns the logarithm of the chance that they stay unseen."""
Sent = tuple[Visit, float, list[int]]
"""A visit to a site, a share or number of them, and the positions of the strata that it checks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lot:
    """Visits of one kind of which each is sent to one of several sites by lot.

    Attributes:
        number: Visits a year.
        seen: For each stratum, the chance that one of them is sent there and shows 0, 1, … false items,
            **shape** (numbers, states).
    """

    number: int
    seen: tuple[Reals, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Watch:
    """A monitor of several strata.

    Attributes:
        strata: Positions of the strata that it watches.
        ln: Logarithm of the chance that it shows nothing of what is done in them, **shape** (states,).
    """

    strata: frozenset[int]
    ln: Reals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FixedVisits:
    """What visits that no place chooses show of placements in a year.

    Attributes:
        alone: For each stratum, the logarithm of staying unseen there, **shape** (numbers, states).
        lots: Visits whose chances do not multiply over strata.
    """

    alone: tuple[Reals, ...]
    lots: tuple[Lot, ...]


def fixed_visits(
    build: TableBuilder,
    strata: tuple[str, ...],
    most: Sequence[int],
    fraction: float,
    given: tuple[State, ...],
) -> FixedVisits:
    """Return what visits that no place chooses show.

    Args:
        build: Has the regime.
        strata: Names of the strata.
        most: Most false items in each [items].
        fraction: Share of an item that is missing from each false one.
        given: States of the techniques.
    """
    return _Fixed(build, strata, tuple(most), fraction, given).visits()


@dataclass(frozen=True, slots=True)
class _Fixed:
    build: TableBuilder
    strata: tuple[str, ...]
    most: tuple[int, ...]
    fraction: float
    given: tuple[State, ...]

    def visits(self) -> FixedVisits:
        regime, alone, lots = self.build.fixed, self._nothing(), list[Lot]()
        for kind, number in regime.quota_per_year.items():
            told = [(visit, share, self._checked(visit)) for visit, share in regime.shares(kind)]
            if not number or not any(places for *_, places in told):
                continue
            if len(told) == 1 or regime.timing == "poisson":
                self._add(alone, [(visit, number * share, places) for visit, share, places in told])
            elif regime.allotment == "independent":
                lots.append(self._lot(number, told))
            else:
                lots += self._one_lot(
                    alone, [(visit, number * share, places) for visit, share, places in told]
                )
        return FixedVisits(alone=tuple(np.maximum(one, LN_FLOOR) for one in alone), lots=tuple(lots))

    def _add(self, alone: list[Reals], told: list[Sent]) -> None:
        """Add visits that come for certain, or at a rate: told by visit, number a year, strata."""
        for visit, number, places in told:
            for place in places:
                ln = self._visit(visit, place)
                if number:
                    alone[place] += number * (np.expm1(ln) if self.build.fixed.timing == "poisson" else ln)

    def _one_lot(self, alone: list[Reals], told: list[Sent]) -> list[Lot]:
        """Return the visits that one lot a year leaves open, of ``m`` in all, as one of them.

        That one is drawn from them shows no more than all: exactly as much where there is one.
        """
        whole = [math.floor(number + _WHOLE) for _, number, _ in told]
        self._add(alone, [(one[0], float(least), one[2]) for one, least in zip(told, whole, strict=True)])
        over = [max(0.0, number - least) for (_, number, _), least in zip(told, whole, strict=True)]
        left = round(sum(over))
        shares = [(one[0], part / left, one[2]) for one, part in zip(told, over, strict=True) if left]
        return [self._lot(1, shares)] if shares else []

    def _nothing(self) -> list[Reals]:
        return [np.zeros((one + 1, len(self.given))) for one in self.most]

    def _checked(self, visit: Visit) -> list[int]:
        checked = {one.stratum for one in visit.checks if one.n_items}
        return [place for place, name in enumerate(self.strata) if name in checked]

    def _lot(self, number: int, told: list[Sent]) -> Lot:
        """Several strata at one site count with their mean: less than what both together show."""
        seen = self._nothing()
        for visit, share, places in told:
            for place in places:
                seen[place] = share / len(places) * -np.expm1(self._visit(visit, place))
        return Lot(number=number, seen=tuple(seen))

    def _visit(self, visit: Visit, place: int) -> Reals:
        """Return the logarithm that one visit leaves 0, 1, … false items unseen, shape (numbers, states)."""
        unseen = np.zeros((self.most[place] + 1, len(self.given)))
        for check in visit.checks:
            if check.stratum == self.strata[place] and check.n_items:
                unseen += self._check(check, self.most[place])
        kept = 1.0 if self.build.fixed.resolution is None else self.build.fixed.resolution.kept_p
        return unseen if kept >= 1.0 else np.log1p(np.expm1(unseen) * kept)

    def _check(self, check: Check, most: int) -> Reals:
        powers = self.build.powers(check.with_, self.fraction, self.given)
        numbers = np.arange(most + 1)
        if not check.accept:
            return self.build.by_check(check.stratum, numbers[:, None], check.n_items, powers)
        items = self.build.fixed.stratum(check.stratum).n_items
        drawn = min(check.n_items, items)
        alarms = [
            [
                alarm_probability(items, number, drawn, float(power), 0.0, accept=check.accept).value or 0.0
                for power in powers
            ]
            for number in numbers.tolist()
        ]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log1p(-np.array(alarms)))


def best_shared(
    gains: Sequence[Reals],
    ln_weights: Reals,
    number: int,
    *,
    lots: Sequence[Lot],
    watches: Sequence[Watch],
    truth: Truth,
    width: int,
) -> Placed:
    """Return the placement that is most likely to stay unseen, also by what bears on several strata.

    Args:
        gains: As for ``best_placement``: what bears on one stratum alone.
        ln_weights: Logarithms of the chances of the states, **shape** (states,).
        number: False items to place.
        lots: Visits sent to several sites by lot.
        watches: Monitors of several strata.
        truth: Works out a placement's own chance.
        width: Partial placements kept for each number of items.
    """
    return _Boxes(tuple(gains), number, tuple(lots), truth, width).best(ln_weights, watches[:MOST_WATCHES])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Box:
    """Placements between a least and a most in each stratum, where the monitors that count are settled."""

    least: tuple[int, ...]
    most: tuple[int, ...]
    ln_weights: Reals
    placed: Placed

    def halves(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the least and the most of its two halves, cut where it is widest."""
        place = int(np.argmax(np.subtract(self.most, self.least)))
        middle = (self.least[place] + self.most[place]) // 2
        below = (*self.most[:place], middle, *self.most[place + 1 :])
        above = (*self.least[:place], middle + 1, *self.least[place + 1 :])
        return [(self.least, below), (above, self.most)]


@dataclass(slots=True)
class _Boxes:
    gains: tuple[Reals, ...]
    number: int
    lots: tuple[Lot, ...]
    truth: Truth
    width: int
    counts: tuple[int, ...] = ()
    value: float = -math.inf
    open: list[_Box] = field(default_factory=list)

    def best(self, ln_weights: Reals, watches: Sequence[Watch]) -> Placed:
        for touched in itertools.product((True, False), repeat=len(watches)):
            cases = list(zip(watches, touched, strict=True))
            barred = frozenset[int]().union(*(one.strata for one, held in cases if not held))
            most = tuple(0 if place in barred else len(one) - 1 for place, one in enumerate(self.gains))
            weights = ln_weights + sum(one.ln for one, held in cases if held)
            self._look((0,) * len(most), most, weights)
        for _ in range(MOST_BOXES):
            widest = max(self.open, key=lambda one: one.placed.ln_bound)
            if widest.placed.ln_bound - self.value <= _CLOSE:
                break
            self.open.remove(widest)
            for least, most in widest.halves():
                self._look(least, most, widest.ln_weights)
        bound = max(one.placed.ln_bound for one in self.open)
        return Placed(counts=self.counts, ln_value=self.value, ln_bound=max(bound, self.value))

    def _look(self, least: tuple[int, ...], most: tuple[int, ...], ln_weights: Reals) -> None:
        """Take up the placements of a box, if there are any."""
        if sum(least) <= self.number <= sum(most):
            placed = self._by_tangents(least, most, ln_weights)
            self.open.append(_Box(least=least, most=most, ln_weights=ln_weights, placed=placed))
            if placed.ln_value > self.value or not self.counts:
                self.counts, self.value = placed.counts, placed.ln_value

    def _by_tangents(self, least: tuple[int, ...], most: tuple[int, ...], ln_weights: Reals) -> Placed:
        """Look for the best placement against tangents, each where the best so far is."""
        at = [np.zeros(len(ln_weights)) for _ in self.lots]
        if least == most:
            own = self.truth(least)
            return Placed(counts=least, ln_value=own, ln_bound=own)
        best, value, bound = least, -math.inf, math.inf
        for turn in range(_TURNS if self.lots else 1):
            weights, gains = ln_weights, [one[: top + 1] for one, top in zip(self.gains, most, strict=True)]
            for lot, x in zip(self.lots, at, strict=True):
                weights = weights + lot.number * (np.log1p(-x) + x / (1.0 - x))
                slope = lot.number / (1.0 - x)
                gains = [g - seen[: len(g)] * slope for g, seen in zip(gains, lot.seen, strict=True)]
            placed = self._placed(gains, weights, least)
            bound, own = min(bound, placed.ln_bound), self.truth(placed.counts)
            if own > value or turn == 0:
                best, value = placed.counts, own
            if bound - value <= _CLOSE:
                break
            at = [
                x + (_seen(lot, placed.counts) - x) / (turn + 1) for lot, x in zip(self.lots, at, strict=True)
            ]
        return Placed(counts=best, ln_value=value, ln_bound=bound)

    def _placed(self, gains: Sequence[Reals], ln_weights: Reals, least: tuple[int, ...]) -> Placed:
        """Place what is above the least in each stratum; what the least does goes with the states."""
        first = [one[low] for one, low in zip(gains, least, strict=True)]
        weights = ln_weights + sum(first)
        more = [one[low:] - one[low] for one, low in zip(gains, least, strict=True)]
        found = best_placement(more, weights, self.number - sum(least), width=self.width)
        counts = tuple(low + one for low, one in zip(least, found.counts, strict=True))
        return Placed(counts=counts, ln_value=found.ln_value, ln_bound=found.ln_bound)


def _seen(lot: Lot, counts: tuple[int, ...]) -> Reals:
    """Return the chance that one visit of a kind shows a placement, **shape** (states,)."""
    total = np.zeros(lot.seen[0].shape[1])
    for seen, count in zip(lot.seen, counts, strict=True):
        total += seen[count]
    return np.minimum(total, _STEEPEST)
