"""CHN files: header, counts of 32 bits, the last record with or without the quadratic term."""

import pytest

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.chn import read_chn
from counterseal.measurement.spectrum import EnergyScale
from strategies.instrument_files import chn


def test_a_chn_file_is_read() -> None:
    (found,) = read_chn(chn([1, 2, 2**31 - 1]))
    assert found.counts.tolist() == [1, 2, 2**31 - 1]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert (found.name, found.started) == ("HPGe", None)
    assert "sample" in found.provenance.remarks
    assert "began 31JAN301 1200 07, zone not stated" in found.provenance.remarks


def test_the_quadratic_term_is_used_only_where_the_record_says_so() -> None:
    curved = (1.0, 2.0, 0.25)
    assert read_chn(chn(coefficients=curved))[0].scale == EnergyScale(coefficients_kev=curved)
    linear = read_chn(chn(coefficients=curved, trailer_mark=-101))[0]
    assert linear.scale == EnergyScale(coefficients_kev=(1.0, 2.0))


def test_a_file_may_end_with_its_counts() -> None:
    (found,) = read_chn(chn(trailer_mark=None))
    assert (found.scale, found.name) == (None, "")


def test_channels_that_are_numbered_from_another_have_their_energies() -> None:
    assert read_chn(chn(first=100))[0].energies_kev().tolist() == [300.0, 303.0, 306.0]


def test_a_calibration_that_is_no_number_is_left_out() -> None:
    (found,) = read_chn(chn(coefficients=(0.0, float("nan"), 0.0)))
    assert found.scale is None
    assert "a coefficient is not a finite number" in found.provenance.remarks[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (chn()[:31], "31 bytes, the header alone has 32"),
        (chn(mark=-2), "starts with -2, must with -1"),
        (chn(channels=0), "says 0 channels"),
        (chn(channels=400), "the header and 400 channels have 1632"),
        (chn(channels=2), "516 bytes follow the counts, must be 512 or none"),
        (chn([1, -2, 3]), "channel 1: bits of -2"),
        (chn(live=501), "live time 10020000000 ns is above real time 10000000000 ns"),
        (chn(trailer_mark=-99), "last record starts with -99"),
        (chn(lengths=(64, 0)), "description of the detector has 64 bytes"),
        (chn(lengths=(0, 255)), "description of the sample has 255 bytes"),
        (chn() + b"\0", "513 bytes follow the counts"),
        (b"", "the file is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_chn(data)


def test_a_live_time_a_little_above_the_real_time_is_mended_only_when_asked() -> None:
    assert read_chn(chn(live=501), repair=True)[0].real_time_ns == 10_020_000_000
