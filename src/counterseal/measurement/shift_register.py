"""A multiplicity shift register in software: from a list of pulses to the two histograms.

Each pulse opens two gates: one soon after it, in which pulses of the same fission chain are still
about (R+A), and one of the same length long after, in which only chance puts pulses (A).

References:
    [PANDA-1991], chapter 16.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import MAX_MULTIPLICITY, CoincidenceCount, PulseTrain
from counterseal.measurement.spectrum import Counts

_CHUNK = 8_192
_MAX_PS = 2**62
_PS_PER_NS = 1_000
_ROWS = MAX_MULTIPLICITY + 1
Filler = Callable[[Counts, int, tuple[int, int, int, int], Counts, Counts], int]
"""Takes pulses, how many of them trigger, the four edges, both histograms to add to; returns the largest
number seen in a gate, which is not added where there is no row for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateTimes:
    """When the two gates of a trigger are open. A gate holds its end, and not its beginning.

    Attributes:
        predelay_ps: From the trigger to the opening of the first gate [ps], at least 0.
        gate_ps: Length of each gate [ps], above 0.
        delay_ps: From the opening of the first to the opening of the second [ps], at least a gate.
    """

    predelay_ps: int
    gate_ps: int
    delay_ps: int

    def __post_init__(self) -> None:
        """Refuse gates that overlap or are never open."""
        if self.predelay_ps < 0 or self.gate_ps <= 0 or self.delay_ps < self.gate_ps:
            raise MeasurementError(
                f"predelay {self.predelay_ps} ps, gate {self.gate_ps} ps, delay {self.delay_ps} ps: must be"
                " at least 0, above 0, and at least a gate"
            )
        if self.span_ps > _MAX_PS:
            raise MeasurementError(f"gates end {self.span_ps} ps after a trigger: must be below 2**62")

    @property
    def span_ps(self) -> int:
        """From a trigger to the end of its second gate [ps]."""
        return self.predelay_ps + self.delay_ps + self.gate_ps

    def edges_ticks(self, tick_ps: int) -> tuple[int, int, int, int]:
        """Return the edges of both gates [ticks]: exactly those with ``edge < pulse - trigger <= next``."""
        edges = (
            self.predelay_ps,
            self.predelay_ps + self.gate_ps,
            self.predelay_ps + self.delay_ps,
            self.span_ps,
        )
        first, second, third, fourth = (edge // tick_ps for edge in edges)
        return first, second, third, fourth


def count_coincidences(train: PulseTrain, *, gates: GateTimes) -> CoincidenceCount:
    """Return both histograms of a pulse train, with numpy alone.

    Every pulse is a trigger. The train is taken as a ring: gates that reach past its end see its
    beginning, so the A histogram has as many triggers as the R+A histogram and nothing is bent.

    Args:
        train: The pulses.
        gates: When gates are open.

    Returns:
        The histograms, as long as the largest number seen; one row where there is no pulse.

    Raises:
        MeasurementError: the train is shorter than its gates, or a gate holds more than 1 023 pulses.
    """
    return _count(train, gates=gates, fill=_fill_by_chunks)


def count_coincidences_fast(train: PulseTrain, *, gates: GateTimes) -> CoincidenceCount:
    """Return what `count_coincidences` returns, to the count, by a compiled loop; outside the barrier.

    The first call in a process compiles for about a second.

    Args:
        train: The pulses.
        gates: When the two gates of a trigger are open.

    Raises:
        MeasurementError: as `count_coincidences`.
    """
    from counterseal.measurement.shift_register_kernel import fill_gates  # noqa: PLC0415 - numba is heavy

    return _count(train, gates=gates, fill=fill_gates)


def _count(train: PulseTrain, *, gates: GateTimes, fill: Filler) -> CoincidenceCount:
    edges = gates.edges_ticks(train.tick_ps)
    if edges[3] >= train.duration_ticks:
        raise MeasurementError(
            f"listened for {train.duration_ticks} ticks of {train.tick_ps} ps; the gates of a trigger end "
            f"after {edges[3]}: too short"
        )
    with_reals, accidentals = np.zeros(_ROWS, dtype=np.int64), np.zeros(_ROWS, dtype=np.int64)
    for ticks, triggers in _pieces(train, span_ticks=edges[3]):
        most = fill(ticks, triggers, edges, with_reals, accidentals)
        if most > MAX_MULTIPLICITY:
            raise MeasurementError(
                f"a gate of {gates.gate_ps} ps holds {most} pulses: at most {MAX_MULTIPLICITY} are counted"
            )
    return CoincidenceCount(
        singles=len(train.ticks),
        with_reals=_trimmed(with_reals),
        accidentals=_trimmed(accidentals),
        time_ns=max(1, train.duration_ticks * train.tick_ps // _PS_PER_NS),
    )


def _pieces(train: PulseTrain, *, span_ticks: int) -> Iterator[tuple[Counts, int]]:
    """Yield pulses, and how many of the first of them trigger: all but the end, then the end as a ring."""
    ticks = train.ticks
    if not len(ticks):
        return
    inside = int(np.searchsorted(ticks, train.duration_ticks - span_ticks, side="left"))
    if inside:
        yield ticks, inside
    head = ticks[: int(np.searchsorted(ticks, span_ticks, side="right"))]
    yield np.concatenate([ticks[inside:], head + train.duration_ticks]), len(ticks) - inside


def _fill_by_chunks(
    ticks: Counts,
    triggers: int,
    edges: tuple[int, int, int, int],
    with_reals: Counts,
    accidentals: Counts,
) -> int:
    """Add to both histograms, searching for a few thousand triggers at a time in the pulses near them.

    Searching in a part that fits the processor's nearest memory is what makes it fast; the whole list
    would give the same numbers.
    """
    most = 0
    for start in range(0, triggers, _CHUNK):
        chosen = ticks[start : min(start + _CHUNK, triggers)]
        for first, last, histogram in ((*edges[:2], with_reals), (*edges[2:], accidentals)):
            low = int(np.searchsorted(ticks, chosen[0] + first, side="right"))
            high = int(np.searchsorted(ticks, chosen[-1] + last, side="right"))
            near = ticks[low:high]
            seen = np.searchsorted(near, chosen + last, side="right")
            seen -= np.searchsorted(near, chosen + first, side="right")
            found = np.bincount(seen)
            most = max(most, len(found) - 1)
            if most <= MAX_MULTIPLICITY:
                histogram[: len(found)] += found
    return most


def _trimmed(histogram: Counts) -> Counts:
    rows = int(np.flatnonzero(histogram)[-1]) + 1 if histogram.any() else 1
    return histogram[:rows].copy()
