"""A comparison with a template: both statistics by their published forms, and each way to end."""

import math
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from counterseal.barrier.protocol_form import Part
from counterseal.barrier.settings import read_settings
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.template import (
    RateRule,
    Template,
    TemplateSettings,
    decide_template,
    template_of,
)
from counterseal.measurement.template_counts import (
    PUBLISHED_EDGES,
    Grid,
    GriddedCounts,
    binned,
    chi_square,
    gridded,
    kolmogorov,
)
from counterseal.measurement.template_landmark import Landmark, landmark_kev
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.stated_settings import stated
from strategies.template_runs import ALTERED, GENUINE, GRID, TIME_NS, runs

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN, BROKEN = MeasurementOutcome.NO_DECISION, MeasurementOutcome.MALFUNCTION
stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
ONE_TO_ONE = Grid(range_kev=(Fraction(0), Fraction(256)), edges=PUBLISHED_EDGES)
NOTHING = (Fraction(0),) * 12
LANDMARK = Landmark(
    energy_kev=Fraction("661.657"),
    low_band_kev=(Fraction(520), Fraction(575)),
    peak_kev=(Fraction(590), Fraction(735)),
    high_band_kev=(Fraction(750), Fraction(800)),
    fwhm_kev=Fraction(42),
    least_significance=Fraction(10),
    largest_shift_kev=Fraction(12),
)


def settings(**changed: Any) -> TemplateSettings:
    plain = TemplateSettings(
        grid=GRID,
        systematic=(Fraction("0.02"),) * 12,
        chi_square_limit=Fraction(50),
        kolmogorov_limit=Fraction(30),
        least_counts=10_000,
        rate=None,
        landmark=None,
    )
    return replace(plain, **changed)


@cache
def genuine() -> Template:
    return Template(runs=runs(8, generator=np.random.default_rng(1), drift=0.004))


@cache
def item(*, altered: str = "", seed: int = 2, share: float = 1.0, drift: float = 0.004) -> Spectrum:
    sources = ALTERED.get(altered, GENUINE)
    generator = np.random.default_rng(seed)
    return runs(1, generator=generator, sources=sources, share=share, drift=drift)[0]


def outcome(
    spectrum: Spectrum,
    rule: TemplateSettings | None = None,
    *,
    template: Template | None = None,
    background: Any = None,
) -> tuple[MeasurementOutcome, str]:
    answer = decide_template(
        spectrum, template=template or genuine(), background=background, settings=rule or settings()
    )
    return answer.outcome, answer.reason


def counts(values: Any, *, extra: float = 0.0) -> GriddedCounts:
    net = np.array(values, dtype=np.float64)
    return GriddedCounts(net=net, extra_variance=np.full(len(net), extra), live_time_s=1.0)


def flat(counts_per_channel: int, *, channels: int = 256, kev: float = 1.0) -> Spectrum:
    """Return a flat spectrum whose first channel begins at 0 keV."""
    return Spectrum(
        counts=np.full(channels, counts_per_channel, dtype=np.int64),
        live_time_ns=10**9,
        real_time_ns=10**9,
        scale=EnergyScale(coefficients_kev=(kev / 2, kev)),
    )


def test_the_bins_are_the_published_ones() -> None:
    assert PUBLISHED_EDGES == (0, 17, 39, 61, 83, 105, 127, 149, 171, 193, 215, 237, 256)
    assert binned(np.ones(256), ONE_TO_ONE).tolist() == [17.0] + [22.0] * 10 + [19.0]


def test_chi_square_is_that_of_two_samples_of_unequal_totals() -> None:
    """Against scipy's test of homogeneity, which is the same statistic written as a table of two rows."""
    generator = np.random.default_rng(3)
    rates = generator.uniform(5, 50, 256)
    first, second = generator.poisson(rates), generator.poisson(7 * rates)
    found = chi_square(counts(first), counts(second), grid=ONE_TO_ONE, systematic=NOTHING)
    table = np.array([[one[a:b].sum() for a, b in pairwise(PUBLISHED_EDGES)] for one in (first, second)])
    assert found == pytest.approx(stats.chi2_contingency(table, correction=False).statistic, rel=1e-12)


