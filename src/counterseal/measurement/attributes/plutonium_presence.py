"""Presence of plutonium: several lines of one nuclide, each seen, at its place, with its width.

One line proves little: another nuclide may have one there (Cs-137 at 661.66 keV stands 0.74 keV
below Am-241 at 662.40 keV). So all agreed lines must be there at once: net counts above Currie's
critical limit, centre and width inside gates together with their uncertainties. That a line is not seen
is no answer by itself; *not confirmed* needs the agreed rate of the first line to be excluded.

References:
    The lines and gates of the published UK-Norway information barrier [UKNI-SOFTWARE]; [CURRIE-1968].
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from counterseal.measurement.attributes.decision import Side, Threshold, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_spectra import (
    Interval,
    net_counts,
    pairing_fault,
    peak_bands,
)
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.side_bands import NetArea, PeakBands, PeakForm, net_area, peak_form
from counterseal.measurement.spectrum import Floats, Spectrum
from counterseal.terms.outcomes import MeasurementOutcome

MAX_LINES = 20
MAX_FACTOR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceLine:
    """A line, or a group of lines that the detector sees as one, and where to look for it.

    Attributes:
        energy_kev: Where its centre must be [keV].
        low_band_kev: First and last energy of the band below it [keV].
        peak_kev: First and last energy of the peak [keV].
        high_band_kev: First and last energy of the band above it [keV].
        fwhm_kev: Full width at half maximum that the detector gives it [keV].
        centre_gate_kev: How far its centre may be from ``energy_kev`` [keV].
        width_gate: How far its width may be from ``fwhm_kev``, relative; None where it is not a single line.
    """

    energy_kev: Fraction
    low_band_kev: Interval
    peak_kev: Interval
    high_band_kev: Interval
    fwhm_kev: Fraction
    centre_gate_kev: Fraction
    width_gate: Fraction | None

    def __post_init__(self) -> None:
        """Refuse bands out of order and gates that let nothing, or anything, through."""
        edges = (*self.low_band_kev, *self.peak_kev, *self.high_band_kev)
        if list(edges) != sorted(set(edges)) or not edges[2] < self.energy_kev < edges[3]:
            raise MeasurementError(
                f"line at {float(self.energy_kev)} keV: its bands must go upwards, the line in the middle"
            )
        if not (self.fwhm_kev > 0 and self.centre_gate_kev > 0):
            raise MeasurementError(f"line at {float(self.energy_kev)} keV: width and gate must be above 0")
        if self.width_gate is not None and not 0 < self.width_gate < 1:
            raise MeasurementError(
                f"line at {float(self.energy_kev)} keV: gate of its width must be between 0 and 1"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlutoniumPresenceSettings:
    """What the parties agreed on for the presence of plutonium.

    Attributes:
        lines: The lines that must all be there; the first is the one that ``least_rate_per_s`` is about.
        detection_factor: Quantile of the critical limit (1.645 for 95 %).
        coverage: Standard uncertainties that centre and width must clear their gates by.
        drift_kev: How far all lines may be off together, as the first one is [keV]; 0: not at all. What the
            first is not known better than is then in the uncertainty of the others' centres.
        least_net_counts: Net counts below which no line counts as seen.
        least_rate_per_s: Net rate of the first line that plutonium as agreed would at least give
            [1/s]; below it by ``coverage`` uncertainties the answer is *not confirmed*. None: never.
    """

    lines: tuple[PresenceLine, ...]
    detection_factor: Fraction
    coverage: Fraction
    drift_kev: Fraction
    least_net_counts: int
    least_rate_per_s: Fraction | None

    def __post_init__(self) -> None:
        """Refuse settings that any spectrum, or none, would meet."""
        if not 1 <= len(self.lines) <= MAX_LINES:
            raise MeasurementError(f"presence by {len(self.lines)} lines: must be 1 to {MAX_LINES}")
        if not (0 < self.detection_factor <= MAX_FACTOR and 0 < self.coverage <= MAX_FACTOR):
            raise MeasurementError(f"presence: both factors must be above 0, at most {MAX_FACTOR}")
        if self.drift_kev < 0:
            raise MeasurementError(f"presence: drift of {float(self.drift_kev)} keV, must be at least 0")
        if self.least_net_counts < 1:
            raise MeasurementError(f"presence: least net counts {self.least_net_counts}, must be at least 1")
        if self.least_rate_per_s is not None and self.least_rate_per_s <= 0:
            raise MeasurementError("presence: the least rate must be above 0")


def decide_plutonium_presence(
    item: Spectrum, *, background: Spectrum | None, settings: PlutoniumPresenceSettings
) -> Judgement:
    """Answer whether an item shows the agreed lines of plutonium.

    Args:
        item: Spectrum of the item, with an energy scale.
        background: Spectrum of the place without it, from the same detector, or None.
        settings: What the parties agreed on.

    Returns:
        *Confirmed* (``all-lines-present``); *not confirmed* (``clears-other-side``: the first line's
        rate is below the agreed one); *malfunction* (``not-counting``, ``background-not-paired``,
        ``lines-outside-spectrum``); or *no decision*, with the first reason that held it up:
        ``line-not-seen``, ``line-off-centre``, ``line-of-other-width``.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    fault = pairing_fault(item, background, one_scale=False)
    if fault:
        return _answer(MeasurementOutcome.MALFUNCTION, fault)
    counts, variances = net_counts(item, background)
    energies, drift_unc_kev = _without_drift(item.energies_kev(), counts, variances, settings)
    figures: list[Figure] = []
    problems: list[str] = []
    for line in settings.lines:
        bands = _bands(line, energies)
        if bands is None:
            return _answer(MeasurementOutcome.MALFUNCTION, "lines-outside-spectrum")
        area = net_area(counts, bands, variances=variances)
        form = _form(line, counts, bands, energies, variances=variances, coverage=float(settings.coverage))
        if line is not settings.lines[0]:
            form = form.off_by(drift_unc_kev)
        figures.append(_rate(line, area, live_time_s=item.live_time_s))
        problems.append(_problem(line, area, form, settings))
    return _conclude(tuple(figures), problems, settings)


