"""``counterseal spectrum``: read, draw, calibrate, search, identify and make up gamma spectra.

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
    from counterseal.measurement.line_calibration import KnownLine

INPUT_REFUSED = 3
_FILE = click.Path(path_type=Path)
_FILES = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
_FORM = click.option("--form", help="Form of the files (default: told from their bytes).")
_REPAIR = click.option("--repair", is_flag=True, help="Mend what can be mended honestly; it is noted.")
_NUMBER = click.option(
    "--spectrum",
    "number",
    type=click.IntRange(1),
    help="Number of the spectrum in each file (default: all of the item together).",
)
_BACKGROUND = click.option("--background", "background_file", type=_FILE, help="Background of the detector.")
_FWHM = click.option(
    "--fwhm-kev",
    type=click.FloatRange(0.1, 100.0),
    help="Width of peaks at 661.7 keV (default: found from the spectrum).",
)
_FROM = click.option("--from-kev", type=float, help="Lowest energy [keV].")
_TO = click.option("--to-kev", type=float, help="Highest energy [keV].")
_THRESHOLD = click.option(
    "--threshold", default=5.0, show_default=True, type=click.FloatRange(1.0), help="Least significance."
)


@click.group("spectrum")
def spectrum() -> None:
    """Read, draw, calibrate, search, identify and make up gamma spectra."""


@spectrum.command()
@_FILES
@_FORM
@_REPAIR
@click.option(
    "--write", "write_form", type=click.Choice(["n42", "spe"]), help="Write each file in this form."
)
@click.option("--to", "folder", type=_FILE, help="Folder for --write (default: beside each file).")
@json_option
def read(
    *,
    files: tuple[Path, ...],
    form: str | None,
    repair: bool,
    write_form: str | None,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Say what is in each FILE: form, counts, times, calibration, hash; and write it in another form."""
    from counterseal.app.cli import spectrum_view as view
    from counterseal.app.cli.spectrum_files import WRITTEN, read_file, write_spectra

    def work(path: Path) -> dict[str, Any]:
        spectra = read_file(path, form=form, repair=repair)
        document = view.reading_json(spectra)
        if write_form is not None:
            target = (folder or path.parent) / f"{path.stem}{WRITTEN[write_form]}"
            document["written"] = [str(one) for one in write_spectra(spectra, target, form=write_form)]
        return document

    _each(files, work, lines=view.reading_lines, as_json=as_json)


@spectrum.command()
@_FILES
@click.option(
    "--form", "picture", type=click.Choice(["svg", "png"]), help="Default: by the name of --out, else svg."
)
@click.option("--out", type=_FILE, help="File for the picture of one FILE (default: beside it).")
@click.option("--to", "folder", type=_FILE, help="Folder for the pictures (default: beside each file).")
@_NUMBER
@_BACKGROUND
@_FROM
@_TO
@click.option("--linear", is_flag=True, help="Counts on a linear scale.")
@click.option("--labels", type=click.Choice(["nuclides", "energies", "none"]), default="nuclides")
@_REPAIR
@json_option
def plot(
    *, files: tuple[Path, ...], out: Path | None, folder: Path | None, as_json: bool, **given: Any
) -> None:
    """Draw each FILE as SVG or PNG, with the peaks that were found."""
    from counterseal.app.cli.spectrum_drawn import drawn

    if out is not None and len(files) > 1:
        raise click.BadParameter("is for one FILE; use --to for several", param_hint="--out")

    named = out.suffix.lower() if out is not None else ""
    given["picture"] = given["picture"] or ("png" if named == ".png" else "svg")

    def work(path: Path) -> dict[str, Any]:
        target = out or (folder or path.parent) / f"{path.stem}.{given['picture']}"
        return drawn(path, target, given=given)

    _each(files, work, lines=lambda done: iter([f"{done['file']}: {done['picture']}"]), as_json=as_json)


