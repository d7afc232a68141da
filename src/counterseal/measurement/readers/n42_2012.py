"""N42 in its edition of 2012: measurements that refer to detectors and calibrations by their id."""

from dataclasses import dataclass
from datetime import datetime

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import duration_ns, fractions, gmt, shown
from counterseal.measurement.readers.n42_counts import channel_counts
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import Found, boundary_scale, polynomial_scale
from counterseal.measurement.readers.xml_walk import Element
from counterseal.measurement.spectrum import MAX_CHANNELS

ROOT = "RadInstrumentData"
NAMESPACE = "http://physics.nist.gov/N42/2011/N42"
NO_NAME = ("unnamed", "unamed")
"""Ids that programs write for a detector without a name; the first is ours."""

_NO_GAMMA = {"Neutron", "Alpha", "Beta"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measurement:
    """What all spectra of one measurement share."""

    name: str
    class_code: str
    started: datetime | None
    real_time_ns: int


class _References:
    """What spectra refer to by id: detectors and calibrations, each calibration read once."""

    def __init__(self, root: Element) -> None:
        self.detectors = _by_id(root.all("RadDetectorInformation"))
        self._calibrations = _by_id(root.all("EnergyCalibration"))
        self._scales: dict[tuple[str, int], Found] = {}

    def scale(self, spectrum: Element, *, channels: int) -> Found:
        name = spectrum.attributes.get("energyCalibrationReference")
        if name is None:
            return None, "energy calibration: none is referred to"
        if name not in self._calibrations:
            raise ReadingError(f"{spectrum.where}: calibration {shown(name)} is not in the file")
        key = (name, channels)
        if key not in self._scales:
            self._scales[key] = _scale(self._calibrations[name], channels=channels)
        return self._scales[key]

    def detector(self, spectrum: Element) -> Element | None:
        name = spectrum.attributes.get("radDetectorInformationReference")
        if name is None:
            return None
        if name not in self.detectors:
            raise ReadingError(f"{spectrum.where}: detector {shown(name)} is not in the file")
        return self.detectors[name]


def drafts_2012(root: Element, reading: Reading) -> list[Draft]:
    """Return what is in the measurements of a file; derived data are none.

    Raises:
        ReadingError: it is not in the form, or refers to what is not in the file.
    """
    if root.namespace != NAMESPACE:
        told = f"namespace {shown(root.namespace)}, must be {NAMESPACE}"
        reading.mend(refusal=f"{root.where}: {told}", mended=f"{told}: read as if it were")
    references = _References(root)
    drafts: list[Draft] = []
    for element in root.all("RadMeasurement"):
        spectra = element.all("Spectrum")
        if spectra:
            drafts += _measured(spectra, _measurement(element), references=references, reading=reading)
    return drafts


def _measured(
    spectra: list[Element], measurement: _Measurement, *, references: _References, reading: Reading
) -> list[Draft]:
    drafts = []
    for spectrum in spectra:
        detector = references.detector(spectrum)
        category = detector.one("RadDetectorCategoryCode") if detector else None
        if category is None or category.text.strip() not in _NO_GAMMA:
            drafts.append(_draft(spectrum, measurement, references=references, reading=reading))
    return drafts


def _measurement(element: Element) -> _Measurement:
    class_code, start = element.one("MeasurementClassCode"), element.one("StartDateTime")
    real = element.need("RealTimeDuration")
    return _Measurement(
        name=free_text(element.attributes.get("id", ""), where=element.where),
        class_code=free_text(class_code.text, where=class_code.where) if class_code else "not stated",
        started=gmt(start.text, where=start.where) if start else None,
        real_time_ns=duration_ns(real.text, where=real.where),
    )


def _draft(
    spectrum: Element, measurement: _Measurement, *, references: _References, reading: Reading
) -> Draft:
    live = spectrum.need("LiveTimeDuration")
    counts = channel_counts(spectrum.need("ChannelData"), code="compressionCode", reading=reading)
    live_ns, real_ns = reading.times_ns(
        duration_ns(live.text, where=live.where), measurement.real_time_ns, where=spectrum.where
    )
    scale, reason = references.scale(spectrum, channels=len(counts))
    remarks = [free_text(remark.text, where=remark.where) for remark in spectrum.all("Remark")]
    return Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where=spectrum.where,
        scale=scale,
        started=measurement.started,
        name=_name(spectrum, references),
        remarks=(f"measurement {measurement.name}, {measurement.class_code}", reason, *remarks),
    )


def _name(spectrum: Element, references: _References) -> str:
    detector = references.detector(spectrum)
    if detector is None:
        return free_text(spectrum.attributes.get("id", ""), where=spectrum.where)
    name = detector.one("RadDetectorName")
    text = name.text if name is not None and name.text.strip() else detector.attributes.get("id", "")
    return "" if text in NO_NAME else free_text(text, where=detector.where)


def _by_id(elements: list[Element]) -> dict[str, Element]:
    """Return elements by their id; each must have one of its own."""
    found: dict[str, Element] = {}
    for element in elements:
        name = element.attributes.get("id")
        if name is None:
            raise ReadingError(f"{element.where}: has no id")
        if name in found:
            raise ReadingError(f"{element.where}: id {shown(name)} stands twice")
        found[name] = element
    return found


def _scale(calibration: Element, *, channels: int) -> Found:
    boundaries, coefficients = calibration.one("EnergyBoundaryValues"), calibration.one("CoefficientValues")
    if coefficients is not None and boundaries is None:
        values = fractions(coefficients.text, where=coefficients.where)
        return polynomial_scale(values, channels=channels, pairs=_pairs(calibration))
    if boundaries is None or coefficients is not None:
        raise ReadingError(f"{calibration.where}: must have either CoefficientValues or EnergyBoundaryValues")
    edges = fractions(boundaries.text, where=boundaries.where, most=MAX_CHANNELS + 1)
    return boundary_scale(edges, channels=channels, where=boundaries.where)


def _pairs(calibration: Element) -> tuple[tuple[float, float], ...]:
    """Return the deviation pairs of a calibration ``(energy, offset)`` [keV]."""
    nodes, offsets = calibration.one("EnergyValues"), calibration.one("EnergyDeviationValues")
    if nodes is None and offsets is None:
        return ()
    if nodes is None or offsets is None:
        raise ReadingError(f"{calibration.where}: energies and their deviations must come together")
    energies = fractions(nodes.text, where=nodes.where, most=MAX_CHANNELS)
    deviations = fractions(offsets.text, where=offsets.where, most=MAX_CHANNELS)
    if len(energies) != len(deviations):
        raise ReadingError(
            f"{calibration.where}: {len(energies)} energies and {len(deviations)} deviations, must be as many"
        )
    return tuple(zip(energies, deviations, strict=True))
