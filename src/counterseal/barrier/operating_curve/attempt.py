"""One simulated attempt: check source, background, template and item, as equipment would count them.

All chance comes from one generator, which the number of the attempt alone determines; so attempts can be
made in any order and in any number of processes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from counterseal.barrier.decide import Data, Measured
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.operating_curve.items import (
    Counter,
    CurveItems,
    GammaItem,
    Germanium,
    Material,
    NeutronItem,
    Population,
    Source,
)
from counterseal.barrier.operating_curve.response import (
    Layers,
    expected_channels,
    running_background,
    running_counts,
)
from counterseal.barrier.protocol import Form, Preset, Protocol
from counterseal.crypto.hashing import domain_hash
from counterseal.measurement.decay import decay_atoms, decay_data
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses
from counterseal.measurement.spectrum import Floats, Provenance, Spectrum
from counterseal.measurement.template import Template
from counterseal.reference.nuclear_data import load_nuclear_data

_AVOGADRO_PER_MOL = 6.02214076e23
_YEAR_S = 31_557_600.0
_LN_2 = 0.6931471805599453
_NS_PER_S = 10**9
_KEY_BYTES = 16

Parts = list[tuple[float, Floats]]


def generator_of(seed: int, *, population: str, time_s: Fraction, run: int) -> np.random.Generator:
    """Return where the chance of one attempt comes from: it depends on these and on nothing else."""
    fields = (str(seed), population, str(time_s), str(run))
    key = domain_hash("counterseal/measurement/operating-curve/v1", *fields)[:_KEY_BYTES]
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "big")))


def require_simulable(items: CurveItems, protocol: Protocol) -> None:
    """Refuse items that leave out something which the protocol measures.

    Raises:
        BarrierError: says what is missing.
    """
    files = protocol.measuring.files
    spectra = files.count(Form.SPECTRUM)
    missing = [
        (Form.REPORT in files, "reports of coincidence counters are not simulated; measure pulses"),
        (spectra > 0 and items.detector is None, "the protocol measures spectra; detector must be there"),
        (
            Form.PULSES in files and items.counter is None,
            "the protocol measures pulses; counter must be there",
        ),
        (
            protocol.check_source is not None and (items.check_source is None or items.detector is None),
            "the protocol has a check source; it and detector must be there",
        ),
        (
            protocol.template is not None and items.template is None,
            "the protocol has a template; template must be there",
        ),
    ]
    for is_so, rule in missing:
        if is_so:
            raise BarrierError(f"items of the curve: {rule}")
    for population in items.populations:
        sides = population.gamma.sides if population.gamma is not None else None
        if sides is not None and len(sides) != spectra:
            raise BarrierError(
                f"items of the curve: {population.name} has {len(sides)} sides, {spectra} are measured"
            )


def simulate_attempt(
    generator: np.random.Generator, *, items: CurveItems, population: Population, protocol: Protocol
) -> Measured:
    """Return what was measured in one attempt on an item of a population.

    Args:
        generator: Where chance comes from.
        items: With what and where.
        population: Of what.
        protocol: How; the items must be simulable for it.
    """
    room = _Room.drawn(generator, items)
    check = items.check_source if protocol.check_source is not None else None
    source = None if check is None else room.spectrum(check.time_s, room.of_sources(check.sources))
    takes = protocol.measuring.forms if protocol.background is not None else ()
    background = tuple(room.before(form, items.place.time_s) for form in takes)
    template = room.template(with_background=bool(takes)) if protocol.template is not None else None
    return Measured(
        check_source=source,
        background=background,
        template=template,
        items=tuple(_item_files(room, population, protocol)),
    )


def _item_files(room: "_Room", population: Population, protocol: Protocol) -> Iterator[Data]:
    time_s, side = _live_time_s(protocol, room.items), 0
    gamma = None if population.gamma is None else room.of_item(population.gamma)
    neutrons = None if population.neutrons is None else _drawn_neutrons(room.generator, population.neutrons)
    for form in protocol.measuring.files:
        if form is Form.PULSES:
            yield room.pulses(float(protocol.measuring.time_s), neutrons, place=room.change())
            continue
        sides = None if population.gamma is None else population.gamma.sides
        strength = 1.0 if sides is None else sides[side].drawn(room.generator)
        side += 1
        shown = None if gamma is None else [(strength * amount, table) for amount, table in gamma]
        yield room.spectrum(time_s, shown or [], place=room.change())


def _live_time_s(protocol: Protocol, items: CurveItems) -> float:
    time_s = float(protocol.measuring.time_s)
    if protocol.measuring.preset is Preset.REAL and items.detector is not None:
        return time_s * (1.0 - items.detector.dead_part)
    return time_s


def _drawn_neutrons(generator: np.random.Generator, item: NeutronItem) -> SimulatedItem:
    return SimulatedItem(
        m240_g=item.m240_g.drawn(generator),
        alpha=item.alpha.drawn(generator),
        multiplication=item.multiplication.drawn(generator),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """The equipment and the place in one attempt; ``counted`` is efficiency and die-away time [us]."""

    generator: np.random.Generator
    items: CurveItems
    gain: float
    width: float
    neutrons_per_s: float
    counted: tuple[float, float]
    around: Parts

    @classmethod
    def drawn(cls, generator: np.random.Generator, items: CurveItems) -> "_Room":
        """Return the equipment and the place of one attempt."""
        gain, width = items.varying.gain.drawn(generator), items.varying.width.drawn(generator)
        place = items.place
        smooth_per_s, pulses_per_s = (
            one.drawn(generator) for one in (place.smooth_per_s, place.neutrons_per_s)
        )
        counter = items.counter
        counted = (
            (0.0, 0.0)
            if counter is None
            else (counter.efficiency.drawn(generator), counter.die_away_us.drawn(generator))
        )
        around: Parts = []
        if items.detector is not None:
            around = _seen(generator, items.detector, place.sources, layers=(), width=width)
            around.append((smooth_per_s, running_background(items.detector, fall_kev=place.fall_kev)))
        return cls(
            generator=generator,
            items=items,
            gain=gain,
            width=width,
            neutrons_per_s=pulses_per_s,
            counted=counted,
            around=around,
        )

    @property
    def detector(self) -> Germanium:
        """The gamma detector, which is there where a spectrum is measured."""
        if self.items.detector is None:
            raise BarrierError("items of the curve: a spectrum without a detector")
        return self.items.detector

    @property
    def counter(self) -> Counter:
        """The neutron counter, which is there where pulses are measured."""
        if self.items.counter is None:
            raise BarrierError("items of the curve: pulses without a counter")
        return self.items.counter

    def of_sources(self, sources: tuple[Source, ...]) -> Parts:
        """Return what bare sources give."""
        return _seen(self.generator, self.detector, sources, layers=(), width=self.width)

    def of_item(self, item: GammaItem) -> Parts:
        """Return what an item gives, behind its shields."""
        layers = tuple(
            (shield.attenuation_cm2_per_g, shield.thickness_g_per_cm2.drawn(self.generator))
            for shield in item.shields
        )
        found = _seen(self.generator, self.detector, item.sources, layers=layers, width=self.width)
        for material in item.materials:
            for nuclide, activity_bq in _activities(self.generator, material):
                table = running_counts(self.detector, nuclide, layers=layers, width=self.width)
                found.append((activity_bq, table))
        return found

    def before(self, form: Form, time_s: float) -> Data:
        """Return one file of the place, before the item is there."""
        return self.pulses(time_s, None) if form is Form.PULSES else self.spectrum(time_s, [])

    def change(self) -> float:
        """Return the background of one file of the item over that before, also where nothing stands there."""
        return self.items.varying.background.drawn(self.generator)

    def spectrum(self, time_s: float, parts: Parts, *, place: float = 1.0, name: str = "") -> Spectrum:
        """Return a spectrum of a live time [s]."""
        varying, detector = self.items.varying, self.detector
        near = varying.placing.drawn(self.generator) if parts else 1.0
        drift = varying.drift.drawn(self.generator)
        counted = [(near * amount * time_s, table) for amount, table in parts]
        counted += [(place * amount * time_s, table) for amount, table in self.around]
        expected = expected_channels(detector, counted, gain=self.gain, drift=drift)
        live_time_ns = round(time_s * _NS_PER_S)
        return Spectrum(
            counts=self.generator.poisson(expected).astype(np.int64),
            live_time_ns=live_time_ns,
            real_time_ns=round(live_time_ns / (1.0 - detector.dead_part)),
            scale=detector.scale,
            name=name,
            provenance=Provenance(sha256="0" * 64, form="simulated"),
        )

    def template(self, *, with_background: bool) -> Template:
        """Return a template, made anew of its population."""
        made = self.items.template
        if made is None:
            raise BarrierError("items of the curve: a template of nothing")
        population = self.items.population(made.population)
        runs = []
        for _ in range(made.runs):
            parts = [] if population.gamma is None else self.of_item(population.gamma)
            runs.append(self.spectrum(made.time_s, parts))
        place = self.spectrum(self.items.place.time_s, []) if with_background else None
        return Template(runs=tuple(runs), background=place)

    def pulses(self, time_s: float, item: SimulatedItem | None, *, place: float = 1.0) -> PulseTrain:
        """Return the pulses of a time [s]."""
        efficiency, die_away_us = self.counted
        counter = SimulatedCounter(
            efficiency=efficiency,
            die_away_us=die_away_us,
            dead_time_ns=self.counter.dead_time_ns,
            tick_ps=self.counter.tick_ps,
            background_per_s=place * self.neutrons_per_s,
        )
        shown = item or SimulatedItem(m240_g=0.0)
        return simulate_pulses(self.generator, item=shown, counter=counter, duration_s=time_s)


def _seen(
    generator: np.random.Generator,
    detector: Germanium,
    sources: tuple[Source, ...],
    *,
    layers: Layers,
    width: float,
) -> Parts:
    return [
        (
            source.activity_bq.drawn(generator),
            running_counts(detector, source.nuclide, layers=layers, width=width),
        )
        for source in sources
    ]


def _activities(generator: np.random.Generator, material: Material) -> list[tuple[str, float]]:
    """Return the activity of each nuclide of a material and of what it decays to [Bq]."""
    mass_g, age_years = material.mass_g.drawn(generator), material.age_years.drawn(generator)
    parts = tuple((name, part.drawn(generator)) for name, part in material.parts)
    return [(name, mass_g * per_g) for name, per_g in _activities_per_g(parts, age_years)]


@lru_cache(maxsize=256)
def _activities_per_g(
    parts: tuple[tuple[str, float], ...], age_years: float
) -> tuple[tuple[str, float], ...]:
    """Return the activities of a gram [Bq/g]; what stands in equilibrium is counted with its parent."""
    data, whole = load_nuclear_data(), math.fsum(part for _, part in parts)
    if not whole > 0:
        raise BarrierError("items of the curve: a material's parts must not all be 0")
    atoms = dict.fromkeys((name for name, _ in parts), 0.0)
    for name, part in parts:
        atoms[name] += part / whole / data.nuclide(name).mass_u * _AVOGADRO_PER_MOL
    chain = list(atoms)
    for name in chain:
        nuclide = data.nuclide(name)
        with_it = {one for one, _ in nuclide.equilibrium}
        chain += [
            one
            for one, _ in nuclide.decays_to
            if one in data.nuclides and one not in with_it and one not in chain
        ]
    later = decay_atoms(atoms, time_s=age_years * _YEAR_S, using=decay_data(chain, data=data))
    return tuple(
        (name, _LN_2 / data.nuclide(name).half_life_s * amount)
        for name, amount in sorted(later.items())
        if amount > 0
    )
