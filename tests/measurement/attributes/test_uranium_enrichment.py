"""Enrichment of uranium from its own lines, behind walls and through its own metal, and when it says nothing."""

import math
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from counterseal.barrier.protocol_form import Part
from counterseal.barrier.settings import Derived, read_settings
from counterseal.measurement.attributes import uranium_enrichment, uranium_fit
from counterseal.measurement.attributes.decision import Side, combined_uncertainty
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.attributes.uranium_enrichment import (
    UraniumEnrichmentSettings,
    decide_uranium_enrichment,
)
from counterseal.measurement.attributes.uranium_fit import RegionCounts, fit_ratio, line_response
from counterseal.measurement.attributes.uranium_lines import UraniumLine, UraniumNuclide, uranium_lines
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import PeakBands
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.stated_settings import stated
from strategies.uranium_spectra import (
    URANIUM_DETECTOR,
    Uranium,
    enrichment_settings,
    uranium_method,
    uranium_regions,
    uranium_shape,
    uranium_spectrum,
)

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
SLABS = ((0.3, 1.0), (3.0, 3.0), (10.0, 6.0), (30.0, 12.0))
"""Millimetres of uranium and of iron."""


@cache
def spectrum(
    enrichment: float, slab: int = 1, *, counts_186: float = 1e6, seed: int = 1, **other: float
) -> Spectrum:
    thickness_mm, wall_mm = SLABS[slab]
    uranium = Uranium(enrichment=enrichment, thickness_mm=thickness_mm, wall_mm=wall_mm, **other)
    scaled = counts_186 * max(1.0, 5.0 * enrichment / (1.0 - enrichment))
    return uranium_spectrum(uranium, counts_186=scaled, seed=seed, floor=20.0)


def answer(item: Spectrum, background: Spectrum | None = None, **asked: Any) -> Judgement:
    return decide_uranium_enrichment(item, background=background, settings=enrichment_settings(**asked))


@pytest.mark.parametrize("slab", range(len(SLABS)))
@pytest.mark.parametrize("enrichment", [0.0072, 0.045, 0.2, 0.6, 0.93])
def test_the_enrichment_is_found_through_metal_and_walls(enrichment: float, slab: int) -> None:
    """Within 8 %, and covered by its own uncertainty, whatever absorbs; that is measured, not told."""
    figure = answer(spectrum(enrichment, slab, counts_186=1e7)).figures[0]
    assert figure.estimate == pytest.approx(enrichment, rel=0.08)
    assert abs(figure.estimate - enrichment) < 2 * combined_uncertainty(figure)


def test_decisions_against_a_threshold_and_a_band() -> None:
    assert answer(spectrum(0.6)).outcome is YES
    assert answer(spectrum(0.045)).outcome is NO
    assert answer(spectrum(0.2)).outcome is OPEN
    assert answer(spectrum(0.045), holds=Side.BELOW).outcome is YES
    assert answer(spectrum(0.045), band="0.02 0.07").outcome is YES
    assert answer(spectrum(0.2), band="0.02 0.07").outcome is NO


def coverage(number: int, *, seed: int) -> tuple[int, int]:
    """Return how many of uranium at random are beyond two uncertainties, and how many were estimated."""
    generator = np.random.default_rng(seed)
    beyond = found = 0
    for _ in range(number):
        enrichment = float(np.exp(generator.uniform(math.log(0.005), math.log(0.93))))
        uranium = Uranium(
            enrichment=enrichment,
            thickness_mm=float(np.exp(generator.uniform(math.log(0.3), math.log(30.0)))),
            wall_mm=float(generator.uniform(0.0, 12.0)),
            efficiency_power=float(generator.uniform(-1.2, -0.6)),
        )
        counts = 10 ** generator.uniform(4.5, 7.0) * max(1.0, 5.0 * enrichment / (1.0 - enrichment))
        item = uranium_spectrum(
            uranium, counts_186=counts, seed=int(generator.integers(2**31)), floor=20.0, draw=True
        )
        judged = answer(item)
        if judged.figures:
            figure = judged.figures[0]
            found += 1
            beyond += abs(figure.estimate - enrichment) > 2 * combined_uncertainty(figure)
    return beyond, found


