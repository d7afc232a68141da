"""A long pulse train cut into cycles of one length, so that their scatter shows the uncertainty."""

from itertools import pairwise

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.shift_register import GateTimes

USUAL_CYCLES = 30
FEWEST_CYCLES = 5
SPANS_A_CYCLE = 100
"""A cycle of the usual cut is at least so many times as long as the gates of a trigger reach."""


def usual_cycles(train: PulseTrain, *, gates: GateTimes) -> int:
    """Return into how many cycles a train is cut if nobody says: 30, or fewer where it is short, or 1.

    Args:
        train: The pulses.
        gates: When the two gates of a trigger are open: a cycle is at least 100 times as long as they reach.
    """
    span_ticks = max(1, gates.span_ps // train.tick_ps)
    cycles = min(USUAL_CYCLES, train.duration_ticks // (SPANS_A_CYCLE * span_ticks))
    return cycles if cycles >= FEWEST_CYCLES else 1


def cut_into_cycles(train: PulseTrain, *, cycles: int) -> tuple[PulseTrain, ...]:
    """Return a train's cycles, each with its own beginning of time; ticks that are over are left out.

    Args:
        train: The pulses.
        cycles: How many, at least 1; 1 returns the train itself.

    Raises:
        MeasurementError: fewer than 1, or more than there are ticks.
    """
    if not 1 <= cycles <= train.duration_ticks:
        raise MeasurementError(
            f"{cycles} cycles of {train.duration_ticks} ticks: must be 1 to as many as ticks"
        )
    if cycles == 1:
        return (train,)
    each = train.duration_ticks // cycles
    edges = np.searchsorted(
        train.ticks, [number * each for number in range(cycles + 1)], side="left"
    ).tolist()
    return tuple(
        PulseTrain(
            ticks=train.ticks[first:last] - number * each,
            channels=train.channels[first:last],
            tick_ps=train.tick_ps,
            duration_ticks=each,
            provenance=train.provenance,
        )
        for number, (first, last) in enumerate(pairwise(edges))
    )
