"""The form of a document that states the items of an operating curve; refusals name the place."""

import math
from typing import Any

from counterseal.barrier.operating_curve.items import (
    CheckMeasurement,
    Counter,
    Curve,
    CurveItems,
    GammaItem,
    Germanium,
    Material,
    NeutronItem,
    Place,
    Population,
    Shield,
    Source,
    TemplateMeasurement,
    Varying,
)
from counterseal.barrier.operating_curve.quantity import parse_quantity
from counterseal.barrier.protocol_form import Part
from counterseal.measurement.errors import MeasurementError
from counterseal.measurement.spectrum import MAX_COEFFICIENTS, MIN_COEFFICIENTS, EnergyScale

VERSION = 1
MAX_POPULATIONS = 16
MAX_SOURCES = 64
MAX_POINTS = 256
MAX_SIMULATED_CHANNELS = 16_384
MAX_RUNS_OF_TEMPLATE = 100
MAX_TIME_S = 10_000_000
LEAST_EFFICIENCY, LEAST_DIE_AWAY_US = 1e-6, 1e-3
GAIN_REACH = 0.05
"""How far a simulated gain may be from 1."""
_NUCLIDE = r"[A-Z][a-z]?-[0-9]{1,3}m?"


def parse_items(document: Any) -> CurveItems:
    """Return the items that a document states.

    Raises:
        ProtocolError: naming the place, what was found and the rule.
    """
    parts = Part(value=document).members(
        "items title detector counter varying place check_source template populations"
    )
    parts["items"].whole(least=VERSION, most=VERSION)
    populations = tuple(map(_population, parts["populations"].items(least=1, most=MAX_POPULATIONS)))
    names = [one.name for one in populations]
    if len(set(names)) != len(names):
        raise Part(value=names, path=parts["populations"].path).refusal("two populations have one name")
    template = parts["template"].or_none(_template)
    if template is not None and template.population not in names:
        raise parts["template"].refusal(f"its population must be one of {', '.join(names)}")
    return CurveItems(
        title=parts["title"].text(),
        detector=parts["detector"].or_none(_detector),
        counter=parts["counter"].or_none(_counter),
        varying=_varying(parts["varying"]),
        place=_place(parts["place"]),
        check_source=parts["check_source"].or_none(_check_source),
        template=template,
        populations=populations,
    )


def _detector(part: Part) -> Germanium:
    members = part.members("channels scale_kev fwhm efficiency peak_to_total lowest_kev dead_part")
    scale = members["scale_kev"].items(least=MIN_COEFFICIENTS, most=MAX_COEFFICIENTS)
    a_kev2, b_kev, c = (float(one.decimal()) for one in members["fwhm"].items(least=3, most=3))
    if a_kev2 < 0 or b_kev < 0 or c < 0 or a_kev2 + b_kev + c == 0:
        raise members["fwhm"].refusal("must be three numbers of at least 0, not all 0")
    try:
        energies = EnergyScale(coefficients_kev=tuple(float(one.decimal()) for one in scale))
    except MeasurementError as error:
        raise members["scale_kev"].refusal(str(error)) from error
    return Germanium(
        channels=members["channels"].whole(least=16, most=MAX_SIMULATED_CHANNELS),
        scale=energies,
        fwhm=(a_kev2, b_kev, c),
        efficiency=_curve(members["efficiency"], most=1.0),
        peak_to_total=_above(members["peak_to_total"], most=1.0),
        lowest_kev=_above(members["lowest_kev"]),
        dead_part=_share(members["dead_part"]),
    )


def _counter(part: Part) -> Counter:
    members = part.members("efficiency die_away_us dead_time_ns tick_ps")
    return Counter(
        efficiency=parse_quantity(members["efficiency"], least=LEAST_EFFICIENCY, most=1.0),
        die_away_us=parse_quantity(members["die_away_us"], least=LEAST_DIE_AWAY_US, most=1e6),
        dead_time_ns=float(members["dead_time_ns"].decimal(above=-1)),
        tick_ps=members["tick_ps"].whole(least=1, most=10**12),
    )


def _varying(part: Part) -> Varying:
    members = part.members("gain drift width placing background")
    return Varying(
        gain=parse_quantity(members["gain"], least=1 - GAIN_REACH, most=1 + GAIN_REACH),
        drift=parse_quantity(members["drift"], least=-GAIN_REACH, most=GAIN_REACH),
        width=parse_quantity(members["width"], least=0.5, most=2.0),
        placing=parse_quantity(members["placing"]),
        background=parse_quantity(members["background"]),
    )


