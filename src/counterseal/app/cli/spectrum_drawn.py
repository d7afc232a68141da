"""What ``counterseal spectrum plot`` draws: the spectrum of a file, with labels at its peaks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from counterseal.app.cli.pulses_made import write_new
from counterseal.app.cli.spectrum_files import chosen, read_file
from counterseal.app.plots.spectrum_plot import PeakLabel, View, plot_spectrum
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.identify import Identification, identify
from counterseal.measurement.identify_library import build_library
from counterseal.measurement.identify_width import find_width
from counterseal.measurement.peak_search import FoundPeak, search_peaks
from counterseal.measurement.spectrum import Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

_THRESHOLD = 5.0
_NEAR_FWHM = 0.6
_COARSE_KEV = 10.0
_NAMED_FIRST = 4.0
"""Where two labels collide, a name is worth so many times its significance."""


def drawn(path: Path, target: Path, *, given: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the spectrum of a file into another one; return what was drawn.

    Raises:
        RefusedInputError: the file cannot be read.
        WorkplaceError: the picture is there already, or cannot be written.
    """
    held = chosen(read_file(path, repair=given["repair"]), number=given["number"], path=path)[0]
    background = None
    if given["background_file"] is not None:
        background = chosen(read_file(given["background_file"]), number=None, path=given["background_file"])[
            0
        ]
    labels = _labels(held, background, wanted=given["labels"])
    picture = plot_spectrum(
        held,
        title=f"{path.name}: {held.total:,} counts in {held.live_time_s:,.6g} s",
        form=given["picture"],
        labels=labels,
        background=background,
        view=View(from_kev=given["from_kev"], to_kev=given["to_kev"], linear=given["linear"]),
    )
    write_new(target, picture)
    return {"picture": str(target), "peaks_kev": [round(label.energy_kev, 1) for label in labels]}


def _labels(held: Spectrum, background: Spectrum | None, *, wanted: str) -> tuple[PeakLabel, ...]:
    """Return what is written at the peaks; a spectrum in which nothing can be searched has none."""
    if wanted == "none" or held.scale is None:
        return ()
    try:
        width = find_width(held).width
        found = search_peaks(held, width=width, threshold=_THRESHOLD, from_kev=20.0)
        named = None
        if wanted == "nuclides":
            library = build_library(load_nuclear_data())
            named = identify(held, library=library, background=background, width=width)
    except MeasurementError:
        return ()
    return tuple(_label(peak, named) for peak in found)


def _label(peak: FoundPeak, named: Identification | None) -> PeakLabel:
    """Return the label of a peak: its energy as set right, and the nuclide that has a line there."""
    energy = peak.energy_kev - (0.0 if named is None else named.shift.at(peak.energy_kev))
    text = f"{energy:.1f}" if peak.fwhm_kev < _COARSE_KEV else f"{energy:.0f}"
    name = _nuclide_at(energy, peak.fwhm_kev, named)
    return PeakLabel(
        energy_kev=peak.energy_kev,
        text=f"{text} {name}".rstrip(),
        significance=peak.significance * (_NAMED_FIRST if name else 1.0),
    )


def _nuclide_at(energy_kev: float, fwhm_kev: float, named: Identification | None) -> str:
    for one in (*named.nuclides, *named.natural) if named is not None else ():
        if any(abs(line - energy_kev) < _NEAR_FWHM * fwhm_kev for line in one.lines_kev):
            return one.nuclide
    return ""
