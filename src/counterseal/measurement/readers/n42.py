"""N42 files: which edition a file is, and its spectra.

The form is that of N42 in its editions of 2006 and of 2012 [ANSI-N42-42]: XML from an instrument, with any
number of measurements, each with the spectra of any number of detectors.
"""

from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.exact import shown
from counterseal.measurement.readers.n42_2006 import ROOT as ROOT_2006
from counterseal.measurement.readers.n42_2006 import drafts_2006
from counterseal.measurement.readers.n42_2012 import ROOT as ROOT_2012
from counterseal.measurement.readers.n42_2012 import drafts_2012
from counterseal.measurement.readers.reading import Reading
from counterseal.measurement.readers.xml_walk import Element, parse_xml
from counterseal.measurement.spectrum import Spectrum

EDITIONS = {ROOT_2012: ("n42-2012", drafts_2012), ROOT_2006: ("n42-2006", drafts_2006)}


def read_n42(data: bytes, *, repair: bool = False) -> tuple[Spectrum, ...]:
    """Return the gamma spectra of an N42 file, in its order, each with its own detector's calibration.

    Args:
        data: The file.
        repair: Mend an undeclared prefix, an unknown namespace, and a live time that is a little above
            the real time; each mend is in the provenance. Never inside the barrier.

    Raises:
        ReadingError: it is not in the form, past a cap, or says what no instrument measures.
    """
    reading = Reading(data, form="n42", repair=repair)
    root = _outermost(parse_xml(data, reading))
    if root.name not in EDITIONS:
        raise ReadingError(
            f"{root.where}: the outermost element is {shown(root.name)}, must be {' or '.join(EDITIONS)}"
        )
    reading.form, drafts = EDITIONS[root.name]
    return reading.spectra(drafts(root, reading))


def _outermost(root: Element) -> Element:
    """Return what holds the data; portals put it into an ``Event``, of whatever namespace."""
    held = [child for child in root.children if child.name == ROOT_2006]
    return held[0] if root.name == "Event" and len(held) == 1 else root
