"""Decay: published compositions to the digits printed, conservation, and a second code as oracle."""

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement.decay import (
    PLUTONIUM,
    DecayData,
    aged_plutonium,
    decay_atoms,
    decay_data,
    decay_factor,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.known_alpha import PlutoniumComposition, effective_pu240_percent
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.reference.nuclear_data.errors import UnknownNuclideError

DATA = load_nuclear_data()
NAMES = (*PLUTONIUM, "Am-241")
START = dict(zip(NAMES, (0.0650, 81.94, 16.35, 1.30, 0.344, 0.1350), strict=True))
TIME_S = (date(2016, 3, 3) - date(1984, 2, 15)).days * 86_400.0
YEAR_S = 31_556_925.2

# The decay-corrected composition that a coincidence counting program printed (INCC, known-alpha record of
# 2016-03-03), and the same by radioactivedecay 0.6.1, whose half-lives are those of ICRP-107.
PRINTED = {
    "INCC-5": (0.0511, 82.8336, 16.4876, 0.2797, 0.3481, 1.1330),
    "ICRP-107": (0.0511, 82.8335, 16.4876, 0.2798, 0.3481, 1.1328),
}


@pytest.mark.parametrize("source", sorted(PRINTED))
def test_aged_composition_to_the_digits_printed(source: str) -> None:
    found = aged_plutonium(START, time_s=TIME_S, using=decay_data(NAMES, data=DATA, source=source))
    assert tuple(round(found[name], 4) for name in NAMES) == PRINTED[source]


def test_effective_pu_240_of_it_to_the_digits_printed() -> None:
    found = aged_plutonium(START, time_s=TIME_S, using=decay_data(NAMES, data=DATA, source="INCC-5"))
    shares = {name.lower().replace("-", ""): share for name, share in found.items()}
    assert round(effective_pu240_percent(PlutoniumComposition(**shares)), 3) == 17.201


def test_half_lives_of_the_program_lie_within_a_per_cent_of_the_evaluated_ones() -> None:
    """The set stands beside the others for what the program's reports say; it is preferred for nothing."""
    apart = {
        name: DATA.nuclide(name).half_life_from("INCC-5").half_life_s / DATA.nuclide(name).half_life_s - 1.0
        for name in NAMES
    }
    assert {name: round(1e4 * part, 1) for name, part in apart.items()} == {
        "Pu-238": 4.6,
        "Pu-239": 3.7,
        "Pu-240": 4.6,
        "Pu-241": 13.3,
        "Pu-242": 88.5,
        "Am-241": 23.1,
    }
    assert all(DATA.nuclide(name).half_lives[0].source == "ENSDF" for name in NAMES)


def test_two_half_lives_of_pu_241_lie_six_per_mille_apart() -> None:
    assert round(decay_factor(14.35 * YEAR_S, 32.00 * YEAR_S), 5) == 0.21316
    assert round(decay_factor(14.29 * YEAR_S, 32.00 * YEAR_S), 5) == 0.21178
    named = DATA.nuclide("Pu-241").half_life_from("ICRP-107").half_life_s
    assert round(decay_factor(named, 32.00 * YEAR_S), 5) == 0.21316


def test_certified_reference_plutonium_on_the_day_it_was_measured() -> None:
    # JRC CBNM Pu70: certificate of 1986-06-20, mass fractions 31.23996 years later as published with the data.
    certificate = dict(zip(NAMES, (0.8458, 73.3191, 18.2945, 5.4634, 2.0772, 1.1705), strict=True))
    years = {"Pu-238": 2.7676e9, "Pu-239": 7.60854e11, "Pu-240": 2.07049e11, "Pu-241": 4.50958e8}
    used = DecayData(
        source="half-lives of the published recalculation",
        half_lives_s=years | {"Pu-242": 1.18341e13, "Am-241": 1.36518e10},
        branches={"Pu-241": (("Am-241", 0.99998),)},
    )
    found = aged_plutonium(certificate, time_s=31.23996 * 31_556_952, using=used)
    fractions = (0.692421, 76.764610, 19.108261, 1.258064, 2.176643, 5.497383)
    assert [found[name] for name in NAMES] == pytest.approx(list(fractions), abs=6e-5)


@pytest.mark.soak
def test_chain_agrees_with_another_code() -> None:
    library: Any = pytest.importorskip("radioactivedecay", reason="the other decay code is not installed")
    names = ("U-238", "Th-234", "Pa-234m", "Pa-234", "U-234")
    used = decay_data(names, data=DATA, source="ICRP-107")
    for time_s in (1e7, 1e12, 1e15, 1e17):
        found = decay_atoms({"U-238": 1e24}, time_s=time_s, using=used)
        other = library.Inventory({"U-238": 1e24}, "num").decay(time_s, "s").numbers()
        for name in names:
            assert found[name] == pytest.approx(other[name], rel=2e-4), (name, time_s)


@pytest.mark.soak
def test_chain_agrees_with_the_same_code_in_exact_numbers() -> None:
    library: Any = pytest.importorskip("radioactivedecay", reason="the other decay code is not installed")
    names = ("U-238", "Th-234", "Pa-234m", "Pa-234", "U-234")
    used = decay_data(names, data=DATA, source="ICRP-107")
    for time_s in (1.0, 3600.0, 1e6):
        found = decay_atoms({"U-238": 1e24}, time_s=time_s, using=used)
        other = library.InventoryHP({"U-238": 1e24}, "num").decay(time_s, "s").numbers()
        for name in names:
            assert found[name] == pytest.approx(other[name], rel=2e-4), (name, time_s)


def _chain(rates: list[float]) -> DecayData:
    names = [f"n{i}" for i in range(len(rates))]
    return DecayData(
        source="made",
        half_lives_s={name: math.log(2) / rate for name, rate in zip(names, rates, strict=True)},
        branches={a: ((b, 1.0),) for a, b in zip(names, [*names[1:], "end"], strict=True)},
    )


def test_equal_half_lives_follow_the_closed_form() -> None:
    # Bateman's formula divides by the difference of the constants; for equal ones it is a Poisson term.
    found = decay_atoms({"n0": 1.0}, time_s=3.0, using=_chain([0.7, 0.7, 0.7]))
    for i in range(3):
        assert found[f"n{i}"] == pytest.approx(2.1**i / math.factorial(i) * math.exp(-2.1), rel=1e-13)


def test_short_times_keep_all_digits() -> None:
    rates = [3e-18, 2.5e-6, 0.01, 1e3]
    found = decay_atoms({"n0": 1.0}, time_s=1e-6, using=_chain(rates))
    first = math.prod(rates[:3]) * 1e-18 / 6
    # The first term of the series, less the decay of the last member within the time: 1 - 1000 t / 4.
    assert found["n3"] == pytest.approx(first * (1 - 1e-3 / 4), rel=1e-6)


@settings(deadline=None, max_examples=40)
@given(
    rates=st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=6),
    start=st.lists(st.floats(0, 1e6), min_size=6, max_size=6),
    time_s=st.floats(0, 1e6),
)
def test_atoms_are_neither_made_nor_lost_and_times_add_up(
    rates: list[float], start: list[float], time_s: float
) -> None:
    used = _chain(rates)
    atoms = {f"n{i}": start[i] for i in range(len(rates))}
    later = decay_atoms(atoms, time_s=time_s, using=used)
    assert min(later.values()) >= 0
    assert math.fsum(later.values()) == pytest.approx(math.fsum(atoms.values()), rel=1e-11, abs=1e-300)
    twice = decay_atoms(decay_atoms(atoms, time_s=time_s / 2, using=used), time_s=time_s / 2, using=used)
    for name, amount in later.items():
        assert twice[name] == pytest.approx(amount, rel=1e-10, abs=1e-290)