def _conclude(
    figures: tuple[Figure, ...], problems: list[str], settings: PlutoniumPresenceSettings
) -> Judgement:
    if not any(problems):
        return Judgement(outcome=MeasurementOutcome.CONFIRMED, reason="all-lines-present", figures=figures)
    if settings.least_rate_per_s is not None:
        least = Threshold(value=settings.least_rate_per_s, holds=Side.ABOVE, coverage=settings.coverage)
        excluded = decide(figures[0], against=least, behind=figures[1:])
        if excluded.outcome is MeasurementOutcome.NOT_CONFIRMED:
            return excluded
    reason = next(problem for problem in problems if problem)
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason, figures=figures)


def _problem(line: PresenceLine, area: NetArea, form: "_Form", settings: PlutoniumPresenceSettings) -> str:
    """Return what is missing for a line to be there, or an empty text."""
    limit = area.critical_limit(float(settings.detection_factor))
    if area.net < max(limit, settings.least_net_counts):
        return "line-not-seen"
    coverage = float(settings.coverage)
    if not abs(form.centre_off_kev) + coverage * form.centre_unc_kev <= float(line.centre_gate_kev):
        return "line-off-centre"
    if line.width_gate is None:
        return ""
    reference = float(line.fwhm_kev)
    if (
        not abs(form.fwhm_kev - reference) + coverage * form.fwhm_unc_kev
        <= float(line.width_gate) * reference
    ):
        return "line-of-other-width"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """Centre and width of a line as seen [keV]; not-a-number where nothing is."""

    centre_off_kev: float
    centre_unc_kev: float
    fwhm_kev: float
    fwhm_unc_kev: float

    def off_by(self, unc_kev: float) -> "_Form":
        """Return the same on a scale whose zero is not known better than that [keV]."""
        own = self.centre_unc_kev
        return replace(self, centre_unc_kev=math.sqrt(own * own + unc_kev * unc_kev))


def _form(
    line: PresenceLine,
    counts: Floats,
    bands: PeakBands,
    energies: Floats,
    *,
    variances: Floats | None,
    coverage: float,
) -> _Form:
    near = int(np.searchsorted(energies, float(line.energy_kev)))
    kev_per_channel = float(energies[near] - energies[near - 1])
    expected = near - (float(energies[near]) - float(line.energy_kev)) / kev_per_channel
    found: PeakForm = peak_form(
        counts,
        bands,
        near=expected,
        fwhm=float(line.fwhm_kev) / kev_per_channel,
        variances=variances,
        margin=coverage,
    )
    return _Form(
        centre_off_kev=(found.centre - expected) * kev_per_channel,
        centre_unc_kev=found.centre_unc * kev_per_channel,
        fwhm_kev=found.fwhm * kev_per_channel,
        fwhm_unc_kev=found.fwhm_unc * kev_per_channel,
    )


def _without_drift(
    energies: Floats, counts: Floats, variances: Floats | None, settings: PlutoniumPresenceSettings
) -> tuple[Floats, float]:
    """Return the energies less the offset of the first line, where it is one that was agreed to be borne.

    With them comes the standard uncertainty of what was taken off [keV]; 0 where nothing was.
    """
    line = settings.lines[0]
    bands = _bands(line, energies)
    if bands is None or settings.drift_kev == 0:
        return energies, 0.0
    form = _form(line, counts, bands, energies, variances=variances, coverage=float(settings.coverage))
    if not abs(form.centre_off_kev) <= float(settings.drift_kev):
        return energies, 0.0
    return energies - form.centre_off_kev, form.centre_unc_kev


def _bands(line: PresenceLine, energies: Floats) -> PeakBands | None:
    """Return the channels whose middles lie in each band, or None where a band has none."""
    return peak_bands(energies, low=line.low_band_kev, peak=line.peak_kev, high=line.high_band_kev)


def _rate(line: PresenceLine, area: NetArea, *, live_time_s: float) -> Figure:
    name = f"net_rate_per_s_at_{float(line.energy_kev):.2f}_kev"
    return Figure(name=name, estimate=area.net / live_time_s, statistical=area.unc / live_time_s)


def _answer(outcome: MeasurementOutcome, reason: str) -> Judgement:
    return Judgement(outcome=outcome, reason=reason)
