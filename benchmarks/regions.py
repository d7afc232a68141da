"""Fits of regions: Poisson likelihood, against each way that becquerel has to fit the same counts.

Both begin from the same positions and widths. becquerel's default (`lmfit`) is least squares, which is less
work and answers another question; `lmfit-pml` and `iminuit-pml` climb the likelihood that ours does. Ours
gives uncertainties with every fit; of becquerel's likelihood fits only iminuit does.
"""

import warnings
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.peaks import TOP_KEV, WIDTH, absent, against, becquerel, made_up_spectrum
from benchmarks.sizes import QUICK, Sizes

from counterseal.measurement.peak_width import FWHM_PER_SIGMA
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.region_model import Shape
from counterseal.measurement.spectrum import Spectrum

_CHANNELS = 16_384
_BACKENDS = ("lmfit", "lmfit-pml", "iminuit-pml")
_ROUNDS, _OWN_A_ROUND = 7, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """A region of the made-up spectrum: its peaks, what lies around them, and whether a step is fitted."""

    name: str
    peaks_kev: tuple[float, ...]
    around: int = 32
    step: bool = False


_REGIONS = (
    _Region(name="region-fit", peaks_kev=(661.66,)),
    _Region(name="region-fit-low", peaks_kev=(121.78,)),
    _Region(name="region-fit-high", peaks_kev=(1332.5,)),
    _Region(name="region-fit-weak", peaks_kev=(1460.82,)),
    _Region(name="region-fit-step", peaks_kev=(1173.23,), around=40, step=True),
    _Region(name="region-fit-group", peaks_kev=(1085.84, 1089.74, 1112.08), around=40),
)


def region_fit(_work: Path, sizes: Sizes) -> list[Figure]:
    spectrum = made_up_spectrum(_CHANNELS)
    regions = _REGIONS[:1] if sizes == QUICK else _REGIONS
    return [
        figure
        for region in regions
        for figure in _fits(spectrum, region, rounds=1 if sizes == QUICK else _ROUNDS)
    ]


def _fits(spectrum: Spectrum, region: _Region, *, rounds: int) -> list[Figure]:
    """Ours and theirs by turns, so that what else the machine does meets all alike."""
    starts = tuple(_start(kev) for kev in region.peaks_kev)
    bounds = (round(starts[0].channel) - region.around, round(starts[-1].channel) + region.around)
    shape, peer = Shape(step_free=region.step), becquerel()
    own, theirs = Turns(), {backend: Turns() for backend in (_BACKENDS if peer else ())}
    for _ in range(rounds):
        for _ in range(_OWN_A_ROUND):
            fit = own.take(lambda: fit_region(spectrum, region=bounds, peaks=starts, shape=shape))
        for backend, turns in theirs.items():
            turns.take(
                partial(_fit_of_peer, peer, spectrum, bounds, starts, backend=backend, step=region.step)
            )
    counts = " and ".join(f"{peak.area_counts:,.0f}" for peak in fit.peaks)
    step = " with a step" if region.step else ""
    what = f"Poisson fit of {counts} counts{step} in {bounds[1] - bounds[0] + 1} channels"
    one = len(starts) == 1 and not region.step
    figures = [milliseconds(region.name, what + absent(), own, below=1.0 if one else None)]
    return figures + [
        against(f"{region.name}-{backend}", f"{what}, becquerel's {backend}", own, turns, at_least=10)
        for backend, turns in theirs.items()
    ]


def _start(energy_kev: float) -> PeakStart:
    per_kev = _CHANNELS / TOP_KEV
    return PeakStart(channel=energy_kev * per_kev, fwhm_channels=float(WIDTH.fwhm_at(energy_kev)) * per_kev)


def _fit_of_peer(
    peer: Any,
    spectrum: Spectrum,
    bounds: tuple[int, int],
    starts: tuple[PeakStart, ...],
    *,
    backend: str,
    step: bool,
) -> None:
    """As its own examples do, begun where ours is."""
    channels = np.arange(bounds[0], bounds[1] + 1, dtype=float)
    counts = spectrum.counts[bounds[0] : bounds[1] + 1].astype(float)
    kind = "gausserf" if step else "gauss"
    unc = np.sqrt(np.maximum(counts, 1.0))
    fitter = peer.Fitter([kind] * len(starts) + ["line"], x=channels, y=counts, y_unc=unc)
    for number, start in enumerate(starts):
        prefix = kind if len(starts) == 1 else f"{kind}{number}"
        fitter.set_param(f"{prefix}_mu", "value", start.channel)
        fitter.set_param(f"{prefix}_sigma", "value", start.fwhm_channels / FWHM_PER_SIGMA)
        height = float(counts[round(start.channel) - bounds[0]])
        area = "ampgauss" if step else "amp"
        fitter.set_param(f"{prefix}_{area}", "value", height * start.fwhm_channels)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter.fit(backend=backend)
