"""What must be known of a neutron coincidence counter before its counts mean anything."""

import math
from dataclasses import dataclass

from counterseal.measurement.arithmetic import exp
from counterseal.measurement.errors import CalibrationError
from counterseal.reference.neutron_data import (
    PU239_INDUCED,
    PU240_FISSION_RATE_PER_S_G,
    PU240_SPONTANEOUS,
    FissionMoments,
)

MAX_GATE_US = 1e6
MAX_DEAD_TIME_NS = 1e6
_MAX_MOMENT = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadTime:
    """How a counter loses pulses that come too close together.

    The dead time of singles and doubles is ``a + b S``, with ``S`` the singles rate as counted.

    Attributes:
        coefficient_a_us: ``a`` [us], at least 0.
        coefficient_b_us_per_mcps: ``b`` [us per million counts a second], at least 0.
        multiplicity_ns: Dead time of triples [ns], at least 0.
    """

    coefficient_a_us: float = 0.0
    coefficient_b_us_per_mcps: float = 0.0
    multiplicity_ns: float = 0.0

    def __post_init__(self) -> None:
        """Refuse dead times that no counter has."""
        for name in ("coefficient_a_us", "coefficient_b_us_per_mcps", "multiplicity_ns"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0.0 <= value <= MAX_DEAD_TIME_NS):
                raise CalibrationError(f"dead time: {name} is {value!r}, must be 0 to {MAX_DEAD_TIME_NS:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutronCounter:
    """A counter as it was calibrated, and the fissions that it was calibrated with.

    Attributes:
        gate_us: Length of the coincidence gate [us].
        predelay_us: Time between a pulse and the opening of its gate [us].
        efficiency: Detected neutrons per neutron that leaves the item, 0 to 1; a correction factor of a
            calibration is already multiplied in.
        doubles_gate_fraction: Share of pairs that the gate catches, 0 to 1.
        triples_gate_fraction: Share of triplets that the gate catches, 0 to 1.
        dead_time: Its dead time.
        die_away_us: Mean life of neutrons in it [us], or None where it is not known.
        spontaneous: Moments of the spontaneous fissions that are assayed.
        induced: Moments of the fissions that neutrons induce.
        fission_rate_per_s_g: Spontaneous fissions [1/(s g)].
    """

    gate_us: float
    predelay_us: float
    efficiency: float
    doubles_gate_fraction: float
    triples_gate_fraction: float
    dead_time: DeadTime = DeadTime()
    die_away_us: float | None = None
    spontaneous: FissionMoments = PU240_SPONTANEOUS
    induced: FissionMoments = PU239_INDUCED
    fission_rate_per_s_g: float = PU240_FISSION_RATE_PER_S_G

    def __post_init__(self) -> None:
        """Refuse figures with which nothing can be worked out."""
        _within("gate_us", self.gate_us, low=0.0, high=MAX_GATE_US)
        _within("efficiency", self.efficiency, low=0.0, high=1.0)
        _within("doubles_gate_fraction", self.doubles_gate_fraction, low=0.0, high=1.0)
        _within("triples_gate_fraction", self.triples_gate_fraction, low=0.0, high=1.0)
        _within("fission_rate_per_s_g", self.fission_rate_per_s_g, low=0.0, high=1e15)
        if self.die_away_us is not None:
            _within("die_away_us", self.die_away_us, low=0.0, high=MAX_GATE_US)
        if not (math.isfinite(self.predelay_us) and 0.0 <= self.predelay_us <= MAX_GATE_US):
            raise CalibrationError(
                f"counter: predelay_us is {self.predelay_us!r}, must be 0 to {MAX_GATE_US:g}"
            )
        _refuse_moments(self.spontaneous, self.induced)


def _within(name: str, value: float, *, low: float, high: float) -> None:
    if not (math.isfinite(value) and low < value <= high):
        raise CalibrationError(f"counter: {name} is {value!r}, must be above {low:g} and at most {high:g}")


def _refuse_moments(spontaneous: FissionMoments, induced: FissionMoments) -> None:
    for name, moments in (("spontaneous", spontaneous), ("induced", induced)):
        values = (moments.first, moments.second, moments.third)
        if not all(math.isfinite(value) and 0.0 < value < _MAX_MOMENT for value in values):
            raise CalibrationError(
                f"counter: {name} fission moments {values} must be above 0 and below 10000"
            )
    if induced.first <= 1.0:
        raise CalibrationError(f"counter: induced fission of {induced.first} neutrons must be above 1")
    if spontaneous.second * induced.third == spontaneous.third * induced.second:
        raise CalibrationError("counter: these fission moments do not tell multiplication from fission")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFractions:
    """Shares of pairs and of triplets that a gate catches."""

    doubles: float
    triples: float


def single_exponential_fractions(*, predelay_us: float, gate_us: float, die_away_us: float) -> GateFractions:
    """Return gate fractions of a counter in which neutrons die away with one mean life.

    Real counters have several: these are starting values, a calibration gives others.

    Args:
        predelay_us: Predelay [us].
        gate_us: Gate [us].
        die_away_us: Mean life [us].

    Returns:
        ``exp(-P/tau) (1 - exp(-G/tau))`` for doubles, its square for triples.

    Examples:
        >>> round(single_exponential_fractions(predelay_us=4.5, gate_us=64.0, die_away_us=50.0).doubles, 4)
        0.6598
    """
    _within("die_away_us", die_away_us, low=0.0, high=MAX_GATE_US)
    doubles = exp(-predelay_us / die_away_us) * (1.0 - exp(-gate_us / die_away_us))
    return GateFractions(doubles=doubles, triples=doubles * doubles)
