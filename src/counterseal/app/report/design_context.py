"""What every figure of a regime's report starts from, and becomes: drawn, or left out with a reason."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any

from counterseal.app.report.design_blocks import Grid
from counterseal.app.report.design_source import EffortSource
from counterseal.design.effort import Effort
from counterseal.design.regime import Regime
from counterseal.design.regime_power import Power, StrategyPower, seen_in_year
from counterseal.design.strategy import Strategy

_COARSE = 1e-5
"""Two sums over unknown powers that are this close are close enough where inputs are uncertain anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known before anything is drawn.

    Attributes:
        source: The text that everything is made from.
        effort: The effort file.
        power: What the regime would see.
        seed: Seed of every estimate.
    """

    source: EffortSource
    effort: Effort
    power: Power
    seed: int

    @property
    def weakest(self) -> StrategyPower:
        """The strategy that is least likely seen in a year."""
        return self.power.worst_year

    @property
    def weakest_strategy(self) -> Strategy:
        """The same, as it is described."""
        return self.effort.strategy(self.weakest.strategy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A figure.

    Attributes:
        name: What it is called in the JSON.
        title: What it shows.
        reading: What to see in it, one line.
        grid: The same numbers as a table.
        picture: What is drawn, a dataclass of ``app/plots``.
        svg: The drawing.
        results: Answers that it rests on, as JSON has them, by name.
        assumptions: What it takes for granted beside what those say, a sentence each.
    """

    name: str
    title: str
    reading: str
    grid: Grid
    picture: Any
    svg: bytes
    results: Mapping[str, Any] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()

    def taken_for_granted(self) -> tuple[str, ...]:
        """Return what the figure and the answers under it take for granted, each once."""
        return tuple(dict.fromkeys([*self.assumptions, *_sentences(self.results)]))

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it: the numbers, and not the drawing that is made from them."""
        return {
            "name": self.name,
            "title": self.title,
            "reading": self.reading,
            "table": self.grid.document(),
            "data": plain(self.picture),
            "results": plain(self.results),
            "assumptions": list(self.taken_for_granted()),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A figure that there is nothing to draw of.

    Attributes:
        name: What it is called in the JSON.
        title: What it would show.
        why: Why not, one sentence.
    """

    name: str
    title: str
    why: str

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"name": self.name, "title": self.title, "why": self.why}


def _sentences(value: Any) -> list[str]:
    """Return the assumptions of all answers in plain data, in order."""
    if isinstance(value, Mapping):
        own = value.get("assumptions", ())
        return [str(one) for one in own] + [text for one in value.values() for text in _sentences(one)]
    if isinstance(value, tuple | list):
        return [text for one in value for text in _sentences(one)]
    return []


def plain(value: Any) -> Any:
    """Return data as JSON can hold them: dataclasses as mappings, tuples as lists, infinities as text.

    Examples:
        >>> plain({"at": (1, float("inf"))})
        {'at': [1, 'inf']}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def seen_in_year_coarsely(regime: Regime, strategy: Strategy) -> float:
    """Return the chance of being seen in a year to four digits or so: for many variants of one regime.

    Where no power is unknown it is `seen_in_year`; elsewhere fewer nodes are enough for a range of inputs.
    """
    return seen_in_year(regime, strategy, within=_COARSE)
