"""A spectrum file in any form that this room reads: told apart by its bytes, never by its name."""

import re
from collections.abc import Callable

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.chn import read_chn
from counterseal.measurement.readers.csv_table import read_csv
from counterseal.measurement.readers.iec import read_iec
from counterseal.measurement.readers.n42 import read_n42
from counterseal.measurement.readers.spe import read_spe
from counterseal.measurement.spectrum import Spectrum

Reader = Callable[..., tuple[Spectrum, ...]]

FORMS: dict[str, Reader] = {
    "n42": read_n42,
    "spe": read_spe,
    "chn": read_chn,
    "iec": read_iec,
    "csv": read_csv,
}
"""Each form that is read here, and its reader."""

_LOOKED_AT = 4_096
_SPE = re.compile(rb"\s*\$[A-Z][A-Z0-9_.]*:")
_CSV = re.compile(rb"\s*(?:#|\"?(?:channel|energy_kev|counts)\b)", re.IGNORECASE)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read_spectra(data: bytes, *, form: str | None = None, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the spectra of an instrument file.

    Args:
        data: The file.
        form: One of ``FORMS``; None finds it from the bytes.
        repair: Mend what can be mended honestly, each mend written into the provenance; never inside
            the barrier.

    Raises:
        ReadingError: it is in none of the forms, or breaks a rule of its form; says where and which.
    """
    if form is None:
        form = form_of(data)
    if form is None:
        raise ReadingError(f"in none of the forms that are read here: {', '.join(FORMS)}")
    if form not in FORMS:
        raise ReadingError(f"form {form!r} is not known; there are {', '.join(FORMS)}")
    return FORMS[form](data, repair=repair)


def form_of(data: bytes) -> str | None:
    """Return the form that a file's first bytes are of, or None."""
    start = data[:_LOOKED_AT]
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    if start.startswith(b"\xff\xff"):
        return "chn"
    if start.startswith(b"A004"):
        return "iec"
    if start.lstrip().replace(b"\0", b"").startswith(b"<"):
        return "n42"
    if _SPE.match(start):
        return "spe"
    return "csv" if _CSV.match(start) else None
