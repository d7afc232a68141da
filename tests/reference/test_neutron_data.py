"""Neutron constants: each names its sources, and none is called better known than they are."""

import math

import pytest

from counterseal.reference.citations import cited
from counterseal.reference.neutron_data import (
    CONSTANTS,
    INCC_HALF_LIVES,
    PU239_CHANCES,
    PU239_INDUCED,
    PU240_CHANCES,
    NeutronConstant,
)
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import KnownAs


@pytest.mark.parametrize("constant", CONSTANTS.values(), ids=CONSTANTS)
def test_a_constant_is_confirmed_exactly_when_all_its_sources_were_read(constant: NeutronConstant) -> None:
    assert constant.citations
    read = all(cited(key).known_as is KnownAs.CONFIRMED for key in constant.citations)
    assert (constant.known_as is KnownAs.CONFIRMED) == read


def test_the_recalled_chance_of_eight_neutrons_is_the_one_that_the_printed_moment_asks_for() -> None:
    others = math.fsum(n * (n - 1) * (n - 2) * chance for n, chance in enumerate(PU239_CHANCES[:8]))
    assert (PU239_INDUCED.third - others) / (8 * 7 * 6) == pytest.approx(PU239_CHANCES[8], abs=2e-6)


def test_chances_are_of_one_whole() -> None:
    for chances in (PU240_CHANCES, PU239_CHANCES):
        assert math.fsum(chances) == pytest.approx(1.0, abs=3e-7)
    # What the published program gives for no neutron would make a ten-thousandth too much.
    assert 0.0062555 + math.fsum(PU239_CHANCES[1:]) == pytest.approx(1.0001, abs=3e-7)


def test_the_half_lives_of_the_program_are_those_of_its_source() -> None:
    """In years of 365.24219 days, as its source code has them."""
    years = {
        "Pu-238": 87.74,
        "Pu-239": 24_119.0,
        "Pu-240": 6_564.0,
        "Pu-241": 14.348,
        "Pu-242": 376_300.0,
        "Am-241": 433.6,
    }
    data = load_nuclear_data()
    for name, value in years.items():
        found_s = data.nuclide(name).half_life_from(INCC_HALF_LIVES).half_life_s
        assert found_s / (365.24219 * 86_400) == pytest.approx(value, rel=1e-7)
