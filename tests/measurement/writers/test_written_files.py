"""What is written is read back to the last count and digit, and stands in the order of its form's schema."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.spectrum import EnergyScale, Provenance, Spectrum
from counterseal.measurement.writers.digits import seconds
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from strategies.instrument_files import NAMESPACE_2012, same_spectrum
from strategies.measured_data import spectra

ORDER = {
    "RadInstrumentData": (
        "RadInstrumentDataCreatorName",
        "RadInstrumentInformation",
        "RadDetectorInformation",
        "EnergyCalibration",
        "RadMeasurement",
    ),
    "RadInstrumentInformation": (
        "RadInstrumentManufacturerName",
        "RadInstrumentModelName",
        "RadInstrumentClassCode",
        "RadInstrumentVersion",
    ),
    "RadInstrumentVersion": ("RadInstrumentComponentName", "RadInstrumentComponentVersion"),
    "RadDetectorInformation": ("RadDetectorName", "RadDetectorCategoryCode", "RadDetectorKindCode"),
    "EnergyCalibration": (
        "CoefficientValues",
        "EnergyBoundaryValues",
        "EnergyValues",
        "EnergyDeviationValues",
    ),
    "RadMeasurement": ("MeasurementClassCode", "StartDateTime", "RealTimeDuration", "Spectrum"),
    "Spectrum": ("Remark", "LiveTimeDuration", "ChannelData"),
}
"""Sequence of the elements in ANSI N42.42-2012, of those that are written."""

OPTIONAL = {
    "RadDetectorName",
    "EnergyBoundaryValues",
    "CoefficientValues",
    "EnergyValues",
    "EnergyDeviationValues",
}
WITH_ID = {
    "RadInstrumentInformation",
    "RadDetectorInformation",
    "EnergyCalibration",
    "RadMeasurement",
    "Spectrum",
}


def spectrum(scale: EnergyScale | None = None, *, channels: int = 4, name: str = "d") -> Spectrum:
    return Spectrum(
        counts=np.arange(channels, dtype=np.int64),
        live_time_ns=1,
        real_time_ns=10**9,
        scale=scale,
        name=name,
    )


@settings(deadline=None)
@given(spectra())
def test_n42_is_read_back_as_it_was_written(given_spectrum: Spectrum) -> None:
    data = write_n42_2012([given_spectrum, given_spectrum])
    first, second = read_spectra(data)
    assert same_spectrum(first, given_spectrum)
    assert first.provenance.form == "n42-2012"
    assert any("SHA-256 abababab" in remark for remark in second.provenance.remarks)


@settings(deadline=None)
@given(spectra(pairs=False))
def test_spe_is_read_back_as_it_was_written(given_spectrum: Spectrum) -> None:
    (found,) = read_spectra(write_spe(given_spectrum))
    assert found.counts.tolist() == given_spectrum.counts.tolist()
    assert found.live_time_ns == given_spectrum.live_time_ns
    assert found.real_time_ns == given_spectrum.real_time_ns
    assert found.scale == given_spectrum.scale
    assert found.name == given_spectrum.name


@settings(deadline=None)
@given(spectra())
def test_n42_stands_in_the_order_of_its_schema(given_spectrum: Spectrum) -> None:
    root = ET.fromstring(write_n42_2012([given_spectrum, spectrum()]))
    prefix = f"{{{NAMESPACE_2012}}}"
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for element in root.iter():
        name = element.tag.removeprefix(prefix)
        assert (element.get("id") is not None) == (name in WITH_ID)
        order = ORDER.get(name, ())
        children = [child.tag.removeprefix(prefix) for child in element]
        assert [order.index(child) for child in children] == sorted(order.index(child) for child in children)
        assert set(order) - set(children) <= OPTIONAL
        for attribute, value in element.attrib.items():
            assert not attribute.endswith("Reference") or value in identifiers
        if name == "CoefficientValues":
            assert element.text is not None
            assert len(element.text.split()) == 3


def test_the_same_spectra_give_the_same_bytes() -> None:
    assert write_n42_2012([spectrum()]) == write_n42_2012([spectrum()])


def test_detectors_and_calibrations_are_written_once_each() -> None:
    scale = EnergyScale(coefficients_kev=(0.0, 1.0))
    data = write_n42_2012([spectrum(scale, name="a"), spectrum(scale, name="b"), spectrum(name="a")])
    assert data.count(b"<RadDetectorInformation ") == 2
    assert data.count(b"<EnergyCalibration ") == 2
    assert [found.name for found in read_spectra(data)] == ["a", "b", "a"]


def test_a_polynomial_of_more_than_three_terms_is_written_as_bounds_of_channels() -> None:
    cubic = EnergyScale(coefficients_kev=(5.0, 0.35, 1e-6, -2e-11))
    (found,) = read_spectra(write_n42_2012([spectrum(cubic, channels=8192)]))
    assert found.energies_kev() == pytest.approx(spectrum(cubic, channels=8192).energies_kev(), abs=1e-6)
    below = EnergyScale(coefficients_kev=(-5.0, 0.35, 1e-6, -2e-11))
    with pytest.raises(MeasurementError, match="the form has none below 0"):
        write_n42_2012([spectrum(below)])


def test_what_a_form_cannot_say_is_refused() -> None:
    pairs = EnergyScale(coefficients_kev=(0.0, 1.0), deviation_pairs_kev=((1.0, 0.1),))
    with pytest.raises(MeasurementError, match="spe: the energy scale has deviation pairs"):
        write_spe(spectrum(pairs))
    early = EnergyScale(coefficients_kev=(0.0, 1.0), deviation_pairs_kev=((-1.0, 0.1), (1.0, 0.1)))
    with pytest.raises(MeasurementError, match=r"a deviation at -1.0 keV"):
        write_n42_2012([spectrum(early)])
    with pytest.raises(MeasurementError, match="there is no spectrum to write"):
        write_n42_2012([])


def test_texts_of_strangers_are_written_as_texts() -> None:
    hostile = Spectrum(
        counts=np.array([1], dtype=np.int64),
        live_time_ns=0,
        real_time_ns=0,
        name='</RadDetectorName><x y="&\u202e\x00',
        provenance=Provenance(sha256="00" * 32, form="made", repairs=("]]>\n$DATA:",)),
    )
    (found,) = read_spectra(write_n42_2012([hostile]))
    assert found.name == '</RadDetectorName><x y="&??'
    assert "mended: ]]>?$DATA:" in found.provenance.remarks
    (found,) = read_spectra(write_spe(hostile))
    assert found.counts.tolist() == [1]


def test_a_start_is_written_in_gmt() -> None:
    began = Spectrum(
        counts=np.array([1], dtype=np.int64),
        live_time_ns=0,
        real_time_ns=0,
        started=datetime(2030, 1, 31, 12, 0, 0, 500_000, UTC),
    )
    assert b"2030-01-31T12:00:00.500000Z" in write_n42_2012([began])
    assert b"$DATE_MEA:\r\n01/31/2030 12:00:00\r\n" in write_spe(began)
    assert b"date in GMT" in write_spe(began)


def test_seconds_have_no_more_decimals_than_they_need() -> None:
    assert [seconds(ns) for ns in (0, 1, 10**9, 1_500_000_000)] == ["0", "0.000000001", "1", "1.5"]
