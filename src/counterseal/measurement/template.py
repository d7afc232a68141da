"""Templates: does an item's spectrum look like those of an item that both parties take as genuine?

A chi-square over a few broad bins, with the agreed systematic of each in it, and a Kolmogorov-Smirnov
distance over 256 channels (`template_counts.py`) must both be within their limits. Gain drift makes
repeats of one genuine item scatter more than counting does, so no limit comes from a table of the chi-square:
`template_build.py` sets them from repeats.

A template is the runs themselves, as one instrument file with one or more spectra; of these the one that is
named ``background`` is that of the place where they were taken. It is as secret as the item.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from counterseal.measurement.arithmetic import total
from counterseal.measurement.attributes.decision import Band, all_of, decide
from counterseal.measurement.attributes.judgement import Figure, Judgement
from counterseal.measurement.attributes.paired_spectra import NOT_COUNTING, NOT_PAIRED, pairing_fault
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import Spectrum
from counterseal.measurement.template_counts import Grid, GriddedCounts, chi_square, gridded, kolmogorov
from counterseal.measurement.template_landmark import Landmark, landmark_kev
from counterseal.terms.outcomes import MeasurementOutcome

BACKGROUND = "background"
"""Name of the spectrum in a template's file that is not a run."""
MAX_RUNS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Template:
    """The genuine item, as it was measured.

    Attributes:
        runs: Its spectra, each on a scale of its own.
        background: Spectrum of the place without it, or None.
    """

    runs: tuple[Spectrum, ...]
    background: Spectrum | None = None

    def __post_init__(self) -> None:
        """Refuse a template of nothing."""
        if not 1 <= len(self.runs) <= MAX_RUNS:
            raise MeasurementError(f"template of {len(self.runs)} runs: must be 1 to {MAX_RUNS}")


