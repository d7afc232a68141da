"""What explains a filtered spectrum: the nuclide that explains most is taken, its lines go, and so on.

It ends when nothing that is left is significant. A nuclide is not taken when a line that must be there is
missing, nor for tops that strong lines make by themselves.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterseal.measurement.identify_evidence import Evidence, Top
from counterseal.measurement.identify_library import NEEDS, USUAL, Pattern, bonus
from counterseal.measurement.identify_match import (
    OPTIONAL_BELOW_KEV,
    Expectation,
    Group,
    Match,
    Sight,
    best_match,
    expectation,
)
from counterseal.measurement.identify_response import DetectorKind, factor_between
from counterseal.measurement.identify_scale import ScaleShift, find_shift, shift_left, shifted
from counterseal.measurement.identify_structure import ELECTRON_KEV, Structure, explained_by, structures

_MOST = 16
_WORTH_KEEPING = -4.0
_LEAST_TOP = 5.0
_LEAST_ALONE = 6.0
_LEAST_ALONE_LESS_SURE = 8.0
_LEAST_TOGETHER = 6.0
_FEW, _LEAST_OF_MANY = 2, 3.7
_LEAST_STACKED = 4.9
_ANNIHILATION_WITHIN, _ANNIHILATION_TOP = 0.01, 20.0
_OTHERS_ADD = 1.1
_ALWAYS_NEAR = 0.2
_TRIED, _TRIED_USUAL, _AROUND_KEV, _MOST_CHANCE = 100, 20, 150.0, 0.6
_LEAST_PART, _LEAST_PART_ALONE = 3e-4, 1e-3
_NEAR_LINE, _ROOM = 1.2, 4.0
_LEAST_SCORE = 0.8
_LOW_TOP = 20.0
_UNEXPLAINED = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What was taken, and the tops that it explains."""

    match: Match
    tops: tuple[Top, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What explains a spectrum.

    Attributes:
        accepted: What was taken, in the order in which it was.
        left: Tops that nothing explains.
        shift: By how much the energy scale was too high.
    """

    accepted: tuple[Accepted, ...]
    left: tuple[Top, ...]
    shift: ScaleShift


def explain(patterns: Sequence[Pattern], evidence: Evidence) -> "Explanation":
    """Return what explains the evidence, on an energy scale that its own lines set right."""
    expected = [one for one in (expectation(pattern, evidence) for pattern in patterns) if one is not None]
    shift = find_shift(expected, evidence)
    found = _accepted(expected, shifted(evidence, shift))
    more = shift_left([one.match for one in found[0]], evidence)
    if more is not None:
        again = _accepted(expected, shifted(evidence, shift.plus(more)))
        if _total(again[0]) > _total(found[0]):
            shift, found = shift.plus(more), again
    return Explanation(accepted=found[0], left=found[1], shift=shift)


def _total(accepted: Sequence[Accepted]) -> float:
    return sum(one.match.score for one in accepted)


def _accepted(
    expected: Sequence[Expectation], evidence: Evidence
) -> tuple[tuple[Accepted, ...], tuple[Top, ...]]:
    """Return what explains the evidence, and the tops that stay unexplained."""
    by_name = {one.pattern.nuclide: one for one in expected}
    open_ = list(expected)
    taken: list[Accepted] = []
    for _ in range(_MOST):
        sight = _sight(evidence, taken, by_name)
        found = [(best_match(one, sight), one) for one in open_]
        open_ = [one for match, one in found if match is not None and match.score > _WORTH_KEEPING]
        best = _best([match for match, _ in found if match is not None], taken, sight)
        if best is None:
            break
        evidence, explained = _taken_away(best, evidence)
        taken.append(Accepted(match=best, tops=explained))
        open_ = [one for one in open_ if one.pattern.nuclide != best.nuclide]
    left = _sight(evidence, taken, by_name).tops
    return tuple(taken), tuple(top for top in left if top.significance >= _UNEXPLAINED)


def _best(matches: Sequence[Match], taken: Sequence[Accepted], sight: Sight) -> Match | None:
    """Return the best match that is believed; None where there is none.

    What fits a top less well than something else is not believed of it, even if the other is too weak to be.
    """
    names = [one.match.nuclide for one in taken]
    strongest = max((top.area_counts for one in taken for top in one.tops), default=0.0)
    possible = [match for match in matches if _has_company(match, names)]
    ranked = sorted(possible, key=lambda match: -match.score - bonus(match.nuclide, names))
    spoken_for: set[Top] = set()
    for match in ranked:
        highest = max(match.tops, key=lambda top: top.significance)
        if (
            highest not in spoken_for
            and _believed(match, names, strongest=strongest, kind=sight.evidence.kind)
            and (bonus(match.nuclide, names) or not _by_chance(match, sight))
        ):
            return match
        spoken_for.update(match.tops if match.score > _LEAST_SCORE else ())
    return None


def _has_company(match: Match, names: Sequence[str]) -> bool:
    """Return whether what a nuclide is only believed beside was found, if there is such a thing."""
    needs = NEEDS.get(match.nuclide)
    return needs is None or any(name in names for name in needs)


def _sight(evidence: Evidence, taken: Sequence[Accepted], by_name: Mapping[str, Expectation]) -> Sight:
    """Return what may still be lines: tops that are neither structures nor weak lines of what is taken."""
    tops = evidence.tops()
    explained = [top for one in taken for top in one.tops]
    marks = [
        *structures(tops, explained, [one.match.nuclide for one in taken], evidence),
        *(mark for one in taken for mark in _weak_lines(one.match, by_name[one.match.nuclide], evidence)),
    ]
    return Sight(
        evidence=evidence,
        tops=tuple(top for top in tops if not explained_by(top, marks)),
        all_kev=np.array([top.energy_kev for top in tops], dtype=np.float64),
        shadow=evidence.shadow(tops),
    )


def _weak_lines(match: Match, expected: Expectation, evidence: Evidence) -> Iterator[Structure]:
    """Yield where other lines of a nuclide may be that was taken, with room for what is not known of them."""
    counts = match.strength * expected.heights.max(axis=0)
    halves = _NEAR_LINE * evidence.tolerances_at(expected.energies_kev)
    for energy, half, most in zip(
        expected.energies_kev.tolist(), halves.tolist(), counts.tolist(), strict=True
    ):
        yield Structure(energy_kev=energy, half_kev=half, most_counts=_ROOM * most, cause=match.nuclide)


def _believed(match: Match, names: Sequence[str], *, strongest: float, kind: DetectorKind) -> bool:
    """Return whether a match is enough to name a nuclide.

    Args:
        match: How well it fits.
        names: What was taken before.
        strongest: Area of the strongest top that was taken [counts].
        kind: Kind of the detector; a scintillator does not tell lines apart, so weak ones prove nothing.
    """
    sharp = kind.name != "scintillator"
    strongest_own = max(top.area_counts for top in match.tops)
    if match.score + bonus(match.nuclide, names) < _LEAST_SCORE or strongest_own < _LEAST_PART * strongest:
        return False
    proper = [group.top.significance for group in match.groups if group.top and _proper(group, kind)]
    if not proper:
        only_low = all(group.energy_kev < OPTIONAL_BELOW_KEV for group in match.groups)
        return only_low and max(top.significance for top in match.tops) >= _LOW_TOP
    if len(proper) == 1:
        alone = _LEAST_ALONE if sharp and match.nuclide in USUAL else _LEAST_ALONE_LESS_SURE
        stacked = sharp and match.together >= max(_LEAST_STACKED, _OTHERS_ADD * proper[0])
        high = proper[0] >= alone or (proper[0] >= _LEAST_OF_MANY and stacked)
        return high and strongest_own >= _LEAST_PART_ALONE * strongest
    high = max(proper) >= (_LEAST_OF_MANY if sharp and len(proper) > _FEW else _LEAST_TOP)
    return high and math.sqrt(sum(one**2 for one in proper)) >= _LEAST_TOGETHER


def _by_chance(match: Match, sight: Sight) -> bool:
    """Return whether tops that something else makes may stand where the lines of a nuclide are.

    The denser unexplained tops stand, the more of them are near one line or another of a library this large.
    It is asked of detectors that tell lines apart; of others the strength of a top decides alone.
    """
    if sight.evidence.kind.name == "scintillator":
        return False
    own = match.tops
    others = [top for top in sight.tops if top.significance >= _LEAST_TOP and top not in own]
    chance = float(_TRIED_USUAL if match.nuclide in USUAL else _TRIED)
    for group in match.groups:
        if group.top is not None:
            near = sum(abs(top.energy_kev - group.energy_kev) < _AROUND_KEV for top in others)
            reach = sight.evidence.tolerance_at(group.energy_kev)
            chance *= min((near + _ALWAYS_NEAR) * reach / _AROUND_KEV, 1.0)
    return chance > _MOST_CHANCE


def _proper(group: Group, kind: DetectorKind) -> bool:
    """Return whether a group counts as proof: unseen and low lines and weak annihilation radiation do not."""
    if group.top is None or group.energy_kev < kind.proof_kev:
        return False
    annihilation = abs(group.top.energy_kev - ELECTRON_KEV) < _ANNIHILATION_WITHIN * ELECTRON_KEV
    return not annihilation or group.top.significance >= _ANNIHILATION_TOP


def _taken_away(match: Match, evidence: Evidence) -> tuple[Evidence, tuple[Top, ...]]:
    """Return what is left without the lines of a nuclide, and the tops that are explained by them."""
    explained = []
    for group in match.groups:
        at = np.array([group.energy_kev])
        factor = float(factor_between(evidence.kind, at, match.anchor_kev)[0])
        if group.top is None:
            evidence = evidence.blurred(group.energy_kev, 0.5 * group.expected_counts)
        elif group.top.area_counts <= factor * group.expected_counts:
            evidence = evidence.without(group.top)
            explained.append(group.top)
        else:
            part = replace(group.top, energy_kev=group.energy_kev, area_counts=group.expected_counts)
            evidence = evidence.without(part).blurred(group.energy_kev, 0.4 * group.expected_counts)
    return evidence, tuple(explained)
