"""Text reports of neutron coincidence counters, as INCC 5 writes them, of passive measurements.

Read are the header, the summed counts, the histograms, the printed results, and every cycle with its
histograms. What does not agree with itself is refused: the sums must be those of the cycles that
passed, and every R+A histogram must have seen as many pulses as the R+A scaler. The layout is that of
INCC 5.1.2 [INCC-5]; a report without multiplicity histograms is not read.
"""

import re

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.coincidence_cycles import (
    Sums,
    made_count,
    read_cycles,
    require_same,
    require_weighted,
)
from counterseal.measurement.readers.coincidence_form import (
    CoincidenceReport,
    PrintedBlock,
    PrintedCounter,
    PrintedIsotope,
    PrintedRates,
    PrintedRow,
    ReportCycle,
)
from counterseal.measurement.readers.exact import seconds_ns, shown, whole
from counterseal.measurement.readers.lines import text_of
from counterseal.measurement.readers.reading import Reading, free_text
from counterseal.measurement.readers.report_text import (
    HEADER,
    HEADS,
    Section,
    histograms,
    labelled,
    needed,
    printed,
    printed_if_any,
    rows_of,
    sections_of,
)

_, _SUMS, _HISTOGRAMS, _RESULTS, _CYCLES, _DISTRIBUTIONS = HEADS
_PROGRAM = re.compile(r"INCC [0-9]+(\.[0-9]+)*", re.ASCII)
_COUNTER = {
    "predelay_us": "Predelay",
    "gate_us": "Gate length",
    "die_away_us": "Die away time",
    "efficiency": "Efficiency",
    "multiplicity_dead_time_ns": "Multiplicity deadtime",
    "dead_time_a_us": "Coefficient A deadtime",
    "dead_time_b_us_per_mcps": "Coefficient B deadtime",
    "dead_time_c_ns": "Coefficient C deadtime",
    "doubles_gate_fraction": "Doubles gate fraction",
    "triples_gate_fraction": "Triples gate fraction",
}
_ISOTOPES = ("Pu238", "Pu239", "Pu240", "Pu241", "Pu242", "Am241")
_ISOTOPICS = "Isotopics id"
_DATES = ("Pu date", "Am date")
_TWO_NUMBERS = re.compile(r"(\S+ \+- +\S+) +(\S+ \+- +\S+)")
_TWO_WORDS = 2


def read_coincidence_report(data: bytes) -> CoincidenceReport:
    """Return what the text report of a passive coincidence measurement holds.

    Args:
        data: The file.

    Raises:
        ReadingError: it is not in the form, past a cap, or does not agree with itself; says where.
    """
    reading = Reading(data, form="incc-report")
    sections = sections_of(text_of(data, form="report"))
    for head in (_SUMS, _HISTOGRAMS, _RESULTS):
        if head not in sections:
            raise ReadingError(f"report: there is no section {head!r}")
    program = _program(sections[HEADER])
    header = rows_of(sections[HEADER], name="the header")
    sums = _sums(sections)
    cycles = _cycles(sections, sums)
    return CoincidenceReport(
        program=program,
        header=tuple((label, free_text(text, where="report: header")) for label, text in header.items()),
        counter=_counter(header),
        normalization=printed(needed(header, "Normalization constant"), where="Normalization constant"),
        background=_rates(header, labels="Passive {} background"),
        isotopes=_isotopes(header),
        isotope_dates=_dates(header),
        summed=sums.count,
        reals_and_accidentals=sums.reals_and_accidentals,
        accidentals=sums.accidentals,
        good_cycles=sums.good_cycles,
        rates=_rates(_first_rows(sections[_RESULTS]), labels="{}", capital=True),
        blocks=_blocks(sections[_RESULTS]),
        cycles=cycles,
        provenance=reading.provenance(),
    )


def _program(header: Section) -> str:
    first = header[0][1].strip() if header else ""
    if not _PROGRAM.fullmatch(first):
        raise ReadingError(f"report: starts with {shown(first)}, must with INCC and its version")
    return first


def _counter(header: dict[str, str]) -> PrintedCounter:
    values = {name: printed(needed(header, label), where=label).value for name, label in _COUNTER.items()}
    for name, value in values.items():
        if value < 0:
            raise ReadingError(f"report: {_COUNTER[name]}: {value}, must be >= 0")
    return PrintedCounter(**values)


