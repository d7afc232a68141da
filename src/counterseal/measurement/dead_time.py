"""Corrections for pulses that a counter lost because they came too close together.

References:
    [DYTLEWSKI-1991], in the form that INCC uses [INCC-5].
"""

import math
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.arithmetic import exp, log, total
from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.neutron_counter import DeadTime
from counterseal.measurement.spectrum import Floats

_US_PER_S = 1e6
_NS_PER_S = 1e9
_FIRST_PAIR = 2
_LARGEST_LOG = 600.0
_MAX_LOST = 20.0
"""Largest product of rate and dead time; far beyond it no counter counts."""


def dead_time_s(singles_per_s: float, *, dead_time: DeadTime) -> float:
    """Return the dead time of singles and doubles [s] at a rate as counted [1/s].

    Args:
        singles_per_s: Singles rate as counted [1/s].
        dead_time: The counter's dead time.
    """
    rate_mcps = singles_per_s / _US_PER_S
    return (dead_time.coefficient_a_us + dead_time.coefficient_b_us_per_mcps * rate_mcps) / _US_PER_S


def singles_factor(singles_per_s: float, *, dead_time: DeadTime) -> float:
    """Return what the singles rate as counted is multiplied with, at least 1."""
    return _factor(dead_time_s(singles_per_s, dead_time=dead_time) * singles_per_s / 4.0)


def doubles_factor(singles_per_s: float, *, dead_time: DeadTime) -> float:
    """Return what the doubles rate as counted is multiplied with, at least 1."""
    return _factor(dead_time_s(singles_per_s, dead_time=dead_time) * singles_per_s)


def triples_factor(singles_per_s: float, *, dead_time: DeadTime) -> float:
    """Return what the triples rate, already weighted with `triples_weights`, is multiplied with.

    Args:
        singles_per_s: Singles rate as counted [1/s].
        dead_time: The counter's dead time.
    """
    return _factor(dead_time.multiplicity_ns / _NS_PER_S * singles_per_s)


def _factor(lost: float) -> float:
    if not 0.0 <= lost <= _MAX_LOST:
        raise CalibrationError(f"rate times dead time is {lost:g}: a counter works up to {_MAX_LOST:g}")
    return exp(lost)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TriplesWeights:
    """What a number seen in a gate stands for once losses in the gate are made up.

    Attributes:
        pulses: In place of ``n``, shape (rows,).
        pairs: In place of ``n (n - 1) / 2``, shape (rows,).
    """

    pulses: Floats
    pairs: Floats


def triples_weights(rows: int, *, dead_time: DeadTime, gate_us: float) -> TriplesWeights:
    """Return the weights of a histogram's rows, alpha_n and beta_n of Dytlewski.

    With ``phi`` the dead time over the gate, ``alpha_n = 1 + sum_k C(n-1, k+1) (k+1)^k phi^k /
    (1 - (k+1) phi)^(k+2)`` for k from 0 to n - 2, and ``beta_n = alpha_n - 1 + sum_k C(n-1, k+2) (k+1)
    (k+2)^k phi^k / (1 - (k+2) phi)^(k+3)`` for k from 0 to n - 3. Each term is made in logarithms: at
    n in the hundreds the factors overflow, the terms do not.

    Args:
        rows: Number of rows, the first is ``n = 0``.
        dead_time: Dead time; only ``multiplicity_ns`` is used.
        gate_us: Length of the gate [us].

    Raises:
        CalibrationError: that many pulses do not fit into the gate with this dead time, or hardly.
    """
    phi = dead_time.multiplicity_ns / (1000.0 * gate_us)
    if phi == 0.0:
        number = np.arange(rows, dtype=np.float64)
        return TriplesWeights(pulses=number, pairs=number * (number - 1.0) * 0.5)
    if (rows - 2) * phi >= 1.0:
        raise CalibrationError(
            f"{rows - 1} pulses in a gate of {gate_us:g} us: with {dead_time.multiplicity_ns:g} ns dead "
            "time they do not fit"
        )
    table = _log_factorials(rows)
    pairs = [_weights(n, phi=phi, log_factorial=table) for n in range(rows)]
    found = np.array(pairs, dtype=np.float64)
    return TriplesWeights(pulses=found[:, 0], pairs=found[:, 1])


def _log_factorials(rows: int) -> Floats:
    """Return ln n! for n from 0 to rows."""
    logs = [0.0, *(log(float(n)) for n in range(1, rows + 1))]
    return np.array([math.fsum(logs[: n + 1]) for n in range(rows + 1)], dtype=np.float64)


def _weights(n: int, *, phi: float, log_factorial: Floats) -> tuple[float, float]:
    if n < _FIRST_PAIR:
        return float(n), 0.0
    alpha = 1.0 + _sum_of_terms(n, phi=phi, offset=1, log_factorial=log_factorial)
    beta = alpha - 1.0 + _sum_of_terms(n, phi=phi, offset=2, log_factorial=log_factorial)
    return alpha, beta


def _sum_of_terms(n: int, *, phi: float, offset: int, log_factorial: Floats) -> float:
    """Return the sum over k of C(n-1, k+o) (k+1)^(o-1) (k+o)^k phi^k / (1 - (k+o) phi)^(k+o+1)."""
    if n - 1 < offset:
        return 0.0
    chosen = np.arange(offset, n, dtype=np.int64)
    k = (chosen - offset).astype(np.float64)
    part = chosen.astype(np.float64) * phi
    terms = log_factorial[n - 1] - log_factorial[chosen] - log_factorial[n - 1 - chosen]
    terms = terms + k * log(part) - (k + float(offset + 1)) * log(1.0 - part)
    if offset > 1:
        terms = terms + log(k + 1.0)
    if terms.max() > _LARGEST_LOG:
        raise CalibrationError(f"dead time of {phi:.3g} gates: the correction for {n} pulses overflows")
    return total(exp(terms))
