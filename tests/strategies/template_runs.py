"""Runs of one made-up item on a scintillator whose gain drifts, and of items that were altered."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np

from counterseal.measurement.efficiency import Efficiency
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, expected_counts
from counterseal.measurement.spectrum import EnergyScale, Floats, Spectrum
from counterseal.measurement.template import Template
from counterseal.measurement.template_counts import PUBLISHED_EDGES, Grid
from counterseal.reference.nuclear_data import load_nuclear_data

GENUINE = (("Cs-137", 4e3), ("Co-60", 3e3), ("Ba-133", 5e3))
ALTERED = {
    "no cobalt": (("Cs-137", 4e3), ("Ba-133", 5e3)),
    "a fifth less caesium": (("Cs-137", 3.2e3), ("Co-60", 3e3), ("Ba-133", 5e3)),
    "europium for barium": (("Cs-137", 4e3), ("Co-60", 3e3), ("Eu-152", 4e3)),
    "half as much barium": (("Cs-137", 4e3), ("Co-60", 3e3), ("Ba-133", 2.5e3)),
}
GRID = Grid(range_kev=(Fraction(60), Fraction(1500)), edges=PUBLISHED_EDGES)
STEPS = 41
TIME_NS = 600 * 10**9
SODIUM_IODIDE = SimulatedDetector(
    channels=512,
    scale=EnergyScale(coefficients_kev=(0.0, 3.2)),
    width=PeakWidth(a_kev2=30.0, b_kev=2.6),
    efficiency=Efficiency(
        reference_kev=300.0, coefficients=(-3.5, -0.8), covariance=((0.0, 0.0), (0.0, 0.0))
    ),
    peak_to_total=0.3,
    background_rate_per_s=40.0,
    lowest_kev=20.0,
)


@cache
def shapes(sources: tuple[tuple[str, float], ...], drift: float) -> Floats:
    """Return expected counts per 600 s at gains that are off by ``-drift`` to ``drift``, shape (41, channels)."""
    data, rows = load_nuclear_data(), []
    for gain in 1.0 + drift * np.linspace(-1.0, 1.0, STEPS):
        scale = EnergyScale(coefficients_kev=(0.0, 3.2 / float(gain)))
        rows.append(
            expected_counts(
                tuple(SimulatedSource(nuclide=name, activity_bq=bq) for name, bq in sources),
                detector=replace(SODIUM_IODIDE, scale=scale),
                live_time_s=TIME_NS / 1e9,
                data=data,
            )
        )
    return np.array(rows)


def runs(
    number: int,
    *,
    generator: np.random.Generator,
    sources: tuple[tuple[str, float], ...] = GENUINE,
    drift: float = 0.008,
    share: float = 1.0,
) -> tuple[Spectrum, ...]:
    """Return runs of an item, each at a gain of its own that its scale does not know of."""
    table = shapes(sources, drift)
    return tuple(
        Spectrum(
            counts=generator.poisson(table[at] * share).astype(np.int64),
            live_time_ns=round(TIME_NS * share),
            real_time_ns=TIME_NS,
            scale=SODIUM_IODIDE.scale,
        )
        for at in generator.integers(0, STEPS, number)
    )


def template(generator: np.random.Generator, *, number: int = 12) -> Template:
    """Return a template of as many genuine runs."""
    return Template(runs=runs(number, generator=generator))
