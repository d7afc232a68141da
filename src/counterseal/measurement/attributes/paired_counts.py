"""Counts of a place and of its paired background: net rate and limits that also hold for few counts.

Currie's critical limit takes the variance of the net counts from the background alone; with few counts
chance exceeds it far more often than it says (a quarter of all empty places, at one expected count and
a quantile for 5 %). Here the variance is that of the hypothesis that both are the same, estimated from both,
with a correction for whole counts: chance exceeds it as often as stated, or less, for all backgrounds.

References:
    [CURRIE-1968]; [ISO-11929-1], for a net rate of gross and background counts; for the variance under the
    hypothesis, [PRZYBOROWSKI-1940].
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.attributes.judgement import Figure
from counterseal.measurement.spectrum import Spectrum


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCounts:
    """Counts of a place and of its background, with their times.

    Attributes:
        gross: Counts at the place.
        gross_time_s: Their time [s], above 0.
        background: Counts of the background.
        background_time_s: Their time [s], above 0.
        variation: Relative standard uncertainty of the background besides counting.
        bunching: Variance of counts over their mean; 1 for single events, more where they come in bursts.
    """

    gross: int
    gross_time_s: float
    background: int
    background_time_s: float
    variation: float = 0.0
    bunching: float = 1.0

    @property
    def ratio(self) -> float:
        """Time of the place over time of the background."""
        return self.gross_time_s / self.background_time_s

    @property
    def expected(self) -> float:
        """Counts that the background gives in the time of the gross counts."""
        return self.background * self.ratio

    @property
    def net(self) -> float:
        """Gross counts beyond the expected ones."""
        return self.gross - self.expected

    def net_rate(self, name: str) -> Figure:
        """Return the net rate with its uncertainties [1/s]; no count is uncertain by one, not by nothing."""
        counted = (self.gross + 1) + (self.background + 1) * self.ratio * self.ratio
        return Figure(
            name=name,
            estimate=self.net / self.gross_time_s,
            statistical=math.sqrt(self.bunching * counted) / self.gross_time_s,
            systematic=self.variation * self.expected / self.gross_time_s,
        )

    def critical_limit(self, factor: float) -> float:
        """Return the net counts that chance exceeds at most at the agreed rate; ``factor`` is 1.645 for 5 %.

        It is the net count ``x`` with ``x^2 = k^2 (r (gross + background) + v^2)``, gross being ``x`` beyond
        what is expected, and half of the smallest step that ``x`` can make.
        """
        square = factor * factor * self.bunching
        spread = self.variation * self.expected
        under = square * self.expected * (1.0 + self.ratio) + factor * factor * spread * spread
        half = 0.5 * square * self.ratio
        return half + math.sqrt(half * half + under) + 0.5 * max(1.0, self.ratio)

    def detection_limit(self, factor: float, *, miss_factor: float) -> float:
        """Return the true net counts that stay below the critical limit at most at the other agreed rate.

        Args:
            factor: Quantile of the critical limit; 1.645 for 5 % of empty places.
            miss_factor: Quantile of the detection limit; 1.645 to miss 5 % of what is at it.
        """
        critical = self.critical_limit(factor)
        spread = self.variation * self.expected
        at_zero = self.bunching * (self.background + 1) * self.ratio * (1.0 + self.ratio) + spread * spread
        half = 0.5 * miss_factor * miss_factor * self.bunching
        root = math.sqrt(miss_factor * miss_factor * (at_zero + self.bunching * critical) + half * half)
        return critical + half + root


def counts_between(spectrum: Spectrum, band_kev: tuple[Fraction, Fraction]) -> int | None:
    """Return the counts of the channels whose middles lie in a band; None where it is not in the spectrum.

    Args:
        spectrum: A spectrum with an energy scale.
        band_kev: First and last energy of the band [keV].

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    energies = spectrum.energies_kev()
    low, high = (float(edge) for edge in band_kev)
    first, last = int(np.searchsorted(energies, low)), int(np.searchsorted(energies, high, side="right"))
    if low < energies[0] or high > energies[-1] or first >= last:
        return None
    counts: list[int] = spectrum.counts[first:last].tolist()
    return sum(counts)
