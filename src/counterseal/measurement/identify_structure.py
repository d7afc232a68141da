"""Tops that are no lines of a nuclide: what strong lines, shields and the detector itself make of them.

Compton edges and backscattered photons (where peaks are wide enough to look like them), escapes of one or
two annihilation photons, escapes of X-rays, sums of two photons, annihilation radiation, and X-rays of lead,
tungsten and of actinides (Gilmore, Practical Gamma-ray Spectrometry, 2nd edition, chapters 2 and 8).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from counterseal.measurement.identify_evidence import Evidence, Top

ELECTRON_KEV = 510.99895
_PAIR_FROM_KEV = 1_100.0
_REFERENCE_KEV = 661.657
_ESCAPES_BELOW_KEV = 250.0
_LEAD = (72.8, 74.97, 84.9, 87.3)
_BISMUTH = (74.8, 77.1, 87.3)
_TUNGSTEN = (57.98, 59.32, 67.2)
_ACTINIDES = (89.95, 93.35, 94.65, 98.43, 99.5, 101.1, 103.7, 105.6, 108.7, 111.3, 114.5, 117.2, 120.5)
_IODINE_ESCAPE, _CADMIUM_ESCAPES, _GERMANIUM_ESCAPE = 28.6, (23.2, 27.4), 9.9
_BY_NEUTRONS = (139.7, 198.4, 595.8, 691.3, 803.1, 843.8, 846.8, 1014.4, 1238.3, 2223.2)
"""From germanium, lead, aluminium, iron and hydrogen [keV]."""
_HEAVY = ("U-", "Pu-", "Th-", "Np-", "Ra-", "Cm-")
_NEPTUNIUM_KEV = 101.0
_AMERICIUM_AT_100 = 0.007
"""Five times what Am-241 without a shield gives near 100 keV, as part of its line at 59.54 keV."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Where something may look like a line.

    Attributes:
        energy_kev: Its middle [keV].
        half_kev: How far from it a top may be [keV].
        most_counts: The largest area that it explains [counts].
        cause: What makes it.
    """

    energy_kev: float
    half_kev: float
    most_counts: float
    cause: str

    def covers(self, top: Top) -> bool:
        """Return whether a top is where this may be."""
        return abs(top.energy_kev - self.energy_kev) <= self.half_kev


def explained_by(top: Top, marks: Sequence[Structure]) -> bool:
    """Return whether a top, less its standard deviation, may be structures on top of each other."""
    least = top.area_counts * (1.0 - 1.0 / top.significance)
    return least <= sum(mark.most_counts for mark in marks if mark.covers(top))


def structures(
    tops: Sequence[Top], explained: Sequence[Top], nuclides: Sequence[str], evidence: Evidence
) -> tuple[Structure, ...]:
    """Return what may look like a line beside lines that are explained.

    Args:
        tops: All tops.
        explained: Tops that are lines of what was found.
        nuclides: What was found.
        evidence: The filtered spectrum.
    """
    found = [_of_line(top, evidence) for top in explained]
    fixed = [*_fluorescence(explained, nuclides, evidence), *_annihilation(tops, explained, evidence)]
    return (*fixed, *(one for several in found for one in several), *_sums(explained, evidence))


def _of_line(top: Top, evidence: Evidence) -> Iterator[Structure]:
    energy, area = top.energy_kev, top.area_counts
    wide = evidence.fwhm_at(energy)
    if energy > _PAIR_FROM_KEV:
        for photons in (1, 2):
            yield _near(
                evidence, energy - photons * ELECTRON_KEV, 0.8 * area, "escape of annihilation photons"
            )
    if energy < _ESCAPES_BELOW_KEV:
        for away in _escapes(evidence):
            yield _near(evidence, energy - away, 0.35 * area, "escape of X-rays")
    back = energy / (1.0 + 2.0 * energy / ELECTRON_KEV)
    edge = energy - back
    part = evidence.kind.backscatter * max(energy / _REFERENCE_KEV, 1.0) ** 0.7
    yield Structure(
        energy_kev=back, half_kev=0.15 * back + wide / 3, most_counts=part * area, cause="backscatter"
    )
    yield Structure(
        energy_kev=0.93 * edge,
        half_kev=0.12 * edge + wide / 3,
        most_counts=part * area,
        cause="Compton edge",
    )


def _escapes(evidence: Evidence) -> tuple[float, ...]:
    if evidence.kind.name == "scintillator":
        return (_IODINE_ESCAPE,)
    return (_GERMANIUM_ESCAPE,) if evidence.kind.name == "germanium" else _CADMIUM_ESCAPES


def _annihilation(tops: Sequence[Top], explained: Sequence[Top], evidence: Evidence) -> Iterator[Structure]:
    above = sum(top.area_counts for top in explained if top.energy_kev > _PAIR_FROM_KEV)
    total = sum(top.area_counts for top in (*tops, *explained))
    yield _near(evidence, ELECTRON_KEV, 4.0 * above + 0.2 * total, "annihilation", wider=1.6)


def _fluorescence(
    explained: Sequence[Top], nuclides: Sequence[str], evidence: Evidence
) -> Iterator[Structure]:
    whole = sum(top.area_counts for top in explained)
    for energy in (*_LEAD, *_BISMUTH, *_TUNGSTEN):
        yield _near(evidence, energy, 0.5 * whole, "X-rays of a shield")
    if any(name.startswith(_HEAVY) for name in nuclides):
        for energy in _ACTINIDES:
            yield _near(evidence, energy, 10.0 * whole, "X-rays of heavy elements")
        for energy in _BY_NEUTRONS:
            yield _near(evidence, energy, 0.005 * whole, "photons that neutrons make")
    elif "Am-241" in nuclides:
        most = _AMERICIUM_AT_100 * whole
        yield _near(evidence, _NEPTUNIUM_KEV, most, "X-rays after the decay of americium", wider=2.0)


def _sums(explained: Sequence[Top], evidence: Evidence) -> Iterator[Structure]:
    strong = sorted(explained, key=lambda top: -top.area_counts)[:6]
    for i, one in enumerate(strong):
        for other in strong[i:]:
            most = 0.05 * min(one.area_counts, other.area_counts)
            yield _near(evidence, one.energy_kev + other.energy_kev, most, "sum of two photons")


def _near(
    evidence: Evidence, energy_kev: float, most_counts: float, cause: str, *, wider: float = 1.0
) -> Structure:
    half = wider * evidence.tolerance_at(energy_kev)
    return Structure(energy_kev=energy_kev, half_kev=half, most_counts=most_counts, cause=cause)
