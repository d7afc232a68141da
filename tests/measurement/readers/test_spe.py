"""SPE files: sections, ranges at their word, the finer of two times, the first calibration of use."""

import pytest

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.spe import read_spe
from counterseal.measurement.spectrum import EnergyScale
from strategies.instrument_files import spe


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_spe_file_is_read_with_either_line_end(end: str) -> None:
    (found,) = read_spe(spe(more="$MCA_CAL:\n3\n0.5 2.0 0.0 keV\n$ENER_FIT:\n9 9", end=end))
    assert found.counts.tolist() == [1, 2, 3]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.5, 2.0))
    assert (found.name, found.started) == ("a title", None)
    assert "free text stands here" in found.provenance.remarks


def test_a_range_is_taken_at_its_word() -> None:
    (found,) = read_spe(spe(range(1001)))
    assert len(found.counts) == 1001
    (found,) = read_spe(spe([4, 5], span="7 8", more="$ENER_FIT:\n10 2"))
    assert found.counts.tolist() == [4, 5]
    assert found.energies_kev().tolist() == [24.0, 26.0]
    assert "its channels are numbered from 7" in found.provenance.remarks


def test_a_polynomial_is_shifted_to_the_first_channel() -> None:
    (found,) = read_spe(spe([4, 5], span="3 4", more="$MCA_CAL:\n3\n1 2 0.5"))
    assert found.energies_kev().tolist() == [1 + 6 + 4.5, 1 + 8 + 8.0]


@pytest.mark.parametrize(
    ("more", "scale"),
    [
        ("$MCA_CAL:\n3\n0 0 0\n$ENER_FIT:\n1 2", (1.0, 2.0)),
        ("$ENER_FIT:\n0.000000 0.37844 keV", (0.0, 0.37844)),
        ("$MCA_CAL:\n2\n0.001 0.002 MeV", (1.0, 2.0)),
        ("$MCA_CAL:\n3\n0.000000E+000 3.78444E-001 0.000000E+000 keV", (0.0, 0.378444)),
    ],
)
def test_the_first_calibration_of_use_is_taken(more: str, scale: tuple[float, ...]) -> None:
    assert read_spe(spe(more=more))[0].scale == EnergyScale(coefficients_kev=scale)


def test_a_file_without_a_calibration_of_use_has_its_counts_and_says_why() -> None:
    (found,) = read_spe(spe(more="$ENER_FIT:\n0 0\n$MCA_CAL:\n3\n0 -1 0"))
    assert found.scale is None
    assert "does not increase" in found.provenance.remarks[0]
    assert "all its coefficients are zero ($ENER_FIT)" in found.provenance.remarks[0]
    assert read_spe(spe())[0].provenance.remarks[0] == "energy calibration: none"


def test_the_finer_of_two_times_is_taken_if_the_other_is_it_rounded() -> None:
    (found,) = read_spe(spe(times="50000 59361", more="$RT:\n59360.600000\n$LT:\n50000.4"))
    assert (found.live_time_ns, found.real_time_ns) == (50_000_400_000_000, 59_360_600_000_000)
    with pytest.raises(ReadingError, match=r"\$RT: 59000000000000 ns, but \$MEAS_TIM says 59361000000000 ns"):
        read_spe(spe(times="50000 59361", more="$RT:\n59000"))
    with pytest.raises(ReadingError, match="but"):
        read_spe(spe(times="50000 59360.5", more="$RT:\n59360.6"))
    text = spe(more="$RT:\n20\n$LT:\n10").replace(b"$MEAS_TIM:\n9.5 10\n", b"")
    assert read_spe(text)[0].live_time_ns == 10_000_000_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (spe(span="0 3"), "3 counts for channels 0 to 3, must be 4"),
        (spe(span="0 1"), "3 counts for channels 0 to 1, must be 2"),
        (spe(span="3 0"), "channels 3 to 0"),
        (spe(span="0 65536"), "channels 0 to 65536, must be 1 to 65536"),
        (spe(span="9007199254740990 9007199254740991"), "must be 1 to 65536"),
        (spe(span="0"), "must be the first and last channel"),
        (spe(span="-1 1"), "must be >= 0"),
        (spe([1, -2, 3]), "number 1: count '-2', must be >= 0"),
        (spe([1, 2**53, 3]), "number 1: count 9007199254740992, must be below 2"),
        (spe([1, "nan", 3]), "number 1: 'nan' is no whole count"),
        (spe([1, "2.5", 3]), "no whole count"),
        (spe(times="11 10"), "live time 11000000000 ns is above real time"),
        (spe(times="10"), "1 times, must be live and real time"),
        (spe(times="nan nan"), "no time in seconds"),
        (spe(times="-1 10"), "no time in seconds"),
        (spe(more="$DATA:\n0 0\n1"), "section \\$DATA stands twice"),
        (spe(more="$MCA_CAL:\n2\n1 2 3"), "which is not the number that it says"),
        (spe(more="$MCA_CAL:\nkeV"), "which is not the number that it says"),
        (spe(more="$ENER_FIT:\n1 nan"), "'nan' is no decimal number"),
        (spe().replace(b"$DATA:", b"$DATO:"), "has no section \\$DATA"),
        (spe().replace(b"$MEAS_TIM:", b"$MEAS_TOM:"), "neither \\$MEAS_TIM nor both"),
        (spe().replace(b"free text", b"a line\n" * 1001), "1002 lines of free text, may have 1000"),
        (b"text\n" + spe(), "text before the first section"),
        (b"text", "has no section"),
        (spe().replace(b"a title", b"a\0title"), "byte 11 is 0"),
        (b"", "the file is empty"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_its_place(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_spe(data)


def test_a_live_time_a_little_above_the_real_time_is_mended_only_when_asked() -> None:
    data = spe(times="10.01 10")
    with pytest.raises(ReadingError, match="must not be"):
        read_spe(data)
    (found,) = read_spe(data, repair=True)
    assert found.real_time_ns == 10_010_000_000
    assert len(found.provenance.repairs) == 1


def test_a_dollar_in_free_text_starts_no_section() -> None:
    data = spe().replace(b"free text stands here", b"$5 each\n$not a section: at all")
    assert "$5 each" in read_spe(data)[0].provenance.remarks
