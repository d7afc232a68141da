"""Net areas, critical limits, centres and widths of peaks between side bands."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from counterseal.measurement.arithmetic import dot, erf
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import PeakBands, PeakForm, net_area, peak_form

BANDS = PeakBands(low=(10, 14), peak=(20, 40), high=(44, 63))


def gaussian(
    centre: float, fwhm: float, *, area: float, floor: float = 0.0, slope: float = 0.0
) -> NDArray[np.float64]:
    sigma = fwhm / 2.3548200450309493
    edges = [0.5 * math.erfc(-(edge - 0.5 - centre) / sigma / math.sqrt(2)) for edge in range(81)]
    return np.asarray(area * np.diff(edges) + floor + slope * np.arange(80))


@given(st.floats(0, 1e4), st.floats(0, 50))
def test_a_straight_line_leaves_nothing_whatever_its_slope(floor: float, slope: float) -> None:
    """The bands stand unlike far on both sides: only the other band's distance gives this."""
    line = np.asarray(floor + slope * np.arange(80, dtype=np.float64))
    assert net_area(line, BANDS).net == pytest.approx(0.0, abs=1e-7 * (1 + floor + 80 * slope))


def test_currie_s_paired_limit_is_the_published_one() -> None:
    """100 counts of background, counted once beside the peak: 23.26 at 95 % (Currie 1968)."""
    counts = np.full(80, 5.0)
    bands = PeakBands(low=(0, 9), peak=(20, 39), high=(50, 59))
    assert round(net_area(counts, bands).critical_limit(1.645), 2) == 23.26


def test_the_uncertainty_of_a_net_area_is_that_of_repeats() -> None:
    draw = np.random.default_rng(7)
    true = gaussian(30.2, 7.0, area=900.0, floor=40.0, slope=0.3)
    found = [net_area(draw.poisson(true).astype(np.float64), BANDS) for _ in range(400)]
    nets = np.array([area.net for area in found])
    assert nets.mean() == pytest.approx(900.0 * 0.9999, abs=4 * nets.std() / math.sqrt(400))
    assert np.mean([area.unc for area in found]) == pytest.approx(nets.std(), rel=0.1)


def test_a_background_taken_off_leaves_its_variance() -> None:
    counts = np.full(80, 9.0)
    area = net_area(np.zeros(80), BANDS, variances=counts + 9.0)
    assert area.net == 0.0
    plain = net_area(counts, BANDS)
    assert area.null_unc == pytest.approx(plain.null_unc * math.sqrt(2))
    assert area.unc == pytest.approx(plain.unc * math.sqrt(2))


@pytest.mark.parametrize("centre", [28.0, 29.37, 31.9])
@pytest.mark.parametrize("fwhm", [4.0, 6.3, 9.0])
def test_centre_and_width_come_back(centre: float, fwhm: float) -> None:
    true = gaussian(centre, fwhm, area=1e6, floor=500.0, slope=3.0)
    form = peak_form(true, PeakBands(low=(2, 8), peak=(14, 46), high=(52, 60)), near=30.0, fwhm=6.0)
    assert form.centre == pytest.approx(centre, abs=0.03)
    assert form.fwhm == pytest.approx(fwhm, rel=0.02)


def test_their_uncertainties_are_those_of_repeats() -> None:
    draw = np.random.default_rng(8)
    true = gaussian(30.3, 6.0, area=2000.0, floor=30.0)
    forms = [peak_form(draw.poisson(true).astype(np.float64), BANDS, near=30.0, fwhm=6.0) for _ in range(200)]
    assert np.mean([form.centre_unc for form in forms]) == pytest.approx(
        np.std([form.centre for form in forms]), rel=0.25
    )
    assert np.mean([form.fwhm_unc for form in forms]) == pytest.approx(
        np.std([form.fwhm for form in forms]), rel=0.25
    )


def carried(counts: NDArray[np.float64], bands: PeakBands, **given: float) -> tuple[float, float]:
    """Return the uncertainties of centre and width by how every single count moves them."""
    changes = []
    for at in range(bands.low[0], bands.high[1] + 1):
        step = 0.02 * math.sqrt(counts[at])
        forms = []
        for sign in (-1, 1):
            moved = counts.copy()
            moved[at] += sign * step
            forms.append(peak_form(moved, bands, near=given["near"], fwhm=given["fwhm"]))
        low, high = forms
        changes.append(np.array([high.centre - low.centre, high.fwhm - low.fwhm]) / (2 * 0.02))
    centre, width = np.sqrt(np.sum(np.square(changes), axis=0)).tolist()
    return centre, width


NARROW = PeakBands(low=(17, 19), peak=(20, 40), high=(41, 43))
"""Bands so narrow that the line under the peak is known no better than the peak."""


