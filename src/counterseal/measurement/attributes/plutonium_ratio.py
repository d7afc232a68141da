"""Pu-240 over Pu-239 by mass against a threshold, from the lines between 630 and 668 keV.

Three groups of lines (Pu-239, Pu-240, Am-241) are fitted together; the answer rests on the
amplitudes of two of them, on half-lives and masses. In material with much Am-241 its line at
641.47 keV hides most of Pu-240's at 642.35 keV, so nuclear data and energy scale weigh more than
counting. They are in the decision, with a floor below which the systematic uncertainty is never taken
to be: a share of the estimate or of the threshold, whichever is more. A share of the estimate alone would
ask the smallest margin of figures that came out low by that very error, and let an item at the threshold
clear it downwards too often.

References:
    [PANDA-1991], chapter 8, on the 640 keV region; [UKNI-SOFTWARE], for the attribute.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from counterseal.measurement.arithmetic import log
from counterseal.measurement.attributes.decision import Threshold, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_spectra import pairing_fault
from counterseal.measurement.attributes.plutonium_window import NUCLIDES, PlutoniumLines, WindowMethod
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.line_scale import LineScale, ScaleSearch, find_scale
from counterseal.measurement.spectrum import Floats, Spectrum
from counterseal.measurement.window_fit import (
    Prior,
    WindowData,
    WindowFit,
    WindowModel,
    fit_window,
)
from counterseal.terms.outcomes import MeasurementOutcome

_PLUTONIUM_239, _PLUTONIUM_240, _AMERICIUM_241 = range(3)
_LEAST_FWHM_CHANNELS = 2.5
_FWHM_PER_SIGMA = 2.3548200450309493


@dataclass(frozen=True, slots=True, kw_only=True)
class PlutoniumRatioSettings:
    """What the parties agreed on for the ratio of Pu-240 to Pu-239.

    Attributes:
        threshold: What the mass ratio is compared with.
        lines: Nuclear data, from the agreed edition.
        method: How the window is fitted.
        least_significance: Net counts over uncertainty that the reference line of Pu-239 must have.
        most_americium: Ratio of the net counts at 662 keV to those at 645 keV past which nothing is decided.
        most_chi2_per_degree: Misfit past which nothing is decided.
        most_pull: Standard uncertainties by which the fit may move a nuclear datum.
        systematic_floor: Relative systematic standard uncertainty, at least; of the estimate, and of the
            threshold where the estimate is below it.
        americium_floor: The same above ``americium_from``.
        americium_from: Ratio 662/645 from which that holds.
    """

    threshold: Threshold
    lines: PlutoniumLines
    method: WindowMethod
    least_significance: Fraction
    most_americium: Fraction
    most_chi2_per_degree: Fraction
    most_pull: Fraction
    systematic_floor: Fraction
    americium_floor: Fraction
    americium_from: Fraction

    def __post_init__(self) -> None:
        """Refuse settings that let everything, or nothing, be decided."""
        limits = (self.least_significance, self.most_americium, self.most_chi2_per_degree, self.most_pull)
        if min(limits) <= 0:
            raise MeasurementError("plutonium ratio: every limit must be above 0")
        if not (0 <= self.systematic_floor < 1 and 0 <= self.americium_floor < 1):
            raise MeasurementError("plutonium ratio: floors of the uncertainty must be 0 to 1")


def decide_plutonium_ratio(
    item: Spectrum, *, background: Spectrum | None, settings: PlutoniumRatioSettings
) -> Judgement:
    """Answer whether the mass ratio Pu-240/Pu-239 of an item is on the agreed side of a threshold.

    Args:
        item: Spectrum of the item, with an energy scale good to ``reach_kev``.
        background: Spectrum of the place without it, from the same detector, or None.
        settings: What the parties agreed on.

    Returns:
        As `decide` does; or *malfunction* (``not-counting``, ``background-not-paired``,
        ``window-outside-spectrum``); or *no decision*: ``energy-scale-not-found``,
        ``energy-scale-not-straight``, ``too-few-channels``, ``fit-not-possible``, ``fit-not-settled``,
        ``too-few-counts``, ``too-much-americium``, ``fit-too-poor``, ``nuclear-data-contradicted``.

    Raises:
        MeasurementError: the spectrum has no energy scale, or one that does not increase.
    """
    energies = item.energies_kev()
    fault = _fault(item, background, energies, settings)
    if fault:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=fault)
    whole = _counts(item, background)
    scale = find_scale(whole.counts - whole.background, energies, _search(settings))
    if scale is None:
        return _undecided("energy-scale-not-found")
    if scale.worst_kev > float(settings.method.worst_offset_kev):
        return _undecided("energy-scale-not-straight")
    data, model = _window(whole, scale, settings), _model(scale, settings)
    if len(data.counts) < model.least_channels or scale.fwhm_kev * scale.gain < _LEAST_FWHM_CHANNELS:
        return _undecided("too-few-channels")
    try:
        fit = fit_window(data, model)
    except MeasurementError:
        # Numbers of a hostile spectrum may leave equations without a solution; how, is nobody's business.
        return _undecided("fit-not-possible")
    return _conclude(fit, model, settings)


def _fault(
    item: Spectrum, background: Spectrum | None, energies: Floats, settings: PlutoniumRatioSettings
) -> str:
    """Return what is wrong with the measurement as such, or an empty text."""
    fault = pairing_fault(item, background, one_scale=False)
    if fault:
        return fault
    low, high = settings.lines.window_kev
    aside = 2.0 * float(settings.method.reach_kev)
    return "" if energies[0] + aside < low < high < energies[-1] - aside else "window-outside-spectrum"


def _window(whole: WindowData, scale: LineScale, settings: PlutoniumRatioSettings) -> WindowData:
    """Return the channels of the window."""
    low, high = settings.lines.window_kev
    first = math.floor(scale.channel - (_middle(settings) - low) * scale.gain)
    last = math.floor(scale.channel + (high - _middle(settings)) * scale.gain) + 1
    inside = slice(max(first, 0), last + 1)
    return WindowData(
        first_channel=max(first, 0),
        counts=whole.counts[inside],
        background=whole.background[inside],
        background_variance=whole.background_variance[inside],
    )


def _conclude(fit: WindowFit, model: WindowModel, settings: PlutoniumRatioSettings) -> Judgement:
    """Decide on a fit, or say which of its gates it did not pass."""
    behind = _quality(fit)
    reason = _gate(fit, settings)
    if reason:
        return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason, figures=behind)
    return decide(_ratio(fit, model, settings), against=settings.threshold, behind=behind)


def _gate(fit: WindowFit, settings: PlutoniumRatioSettings) -> str:
    plutonium = float(fit.amplitudes[_PLUTONIUM_239])
    unc = math.sqrt(max(float(fit.covariance[_PLUTONIUM_239, _PLUTONIUM_239]), 0.0))
    if not fit.settled:
        return "fit-not-settled"
    if not plutonium >= float(settings.least_significance) * unc:
        return "too-few-counts"
    if not _americium(fit) <= float(settings.most_americium):
        return "too-much-americium"
    if not fit.chi2_per_degree <= float(settings.most_chi2_per_degree):
        return "fit-too-poor"
    return "" if fit.worst_pull <= float(settings.most_pull) else "nuclear-data-contradicted"


def _americium(fit: WindowFit) -> float:
    """Return the net counts of Am-241 at 662 keV over those of Pu-239 at 645 keV."""
    plutonium = float(fit.amplitudes[_PLUTONIUM_239])
    return float(fit.amplitudes[_AMERICIUM_241]) / plutonium if plutonium != 0.0 else math.inf


def _quality(fit: WindowFit) -> tuple[Figure, ...]:
    return (
        Figure(name="net_ratio_662_to_645", estimate=_americium(fit), statistical=0.0),
        Figure(name="chi2_per_degree", estimate=fit.chi2_per_degree, statistical=0.0),
        Figure(name="worst_pull", estimate=fit.worst_pull, statistical=0.0),
    )


def _ratio(fit: WindowFit, model: WindowModel, settings: PlutoniumRatioSettings) -> Figure:
    """Return the mass ratio, with what counting adds to its uncertainty and what all else does."""
    per_count = settings.lines.mass_ratio_per_activity_ratio * (
        model.reference(_PLUTONIUM_239).intensity / model.reference(_PLUTONIUM_240).intensity
    )
    plutonium_239, plutonium_240 = (
        float(fit.amplitudes[_PLUTONIUM_239]),
        float(fit.amplitudes[_PLUTONIUM_240]),
    )
    estimate = per_count * (plutonium_240 / plutonium_239)
    by_240, by_239 = per_count / plutonium_239, -estimate / plutonium_239
    counting = _variance(fit.counting, by_239=by_239, by_240=by_240)
    whole = _variance(fit.covariance, by_239=by_239, by_240=by_240)
    rich = _americium(fit) > float(settings.americium_from)
    floor = float(settings.americium_floor if rich else settings.systematic_floor)
    least = floor * max(abs(estimate), abs(float(settings.threshold.value)))
    return Figure(
        name="mass_ratio_240_to_239",
        estimate=estimate,
        statistical=math.sqrt(counting),
        systematic=max(math.sqrt(max(whole - counting, 0.0)), least),
    )


def _variance(covariance: Floats, *, by_239: float, by_240: float) -> float:
    one = float(covariance[_PLUTONIUM_239, _PLUTONIUM_239]) * by_239 * by_239
    both = float(covariance[_PLUTONIUM_240, _PLUTONIUM_239]) * by_239 * by_240
    other = float(covariance[_PLUTONIUM_240, _PLUTONIUM_240]) * by_240 * by_240
    return max(math.fsum((one, both, both, other)), 0.0)


def _middle(settings: PlutoniumRatioSettings) -> float:
    """Return the energy that the window's scale is counted from [keV]."""
    low, high = settings.lines.window_kev
    return low + 0.5 * (high - low)


