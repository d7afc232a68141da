"""The files that ``counterseal spectrum`` reads and writes."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np

from counterseal.app.cli.pulses_made import write_new
from counterseal.app.foreign_formats import read_spectrum_file
from counterseal.errors import RefusedInputError, WorkplaceError
from counterseal.measurement.readers.limits import MAX_FILE_BYTES
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe

WRITTEN = {"n42": ".n42", "spe": ".spe"}
_NOT_THE_ITEM = ("background", "calibration", "intrinsicactivity")


def read_file(path: Path, *, form: str | None = None, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the spectra of a file.

    Raises:
        RefusedInputError: there is no such file, or it cannot be read; says why.
        WorkplaceError: the file cannot be opened, or its form needs an extra that is not installed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise RefusedInputError(f"{path}: there is no such spectrum file") from error
    except OSError as error:
        raise WorkplaceError(f"{path}: the spectrum file cannot be opened: {error.strerror}") from error
    try:
        return read_spectrum_file(data, name=path.name, form=form, repair=repair)
    except RefusedInputError as error:
        raise RefusedInputError(f"{path}: {error}") from error


def chosen(spectra: Sequence[Spectrum], *, number: int | None, path: Path) -> tuple[Spectrum, ...]:
    """Return the spectra of one measurement of a file: the one that was chosen, or all but its background.

    Spectra on one scale with one name are added up first, as those of a detector that was read many times.

    Args:
        spectra: All spectra of the file.
        number: Number of a spectrum in it, from 1; None for all.
        path: The file.

    Raises:
        RefusedInputError: it has no such spectrum.
    """
    if number is not None:
        if number > len(spectra):
            raise RefusedInputError(f"{path}: has {len(spectra)} spectra, so none of number {number}")
        return (spectra[number - 1],)
    item = [spectrum for spectrum in spectra if not _is_aside(spectrum)] or list(spectra)
    return tuple(added(group) for group in _alike(item))


def on_a_scale(spectra: Sequence[Spectrum], path: Path) -> tuple[Spectrum, ...]:
    """Return the spectra that have an energy scale.

    Raises:
        RefusedInputError: none has one.
    """
    with_one = tuple(spectrum for spectrum in spectra if spectrum.scale is not None)
    if not with_one:
        raise RefusedInputError(
            f"{path}: has no energy calibration; counterseal spectrum calibrate finds one from known lines"
        )
    return with_one


def own_background(spectra: Sequence[Spectrum], item: Spectrum) -> Spectrum | None:
    """Return the background that a file has beside an item of the same detector, or None."""
    aside = [one for one in spectra if _is_aside(one) and "background" in _told(one)]
    fit = [one for one in aside if _key(one) == _key(item)]
    return added(fit) if fit and not _is_aside(item) and added(fit).live_time_ns else None


def added(spectra: Sequence[Spectrum]) -> Spectrum:
    """Return spectra on one scale as one: counts and times added up."""
    first = spectra[0]
    if len(spectra) == 1:
        return first
    counts = np.zeros_like(first.counts)
    for spectrum in spectra:
        counts = counts + spectrum.counts
    return replace(
        first,
        counts=counts,
        live_time_ns=sum(spectrum.live_time_ns for spectrum in spectra),
        real_time_ns=sum(spectrum.real_time_ns for spectrum in spectra),
    )


def _key(spectrum: Spectrum) -> tuple[str, int, EnergyScale | None]:
    return spectrum.name, len(spectrum.counts), spectrum.scale


def _alike(spectra: Sequence[Spectrum]) -> list[list[Spectrum]]:
    order = list(dict.fromkeys(_key(spectrum) for spectrum in spectra))
    ranked = sorted(spectra, key=lambda one: order.index(_key(one)))
    return [list(group) for _, group in groupby(ranked, key=_key)]


def _told(spectrum: Spectrum) -> str:
    """Return what the file says of the sort of measurement, in small letters."""
    told = [
        remark for remark in spectrum.provenance.remarks if remark.startswith(("source type", "measurement "))
    ]
    return " ".join(told).lower()


def _is_aside(spectrum: Spectrum) -> bool:
    return any(word in _told(spectrum) for word in _NOT_THE_ITEM)


def write_spectra(spectra: Sequence[Spectrum], path: Path, *, form: str) -> list[Path]:
    """Write spectra to a new file, or one each where the form holds only one; return what was written.

    Raises:
        WorkplaceError: a file is there already, or cannot be written.
        RefusedInputError: the form cannot say what they are.
    """
    if form == "n42":
        write_new(path, write_n42_2012(spectra))
        return [path]
    paths = [path]
    if len(spectra) > 1:
        paths = [
            path.with_name(f"{path.stem}-{number}{path.suffix}") for number in range(1, len(spectra) + 1)
        ]
    for spectrum, own in zip(spectra, paths, strict=True):
        write_new(own, write_spe(spectrum))
    return paths
