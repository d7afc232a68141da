"""No radiation above a stated detection limit: what is said of a place that should be empty.

Every agreed band of energies is compared with a paired background of the same place. The decision is taken at
the critical limit; the limit that the answer states is guaranteed by the detection limit, so that a
measurement that is too short confirms nothing. What is asked is never "absent".

References:
    [CURRIE-1968]; [ISO-11929-1], for a net rate of gross and background.
"""

from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.attributes.decision import all_of
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.attributes.paired_counts import PairedCounts, counts_between
from counterseal.measurement.attributes.paired_spectra import pairing_fault
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome

MAX_BANDS = 64
MAX_FACTOR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietBand:
    """A band of energies in which nothing above a limit may be.

    Attributes:
        band_kev: First and last energy [keV].
        limit_rate_per_s: The stated detection limit: a net rate that would be seen [1/s], above 0.
    """

    band_kev: tuple[Fraction, Fraction]
    limit_rate_per_s: Fraction

    def __post_init__(self) -> None:
        """Refuse a band without a width, and a limit that nothing can meet."""
        low, high = self.band_kev
        if not 0 <= low < high:
            raise MeasurementError(f"quiet band {float(low)} to {float(high)} keV: must go upwards, from 0")
        if self.limit_rate_per_s <= 0:
            raise MeasurementError("quiet band: its stated detection limit must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRadiationSettings:
    """What the parties agreed on for "no radiation above the stated detection limit".

    Attributes:
        bands: Bands that are all asked.
        detection_factor: Quantile of the critical limit of a band (1.645: chance alone is above it in one of
            20 bands; of several bands asked, in as many times more).
        miss_factor: Quantile of the detection limit (1.645: 5 % of what is at the limit is missed).
        background_variation: Relative standard uncertainty by which the background of the place varies.
    """

    bands: tuple[QuietBand, ...]
    detection_factor: Fraction
    miss_factor: Fraction
    background_variation: Fraction

    def __post_init__(self) -> None:
        """Refuse settings that any place, or none, would meet."""
        if not 1 <= len(self.bands) <= MAX_BANDS:
            raise MeasurementError(f"no radiation in {len(self.bands)} bands: must be 1 to {MAX_BANDS}")
        if not (0 < self.detection_factor <= MAX_FACTOR and 0 < self.miss_factor <= MAX_FACTOR):
            raise MeasurementError(f"no radiation: both factors must be above 0, at most {MAX_FACTOR}")
        if not 0 <= self.background_variation < 1:
            raise MeasurementError("no radiation: variation of the background must be at least 0, below 1")


def decide_no_radiation(
    item: Spectrum, *, background: Spectrum | None, settings: NoRadiationSettings
) -> Judgement:
    """Answer whether a place shows no radiation above the stated detection limits.

    Args:
        item: Spectrum of the place, with an energy scale.
        background: Spectrum of the paired background, of the same detector.
        settings: What the parties agreed on.

    Returns:
        For each band, and so for all: *not confirmed* (``above-critical-limit``); *confirmed*
        (``below-critical-limit``) where nothing is seen and the stated limit would have been; *no decision*
        (``limit-not-reached``) where it would not; *malfunction* (``no-background``,
        ``not-counting``, ``background-not-paired``, ``band-outside-spectrum``).

    Raises:
        MeasurementError: a spectrum has no energy scale, or one that does not increase.
    """
    if background is None:
        return _malfunction("no-background")
    fault = pairing_fault(item, background, one_scale=True)
    if fault:
        return _malfunction(fault)
    found = []
    for band in settings.bands:
        gross, under = (counts_between(spectrum, band.band_kev) for spectrum in (item, background))
        if gross is None or under is None:
            return _malfunction("band-outside-spectrum")
        pair = PairedCounts(
            gross=gross,
            gross_time_s=item.live_time_s,
            background=under,
            background_time_s=background.live_time_s,
            variation=float(settings.background_variation),
        )
        found.append(_band_answer(pair, band, settings))
    return all_of(tuple(found))


def _band_answer(pair: PairedCounts, band: QuietBand, settings: NoRadiationSettings) -> Judgement:
    factor, miss_factor = float(settings.detection_factor), float(settings.miss_factor)
    limit = pair.detection_limit(factor, miss_factor=miss_factor)
    low, high = band.band_kev
    figure = pair.net_rate(f"net_rate_{float(low):g}_{float(high):g}_kev_per_s")
    if pair.net > pair.critical_limit(factor):
        outcome, reason = MeasurementOutcome.NOT_CONFIRMED, "above-critical-limit"
    elif Fraction(limit) <= band.limit_rate_per_s * Fraction(pair.gross_time_s):
        outcome, reason = MeasurementOutcome.CONFIRMED, "below-critical-limit"
    else:
        outcome, reason = MeasurementOutcome.NO_DECISION, "limit-not-reached"
    return Judgement(outcome=outcome, reason=reason, figures=(figure,))


def _malfunction(reason: str) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=reason)
