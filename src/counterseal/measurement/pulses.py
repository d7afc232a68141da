"""Neutron pulses in whole clock ticks, and the histograms that a shift register makes of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import MAX_COUNT, Counts, Provenance

MAX_TICK_PS = 10**12
MAX_CHANNEL = 255
MAX_MULTIPLICITY = 1_023


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PulseTrain:
    """The times of pulses, in the order in which they came (list mode).

    Attributes:
        ticks: Time of each pulse since the start [ticks], int64, shape (pulses,), never decreasing,
            each from 0 to before ``duration_ticks``; roll-over is already unfolded; not writable.
        channels: Which preamplifier each pulse came from, uint8, shape (pulses,); not writable.
        tick_ps: Length of a tick [ps], 1 to 10**12.
        duration_ticks: How long was listened [ticks].
        provenance: Where it came from.
    """

    ticks: Counts
    channels: NDArray[np.uint8]
    tick_ps: int
    duration_ticks: int
    provenance: Provenance = field(default_factory=lambda: Provenance(sha256="0" * 64, form="made"))

    def __post_init__(self) -> None:
        """Refuse times that no clock gives."""
        if self.ticks.dtype != np.int64 or self.channels.dtype != np.uint8:
            raise MeasurementError("pulses: ticks must be int64, channels uint8")
        if self.ticks.ndim != 1 or self.ticks.shape != self.channels.shape:
            raise MeasurementError(
                f"{self.ticks.size} ticks and {self.channels.size} channels: one of each a pulse"
            )
        if not 1 <= self.tick_ps <= MAX_TICK_PS or not 0 < self.duration_ticks <= MAX_COUNT:
            raise MeasurementError(f"tick of {self.tick_ps} ps, {self.duration_ticks} ticks: out of range")
        if len(self.ticks):
            steps = np.diff(self.ticks)
            if len(steps) and steps.min() < 0:
                raise MeasurementError(
                    f"pulse {int(np.argmax(steps < 0)) + 1}: is earlier than the one before it"
                )
            if self.ticks[0] < 0 or self.ticks[-1] >= self.duration_ticks:
                raise MeasurementError("pulses: one is before the start or after the end of listening")
        for array in (self.ticks, self.channels):
            if array.flags.writeable:
                array.flags.writeable = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoincidenceCount:
    """What a multiplicity shift register counted over a time.

    Attributes:
        singles: Number of pulses, which is also the number of triggers.
        with_reals: Histogram of pulses seen in the gate soon after each trigger (R+A), int64; index is
            the number seen.
        accidentals: Histogram of pulses seen in the gate long after (A), int64.
        time_ns: Time that was counted [ns].
    """

    singles: int
    with_reals: Counts
    accidentals: Counts
    time_ns: int

    def __post_init__(self) -> None:
        """Refuse histograms that no shift register makes."""
        for name, histogram in (("R+A", self.with_reals), ("A", self.accidentals)):
            if histogram.dtype != np.int64 or histogram.ndim != 1:
                raise MeasurementError(f"{name} histogram: must be int64, one axis")
            if not 1 <= len(histogram) <= MAX_MULTIPLICITY + 1:
                raise MeasurementError(
                    f"{name} histogram of {len(histogram)} rows: must be 1 to {MAX_MULTIPLICITY + 1}"
                )
            if histogram.min() < 0 or histogram.max() > MAX_COUNT:
                raise MeasurementError(f"{name} histogram: a count is below 0 or not below 2**53")
        if not 0 <= self.singles <= MAX_COUNT or self.time_ns <= 0:
            raise MeasurementError(f"{self.singles} singles in {self.time_ns} ns: out of range")
