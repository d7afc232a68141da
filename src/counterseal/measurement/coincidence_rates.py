"""Singles, doubles and triples rates from what a shift register counted, and their covariance.

References:
    [PANDA-1991], chapter 16; the normalisation of accidentals as in INCC [INCC-5].
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.arithmetic import dot
from counterseal.measurement.covariance import Matrix, added, covariance_of_mean
from counterseal.measurement.dead_time import (
    TriplesWeights,
    doubles_factor,
    singles_factor,
    triples_factor,
    triples_weights,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.few_repeats import widening
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.pulses import CoincidenceCount
from counterseal.measurement.spectrum import MAX_COUNT, Counts, Floats

_NS_PER_S = 1e9
_NO_COVARIANCE: Matrix = ((0.0,) * 3,) * 3
MIN_CYCLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedCycle:
    """What a shift register counted over one cycle, or over all of them.

    Attributes:
        count: Its histograms.
        with_reals_sum: What the R+A scaler counted, or None where there is none beside the histogram.
        accidentals_sum: What the A scaler counted, or None.
    """

    count: CoincidenceCount
    with_reals_sum: int | None = None
    accidentals_sum: int | None = None

    def __post_init__(self) -> None:
        """Refuse one scaler without the other, or below 0."""
        scalers = (self.with_reals_sum, self.accidentals_sum)
        if (scalers[0] is None) != (scalers[1] is None):
            raise MeasurementError("cycle: of the scalers R+A and A one is missing; give both or none")
        if any(value is not None and not 0 <= value <= MAX_COUNT for value in scalers):
            raise MeasurementError(f"cycle: scalers {scalers}, must be 0 to 2**53 - 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoincidenceRates:
    """Rates of a coincidence counter, and what is known of their uncertainty.

    Attributes:
        singles_per_s: Neutrons detected [1/s].
        doubles_per_s: Pairs of them within the gate [1/s].
        triples_per_s: Triplets of them within the gate [1/s].
        covariance: Covariance of the three, in this order [1/s^2], shape (3, 3).
    """

    singles_per_s: float
    doubles_per_s: float
    triples_per_s: float
    covariance: Matrix = _NO_COVARIANCE

    def __post_init__(self) -> None:
        """Refuse what is not a rate with a covariance."""
        if not all(math.isfinite(value) for value in self.values):
            raise MeasurementError(f"rates {self.values}: must be finite")
        if [len(row) for row in self.covariance] != [3, 3, 3]:
            raise MeasurementError("rates: their covariance must have 3 rows of 3")
        if not all(math.isfinite(entry) for row in self.covariance for entry in row):
            raise MeasurementError("rates: an entry of their covariance is not finite")
        if any(self.covariance[i][i] < 0.0 for i in range(3)):
            raise MeasurementError("rates: a variance is below 0")

    @property
    def values(self) -> tuple[float, float, float]:
        """Singles, doubles, triples [1/s]."""
        return self.singles_per_s, self.doubles_per_s, self.triples_per_s

    @property
    def uncertainties_per_s(self) -> tuple[float, float, float]:
        """Standard uncertainties of singles, doubles, triples [1/s]."""
        singles, doubles, triples = (math.sqrt(self.covariance[i][i]) for i in range(3))
        return singles, doubles, triples


def uncorrelated_rates(values: Sequence[float], *, uncertainties: Sequence[float]) -> CoincidenceRates:
    """Return rates whose uncertainties [1/s] are given one by one, such as those of a background.

    Args:
        values: Singles, doubles, triples [1/s].
        uncertainties: Their standard uncertainties [1/s], in the same order.
    """
    first, second, third = uncertainties
    return CoincidenceRates(
        singles_per_s=values[0],
        doubles_per_s=values[1],
        triples_per_s=values[2],
        covariance=(
            (first * first, 0.0, 0.0),
            (0.0, second * second, 0.0),
            (0.0, 0.0, third * third),
        ),
    )


def net_rates(
    cycle: CountedCycle,
    *,
    counter: NeutronCounter,
    background: CoincidenceRates | None = None,
    weights: TriplesWeights | None = None,
) -> CoincidenceRates:
    """Return rates corrected for dead time, less the background; their covariance is the background's.

    Doubles are ``S (<n>_RA - <n>_A)``, from the scalers where there are some; triples are ``S (<n (n-1) /
    2>_RA - <n (n-1) / 2>_A - <n>_A (<n>_RA - <n>_A))``. **Both** means are over the number of R+A triggers:
    the A histogram of some electronics misses triggers, and its own sum would bend the triples.

    Args:
        cycle: What was counted.
        counter: The counter.
        background: What is taken off, or None.
        weights: What `weights_for` gives for this cycle or a longer one; worked out where not given.

    Raises:
        MeasurementError: pulses were counted, yet no R+A trigger.
    """
    count = cycle.count
    triggers = int(sum(count.with_reals.tolist()))
    if triggers == 0 and count.singles > 0:
        raise MeasurementError(f"{count.singles} pulses and an R+A histogram of none: R+A data are missing")
    time_s = count.time_ns / _NS_PER_S
    singles = count.singles / time_s
    doubles = _doubles(cycle, time_s=time_s, triggers=triggers)
    if weights is None:
        weights = weights_for(cycle, counter=counter)
    triples = 0.0 if triggers == 0 else singles * _triples_per_trigger(count, triggers, weights=weights)
    dead_time = counter.dead_time
    less = (0.0, 0.0, 0.0) if background is None else background.values
    return CoincidenceRates(
        singles_per_s=singles * singles_factor(singles, dead_time=dead_time) - less[0],
        doubles_per_s=doubles * doubles_factor(singles, dead_time=dead_time) - less[1],
        triples_per_s=triples * triples_factor(singles, dead_time=dead_time) - less[2],
        covariance=_NO_COVARIANCE if background is None else background.covariance,
    )


def _doubles(cycle: CountedCycle, *, time_s: float, triggers: int) -> float:
    if cycle.with_reals_sum is not None and cycle.accidentals_sum is not None:
        return (cycle.with_reals_sum - cycle.accidentals_sum) / time_s
    if triggers == 0:
        return 0.0
    seen = _weighted(cycle.count.with_reals) - _weighted(cycle.count.accidentals)
    return cycle.count.singles / time_s * (seen / triggers)


def _weighted(histogram: Counts) -> int:
    return sum(number * seen for number, seen in enumerate(histogram.tolist()))


def weights_for(cycle: CountedCycle, *, counter: NeutronCounter) -> TriplesWeights:
    """Return the dead-time weights for all rows of both histograms that hold a count.

    Args:
        cycle: What was counted.
        counter: The counter, for its dead time and its gate.
    """
    rows = max(filled_rows(cycle.count.with_reals), filled_rows(cycle.count.accidentals))
    return triples_weights(rows, dead_time=counter.dead_time, gate_us=counter.gate_us)


def filled_rows(histogram: Counts) -> int:
    """Return the number of rows up to the last that holds a count, at least 1."""
    return int(np.flatnonzero(histogram)[-1]) + 1 if histogram.any() else 1


def mean_weight(weights: Floats, histogram: Counts, *, triggers: int) -> float:
    """Return the sum of weights, one for each gate that a histogram counts, over the number of triggers.

    Args:
        weights: What a gate with so many pulses stands for, shape (rows,), for every row that holds a count.
        histogram: Gates by how many pulses they hold, int64, shape (any,).
        triggers: Number of R+A triggers, above 0; also for the A histogram, whose own sum may miss some.
    """
    rows = filled_rows(histogram)
    return dot(weights[:rows], histogram[:rows]) / triggers


def _triples_per_trigger(count: CoincidenceCount, triggers: int, *, weights: TriplesWeights) -> float:
    real_pulses = mean_weight(weights.pulses, count.with_reals, triggers=triggers)
    real_pairs = mean_weight(weights.pairs, count.with_reals, triggers=triggers)
    chance_pulses = mean_weight(weights.pulses, count.accidentals, triggers=triggers)
    chance_pairs = mean_weight(weights.pairs, count.accidentals, triggers=triggers)
    return real_pairs - chance_pairs - chance_pulses * (real_pulses - chance_pulses)


def sum_of_cycles(cycles: Sequence[CountedCycle]) -> CountedCycle:
    """Return what was counted over all cycles.

    Raises:
        MeasurementError: there is no cycle, or only some have scalers.
    """
    if not cycles:
        raise MeasurementError("no cycle to add up")
    with_scalers = [cycle for cycle in cycles if cycle.with_reals_sum is not None]
    if len(with_scalers) not in (0, len(cycles)):
        raise MeasurementError(f"{len(with_scalers)} of {len(cycles)} cycles have scalers: all or none must")
    counts = [cycle.count for cycle in cycles]
    return CountedCycle(
        count=CoincidenceCount(
            singles=sum(count.singles for count in counts),
            with_reals=_sum_of_histograms([count.with_reals for count in counts]),
            accidentals=_sum_of_histograms([count.accidentals for count in counts]),
            time_ns=sum(count.time_ns for count in counts),
        ),
        with_reals_sum=sum(cycle.with_reals_sum or 0 for cycle in cycles) if with_scalers else None,
        accidentals_sum=sum(cycle.accidentals_sum or 0 for cycle in cycles) if with_scalers else None,
    )


def _sum_of_histograms(histograms: Sequence[Counts]) -> Counts:
    found = np.zeros(max(len(histogram) for histogram in histograms), dtype=np.int64)
    for histogram in histograms:
        found[: len(histogram)] += histogram
    return found


def rates_of_cycles(
    cycles: Sequence[CountedCycle],
    *,
    counter: NeutronCounter,
    background: CoincidenceRates | None = None,
    margin: float | None = None,
) -> CoincidenceRates:
    """Return the rates over all cycles, with the covariance that the cycles' own scatter gives.

    The rates come from the sums of all cycles. The covariance is that of a mean of the cycles' rates (the
    "sample method"), correlations included, and the background's is added.

    Args:
        cycles: What was counted in each, at least 2, all of one length.
        counter: The counter.
        background: What is taken off [1/s], or None.
        margin: How many standard uncertainties will be asked of what follows, if that is to be exceeded as
            rarely as if they were known: the scatter is widened, as few cycles do not tell it well. None
            leaves it as it is.

    Raises:
        MeasurementError: fewer than 2 cycles, or cycles of different length.
    """
    if len(cycles) < MIN_CYCLES:
        raise MeasurementError(f"{len(cycles)} cycles: a scatter needs at least {MIN_CYCLES}")
    times = {cycle.count.time_ns for cycle in cycles}
    if len(times) > 1:
        raise MeasurementError(f"cycles of {min(times)} to {max(times)} ns: must be of one length")
    whole = sum_of_cycles(cycles)
    weights = weights_for(whole, counter=counter)
    total = net_rates(whole, counter=counter, background=background, weights=weights)
    each = [net_rates(cycle, counter=counter, weights=weights).values for cycle in cycles]
    wider = 1.0 if margin is None else widening(margin, repeats=len(cycles))
    scatter = tuple(tuple(wider * wider * entry for entry in row) for row in covariance_of_mean(each))
    return CoincidenceRates(
        singles_per_s=total.singles_per_s,
        doubles_per_s=total.doubles_per_s,
        triples_per_s=total.triples_per_s,
        covariance=added(scatter, total.covariance),
    )
