"""What is decided in the closed room: the check source first, then the background, then the item.

Only the outcome leaves. Whatever was not as agreed (a file that cannot be read, another time, a check
source that is off) is a *malfunction*: it says nothing about the item. All that is asked must be
confirmed for the answer to be *confirmed*.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from counterseal.barrier.attribute_table import Question, questions_of
from counterseal.barrier.example import EXPECTED, example_requests
from counterseal.barrier.protocol import (
    BackgroundRule,
    CheckLine,
    CheckSource,
    Form,
    Preset,
    Protocol,
    read_protocol,
)
from counterseal.barrier.protocol_form import ProtocolError
from counterseal.barrier.template_file import require_template
from counterseal.barrier.wire import Request, Role
from counterseal.errors import RefusedInputError
from counterseal.measurement.attributes.decision import all_of
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.drift_check import DriftLimits, check_drift
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.readers.coincidence_form import CoincidenceReport
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.readers.list_mode import read_list_mode
from counterseal.measurement.spectrum import Spectrum
from counterseal.measurement.template import Template, template_of
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import MeasurementOutcome

Data = Spectrum | PulseTrain | CoincidenceReport
"""What one file holds, read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """All that was measured in one attempt.

    Attributes:
        items: Of the item, in the order of the protocol's ``files``.
        background: Of the place without it, one of each form; empty where the protocol takes none.
        check_source: The check source, or None.
        template: The template, or None where the protocol asks for none.
    """

    items: tuple[Data, ...]
    background: tuple[Data, ...] = ()
    check_source: Spectrum | None = None
    template: Template | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A protocol with its questions read: read once, asked as often as wanted."""

    protocol: Protocol
    questions: tuple[Question, ...]


def prepared(protocol: Protocol) -> Prepared:
    """Return a protocol that is ready to be decided by.

    Raises:
        ProtocolError: an attribute or its settings are not in form, or the nuclear data are not those here.
    """
    data = load_nuclear_data()
    if protocol.nuclear_data != (data.version, data.sha256):
        version, digest = protocol.nuclear_data
        raise MeasurementError(
            f"nuclear data: edition {version} {digest} was agreed, here is {data.version} {data.sha256}"
        )
    for at, form in enumerate(protocol.measuring.files):
        if form not in READERS:
            raise ProtocolError(f"{form} cannot be read in the closed room", path=("measuring", "files", at))
    return Prepared(protocol=protocol, questions=questions_of(protocol))


def decide(request: Request) -> Judgement:
    """Return what a request comes to; the figures behind it must not leave.

    Raises:
        RefusedInputError: the request cannot be read; the closed room makes a malfunction of it.
    """
    ready = prepared(read_protocol(request.protocol))
    return judge(ready, read_measured(request, protocol=ready.protocol))


def judge(ready: Prepared, measured: Measured) -> Judgement:
    """Return what was measured comes to, as the protocol shows it."""
    try:
        found = _judged(ready, measured)
    except RefusedInputError:
        found = _malfunction("not-as-agreed")
    hidden = found.outcome is MeasurementOutcome.NO_DECISION and not ready.protocol.answer.shows_no_decision
    return replace(found, outcome=MeasurementOutcome.NOT_CONFIRMED) if hidden else found


def read_measured(request: Request, *, protocol: Protocol) -> Measured:
    """Return the data in a request, by what they are to the measurement.

    Raises:
        RefusedInputError: a file is missing, one too many, or cannot be read.
    """
    check = (Form.SPECTRUM,) if protocol.check_source is not None else ()
    background = protocol.measuring.forms if protocol.background is not None else ()
    sources = request.of(Role.CHECK_SOURCE)
    _require_count(sources, check, what="check source")
    return Measured(
        check_source=_spectrum(sources[0]) if sources else None,
        background=_read(request.of(Role.BACKGROUND), background, what="background"),
        template=_template(request, protocol),
        items=_read(request.of(Role.ITEM), protocol.measuring.files, what="item"),
    )


def _template(request: Request, protocol: Protocol) -> Template | None:
    """Return the template, if it is the one that was committed to."""
    asked, files = protocol.template, request.of(Role.TEMPLATE)
    if asked is None:
        _require_count(files, (), what="template")
        return None
    require_template(asked, files)
    return template_of(read_spectra(files[1]))


def _read(files: tuple[bytes, ...], forms: tuple[Form, ...], *, what: str) -> tuple[Data, ...]:
    _require_count(files, forms, what=what)
    return tuple(READERS[form](data) for form, data in zip(forms, files, strict=True))


def _require_count(files: Sequence[bytes], forms: Sequence[Form], *, what: str) -> None:
    if len(files) != len(forms):
        raise MeasurementError(f"{what}: {len(files)} files, the protocol asks for {len(forms)}")


def _spectrum(data: bytes) -> Spectrum:
    found = read_spectra(data)
    if len(found) != 1:
        raise MeasurementError(f"a file of {len(found)} spectra: must hold exactly one")
    return found[0]


READERS: Mapping[Form, Callable[[bytes], Data]] = MappingProxyType(
    {Form.SPECTRUM: _spectrum, Form.PULSES: read_list_mode, Form.REPORT: read_coincidence_report}
)
"""What reads each form of file in the closed room; a form that is not here cannot be measured in it."""


def _live_and_real_ns(data: Data) -> tuple[int, int]:
    """Return live and real time of what one file holds [ns]."""
    if isinstance(data, Spectrum):
        return data.live_time_ns, data.real_time_ns
    if isinstance(data, PulseTrain):
        time_ns = data.duration_ticks * data.tick_ps // 1_000
        return time_ns, time_ns
    return data.summed.time_ns, data.summed.time_ns


def _total(data: Data) -> int:
    """Return how many counts one file holds."""
    if isinstance(data, Spectrum):
        return data.total
    return len(data.ticks) if isinstance(data, PulseTrain) else data.summed.singles


def _judged(ready: Prepared, measured: Measured) -> Judgement:
    protocol = ready.protocol
    problem = (
        _check_source_problem(protocol.check_source, measured)
        or _background_problem(protocol.background, measured)
        or _time_problem(protocol, measured)
    )
    if problem:
        return _malfunction(problem)
    return all_of(tuple(_answered(question, protocol, measured) for question in ready.questions))


def _check_source_problem(rule: CheckSource | None, measured: Measured) -> str:
    """Return how a check source is not as agreed, or an empty text."""
    if rule is None:
        return ""
    source = measured.check_source
    if source is None or not all(_line_passes(source, line) for line in rule.lines):
        return "check-source-off"
    for item in measured.items:
        if isinstance(item, Spectrum) and (item.scale, len(item.counts)) != (
            source.scale,
            len(source.counts),
        ):
            return "another-energy-scale"
    return ""


def _line_passes(source: Spectrum, line: CheckLine) -> bool:
    limits = DriftLimits(
        shift_ev=line.largest_shift_ev,
        width_permille=line.largest_width_permille,
        least_net_counts=line.least_counts,
    )
    fwhm_kev = float(line.fwhm_kev)
    width = PeakWidth(a_kev2=fwhm_kev * fwhm_kev)
    return check_drift(source, lines_kev=(float(line.energy_kev),), width=width, limits=limits).passed


def _background_problem(rule: BackgroundRule | None, measured: Measured) -> str:
    if rule is None:
        return ""
    for background in measured.background:
        time_s = Fraction(_live_and_real_ns(background)[0], 10**9)
        if time_s < rule.least_time_s:
            return "background-too-short"
        if _total(background) > rule.most_rate_per_s * time_s:
            return "background-too-high"
    return "" if measured.background else "no-background"


def _time_problem(protocol: Protocol, measured: Measured) -> str:
    agreed = protocol.measuring
    for item in measured.items:
        live_ns, real_ns = _live_and_real_ns(item)
        time_ns = live_ns if agreed.preset is Preset.LIVE else real_ns
        if abs(Fraction(time_ns, 10**9) - agreed.time_s) > agreed.tolerance_s:
            return "another-time"
    return ""


def _answered(question: Question, protocol: Protocol, measured: Measured) -> Judgement:
    forms, files = question.attribute.forms, protocol.measuring.files
    named = [(form, item) for form, item in zip(files, measured.items, strict=True) if form in forms]
    places = dict(zip(protocol.measuring.forms, measured.background, strict=False))
    found = tuple(item for _, item in named)
    place, item = places.get(named[0][0]), found if question.attribute.several else found[0]
    whole: dict[str, Any] = {} if question.asked.commitment is None else {"template": measured.template}
    first = question.attribute.method.decide(item, background=place, settings=question.settings, **whole)
    if question.attribute.cross_check is None or question.cross_check is None:
        return first
    second = question.attribute.cross_check.decide(item, background=place, settings=question.cross_check)
    return both_say(first, second)


def both_say(first: Judgement, second: Judgement) -> Judgement:
    """Return what two implementations of one attribute say together; where they differ, no decision."""
    figures = (*first.figures, *second.figures)
    outcomes = {first.outcome, second.outcome}
    if MeasurementOutcome.MALFUNCTION in outcomes:
        return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason="cross-check-failed", figures=figures)
    if len(outcomes) == 1:
        return replace(first, figures=figures)
    return Judgement(outcome=MeasurementOutcome.NO_DECISION, reason="cross-check-differs", figures=figures)


def _malfunction(reason: str) -> Judgement:
    return Judgement(outcome=MeasurementOutcome.MALFUNCTION, reason=reason)


def warm_up() -> None:
    """Decide the built-in example, so that all that is loaded on first use is loaded.

    Raises:
        RuntimeError: it does not come to what it must: this program does not work on this machine.
    """
    for request, expected in zip(example_requests(), EXPECTED, strict=True):
        if decide(request).outcome is not expected:
            raise RuntimeError
