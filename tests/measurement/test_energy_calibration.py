"""Energy calibration: known scales come back, and a real spectrum's lines fall where they belong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.measurement.energy_calibration import CalibrationPoint, calibrate_energy, channel_of
from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.peak_search import search_peaks
from counterseal.measurement.peak_width import FWHM_PER_SIGMA, PeakWidth
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data
from shared_data import shared


@given(
    offset=st.floats(-20, 20),
    gain=st.floats(0.1, 1.0),
    bend=st.floats(-1e-6, 1e-6),
    twist=st.floats(-1e-11, 1e-11),
)
def test_a_cubic_scale_comes_back(offset: float, gain: float, bend: float, twist: float) -> None:
    truth = EnergyScale(coefficients_kev=(offset, gain, bend, twist))
    channels = np.array([200.0, 700.0, 1500.0, 2600.0, 4000.0, 6100.0, 8000.0])
    points = tuple(
        CalibrationPoint(channel=channel, channel_unc=0.02, energy_kev=energy)
        for channel, energy in zip(channels.tolist(), truth.energy_kev(channels).tolist(), strict=True)
    )
    found = calibrate_energy(points, degree=3, channels=8192)
    everywhere = np.arange(0, 8192, 100, dtype=np.float64)
    assert found.scale.energy_kev(everywhere) == pytest.approx(truth.energy_kev(everywhere), abs=1e-6)
    assert found.residuals_kev == pytest.approx((0,) * 7, abs=1e-7)
    assert found.degrees_of_freedom == 3


def test_the_stated_uncertainty_covers_the_scale() -> None:
    generator = np.random.Generator(np.random.Philox(6))
    pulls, chi = [], []
    for _ in range(300):
        channels = np.array([300.0, 900.0, 2000.0, 3100.0, 4000.0])
        seen = channels + 0.1 * generator.standard_normal(5)
        points = tuple(
            CalibrationPoint(channel=float(c), channel_unc=0.1, energy_kev=float(0.4 * t))
            for c, t in zip(seen, channels, strict=True)
        )
        found = calibrate_energy(points, degree=1, channels=4096)
        off = float(found.scale.energy_kev(np.array([2500.0]))[0]) - 1000.0
        pulls.append(off / found.unc_at(2500.0))
        chi.append(found.chi_square)
    assert float(np.std(pulls)) == pytest.approx(1.0, abs=0.183)
    assert float(np.mean(chi)) == pytest.approx(3.0, abs=0.5)


def test_a_real_eu_152_spectrum_is_calibrated_and_foretells_potassium() -> None:
    (spectrum,) = read_spectra(shared("spectra", "sources", "eu_calib_7cm.Spe").read_bytes())
    data, width = load_nuclear_data(), PeakWidth(a_kev2=1.0, b_kev=0.0025)
    found = search_peaks(spectrum, width=width, threshold=8.0)
    points = []
    for energy in (121.78, 244.70, 344.28, 411.12, 778.90, 964.06, 1112.08, 1408.01):
        line = data.line("Eu-152", energy)
        near = min(found, key=lambda peak: abs(peak.energy_kev - energy))
        fwhm = near.fwhm_kev / 0.18297
        half = round(2.5 * fwhm)
        region = (round(near.channel) - half, round(near.channel) + half)
        peak = fit_region(
            spectrum, region=region, peaks=(PeakStart(channel=near.channel, fwhm_channels=fwhm),)
        ).peaks[0]
        points.append(
            CalibrationPoint(
                channel=peak.channel,
                channel_unc=max(peak.channel_unc, 0.05),
                energy_kev=line.energy_kev,
                energy_unc_kev=line.energy_unc_kev,
            )
        )
        assert peak.fwhm_channels / FWHM_PER_SIGMA > 2
    calibration = calibrate_energy(tuple(points), degree=3, channels=len(spectrum.counts))
    assert max(abs(residual) for residual in calibration.residuals_kev) < 0.183  # one channel
    on_it = spectrum.with_scale(calibration.scale)
    potassium = min(
        search_peaks(on_it, width=width, threshold=6.0), key=lambda peak: abs(peak.energy_kev - 1460.82)
    )
    assert potassium.energy_kev == pytest.approx(data.line("K-40", 1460.8).energy_kev, abs=0.183)


def test_the_channel_of_an_energy_is_the_inverse_of_the_scale() -> None:
    scale = EnergyScale(coefficients_kev=(-3.0, 0.5, 1e-5))
    spectrum = Spectrum(counts=np.zeros(1000, dtype=np.int64), live_time_ns=1, real_time_ns=1, scale=scale)
    for channel in (0.0, 17.25, 500.0, 998.9):
        energy = float(scale.energy_kev(np.array([channel]))[0])
        assert channel_of(spectrum, energy) == pytest.approx(channel, abs=1e-5)
    with pytest.raises(MeasurementError, match="outside of the scale"):
        channel_of(spectrum, -4.0)
    with pytest.raises(MeasurementError, match="outside of the scale"):
        channel_of(spectrum, 1e4)


def test_what_gives_no_scale_is_refused() -> None:
    points = tuple(
        CalibrationPoint(channel=c, channel_unc=0.1, energy_kev=e)
        for c, e in ((0.0, 0.0), (100.0, 50.0), (200.0, 20.0))
    )
    with pytest.raises(CalibrationError, match="does not increase over all 300"):
        calibrate_energy(points, degree=2, channels=300)
    with pytest.raises(CalibrationError, match="3 points for a degree of 3"):
        calibrate_energy(points, degree=3, channels=300)
    with pytest.raises(CalibrationError, match="3 points for a degree of 4"):
        calibrate_energy(points, degree=4, channels=300)
    same = tuple(CalibrationPoint(channel=5.0, channel_unc=0.1, energy_kev=e) for e in (1.0, 2.0))
    with pytest.raises(CalibrationError, match="2 points for a degree of 1"):
        calibrate_energy(same, degree=1, channels=300)
    bare = tuple(CalibrationPoint(channel=c, channel_unc=0.0, energy_kev=c) for c in (1.0, 2.0))
    with pytest.raises(CalibrationError, match="needs an uncertainty"):
        calibrate_energy(bare, degree=1, channels=300)
