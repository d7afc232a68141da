"""How likely a strategy stays unseen, in one state of the techniques: on a visit, in a year, over years.

Everything is in natural logarithms of the chance of staying unseen, so that many small chances multiply
without loss. Chances come from ``stats/sampling.py``; here they are only put together.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from counterseal.design.regime import Check, Monitor, Regime, Technique, Visit
from counterseal.design.states import State
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.acceptance import ln_accepted
from counterseal.stats.items import ItemTest, QuantMethod
from counterseal.stats.sampling import nondetection
from counterseal.stats.variables import flag_chance

NEVER = -math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A strategy under a regime.

    Attributes:
        regime: What is visited, checked and watched.
        strategy: What is done, where.
        false_items: Number of false items of each stratum that has any.
    """

    regime: Regime
    strategy: Strategy
    false_items: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Count false items, once for all visits and states; refuse more than a stratum has."""
        numbers = {
            part.stratum: part.false_items(self.regime.stratum(part.stratum)) for part in self.strategy.parts
        }
        given = {name: number for name, number in numbers.items() if number}
        object.__setattr__(self, "false_items", given)

    def part(self, stratum: str) -> Part | None:
        """Return what is done in a stratum, None where nothing is."""
        return next((part for part in self.strategy.parts if part.stratum == stratum), None)

    def telling(self) -> tuple[Technique | Monitor, ...]:
        """Return the techniques and monitors on which the chance depends."""
        checks = [
            self.regime.technique(name)
            for visit in self.regime.visits
            if self.regime.quota_per_year[visit.kind]
            for check in visit.checks
            if check.n_items and check.stratum in self.false_items
            for name in check.with_
        ]
        return tuple(dict.fromkeys([*checks, *self.monitors()]))

    def monitors(self) -> tuple[Monitor, ...]:
        """Return the monitors of sites where something is done."""
        touched = {self.regime.site_of[name] for name in self.false_items}
        return tuple(one for one in self.regime.monitors if touched & set(one.sites))


def ln_unseen_by_check(exposure: Exposure, check: Check, state: State) -> float:
    """Return the logarithm of the chance that one check shows no false item, or too few [at most 0].

    Args:
        exposure: The strategy under its regime.
        check: What is drawn and tested.
        state: How the techniques are.
    """
    false_items = exposure.false_items.get(check.stratum, 0)
    part = exposure.part(check.stratum)
    drawn = min(check.n_items, exposure.regime.stratum(check.stratum).n_items)
    if not false_items or not drawn or part is None:
        return 0.0
    power = item_power(exposure.regime, check, state, defect_fraction=part.defect_fraction)
    items = exposure.regime.stratum(check.stratum).n_items
    if check.accept:
        return ln_accepted(items, false_items, drawn, power, check.accept)
    unseen = nondetection(items, false_items, drawn, power).ln_value
    return NEVER if unseen is None else unseen


def item_power(regime: Regime, check: Check, state: State, *, defect_fraction: float) -> float:
    """Return the chance that a drawn false item is shown by at least one test of the check [0 to 1].

    Args:
        regime: Has the tests and methods.
        check: Which of them each drawn item goes through.
        state: How they are.
        defect_fraction: Share of the item that is missing, for methods that measure it.
    """
    ln_unseen = 0.0
    for name in check.with_:
        technique = regime.technique(name)
        power = state.power(name)
        if power is None and isinstance(technique, ItemTest):
            power = technique.detect_p
        elif power is None and isinstance(technique, QuantMethod):
            power = flag_chance(technique, defect_fraction)
        ln_unseen += NEVER if power == 1.0 else math.log1p(-(power or 0.0))
    return -math.expm1(ln_unseen)


def ln_unseen_by_visit(exposure: Exposure, visit: Visit, state: State) -> float:
    """Return the logarithm of the chance that a visit to its site shows nothing that leads on [at most 0].

    A second look at an alarm (``Resolution``) may drop a true one.
    """
    unseen = sum(ln_unseen_by_check(exposure, check, state) for check in visit.checks)
    return _kept(exposure.regime, unseen)


def _kept(regime: Regime, ln_unseen: float) -> float:
    if regime.resolution is None or regime.resolution.kept_p >= 1.0:
        return ln_unseen
    seen = -math.expm1(ln_unseen) * regime.resolution.kept_p
    return math.log1p(-seen) if seen < 1.0 else NEVER


def ln_unseen_by_lot(exposure: Exposure, kind: str, state: State) -> float:
    """Return the logarithm of the chance that one visit of a kind, sent to a site by lot, shows nothing."""
    unseen = sum(
        share * math.exp(ln_unseen_by_visit(exposure, visit, state))
        for visit, share in exposure.regime.shares(kind)
    )
    return math.log(unseen) if unseen > 0.0 else NEVER


def ln_unseen_in_year(exposure: Exposure, state: State) -> float:
    """Return the logarithm of the chance that a whole year of visits shows nothing; monitors are apart."""
    regime = exposure.regime
    total = 0.0
    for kind, number in regime.quota_per_year.items():
        if not number:
            continue
        if regime.timing == "poisson":
            total -= number * -math.expm1(ln_unseen_by_lot(exposure, kind, state))
        elif regime.allotment == "systematic":
            total += _ln_systematic(exposure, kind, state)
        else:
            total += number * ln_unseen_by_lot(exposure, kind, state)
    return total


def _ln_systematic(exposure: Exposure, kind: str, state: State) -> float:
    """One lot for the whole year: each site gets the whole part of its share, or one visit more."""
    number = exposure.regime.quota_per_year[kind]
    shares = exposure.regime.shares(kind)
    by_site = [ln_unseen_by_visit(exposure, visit, state) for visit, _ in shares]
    terms = [
        math.log(length) + sum(visits * one for visits, one in zip(counts, by_site, strict=True) if visits)
        for length, counts in systematic_lots(tuple(share * number for _, share in shares))
    ]
    return ln_sum(terms)


def systematic_lots(expected: tuple[float, ...]) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Yield how systematic sampling may spread visits: the chance of a spread, and each site's visits.

    Args:
        expected: Expected number of visits to each site; it gets that number cut or raised to a whole one.

    Examples:
        >>> sorted(systematic_lots((0.5, 0.5, 1.0)))
        [(0.5, (0, 1, 1)), (0.5, (1, 0, 1))]
    """
    ends = [0.0]
    for one in expected:
        ends.append(ends[-1] + one)
    cuts = sorted({0.0, 1.0, *(round(end % 1.0, 12) for end in ends)})
    for low, high in pairwise(cuts):
        start = (low + high) / 2.0
        counts = tuple(
            max(0, math.ceil(right - start)) - max(0, math.ceil(left - start))
            for left, right in pairwise(ends)
        )
        yield high - low, counts


def ln_unseen_by_monitors(exposure: Exposure, state: State, *, years: float) -> float:
    """Return the logarithm of the chance that no monitor shows the beginning, or what goes on for so long.

    Args:
        exposure: The strategy under its regime.
        state: How the monitors are.
        years: How long it goes on [years].
    """
    total = 0.0
    for monitor in exposure.monitors():
        if monitor.name in state.failed:
            continue
        total += _kept(exposure.regime, math.log1p(-monitor.detect_p) if monitor.detect_p < 1.0 else NEVER)
        kept = 1.0 if exposure.regime.resolution is None else exposure.regime.resolution.kept_p
        total -= monitor.rate_per_y * kept * years
    return total


def ln_sum(terms: list[float]) -> float:
    """Return the logarithm of a sum of numbers that are given as logarithms."""
    largest = max(terms, default=NEVER)
    if largest == NEVER:
        return NEVER
    return largest + math.log(math.fsum(math.exp(one - largest) for one in terms))
