"""What the settings of a protocol state about wrong answers, and on which items: at a threshold, in a gate.

A factor states a rate because errors are taken as normal: a figure that must clear its threshold by ``k`` of
its combined uncertainty clears it wrongly in at most one minus the normal distribution at ``k`` of all
attempts. That holds over attempts in which the systematic part differs as stated. One that stays where it
is, in all attempts alike, is another matter: repeats do not average it out. Held at one standard
uncertainty on the wrong side it makes ``(k sqrt(s^2 + b^2) - b) / s`` of ``k``, with ``s`` of counting and
``b`` the systematic part, and that is never below ``sqrt(k^2 - 1)``.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from types import MappingProxyType
from typing import Any

from counterseal.barrier.attribute_table import questions_of
from counterseal.barrier.protocol import Protocol
from counterseal.measurement.attributes.neutron_presence import NeutronPresenceSettings
from counterseal.measurement.attributes.no_radiation import NoRadiationSettings
from counterseal.measurement.attributes.plutonium_mass import PlutoniumMassSettings
from counterseal.measurement.attributes.plutonium_presence import PlutoniumPresenceSettings
from counterseal.measurement.attributes.plutonium_ratio import PlutoniumRatioSettings
from counterseal.measurement.attributes.symmetry import SymmetrySettings
from counterseal.measurement.attributes.uranium_enrichment import UraniumEnrichmentSettings
from counterseal.measurement.attributes.uranium_presence import UraniumPresenceSettings
from counterseal.terms.outcomes import MeasurementOutcome

_YES, _NO = MeasurementOutcome.CONFIRMED, MeasurementOutcome.NOT_CONFIRMED
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRate:
    """How often, at most, an attribute gives a wrong answer on the item that is worst for it.

    Attributes:
        attribute: Its name.
        item: The item: the one just on the wrong side.
        answer: The wrong answer.
        factor: The number of the settings that states it.
        at_most: The rate, with systematic parts that differ from attempt to attempt as stated [0 to 1].
        at_most_held: The rate with a systematic part that stays at one standard uncertainty on the wrong
            side; None where none is in the decision.
    """

    attribute: str
    item: str
    answer: MeasurementOutcome
    factor: Fraction
    at_most: float
    at_most_held: float | None


def beyond(factor: float) -> float:
    """Return the chance that a normal error is above so many standard uncertainties [0 to 1].

    >>> round(beyond(2), 5), round(beyond(1.645), 5)
    (0.02275, 0.04998)
    """
    return _NORMAL.cdf(-factor)


def beyond_held(factor: float) -> float:
    """Return the same, at most, where a systematic part stays at one standard uncertainty [0 to 1].

    >>> round(beyond_held(2), 5), beyond_held(1), beyond_held(0.5)
    (0.04163, 0.5, 1.0)
    """
    return beyond(math.sqrt(factor * factor - 1.0)) if factor >= 1.0 else 1.0


def stated_rates(protocol: Protocol) -> tuple[StatedRate, ...]:
    """Return what a protocol states about wrong answers, attribute by attribute.

    A template states nothing by itself: its limits come from repeats, which say how often they reject.

    Raises:
        ProtocolError: an attribute or its settings are not in form.
    """
    return tuple(
        rate
        for question in questions_of(protocol)
        if type(question.settings) in _STATED
        for rate in _STATED[type(question.settings)](question.asked.name, question.settings)
    )


Rates = Iterator[StatedRate]


def _rate(
    name: str,
    item: str,
    *,
    answer: MeasurementOutcome,
    factor: Fraction,
    chances: int = 1,
    systematic: bool = True,
) -> StatedRate:
    return StatedRate(
        attribute=name,
        item=item,
        answer=answer,
        factor=factor,
        at_most=min(chances * beyond(float(factor)), 1.0),
        at_most_held=min(chances * beyond_held(float(factor)), 1.0) if systematic else None,
    )


def _at(name: str, item: str, coverage: Fraction) -> Rates:
    for answer in (_YES, _NO):
        yield _rate(name, item, answer=answer, factor=coverage)


def _no_radiation(name: str, settings: NoRadiationSettings) -> Rates:
    factor, bands = settings.detection_factor, len(settings.bands)
    yield _rate(name, "an empty place", answer=_NO, factor=factor, chances=bands)
    yield _rate(name, "a source at the stated limit of a band", answer=_YES, factor=settings.miss_factor)


def _neutron_presence(name: str, settings: NeutronPresenceSettings) -> Rates:
    return _at(name, "an item at the net rate of the threshold", settings.rate.coverage)


def _plutonium_mass(name: str, settings: PlutoniumMassSettings) -> Rates:
    return _at(name, "an item at the mass of the threshold", settings.mass_g.coverage)


def _plutonium_ratio(name: str, settings: PlutoniumRatioSettings) -> Rates:
    return _at(name, "an item at the ratio of the threshold", settings.threshold.coverage)


def _symmetry(name: str, settings: SymmetrySettings) -> Rates:
    return _at(name, "an item with one side at the tolerance", settings.coverage)


def _lines(name: str, settings: PlutoniumPresenceSettings) -> Rates:
    """Yield what is stated of lines that must all be there; no systematic part is in them but their gates."""
    detection, coverage = settings.detection_factor, settings.coverage
    lacking, off = "an item without one of the lines", "an item with a line at the edge of its gates"
    yield _rate(name, lacking, answer=_YES, factor=detection, systematic=False)
    yield _rate(name, off, answer=_YES, factor=coverage, systematic=False)
    if settings.least_rate_per_s is not None:
        least = "an item at the least rate of the first line"
        yield _rate(name, least, answer=_NO, factor=coverage, systematic=False)


def _uranium_enrichment(name: str, settings: UraniumEnrichmentSettings) -> Rates:
    return _at(name, "uranium at an enrichment of the threshold", settings.enrichment.coverage)


def _uranium_presence(name: str, settings: UraniumPresenceSettings) -> Rates:
    yield from _lines(name, settings.by_lines())
    yield from _uranium_enrichment(name, settings.by_enrichment())
    if settings.indicator is not None:
        thorium = "enriched uranium with thorium alone"
        yield _rate(name, thorium, answer=_YES, factor=settings.enrichment.coverage, systematic=False)


_STATED: Mapping[type, Callable[[str, Any], Rates]] = MappingProxyType(
    {
        NeutronPresenceSettings: _neutron_presence,
        NoRadiationSettings: _no_radiation,
        PlutoniumMassSettings: _plutonium_mass,
        PlutoniumPresenceSettings: _lines,
        PlutoniumRatioSettings: _plutonium_ratio,
        SymmetrySettings: _symmetry,
        UraniumEnrichmentSettings: _uranium_enrichment,
        UraniumPresenceSettings: _uranium_presence,
    }
)
