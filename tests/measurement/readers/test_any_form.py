"""The form of a file is found from its bytes; what all forms share holds for each of them."""

from collections.abc import Callable
from hashlib import sha256

import numpy as np
import pytest

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.readers import FORMS, read_spectra
from counterseal.measurement.readers.any_form import form_of
from counterseal.measurement.readers.reading import Draft, Reading
from counterseal.measurement.spectrum import MAX_CHANNELS
from strategies.instrument_files import EVERY_FORM, csv, n42_2012, spe

EVERY = pytest.mark.parametrize(("form", "make"), EVERY_FORM.items(), ids=list(EVERY_FORM))


@EVERY
def test_the_form_is_found_from_the_bytes(form: str, make: Callable[[], bytes]) -> None:
    data = make()
    (found,) = read_spectra(data)
    assert found.counts.tolist()[:3] == [1, 2, 3]
    assert found.energies_kev().tolist()[:3] == [0.0, 3.0, 6.0]
    assert found.provenance.sha256 == sha256(data).hexdigest()
    assert form.startswith(form_of(data) or "?")
    assert found.provenance.form.startswith(form_of(data) or "?")


@EVERY
def test_counts_cannot_be_written_to(form: str, make: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_spectra(make())[0].counts[0] = 5


def test_the_form_may_be_stated_and_then_holds() -> None:
    assert read_spectra(spe(), form="spe")[0].total == 6
    with pytest.raises(ReadingError, match="spe: has no section"):
        read_spectra(csv(), form="spe")
    with pytest.raises(ReadingError, match="form 'cnf' is not known; there are n42, spe, chn, iec, csv"):
        read_spectra(spe(), form="cnf")


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 9, b"hello", b"\x00\x01CNF", b"RADDATA://G0/1000/", b"PK\x03\x04"]
)
def test_bytes_of_no_form_are_refused(data: bytes) -> None:
    assert form_of(data) is None
    with pytest.raises(ReadingError, match="in none of the forms that are read here: n42, spe"):
        read_spectra(data)


def test_marks_of_byte_order_are_passed_over() -> None:
    mark = b"\xef\xbb\xbf"
    assert read_spectra(mark + spe())[0].total == 6
    assert read_spectra(mark + csv())[0].total == 6
    assert read_spectra(mark + n42_2012())[0].total == 6
    assert read_spectra(n42_2012().decode().encode("utf-16"))[0].total == 6


def test_a_file_past_its_cap_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(ReadingError, match="spe: 11 bytes, may have 10"):
        Reading(b"x" * 11, form="spe", most=10)


def test_spectra_have_a_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.measurement.readers.reading.MAX_SPECTRA", 2)
    reading = Reading(b"x", form="spe")
    reading.take(1, where="one")
    reading.take(1, where="two")
    with pytest.raises(ReadingError, match="three: more than 2 spectra in one file"):
        reading.take(1, where="three")


def of_ones(form: str, channels: int) -> bytes:
    counts = ["1"] * channels
    if form == "chn":
        return EVERY_FORM["chn"]([1] * channels, channels=channels & 0xFFFF)
    if form == "csv":
        return csv(counts, columns="counts")
    return spe(counts) if form == "spe" else n42_2012(" ".join(counts))


@pytest.mark.parametrize("form", ["n42", "spe", "chn", "csv"])
def test_as_many_channels_as_there_may_be_are_read_and_no_more(form: str) -> None:
    most = 0xFFFF if form == "chn" else MAX_CHANNELS
    assert read_spectra(of_ones(form, most))[0].total == most
    with pytest.raises(MeasurementError, match=r"channels|rows|bytes follow"):
        read_spectra(of_ones(form, most + 1))


def test_what_no_instrument_counts_is_refused_with_its_place_whatever_reader_took_it() -> None:
    draft = Draft(counts=np.array([5, -1], dtype=np.int64), live_time_ns=0, real_time_ns=0, where="here")
    with pytest.raises(ReadingError, match="here: channel 1: count -1, must be >= 0"):
        Reading(b"x", form="spe").spectra([draft])


def test_every_form_says_its_name() -> None:
    assert set(FORMS) == {"n42", "spe", "chn", "iec", "csv"}
