"""What the ratio of Pu-240 to Pu-239 is found from: nuclear data of the window, and the way it is fitted."""

from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.window_fit import WindowLine
from counterseal.reference.nuclear_data import GammaLine, NuclearData

NUCLIDES = ("Pu-239", "Pu-240", "Am-241")
"""The groups of lines, by their numbers in a fit."""
MAX_TURNS = 50
MAX_DEGREE = 3
_LEAST_ENERGY_UNC_KEV = 0.02
_ONE_SOURCE_UNC = 0.05
"""Relative uncertainty of an intensity that no second source confirms: more than most of them differ by."""
_LEAST_INTENSITY_UNC = 0.01
_BEYOND_KEV = 3.0
"""Lines this far outside the window still reach into it [keV]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlutoniumLines:
    """The nuclear data that the ratio rests on.

    Attributes:
        window_kev: First and last energy of the window [keV].
        lines: Lines of Pu-239 (group 0), Pu-240 (1) and Am-241 (2) in and near it.
        mass_ratio_per_activity_ratio: Mass ratio of Pu-240 to Pu-239 when as many of each decay.
    """

    window_kev: tuple[float, float]
    lines: tuple[WindowLine, ...]
    mass_ratio_per_activity_ratio: float


def plutonium_lines(data: NuclearData, *, window_kev: tuple[Fraction, Fraction]) -> PlutoniumLines:
    """Return what the ratio needs of an edition of the nuclear data.

    The uncertainty of an intensity is the stated one or half the difference of its two sources,
    whichever is larger, and at least 1 %; that of an energy at least 0.02 keV, as some state none.

    Args:
        data: The edition that the protocol names.
        window_kev: First and last energy of the window [keV].

    Raises:
        NuclearDataError: a nuclide is not in it.
        MeasurementError: a nuclide has no line in the window.
    """
    low, high = float(window_kev[0]), float(window_kev[1])
    first, last = low - _BEYOND_KEV, high + _BEYOND_KEV
    groups = [
        [line for line in data.nuclide(name).own_lines if first < line.energy_kev < last] for name in NUCLIDES
    ]
    for name, lines in zip(NUCLIDES, groups, strict=True):
        if not any(low < line.energy_kev < high for line in lines):
            raise MeasurementError(f"{name}: has no line between {low} and {high} keV")
    plutonium_239, plutonium_240 = data.nuclide("Pu-239"), data.nuclide("Pu-240")
    return PlutoniumLines(
        window_kev=(low, high),
        lines=tuple(_window_line(group, line) for group, lines in enumerate(groups) for line in lines),
        mass_ratio_per_activity_ratio=(plutonium_240.half_life_s * plutonium_240.mass_u)
        / (plutonium_239.half_life_s * plutonium_239.mass_u),
    )


def _window_line(group: int, line: GammaLine) -> WindowLine:
    other = line.other_intensity
    apart = _ONE_SOURCE_UNC * line.intensity if other is None else 0.5 * abs(other - line.intensity)
    return WindowLine(
        group=group,
        energy_kev=line.energy_kev,
        energy_unc_kev=max(line.energy_unc_kev, _LEAST_ENERGY_UNC_KEV),
        intensity=line.intensity,
        intensity_unc=max(line.intensity_unc, apart, _LEAST_INTENSITY_UNC * line.intensity),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowMethod:
    """How the window is fitted: what is known of a germanium detector before it is looked at.

    Attributes:
        scale_lines_kev: Strong lines that the energy scale is taken from [keV].
        reach_kev: How far a line may be from its place by the header [keV].
        fwhm_kev: Full width at half maximum that the detector is agreed to have at 652 keV [keV].
        width_growth: Share of the squared width that grows with energy.
        gain_unc: Relative standard uncertainty of the gain inside the window.
        bend_unc: Standard uncertainty of the relative change of the gain [per keV].
        slope_unc: Standard uncertainty of the logarithmic slope of the relative efficiency.
        model_unc: Relative standard uncertainty of the modelled peaks, channel by channel.
        background_degree: Degree of the polynomial below the lines.
        shape_turns: Turns of the fit with the nuclear data held fast.
        turns: Turns with everything free.
        worst_offset_kev: Largest distance of a scale line from the straight scale [keV].
    """

    scale_lines_kev: tuple[Fraction, ...]
    fwhm_kev: Fraction
    reach_kev: Fraction = Fraction("1.5")
    width_growth: Fraction = Fraction("0.7")
    gain_unc: Fraction = Fraction("0.001")
    bend_unc: Fraction = Fraction("0.00005")
    slope_unc: Fraction = Fraction(1)
    model_unc: Fraction = Fraction("0.01")
    background_degree: int = 1
    shape_turns: int = 5
    turns: int = 6
    worst_offset_kev: Fraction = Fraction("0.3")

    def __post_init__(self) -> None:
        """Refuse a method that cannot be carried out in a bounded time, or at all."""
        if not (1 <= self.turns <= MAX_TURNS and 0 <= self.shape_turns <= MAX_TURNS):
            raise MeasurementError(
                f"fit of {self.shape_turns} and {self.turns} turns: must be 0 and 1 to {MAX_TURNS}"
            )
        if not 0 <= self.background_degree <= MAX_DEGREE:
            raise MeasurementError(
                f"background of degree {self.background_degree}: must be 0 to {MAX_DEGREE}"
            )
        positive = (
            self.fwhm_kev,
            self.reach_kev,
            self.gain_unc,
            self.bend_unc,
            self.slope_unc,
            self.worst_offset_kev,
        )
        if len(set(self.scale_lines_kev)) != len(self.scale_lines_kev):
            raise MeasurementError("fit of a window: each line of its scale must be another")
        if min(positive) <= 0 or not self.scale_lines_kev:
            raise MeasurementError(
                "fit of a window: widths and uncertainties must be above 0, with a line for its scale"
            )
        if not (0 <= self.width_growth <= 1 and 0 <= self.model_unc < 1):
            raise MeasurementError(
                "fit of a window: growth of the width and fault of the model must be 0 to 1"
            )
