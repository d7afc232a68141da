"""Made-up spectra of known sources in front of four kinds of detectors, with natural background or without."""

import math

import numpy as np

from counterseal.measurement.efficiency import Efficiency
from counterseal.measurement.identify import Identification, identify
from counterseal.measurement.identify_library import build_library
from counterseal.measurement.identify_width import usual_width
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

DATA = load_nuclear_data()
LIBRARY = build_library(DATA)
# Channels, keV per channel, FWHM at 661.7 keV, counts in peaks, and how the efficiency falls: not as identify supposes.
KINDS = {
    "hpge": (8192, 0.37, 1.6, 0.2, -0.95),
    "czt": (4096, 0.73, 6.0, 0.1, -1.5),
    "labr": (2048, 1.5, 19.0, 0.2, -1.0),
    "nai": (1024, 2.95, 46.0, 0.25, -0.85),
}
SOIL = (("K-40", 3000.0), ("Ra-226", 260.0), ("Th-232", 230.0))
PEAK_COUNTS = 20_000.0
SECONDS = 600


def detector(kind: str, *, rate_per_s: float = 30.0) -> SimulatedDetector:
    channels, per_channel, fwhm, in_peaks, slope = KINDS[kind]
    return SimulatedDetector(
        channels=channels,
        scale=EnergyScale(coefficients_kev=(0.0, per_channel)),
        width=usual_width(fwhm),
        efficiency=Efficiency(reference_kev=661.657, coefficients=(math.log(1e-3), slope), covariance=()),
        peak_to_total=in_peaks,
        background_rate_per_s=rate_per_s,
        lowest_kev=30.0,
    )


def activity_bq(kind: str, nuclide: str, counts: float = PEAK_COUNTS) -> float:
    """Return the activity that gives about so many counts in all lines above 45 keV together."""
    slope = float(KINDS[kind][4])
    lines = DATA.nuclide(nuclide).lines
    seen: float = sum(
        line.intensity * min((line.energy_kev / 661.657) ** slope, 20.0)
        for line in lines
        if line.energy_kev > 45
    )
    return counts / (1e-3 * SECONDS * seen)


def made(
    kind: str, sources: dict[str, float], *, seed: int, soil: bool = True, seconds: float = SECONDS
) -> Spectrum:
    """Return a spectrum of nuclides with so many counts in their lines in 600 s."""
    given = [
        SimulatedSource(nuclide=name, activity_bq=activity_bq(kind, name, counts))
        for name, counts in sources.items()
    ]
    given += [SimulatedSource(nuclide=name, activity_bq=bq) for name, bq in SOIL if soil]
    return simulate_spectrum(
        np.random.Generator(np.random.Philox(seed)),
        sources=tuple(given),
        detector=detector(kind),
        live_time_ns=round(seconds * 1e9),
        data=DATA,
    )


def names(found: Identification) -> set[str]:
    return {one.nuclide for one in found.nuclides}


def found_in(spectrum: Spectrum) -> set[str]:
    return names(identify(spectrum, library=LIBRARY))


def thinned(spectrum: Spectrum, part: float, *, seed: int) -> Spectrum:
    """Return what would have been counted in a part of the time."""
    generator = np.random.Generator(np.random.Philox(seed))
    return Spectrum(
        counts=generator.binomial(spectrum.counts, part).astype(np.int64),
        live_time_ns=int(spectrum.live_time_ns * part),
        real_time_ns=int(spectrum.real_time_ns * part) + 1,
        scale=spectrum.scale,
        name=spectrum.name,
        provenance=spectrum.provenance,
    )
