"""Calibration from known lines, with a scale to start from and without one."""

from dataclasses import replace

import numpy as np
import pytest

from counterseal.measurement.errors import CalibrationError
from counterseal.measurement.line_calibration import KnownLine, calibrate_from_lines
from counterseal.measurement.spectrum import EnergyScale
from strategies.known_sources import DATA, KINDS, made


def lines_of(*nuclides: str) -> list[KnownLine]:
    return [
        KnownLine(energy_kev=line.energy_kev, weight=line.intensity)
        for name in nuclides
        for line in DATA.nuclide(name).lines
        if line.intensity > 0.01
    ]


@pytest.mark.parametrize("afresh", [True, False])
@pytest.mark.parametrize(
    ("kind", "sources"),
    [
        ("hpge", ("Eu-152",)),
        ("hpge", ("Co-60", "Cs-137")),
        ("czt", ("Ba-133", "Cs-137")),
        ("labr", ("Eu-152",)),
        ("nai", ("Co-60", "Cs-137")),
    ],
)
def test_the_scale_is_found(kind: str, sources: tuple[str, ...], *, afresh: bool) -> None:
    spectrum = made(kind, dict.fromkeys(sources, 60_000.0), seed=5)
    start = (
        replace(spectrum, scale=None)
        if afresh
        else spectrum.with_scale(
            EnergyScale(coefficients_kev=(0.2 * KINDS[kind][1], KINDS[kind][1] * 1.0004))
        )
    )
    found = calibrate_from_lines(start, lines=lines_of(*sources))
    within = np.array([found.lines[0].energy_kev, found.lines[-1].energy_kev])
    energies = found.calibration.scale.energy_kev(within / KINDS[kind][1])
    assert np.abs(energies - within).max() < 0.08 * KINDS[kind][2]
    assert found.width.fwhm_at(661.657) == pytest.approx(KINDS[kind][2], rel=0.2)
    assert len(found.lines) >= 2


def test_energies_alone_are_enough() -> None:
    spectrum = replace(made("hpge", {"Co-60": 60_000.0, "Cs-137": 60_000.0}, seed=5), scale=None)
    lines = [KnownLine(energy_kev=energy) for energy in (661.657, 1173.228, 1332.492)]
    found = calibrate_from_lines(spectrum, lines=lines, degree=1)
    assert found.calibration.scale.coefficients_kev == pytest.approx((0.0, 0.37), abs=0.05)
    assert [round(line.energy_kev) for line in found.lines] == [662, 1173, 1332]


def test_too_little_is_refused() -> None:
    spectrum = made("hpge", {"Cs-137": 60_000.0}, seed=5, soil=False)
    with pytest.raises(CalibrationError, match="1 known lines, must be 2 or more"):
        calibrate_from_lines(spectrum, lines=[KnownLine(energy_kev=661.657)])
    with pytest.raises(CalibrationError, match="1 of the known lines were found standing alone"):
        calibrate_from_lines(spectrum, lines=[KnownLine(energy_kev=661.657), KnownLine(energy_kev=1332.492)])
    empty = replace(spectrum, scale=None, counts=np.full(8192, 30, dtype=np.int64))
    with pytest.raises(CalibrationError, match="strongest peaks"):
        calibrate_from_lines(empty, lines=lines_of("Co-60"))
