"""Numbers from text: exact, or refused."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import (
    duration_ns,
    fraction,
    fractions,
    gmt,
    seconds_ns,
    whole,
    whole_counts,
)
from counterseal.measurement.spectrum import MAX_COUNT
from counterseal.measurement.writers.digits import gmt_text, seconds


def test_counts_are_whole_and_exact_up_to_2_to_the_53() -> None:
    assert whole_counts("0 16777217\t9007199254740991\r\n5. 7.000 +3", where="here").tolist() == [
        0,
        16_777_217,
        MAX_COUNT,
        5,
        7,
        3,
    ]
    assert whole_counts(" \n ", where="here").size == 0


@settings(deadline=None)
@given(st.lists(st.integers(0, MAX_COUNT), max_size=50))
def test_counts_come_back_as_they_were_written(counts: list[int]) -> None:
    assert whole_counts(" ".join(map(str, counts)), where="here").tolist() == counts


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("-1", "here, number 2: count '-1', must be >= 0"),
        ("9007199254740992", "here, number 2: count 9007199254740992, must be below 2"),
        ("99999999999999999999999999", "must be below 2"),
        ("9" * 5000, "no whole count"),
        ("1.5", "no whole count"),
        ("nan", "no whole count"),
        ("inf", "no whole count"),
        ("1e3", "no whole count"),
        ("0x10", "no whole count"),
        ("1_000", "no whole count"),
        ("１", "no whole count"),
        ("-0.5", "must be >= 0"),
        ("1\u00a0000", "no whole count"),
        ("1\u2009000", "no whole count"),
        ("1\x0c2", "no whole count"),
    ],
)
def test_what_is_no_count_is_refused_and_named(word: str, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        whole_counts(f"1 2 {word} 4", where="here")


def test_counts_that_take_too_much_text_are_refused() -> None:
    with pytest.raises(ReadingError, match="counts take 2097153 characters"):
        whole_counts("1" * (2**21 + 1), where="here")


@pytest.mark.parametrize(
    ("word", "ns"),
    [
        ("10651.30", 10_651_300_000_000),
        ("0.1", 100_000_000),
        ("54973.695312", 54_973_695_312_000),
        ("1.0000000004", 1_000_000_000),
        ("1.0000000005", 1_000_000_001),
        (".5", 500_000_000),
        ("5.", 5_000_000_000),
        ("3.564E+003", 3_564_000_000_000),
        ("25e-9", 25),
        ("1e-999", 0),
    ],
)
def test_a_time_is_exact_to_the_nanosecond(word: str, ns: int) -> None:
    assert seconds_ns(word, where="here") == ns


@settings(deadline=None)
@given(st.decimals(0, 10**9, places=9))
def test_nine_decimals_are_never_changed(value: object) -> None:
    text = f"{value:f}"
    assert Fraction(seconds_ns(text, where="here"), 10**9) == Fraction(text)
    assert seconds_ns(seconds(seconds_ns(text, where="here")), where="here") == seconds_ns(text, where="here")


@pytest.mark.parametrize("word", ["", ".", "-1", "nan", "1e", "1e999", "1 2", "1,5", "5000000000", "1" * 41])
def test_what_is_no_time_is_refused(word: str) -> None:
    with pytest.raises(ReadingError, match="here: "):
        seconds_ns(word, where="here")


@pytest.mark.parametrize(
    ("word", "ns"),
    [
        ("PT629.170S", 629_170_000_000),
        ("PT1H2M3.5S", 3_723_500_000_000),
        ("P1DT1S", 86_401_000_000_000),
        (" PT0S ", 0),
        ("PT10M", 600_000_000_000),
    ],
)
def test_a_duration_is_exact(word: str, ns: int) -> None:
    assert duration_ns(word, where="here") == ns


@pytest.mark.parametrize(
    "word", ["", "P", "PT", "P1DT", "10", "PT-5S", "-PT5S", "P1Y", "P1M", "PT1S1M", "PT5", "PT1e3S"]
)
def test_what_is_no_duration_is_refused(word: str) -> None:
    with pytest.raises(ReadingError, match="no duration"):
        duration_ns(word, where="here")


def test_a_duration_past_146_years_is_refused() -> None:
    with pytest.raises(ReadingError, match="which no measurement takes"):
        duration_ns("P99999D", where="here")


def test_a_date_is_known_in_gmt_only_with_its_zone() -> None:
    assert gmt("2010-04-17T17:33:19.409Z", where="here") == datetime(2010, 4, 17, 17, 33, 19, 409_000, UTC)
    assert gmt("2010-04-17T17:33:19+02:00", where="here") == datetime(2010, 4, 17, 15, 33, 19, 0, UTC)
    assert gmt("2010-04-17T17:33:19", where="here") is None


@settings(deadline=None)
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_date_comes_back_as_it_was_written(moment: datetime) -> None:
    assert gmt(gmt_text(moment), where="here") == moment


@pytest.mark.parametrize(
    "word",
    [
        "",
        "2010-02-30T00:00:00Z",
        "2010-04-17",
        "2010-04-17T25:00:00Z",
        "0001-01-01T00:00:00+23:00",
        "2010-04-17T17:33:19+99:00",
    ],
)
def test_what_is_no_date_is_refused(word: str) -> None:
    with pytest.raises(ReadingError, match=r"no date|not in the calendar"):
        gmt(word, where="here")


def test_a_coefficient_is_the_nearest_double() -> None:
    assert fraction("-6.866130E-010", where="here") == -6.86613e-10
    for word in ("nan", "inf", "1e400", "", "1 2", "0x1p3", "1d3"):
        with pytest.raises(ReadingError, match=r"no decimal number|too large"):
            fraction(word, where="here")


def test_numbers_in_a_row_have_a_cap() -> None:
    assert fractions("1 2", where="here", most=2) == (1.0, 2.0)
    with pytest.raises(ReadingError, match="here: more than 64 numbers"):
        fractions("1 " * 65, where="here")


def test_a_number_of_channels_is_no_longer_than_a_number_is() -> None:
    with pytest.raises(ReadingError, match="no whole count"):
        whole("0" * 41, where="here")
