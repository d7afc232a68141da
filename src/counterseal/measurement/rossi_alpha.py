"""Rossi-alpha: how many pulses come how long after a pulse, and how fast fission chains die away."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.spectrum import Counts

MAX_BINS = 1_000_000
_CHUNK = 65_536
_PS_PER_S = 1e12
_PS_PER_US = 1e6
_STEPS = 60
_GOLDEN = 0.6180339887498949
_MIN_BINS = 4
_STEP = 1e-3
_STANDS_OUT = 3.0
Filler = Callable[[Counts, int, int, Counts], None]
"""Takes pulses, how many of them begin a pair, the length of a bin [ticks], the histogram to add to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RossiAlpha:
    """Pulses by the time since an earlier pulse.

    Attributes:
        counts: Pairs of pulses by bin, int64, shape (bins,); the first bin begins at no time at all.
        bin_ps: Length of a bin [ps].
        triggers: Number of pulses that began a pair: those a whole window before the end.
    """

    counts: Counts
    bin_ps: int
    triggers: int

    def rates_per_s(self) -> list[float]:
        """Return pairs per trigger and second, by bin [1/s]."""
        seconds = self.bin_ps / _PS_PER_S * max(1, self.triggers)
        return [count / seconds for count in self.counts.tolist()]


def rossi_alpha(train: PulseTrain, *, bin_ps: int, bins: int) -> RossiAlpha:
    """Return the histogram of times between pulses, with numpy alone.

    Args:
        train: The pulses.
        bin_ps: Length of a bin [ps], a whole number of ticks.
        bins: Number of bins, 1 to a million.

    Raises:
        MeasurementError: bins that the clock cannot tell apart, too many, or longer than the train.
    """
    return _count(train, bin_ps=bin_ps, bins=bins, fill=_fill_by_chunks)


def rossi_alpha_fast(train: PulseTrain, *, bin_ps: int, bins: int) -> RossiAlpha:
    """Return what `rossi_alpha` returns by a compiled loop; outside the barrier.

    Args:
        train: The pulses.
        bin_ps: Length of a bin [ps], a whole number of ticks.
        bins: Number of bins, 1 to a million.
    """
    from counterseal.measurement.rossi_alpha_kernel import fill_pairs  # noqa: PLC0415 - numba is heavy

    return _count(train, bin_ps=bin_ps, bins=bins, fill=fill_pairs)


def _count(train: PulseTrain, *, bin_ps: int, bins: int, fill: Filler) -> RossiAlpha:
    if bin_ps < 1 or bin_ps % train.tick_ps or not 1 <= bins <= MAX_BINS:
        raise MeasurementError(
            f"Rossi-alpha: {bins} bins of {bin_ps} ps; must be 1 to {MAX_BINS}, of a whole number of "
            f"ticks of {train.tick_ps} ps"
        )
    bin_ticks = bin_ps // train.tick_ps
    if bin_ticks * bins >= train.duration_ticks:
        raise MeasurementError(
            f"Rossi-alpha: a window of {bin_ticks * bins} ticks of {train.duration_ticks} in all: too long"
        )
    counts = np.zeros(bins, dtype=np.int64)
    triggers = int(np.searchsorted(train.ticks, train.duration_ticks - bin_ticks * bins, side="left"))
    fill(train.ticks, triggers, bin_ticks, counts)
    return RossiAlpha(counts=counts, bin_ps=bin_ps, triggers=triggers)


def _fill_by_chunks(ticks: Counts, triggers: int, bin_ticks: int, counts: Counts) -> None:
    """Add the times to the next pulse, the next but one, and so on until all are past the window."""
    window = bin_ticks * len(counts)
    for start in range(0, triggers, _CHUNK):
        first = ticks[start : min(start + _CHUNK, triggers)]
        at = np.arange(start, start + len(first))
        lag = 0
        while len(first):
            lag += 1
            inside = at + lag < len(ticks)
            at, first = at[inside], first[inside]
            apart = ticks[at + lag] - first
            near = apart < window
            at, first = at[near], first[near]
            counts += np.bincount(apart[near] // bin_ticks, minlength=len(counts))


@dataclass(frozen=True, slots=True, kw_only=True)
class DieAway:
    """An exponential over a level, ``height exp(-t / die_away) + level``, fitted to a Rossi histogram.

    Attributes:
        die_away_us: Mean life [us].
        die_away_unc_us: Its standard uncertainty [us].
        height_per_s: Pairs of one fission chain per trigger and second at no time at all [1/s].
        level_per_s: Pairs by chance, per trigger and second [1/s].
    """

    die_away_us: float
    die_away_unc_us: float
    height_per_s: float
    level_per_s: float


def fit_die_away(histogram: RossiAlpha, *, from_bin: int = 0) -> DieAway:
    """Return the die-away time that fits a histogram best, by weighted least squares.

    For each die-away time the height and the level are linear; the time is sought by golden section in
    the logarithm, between a bin and the window.

    Args:
        histogram: The histogram.
        from_bin: First bin that is used, past the dead time of the counter.

    Raises:
        MeasurementError: fewer than 4 bins or no pairs in them, or no exponential stands out of the level.
    """
    counts = histogram.counts[from_bin:].astype(np.float64)
    if len(counts) < _MIN_BINS or not counts.any():
        raise MeasurementError(f"die-away: {len(counts)} bins with {int(counts.sum())} pairs, too few to fit")
    times = (np.arange(len(counts)) + from_bin + 0.5) * (histogram.bin_ps / _PS_PER_US)
    weights = 1.0 / np.maximum(counts, 1.0)

    def fitted(log_time: float) -> tuple[float, float, float, float]:
        shape = np.exp(-times / math.exp(log_time))
        w, ws, wss = weights.sum(), (weights * shape).sum(), (weights * shape * shape).sum()
        wc, wcs = (weights * counts).sum(), (weights * counts * shape).sum()
        below = w * wss - ws * ws
        height = (w * wcs - ws * wc) / below
        level = (wc - height * ws) / w
        left = counts - height * shape - level
        return float((weights * left * left).sum()), float(height), float(level), float(w / below)

    low, high = math.log(times[1] - times[0]), math.log(times[-1])
    best = _lowest(lambda place: fitted(place)[0], low=low, high=high)
    least, height, level, variance = fitted(best)
    if not height > _STANDS_OUT * math.sqrt(variance) or best - low < _STEP or high - best < _STEP:
        raise MeasurementError("die-away: no exponential stands out of the level")
    curve = (fitted(best + _STEP)[0] - 2.0 * least + fitted(best - _STEP)[0]) / (_STEP * _STEP)
    time = math.exp(best)
    seconds = histogram.bin_ps / _PS_PER_S * histogram.triggers
    return DieAway(
        die_away_us=time,
        die_away_unc_us=time * math.sqrt(2.0 / curve) if curve > 0.0 else math.inf,
        height_per_s=height / seconds,
        level_per_s=level / seconds,
    )


def _lowest(value: Callable[[float], float], *, low: float, high: float) -> float:
    """Return where a function with one valley is lowest, by golden section in a fixed number of steps."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = value(left), value(right)
    for _ in range(_STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = value(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = value(right)
    return 0.5 * (low + high)
