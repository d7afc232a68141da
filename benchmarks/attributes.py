"""The plutonium attributes: the fit of the 640 keV window, a whole decision, and what an import holds."""

import math
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.sizes import Sizes

from counterseal.measurement.attributes import plutonium_ratio
from counterseal.measurement.attributes.decision import Side, Threshold
from counterseal.measurement.attributes.plutonium_window import WindowMethod, plutonium_lines
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.window_fit import WindowData, WindowFit, WindowModel, fit_window
from counterseal.measurement.window_shape import LineShape, line_counts
from counterseal.reference.nuclear_data import load_nuclear_data

_TURNS = 30
_FRESH = 9
_GAIN_KEV, _OFFSET_KEV, _CHANNELS = 0.125, 0.2, 8192
_MASSES = {"Pu-239": 0.75, "Pu-240": 0.2, "Pu-241": 0.012, "Am-241": 0.05}
_IMPORT = """
import re, time
from pathlib import Path

def held_kib(which):
    return int(re.search(which + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before, start = held_kib("VmRSS"), time.process_time()
import counterseal.measurement
from counterseal.measurement import assay, region_fit, shift_register, template
from counterseal.measurement.attributes import (
    decision, neutron_presence, no_radiation, plutonium_mass, plutonium_presence, plutonium_ratio, symmetry,
    uranium_enrichment, uranium_presence,
)
from counterseal.measurement.readers import coincidence_report, list_mode, read_spectra
print(before, held_kib("VmRSS"), held_kib("VmHWM"), time.process_time() - start, time.process_time())
"""


def window_fit(_work: Path, _sizes: Sizes) -> list[Figure]:
    """Time of a fit of 630 to 668 keV with about 300 channels."""
    data, model = _window()
    own = Turns()
    for _ in range(_TURNS):
        own.take(lambda: fit_window(data, model))
    return [milliseconds("window-fit", f"fit of {len(data.counts)} channels", own, below=50)]


def _window() -> tuple[WindowData, WindowModel]:
    """Return what a decision on the spectrum hands to the fit."""
    caught: list[tuple[WindowData, WindowModel]] = []

    def catching(data: WindowData, model: WindowModel) -> WindowFit:
        caught.append((data, model))
        return fit_window(data, model)

    with patch.object(plutonium_ratio, "fit_window", catching):
        plutonium_ratio.decide_plutonium_ratio(_spectrum(), background=None, settings=_settings())
    return caught[0]


def plutonium_decision(_work: Path, _sizes: Sizes) -> list[Figure]:
    """Time of a whole decision of the ratio: energy scale, fit, gates and the rule."""
    item, settings = _spectrum(), _settings()
    place = replace(item, counts=np.full(_CHANNELS, 20, dtype=np.int64))
    own = Turns()
    for _ in range(_TURNS):
        own.take(lambda: plutonium_ratio.decide_plutonium_ratio(item, background=place, settings=settings))
    return [milliseconds("plutonium-decision", "ratio against a threshold", own, below=1000)]


def measurement_import(_work: Path, _sizes: Sizes) -> list[Figure]:
    """What importing the room costs a fresh process: time, memory more than before, and memory in all."""
    started = time.perf_counter()
    runs = [_fresh() for _ in range(_FRESH)]
    wall_s, of = time.perf_counter() - started, "importing the measurement room, its attributes and readers"

    def figure(name: str, what: str, values: list[float], *, unit: str, below: float) -> Figure:
        low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
        return Figure(
            name=name,
            what=f"{of}, with numpy, in a fresh process: {what}",
            reached=middle,
            unit=unit,
            compared="reached",
            below=below,
            how=f"median of {len(values)}, middle half {low:.3g} to {high:.3g} {unit}",
            cpu_s=sum(run[4] for run in runs),
            wall_s=wall_s,
            waits=True,
        )

    more, peak = [(run[1] - run[0]) / 1024 for run in runs], [run[2] / 1024 for run in runs]
    time_s = [run[3] for run in runs]
    return [
        figure("measurement-import-time", "processor time", time_s, unit="s", below=0.3),
        figure("measurement-import", "memory more than the bare interpreter", more, unit="MiB", below=40),
        figure("measurement-import-peak", "peak of all its memory", peak, unit="MiB", below=40),
    ]


def _fresh() -> tuple[float, ...]:
    done = subprocess.run([sys.executable, "-c", _IMPORT], capture_output=True, check=True, text=True)
    return tuple(float(word) for word in done.stdout.split())


def _settings() -> plutonium_ratio.PlutoniumRatioSettings:
    """Return fictional settings."""
    lines = ("375.054", "413.713", "451.481", "662.40")
    return plutonium_ratio.PlutoniumRatioSettings(
        threshold=Threshold(value=Fraction("0.1"), holds=Side.BELOW, coverage=Fraction(2)),
        lines=plutonium_lines(load_nuclear_data(), window_kev=(Fraction(630), Fraction(668))),
        method=WindowMethod(
            scale_lines_kev=tuple(Fraction(line) for line in lines), fwhm_kev=Fraction("1.5")
        ),
        least_significance=Fraction(5),
        most_americium=Fraction(150),
        most_chi2_per_degree=Fraction(4),
        most_pull=Fraction(5),
        systematic_floor=Fraction("0.08"),
        americium_floor=Fraction("0.15"),
        americium_from=Fraction(30),
    )


def _spectrum() -> Spectrum:
    """Return a made-up spectrum of plutonium, 1.5 keV wide at 662 keV, without chance."""
    data = load_nuclear_data()
    lines = [
        (line.energy_kev, 1e22 * mass / nuclide.mass_u * math.log(2) / nuclide.half_life_s * line.intensity)
        for nuclide, mass in ((data.nuclide(name), mass) for name, mass in _MASSES.items())
        for line in nuclide.lines
        if 300 < line.energy_kev < 900
    ]
    energies, areas = np.array(lines, dtype=np.float64).T
    shares = line_counts(
        np.arange(_CHANNELS + 1, dtype=np.float64) - 0.5,
        centres=(energies - _OFFSET_KEV) / _GAIN_KEV,
        sigmas=np.asarray(1.5 / 2.3548 / _GAIN_KEV * np.sqrt(0.3 + 0.7 * energies / 662.0)),
        shape=LineShape(tail=0.02, tail_length=1.5, high_tail=0.0, high_length=1.5, step=0.0004),
    )
    counts = (areas[:, None] * shares.counts).sum(axis=0) * 2e4 / _area_at_645(lines) + 500.0
    return Spectrum(
        counts=np.rint(counts).astype(np.int64),
        live_time_ns=10**13,
        real_time_ns=10**13,
        scale=EnergyScale(coefficients_kev=(_OFFSET_KEV, _GAIN_KEV)),
    )


def _area_at_645(lines: list[tuple[float, float]]) -> float:
    return max(area for energy, area in lines if abs(energy - 645.94) < 0.1)
