"""Made-up measurements that are the same bytes on every machine: integers, and the program's own arithmetic.

No generator of a library makes them: what it draws, and the last bit of its functions, may change with its version.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.arithmetic import exp, log
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.spectrum import EnergyScale, Spectrum

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Lines = Iterable[tuple[float, float]]
"""Energy [keV] and area of each."""

_STEP, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_SIGMA_PER_FWHM = 0.42466090014400953
_PER_AREA = 0.3989422804014327


def words(number: int, *, seed: int) -> Words:
    """Return 64-bit words by splitmix64, shape (number,): whole numbers alone, so the same everywhere."""
    state = np.arange(1, number + 1, dtype=np.uint64) * np.uint64(_STEP) + np.uint64(seed << 32)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_FIRST)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_SECOND)
    mixed: Words = state ^ (state >> np.uint64(31))
    return mixed


def parts(number: int, *, seed: int) -> Floats:
    """Return numbers above 0 and below 1, each a whole number of 2**-53."""
    return ((words(number, seed=seed) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


def scattered(expected: Floats, *, seed: int) -> NDArray[np.int64]:
    """Return counts that scatter about what is expected nearly as counts do."""
    deviation = np.zeros(len(expected))
    for turn in range(12):
        deviation = deviation + parts(len(expected), seed=seed * 16 + turn)
    counts = np.floor(expected + (deviation - 6.0) * np.sqrt(expected) + 0.5)
    return np.maximum(counts, 0.0).astype(np.int64)


def shape(lines: Lines, *, scale: EnergyScale, channels: int, fwhm_662_kev: float, growth: float) -> Floats:
    """Return expected counts by channel of lines whose squared width grows with energy, on steps below them."""
    energies = np.zeros(channels)
    for coefficient in scale.coefficients_kev[::-1]:
        energies = energies * np.arange(channels, dtype=np.float64) + coefficient
    kev_per_channel = scale.coefficients_kev[1]
    found = np.zeros(channels)
    for energy, area in lines:
        sigma = _SIGMA_PER_FWHM * fwhm_662_kev * float(np.sqrt(1.0 + growth * (energy / 662.0 - 1.0)))
        away = (energies - energy) / sigma
        near = np.abs(away) < 8.0
        found[near] += area * kev_per_channel * _PER_AREA / sigma * exp(-0.5 * away[near] * away[near])
        found[energies < energy] += area * 3e-4 * kev_per_channel
    return found


def spectrum(expected: Floats, *, scale: EnergyScale, seed: int, time_s: int, name: str = "") -> Spectrum:
    """Return a spectrum of counts that scatter about what is expected."""
    return Spectrum(
        counts=scattered(expected, seed=seed),
        live_time_ns=time_s * 10**9,
        real_time_ns=time_s * 10**9,
        scale=scale,
        name=name,
    )


_SPONTANEOUS = (0.0631852, 0.2319644, 0.3333230, 0.2528207, 0.0986461, 0.0180199, 0.0020407)
_INDUCED = (0.0108826, 0.0994916, 0.2748898, 0.3269196, 0.2046061, 0.0726834, 0.0097282, 0.0006301)
"""Chances of 0, 1, 2, ... neutrons; public figures (Zucker and Holden), to make chains that hang together."""


def pulses(
    *, fissions_per_s: float, singles_per_s: float, chance: float, efficiency: float, time_s: int, seed: int
) -> PulseTrain:
    """Return pulses of fission chains in a counter with one die-away time of 50 us, in ticks of 10 ns.

    Args:
        fissions_per_s: Spontaneous fissions [1/s].
        singles_per_s: Neutrons that come alone, and may induce fissions too [1/s].
        chance: That a neutron induces a fission.
        efficiency: Chance that a neutron that leaves is detected.
        time_s: How long is listened [s].
        seed: Another train for another number.
    """
    starts = parts(int(fissions_per_s * time_s), seed=seed) * time_s
    alone = parts(int(singles_per_s * time_s), seed=seed + 1) * time_s
    flying = np.concatenate([np.repeat(starts, _neutrons(len(starts), _SPONTANEOUS, seed=seed + 2)), alone])
    left = []
    for generation in range(6):
        induces = parts(len(flying), seed=seed + 10 + generation) < (chance if generation < 5 else 0.0)
        left.append(flying[~induces])
        again = flying[induces]
        flying = np.repeat(again, _neutrons(len(again), _INDUCED, seed=seed + 20 + generation))
    times_s = np.concatenate(left)
    times_s = times_s[parts(len(times_s), seed=seed + 3) < efficiency]
    times_s = times_s - 50e-6 * log(parts(len(times_s), seed=seed + 4))
    ticks = np.unique(np.floor(times_s * 1e8).astype(np.int64))
    ticks = ticks[ticks < time_s * 10**8]
    return PulseTrain(
        ticks=ticks,
        channels=(words(len(ticks), seed=seed + 5) % np.uint64(4)).astype(np.uint8),
        tick_ps=10_000,
        duration_ticks=time_s * 10**8,
    )


def _neutrons(number: int, chances: tuple[float, ...], *, seed: int) -> NDArray[np.int64]:
    edges = [0.0]
    for chance in chances:
        edges.append(edges[-1] + chance)
    where = parts(number, seed=seed)
    found = np.zeros(number, dtype=np.int64)
    for count, (low, high) in enumerate(pairwise(edges)):
        found[(low <= where) & (where < high)] = count
    return found
