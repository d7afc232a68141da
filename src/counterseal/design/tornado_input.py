"""The tornado of an effort file: which uncertain input its headline number hangs on.

Each input under ``sensitivity`` is set to its low and its high value, and the file is read again with it: a
value that the file could not hold is refused, as it would be there.
"""

import copy
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from counterseal.design.effort import Effort, effort_of, effort_schema
from counterseal.design.effort_parts import PackOf
from counterseal.design.effort_sensitivity import Sensitivity
from counterseal.design.errors import DesignError, EffortError
from counterseal.design.regime_power import power
from counterseal.stats.sensitivity import Tornado, tornado
from counterseal.treaty.errors import PackError
from counterseal.treaty.schema_check import require_schema

Headline = Callable[[Effort], float]
"""The number that is looked at, of an effort file."""


def worst_over_life(effort: Effort) -> float:
    """Return the chance of detection over the treaty's life of the strategy seen least [0 to 1]."""
    told = power(effort.regime, effort.strategies, horizon_years=effort.horizon_years, goal_p=effort.goal_p)
    return told.worst_life.life.value or 0.0


def tornado_of(effort: Effort, *, pack_of: PackOf, headline: Headline = worst_over_life) -> Tornado:
    """Return how much the headline number moves with each uncertain input.

    Args:
        effort: An effort file with a section ``sensitivity``.
        pack_of: Finds the treaty pack that it names.
        headline: The number.

    Raises:
        DesignError: nothing is uncertain, or the file's own value lies outside its range.
        EffortError: the file cannot hold a value; with file, line, field and rule.
    """
    if not effort.sensitivity:
        raise DesignError(f"{effort.id}: has no section 'sensitivity'; it says which inputs are uncertain")
    ranges = {one.input: (one.low, _base(effort, one), one.high) for one in effort.sensitivity}
    at = {one.input: one for one in effort.sensitivity}

    def figure(**values: float) -> float:
        changed = [(at[name], value) for name, value in values.items() if value != ranges[name][1]]
        return headline(with_values(effort, changed, pack_of=pack_of))

    return tornado(figure, ranges)


def _base(effort: Effort, one: Sensitivity) -> float:
    value: Any = effort.data
    for step in one.path:
        value = value[step]
    base = float(value)
    if not one.low <= base <= one.high:
        raise DesignError(
            f"{effort.document.where}: {one.input}: {base:g}, not in its range {one.low:g} to {one.high:g} "
            "under 'sensitivity'"
        )
    return base


def with_values(effort: Effort, values: list[tuple[Sensitivity, float]], *, pack_of: PackOf) -> Effort:
    """Return an effort file read again with some of its numbers changed.

    Args:
        effort: The file.
        values: Inputs and what they become.
        pack_of: Finds the treaty pack that it names.

    Raises:
        EffortError: the file cannot hold a value.
    """
    if not values:
        return effort
    data = copy.deepcopy(effort.data)
    for one, value in values:
        target: Any = data
        for step in one.path[:-1]:
            target = target[step]
        target[one.path[-1]] = int(value) if value.is_integer() else Decimal(repr(value))
    document = replace(effort.document, data=data)
    try:
        require_schema(document, effort_schema())
    except PackError as error:
        raise EffortError(str(error)) from error
    return effort_of(document, pack_of=pack_of)
