"""Pu-240 over Pu-239 in whole numbers alone, in the way of the published UK-Norway information barrier.

It is the second, independent implementation of an answer on which much depends: written from the
published description, in units of 1/16384, by heights of Gaussians instead of a fit of all lines. Where
it and the first (`measurement/attributes/plutonium_ratio.py`) both decide they must agree.

The steps: five lines of plutonium present; the Am-241 line at 662 keV gives place, width and height;
the line at 645 keV its height; heights at 637, 640 and 641 keV follow from fixed fractions of those and
are taken off; what is left at 642 keV belongs to Pu-240.

Differences from the published program: weights of the side bands (see `integer_peaks.area_between`),
counts of the line itself in Currie's limit, heights by least squares instead of a search in steps, the
645 keV line taken off the 642 keV region too, and three answers with a margin instead of a lamp.

References:
    [UKNI-SOFTWARE], package Measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.integer_peaks import (
    SCALE,
    IntegerHeights,
    Span,
    area_between,
    centroid,
    critical_limit,
    fit_heights,
    gaussian,
    grouped,
    half_width,
    rounded,
    top_channel,
)
from counterseal.terms.outcomes import MeasurementOutcome

_EV_637, _EV_640, _EV_641, _EV_642, _EV_645, _EV_662 = 637_800, 639_990, 641_470, 642_350, 645_940, 662_400
_WIDTH_STEPS = 64
_RATIO_WINDOW_EV = (634_500, 648_500)
_MAX_CHANNELS = 65_536
_MAX_GROUP = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerLine:
    """A line whose presence is asked, by energies in whole electronvolts.

    Attributes:
        energy_ev: Where its centre must be [eV].
        low_ev: First and last energy of the band below [eV].
        peak_ev: First and last energy of the peak [eV].
        high_ev: First and last energy of the band above [eV].
        width_ev: Least and largest full width at half height [eV], or None where it is no single line.
    """

    energy_ev: int
    low_ev: tuple[int, int]
    peak_ev: tuple[int, int]
    high_ev: tuple[int, int]
    width_ev: tuple[int, int] | None

    def __post_init__(self) -> None:
        """Refuse bands that are not in increasing energy."""
        edges = (*self.low_ev, *self.peak_ev, *self.high_ev)
        if list(edges) != sorted(set(edges)):
            raise BarrierError(f"integer line at {self.energy_ev} eV: bands must be in increasing energy")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerFractions:
    """Fixed ratios of heights, in 1/16384; the defaults are those of the published program.

    Attributes:
        of_637: Height at 637 keV over that at 645 keV, both Pu-239.
        of_640: Height at 640 keV over that at 645 keV, both Pu-239.
        of_641: Height at 641 keV over that at 662 keV, both Am-241.
        ratio: Ratio by atoms that equal heights at 642 and 645 keV stand for.
    """

    of_637: int = 2_815
    of_640: int = 9_017
    of_641: int = 320
    ratio: int = 5_333


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerRatioSettings:
    """What the parties agreed on, in whole numbers.

    Attributes:
        offset_mev: Energy of channel 0 [thousandths of an eV].
        gain_mev: Energy per channel [thousandths of an eV], above 0.
        group_by: Channels that are added to one before anything else; a width should be 4 to 9 of them.
        drift_ev: How far the line at 662 keV may be from its place [eV].
        centre_ev: How far other lines may be from theirs, when all are moved as that one is [eV].
        lines: Lines that must be present.
        currie_per_mille: Quantile of the critical limit, in thousandths (1645 for 95 %).
        width_ev: Least and largest width of the line at 662 keV [eV].
        fractions: Fixed ratios of heights.
        threshold: What the ratio is compared with, in 1/16384.
        holds_below: Whether the attribute holds below it, else above.
        coverage_per_mille: Standard uncertainties of margin, in thousandths.
        systematic_per_mille: Systematic standard uncertainty, in thousandths of the ratio.
        fraction_641_per_mille: Standard uncertainty of ``of_641``, in thousandths of it.
        most_americium: Height at 662 keV over that at 645 keV past which nothing is decided.
        least_significance: Uncertainties that the height at 645 keV must be above 0.
    """

    offset_mev: int
    gain_mev: int
    group_by: int
    drift_ev: int
    centre_ev: int
    lines: tuple[IntegerLine, ...]
    currie_per_mille: int
    width_ev: tuple[int, int]
    fractions: IntegerFractions
    threshold: int
    holds_below: bool
    coverage_per_mille: int
    systematic_per_mille: int
    fraction_641_per_mille: int
    most_americium: int
    least_significance: int

    def __post_init__(self) -> None:
        """Refuse a scale without a gain, and margins that are none."""
        if self.gain_mev < 1 or not 1 <= self.group_by <= _MAX_GROUP:
            raise BarrierError(
                f"integer ratio: gain {self.gain_mev} must be above 0, group {self.group_by}"
                f" must be 1 to {_MAX_GROUP}"
            )
        positive = (
            self.coverage_per_mille,
            self.currie_per_mille,
            self.most_americium,
            self.least_significance,
        )
        if min(*positive, self.drift_ev, self.centre_ev, self.threshold) < 1 or not self.lines:
            raise BarrierError("integer ratio: limits must be at least 1, with a line to look for")
        if not 0 < self.width_ev[0] < self.width_ev[1]:
            raise BarrierError(f"integer ratio: widths {self.width_ev} eV must be in increasing order")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerAnswer:
    """The answer, and what it rests on; sensitive as long as the item is.

    Attributes:
        outcome: The answer.
        reason: The rule that decided.
        ratio: Ratio by atoms in 1/16384; 0 where none was found.
        uncertainty: Its combined standard uncertainty in 1/16384.
    """

    outcome: MeasurementOutcome
    reason: str
    ratio: int = 0
    uncertainty: int = 0


def integer_plutonium_ratio(counts: Sequence[int], *, settings: IntegerRatioSettings) -> IntegerAnswer:
    """Answer whether the ratio Pu-240/Pu-239 is on the agreed side of a threshold, with whole numbers alone.

    Args:
        counts: Counts by channel, as they are.
        settings: What the parties agreed on.

    Returns:
        The answer. *Malfunction* (``lines-outside-spectrum``) where the spectrum does not reach from 300 to
        672 keV; *no decision* where a line is not as it must be.

    Raises:
        BarrierError: too many channels, or a count below 0.
    """
    if len(counts) > _MAX_CHANNELS or min(counts, default=0) < 0:
        raise BarrierError(f"integer ratio: {len(counts)} channels, or a count below 0")
    return _Run(counts, settings).answer()


class _Run:
    """One run over grouped counts."""

    def __init__(self, counts: Sequence[int], settings: IntegerRatioSettings) -> None:
        self.settings = settings
        self.counts = grouped([int(count) for count in counts], by=settings.group_by)
        self.drift = 0

    def answer(self) -> IntegerAnswer:
        """Follow the published steps."""
        if self._whole(672_000) >= len(self.counts) or self._whole(300_000) < 1:
            return IntegerAnswer(outcome=MeasurementOutcome.MALFUNCTION, reason="lines-outside-spectrum")
        americium = self._centre(_EV_662, reach_ev=self.settings.drift_ev)
        if americium is None:
            return _undecided("no-peak-at-662")
        self.drift = americium - self._place(_EV_662)
        problem = next((problem for line in self.settings.lines if (problem := self._missing(line))), "")
        if problem:
            return _undecided(problem)
        found = self._fit_662(americium)
        if found is None:
            return _undecided("width-at-662")
        return self._from_width(*found)

    def _from_width(self, width: int, height_662: int) -> IntegerAnswer:
        """Find the heights at 645 and 642 keV, width and place being known, and decide."""
        fitted = self._fit_645(width)
        if fitted is None or fitted.heights[0] <= 0:
            return _undecided("no-peak-at-645")
        height_645 = fitted.heights[0]
        if height_645 * SCALE < self.settings.least_significance * isqrt(fitted.variances[0] * SCALE) * SCALE:
            return _undecided("too-few-counts")
        if height_662 > self.settings.most_americium * height_645:
            return _undecided("too-much-americium")
        rest = self._fit_642(width, height_645=height_645, height_662=height_662)
        if rest is None:
            return _undecided("no-fit-at-642")
        return self._compare(rest, fitted, height_662=height_662)

    def _compare(self, rest: IntegerHeights, fitted: IntegerHeights, *, height_662: int) -> IntegerAnswer:
        settings, height_645 = self.settings, fitted.heights[0]
        ratio = rounded(settings.fractions.ratio * rest.heights[0], height_645)
        spread_641 = rounded(
            settings.fractions.of_641 * height_662 * settings.fraction_641_per_mille, 1000 * SCALE
        )
        # 641 and 642 keV overlap: what is wrong at one is wrong at the other, almost in full.
        variance = rest.variances[0] * SCALE + spread_641 * spread_641
        of_642 = rounded(settings.fractions.ratio * isqrt(variance), height_645)
        of_645 = rounded(abs(ratio) * isqrt(fitted.variances[0] * SCALE), height_645)
        systematic = rounded(max(abs(ratio), settings.threshold) * settings.systematic_per_mille, 1000)
        uncertainty = isqrt(of_642 * of_642 + of_645 * of_645 + systematic * systematic) + 1
        margin = settings.coverage_per_mille * uncertainty
        away = 1000 * (ratio - settings.threshold) * (1 if settings.holds_below else -1)
        outcome, reason = MeasurementOutcome.NO_DECISION, "within-margin"
        if away + margin < 0:
            outcome, reason = MeasurementOutcome.CONFIRMED, "clears-threshold"
        elif away - margin > 0:
            outcome, reason = MeasurementOutcome.NOT_CONFIRMED, "clears-other-side"
        return IntegerAnswer(outcome=outcome, reason=reason, ratio=ratio, uncertainty=uncertainty)

    def _place(self, energy_ev: int) -> int:
        """Return the channel of an energy in 1/16384, where the line at 662 keV puts it."""
        twice = 2 * (energy_ev * 1000 - self.settings.offset_mev) * SCALE
        gain = self.settings.gain_mev * self.settings.group_by
        # The middle of a group of n channels is (n - 1)/2 channels above its first one.
        shift = rounded((self.settings.group_by - 1) * SCALE, 2 * self.settings.group_by)
        return rounded(twice, 2 * gain) - shift + self.drift

    def _whole(self, energy_ev: int) -> int:
        return rounded(self._place(energy_ev), SCALE)

    def _span(self, energies_ev: tuple[int, int]) -> Span:
        return Span(first=self._whole(energies_ev[0]), last=self._whole(energies_ev[1]))

    def _channels(self, energy_ev: int) -> int:
        """Return a difference of energies in 1/16384 channels."""
        return rounded(energy_ev * 1000 * SCALE, self.settings.gain_mev * self.settings.group_by)

    def _centre(self, energy_ev: int, *, reach_ev: int) -> int | None:
        """Return the centre of the highest peak near an energy, or None where its place is another."""
        span = self._span((energy_ev - reach_ev, energy_ev + reach_ev))
        top = top_channel(self.counts, span)
        centre = centroid(self.counts, top)
        if centre is None or abs(centre - self._place(energy_ev)) > self._channels(reach_ev):
            return None
        return centre

    def _missing(self, line: IntegerLine) -> str:
        """Return what a line lacks to be present, or an empty text."""
        low, peak, high = self._span(line.low_ev), self._span(line.peak_ev), self._span(line.high_ev)
        centre = centroid(self.counts, top_channel(self.counts, peak))
        if centre is None or abs(centre - self._place(line.energy_ev)) > self._channels(
            self.settings.centre_ev
        ):
            return "line-off-centre"
        area = area_between(self.counts, low=low, peak=peak, high=high)
        if area.net < critical_limit(area, factor_per_mille=self.settings.currie_per_mille):
            return "line-not-seen"
        if line.width_ev is None:
            return ""
        floor = area.line // peak.width
        reach = Span(first=low.first, last=high.last)
        width = half_width(self.counts, rounded(centre, SCALE), floor=floor, within=reach)
        least, most = (self._channels(edge) for edge in line.width_ev)
        return "" if width is not None and least <= width <= most else "line-of-other-width"

    def _fit_662(self, centre: int) -> tuple[int, int] | None:
        """Return width and height of the line at 662 keV; None where the best width is at an end."""
        least, most = (self._channels(edge) for edge in self.settings.width_ev)
        band = self._span((667_400, 670_400))
        floor = rounded(sum(self.counts[band.first : band.last + 1]) * SCALE, band.width)
        middle, reach = rounded(centre, SCALE), rounded(6 * (least + most), 20 * SCALE)
        channels = range(middle - reach, middle + reach + 1)
        values = [self.counts[channel] * SCALE - floor for channel in channels]
        variances = [max(self.counts[channel], 1) for channel in channels]
        best: tuple[int, int, int, int] | None = None
        for step in range(_WIDTH_STEPS + 1):
            width = least + (most - least) * step // _WIDTH_STEPS
            shape = [gaussian(channel, centre=centre, width=width) for channel in channels]
            height = fit_heights(values, [shape], variances=variances)
            if height is None:
                continue
            misfit = _misfit(values, shape, height=height.heights[0], variances=variances)
            if best is None or misfit < best[0]:
                best = (misfit, step, width, height.heights[0])
        if best is None or best[1] in {0, _WIDTH_STEPS}:
            return None
        return best[2], best[3]

    def _fit_645(self, width: int) -> IntegerHeights | None:
        """Return the height at 645 keV with a level background, width and place being known."""
        span = self._span((644_600, 648_400))
        channels = range(span.first, span.last + 1)
        shape = [gaussian(channel, centre=self._place(_EV_645), width=width) for channel in channels]
        return self._fit(channels, [shape, [SCALE] * span.width], taken=[0] * span.width)

    def _fit_642(self, width: int, *, height_645: int, height_662: int) -> IntegerHeights | None:
        """Return the height at 642 keV over a straight background, the other lines' heights taken off."""
        fractions = self.settings.fractions
        known = (
            (_EV_637, fractions.of_637 * height_645),
            (_EV_640, fractions.of_640 * height_645),
            (_EV_641, fractions.of_641 * height_662),
            (_EV_645, SCALE * height_645),
        )
        span = self._span(_RATIO_WINDOW_EV)
        channels = range(span.first, span.last + 1)
        places = [(self._place(energy), height) for energy, height in known]
        taken = [
            sum(
                rounded(height * gaussian(channel, centre=place, width=width), SCALE * SCALE)
                for place, height in places
            )
            for channel in channels
        ]
        shape = [gaussian(channel, centre=self._place(_EV_642), width=width) for channel in channels]
        slope = [rounded((2 * channel - span.twice_middle) * SCALE, span.width) for channel in channels]
        return self._fit(channels, [shape, [SCALE] * span.width, slope], taken=taken)

    def _fit(self, channels: range, shapes: list[list[int]], *, taken: list[int]) -> IntegerHeights | None:
        values = [self.counts[channel] * SCALE - off for channel, off in zip(channels, taken, strict=True)]
        return fit_heights(values, shapes, variances=[max(self.counts[channel], 1) for channel in channels])


def _misfit(values: list[int], shape: list[int], *, height: int, variances: list[int]) -> int:
    """Return the weighted sum of squares of what a shape of this height leaves."""
    left = [value - rounded(height * one, SCALE) for value, one in zip(values, shape, strict=True)]
    return sum(one * one // variance for one, variance in zip(left, variances, strict=True))


def _undecided(reason: str) -> IntegerAnswer:
    return IntegerAnswer(outcome=MeasurementOutcome.NO_DECISION, reason=reason)
