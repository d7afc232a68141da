"""Simulated spectra: what goes in can be measured again, and the same chance gives the same counts."""

from dataclasses import replace

import numpy as np
import pytest

from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.energy_calibration import channel_of
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.region_fit import PeakStart, fit_region
from counterseal.measurement.region_model import Shape
from counterseal.measurement.simulate_spectrum import (
    SimulatedDetector,
    SimulatedSource,
    expected_counts,
    simulate_spectrum,
)
from counterseal.measurement.spectrum import EnergyScale
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.reference.nuclear_data.errors import UnknownNuclideError

DATA = load_nuclear_data()
EFFICIENCY = fit_efficiency(
    (
        EfficiencyPoint(energy_kev=100.0, efficiency=4e-3, relative_unc=0.01),
        EfficiencyPoint(energy_kev=1000.0, efficiency=6e-4, relative_unc=0.01),
    ),
    degree=1,
)
DETECTOR = SimulatedDetector(
    channels=4096,
    scale=EnergyScale(coefficients_kev=(0.0, 0.5)),
    width=PeakWidth(a_kev2=1.0, b_kev=0.0025),
    efficiency=EFFICIENCY,
    background_rate_per_s=20.0,
)
CS_137 = (SimulatedSource(nuclide="Cs-137", activity_bq=40_000.0),)
HOUR_NS = 3600 * 10**9


def test_the_activity_can_be_measured_again() -> None:
    generator = np.random.Generator(np.random.Philox(1))
    spectrum = simulate_spectrum(
        generator, sources=CS_137, detector=DETECTOR, live_time_ns=HOUR_NS, data=DATA
    )
    line = DATA.line("Cs-137", 661.66)
    at = channel_of(spectrum, line.energy_kev)
    fwhm = DETECTOR.width.fwhm_at(line.energy_kev) / 0.5
    fit = fit_region(
        spectrum,
        region=(round(at - 3 * fwhm), round(at + 3 * fwhm)),
        peaks=(PeakStart(channel=at, fwhm_channels=fwhm),),
        shape=Shape(),
    )
    efficiency = float(EFFICIENCY.at(np.array([line.energy_kev]))[0])
    measured_bq = fit.peaks[0].area_counts / (3600 * efficiency * line.intensity)
    assert measured_bq == pytest.approx(
        40_000, rel=4 * fit.peaks[0].area_unc_counts / fit.peaks[0].area_counts
    )
    assert fit.deviance < 2.5 * fit.degrees_of_freedom


def test_the_same_chance_gives_the_same_counts_and_another_does_not() -> None:
    spectra = [
        simulate_spectrum(
            np.random.Generator(np.random.Philox(key)),
            sources=CS_137,
            detector=DETECTOR,
            live_time_ns=HOUR_NS,
            data=DATA,
            dead_part=0.2,
        )
        for key in (7, 7, 8)
    ]
    assert (spectra[0].counts == spectra[1].counts).all()
    assert not (spectra[0].counts == spectra[2].counts).all()
    assert spectra[0].real_time_ns == round(HOUR_NS / 0.8)
    assert spectra[0].provenance.form == "simulated"
    assert spectra[0].provenance.sha256 == DATA.sha256


def test_counts_are_spread_as_chance_spreads_them() -> None:
    expected = expected_counts(CS_137, detector=DETECTOR, live_time_s=60.0, data=DATA)
    generator = np.random.Generator(np.random.Philox(3))
    spectrum = simulate_spectrum(
        generator, sources=CS_137, detector=DETECTOR, live_time_ns=60 * 10**9, data=DATA
    )
    seen = expected > 0.05
    chi_square = float(np.sum((spectrum.counts[seen] - expected[seen]) ** 2 / expected[seen]))
    assert chi_square == pytest.approx(seen.sum(), rel=0.15)
    assert expected_counts(CS_137, detector=DETECTOR, live_time_s=120.0, data=DATA) == pytest.approx(
        2 * expected
    )


def test_daughters_come_with_their_parent_and_parts_add_up() -> None:
    thorium = (SimulatedSource(nuclide="Th-232", activity_bq=1e5),)
    wide = replace(DETECTOR, channels=6000)
    both = expected_counts((*thorium, *CS_137), detector=wide, live_time_s=1.0, data=DATA)
    alone = [expected_counts(one, detector=wide, live_time_s=1.0, data=DATA) for one in (thorium, CS_137, ())]
    assert both == pytest.approx(alone[0] + alone[1] - alone[2])
    assert alone[0][5229] > 20 * alone[0][5260]
    assert alone[1][5229] == pytest.approx(alone[2][5229])


def test_a_drift_broadens_and_shifts_the_peak() -> None:
    drifted = expected_counts(
        CS_137, detector=replace(DETECTOR, gain_drift=4e-3), live_time_s=1.0, data=DATA, drift_steps=64
    )
    still = expected_counts(CS_137, detector=DETECTOR, live_time_s=1.0, data=DATA)
    channels = np.arange(1300, 1350)
    tops = [float(np.sum(channels * (part := c[channels])) / np.sum(part)) for c in (still, drifted)]
    assert tops[1] - tops[0] == pytest.approx(1323.3 * 2e-3, rel=0.1)
    assert drifted.max() < still.max()


def test_the_peak_has_its_part_of_the_total() -> None:
    quiet = replace(DETECTOR, background_rate_per_s=0.0, peak_to_total=0.25)
    mono = (SimulatedSource(nuclide="Mn-54", activity_bq=1e6),)
    counts = expected_counts(mono, detector=quiet, live_time_s=1.0, data=DATA)
    line = DATA.line("Mn-54", 834.8)
    near = slice(round(2 * line.energy_kev) - 20, round(2 * line.energy_kev) + 21)
    assert counts[near].sum() / counts.sum() == pytest.approx(0.25, rel=0.01)
    assert counts[:20].sum() == 0


def test_what_cannot_be_is_refused() -> None:
    generator = np.random.Generator(np.random.Philox(1))
    with pytest.raises(MeasurementError, match="activities and the time"):
        expected_counts(
            (SimulatedSource(nuclide="Co-60", activity_bq=-1.0),),
            detector=DETECTOR,
            live_time_s=1.0,
            data=DATA,
        )
    with pytest.raises(UnknownNuclideError):
        expected_counts(
            (SimulatedSource(nuclide="Xx-1", activity_bq=1.0),), detector=DETECTOR, live_time_s=1.0, data=DATA
        )
    with pytest.raises(MeasurementError, match="more counts than can be drawn"):
        expected_counts(CS_137, detector=DETECTOR, live_time_s=1e18, data=DATA)
    with pytest.raises(MeasurementError, match="dead part 1"):
        simulate_spectrum(generator, sources=(), detector=DETECTOR, live_time_ns=1, data=DATA, dead_part=1.0)
    with pytest.raises(MeasurementError, match="peak to total 0"):
        replace(DETECTOR, peak_to_total=0.0)
