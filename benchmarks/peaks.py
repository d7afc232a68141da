"""Peak search and fits of regions: against becquerel on the same spectra, with and without its set-up.

becquerel is no dependency (it brings 700 MB): where it is not installed beside the program, only the own
times are given and the line says so. It is wanted as `becquerel==0.7.0` in the environment of the benchmark.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes

from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.peak_search import search_peaks
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.region_model import Shape
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

_WIDTH = PeakWidth(a_kev2=1.0, b_kev=0.0025)
_TOP_KEV = 2_900.0
_NUCLIDES = ("Eu-152", "Co-60", "Cs-137", "Th-232", "K-40")
_THRESHOLD = 6.0
_BYTES_PER_KERNEL = 5 * 8
"""becquerel holds about five square matrices of doubles at once."""


def peak_search(_work: Path, sizes: Sizes) -> list[Figure]:
    channels = 1_024 if sizes is QUICK or sizes == QUICK else 16_384
    spectrum = _spectrum(channels)
    own, found = _timed(
        lambda: search_peaks(spectrum, width=_WIDTH, threshold=_THRESHOLD),
        turns=10 if sizes == QUICK else 200,
    )
    what = f"search of {channels:,} channels, {len(found)} peaks found"
    figures = [_own("peak-search", what, own, below_ms=2.0)]
    if (peer := _peer()) is None:
        return figures
    if not _has_memory(channels):
        print(f"becquerel's kernel for {channels:,} channels does not fit into memory: left out")
        return figures
    return figures + _search_of_peer(peer, spectrum, own, what)


def region_fit(_work: Path, sizes: Sizes) -> list[Figure]:
    turns = 5 if sizes == QUICK else 100
    spectrum = _spectrum(16_384)
    scale = spectrum.energies_kev()
    at = float(np.interp(661.66, scale, np.arange(len(scale))))
    fwhm = _WIDTH.fwhm_at(661.66) / (_TOP_KEV / 16_384)
    region = (round(at) - 32, round(at) + 32)
    starts = (PeakStart(channel=at, fwhm_channels=fwhm),)
    own, fit = _timed(lambda: fit_region(spectrum, region=region, peaks=starts, shape=Shape()), turns=turns)
    what = f"Poisson fit of one peak of {fit.peaks[0].area_counts:,.0f} counts in 65 channels"
    figures = [_own("region-fit", what, own, below_ms=1.0)]
    peer = _peer()
    return figures if peer is None else figures + _fits_of_peer(peer, spectrum, region, own, what)


def _search_of_peer(peer: Any, spectrum: Spectrum, own: Stopwatch, what: str) -> list[Figure]:
    """The same search by its own documentation, then with its kernel kept, then its last step alone."""
    finders = peer.core.peakfinder
    channels = len(spectrum.counts)
    same = peer.Spectrum(counts=spectrum.counts)
    fwhm = float(_WIDTH.fwhm_at(661.66)) * channels / _TOP_KEV
    place = (661.66 * channels / _TOP_KEV, fwhm, 1.0 * channels / _TOP_KEV)
    kernel = finders.GaussianPeakFilter(*place)
    matrix, kept = _timed(lambda: kernel.kernel_matrix(same.bin_edges_raw), turns=1)
    # becquerel makes its matrix anew for every spectrum; this keeps it, so that the set-up stands apart.
    kernel.kernel_matrix = lambda _edges: kept
    warm, finder = _timed(lambda: _find(finders, same, kernel), turns=2)
    last, _ = _timed(lambda: finder.find_peaks(min_snr=_THRESHOLD, max_num=200, reset=True), turns=10)
    whole = Stopwatch(matrix.cpu_s + warm.cpu_s / 2, matrix.wall_s + warm.wall_s / 2, 1)
    return [
        _against("peak-search-warm", f"{what}, becquerel's kernel kept", own, warm, at_least=10),
        _against("peak-search-with-set-up", f"{what}, becquerel's kernel made", own, whole, at_least=1000),
        _against("peak-search-last-step", f"{what}, becquerel's filter done too", own, last, at_least=None),
    ]


def _find(finders: Any, same: Any, kernel: Any) -> Any:
    finder = finders.PeakFinder(same, kernel)
    finder.find_peaks(min_snr=_THRESHOLD, max_num=200)
    return finder


def _fits_of_peer(
    peer: Any, spectrum: Spectrum, region: tuple[int, int], own: Stopwatch, what: str
) -> list[Figure]:
    channels = np.arange(region[0], region[1] + 1, dtype=float)
    counts = spectrum.counts[region[0] : region[1] + 1].astype(float)
    figures = []
    for backend in ("lmfit", "iminuit-pml"):

        def one(backend: str = backend) -> Any:
            fitter = peer.Fitter(
                ["gauss", "line"], x=channels, y=counts, y_unc=np.sqrt(np.maximum(counts, 1.0))
            )
            fitter.fit(backend=backend)
            return fitter

        theirs, _ = _timed(one, turns=5)
        name = f"region-fit-against-{backend}"
        least = 10 if backend == "iminuit-pml" else None  # the other one is least squares: for information
        figures.append(_against(name, f"{what}, becquerel's {backend}", own, theirs, at_least=least))
    return figures


def _spectrum(channels: int) -> Spectrum:
    data = load_nuclear_data()
    points = ((100.0, 4e-3), (1000.0, 6e-4), (2600.0, 2.5e-4))
    detector = SimulatedDetector(
        channels=channels,
        scale=EnergyScale(coefficients_kev=(0.0, _TOP_KEV / channels)),
        width=_WIDTH,
        efficiency=fit_efficiency(
            tuple(EfficiencyPoint(energy_kev=e, efficiency=v, relative_unc=0.01) for e, v in points), degree=1
        ),
        background_rate_per_s=50.0,
    )
    sources = tuple(SimulatedSource(nuclide=name, activity_bq=20_000.0) for name in _NUCLIDES)
    generator = np.random.Generator(np.random.Philox(16_384))
    return simulate_spectrum(
        generator, sources=sources, detector=detector, live_time_ns=1800 * 10**9, data=data
    )


def _timed(call: Callable[[], Any], *, turns: int) -> tuple[Stopwatch, Any]:
    answer = call() if turns > 1 else None
    watch = Stopwatch()
    for _ in range(turns):
        with watch.span(1):
            answer = call()
    return watch, answer


def _own(name: str, what: str, own: Stopwatch, *, below_ms: float) -> Figure:
    absent = "" if importlib.util.find_spec("becquerel") else " (becquerel is not installed: not compared)"
    return Figure(
        name=name,
        what=f"{what}{absent}",
        reached=1000 * own.cpu_s / own.count,
        unit="ms",
        compared="reached",
        below=below_ms,
        cpu_s=own.cpu_s,
        wall_s=own.wall_s,
    )


def _against(name: str, what: str, own: Stopwatch, theirs: Stopwatch, *, at_least: float | None) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=own.rate,
        unit="/s",
        limit=theirs.count / theirs.cpu_s,
        limit_is="becquerel 0.7 on the same counts, processor time",
        at_least=at_least,
        cpu_s=own.cpu_s + theirs.cpu_s,
        wall_s=own.wall_s + theirs.wall_s,
    )


def _peer() -> Any:
    """becquerel, or None where it is not installed."""
    if importlib.util.find_spec("becquerel") is None:
        return None
    peer = importlib.import_module("becquerel")
    importlib.import_module("becquerel.core.peakfinder")
    return peer


def _has_memory(channels: int) -> bool:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return free > _BYTES_PER_KERNEL * channels * channels
