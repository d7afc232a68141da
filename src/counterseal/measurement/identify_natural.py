"""Natural background told from findings: potassium, uranium and thorium are everywhere, in usual proportions.

Soil and concrete hold K-40 and the series of U-238 (seen by the daughters of Ra-226) and Th-232 in
proportions that differ from place to place by a few times ([UNSCEAR-2000], table 5: medians of 400, 35 and
30 Bq/kg). One that is stronger than the others make likely is no background.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from counterseal.measurement.identify_evidence import Evidence, Top
from counterseal.measurement.identify_library import Pattern
from counterseal.measurement.identify_response import efficiency

SOIL_BQ_KG: Mapping[str, float] = {
    "K-40": 400.0,
    "Ra-226": 35.0,
    "Th-232": 30.0,
    "Th-228": 30.0,
    "U-238": 35.0,
    "U-235": 1.6,
}
"""Usual specific activities; U-235 by its natural share of U-238 [Bq/kg]."""
ALWAYS = frozenset({"Be-7", "Pb-210"})
"""Made in the air by cosmic rays, and left by radon: never a finding by themselves."""
_ALONE = ("K-40", "Ra-226", "Th-232")
"""What the others are compared with."""
_FROM_KEV: Mapping[str, float] = {"U-235": 130.0}
_USUALLY_FROM_KEV = 300.0
_LINES = 4
_UPPER = 2.0
_TIMES, TIMES_SCINTILLATOR = 2.2, 5.0
"""How many times stronger than the strongest other one is no background; the efficiency of a scintillator
at high energies is not known as well."""
_WITH_ONE_ONLY = 2.0


def natural(found: Sequence[str], patterns: Sequence[Pattern], evidence: Evidence) -> frozenset[str]:
    """Return which of the nuclides that were found are no more than natural background.

    Args:
        found: Names of what was found.
        patterns: Lines of all nuclides.
        evidence: The filtered spectrum, before anything was taken away.
    """
    by_name = {pattern.nuclide: pattern for pattern in patterns}
    tops = evidence.tops()
    values = {name: _relative(by_name[name], evidence, tops) for name in SOIL_BQ_KG if name in by_name}
    times = TIMES_SCINTILLATOR if evidence.kind.name == "scintillator" else _TIMES
    usual = {name for name in found if name in values and not _stronger(name, found, values, times)}
    return frozenset(usual | (ALWAYS & set(found)))


def _stronger(
    name: str, found: Sequence[str], values: Mapping[str, tuple[float, float] | None], times: float
) -> bool:
    """Return whether a nuclide is stronger than the other natural ones make likely."""
    mine = values[name]
    like = {"Th-228": "Th-232"}.get(name, name)
    others = [
        value[0] if other in found else value[1]
        for other, value in values.items()
        if other in _ALONE and other != like and value is not None
    ]
    if mine is None or not others:
        return True
    return mine[0] > times * (_WITH_ONE_ONLY if len(others) == 1 else 1.0) * max(others)


def _relative(pattern: Pattern, evidence: Evidence, tops: Sequence[Top]) -> tuple[float, float] | None:
    """Return the strength that the best lines show in units of usual soil, and the upper end of it.

    None where the scale holds none of its lines.
    """
    low, high = _FROM_KEV.get(pattern.nuclide, _USUALLY_FROM_KEV), float(evidence.energies_kev[-1])
    inside = (pattern.energies_kev > low) & (pattern.energies_kev < high)
    energies, shares = pattern.energies_kev[inside], pattern.intensities[inside]
    if not len(energies):
        return None
    area, noise = evidence.at(energies)
    reach = evidence.tolerances_at(energies)
    for top in tops:
        area = np.where(np.abs(energies - top.energy_kev) <= reach, top.area_counts, area)
    per_decay = shares * efficiency(evidence.kind, energies) * SOIL_BQ_KG[pattern.nuclide]
    best = np.argsort(-per_decay / noise, kind="stable")[:_LINES]
    weight = (per_decay[best] / noise[best]) ** 2
    mean = max(float(np.average(area[best] / per_decay[best], weights=weight)), 0.0)
    return mean, mean + _UPPER / float(np.sqrt(np.sum(weight)))
