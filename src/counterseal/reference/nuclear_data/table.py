"""The table of nuclear data as frozen objects, checked against the hash that is pinned here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from counterseal.reference.nuclear_data.errors import NuclearDataError, UnknownNuclideError

_FILE = "lines-1.json"
_SHA256 = "5fc49fbb8ed28155b39a137b9799a14c02d454287f5baecc3ffdb24085e4d8d5"
DISAGREEMENT = 0.03
"""Above this relative difference of its two sources, a line carries a decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaLine:
    """Photons of one energy from the decay of a nuclide, or of what stands in equilibrium with it.

    Attributes:
        energy_kev: Energy [keV].
        energy_unc_kev: Its standard uncertainty [keV]; 0 where the source states none.
        intensity: Photons per decay of the nuclide under which the line stands [1].
        intensity_unc: Its standard uncertainty [1]; 0 where the source states none.
        source: Which collection gave these figures, a key of ``NuclearData.sources``.
        kind: ``gamma``, ``x-ray`` (K series) or ``annihilation``.
        emitter: The nuclide that emits it, which may be a descendant.
        other_intensity: The same from the second collection [1]; None where it has no such line.
        other_intensity_unc: Its standard uncertainty [1], or None.
        other_source: Which collection that is, or None.
        decision: What was decided where both differ by more than 3 %; empty where they do not.
    """

    energy_kev: float
    energy_unc_kev: float
    intensity: float
    intensity_unc: float
    source: str
    kind: str
    emitter: str
    other_intensity: float | None = None
    other_intensity_unc: float | None = None
    other_source: str | None = None
    decision: str = ""

    @property
    def disagreement(self) -> float | None:
        """Relative difference of the second source from the first [1]; None with one source."""
        return None if self.other_intensity is None else self.other_intensity / self.intensity - 1

    def of_parent(self, per_decay: float) -> "GammaLine":
        """Return the line as it counts for a parent in equilibrium, ``per_decay`` decays of it a decay."""
        second, second_unc = self.other_intensity, self.other_intensity_unc
        return replace(
            self,
            intensity=self.intensity * per_decay,
            intensity_unc=self.intensity_unc * per_decay,
            other_intensity=None if second is None else second * per_decay,
            other_intensity_unc=None if second_unc is None else second_unc * per_decay,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """A half-life from one source.

    Attributes:
        source: Which collection gave it, a key of ``NuclearData.sources``.
        half_life_s: Half-life [s].
        half_life_unc_s: Its standard uncertainty [s]; 0 where the source states none.
    """

    source: str
    half_life_s: float
    half_life_unc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Nuclide:
    """A nuclide of the table.

    Attributes:
        name: Element, mass number, ``m`` for an isomer (``Pu-239``, ``Pa-234m``).
        category: ``nuclear``, ``natural``, ``medical``, ``industrial``, ``fission product``, ``activation``.
        mass_u: Atomic mass [u].
        half_lives: What each source says, the preferred one first.
        lines: What it emits together with what stands in equilibrium with it, in increasing energy.
        equilibrium: Short-lived descendants that are counted in, with their decays per decay.
        decays_to: Daughters with the share of decays that lead to each; spontaneous fission is the rest.
    """

    name: str
    category: str
    mass_u: float
    half_lives: tuple[HalfLife, ...]
    lines: tuple[GammaLine, ...]
    equilibrium: tuple[tuple[str, float], ...]
    decays_to: tuple[tuple[str, float], ...]

    @property
    def half_life_s(self) -> float:
        """Preferred half-life [s]."""
        return self.half_lives[0].half_life_s

    @property
    def half_life_unc_s(self) -> float:
        """Standard uncertainty of the preferred half-life [s]; 0 where its source states none."""
        return self.half_lives[0].half_life_unc_s

    @property
    def own_lines(self) -> tuple[GammaLine, ...]:
        """Return the lines without those of descendants in equilibrium."""
        with_it = {name for name, _ in self.equilibrium}
        return tuple(line for line in self.lines if line.emitter not in with_it)

    def half_life_from(self, source: str) -> HalfLife:
        """Return the half-life that one source gives.

        Raises:
            UnknownNuclideError: that source gives none.
        """
        for item in self.half_lives:
            if item.source == source:
                return item
        raise UnknownNuclideError(f"{self.name}: {source} gives no half-life of it in this table")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementXRays:
    """The K X-rays of an element that are seen when its atoms are struck, without a decay of its own.

    Attributes:
        element: Symbol of the element.
        lines: Name, energy [keV] and photons per vacancy of the K shell [1] of each.
    """

    element: str
    lines: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NuclearData:
    """One edition of the table.

    Attributes:
        version: Edition, a whole number in digits.
        sha256: SHA-256 of the bytes of its file [64 hexadecimal digits]; results name it.
        sources: What each source is.
        nuclides: Nuclides by name, in the order of the file.
        x_rays: K X-rays by element.
    """

    version: str
    sha256: str
    sources: Mapping[str, str]
    nuclides: Mapping[str, Nuclide]
    x_rays: Mapping[str, ElementXRays]

    def nuclide(self, name: str) -> Nuclide:
        """Return a nuclide by its name.

        Raises:
            UnknownNuclideError: it is not in the table.
        """
        if name not in self.nuclides:
            raise UnknownNuclideError(f"nuclide {name!r}: is not in the table of nuclear data")
        return self.nuclides[name]

    def line(self, name: str, near_kev: float, *, within_kev: float = 0.5) -> GammaLine:
        """Return the strongest line of a nuclide within some reach of an energy [keV].

        Raises:
            UnknownNuclideError: the nuclide is not in the table, or has no line there.
        """
        near = [line for line in self.nuclide(name).lines if abs(line.energy_kev - near_kev) <= within_kev]
        if not near:
            raise UnknownNuclideError(f"{name}: has no line within {within_kev} keV of {near_kev} keV")
        return max(near, key=lambda line: line.intensity)

    def disagreements(self) -> tuple[tuple[str, GammaLine], ...]:
        """Return the lines whose two sources differ by more than 3 %, each under its emitter."""
        return tuple(
            (nuclide.name, line)
            for nuclide in self.nuclides.values()
            for line in nuclide.own_lines
            if line.disagreement is not None and abs(line.disagreement) > DISAGREEMENT
        )


@cache
def load_nuclear_data() -> NuclearData:
    """Return the packaged table, after checking its bytes against the pinned hash.

    Raises:
        NuclearDataError: the file is not the one that this edition of the program was made with.
    """
    return parse_nuclear_data((files(__package__) / _FILE).read_bytes(), expected_sha256=_SHA256)


def parse_nuclear_data(data: bytes, *, expected_sha256: str) -> NuclearData:
    """Return the table that is written in the bytes of a file.

    Args:
        data: The whole file.
        expected_sha256: SHA-256 that was agreed on [64 hexadecimal digits].

    Raises:
        NuclearDataError: the hash of the bytes is another.
    """
    found = sha256(data).hexdigest()
    if found != expected_sha256:
        raise NuclearDataError(f"nuclear data: SHA-256 of the table is {found}, must be {expected_sha256}")
    table: dict[str, Any] = json.loads(data)
    alone = {row["name"]: _nuclide(row, table["decisions"]) for row in table["nuclides"]}
    return NuclearData(
        version=table["version"],
        sha256=found,
        sources=MappingProxyType(dict(table["sources"])),
        nuclides=MappingProxyType({name: _with_daughters(one, alone) for name, one in alone.items()}),
        x_rays=MappingProxyType({row["element"]: _x_rays(row) for row in table["x_rays"]}),
    )


def _nuclide(row: dict[str, Any], decisions: dict[str, str]) -> Nuclide:
    return Nuclide(
        name=row["name"],
        category=row["category"],
        mass_u=row["mass_u"],
        half_lives=tuple(HalfLife(**item) for item in row["half_lives"]),
        lines=tuple(_line(item, row["name"], decisions) for item in row["lines"]),
        equilibrium=tuple((name, share) for name, share in row.get("equilibrium", ())),
        decays_to=tuple((name, share) for name, share in row["decays_to"]),
    )


def _line(item: dict[str, Any], name: str, decisions: dict[str, str]) -> GammaLine:
    decision = decisions[item["decision"]] if "decision" in item else ""
    return GammaLine(**{"emitter": name, **item, "decision": decision})


def _with_daughters(one: Nuclide, alone: Mapping[str, Nuclide]) -> Nuclide:
    lines = [line.of_parent(share) for name, share in one.equilibrium for line in alone[name].lines]
    return replace(one, lines=tuple(sorted((*one.lines, *lines), key=lambda line: line.energy_kev)))


def _x_rays(row: dict[str, Any]) -> ElementXRays:
    lines = tuple((name, energy, share) for name, energy, share in row["lines"])
    return ElementXRays(element=row["element"], lines=lines)
