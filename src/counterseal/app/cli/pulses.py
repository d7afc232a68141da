"""``counterseal pulses``: rates, multiplicity, Rossi-alpha and made-up trains of neutron pulses.

Open physics, for what is not sensitive: it prints what it measures. What may not be printed goes through
``counterseal barrier``.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from counterseal.app.cli.options import json_option, print_json

if TYPE_CHECKING:
    from counterseal.app.cli.pulses_parameters import CounterFile
    from counterseal.measurement.rossi_alpha import DieAway, RossiAlpha

INPUT_REFUSED = 3
_FILE = click.Path(path_type=Path)
_FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
_COUNTER = click.option(
    "--counter",
    "counter_file",
    type=_FILE,
    help="YAML or JSON that says what the counter is; needed for lists of pulses, refused for reports.",
)
_CYCLES = click.option(
    "--cycles",
    type=click.IntRange(1, 100_000),
    help="Cut a list of pulses into so many cycles (default: 30, or fewer where it is short).",
)
_PS_PER_US = 1_000_000
_MOST_US = 1e9


@click.group("pulses")
def pulses() -> None:
    """Analyse neutron pulses: lists of them, and the text reports of coincidence counters."""


@pulses.command()
@_FILES
@_COUNTER
@_CYCLES
@json_option
def rates(*, files: tuple[Path, ...], counter_file: Path | None, cycles: int | None, as_json: bool) -> None:
    """Singles, doubles and triples of each FILE, corrected for dead time and background."""
    from counterseal.app.cli import pulses_view as view
    from counterseal.app.cli.pulses_files import read_item
    from counterseal.measurement.counted_item import item_checks, item_rates

    given = _counter(counter_file)

    def work(path: Path) -> dict[str, object]:
        item = read_item(path, given=given, cycles=cycles)
        return view.rates_json(item, item_rates(item), item_checks(item))

    _each(files, work, lines=view.rates_lines, as_json=as_json)


@pulses.command()
@_FILES
@_COUNTER
@_CYCLES
@click.option(
    "--method",
    type=click.Choice(["point-model", "known-alpha", "calibration-curve"]),
    help="How to assay (default: the first of these for which there is a calibration).",
)
@click.option(
    "--rates",
    "rates_from",
    type=click.Choice(["counted", "printed"]),
    default="counted",
    show_default=True,
    help="Start from the counts, or from the rates that a report prints.",
)
@json_option
def multiplicity(
    *,
    files: tuple[Path, ...],
    counter_file: Path | None,
    cycles: int | None,
    method: str | None,
    rates_from: str,
    as_json: bool,
) -> None:
    """Multiplication, alpha and mass of each FILE, or no decision with the reasons."""
    from counterseal.app.cli import pulses_view as view
    from counterseal.app.cli.pulses_files import read_item
    from counterseal.errors import RefusedInputError
    from counterseal.measurement.assay import AssayMethod
    from counterseal.measurement.counted_item import assay_item, item_checks
    from counterseal.measurement.used_constants import constants_of_assay

    given, chosen = _counter(counter_file), None if method is None else AssayMethod(method)

    def work(path: Path) -> dict[str, object]:
        item = read_item(path, given=given, cycles=cycles)
        checks = item_checks(item)
        if rates_from == "printed" and item.printed is None:
            raise RefusedInputError(f"{path}: a list of pulses prints no rates: --rates counted")
        found = item.printed if rates_from == "printed" else None
        assay = assay_item(item, checks=checks, method=chosen, rates=found)
        constants = constants_of_assay(item, method=assay.method)
        return view.assay_json(assay, checks, rates_from=rates_from, constants=constants)

    _each(files, work, lines=view.assay_lines, as_json=as_json)


@pulses.command()
@_FILES
@_COUNTER
@click.option("--bin-us", default=1.0, show_default=True, help="Length of a bin [us].")
@click.option("--window-us", default=500.0, show_default=True, help="Longest time after a pulse [us].")
@click.option("--from-us", default=0.0, show_default=True, help="Fit from this time on [us].")
@click.option(
    "--gates-us",
    default="10,20,50,100,200,500,1000",
    show_default=True,
    metavar="MICROSECONDS,...",
    help="Gates of Feynman-Y [us].",
)
@json_option
def rossi(
    *,
    files: tuple[Path, ...],
    counter_file: Path | None,
    bin_us: float,
    window_us: float,
    from_us: float,
    gates_us: str,
    as_json: bool,
) -> None:
    """Times between pulses of each FILE, the die-away time that fits them, and Feynman-Y."""
    from counterseal.app.cli import pulses_view as view
    from counterseal.app.cli.pulses_files import WORTH_COMPILING, read_train
    from counterseal.measurement.feynman import feynman_y
    from counterseal.measurement.rossi_alpha import rossi_alpha, rossi_alpha_fast

    given = _counter(counter_file)
    bin_ps = _picoseconds(bin_us, "--bin-us")
    bins = max(1, _picoseconds(window_us, "--window-us") // bin_ps)
    gates_ps = [_picoseconds(gate, "--gates-us") for gate in _numbers(gates_us)]
    if from_us < 0.0 or from_us >= window_us:
        raise click.BadParameter("must be at least 0 and below the window", param_hint="--from-us")

    def work(path: Path) -> dict[str, object]:
        train = read_train(path, given=given)
        count = rossi_alpha_fast if len(train.ticks) >= WORTH_COMPILING else rossi_alpha
        histogram = count(train, bin_ps=bin_ps, bins=bins)
        die_away, why_not = _fitted(histogram, from_bin=int(from_us * _PS_PER_US) // bin_ps)
        points = feynman_y(train, gates_ps=gates_ps)
        return view.rossi_json(histogram, die_away, why_not, points)

    _each(files, work, lines=view.rossi_lines, as_json=as_json)


@pulses.command()
@click.argument("file", type=_FILE)
@click.option("--m240-g", required=True, type=click.FloatRange(min=0), help="Effective mass of Pu-240 [g].")
@click.option("--duration-s", required=True, type=click.FloatRange(min=0), help="How long is listened [s].")
@click.option("--alpha", default=0.0, show_default=True, help="(alpha, n) over fission neutrons.")
@click.option("--multiplication", default=1.0, show_default=True, help="Leakage multiplication.")
@click.option("--efficiency", default=0.5, show_default=True, help="Detected per emitted neutron.")
@click.option("--die-away-us", default=50.0, show_default=True, help="Mean life in the counter [us].")
@click.option("--dead-time-ns", default=0.0, show_default=True, help="Dead time of the counter [ns].")
@click.option("--background-per-s", default=0.0, show_default=True, help="Pulses without correlation [1/s].")
@click.option("--tick-ps", default=10_000, show_default=True, help="Tick of the clock [ps].")
@click.option("--channels", default=4, show_default=True, help="Number of preamplifiers.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(min=0), help="Same seed, same file."
)
@click.option("--counter-out", type=_FILE, help="Write what the counter is to this new file, for --counter.")
@json_option
def simulate(*, file: Path, counter_out: Path | None, seed: int, as_json: bool, **given: Any) -> None:
    """Make up the pulses of an item of known mass, and write them to FILE as a native list."""
    import numpy as np

    from counterseal.app.cli.pulses_made import counter_text, item_made, simulated, write_new
    from counterseal.app.cli.pulses_view import recalled_line, sources_json
    from counterseal.measurement.used_constants import constants_of_simulation
    from counterseal.measurement.writers.list_mode import write_list_mode

    train = simulated(np.random.Generator(np.random.PCG64(seed)), given)
    write_new(file, write_list_mode(train))
    if counter_out is not None:
        write_new(counter_out, counter_text(given))
    document: dict[str, Any] = {
        "file": str(file),
        "counter_file": None if counter_out is None else str(counter_out),
        "pulses": len(train.ticks),
        "duration_s": train.duration_ticks * train.tick_ps / 1e12,
        "seed": seed,
        **sources_json(constants_of_simulation(item_made(given))),
    }
    _tell(recalled_line(document))
    if as_json:
        print_json(document)
    else:
        click.echo(f"{document['pulses']} pulses in {document['duration_s']:g} s: {file}")


def _counter(path: Path | None) -> "CounterFile | None":
    if path is None:
        return None
    from counterseal.app.cli.pulses_parameters import read_counter_file

    return read_counter_file(path)


def _picoseconds(microseconds: float, option: str) -> int:
    found = round(microseconds * _PS_PER_US) if 0.0 < microseconds < _MOST_US else 0
    if found < 1:
        raise click.BadParameter("must be above 0 and below 1000 s", param_hint=option)
    return found


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: numbers with commas between", param_hint="--gates-us") from error


def _fitted(histogram: "RossiAlpha", *, from_bin: int) -> "tuple[DieAway | None, str]":
    from counterseal.measurement.errors import MeasurementError
    from counterseal.measurement.rossi_alpha import fit_die_away

    try:
        return fit_die_away(histogram, from_bin=from_bin), ""
    except MeasurementError as error:
        return None, str(error)


def _each(
    files: tuple[Path, ...],
    work: Callable[[Path], dict[str, object]],
    *,
    lines: Callable[[dict[str, Any]], Iterator[str]],
    as_json: bool,
) -> None:
    """Do the work for each file; print one document, or a list of them where several files were named.

    One of several that is refused stands in the list as ``{file, refused}``; the program then ends with 3.
    """
    from counterseal.app.cli.pulses_files import each_file
    from counterseal.app.cli.pulses_progress import watched
    from counterseal.app.cli.pulses_view import recalled_line

    documents: list[dict[str, Any]] = []
    refused = False
    for done in watched(each_file(files, work), total=len(files)):
        if done.document is None:
            refused = True
            document: dict[str, Any] = {"file": str(done.path), "refused": done.refusal}
            click.echo(f"counterseal: {_printable(done.refusal)}", err=True)
        else:
            document = {"file": str(done.path), **done.document}
            if not as_json:
                click.echo("\n".join(lines(document)))
        documents.append(document)
    for line in dict.fromkeys(recalled_line(document) for document in documents):
        _tell(line)
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    if refused:
        sys.exit(INPUT_REFUSED)


def _tell(line: str) -> None:
    if line:
        click.echo(f"counterseal: {line}", err=True)


def _printable(text: str) -> str:
    from counterseal.app.cli.bundle_view import printable

    return printable(text)