def test_both_statistics_are_the_same_to_the_bit_everywhere() -> None:
    """Counts by a rule of whole numbers, on two gains; the digits must be those of every machine."""
    first, second = (
        Spectrum(
            counts=np.array([(step * at * at) % 97 + 3 for at in range(channels)], dtype=np.int64),
            live_time_ns=10**9,
            real_time_ns=10**9,
            scale=EnergyScale(coefficients_kev=(-0.3, 270.0 / channels, 1e-6)),
        )
        for step, channels in ((37, 1000), (53, 700))
    )
    one, other = (gridded((spectrum,), background=None, grid=ONE_TO_ONE) for spectrum in (first, second))
    assert one is not None
    assert other is not None
    misfit = chi_square(one, other, grid=ONE_TO_ONE, systematic=(Fraction("0.01"),) * 12)
    assert (misfit.hex(), kolmogorov(one, other).hex()) == ("0x1.1e9af39a2c36fp+5", "0x1.8bc81d8326287p-1")


def test_without_drift_or_systematic_it_scatters_as_eleven_degrees_of_freedom() -> None:
    generator = np.random.default_rng(4)
    rates = generator.uniform(5, 50, 256)
    found = [
        chi_square(
            counts(generator.poisson(rates)),
            counts(generator.poisson(3 * rates)),
            grid=ONE_TO_ONE,
            systematic=NOTHING,
        )
        for _ in range(400)
    ]
    assert stats.kstest(found, stats.chi2(11).cdf).pvalue > 0.01


def test_the_systematic_of_a_bin_is_relative_to_its_share() -> None:
    """One bin of a tenth moved by 10 %: with a systematic of 10 % it is off by one standard deviation at most."""
    first, second = np.full(256, 1e8), np.full(256, 1e8)
    first[17:39] *= 1.1
    systematic = tuple(Fraction("0.1") if at == 1 else Fraction("0.5") for at in range(12))
    found = chi_square(counts(first), counts(second), grid=ONE_TO_ONE, systematic=systematic)
    assert found == pytest.approx(((1.1 / 1.0086 - 1) / (0.1 * 1.0455)) ** 2, rel=0.05)
    assert chi_square(counts(first), counts(second), grid=ONE_TO_ONE, systematic=NOTHING) > 1e6


def test_empty_bins_and_backgrounds_that_take_all_are_no_division_by_nothing() -> None:
    one = np.zeros(256)
    one[100:200] = 5.0
    assert chi_square(counts(one), counts(one), grid=ONE_TO_ONE, systematic=NOTHING) == 0.0
    below = one.copy()
    below[0:17] = -1.0
    assert math.isfinite(
        chi_square(counts(below, extra=1.0), counts(one), grid=ONE_TO_ONE, systematic=NOTHING)
    )


def test_the_variance_of_backgrounds_counts_against_a_difference() -> None:
    first, second = np.full(256, 100.0), np.full(256, 100.0)
    first[0:17] = 110.0
    plain = chi_square(counts(first), counts(second), grid=ONE_TO_ONE, systematic=NOTHING)
    noisy = chi_square(
        counts(first, extra=100.0), counts(second, extra=100.0), grid=ONE_TO_ONE, systematic=NOTHING
    )
    assert noisy == pytest.approx(plain / 2, rel=0.05)


def test_kolmogorov_is_that_of_two_samples() -> None:
    """Against scipy's on the same counts, written out as samples."""
    generator = np.random.default_rng(5)
    first, second = generator.poisson(3.0, 256), generator.poisson(4.0, 256)
    samples = [np.repeat(np.arange(256), one) for one in (first, second)]
    size = first.sum() * second.sum() / (first.sum() + second.sum())
    expected = math.sqrt(size) * stats.ks_2samp(*samples).statistic
    assert kolmogorov(counts(first), counts(second)) == pytest.approx(expected, rel=1e-12)


def test_counts_are_brought_onto_the_grid_by_energy_whatever_the_gain() -> None:
    exact = gridded((flat(3),), background=None, grid=ONE_TO_ONE)
    wide = gridded((flat(48, channels=16, kev=16.0),), background=None, grid=ONE_TO_ONE)
    fine = gridded((flat(1, channels=768, kev=1 / 3),), background=None, grid=ONE_TO_ONE)
    assert exact is not None
    assert wide is not None
    assert fine is not None
    for one in (exact, wide, fine):
        assert one.net == pytest.approx(np.full(256, 3.0), rel=1e-12)
        assert one.total == pytest.approx(768.0)


