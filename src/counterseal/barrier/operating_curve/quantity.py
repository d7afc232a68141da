"""A quantity of a simulated item: one number, or numbers that differ from attempt to attempt."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from counterseal.barrier.protocol_form import Part

MAX_CHOICES = 1_000
_REDRAWS = 1_000


class Spread(StrEnum):
    """How a quantity differs from attempt to attempt."""

    FIXED = "fixed"
    """It does not."""
    UNIFORM = "uniform"
    """Between two ends, all alike."""
    NORMAL = "normal"
    """Mean and standard deviation; what is out of range is drawn again."""
    LOGNORMAL = "lognormal"
    """Median and relative standard deviation (that of its logarithm)."""
    ONE_OF = "one_of"
    """One of a list, all alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A quantity of a simulated item, counter or place.

    Attributes:
        spread: How it differs from attempt to attempt.
        values: The number; both ends; mean and deviation; median and relative deviation; or the list.
        least: No value is below.
        most: No value is above.
    """

    spread: Spread
    values: tuple[float, ...]
    least: float = -math.inf
    most: float = math.inf

    @property
    def middle(self) -> float:
        """Its number, mean or median; for both ends and for lists the mean of them."""
        if self.spread in {Spread.UNIFORM, Spread.ONE_OF}:
            return math.fsum(self.values) / len(self.values)
        return self.values[0]

    def drawn(self, generator: np.random.Generator) -> float:
        """Return the value of one attempt; a fixed one takes nothing from the generator."""
        if self.spread is Spread.FIXED:
            return self.values[0]
        draw = _DRAWS[self.spread]
        for _ in range(_REDRAWS):
            value = draw(generator, self.values)
            if self.least <= value <= self.most:
                return value
        return min(max(value, self.least), self.most)


def _one_of(generator: np.random.Generator, values: tuple[float, ...]) -> float:
    return values[int(generator.integers(len(values)))]


_DRAWS: Mapping[Spread, Callable[[np.random.Generator, tuple[float, ...]], float]] = MappingProxyType(
    {
        Spread.UNIFORM: lambda generator, ends: float(generator.uniform(ends[0], ends[1])),
        Spread.NORMAL: lambda generator, both: float(generator.normal(both[0], both[1])),
        Spread.LOGNORMAL: lambda generator, both: both[0] * math.exp(both[1] * generator.standard_normal()),
        Spread.ONE_OF: _one_of,
    }
)


def parse_quantity(part: Part, *, least: float = 0.0, most: float = math.inf) -> Quantity:
    """Return the quantity that a part of a document states: a number, or a spread.

    Args:
        part: ``"0.5"``, ``{uniform: [1, 2]}``, ``{normal: [mean, deviation]}``, ``{one_of: [1, 2]}``,
            or ``{lognormal: [median, relative deviation]}``.
        least: No number may be below.
        most: No number may be above.

    Raises:
        ProtocolError: it is neither; names the place.
    """
    if not isinstance(part.value, dict):
        return Quantity(spread=Spread.FIXED, values=(_number(part, least, most),))
    ways = tuple(spread for spread in Spread if spread is not Spread.FIXED)
    if len(part.value) != 1 or next(iter(part.value)) not in ways:
        raise part.refusal(f"must be a number, or a mapping of one of {', '.join(ways)}")
    spread = Spread(next(iter(part.value)))
    listed = part.members(spread)[spread]
    values = _values(spread, listed, least=least, most=most)
    return Quantity(spread=spread, values=values, least=least, most=most)


def _values(spread: Spread, listed: Part, *, least: float, most: float) -> tuple[float, ...]:
    if spread is Spread.ONE_OF:
        return tuple(_number(item, least, most) for item in listed.items(least=1, most=MAX_CHOICES))
    first, second = listed.items(least=2, most=2)
    value = _number(first, least, most)
    if spread is not Spread.UNIFORM:
        return value, _number(second, 0.0, math.inf)
    other = _number(second, least, most)
    if other < value:
        raise listed.refusal("the ends must go upwards")
    return value, other


def _number(part: Part, least: float, most: float) -> float:
    value = float(part.decimal())
    if not least <= value <= most:
        raise part.refusal(
            f"must be from {least:g} to {most:g}" if most < math.inf else f"must be at least {least:g}"
        )
    return value


def fixed(value: Any) -> Quantity:
    """Return a quantity that does not differ."""
    return Quantity(spread=Spread.FIXED, values=(float(value),))
