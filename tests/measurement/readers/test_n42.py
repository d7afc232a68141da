"""N42 of both editions: several detectors, packed zeroes, calibrations that are found or refused."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.limits import MAX_DEPTH
from counterseal.measurement.readers.n42 import read_n42
from counterseal.measurement.readers.n42_counts import packed, unpacked
from counterseal.measurement.readers.reading import Reading
from counterseal.measurement.spectrum import EnergyScale
from strategies.instrument_files import NAMESPACE_2006, n42_2006, n42_2012

Maker = Callable[..., bytes]
BOTH = pytest.mark.parametrize("make", [n42_2012, n42_2006], ids=["2012", "2006"])
ZEROES: dict[Maker, str] = {
    n42_2012: ' compressionCode="CountedZeroes"',
    n42_2006: ' Compression="CountedZeroes"',
}


def test_the_edition_of_2012_is_read() -> None:
    (found,) = read_n42(n42_2012())
    assert found.counts.tolist() == [1, 2, 3]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert found.started == datetime(2030, 1, 31, 12, 0, 0, 0, UTC)
    assert (found.name, found.provenance.form, found.provenance.repairs) == ("d", "n42-2012", ())
    assert "measurement m, Foreground" in found.provenance.remarks


def test_the_edition_of_2006_is_read() -> None:
    (found,) = read_n42(n42_2006())
    assert found.counts.tolist() == [1, 2, 3]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert (found.name, found.provenance.form, found.started) == ("A1", "n42-2006", None)


@BOTH
def test_packed_zeroes_are_unpacked(make: Maker) -> None:
    (found,) = read_n42(make("22 5 0 1 2 1 0 2 3 4 0 8 1", code=ZEROES[make]))
    assert found.counts.tolist() == [22, 5, 0, 2, 1, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1]


@settings(deadline=None)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=60))
def test_packing_zeroes_is_undone_by_unpacking(counts: list[int]) -> None:
    given_counts = np.array(counts, dtype=np.int64)
    again = unpacked(packed(given_counts), where="here", reading=Reading(b"x", form="n42"))
    assert again.tolist() == counts


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ("1 0", "a run of zeroes has no length"),
        ("1 0 0 5", "a run of 0 zeroes"),
        ("1 0 65537", "a run of 65537 zeroes"),
        ("0 65536 0 65536", "a run of 0 zeroes|channels, must be 1 to 65536"),
        ("1 0 65536", "65537 channels, must be 1 to 65536"),
        ("1 0 9007199254740991", "zeroes, more than channels"),
        ("", "0 channels"),
        ("0 -5", "must be >= 0"),
    ],
)
@BOTH
def test_runs_of_zeroes_that_cannot_be_are_refused(make: Maker, counts: str, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_n42(make(counts, code=ZEROES[make]))


@BOTH
def test_an_unknown_packing_is_refused(make: Maker) -> None:
    name = "compressionCode" if make is n42_2012 else "Compression"
    with pytest.raises(ReadingError, match="packed as 'zip'"):
        read_n42(make(code=f' {name}="zip"'))
    assert read_n42(make(code=f' {name}="None"'))[0].total == 6


@BOTH
def test_a_live_time_above_the_real_time_is_refused_and_mended_only_when_asked(make: Maker) -> None:
    data = make(live="PT10.05S")
    with pytest.raises(ReadingError, match="live time 10050000000 ns is above real time 10000000000 ns"):
        read_n42(data)
    (found,) = read_n42(data, repair=True)
    assert (found.live_time_ns, found.real_time_ns) == (10_050_000_000, 10_050_000_000)
    assert "the real time was raised to it" in found.provenance.repairs[0]
    with pytest.raises(ReadingError, match="by more than rounding explains"):
        read_n42(make(live="PT10.2S"), repair=True)


def test_an_undeclared_prefix_is_refused_and_mended_only_when_asked() -> None:
    data = n42_2012(inside="<DHS:Vehicle>yes</DHS:Vehicle>")
    with pytest.raises(ReadingError, match="line 4: prefix 'DHS' is not declared"):
        read_n42(data)
    (found,) = read_n42(data, repair=True)
    assert found.counts.tolist() == [1, 2, 3]
    assert found.provenance.repairs == ("prefix 'DHS' is not declared: taken as a namespace of its own",)
    with pytest.raises(ReadingError, match="prefix 'DHS'"):
        read_n42(data.replace(b"<DHS:Vehicle>yes</DHS:Vehicle>", b'<Remark DHS:a="1"/>'))


def test_a_prefix_holds_only_where_it_was_declared() -> None:
    inside = '<x:a xmlns:x="u:x"><x:b/></x:a>'
    assert read_n42(n42_2012(inside=inside))[0].total == 6
    with pytest.raises(ReadingError, match="prefix 'x' is not declared"):
        read_n42(n42_2012(inside=f"{inside}<x:b/>"))


def test_a_spectrum_in_another_namespace_is_none_of_the_files() -> None:
    other = '<RadMeasurement xmlns="u:other"><Spectrum/></RadMeasurement>'
    assert len(read_n42(n42_2012(inside=other))) == 1


def test_an_element_with_a_declared_prefix_is_the_same_element() -> None:
    data = n42_2012().decode().replace("xmlns=", "xmlns:n=")
    for name in ("RadInstrumentData", "RadDetector", "EnergyCal", "RadMeas", "Spectrum", "Live", "Channel"):
        data = data.replace(f"<{name}", f"<n:{name}").replace(f"</{name}", f"</n:{name}")
    for name in ("MeasurementClassCode", "StartDateTime", "RealTimeDuration", "CoefficientValues", "Remark"):
        data = data.replace(f"<{name}", f"<n:{name}").replace(f"</{name}", f"</n:{name}")
    (found,) = read_n42(data.encode())
    assert (found.counts.tolist(), found.real_time_ns) == ([1, 2, 3], 10_000_000_000)


BOMB = '<!DOCTYPE x [<!ENTITY a "1 1 1 1"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        "<!DOCTYPE x>",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM 'u'> %p;]>",
    ],
)
def test_a_document_type_is_refused_at_the_first_sign(head: str) -> None:
    with pytest.raises(ReadingError, match="line 1: a document type; there must be none, nor entities"):
        read_n42(n42_2012("&b;", head=head))
    with pytest.raises(ReadingError, match="a document type"):
        read_n42(n42_2012("&b;", head=head), repair=True)


def test_an_entity_that_was_never_declared_is_refused() -> None:
    with pytest.raises(ReadingError, match="not well-formed XML: undefined entity"):
        read_n42(n42_2012("&b;"))
    assert read_n42(n42_2012("1 &#50; 3"))[0].counts.tolist() == [1, 2, 3]


def test_depth_and_attributes_have_caps() -> None:
    with pytest.raises(ReadingError, match="nested more than 32 deep"):
        read_n42(n42_2012(inside="<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH))
    many = " ".join(f'a{number}="1"' for number in range(65))
    with pytest.raises(ReadingError, match="an element with 65 attributes"):
        read_n42(n42_2012(inside=f"<a {many}/>"))


def test_prefixes_have_a_cap() -> None:
    many = " ".join(f'xmlns:p{number}="u:{number}"' for number in range(63))
    with pytest.raises(ReadingError, match="too many prefixes, or too long a namespace"):
        read_n42(n42_2012(inside=f"<a {many}/>"))
    with pytest.raises(ReadingError, match="too many prefixes, or too long a namespace"):
        read_n42(n42_2012(inside=f'<a xmlns:p="{"u" * 4097}"/>'))


def test_elements_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.measurement.readers.xml_walk.MAX_ELEMENTS", 100)
    assert read_n42(n42_2012(inside="<a/>" * 80))
    with pytest.raises(ReadingError, match="more than 100 elements"):
        read_n42(n42_2012(inside="<a/>" * 100))


def test_channels_of_all_spectra_together_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.measurement.readers.reading.MAX_CELLS", 99_999)
    spectrum = n42_2012().decode().partition("<Spectrum")[2].partition("</Spectrum>")[0]
    packed_text = spectrum.replace(
        "<ChannelData>1 2 3", '<ChannelData compressionCode="CountedZeroes">0 50000'
    )
    many = f"<Spectrum{packed_text}</Spectrum>"
    twice = n42_2012().decode().replace("</RadMeasurement>", f"{many * 2}</RadMeasurement>")
    with pytest.raises(ReadingError, match="more than 99999 channels in all"):
        read_n42(twice.encode())


def test_encodings_that_not_every_reader_knows_are_refused() -> None:
    for name in ("utf-7", "windows-1252", "cp037", "shift_jis", "idna", "hex", "none-such"):
        with pytest.raises(ReadingError, match="line 1: encoding "):
            read_n42(n42_2012().replace(b'"1.0"', f'"1.0" encoding="{name}"'.encode()))
    text = n42_2012().decode().replace('"1.0"', '"1.0" encoding="UTF-16"')
    assert read_n42(text.encode("utf-16"))[0].total == 6


def test_each_detector_has_its_own_calibration_and_neutrons_are_left_out() -> None:
    inside = (
        '<RadDetectorInformation id="e"><RadDetectorName>second</RadDetectorName></RadDetectorInformation>'
        '<RadDetectorInformation id="n"><RadDetectorCategoryCode>Neutron</RadDetectorCategoryCode></RadDetectorInformation>'
        '<EnergyCalibration id="f"><CoefficientValues>1 2 0</CoefficientValues></EnergyCalibration>'
    )
    more = (
        '<Spectrum id="t" radDetectorInformationReference="e" energyCalibrationReference="f">'
        "<LiveTimeDuration>PT1S</LiveTimeDuration><ChannelData>9 9</ChannelData></Spectrum>"
        '<Spectrum id="u" radDetectorInformationReference="n" energyCalibrationReference="f">'
        "<LiveTimeDuration>PT1S</LiveTimeDuration><ChannelData>7</ChannelData></Spectrum></RadMeasurement>"
    )
    data = n42_2012(inside=inside).replace(b"</RadMeasurement>", more.encode())
    first, second = read_n42(data)
    assert (first.name, second.name) == ("d", "second")
    assert second.scale == EnergyScale(coefficients_kev=(1.0, 2.0))
    assert second.counts.tolist() == [9, 9]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (n42_2012(reference="z"), "calibration 'z' is not in the file"),
        (n42_2012().replace(b'Reference="d"', b'Reference="z"'), "detector 'z' is not in the file"),
        (n42_2012(inside='<EnergyCalibration id="c"/>'), "id 'c' stands twice"),
        (n42_2012(inside="<EnergyCalibration/>"), "has no id"),
        (n42_2012(calibration=""), "must have either CoefficientValues or EnergyBoundaryValues"),
        (n42_2012(calibration="<CoefficientValues>0 x 0</CoefficientValues>"), "'x' is no decimal number"),
        (
            n42_2012(calibration="<EnergyBoundaryValues>0 1 2</EnergyBoundaryValues>"),
            "3 energy boundaries for 3 channels",
        ),
        (
            n42_2012(calibration="<CoefficientValues>0 1</CoefficientValues><EnergyValues>5</EnergyValues>"),
            "must come together",
        ),
        (
            n42_2012(
                calibration="<CoefficientValues>0 1</CoefficientValues><EnergyValues>5 6</EnergyValues>"
                "<EnergyDeviationValues>1</EnergyDeviationValues>"
            ),
            "2 energies and 1 deviations, must be as many",
        ),
        (n42_2012().replace(b"<LiveTimeDuration>PT9.5S</LiveTimeDuration>", b""), "has no LiveTimeDuration"),
        (n42_2012().replace(b"</Spectrum>", b"<ChannelData>1</ChannelData></Spectrum>"), "stands twice"),
        (
            n42_2012().replace(b"N42/2011/N42", b"N42/2099/N42"),
            "namespace 'http://physics.nist.gov/N42/2099/N42'",
        ),
        (n42_2012(started="yesterday"), "'yesterday' is no date"),
        (n42_2006(real=""), "has no RealTime"),
        (n42_2006(code=' StartChannel="5"'), "starts at channel '5'"),
        (n42_2006(attributes=' CalibrationIDs="q"', calibration=""), "calibration 'q' is not in the file"),
        (n42_2006(namespace=' xmlns="u:other"'), "namespace 'u:other'"),
        (b"<N42InstrumentData/>", "there is no spectrum"),
        (b"<other/>", "outermost element is 'other'"),
        (b"<N42InstrumentData>", "not well-formed XML"),
        (b"<a b:c:d='1'/>", "no name with one prefix|not well-formed"),
        (b"", "the file is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_n42(data)


def test_an_unknown_namespace_is_mended_only_when_asked() -> None:
    data = n42_2006(namespace=' xmlns="u:other"')
    assert read_n42(data, repair=True)[0].provenance.repairs[0].startswith("namespace 'u:other'")
    assert read_n42(n42_2006(namespace=""))[0].provenance.repairs == ()


@pytest.mark.parametrize(
    ("coefficients", "remark"),
    [
        ("0 0 0", "none, all its coefficients are zero"),
        ("0 -3 0", "does not increase over all channels"),
        ("0 1 0 0 0 0 1", "it has 7 coefficients"),
    ],
)
def test_counts_are_read_where_the_calibration_is_of_no_use(coefficients: str, remark: str) -> None:
    (found,) = read_n42(n42_2012(calibration=f"<CoefficientValues>{coefficients}</CoefficientValues>"))
    assert found.scale is None
    assert any(remark in told for told in found.provenance.remarks)


def test_bounds_of_channels_and_deviations_give_the_energy_of_the_middle() -> None:
    (found,) = read_n42(n42_2012(calibration="<EnergyBoundaryValues>0 2 6 7</EnergyBoundaryValues>"))
    assert found.energies_kev().tolist() == [1.0, 4.0, 6.5]
    pairs = "<EnergyValues>0 4</EnergyValues><EnergyDeviationValues>1 -1</EnergyDeviationValues>"
    (found,) = read_n42(n42_2012(calibration=f"<CoefficientValues>0 2 0</CoefficientValues>{pairs}"))
    assert found.energies_kev().tolist() == [1.0, 2.0, 3.0]


CALIBRATION = (
    '<Calibration Type="Energy" ID="{name}" EnergyUnits="{unit}"><Equation Model="Polynomial">'
    "<Coefficients>{values}</Coefficients></Equation></Calibration>"
)


def test_the_2006_edition_names_calibrations_elsewhere_and_in_other_units() -> None:
    around = CALIBRATION.format(name="e", unit="MeV", values="0 .002") + CALIBRATION.format(
        name="f", unit="keV", values="0 5"
    )
    around += '<Calibration Type="FWHM" ID="w"/>'
    (found,) = read_n42(n42_2006(around=around, calibration="", attributes=' CalibrationIDs="e w"'))
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 2.0))
    (found,) = read_n42(n42_2006(around=around, calibration=""))
    assert found.scale is None  # two of them, none named: no guess
    with pytest.raises(ReadingError, match="names 2 energy calibrations"):
        read_n42(n42_2006(around=around, calibration="", attributes=' CalibrationIDs="e f"'))
    both = CALIBRATION.format(name="e", unit="keV", values="0 1") * 2
    with pytest.raises(ReadingError, match="has 2 energy calibrations, must have one"):
        read_n42(n42_2006(calibration=both))
    with pytest.raises(ReadingError, match="energies in 'J'"):
        read_n42(n42_2006(calibration=CALIBRATION.format(name="e", unit="J", values="0 1")))
    with pytest.raises(ReadingError, match="calibration 'e' stands twice"):
        read_n42(n42_2006(around=CALIBRATION.format(name="e", unit="keV", values="0 1") * 2))


def test_the_2006_edition_takes_times_from_what_is_around_a_spectrum() -> None:
    inner = n42_2006(real="").decode().partition("<Spectrum")[2].partition("</Spectrum>")[0]
    wrapped = (
        f'<N42InstrumentData xmlns="{NAMESPACE_2006}"><Measurement><DetectorData>'
        "<StartTime>2030-01-31T12:00:00Z</StartTime><SampleRealTime>PT20S</SampleRealTime>"
        f'<DetectorMeasurement Detector="B"><SpectrumMeasurement><Spectrum{inner}</Spectrum>'
        "<Spectrum><LiveTime>PT1S</LiveTime><ChannelData>5</ChannelData></Spectrum>"
        "<Spectrum><DetectorType>Neutron He3</DetectorType></Spectrum>"
        "</SpectrumMeasurement></DetectorMeasurement></DetectorData></Measurement></N42InstrumentData>"
    )
    first, second = read_n42(wrapped.encode())
    assert (first.name, second.name) == ("A1", "B")
    assert first.real_time_ns == second.real_time_ns == 20_000_000_000
    assert first.started == datetime(2030, 1, 31, 12, 0, 0, 0, UTC)


def test_the_2006_edition_may_stand_in_an_event() -> None:
    data = n42_2006().partition(b"?>")[2]
    assert read_n42(b'<Event xmlns="u:portal">' + data + b"</Event>")[0].counts.tolist() == [1, 2, 3]
    with pytest.raises(ReadingError, match="outermost element is 'Event'"):
        read_n42(b"<Event>" + data + data + b"</Event>")


def test_a_processing_instruction_and_comments_are_passed_over() -> None:
    head = '<?xml-model href="u" type="t"?><!-- a comment -->'
    assert read_n42(n42_2012("1 <!-- 9 --> 2 <![CDATA[3]]>", head=head))[0].counts.tolist() == [1, 2, 3]


def test_free_texts_cannot_steer_a_terminal_and_have_a_cap() -> None:
    data = n42_2012().replace(b"free text stands here", "a\u202eb\x85c".encode())
    assert "a?b c" in read_n42(data)[0].provenance.remarks
    with pytest.raises(ReadingError, match="a text of 4097 characters"):
        read_n42(n42_2012().replace(b"free text stands here", b"x" * 4097))
