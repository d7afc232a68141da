"""The files that ``counterseal pulses`` reads: lists of pulses, and reports of coincidence counters."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from counterseal.app.cli.input_files import read_input
from counterseal.app.cli.pulses_parameters import CounterFile
from counterseal.errors import CountersealError, RefusedInputError
from counterseal.measurement.coincidence_rates import CountedCycle
from counterseal.measurement.counted_item import CountedItem
from counterseal.measurement.pulse_cycles import cut_into_cycles, usual_cycles
from counterseal.measurement.pulses import CoincidenceCount, PulseTrain
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.readers.limits import MAX_LIST_BYTES
from counterseal.measurement.readers.list_mode import MANIFEST, NAMES, read_list_mode, read_list_mode_files
from counterseal.measurement.readers.raw_ticks import read_raw_ticks
from counterseal.measurement.report_item import item_of_report
from counterseal.measurement.shift_register import (
    GateTimes,
    count_coincidences,
    count_coincidences_fast,
)

_ZIP_MARK = b"PK"
_REPORT_MARK = b"INCC"
WORTH_COMPILING = 5_000_000
"""From so many pulses on, compiling the fast loop takes less time than it saves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one file: a document, or the refusal."""

    path: Path
    document: dict[str, object] | None = None
    refusal: str = ""


def read_item(path: Path, *, given: CounterFile | None, cycles: int | None) -> CountedItem:
    """Return the item that a file is about.

    Args:
        path: A report of a coincidence counter, or a list of pulses.
        given: What is said of the counter; a list needs it, a report has its own.
        cycles: Into how many cycles a list is cut; None for the usual.

    Raises:
        RefusedInputError: the file is not in a known form, or the counter is missing or said twice.
    """
    data = _bytes_if_file(path)
    if data is not None and data.startswith(_REPORT_MARK):
        if given is not None or cycles is not None:
            raise RefusedInputError(
                f"{path}: a report has its own counter and cycles;"
                " --counter and --cycles are for lists of pulses"
            )
        return item_of_report(read_coincidence_report(data))
    if given is None:
        raise RefusedInputError(
            f"{path}: no report of a coincidence counter; a list of pulses needs --counter FILE"
        )
    train = _train(path, data, given=given)
    number = cycles or usual_cycles(train, gates=given.gates)
    counts = counted(cut_into_cycles(train, cycles=number), gates=given.gates)
    return CountedItem(
        cycles=tuple(CountedCycle(count=count) for count in counts),
        counter=given.counter,
        background=given.background,
        composition=given.composition,
        known_alpha=given.known_alpha,
        curve=given.curve,
    )


def read_train(path: Path, *, given: CounterFile | None) -> PulseTrain:
    """Return the pulses in a file: a native list, as one file or a folder, or raw ticks of a stated clock.

    Raises:
        RefusedInputError: it is not in the form.
    """
    return _train(path, _bytes_if_file(path), given=given)


def counted(trains: Iterable[PulseTrain], *, gates: GateTimes) -> tuple[CoincidenceCount, ...]:
    """Return the histograms of trains, by the compiled loop where there are many pulses."""
    held = tuple(trains)
    many = sum(len(train.ticks) for train in held) >= WORTH_COMPILING
    count = count_coincidences_fast if many else count_coincidences
    return tuple(count(train, gates=gates) for train in held)


def _train(path: Path, data: bytes | None, *, given: CounterFile | None) -> PulseTrain:
    if data is None:
        return read_list_mode_files({name: _read(path / name) for name in NAMES})
    if data.startswith(_ZIP_MARK):
        return read_list_mode(data)
    if given is not None and given.raw is not None:
        return read_raw_ticks(data, clock=given.raw.clock, form=given.raw.form)
    if data.startswith(_REPORT_MARK):
        raise RefusedInputError(f"{path}: a report of a coincidence counter has no times of pulses")
    raise RefusedInputError(
        f"{path}: neither a native list of pulses nor a report; raw ticks need a clock in --counter FILE"
    )


def _bytes_if_file(path: Path) -> bytes | None:
    """Return a file's bytes; None for the folder of a native list."""
    if path.is_dir():
        if not (path / MANIFEST).is_file():
            raise RefusedInputError(f"{path}: a folder without {MANIFEST}, which a list of pulses has")
        return None
    return _read(path)


def _read(path: Path) -> bytes:
    return read_input(path, most=MAX_LIST_BYTES, what="list of pulses or report")


def each_file(files: tuple[Path, ...], work: Callable[[Path], dict[str, object]]) -> Iterator[Done]:
    """Yield what comes of each file, in order; a refused one among several does not stop the others."""
    for path in files:
        try:
            yield Done(path=path, document=work(path))
        except CountersealError as error:
            if len(files) == 1:
                raise
            yield Done(path=path, refusal=str(error))
