"""The covariance of coincidence rates from counting alone, where no cycles show their own scatter."""

import math

from counterseal.measurement.arithmetic import dot
from counterseal.measurement.coincidence_rates import (
    CoincidenceRates,
    CountedCycle,
    filled_rows,
    mean_weight,
    net_rates,
    weights_for,
)
from counterseal.measurement.covariance import Matrix, added
from counterseal.measurement.dead_time import doubles_factor, singles_factor, triples_factor
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.spectrum import Counts, Floats

_NS_PER_S = 1e9


def rates_of_one_run(
    cycle: CountedCycle, *, counter: NeutronCounter, background: CoincidenceRates | None = None
) -> CoincidenceRates:
    """Return net rates of one undivided run, with the covariance that counting gives them.

    Triggers are taken as independent, which would be so if every pulse came alone; all is then raised by
    ``1 + 2 D / (f S)``, the variance of singles that come in fissions over that of single ones. On
    simulated trains the standard uncertainties come out right within about a fifth; cycles are better.

    Args:
        cycle: What was counted.
        counter: The counter.
        background: What is taken off [1/s], or None.
    """
    rates = net_rates(cycle, counter=counter, background=background)
    return CoincidenceRates(
        singles_per_s=rates.singles_per_s,
        doubles_per_s=rates.doubles_per_s,
        triples_per_s=rates.triples_per_s,
        covariance=added(rates.covariance, counting_covariance(cycle, counter=counter)),
    )


def counting_covariance(cycle: CountedCycle, *, counter: NeutronCounter) -> Matrix:
    """Return the covariance of singles, doubles and triples from counting [1/s^2], shape (3, 3).

    Args:
        cycle: What was counted.
        counter: The counter, for its dead time and its gate.
    """
    count = cycle.count
    triggers = sum(count.with_reals.tolist())
    if count.singles == 0 or triggers == 0:
        return ((0.0,) * 3,) * 3
    weights = weights_for(cycle, counter=counter)
    pulses, pairs = weights.pulses, weights.pairs
    real = mean_weight(pulses, count.with_reals, triggers=triggers)
    chance = mean_weight(pulses, count.accidentals, triggers=triggers)
    pair = mean_weight(pairs, count.with_reals, triggers=triggers)
    chance_pair = mean_weight(pairs, count.accidentals, triggers=triggers)
    parts = (
        (count.with_reals, (pulses, pairs - chance * pulses)),
        (count.accidentals, (-pulses, (2.0 * chance - real) * pulses - pairs)),
    )
    per_trigger = (1.0, real - chance, pair - chance_pair - chance * (real - chance))
    time_s = count.time_ns / _NS_PER_S
    rate_per_s = count.singles / time_s
    dead_time = counter.dead_time
    factors = (
        singles_factor(rate_per_s, dead_time=dead_time),
        doubles_factor(rate_per_s, dead_time=dead_time),
        triples_factor(rate_per_s, dead_time=dead_time),
    )
    chains = max(1.0, 1.0 + 2.0 * per_trigger[1] / counter.doubles_gate_fraction)
    scale = chains * rate_per_s / time_s

    def entry(i: int, j: int) -> float:
        apart = math.fsum(
            _covariance(histogram, values[i - 1], values[j - 1], triggers=triggers)
            for histogram, values in parts
            if i and j
        )
        return factors[i] * factors[j] * scale * (apart + per_trigger[i] * per_trigger[j])

    return tuple(tuple(entry(min(i, j), max(i, j)) for j in range(3)) for i in range(3))


def _covariance(histogram: Counts, first: Floats, second: Floats, *, triggers: int) -> float:
    """Return the covariance of two values over the gates that a histogram counts."""
    rows = filled_rows(histogram)
    held = histogram[:rows]
    means = [dot(values[:rows], held) / triggers for values in (first, second)]
    return dot(held, (first[:rows] - means[0]) * (second[:rows] - means[1])) / triggers
