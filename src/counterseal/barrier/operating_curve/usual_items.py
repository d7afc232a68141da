"""Items for a protocol that comes without: generic, made up, and placed about the protocol's own thresholds.

An item at a threshold is the worst: there stand the rates that the protocol states. One not far on the right
side, and one as far on the wrong, show what is gained beyond; the distance means nothing else. Systematic
terms are at their limits: what they stand for differs from attempt to attempt by as much as they allow.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np

from counterseal.barrier.errors import BarrierError
from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.response import expected_channels, running_counts
from counterseal.barrier.operating_curve.usual_equipment import (
    off,
    text,
    usual_counter,
    usual_detector,
    usual_items,
)
from counterseal.barrier.protocol import TEMPLATE, Protocol
from counterseal.measurement.simulate_pulses import factorial_moments
from counterseal.reference.neutron_data import PU240_CHANCES, PU240_FISSION_RATE_PER_S_G
from counterseal.reference.nuclear_data import load_nuclear_data

_FAR = 1.6
"""How far items are from a threshold, as a factor."""
_TOTAL_PER_S = 2_000.0
_SEEN = 0.8
"""Background over the one at which a limit is only just guaranteed."""
_COMMON = ("Am-241", "Co-57", "Ba-133", "Cs-137", "Co-60", "Eu-152", "Y-88")

Document = dict[str, Any]
Settings = Mapping[str, Any]


def usual_document(protocol: Protocol) -> Document:
    """Return items for a protocol as a document, which `parse_items` reads.

    Raises:
        BarrierError: there are none for what it asks; the user must state some.
    """
    names = tuple(sorted(asked.name for asked in protocol.asked))
    make = _USUAL.get(names)
    if make is None:
        raise BarrierError(
            f"operating curve of {', '.join(names)}: no items are ready-made for that; state --items"
        )
    return make(protocol, {asked.name: asked.settings for asked in protocol.asked})


def _quiet(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    bands = settings["no-radiation"]["bands"]
    time_s = float(protocol.measuring.time_s)
    limits = [float(Fraction(band["limit_rate_per_s"])) for band in bands]
    factors = sum(
        float(Fraction(settings["no-radiation"][name])) for name in ("detection_factor", "miss_factor")
    )
    smooth_per_s = _SEEN * min(limits) ** 2 * time_s / (2 * factors * factors)
    populations = [_population("empty place", None, genuine=True)]
    for band, limit in zip(bands, limits, strict=True):
        low, high = (float(Fraction(edge)) for edge in band["band_kev"])
        nuclide, per_bq = max(
            ((name, _in_band(protocol, name, low, high)) for name in _COMMON), key=lambda pair: pair[1]
        )
        if not per_bq > 0:
            raise BarrierError(
                f"operating curve: no common source shows in {low:g} to {high:g} keV; state --items"
            )
        source = _source(nuclide, limit / per_bq)
        name = f"{nuclide} at the limit of {low:g} to {high:g} keV"
        populations.append(_population(name, _gamma(sources=[source]), genuine=False))
    variation = settings["no-radiation"]["background_variation"]
    return usual_items(
        protocol,
        populations=populations,
        smooth_per_s=smooth_per_s,
        background=off(1.0, float(Fraction(variation))),
    )


def _neutrons(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    rate = settings["neutron-presence"]["rate"]
    threshold, coverage = float(Fraction(rate["value"])), float(Fraction(rate["coverage"]))
    time_s, background = float(protocol.measuring.time_s), max(threshold, 1.0)
    above = threshold + 2 * coverage * ((threshold + 2 * background) / time_s) ** 0.5
    populations = [
        _population("neutrons, above the threshold by twice the margin", None, genuine=True, rate=above),
        _population("neutrons at the threshold", None, genuine=False, rate=threshold),
    ]
    varying = off(1.0, float(Fraction(settings["neutron-presence"]["background_variation"])))
    return usual_items(protocol, populations=populations, neutrons_per_s=background, background=varying)


def _mass(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    """Return plutonium on both sides of a mass, in a counter that is off as the agreed calibration may be."""
    asked = settings["plutonium-mass"]
    threshold, agreed = asked["mass_g"], asked["counter"]
    value, above = float(Fraction(threshold["value"])), threshold["holds"] == "above"
    share = float(Fraction(asked["effective_percent"])) / 100
    spread = math.hypot(*(float(Fraction(asked[name])) for name in ("effective_percent_unc", "model_unc")))
    chosen = [(_FAR, above), (1.0, False), (1 / _FAR, not above)]
    populations = [
        {
            "name": f"plutonium, {factor * value:.3g} g of metal",
            "genuine": genuine,
            "gamma": None,
            "neutrons": {
                "m240_g": off(factor * value * share, spread),
                "alpha": 0,
                "multiplication": 1,
            },
        }
        for factor, genuine in sorted(chosen, key=lambda pair: not pair[1])
    ]
    return usual_items(protocol, populations=populations, counter=usual_counter(agreed))


def _plutonium(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    ratio, floor, more = 0.06, "0", []
    if "plutonium-ratio" in settings:
        floor = settings["plutonium-ratio"]["systematic_floor"]
        threshold = settings["plutonium-ratio"]["threshold"]
        value, below = float(Fraction(threshold["value"])), threshold["holds"] == "below"
        ratio = value / _FAR if below else value * _FAR
        for factor in (1.0, _FAR):
            other = value * factor if below else value / factor
            name = f"plutonium, Pu-240/Pu-239 of {other:.3g}"
            more.append(_population(name, _of_plutonium(protocol, other, floor), genuine=False))
    populations = [
        _population(
            f"plutonium, Pu-240/Pu-239 of {ratio:.3g}", _of_plutonium(protocol, ratio, floor), genuine=True
        ),
        *more,
    ]
    if "plutonium-presence" in settings:
        sources = [_source(name, 1_000_000) for name in ("Ba-133", "Cs-137", "Eu-152")]
        populations.append(_population("sources without plutonium", _gamma(sources=sources), genuine=False))
    return usual_items(protocol, populations=populations)


def _of_plutonium(protocol: Protocol, ratio: float, floor: Any) -> Document:
    parts = [("Pu-239", 1.0), ("Pu-240", ratio), ("Pu-241", ratio / 30), ("Am-241", ratio / 60)]
    return _material(protocol, parts, seen={"Pu-240": off(ratio, float(Fraction(floor)))})


def _uranium(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    (asked,) = settings.values()
    agreed = asked["enrichment"]
    if "value" in agreed:
        value = float(Fraction(agreed["value"]))
        above = agreed["holds"] == "above"
        inside = min(value * _FAR, (1 + value) / 2) if above else value / _FAR
        outside = [value, value / _FAR if above else min(value * _FAR, (1 + value) / 2)]
    else:
        low, high = (float(Fraction(agreed[name])) for name in ("lower", "upper"))
        inside, outside = (low * high) ** 0.5, [low, min(high * _FAR, (1 + high) / 2)]
    chosen = [(inside, True), *((value, False) for value in outside)]
    populations = [
        _population(
            f"uranium, enriched to {100 * enrichment:.3g} %",
            _material(
                protocol,
                [("U-235", enrichment), ("U-238", 1 - enrichment)],
                seen={"U-238": off(1 - enrichment, float(Fraction(asked["method"]["systematic_floor"])))},
            ),
            genuine=genuine,
        )
        for enrichment, genuine in chosen
    ]
    return usual_items(protocol, populations=populations)


def _symmetry(protocol: Protocol, settings: Mapping[str, Settings]) -> Document:
    asked = settings["symmetry"]
    sides, tolerance = int(asked["sides"]), float(Fraction(asked["tolerance"]))
    source = _source("Eu-152", 1_000_000)
    variation = asked["side_variation"]
    even = [off(1.0, float(Fraction(variation)))] * sides
    uneven = [*even[1:], off(max(1 - _FAR * tolerance, 0.0), float(Fraction(variation)))]
    populations = [
        _population("alike from all sides", _gamma(sources=[source], sides=even), genuine=True),
        _population("weaker on one side", _gamma(sources=[source], sides=uneven), genuine=False),
    ]
    return usual_items(protocol, populations=populations)


def _template(protocol: Protocol, _: Mapping[str, Settings]) -> Document:
    def mixed(caesium: float) -> Document:
        return _gamma(sources=[_source("Cs-137", 300_000 * caesium), _source("Eu-152", 300_000)])

    populations = [
        _population("the item of the template", mixed(1.0), genuine=True),
        _population("an item with less of one nuclide", mixed(1 / _FAR), genuine=False),
    ]
    made = {
        "population": "the item of the template",
        "runs": 5,
        "time_s": text(float(protocol.measuring.time_s)),
    }
    return usual_items(protocol, populations=populations, template=made)


_USUAL: Mapping[tuple[str, ...], Callable[[Protocol, Mapping[str, Settings]], Document]] = MappingProxyType(
    {
        ("neutron-presence",): _neutrons,
        ("no-radiation",): _quiet,
        ("plutonium-mass",): _mass,
        ("plutonium-presence",): _plutonium,
        ("plutonium-presence", "plutonium-ratio"): _plutonium,
        ("plutonium-ratio",): _plutonium,
        ("symmetry",): _symmetry,
        (TEMPLATE,): _template,
        ("uranium-enrichment",): _uranium,
        ("uranium-presence",): _uranium,
    }
)


def _population(name: str, gamma: Document | None, *, genuine: bool, rate: float = 0.0) -> Document:
    """Return a population; ``rate`` is the net rate of pulses that it gives [1/s]."""
    per_g = PU240_FISSION_RATE_PER_S_G * factorial_moments(PU240_CHANCES)[0] * 2.0 * 0.2
    neutrons = {"m240_g": text(rate / per_g), "alpha": 1, "multiplication": 1} if rate else None
    return {"name": name, "genuine": genuine, "gamma": gamma, "neutrons": neutrons}


def _gamma(**given: Any) -> Document:
    return {"sources": [], "materials": [], "shields": [], "sides": None} | given


def _source(nuclide: str, activity_bq: float) -> Document:
    return {"nuclide": nuclide, "activity_bq": text(activity_bq)}


def _material(protocol: Protocol, parts: list[tuple[str, float]], *, seen: Mapping[str, Any]) -> Document:
    """Return so much of a material that the detector counts 2,000 in a second.

    ``seen`` are masses as the systematic part of the figure lets them be seen, by nuclide.
    """
    data, rate = load_nuclear_data(), 0.0
    for nuclide, mass in parts:
        one = data.nuclide(nuclide)
        per_g = 0.6931471805599453 / one.half_life_s * 6.02214076e23 / one.mass_u
        rate += mass * per_g * _in_band(protocol, nuclide, 0.0, float("inf"))
    mass_g = _TOTAL_PER_S * sum(mass for _, mass in parts) / rate
    listed = [{"nuclide": nuclide, "mass": seen.get(nuclide, text(mass))} for nuclide, mass in parts]
    return _gamma(materials=[{"mass_g": text(mass_g), "parts": listed, "age_years": 0}])


def _in_band(protocol: Protocol, nuclide: str, low_kev: float, high_kev: float) -> float:
    """Return what the usual detector counts in a band per second and becquerel."""
    document = usual_items(protocol, populations=[_population("none", None, genuine=True)])
    detector = parse_items(document | {"detector": usual_detector(protocol)}).detector
    if detector is None:
        return 0.0
    table = running_counts(detector, nuclide, layers=(), width=1.0)
    counts = expected_channels(detector, [(1.0, table)], gain=1.0, drift=0.0)
    energies = detector.scale.energy_kev(np.arange(len(counts), dtype=np.float64))
    return float(counts[(energies >= low_kev) & (energies <= high_kev)].sum())
