"""Which nuclides are looked for: all of the table, except those that never stand alone.

A descendant that stands in equilibrium with a parent of the library is part of the parent's pattern. Some
nuclides are only believed beside another one: their few weak lines prove nothing by themselves.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.spectrum import Floats
from counterseal.reference.nuclear_data import GammaLine, NuclearData, Nuclide

_WITH_PARENT = frozenset(
    {
        "Ac-228",
        "Ra-224",
        "Pb-212",
        "Bi-212",
        "Tl-208",
        "Pb-214",
        "Bi-214",
        "Th-234",
        "Pa-234m",
        "Pa-234",
        "Th-231",
        "Ac-225",
        "Fr-221",
        "Bi-213",
        "Tl-209",
        "Rh-106",
        "Pr-144",
        "Ga-68",
        "U-232",
    }
)
"""Seen as part of Th-232 or Th-228, Ra-226, U-238, U-235, Th-229, Ru-106, Ce-144, Ge-68."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "U-234": ("U-235",),
    "U-236": ("U-235", "U-238"),
    "Pu-236": ("Pu-238", "Pu-239"),
    "Pu-240": ("Pu-239",),
    "Pu-241": ("Pu-239", "Am-241"),
    "Pu-242": ("Pu-239",),
    "Cm-244": ("Pu-239", "Am-241"),
    "Cf-252": ("Cm-244",),
    "Mo-99": ("Tc-99m",),
}
"""Nuclides whose few weak lines are believed only beside one of these."""

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset(
        {"Pu-236", "Pu-238", "Pu-239", "Pu-240", "Pu-241", "Pu-242", "Am-241", "U-237", "Np-237", "Pa-233"}
    ),
    frozenset({"U-233", "Th-229", "Th-228"}),
    frozenset({"U-234", "U-235", "U-236", "U-238"}),
    frozenset({"Eu-152", "Eu-154", "Eu-155"}),
)
"""Nuclides that come together: beside one of them the others are less of a surprise."""
_KIN = 1.5

_PLUTONIUM = frozenset({"Pu-236", "Pu-238", "Pu-239", "Pu-240", "Pu-241", "Pu-242", "Am-241"})
_STANDS_FOR: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("Th-229", "U-233", frozenset({"Th-228", "U-235"})),
    ("Th-228", "U-232", frozenset({"Th-229", "U-235", "Pu-239"})),
    ("U-237", "Pu-241", _PLUTONIUM),
    ("Pa-233", "Np-237", _PLUTONIUM),
)
"""A descendant, the nuclide it stands for, and what must be seen with it: U-233 is made with some U-232, and
its own lines are weaker than those of what grows from it."""

USUAL = frozenset(
    {
        "Am-241",
        "Ba-133",
        "Co-57",
        "Co-60",
        "Cs-137",
        "Eu-152",
        "Ga-67",
        "I-123",
        "I-125",
        "I-131",
        "In-111",
        "Ir-192",
        "K-40",
        "Pu-239",
        "Ra-226",
        "Sm-153",
        "Th-232",
        "Tl-201",
        "Tc-99m",
        "U-233",
        "U-235",
        "U-238",
        "Xe-133",
        "F-18",
        "Na-22",
        "Se-75",
        "Yb-169",
        "Lu-177",
        "Mo-99",
        "Np-237",
        "Cr-51",
        "Sr-85",
        "Th-228",
        "Pb-210",
        "Be-7",
    }
)
"""Nuclides that instruments must know by ANSI N42.34, and near relatives: first when several fit alike."""

_FIRST_SOURCE = "ENSDF"
_WEAK = 0.02
_LEAST_PART = 1e-5
"""Lines below this part of a nuclide's strongest one are left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """The lines of a nuclide.

    Attributes:
        nuclide: Its name.
        energies_kev: Energies of its lines [keV], increasing, shape (lines,).
        intensities: Photons per decay [1], shape (lines,).
    """

    nuclide: str
    energies_kev: Floats
    intensities: Floats


def bonus(nuclide: str, taken: Collection[str]) -> float:
    """Return what speaks for a nuclide because of what else was found."""
    near = any(nuclide in family and not family.isdisjoint(taken) for family in FAMILIES)
    return _KIN if near else 0.0


def found_as(nuclide: str, with_it: Collection[str]) -> str:
    """Return the nuclide that a found one stands for, by what was found with it."""
    for descendant, meant, beside in _STANDS_FOR:
        if nuclide == descendant and not beside.isdisjoint(with_it):
            return meant
    return nuclide


def build_library(data: NuclearData) -> tuple[Pattern, ...]:
    """Return the patterns of all nuclides that are looked for, in the order of the table.

    Args:
        data: Table of nuclear data.
    """
    return tuple(_pattern(nuclide) for name, nuclide in data.nuclides.items() if name not in _WITH_PARENT)


def _pattern(nuclide: Nuclide) -> Pattern:
    strongest = max(line.intensity for line in nuclide.lines)
    lines = [
        (line.energy_kev, line.intensity)
        for line in nuclide.lines
        if line.intensity >= _LEAST_PART * strongest and not _doubtful(line, strongest)
    ]
    energies, shares = np.array(sorted(lines), dtype=np.float64).T
    return Pattern(nuclide=nuclide.name, energies_kev=energies, intensities=shares)


def _doubtful(line: GammaLine, strongest: float) -> bool:
    """Return whether the second source alone knows a weak gamma line: some of those nobody has seen."""
    alone = line.other_intensity is None and line.source != _FIRST_SOURCE
    return alone and line.kind == "gamma" and line.intensity < _WEAK * strongest
