"""Radioactive decay: the Bateman equations for any network of parents and daughters.

The equations are solved as the exponential of a matrix whose entries outside the diagonal are not negative,
by scaling and squaring with the diagonal set anew each time. All terms that are added have one sign, so
every amount is right to about 14 digits, however near or far apart the half-lives are; the closed formula of
Bateman loses all digits where two of them are near each other or the time is short.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from counterseal.measurement import arithmetic
from counterseal.measurement.errors import MeasurementError
from counterseal.reference.nuclear_data import NuclearData

_LN_2 = 0.6931471805599453
_SMALL = 0.5
"""Largest product of decay constant and time in the first step of the exponential."""
_TERMS = 20
_MAX_MEMBERS = 60
PLUTONIUM = ("Pu-238", "Pu-239", "Pu-240", "Pu-241", "Pu-242")

Matrix = list[list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecayData:
    """Half-lives from one named source, and who decays to whom.

    Attributes:
        source: Where the half-lives are from; a result that rests on them names it.
        half_lives_s: Half-life by nuclide [s]; a nuclide without one is stable.
        branches: Daughters by nuclide, with the share of decays that lead to each [1].
    """

    source: str
    half_lives_s: Mapping[str, float]
    branches: Mapping[str, tuple[tuple[str, float], ...]]

    def __post_init__(self) -> None:
        """Refuse half-lives and shares that no nuclide has."""
        for name, half_life_s in self.half_lives_s.items():
            if not 0 < half_life_s < float("inf"):
                raise MeasurementError(f"{name}: half-life {half_life_s} s, must be above 0 and finite")
        for name, daughters in self.branches.items():
            shares = [share for _, share in daughters]
            if min(shares, default=0.0) < 0 or arithmetic.total(shares) > 1 + 1e-3:
                raise MeasurementError(f"{name}: shares of its daughters {shares}, must be 0 to 1 in all")


def decay_data(names: Iterable[str], *, data: NuclearData, source: str = "ENSDF") -> DecayData:
    """Return half-lives of some nuclides from one source of the table, with the links between them.

    Args:
        names: Nuclides that are followed; what decays to another leaves the account.
        data: Table of nuclear data.
        source: Which source of the table the half-lives are taken from.

    Raises:
        UnknownNuclideError: a nuclide is not in the table, or that source has no half-life of it.
    """
    wanted = {name: data.nuclide(name) for name in names}
    return DecayData(
        source=source,
        half_lives_s={name: one.half_life_from(source).half_life_s for name, one in wanted.items()},
        branches={
            name: tuple((daughter, share) for daughter, share in one.decays_to if daughter in wanted)
            for name, one in wanted.items()
        },
    )


def decay_atoms(atoms: Mapping[str, float], *, time_s: float, using: DecayData) -> dict[str, float]:
    """Return how many atoms of each nuclide there are after some time.

    Args:
        atoms: Atoms at the start by nuclide [any unit of amount], each at least 0.
        time_s: Time that passes [s], at least 0.
        using: Half-lives and branches.

    Returns:
        Atoms at the end in the same unit, of every nuclide that was there or comes from one that was.

    Raises:
        MeasurementError: an amount or the time is below 0, the network runs in a circle or is too large.
    """
    if not 0 <= time_s < float("inf"):
        raise MeasurementError(f"decay over {time_s} s: the time must be at least 0 and finite")
    for name, amount in atoms.items():
        if not 0 <= amount < float("inf"):
            raise MeasurementError(f"{name}: amount {amount} before the decay, must be at least 0 and finite")
    order = _parents_first(tuple(atoms), using.branches)
    place = {name: index for index, name in enumerate(order)}
    rates = [_LN_2 / using.half_lives_s[name] if name in using.half_lives_s else 0.0 for name in order]
    feeds = [[0.0] * len(order) for _ in order]
    for name in order:
        for daughter, share in using.branches.get(name, ()):
            feeds[place[daughter]][place[name]] += share * rates[place[name]]
    grown = _exponential(rates, feeds, time_s)
    start = [atoms.get(name, 0.0) for name in order]
    return {name: arithmetic.dot(grown[place[name]], start) for name in order}


def decay_factor(half_life_s: float, time_s: float) -> float:
    """Return the part of a nuclide that is left after some time [1].

    Args:
        half_life_s: Half-life [s], above 0.
        time_s: Time that passes [s]; below 0 for the time before.
    """
    return arithmetic.exp(-_LN_2 * time_s / half_life_s)


def aged_plutonium(mass_pct: Mapping[str, float], *, time_s: float, using: DecayData) -> dict[str, float]:
    """Return an isotopic composition of plutonium, decayed to a later day.

    Am-241 grows from Pu-241. The mass numbers change by nothing in that decay, so masses are followed as if
    they were atoms; what else the isotopes decay to is no longer plutonium.

    Args:
        mass_pct: Mass of each of Pu-238 to Pu-242 in per cent of all plutonium, and of Am-241 relative to it.
        time_s: Time that passes [s].
        using: Half-lives and branches, which must hold these nuclides.

    Returns:
        The same at the later day: the isotopes of plutonium add up to 100.

    Raises:
        MeasurementError: nothing of plutonium is given, or a nuclide that is not of this list.
    """
    strange = set(mass_pct) - {*PLUTONIUM, "Am-241"}
    if strange:
        raise MeasurementError(
            f"composition of plutonium: {', '.join(sorted(strange))} does not belong in it"
        )
    later = decay_atoms(mass_pct, time_s=time_s, using=using)
    plutonium = arithmetic.total([later.get(name, 0.0) for name in PLUTONIUM])
    if not plutonium > 0:
        raise MeasurementError("composition of plutonium: it has no plutonium")
    return {name: 100.0 * later[name] / plutonium for name in (*PLUTONIUM, "Am-241") if name in later}


def _parents_first(
    names: tuple[str, ...], branches: Mapping[str, tuple[tuple[str, float], ...]]
) -> list[str]:
    """Return the nuclides and all that comes from them, each after all of its parents."""
    done: list[str] = []
    open_: set[str] = set()

    def visit(name: str) -> None:
        if name in open_:
            raise MeasurementError(f"{name}: decays to itself in this network")
        if name in done:
            return
        open_.add(name)
        for daughter, _ in branches.get(name, ()):
            visit(daughter)
        open_.remove(name)
        done.append(name)

    for name in names:
        visit(name)
    if len(done) > _MAX_MEMBERS:
        raise MeasurementError(f"network of {len(done)} nuclides: must be at most {_MAX_MEMBERS}")
    return done[::-1]


def _exponential(rates: list[float], feeds: Matrix, time_s: float) -> Matrix:
    """Return the matrix that leads from the amounts at the start to those at the end.

    Written as -m 1 + B with the largest rate m, the matrix B has no negative entry: nothing cancels.
    """
    size, fastest = len(rates), max(rates, default=0.0)
    halvings = 0
    while math.ldexp(fastest * time_s, -halvings) > _SMALL:
        halvings += 1
    step_s = math.ldexp(time_s, -halvings)
    raised = [
        [(fastest - rates[i] if i == j else feeds[i][j]) * step_s for j in range(size)] for i in range(size)
    ]
    grown = _series(raised, arithmetic.exp(-fastest * step_s))
    for turn in range(halvings + 1):
        if turn:
            grown = _product(grown, grown)
        for i, rate in enumerate(rates):
            grown[i][i] = arithmetic.exp(-rate * math.ldexp(step_s, turn))
    return grown


def _series(raised: Matrix, factor: float) -> Matrix:
    size = len(raised)
    term = [[factor if i == j else 0.0 for j in range(size)] for i in range(size)]
    added = [row[:] for row in term]
    for k in range(1, size + _TERMS):
        term = [[value / k for value in row] for row in _product(raised, term)]
        added = [
            [a + b for a, b in zip(left, right, strict=True)] for left, right in zip(added, term, strict=True)
        ]
    return added


def _product(left: Matrix, right: Matrix) -> Matrix:
    """Return the product of two lower triangles."""
    size = len(left)
    return [
        [
            arithmetic.total([left[i][k] * right[k][j] for k in range(j, i + 1)]) if j <= i else 0.0
            for j in range(size)
        ]
        for i in range(size)
    ]
