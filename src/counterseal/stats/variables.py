"""Defects of all sizes: how likely a plan of several measurement methods shows a fraction missing from items.

A rough method measures many items and sees large defects; an exact one measures few and sees small ones too.
The host chooses the fraction g that it takes from each item, and so how many items it must take from; the
worth of a plan is the chance of detection at the host's best g.

References:
    [AVENHAUS-CANTY-1996], chapter 3, on the sampling of variables.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from typing import Any

from counterseal.stats.errors import StatsError
from counterseal.stats.items import QuantMethod, Stratum, require_amount, require_count
from counterseal.stats.result import Result, digest, exactly, unreachable
from counterseal.stats.sampling import nondetection_general
from counterseal.stats.sampling_inputs import BLIND, RELATIVE_ERROR, number

MeasurementPlan = Sequence[tuple[QuantMethod, int]]
"""Methods, and how many items each measures; no item is measured by two."""

_METHOD = "q_j(g) = Phi(g/delta_j - k_j) + Phi(-g/delta_j - k_j), then the general form for d(g) items"
_ONE_FRACTION = (
    "The same fraction is missing from every false item, the largest items first: unless items are too few, "
    "mixing fractions gains a host nothing but rounding, to the first order."
)
_ERRORS = (
    "Differences of measured and declared content are normal; the part of the error that items share is "
    "taken as drawn anew for each item."
)
_FLAGS = "One item flagged is enough; a flag raised by chance on a false item counts as detection."
ASSUMED = (BLIND, _ONE_FRACTION, _ERRORS, _FLAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A curve of the chance of detection over the fraction missing from each false item.

    Attributes:
        g: Fractions [above 0, to 1].
        DP: Chances of detection [0 to 1]; None where not even all items together make up the goal.
        ln_beta: Logarithms of the chances that nothing is seen; None there.
        d: False items that make up the goal [items]; None there.
        q_by_method: Name of each method, and its chance to flag an item at each fraction.
        inputs: What was asked.
        assumptions: What the curve takes for granted.
        warnings: What a reader must know.
    """

    g: tuple[float, ...]
    DP: tuple[float | None, ...]
    ln_beta: tuple[float | None, ...]
    d: tuple[int | None, ...]
    q_by_method: tuple[tuple[str, tuple[float, ...]], ...]
    inputs: dict[str, Any] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ASSUMED
    warnings: tuple[str, ...] = ()

    @property
    def lowest(self) -> Result:
        """The lowest chance of detection of the curve; without a value where the goal is out of reach."""
        known = [chance for chance in self.DP if chance is not None]
        if not known:
            return unreachable(
                method=_METHOD, inputs=self.inputs, why=_NOT_ENOUGH, assumptions=self.assumptions
            )
        return exactly(
            min(known), method=_METHOD, inputs=self.inputs, assumptions=self.assumptions, tol=RELATIVE_ERROR
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "g": list(self.g),
            "DP": list(self.DP),
            "ln_beta": [str(one) if one == -math.inf else one for one in self.ln_beta],
            "d": list(self.d),
            "q_by_method": {name: list(chances) for name, chances in self.q_by_method},
            "inputs": self.inputs,
            "inputs_digest": digest(self.inputs),
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
        }


_NOT_ENOUGH = "Not even all items together make up the goal with such a fraction missing from each."


def flag_chance(method: QuantMethod, fraction: float) -> float:
    """Return the chance that a measurement flags an item from which a fraction is missing [0 to 1].

    Args:
        method: The measurement and its alarm limit.
        fraction: Fraction missing [0 to 1].

    Examples:
        >>> f"{flag_chance(QuantMethod(name='rough', rel_random=0.25), 1.0):.4f}"
        '0.8413'
    """
    away = fraction / method.rel_total
    found = 0.5 * math.erfc((method.alarm_sigma - away) / math.sqrt(2.0))
    if method.two_sided:
        found += 0.5 * math.erfc((method.alarm_sigma + away) / math.sqrt(2.0))
    return min(found, 1.0)


