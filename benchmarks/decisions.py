"""Each attribute decided once over: from what was measured to the answer, on made-up items.

What is timed is what runs in the closed room after the files are read. An answer that is not the expected
one ends the benchmark: a refusal is quick, and its time would say nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Turns, milliseconds
from benchmarks.sizes import QUICK, Sizes

from counterseal.measurement.attributes.decision import Side, Threshold
from counterseal.measurement.attributes.judgement import Judgement
from counterseal.measurement.attributes.neutron_presence import (
    NeutronPresenceSettings,
    decide_neutron_presence,
)
from counterseal.measurement.attributes.no_radiation import (
    NoRadiationSettings,
    QuietBand,
    decide_no_radiation,
)
from counterseal.measurement.attributes.plutonium_mass import (
    CounterSettings,
    PlutoniumMassSettings,
    decide_plutonium_mass,
)
from counterseal.measurement.attributes.plutonium_presence import decide_plutonium_presence
from counterseal.measurement.attributes.symmetry import SymmetrySettings, decide_symmetry
from counterseal.measurement.attributes.uranium_enrichment import decide_uranium_enrichment
from counterseal.measurement.attributes.uranium_presence import decide_uranium_presence
from counterseal.measurement.neutron_counter import NeutronCounter
from counterseal.measurement.point_model import PointModelItem, expected_rates, solve_point_model
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.template import Template, TemplateSettings, decide_template
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.plutonium_settings import presence_settings as plutonium_presence_settings
from strategies.plutonium_spectra import Detector, Item, counted, expected
from strategies.template_runs import GRID, runs
from strategies.uranium_spectra import Uranium, enrichment_settings, presence_settings, uranium_spectrum

_LIMIT_MS = 1_000
_BAND = (Fraction(400), Fraction(600))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    name: str
    of: str
    decide: Callable[[], Judgement]


def decisions(_work: Path, sizes: Sizes) -> list[Figure]:
    quick = sizes == QUICK
    cases = (*_of_spectra(), *_of_pulses(seconds=20.0 if quick else 100.0))
    return [_timed(case, turns=1 if quick else 15) for case in cases]


def _timed(case: _Case, *, turns: int) -> Figure:
    own = Turns()
    for _ in range(turns):
        answer = own.take(case.decide)
    if answer.outcome is not MeasurementOutcome.CONFIRMED:
        raise AssertionError(f"{case.name}: {answer.outcome}, {answer.reason}")
    return milliseconds(f"decide-{case.name}", f"whole decision: {case.of}", own, below=_LIMIT_MS)


def _of_spectra() -> tuple[_Case, ...]:
    germanium = Detector()
    plutonium = counted(expected(Item(), germanium), germanium, counts_645=20_000.0, seed=1)
    uranium = uranium_spectrum(Uranium(), counts_186=1e6, seed=1)
    generator = np.random.default_rng(1)
    template = Template(runs=runs(8, generator=generator, drift=0.004))
    item = runs(1, generator=generator, drift=0.004)[0]
    sides = tuple(_flat(count) for count in (100, 101, 99, 100))
    return (
        _Case(
            name="plutonium-presence",
            of="five lines of plutonium, 8,192 channels",
            decide=lambda: decide_plutonium_presence(
                plutonium, background=None, settings=plutonium_presence_settings()
            ),
        ),
        _Case(
            name="uranium-enrichment",
            of="enrichment above a threshold from seven lines, 8,192 channels",
            decide=lambda: decide_uranium_enrichment(
                uranium, background=None, settings=enrichment_settings("0.1")
            ),
        ),
        _Case(
            name="uranium-presence",
            of="presence of highly enriched uranium, 8,192 channels",
            decide=lambda: decide_uranium_presence(
                uranium, background=None, settings=presence_settings("0.1")
            ),
        ),
        _Case(
            name="symmetry",
            of="four sides in one band, 8,192 channels each",
            decide=lambda: decide_symmetry(sides, background=None, settings=_symmetry()),
        ),
        _Case(
            name="no-radiation",
            of="nothing above a stated limit in one band, 8,192 channels",
            decide=lambda: decide_no_radiation(_flat(5), background=_flat(5), settings=_quiet()),
        ),
        _Case(
            name="template",
            of="both comparisons with a template of eight runs, 512 channels",
            decide=lambda: decide_template(item, template=template, background=None, settings=_alike()),
        ),
    )


def _of_pulses(*, seconds: float) -> tuple[_Case, ...]:
    item, place = _train(2.0, seconds=seconds), _train(0.0, seconds=seconds)
    of = f"from {len(item.ticks):,} pulses and the background's {len(place.ticks):,}"
    return (
        _Case(
            name="plutonium-mass",
            of=f"mass of plutonium {of}",
            decide=lambda: decide_plutonium_mass(item, background=place, settings=_mass()),
        ),
        _Case(
            name="neutron-presence",
            of=f"presence of neutrons {of}",
            decide=lambda: decide_neutron_presence(item, background=place, settings=_neutrons()),
        ),
    )


def point_model(_work: Path, sizes: Sizes) -> list[Figure]:
    """How many items are found from their rates in a second, each with its covariance."""
    counter = NeutronCounter(
        gate_us=64.0, predelay_us=4.5, efficiency=0.5, doubles_gate_fraction=0.66, triples_gate_fraction=0.435
    )
    item = PointModelItem(multiplication=1.05, alpha=0.7, m240_g=20.0)
    rates, own = expected_rates(item, counter=counter), Turns()
    many = 20 if sizes == QUICK else 500

    def solve_many() -> PointModelItem:
        for _ in range(many - 1):
            solve_point_model(rates, counter=counter)
        return solve_point_model(rates, counter=counter)

    for _ in range(2 if sizes == QUICK else 25):
        found = own.take(solve_many)
    if abs(found.m240_g - item.m240_g) > 1e-9 * item.m240_g:
        raise AssertionError(f"the point model gives {found.m240_g} g")
    return [
        Figure(
            name="point-model",
            what="inversions of singles, doubles and triples with the covariance of the answer",
            reached=many / own.median_s,
            unit="items/s",
            compared="information",
            how=f"{many} items a turn, {own.shown}",
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        )
    ]


def _flat(counts_a_channel: int) -> Spectrum:
    return Spectrum(
        counts=np.full(8_192, counts_a_channel, dtype=np.int64),
        live_time_ns=100 * 10**9,
        real_time_ns=100 * 10**9,
        scale=EnergyScale(coefficients_kev=(0.0, 0.25)),
    )


def _train(m240_g: float, *, seconds: float) -> PulseTrain:
    counter = SimulatedCounter(efficiency=0.5, die_away_us=50.0, channels=4, background_per_s=20.0)
    item = SimulatedItem(m240_g=m240_g, alpha=0.7)
    return simulate_pulses(np.random.default_rng(1), item=item, counter=counter, duration_s=seconds)


def _symmetry() -> SymmetrySettings:
    return SymmetrySettings(
        sides=4,
        band_kev=_BAND,
        tolerance=Fraction("0.15"),
        coverage=Fraction(2),
        side_variation=Fraction("0.01"),
        least_net_counts=500,
    )


def _quiet() -> NoRadiationSettings:
    return NoRadiationSettings(
        bands=(QuietBand(band_kev=_BAND, limit_rate_per_s=Fraction(20)),),
        detection_factor=Fraction("1.645"),
        miss_factor=Fraction("1.645"),
        background_variation=Fraction(0),
    )


def _alike() -> TemplateSettings:
    return TemplateSettings(
        grid=GRID,
        systematic=(Fraction("0.02"),) * 12,
        chi_square_limit=Fraction(50),
        kolmogorov_limit=Fraction(30),
        least_counts=10_000,
        rate=None,
        landmark=None,
    )


def _neutrons() -> NeutronPresenceSettings:
    return NeutronPresenceSettings(
        rate=Threshold(value=Fraction(1), holds=Side.ABOVE, coverage=Fraction(2)),
        background_variation=Fraction(0),
        bunching=Fraction(2),
    )


def _mass() -> PlutoniumMassSettings:
    return PlutoniumMassSettings(
        mass_g=Threshold(value=Fraction(2), holds=Side.ABOVE, coverage=Fraction(2)),
        counter=CounterSettings(
            predelay_ns=4_500,
            gate_ns=64_000,
            delay_ns=4_000_000,
            cycles=20,
            efficiency=Fraction("0.5"),
            doubles_gate_fraction=Fraction("0.65978"),
            triples_gate_fraction=Fraction("0.43531"),
            dead_time_a_us=Fraction(0),
            dead_time_b_us_per_mcps=Fraction(0),
            multiplicity_dead_time_ns=Fraction(0),
            efficiency_unc=Fraction("0.005"),
            gate_fractions_unc=Fraction("0.005"),
        ),
        effective_percent=Fraction(20),
        effective_percent_unc=Fraction("0.01"),
        model_unc=Fraction("0.02"),
    )
