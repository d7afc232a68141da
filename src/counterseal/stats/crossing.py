"""The chance that growing evidence crosses a limit at one of several looks.

The evidence is a sum whose parts are independent and normal. What has not crossed a limit yet is carried from
look to look as a density at the places of a quadrature; what crosses is counted. ``alpha_spending.py`` sets
limits with it.

References:
    [ARMITAGE-1969].
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]
_FAR = 9.0
"""Where the normal distribution is cut off [standard deviations]: 1e-19 is beyond."""
_NODES, _STEPS = 16, 4.0
"""Places in each panel of the quadrature, and its width [standard deviations of a step]."""
_UNREACHED = 1e3
_NOTHING = 1e-300


def crossing_chances(
    information: Sequence[float], bounds: Sequence[float], *, two_sided: bool = True, drift: float = 0.0
) -> tuple[float, ...]:
    """Return the chance of having crossed a limit up to and at each look, shape (K,).

    Args:
        information: Share of all information at each look, rising, above 0.
        bounds: Limit of the standardised evidence at each look [standard deviations]; infinite for none.
        two_sided: Whether the limit holds on either side.
        drift: Mean of the standardised evidence at share 1 [standard deviations].
    """
    course, reached = START, 0.0
    chances = []
    afters = (*information[1:], math.inf)
    for share, bound, after in zip(information, bounds, afters, strict=True):
        edge = bound * math.sqrt(share)
        reached += crossing(course, share, edge, two_sided=two_sided, drift=drift)
        course = go_on(course, share, edge, after=after, two_sided=two_sided, drift=drift)
        chances.append(min(reached, 1.0))
    return tuple(chances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where the evidence is at a share of information, if no limit was crossed: places and their chances."""

    share: float
    places: Numbers
    chances: Numbers


START = Course(share=0.0, places=np.zeros(1), chances=np.ones(1))


def crossing(course: Course, share: float, edge: float, *, two_sided: bool, drift: float = 0.0) -> float:
    """Return the chance of crossing a limit between one look and the next."""
    step, moved = math.sqrt(share - course.share), drift * (share - course.share)
    chance = float(course.chances @ special.ndtr((course.places + moved - edge) / step))
    if two_sided:
        chance += float(course.chances @ special.ndtr((-edge - course.places - moved) / step))
    return chance


def go_on(
    course: Course, share: float, edge: float, *, after: float, two_sided: bool, drift: float = 0.0
) -> Course:
    """Return where the evidence is at the next look, if it crossed no limit.

    Args:
        course: Where it was at the look before.
        share: Share of information at this look.
        edge: Limit of the evidence.
        after: Share at the look after this one; places lie close enough for the smaller of both steps.
        two_sided: Whether the limit holds on either side.
        drift: Mean of the evidence at share 1 [standard deviations].
    """
    step, moved, far = (
        math.sqrt(share - course.share),
        drift * (share - course.share),
        _FAR * math.sqrt(share),
    )
    low, high = drift * share - far, min(edge, drift * share + far)
    low = max(low, -edge) if two_sided else low
    width = _STEPS * math.sqrt(min(share - course.share, after - share))
    number = math.ceil(1.0 + max(high - low, 0.0) / width)
    panels = np.linspace(low, max(high, low), number + 1)
    half = 0.5 * float(panels[1] - panels[0])
    inside, weights = _quadrature()
    places = (panels[:-1, None] + half * (inside + 1.0)).ravel()
    density = np.zeros(places.size)
    reach = np.searchsorted(
        course.places, [panels[:-1] - moved - _FAR * step, panels[1:] - moved + _FAR * step]
    )
    for panel, (first, last) in enumerate(reach.T.tolist()):
        here = slice(panel * _NODES, (panel + 1) * _NODES)
        away = (places[here, None] - course.places[None, first:last] - moved) / step
        density[here] = np.exp(-0.5 * away * away) @ course.chances[first:last]
    chances = np.tile(half * weights, panels.size - 1) * density / (step * math.sqrt(2.0 * math.pi))
    return Course(share=share, places=places, chances=chances)


@functools.lru_cache(maxsize=1)
def _quadrature() -> tuple[Numbers, Numbers]:
    """Return places and weights of Gauss and Legendre between -1 and 1."""
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    return places, weights


def edge_that_spends(course: Course, share: float, budget: float, *, two_sided: bool) -> float:
    """Return the limit at the next look that spends so much; infinite where that is nothing."""

    def spent(edge: float) -> float:
        return crossing(course, share, edge, two_sided=two_sided)

    return where_falls_to(spent, budget) if budget > _NOTHING else math.inf


def where_falls_to(falling: Callable[[float], float], wanted: float) -> float:
    """Return where a falling chance of crossing a limit reaches a value."""
    from scipy import optimize

    low, high = -_FAR, _FAR
    while falling(high) > wanted and high < _UNREACHED:
        low, high = high, 2.0 * high
    return float(
        optimize.brentq(lambda at: math.log(max(falling(at), _NOTHING) / wanted), low, high, xtol=1e-13)
    )
