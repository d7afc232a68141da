"""What a benchmark measures: a figure, its limit, and how far wall and processor time lie apart."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the result.

    Attributes:
        reached: What was measured, in ``unit``.
        limit: What it is compared with, in the same unit, measured in the same run; None where there is none.
        compared: ``ratio`` or ``reached``: what the target is about; ``information`` where there is none.
        at_least: The target as a lower bound, or None.
        below: The target as an upper bound, or None.
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
