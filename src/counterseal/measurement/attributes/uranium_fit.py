"""A relative efficiency through the lines of two nuclides, and the ratio of their activities.

Net counts in a region are ``eff(E) (p + q exp(d))``: ``p`` and ``q`` are what the lines of U-235 and of the
chain of U-238 give there per decay and unit of efficiency, bands included; ``ln eff`` is a polynomial in
``ln E``, and ``d`` the logarithm of the activity of U-238 over that of U-235. Fitted to counts, not to
their logarithms, by scoring (weights from the model, a fixed number of turns): logarithms of few counts
are bent, and lines that are not seen say something too.

References:
    [PANDA-1991], chapter 8, for relative efficiencies; [MCCULLAGH-NELDER-1989], chapter 2, for scoring.
"""

import math
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.arithmetic import dot, erf, exp, inverse, log, solve, total
from counterseal.measurement.attributes.uranium_lines import UraniumLine
from counterseal.measurement.efficiency import EfficiencyPoint, fit_efficiency
from counterseal.measurement.side_bands import PeakBands
from counterseal.measurement.spectrum import Floats

TURNS = 30
_SQRT_HALF = 0.7071067811865476
_MOST_MOVE = 1.0
_SETTLED_BELOW = 1e-6
_NEAR_KEV = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCounts:
    """What one region holds, and what it would hold.

    Attributes:
        energy_kev: Where its efficiency is taken [keV].
        group: Whose line it is about: 0 for U-235, 1 for U-238.
        net: Net counts.
        null_variance: Their variance if no line were there.
        of_235: Net counts that U-235 gives per decay at efficiency 1.
        of_238: The same for the chain of U-238.
        intensity_unc: Relative standard uncertainty of what its own nuclide gives.
    """

    energy_kev: float
    group: int
    net: float
    null_variance: float
    of_235: float
    of_238: float
    intensity_unc: float

    @property
    def own(self) -> float:
        """What its own nuclide gives per decay at efficiency 1."""
        return self.of_238 if self.group else self.of_235


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioFit:
    """Ratio of activities through a relative efficiency of one degree.

    Attributes:
        log_ratio: Logarithm of the activity of U-238 over that of U-235.
        counting_unc: Its standard uncertainty from counting.
        intensity_unc: Its standard uncertainty from intensities.
        expected: Net counts that the fit gives each region, by region.
        chi2_per_degree: Misfit; 0 where nothing is left to misfit.
        settled: Whether the last turn moved nothing.
    """

    log_ratio: float
    counting_unc: float
    intensity_unc: float
    expected: tuple[float, ...]
    chi2_per_degree: float
    settled: bool


def line_response(
    energies: Floats, bands: PeakBands, lines: tuple[UraniumLine, ...], *, fwhm_kev: float
) -> tuple[float, ...]:
    """Return the net counts that each group's lines give a region, per decay at efficiency 1.

    Lines that reach into the side bands count with their sign, so a neighbour does no harm as far as it is
    in the nuclear data.

    Args:
        energies: Energies of the middles of the channels [keV], increasing.
        bands: Channels of the region.
        lines: Lines of all groups.
        fwhm_kev: Full width at half maximum there [keV].

    Returns:
        One number a group (0 and 1), then their two uncertainties.
    """
    middle = float(energies[bands.peak[0]])
    near = [line for line in lines if abs(line.energy_kev - middle) < _NEAR_KEV]
    at = np.array([line.energy_kev for line in near])
    sigma = fwhm_kev / 2.3548200450309493
    peak, low, high = (_inside(energies, band, at, sigma) for band in (bands.peak, bands.low, bands.high))
    widths = [last - first + 1 for first, last in (bands.peak, bands.low, bands.high)]
    centres = [0.5 * (first + last) for first, last in (bands.peak, bands.low, bands.high)]
    share = (centres[0] - centres[1]) / (centres[2] - centres[1])
    net = peak - widths[0] * ((1.0 - share) * low / widths[1] + share * high / widths[2])
    found, spread = [], []
    for group in (0, 1):
        chosen = np.array([1.0 if line.group == group else 0.0 for line in near])
        found.append(dot(chosen * net, [line.intensity for line in near]))
        parts = chosen * net * np.array([line.intensity_unc for line in near])
        spread.append(math.sqrt(dot(parts, parts)))
    return (*found, *spread)


def _inside(energies: Floats, band: tuple[int, int], at: Floats, sigma: float) -> Floats:
    """Return the share of each Gaussian that lies in a band of channels."""
    first, last = band
    low = 0.5 * float(energies[first - 1] + energies[first])
    high = 0.5 * float(energies[last] + energies[last + 1])
    below = erf((low - at) * (_SQRT_HALF / sigma))
    return 0.5 * (erf((high - at) * (_SQRT_HALF / sigma)) - below)


