"""Made-up germanium spectra of plutonium: lines of the nuclear data through a detector that a test describes."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

YEAR_S = 31_556_926.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A germanium detector and what stands between it and the item."""

    channels: int = 8192
    kev_per_channel: float = 0.125
    offset_kev: float = 0.1
    header_off_kev: float = 0.0
    fwhm_662_kev: float = 1.5
    growth: float = 0.75
    tail: float = 0.02
    tail_sigmas: float = 1.5
    efficiency_power: float = -0.9
    iron_mm: float = 10.0
    continuum: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Item:
    """Masses by total plutonium at the time of the measurement; Am-241 relative to plutonium."""

    pu238: float = 0.0001
    pu239: float = 0.93
    pu240: float = 0.06
    pu241: float = 0.002
    am241: float = 0.002

    @property
    def ratio(self) -> float:
        return self.pu240 / self.pu239


_erfc = np.frompyfunc(math.erfc, 1, 1)


def below(z: Floats) -> Floats:
    """Return the normal distribution, by the C library and so by other code than that under test."""
    return np.asarray(0.5 * _erfc(-z / math.sqrt(2.0)), dtype=np.float64)


def peaks(detector: Detector, energies: Floats, areas: Floats) -> Floats:
    """Return expected counts by channel of lines with these areas."""
    edges = detector.offset_kev + (np.arange(detector.channels + 1) - 0.5) * detector.kev_per_channel
    found = np.zeros(detector.channels)
    for energy, area in zip(energies, areas, strict=True):
        sigma = detector.fwhm_662_kev / 2.3548 * math.sqrt(1 + detector.growth * (energy / 662 - 1))
        first, last = np.searchsorted(edges, (energy - 25 * sigma, energy + 9 * sigma))
        if last - first < 2:
            continue
        z = (edges[first:last] - energy) / sigma
        t = detector.tail_sigmas
        low = np.exp(z / t + 0.5 / t**2) * below(-(z + 1 / t))
        found[first : last - 1] += area * np.diff(below(z) + detector.tail * low)
        step = area * 3e-4 * detector.kev_per_channel / 0.125
        found[:first] += step
        found[first : last - 1] += step * below(-0.5 * (z[1:] + z[:-1]))
    return found


def attenuation(energy_kev: Floats, iron_mm: float) -> Floats:
    """Return what iron lets through, with a power law near its mass attenuation (0.073 cm2/g at 662 keV)."""
    return np.asarray(np.exp(-0.073 * (662.0 / energy_kev) ** 0.45 * 7.87 * iron_mm / 10.0))


def expected(item: Item, detector: Detector, draw: np.random.Generator | None = None) -> Floats:
    """Return expected counts, to a scale, with nuclear data drawn within their uncertainties if asked."""
    data = load_nuclear_data()
    masses = {"Pu-238": item.pu238, "Pu-239": item.pu239, "Pu-240": item.pu240, "Pu-241": item.pu241}
    energies, areas = [], []
    for name, mass in {**masses, "Am-241": item.am241}.items():
        nuclide = data.nuclide(name)
        activity = mass / nuclide.mass_u / nuclide.half_life_s
        for line in nuclide.lines:
            if not 80 < line.energy_kev < 900:
                continue
            energy, intensity = line.energy_kev, line.intensity
            if draw is not None:
                apart = (
                    0.0 if line.other_intensity is None else 0.5 * abs(line.other_intensity - line.intensity)
                )
                energy += draw.normal() * min(max(line.energy_unc_kev, 0.02), 0.15)
                intensity = max(
                    0.0, intensity + draw.normal() * max(line.intensity_unc, apart, 0.01 * intensity)
                )
            energies.append(energy)
            areas.append(activity * intensity)
    where = np.array(energies)
    shine = (
        np.array(areas) * (where / 662) ** detector.efficiency_power * attenuation(where, detector.iron_mm)
    )
    middle = detector.offset_kev + np.arange(detector.channels) * detector.kev_per_channel
    found = peaks(detector, where, shine)
    near = (where > 300) & (where < 800)
    floor = detector.continuum * float(shine[near].sum()) / 1500.0 * detector.kev_per_channel
    return np.asarray(found + floor * np.exp(-np.maximum(middle, 100) / 180.0) * 8)


def counted(
    shape: Floats, detector: Detector, *, counts_645: float, seed: int, live_time_s: int = 3600
) -> Spectrum:
    """Return a spectrum with about so many net counts in the Pu-239 line at 645.94 keV."""
    middle = detector.offset_kev + np.arange(detector.channels) * detector.kev_per_channel
    inside = (middle > 643.9) & (middle < 648.0)
    floor = np.median(shape[(middle > 647.5) & (middle < 648.8)])
    area = (shape[inside] - floor).sum()
    counts = np.random.default_rng(seed).poisson(shape * counts_645 / area).astype(np.int64)
    scale = (detector.offset_kev + detector.header_off_kev, detector.kev_per_channel)
    return Spectrum(
        counts=counts,
        live_time_ns=live_time_s * 10**9,
        real_time_ns=live_time_s * 10**9,
        scale=EnergyScale(coefficients_kev=scale),
    )