def test_a_channel_is_shared_by_its_width() -> None:
    spectrum = flat(0, channels=512, kev=1.0)
    held = spectrum.counts.copy()
    held[10] = 8
    grid = Grid(range_kev=(Fraction(21, 2), Fraction(21, 2) + 256), edges=PUBLISHED_EDGES)
    found = gridded((replace(spectrum, counts=held),), background=None, grid=grid)
    assert found is not None
    assert found.net[0] == 4.0  # 10.5 to 11 keV, half of the channel from 10 to 11
    assert found.total == 4.0


def test_the_background_is_taken_off_for_the_live_time_of_all_runs() -> None:
    background = replace(flat(6), live_time_ns=2 * 10**9, real_time_ns=2 * 10**9)
    found = gridded((flat(10), flat(10)), background=background, grid=ONE_TO_ONE)
    assert found is not None
    assert found.net == pytest.approx(np.full(256, 14.0))
    assert found.extra_variance == pytest.approx(np.full(256, 12.0))
    assert found.live_time_s == 2.0


def test_a_range_that_a_spectrum_does_not_hold_is_seen() -> None:
    assert gridded((flat(1, channels=255),), background=None, grid=ONE_TO_ONE) is None
    short = replace(settings(), grid=replace(GRID, range_kev=(Fraction(60), Fraction(2_000))))
    assert outcome(item(), short) == (BROKEN, "range-outside-spectrum")


def test_a_genuine_item_is_confirmed_and_altered_ones_are_not() -> None:
    assert outcome(item()) == (YES, "like-template")
    assert outcome(item(seed=3)) == (YES, "like-template")
    for altered in ALTERED:
        assert outcome(item(altered=altered)) == (NO, "unlike-template")


def test_a_systematic_that_is_too_large_blunts_the_test() -> None:
    changed = item(altered="a fifth less caesium")
    assert outcome(changed)[0] is NO
    assert outcome(changed, settings(systematic=(Fraction("0.05"),) * 12))[0] is YES


def test_each_statistic_alone_can_say_no() -> None:
    assert outcome(item(), settings(chi_square_limit=Fraction("0.1"))) == (NO, "unlike-template")
    assert outcome(item(), settings(kolmogorov_limit=Fraction("0.01"))) == (NO, "unlike-template")


def test_too_few_counts_decide_nothing() -> None:
    """With 1 % of the counts an altered item looks like the template; the least count stands against that."""
    weak = item(altered="a fifth less caesium", share=0.002)
    assert outcome(weak, settings(least_counts=10))[0] is YES
    assert outcome(weak) == (OPEN, "too-few-counts")
    few = Template(runs=(weak,))
    assert outcome(item(), template=few) == (OPEN, "too-few-counts")


def test_a_shape_of_half_the_strength_is_not_the_item_where_rates_are_asked() -> None:
    rule = RateRule(tolerance=Fraction("0.1"), variation=Fraction("0.01"), coverage=Fraction(2))
    half = item(share=0.5)
    weak = replace(half, live_time_ns=TIME_NS)
    assert outcome(weak) == (YES, "like-template")
    assert outcome(weak, settings(rate=rule)) == (NO, "clears-other-side")
    assert outcome(half, settings(rate=rule))[0] is YES  # half the time, the same rate
    assert outcome(item(), settings(rate=replace(rule, variation=Fraction("0.2")))) == (OPEN, "within-margin")
    assert outcome(item(altered="no cobalt"), settings(rate=rule))[0] is NO


def test_a_moved_calibration_decides_nothing() -> None:
    """Gain off by 4 %: the caesium line is 26 keV from where the template has it."""
    rule = settings(landmark=LANDMARK)
    assert outcome(item(), rule)[0] is YES
    drifted = item().with_scale(EnergyScale(coefficients_kev=(0.0, 3.2 * 1.04)))
    assert outcome(drifted, rule) == (OPEN, "calibration-moved")
    missing = runs(1, generator=np.random.default_rng(6), sources=GENUINE[1:])[0]
    assert outcome(missing, rule) == (OPEN, "landmark-not-seen")
    blind = Template(runs=(*genuine().runs, missing))
    assert outcome(item(), rule, template=blind) == (BROKEN, "template-landmark-not-seen")


