"""Identification held against spectra whose truth is published: three detectors, 27 sources each, and real ones.

The figures of ``docs/reference/identification.md`` are those of this test. The truth is the nuclide in the name
of the published file, which the program never sees.
"""

import re
from dataclasses import replace
from functools import cache

import pytest

from counterseal.app.foreign_formats import read_spectrum_file
from counterseal.measurement.identify import Identification, identify
from counterseal.measurement.spectrum import Spectrum
from shared_data import shared
from strategies.known_sources import LIBRARY, names

DETECTORS = ("Detective-EX", "CZT_H3D_M400", "IdentiFINDER-NG")
NOT_BY_GAMMAS = {"Cf-252"}
MISSED = {"IdentiFINDER-NG": {"Pu239_Unshielded", "U238_Unshielded"}}
COMPANY = {
    "Pu-238": {"Am-241", "Pu-241"},
    "Pu-239": {"Am-241", "Pu-241"},
    "U-233": {"U-232"},
    "U-235": {"U-238"},
}
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
        assert nuclide in got or source in MISSED.get(detector, set()), (detector, source, got)
    return named, len(chosen)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_part_of_the_sources(detector: str) -> None:
    every = [one for one in sources(detector) if one != "background" and truth(one) not in NOT_BY_GAMMAS]
    named, of = check(detector, every[1::4])
    assert named >= of - 1


@pytest.mark.soak
@pytest.mark.parametrize("detector", DETECTORS)
def test_all_sources(detector: str) -> None:
    every = [one for one in sources(detector) if one != "background" and truth(one) not in NOT_BY_GAMMAS]
    named, of = check(detector, every)
    assert of == 25
    assert named == of - len(MISSED.get(detector, ()))


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
