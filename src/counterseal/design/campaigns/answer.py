"""What a campaign answers for one strategy: estimates from runs, and exact figures beside them."""

from dataclasses import dataclass
from typing import Any

from counterseal.stats.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What a campaign answers for one strategy.

    Attributes:
        strategy: Its name.
        runs: Number of simulated runs; 0 where only the formula was asked.
        detection: Chance of being seen within the horizon: from runs where there are any, else exact.
        exact_detection: The exact one; None where the regime has no formula.
        errors_apart: By how many standard errors the two differ; None where that cannot be said.
        delay: Mean delay of what is seen [days].
        exact_delay: The exact one.
        delay_quantiles_d: ``(share of what is seen, delay [days])``; None where nothing was seen.
        by_delay: ``(delay [days], chance of being seen within it, exact chance or None)``.
        false_alarms: False alarms over the horizon, with nothing amiss.
        cost: Effort over the horizon [person-days], with nothing amiss.
        cost_played_pd: The same for the visits that were played; None unless every visit was.
    """

    strategy: str
    runs: int
    detection: Result
    exact_detection: Result | None
    errors_apart: float | None
    delay: Result
    exact_delay: Result | None
    delay_quantiles_d: tuple[tuple[float, float | None], ...]
    by_delay: tuple[tuple[float, float, float | None], ...]
    false_alarms: Result
    cost: Result
    cost_played_pd: float | None

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "strategy": self.strategy,
            "runs": self.runs,
            "detection": self.detection.document(),
            "exact_detection": None if self.exact_detection is None else self.exact_detection.document(),
            "errors_apart": self.errors_apart,
            "delay": self.delay.document(),
            "exact_delay": None if self.exact_delay is None else self.exact_delay.document(),
            "delay_quantiles_d": [list(one) for one in self.delay_quantiles_d],
            "by_delay": [list(one) for one in self.by_delay],
            "false_alarms": self.false_alarms.document(),
            "cost": self.cost.document(),
            "cost_played_pd": self.cost_played_pd,
        }
