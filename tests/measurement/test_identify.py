"""Identification: what is there is named, what is not there is not, whatever the detector and its scale."""

from dataclasses import replace

import numpy as np
import pytest

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.identify import identify
from counterseal.measurement.identify_library import USUAL
from counterseal.measurement.identify_width import usual_width
from counterseal.measurement.simulate_spectrum import SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import EnergyScale, Provenance, Spectrum
from strategies.known_sources import (
    DATA,
    KINDS,
    LIBRARY,
    detector,
    found_in,
    made,
    names,
    thinned,
)

SHARP = ("hpge", "czt")
MORE = {"Eu-154", "Y-88", "Mn-54", "Zn-65", "Au-198", "Ce-139", "Cs-134", "Sb-125", "Ag-110m", "Bi-207"} | {
    *("Cd-109", "Sn-113", "Ta-182", "Hf-181", "Fe-59", "Sc-46", "Zr-95", "La-140", "Ce-144", "Ru-103"),
}
UNSEEN = {"Mo-99", "I-125", "U-233", "Pb-210", "Be-7", "Th-228"}
"""Natural ones, those seen by others, and one whose lines are below the thresholds of these detectors."""


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("nuclide", ["Ba-133", "Cs-137", "U-235"])
def test_one_source_is_named_and_nothing_else(kind: str, nuclide: str) -> None:
    found = found_in(made(kind, {nuclide: 20_000.0}, seed=11))
    assert nuclide in found
    assert kind not in SHARP or found <= {nuclide, "K-40"}


@pytest.mark.parametrize(
    ("kind", "pair"),
    [
        ("hpge", ("Cs-137", "Am-241")),
        ("hpge", ("Pu-239", "Cs-137")),
        ("hpge", ("Ga-67", "U-235")),
        ("hpge", ("I-131", "Ba-133")),
        ("czt", ("U-235", "U-238")),
        ("czt", ("Co-57", "Co-60")),
    ],
)
def test_mixtures_are_taken_apart(kind: str, pair: tuple[str, str]) -> None:
    found = found_in(made(kind, dict.fromkeys(pair, 30_000.0), seed=5))
    assert set(pair) <= found <= {*pair, "K-40"}


def test_a_weak_source_is_named_beside_a_strong_one() -> None:
    found = found_in(made("hpge", {"Co-60": 200_000.0, "Ba-133": 4_000.0}, seed=8))
    assert {"Co-60", "Ba-133"} <= found <= {"Co-60", "Ba-133", "K-40"}


@pytest.mark.parametrize(
    ("nuclide", "like_it"),
    [
        ("Xe-133", "Ba-133"),
        ("Ra-226", "U-235"),
        ("Th-228", "Th-232"),
        ("Na-22", "F-18"),
        ("Cd-109", "Eu-155"),
    ],
)
def test_lines_that_must_be_there_tell_relatives_apart(nuclide: str, like_it: str) -> None:
    found = found_in(made("hpge", {nuclide: 30_000.0}, seed=3))
    assert nuclide in found
    assert like_it not in found


def test_a_positron_emitter_is_more_than_some_annihilation_radiation() -> None:
    assert "F-18" in found_in(made("hpge", {"F-18": 30_000.0}, seed=3))
    assert "F-18" not in found_in(made("hpge", {"Th-232": 60_000.0, "F-18": 500.0}, seed=3))


def test_uranium_233_is_known_by_what_grows_from_it() -> None:
    found = identify(made("hpge", {"Th-229": 30_000.0, "Th-228": 30_000.0}, seed=3), library=LIBRARY)
    assert {"U-233", "U-232"} <= names(found)
    because = {one.nuclide: one.because for one in found.nuclides}
    assert because["U-233"] == "Th-229"
    assert because["U-232"] == "Th-228"
    alone = found_in(made("hpge", {"Th-229": 30_000.0}, seed=3))
    assert "Th-229" in alone
    assert "U-233" not in alone


@pytest.mark.parametrize("kind", ["hpge", "czt"])
@pytest.mark.parametrize("gain", [-0.008, 0.003])
def test_a_scale_that_drifted_is_set_right(kind: str, gain: float) -> None:
    spectrum = made(kind, {"Eu-152": 30_000.0, "Cs-137": 10_000.0}, seed=2)
    off = spectrum.with_scale(EnergyScale(coefficients_kev=(0.2, KINDS[kind][1] * (1 + gain))))
    found = identify(off, library=LIBRARY)
    assert {"Eu-152", "Cs-137"} <= names(found) <= {"Eu-152", "Cs-137", "K-40"}
    assert found.shift.at(1000.0) == pytest.approx(
        0.2 + gain * 1000.0 / (1 + gain), abs=0.2 * usual_width(KINDS[kind][2]).fwhm_at(1000.0)
    )


