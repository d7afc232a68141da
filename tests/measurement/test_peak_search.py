"""Peak search: finds what is there, little else, and knows where it is."""

import numpy as np
import pytest

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_search import filter_answers, search_peaks
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from shared_data import shared
from strategies.peaks import FWHM_PER_SIGMA, KEV_PER_CHANNEL, drawn, expected_peaks, spectrum_of

WIDTH = PeakWidth(a_kev2=1.0, b_kev=0.0025)


def test_peaks_are_found_where_they_are_with_their_areas() -> None:
    truth = {130.0: 2000.0, 260.5: 1500.0, 391.2: 4000.0}
    made = tuple((area, 2 * energy, 2 * WIDTH.fwhm_at(energy)) for energy, area in truth.items())
    found = search_peaks(drawn(expected_peaks(made), 2), width=WIDTH, threshold=6.0)
    assert [round(peak.energy_kev) for peak in found] == [round(energy) for energy in truth]
    for peak, (energy, area) in zip(found, truth.items(), strict=True):
        assert peak.energy_kev == pytest.approx(energy, abs=0.15)
        assert peak.channel == pytest.approx(2 * energy, abs=0.3)
        assert peak.net_counts == pytest.approx(area, rel=0.12)
        assert peak.fwhm_kev == pytest.approx(WIDTH.fwhm_at(energy), rel=0.01)


def test_a_background_alone_has_next_to_no_peaks() -> None:
    found = 0
    for seed in range(20):
        for level in (0.05, 3.0, 300.0):
            slope = expected_peaks((), channels=4096, background=(level * 3, level))
            found += len(search_peaks(drawn(slope, seed), width=WIDTH, threshold=5.0))
    assert found <= 3


def test_the_filter_gives_areas_and_the_deviation_that_counting_has() -> None:
    sigma = np.full(512, 3.0)
    expected = expected_peaks(((5000.0, 256.0, 3.0 * FWHM_PER_SIGMA),), channels=512, background=(50.0, 50.0))
    answer, noise = filter_answers(expected, sigma)
    assert answer[256] == pytest.approx(5000, rel=0.03)
    drawn_answers = [
        filter_answers(drawn(expected, seed).counts.astype(np.float64), sigma)[0][256] for seed in range(400)
    ]
    assert float(np.std(drawn_answers)) == pytest.approx(noise[256], rel=0.12)


@pytest.mark.parametrize("sigma_channels", [2.0, 5.9, 6.1, 14.0, 60.0, 250.0])
def test_channels_are_joined_without_a_loss(sigma_channels: float) -> None:
    channels = 8192
    made = ((200_000.0, 4000.0, sigma_channels * FWHM_PER_SIGMA),)
    expected = expected_peaks(made, channels=channels, background=(100.0, 100.0))
    answer, noise = filter_answers(expected, np.full(channels, sigma_channels))
    wide = PeakWidth(a_kev2=(sigma_channels * FWHM_PER_SIGMA * KEV_PER_CHANNEL) ** 2)
    made_of = spectrum_of(np.rint(expected).astype(np.int64))
    best = max(search_peaks(made_of, width=wide, threshold=5.0), key=lambda peak: peak.significance)
    assert best.significance == pytest.approx(float((answer / noise).max()), rel=0.02)
    assert best.channel == pytest.approx(4000, abs=0.02 * sigma_channels)
    assert best.net_counts == pytest.approx(200_000, rel=0.02)


def test_the_eu_152_lines_of_a_real_spectrum_are_found() -> None:
    path = shared("spectra", "sources", "eu_calib_7cm.Spe")
    (spectrum,) = read_spectra(path.read_bytes())
    found = search_peaks(spectrum, width=WIDTH, threshold=6.0)
    lines_kev = (
        121.78,
        244.70,
        344.28,
        411.12,
        443.96,
        778.90,
        867.38,
        964.06,
        1085.84,
        1112.08,
        1212.95,
        1299.14,
    )
    for energy in (*lines_kev, 1408.01, 1460.82):
        assert min(abs(peak.energy_kev - energy) for peak in found) < 1.3, energy


def test_a_part_of_the_scale_can_be_searched() -> None:
    made = tuple((3000.0, 2 * energy, 2 * WIDTH.fwhm_at(energy)) for energy in (100.0, 300.0))
    spectrum = drawn(expected_peaks(made), 2)
    (only,) = search_peaks(spectrum, width=WIDTH, threshold=6.0, from_kev=200.0, to_kev=400.0)
    assert only.energy_kev == pytest.approx(300, abs=0.2)
    assert only.channel == pytest.approx(600, abs=0.4)


def test_an_empty_spectrum_has_no_peaks() -> None:
    assert search_peaks(spectrum_of(np.zeros(256, dtype=np.int64)), width=WIDTH, threshold=5.0) == ()


def test_what_cannot_be_searched_is_refused() -> None:
    spectrum = spectrum_of(np.ones(256, dtype=np.int64))
    with pytest.raises(MeasurementError, match="threshold 0"):
        search_peaks(spectrum, width=WIDTH, threshold=0)
    with pytest.raises(MeasurementError, match="channels to search"):
        search_peaks(spectrum, width=WIDTH, threshold=5.0, from_kev=125.0)
    falling = spectrum.with_scale(EnergyScale(coefficients_kev=(100.0, -0.1)))
    with pytest.raises(MeasurementError, match="scale does not increase"):
        search_peaks(falling, width=WIDTH, threshold=5.0)
    bare = Spectrum(counts=np.ones(64, dtype=np.int64), live_time_ns=1, real_time_ns=1)
    with pytest.raises(MeasurementError, match="no energy calibration"):
        search_peaks(bare, width=WIDTH, threshold=5.0)
