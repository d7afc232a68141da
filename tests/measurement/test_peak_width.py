"""The curve of peak widths: recovered from points, and refused where it means nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.peak_width import PeakWidth, WidthPoint, fit_peak_width


@given(a=st.floats(0.1, 5), b=st.floats(1e-4, 5e-2), c=st.floats(0, 1e-5))
def test_exact_points_give_their_curve_back(a: float, b: float, c: float) -> None:
    truth = PeakWidth(a_kev2=a, b_kev=b, c=c)
    points = tuple(
        WidthPoint(energy_kev=energy, fwhm_kev=truth.fwhm_at(energy), fwhm_unc_kev=0.02)
        for energy in (59.5, 122.0, 344.3, 661.7, 1173.2, 1408.0, 2614.5)
    )
    found = fit_peak_width(points)
    for energy in (30.0, 200.0, 1000.0, 3000.0):
        assert found.fwhm_at(energy) == pytest.approx(truth.fwhm_at(energy), rel=1e-6)


def test_a_curve_that_would_fall_below_zero_loses_terms() -> None:
    points = tuple(
        WidthPoint(energy_kev=energy, fwhm_kev=fwhm, fwhm_unc_kev=0.1)
        for energy, fwhm in ((60.0, 0.4), (300.0, 1.9), (600.0, 2.0), (900.0, 1.1))
    )
    found = fit_peak_width(points)
    assert (found.fwhm_kev(np.linspace(0, 900, 91)) > 0).all()
    assert found.c == 0.0


def test_fewer_terms_need_fewer_points() -> None:
    point = WidthPoint(energy_kev=661.7, fwhm_kev=1.6, fwhm_unc_kev=0.1)
    assert fit_peak_width((point,), terms=1).fwhm_at(100.0) == pytest.approx(1.6)


def test_what_is_no_width_is_refused() -> None:
    point = WidthPoint(energy_kev=661.7, fwhm_kev=1.6, fwhm_unc_kev=0.1)
    with pytest.raises(CalibrationError, match="1 points for 3 terms"):
        fit_peak_width((point,))
    with pytest.raises(CalibrationError, match="every uncertainty must be above 0"):
        fit_peak_width((WidthPoint(energy_kev=1.0, fwhm_kev=1.0, fwhm_unc_kev=0.0),), terms=1)
    with pytest.raises(CalibrationError, match="is not above 0 at 50 keV"):
        PeakWidth(a_kev2=-1.0).fwhm_at(50.0)
