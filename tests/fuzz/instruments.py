"""The readers of instrument files in the fuzz: what they read must be written and read again as the same."""

from collections.abc import Callable

import numpy as np

from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.readers import read_spectra
from counterseal.measurement.readers.coincidence_report import read_coincidence_report
from counterseal.measurement.readers.list_mode import MANIFEST, read_list_mode, read_list_mode_files
from counterseal.measurement.readers.raw_ticks import FORMS, Clock, read_raw_ticks
from counterseal.measurement.spectrum import Spectrum
from counterseal.measurement.writers.list_mode import list_mode_files, write_list_mode
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from strategies.instrument_files import EVERY_FORM, n42_2006, n42_2012, report, same_spectrum, spe

Reader = Callable[[bytes], object]
CLOCK = Clock(tick_ps=1, duration_ticks=2**50)
TRAIN = PulseTrain(
    ticks=np.array([3, 5, 5, 9], dtype=np.int64),
    channels=np.array([0, 0, 1, 0], dtype=np.uint8),
    tick_ps=10_000,
    duration_ticks=100,
)


def _again(spectra: tuple[Spectrum, ...]) -> None:
    """Refuse a reader of which the spectra do not survive being written."""
    try:
        data = write_n42_2012(spectra)
    except MeasurementError:
        return  # an energy scale for which the form has no place
    found = read_spectra(data)
    for one, other in zip(spectra, found, strict=True):
        if not same_spectrum(one, other) and len(one.scale.coefficients_kev if one.scale else ()) <= 3:
            raise AssertionError(f"{one!r} was read, and comes back as {other!r}")


def n42(data: bytes) -> None:
    """N42 of either edition, as it is and mended."""
    _again(read_spectra(data, form="n42", repair=bool(len(data) % 2)))


def spe_file(data: bytes) -> None:
    """SPE."""
    _again(read_spectra(data, form="spe"))


def chn(data: bytes) -> None:
    """CHN."""
    _again(read_spectra(data, form="chn"))


def iec(data: bytes) -> None:
    """IEC 1455."""
    _again(read_spectra(data, form="iec"))


def table(data: bytes) -> None:
    """A table of counts as text."""
    _again(read_spectra(data, form="csv"))


def any_form(data: bytes) -> None:
    """Whatever the bytes look like."""
    _again(read_spectra(data))


def coincidences(data: bytes) -> None:
    """A report of a coincidence counter: it agrees with itself."""
    found = read_coincidence_report(data)
    seen = sum(row * count for row, count in enumerate(found.summed.with_reals.tolist()))
    if seen != found.reals_and_accidentals:
        raise AssertionError(f"{seen} pulses in the histogram, {found.reals_and_accidentals} in the sum")


def pulses(data: bytes) -> None:
    """A list of pulses in a ZIP."""
    found = read_list_mode(data)
    if read_list_mode(write_list_mode(found)).ticks.tolist() != found.ticks.tolist():
        raise AssertionError("pulses do not come back")


def manifest(data: bytes) -> None:
    """The manifest of a list of pulses that is always the same."""
    read_list_mode_files({**list_mode_files(TRAIN), MANIFEST: data})


def ticks(data: bytes) -> None:
    """Raw ticks, in the form that the first byte names."""
    found = read_raw_ticks(data[1:], clock=CLOCK, form=FORMS[data[0] % len(FORMS)] if data else "text")
    if found.ticks.tolist() != sorted(found.ticks.tolist()):
        raise AssertionError("pulses out of order")


READERS: tuple[Reader, ...] = (
    n42,
    spe_file,
    chn,
    iec,
    table,
    any_form,
    coincidences,
    pulses,
    manifest,
    ticks,
)


def seeds() -> dict[Reader, list[bytes]]:
    """Return, for each reader, something that it accepts or nearly does."""
    calibrated = "<EnergyBoundaryValues>0 2 6 7</EnergyBoundaryValues>"
    packed = n42_2012("5 0 9 1", code=' compressionCode="CountedZeroes"')
    return {
        n42: [n42_2012(calibration=calibrated), packed, n42_2006(), n42_2012(inside="<DHS:a/>")],
        spe_file: [
            EVERY_FORM["spe"](),
            spe(times="9 10", more="$RT:\n10.4\n$ENER_FIT:\n1 2 keV", span="2 4"),
        ],
        chn: [EVERY_FORM["chn"](), EVERY_FORM["chn"](trailer_mark=None)],
        iec: [EVERY_FORM["iec"](coefficients=" 0.0", pairs=[" 1. 2. 3. 4."]), EVERY_FORM["iec"]()],
        table: [EVERY_FORM["csv"]()],
        any_form: [make() for make in EVERY_FORM.values()],
        coincidences: [report()],
        pulses: [write_list_mode(TRAIN)],
        manifest: [list_mode_files(TRAIN)[MANIFEST]],
        ticks: [b"\x005\n9\n", b"\x00tick,channel\n5,1\n", b"\x01" + bytes(range(8)), b"\x02" + bytes(16)],
    }
