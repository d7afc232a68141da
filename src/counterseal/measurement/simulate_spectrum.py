"""Simulated gamma spectra: what a detector would count from sources of known activity.

The expected counts are made without chance; chance comes in once, from a generator that the caller gives.
The continuum is a simple one (flat below each line up to its Compton edge, and an exponential background): it
is made to test searches, fits and decisions, not to stand for any one detector or item.
"""

from dataclasses import dataclass

import numpy as np

from counterseal.measurement.efficiency import Efficiency
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_shape import peak_contents
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth
from counterseal.measurement.spectrum import EnergyScale, Floats, Provenance, Spectrum
from counterseal.reference.nuclear_data import GammaLine, NuclearData

_ELECTRON_KEV = 510.99895
_MAX_EXPECTED = 1e15
_NEAR = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSource:
    """A source in front of the detector.

    Attributes:
        nuclide: Its name in the table of nuclear data; its descendants in equilibrium come with it.
        activity_bq: Its activity [Bq], at least 0.
    """

    nuclide: str
    activity_bq: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedDetector:
    """A detector, its electronics, and the place where it stands.

    Attributes:
        channels: Number of channels.
        scale: Energy scale at the start, which is also the one that the spectrum says it has.
        width: Width of peaks.
        efficiency: Counts in the peak per photon emitted.
        peak_to_total: Part of the counts of a line that is in its peak [1], above 0 to 1.
        background_rate_per_s: Rate of the smooth background [1/s].
        background_fall_kev: Energy over which it falls by a factor of e [keV], above 0.
        gain_drift: Relative change of the gain from the start to the end [1].
        lowest_kev: Energy below which nothing is counted [keV].
    """

    channels: int
    scale: EnergyScale
    width: PeakWidth
    efficiency: Efficiency
    peak_to_total: float = 0.2
    background_rate_per_s: float = 0.0
    background_fall_kev: float = 400.0
    gain_drift: float = 0.0
    lowest_kev: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what no detector is."""
        if not 0 < self.peak_to_total <= 1 or self.background_rate_per_s < 0 or self.background_fall_kev <= 0:
            raise MeasurementError(
                f"simulated detector: peak to total {self.peak_to_total}, background"
                f" {self.background_rate_per_s} /s over {self.background_fall_kev} keV: out of range"
            )


def expected_counts(
    sources: tuple[SimulatedSource, ...],
    *,
    detector: SimulatedDetector,
    live_time_s: float,
    data: NuclearData,
    drift_steps: int = 8,
) -> Floats:
    """Return the counts that each channel has on average, shape (channels,).

    Args:
        sources: What stands in front of the detector.
        detector: The detector.
        live_time_s: Time that it counts [s], at least 0.
        data: Table of nuclear data.
        drift_steps: Into how many equal times a drift is cut, each on a scale of its own.

    Raises:
        MeasurementError: an activity or the time is below 0, or a channel would have too many counts.
        UnknownNuclideError: a nuclide is not in the table.
    """
    if live_time_s < 0 or any(source.activity_bq < 0 for source in sources):
        raise MeasurementError("simulated spectrum: activities and the time must be at least 0")
    lines = [(line, source.activity_bq) for source in sources for line in data.nuclide(source.nuclide).lines]
    steps = max(drift_steps, 1) if detector.gain_drift else 1
    expected = np.zeros(detector.channels)
    for step in range(steps):
        gain = 1.0 + detector.gain_drift * (step + 0.5) / steps if detector.gain_drift else 1.0
        expected += _expected(lines, detector, gain) * (live_time_s / steps)
    if not (expected < _MAX_EXPECTED).all():
        raise MeasurementError("simulated spectrum: a channel would have more counts than can be drawn")
    return expected


def simulate_spectrum(
    generator: np.random.Generator,
    *,
    sources: tuple[SimulatedSource, ...],
    detector: SimulatedDetector,
    live_time_ns: int,
    data: NuclearData,
    dead_part: float = 0.0,
    name: str = "",
) -> Spectrum:
    """Return a spectrum drawn at random.

    Args:
        generator: Where chance comes from; the same generator gives the same spectrum. One that counts
            (``numpy.random.Philox``) lets every spectrum of a series be drawn on its own.
        sources: What stands in front of the detector.
        detector: The detector.
        live_time_ns: Time that it counts [ns].
        data: Table of nuclear data.
        dead_part: Part of the real time in which it could not count, 0 to below 1.
        name: Title of the spectrum.

    Raises:
        MeasurementError: as for the expected counts, or the dead part is not 0 to below 1.
    """
    if not 0 <= dead_part < 1:
        raise MeasurementError(f"simulated spectrum: dead part {dead_part}, must be 0 to below 1")
    expected = expected_counts(sources, detector=detector, live_time_s=live_time_ns / 1e9, data=data)
    return Spectrum(
        counts=generator.poisson(expected).astype(np.int64),
        live_time_ns=live_time_ns,
        real_time_ns=round(live_time_ns / (1.0 - dead_part)),
        scale=detector.scale,
        name=name,
        provenance=Provenance(
            sha256=data.sha256,
            form="simulated",
            remarks=tuple(f"{source.nuclide} {source.activity_bq:g} Bq" for source in sources),
        ),
    )


def _expected(lines: list[tuple[GammaLine, float]], detector: SimulatedDetector, gain: float) -> Floats:
    """Return the expected counts per second while the gain is what it is."""
    edges = detector.scale.energy_kev(np.arange(detector.channels + 1, dtype=np.float64) - 0.5) / gain
    rate = _smooth_background(edges, detector)
    seen = [(line, bq) for line, bq in lines if detector.lowest_kev < line.energy_kev and bq > 0]
    for line, activity_bq in seen:
        in_peak = activity_bq * line.intensity * float(detector.efficiency.at(np.array([line.energy_kev]))[0])
        rate += in_peak * _peak(edges, line.energy_kev, detector.width)
        rate += in_peak * (1 / detector.peak_to_total - 1) * _compton(edges, line.energy_kev, detector)
    return np.where(edges[:-1] >= detector.lowest_kev, rate, 0.0)


def _peak(edges: Floats, energy_kev: float, width: PeakWidth) -> Floats:
    sigma = width.fwhm_at(energy_kev) / FWHM_PER_SIGMA
    found = np.zeros(len(edges) - 1)
    first, last = _reach(edges, energy_kev, sigma)
    if last - first > 1:
        near = peak_contents(edges[first:last], np.array([energy_kev]), np.array([sigma]))
        found[first : last - 1] = near.gauss[0]
    return found


def _reach(edges: Floats, energy_kev: float, sigma: float) -> tuple[int, int]:
    """Return the part of the edges within reach of a peak."""
    first, last = np.searchsorted(edges, [energy_kev - _NEAR * sigma, energy_kev + _NEAR * sigma]).tolist()
    return max(first - 1, 0), min(last + 1, len(edges))


def _compton(edges: Floats, energy_kev: float, detector: SimulatedDetector) -> Floats:
    """Return a flat continuum of area 1 from the lowest energy to the Compton edge, which is smeared."""
    top_kev = energy_kev / (1 + _ELECTRON_KEV / (2 * energy_kev))
    if top_kev <= detector.lowest_kev:
        return np.zeros(len(edges) - 1)
    sigma = detector.width.fwhm_at(top_kev) / FWHM_PER_SIGMA
    first, last = _reach(edges, top_kev, sigma)
    level = np.where(np.arange(len(edges) - 1) < first, 1.0, 0.0)
    if last - first > 1:
        near = peak_contents(edges[first:last], np.array([top_kev]), np.array([sigma]))
        level[first : last - 1] = near.step[0]
    content = np.where(edges[:-1] >= detector.lowest_kev, level * np.diff(edges), 0.0)
    whole = float(np.add.reduce(content))
    # A scale that ends below the Compton edge sees only its part of the continuum.
    return content / max(whole, top_kev - detector.lowest_kev)


def _smooth_background(edges: Floats, detector: SimulatedDetector) -> Floats:
    fall = detector.background_fall_kev
    above = np.exp(-np.maximum(edges - detector.lowest_kev, 0.0) / fall)
    content: Floats = detector.background_rate_per_s * (above[:-1] - above[1:])
    return content
