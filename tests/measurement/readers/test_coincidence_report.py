"""Reports of coincidence counters: all that they print, and refusal where they do not agree with themselves."""

import pytest

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.readers.coincidence_form import Printed, PrintedCounter
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from shared_data import shared
from strategies.instrument_files import report

RAW_HEAD = "Cycle   Singles     R+A         A        Scaler1    Scaler2  QC Tests"


def test_counts_settings_results_and_cycles_are_read() -> None:
    found = read_coincidence_report(report())
    assert found.program == "INCC 5.1.2"
    assert found.summed.singles == 201
    assert found.summed.time_ns == 40_000_000_000
    assert found.summed.with_reals.tolist() == [185, 14, 2]
    assert found.summed.accidentals.tolist() == [192, 8, 1]
    assert (found.reals_and_accidentals, found.accidentals, found.good_cycles) == (18, 10, 2)
    assert found.counter == PrintedCounter(
        predelay_us=4.5,
        gate_us=64.0,
        die_away_us=41.0,
        efficiency=0.311,
        multiplicity_dead_time_ns=35.9,
        dead_time_a_us=0.143,
        dead_time_b_us_per_mcps=0.0052,
        dead_time_c_ns=0.0,
        doubles_gate_fraction=0.6302,
        triples_gate_fraction=0.446,
    )
    assert found.background.singles_per_s == Printed(value=5.407, uncertainty=0.108)
    assert found.normalization == Printed(value=1.0, uncertainty=0.0)
    assert found.rates.triples_per_s == Printed(value=0.01, uncertainty=0.005)
    assert found.isotopes[1].at_measurement == Printed(value=2.0, uncertainty=0.2)
    assert found.isotope_dates[0] == ("Pu date", "29.01.31", "30.01.31")
    assert ("Measurement date", "30.01.31 12:00:00") in found.header


def test_results_are_read_as_printed() -> None:
    found = read_coincidence_report(report())
    block = found.block("Known alpha results")
    assert block is not None
    assert block.primary
    assert block.number("Alpha") == Printed(value=0.525)
    assert block.number("Pu240e mass (g)") == Printed(value=1.25, uncertainty=0.05)
    with pytest.raises(MeasurementError, match="0 numbers named Beta"):
        block.number("Beta")
    assert found.block("Passive multiplicity results") is None


def test_every_cycle_has_its_histograms_and_whether_it_passed() -> None:
    first, second, third = read_coincidence_report(report()).cycles
    assert first.count.with_reals.tolist() == [90, 8, 2]
    assert second.count.accidentals.tolist() == [97, 4]
    assert (first.reals_and_accidentals, first.accidentals, first.count.time_ns) == (12, 6, 20_000_000_000)
    assert (first.passed, third.passed, third.status) == (True, False, "Fail outlier test")
    assert first.printed is not None
    assert first.printed.triples_per_s == Printed(value=-0.01)


