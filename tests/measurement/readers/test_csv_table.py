"""Tables of counts as text: named columns, times that must be stated, no gap in the channels."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.csv_table import read_csv
from counterseal.measurement.spectrum import EnergyScale
from strategies.instrument_files import csv

TIMES = ("# live_time_s: 9.5", "# real_time_s: 10")


def test_a_table_is_read() -> None:
    (found,) = read_csv(csv())
    assert found.counts.tolist() == [1, 2, 3]
    assert (found.live_time_ns, found.real_time_ns) == (9_500_000_000, 10_000_000_000)
    assert found.scale == EnergyScale(coefficients_kev=(0.0, 3.0))
    assert "free text stands here" in found.provenance.remarks


@pytest.mark.parametrize("between", [",", ";", "\t", " , "])
def test_commas_semicolons_and_tabulators_stand_between_columns(between: str) -> None:
    data = csv([f"{n}{between}{n + 1}" for n in range(3)], columns=f"channel{between}counts")
    assert read_csv(data)[0].counts.tolist() == [1, 2, 3]


def test_energies_may_stand_in_a_column_and_columns_in_any_order() -> None:
    data = csv(["5,1.5", "6,2.75", "7,9"], columns="counts,energy_kev", facts=TIMES)
    (found,) = read_csv(data)
    assert found.counts.tolist() == [5, 6, 7]
    assert found.energies_kev().tolist() == [1.5, 2.75, 9.0]


def test_counts_alone_will_do() -> None:
    facts = (*TIMES, "# started: 2030-01-31T12:00:00Z", "# name = detector 1")
    (found,) = read_csv(csv(["5", "6"], columns="counts", facts=facts))
    assert (found.counts.tolist(), found.scale) == ([5, 6], None)
    assert (found.name, found.started) == ("detector 1", datetime(2030, 1, 31, 12, 0, 0, 0, UTC))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (csv(facts=TIMES[:1]), "there is no line '# real_time_s"),
        (csv(facts=TIMES[1:]), "there is no line '# live_time_s"),
        (csv(facts=("# live_time_s: 11", "# real_time_s: 10")), "is above real time"),
        (csv(facts=(*TIMES, TIMES[0])), "live_time_s stands twice"),
        (csv(facts=("# live_time_s: nan", "# real_time_s: 10")), "no time in seconds"),
        (csv(["0,1", "2,3"]), "row 1: channel '2', must be 1"),
        (csv(["0,1", "0,3"]), "row 1: channel '0', must be 1"),
        (csv(["0,1", "1"]), "row 1 has 1 columns, must have 2"),
        (csv(["0,1", "", "1,2"]), "row 1 has 1 columns"),
        (csv(["0,-1"]), "count '-1', must be >= 0"),
        (csv(["0,9007199254740992"]), "must be below 2"),
        (csv(["0,nan"]), "no whole count"),
        (csv(["0,1 2"]), "2 counts in 1 rows"),
        (csv(["0,"]), "0 counts in 1 rows"),
        (csv([]), "0 rows"),
        (csv(columns="channel,events"), "columns 'channel,events', must be counts"),
        (csv(columns="counts,counts"), "must be counts"),
        (csv(columns="channel,counts,colour"), "must be counts"),
        (csv(["0,1,2"], columns="channel,counts,energy_kev"), "both a column energy_kev and"),
        (csv(["1,2", "2,inf"], columns="counts,energy_kev", facts=TIMES), "'inf' is no decimal number"),
        (csv() + b"# after", "a line with # after the table began"),
        (csv(["0," + "1" * 5000]), "may have 4200"),
        (b"", "the file is empty"),
        (b"\n", "columns ''"),
        (b"# a remark\n" * 1001 + csv(), "1002 lines of remarks, may have 1000"),
    ],
)
def test_what_breaks_a_rule_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read_csv(data)


def test_energies_that_do_not_increase_are_left_out_with_a_remark() -> None:
    (found,) = read_csv(csv(["1,5", "2,5"], columns="counts,energy_kev", facts=TIMES))
    assert found.scale is None
    assert "do not increase" in found.provenance.remarks[0]


def test_the_example_in_the_reference_is_read() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "instrument-files.md"
    example = page.read_text(encoding="utf-8").partition("```\n")[2].partition("```")[0]
    (found,) = read_csv(example.encode())
    assert found.counts.tolist() == [12, 7]
    assert found.energies_kev().tolist() == [0.2, 0.575]
    assert (found.real_time_ns, found.name) == (301_500_000_000, "detector 1")