def test_the_stated_uncertainty_covers_uranium_at_random_with_uncertain_nuclear_data() -> None:
    beyond, found = coverage(40, seed=11)
    assert found >= 30
    assert beyond <= 4  # 4.6 % of 40 expected at most; 5 or more have a chance of 4 %


@pytest.mark.soak
def test_the_stated_uncertainty_covers_two_thousand_at_random() -> None:
    beyond, found = coverage(2_000, seed=12)
    assert beyond <= 0.0455 * found


@pytest.mark.parametrize("enrichment", [0.16, 0.25])
def test_near_the_threshold_a_wrong_answer_is_rare(enrichment: float) -> None:
    wrong = NO if enrichment > 0.2 else YES
    outcomes = [answer(spectrum(enrichment, 2, counts_186=3e5, seed=seed)).outcome for seed in range(12)]
    assert wrong not in outcomes


def test_no_decision_where_258_kev_is_not_seen() -> None:
    judged = answer(spectrum(0.6, counts_186=2e4))
    assert (judged.outcome, judged.reason) == (OPEN, "line-not-seen")


def test_no_decision_where_too_few_lines_are_seen_to_tell_a_curve() -> None:
    """Only the three required lines: 186, 258 and 1001 keV."""
    item = spectrum(0.2, 2)
    held = item.counts.copy()
    for low, high in ((140, 147), (160, 166), (202, 208), (760, 771)):
        held[int(low / 0.25) : int(high / 0.25)] = held[int(high / 0.25) + 8]
    judged = answer(replace(item, counts=held))
    assert (judged.outcome, judged.reason) == (OPEN, "too-few-lines")


def test_no_decision_where_the_fit_has_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(uranium_fit, "TURNS", 1)
        assert answer(spectrum(0.2)).reason == "fit-not-settled"

    def impossible(*_: object, **__: object) -> None:
        raise MeasurementError("equations without a solution")

    monkeypatch.setattr(uranium_enrichment, "fit_ratio", impossible)
    judged = answer(spectrum(0.2))
    assert (judged.outcome, judged.reason) == (OPEN, "fit-not-possible")


def test_the_figure_is_the_same_to_the_bit_everywhere() -> None:
    """Made without chance; the digits were written down on one machine and must be those of all."""
    shape = uranium_shape(Uranium(enrichment=0.3, thickness_mm=5.0), URANIUM_DETECTOR)
    counts = np.rint(shape * (2e7 / shape.sum()) + 30.0).astype(np.int64)
    figure = answer(replace(spectrum(0.2), counts=counts)).figures[0]
    found = (figure.estimate.hex(), figure.statistical.hex(), figure.systematic.hex())
    assert found == ("0x1.2eac561ca4d2dp-2", "0x1.359937cf0dceep-7", "0x1.4a4b472b98888p-7")


def test_neither_a_background_nor_other_sources_are_uranium() -> None:
    flat = replace(spectrum(0.2), counts=np.random.default_rng(3).poisson(100, 8192).astype(np.int64))
    assert answer(flat).reason == "line-not-seen"
    assert answer(replace(flat, counts=np.zeros(8192, dtype=np.int64))).reason == "line-not-seen"
    assert answer(replace(flat, counts=np.full(8192, 2**53 - 1, dtype=np.int64))).outcome is OPEN


def test_the_background_of_the_place_is_taken_off() -> None:
    """A place with uranium of its own: without it the mixture is measured, with it the item."""
    item, place = spectrum(0.6, 2, counts_186=3e6), spectrum(0.0072, 2, counts_186=3e5, seed=4)
    both = replace(item, counts=item.counts + place.counts)
    assert answer(both).figures[0].estimate < 0.5
    assert answer(both, place).figures[0].estimate == pytest.approx(0.6, rel=0.08)


