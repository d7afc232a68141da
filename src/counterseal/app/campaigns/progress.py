"""How far a campaign is: its rate, the time left, and the estimate so far with its interval."""

from collections.abc import Iterable
from dataclasses import dataclass

from counterseal.design.campaigns.summary import CONFIDENCE
from counterseal.stats.clopper_pearson import clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The chance of detection of a strategy, from the runs so far.

    Attributes:
        strategy: Its name.
        runs: Runs so far.
        detection_p: Share of them that was seen; None before the first.
        lower: Lower end of the interval of Clopper and Pearson at 95 %.
        upper: Upper end.
    """

    strategy: str
    runs: int
    detection_p: float | None
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a campaign is.

    Attributes:
        blocks: Blocks that are stored.
        blocks_in_all: Blocks of the whole campaign.
        runs: Runs that are stored.
        runs_in_all: Runs of the whole campaign.
        failed: Blocks that failed.
        rate_per_s: Runs a second since this run began; None before its first block.
        left_s: Time left at that rate [s]; None before that.
        estimates: One a strategy.
    """

    blocks: int
    blocks_in_all: int
    runs: int
    runs_in_all: int
    failed: int
    rate_per_s: float | None
    left_s: float | None
    estimates: tuple[Estimate, ...]


class Counted:
    """Runs and detections of each strategy, as blocks come in.

    Args:
        strategies: Names.
        runs_in_all: Runs of each.
        blocks_in_all: Blocks of the campaign.
    """

    def __init__(self, strategies: Iterable[str], *, runs_in_all: int, blocks_in_all: int) -> None:
        self._names = tuple(strategies)
        self._runs, self._seen = [0] * len(self._names), [0] * len(self._names)
        self._runs_in_all, self._blocks_in_all = runs_in_all * len(self._names), blocks_in_all
        self._blocks, self._failed, self._now = 0, 0, 0

    def add(self, strategy: int, *, runs: int, detected: int, now: bool = True) -> None:
        """Count a block; ``now`` where this run worked it out."""
        self._runs[strategy] += runs
        self._seen[strategy] += detected
        self._blocks += 1
        self._now += runs if now else 0

    def fail(self) -> None:
        """Count a block that failed."""
        self._failed += 1

    def progress(self, *, elapsed_s: float) -> Progress:
        """Return how far it is.

        Args:
            elapsed_s: Time since this run began [s].
        """
        runs = sum(self._runs)
        rate = self._now / elapsed_s if self._now and elapsed_s > 0.0 else None
        return Progress(
            blocks=self._blocks,
            blocks_in_all=self._blocks_in_all,
            runs=runs,
            runs_in_all=self._runs_in_all,
            failed=self._failed,
            rate_per_s=rate,
            left_s=None if rate is None else (self._runs_in_all - runs) / rate,
            estimates=tuple(self._estimate(place) for place in range(len(self._names))),
        )

    def _estimate(self, place: int) -> Estimate:
        runs, seen, name = self._runs[place], self._seen[place], self._names[place]
        if not runs:
            return Estimate(strategy=name, runs=0, detection_p=None, lower=0.0, upper=1.0)
        interval = clopper_pearson(seen, trials=runs, confidence=CONFIDENCE)
        return Estimate(
            strategy=name, runs=runs, detection_p=seen / runs, lower=interval.low, upper=interval.high
        )