@pytest.mark.parametrize("bands", [BANDS, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("floor", [2.0, 400.0])
def test_a_centre_and_a_width_are_as_uncertain_as_every_count_makes_them(
    bands: PeakBands, floor: float
) -> None:
    """The window follows the centre, and the line under the peak its bands: both carry into the centre."""
    true = gaussian(30.3, 6.0, area=4000.0, floor=floor)
    form = peak_form(true, bands, near=30.0, fwhm=6.0, margin=0.02)
    centre, width = carried(true, bands, near=30.0, fwhm=6.0)
    assert form.centre_unc == pytest.approx(centre, rel=0.03)
    assert form.fwhm_unc == pytest.approx(width, rel=0.03)


@pytest.mark.parametrize("area", [400.0, 4000.0])
@pytest.mark.parametrize("true_fwhm", [5.0, 8.0])
def test_a_width_clears_a_gate_by_the_scatter_of_a_peak_that_stands_at_the_gate(
    area: float, true_fwhm: float
) -> None:
    """A peak two uncertainties wider has a share that is less by two of its own scatters, not of the narrow one's."""
    bands = PeakBands(low=(2, 8), peak=(14, 46), high=(52, 60))
    counts = gaussian(30.0, true_fwhm, area=area)
    form = peak_form(counts, bands, near=30.0, fwhm=6.0, margin=2.0)
    away = np.abs(np.arange(80) - 30.0)
    inner, outer = (np.clip(reach + 0.5 - away, 0.0, 1.0) for reach in (3.0, 6.0))
    wider = gaussian(30.0, form.fwhm + 2.0 * form.fwhm_unc, area=area)
    wider *= float(outer @ counts) / float(outer @ wider)
    held = float(outer @ wider)
    lower = float(inner @ wider) / held
    scatter = math.sqrt(float(((inner - lower * outer) ** 2) @ wider)) / held
    assert float(inner @ counts) / held - lower == pytest.approx(2.0 * scatter, rel=0.02)


def test_the_variance_of_what_was_taken_off_is_in_both() -> None:
    true = gaussian(30.3, 6.0, area=2000.0, floor=30.0)
    plain = peak_form(true, BANDS, near=30.0, fwhm=6.0, margin=0.01)
    less = peak_form(true, BANDS, near=30.0, fwhm=6.0, margin=0.01, variances=4.0 * true)
    assert (less.centre, less.fwhm) == (plain.centre, plain.fwhm)
    assert less.centre_unc == pytest.approx(2.0 * plain.centre_unc)
    assert less.fwhm_unc == pytest.approx(2.0 * plain.fwhm_unc, rel=1e-3)


def test_a_window_that_would_run_away_has_no_certain_centre() -> None:
    counts = np.zeros(80)
    counts[[24, 30, 36]] = 400.0, 1000.0, 400.0
    form = peak_form(counts, PeakBands(low=(2, 8), peak=(14, 46), high=(52, 60)), near=30.0, fwhm=6.0)
    assert form.centre == 30.0
    assert math.isinf(form.centre_unc)
    assert math.isfinite(form.fwhm_unc)


@given(st.integers(0, 2**32 - 1), st.sampled_from([30.0, 2000.0, 1e6]))
@settings(max_examples=25, deadline=None)
def test_a_width_has_the_bits_of_plain_halving(seed: int, area: float) -> None:
    true = gaussian(30.3, 6.5, area=area, floor=3.0)
    counts = np.random.default_rng(seed).poisson(true).astype(np.float64)
    form = peak_form(counts, BANDS, near=30.0, fwhm=6.0)
    if math.isfinite(form.fwhm):
        assert form.fwhm == plainly_halved(counts, form)


def plainly_halved(counts: NDArray[np.float64], form: PeakForm) -> float:
    first, last = BANDS.peak
    low, high = (float(counts[a : b + 1].sum()) / (b - a + 1) for a, b in (BANDS.low, BANDS.high))
    channels = np.arange(first, last + 1, dtype=np.float64)
    net = counts[first : last + 1] - (low + (high - low) * ((channels - 12.0) / (53.5 - 12.0)))
    inner, outer = (np.clip(reach + 0.5 - np.abs(channels - form.centre), 0.0, 1.0) for reach in (3.0, 6.0))
    edges = np.arange(len(channels) + 1, dtype=np.float64) + (channels[0] - 0.5 - form.centre)
    share = dot(inner, net) / dot(outer, net)
    lower, upper = 0.3 * 6.0, 4.0 * 6.0
    for _ in range(24):
        middle = 0.5 * (lower + upper)
        each = np.diff(erf(edges * (0.7071067811865476 / (middle / 2.3548200450309493))))
        wider = dot(inner, each) / dot(outer, each) > share
        lower, upper = (middle, upper) if wider else (lower, middle)
    return 0.5 * (lower + upper)


def test_where_nothing_is_there_is_no_centre() -> None:
    form = peak_form(np.zeros(80), BANDS, near=30.0, fwhm=6.0)
    assert math.isnan(form.centre)
    assert form.centre_unc == form.fwhm_unc == math.inf


def test_a_flat_top_has_no_width_of_a_gaussian() -> None:
    counts = np.zeros(80)
    counts[22:39] = 1000.0
    assert math.isnan(peak_form(counts, BANDS, near=30.0, fwhm=2.0).fwhm)


@pytest.mark.parametrize(
    ("low", "peak", "high", "said"),
    [
        ((10, 9), (20, 40), (44, 63), "each must hold a channel"),
        ((-1, 9), (20, 40), (44, 63), "each must hold a channel"),
        ((10, 20), (20, 40), (44, 63), "must not overlap"),
        ((50, 55), (20, 40), (44, 63), "must not overlap"),
    ],
)
def test_bands_in_disorder_are_refused(
    low: tuple[int, int], peak: tuple[int, int], high: tuple[int, int], said: str
) -> None:
    with pytest.raises(MeasurementError, match=said):
        PeakBands(low=low, peak=peak, high=high)


def test_a_band_past_the_end_is_refused() -> None:
    with pytest.raises(MeasurementError, match="the spectrum ends at 59"):
        net_area(np.zeros(60), BANDS)
