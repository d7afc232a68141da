"""Made-up pulse trains of known truth: spontaneous fission, (alpha, n), multiplication, detection.

They follow the point model to the letter, so that what is counted can be held against what is expected.
Randomness is the caller's: the same generator state gives the same train.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import MAX_CHANNEL, PulseTrain
from counterseal.measurement.spectrum import MAX_COUNT, Counts, Floats, Provenance
from counterseal.reference.neutron_data import PU239_CHANCES, PU240_CHANCES, PU240_FISSION_RATE_PER_S_G

_PS_PER_S = 1e12
_US_PER_S = 1e6
_NS_PER_S = 1e9
MAX_NEUTRONS = 500_000_000
_GENERATIONS = 10_000
_SUM_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedItem:
    """A point-like item.

    Attributes:
        m240_g: Effective mass of Pu-240 [g], at least 0.
        alpha: Neutrons of (alpha, n) reactions per neutron of spontaneous fission, at least 0.
        multiplication: Leakage multiplication, at least 1.
        spontaneous_chances: Chance of 0, 1, 2, ... neutrons from a spontaneous fission; scaled to sum 1.
        induced_chances: The same for an induced fission.
        fission_rate_per_s_g: Spontaneous fissions [1/(s g)].
    """

    m240_g: float
    alpha: float = 0.0
    multiplication: float = 1.0
    spontaneous_chances: tuple[float, ...] = PU240_CHANCES
    induced_chances: tuple[float, ...] = PU239_CHANCES
    fission_rate_per_s_g: float = PU240_FISSION_RATE_PER_S_G

    def __post_init__(self) -> None:
        """Refuse items that cannot be."""
        figures = (self.m240_g, self.alpha, self.fission_rate_per_s_g)
        if not all(math.isfinite(value) and value >= 0.0 for value in figures):
            raise MeasurementError(f"simulated item: mass, alpha, fission rate {figures} must be at least 0")
        if not (math.isfinite(self.multiplication) and self.multiplication >= 1.0):
            raise MeasurementError(f"simulated item: multiplication {self.multiplication} must be at least 1")
        for chances in (self.spontaneous_chances, self.induced_chances):
            if not chances or min(chances) < 0.0 or abs(math.fsum(chances) - 1.0) > _SUM_TOLERANCE:
                raise MeasurementError(
                    f"simulated item: chances {chances} must be at least 0 and add up to 1"
                )

    @property
    def induced_chance(self) -> float:
        """Chance that a neutron induces a fission before it leaves."""
        mean = factorial_moments(self.induced_chances)[0]
        return (self.multiplication - 1.0) / (self.multiplication * mean - 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCounter:
    """A counter with one die-away time.

    Attributes:
        efficiency: Chance that a neutron which leaves the item is detected, 0 to 1.
        die_away_us: Mean life of neutrons in the counter [us].
        tick_ps: Length of a tick of its clock [ps].
        channels: Number of preamplifiers, each with the same share, 1 to 256.
        dead_time_ns: A pulse is lost if another came less than this before it, lost or not [ns].
        background_per_s: Pulses without correlation [1/s].
    """

    efficiency: float
    die_away_us: float
    tick_ps: int = 10_000
    channels: int = 1
    dead_time_ns: float = 0.0
    background_per_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse counters that cannot be."""
        if not 0.0 < self.efficiency <= 1.0:
            raise MeasurementError(
                f"simulated counter: efficiency {self.efficiency} must be above 0, at most 1"
            )
        if not 0.0 < self.die_away_us <= _US_PER_S:
            raise MeasurementError(f"simulated counter: die-away of {self.die_away_us} us must be 0 to 1 s")
        if not 1 <= self.channels <= MAX_CHANNEL + 1 or self.tick_ps < 1:
            raise MeasurementError("simulated counter: 1 to 256 channels, and a tick of at least 1 ps")
        if not (0.0 <= self.dead_time_ns < math.inf and 0.0 <= self.background_per_s < math.inf):
            raise MeasurementError("simulated counter: dead time and background must be at least 0")


def factorial_moments(chances: tuple[float, ...]) -> tuple[float, float, float]:
    """Return the first three factorial moments of a number whose chances are given, scaled to sum 1.

    Examples:
        >>> [round(moment, 2) for moment in factorial_moments(PU240_CHANCES)]
        [2.15, 3.79, 5.21]
    """
    whole = math.fsum(chances)
    first = math.fsum(n * chance for n, chance in enumerate(chances)) / whole
    second = math.fsum(n * (n - 1) * chance for n, chance in enumerate(chances)) / whole
    third = math.fsum(n * (n - 1) * (n - 2) * chance for n, chance in enumerate(chances)) / whole
    return first, second, third


