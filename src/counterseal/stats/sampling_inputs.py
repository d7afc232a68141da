"""What the questions of sampling share: what may be asked, what is taken for granted, how answers look."""

import math
import sys

from counterseal.stats.errors import StatsError
from counterseal.stats.items import MAX_ITEMS, require_chance, require_count
from counterseal.stats.result import Result, exactly

RELATIVE_ERROR = 1e-12
"""Largest relative error of a chance by rounding, against exact fractions and 60 digits."""

BLIND = (
    "The sample is drawn with equal chances for all items, and which items are false was settled before "
    "anybody could know which are drawn."
)
INDEPENDENT = (
    "A test shows a false item with the stated chance, known and the same for every item, and one item's "
    "test says nothing of another's."
)
PERFECT = "A test shows every false item that is drawn."
NO_FALSE_ALARM = "No true item is shown as false, and one item shown as false is enough."
DECIMALS = "Chances are taken as the decimals written, so that an exact tie counts as reached."
TOO_SMALL = "The chance is below the smallest number there is here: use its logarithm."


def number(value: float, name: str) -> float:
    """Return a number as a float.

    Raises:
        StatsError: it is text, a truth value or nothing; the message names the field.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StatsError(f"{name}: {value!r}, must be a number")
    return float(value)


def chance(value: float, name: str) -> float:
    """Return a chance as a float.

    Raises:
        StatsError: it is no number, or not from 0 to 1.
    """
    found = number(value, name)
    require_chance(found, name)
    return found


def require_stratum(N: int, d: int, *, question: str) -> None:
    """Require 1 to 10**6 items, of which none to all are false.

    Raises:
        StatsError: they are not; the message names question and field.
    """
    require_count(N, f"{question}, N", least=1, most=MAX_ITEMS)
    require_count(d, f"{question}, d (items false of N)", most=N)


def require_sample(N: int, d: int, n: int, *, question: str) -> None:
    """Require a stratum and a sample of it.

    Raises:
        StatsError: there are more false or sampled items than items, or a number is none.
    """
    require_stratum(N, d, question=question)
    require_count(n, f"{question}, n (items sampled of N)", most=N)


def taken_for_granted(q: float) -> tuple[str, ...]:
    """Return what a chance of not seeing anything rests on."""
    return (BLIND, PERFECT if q >= 1.0 else INDEPENDENT, NO_FALSE_ALARM)


def as_result(
    scaled: float,
    exponent: float,
    *,
    method: str,
    inputs: dict[str, object],
    assumptions: tuple[str, ...],
    warnings: tuple[str, ...] = (),
) -> Result:
    """Return ``scaled * exp(exponent)`` as an exact chance with its logarithm."""
    ln_value = min((math.log(scaled) if scaled > 0.0 else -math.inf) + exponent, 0.0)
    value = min(scaled * math.exp(exponent) if exponent else scaled, 1.0)
    if value < sys.float_info.min and ln_value > -math.inf:
        warnings = (*warnings, TOO_SMALL)
    return exactly(
        value,
        method=method,
        inputs=inputs,
        assumptions=assumptions,
        warnings=warnings,
        ln_value=ln_value,
        tol=RELATIVE_ERROR,
    )
