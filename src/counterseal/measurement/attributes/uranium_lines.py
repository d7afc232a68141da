"""What the enrichment of uranium is found from: nuclear data, the regions that are looked at, the method."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from counterseal.measurement.attributes.paired_spectra import Interval
from counterseal.measurement.errors import MeasurementError
from counterseal.reference.nuclear_data import GammaLine, NuclearData

MAX_REGIONS = 20
DEGREES = (2, 3)
"""The efficiency is fitted with both; the estimate is that of the third, which bends as real ones do."""
LEAST_AGE_DAYS = 90
_MOST_FACTOR = 10
_LOWEST_KEV, _HIGHEST_KEV = 100.0, 1_200.0
_ONE_SOURCE_UNC = 0.05
"""Relative uncertainty of an intensity that no second source confirms: more than most of them differ by."""
_LEAST_INTENSITY_UNC = 0.01
_S_PER_DAY = 86_400.0


class UraniumNuclide(StrEnum):
    """Whose line stands in a region: U-235, or what is in equilibrium with U-238 (Pa-234m)."""

    U235 = "U-235"
    U238 = "U-238"


NUCLIDES = (UraniumNuclide.U235, UraniumNuclide.U238)
"""The groups of lines, by their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumLine:
    """A line of uranium or of what is in equilibrium with it.

    Attributes:
        group: 0 for U-235, 1 for U-238.
        energy_kev: Energy [keV].
        intensity: Photons per decay of the parent.
        intensity_unc: Its standard uncertainty.
    """

    group: int
    energy_kev: float
    intensity: float
    intensity_unc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumLines:
    """The nuclear data that the enrichment rests on.

    Attributes:
        lines: Lines from 100 to 1200 keV.
        mass_ratio_per_activity_ratio: Mass ratio of U-235 to U-238 when as many of each decay.
        thorium_half_life_days: Half-life of Th-234, by which the equilibrium grows [days].
    """

    lines: tuple[UraniumLine, ...]
    mass_ratio_per_activity_ratio: float
    thorium_half_life_days: float


def uranium_lines(data: NuclearData) -> UraniumLines:
    """Return what the enrichment needs of an edition of the nuclear data.

    The uncertainty of an intensity is the stated one or half the difference of its two sources,
    whichever is larger, and at least 1 %.

    Args:
        data: The edition that the protocol names.

    Raises:
        NuclearDataError: a nuclide is not in it.
    """
    uranium_235, uranium_238 = (data.nuclide(name) for name in NUCLIDES)
    return UraniumLines(
        lines=tuple(
            _line(group, line)
            for group, nuclide in enumerate((uranium_235, uranium_238))
            for line in nuclide.lines
            if _LOWEST_KEV < line.energy_kev < _HIGHEST_KEV
        ),
        mass_ratio_per_activity_ratio=(uranium_235.half_life_s * uranium_235.mass_u)
        / (uranium_238.half_life_s * uranium_238.mass_u),
        thorium_half_life_days=data.nuclide("Th-234").half_life_s / _S_PER_DAY,
    )


def _line(group: int, line: GammaLine) -> UraniumLine:
    other = line.other_intensity
    apart = _ONE_SOURCE_UNC * line.intensity if other is None else 0.5 * abs(other - line.intensity)
    return UraniumLine(
        group=group,
        energy_kev=line.energy_kev,
        intensity=line.intensity,
        intensity_unc=max(line.intensity_unc, apart, _LEAST_INTENSITY_UNC * line.intensity),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumRegion:
    """A line and where to look for it.

    Attributes:
        energy_kev: Energy of the line [keV].
        nuclide: Whose it is.
        low_band_kev: First and last energy of the band below it [keV].
        peak_kev: First and last energy of the peak [keV].
        high_band_kev: First and last energy of the band above it [keV].
        required: Whether nothing is decided where it is not seen.
    """

    energy_kev: Fraction
    nuclide: UraniumNuclide
    low_band_kev: Interval
    peak_kev: Interval
    high_band_kev: Interval
    required: bool

    def __post_init__(self) -> None:
        """Refuse bands out of order."""
        edges = (*self.low_band_kev, *self.peak_kev, *self.high_band_kev)
        if list(edges) != sorted(set(edges)) or not edges[2] < self.energy_kev < edges[3]:
            raise MeasurementError(
                f"uranium region at {float(self.energy_kev)} keV: its bands must go upwards, the line in the"
                " middle"
            )
        if not _LOWEST_KEV <= edges[0] < edges[-1] <= _HIGHEST_KEV:
            raise MeasurementError(
                f"uranium region at {float(self.energy_kev)} keV: must lie within {_LOWEST_KEV:g} to"
                f" {_HIGHEST_KEV:g} keV"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumMethod:
    """How the ratio of activities is found.

    Attributes:
        regions: Lines and where to look for them; one of U-235 and the lowest of U-238 are required.
        fwhm_kev: Full width at half maximum that the detector gives at ``fwhm_at_kev`` [keV].
        fwhm_at_kev: The energy of it [keV].
        width_growth: Share of the squared width that grows with energy, 0 to 1.
        least_significance: Net counts over their uncertainty from which a line is seen.
        most_chi2_per_degree: Misfit of the third degree past which nothing is decided.
        systematic_floor: Relative systematic standard uncertainty of the ratio of activities, at least.
        least_age_days: Days since the last chemical separation, at least, as the parties state it.
    """

    regions: tuple[UraniumRegion, ...]
    fwhm_kev: Fraction
    fwhm_at_kev: Fraction
    width_growth: Fraction
    least_significance: Fraction
    most_chi2_per_degree: Fraction
    systematic_floor: Fraction
    least_age_days: int

    def __post_init__(self) -> None:
        """Refuse a method that could not tell efficiency from enrichment, or lets anything pass."""
        if not (self.fwhm_kev > 0 and self.fwhm_at_kev > 0 and 0 <= self.width_growth <= 1):
            raise MeasurementError("uranium: widths must be above 0, their growth 0 to 1")
        if not (0 < self.least_significance <= _MOST_FACTOR and self.most_chi2_per_degree > 0):
            raise MeasurementError(
                f"uranium: least significance must be above 0 to {_MOST_FACTOR}, misfit above 0"
            )
        if not 0 <= self.systematic_floor < 1:
            raise MeasurementError("uranium: floor of the systematic uncertainty must be at least 0, below 1")
        if self.least_age_days < LEAST_AGE_DAYS:
            raise MeasurementError(
                f"uranium of {self.least_age_days} days: Pa-234m stands for U-238 from"
                f" {LEAST_AGE_DAYS} days on"
            )
        self._check_regions()

    def _check_regions(self) -> None:
        energies = [region.energy_kev for region in self.regions]
        if energies != sorted(set(energies)) or not DEGREES[1] + 2 < len(energies) <= MAX_REGIONS:
            raise MeasurementError(
                f"uranium: {len(energies)} regions, must be {DEGREES[1] + 3} to {MAX_REGIONS}, of increasing"
                " energy"
            )
        first, second = (
            [region for region in self.regions if region.nuclide is nuclide] for nuclide in NUCLIDES
        )
        if len(first) < DEGREES[0] or len(second) < DEGREES[0]:
            raise MeasurementError(f"uranium: each nuclide must have {DEGREES[0]} regions at least")
        if first[-1].energy_kev >= second[0].energy_kev:
            raise MeasurementError("uranium: regions of U-235 must lie below those of U-238")
        if not (any(region.required for region in first) and second[0].required):
            raise MeasurementError("uranium: one region of U-235 and the lowest of U-238 must be required")
