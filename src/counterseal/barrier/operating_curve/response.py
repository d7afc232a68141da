"""What a detector counts of a nuclide, by energy: worked out once, then moved and scaled for each attempt.

The counts of a photon do not depend on the gain; only the channels that they fall into do. So the counts
below each energy are tabled on a grid finer than the channels, and an attempt reads them at the energies
of its own channel edges.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from counterseal.barrier.operating_curve.items import Curve, Germanium
from counterseal.barrier.operating_curve.items_form import GAIN_REACH
from counterseal.measurement.efficiency import Efficiency
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, expected_counts
from counterseal.measurement.spectrum import EnergyScale, Floats
from counterseal.reference.nuclear_data import load_nuclear_data

_FINER = 4
_BEYOND = 1.0 + 1.25 * GAIN_REACH
_DRIFT_STEPS = 8

Layers = tuple[tuple[Curve, float], ...]
"""Mass attenuation [cm^2/g] and thickness [g/cm^2] of each layer in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThrough(Efficiency):
    """An efficiency by points, behind layers: straight in logarithms between the points, held beyond them.

    Attributes:
        points: Counts in the peak per photon emitted, by energy.
        layers: What stands in the way.
    """

    points: Curve
    layers: Layers

    def at(self, energy_kev: Floats) -> Floats:
        """Return the efficiency at energies [keV], same shape."""
        found = between(self.points, energy_kev)
        for attenuation, thickness in self.layers:
            found = found * np.exp(-between(attenuation, energy_kev) * thickness)
        return found


def between(curve: Curve, energy_kev: Floats) -> Floats:
    """Return a curve's values at energies [keV]: straight in logarithms, held beyond its ends."""
    energies, values = (np.log(np.array(column)) for column in zip(*curve, strict=True))
    found: Floats = np.exp(np.interp(np.log(np.asarray(energy_kev, dtype=np.float64)), energies, values))
    return found


def running_counts(detector: Germanium, nuclide: str, *, layers: Layers, width: float) -> Floats:
    """Return counts per second and becquerel below each energy of the fine grid, shape (edges,).

    Args:
        detector: The detector.
        nuclide: Name of the nuclide.
        layers: What stands in the way.
        width: Width of peaks over that of the detector.
    """
    return _running(detector, (SimulatedSource(nuclide=nuclide, activity_bq=1.0),), layers, width, 0.0)


def running_background(detector: Germanium, *, fall_kev: float) -> Floats:
    """Return counts below each energy of the fine grid for one count of a smooth background in all."""
    return _running(detector, (), (), 1.0, fall_kev)


@lru_cache(maxsize=256)
def _running(
    detector: Germanium,
    sources: tuple[SimulatedSource, ...],
    layers: Layers,
    width: float,
    fall_kev: float,
) -> Floats:
    square = width * width
    fine = SimulatedDetector(
        channels=_fine_channels(detector),
        scale=_fine_scale(detector.scale),
        width=PeakWidth(
            a_kev2=detector.fwhm[0] * square, b_kev=detector.fwhm[1] * square, c=detector.fwhm[2] * square
        ),
        efficiency=SeenThrough(
            reference_kev=1.0,
            coefficients=(0.0,),
            covariance=((0.0,),),
            points=detector.efficiency,
            layers=layers,
        ),
        peak_to_total=detector.peak_to_total,
        background_rate_per_s=0.0 if sources else 1.0,
        background_fall_kev=fall_kev or 1.0,
        lowest_kev=detector.lowest_kev,
    )
    counts = expected_counts(sources, detector=fine, live_time_s=1.0, data=load_nuclear_data())
    running = np.concatenate([np.zeros(1), np.cumsum(counts)])
    running.flags.writeable = False
    return running


def _fine_channels(detector: Germanium) -> int:
    return math.ceil(detector.channels * _FINER * _BEYOND)


def _fine_scale(scale: EnergyScale) -> EnergyScale:
    """Return the scale in fine channels: fine channel f is at channel f / 4 - 3 / 8, so that edges meet."""
    place = np.polynomial.Polynomial([0.5 / _FINER - 0.5, 1.0 / _FINER])
    whole = np.polynomial.Polynomial(scale.coefficients_kev)(place)
    return EnergyScale(coefficients_kev=tuple(float(one) for one in whole.coef))


@lru_cache(maxsize=8)
def _edges(detector: Germanium) -> tuple[Floats, Floats]:
    """Return the energies of the edges of the channels, and of the fine grid."""
    coarse = detector.scale.energy_kev(np.arange(detector.channels + 1, dtype=np.float64) - 0.5)
    fine = _fine_scale(detector.scale).energy_kev(
        np.arange(_fine_channels(detector) + 1, dtype=np.float64) - 0.5
    )
    return coarse, fine


def expected_channels(
    detector: Germanium, parts: Iterable[tuple[float, Floats]], *, gain: float, drift: float
) -> Floats:
    """Return the counts that each channel has on average, shape (channels,).

    Args:
        detector: The detector.
        parts: Counts per unit, and the table of that unit.
        gain: Gain over that of the scale.
        drift: Relative change of the gain while it is counted.
    """
    coarse, fine = _edges(detector)
    running = np.zeros(len(fine))
    for amount, table in parts:
        running = running + amount * table
    steps = _DRIFT_STEPS if drift else 1
    found = np.zeros(detector.channels)
    for step in range(steps):
        now = gain * (1.0 + drift * (step + 0.5) / steps) if drift else gain
        found += np.diff(np.interp(coarse / now, fine, running)) / steps
    return np.maximum(found, 0.0)
