"""Efficiency curves: recovered from points of one and of several sources of unknown strength."""

import numpy as np
import pytest

from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.errors import CalibrationError, MeasurementError


def _truth(energy_kev: float) -> float:
    place = np.log(energy_kev / 500.0)
    return float(np.exp(-6.0 - 0.9 * place - 0.15 * place**2))


def _points(*, noise: float = 0.0, factor: float = 7.0) -> tuple[EfficiencyPoint, ...]:
    generator = np.random.Generator(np.random.Philox(8))
    rows = [(energy, "one", 1.0) for energy in (121.8, 244.7, 344.3, 779.0, 964.1, 1112.1, 1408.0)]
    rows += [(energy, "two", factor) for energy in (81.0, 276.4, 302.9, 356.0, 383.8)]
    return tuple(
        EfficiencyPoint(
            energy_kev=energy,
            efficiency=_truth(energy) * times * float(np.exp(noise * generator.standard_normal())),
            relative_unc=max(noise, 0.01),
            group=group,
        )
        for energy, group, times in rows
    )


def test_exact_points_give_curve_and_factor_back() -> None:
    found = fit_efficiency(_points(), degree=2)
    energies = np.array([60.0, 200.0, 661.7, 1460.8])
    assert found.at(energies) == pytest.approx(np.array([_truth(e) for e in energies]), rel=1e-9)
    assert found.factors[0][0] == "two"
    assert found.factors[0][1] == pytest.approx(np.log(7.0), rel=1e-9)
    assert found.chi_square == pytest.approx(0, abs=1e-12)
    assert found.degrees_of_freedom == 12 - 4


def test_the_stated_uncertainty_covers_the_truth() -> None:
    found = fit_efficiency(_points(noise=0.03), degree=2)
    for energy in (100.0, 300.0, 800.0, 1300.0):
        off = abs(np.log(found.at(np.array([energy]))[0] / _truth(energy)))
        assert off < 3 * found.relative_unc_at(energy)
    assert 0.01 < found.relative_unc_at(661.7) < 0.03


def test_what_cannot_be_fitted_is_refused() -> None:
    points = _points()
    with pytest.raises(CalibrationError, match="degree of 2"):
        fit_efficiency(points[:2], degree=2)
    with pytest.raises(CalibrationError, match="must be above 0"):
        fit_efficiency((EfficiencyPoint(energy_kev=1.0, efficiency=0.0, relative_unc=1.0),), degree=0)
    same = tuple(EfficiencyPoint(energy_kev=100.0, efficiency=1.0, relative_unc=0.1) for _ in range(4))
    with pytest.raises(MeasurementError, match="depends on"):
        fit_efficiency(same, degree=1)