def test_a_report_may_have_no_cycles_and_no_isotopics() -> None:
    short = report().partition(b"Passive cycle data")[0]
    assert read_coincidence_report(short).cycles == ()
    lines = [line for line in short.split(b"\n") if b"Pu" not in line or b"mass" in line]
    without = b"\n".join(line for line in lines if b"Am" not in line and b"Isotopics" not in line)
    assert read_coincidence_report(without).isotopes == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("INCC 5.1.2", "ABCC 5.1.2"), "starts with 'ABCC 5.1.2', must with INCC"),
        (
            ("                 201", "                 202"),
            "singles: 201 in the cycles that passed, but the sum says 202",
        ),
        (
            ("accidentals sum:                   10", "accidentals sum:                   11"),
            "A: 10 in the cycles that passed",
        ),
        (("time:                   40", "time:                   41"), "time"),
        (
            ("cycles:                    2", "cycles:                    3"),
            "good cycles: 2 in the cycles that passed",
        ),
        (
            ("         185 ", "         186 "),
            "R\\+A histogram, row 0: 185 in the cycles that passed, but the sum says 186",
        ),
        (("          14 ", "          15 "), "the R\\+A histogram has seen 19 pulses, the R\\+A sum is 18"),
        (("192\n", "193\n"), "A histogram, row 0: 192 in the cycles that passed"),
        (("  100         12", "  100         13"), "cycle 1: the R\\+A histogram has seen 12 pulses"),
        (("   2           2            1", "   3           2            1"), "must be 2 and two counts"),
        (("   1          14", "   1         -14"), "count '-14', must be >= 0"),
        (("   1          14", "   1         nan"), "no whole count"),
        (("   0         185", "   0 9007199254740992"), "must be below 2"),
        (("Triples:          0.010", "Triples:       -1.#IND"), "Triples: '-1.#IND \\+- 0.005|is no number"),
        (("Efficiency:  0.3110", "Efficiency:  nan"), "Efficiency: 'nan' is no number"),
        (("Efficiency:  0.3110", "Efficiency:  -0.3110"), "Efficiency: -0.311, must be >= 0"),
        (("Efficiency:", "Efficacy:"), "there is no line 'Efficiency'"),
        (("Predelay:  4.50", "Gate length:  4.50"), "'Gate length' stands twice in the header"),
        (("Pu239:    1.0000 +-   0.1000", "Pu239:    1.0000"), "Pu239: .* must be two shares"),
        (("Passive summed raw data", "Active summed raw data"), "only passive measurements are read"),
        (("Passive summed raw data", "Passive other data"), "there is no section 'Passive summed raw data'"),
        (("Results\n", "Passive summed raw data\n"), "stands twice, or out of order"),
        (("R+A sums       A sums", "A sums       R+A sums"), "must have the columns R\\+A sums and A sums"),
        (("Cycle 2      R+A", "Cycle 4      R+A"), "must be the same, numbered from 1"),
        (("Cycle 2      R+A", "Cycle 1      R+A"), "histograms of cycle 1 stand twice"),
        (("Passive multiplicity distributions", "Passive other"), "must come together|columns"),
        (("Fail outlier test", "Pass"), "good cycles: 3 in the cycles that passed, but the sum says 2"),
        (("Count time (sec):  20", "Count time (sec):  -20"), "no time in seconds"),
        (("Predelay", "x" * 4097), "may have 4096"),
        (("          8  Pass", "          8"), "6 columns, must be 7"),
        ((RAW_HEAD, f"{RAW_HEAD}\n{RAW_HEAD}"), "two tables of cycles have the same columns"),
        (
            ("Count time (sec):  20", "Count time (sec):  20\nhello"),
            "'hello' stands before the table of cycles",
        ),
        (
            ("Passive multiplicity distributions", "Passive multiplicity distributions\nhello"),
            "before the first cycle",
        ),
        (("29.01.31                30.01.31", "29.01.31"), "Pu date: 1 dates, must be two"),
        (("time:                   40", "time:                    0"), "201 singles in 0 ns: out of range"),
    ],
)
def test_a_report_that_does_not_agree_with_itself_is_refused(change: tuple[str, str], reason: str) -> None:
    changed = report(change=change)
    assert changed != report()
    with pytest.raises(ReadingError, match=reason):
        read_coincidence_report(changed)


def test_an_empty_accidentals_histogram_is_refused() -> None:
    empty = ((100, ((90, 0), (8, 0), (2, 0)), "Pass"),)
    with pytest.raises(ReadingError, match="the histogram of accidentals is empty"):
        read_coincidence_report(report(cycles=empty))
    with pytest.raises(ReadingError, match="sums: 0 rows, must be 1 to 1024"):
        read_coincidence_report(report(cycles=()))


def test_a_few_triggers_more_than_pulses_pass_and_many_do_not() -> None:
    few = ((100, ((105, 100), (5, 0)), "Pass"),)
    assert read_coincidence_report(report(cycles=few)).summed.singles == 100
    many = ((100, ((106, 100), (5, 0)), "Pass"),)
    with pytest.raises(ReadingError, match="111 triggers in the R\\+A histogram, of 100 pulses"):
        read_coincidence_report(report(cycles=many))


@pytest.mark.parametrize(
    ("name", "singles", "cycles", "good", "rates"),
    [
        ("1AHX3842", 340_569_265, 200, 200, (56866.931, 1363.992, 165.137)),
        ("1AIX0036", 5_332_932, 329, 323, (820.149, 29.903, 3.377)),
        ("1AKW2118", 493_712, 20, 20, (817.471, 29.737, 3.405)),
        ("1AHW5944", 322_842_501, 120, 119, (273956.343, 7075.029, 109.702)),
        ("633L1453", 2_099_564, 31, 30, (3460.425, 94.967, 3.431)),
    ],
)
def test_published_reports_are_read_whole(
    name: str, singles: int, cycles: int, good: int, rates: tuple[float, float, float]
) -> None:
    found = read_coincidence_report(shared("neutron", "incc", f"{name}.VER").read_bytes())
    assert (found.summed.singles, len(found.cycles), found.good_cycles) == (singles, cycles, good)
    printed = found.rates
    assert (printed.singles_per_s.value, printed.doubles_per_s.value, printed.triples_per_s.value) == rates
    assert sum(block.primary for block in found.blocks) == 1


def test_a_published_report_that_was_changed_in_one_count_is_refused() -> None:
    data = shared("neutron", "incc", "1AKW2118.VER").read_bytes()
    for old, new in (
        (b"   1       35889", b"   1       35880"),
        (b"  24518  ", b"  24519  "),
        (b"22584", b"22585"),
    ):
        with pytest.raises(ReadingError, match="report: "):
            read_coincidence_report(data.replace(old, new, 1))
