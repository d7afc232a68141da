"""The second look at scintillators: weak lines among natural ones are named, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import nnls

from counterseal.measurement.identify import identify
from counterseal.measurement.identify_fit import nonnegative
from counterseal.measurement.identify_natural import SOIL_BQ_KG
from counterseal.measurement.identify_templates import joined
from counterseal.measurement.identify_unmix import EVERYWHERE, as_in_soil
from counterseal.measurement.identify_width import usual_width
from counterseal.measurement.peak_width import FWHM_PER_SIGMA
from counterseal.measurement.simulate_spectrum import SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import Provenance, Spectrum
from strategies.known_sources import DATA, LIBRARY, SOIL, detector, found_in, made, names

OFTEN = pytest.mark.parametrize("seed", range(2))
HIGH_KEV = 700.0


def only_lines_above(
    kev: float, nuclide: str, bq: float, *, seed: int, kind: str = "nai", minutes: int = 30
) -> Spectrum:
    """Return soil, and a nuclide of which only the lines above some energy come out."""
    whole = DATA.nuclide(nuclide)
    high = replace(whole, lines=tuple(line for line in whole.lines if line.energy_kev > kev))
    sources = [SimulatedSource(nuclide=name, activity_bq=one) for name, one in SOIL]
    return simulate_spectrum(
        np.random.Generator(np.random.Philox(seed)),
        sources=(*sources, SimulatedSource(nuclide=nuclide, activity_bq=bq)),
        detector=detector(kind),
        live_time_ns=minutes * 60 * 10**9,
        data=replace(DATA, nuclides={**DATA.nuclides, nuclide: high}),
    )


@OFTEN
@pytest.mark.parametrize("kind", ["nai", "labr"])
def test_uranium_is_named_by_a_line_between_those_of_thorium_and_radium(kind: str, seed: int) -> None:
    found = identify(only_lines_above(HIGH_KEV, "U-238", 40_000.0, seed=seed, kind=kind), library=LIBRARY)
    assert names(found) == {"U-238"}
    assert found.nuclides[0].lines_kev[0] == pytest.approx(1001.0, abs=0.1)
    assert found.unexplained_kev == ()
    assert (
        names(identify(only_lines_above(HIGH_KEV, "U-238", 0.0, seed=seed, kind=kind), library=LIBRARY))
        == set()
    )


def test_it_is_named_beside_a_source_whose_lines_end_below() -> None:
    caesium = made("nai", {"Cs-137": 60_000.0}, seed=3, soil=False)
    uranium = only_lines_above(HIGH_KEV, "U-238", 60_000.0, seed=3)
    assert found_in(replace(uranium, counts=uranium.counts + caesium.counts)) == {"Cs-137", "U-238"}


def test_its_lines_are_those_beside_an_instruments_own_source() -> None:
    told = Provenance(sha256="0" * 64, form="made", remarks=("instrument identiFINDER-NGH",))
    caesium = made("nai", {"Cs-137": 10_000.0}, seed=3, soil=False)
    uranium = only_lines_above(HIGH_KEV, "U-238", 60_000.0, seed=3)
    both = replace(uranium, counts=uranium.counts + caesium.counts, provenance=told)
    assert found_in(both) == {"U-238"}


def test_as_much_uranium_as_soil_has_is_no_finding_however_long_it_is_counted() -> None:
    as_radium = dict(SOIL)["Ra-226"] * SOIL_BQ_KG["U-238"] / SOIL_BQ_KG["Ra-226"]
    assert found_in(only_lines_above(HIGH_KEV, "U-238", as_radium, seed=3, minutes=3_000)) == set()


@pytest.mark.parametrize("times", [1.0, 4.0, 6.0])
def test_a_natural_nuclide_is_one_of_soil_up_to_five_times_its_proportion(times: float) -> None:
    # Bare, then behind iron, for each of those that are everywhere; then what is smooth; then the nuclide.
    soil = [2.0 * SOIL_BQ_KG[name] for name in EVERYWHERE]
    strengths = np.array([*soil, 0.0, 0.0, 0.0, 99.0, times * 2.0 * SOIL_BQ_KG["U-238"]])
    assert as_in_soil("U-238", strengths) == (times < 5.0)
    assert not as_in_soil("Co-60", strengths)


def test_what_no_sum_of_columns_fits_proves_nothing() -> None:
    held = made("nai", {}, seed=5, seconds=3_600.0)
    energies, counts = held.energies_kev(), held.counts.astype(np.float64)
    for at_kev in (1_010.0, 1_220.0):
        sigma_kev = 46.0 / FWHM_PER_SIGMA * np.sqrt(at_kev / 661.657)
        height = 1_500.0 * 2.95 / (sigma_kev * np.sqrt(2.0 * np.pi))
        counts += height * np.exp(-0.5 * ((energies - at_kev) / sigma_kev) ** 2)
    drawn = np.random.Generator(np.random.Philox(5)).poisson(counts).astype(np.int64)
    assert found_in(replace(held, counts=drawn)) == set()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_nuclide_is_named_by_a_line_that_a_millionth_of_its_decays_gives(seed: int) -> None:
    # Americium has one at 662.4 keV, which looks like that of caesium.
    weak = made("nai", {"Cs-137": 500.0}, seed=seed)
    assert names(identify(weak, library=LIBRARY, width=usual_width(46.0))) == {"Cs-137"}


def test_a_paired_background_is_less_certain_on_the_flanks_of_its_peaks() -> None:
    there = made("nai", {"Cs-137": 60_000.0}, seed=7)
    counts = there.counts.astype(np.float64)
    bins = joined(
        there.energies_kev(),
        counts,
        known=(counts, 1.0),
        width=usual_width(46.0),
        reach_kev=(500.0, 2_500.0),
    )
    flank, level = (int(np.argmin(np.abs(bins.middle_kev - at_kev))) for at_kev in (640.0, 560.0))
    beyond = np.sqrt(bins.variance - bins.known)
    assert beyond[flank] > 0.1 * bins.known[flank]
    assert beyond[level] < 0.1 * bins.known[level]


def test_with_a_guessed_width_more_is_asked_for() -> None:
    # Here cobalt fits some counts by chance, with 4.9 standard deviations.
    assert found_in(made("labr", {}, seed=101)) == set()


def test_a_line_that_must_be_below_and_is_not_rules_a_nuclide_out() -> None:
    # Iodine with a line at 637.0 keV has ten times as much at 364.5 keV, whatever lead lies between.
    assert found_in(only_lines_above(600, "I-131", 6_000.0, seed=3)) == set()


def test_a_paired_background_is_taken_into_account() -> None:
    there = only_lines_above(HIGH_KEV, "U-238", 60_000.0, seed=4)
    same = only_lines_above(HIGH_KEV, "U-238", 60_000.0, seed=5)
    more = only_lines_above(HIGH_KEV, "U-238", 160_000.0, seed=6)
    assert names(identify(same, library=LIBRARY, background=there)) == set()
    assert names(identify(more, library=LIBRARY, background=there)) == {"U-238"}


@pytest.mark.parametrize("gain", [-0.004, 0.004])
def test_a_gain_that_drifted_since_the_background_makes_no_nuclide(gain: float) -> None:
    there = made("nai", {"Cs-137": 60_000.0}, seed=7)
    drifted = there.counts[np.rint(np.arange(len(there.counts)) * (1.0 + gain)).astype(int).clip(0, 1023)]
    again = np.random.Generator(np.random.Philox(8)).poisson(drifted).astype(np.int64)
    assert found_in(replace(there, counts=again)) == {"Cs-137"}
    assert names(identify(replace(there, counts=again), library=LIBRARY, background=there)) == set()


@pytest.mark.parametrize("seed", range(20))
def test_no_part_of_a_fit_is_below_zero_and_none_is_better(seed: int) -> None:
    generator = np.random.Generator(np.random.Philox(seed))
    matrix = np.abs(generator.normal(size=(40, 12)))
    target = matrix @ generator.normal(size=12)
    best, _ = nnls(matrix, target)
    for start in (np.zeros(12), np.abs(generator.normal(size=12))):
        np.testing.assert_allclose(nonnegative(matrix, target, start), best, atol=1e-6)


def test_columns_that_are_empty_or_alike_do_no_harm() -> None:
    matrix = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0], [1.0, 1.0, 0.0]])
    found = nonnegative(matrix, np.array([2.0, 4.0, 2.0]), np.ones(3))
    np.testing.assert_allclose(matrix @ found, [2.0, 4.0, 2.0], atol=1e-6)
