"""Simulated reference spectra of uranium at six enrichments, half an hour by a portable germanium detector.

GADRAS spectra of the set named in the data's own page; no count stands at 258 keV in any of them, so
nothing may be decided about the enrichment, and the lines of U-235 are there from 20 % on.
"""

from functools import cache

import numpy as np
import pytest

from counterseal.app.foreign_formats import read_spectrum_file
from counterseal.measurement.attributes.plutonium_presence import decide_plutonium_presence
from counterseal.measurement.attributes.uranium_enrichment import (
    counted_regions,
    decide_uranium_enrichment,
)
from counterseal.measurement.attributes.uranium_presence import decide_uranium_presence
from counterseal.measurement.spectrum import Spectrum
from counterseal.terms.outcomes import MeasurementOutcome
from shared_data import shared
from strategies.uranium_spectra import enrichment_settings, indicator, presence_settings

YES, NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
OPEN = MeasurementOutcome.NO_DECISION
ENRICHED = ("0300", "0500", "2000", "5000", "8000", "9330")
OTHERS = ("U238", "U233", "Th232", "Ra226", "Cs137", "Ba133", "Pu239", "K40_Unshielded-Point")


@cache
def item(name: str) -> Spectrum:
    pytest.importorskip("SpecUtils", reason="the extra for foreign files is not installed")
    file = name if "_" in name or name == "background" else f"{name}_Unshielded"
    path = shared("spectra", "simulated", "Detective-EX", f"{file}.txt")
    return read_spectrum_file(path.read_bytes(), name=path.name)[0]


@pytest.mark.parametrize("enrichment", ENRICHED)
def test_no_enrichment_is_decided_where_258_kev_is_not_seen(enrichment: str) -> None:
    uranium = item(f"U235_Unshielded_{enrichment}")
    for background in (None, item("background")):
        answer = decide_uranium_enrichment(uranium, background=background, settings=enrichment_settings())
        assert (answer.outcome, answer.reason) == (OPEN, "line-not-seen")


@pytest.mark.parametrize("enrichment", ENRICHED[2:])
def test_the_lines_of_uranium_235_are_there_from_a_fifth_on(enrichment: str) -> None:
    uranium = item(f"U235_Unshielded_{enrichment}")
    rule = presence_settings().by_lines()
    answer = decide_plutonium_presence(uranium, background=item("background"), settings=rule)
    assert (answer.outcome, answer.reason) == (YES, "all-lines-present")


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_else_is_taken_for_enriched_uranium(name: str) -> None:
    for asked in (None, indicator()):
        rule = presence_settings(indicator=asked)
        answer = decide_uranium_presence(item(name), background=item("background"), settings=rule)
        assert answer.outcome is not YES


def test_thorium_is_told_from_uranium_232_by_actinium() -> None:
    """U-233 has U-232 with it and shows Tl-208 without Ac-228; thorium shows both."""

    def beyond_thorium(name: str) -> float:
        rule = presence_settings(indicator=indicator())
        answer = decide_uranium_presence(item(name), background=item("background"), settings=rule)
        figure = answer.figures[-1]
        return figure.estimate / figure.statistical

    assert beyond_thorium("U233") > 20
    assert beyond_thorium("Th232") < 2


def test_net_counts_at_186_kev_rise_with_the_enrichment() -> None:
    """What the set does not say in words: the number in the name is the enrichment in hundredths of a per cent."""
    rule = enrichment_settings()
    rates = []
    for enrichment in ENRICHED:
        regions = counted_regions(
            item(f"U235_Unshielded_{enrichment}"),
            item("background"),
            lines=rule.lines,
            method=rule.method,
        )
        assert regions is not None
        rates.append(regions[2].net / int(enrichment))
    assert np.std(rates) / np.mean(rates) < 0.08
