"""Neutron pulses: the shift register in numpy and compiled, against the same loop in C; Rossi-alpha."""

import ctypes
import shutil
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.rossi_alpha import rossi_alpha, rossi_alpha_fast
from counterseal.measurement.shift_register import (
    Filler,
    GateTimes,
    count_coincidences,
    count_coincidences_fast,
)
from counterseal.measurement.shift_register_kernel import fill_gates
from counterseal.measurement.spectrum import Counts

_TICK_PS = 10_000
_TURNS = 10
_FULL = Sizes()
_PULSES, _QUICK_PULSES = 2_000_000, 20_000
GATES = GateTimes(predelay_ps=4_500_000, gate_ps=64_000_000, delay_ps=4_000_000_000)
_LOOP = r"""
#include <stdint.h>
int64_t fill(const int64_t *t, uint64_t size, uint64_t triggers, const int64_t *edges,
             int64_t *ra, int64_t *a, int64_t rows) {
    uint64_t p0 = 0, p1 = 0, p2 = 0, p3 = 0;
    int64_t most = 0;
    for (uint64_t i = 0; i < triggers; i++) {
        int64_t now = t[i];
        while (p0 < size && t[p0] - now <= edges[0]) p0++;
        while (p1 < size && t[p1] - now <= edges[1]) p1++;
        while (p2 < size && t[p2] - now <= edges[2]) p2++;
        while (p3 < size && t[p3] - now <= edges[3]) p3++;
        int64_t n = (int64_t)(p1 - p0), m = (int64_t)(p3 - p2);
        if (n > most) most = n;
        if (m > most) most = m;
        if (most < rows) { ra[n]++; a[m]++; }
    }
    return most;
}
"""


def train_of(rate_per_s: float, pulses: int) -> PulseTrain:
    """Return pulses without correlation, at a rate."""
    generator = np.random.default_rng(1)
    ticks = np.cumsum(generator.exponential(1e12 / _TICK_PS / rate_per_s, pulses)).astype(np.int64)
    return PulseTrain(
        ticks=ticks,
        channels=np.zeros(pulses, dtype=np.uint8),
        tick_ps=_TICK_PS,
        duration_ticks=int(ticks[-1]) + 1 + GATES.span_ps // _TICK_PS,
    )


def shift_register(work: Path, sizes: Sizes) -> list[Figure]:
    """Return rates of the numpy form, the compiled form against C, and memory."""
    pulses = _PULSES if sizes == _FULL else _QUICK_PULSES
    figures = [figure for rate in (1e4, 1e5) for figure in _at_rate(train_of(rate, pulses), rate, work)]
    return [*figures, _memory(train_of(1e5, pulses))]


def _at_rate(train: PulseTrain, rate_per_s: float, work: Path) -> list[Figure]:
    count_coincidences_fast(train, gates=GATES)
    plain, fast = Stopwatch(), Stopwatch()
    for _ in range(_TURNS):
        for watch, count in ((plain, count_coincidences), (fast, count_coincidences_fast)):
            with watch.span(len(train.ticks)):
                count(train, gates=GATES)
    name, at = f"{rate_per_s:.0e}".replace("+0", ""), f"at {rate_per_s:,.0f} pulses/s, both histograms"
    figures = [
        Figure(
            name=f"{kind}-{name}",
            what=f"{what} of {len(train.ticks):,} pulses {at}, mean of {_TURNS}",
            reached=watch.rate,
            unit="pulses/s",
            compared="reached",
            at_least=least,
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
        )
        for kind, what, watch, least in (
            ("shift-register-numpy", "shift register in numpy", plain, 5e6),
            ("shift-register-numba", "shift register, compiled", fast, 20e6),
        )
    ]
    return [*figures, *_against_c(train, name, at, work)]


def _against_c(train: PulseTrain, name: str, at: str, work: Path) -> list[Figure]:
    if shutil.which("gcc") is None:
        return []
    in_c = compiled_in_c(work)
    own, limit = Stopwatch(), Stopwatch()
    histograms = {}
    for _ in range(2 * _TURNS):
        for watch, fill in ((limit, in_c), (own, fill_gates)):
            found = np.zeros((2, 1_024), dtype=np.int64)
            with watch.span(len(train.ticks)):
                fill(train.ticks, len(train.ticks), GATES.edges_ticks(_TICK_PS), found[0], found[1])
            histograms[id(watch)] = found
    if (histograms[id(own)] != histograms[id(limit)]).any():
        raise AssertionError("the loop in C gives other histograms")
    return [
        Figure(
            name=f"shift-register-c-{name}",
            what=f"the compiled loop {at}, mean of {2 * _TURNS}",
            reached=own.rate,
            unit="pulses/s",
            limit=limit.rate,
            limit_is="the same loop in C, gcc -O2",
            at_least=0.8,
            cpu_s=own.cpu_s + limit.cpu_s,
            wall_s=own.wall_s + limit.wall_s,
        )
    ]


def compiled_in_c(work: Path) -> Filler:
    """Return the same loop, compiled by gcc -O2."""
    source, library = work / "loop.c", work / "loop.so"
    source.write_text(_LOOP)
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    call = ctypes.CDLL(str(library)).fill
    call.restype = ctypes.c_int64

    def fill(
        ticks: Counts,
        triggers: int,
        edges: tuple[int, int, int, int],
        with_reals: Counts,
        accidentals: Counts,
    ) -> int:
        found: int = call(
            ctypes.c_void_p(ticks.ctypes.data),
            ctypes.c_uint64(len(ticks)),
            ctypes.c_uint64(triggers),
            (ctypes.c_int64 * 4)(*edges),
            ctypes.c_void_p(with_reals.ctypes.data),
            ctypes.c_void_p(accidentals.ctypes.data),
            ctypes.c_int64(len(with_reals)),
        )
        return found

    return fill


def _memory(train: PulseTrain) -> Figure:
    watch = Stopwatch()
    tracemalloc.start()
    with watch.span(1):
        count_coincidences(train, gates=GATES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Figure(
        name="shift-register-memory",
        what=f"pulses and all that counting {len(train.ticks):,} of them allocates",
        reached=(peak + train.ticks.nbytes) / 2**20,
        unit="MiB",
        limit=train.ticks.nbytes / 2**20,
        limit_is="the pulses alone",
        below=3,
        cpu_s=watch.cpu_s,
        wall_s=watch.wall_s,
    )


def rossi(_work: Path, sizes: Sizes) -> list[Figure]:
    """Return rates of Rossi-alpha in both forms."""
    train = train_of(1e4, (_PULSES if sizes == _FULL else _QUICK_PULSES) // 2)
    forms: tuple[tuple[str, Callable[..., object]], ...] = (
        ("numpy", rossi_alpha),
        ("numba", rossi_alpha_fast),
    )
    figures = []
    for name, count in forms:
        count(train, bin_ps=1_000_000, bins=1_000)
        watch = Stopwatch()
        for _ in range(3):
            with watch.span(len(train.ticks)):
                count(train, bin_ps=1_000_000, bins=1_000)
        figures.append(
            Figure(
                name=f"rossi-{name}",
                what=f"times between {len(train.ticks):,} pulses at 10,000/s, window of 1 ms, {name}",
                reached=watch.rate,
                unit="pulses/s",
                compared="information",
                cpu_s=watch.cpu_s,
                wall_s=watch.wall_s,
            )
        )
    return figures