def test_what_no_nuclide_does_is_refused() -> None:
    used = decay_data(NAMES, data=DATA)
    with pytest.raises(MeasurementError, match="time must be at least 0"):
        decay_atoms({"Pu-239": 1.0}, time_s=-1.0, using=used)
    with pytest.raises(MeasurementError, match="before the decay"):
        decay_atoms({"Pu-239": -1.0}, time_s=1.0, using=used)
    with pytest.raises(MeasurementError, match="does not belong"):
        aged_plutonium({"U-235": 100.0}, time_s=1.0, using=used)
    with pytest.raises(MeasurementError, match="it has no plutonium"):
        aged_plutonium({"Am-241": 1.0}, time_s=1.0, using=used)
    with pytest.raises(MeasurementError, match="half-life 0"):
        DecayData(source="made", half_lives_s={"a": 0.0}, branches={})
    with pytest.raises(MeasurementError, match="shares of its daughters"):
        DecayData(source="made", half_lives_s={}, branches={"a": (("b", 0.9), ("c", 0.2))})
    circle = DecayData(source="made", half_lives_s={}, branches={"a": (("b", 1.0),), "b": (("a", 1.0),)})
    with pytest.raises(MeasurementError, match="decays to itself"):
        decay_atoms({"a": 1.0}, time_s=1.0, using=circle)
    long = DecayData(
        source="made", half_lives_s={}, branches={str(i): ((str(i + 1), 1.0),) for i in range(80)}
    )
    with pytest.raises(MeasurementError, match="network of 81 nuclides"):
        decay_atoms({"0": 1.0}, time_s=1.0, using=long)
    with pytest.raises(UnknownNuclideError):
        decay_data(("U-235",), data=DATA, source="INCC-5")
