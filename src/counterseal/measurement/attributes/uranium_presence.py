"""Presence of highly enriched uranium: lines of U-235, an enrichment above a threshold, if agreed U-232 too.

What it can say: that uranium which reaches the detector with its own lines is enriched above the agreed
threshold. What it cannot: that there is none. Photons of 186 keV come out of millimetres of metal
and are stopped by a few millimetres of lead; an enriched core under depleted uranium shows the enrichment of
its surface; and metal separated months ago has too little Pa-234m, which only the parties can know.

The line of Tl-208 at 2614.5 keV comes through all that. It follows U-232, a trace in uranium that has been
in a reactor, and so it is no property of enriched uranium: there is enriched uranium without it, and
natural thorium in every wall with it. Where it is agreed on, it must stand above the background of the
place and above what thorium gives, which shows itself by Ac-228 at 911 keV; that it is not seen is no answer.

References:
    [PANDA-1991], chapters 1 and 7; [CURRIE-1968].
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.attributes.decision import Side, Threshold, all_of, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_spectra import (
    Interval,
    net_counts,
    pairing_fault,
    peak_bands,
)
from counterseal.measurement.attributes.plutonium_presence import (
    PlutoniumPresenceSettings,
    PresenceLine,
    decide_plutonium_presence,
)
from counterseal.measurement.attributes.uranium_enrichment import (
    UraniumEnrichmentSettings,
    decide_uranium_enrichment,
)
from counterseal.measurement.attributes.uranium_lines import UraniumLines, UraniumMethod
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import NetArea, net_area
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRegion:
    """A line of a thorium chain and where to look for it.

    Attributes:
        low_band_kev: First and last energy of the band below it [keV].
        peak_kev: First and last energy of the peak [keV].
        high_band_kev: First and last energy of the band above it [keV].
    """

    low_band_kev: Interval
    peak_kev: Interval
    high_band_kev: Interval

    def __post_init__(self) -> None:
        """Refuse bands out of order."""
        edges = (*self.low_band_kev, *self.peak_kev, *self.high_band_kev)
        if list(edges) != sorted(set(edges)) or edges[0] < 0:
            raise MeasurementError("indicator region: its bands must go upwards, from 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uranium232Indicator:
    """What is asked of the line of Tl-208.

    Attributes:
        thallium: The line of Tl-208 at 2614.5 keV.
        actinium: The line of Ac-228 at 911.2 keV, which thorium has and U-232 has not.
        most_thorium: Net counts at 2614.5 keV that natural thorium gives for each at 911.2 keV, at most.
    """

    thallium: IndicatorRegion
    actinium: IndicatorRegion
    most_thorium: Fraction

    def __post_init__(self) -> None:
        """Refuse an indicator that thorium would meet."""
        if self.most_thorium <= 0:
            raise MeasurementError("indicator of U-232: what thorium gives must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumPresenceSettings:
    """What the parties agreed on for the presence of highly enriched uranium.

    Attributes:
        present_lines: Lines of U-235 that must all be there; the first is what ``least_rate_per_s`` is about.
        detection_factor: Quantile of the critical limit (1.645 for 95 %).
        drift_kev: How far all lines may be off together, as the first one is [keV].
        least_net_counts: Net counts below which no line counts as seen.
        least_rate_per_s: Net rate of the first line below which the answer is *not confirmed*; None: never.
        enrichment: Mass fraction of U-235 that it must be above.
        lines: Nuclear data, from the agreed edition.
        method: How the enrichment is found.
        indicator: What is asked of Tl-208, or None where nothing is.
    """

    present_lines: tuple[PresenceLine, ...]
    detection_factor: Fraction
    drift_kev: Fraction
    least_net_counts: int
    least_rate_per_s: Fraction | None
    enrichment: Threshold
    lines: UraniumLines
    method: UraniumMethod
    indicator: Uranium232Indicator | None

    def __post_init__(self) -> None:
        """Refuse settings that any uranium, or none, would meet."""
        if self.enrichment.holds is not Side.ABOVE:
            raise MeasurementError("presence of enriched uranium: must hold above an enrichment")
        self.by_lines()
        self.by_enrichment()

    def by_lines(self) -> PlutoniumPresenceSettings:
        """Return what is asked of the lines of U-235; the rule is that of plutonium."""
        return PlutoniumPresenceSettings(
            lines=self.present_lines,
            detection_factor=self.detection_factor,
            coverage=self.enrichment.coverage,
            drift_kev=self.drift_kev,
            least_net_counts=self.least_net_counts,
            least_rate_per_s=self.least_rate_per_s,
        )

    def by_enrichment(self) -> UraniumEnrichmentSettings:
        """Return what is asked of the enrichment."""
        return UraniumEnrichmentSettings(enrichment=self.enrichment, lines=self.lines, method=self.method)


def decide_uranium_presence(
    item: Spectrum, *, background: Spectrum | None, settings: UraniumPresenceSettings
) -> Judgement:
    """Answer whether an item shows highly enriched uranium.

    Args:
        item: Spectrum of the item, with an energy scale.
        background: Spectrum of the place without it, from the same detector; None only without an indicator.
        settings: What the parties agreed on.

    Returns:
        *Confirmed* where the lines are there, the enrichment clears its threshold, and the indicator, if
        agreed, is there (``u232-seen``). *Not confirmed* as the rules of lines and enrichment say. *No
        decision* as they say, and where the indicator is not seen (``u232-not-seen``). *Malfunction* as
        they say, and ``no-background``.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    answers = [
        decide_plutonium_presence(item, background=background, settings=settings.by_lines()),
        decide_uranium_enrichment(item, background=background, settings=settings.by_enrichment()),
    ]
    if settings.indicator is not None:
        answers.append(
            _indicator(item, background, settings.indicator, coverage=settings.enrichment.coverage)
        )
    return all_of(tuple(answers))


def _indicator(
    item: Spectrum, background: Spectrum | None, indicator: Uranium232Indicator, *, coverage: Fraction
) -> Judgement:
    """Answer whether Tl-208 stands above the place and above what thorium gives; never *not confirmed*."""
    if background is None:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="no-background")
    fault = pairing_fault(item, background, one_scale=False)
    if fault:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=fault)
    thallium = _area(item, background, indicator.thallium)
    actinium = _area(item, background, indicator.actinium)
    if thallium is None or actinium is None:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="lines-outside-spectrum")
    thorium = float(indicator.most_thorium)
    figure = Figure(
        name="tl208_beyond_thorium_per_s",
        estimate=(thallium.net - thorium * max(actinium.net, 0.0)) / item.live_time_s,
        statistical=math.sqrt(
            max(thallium.unc * thallium.unc, 1.0) + thorium * thorium * max(actinium.unc * actinium.unc, 1.0)
        )
        / item.live_time_s,
    )
    seen = decide(figure, against=Threshold(value=Fraction(0), holds=Side.ABOVE, coverage=coverage))
    if seen.outcome is MeasurementOutcome.CONFIRMED:
        return Judgement(outcome=seen.outcome, reason="u232-seen", figures=(figure,))
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason="u232-not-seen", figures=(figure,))


def _area(item: Spectrum, background: Spectrum, region: IndicatorRegion) -> NetArea | None:
    bands = peak_bands(
        item.energies_kev(), low=region.low_band_kev, peak=region.peak_kev, high=region.high_band_kev
    )
    if bands is None:
        return None
    counts, variances = net_counts(item, background)
    return net_area(counts, bands, variances=variances)
