"""The question of a campaign: which regime and strategy, for how long, begun when, played by which engine."""

from dataclasses import dataclass
from typing import Any, Literal

from counterseal.design.errors import DesignError
from counterseal.design.exposure import Exposure
from counterseal.design.regime import Regime
from counterseal.design.strategy import Strategy

YEAR_D = 365.25
"""Length of a year [days]: rates of an effort file are by the year, times of an answer in days."""
MAX_HORIZON_D = 200.0 * YEAR_D
"""Longest campaign [days]; sums of squared delays of a block must fit 64 bits."""
BINS = 512
"""The delay histogram: what is seen at once, then so many equal steps from 0 to the horizon."""

Level = Literal["event", "item", "law"]
"""Engine: visits that matter (``event``); every visit, drawn item and test (``item``); one draw from the
exponential law of the delay, where visits come without memory (``law``)."""
LEVELS: tuple[Level, ...] = ("event", "item", "law")
Start = Literal["random", "first"] | float
"""When the strategy begins: at a random date of the horizon, on its first day, or so many days after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a campaign asks; two equal questions with one seed have the same answer to the bit.

    Attributes:
        regime: What is visited, checked and watched.
        strategy: What is done.
        horizon_d: How long the regime is held [days], above 0.
        start: When the strategy begins.
        level: Engine that plays it.
    """

    regime: Regime
    strategy: Strategy
    horizon_d: float
    start: Start = "random"
    level: Level = "event"

    def __post_init__(self) -> None:
        """Refuse a horizon, a start or a level that there is not."""
        if not 0.0 < self.horizon_d <= MAX_HORIZON_D:  # also refuses what is not a number
            raise DesignError(f"horizon_d: {self.horizon_d}, must be above 0, at most {MAX_HORIZON_D:g}")
        if self.level not in LEVELS:
            raise DesignError(f"level: {self.level!r}, must be one of {', '.join(LEVELS)}")
        if isinstance(self.start, str):
            if self.start not in {"random", "first"}:
                raise DesignError(f"start: {self.start!r}, must be 'random', 'first' or a number of days")
        elif not 0.0 <= self.start < self.horizon_d:
            raise DesignError(f"start: day {self.start}, must be from 0 to below {self.horizon_d:g}")
        if self.level == "law" and self.regime.timing != "poisson":
            raise DesignError(
                f"level 'law' with visits of timing {self.regime.timing!r}: the delay is exponential only "
                "where visits come without memory ('poisson')"
            )

    @property
    def exposure(self) -> Exposure:
        """The strategy under the regime."""
        return Exposure(regime=self.regime, strategy=self.strategy)

    @property
    def horizon_y(self) -> float:
        """The same in years."""
        return self.horizon_d / YEAR_D

    @property
    def start_y(self) -> float | None:
        """When it begins [years after the first day], None where that is drawn."""
        if self.start == "random":
            return None
        return 0.0 if isinstance(self.start, str) else self.start / YEAR_D

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of visits that have a quota."""
        return tuple(kind for kind, number in self.regime.quota_per_year.items() if number)

    def document(self) -> dict[str, Any]:
        """Return what was asked beside regime and strategy, as JSON has it."""
        return {
            "strategy": self.strategy.name,
            "horizon_d": self.horizon_d,
            "start": self.start,
            "level": self.level,
        }