@spectrum.command()
@_FILES
@click.option("--lines", "lines_kev", metavar="KEV,KEV,...", help="Energies of lines that are there [keV].")
@click.option("--source", "sources", multiple=True, metavar="NUCLIDE", help="A check source that is there.")
@click.option(
    "--degree", type=click.IntRange(1, 3), help="Degree of the polynomial (default: 2 from 5 lines on)."
)
@click.option("--afresh", is_flag=True, help="Start without the scale that the file has.")
@_NUMBER
@click.option("--write", "write_to", type=_FILE, help="Write one FILE with the calibration as N42.")
@_REPAIR
@json_option
def calibrate(
    *,
    files: tuple[Path, ...],
    lines_kev: str | None,
    sources: tuple[str, ...],
    write_to: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Find the energy scale and the width of peaks of each FILE from lines that are known to be there."""
    from dataclasses import replace

    from counterseal.app.cli import spectrum_view as view
    from counterseal.app.cli.spectrum_files import chosen, read_file, write_spectra
    from counterseal.measurement.line_calibration import calibrate_from_lines

    known = _known_lines(lines_kev, sources)
    if write_to is not None and len(files) > 1:
        raise click.BadParameter("is for one FILE", param_hint="--write")

    def work(path: Path) -> dict[str, Any]:
        held = chosen(read_file(path, repair=given["repair"]), number=given["number"], path=path)[0]
        start = replace(held, scale=None) if given["afresh"] else held
        found = calibrate_from_lines(start, lines=known, degree=given["degree"])
        document = view.calibration_json(found)
        if write_to is not None:
            write_spectra([held.with_scale(found.calibration.scale)], write_to, form="n42")
            document["written"] = str(write_to)
        return document

    _each(files, work, lines=view.calibration_lines, as_json=as_json)


@spectrum.command()
@_FILES
@_NUMBER
@_THRESHOLD
@_FROM
@_TO
@_FWHM
@_REPAIR
@json_option
def peaks(
    *,
    files: tuple[Path, ...],
    number: int | None,
    threshold: float,
    from_kev: float | None,
    to_kev: float | None,
    fwhm_kev: float | None,
    repair: bool,
    as_json: bool,
) -> None:
    """Search each FILE for peaks."""
    from counterseal.app.cli import spectrum_view as view
    from counterseal.app.cli.spectrum_files import chosen, on_a_scale, read_file
    from counterseal.measurement.identify_width import FoundWidth, find_width, usual_width
    from counterseal.measurement.peak_search import search_peaks

    def work(path: Path) -> dict[str, Any]:
        held = on_a_scale(chosen(read_file(path, repair=repair), number=number, path=path), path)[0]
        given = None if fwhm_kev is None else FoundWidth(width=usual_width(fwhm_kev), from_peaks=1)
        width = given or find_width(held)
        # Below channel energies of 0 no width is defined, and no peak is.
        low = max(from_kev or 0.0, 1.0)
        found = search_peaks(held, width=width.width, threshold=threshold, from_kev=low, to_kev=to_kev)
        return view.peaks_json(found, fwhm_kev=width.width.fwhm_at(661.657), from_peaks=width.from_peaks)

    _each(files, work, lines=view.peaks_lines, as_json=as_json)


@spectrum.command()
@_FILES
@_NUMBER
@_BACKGROUND
@_FWHM
@click.option("--own-source", "own", multiple=True, metavar="NUCLIDE", help="A source within the instrument.")
@_REPAIR
@json_option
def identify(
    *,
    files: tuple[Path, ...],
    number: int | None,
    background_file: Path | None,
    fwhm_kev: float | None,
    own: tuple[str, ...],
    repair: bool,
    as_json: bool,
) -> None:
    """Name the nuclides that each FILE shows.

    Without --background, usual natural background (potassium, uranium and thorium in usual proportions) is
    allowed for, and is no finding.
    """
    from counterseal.app.cli import spectrum_view as view
    from counterseal.app.cli.spectrum_files import chosen, on_a_scale, own_background, read_file
    from counterseal.measurement.identify import identify as identified
    from counterseal.measurement.identify_library import build_library
    from counterseal.measurement.identify_width import usual_width
    from counterseal.reference.nuclear_data import load_nuclear_data

    library = build_library(load_nuclear_data())
    width = None if fwhm_kev is None else usual_width(fwhm_kev)
    paired = None
    if background_file is not None:
        paired = chosen(read_file(background_file, repair=repair), number=None, path=background_file)[0]

    def work(path: Path) -> dict[str, Any]:
        spectra = read_file(path, repair=repair)
        item = on_a_scale(chosen(spectra, number=number, path=path), path)
        beside = paired or (own_background(spectra, item[0]) if len(item) == 1 else None)
        found = identified(
            item[0], library=library, with_it=item[1:], background=beside, width=width, own_sources=own
        )
        if not as_json:
            click.echo("\n".join(view.identification_lines(str(path), found)))
        return view.identification_json(found)

    _each(files, work, lines=lambda _: iter(()), as_json=as_json)


@spectrum.command()
@click.argument("file", type=_FILE)
@click.option("--source", "sources", multiple=True, metavar="NUCLIDE=BQ", help="What stands in front of it.")
@click.option("--detector", type=click.Choice(["hpge", "czt", "labr", "nai"]), help="Kind of detector.")
@click.option("--live-time-s", type=float, help="Live time [s].")
@click.option("--background-per-s", type=float, help="Rate of a smooth background [1/s] (default: 20).")
@click.option("--from", "description", type=_FILE, help="YAML or JSON that says all this instead.")
@click.option("--seed", required=True, type=click.IntRange(0), help="Same seed, same spectrum.")
@json_option
def simulate(*, file: Path, description: Path | None, seed: int, as_json: bool, **given: Any) -> None:
    """Make up a spectrum of known sources, and write it to FILE (.n42 or .spe)."""
    from counterseal.app.cli.spectrum_files import write_spectra
    from counterseal.app.cli.spectrum_made import Simulation, parse_source, read_simulation, simulated

    if description is not None and (given["sources"] or given["detector"] or given["live_time_s"]):
        raise click.BadParameter("says it all; leave out the other options", param_hint="--from")
    if description is not None:
        simulation = read_simulation(description)
    else:
        if not given["detector"] or given["live_time_s"] is None:
            raise click.UsageError("name --detector and --live-time-s, or --from FILE")
        rate = given["background_per_s"]
        simulation = Simulation(
            sources=tuple(parse_source(text) for text in given["sources"]),
            detector=given["detector"],
            live_time_s=given["live_time_s"],
            **({} if rate is None else {"background_per_s": rate}),
        )
    made = simulated(simulation, seed=seed)
    write_spectra([made], file, form="spe" if file.suffix.lower() == ".spe" else "n42")
    document = {"file": str(file), "counts": made.total, "live_time_s": made.live_time_s, "seed": seed}
    if as_json:
        print_json(document)
    else:
        click.echo(f"{file}: {made.total} counts in {made.live_time_s:g} s")


def _known_lines(lines_kev: str | None, sources: tuple[str, ...]) -> "list[KnownLine]":
    """Return the lines that are known to be there.

    Raises:
        BadParameter: none is named, or one is no number.
    """
    from counterseal.measurement.line_calibration import KnownLine
    from counterseal.reference.nuclear_data import load_nuclear_data

    try:
        found = [KnownLine(energy_kev=float(word)) for word in (lines_kev or "").split(",") if word.strip()]
    except ValueError as error:
        raise click.BadParameter(
            f"{lines_kev!r}: numbers with commas between", param_hint="--lines"
        ) from error
    data = load_nuclear_data()
    for name in sources:
        lines = data.nuclide(name).lines
        strongest = max(line.intensity for line in lines)
        found += [
            KnownLine(energy_kev=line.energy_kev, weight=line.intensity / strongest)
            for line in lines
            if line.intensity >= 0.01 * strongest
        ]
    if not found:
        raise click.UsageError("name the lines that are there with --lines, or a source with --source")
    return found


def _each(
    files: tuple[Path, ...],
    work: Callable[[Path], dict[str, Any]],
    *,
    lines: Callable[[dict[str, Any]], Iterator[str]],
    as_json: bool,
) -> None:
    """Do the work for each file; print one document, or a list of them where several files were named.

    One of several that is refused stands in the list as ``{file, refused}``; the program then ends with 3.
    """
    from counterseal.app.cli.bundle_view import printable
    from counterseal.app.cli.pulses_files import each_file
    from counterseal.app.cli.pulses_progress import watched

    documents: list[dict[str, Any]] = []
    refused = False
    for done in watched(each_file(files, work), total=len(files)):
        if done.document is None:
            refused = True
            document: dict[str, Any] = {"file": str(done.path), "refused": done.refusal}
            click.echo(f"counterseal: {printable(done.refusal)}", err=True)
        else:
            document = {"file": str(done.path), **done.document}
            shown = "" if as_json else "\n".join(lines(document))
            if shown:
                click.echo(shown)
        documents.append(document)
    if as_json:
        print_json(documents[0] if len(files) == 1 else documents)
    if refused:
        sys.exit(INPUT_REFUSED)
