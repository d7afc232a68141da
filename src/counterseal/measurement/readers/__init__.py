"""Readers of instrument files: strict, exact to the last count, never a guess.

What lives here: a file for each form of instrument file, the caps that hold for all of them
(`limits.py`), exact numbers from text (`exact.py`), and a walk over XML that knows no entities
(`xml_walk.py`). A reader takes bytes and returns counts in whole numbers, or refuses and says where
and by which rule. It mends nothing, unless its user asked and the mend is written into the provenance.

What does not: disk, and the many forms of makers that an outside library reads in a process of its
own (`app/foreign_formats.py`).

Read first: `any_form.py`, then `reading.py`, then `spe.py`.
"""

from counterseal.measurement.readers.any_form import FORMS, read_spectra

__all__ = ["FORMS", "read_spectra"]
