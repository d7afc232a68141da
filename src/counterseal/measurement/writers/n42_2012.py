"""N42 in its edition of 2012, as its schema orders it: elements in their sequence, ids, required values.

What the schema asks for and a spectrum does not have is written as not known: a start as a date in the
year 1 without a zone, an energy calibration as three zeroes; both read back as none. A polynomial of
more than three coefficients, which the schema has no place for, is written as the energies of the
channels' bounds; it reads back as a table, equal in the middle of each channel to about 1e-6 keV.
"""

from collections.abc import Sequence
from datetime import UTC

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.readers.n42_2012 import NAMESPACE, NO_NAME
from counterseal.measurement.readers.n42_counts import packed
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.digits import gmt_text, seconds, shortest

_COEFFICIENTS = 3
_UNKNOWN_START = "0001-01-01T00:00:00"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<RadInstrumentData xmlns="{NAMESPACE}">
<RadInstrumentDataCreatorName>Counterseal</RadInstrumentDataCreatorName>
<RadInstrumentInformation id="instrument">
<RadInstrumentManufacturerName>unknown</RadInstrumentManufacturerName>
<RadInstrumentModelName>unknown</RadInstrumentModelName>
<RadInstrumentClassCode>Other</RadInstrumentClassCode>
<RadInstrumentVersion>
<RadInstrumentComponentName>Software</RadInstrumentComponentName>
<RadInstrumentComponentVersion>unknown</RadInstrumentComponentVersion>
</RadInstrumentVersion>
</RadInstrumentInformation>
"""
_TAIL = "</RadInstrumentData>\n"


def write_n42_2012(spectra: Sequence[Spectrum]) -> bytes:
    """Return spectra as an N42 file, a measurement each; the same spectra give the same bytes.

    Args:
        spectra: One or more. Their names become names of detectors; hash and form of the file that each
            came from become a remark.

    Raises:
        MeasurementError: there is none, or one has an energy scale that the form cannot say.
    """
    if not spectra:
        raise MeasurementError("n42-2012: there is no spectrum to write")
    names = list(dict.fromkeys(spectrum.name for spectrum in spectra))
    detectors = {name: f"detector-{number}" if name else NO_NAME[0] for number, name in enumerate(names)}
    scales = list(dict.fromkeys((spectrum.scale, len(spectrum.counts)) for spectrum in spectra))
    ids = {key: f"calibration-{number}" for number, key in enumerate(scales)}
    parts = [_HEAD]
    parts += [_detector(name, detectors[name]) for name in names]
    parts += [_calibration(scale, channels=channels, name=ids[scale, channels]) for scale, channels in scales]
    for number, spectrum in enumerate(spectra):
        calibration = ids[spectrum.scale, len(spectrum.counts)]
        parts.append(
            _measurement(spectrum, number=number, detector=detectors[spectrum.name], calibration=calibration)
        )
    return "".join([*parts, _TAIL]).encode()


def _text(text: str) -> str:
    """Return a text that XML can hold."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _detector(name: str, identifier: str) -> str:
    named = f"<RadDetectorName>{_text(name)}</RadDetectorName>\n" if name.strip() else ""
    return (
        f'<RadDetectorInformation id="{identifier}">\n{named}'
        "<RadDetectorCategoryCode>Gamma</RadDetectorCategoryCode>\n"
        "<RadDetectorKindCode>Other</RadDetectorKindCode>\n</RadDetectorInformation>\n"
    )


def _calibration(scale: EnergyScale | None, *, channels: int, name: str) -> str:
    coefficients = (0.0,) if scale is None else scale.coefficients_kev
    pairs = () if scale is None else scale.deviation_pairs_kev
    if scale is not None and len(coefficients) > _COEFFICIENTS:
        body = _boundaries(scale, channels=channels)
    else:
        padded = [*coefficients, *[0.0] * (_COEFFICIENTS - len(coefficients))]
        body = f"<CoefficientValues>{_list(padded)}</CoefficientValues>\n"
        if pairs:
            body += _deviations(pairs)
    return f'<EnergyCalibration id="{name}">\n{body}</EnergyCalibration>\n'


def _deviations(pairs: tuple[tuple[float, float], ...]) -> str:
    if pairs[0][0] < 0:
        raise MeasurementError(f"n42-2012: a deviation at {pairs[0][0]} keV, the form has none below 0")
    return (
        f"<EnergyValues>{_list([node for node, _ in pairs])}</EnergyValues>\n"
        f"<EnergyDeviationValues>{_list([offset for _, offset in pairs])}</EnergyDeviationValues>\n"
    )


def _boundaries(scale: EnergyScale, *, channels: int) -> str:
    edges = scale.energy_kev(np.arange(channels + 1, dtype=np.float64) - 0.5)
    if edges[0] < 0:
        raise MeasurementError(
            f"n42-2012: {len(scale.coefficients_kev)} coefficients are written as the bounds of channels,"
            f" of which the first is at {edges[0]:.6g} keV; the form has none below 0"
        )
    return f"<EnergyBoundaryValues>{_list(edges.tolist())}</EnergyBoundaryValues>\n"


def _list(values: Sequence[float]) -> str:
    return " ".join(map(shortest, values))


def _measurement(spectrum: Spectrum, *, number: int, detector: str, calibration: str) -> str:
    start = _UNKNOWN_START if spectrum.started is None else gmt_text(spectrum.started.astimezone(UTC))
    source = f"from {spectrum.provenance.form}, SHA-256 {spectrum.provenance.sha256}"
    remarks = [source, *(f"mended: {repair}" for repair in spectrum.provenance.repairs)]
    told = "".join(f"<Remark>{_text(remark)}</Remark>\n" for remark in remarks)
    counts = " ".join(map(str, packed(spectrum.counts).tolist()))
    return (
        f'<RadMeasurement id="measurement-{number}">\n'
        "<MeasurementClassCode>NotSpecified</MeasurementClassCode>\n"
        f"<StartDateTime>{start}</StartDateTime>\n"
        f"<RealTimeDuration>PT{seconds(spectrum.real_time_ns)}S</RealTimeDuration>\n"
        f'<Spectrum id="spectrum-{number}" radDetectorInformationReference="{detector}"'
        f' energyCalibrationReference="{calibration}">\n{told}'
        f"<LiveTimeDuration>PT{seconds(spectrum.live_time_ns)}S</LiveTimeDuration>\n"
        f'<ChannelData compressionCode="CountedZeroes">{counts}</ChannelData>\n'
        "</Spectrum>\n</RadMeasurement>\n"
    )