def test_a_shield_takes_low_lines_away_and_the_nuclide_is_still_known() -> None:
    spectrum = made("hpge", {"Ba-133": 60_000.0}, seed=4)
    counts = np.where(spectrum.energies_kev() < 150.0, np.minimum(spectrum.counts, 30), spectrum.counts)
    assert "Ba-133" in found_in(replace(spectrum, counts=counts))


def test_low_lines_alone_are_no_barium() -> None:
    spectrum = made("hpge", {"Xe-133": 60_000.0}, seed=4)
    assert "Ba-133" not in found_in(spectrum)


@pytest.mark.parametrize("kind", ["hpge", "nai"])
@pytest.mark.parametrize("nuclide", ["K-40", "Ra-226", "Th-232"])
def test_a_natural_nuclide_is_a_finding_where_it_is_far_stronger_than_usual(kind: str, nuclide: str) -> None:
    assert nuclide in found_in(made(kind, {nuclide: 40_000.0}, seed=6))


def test_usual_background_is_named_as_such_and_leaves_nothing_unexplained() -> None:
    found = identify(made("hpge", {}, seed=9, seconds=20_000.0), library=LIBRARY)
    assert found.nuclides == ()
    assert {one.nuclide for one in found.natural} == {"K-40", "Ra-226", "Th-232"}
    assert found.unexplained_kev == ()


def test_a_paired_background_is_taken_away() -> None:
    there = made("nai", {"Cs-137": 30_000.0}, seed=1)
    both = made("nai", {"Cs-137": 30_000.0, "Co-60": 20_000.0}, seed=2)
    assert {"Cs-137", "Co-60"} <= found_in(both)
    net = identify(both, library=LIBRARY, background=there)
    assert names(net) == {"Co-60"}


@pytest.mark.parametrize("change", ["channels", "time"])
def test_a_background_that_does_not_fit_is_refused(change: str) -> None:
    spectrum = made("nai", {}, seed=1)
    other = (
        replace(spectrum, counts=spectrum.counts[:-1])
        if change == "channels"
        else replace(spectrum, live_time_ns=0)
    )
    with pytest.raises(
        MeasurementError, match="same detector" if change == "channels" else "live times above 0"
    ):
        identify(spectrum, library=LIBRARY, background=other)


def test_an_instruments_own_source_is_no_finding_but_more_of_it_is() -> None:
    told = Provenance(sha256="0" * 64, form="made", remarks=("instrument identiFINDER-NGH",))
    own = made("nai", {"Cs-137": 10_000.0}, seed=7)
    assert found_in(own) == {"Cs-137"}
    assert found_in(replace(own, provenance=told)) == set()
    assert found_in(replace(made("nai", {"Cs-137": 90_000.0}, seed=7), provenance=told)) == {"Cs-137"}
    assert names(identify(own, library=LIBRARY, own_sources=("Cs-137",))) == set()


def test_detectors_that_saw_the_same_are_taken_together_each_on_its_own_scale() -> None:
    parts = [made("hpge", {"Eu-152": 1_200.0}, seed=seed) for seed in range(4)]
    scales = [EnergyScale(coefficients_kev=(0.1 * i, 0.37)) for i in range(4)]
    moved = [
        Spectrum(
            counts=np.interp(
                np.arange(8192) + 0.1 * i / 0.37, np.arange(8192), part.counts.astype(np.float64)
            ).astype(np.int64),
            live_time_ns=part.live_time_ns,
            real_time_ns=part.real_time_ns,
            scale=scale,
        )
        for i, (part, scale) in enumerate(zip(parts, scales, strict=True))
    ]
    alone = identify(moved[0], library=LIBRARY)
    together = identify(moved[0], library=LIBRARY, with_it=moved[1:])
    strength = {one.nuclide: one.significance for one in together.nuclides}
    before = {one.nuclide: one.significance for one in alone.nuclides}
    assert strength["Eu-152"] > 1.5 * before.get("Eu-152", 0.0)


@pytest.mark.parametrize("kind", ["hpge", "nai"])
def test_fewer_counts_give_fewer_nuclides_and_never_others(kind: str) -> None:
    whole = made(kind, {"Eu-152": 40_000.0, "Cs-137": 40_000.0}, seed=12)
    width = usual_width(KINDS[kind][2])
    full = names(identify(whole, library=LIBRARY, width=width))
    assert {"Eu-152", "Cs-137"} <= full
    for step, part in enumerate((0.2, 0.03, 0.005)):
        few = names(identify(thinned(whole, part, seed=step), library=LIBRARY, width=width))
        assert few <= {"Eu-152", "Cs-137", "K-40"}
    assert names(identify(thinned(whole, 1e-4, seed=1), library=LIBRARY, width=width)) == set()


