"""The gate of the check source: each rule lets pass what is within it and stops what is not."""

from dataclasses import replace

import numpy as np
import pytest

from counterseal.measurement.drift_check import DriftCheck, DriftLimits, DriftReason, check_drift
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.spectrum import Spectrum
from strategies.peaks import KEV_PER_CHANNEL, drawn, expected_peaks, spectrum_of

WIDTH = PeakWidth(a_kev2=1.0, b_kev=0.0025)
LINES_KEV = (122.0, 344.0)
LIMITS = DriftLimits(shift_ev=300, width_permille=250, least_net_counts=2000)


def _source(*, shift_kev: float = 0.0, area: float = 20_000.0, broader: float = 1.0) -> Spectrum:
    made = tuple(
        (area, (line + shift_kev) / KEV_PER_CHANNEL, broader * WIDTH.fwhm_at(line) / KEV_PER_CHANNEL)
        for line in LINES_KEV
    )
    return drawn(expected_peaks(made), 9)


def _reasons(spectrum: Spectrum, limits: DriftLimits = LIMITS) -> tuple[bool, set[DriftReason]]:
    found = check_drift(spectrum, lines_kev=LINES_KEV, width=WIDTH, limits=limits)
    return found.passed, {line.reason for line in found.lines}


def test_a_source_in_its_place_passes() -> None:
    assert _reasons(_source()) == (True, {DriftReason.WITHIN_LIMITS})
    found = check_drift(_source(shift_kev=0.2), lines_kev=LINES_KEV, width=WIDTH, limits=LIMITS)
    assert found.passed
    for line in found.lines:
        assert line.shift_kev == pytest.approx(0.2, abs=0.03)
        assert line.shift_unc_kev < 0.02
        assert line.width_ratio == pytest.approx(1.0, abs=0.05)
        assert line.net_counts == pytest.approx(20_000, rel=0.05)


@pytest.mark.parametrize(
    ("spectrum", "reason"),
    [
        (_source(shift_kev=0.4), DriftReason.SHIFTED),
        (_source(shift_kev=-0.4), DriftReason.SHIFTED),
        (_source(area=1000.0), DriftReason.TOO_FEW_COUNTS),
        (_source(broader=1.4), DriftReason.WRONG_WIDTH),
        (_source(broader=0.6), DriftReason.WRONG_WIDTH),
    ],
)
def test_a_source_out_of_its_limits_does_not(spectrum: Spectrum, reason: DriftReason) -> None:
    assert _reasons(spectrum) == (False, {reason})


def test_wider_limits_let_it_pass() -> None:
    assert _reasons(_source(shift_kev=0.4), replace(LIMITS, shift_ev=500))[0]
    assert _reasons(_source(broader=1.4), replace(LIMITS, width_permille=600))[0]
    assert _reasons(_source(area=1000.0), replace(LIMITS, least_net_counts=500))[0]


def test_one_line_out_of_place_is_enough() -> None:
    found = check_drift(_source(), lines_kev=(122.0, 250.0), width=WIDTH, limits=LIMITS)
    assert not found.passed
    assert found.lines[0].reason is DriftReason.WITHIN_LIMITS
    assert found.lines[1].reason is not DriftReason.WITHIN_LIMITS


def test_an_empty_measurement_never_passes() -> None:
    passed, reasons = _reasons(spectrum_of(np.zeros(1024, dtype=np.int64)))
    assert not passed
    assert reasons <= {DriftReason.NOT_FITTED, DriftReason.TOO_FEW_COUNTS}
    assert not DriftCheck(lines=()).passed


def test_a_gate_that_checks_nothing_is_refused() -> None:
    with pytest.raises(MeasurementError, match="no line is given"):
        check_drift(_source(), lines_kev=(), width=WIDTH, limits=LIMITS)
    with pytest.raises(MeasurementError, match="limits of a check source"):
        DriftLimits(shift_ev=0, width_permille=1, least_net_counts=1)
    with pytest.raises(MeasurementError, match="outside of the scale"):
        check_drift(_source(), lines_kev=(5000.0,), width=WIDTH, limits=LIMITS)