def detection_curve(
    stratum: Stratum, plan: MeasurementPlan, goal_kg: float, fractions: Sequence[float]
) -> DataSet:
    """Return how likely a plan shows that an amount is missing, by the fraction missing from each false item.

    Args:
        stratum: The items; where they differ in size, the largest are taken from first.
        plan: Methods, and how many items each measures.
        goal_kg: Amount missing in all [kg], above 0.
        fractions: Fractions g to try [above 0, to 1].

    Raises:
        StatsError: more items are measured than there are, or a number is out of its range.

    Examples:
        >>> store = Stratum(name="store", n_items=200, content_kg=0.5)
        >>> rough = QuantMethod(name="rough", rel_random=0.25)
        >>> curve = detection_curve(store, [(rough, 30)], 8.0, [1.0, 0.1])
        >>> [f"{chance:.3f}" for chance in curve.DP]
        ['0.893', '0.113']
    """
    require_plan(stratum, plan, goal_kg)
    for place, fraction in enumerate(fractions):
        name = f"detection_curve, fractions, number {place + 1}"
        require_amount(number(fraction, name), name, above=0.0)
        if fraction > 1.0:
            raise StatsError(f"{name}: {fraction}, must be at most 1: more than all cannot be missing")
    contents, per_kg = contents_taken(stratum)
    goal = exact_decimal(goal_kg) * per_kg
    counts = tuple(_items_needed(contents, goal / exact_decimal(fraction)) for fraction in fractions)
    betas = [
        None if d is None else nondetection_at(stratum, plan, fraction, d)
        for fraction, d in zip(fractions, counts, strict=True)
    ]
    return DataSet(
        g=tuple(float(fraction) for fraction in fractions),
        DP=tuple(None if beta is None else detection_of(beta) for beta in betas),
        ln_beta=tuple(None if beta is None else beta.ln_value for beta in betas),
        d=counts,
        q_by_method=tuple(
            (method.name, tuple(flag_chance(method, g) for g in fractions)) for method, _ in plan
        ),
        inputs=asked(stratum, plan, goal_kg) | {"fractions": [float(fraction) for fraction in fractions]},
        warnings=(_NOT_ENOUGH,) if None in counts else (),
    )


def nondetection_at(stratum: Stratum, plan: MeasurementPlan, fraction: float, d: int) -> Result:
    """Return the chance that nothing is seen with a fraction missing from each of d items."""
    groups = [(n, flag_chance(method, fraction)) for method, n in plan]
    return nondetection_general(stratum.n_items, d, groups)


def detection_of(beta: Result) -> float:
    """Return the chance of detection to a chance of none, with its digits where it is small."""
    return abs(math.expm1(beta.ln_value)) if beta.ln_value is not None else 0.0


def contents_taken(stratum: Stratum) -> tuple[tuple[int, ...], int]:
    """Return what the k largest items hold together, for every k from 0, in parts, and how many are a kg."""
    sizes = sorted(stratum.items_by_size or ((stratum.content_kg, stratum.n_items),), reverse=True)
    exact = [(exact_decimal(content), n) for content, n in sizes]
    per_kg = math.lcm(*(content.denominator for content, _ in exact))
    each = (int(content * per_kg) for content, n in exact for _ in range(n))
    return (0, *accumulate(each)), per_kg


def exact_decimal(value: float) -> Fraction:
    """Return a number as the decimal fraction that is written for it."""
    return Fraction(repr(float(value)))


def _items_needed(contents: tuple[int, ...], amount: Fraction) -> int | None:
    """Return how many of the largest items hold an amount; None where all of them do not."""
    found = bisect_left(contents, amount)
    return found if found < len(contents) else None


def asked(stratum: Stratum, plan: MeasurementPlan, goal_kg: float) -> dict[str, Any]:
    """Return what such a question is about, for its digest."""
    return {
        "N": stratum.n_items,
        "content_kg": stratum.content_kg,
        "items_by_size": stratum.items_by_size,
        "plan": [
            [method.name, n, method.rel_random, method.rel_systematic, method.alarm_sigma, method.two_sided]
            for method, n in plan
        ],
        "goal_kg": float(goal_kg),
    }


def require_plan(stratum: Stratum, plan: MeasurementPlan, goal_kg: float) -> None:
    """Require a positive goal, and no more measurements than items."""
    require_amount(number(goal_kg, "measurement plan, goal_kg"), "measurement plan, goal_kg", above=0.0)
    for method, n in plan:
        require_count(n, f"measurement plan, items for {method.name}", most=stratum.n_items)
    total = sum(n for _, n in plan)
    if total > stratum.n_items:
        raise StatsError(
            f"measurement plan: {total} items in all, must be at most {stratum.n_items} ({stratum.name})"
        )
