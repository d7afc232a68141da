"""Readers of instrument files: one large spectrum, a file of many records, and pulses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.peaks import made_up_spectrum
from benchmarks.sizes import QUICK, Sizes

from counterseal.measurement.readers import read_spectra
from counterseal.measurement.readers.list_mode import read_list_mode
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.list_mode import write_list_mode
from counterseal.measurement.writers.n42_2012 import write_n42_2012

_RECORDS, _RECORD_CHANNELS = 1_000, 512
"""A portal's file: many short measurements of few counts."""


def readers(_work: Path, sizes: Sizes) -> list[Figure]:
    quick = sizes == QUICK
    one = write_n42_2012((made_up_spectrum(1_024 if quick else 16_384),))
    many = write_n42_2012(_records(20 if quick else _RECORDS))
    figures = [
        _read("read-n42", one, turns=3 if quick else 60, below=5),
        _read("read-n42-records", many, turns=3 if quick else 9, below=300),
    ]
    return [*figures, _pulses(seconds=1.0 if quick else 100.0)]


def _read(name: str, data: bytes, *, turns: int, below: float) -> Figure:
    own = Turns()
    for _ in range(turns):
        spectra = own.take(lambda: read_spectra(data))
    channels = len(spectra[0].counts)
    records = "one spectrum" if len(spectra) == 1 else f"{len(spectra):,} records"
    what = f"strict read of {records} of {channels:,} channels, N42-2012, {len(data) / 1e6:.2g} MB"
    return milliseconds(name, what, own, below=below)


def _records(number: int) -> tuple[Spectrum, ...]:
    generator = np.random.Generator(np.random.Philox(number))
    plain = Spectrum(
        counts=np.zeros(_RECORD_CHANNELS, dtype=np.int64),
        live_time_ns=10**9,
        real_time_ns=10**9,
        scale=EnergyScale(coefficients_kev=(0.0, 6.0)),
    )
    shape = 20.0 * np.exp(-np.arange(_RECORD_CHANNELS) / 60.0)
    return tuple(
        replace(plain, counts=generator.poisson(shape).astype(np.int64), name=f"record {i + 1}")
        for i in range(number)
    )


def _pulses(*, seconds: float) -> Figure:
    counter = SimulatedCounter(efficiency=0.5, die_away_us=50.0, channels=4)
    generator = np.random.Generator(np.random.Philox(7))
    train = simulate_pulses(
        generator, item=SimulatedItem(m240_g=2.0, alpha=0.7), counter=counter, duration_s=seconds
    )
    data, own = write_list_mode(train), Turns()
    for _ in range(9):
        own.take(lambda: read_list_mode(data))
    what = f"strict read of a list of {len(train.ticks):,} pulses, {len(data) / 1e6:.2g} MB, hashes checked"
    return milliseconds("read-pulses", what, own, below=None)
