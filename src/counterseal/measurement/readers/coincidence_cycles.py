"""The cycles in the report of a coincidence counter, and whether they agree with its sums."""

import re
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.pulses import CoincidenceCount
from counterseal.measurement.readers.coincidence_form import Printed, PrintedRates, ReportCycle
from counterseal.measurement.readers.exact import fraction, seconds_ns, shown, whole
from counterseal.measurement.readers.reading import free_text
from counterseal.measurement.readers.report_text import Section, histograms, labelled
from counterseal.measurement.spectrum import Counts

_HISTOGRAM = re.compile(r"Cycle +([0-9]{1,6}) +R\+A +A *", re.ASCII)
_RAW = ("Cycle", "Singles", "R+A", "A", "QC Tests")
_RATES = ("Cycle", "Singles", "Doubles", "Triples", "QC Tests")

_APART_SHARE, _APART_LEAST = 1_000, 10

Table = list[tuple[int, dict[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sums over good cycles, as a report states them."""

    count: CoincidenceCount
    reals_and_accidentals: int
    accidentals: int
    good_cycles: int


def made_count(singles: int, tables: tuple[Counts, Counts], *, time_ns: int, where: str) -> CoincidenceCount:
    """Return what was counted, if the histograms can be of that many triggers.

    Some electronics start and stop the scaler and the histograms a moment apart, so a few more triggers
    than pulses are let pass: one in 1,000, or ten.

    Args:
        singles: Pulses of the singles scaler.
        tables: The R+A and the A histogram, int64, each of shape (rows,).
        time_ns: How long was counted [ns].
        where: Place in the file, for messages.

    Raises:
        ReadingError: a histogram has more triggers than that, or nothing was counted.
    """
    for name, table in zip(("R+A", "A"), tables, strict=True):
        triggers = sum(table.tolist())
        if triggers > singles + max(singles // _APART_SHARE, _APART_LEAST):
            raise ReadingError(f"{where}: {triggers} triggers in the {name} histogram, of {singles} pulses")
    try:
        return CoincidenceCount(singles=singles, with_reals=tables[0], accidentals=tables[1], time_ns=time_ns)
    except MeasurementError as error:
        raise ReadingError(f"{where}: {error}") from error


def weighted(table: Counts) -> int:
    """Return the pulses that a histogram of pulses in gates has seen, exact."""
    return sum(number * count for number, count in enumerate(table.tolist()))


def require_weighted(table: Counts, said: int, *, where: str) -> None:
    """Refuse an R+A histogram that has not seen as many pulses as the R+A scaler.

    Args:
        table: The R+A histogram, int64, shape (rows,).
        said: What the R+A scaler has seen [pulses].
        where: Place in the file, for messages.

    Raises:
        ReadingError: it has not.
    """
    found = weighted(table)
    if found != said:
        raise ReadingError(f"{where}: the R+A histogram has seen {found} pulses, the R+A sum is {said}")


def read_cycles(data: Section, distributions: Section) -> tuple[ReportCycle, ...]:
    """Return the cycles of a report, in their order.

    Args:
        data: Lines of the tables of raw data, with their numbers.
        distributions: Lines of the histograms of each cycle, with their numbers.

    Raises:
        ReadingError: a table is not in the form, or a cycle is in one of them and not in another.
    """
    time_ns, tables = _tables(data)
    raw = _of(tables, _RAW)
    rates = {_number(row, line): (line, row) for line, row in _of(tables, _RATES)}
    held = _distributions(distributions)
    numbers = [_number(row, line) for line, row in raw]
    if numbers != list(range(1, len(raw) + 1)) or list(held) != numbers or (rates and list(rates) != numbers):
        raise ReadingError(
            f"report: cycles: {len(raw)} of counts, {len(rates)} of rates, {len(held)} of histograms:"
            " must be the same, numbered from 1"
        )
    return tuple(
        _cycle(line, row, histogram=held[number], rates=rates.get(number), time_ns=time_ns)
        for number, (line, row) in zip(numbers, raw, strict=True)
    )


def _cycle(
    line: int,
    row: dict[str, str],
    *,
    histogram: Section,
    rates: tuple[int, dict[str, str]] | None,
    time_ns: int,
) -> ReportCycle:
    where = f"report: line {line}"
    counted = {name: whole(row[name], where=f"{where}, {name}") for name in ("Singles", "R+A", "A")}
    tables = histograms(histogram, name=f"cycle {row['Cycle']}")
    require_weighted(tables[0], counted["R+A"], where=f"report: cycle {row['Cycle']}")
    return ReportCycle(
        number=_number(row, line),
        count=made_count(counted["Singles"], tables, time_ns=time_ns, where=where),
        reals_and_accidentals=counted["R+A"],
        accidentals=counted["A"],
        status=free_text(row["QC Tests"], where=where),
        printed=None if rates is None else _rates(*rates),
    )


def _rates(line: int, row: dict[str, str]) -> PrintedRates:
    values = [fraction(row[name], where=f"report: line {line}, {name}") for name in _RATES[1:4]]
    singles, doubles, triples = (Printed(value=value) for value in values)
    return PrintedRates(singles_per_s=singles, doubles_per_s=doubles, triples_per_s=triples)


def _number(row: dict[str, str], line: int) -> int:
    return whole(row["Cycle"], where=f"report: line {line}, cycle")


def _tables(section: Section) -> tuple[int, list[tuple[tuple[str, ...], Table]]]:
    """Return the time of a cycle [ns], and the tables by their columns."""
    time_ns = 0
    tables: list[tuple[tuple[str, ...], Table]] = []
    for line, text in section:
        row = labelled(text)
        if row is not None and row[0] == "Count time (sec)":
            time_ns = seconds_ns(row[1], where=f"report: line {line}")
        elif text.startswith("Cycle "):
            tables.append((tuple(re.split(r" {2,}", text.strip())), []))
        elif tables:
            tables[-1][1].append((line, _cells(text, tables[-1][0], line=line)))
        else:
            raise ReadingError(f"report: line {line}: {shown(text)} stands before the table of cycles")
    return time_ns, tables


def _cells(text: str, columns: tuple[str, ...], *, line: int) -> dict[str, str]:
    words = text.split(maxsplit=len(columns) - 1)
    if len(words) != len(columns):
        raise ReadingError(f"report: line {line}: {len(words)} columns, must be {len(columns)}")
    return dict(zip(columns, words, strict=True))


def _of(tables: list[tuple[tuple[str, ...], Table]], columns: tuple[str, ...]) -> Table:
    found = [table for names, table in tables if set(columns) <= set(names)]
    if len(found) > 1:
        raise ReadingError("report: two tables of cycles have the same columns")
    return found[0] if found else []


def _distributions(section: Section) -> dict[int, Section]:
    """Return the lines of each cycle's histograms, by its number, in their order."""
    held: dict[int, Section] = {}
    rows: Section | None = None
    for line, text in section:
        head = _HISTOGRAM.fullmatch(text)
        if head is not None:
            if int(head[1]) in held:
                raise ReadingError(f"report: line {line}: histograms of cycle {head[1]} stand twice")
            rows = held.setdefault(int(head[1]), [])
        elif rows is None:
            raise ReadingError(f"report: line {line}: {shown(text)} stands before the first cycle")
        else:
            rows.append((line, text))
    return held


def require_same(cycles: tuple[ReportCycle, ...], sums: Sums) -> None:
    """Refuse a report whose sums are not those of the cycles that passed.

    Raises:
        ReadingError: naming what differs.
    """
    good = [cycle for cycle in cycles if cycle.passed]
    pairs = (
        ("good cycles", len(good), sums.good_cycles),
        ("singles", sum(cycle.count.singles for cycle in good), sums.count.singles),
        ("R+A", sum(cycle.reals_and_accidentals for cycle in good), sums.reals_and_accidentals),
        ("A", sum(cycle.accidentals for cycle in good), sums.accidentals),
        ("time [ns]", sum(cycle.count.time_ns for cycle in good), sums.count.time_ns),
    )
    for name, found, said in pairs:
        if found != said:
            raise ReadingError(f"report: {name}: {found} in the cycles that passed, but the sum says {said}")
    _require_same_table([cycle.count.with_reals for cycle in good], sums.count.with_reals, name="R+A")
    _require_same_table([cycle.count.accidentals for cycle in good], sums.count.accidentals, name="A")


def _require_same_table(tables: list[Counts], said: Counts, *, name: str) -> None:
    rows = max([len(said), *(len(table) for table in tables)])
    found = np.zeros(rows, dtype=np.int64)
    for table in tables:
        found[: len(table)] += table
    padded = np.concatenate((said, np.zeros(rows - len(said), dtype=np.int64)))
    if (found != padded).any():
        row = int(np.argmax(found != padded))
        raise ReadingError(
            f"report: {name} histogram, row {row}: {int(found[row])} in the cycles that passed,"
            f" but the sum says {int(padded[row])}"
        )