def test_the_difference_of_both_degrees_is_carried() -> None:
    """Behind thick metal the second degree is off; floors and intensities aside, that is what is left."""
    rule = enrichment_settings(systematic_floor=Fraction(0))
    thin, thick = (
        decide_uranium_enrichment(
            spectrum(0.2, slab, counts_186=1e7), background=None, settings=rule
        ).figures[0]
        for slab in (2, 3)
    )
    assert thick.systematic > 2 * thin.systematic


def test_young_uranium_has_its_missing_daughters_in_the_uncertainty() -> None:
    """100 days after separation 5.6 % of Pa-234m are missing; the parties state the age, nothing shows it."""
    old = answer(spectrum(0.2, 2, counts_186=1e7)).figures[0]
    young = answer(spectrum(0.2, 2, counts_186=1e7), least_age_days=100).figures[0]
    missing = 0.5 ** (100 / 24.1)
    expected = math.hypot(old.systematic, missing * 0.2 * 0.8)
    assert young.systematic == pytest.approx(expected, rel=0.02)
    fresh = spectrum(0.2, 2, counts_186=1e7, equilibrium=1 - missing)
    assert answer(fresh).figures[0].estimate > 0.205


def test_what_does_not_fit_decides_nothing() -> None:
    """Radium at 186.2 keV, as its 3.6 % line would be: the lines of U-235 no longer agree."""
    item = spectrum(0.045, 2, counts_186=1e7)
    spoiled = item.counts.copy()
    first = int(186.2 / 0.25)
    spoiled[first - 4 : first + 4] += 300_000
    judged = answer(replace(item, counts=spoiled))
    assert (judged.outcome, judged.reason) == (OPEN, "fit-too-poor")


def test_a_neighbour_in_a_side_band_does_no_harm() -> None:
    """A region whose side band holds a line of the same nuclide gives the same activity."""
    energies = np.arange(400, dtype=np.float64) * 0.25 + 150.0
    bands = PeakBands(low=(100, 119), peak=(136, 150), high=(160, 179))
    lone = (UraniumLine(group=0, energy_kev=185.713, intensity=0.5, intensity_unc=0.01),)
    neighbour = UraniumLine(group=1, energy_kev=177.4, intensity=0.1, intensity_unc=0.01)
    of_235, of_238, unc_235, _ = line_response(energies, bands, (*lone, neighbour), fwhm_kev=1.1)
    assert of_235 == pytest.approx(0.5, rel=1e-3)
    assert unc_235 == pytest.approx(0.01, rel=1e-3)
    weight = (169.5 - 143.0) / (169.5 - 109.5)  # of the lower band, by the distance of the other one
    assert of_238 == pytest.approx(-0.1 * 15 / 20 * weight, rel=1e-6)


def test_the_fit_gives_back_what_it_was_made_from() -> None:
    """Counts without scatter from an efficiency of the second degree: both degrees find the ratio exactly."""
    energies = (143.8, 163.4, 185.7, 205.3, 258.2, 766.4, 1001.0)
    regions = tuple(
        RegionCounts(
            energy_kev=energy,
            group=int(energy > 210),
            net=1e8
            * math.exp(-0.7 * math.log(energy / 300) - 0.3 * math.log(energy / 300) ** 2)
            * (p + q * 0.5),
            null_variance=1e4,
            of_235=p,
            of_238=q,
            intensity_unc=0.01,
        )
        for energy, p, q in zip(
            energies, (0.11, 0.05, 0.57, 0.05, 1e-5, 0, 0), (0, 0, 3e-5, 0, 7e-4, 3e-3, 8e-3), strict=True
        )
    )
    for degree in (2, 3):
        fit = fit_ratio(regions, degree=degree, seen=tuple(range(7)))
        assert fit.log_ratio == pytest.approx(math.log(0.5), abs=1e-7)
        assert fit.settled
        assert fit.chi2_per_degree == pytest.approx(0.0, abs=1e-9)
        assert fit.expected == pytest.approx([region.net for region in regions], rel=1e-6)


