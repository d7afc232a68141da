"""The energy scale, set right by the lines themselves: offsets and gains drift more than peaks are wide.

What is seen is matched with far more room than usual. A nuclide of several lines that fits so says by how
much the scale is off; the correction that makes most of the spectrum fit without that room is kept.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from counterseal.measurement.identify_evidence import Evidence
from counterseal.measurement.identify_library import USUAL
from counterseal.measurement.identify_match import Expectation, Match, Sight, best_match

_ROOM, _ROOM_SCINTILLATOR = 2.5, 1.5
_CANDIDATES = 6
_LEAST_LINES = 2
_LEAST_GAIN_LINES = 3
_MOST_GAIN = 0.02
_BETTER, _BETTER_PART = 1.0, 0.08
_DISJOINT = 8
_COUNTED = 6.0
_ENOUGH_SHARE = 0.6
_GAIN_STEP, _GAIN_STEPS, _FAR_BETTER = 7e-4, 22, 1.3
"""Gains that are tried: up to 1.5 % off, in steps that the room around lines of germanium bridges."""
_SHARP = 8.0
_MATTERS = 0.12
_MOST_WEIGHT = 30.0
_DRAWN_KEV = 200.0
_WORTH = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleShift:
    """By how much the energies of a scale are too high.

    Attributes:
        offset_kev: At energy 0 [keV].
        gain: And so much more per keV [1].
    """

    offset_kev: float = 0.0
    gain: float = 0.0

    def at(self, energy_kev: float) -> float:
        """Return by how much a scale is too high at an energy [keV]."""
        return self.offset_kev + self.gain * energy_kev

    def plus(self, other: "ScaleShift") -> "ScaleShift":
        """Return both one after the other, for shifts that are small against energies."""
        return ScaleShift(offset_kev=self.offset_kev + other.offset_kev, gain=self.gain + other.gain)


def shifted(evidence: Evidence, shift: ScaleShift) -> Evidence:
    """Return the evidence on the scale that was set right."""
    energies = evidence.energies_kev - (shift.offset_kev + shift.gain * evidence.energies_kev)
    return replace(evidence, energies_kev=energies, from_kev=evidence.from_kev - shift.at(evidence.from_kev))


def find_shift(expected: Sequence[Expectation], evidence: Evidence) -> ScaleShift:
    """Return the shift that makes most of the spectrum fit; none where no shift is clearly better.

    Where most of what is seen fits nowhere near, gains further off are tried as well.

    Args:
        expected: What each nuclide would give.
        evidence: The filtered spectrum.
    """
    near, found = _near_shift(expected, evidence)
    if evidence.kind.name == "scintillator" or found.share >= _ENOUGH_SHARE or not expected:
        return near
    usual = [one for one in expected if one.pattern.nuclide in USUAL]
    gains = [ScaleShift(gain=step * _GAIN_STEP) for step in range(-_GAIN_STEPS, _GAIN_STEPS + 1) if step]
    rough = max(gains, key=lambda gain: _worth(usual, _with_room(shifted(evidence, gain))).total)
    more, better = _near_shift(expected, shifted(evidence, rough))
    enough = better.total > _FAR_BETTER * found.total and better.share > found.share
    return rough.plus(more) if enough else near


def _near_shift(expected: Sequence[Expectation], evidence: Evidence) -> "tuple[ScaleShift, _Worth]":
    """Return the best shift within the room around each line, and what fits with it."""
    wide = sorted(_matches(expected, _with_room(evidence)), key=lambda pair: -pair[0].score)
    likely = [one for match, one in wide if match.score > _WORTH]
    kept, best = ScaleShift(), _worth(likely, evidence)
    bar = best.total * (1.0 + _BETTER_PART) + _BETTER
    for match, _ in wide[:_CANDIDATES]:
        shift = _shift_of_match(match, evidence)
        worth = _worth(likely, shifted(evidence, shift)) if shift is not None else None
        if shift is not None and worth is not None and worth.total > bar:
            bar, kept, best = worth.total, shift, worth
    return kept, best


def _with_room(evidence: Evidence) -> Evidence:
    """Return the evidence with more room around each line."""
    room = _ROOM_SCINTILLATOR if evidence.kind.name == "scintillator" else _ROOM
    kind = replace(
        evidence.kind,
        tolerance_fwhm=room * evidence.kind.tolerance_fwhm,
        tolerance_kev=room * evidence.kind.tolerance_kev,
    )
    return replace(evidence, kind=kind)


def _shift_of_match(match: Match, evidence: Evidence) -> ScaleShift | None:
    """Return the shift that the lines of one nuclide show; None where it is too small to matter."""
    pairs = _pairs([match])
    shift = shift_of(pairs, through_zero=evidence.kind.name == "scintillator")
    return shift if shift is not None and _matters(shift, pairs, evidence) else None


def _matters(shift: ScaleShift, pairs: "Sequence[Pair]", evidence: Evidence) -> bool:
    return max(abs(shift.at(seen)) / evidence.fwhm_at(seen) for _, seen, _ in pairs) > _MATTERS


def _matches(expected: Sequence[Expectation], evidence: Evidence) -> list[tuple[Match, Expectation]]:
    tops = evidence.tops()
    energies = np.array([top.energy_kev for top in tops], dtype=np.float64)
    sight = Sight(evidence=evidence, tops=tops, all_kev=energies, shadow=evidence.shadow(tops))
    found = [(best_match(one, sight), one) for one in expected]
    return [(match, one) for match, one in found if match is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worth:
    """What the best matches that share no tops come to, and the part of what is seen that they explain."""

    total: float
    share: float


def _worth(expected: Sequence[Expectation], evidence: Evidence) -> _Worth:
    tops = {top.energy_kev: math.log(top.significance) for top in evidence.tops(_COUNTED)}
    used: set[float] = set()
    total, kept = 0.0, 0
    for match, _ in sorted(_matches(expected, evidence), key=lambda pair: -pair[0].score):
        own = {top.energy_kev for top in match.tops}
        if match.score <= _WORTH or kept == _DISJOINT:
            break
        if own & used:
            continue
        used |= own
        total, kept = total + match.score, kept + 1
    explained = sum(high for energy, high in tops.items() if energy in used)
    return _Worth(total=total, share=explained / sum(tops.values()) if tops else 1.0)


Pair = tuple[float, float, float]
"""Energy of a line, energy at which it was seen, and how sharply [keV]."""


def _pairs(matches: Sequence[Match]) -> list[Pair]:
    return [
        (group.energy_kev, group.top.energy_kev, max(group.top.significance, 1.0))
        for match in matches
        for group in match.groups
        if group.top is not None
    ]


def shift_of(pairs: Sequence[Pair], *, through_zero: bool = False) -> ScaleShift | None:
    """Return the shift that lines show, as a straight line where there are enough; None with too few.

    The worst third is left out once, so that one line out of its place does not move it.

    Args:
        pairs: Lines and where they were seen.
        through_zero: Whether only the gain is off, as in scintillators.
    """
    if len(pairs) < _LEAST_LINES:
        return None
    first = _line(pairs, through_zero=through_zero)
    apart = sorted(pairs, key=lambda pair: abs(pair[1] - pair[0] - first.at(pair[1])))
    found = _line(apart[: max(_LEAST_LINES, len(pairs) - len(pairs) // 3)], through_zero=through_zero)
    return found if abs(found.gain) < _MOST_GAIN else None


def _line(pairs: Sequence[Pair], *, through_zero: bool) -> ScaleShift:
    true, seen, high = np.array(pairs, dtype=np.float64).T
    weight = np.minimum(high, _MOST_WEIGHT)
    away = seen - true
    if through_zero:
        return ScaleShift(gain=float(np.sum(weight * away * seen) / np.sum(weight * seen**2)))
    middle, mean = float(np.average(seen, weights=weight)), float(np.average(away, weights=weight))
    spread = float(np.average((seen - middle) ** 2, weights=weight))
    if len(pairs) < _LEAST_GAIN_LINES:
        return ScaleShift(offset_kev=mean)
    # Lines near each other say little about the gain: it is drawn towards none.
    gain = float(np.average((seen - middle) * (away - mean), weights=weight)) / (spread + _DRAWN_KEV**2)
    return ScaleShift(offset_kev=mean - gain * middle, gain=gain)


def shift_left(matches: Sequence[Match], evidence: Evidence) -> ScaleShift | None:
    """Return the shift that sharp lines of what was found still show; None where it is small."""
    sharp = [pair for pair in _pairs(matches) if pair[2] >= _SHARP]
    shift = shift_of(sharp) if len(sharp) >= _LEAST_GAIN_LINES else None
    if shift is None or evidence.kind.name == "scintillator" or not _matters(shift, sharp, evidence):
        return None
    return shift
