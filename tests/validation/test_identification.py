"""Identification held against spectra whose truth is published: three detectors, 27 sources each, and real ones.

The figures of ``docs/reference/identification.md`` are those of this test. The truth is the nuclide in the name
of the published file, which the program never sees.
"""

import math
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from counterseal.app.foreign_formats import read_spectrum_file
from counterseal.measurement.identify import Identification, identify
from counterseal.measurement.spectrum import Spectrum
from shared_data import shared
from strategies.known_sources import LIBRARY, names

DETECTORS = ("Detective-EX", "CZT_H3D_M400", "IdentiFINDER-NG")
NOT_BY_GAMMAS = {"Cf-252"}
MISSED = {"IdentiFINDER-NG": {"Pu239_Unshielded"}}
LEAST_NAMED = 0.95
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "identification.md"
COMPANY = {
    "Pu-238": {"Am-241", "Pu-241"},
    "Pu-239": {"Am-241", "Pu-241"},
    "U-233": {"U-232"},
    "U-235": {"U-238"},
}
WITH_A_PAIRED_BACKGROUND = {**COMPANY, "U-233": {"U-232", "Th-228", "Th-229"}}
NATURAL = {"K-40", "Ra-226", "Th-232", "U-238", "U-235"}


def sources(detector: str) -> list[str]:
    folder = shared("spectra", "simulated", detector)
    return sorted(path.stem for path in folder.glob("*.txt"))


@cache
def spectrum(*parts: str) -> Spectrum:
    path = shared("spectra", *parts)
    held = read_spectrum_file(path.read_bytes(), name=path.name)[0]
    return replace(held, name="")  # the name of the file is its title too


@cache
def found(detector: str, source: str) -> Identification:
    return identify(spectrum("simulated", detector, f"{source}.txt"), library=LIBRARY)


def truth(source: str) -> str:
    found = re.match(r"([A-Z][a-z]?)(\d+)_", source)
    assert found is not None, source
    return f"{found[1]}-{found[2]}"


def check(detector: str, chosen: list[str]) -> tuple[int, int]:
    """Return how many of the sources were named, and of how many; nothing else must be."""
    named = 0
    for source in chosen:
        nuclide = truth(source)
        got = names(found(detector, source))
        assert got <= {nuclide} | COMPANY.get(nuclide, set()), (detector, source, got)
        named += nuclide in got
        assert (nuclide in got) == (source not in MISSED.get(detector, set())), (detector, source, got)
    return named, len(chosen)


def scored(detector: str) -> list[str]:
    """Return the sources that can be known by gammas."""
    return [one for one in sources(detector) if one != "background" and truth(one) not in NOT_BY_GAMMAS]


def matrix(detector: str) -> list[str]:
    """Return the confusion matrix of a detector as rows of a table: truths, and what was named."""
    named: dict[str, Counter[str]] = {}
    files: Counter[str] = Counter()
    for source in sources(detector):
        held = "background" if source == "background" else truth(source)
        files[held] += 1
        named.setdefault(held, Counter()).update(names(found(detector, source)) or {"nothing"})
    others = sorted({one for held, of in named.items() for one in of if one not in (held, "nothing")})
    rows = [["truth", "files", "itself", *others, "nothing"]]
    rows += [
        [held, str(files[held])] + [str(of[one] or "") for one in (held, *others, "nothing")]
        for held, of in sorted(named.items())
    ]
    for row in rows[1:]:
        row[3:-1] = ["" if one == row[0] else shown for one, shown in zip(others, row[3:-1], strict=True)]
    rows.insert(1, ["---"] * len(rows[0]))
    return ["|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|" for row in rows]


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_part_of_the_sources(detector: str) -> None:
    every = scored(detector)
    named, of = check(detector, every[1::4])
    assert named >= of - 1


def test_weak_lines_among_those_of_soil_are_named_in_sodium_iodide() -> None:
    identification = found("IdentiFINDER-NG", "U238_Unshielded")
    assert names(identification) == {"U-238"}
    assert 1001.0 in identification.nuclides[0].lines_kev


@pytest.mark.soak
@pytest.mark.parametrize("detector", DETECTORS)
def test_all_sources(detector: str) -> None:
    named, of = check(detector, scored(detector))
    assert of == 25
    assert named >= math.ceil(LEAST_NAMED * of)


@pytest.mark.soak
@pytest.mark.parametrize("detector", DETECTORS)
def test_the_page_shows_what_is_measured(detector: str) -> None:
    assert "\n".join(matrix(detector)) in PAGE.read_text(encoding="utf-8"), "\n".join(matrix(detector))


@pytest.mark.soak
def test_the_page_says_how_many_are_named_with_a_paired_background() -> None:
    counted = []
    for detector in DETECTORS:
        there = spectrum("simulated", detector, "background.txt")
        got = {
            source: names(
                identify(spectrum("simulated", detector, f"{source}.txt"), library=LIBRARY, background=there)
            )
            for source in scored(detector)
        }
        counted.append(sum(truth(source) in one for source, one in got.items()))
        allowed = {
            source: {truth(source)} | WITH_A_PAIRED_BACKGROUND.get(truth(source), set()) for source in got
        }
        assert not {source: one for source, one in got.items() if not one <= allowed[source]}, detector
    said = f"{counted[0]}, {counted[1]} and {counted[2]} of 25 are named"
    assert said in PAGE.read_text(encoding="utf-8"), said


