"""A fit of a window of a spectrum by groups of lines with fixed relative intensities.

Each group (a nuclide) has one amplitude; all lines share one shape and one energy scale; below them
lies a polynomial. Uncertain nuclear data are parameters too, held to their evaluated values by their
uncertainties: the energy and the intensity of every line, and a slope of the relative efficiency. So
what is not known about them is part of the covariance, and how far the data had to pull them from
their values is shown. Fitted by scoring (Gauss-Newton on the weighted residuals, weights from the
model, a fixed number of turns); its fixed point is that of a variable projection with these weights.

References:
    [PANDA-1991], chapter 8, for fits by groups of lines; for scoring, [MCCULLAGH-NELDER-1989], chapter 2.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.arithmetic import exp, folded, inverse, log, solve, total
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.window_shape import LineCounts, LineShape, line_counts

Floats = NDArray[np.float64]

_CENTRE, _GAIN, _BEND, _WIDTH, _TAIL, _LENGTH, _HIGH_TAIL, _HIGH_LENGTH, _STEP = range(9)
_SHAPES = 9
_LEAST_VARIANCE = 1.0
_SETTLED_BELOW = 0.1
_MOST_TAIL = 0.5
_DAMPING = 0.8
"""Share of a move that is made: whole ones can swing for ever between tail, its length and the width."""
_MOST_SHAPE = (1e-3, 0.2, 0.05, 0.5, 0.05, 0.5, 0.01)
"""What a turn may change of bend, log sigma, the tails and their lengths, and the step."""
_LENGTH_RANGE = (-1.2, 2.1)
"""Logarithm of the tail's length in sigmas: 0.3 to 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLine:
    """A line of the window.

    Attributes:
        group: Number of its group, from 0.
        energy_kev: Energy [keV].
        energy_unc_kev: Its standard uncertainty [keV], above 0.
        intensity: Photons per decay.
        intensity_unc: Its standard uncertainty.
    """

    group: int
    energy_kev: float
    energy_unc_kev: float
    intensity: float
    intensity_unc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is known of a parameter before the fit: a value and its standard uncertainty, above 0."""

    value: float
    unc: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowModel:
    """All that a fit is told beside the counts.

    Attributes:
        lines: The lines; the strongest of each group is its reference.
        groups: How many groups there are.
        middle_kev: Energy that positions are counted from [keV].
        centre: Channel of ``middle_kev`` [channels].
        gain: Channels per keV at ``middle_kev``.
        bend: Relative change of the gain, per keV.
        log_sigma: Logarithm of sigma at ``middle_kev``, sigma in channels.
        width_growth: Share of the squared width that grows with energy, 0 to 1.
        tail: Fraction of a line in its low-energy tail.
        log_length: Logarithm of that tail's length in sigmas.
        high_tail: Fraction of a line in its high-energy tail.
        log_high_length: Logarithm of that tail's length in sigmas.
        step: Step per count and channel.
        slope_unc: Standard uncertainty of the logarithmic slope of the relative efficiency.
        background_degree: Degree of the polynomial, 0 to 3.
        model_unc: Relative standard uncertainty of the modelled peaks, channel by channel.
        shape_turns: Turns with the nuclear data held fast.
        turns: Turns after those with all parameters, at least 1.
    """

    lines: tuple[WindowLine, ...]
    groups: int
    middle_kev: float
    centre: Prior
    gain: Prior
    bend: Prior
    log_sigma: Prior
    width_growth: float
    tail: Prior
    log_length: Prior
    high_tail: Prior
    log_high_length: Prior
    step: Prior
    slope_unc: float
    background_degree: int
    model_unc: float
    shape_turns: int
    turns: int

    def __post_init__(self) -> None:
        """Refuse a model with a group that nothing shows."""
        if {line.group for line in self.lines} != set(range(self.groups)):
            raise MeasurementError(
                f"window of {self.groups} groups: each must have a line, and no line another"
            )

    @property
    def least_channels(self) -> int:
        """Channels that a window must have: twice the parameters of amplitude, background and shape."""
        return 2 * (self.groups + self.background_degree + 1 + _SHAPES)

    @property
    def shapes(self) -> tuple[Prior, ...]:
        """The priors of the shape, in the order of the parameters."""
        position = (self.centre, self.gain, self.bend, self.log_sigma)
        return (*position, self.tail, self.log_length, self.high_tail, self.log_high_length, self.step)

    def reference(self, group: int) -> WindowLine:
        """Return the strongest line of a group."""
        return max((line for line in self.lines if line.group == group), key=lambda line: line.intensity)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowData:
    """The counts of a window.

    Attributes:
        first_channel: Number of its first channel.
        counts: Counts, float64, shape (channels,).
        background: Counts expected from the surroundings, same shape.
        background_variance: Their variance.
    """

    first_channel: int
    counts: Floats
    background: Floats
    background_variance: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WindowFit:
    """What a fit found.

    Attributes:
        amplitudes: Counts of each group's reference line, shape (groups,).
        covariance: Their covariance from all causes, widened where the fit is poor, shape (groups, groups).
        counting: The part of it that counting causes.
        chi2_per_degree: Sum of squared weighted residuals per degree of freedom.
        worst_pull: Largest distance of an uncertain datum from its value, in its standard uncertainties.
        sigma_channels: Fitted sigma at the middle [channels].
        modelled: Expected counts, shape (channels,).
        settled: Whether the last turn moved every amplitude by less than a tenth of its standard uncertainty.
        shape: The fitted parameters of shape and nuclear data, in the order of the fit.
    """

    amplitudes: Floats
    covariance: Floats
    counting: Floats
    chi2_per_degree: float
    worst_pull: float
    sigma_channels: float
    modelled: Floats
    settled: bool
    shape: tuple[float, ...] = field(default=())


def fit_window(data: WindowData, model: WindowModel) -> WindowFit:
    """Fit a window.

    Args:
        data: Its counts and the background under them.
        model: Lines, priors and the number of turns.

    Returns:
        What was found.

    Raises:
        MeasurementError: fewer channels than twice the parameters of shape and background.
    """
    return _Fit(data, model).run()


class _Fit:
    """The state of one fit; it lives no longer than `fit_window`."""

    def __init__(self, data: WindowData, model: WindowModel) -> None:
        self.data, self.model = data, model
        lines = model.lines
        channels = len(data.counts)
        self.linear = model.groups + model.background_degree + 1
        self.core = self.linear + _SHAPES
        if channels < model.least_channels:
            raise MeasurementError(
                f"window of {channels} channels: {model.least_channels} or more are needed"
            )
        self.edges = data.first_channel - 0.5 + np.arange(channels + 1, dtype=np.float64)
        self.away = np.array([line.energy_kev for line in lines], dtype=np.float64) - model.middle_kev
        self.energy_unc = np.array([line.energy_unc_kev for line in lines], dtype=np.float64)
        references = [model.reference(line.group).intensity for line in lines]
        pairs = list(zip(lines, references, strict=True))
        self.strength = np.array([line.intensity / per for line, per in pairs], dtype=np.float64)
        self.strength_unc = np.array([line.intensity_unc / per for line, per in pairs], dtype=np.float64)
        self.slope = self.strength * log(self.away / model.middle_kev + 1.0)
        self.belongs = np.array(
            [[float(line.group == group) for line in lines] for group in range(model.groups)],
            dtype=np.float64,
        )
        growth = np.maximum(1.0 + model.width_growth * (self.away / model.middle_kev), 0.1)
        self.relative_width = np.sqrt(growth)
        place = np.arange(channels, dtype=np.float64) / (0.5 * (channels - 1)) - 1.0
        self.powers = np.array([_power(place, degree) for degree in range(model.background_degree + 1)])
        self.prior_value = np.zeros(self.core + 1 + 2 * len(lines))
        self.prior_weight = np.ones(self.core + 1 + 2 * len(lines))
        self.prior_weight[: self.linear] = 0.0
        for place_of, prior in enumerate(model.shapes):
            self.prior_value[self.linear + place_of] = prior.value
            self.prior_weight[self.linear + place_of] = 1.0 / (prior.unc * prior.unc)
        self.prior_weight[self.core] = 1.0 / (model.slope_unc * model.slope_unc)
        self.values = self.prior_value.copy()

    def run(self) -> WindowFit:
        """Fit the amplitudes, then the shape, then everything."""
        jacobian, _, _ = self._changes()
        counts = self.data.counts
        weights = 1.0 / np.maximum(_smoothed(counts) + self.data.background_variance, _LEAST_VARIANCE)
        columns = jacobian[:, : self.linear]
        wanted = folded(columns * (weights * (counts - self.data.background))[:, None])
        self.values[: self.linear] = solve(_normal_matrix(columns, weights), wanted)
        for _ in range(self.model.shape_turns):
            self._turn(self.core)
        moved = np.zeros(self.model.groups)
        for _ in range(self.model.turns):
            moved = self._turn(len(self.values))[: self.model.groups]
        return self._result(moved)

    def _turn(self, active: int) -> Floats:
        """Move the first ``active`` parameters once; return the move."""
        jacobian, modelled, peaks = self._changes()
        weights = 1.0 / self._variance(modelled, peaks)
        columns = np.ascontiguousarray(jacobian[:, :active])
        residual = self.data.counts - modelled
        priors = self.prior_weight[:active]
        matrix = _normal_matrix(columns, weights) + np.diag(priors)
        pull = folded(columns * (weights * residual)[:, None])
        pull = pull + priors * (self.prior_value[:active] - self.values[:active])
        move = solve(matrix, pull)
        self.values[:active] += self._held(move)
        shape = self.values[self.linear : self.core]
        for place in (_TAIL, _HIGH_TAIL):
            shape[place] = min(max(float(shape[place]), 0.0), _MOST_TAIL)
        for place in (_LENGTH, _HIGH_LENGTH):
            shape[place] = min(max(float(shape[place]), _LENGTH_RANGE[0]), _LENGTH_RANGE[1])
        return move

    def _held(self, move: Floats) -> Floats:
        """Return a move with its parts of shape and nuclear data held to what a turn may do."""
        held = _DAMPING * move
        sigma = exp(float(self.values[self.linear + _WIDTH]))
        most = np.full(len(move), 1.0)
        most[self.core - _SHAPES : self.core] = [0.5 * sigma, 0.01 * self.model.gain.value, *_MOST_SHAPE]
        most[: self.linear] = np.inf
        bounded: Floats = np.minimum(np.maximum(held, -most), most)
        return bounded

    def _variance(self, modelled: Floats, peaks: Floats) -> Floats:
        """Return the variance of each channel: counting, background, and the model's own fault."""
        counted = np.maximum(modelled, _LEAST_VARIANCE) + self.data.background_variance
        fault = self.model.model_unc * peaks
        variance: Floats = counted + fault * fault
        return variance

    def _line_changes(self) -> tuple[LineCounts, Floats, Floats]:
        """Return the lines' shares, their strengths, and the change of channel with energy."""
        shape = self.values[self.linear : self.core].tolist()
        slope = self.values[self.core]
        count = len(self.away)
        energies = self.away + self.energy_unc * self.values[self.core + 1 : self.core + 1 + count]
        centres = shape[_CENTRE] + shape[_GAIN] * (energies + shape[_BEND] * energies * energies)
        shares = line_counts(
            self.edges,
            centres=centres,
            sigmas=exp(shape[_WIDTH]) * self.relative_width,
            shape=LineShape(
                tail=shape[_TAIL],
                tail_length=exp(shape[_LENGTH]),
                high_tail=shape[_HIGH_TAIL],
                high_length=exp(shape[_HIGH_LENGTH]),
                step=shape[_STEP],
            ),
        )
        strengths = self.strength + self.strength_unc * self.values[self.core + 1 + count :]
        self.energies = energies
        return shares, strengths + slope * self.slope, shape[_GAIN] * (1.0 + 2.0 * shape[_BEND] * energies)

    def _changes(self) -> tuple[Floats, Floats, Floats]:
        """Return the Jacobian (channels, parameters), the modelled counts, and the peaks among them."""
        shares, strengths, per_kev = self._line_changes()
        gain, bend = self.values[self.linear + _GAIN], self.values[self.linear + _BEND]
        count, groups = len(self.away), self.model.groups
        amplitudes = folded(self.belongs * self.values[:groups, None])
        weight = (amplitudes * strengths)[:, None]
        by_centre = weight * shares.by_centre
        place = (self.energies + bend * self.energies * self.energies)[:, None]
        rows = np.empty((len(self.values), len(self.edges) - 1))
        for group in range(groups):
            rows[group] = folded((self.belongs[group] * strengths)[:, None] * shares.counts)
        rows[groups : self.linear] = self.powers
        rows[self.linear + _CENTRE] = folded(by_centre)
        rows[self.linear + _GAIN] = folded(by_centre * place)
        rows[self.linear + _BEND] = folded(by_centre * (gain * self.energies * self.energies)[:, None])
        rows[self.linear + _WIDTH] = folded(weight * shares.by_log_sigma)
        rows[self.linear + _TAIL] = folded(weight * shares.by_tail)
        rows[self.linear + _LENGTH] = folded(weight * shares.by_log_length)
        rows[self.linear + _HIGH_TAIL] = folded(weight * shares.by_high_tail)
        rows[self.linear + _HIGH_LENGTH] = folded(weight * shares.by_log_high_length)
        rows[self.linear + _STEP] = folded(weight * shares.by_step)
        rows[self.core] = folded((amplitudes * self.slope)[:, None] * shares.counts)
        first = self.core + 1
        rows[first : first + count] = by_centre * (per_kev * self.energy_unc)[:, None]
        rows[first + count :] = (amplitudes * self.strength_unc)[:, None] * shares.counts
        peaks = folded(rows[:groups] * self.values[:groups, None])
        below = folded(self.powers * self.values[groups : self.linear, None])
        return rows.T, peaks + below + self.data.background, peaks

    def _result(self, moved: Floats) -> WindowFit:
        jacobian, modelled, peaks = self._changes()
        variance = self._variance(modelled, peaks)
        weights = 1.0 / variance
        residual = self.data.counts - modelled
        chi2 = total(residual * residual * weights) / (len(residual) - self.core)
        covariance = inverse(_normal_matrix(jacobian, weights) + np.diag(self.prior_weight))
        groups = self.model.groups
        counted = np.maximum(modelled, _LEAST_VARIANCE) + self.data.background_variance
        answers = np.array(
            [folded((jacobian * covariance[group]).T) * weights * np.sqrt(counted) for group in range(groups)]
        )
        pulls = np.abs((self.values - self.prior_value) * np.sqrt(self.prior_weight))
        spread = np.sqrt(np.diag(covariance)[:groups])
        return WindowFit(
            amplitudes=self.values[:groups].copy(),
            covariance=covariance[:groups, :groups] * max(1.0, chi2),
            counting=np.array([[total(one * other) for other in answers] for one in answers]),
            chi2_per_degree=chi2,
            worst_pull=float(pulls[self.core :].max()),
            sigma_channels=exp(float(self.values[self.linear + _WIDTH])),
            modelled=modelled,
            settled=bool((np.abs(moved) < _SETTLED_BELOW * spread).all()),
            shape=tuple(self.values[self.linear :].tolist()),
        )


def _power(place: Floats, degree: int) -> Floats:
    value = np.ones_like(place)
    for _ in range(degree):
        value = value * place
    return value


def _smoothed(counts: Floats) -> Floats:
    """Return the mean of each channel and its two neighbours on either side, fewer at the ends."""
    padded = np.pad(counts, 2, mode="edge")
    added = padded[:-4] + padded[1:-3] + padded[2:-2] + padded[3:-1] + padded[4:]
    return np.asarray(added / 5.0)


def _normal_matrix(columns: Floats, weights: Floats) -> Floats:
    """Return the lower triangle of the sums over channels of the weighted products of columns."""
    weighted = columns * weights[:, None]
    size = columns.shape[1]
    matrix = np.zeros((size, size))
    for place in range(size):
        matrix[place, : place + 1] = folded(weighted[:, place, None] * columns[:, : place + 1])
    return matrix
