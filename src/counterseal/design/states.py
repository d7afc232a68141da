"""What may be wrong with techniques as a whole: the states over which a chance is summed.

A technique with a common cause of failure works everywhere or shows nothing anywhere; one whose power was
learnt from tests has one true power, the same for every item, that nobody knows. Neither averages out over
items, visits or years, so a chance is worked out for each state and then summed, never the other way round.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TypeVar

from counterseal.design.errors import DesignError
from counterseal.design.regime import Monitor, Technique
from counterseal.stats.items import ItemTest

MAX_COMMON = 12
"""Most techniques with a common cause of failure in one sum."""
MAX_UNKNOWN = 3
"""Most techniques of unknown power in one sum."""
NODES = (1, 48, 24, 12)
"""Nodes of quadrature for each technique of unknown power, where there are 0, 1, 2, 3 of them."""
SETTLED = 1e-10
"""Two sums over states that are this close are close enough."""
EXACT = 1e-8
"""What a quadrature may leave open of a chance that is called exact."""
_FINENESS = (0.25, 0.5, 1.0, 3.0, 9.0, 27.0)
_MARGIN = 4.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One of the ways in which techniques may be, with its chance.

    Attributes:
        chance: How likely it is [0 to 1]; those of all states add up to 1.
        failed: Names of the techniques and monitors that show nothing.
        powers: ``(name, chance to show a false item)`` of the techniques of unknown power.
    """

    chance: float
    failed: frozenset[str]
    powers: tuple[tuple[str, float], ...]

    def power(self, technique: str) -> float | None:
        """Return the power of a technique in this state [0 to 1], None where the state does not say."""
        if technique in self.failed:
            return 0.0
        return dict(self.powers).get(technique)


def settled(
    techniques: Iterable[Technique | Monitor],
    evaluate: Callable[[tuple[State, ...]], Answer],
    distance: Callable[[Answer, Answer], float],
    *,
    within: float = SETTLED,
) -> tuple[Answer, float]:
    """Return a sum over states with as many nodes of quadrature as it needs, and what that leaves open.

    Where a power is unknown and much is drawn for long, all depends on the mass near a power of nothing.

    Args:
        techniques: Those on which the chance depends.
        evaluate: The sum, given the states.
        distance: How far two such sums are apart.
        within: It ends when two sums in a row are this close.

    Returns:
        The sum, and a cautious bound on its distance from the integral; 0 where no power is unknown.
    """
    given = tuple(dict.fromkeys(techniques))
    if not any(isinstance(one, ItemTest) and one.detect_beta is not None for one in given):
        return evaluate(states(given)), 0.0
    first = _FINENESS[1] if within <= SETTLED else _FINENESS[0]
    found = evaluate(states(given, fineness=first))
    error = math.inf
    for fineness in _FINENESS:
        if fineness > first and error > within:
            before, found = found, evaluate(states(given, fineness=fineness))
            error = distance(before, found)
    return found, _MARGIN * error


def states(techniques: Iterable[Technique | Monitor], *, fineness: float = 1.0) -> tuple[State, ...]:
    """Return every state of the given techniques and monitors.

    Args:
        techniques: Those on which the chance depends; the fewer, the fewer states.
        fineness: So many times the usual nodes of quadrature.

    Raises:
        DesignError: too many of them fail as a whole, or have unknown power.
    """
    given = tuple(dict.fromkeys(techniques))
    common = [one for one in given if one.common_mode_p > 0.0]
    unknown = [one for one in given if isinstance(one, ItemTest) and one.detect_beta is not None]
    if len(common) > MAX_COMMON:
        raise DesignError(
            f"{len(common)} techniques with common_mode_p above 0 bear on one strategy, at most {MAX_COMMON}"
        )
    if len(unknown) > MAX_UNKNOWN:
        raise DesignError(
            f"{len(unknown)} techniques with detect_beta bear on one strategy, at most {MAX_UNKNOWN} can"
        )
    nodes = max(1, int(NODES[len(unknown)] * fineness)) if unknown else 1
    powers = [tuple(_powers(one, nodes)) for one in unknown]
    return tuple(_combined(common, [one.name for one in unknown], powers))


def _combined(
    common: list[Technique | Monitor], names: list[str], powers: list[tuple[tuple[float, float], ...]]
) -> Iterator[State]:
    for fails in product((False, True), repeat=len(common)):
        chance = prod(
            one.common_mode_p if failed else 1.0 - one.common_mode_p
            for one, failed in zip(common, fails, strict=True)
        )
        failed = frozenset(one.name for one, fail in zip(common, fails, strict=True) if fail)
        for chosen in product(*powers):
            weight = prod(share for _, share in chosen)
            if chance * weight > 0.0:
                held = tuple((name, power) for name, (power, _) in zip(names, chosen, strict=True))
                yield State(chance=chance * weight, failed=failed, powers=held)


def _powers(test: ItemTest, nodes: int) -> Iterator[tuple[float, float]]:
    """Yield powers and their shares so that sums over them are integrals over the Beta distribution.

    Gauss-Jacobi quadrature: exact for polynomials of the power up to degree ``2 nodes - 1``.
    """
    from scipy.special import roots_jacobi

    first, second = test.detect_beta or (1.0, 1.0)
    places, weights = roots_jacobi(nodes, second - 1.0, first - 1.0)
    total = float(weights.sum())
    for place, weight in zip(places.tolist(), weights.tolist(), strict=True):
        yield (place + 1.0) / 2.0, weight / total
