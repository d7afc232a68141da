"""The headline figure with other inputs: one at a time, all together, and the range that they allow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from counterseal.app.report.design_context import Context, seen_in_year_coarsely
from counterseal.design.effort_sensitivity import Sensitivity
from counterseal.design.exposure import Exposure
from counterseal.design.states import states
from counterseal.design.tornado_input import with_values
from counterseal.errors import RefusedInputError
from counterseal.stats.distributions import Uniform
from counterseal.stats.sensitivity import Bar, Sobol, sobol
from counterseal.stats.worst_case import WorstCase, worst_case

Headline = Callable[..., float]
_POINTS, _MOST_WORK = (128, 64, 32, 16), 400_000
"""Base points of the shares of variance: the most of these whose chances of single checks are not more."""
_MOST_INPUTS = 7
"""With more uncertain inputs not every corner of their ranges is worked out for the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitive:
    """What uncertain inputs do to the least chance within a year.

    Attributes:
        base: That chance with every input as the file has it.
        bars: One for each input, the largest swing first.
        shares: How its variance is shared out; None where one input is too few or the work too much.
        least: The worst that the ranges of all inputs allow.
        most: The best.
        refused: Inputs of which a value was refused, and why, a sentence each.
    """

    base: float
    bars: tuple[Bar, ...]
    shares: Sobol | None
    least: WorstCase | None
    most: WorstCase | None
    refused: tuple[str, ...]


def sensitive(context: Context) -> Sensitive | None:
    """Return what the uncertain inputs of the effort file do; None where it names none.

    Args:
        context: The regime as it is.
    """
    inputs = context.effort.sensitivity
    if not inputs:
        return None
    base = context.weakest.per_year.value or 0.0
    bars, refused = [], []
    for one in inputs:
        try:
            low, high = (_headline(context, {one: value}) for value in (one.low, one.high))
            bars.append(Bar(name=one.input, low=one.low, high=one.high, at_low=low, at_high=high))
        except RefusedInputError as error:
            refused.append(f"{one.input} from {one.low:g} to {one.high:g}: {error}")
    if refused:
        return Sensitive(
            base=base, bars=_sorted(bars), shares=None, least=None, most=None, refused=tuple(refused)
        )
    by_name, known = {one.input: one for one in inputs}, dict[tuple[float, ...], float]()

    def headline(**given: float) -> float:
        at = tuple(given.values())
        if at not in known:
            known[at] = _headline(context, {by_name[name]: value for name, value in given.items()})
        return known[at]

    return Sensitive(
        base=base,
        bars=_sorted(bars),
        shares=_shares(context, headline),
        least=_extreme(context, headline, goal="least"),
        most=_extreme(context, headline, goal="most"),
        refused=(),
    )


def _sorted(bars: list[Bar]) -> tuple[Bar, ...]:
    return tuple(sorted(bars, key=lambda bar: -bar.swing))


def _shares(context: Context, headline: Headline) -> Sobol | None:
    """Return shares of the variance; None where an input must be a whole number, or the work is too much."""
    inputs = context.effort.sensitivity
    moving = {one.input: Uniform(low=one.low, high=one.high) for one in inputs if one.low < one.high}
    work = (len(moving) + 2) * _checks(context)
    points = next((number for number in _POINTS if number * work <= _MOST_WORK), None)
    if len(moving) < 2 or len(moving) < len(inputs) or points is None:  # noqa: PLR2004 - one needs no shares
        return None
    try:
        return sobol(headline, moving, points, context.seed)
    except RefusedInputError:
        return None


def _checks(context: Context) -> int:
    """Return how many chances of single checks the least chance of a year is made from, about."""
    effort = context.effort
    exposures = [Exposure(regime=effort.regime, strategy=one) for one in effort.strategies]
    number = sum(len(visit.checks) for visit in effort.regime.visits)
    return max(1, number) * sum(len(states(one.telling())) for one in exposures)


def _extreme(context: Context, headline: Headline, *, goal: Literal["least", "most"]) -> WorstCase | None:
    """Return the figure at the worst or best corner of all ranges; None where there are too many."""
    ranges = {one.input: (one.low, one.high) for one in context.effort.sensitivity}
    if len(ranges) > _MOST_INPUTS:
        return None
    try:
        return worst_case(headline, ranges, goal=goal, monotone=True)
    except RefusedInputError:
        return None


def _headline(context: Context, given: Mapping[Sensitivity, float]) -> float:
    """Return the least chance within a year where inputs have other values."""
    other = with_values(context.effort, list(given.items()), pack_of=context.source.pack)
    return min(seen_in_year_coarsely(other.regime, strategy) for strategy in other.strategies)
