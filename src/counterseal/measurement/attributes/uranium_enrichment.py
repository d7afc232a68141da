"""Enrichment of uranium against a threshold or a band, from its own lines and nothing else of the item.

The lines of U-235 (143 to 205 keV) and of Pa-234m (258 to 1001 keV) share one relative efficiency, whose
logarithm is a polynomial in the logarithm of energy; what is left between the two is the ratio of
activities. Nothing shows how the efficiency runs from 205 to 766 keV but the line at 258 keV, so nothing
is decided where it is not seen. The polynomial of the second and of the third degree are both fitted, and
their difference is carried as a systematic uncertainty. Pa-234m stands for U-238 only months after a
chemical separation; the parties state how old the uranium is at least, for no measurement here shows it.

Enrichment is the mass of U-235 over that of U-235 and U-238; U-234 is left out.

References:
    [PANDA-1991], chapters 7 and 8.
"""

import math
from dataclasses import dataclass

from counterseal.measurement.arithmetic import exp
from counterseal.measurement.attributes.decision import Band, Threshold, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_spectra import net_counts, pairing_fault, peak_bands
from counterseal.measurement.attributes.uranium_fit import (
    RatioFit,
    RegionCounts,
    fit_ratio,
    line_response,
)
from counterseal.measurement.attributes.uranium_lines import (
    DEGREES,
    NUCLIDES,
    UraniumLines,
    UraniumMethod,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import net_area
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome

_LN2 = 0.6931471805599453


@dataclass(frozen=True, slots=True, kw_only=True)
class UraniumEnrichmentSettings:
    """What the parties agreed on for the enrichment of uranium.

    Attributes:
        enrichment: What the mass fraction of U-235 (0 to 1) is compared with.
        lines: Nuclear data, from the agreed edition.
        method: How it is found.
    """

    enrichment: Threshold | Band
    lines: UraniumLines
    method: UraniumMethod

    def __post_init__(self) -> None:
        """Refuse a threshold that no uranium, or all, would meet."""
        edges = [edge for edge in (self.enrichment.lower, self.enrichment.upper) if edge is not None]
        if not all(0 < edge < 1 for edge in edges):
            raise MeasurementError("uranium: thresholds of the enrichment must be above 0 and below 1")


def decide_uranium_enrichment(
    item: Spectrum, *, background: Spectrum | None, settings: UraniumEnrichmentSettings
) -> Judgement:
    """Answer whether the enrichment of an item's uranium is where it was agreed to be.

    Args:
        item: Spectrum of the item, with an energy scale.
        background: Spectrum of the place without it, from the same detector, or None.
        settings: What the parties agreed on.

    Returns:
        As `decide` does; or *malfunction* (``not-counting``, ``background-not-paired``,
        ``lines-outside-spectrum``); or *no decision*: ``line-not-seen``, ``too-few-lines``,
        ``fit-not-possible``, ``fit-not-settled``, ``fit-too-poor``.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    fault = pairing_fault(item, background, one_scale=True)
    if fault:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=fault)
    regions = counted_regions(item, background, lines=settings.lines, method=settings.method)
    if regions is None:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="lines-outside-spectrum")
    seen = _seen(regions, settings.method)
    if not _required_seen(seen, settings.method):
        return _undecided("line-not-seen")
    if not _enough(regions, seen):
        return _undecided("too-few-lines")
    try:
        fits = tuple(fit_ratio(regions, degree=degree, seen=seen) for degree in DEGREES)
    except MeasurementError:
        # Numbers of a hostile spectrum may leave equations without a solution; how, is nobody's business.
        return _undecided("fit-not-possible")
    return _conclude(fits, settings)


def counted_regions(
    item: Spectrum, background: Spectrum | None, *, lines: UraniumLines, method: UraniumMethod
) -> tuple[RegionCounts, ...] | None:
    """Return what each region of a method holds; None where one is not inside the spectrum.

    Args:
        item: Spectrum of the item, with an energy scale.
        background: Spectrum of the place without it that pairs with it, or None.
        lines: Nuclear data of uranium.
        method: The regions, and the width that a line has.

    Returns:
        A count a region, in the order of the method.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    energies = item.energies_kev()
    counts, variances = net_counts(item, background)
    found = []
    for region in method.regions:
        bands = peak_bands(energies, low=region.low_band_kev, peak=region.peak_kev, high=region.high_band_kev)
        if bands is None:
            return None
        area = net_area(counts, bands, variances=variances)
        fwhm = float(method.fwhm_kev) * math.sqrt(_relative_square(float(region.energy_kev), method))
        of_235, of_238, unc_235, unc_238 = line_response(energies, bands, lines.lines, fwhm_kev=fwhm)
        group = NUCLIDES.index(region.nuclide)
        own, own_unc = (of_238, unc_238) if group else (of_235, unc_235)
        if not own > 0.0:
            return None
        found.append(
            RegionCounts(
                energy_kev=float(region.energy_kev),
                group=group,
                net=area.net,
                null_variance=area.null_unc * area.null_unc,
                of_235=max(of_235, 0.0),
                of_238=max(of_238, 0.0),
                intensity_unc=own_unc / own,
            )
        )
    return tuple(found)


def _relative_square(energy_kev: float, method: UraniumMethod) -> float:
    return max(1.0 + float(method.width_growth) * (energy_kev / float(method.fwhm_at_kev) - 1.0), 0.05)


def _seen(regions: tuple[RegionCounts, ...], method: UraniumMethod) -> tuple[int, ...]:
    """Return the regions whose net counts stand out of chance."""
    least = float(method.least_significance)
    return tuple(
        at
        for at, region in enumerate(regions)
        if region.net > 0.0 and region.net >= least * math.sqrt(max(region.null_variance + region.net, 1.0))
    )


def _required_seen(seen: tuple[int, ...], method: UraniumMethod) -> bool:
    return all(at in seen for at, region in enumerate(method.regions) if region.required)


def _enough(regions: tuple[RegionCounts, ...], seen: tuple[int, ...]) -> bool:
    """Return whether the seen regions carry a start of the third degree."""
    groups = {regions[at].group for at in seen}
    return len(groups) == len(NUCLIDES) and len(seen) >= DEGREES[1] + 2


def _conclude(fits: tuple[RatioFit, ...], settings: UraniumEnrichmentSettings) -> Judgement:
    figure = _enrichment(fits, settings)
    behind = tuple(
        Figure(name=f"chi2_per_degree_{degree}", estimate=fit.chi2_per_degree, statistical=0.0)
        for degree, fit in zip(DEGREES, fits, strict=True)
    )
    reason = _gate(fits, settings.method)
    if reason:
        return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason, figures=(figure, *behind))
    return decide(figure, against=settings.enrichment, behind=behind)


