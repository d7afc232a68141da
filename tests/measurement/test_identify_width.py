"""The width of peaks is found from the spectrum itself, from germanium to sodium iodide."""

import numpy as np
import pytest

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.identify_response import kind_of
from counterseal.measurement.identify_width import find_width, usual_width
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from strategies.known_sources import KINDS, made


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("nuclide", ["Cs-137", "Ba-133", "Th-232"])
def test_the_width_is_found(kind: str, nuclide: str) -> None:
    found = find_width(made(kind, {nuclide: 50_000.0}, seed=3))
    assert found.from_peaks
    wanted = {"Ba-133": 356.0}.get(nuclide, 661.7)
    expected = usual_width(KINDS[kind][2]).fwhm_at(wanted)
    assert found.width.fwhm_at(wanted) == pytest.approx(expected, rel=0.35)


@pytest.mark.parametrize(("fwhm", "kind"), [(0.9, "germanium"), (2.2, "germanium"), (6.0, "semiconductor")])
def test_the_kind_of_detector_goes_by_the_width(fwhm: float, kind: str) -> None:
    assert kind_of(usual_width(fwhm)).name == kind


def test_wide_peaks_are_those_of_scintillators() -> None:
    assert {kind_of(usual_width(fwhm)).name for fwhm in (15.0, 20.0, 46.0)} == {"scintillator"}


@pytest.mark.parametrize(("per_channel", "fwhm"), [(0.3, 1.8), (0.7, 6.0), (3.0, 47.0)])
def test_without_peaks_the_channels_decide_and_it_says_so(per_channel: float, fwhm: float) -> None:
    flat = Spectrum(
        counts=np.full(2048, 50, dtype=np.int64),
        live_time_ns=10**9,
        real_time_ns=10**9,
        scale=EnergyScale(coefficients_kev=(0.0, per_channel)),
    )
    found = find_width(flat)
    assert found.from_peaks == 0
    assert found.width.fwhm_at(661.657) == pytest.approx(fwhm)


def test_a_spectrum_without_energies_is_refused() -> None:
    bare = Spectrum(counts=np.ones(512, dtype=np.int64), live_time_ns=1, real_time_ns=1)
    with pytest.raises(MeasurementError, match="no energy calibration"):
        find_width(bare)
