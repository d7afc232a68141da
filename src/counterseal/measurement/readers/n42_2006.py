"""N42 in its edition of 2006: spectra that carry their calibration with them, or name one elsewhere."""

from dataclasses import dataclass, replace
from datetime import datetime

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import duration_ns, fractions, gmt, shown
from counterseal.measurement.readers.n42_counts import channel_counts
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import KEV_IN, Found, polynomial_scale
from counterseal.measurement.readers.xml_walk import Element

ROOT = "N42InstrumentData"
NAMESPACES = {"", "http://physics.nist.gov/Divisions/Div846/Gp4/ANSIN4242/2005/ANSIN4242"}
"""The edition's own namespace; many programs that write it leave it out."""

_CALIBRATION_PLACES = ("InstrumentInformation", "MeasuredItemInformation", "DetectorData")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the elements around a spectrum say of it; the innermost holds."""

    measurement: Element
    started: datetime | None = None
    real_time_ns: int | None = None
    detector: str = ""


def drafts_2006(root: Element, reading: Reading) -> list[Draft]:
    """Return what is in the measurements of a file.

    Raises:
        ReadingError: it is not in the form, or refers to what is not in the file.
    """
    if root.namespace not in NAMESPACES:
        told = f"namespace {shown(root.namespace)}, must be {max(NAMESPACES)} or none"
        reading.mend(refusal=f"{root.where}: {told}", mended=f"{told}: read as if it were")
    drafts: list[Draft] = []
    for measurement in root.all("Measurement"):
        calibrations = _Calibrations(root, measurement)
        for spectrum, around in _spectra(measurement, _Around(measurement=measurement)):
            if not _of_neutrons(spectrum):
                drafts.append(_draft(spectrum, around, calibrations=calibrations, reading=reading))
    return drafts


def _spectra(element: Element, around: _Around) -> list[tuple[Element, _Around]]:
    """Return the spectra in an element, however deep, with what is said around them."""
    found: list[tuple[Element, _Around]] = []
    around = _closer(element, around)
    for child in element.children:
        if child.namespace != element.namespace:
            continue
        if child.name == "Spectrum":
            found.append((child, around))
        elif child.name in {"DetectorData", "DetectorMeasurement", "SpectrumMeasurement"}:
            found += _spectra(child, around)
    return found


def _closer(element: Element, around: _Around) -> _Around:
    start, real = element.one("StartTime"), element.one("SampleRealTime")
    if start is not None:
        around = replace(around, started=gmt(start.text, where=start.where))
    if real is not None:
        around = replace(around, real_time_ns=duration_ns(real.text, where=real.where))
    return replace(around, detector=element.attributes.get("Detector", around.detector))


def _of_neutrons(spectrum: Element) -> bool:
    kind = spectrum.one("DetectorType")
    return kind is not None and "neutron" in kind.text.casefold()


def _draft(spectrum: Element, around: _Around, *, calibrations: "_Calibrations", reading: Reading) -> Draft:
    data, live, real = spectrum.need("ChannelData"), spectrum.need("LiveTime"), spectrum.one("RealTime")
    if data.attributes.get("StartChannel", "0").strip() not in {"", "0"}:
        raise ReadingError(
            f"{data.where}: starts at channel {shown(data.attributes['StartChannel'])}, must at 0"
        )
    counts = channel_counts(data, code="Compression", reading=reading)
    real_ns = around.real_time_ns if real is None else duration_ns(real.text, where=real.where)
    if real_ns is None:
        raise ReadingError(f"{spectrum.where}: has no RealTime, nor has what is around it")
    live_ns, real_ns = reading.times_ns(
        duration_ns(live.text, where=live.where), real_ns, where=spectrum.where
    )
    scale, reason = calibrations.scale(spectrum, channels=len(counts))
    return Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where=spectrum.where,
        scale=scale,
        started=_closer(spectrum, around).started,
        name=_name(spectrum, around),
        remarks=(*_remarks(spectrum), reason),
    )


def _name(spectrum: Element, around: _Around) -> str:
    name = spectrum.attributes.get("Detector") or around.detector or spectrum.attributes.get("ID", "")
    return free_text(name, where=spectrum.where)


def _remarks(spectrum: Element) -> list[str]:
    sample, source = spectrum.attributes.get("SampleNumber"), spectrum.one("SourceType")
    told = [] if sample is None else [free_text(f"sample {sample}", where=spectrum.where)]
    if source is not None:
        told.append(free_text(f"source type {source.text}", where=source.where))
    return told + [free_text(remark.text, where=remark.where) for remark in spectrum.all("Remark")]


class _Calibrations:
    """The energy calibrations that a measurement's spectra may name."""

    def __init__(self, root: Element, measurement: Element) -> None:
        places = [
            root,
            measurement,
            *(part for name in _CALIBRATION_PLACES for part in measurement.all(name)),
        ]
        self._all = [found for place in places for found in place.all("Calibration") if _of_energy(found)]
        self._known: dict[str, Element] = {}
        for found in self._all:
            name = found.attributes.get("ID")
            if name is not None and self._known.setdefault(name, found) is not found:
                raise ReadingError(f"{found.where}: calibration {shown(name)} stands twice")

    def scale(self, spectrum: Element, *, channels: int) -> Found:
        """Return the scale of a spectrum: its own, the one it names, or the only one there is."""
        calibration = self._of(spectrum)
        if calibration is None:
            return None, "energy calibration: none"
        return _scale(calibration, channels=channels)

    def _of(self, spectrum: Element) -> Element | None:
        own = [found for found in spectrum.all("Calibration") if _of_energy(found)]
        if len(own) > 1:
            raise ReadingError(f"{spectrum.where}: has {len(own)} energy calibrations, must have one")
        if own:
            return own[0]
        names = spectrum.attributes.get("CalibrationIDs", "").split()
        if names:
            return self._named(spectrum, names)
        return self._all[0] if len(self._all) == 1 else None

    def _named(self, spectrum: Element, names: list[str]) -> Element | None:
        found = [self._known[name] for name in names if name in self._known]
        if len(found) > 1:
            raise ReadingError(f"{spectrum.where}: names {len(found)} energy calibrations, must name one")
        if not found and len(names) == 1:
            raise ReadingError(f"{spectrum.where}: calibration {shown(names[0])} is not in the file")
        return found[0] if found else None


def _of_energy(calibration: Element) -> bool:
    return calibration.attributes.get("Type", "").casefold() == "energy"


def _scale(calibration: Element, *, channels: int) -> Found:
    unit = calibration.attributes.get("EnergyUnits", "keV").strip()
    if unit.casefold() not in KEV_IN:
        raise ReadingError(f"{calibration.where}: energies in {shown(unit)}, known are eV, keV and MeV")
    equation = calibration.one("Equation")
    if equation is None:
        return None, "energy calibration: not used, it has no equation"
    model = equation.attributes.get("Model", "Polynomial").strip()
    if model.casefold() != "polynomial":
        return None, free_text(f"energy calibration: not used, its model is {model}", where=equation.where)
    coefficients = equation.need("Coefficients")
    kev = KEV_IN[unit.casefold()]
    values = fractions(coefficients.text, where=coefficients.where)
    return polynomial_scale(tuple(kev * value for value in values), channels=channels)
