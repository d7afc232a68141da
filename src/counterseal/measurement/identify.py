"""Which nuclides does a spectrum show: an identification that is open to all nuclides of the table.

The spectrum is filtered with the width of its own peaks; every nuclide of the library is laid over what is
seen, behind every shield of a ladder, and what explains most is taken first (`identify_explain.py`). What
every place has is natural background, and is a finding only where it is stronger than places have it
(`identify_natural.py`). It is made for use outside a barrier: open, fast, with numpy as it comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterseal.measurement.identify_evidence import Evidence, Top, evidence_of
from counterseal.measurement.identify_explain import Accepted, Explanation, explain
from counterseal.measurement.identify_library import Pattern, found_as
from counterseal.measurement.identify_natural import SOIL_BQ_KG, natural
from counterseal.measurement.identify_scale import ScaleShift, shifted
from counterseal.measurement.identify_structure import structures
from counterseal.measurement.identify_unmix import EVERYWHERE, Counted, Unmixed, second_look
from counterseal.measurement.identify_width import FoundWidth, find_width
from counterseal.measurement.peak_width import PeakWidth
from counterseal.measurement.spectrum import Spectrum

OWN_SOURCES: tuple[tuple[str, str, float], ...] = (("identifinder", "Cs-137", 60.0),)
"""Instruments with a source of their own, which steadies the gain: what the file says of the instrument, the
nuclide, and counts in its line that it gives at most [1/s]. The one of the identiFINDER has about 0.5 kBq."""
_LEAST_ON_A_GUESS = 20.0
"""Significance of a finding where the width of peaks is a guess, and lines may stand together unseen."""
_NATURAL_LINE, _NATURAL_TOP = 0.01, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedNuclide:
    """A nuclide that a spectrum shows.

    Attributes:
        nuclide: Its name.
        lines_kev: Energies at which its lines were seen, by the table, the most visible first [keV].
        significance: Significance of these lines together [1].
        because: How it was concluded, where its own lines do not say so: a descendant's name, or empty.
    """

    nuclide: str
    lines_kev: tuple[float, ...]
    significance: float
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identification:
    """What a spectrum shows.

    Attributes:
        nuclides: Findings, the most significant first.
        natural: What is no more than natural background, or the instrument's own source.
        unexplained_kev: Energies of tops that nothing explains, in increasing energy [keV].
        width: Width of the peaks, and how many peaks say so.
        detector: Kind of detector that goes with it.
        shift: By how much the energy scale was too high.
    """

    nuclides: tuple[IdentifiedNuclide, ...]
    natural: tuple[IdentifiedNuclide, ...]
    unexplained_kev: tuple[float, ...]
    width: FoundWidth
    detector: str
    shift: ScaleShift


def identify(
    spectrum: Spectrum,
    *,
    library: Sequence[Pattern],
    with_it: Sequence[Spectrum] = (),
    background: Spectrum | None = None,
    width: PeakWidth | None = None,
    own_sources: Sequence[str] = (),
) -> Identification:
    """Return the nuclides that a spectrum shows, alone or with those of detectors that saw the same.

    Args:
        spectrum: Counts with an energy scale.
        library: Lines of the nuclides that are looked for, see ``build_library``.
        with_it: Spectra of further detectors of the same kind, each on its own energy scale.
        background: Background from the same detector; without it, usual natural background is allowed for.
        width: Width of peaks, where it is known; it is found from the spectrum otherwise.
        own_sources: Nuclides of sources within the instrument, which are no findings whatever their strength.

    Raises:
        MeasurementError: no increasing energy scale, too few channels, or a background that does not fit.
    """
    found_width = FoundWidth(width=width, from_peaks=0) if width is not None else find_width(spectrum)
    evidence = evidence_of(spectrum, width=found_width.width, background=background)
    for other in with_it:
        evidence = evidence.plus(evidence_of(other, width=found_width.width))
    explained = explain(library, evidence)
    names = [one.match.nuclide for one in explained.accepted]
    on_scale = shifted(evidence, explained.shift)
    usual = frozenset[str]() if background is not None else natural(names, library, on_scale)
    own = {name for name in names if name in own_sources} | _own(explained.accepted, spectrum)
    usual |= own
    findings = [one for one in explained.accepted if one.match.nuclide not in usual]
    wide = evidence.kind.name == "scintillator"
    guessed = width is None and not found_width.from_peaks
    if wide and guessed:
        findings = [one for one in findings if one.match.significance >= _LEAST_ON_A_GUESS]
    more: tuple[Unmixed, ...] = ()
    if wide and not with_it:
        more = _unmixed(
            spectrum,
            background,
            library=library,
            evidence=on_scale,
            width=(found_width.width, guessed),
            explained=explained,
        )
    known = {*own, *own_sources, *_told_of(spectrum), *(one.match.nuclide for one in findings)}
    more = tuple(one for one in more if one.nuclide not in known)
    usual -= {one.nuclide for one in more}
    allowed = [] if background is not None else [one for one in library if one.nuclide in EVERYWHERE]
    by_second = {one.nuclide for one in more}
    allowed += [one for one in library if one.nuclide in by_second]
    return Identification(
        nuclides=_named(findings, more),
        natural=tuple(
            _identified(one, one.match.nuclide) for one in explained.accepted if one.match.nuclide in usual
        ),
        unexplained_kev=tuple(
            round(top.energy_kev, 1) for top in explained.left if not _at_a_line(top, allowed, on_scale)
        ),
        width=found_width,
        detector=evidence.kind.name,
        shift=explained.shift,
    )


def _unmixed(
    spectrum: Spectrum,
    background: Spectrum | None,
    *,
    library: Sequence[Pattern],
    evidence: Evidence,
    width: tuple[PeakWidth, bool],
    explained: Explanation,
) -> tuple[Unmixed, ...]:
    """Return what a second look finds above the lines of what was found first.

    The width comes with whether it is a guess.
    """
    used = slice(len(spectrum.counts) - len(evidence.energies_kev), None)
    there = np.zeros(len(evidence.energies_kev))
    ratio = 0.0
    if background is not None:
        there = background.counts[used].astype(np.float64)
        ratio = spectrum.live_time_ns / background.live_time_ns
    counted = Counted(
        energies_kev=evidence.energies_kev,
        counts=spectrum.counts[used].astype(np.float64),
        background=there,
        times=ratio,
        width=width[0],
        evidence=evidence,
        guessed=width[1],
    )
    names = [one.match.nuclide for one in explained.accepted]
    tops = evidence.tops()
    proper = [top for one in explained.accepted for top in one.tops]
    seen = [
        group.energy_kev
        for one in explained.accepted
        if one.match.nuclide not in SOIL_BQ_KG
        for group in one.match.groups
        if group.top is not None
    ]
    marks = structures(tops, proper, names, evidence)
    beside = [name for name in names if name not in SOIL_BQ_KG]
    return second_look(counted, library=library, seen_kev=seen, found_before=beside, marks=marks)


def _named(findings: Sequence[Accepted], more: Sequence[Unmixed]) -> tuple[IdentifiedNuclide, ...]:
    """Return findings under the names that they stand for, the most significant first."""
    names = [one.match.nuclide for one in findings]
    held: dict[str, IdentifiedNuclide] = {}
    for one in findings:
        name = found_as(one.match.nuclide, names)
        new = _identified(one, name)
        if name not in held or new.significance > held[name].significance:
            held[name] = new
    for extra in more:
        held[extra.nuclide] = IdentifiedNuclide(
            nuclide=extra.nuclide,
            lines_kev=tuple(round(energy, 1) for energy in extra.lines_kev),
            significance=round(extra.significance, 1),
        )
    return tuple(sorted(held.values(), key=lambda one: -one.significance))


def _identified(one: Accepted, name: str) -> IdentifiedNuclide:
    match = one.match
    return IdentifiedNuclide(
        nuclide=name,
        lines_kev=tuple(round(group.energy_kev, 1) for group in match.groups if group.top is not None),
        significance=round(match.significance, 1),
        because="" if name == match.nuclide else match.nuclide,
    )


def _own(accepted: Sequence[Accepted], spectrum: Spectrum) -> set[str]:
    """Return the nuclides of sources that the instrument is known to have, where no more of them is seen."""
    own = _told_of(spectrum)
    strongest = {one.match.nuclide: max(top.area_counts for top in one.match.tops) for one in accepted}
    seconds = max(spectrum.live_time_s, 1e-9)
    return {name for name, counts in strongest.items() if name in own and counts / seconds <= own[name]}


def _told_of(spectrum: Spectrum) -> dict[str, float]:
    """Return sources of the instrument that a file names, and the counts in their lines at most [1/s]."""
    told = " ".join((spectrum.name, *spectrum.provenance.remarks)).lower()
    return {nuclide: most for instrument, nuclide, most in OWN_SOURCES if instrument in told}


def _at_a_line(top: Top, patterns: Sequence[Pattern], evidence: Evidence) -> bool:
    """Return whether a top that nothing explained is at a line of what is everywhere, or was found later."""
    if top.significance > _NATURAL_TOP:
        return False
    reach = float(evidence.tolerance_at(top.energy_kev))
    return any(
        bool((np.abs(one.energies_kev[one.intensities >= _least(one)] - top.energy_kev) <= reach).any())
        for one in patterns
    )


def _least(pattern: Pattern) -> float:
    """Return photons per decay of the weakest line of a nuclide that may make a top [1]."""
    return _NATURAL_LINE if pattern.nuclide in EVERYWHERE else _NATURAL_LINE / 2.0
