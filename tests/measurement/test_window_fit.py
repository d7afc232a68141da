"""The window fit: its shapes, its amplitudes, and what it says about their uncertainty."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.line_scale import ScaleSearch, find_scale
from counterseal.measurement.window_fit import (
    Prior,
    WindowData,
    WindowFit,
    WindowLine,
    WindowModel,
    fit_window,
)
from counterseal.measurement.window_shape import LineCounts, LineShape, line_counts
from strategies.plutonium_spectra import Detector, peaks

EDGES = np.arange(-60.5, 60.0)
SHAPE = {
    "centre": 0.3,
    "log_sigma": 1.0,
    "tail": 0.1,
    "log_length": 0.4,
    "high_tail": 0.05,
    "log_high": 0.8,
    "step": 0.01,
}


def unit_line(**changed: float) -> LineCounts:
    at = {**SHAPE, **changed}
    return line_counts(
        EDGES,
        centres=np.array([at["centre"]]),
        sigmas=np.array([math.exp(at["log_sigma"])]),
        shape=LineShape(
            tail=at["tail"],
            tail_length=math.exp(at["log_length"]),
            high_tail=at["high_tail"],
            high_length=math.exp(at["log_high"]),
            step=at["step"],
        ),
    )


@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        ("centre", "by_centre"),
        ("log_sigma", "by_log_sigma"),
        ("tail", "by_tail"),
        ("log_length", "by_log_length"),
        ("high_tail", "by_high_tail"),
        ("log_high", "by_log_high_length"),
        ("step", "by_step"),
    ],
)
def test_a_change_is_the_quotient_of_differences(parameter: str, field: str) -> None:
    h = 1e-5
    up, down = unit_line(**{parameter: SHAPE[parameter] + h}), unit_line(**{parameter: SHAPE[parameter] - h})
    assert np.abs((up.counts - down.counts) / (2 * h) - getattr(unit_line(), field)).max() < 1e-9


def test_a_line_holds_one_count_wherever_its_tails_put_it() -> None:
    """But for the 3e-6 of the high tail that lies past the last channel."""
    assert unit_line(step=0.0).counts.sum() == pytest.approx(
        1.0 - 0.05 * math.exp(-59.2 / math.exp(1.8)), abs=1e-6
    )


def test_a_line_has_the_shape_of_an_exponential_folded_with_a_gaussian() -> None:
    """Against folding by numbers: 10 % of the counts have an exponential of length t sigma taken off."""
    found = unit_line(step=0.0, high_tail=0.0).counts[0]
    sigma, t = math.exp(1.0), math.exp(0.4)
    chances = (np.arange(2000) + 0.5) / 2000
    shifts = t * sigma * np.log(chances)
    z = (EDGES[None, :] - 0.3 - shifts[:, None]) / sigma / math.sqrt(2)
    folded = np.mean([[0.5 * math.erfc(-one) for one in row] for row in z], axis=0)
    plain = np.array([0.5 * math.erfc(-one) for one in (EDGES - 0.3) / sigma / math.sqrt(2)])
    assert np.abs(found - np.diff(0.9 * plain + 0.1 * folded)).max() < 2e-5


LINES = (
    WindowLine(group=0, energy_kev=640.0, energy_unc_kev=0.02, intensity=1.0, intensity_unc=0.02),
    WindowLine(group=0, energy_kev=660.0, energy_unc_kev=0.02, intensity=2.0, intensity_unc=0.04),
    WindowLine(group=1, energy_kev=650.0, energy_unc_kev=0.02, intensity=1.0, intensity_unc=0.02),
)
DETECTOR = Detector(kev_per_channel=0.2, channels=4000, offset_kev=0.0, fwhm_662_kev=1.5)


def model(**changed: Any) -> WindowModel:
    plain = WindowModel(
        lines=LINES,
        groups=2,
        middle_kev=650.0,
        centre=Prior(value=3250.0, unc=2.0),
        gain=Prior(value=5.0, unc=0.005),
        bend=Prior(value=0.0, unc=1e-5),
        log_sigma=Prior(value=math.log(3.2), unc=0.1),
        width_growth=0.75,
        tail=Prior(value=0.02, unc=0.05),
        log_length=Prior(value=0.4, unc=0.5),
        high_tail=Prior(value=0.005, unc=0.01),
        log_high_length=Prior(value=1.0, unc=0.5),
        step=Prior(value=0.0003, unc=0.002),
        slope_unc=0.01,
        background_degree=1,
        model_unc=0.01,
        shape_turns=5,
        turns=6,
    )
    return replace(plain, **changed)


def window(counts: NDArray[np.float64]) -> WindowData:
    zeros = np.zeros(200)
    return WindowData(
        first_channel=3150, counts=counts[3150:3350], background=zeros, background_variance=zeros
    )


def true_counts(*, floor: float = 50.0, energy_off_kev: float = 0.0) -> NDArray[np.float64]:
    lines = np.array([640.0, 660.0, 650.0 + energy_off_kev])
    return np.asarray(peaks(DETECTOR, lines, np.array([5000.0, 10000.0, 3000.0])) + floor)


def fit(counts: NDArray[np.float64], **changed: Any) -> WindowFit:
    return fit_window(window(counts), model(**changed))


def test_amplitudes_come_back_with_their_uncertainty() -> None:
    """The reference line of group 0 is the stronger, at 660 keV."""
    draw = np.random.default_rng(3)
    fits = [fit(draw.poisson(true_counts()).astype(np.float64)) for _ in range(40)]
    found = np.array([one.amplitudes for one in fits])
    assert found.mean(axis=0) == pytest.approx([10000.0, 3000.0], rel=0.03)
    counting = np.sqrt([np.diag(one.counting) for one in fits]).mean(axis=0)
    assert counting == pytest.approx(found.std(axis=0), rel=0.3)
    assert all(one.settled for one in fits)
    assert np.mean([one.chi2_per_degree for one in fits]) == pytest.approx(1.0, abs=0.1)


def test_uncertain_intensities_widen_the_whole_uncertainty_but_not_that_of_counting() -> None:
    counts = true_counts()
    vague = tuple(replace(line, intensity_unc=0.2 * line.intensity) for line in LINES)
    narrow, wide = fit(counts), fit(counts, lines=vague)
    assert wide.covariance[1, 1] > 10 * narrow.covariance[1, 1]
    assert wide.counting[1, 1] < 2 * narrow.counting[1, 1]


def test_a_line_elsewhere_is_a_pull_that_is_shown() -> None:
    assert fit(true_counts()).worst_pull < 1.0
    assert fit(true_counts(energy_off_kev=0.2)).worst_pull > 3.0


def test_a_misfit_widens_the_covariance() -> None:
    bent = true_counts() + 800.0 * (np.abs(np.arange(4000) - 3200) < 4)
    assert fit(bent).chi2_per_degree > 3.0
    assert fit(bent).covariance[1, 1] > 3.0 * fit(true_counts()).covariance[1, 1]


def test_a_background_is_expected_below_the_lines_and_its_variance_counts() -> None:
    under = np.full(200, 40.0)
    data = replace(window(true_counts(floor=90.0)), background=under, background_variance=20 * under)
    with_it, without = fit_window(data, model()), fit(true_counts())
    assert with_it.amplitudes == pytest.approx(without.amplitudes, rel=0.01)
    assert with_it.counting[1, 1] > 1.5 * without.counting[1, 1]


def test_two_runs_give_the_same_bits() -> None:
    one, other = fit(true_counts()), fit(true_counts())
    assert one.amplitudes.tobytes() == other.amplitudes.tobytes()
    assert one.covariance.tobytes() == other.covariance.tobytes()


def test_one_turn_is_not_settled() -> None:
    assert not fit(true_counts(), centre=Prior(value=3247.0, unc=2.0), shape_turns=0, turns=1).settled


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(MeasurementError, match="each must have a line"):
        model(groups=3)
    short = WindowData(
        first_channel=3200, counts=np.ones(20), background=np.zeros(20), background_variance=np.zeros(20)
    )
    with pytest.raises(MeasurementError, match="window of 20 channels: 26 or more"):
        fit_window(short, model())


CHANNELS = np.arange(4000, dtype=np.float64)
HEADER: NDArray[np.float64] = np.asarray(0.2 * CHANNELS)
SEARCH = ScaleSearch(
    lines_kev=(375.0, 413.7, 662.4),
    reach_kev=1.5,
    fwhm_kev=1.5,
    growth=0.75,
    at_kev=650.0,
    significance=5.0,
    line_unc_kev=0.05,
)


def test_the_scale_follows_lines_off_their_places() -> None:
    """True gain 0.2 keV a channel; the header says 0.2003 and is 0.4 keV low at the start."""
    counts = peaks(DETECTOR, np.array([375.0, 413.7, 662.4]), np.array([3e4, 3e4, 3e4])) + 20.0
    header = np.asarray(-0.4 + 0.2003 * CHANNELS)
    scale = find_scale(counts, header, SEARCH)
    assert scale is not None
    assert scale.channel == pytest.approx(3250.0, abs=0.15)
    assert scale.gain == pytest.approx(5.0, rel=1e-4)
    assert scale.lines == 3
    assert scale.worst_kev < 0.02
    assert scale.fwhm_kev == pytest.approx(1.49, rel=0.05)


def test_a_line_out_of_step_is_shown_and_none_is_none() -> None:
    counts = peaks(DETECTOR, np.array([375.0, 414.7, 662.4]), np.array([3e4, 3e4, 3e4])) + 20.0
    scale = find_scale(counts, HEADER, SEARCH)
    assert scale is not None
    assert scale.worst_kev > 0.3
    assert find_scale(np.full(4000, 20.0), HEADER, SEARCH) is None
    assert find_scale(np.full(400, 20.0), HEADER[:400], SEARCH) is None


def test_a_line_whose_window_would_run_away_is_none() -> None:
    """A peak with two spikes a width aside: its centre has no uncertainty that is finite, its width has one."""
    counts = np.full(4000, 5.0)
    at = 3312  # 662.4 keV; a width is 7.6 channels there
    counts[at - 3 : at + 4] = 1_500.0
    counts[[at - 7, at + 7]] = 3_000.0
    assert find_scale(counts, HEADER, SEARCH) is not None
    counts[[at - 7, at + 7]] = 4_200.0
    assert find_scale(counts, HEADER, SEARCH) is None


def test_one_line_alone_gives_a_place_but_no_gain() -> None:
    counts = peaks(DETECTOR, np.array([662.4]), np.array([3e4])) + 20.0
    scale = find_scale(counts, np.asarray(HEADER + 0.7), SEARCH)
    assert scale is not None
    assert (scale.lines, scale.gain_unc) == (1, math.inf)
    assert scale.worst_kev < 1e-9
    assert scale.gain == pytest.approx(5.0)
    assert scale.channel == pytest.approx(3250.0, abs=0.2)