def test_counting_uncertainty_is_the_scatter_of_repeats() -> None:
    figures = [answer(spectrum(0.1, 2, counts_186=1e5, seed=seed)).figures for seed in range(24)]
    found = [one[0] for one in figures if one]
    scatter = float(np.std([figure.estimate for figure in found], ddof=1))
    assert float(np.median([figure.statistical for figure in found])) == pytest.approx(scatter, rel=0.4)


def test_intensities_are_known_no_better_than_their_sources_agree() -> None:
    """742.8 keV: 14 % apart, so 7 %; no line better than 1 %."""
    lines = uranium_lines(load_nuclear_data()).lines
    apart = next(line for line in lines if abs(line.energy_kev - 742.813) < 1e-6)
    assert apart.intensity_unc / apart.intensity > 0.06
    assert all(line.intensity_unc >= 0.0099 * line.intensity for line in lines)


def test_what_was_not_as_agreed_is_a_malfunction() -> None:
    item = spectrum(0.2)
    assert answer(replace(item, live_time_ns=0)).reason == "not-counting"
    assert answer(item, replace(item, live_time_ns=0)).reason == "not-counting"
    moved = item.with_scale(EnergyScale(coefficients_kev=(0.0, 0.25)))
    assert answer(item, moved).reason == "background-not-paired"
    short = replace(item, counts=item.counts[:3000].copy())
    judged = answer(short)
    assert (judged.outcome, judged.reason) == (BROKEN, "lines-outside-spectrum")


@pytest.mark.parametrize(
    "changed",
    [
        {"fwhm_kev": Fraction(0)},
        {"width_growth": Fraction(2)},
        {"least_significance": Fraction(0)},
        {"most_chi2_per_degree": Fraction(0)},
        {"systematic_floor": Fraction(1)},
        {"least_age_days": 89},
        {"regions": uranium_regions()[:5]},
        {"regions": uranium_regions()[::-1]},
        {"regions": tuple(replace(one, required=False) for one in uranium_regions())},
        {"regions": tuple(replace(one, nuclide=UraniumNuclide.U235) for one in uranium_regions())},
        {"regions": tuple(replace(one, nuclide=UraniumNuclide.U238) for one in uranium_regions())},
    ],
)
def test_a_method_that_lets_anything_pass_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="uranium"):
        uranium_method(**changed)


def test_the_line_at_258_kev_cannot_be_left_to_chance() -> None:
    loose = tuple(
        replace(one, required=False) if one.energy_kev == Fraction("258.227") else one
        for one in uranium_regions()
    )
    with pytest.raises(MeasurementError, match="lowest of U-238"):
        uranium_method(regions=loose)


@pytest.mark.parametrize("threshold", ["0", "1"])
def test_a_threshold_that_all_uranium_meets_is_refused(threshold: str) -> None:
    with pytest.raises(MeasurementError, match="thresholds of the enrichment"):
        enrichment_settings(threshold)


@pytest.mark.parametrize("low", ["146", "90 95"])
def test_a_region_with_bands_out_of_order_is_refused(low: str) -> None:
    first, last = (Fraction(part) for part in (low.split() * 2)[:2])
    with pytest.raises(MeasurementError, match="uranium region"):
        replace(uranium_regions()[0], low_band_kev=(first, last))


@pytest.mark.parametrize("band", ["", "0.02 0.07"])
def test_a_protocol_can_state_the_settings(band: str) -> None:
    rule = enrichment_settings(band=band)
    derived = {"lines": Derived(members={}, make=lambda _: uranium_lines(load_nuclear_data()))}
    document = stated(rule, without=("lines",))
    assert read_settings(UraniumEnrichmentSettings, Part(value=document), derived=derived) == rule
