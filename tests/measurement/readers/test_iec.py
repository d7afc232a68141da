"""IEC 1455 files: fixed columns, padding after the last channel, pairs where there is no polynomial."""

import pytest

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.iec import read_iec
from counterseal.measurement.spectrum import EnergyScale
from strategies.instrument_files import iec


def test_an_iec_file_is_read() -> None:
    (found,) = read_iec(iec())
    assert found.counts.tolist() == [1, 2, 3, 4, 5, 6]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert found.name == "NUCICA HPGE 0 0 0"
    assert {"free text stands here", "began 01/31/30 12:00:00, zone not stated"} <= set(
        found.provenance.remarks
    )


def test_counts_that_fill_their_columns_may_touch() -> None:
    counts = [1234567890, 9876543210, 0, 1, 2]
    assert read_iec(iec(counts))[0].counts.tolist() == counts


def test_coefficients_may_touch() -> None:
    touching = "-1.55656000E-02 8.00000000E-01-2.97939000E-08 0.00000000E+00"
    assert read_iec(iec(coefficients=touching))[0].scale == EnergyScale(
        coefficients_kev=(-1.55656e-2, 0.8, -2.97939e-8)
    )


ZERO = " 0.0 0.0 0.0 0.0"


def test_pairs_serve_where_the_polynomial_is_zero() -> None:
    pair = " 1.173228000E+03 1.465035000E+03 1.332492000E+03 1.665109000E+03"
    (found,) = read_iec(iec(coefficients=ZERO, pairs=[pair]))
    assert found.scale is not None
    low, high = found.scale.coefficients_kev
    assert low + 1465.035 * high == pytest.approx(1173.228, abs=1e-9)
    assert low + 1665.109 * high == pytest.approx(1332.492, abs=1e-9)


def test_three_pairs_are_joined_by_straight_lines() -> None:
    (found,) = read_iec(iec(coefficients=ZERO, pairs=[" 0. 0. 10. 1. 30. 2.", " 60. 5."]))
    assert found.energies_kev().tolist() == pytest.approx([-2.5, 10.0, 30.0, 40.0, 50.0, 60.0])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (iec().rpartition(b"\n")[0], "1 records of counts for 6 channels, must be 2"),
        (iec() + b"\nA004    10", "3 records of counts for 6 channels, must be 2"),
        (iec(live="10.01"), "live time 10010000000 ns is above real time"),
        (iec(padding=1), "counts beyond the last channel"),
        (iec([1, -2, 3]), "must be >= 0"),
        (iec().replace(b"A004     5", b"A004     6"), "channel '     6', must be 5"),
        (iec().replace(b"A004     5", b"A005     5"), "record 60 starts with 'A005', must with A004"),
        (iec(live="nan"), "no time in seconds"),
        (iec(live="9.5 9.5"), "record 2 has 4 numbers"),
        (iec().replace(b"     6\nA004", b"     0\nA004", 1), "record 2: 0 channels, must be 1 to 65536"),
        (iec(coefficients=" 1.0 x"), "'x' is no number|' x' is no number"),
        (iec(coefficients=ZERO, pairs=[" 1.0"]), "1 numbers, must be pairs"),
        (iec(coefficients=ZERO, pairs=[" 1. 7. 2. 7."]), "two calibration points at one channel"),
        (iec() + b"       9", "more than 5 counts"),
        (iec().replace(b"free text", b"x" * 99), "may have 80"),
        (b"A004", "1 records, must be more than 58"),
        (b"", "the file is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_iec(data)