def simulate_pulses(
    generator: np.random.Generator, *, item: SimulatedItem, counter: SimulatedCounter, duration_s: float
) -> PulseTrain:
    """Return the pulses of an item in a counter.

    Args:
        generator: Where chance comes from; give a seeded one for a train that can be made again.
        item: The item.
        counter: The counter.
        duration_s: How long is listened [s].

    Raises:
        MeasurementError: more than half a billion neutrons, or no time at all.
    """
    duration_ticks = round(duration_s * _PS_PER_S / counter.tick_ps) if math.isfinite(duration_s) else 0
    if duration_ticks < 1:
        raise MeasurementError(f"simulation of {duration_s} s: must be at least a tick, and finite")
    if duration_ticks > MAX_COUNT:
        raise MeasurementError(f"simulation of {duration_ticks} ticks: too many for its clock")
    _refuse_too_many(item, counter, duration_s=duration_s)
    born_s = _born(generator, item=item, duration_s=duration_s)
    left_s = np.concatenate([np.zeros(0), *_leaving(generator, born_s, item=item)])
    seen_s = left_s[generator.random(len(left_s)) < counter.efficiency]
    seen_s = seen_s + generator.exponential(counter.die_away_us / _US_PER_S, len(seen_s))
    noise_s = generator.uniform(0.0, duration_s, generator.poisson(counter.background_per_s * duration_s))
    times_s = np.sort(np.concatenate([seen_s, noise_s]))
    times_s = _after_dead_time(times_s, dead_time_s=counter.dead_time_ns / _NS_PER_S)
    ticks = np.floor(times_s * (_PS_PER_S / counter.tick_ps)).astype(np.int64)
    ticks = ticks[ticks < duration_ticks]
    channels = generator.integers(0, counter.channels, len(ticks), dtype=np.uint8)
    ticks, channels = _one_a_tick(ticks, channels)
    return PulseTrain(
        ticks=ticks,
        channels=channels,
        tick_ps=counter.tick_ps,
        duration_ticks=duration_ticks,
        provenance=_provenance(item, counter, duration_s),
    )


def _one_a_tick(ticks: Counts, channels: NDArray[np.uint8]) -> tuple[Counts, NDArray[np.uint8]]:
    """Return pulses of which none has the tick and the channel of another: no preamplifier gives two."""
    kept = np.unique(ticks * (MAX_CHANNEL + 1) + channels)
    return kept // (MAX_CHANNEL + 1), (kept % (MAX_CHANNEL + 1)).astype(np.uint8)


def _refuse_too_many(item: SimulatedItem, counter: SimulatedCounter, *, duration_s: float) -> None:
    per_fission = factorial_moments(item.spontaneous_chances)[0] * (1.0 + item.alpha) * item.multiplication
    per_s = item.m240_g * item.fission_rate_per_s_g * (1.0 + per_fission) + counter.background_per_s
    if per_s * duration_s > MAX_NEUTRONS:
        raise MeasurementError(
            f"simulation of about {per_s * duration_s:.3g} neutrons: at most {MAX_NEUTRONS}"
        )


def _born(generator: np.random.Generator, *, item: SimulatedItem, duration_s: float) -> Floats:
    """Return when neutrons are born of spontaneous fission and of (alpha, n) reactions [s]."""
    fissions_per_s = item.m240_g * item.fission_rate_per_s_g
    alphas_per_s = fissions_per_s * item.alpha * factorial_moments(item.spontaneous_chances)[0]
    fissions_s = generator.uniform(0.0, duration_s, generator.poisson(fissions_per_s * duration_s))
    number = _drawn(generator, item.spontaneous_chances, len(fissions_s))
    alphas_s = generator.uniform(0.0, duration_s, generator.poisson(alphas_per_s * duration_s))
    return np.concatenate([np.repeat(fissions_s, number), alphas_s])


def _leaving(generator: np.random.Generator, born_s: Floats, *, item: SimulatedItem) -> Iterator[Floats]:
    """Yield when neutrons leave the item [s], a generation at a time."""
    chance = item.induced_chance
    for _ in range(_GENERATIONS):
        induces = generator.random(len(born_s)) < chance
        yield born_s[~induces]
        born_s = born_s[induces]
        if not len(born_s):
            return
        born_s = np.repeat(born_s, _drawn(generator, item.induced_chances, len(born_s)))
    raise MeasurementError(f"simulation: a fission chain is longer than {_GENERATIONS} generations")


def _drawn(generator: np.random.Generator, chances: tuple[float, ...], size: int) -> Counts:
    """Return so many numbers of neutrons."""
    whole = math.fsum(chances)
    edges = np.cumsum(np.array(chances, dtype=np.float64) / whole)[:-1]
    return np.searchsorted(edges, generator.random(size), side="right")


def _after_dead_time(times_s: Floats, *, dead_time_s: float) -> Floats:
    if dead_time_s <= 0.0 or not len(times_s):
        return times_s
    counted = np.ones(len(times_s), dtype=np.bool_)
    counted[1:] = np.diff(times_s) >= dead_time_s
    return times_s[counted]


def _provenance(item: SimulatedItem, counter: SimulatedCounter, duration_s: float) -> Provenance:
    said = (
        f"simulated: m240_g={item.m240_g:g} alpha={item.alpha:g} multiplication={item.multiplication:g}"
        f" efficiency={counter.efficiency:g} die_away_us={counter.die_away_us:g}"
        f" dead_time_ns={counter.dead_time_ns:g} background_per_s={counter.background_per_s:g}"
        f" duration_s={duration_s:g}"
    )
    made_of = f"{item!r} {counter!r} {duration_s!r}"
    return Provenance(sha256=hashlib.sha256(made_of.encode()).hexdigest(), form="simulated", remarks=(said,))