def _place(part: Part) -> Place:
    members = part.members("time_s smooth_per_s fall_kev sources neutrons_per_s")
    return Place(
        time_s=_above(members["time_s"], most=MAX_TIME_S),
        smooth_per_s=parse_quantity(members["smooth_per_s"]),
        fall_kev=_above(members["fall_kev"]),
        sources=_sources(members["sources"]),
        neutrons_per_s=parse_quantity(members["neutrons_per_s"]),
    )


def _check_source(part: Part) -> CheckMeasurement:
    members = part.members("time_s sources")
    return CheckMeasurement(
        time_s=_above(members["time_s"], most=MAX_TIME_S), sources=_sources(members["sources"])
    )


def _template(part: Part) -> TemplateMeasurement:
    members = part.members("population runs time_s")
    return TemplateMeasurement(
        population=members["population"].text(),
        runs=members["runs"].whole(least=1, most=MAX_RUNS_OF_TEMPLATE),
        time_s=_above(members["time_s"], most=MAX_TIME_S),
    )


def _population(part: Part) -> Population:
    members = part.members("name genuine gamma neutrons")
    return Population(
        name=members["name"].text(most=60),
        genuine=members["genuine"].yes_or_no(),
        gamma=members["gamma"].or_none(_gamma),
        neutrons=members["neutrons"].or_none(_neutrons),
    )


def _gamma(part: Part) -> GammaItem:
    members = part.members("sources materials shields sides")
    return GammaItem(
        sources=_sources(members["sources"]),
        materials=tuple(map(_material, members["materials"].items(least=0, most=MAX_SOURCES))),
        shields=tuple(map(_shield, members["shields"].items(least=0, most=MAX_SOURCES))),
        sides=members["sides"].or_none(
            lambda listed: tuple(parse_quantity(side) for side in listed.items(least=1, most=MAX_SOURCES))
        ),
    )


def _neutrons(part: Part) -> NeutronItem:
    members = part.members("m240_g alpha multiplication")
    return NeutronItem(
        m240_g=parse_quantity(members["m240_g"]),
        alpha=parse_quantity(members["alpha"]),
        multiplication=parse_quantity(members["multiplication"], least=1.0),
    )


def _sources(part: Part) -> tuple[Source, ...]:
    found = [one.members("nuclide activity_bq") for one in part.items(least=0, most=MAX_SOURCES)]
    return tuple(
        Source(nuclide=_nuclide(one["nuclide"]), activity_bq=parse_quantity(one["activity_bq"]))
        for one in found
    )


def _material(part: Part) -> Material:
    members = part.members("mass_g parts age_years")
    named = members["parts"].items(least=1, most=MAX_SOURCES)
    found = [one.members("nuclide mass") for one in named]
    return Material(
        mass_g=parse_quantity(members["mass_g"]),
        parts=tuple((_nuclide(one["nuclide"]), parse_quantity(one["mass"])) for one in found),
        age_years=parse_quantity(members["age_years"], most=10_000.0),
    )


def _shield(part: Part) -> Shield:
    members = part.members("thickness_g_per_cm2 attenuation_cm2_per_g")
    return Shield(
        thickness_g_per_cm2=parse_quantity(members["thickness_g_per_cm2"]),
        attenuation_cm2_per_g=_curve(members["attenuation_cm2_per_g"]),
    )


def _nuclide(part: Part) -> str:
    return part.matching(_NUCLIDE, rule="must be a nuclide such as Cs-137")


def _curve(part: Part, *, most: float = math.inf) -> Curve:
    pairs = [pair.items(least=2, most=2) for pair in part.items(least=1, most=MAX_POINTS)]
    points = tuple((_above(energy), _above(value, most=most)) for energy, value in pairs)
    energies = [energy for energy, _ in points]
    if energies != sorted(set(energies)):
        raise part.refusal("its energies must go upwards")
    return points


def _above(part: Part, *, most: float = math.inf) -> float:
    value = float(part.decimal(above=0))
    if value > most:
        raise part.refusal(f"must be above 0, at most {most:g}")
    return value


def _share(part: Part) -> float:
    value = float(part.decimal())
    if not 0 <= value < 1:
        raise part.refusal("must be at least 0, below 1")
    return value
