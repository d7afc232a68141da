"""Strategies for measured data: spectra, energy scales and pulses that every writer can write."""

from datetime import UTC

import numpy as np
from hypothesis import strategies as st

from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.spectrum import MAX_COUNT, EnergyScale, Provenance, Spectrum

COUNTS = st.one_of(st.integers(0, 3), st.integers(0, 10**6), st.just(0), st.just(MAX_COUNT))


@st.composite
def spectra(draw: st.DrawFn, *, pairs: bool = True) -> Spectrum:
    """Return a spectrum that every writer can write; with deviation pairs where they are wanted."""
    counts = draw(st.lists(COUNTS, min_size=1, max_size=60))
    live, over = draw(st.integers(0, 10**18)), draw(st.integers(0, 10**12))
    return Spectrum(
        counts=np.array(counts, dtype=np.int64),
        live_time_ns=live,
        real_time_ns=live + over,
        scale=draw(scales(pairs=pairs)),
        started=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
        name=draw(st.text("abcXYZ 0123456789-#<&>\"'", max_size=20).map(lambda text: " ".join(text.split()))),
        provenance=Provenance(sha256="ab" * 32, form="made"),
    )


@st.composite
def scales(draw: st.DrawFn, *, pairs: bool = True) -> EnergyScale | None:
    """Return an energy scale that increases over some dozen channels, or none."""
    if draw(st.booleans()):
        return None
    offset = draw(st.floats(-50, 50, allow_subnormal=False))
    gain = draw(st.floats(0.05, 10))
    bend = draw(st.sampled_from((0.0, 1e-6, 3.7e-5)))
    coefficients = (offset, gain, bend) if bend else (offset, gain)
    nodes = draw(st.lists(st.integers(0, 3000), unique=True, max_size=4)) if pairs else []
    deviations = tuple((float(node), draw(st.floats(-1e-3, 1e-3)) * gain) for node in sorted(nodes))
    return EnergyScale(coefficients_kev=coefficients, deviation_pairs_kev=deviations)


@st.composite
def trains(draw: st.DrawFn) -> PulseTrain:
    """Return a train of pulses, of which several may share a tick on channels of their own."""
    pulses = draw(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), unique=True, max_size=80))
    pulses.sort(key=lambda pulse: pulse[0])
    return PulseTrain(
        ticks=np.array([tick for tick, _ in pulses], dtype=np.int64),
        channels=np.array([channel for _, channel in pulses], dtype=np.uint8),
        tick_ps=draw(st.integers(1, 10**12)),
        duration_ticks=draw(st.integers(501, 2**53 - 1)),
    )
