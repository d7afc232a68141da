"""Nuclear data: gamma lines, X-rays, half-lives and masses, one curated table for all parties.

What lives here: `lines-1.json`, made line by line from two open collections ([ENSDF] and [UKDD-12];
half-lives and masses from [ICRP-107] too, half-lives of one program from [INCC-6]), with every
disagreement of more than 3 % and what was decided about it; and `table.py`, which reads it, checks its
SHA-256 against the one that is pinned in code, and gives it out as frozen objects. A result that rests on
nuclear data names this hash, so that two parties know that they used the same figures.

What does not: neutron constants of one instrument, thresholds, anything that an agreement sets.

Read first: ``table.py``. A new edition is a new file with a new hash; the old one stays readable.
"""

from counterseal.reference.nuclear_data.table import (
    ElementXRays,
    GammaLine,
    HalfLife,
    NuclearData,
    Nuclide,
    load_nuclear_data,
)

__all__ = ["ElementXRays", "GammaLine", "HalfLife", "NuclearData", "Nuclide", "load_nuclear_data"]
