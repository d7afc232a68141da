"""Limits from genuine repeats: the wanted rate is kept whatever the drift, and altered items do not pass."""

from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.template import Template, TemplateSettings, decide_template
from counterseal.measurement.template_build import (
    TemplateLimits,
    build_template,
    limits_from_repeats,
    require_one_calibration,
)
from counterseal.measurement.template_counts import chi_square, gridded, kolmogorov
from counterseal.measurement.template_landmark import Landmark
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.binomial import upper_bound
from strategies.template_runs import ALTERED, GENUINE, GRID, runs

NO = MeasurementOutcome.NOT_CONFIRMED
YES = MeasurementOutcome.CONFIRMED
NOMINAL = Fraction(1, 20)
LANDMARK = Landmark(
    energy_kev=Fraction("661.657"),
    low_band_kev=(Fraction(520), Fraction(575)),
    peak_kev=(Fraction(590), Fraction(735)),
    high_band_kev=(Fraction(750), Fraction(800)),
    fwhm_kev=Fraction(42),
    least_significance=Fraction(10),
    largest_shift_kev=Fraction(12),
)


def limits(template: Template, repeats: tuple[Spectrum, ...], **changed: Any) -> TemplateLimits:
    asked: dict[str, Any] = {"repeats_background": None, "grid": GRID, "false_reject": NOMINAL, **changed}
    return limits_from_repeats(template, repeats=repeats, **asked)


def settings(found: TemplateLimits, **changed: Any) -> TemplateSettings:
    plain = TemplateSettings(
        grid=GRID,
        systematic=found.systematic,
        chi_square_limit=found.chi_square_limit,
        kolmogorov_limit=found.kolmogorov_limit,
        least_counts=1_000,
        rate=None,
        landmark=None,
    )
    return replace(plain, **changed)


def rejected(items: tuple[Spectrum, ...], template: Template, rule: TemplateSettings) -> int:
    """Count what is not confirmed, by the statistics that the decision rests on."""
    whole = gridded(template.runs, background=None, grid=GRID)
    found = 0
    for item in items:
        one = gridded((item,), background=None, grid=GRID)
        assert one is not None
        assert whole is not None
        misfit = chi_square(one, whole, grid=GRID, systematic=rule.systematic)
        found += misfit > rule.chi_square_limit or kolmogorov(one, whole) > rule.kolmogorov_limit
    return found


@cache
def made(seed: int = 1, *, repeats: int = 399) -> tuple[Template, TemplateLimits]:
    generator = np.random.default_rng(seed)
    template = build_template(runs(12, generator=generator), background=None, grid=GRID, landmark=LANDMARK)
    return template, limits(template, runs(repeats, generator=generator))


def test_genuine_items_are_rejected_as_often_as_wanted_and_altered_ones_never_pass() -> None:
    """Gains off by up to 0.8 % that no scale knows of; 5 % wanted, 1.5 times that allowed."""
    template, found = made()
    generator = np.random.default_rng(2)
    genuine = rejected(runs(2_000, generator=generator), template, settings(found))
    assert genuine <= 0.05 * 1.5 * 2_000
    for sources in ALTERED.values():
        altered = runs(100, generator=generator, sources=sources)
        assert rejected(altered, template, settings(found)) == 100


def test_the_decision_is_the_one_that_was_counted() -> None:
    template, found = made()
    generator = np.random.default_rng(3)
    items = (*runs(60, generator=generator), *runs(5, generator=generator, sources=ALTERED["no cobalt"]))
    outcomes = [
        decide_template(item, template=template, background=None, settings=settings(found)).outcome
        for item in items
    ]
    assert set(outcomes) <= {YES, NO}
    assert outcomes.count(NO) == rejected(items, template, settings(found))


def test_a_tabulated_cut_without_a_systematic_rejects_nearly_every_genuine_item() -> None:
    """What the limits are for: the 5 % cut of 11 degrees of freedom is 19.68."""
    template, found = made()
    table = replace(settings(found), systematic=(Fraction(0),) * 12, chi_square_limit=Fraction("19.68"))
    assert rejected(runs(100, generator=np.random.default_rng(4)), template, table) > 80


