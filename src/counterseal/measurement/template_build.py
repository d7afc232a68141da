"""How a template comes about, and what limits genuine repeats give: from scatter, never from a table.

Runs make the template, and their scatter beyond counting the systematic of each bin. Other runs of the same
item, the repeats, are then compared with it as an item would be, and the limits are set at an order
statistic of what they come to. A later genuine run is one more of the same kind, so on average over all
templates and repeats it is rejected at the wanted rate or less, whatever the distribution is (this is
split conformal prediction). What it is for the one set of limits scatters about that; the upper
bound says how far it may be.

It runs where the genuine item is, not in the sealed process. The limits become public with the protocol,
and tell something of how repeats scatter; where that is sensitive, set them with a stand-in.

References:
    [VOVK-2005], for limits by rank.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.errors import CalibrationError, MeasurementError
from counterseal.measurement.spectrum import Floats, Spectrum
from counterseal.measurement.template import Template
from counterseal.measurement.template_counts import (
    Grid,
    GriddedCounts,
    chi_square,
    gridded,
    kolmogorov,
    share_differences,
)
from counterseal.measurement.template_landmark import Landmark, landmark_kev

MIN_RUNS = 5
_DECIMALS = 10_000
_HALVINGS = 60
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLimits:
    """What genuine repeats give for the settings of a comparison.

    Attributes:
        systematic: Relative standard uncertainty of each bin besides counting, rounded up to 4 decimals.
        chi_square_limit: Limit of the chi-square, rounded up.
        kolmogorov_limit: Limit of ``sqrt(n) D``, rounded up.
        repeats: How many repeats they rest on.
        false_reject: Wanted share of genuine items that are rejected, kept on average.
        false_reject_upper: What that share may be for these very limits, with 95 % confidence.
        least_counts: Net counts of the weakest repeat: with fewer, these limits say nothing.
    """

    systematic: tuple[Fraction, ...]
    chi_square_limit: Fraction
    kolmogorov_limit: Fraction
    repeats: int
    false_reject: Fraction
    false_reject_upper: float
    least_counts: int


def build_template(
    runs: tuple[Spectrum, ...], *, background: Spectrum | None, grid: Grid, landmark: Landmark | None
) -> Template:
    """Return a template of several runs of a genuine item, after checking their calibrations.

    Args:
        runs: Spectra of it, at least 5, if possible on several days.
        background: Spectrum of the place without it, or None.
        grid: Energies that will be compared.
        landmark: A line of the item by which calibrations are checked, or None.

    Raises:
        MeasurementError: too few runs, or one without live time, or not over all energies.
        CalibrationError: a run does not show the landmark, or two runs have it too far apart.
    """
    if len(runs) < MIN_RUNS:
        raise MeasurementError(f"template of {len(runs)} runs: their scatter needs at least {MIN_RUNS}")
    for number, run in enumerate(runs, start=1):
        _require_usable(run, grid=grid, what=f"run {number}")
    if background is not None:
        _require_usable(background, grid=grid, what="background", least=0)
    if landmark is not None:
        require_one_calibration(runs, landmark=landmark)
    return Template(runs=runs, background=background)


def require_one_calibration(runs: tuple[Spectrum, ...], *, landmark: Landmark) -> None:
    """Refuse runs whose landmark is not seen, or not at one energy within the agreed shift.

    Args:
        runs: Runs of one item, at least one.
        landmark: The line, and how far it may be in one run from where it is in another.

    Raises:
        CalibrationError: naming the run.
    """
    found = []
    for number, run in enumerate(runs, start=1):
        energy = landmark_kev(run, landmark)
        if energy is None:
            raise CalibrationError(
                f"template, run {number}: its landmark at {float(landmark.energy_kev)} keV is not seen"
            )
        found.append(energy)
    apart = max(found) - min(found)
    if apart > float(landmark.largest_shift_kev):
        raise CalibrationError(
            f"template: its landmark is {apart:.3f} keV apart in two runs (numbers"
            f" {found.index(min(found)) + 1} and {found.index(max(found)) + 1}), at most"
            f" {float(landmark.largest_shift_kev)} is agreed"
        )


def limits_from_repeats(
    template: Template,
    *,
    repeats: tuple[Spectrum, ...],
    repeats_background: Spectrum | None,
    grid: Grid,
    false_reject: Fraction,
) -> TemplateLimits:
    """Return systematic and limits from the scatter of genuine runs.

    Args:
        template: The template, of 5 runs at least; the systematic is that of their scatter.
        repeats: Other runs of the same item, counted as long as an item will be; at least ``1/f - 1``.
        repeats_background: Spectrum of their place without it; there is one exactly where the template has.
        grid: Energies and bins.
        false_reject: Wanted share ``f`` of genuine items that are rejected, above 0, at most 1/2.

    Raises:
        MeasurementError: too few runs or repeats for that share, or one that cannot be used.
    """
    if not 0 < false_reject <= Fraction(1, 2):
        raise MeasurementError(f"template: false reject of {false_reject}, must be above 0, at most 1/2")
    allowed = math.floor(false_reject * (len(repeats) + 1))
    if allowed < 1:
        raise MeasurementError(
            f"template: {len(repeats)} repeats; a false reject of {float(false_reject):g} needs at least"
            f" {math.ceil(1 / false_reject) - 1}"
        )
    if (template.background is None) != (repeats_background is None):
        raise MeasurementError("template: background is known of template or repeats alone; both or none")
    runs = [_counted(run, template.background, grid, "run") for run in template.runs]
    if len(runs) < MIN_RUNS:
        raise MeasurementError(f"template of {len(runs)} runs: a systematic needs at least {MIN_RUNS}")
    others = [_others(template, left_out, grid) for left_out in range(len(runs))]
    systematic = _systematic(runs, others, grid)
    usual = _usual(runs, others, grid, systematic)
    whole = gridded(template.runs, background=template.background, grid=grid)
    measured = [_counted(repeat, repeats_background, grid, "repeat") for repeat in repeats]
    scores = sorted(
        max(
            chi_square(one, whole, grid=grid, systematic=systematic) / usual[0],
            kolmogorov(one, whole) / usual[1],
        )
        for one in measured
        if whole is not None
    )
    score = scores[len(scores) - allowed]
    return TemplateLimits(
        systematic=systematic,
        chi_square_limit=_rounded_up(score * usual[0]),
        kolmogorov_limit=_rounded_up(score * usual[1]),
        repeats=len(repeats),
        false_reject=false_reject,
        false_reject_upper=_upper_rate(len(repeats), allowed),
        least_counts=math.floor(min(one.total for one in measured)),
    )


def _require_usable(spectrum: Spectrum, *, grid: Grid, what: str, least: int = 1) -> None:
    if spectrum.live_time_ns == 0:
        raise MeasurementError(f"template, {what}: its live time is 0")
    counts = gridded((spectrum,), background=None, grid=grid)
    if counts is None:
        raise MeasurementError(f"template, {what}: does not hold all energies that are compared")
    if counts.total < least:
        raise MeasurementError(f"template, {what}: holds no counts")


def _counted(spectrum: Spectrum, background: Spectrum | None, grid: Grid, what: str) -> GriddedCounts:
    _require_usable(spectrum, grid=grid, what=what)
    if background is not None:
        _require_usable(background, grid=grid, what="background", least=0)
    counts = gridded((spectrum,), background=background, grid=grid)
    if counts is None or not counts.total > 0.0:
        raise MeasurementError(f"template, {what}: holds nothing beyond the background")
    return counts


def _others(template: Template, left_out: int, grid: Grid) -> GriddedCounts:
    """Return all runs but one together."""
    runs = tuple(run for number, run in enumerate(template.runs) if number != left_out)
    found = gridded(runs, background=template.background, grid=grid)
    if found is None:
        raise MeasurementError("template: its runs do not hold all energies that are compared")
    return found


def _systematic(runs: list[GriddedCounts], others: list[GriddedCounts], grid: Grid) -> tuple[Fraction, ...]:
    """Return, for each bin, the relative scatter that counting does not explain, rounded up."""
    beyond, squared = np.zeros(grid.bins), np.zeros(grid.bins)
    for run, rest in zip(runs, others, strict=True):
        apart, variance, share = share_differences(run, rest, grid=grid)
        beyond += apart * apart - variance
        squared += share * share
    # The rest of the runs has its own part of the scatter in it, smaller by their number.
    alone = 1.0 + 1.0 / (len(runs) - 1)
    relative: Floats = np.maximum(beyond, 0.0) / np.maximum(squared * alone, 1e-300)
    return tuple(min(_rounded_up(math.sqrt(part)), Fraction(9999, 10_000)) for part in relative.tolist())


def _usual(
    runs: list[GriddedCounts],
    others: list[GriddedCounts],
    grid: Grid,
    systematic: tuple[Fraction, ...],
) -> tuple[float, float]:
    """Return the medians of both statistics of the template's own runs, each against the rest."""
    pairs = list(zip(runs, others, strict=True))
    misfits = [chi_square(run, rest, grid=grid, systematic=systematic) for run, rest in pairs]
    distances = [kolmogorov(run, rest) for run, rest in pairs]
    found = float(np.median(misfits)), float(np.median(distances))
    if not min(found) > 0.0:
        raise MeasurementError("template: its runs are copies of one another; repeats must be measured")
    return found


def _rounded_up(value: float) -> Fraction:
    return Fraction(math.ceil(value * _DECIMALS), _DECIMALS)


def _upper_rate(repeats: int, allowed: int) -> float:
    """Return the rate at which so many rejections or more are 95 % sure: it is exceeded with 5 %."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if _at_least(allowed, repeats, middle) < _CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_least(least: int, number: int, chance: float) -> float:
    """Return the chance of ``least`` or more of ``number``."""
    if chance in (0.0, 1.0):
        return chance
    logs = [
        math.lgamma(number + 1)
        - math.lgamma(k + 1)
        - math.lgamma(number - k + 1)
        + k * math.log(chance)
        + (number - k) * math.log1p(-chance)
        for k in range(least)
    ]
    return 1.0 - math.fsum(map(math.exp, logs))
