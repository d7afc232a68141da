"""Peak search: against becquerel on the same spectra, with and without its set-up.

becquerel is no dependency (it brings 700 MB): where it is not installed beside the program, only the own
times are given and the line says so. It is wanted as `becquerel==0.7.0` in the environment of the benchmark.
"""

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.sizes import QUICK, Sizes

from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.peak_search import search_peaks
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

WIDTH = PeakWidth(a_kev2=1.0, b_kev=0.0025)
TOP_KEV = 2_900.0
_NUCLIDES = ("Eu-152", "Co-60", "Cs-137", "Th-232", "K-40")
_THRESHOLD = 6.0
_BYTES_PER_KERNEL = 5 * 8
"""becquerel holds about five square matrices of doubles at once."""


def peak_search(_work: Path, sizes: Sizes) -> list[Figure]:
    channels = 1_024 if sizes == QUICK else 16_384
    spectrum, own = made_up_spectrum(channels), Turns()
    for _ in range(10 if sizes == QUICK else 200):
        found = own.take(lambda: search_peaks(spectrum, width=WIDTH, threshold=_THRESHOLD))
    what = f"search of {channels:,} channels, {len(found)} peaks found"
    figures = [milliseconds("peak-search", what + absent(), own, below=2.0)]
    if (peer := becquerel()) is None:
        return figures
    if not _has_memory(channels):
        print(f"becquerel's kernel for {channels:,} channels does not fit into memory", file=sys.stderr)
        return figures
    return figures + _search_of_peer(peer, spectrum, own, what)


def _search_of_peer(peer: Any, spectrum: Spectrum, own: Turns, what: str) -> list[Figure]:
    """The same search by its own documentation, then with its kernel kept, then its last step alone."""
    finders = peer.core.peakfinder
    channels = len(spectrum.counts)
    same = peer.Spectrum(counts=spectrum.counts)
    fwhm = float(WIDTH.fwhm_at(661.66)) * channels / TOP_KEV
    kernel = finders.GaussianPeakFilter(661.66 * channels / TOP_KEV, fwhm, 1.0 * channels / TOP_KEV)
    matrix, warm, last = Turns(), Turns(), Turns()
    kept = matrix.take(lambda: kernel.kernel_matrix(same.bin_edges_raw))
    # becquerel makes its matrix anew for every spectrum; this keeps it, so that the set-up stands apart.
    kernel.kernel_matrix = lambda _edges: kept
    for _ in range(3):
        finder = warm.take(lambda: _find(finders, same, kernel))
    for _ in range(15):
        last.take(lambda: finder.find_peaks(min_snr=_THRESHOLD, max_num=200, reset=True))
    whole = Turns([matrix.median_s + warm.median_s], matrix.wall_s + warm.wall_s / 3)
    return [
        against("peak-search-warm", f"{what}, becquerel's kernel kept", own, warm, at_least=10),
        against("peak-search-with-set-up", f"{what}, becquerel's kernel made", own, whole, at_least=1000),
        against("peak-search-last-step", f"{what}, becquerel's filter done too", own, last, at_least=None),
    ]


def _find(finders: Any, same: Any, kernel: Any) -> Any:
    finder = finders.PeakFinder(same, kernel)
    finder.find_peaks(min_snr=_THRESHOLD, max_num=200)
    return finder


def made_up_spectrum(channels: int) -> Spectrum:
    data = load_nuclear_data()
    points = ((100.0, 4e-3), (1000.0, 6e-4), (2600.0, 2.5e-4))
    detector = SimulatedDetector(
        channels=channels,
        scale=EnergyScale(coefficients_kev=(0.0, TOP_KEV / channels)),
        width=WIDTH,
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


def absent() -> str:
    """Return what a line says where becquerel is not there."""
    installed = importlib.util.find_spec("becquerel") is not None
    return "" if installed else " (becquerel is not installed: not compared)"


def against(name: str, what: str, own: Turns, theirs: Turns, *, at_least: float | None) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=1 / own.median_s,
        unit="/s",
        limit=1 / theirs.median_s,
        limit_is="becquerel 0.7 on the same counts, processor time",
        at_least=at_least,
        how=f"ours {own.shown}; theirs {theirs.shown}",
        cpu_s=own.cpu_s + theirs.cpu_s,
        wall_s=own.wall_s + theirs.wall_s,
    )


def becquerel() -> Any:
    """becquerel, or None where it is not installed."""
    if importlib.util.find_spec("becquerel") is None:
        return None
    peer = importlib.import_module("becquerel")
    importlib.import_module("becquerel.core.peakfinder")
    return peer


def _has_memory(channels: int) -> bool:
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return free > _BYTES_PER_KERNEL * channels * channels