def repeated_sets(sets: int, items: int, *, seed: int) -> tuple[int, int]:
    """Return rejections and decisions over sets of a template and 19 repeats each, all of their own."""
    generator = np.random.default_rng(seed)
    wrong = 0
    for _ in range(sets):
        template = Template(runs=runs(6, generator=generator))
        found = limits(template, runs(19, generator=generator))
        wrong += rejected(runs(items, generator=generator), template, settings(found))
    return wrong, sets * items


def test_on_average_over_templates_the_wanted_rate_is_kept_with_nineteen_repeats() -> None:
    """Each template with repeats of its own, the fewest for 5 %: 3 items of each, 160 sets."""
    wrong, number = repeated_sets(160, 3, seed=5)
    assert wrong <= upper_bound(number, 0.05)


@pytest.mark.soak
def test_the_wanted_rate_is_kept_over_twenty_thousand_items() -> None:
    wrong, number = repeated_sets(4_000, 5, seed=6)
    assert wrong <= upper_bound(number, 0.05)
    assert wrong >= 0.03 * number
    template, found = made(repeats=3_999)
    genuine = rejected(runs(20_000, generator=np.random.default_rng(7)), template, settings(found))
    assert genuine <= 0.05 * 1.5 * 20_000
    for sources in ALTERED.values():
        altered = runs(5_000, generator=np.random.default_rng(8), sources=sources)
        assert rejected(altered, template, settings(found)) == 5_000


FLAT = replace(GRID, range_kev=(Fraction(0), Fraction(256)))


def flat_runs(
    number: int, *, per_channel: float, scatter: float, generator: np.random.Generator
) -> tuple[Spectrum, ...]:
    """Return flat spectra of which one bin alone, the fourth, scatters beyond counting."""
    spectra = []
    for _ in range(number):
        rates = np.full(256, per_channel)
        rates[61:83] *= 1.0 + scatter * generator.normal()
        spectra.append(
            Spectrum(
                counts=generator.poisson(rates).astype(np.int64),
                live_time_ns=10**9,
                real_time_ns=10**9,
                scale=EnergyScale(coefficients_kev=(0.5, 1.0)),
            )
        )
    return tuple(spectra)


def systematic_of(template: tuple[Spectrum, ...], repeat: tuple[Spectrum, ...]) -> list[float]:
    found = limits(Template(runs=template), repeat, grid=FLAT, false_reject=Fraction(1, 2))
    return [float(part) for part in found.systematic]


def test_the_systematic_of_a_bin_is_its_scatter_beyond_counting() -> None:
    """One bin alone scatters by 10 %: it is found, and the others stay near nothing."""
    generator = np.random.default_rng(9)
    spectra = flat_runs(41, per_channel=4_000.0, scatter=0.1, generator=generator)
    found = systematic_of(spectra[:40], spectra[40:])
    assert 0.07 < found[3] < 0.13
    assert max(part for at, part in enumerate(found) if at != 3) < 0.03


def test_counting_is_not_taken_for_a_systematic() -> None:
    """880 counts a bin scatter by 3.4 % of themselves, and all of it is counting."""
    spectra = flat_runs(41, per_channel=40.0, scatter=0.0, generator=np.random.default_rng(21))
    assert np.mean(systematic_of(spectra[:40], spectra[40:])) < 0.017


def test_few_runs_give_the_right_systematic_on_average() -> None:
    """Five runs, each against the other four, which scatter too: without that it would be a quarter more."""
    generator = np.random.default_rng(22)
    squares = []
    for _ in range(170):
        spectra = flat_runs(6, per_channel=4_000.0, scatter=0.05, generator=generator)
        squares.append(systematic_of(spectra[:5], spectra[5:])[3] ** 2)
    true = (0.05 * (1 - 22 / 256)) ** 2  # of a share, whose own total moves with it
    assert np.mean(squares) == pytest.approx(true, rel=0.13)


