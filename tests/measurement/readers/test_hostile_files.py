"""Files that were cut, bent or made to stop a reader: refused with a reason, never a crash or a wrong count."""

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterseal.errors import CountersealError
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.readers.any_form import FORMS
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.readers.list_mode import read_list_mode
from counterseal.measurement.readers.raw_ticks import FORMS as TICK_FORMS
from counterseal.measurement.readers.raw_ticks import Clock, read_raw_ticks
from strategies.instrument_files import EVERY_FORM, n42_2012, report, spe

EVERY = pytest.mark.parametrize(("form", "make"), EVERY_FORM.items(), ids=list(EVERY_FORM))
CLOCK = Clock(tick_ps=1, duration_ticks=2**50)
SPACE = b" \t\r\n"


def totals(data: bytes, *, repair: bool = False) -> list[int] | None:
    """Return the sum of each spectrum, or None where the file was refused with a reason."""
    try:
        return [spectrum.total for spectrum in read_spectra(data, repair=repair)]
    except MeasurementError:
        return None


@EVERY
def test_a_file_that_was_cut_anywhere_gives_its_counts_or_none(form: str, make: Callable[[], bytes]) -> None:
    """Where the cut is after the last count nothing is missing; anywhere else it must be seen."""
    data = make()
    whole = totals(data)
    assert whole is not None
    seen = {length for length in range(len(data)) if totals(data[:length]) is not None}
    for length in seen:
        assert totals(data[:length]) == whole or _is_of_counts(data, length)
    assert len(seen) < len(data) / 3


def _is_of_counts(data: bytes, length: int) -> bool:
    """Return whether the cut leaves another whole file: a last row or digit less in a form that counts none."""
    return data.startswith(b"#") or data[length - 1 : length].isdigit()


def test_a_cut_in_the_last_number_is_seen_where_a_form_states_how_many_there_are() -> None:
    data = spe(["11", "22", "33"])
    assert totals(data.rstrip()[:-3]) is None
    assert totals(n42_2012()[:-1]) is None


@EVERY
def test_bits_that_flip_give_a_refusal_or_a_spectrum_of_whole_counts(
    form: str, make: Callable[[], bytes]
) -> None:
    source = random.Random(form)
    data = make()
    for _ in range(600):
        changed = bytearray(data)
        for _ in range(source.choice((1, 1, 1, 2, 8))):
            place = source.randrange(len(changed) * 8)
            changed[place // 8] ^= 1 << place % 8
        found = totals(bytes(changed), repair=source.random() < 0.3)
        assert found is None or all(total >= 0 for total in found)


@EVERY
def test_bits_that_flip_in_free_text_change_no_count(form: str, make: Callable[[], bytes]) -> None:
    data = make()
    text = b"free text stands here" if b"free text" in data else b"sample" if b"sample" in data else b"A1"
    start = data.index(text)
    for place in range(start * 8, (start + len(text)) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        assert totals(bytes(changed)) in (None, totals(data))


@EVERY
def test_a_byte_that_is_taken_out_of_the_counts_is_no_crash(form: str, make: Callable[[], bytes]) -> None:
    data = make()
    for place in range(len(data)):
        totals(data[:place] + data[place + 1 :])
        totals(data[:place] + data[place : place + 1] + data[place:])


@pytest.mark.parametrize(
    "reader", [*FORMS.values(), read_coincidence_report, read_list_mode], ids=lambda it: it.__name__
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(reader: Callable[[bytes], object], data: bytes) -> None:
    try:
        reader(data)
    except CountersealError:
        return


def cut_and_flipped(data: bytes, seed: int) -> Iterator[bytes]:
    source = random.Random(seed)
    yield from (data[:length] for length in range(0, len(data), 97))
    for _ in range(400):
        changed = bytearray(data)
        place = source.randrange(len(changed) * 8)
        changed[place // 8] ^= 1 << place % 8
        yield bytes(changed)


def test_a_report_that_was_cut_or_bent_is_refused_or_agrees_with_itself() -> None:
    data = report()
    whole = read_coincidence_report(data).summed
    for changed in cut_and_flipped(data, 1):
        try:
            found = read_coincidence_report(changed).summed
        except MeasurementError:
            continue
        assert found.with_reals.tolist() == whole.with_reals.tolist()
        assert found.accidentals.tolist() == whole.accidentals.tolist()


@pytest.mark.parametrize("form", TICK_FORMS)
@settings(deadline=None)
@given(data=st.binary(max_size=64))
def test_any_bytes_are_pulses_in_order_or_refused(form: str, data: bytes) -> None:
    try:
        found = read_raw_ticks(data, clock=CLOCK, form=form)
    except MeasurementError:
        return
    assert found.ticks.tolist() == sorted(found.ticks.tolist())


def test_what_is_small_and_claims_to_be_large_is_refused_at_its_cap() -> None:
    """A megabyte of text that would unfold to two hundred million channels is refused past 128 MiB."""
    one = n42_2012("0 65536", code=' compressionCode="CountedZeroes"').decode()
    spectrum = "<Spectrum" + one.partition("<Spectrum")[2].partition("</RadMeasurement>")[0]
    many = one.replace("</RadMeasurement>", spectrum * 3_000 + "</RadMeasurement>").encode()
    assert len(many) < 1_200_000
    with pytest.raises(MeasurementError, match="more than 16777216 channels in all"):
        read_spectra(many)


def test_white_space_alone_is_no_file() -> None:
    for reader in FORMS.values():
        with pytest.raises(MeasurementError, match=r"must|no element|no section"):
            reader(SPACE * 100)