def _rates(rows: dict[str, str], *, labels: str, capital: bool = False) -> PrintedRates:
    names = [labels.format(name) for name in ("singles", "doubles", "triples")]
    if capital:
        names = [name.capitalize() for name in names]
    singles, doubles, triples = (printed(needed(rows, name), where=name) for name in names)
    return PrintedRates(singles_per_s=singles, doubles_per_s=doubles, triples_per_s=triples)


def _isotopes(header: dict[str, str]) -> tuple[PrintedIsotope, ...]:
    if _ISOTOPICS not in header:
        return ()
    made = []
    for nuclide in _ISOTOPES:
        found = _TWO_NUMBERS.fullmatch(needed(header, nuclide))
        if found is None:
            raise ReadingError(f"report: {nuclide}: {shown(header[nuclide])}, must be two shares with +-")
        declared, decayed = (printed(text, where=nuclide) for text in found.groups())
        made.append(PrintedIsotope(nuclide=nuclide, declared=declared, at_measurement=decayed))
    return tuple(made)


def _dates(header: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    if _ISOTOPICS not in header:
        return ()
    made = []
    for label in _DATES:
        words = needed(header, label).split()
        if len(words) != _TWO_WORDS:
            raise ReadingError(f"report: {label}: {len(words)} dates, must be two")
        made.append((label, words[0], words[1]))
    return tuple(made)


def _sums(sections: dict[str, Section]) -> Sums:
    rows = rows_of(sections[_SUMS], name="the sums")
    count = {
        name: whole(needed(rows, label), where=f"report: {label}")
        for name, label in (
            ("cycles", "Number of good cycles"),
            ("singles", "Shift register singles sum"),
            ("reals", "Shift register reals + accidentals sum"),
            ("accidentals", "Shift register accidentals sum"),
        )
    }
    time_ns = seconds_ns(needed(rows, "Total count time"), where="report: Total count time")
    table = sections[_HISTOGRAMS]
    if not table or table[0][1].split() != ["R+A", "sums", "A", "sums"]:
        raise ReadingError("report: the summed histograms must have the columns R+A sums and A sums")
    tables = histograms(table[1:], name="sums")
    require_weighted(tables[0], count["reals"], where="report: sums")
    return Sums(
        count=made_count(count["singles"], tables, time_ns=time_ns, where="report: sums"),
        reals_and_accidentals=count["reals"],
        accidentals=count["accidentals"],
        good_cycles=count["cycles"],
    )


def _cycles(sections: dict[str, Section], sums: Sums) -> tuple[ReportCycle, ...]:
    """Return the cycles, checked against the sums; a report may print none."""
    if (_CYCLES in sections) != (_DISTRIBUTIONS in sections):
        raise ReadingError("report: cycles and their histograms must come together")
    if _CYCLES not in sections:
        return ()
    cycles = read_cycles(sections[_CYCLES], sections[_DISTRIBUTIONS])
    require_same(cycles, sums)
    return cycles


def _first_rows(section: Section) -> dict[str, str]:
    """Return the lines with a label before the first title: the rates."""
    rows = []
    for number, line in section:
        if labelled(line) is None:
            break
        rows.append((number, line))
    return rows_of(rows, name="the rates")


def _blocks(section: Section) -> tuple[PrintedBlock, ...]:
    """Return the blocks of the results, each started by its title."""
    made: list[PrintedBlock] = []
    title, primary, rows = "", False, list[PrintedRow]()
    for number, line in [*section, (0, "end")]:
        row = labelled(line)
        if row is not None:
            where = f"line {number}, {row[0]}"
            number_in_it = printed_if_any(row[1], where=where)
            rows.append(PrintedRow(label=row[0], text=free_text(row[1], where=where), number=number_in_it))
            continue
        if title and rows:
            made.append(PrintedBlock(title=title, primary=primary, rows=tuple(rows)))
        rows = []
        if "PRIMARY RESULT" in line:
            primary = "END" not in line
        else:
            title = free_text(line, where=f"report: line {number}")
    return tuple(made)
