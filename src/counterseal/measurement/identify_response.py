"""How strongly each line of a nuclide is seen, up to one factor: kinds of detectors, thicknesses of shields.

Nobody tells an identification what the detector is, how far the source, and what lies between. The course of
the efficiency is taken as usual for the kind of detector that the width of its peaks shows, and a ladder of
shields is tried. What is left to chance is a factor that grows with the distance in energy of two lines.
"""

from dataclasses import dataclass

import numpy as np

from counterseal.measurement.identify_width import SCINTILLATOR_FWHM_KEV
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.spectrum import Floats

_REFERENCE_KEV = 661.657
_GERMANIUM_FWHM_KEV = 2.6
_FAR_POWER, _MOST_FACTOR = 0.5, 3.5

_ENERGIES_MEV = np.array(
    [
        *(0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.088, 0.08801, 0.1, 0.15, 0.2, 0.3, 0.4),
        *(0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0),
    ]
)
_ENERGIES_KEV = 1000.0 * _ENERGIES_MEV
# Mass attenuation coefficients [cm2/g] of Hubbell and Seltzer, NISTIR 5632; 88.0 keV is the K edge of lead.
_IRON = np.array(
    [
        *(25.68, 8.176, 3.629, 1.958, 1.205, 0.5952, 0.4853, 0.4852, 0.3717, 0.1964, 0.1460, 0.1099, 0.0940),
        *(0.08414, 0.07704, 0.06699, 0.05995, 0.05350, 0.04883, 0.04265, 0.03621),
    ]
)
_LEAD = np.array(
    [
        *(86.36, 30.32, 14.36, 8.041, 5.021, 2.419, 1.910, 7.683, 5.549, 2.014, 0.9985, 0.4031, 0.2323),
        *(0.1614, 0.1248, 0.08870, 0.07102, 0.05876, 0.05222, 0.04606, 0.04234),
    ]
)
_SHIELDS: tuple[tuple[float, float], ...] = (
    (0.0, 0.0),
    (0.3, 0.0),
    (1.2, 0.0),
    (4.0, 0.0),
    (12.0, 0.0),
    (30.0, 0.0),
    (0.0, 0.4),
    (0.0, 1.2),
    (0.0, 4.0),
    (0.0, 12.0),
    (0.0, 30.0),
)
"""Iron and lead [g/cm2] in the way: nothing, then 0.4 mm to 4 cm of one, 0.4 mm to 2.6 cm of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorKind:
    """What the width of its peaks says about a detector.

    Attributes:
        name: ``germanium``, ``semiconductor`` or ``scintillator``.
        knee_kev: Energy above which the efficiency falls [keV].
        power: How steeply it falls.
        tolerance_fwhm: how far a line may be from its place [widths at half maximum].
        tolerance_kev: And at least how far [keV].
        rough: Part of the counts under a peak by which a continuum may bend like one.
        near_factor: By how much the ratio of lines near each other may differ from what it should be.
        backscatter: Largest part of a line at 661.657 keV that its backscattered photons look like.
        blur: Part of a peak that is not believed of what is left around it when it is taken away.
        proof_kev: Energy from which lines prove a nuclide; lower ones only go with them [keV].
    """

    name: str
    knee_kev: float
    power: float
    tolerance_fwhm: float
    tolerance_kev: float
    rough: float
    near_factor: float
    backscatter: float
    blur: float
    proof_kev: float

    def tolerance_at(self, energy_kev: Floats, fwhm_kev: Floats) -> Floats:
        """Return how far lines may be from their places [keV], by energies and widths [keV] of one shape."""
        found: Floats = np.maximum(self.tolerance_fwhm * fwhm_kev, self.tolerance_kev + 2e-4 * energy_kev)
        return found


_GERMANIUM = DetectorKind(
    name="germanium",
    knee_kev=150.0,
    power=0.95,
    tolerance_fwhm=0.35,
    tolerance_kev=0.35,
    rough=0.002,
    near_factor=1.4,
    backscatter=0.03,
    blur=0.10,
    proof_kev=45.0,
)
_SEMICONDUCTOR = DetectorKind(
    name="semiconductor",
    knee_kev=130.0,
    power=1.45,
    tolerance_fwhm=0.35,
    tolerance_kev=0.8,
    rough=0.004,
    near_factor=1.6,
    backscatter=0.04,
    blur=0.12,
    proof_kev=45.0,
)
_SCINTILLATOR = DetectorKind(
    name="scintillator",
    knee_kev=250.0,
    power=1.05,
    tolerance_fwhm=0.5,
    tolerance_kev=2.0,
    rough=0.015,
    near_factor=2.0,
    backscatter=0.13,
    blur=0.12,
    proof_kev=55.0,
)


def kind_of(width: PeakWidth) -> DetectorKind:
    """Return the kind of detector that has peaks of this width."""
    fwhm = width.fwhm_at(_REFERENCE_KEV)
    if fwhm >= SCINTILLATOR_FWHM_KEV:
        return _SCINTILLATOR
    return _GERMANIUM if fwhm < _GERMANIUM_FWHM_KEV else _SEMICONDUCTOR


def efficiency(kind: DetectorKind, energy_kev: Floats) -> Floats:
    """Return the usual course of the efficiency [1, arbitrary scale] at energies [keV], same shape."""
    found: Floats = 1.0 / (1.0 + np.power(energy_kev / kind.knee_kev, kind.power))
    return found


def responses(kind: DetectorKind, energy_kev: Floats) -> Floats:
    """Return the efficiency behind every shield of the ladder, shape (shields, energies)."""
    place = np.log(np.clip(energy_kev, _ENERGIES_KEV[0], _ENERGIES_KEV[-1]))
    grid = np.log(_ENERGIES_KEV)
    iron = np.exp(np.interp(place, grid, np.log(_IRON)))
    lead = np.exp(np.interp(place, grid, np.log(_LEAD)))
    behind = np.array([np.exp(-(a * iron + b * lead)) for a, b in _SHIELDS])
    found: Floats = behind * efficiency(kind, energy_kev)
    return found


def factor_between(kind: DetectorKind, energy_kev: Floats, other_kev: float) -> Floats:
    """Return by how much the ratio of two lines may differ from the expected one [1], above 1.

    Lines near each other are seen alike; for lines far apart geometry, absorption in the source and the
    detector's size all enter.
    """
    apart = np.abs(np.log(energy_kev / other_kev))
    found: Floats = np.minimum(kind.near_factor * np.exp(_FAR_POWER * apart), _MOST_FACTOR)
    return found
