"""No nuclide is invented on background: many seeds, every kind of detector, short and long."""

import numpy as np
import pytest

from counterseal.measurement.simulate_spectrum import simulate_spectrum
from strategies.known_sources import DATA, KINDS, detector, found_in, made, thinned

SEEDS = 2
NATURAL = {"K-40", "Ra-226", "Th-232"}


def invented(kind: str, seeds: range) -> list[tuple[int, set[str]]]:
    found = []
    for seed in seeds:
        soil = made(kind, {}, seed=seed, seconds=(120.0, 1_000.0, 5_000.0)[seed % 3])
        smooth = simulate_spectrum(
            np.random.Generator(np.random.Philox(seed)),
            sources=(),
            detector=detector(kind, rate_per_s=(5.0, 100.0, 1_000.0)[seed % 3]),
            live_time_ns=300 * 10**9,
            data=DATA,
        )
        for spectrum in (soil, smooth, thinned(soil, 0.1, seed=seed)):
            named = found_in(spectrum) - NATURAL
            if named:
                found.append((seed, named))
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_is_invented_on_background(kind: str) -> None:
    assert invented(kind, range(SEEDS)) == []


@pytest.mark.soak
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_next_to_nothing_is_invented_on_many_backgrounds(kind: str) -> None:
    assert len(invented(kind, range(1_000, 1_200))) <= 3
