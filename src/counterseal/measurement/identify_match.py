"""Does a nuclide fit what is seen: its lines in their places, in proportion, and none missing."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.identify_evidence import LOWEST_KEV, Evidence, Top
from counterseal.measurement.identify_library import USUAL, Pattern
from counterseal.measurement.identify_response import DetectorKind, factor_between, responses
from counterseal.measurement.spectrum import Floats

Places = NDArray[np.int64]

_REACH = 6.0
_APART = 1.6
"""Two groups of lines are one when they are nearer than this [standard deviations]."""
_MOST_GROUPS = 14
_LEAST_GROUP = 2e-3
OPTIONAL_BELOW_KEV = 45.0
"""Lines below are not missed: windows, dead layers and thresholds of the electronics take them away."""
_MISSED = 3.0
_ASTRAY = 3e-3
"""A line is not missed where a top is within this part of its energy: the scale may be off there."""
_SEEN_PER_MISSING, _MISSING_COSTS = 5, 2.0
"""Tables and overlaps can be wrong: one line in so many seen ones may be missing, at a price."""
_MOST_UNSEEN = 2.0
_ANCHORS = 4
_LEAST_HEIGHT = 1e-9
"""Behind a shield that leaves less than this part of it, nothing of a nuclide is looked for."""
_NOWHERE: Places = np.zeros(0, dtype=np.int64)
_SOFT = 8.0
_PER_SHIELD = 0.2
_UNUSUAL = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines of a nuclide that the detector does not tell apart.

    Attributes:
        energy_kev: Where they should be seen together [keV].
        expected_counts: What they should have, by the strength that was found [counts].
        top: The top that was taken for them, or None.
    """

    energy_kev: float
    expected_counts: float
    top: Top | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well a nuclide fits.

    Attributes:
        nuclide: Its name.
        score: What speaks for it less what speaks against it; comparable between nuclides.
        groups: Its groups of lines, the most visible first.
        anchor_kev: Energy of the group that says how strong it is [keV].
        strength: Decays that it would take, if every photon at full efficiency gave a count [1].
        together: Significance of all its lines, seen as tops or not, in their proportion [1].
    """

    nuclide: str
    score: float
    groups: tuple[Group, ...]
    anchor_kev: float
    strength: float
    together: float

    @property
    def tops(self) -> tuple[Top, ...]:
        """Tops that were taken for its lines, those of the most visible lines first."""
        return tuple(group.top for group in self.groups if group.top is not None)

    @property
    def significance(self) -> float:
        """Significance of its tops together [1]."""
        return math.sqrt(sum(top.significance**2 for top in self.tops))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expectation:
    """What a nuclide would give in this detector, for every shield of the ladder.

    Attributes:
        pattern: Its lines.
        energies_kev: Where groups could be seen [keV], shape (places,).
        heights: What the filter would answer there for one decay, shape (shields, places).
        chosen: For every shield the places of its groups, the most visible first.
    """

    pattern: Pattern
    energies_kev: Floats
    heights: Floats
    chosen: tuple[Places, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sight:
    """What is seen at one moment of an identification.

    Attributes:
        evidence: The filtered spectrum, less what is explained already.
        tops: Its tops that may be lines.
        all_kev: Energies of all its tops, also of those that are explained otherwise [keV], increasing.
        shadow: What strong tops may hide beside them [counts], shape (channels,).
    """

    evidence: Evidence
    tops: tuple[Top, ...]
    all_kev: Floats
    shadow: Floats


def expectation(pattern: Pattern, evidence: Evidence) -> Expectation | None:
    """Return what a nuclide would give in this detector; None where none of its lines is in reach."""
    low, high = max(float(evidence.energies_kev[0]), LOWEST_KEV), float(evidence.energies_kev[-1])
    inside = (pattern.energies_kev > low) & (pattern.energies_kev < high)
    if not inside.any():
        return None
    energies = pattern.energies_kev[inside]
    sigma = np.interp(energies, evidence.energies_kev, evidence.sigma_kev)
    between = (energies[1:] + energies[:-1])[np.diff(energies) < 2.0 * sigma[1:]] / 2.0
    places = np.sort(np.concatenate((energies, between)))
    sigma = np.interp(places, evidence.energies_kev, evidence.sigma_kev)
    away = np.abs(places[:, None] - energies[None, :]) / sigma[:, None]
    square = np.minimum(away, _REACH) ** 2
    answer = np.where(away < _REACH, (1.0 - square / 2.0) * np.exp(-square / 4.0), 0.0)
    heights = (pattern.intensities[inside] * responses(evidence.kind, energies)) @ answer.T
    _, noise = evidence.at(places)
    clear = float(heights[0].max())
    chosen = tuple(
        _groups(height, noise, places, sigma) if height.max() > _LEAST_HEIGHT * clear else _NOWHERE
        for height in heights
    )
    return Expectation(pattern=pattern, energies_kev=places, heights=heights, chosen=chosen)


def _groups(height: Floats, noise: Floats, places: Floats, sigma: Floats) -> Places:
    """Return the places of groups of lines, the most visible first, each where it is highest."""
    visible = height / noise
    apart = _APART * sigma
    first = np.searchsorted(places, places - apart).tolist()
    last = np.searchsorted(places, places + apart, side="right").tolist()
    order = np.argsort(-visible, kind="stable")
    order = order[visible[order] >= _LEAST_GROUP * float(visible.max())]
    chosen: list[int] = []
    at: list[float] = []
    for place in order.tolist():
        top = first[place] + int(height[first[place] : last[place]].argmax())
        energy, reach = float(places[top]), float(apart[top])
        if all(abs(other - energy) > reach for other in at):
            chosen.append(top)
            at.append(energy)
            if len(chosen) == _MOST_GROUPS:
                break
    return np.array(chosen, dtype=np.int64)


def best_match(expected: Expectation, sight: Sight) -> Match | None:
    """Return the best fit of a nuclide over all shields; None where nothing of it is seen.

    Args:
        expected: What it would give.
        sight: What is seen, less what is explained already.
    """
    seen = _seen(expected, sight)
    if not (seen.top >= 0).any():
        return None
    best: tuple[float, int, int] | None = None
    for shield, chosen in enumerate(expected.chosen):
        found = _best_anchor(seen.of(chosen), expected.heights[shield][chosen], sight.evidence.kind)
        if found is not None and (best is None or found[0] - _PER_SHIELD * shield > best[0]):
            best = found[0] - _PER_SHIELD * shield, shield, found[1]
    return None if best is None else _match(expected, sight, seen, best)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Seen:
    """What is seen at places, arrays of one length; ``top`` is the number of the top there, or -1."""

    energy_kev: Floats
    area: Floats
    noise: Floats
    shadow: Floats
    astray: NDArray[np.bool_]
    fit: Floats
    top: Places

    def of(self, chosen: Places) -> "_Seen":
        """Return what is seen at some of the places."""
        return _Seen(
            energy_kev=self.energy_kev[chosen],
            area=self.area[chosen],
            noise=self.noise[chosen],
            shadow=self.shadow[chosen],
            astray=self.astray[chosen],
            fit=self.fit[chosen],
            top=self.top[chosen],
        )


def _seen(expected: Expectation, sight: Sight) -> _Seen:
    energies = expected.energies_kev
    evidence = sight.evidence
    area, noise = evidence.at(energies)
    fit, top = _nearest(energies, sight)
    matched = top >= 0
    if matched.any():
        areas = np.array([one.area_counts for one in sight.tops])[top[matched]]
        area[matched] = areas
        noise[matched] = areas / np.array([one.significance for one in sight.tops])[top[matched]]
    return _Seen(
        energy_kev=energies,
        area=area,
        noise=noise,
        shadow=np.interp(energies, evidence.energies_kev, sight.shadow),
        astray=_astray(energies, sight.all_kev),
        fit=fit,
        top=top,
    )


def _nearest(energies: Floats, sight: Sight) -> tuple[Floats, Places]:
    """Return how well the top that speaks most for each place is in place (0 to 1), and its number or -1."""
    if not sight.tops:
        return np.zeros(len(energies)), np.full(len(energies), -1, dtype=np.int64)
    at = np.array([top.energy_kev for top in sight.tops])
    high = np.log1p(np.array([top.significance for top in sight.tops]))
    away = (at[None, :] - energies[:, None]) / sight.evidence.tolerances_at(energies)[:, None]
    fit = np.where(np.abs(away) <= 1.0, np.exp(-(away**2)), 0.0)
    best = np.argmax(fit * high, axis=1)
    fits = fit[np.arange(len(energies)), best]
    return fits, np.where(fits > 0, best, -1)


def _astray(energies: Floats, tops_kev: Floats) -> NDArray[np.bool_]:
    if not len(tops_kev):
        return np.zeros(len(energies), dtype=bool)
    nearest = np.min(np.abs(tops_kev[None, :] - energies[:, None]), axis=1)
    found: NDArray[np.bool_] = nearest < _ASTRAY * energies
    return found


def _best_anchor(seen: _Seen, height: Floats, kind: DetectorKind) -> tuple[float, int] | None:
    """Return the best score, and which group says how strong the nuclide is."""
    best: tuple[float, int] | None = None
    anchors = np.flatnonzero((seen.top >= 0) & (height > _LEAST_HEIGHT * height.max(initial=0.0)))
    for anchor in anchors[:_ANCHORS].tolist():
        score = _score(seen, height, anchor, kind)
        if score is not None and (best is None or score > best[0]):
            best = score, anchor
    return best


def _score(seen: _Seen, height: Floats, anchor: int, kind: DetectorKind) -> float | None:
    """Return what speaks for a nuclide as strong as one group shows; None where a line is missing."""
    expected = height * (seen.area[anchor] / height[anchor])
    factor = factor_between(kind, seen.energy_kev, float(seen.energy_kev[anchor]))
    there = seen.top >= 0
    needed = (seen.energy_kev >= OPTIONAL_BELOW_KEV) & (there | ~seen.astray)
    area = np.maximum(seen.area, 0.0)
    missing = needed & (expected / factor > area + seen.shadow + _MISSED * seen.noise)
    if np.count_nonzero(missing) > np.count_nonzero(there) // _SEEN_PER_MISSING:
        return None
    worth = np.log1p((np.minimum(area, factor * expected) / seen.noise) ** 2 / _SOFT) * seen.fit
    gain = float(np.sum((worth * np.where(seen.area > factor * expected, 0.5, 1.0))[there]))
    unseen = _unseen(seen, expected)[needed & ~there & ~missing]
    most = 0.0 if kind.name == "scintillator" else _MOST_UNSEEN
    return gain - _MISSING_COSTS * np.count_nonzero(missing) + min(float(np.sum(unseen)), most)


def _unseen(seen: _Seen, expected: Floats) -> Floats:
    """Return what lines speak for or against a nuclide that are not high enough to be tops.

    It is the logarithm of the likelihood ratio, held between bounds as all that is said of single lines.
    """
    noise = np.sqrt(seen.noise**2 + seen.shadow**2)
    likely, is_ = expected / noise, seen.area / noise
    short = np.maximum(likely - np.maximum(is_, 0.0), 0.0)
    found: Floats = np.clip(
        likely * is_ - likely**2 / 2.0,
        -np.log1p(short**2 / _SOFT),
        np.where(is_ > 0, np.log1p(is_**2 / _SOFT), 0.0),
    )
    return found


def _match(expected: Expectation, sight: Sight, seen: _Seen, best: tuple[float, int, int]) -> Match:
    score, shield, anchor = best
    chosen = expected.chosen[shield]
    here, height = seen.of(chosen), expected.heights[shield][chosen]
    strength = float(here.area[anchor] / height[anchor])
    tops = [sight.tops[number] if number >= 0 else None for number in here.top.tolist()]
    groups = tuple(
        Group(energy_kev=energy, expected_counts=strength * high, top=top)
        for energy, high, top in zip(here.energy_kev.tolist(), height.tolist(), tops, strict=True)
    )
    name = expected.pattern.nuclide
    return Match(
        nuclide=name,
        score=score - (0.0 if name in USUAL else _UNUSUAL),
        groups=groups,
        anchor_kev=float(here.energy_kev[anchor]),
        strength=strength,
        together=_together(here, strength * height),
    )


def _together(seen: _Seen, expected: Floats) -> float:
    """Return the significance of all groups as one, each weighed by what it should have."""
    proper = seen.energy_kev >= OPTIONAL_BELOW_KEV
    variance = (seen.noise**2 + seen.shadow**2)[proper]
    if not len(variance):
        return 0.0
    # No line speaks for more than it should have, so that one strong line does not stand for all.
    area = np.minimum(seen.area[proper], 2.0 * expected[proper])
    sum_ = float(np.sum(area * expected[proper] / variance))
    return sum_ / math.sqrt(float(np.sum(expected[proper] ** 2 / variance)))