@pytest.mark.parametrize("detector", DETECTORS)
def test_nothing_is_invented_on_background_and_neutrons_alone_show_no_nuclide(detector: str) -> None:
    assert names(found(detector, "background")) == set()
    assert names(found(detector, "Cf252_Unshielded")) == set()


@pytest.mark.parametrize(
    ("file", "nuclides", "with_it"),
    [
        ("eu_calib_7cm.Spe", {"Eu-152"}, {"Eu-154"}),
        ("ba133_source_640s_20100317.n42", {"Ba-133"}, {"K-40"}),
        ("hpge_dummy_test_01.iec", {"Co-60"}, set()),
        ("mendocino_kelp.Spe", {"K-40"}, {"Cs-137", "Co-60"}),
        ("background_20100317.n42", set(), {"K-40"}),
        ("naa_cave_background.spe", set(), {"U-238", "U-235", "Co-60"}),
        ("falcon5000_beach.cnf", set(), NATURAL),
        ("Alcatraz14.Spc", set(), NATURAL),
    ],
)
def test_real_spectra(file: str, nuclides: set[str], with_it: set[str]) -> None:
    got = names(identify(spectrum("sources", file), library=LIBRARY))
    assert nuclides <= got <= nuclides | with_it


def test_activated_pottery_shows_what_pottery_is_activated_to() -> None:
    got = names(identify(spectrum("sources", "naa_cave_pottery.Spe"), library=LIBRARY))
    assert got == {"Eu-152", "Eu-154", "Co-60", "Cs-134", "Sc-46"}


@pytest.mark.parametrize(
    "file",
    [
        "48xmDT-CBNMPu70-10cm-Fe16-Cd00-0.spe",
        pytest.param("1461_0190727Pu240.spe", marks=pytest.mark.soak),
    ],
)
def test_plutonium_reference_materials(file: str) -> None:
    got = names(identify(spectrum("cbnm", file), library=LIBRARY))
    assert {"Pu-239", "Pu-238", "Pu-241", "Am-241"} <= got
    assert got <= {"Pu-238", "Pu-239", "Pu-240", "Pu-241", "Am-241", "Np-237", "U-232"}


def net_counts(held: Spectrum, energy_kev: float, fwhm_kev: float) -> tuple[float, float]:
    """Return counts above the mean of two side bands, and their standard deviation, without any search."""
    energies = held.energies_kev()

    def within(low: float, high: float) -> tuple[int, int]:
        inside = (energies >= energy_kev + low * fwhm_kev) & (energies < energy_kev + high * fwhm_kev)
        return int(held.counts[inside].sum()), int(inside.sum())

    peak, wide = within(-1.25, 1.25)
    left, right = within(-4.0, -2.0), within(2.0, 4.0)
    part = wide / (left[1] + right[1])
    beside = left[0] + right[0]
    return peak - part * beside, math.sqrt(peak + part * part * beside)


LEAD_CAVE = ("sources", "naa_cave_background.spe")
SAME_CAVE = ("sources", "mendocino_kelp.Spe")
GERMANIUM = ("cbnm", "mDT-BKG-2017-09-20_summed.n42")


@pytest.mark.parametrize(
    ("file", "energy_kev", "off"),
    [
        (file, energy, off)
        for file, off in ((LEAD_CAVE, 5.5e-4), (SAME_CAVE, 0.0))
        for energy in (63.29, 185.9, 766.36, 1001.03, 1173.228, 1332.492)
    ]
    + [(GERMANIUM, 661.657, 0.0)],
)
def test_what_is_named_on_real_backgrounds_has_its_lines_there(
    file: tuple[str, str], energy_kev: float, off: float
) -> None:
    fwhm = 1.37 * math.sqrt(0.35 + 0.65 * energy_kev / 661.657) if file != GERMANIUM else 1.7
    net, uncertain = net_counts(spectrum(*file), energy_kev * (1.0 + off), fwhm)
    assert net > 5.0 * uncertain


def test_the_lead_cave_shows_uranium_at_the_same_rate_with_another_sample_in_it() -> None:
    rates = []
    for file, off in ((LEAD_CAVE, 5.5e-4), (SAME_CAVE, 0.0)):
        held = spectrum(*file)
        net, uncertain = net_counts(held, 1001.03 * (1.0 + off), 1.6)
        rates.append((net / held.live_time_s, uncertain / held.live_time_s))
    (one, one_unc), (other, other_unc) = rates
    assert abs(one - other) < 3.0 * math.hypot(one_unc, other_unc)


def test_both_lines_of_cobalt_in_the_lead_cave_are_as_strong_as_they_should_be() -> None:
    held = spectrum(*LEAD_CAVE)
    first, first_unc = net_counts(held, 1173.9, 1.7)
    second, second_unc = net_counts(held, 1333.2, 1.75)
    assert second / first == pytest.approx(0.9, abs=3.0 * math.hypot(first_unc, second_unc) / first)
