"""Symmetry: the rate of an agreed band of energies, from several sides of an item that does not move.

An item that is symmetric about its axis shows every side the same net rate. Each side is compared with
the mean of all, with its own uncertainty; the largest of many noisy deviations alone would grow with their
number.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.attributes.decision import Band, all_of, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_counts import PairedCounts, counts_between
from counterseal.measurement.attributes.paired_spectra import NOT_COUNTING
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome

MIN_SIDES = 3
MAX_SIDES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SymmetrySettings:
    """What the parties agreed on for symmetry.

    Attributes:
        sides: From how many sides the item is measured.
        band_kev: First and last energy of the band [keV].
        tolerance: Largest relative deviation of one side from the mean, above 0 and below 1.
        coverage: Standard uncertainties that a deviation must clear the tolerance by.
        side_variation: Relative standard uncertainty of one side besides counting (place, distance).
        least_net_counts: Net counts of the mean side below which nothing is decided.
    """

    sides: int
    band_kev: tuple[Fraction, Fraction]
    tolerance: Fraction
    coverage: Fraction
    side_variation: Fraction
    least_net_counts: int

    def __post_init__(self) -> None:
        """Refuse settings that any item, or none, would meet."""
        if not MIN_SIDES <= self.sides <= MAX_SIDES:
            raise MeasurementError(f"symmetry from {self.sides} sides: must be {MIN_SIDES} to {MAX_SIDES}")
        low, high = self.band_kev
        if not 0 <= low < high:
            raise MeasurementError(
                f"symmetry band {float(low)} to {float(high)} keV: must go upwards, from 0"
            )
        if not (0 < self.tolerance < 1 and 0 <= self.side_variation < 1):
            raise MeasurementError(
                "symmetry: tolerance and variation must be fractions below 1, tolerance above 0"
            )
        if self.least_net_counts < 1:
            raise MeasurementError(f"symmetry: least net counts {self.least_net_counts}, must be at least 1")
        Band(lower=-self.tolerance, upper=self.tolerance, coverage=self.coverage)


def decide_symmetry(
    items: tuple[Spectrum, ...], *, background: Spectrum | None, settings: SymmetrySettings
) -> Judgement:
    """Answer whether an item looks the same from all agreed sides.

    Args:
        items: One spectrum a side, each with an energy scale.
        background: Spectrum of the place without the item, or None.
        settings: What the parties agreed on.

    Returns:
        *Confirmed* where every side clears the tolerance, *not confirmed* where one is beyond it, else *no
        decision* (also ``too-few-counts``); *malfunction* (``number-of-sides``, ``not-counting``,
        ``sides-differ``, ``band-outside-spectrum``).

    Raises:
        MeasurementError: a spectrum has no energy scale, or one that does not increase.
    """
    measured = items if background is None else (*items, background)
    if len(items) != settings.sides:
        return _malfunction("number-of-sides")
    if not all(spectrum.live_time_ns for spectrum in measured):
        return _malfunction(NOT_COUNTING)
    if len({(spectrum.scale, len(spectrum.counts)) for spectrum in measured}) != 1:
        return _malfunction("sides-differ")
    counted = [counts_between(spectrum, settings.band_kev) for spectrum in measured]
    known = [count for count in counted if count is not None]
    if len(known) != len(counted):
        return _malfunction("band-outside-spectrum")
    return _compare(known, items, background, settings=settings)


def _compare(
    counts: list[int], items: tuple[Spectrum, ...], background: Spectrum | None, *, settings: SymmetrySettings
) -> Judgement:
    pairs = [
        PairedCounts(
            gross=count,
            gross_time_s=item.live_time_s,
            background=0 if background is None else counts[-1],
            background_time_s=item.live_time_s if background is None else background.live_time_s,
        ).net_rate(f"side_{number}_net_rate_per_s")
        for number, (count, item) in enumerate(zip(counts, items, strict=False))
    ]
    mean = math.fsum(figure.estimate for figure in pairs) / len(pairs)
    shortest_s = min(item.live_time_s for item in items)
    if not mean * shortest_s >= settings.least_net_counts:
        return Judgement(
            outcome=MeasurementOutcome.NO_DECISION, reason="too-few-counts", figures=tuple(pairs)
        )
    band = Band(lower=-settings.tolerance, upper=settings.tolerance, coverage=settings.coverage)
    return all_of(
        tuple(decide(_deviation(pairs, side, mean, settings), against=band) for side in range(len(pairs)))
    )


def _deviation(pairs: list[Figure], side: int, mean: float, settings: SymmetrySettings) -> Figure:
    """Return a side's relative deviation from the mean, in which it has its own part."""
    number, rate = len(pairs), pairs[side].estimate
    own = (1.0 - rate / (mean * number)) / mean
    others = math.fsum(
        figure.statistical * figure.statistical for place, figure in enumerate(pairs) if place != side
    )
    spread = rate / (mean * mean * number)
    variance = own * own * pairs[side].statistical * pairs[side].statistical + spread * spread * others
    return Figure(
        name=f"side_{side}_deviation",
        estimate=rate / mean - 1.0,
        statistical=math.sqrt(variance),
        systematic=float(settings.side_variation),
    )


def _malfunction(reason: str) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=reason)
