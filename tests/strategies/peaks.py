"""Made-up spectra with peaks of known area on a straight background."""

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.peak_shape import peak_contents, tail_contents
from counterseal.measurement.spectrum import EnergyScale, Spectrum

Floats = NDArray[np.float64]
KEV_PER_CHANNEL = 0.5
FWHM_PER_SIGMA = 2.3548200450309493


def expected_peaks(
    peaks: tuple[tuple[float, float, float], ...],
    *,
    channels: int = 1024,
    background: tuple[float, float] = (20.0, 10.0),
    step: float = 0.0,
    tail: tuple[float, float] = (0.0, 1.0),
) -> Floats:
    """Return expected counts for peaks given as area, position and FWHM in channels."""
    edges = np.arange(channels + 1, dtype=np.float64) - 0.5
    expected: Floats = np.linspace(*background, channels)
    part, length = tail
    for area, position, fwhm in peaks:
        at, sigma = np.array([position]), np.array([fwhm / FWHM_PER_SIGMA])
        base = peak_contents(edges, at, sigma)
        below = tail_contents(edges, at, sigma, length=length).tail[0]
        expected = expected + area * ((1 - part) * base.gauss[0] + part * below + step * base.step[0])
    return expected


def spectrum_of(counts: NDArray[np.int64]) -> Spectrum:
    """Return counts as a spectrum of half a keV per channel, counted for 100 s."""
    scale = EnergyScale(coefficients_kev=(0.0, KEV_PER_CHANNEL))
    return Spectrum(counts=counts, live_time_ns=100 * 10**9, real_time_ns=101 * 10**9, scale=scale)


def drawn(expected: Floats, seed: int) -> Spectrum:
    """Return a spectrum drawn from expected counts."""
    generator = np.random.Generator(np.random.Philox(seed))
    return spectrum_of(generator.poisson(expected).astype(np.int64))