def fit_ratio(regions: tuple[RegionCounts, ...], *, degree: int, seen: tuple[int, ...]) -> RatioFit:
    """Return the ratio of activities with a relative efficiency of a degree.

    Args:
        regions: All regions.
        degree: Degree of the polynomial.
        seen: Numbers of the regions that the fit starts from, at least ``degree + 2`` of both groups.

    Raises:
        MeasurementError: too few regions, or equations without a solution.
    """
    values, reference_kev = _start(regions, degree=degree, seen=seen)
    powers = np.array([_powers(log(region.energy_kev / reference_kev), degree) for region in regions])
    of_235 = np.array([region.of_235 for region in regions])
    of_238 = np.array([region.of_238 for region in regions])
    net = np.array([region.net for region in regions])
    moved = math.inf
    for _ in range(TURNS):
        expected, slopes = _model(values, powers, of_235, of_238)
        weights = 1.0 / _variance(regions, expected)
        step = solve(_normal(slopes, weights), [dot(column * weights, net - expected) for column in slopes])
        largest = float(np.max(np.abs(step)))
        step = step * min(1.0, _MOST_MOVE / largest) if largest > 0.0 else step
        values, moved = values + step, largest
    expected, slopes = _model(values, powers, of_235, of_238)
    return _result(regions, values, expected, slopes, settled=moved < _SETTLED_BELOW)


def _start(regions: tuple[RegionCounts, ...], *, degree: int, seen: tuple[int, ...]) -> tuple[Floats, float]:
    """Return starting values by a straight fit of logarithms, and the energy that they are for."""
    points = tuple(
        EfficiencyPoint(
            energy_kev=regions[at].energy_kev,
            efficiency=regions[at].net / regions[at].own,
            relative_unc=math.sqrt(regions[at].null_variance + regions[at].net) / regions[at].net + 0.01,
            group=str(regions[at].group),
        )
        for at in sorted(seen, key=lambda at: (regions[at].group, regions[at].energy_kev))
    )
    first = fit_efficiency(points, degree=degree)
    return np.array([*first.coefficients, *(factor for _, factor in first.factors)]), first.reference_kev


def _powers(x: float, degree: int) -> list[float]:
    found = [1.0]
    for _ in range(degree):
        found.append(found[-1] * x)
    return found


def _model(values: Floats, powers: Floats, of_235: Floats, of_238: Floats) -> tuple[Floats, Floats]:
    """Return the expected net counts, and their derivatives, shape (parameters, regions)."""
    logarithm = np.zeros(len(of_235))
    for power, value in enumerate(values[:-1].tolist()):
        logarithm = logarithm + powers[:, power] * value
    efficiency = exp(np.minimum(logarithm, 500.0))
    of_other = efficiency * of_238 * exp(min(float(values[-1]), 200.0))
    expected = efficiency * of_235 + of_other
    return expected, np.concatenate([powers.T * expected, of_other[None, :]])


def _variance(regions: tuple[RegionCounts, ...], expected: Floats) -> Floats:
    counting, intensity = _variances(regions, expected)
    return counting + intensity


def _variances(regions: tuple[RegionCounts, ...], expected: Floats) -> tuple[Floats, Floats]:
    null = np.array([region.null_variance for region in regions])
    spread = np.array([region.intensity_unc for region in regions]) * expected
    return np.maximum(null + np.maximum(expected, 0.0), 1.0), spread * spread


def _normal(slopes: Floats, weights: Floats) -> Floats:
    return np.array([[dot(first * weights, second) for second in slopes] for first in slopes])


def _result(
    regions: tuple[RegionCounts, ...], values: Floats, expected: Floats, slopes: Floats, *, settled: bool
) -> RatioFit:
    counting, intensity = _variances(regions, expected)
    weights = 1.0 / (counting + intensity)
    last = inverse(_normal(slopes, weights))[-1]
    gradient = np.zeros(len(regions))
    for part, column in zip(last.tolist(), slopes, strict=True):
        gradient = gradient + part * column
    gradient = gradient * weights
    missed = np.array([region.net for region in regions]) - expected
    degrees = len(regions) - len(values)
    chi2 = total(missed * missed * weights)
    return RatioFit(
        log_ratio=float(values[-1]),
        counting_unc=math.sqrt(dot(gradient * gradient, counting)),
        intensity_unc=math.sqrt(dot(gradient * gradient, intensity)),
        expected=tuple(expected.tolist()),
        chi2_per_degree=chi2 / degrees if degrees > 0 else 0.0,
        settled=settled,
    )
