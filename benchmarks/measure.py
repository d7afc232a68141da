"""What a benchmark measures: a figure, its limit, and how far wall and processor time lie apart."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

_T = TypeVar("_T")

DOUBTFUL = 1.2
"""Above this ratio of wall to processor time the machine did something else meanwhile."""


@dataclass(slots=True)
class Stopwatch:
    """Processor and wall time of this process [s], summed over all spans measured with it.

    Attributes:
        count: Number of operations done in these spans.
    """

    cpu_s: float = 0.0
    wall_s: float = 0.0
    count: int = 0

    @contextmanager
    def span(self, count: int = 0) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            yield
        finally:
            self.cpu_s += time.process_time() - cpu
            self.wall_s += time.perf_counter() - wall
            self.count += count

    def less(self, other: "Stopwatch") -> "Stopwatch":
        """This time without the spans of ``other``, which lie inside it."""
        return Stopwatch(self.cpu_s - other.cpu_s, self.wall_s - other.wall_s, self.count)

    @property
    def rate(self) -> float:
        """Operations per second of processor time."""
        return self.count / self.cpu_s

    @property
    def wall_rate(self) -> float:
        """Operations per second of wall time."""
        return self.count / self.wall_s


@dataclass(slots=True)
class Turns:
    """Processor time of each turn of the same work [s]: its median is little moved by what others do.

    Attributes:
        each_s: One for each turn.
        wall_s: Wall time of all of them.
    """

    each_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0

    def take(self, call: Callable[[], _T]) -> _T:
        cpu, wall = time.process_time(), time.perf_counter()
        answer = call()
        self.each_s.append(time.process_time() - cpu)
        self.wall_s += time.perf_counter() - wall
        return answer

    @property
    def cpu_s(self) -> float:
        return sum(self.each_s)

    @property
    def median_s(self) -> float:
        return statistics.median(self.each_s)

    @property
    def shown(self) -> str:
        """How many turns, and between what the middle half of them lies."""
        if len(self.each_s) == 1:
            return "1 turn"
        low, _, high = statistics.quantiles(self.each_s, n=4, method="inclusive")
        return f"median of {len(self.each_s)}, middle half {_shown_s(low)} to {_shown_s(high)}"


def _shown_s(time_s: float) -> str:
    if time_s >= 1:
        return f"{time_s:.3g} s"
    return f"{1e3 * time_s:.3g} ms" if time_s >= 1e-3 else f"{1e6 * time_s:.3g} µs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the result.

    Attributes:
        reached: What was measured, in ``unit``.
        limit: What it is compared with, in the same unit, measured in the same run; None where there is none.
        compared: ``ratio`` or ``reached``: what the target is about; ``information`` where there is none.
        at_least: The target as a lower bound, or None.
        below: The target as an upper bound, or None.
        how: How often, and how far the turns lie apart; empty where one long turn was measured.
        waits: Whether waiting for a disk is part of it: wall time says nothing about the machine then.
    """

    name: str
    what: str
    reached: float
    unit: str
    limit: float | None = None
    limit_is: str = ""
    compared: str = "ratio"
    at_least: float | None = None
    below: float | None = None
    how: str = ""
    waits: bool = False
    cpu_s: float
    wall_s: float

    @property
    def ratio(self) -> float | None:
        return None if self.limit is None else self.reached / self.limit

    @property
    def met(self) -> bool | None:
        found = self.ratio if self.compared == "ratio" else self.reached
        if found is None or (self.at_least is None and self.below is None):
            return None
        return (self.at_least is None or found >= self.at_least) and (
            self.below is None or found < self.below
        )

    @property
    def doubtful(self) -> bool:
        return not self.waits and self.cpu_s > 0 and self.wall_s / self.cpu_s > DOUBTFUL

    @property
    def target(self) -> str:
        unit = "" if self.compared == "ratio" else f" {self.unit}"
        if self.at_least is not None:
            return f">= {self.at_least:.2f}{unit}"
        return "none" if self.below is None else f"< {self.below:g}{unit}"

    def as_json(self) -> dict[str, Any]:
        derived = {"ratio": self.ratio, "target": self.target, "met": self.met, "doubtful": self.doubtful}
        return asdict(self) | derived


def milliseconds(name: str, what: str, turns: Turns, *, below: float | None) -> Figure:
    """Return the median time of a turn against a limit in milliseconds; without one it is for information."""
    return Figure(
        name=name,
        what=what,
        reached=1000 * turns.median_s,
        unit="ms",
        compared="information" if below is None else "reached",
        below=below,
        how=turns.shown,
        cpu_s=turns.cpu_s,
        wall_s=turns.wall_s,
    )