def test_an_instruments_threshold_is_no_line() -> None:
    spectrum = made("czt", {"Co-60": 30_000.0}, seed=4)
    counts = np.where(spectrum.energies_kev() < 41.0, 0, spectrum.counts)
    found = identify(replace(spectrum, counts=counts), library=LIBRARY)
    assert names(found) <= {"Co-60", "K-40"}
    assert not [energy for energy in found.unexplained_kev if energy < 60.0]


def test_backscattered_photons_are_no_uranium() -> None:
    spectrum = made("nai", {"Cs-137": 100_000.0}, seed=4)
    energies = spectrum.energies_kev()
    bump = 0.1 * 100_000.0 * np.exp(-0.5 * ((energies - 186.0) / 14.0) ** 2) / (14.0 * 2.5066 / 2.95)
    counts = spectrum.counts + np.random.Generator(np.random.Philox(1)).poisson(bump)
    assert found_in(replace(spectrum, counts=counts.astype(np.int64))) == {"Cs-137"}


def test_what_is_significant_and_of_no_nuclide_is_unexplained() -> None:
    spectrum = made("hpge", {"Cs-137": 20_000.0}, seed=4)
    energies = spectrum.energies_kev()
    bump = 3_000.0 * np.exp(-0.5 * ((energies - 1700.3) / 0.95) ** 2) / (0.95 * 2.5066 / 0.37)
    counts = spectrum.counts + np.random.Generator(np.random.Philox(1)).poisson(bump)
    found = identify(replace(spectrum, counts=counts.astype(np.int64)), library=LIBRARY)
    assert [round(energy) for energy in found.unexplained_kev] == [1700]


def test_a_spectrum_in_which_nothing_can_be_sought_is_refused() -> None:
    bare = made("nai", {}, seed=1)
    with pytest.raises(MeasurementError, match="no energy calibration"):
        identify(replace(bare, scale=None), library=LIBRARY)
    with pytest.raises(MeasurementError, match="must have 64 or more"):
        identify(replace(bare, counts=bare.counts[:32]), library=LIBRARY, width=usual_width(46.0))
    low = bare.with_scale(EnergyScale(coefficients_kev=(0.0, 0.02)))
    with pytest.raises(MeasurementError, match="are above 20 keV"):
        identify(low, library=LIBRARY, width=usual_width(1.8))


def test_an_empty_spectrum_shows_nothing() -> None:
    empty = Spectrum(
        counts=np.zeros(4096, dtype=np.int64),
        live_time_ns=10**9,
        real_time_ns=10**9,
        scale=EnergyScale(coefficients_kev=(0.0, 0.4)),
    )
    found = identify(empty, library=LIBRARY)
    assert (found.nuclides, found.natural, found.unexplained_kev) == ((), (), ())


def test_it_does_not_depend_on_the_name_of_a_spectrum() -> None:
    spectrum = made("czt", {"Co-57": 20_000.0}, seed=4)
    named = replace(spectrum, name="Cs137 Unshielded")
    assert identify(named, library=LIBRARY) == identify(spectrum, library=LIBRARY)


def test_the_library_leaves_out_lines_that_nobody_has_seen() -> None:
    pattern = next(one for one in LIBRARY if one.nuclide == "Pu-239")
    assert not np.any(np.abs(pattern.energies_kev - 541.6) < 0.2)
    assert np.any(np.abs(pattern.energies_kev - 413.71) < 0.1)
    assert {"Tl-208", "Bi-214", "Pa-234m"}.isdisjoint(one.nuclide for one in LIBRARY)


@pytest.mark.soak
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_most_of_the_table_is_recognised(kind: str) -> None:
    least = {"hpge": 0.98, "czt": 0.96, "labr": 0.9, "nai": 0.88}[kind]
    usual = [name for name in sorted(USUAL | MORE) if name not in UNSEEN]
    seen = [name in found_in(made(kind, {name: 20_000.0}, seed=100 + i)) for i, name in enumerate(usual)]
    assert sum(seen) >= least * len(usual), [n for n, s in zip(usual, seen, strict=True) if not s]


def test_a_source_in_a_detector_of_its_own_table_is_simulated_reproducibly() -> None:
    one, other = (
        simulate_spectrum(
            np.random.Generator(np.random.Philox(1)),
            sources=(SimulatedSource(nuclide="Co-60", activity_bq=1e4),),
            detector=detector("nai"),
            live_time_ns=10**11,
            data=DATA,
        )
        for _ in range(2)
    )
    assert identify(one, library=LIBRARY) == identify(other, library=LIBRARY)