def template_of(spectra: tuple[Spectrum, ...]) -> Template:
    """Return the template that the spectra of its file are.

    Raises:
        MeasurementError: no spectrum but a background, or several of it.
    """
    places = [spectrum for spectrum in spectra if spectrum.name == BACKGROUND]
    if len(places) > 1:
        raise MeasurementError(f"template: {len(places)} spectra are named {BACKGROUND}, at most one may be")
    runs = tuple(spectrum for spectrum in spectra if spectrum.name != BACKGROUND)
    return Template(runs=runs, background=places[0] if places else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRule:
    """That the item must be as strong as the template, not only of its shape.

    Attributes:
        tolerance: Largest relative difference of the net count rates, above 0 and below 1.
        variation: Relative standard uncertainty of a rate besides counting (place, distance).
        coverage: Standard uncertainties that it must clear the tolerance by.
    """

    tolerance: Fraction
    variation: Fraction
    coverage: Fraction

    def __post_init__(self) -> None:
        """Refuse a tolerance that any item, or none, would meet."""
        if not (0 < self.tolerance < 1 and 0 <= self.variation < 1):
            raise MeasurementError(
                "template: tolerance of the rate must be above 0, it and variation below 1"
            )
        self.band()

    def band(self) -> Band:
        """Return what the ratio of the rates must lie in."""
        return Band(lower=1 - self.tolerance, upper=1 + self.tolerance, coverage=self.coverage)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSettings:
    """What the parties agreed on for a comparison with a template.

    Attributes:
        grid: Energies and bins.
        systematic: Relative standard uncertainty of each bin besides counting, one a bin.
        chi_square_limit: Largest chi-square of a genuine item.
        kolmogorov_limit: Largest ``sqrt(n) D`` of a genuine item.
        least_counts: Net counts that item and template must each have, below which altered items would pass.
        rate: That rates must agree too, or None where shapes alone are compared.
        landmark: A line by which the calibration is checked again, or None.
    """

    grid: Grid
    systematic: tuple[Fraction, ...]
    chi_square_limit: Fraction
    kolmogorov_limit: Fraction
    least_counts: int
    rate: RateRule | None
    landmark: Landmark | None

    def __post_init__(self) -> None:
        """Refuse settings that any item, or none, would meet."""
        if len(self.systematic) != self.grid.bins or not all(0 <= part < 1 for part in self.systematic):
            raise MeasurementError(
                f"template: {len(self.systematic)} systematic uncertainties for {self.grid.bins} bins: one"
                " each, at least 0, below 1"
            )
        if self.chi_square_limit <= 0 or self.kolmogorov_limit <= 0:
            raise MeasurementError("template: both limits must be above 0")
        if self.least_counts < 1:
            raise MeasurementError(f"template: least counts {self.least_counts}, must be at least 1")


def decide_template(
    item: Spectrum,
    *,
    template: Template,
    background: Spectrum | None,
    settings: TemplateSettings,
) -> Judgement:
    """Answer whether an item looks like its template.

    Args:
        item: Spectrum of the item, with an energy scale.
        template: The template.
        background: Spectrum of the place of the item without it; there is one exactly where the template has.
        settings: What the parties agreed on.

    Returns:
        *Confirmed* (``like-template``) where both statistics are within their limits, and the rate clears its
        tolerance where that is asked; *not confirmed* (``unlike-template``, ``clears-other-side`` for the
        rate); *no decision* (``too-few-counts``, ``landmark-not-seen``, ``calibration-moved``,
        ``within-margin`` for the rate); *malfunction* (``not-counting``, ``background-not-paired``,
        ``range-outside-spectrum``, ``template-landmark-not-seen``).

    Raises:
        MeasurementError: a spectrum has no energy scale, or one that does not increase.
    """
    fault = _fault(item, template, background)
    if fault:
        return _answer(MeasurementOutcome.MALFUNCTION, fault)
    first = gridded((item,), background=background, grid=settings.grid)
    second = gridded(template.runs, background=template.background, grid=settings.grid)
    if first is None or second is None:
        return _answer(MeasurementOutcome.MALFUNCTION, "range-outside-spectrum")
    if not min(first.total, second.total) >= settings.least_counts:
        return _answer(MeasurementOutcome.NO_DECISION, "too-few-counts")
    moved = None if settings.landmark is None else _moved(item, template, settings.landmark)
    if moved is not None:
        return moved
    answers = [_by_shape(first, second, settings)]
    if settings.rate is not None:
        answers.append(decide(_rate_ratio(first, second, settings.rate), against=settings.rate.band()))
    return all_of(tuple(answers))


def _fault(item: Spectrum, template: Template, background: Spectrum | None) -> str:
    places = [place for place in (background, template.background) if place is not None]
    if not all(one.live_time_ns for one in (item, *template.runs, *places)):
        return NOT_COUNTING
    return NOT_PAIRED if len(places) == 1 else pairing_fault(item, background, one_scale=True)


def _moved(item: Spectrum, template: Template, landmark: Landmark) -> Judgement | None:
    """Return why the calibrations of item and template are not known to be one, or None where they are."""
    expected = [landmark_kev(run, landmark) for run in template.runs]
    known = [energy for energy in expected if energy is not None]
    if len(known) != len(expected):
        return _answer(MeasurementOutcome.MALFUNCTION, "template-landmark-not-seen")
    found = landmark_kev(item, landmark)
    if found is None:
        return _answer(MeasurementOutcome.NO_DECISION, "landmark-not-seen")
    if max(abs(found - energy) for energy in known) > float(landmark.largest_shift_kev):
        return _answer(MeasurementOutcome.NO_DECISION, "calibration-moved")
    return None


def _by_shape(first: GriddedCounts, second: GriddedCounts, settings: TemplateSettings) -> Judgement:
    misfit = chi_square(first, second, grid=settings.grid, systematic=settings.systematic)
    distance = kolmogorov(first, second)
    figures = (
        Figure(name="chi_square", estimate=misfit, statistical=0.0),
        Figure(name="sqrt_n_d", estimate=distance, statistical=0.0),
    )
    if misfit <= settings.chi_square_limit and distance <= settings.kolmogorov_limit:
        return Judgement(outcome=MeasurementOutcome.CONFIRMED, reason="like-template", figures=figures)
    return Judgement(outcome=MeasurementOutcome.NOT_CONFIRMED, reason="unlike-template", figures=figures)


def _rate_ratio(first: GriddedCounts, second: GriddedCounts, rule: RateRule) -> Figure:
    ratio = (first.total / first.live_time_s) / (second.total / second.live_time_s)
    parts = [(one.total + total(one.extra_variance)) / (one.total * one.total) for one in (first, second)]
    return Figure(
        name="rate_over_that_of_template",
        estimate=ratio,
        statistical=ratio * math.sqrt(parts[0] + parts[1]),
        systematic=ratio * float(rule.variation),
    )


def _answer(outcome: MeasurementOutcome, reason: str) -> Judgement:
    return Judgement(outcome=outcome, reason=reason)
