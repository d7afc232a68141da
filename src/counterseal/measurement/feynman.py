"""Feynman-Y: how much more the counts of equal gates scatter than chance would have them.

References:
    [FEYNMAN-1956].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain

MIN_GATES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FeynmanPoint:
    """The scatter of counts in gates of one length, back to back.

    Attributes:
        gate_ps: Length of a gate [ps].
        gates: Number of whole gates.
        mean: Mean number of pulses in a gate.
        variance: Their variance.
        y: Variance over mean, less 1: 0 for pulses without correlation; 0 too where there is no pulse.
        y_unc: Its standard uncertainty, ``(1 + y) sqrt(2 / (gates - 1) + 1 / (gates mean))``, approximate.
    """

    gate_ps: int
    gates: int
    mean: float
    variance: float
    y: float
    y_unc: float


def feynman_y(train: PulseTrain, *, gates_ps: Sequence[int]) -> tuple[FeynmanPoint, ...]:
    """Return the excess scatter for each length of gate.

    The sums are exact; pulses after the last whole gate are left out.

    Args:
        train: The pulses.
        gates_ps: Lengths of gates [ps], each at least a tick; what is over a whole tick is dropped.

    Raises:
        MeasurementError: a gate shorter than a tick, or fewer than 3 in the train.
    """
    return tuple(_point(train, gate_ps=gate_ps) for gate_ps in gates_ps)


def _point(train: PulseTrain, *, gate_ps: int) -> FeynmanPoint:
    gate_ticks = gate_ps // train.tick_ps
    gates = train.duration_ticks // gate_ticks if gate_ticks > 0 else 0
    if gates < MIN_GATES:
        raise MeasurementError(
            f"Feynman-Y: {gates} gates of {gate_ps} ps in {train.duration_ticks} ticks of {train.tick_ps} ps"
            f": must be {MIN_GATES} or more, each of a tick or more"
        )
    inside = train.ticks[: int(np.searchsorted(train.ticks, gates * gate_ticks, side="left"))]
    # Gates without a pulse need no place: only runs of pulses with the same gate number count.
    numbers = inside // gate_ticks
    starts = (
        np.flatnonzero(np.concatenate([[True], numbers[1:] != numbers[:-1]])) if len(numbers) else numbers
    )
    held = np.bincount(np.diff(np.append(starts, len(numbers)))).tolist() if len(numbers) else [0]
    total = sum(count * number for count, number in enumerate(held))
    squares = sum(count * count * number for count, number in enumerate(held))
    mean = total / gates
    variance = (squares * gates - total * total) / (gates * (gates - 1))
    y = variance / mean - 1.0 if total else 0.0
    unc = (1.0 + y) * math.sqrt(2.0 / (gates - 1) + (1.0 / total if total else 0.0))
    return FeynmanPoint(gate_ps=gate_ps, gates=gates, mean=mean, variance=variance, y=y, y_unc=unc)