def test_more_repeats_bound_the_rate_of_the_very_limits_more_closely() -> None:
    template, found = made()
    few = limits(template, runs(19, generator=np.random.default_rng(10)))
    assert (few.repeats, found.repeats) == (19, 399)
    assert few.false_reject_upper == pytest.approx(1 - 0.05 ** (1 / 19), rel=1e-6)  # none above the largest
    assert found.false_reject_upper < 0.072
    assert found.least_counts > 100_000


def test_limits_are_decimals_that_a_protocol_can_state() -> None:
    _, found = made()
    for value in (*found.systematic, found.chi_square_limit, found.kolmogorov_limit):
        assert 10_000 % value.denominator == 0


def test_too_few_repeats_for_a_rate_are_refused() -> None:
    template, _ = made()
    repeats = runs(18, generator=np.random.default_rng(11))
    with pytest.raises(MeasurementError, match="at least 19"):
        limits(template, repeats)
    limits(template, repeats, false_reject=Fraction(1, 10))


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(3, 5)])
def test_a_rate_that_is_none_is_refused(rate: Fraction) -> None:
    with pytest.raises(MeasurementError, match="false reject"):
        limits(made()[0], (), false_reject=rate)


def test_a_template_of_few_runs_has_no_scatter() -> None:
    few = runs(4, generator=np.random.default_rng(12))
    with pytest.raises(MeasurementError, match="at least 5"):
        build_template(few, background=None, grid=GRID, landmark=None)
    with pytest.raises(MeasurementError, match="systematic needs"):
        limits(Template(runs=few), runs(19, generator=np.random.default_rng(13)))


def test_copies_of_one_run_are_no_template() -> None:
    one = runs(1, generator=np.random.default_rng(14))
    with pytest.raises(MeasurementError, match="copies"):
        limits(Template(runs=one * 5), runs(19, generator=np.random.default_rng(15)))


def test_a_background_is_known_of_both_or_of_none() -> None:
    template, _ = made()
    place = runs(1, generator=np.random.default_rng(16), share=0.01)[0]
    repeats = runs(19, generator=np.random.default_rng(17))
    with pytest.raises(MeasurementError, match="both or none"):
        limits(template, repeats, repeats_background=place)
    with pytest.raises(MeasurementError, match="beyond the background"):
        limits(replace(template, background=place), repeats, repeats_background=place)
    weak = replace(place, live_time_ns=repeats[0].live_time_ns, real_time_ns=repeats[0].live_time_ns)
    found = limits(replace(template, background=weak), repeats, repeats_background=weak)
    assert found.least_counts < limits(template, repeats).least_counts


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"live_time_ns": 0}, "run 1: its live time"),
        ({"scale": EnergyScale(coefficients_kev=(0.0, 1.0))}, "run 1: does not hold"),
        ({"counts": np.zeros(512, dtype=np.int64)}, "run 1: holds no counts"),
    ],
)
def test_a_run_that_cannot_be_used_is_named(changed: dict[str, Any], message: str) -> None:
    good = runs(5, generator=np.random.default_rng(18))
    bad = (replace(good[0], **changed), *good[1:])
    with pytest.raises(MeasurementError, match=message):
        build_template(bad, background=None, grid=GRID, landmark=None)


def test_runs_of_other_calibrations_are_no_template() -> None:
    good = runs(5, generator=np.random.default_rng(19))
    moved = good[1].with_scale(EnergyScale(coefficients_kev=(0.0, 3.2 * 1.04)))
    with pytest.raises(CalibrationError, match="keV apart"):
        build_template((good[0], moved, *good[2:]), background=None, grid=GRID, landmark=LANDMARK)
    without = runs(1, generator=np.random.default_rng(20), sources=GENUINE[1:])[0]
    with pytest.raises(CalibrationError, match="run 2: its landmark"):
        require_one_calibration((good[0], without), landmark=LANDMARK)