def _gate(fits: tuple[RatioFit, ...], method: UraniumMethod) -> str:
    if not all(fit.settled for fit in fits):
        return "fit-not-settled"
    return "" if fits[-1].chi2_per_degree <= float(method.most_chi2_per_degree) else "fit-too-poor"


def _enrichment(fits: tuple[RatioFit, ...], settings: UraniumEnrichmentSettings) -> Figure:
    """Return the mass fraction of U-235 with what counting adds to its uncertainty and what all else does."""
    stiffer, fit = fits
    estimate, other = (_fraction(one.log_ratio, settings.lines) for one in (fit, stiffer))
    slope = estimate * (1.0 - estimate)
    days = settings.method.least_age_days / settings.lines.thorium_half_life_days
    young = exp(-_LN2 * days)
    parts = (
        other - estimate,
        slope * fit.intensity_unc,
        slope * float(settings.method.systematic_floor),
        slope * young,
    )
    return Figure(
        name="mass_fraction_of_u235",
        estimate=estimate,
        statistical=slope * fit.counting_unc,
        systematic=math.sqrt(math.fsum(part * part for part in parts)),
    )


def _fraction(log_ratio: float, lines: UraniumLines) -> float:
    return 1.0 / (1.0 + exp(min(max(log_ratio, -500.0), 500.0)) / lines.mass_ratio_per_activity_ratio)


def _undecided(reason: str) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason)
