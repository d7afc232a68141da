"""Known alpha, effective Pu-240 and the calibration curve, against what INCC printed."""

import pytest

from counterseal.measurement.calibration_curve import CalibrationCurve, mass_on_curve
from counterseal.measurement.coincidence_rates import uncorrelated_rates
from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.known_alpha import (
    KnownAlphaCalibration,
    PlutoniumComposition,
    effective_pu240_percent,
    oxide_alpha,
    solve_known_alpha,
)

V2_END = PlutoniumComposition(
    pu238=0.0511, pu239=82.8336, pu240=16.4876, pu241=0.2797, pu242=0.3481, am241=1.1330
)
CALIBRATION = KnownAlphaCalibration(rho_zero=0.0362, k=2.166, a_per_s=7.169626, b_per_s_g=2.465957)
MEASURED = uncorrelated_rates((3460.425, 94.967, 3.431), uncertainties=(2.255, 0.795, 0.827))


def test_effective_pu240_of_the_published_composition() -> None:
    """Vector V4."""
    assert round(effective_pu240_percent(V2_END), 3) == 17.201


def test_the_published_assay_to_one_in_the_last_digit() -> None:
    """Vector V5, 633L1453."""
    alpha = round(oxide_alpha(V2_END), 3)
    assert alpha == 0.525
    found = solve_known_alpha(MEASURED, alpha=alpha, calibration=CALIBRATION)
    assert found.multiplication == pytest.approx(1.035, abs=1.001e-3)
    assert found.corrected_doubles_per_s == pytest.approx(79.340, abs=1.001e-3)
    assert found.m240_g == pytest.approx(29.267, abs=1.001e-3)
    assert found.m240_g / 0.17201 == pytest.approx(170.144, abs=3e-3)
    assert [round(unc, 3) for unc in found.uncertainties[1:]] == [0.176, 0.071]


def test_alpha_is_in_the_quadratic() -> None:
    """Leaving (1 + alpha) out of it gives 1.048 instead of 1.035."""
    found = solve_known_alpha(MEASURED, alpha=0.525, calibration=CALIBRATION).multiplication
    left_out = solve_known_alpha(
        MEASURED,
        alpha=0.0,
        calibration=KnownAlphaCalibration(
            rho_zero=0.0362 / 1.525, k=2.166, a_per_s=7.169626, b_per_s_g=2.465957
        ),
    ).multiplication
    assert (round(found, 3), round(left_out, 3)) == (1.035, 1.048)


def test_the_uncertainty_of_a_calibration_is_carried() -> None:
    certain = solve_known_alpha(MEASURED, alpha=0.525, calibration=CALIBRATION)
    doubtful = solve_known_alpha(
        MEASURED,
        alpha=0.525,
        calibration=KnownAlphaCalibration(
            rho_zero=0.0362,
            k=2.166,
            a_per_s=7.169626,
            b_per_s_g=2.465957,
            covariance=((0.04, 0.0), (0.0, 1e-4)),
        ),
    )
    more = (0.2 / 2.465957) ** 2 + (certain.m240_g * 0.01 / 2.465957) ** 2
    assert doubtful.covariance[2][2] - certain.covariance[2][2] == pytest.approx(more, rel=1e-9)


def test_slopes_are_those_of_the_solution() -> None:
    step = 1e-3
    for kind, name in ((0, "singles"), (1, "doubles")):
        values = [3460.425, 94.967, 3.431]
        uncertainties = [0.0, 0.0, 0.0]
        uncertainties[kind] = 1.0
        alone = uncorrelated_rates(values, uncertainties=uncertainties)
        found = solve_known_alpha(alone, alpha=0.525, calibration=CALIBRATION).uncertainties[2]
        masses = []
        for sign in (1, -1):
            moved = list(values)
            moved[kind] += sign * step
            rates = uncorrelated_rates(moved, uncertainties=(0.0, 0.0, 0.0))
            masses.append(solve_known_alpha(rates, alpha=0.525, calibration=CALIBRATION).m240_g)
        assert found == pytest.approx(abs(masses[0] - masses[1]) / (2 * step), rel=1e-6), name


@pytest.mark.parametrize(("values", "alpha"), [((0.0, 1.0), 0.5), ((10.0, -1.0), 0.5), ((10.0, 1.0), -0.1)])
def test_rates_without_an_answer_are_refused(values: tuple[float, float], alpha: float) -> None:
    rates = uncorrelated_rates((*values, 0.0), uncertainties=(0.0, 0.0, 0.0))
    with pytest.raises(MeasurementError, match="known alpha"):
        solve_known_alpha(rates, alpha=alpha, calibration=CALIBRATION)


def test_a_composition_that_is_none_is_refused() -> None:
    with pytest.raises(MeasurementError, match="adds up to 90"):
        PlutoniumComposition(pu238=0.0, pu239=70.0, pu240=20.0, pu241=0.0, pu242=0.0)
    with pytest.raises(MeasurementError, match="between 0 and 100"):
        PlutoniumComposition(pu238=-0.1, pu239=80.0, pu240=20.0, pu241=0.0, pu242=0.1)
    with pytest.raises(MeasurementError, match="no meaning"):
        oxide_alpha(PlutoniumComposition(pu238=0.0, pu239=100.0, pu240=0.0, pu241=0.0, pu242=0.0))
    with pytest.raises(CalibrationError, match="rho zero"):
        KnownAlphaCalibration(rho_zero=0.0, k=2.166, a_per_s=0.0, b_per_s_g=1.0)


def test_published_calibration_curve() -> None:
    """1AKW2118: D = 41.94109 m + 0.09398073 m^2; INCC prints 0.708 +- 0.010 g."""
    curve = CalibrationCurve(
        coefficients=(0.0, 41.94109, 0.09398073, 0.0),
        covariance=(
            (0.0, 0.0, 0.0, 0.0),
            (0.0, 0.1513353, -0.003918965, 0.0),
            (0.0, -0.003918965, 0.0008522965, 0.0),
            (0.0, 0.0, 0.0, 0.0),
        ),
    )
    rates = uncorrelated_rates((817.471, 29.737, 3.405), uncertainties=(1.552, 0.348, 0.180))
    mass, unc = mass_on_curve(rates, curve=curve)
    assert (round(mass, 3), round(unc, 3)) == (0.708, 0.010)


def test_doubles_past_the_top_of_a_curve_have_no_mass() -> None:
    curve = CalibrationCurve(coefficients=(0.0, 10.0, -1.0, 0.0))
    rates = uncorrelated_rates((100.0, 26.0, 0.0), uncertainties=(0.0, 0.0, 0.0))
    with pytest.raises(MeasurementError, match="no mass has"):
        mass_on_curve(rates, curve=curve)
    with pytest.raises(CalibrationError, match="b must be above 0"):
        CalibrationCurve(coefficients=(0.0, 0.0, 1.0, 0.0))