def _search(settings: PlutoniumRatioSettings) -> ScaleSearch:
    method = settings.method
    return ScaleSearch(
        lines_kev=tuple(float(line) for line in method.scale_lines_kev),
        reach_kev=float(method.reach_kev),
        fwhm_kev=float(method.fwhm_kev),
        growth=float(method.width_growth),
        at_kev=_middle(settings),
        significance=5.0,
        line_unc_kev=0.05,
    )


def _model(scale: LineScale, settings: PlutoniumRatioSettings) -> WindowModel:
    """Return the model of a window, with what is known of a germanium detector as its priors."""
    method = settings.method
    sigma = scale.fwhm_kev * scale.gain / _FWHM_PER_SIGMA
    own_unc = min(scale.gain_unc, 0.01)
    gain_unc = math.sqrt(own_unc * own_unc + float(method.gain_unc) * float(method.gain_unc))
    return WindowModel(
        lines=settings.lines.lines,
        groups=len(NUCLIDES),
        middle_kev=_middle(settings),
        centre=Prior(value=scale.channel, unc=0.3 * scale.gain),
        gain=Prior(value=scale.gain, unc=gain_unc * scale.gain),
        bend=Prior(value=0.0, unc=float(method.bend_unc)),
        log_sigma=Prior(value=log(sigma), unc=0.1),
        width_growth=float(method.width_growth),
        tail=Prior(value=0.02, unc=0.05),
        log_length=Prior(value=0.4, unc=0.5),
        high_tail=Prior(value=0.005, unc=0.01),
        log_high_length=Prior(value=1.0, unc=0.5),
        step=Prior(value=0.0003, unc=0.002),
        slope_unc=float(method.slope_unc),
        background_degree=method.background_degree,
        model_unc=float(method.model_unc),
        shape_turns=method.shape_turns,
        turns=method.turns,
    )


def _counts(item: Spectrum, background: Spectrum | None) -> WindowData:
    """Return the counts with those expected from the place in the same live time, as one window."""
    counts = item.counts.astype(np.float64)
    share = 0.0 if background is None else item.live_time_ns / background.live_time_ns
    under = np.zeros_like(counts) if background is None else background.counts.astype(np.float64) * share
    return WindowData(first_channel=0, counts=counts, background=under, background_variance=under * share)


def _undecided(reason: str) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason=reason)