def test_a_landmark_is_found_where_it_is() -> None:
    energy = landmark_kev(item(drift=0.0), LANDMARK)
    assert energy is not None
    assert energy == pytest.approx(661.7, abs=2.5)  # on a sloping continuum, 42 keV wide
    assert landmark_kev(item().with_scale(EnergyScale(coefficients_kev=(0.0, 1.0))), LANDMARK) is None
    assert landmark_kev(flat(5, channels=10, kev=200.0), LANDMARK) is None


def test_backgrounds_are_there_for_both_or_for_none() -> None:
    place = replace(flat(40, channels=512, kev=3.2), live_time_ns=TIME_NS, real_time_ns=TIME_NS)
    place = place.with_scale(item().scale or EnergyScale(coefficients_kev=(0.0, 1.0)))
    with_place = replace(genuine(), background=replace(place, name="background"))
    assert outcome(item(), background=place) == (BROKEN, "background-not-paired")
    assert outcome(item(), template=with_place) == (BROKEN, "background-not-paired")
    assert outcome(item(), template=with_place, background=place)[0] is YES
    other = place.with_scale(EnergyScale(coefficients_kev=(0.0, 3.3)))
    assert outcome(item(), template=with_place, background=other) == (BROKEN, "background-not-paired")


def test_a_spectrum_that_did_not_count_is_a_malfunction() -> None:
    stopped = replace(item(), live_time_ns=0)
    assert outcome(stopped) == (BROKEN, "not-counting")
    assert outcome(item(), template=Template(runs=(*genuine().runs, stopped))) == (BROKEN, "not-counting")


def test_a_template_is_one_file_of_runs_and_at_most_one_background() -> None:
    place = replace(item(seed=7), name="background")
    data = write_n42_2012([*genuine().runs, place])
    template = template_of(read_spectra(data))
    assert len(template.runs) == 8
    assert template.background is not None
    assert template.background.counts.tolist() == place.counts.tolist()
    assert all(
        one.counts.tolist() == other.counts.tolist()
        for one, other in zip(template.runs, genuine().runs, strict=True)
    )
    with pytest.raises(MeasurementError, match="at most one"):
        template_of((item(), place, place))
    with pytest.raises(MeasurementError, match="0 runs"):
        template_of((place,))


@pytest.mark.parametrize("edges", [(0, 256), (0, 20, 20, 256), (1, 20, 256), (0, 20, 255)])
def test_bins_that_leave_a_channel_out_are_refused(edges: tuple[int, ...]) -> None:
    with pytest.raises(MeasurementError, match="edges"):
        Grid(range_kev=(Fraction(0), Fraction(1)), edges=edges)


def test_a_range_that_does_not_go_upwards_is_refused() -> None:
    with pytest.raises(MeasurementError, match="upwards"):
        Grid(range_kev=(Fraction(1), Fraction(1)), edges=PUBLISHED_EDGES)


@pytest.mark.parametrize(
    "changed",
    [
        {"systematic": NOTHING[1:]},
        {"systematic": (Fraction(1), *NOTHING[1:])},
        {"chi_square_limit": Fraction(0)},
        {"kolmogorov_limit": Fraction(0)},
        {"least_counts": 0},
    ],
)
def test_settings_that_any_item_would_meet_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="template"):
        settings(**changed)


@pytest.mark.parametrize(
    "changed", [{"tolerance": Fraction(0)}, {"tolerance": Fraction(1)}, {"variation": Fraction(1)}]
)
def test_a_tolerance_of_everything_is_refused(changed: dict[str, Any]) -> None:
    plain = RateRule(tolerance=Fraction("0.1"), variation=Fraction(0), coverage=Fraction(2))
    with pytest.raises(MeasurementError, match="tolerance"):
        replace(plain, **changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"peak_kev": (Fraction(670), Fraction(700))},
        {"low_band_kev": (Fraction(520), Fraction(600))},
        {"fwhm_kev": Fraction(0)},
        {"least_significance": Fraction(0)},
        {"largest_shift_kev": Fraction(0)},
    ],
)
def test_a_landmark_that_checks_nothing_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(MeasurementError, match="landmark"):
        replace(LANDMARK, **changed)


def test_a_protocol_can_state_the_settings() -> None:
    rule = RateRule(tolerance=Fraction("0.1"), variation=Fraction(0), coverage=Fraction(2))
    for one in (settings(), settings(rate=rule, landmark=LANDMARK)):
        assert read_settings(TemplateSettings, Part(value=stated(one))) == one
