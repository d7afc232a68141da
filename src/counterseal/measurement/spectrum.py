"""A gamma spectrum: whole counts by channel, times in whole nanoseconds, and its energy scale."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError

MAX_CHANNELS = 65_536
MAX_COUNT = 2**53 - 1
"""Largest count of a channel that is exact in every format, and in double precision."""
MAX_TIME_NS = 2**62
MIN_COEFFICIENTS = 2
MAX_COEFFICIENTS = 6

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyScale:
    """What turns a channel into an energy, as the file or a calibration gave it.

    The energy of the middle of channel ``c`` (from 0) is ``sum(coefficients[i] * c**i)``, plus the
    deviation, interpolated linearly between the pairs and constant beyond them.

    Attributes:
        coefficients_kev: Polynomial coefficients, constant first [keV per channel to the power of i].
        deviation_pairs_kev: ``(energy, offset)`` in increasing energy [keV]; often none.
    """

    coefficients_kev: tuple[float, ...]
    deviation_pairs_kev: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a scale that could not be evaluated."""
        if not MIN_COEFFICIENTS <= len(self.coefficients_kev) <= MAX_COEFFICIENTS:
            raise MeasurementError(
                f"energy scale of {len(self.coefficients_kev)} coefficients:"
                f" must be {MIN_COEFFICIENTS} to {MAX_COEFFICIENTS}"
            )
        if not np.isfinite(self.coefficients_kev).all():
            raise MeasurementError("energy scale: a coefficient is not a finite number")
        nodes = [node for node, _ in self.deviation_pairs_kev]
        if nodes != sorted(set(nodes)) or not np.isfinite(self.deviation_pairs_kev).all():
            raise MeasurementError("energy scale: deviation pairs must be finite, in increasing energy")

    def energy_kev(self, channel: Floats) -> Floats:
        """Return the energies [keV] of channels (0 is the middle of the first), same shape."""
        position = np.asarray(channel, dtype=np.float64)
        energy = np.zeros_like(position)
        for coefficient in reversed(self.coefficients_kev):
            energy = energy * position + coefficient
        if not self.deviation_pairs_kev:
            return energy
        return energy + self._deviation(energy)

    def _deviation(self, energy: Floats) -> Floats:
        """Interpolate in single operations: a compiled loop may round them otherwise on another machine."""
        nodes, offsets = (np.array(column) for column in zip(*self.deviation_pairs_kev, strict=True))
        if len(nodes) == 1:
            return np.full_like(energy, offsets[0])
        left = np.clip(np.searchsorted(nodes, energy, side="right") - 1, 0, len(nodes) - 2)
        share = (energy - nodes[left]) / (nodes[left + 1] - nodes[left])
        between: Floats = offsets[left] + np.clip(share, 0.0, 1.0) * (offsets[left + 1] - offsets[left])
        return between


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where data came from: what a result can be traced back to.

    Attributes:
        sha256: SHA-256 of the file [64 hexadecimal digits], or of what a simulation was made from.
        form: Form of the file (``n42-2012``, ``spe``, ...), or ``simulated``.
        repairs: What a reader mended at its user's wish, a line each; always empty inside the barrier.
        remarks: What the file says about itself, a line each; never used in a calculation.
    """

    sha256: str
    form: str
    repairs: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectrum:
    """Counts by channel over a time, from one detector.

    Attributes:
        counts: Counts by channel, int64, shape (channels,), each 0 to 2**53 - 1; not writable.
        live_time_ns: Time in which the instrument could count [ns], at least 0.
        real_time_ns: Time that passed [ns], not less than the live time.
        scale: Energy scale, or None where the file has none that can be used.
        started: When it began, in GMT, or None where the file does not say so with its zone.
        name: Detector or title within the file, or empty.
        provenance: Where it came from.
    """

    counts: Counts
    live_time_ns: int
    real_time_ns: int
    scale: EnergyScale | None = None
    started: datetime | None = None
    name: str = ""
    provenance: Provenance = field(default_factory=lambda: Provenance(sha256="0" * 64, form="made"))

    def __post_init__(self) -> None:
        """Hold the counts as they are and refuse what no instrument counts."""
        counts = self.counts
        if counts.dtype != np.int64 or counts.ndim != 1:
            raise MeasurementError(
                f"counts of type {counts.dtype}, {counts.ndim} axes: must be int64, one axis"
            )
        if not 1 <= len(counts) <= MAX_CHANNELS:
            raise MeasurementError(f"{len(counts)} channels: must be 1 to {MAX_CHANNELS}")
        if counts.min() < 0:
            channel = int(np.argmin(counts))
            raise MeasurementError(f"channel {channel}: count {int(counts[channel])}, must be >= 0")
        if counts.max() > MAX_COUNT:
            channel = int(np.argmax(counts))
            raise MeasurementError(f"channel {channel}: count {int(counts[channel])}, must be below 2**53")
        if not 0 <= self.live_time_ns <= self.real_time_ns <= MAX_TIME_NS:
            raise MeasurementError(
                f"live time {self.live_time_ns} ns, real time {self.real_time_ns} ns:"
                " live must not be above real, nor below 0"
            )
        held = counts.copy()
        held.flags.writeable = False
        object.__setattr__(self, "counts", held)

    @property
    def live_time_s(self) -> float:
        """Live time [s]."""
        return self.live_time_ns / 1e9

    @property
    def real_time_s(self) -> float:
        """Real time [s]."""
        return self.real_time_ns / 1e9

    @property
    def total(self) -> int:
        """Sum of all counts, exact."""
        return sum(self.counts.tolist())

    def with_scale(self, scale: EnergyScale) -> "Spectrum":
        """Return the same counts on another energy scale."""
        return replace(self, scale=scale)

    def energies_kev(self) -> Floats:
        """Return the energy of the middle of each channel [keV], shape (channels,).

        Raises:
            MeasurementError: the spectrum has no energy scale, or one that does not increase.
        """
        if self.scale is None:
            raise MeasurementError(f"spectrum {self.name or 'without a name'}: has no energy calibration")
        energies = self.scale.energy_kev(np.arange(len(self.counts), dtype=np.float64))
        if len(energies) > 1 and not (np.diff(energies) > 0).all():
            raise MeasurementError(
                f"spectrum {self.name or 'without a name'}: its energy scale does not increase"
            )
        return energies
