"""One request for each attribute and for a template, the same bytes on every machine; nothing in them is real."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import zip_longest
from typing import Any

import numpy as np

from counterseal.barrier.protocol import TEMPLATE, UNBOUND, written
from counterseal.barrier.template_file import template_commitment
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.measurement.arithmetic import exp, log
from counterseal.measurement.attributes.uranium_presence import UraniumPresenceSettings
from counterseal.measurement.pulse_cycles import cut_into_cycles
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.shift_register import GateTimes, count_coincidences
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.list_mode import write_list_mode
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from counterseal.reference.nuclear_data import load_nuclear_data
from strategies import instrument_files, uranium_spectra
from strategies.fixed_data import Floats, pulses, shape, spectrum
from strategies.measurement_protocols import settings
from strategies.plutonium_settings import integer_settings, presence_settings, ratio_settings
from strategies.sealed_runs import TOKENS
from strategies.stated_settings import stated

Files = tuple[tuple[Role, bytes], ...]
TIME_S = 100
TICK_S = 2
BROAD = EnergyScale(coefficients_kev=(0.0, 3.0))
FINE = EnergyScale(coefficients_kev=(0.1, 0.125))
WIDE = EnergyScale(coefficients_kev=(0.1, 0.25))
PLUTONIUM = {"Pu-238": 0.0001, "Pu-239": 0.93, "Pu-240": 0.06, "Pu-241": 0.002, "Am-241": 0.002}
SHARES = (b"  0.0100", b" 93.0000", b"  6.0000", b"  0.9000", b"  0.0900")
"""Of plutonium by mass [%], as a report prints them."""
URANIUM = {"U-235": 0.6, "U-238": 0.4}


def _request(files: Files, question: dict[str, Any], *, forms: tuple[str, ...], **more: Any) -> Request:
    data = load_nuclear_data()
    whole = {
        "protocol": 2,
        "treaty": "lake-treaty",
        "title": "A request that stays as it is",
        "host": "ARD",
        "inspector": "BEL",
        "question": question,
        "measuring": {
            "files": list(forms),
            "preset": "real",
            "time_s": TIME_S,
            "tolerance_s": 0,
            "repeats": 3,
        },
        "check_source": None,
        "background": None,
        "nuclear_data": {"version": data.version, "sha256": data.sha256},
        "code": UNBOUND,
        "tick_s": TICK_S,
        "answer": {"no_decision": "shown", "budget_bits": 6},
        "equipment": "none",
    }
    return Request(
        attempt=7,
        protocol=written(whole | more),
        inputs=tuple(RoomInput(role=role, data=data) for role, data in files),
        host_parts=TOKENS,
        inspector_parts=TOKENS[::-1],
    )


def _asked(name: str, stated_settings: Any, *, cross_check: Any = None) -> dict[str, Any]:
    asked = {"attribute": name, "settings": stated_settings, "cross_check": cross_check}
    return {"attributes": [asked]}


def _with_background(item: bytes, place: bytes) -> Files:
    return ((Role.BACKGROUND, place), (Role.ITEM, item))


LOW_BACKGROUND = {"background": {"least_time_s": 10, "most_rate_per_s": 100_000}}


def _broad(*, seed: int, strength: float = 1.0, floor: float = 90.0) -> Spectrum:
    lines = ((356.0, 4e5), (662.0, 3e5), (1173.2, 1e5), (1332.5, 9e4))
    of_lines = shape(lines, scale=BROAD, channels=512, fwhm_662_kev=45.0, growth=0.9)
    return spectrum(floor + strength * of_lines, scale=BROAD, seed=seed, time_s=TIME_S)


def no_radiation() -> Request:
    bands = [
        {"band_kev": [60, 300], "limit_rate_per_s": 10},
        {"band_kev": [300, "1450.5"], "limit_rate_per_s": 25},
    ]
    asked = {
        "bands": bands,
        "detection_factor": "1.645",
        "miss_factor": "1.645",
        "background_variation": "0.01",
    }
    item, place = (_broad(seed=seed, strength=0.0) for seed in (1, 2))
    rows = [f"{channel},{count}" for channel, count in enumerate(item.counts.tolist())]
    facts = (
        f"# live_time_s: {TIME_S}",
        f"# real_time_s: {TIME_S}",
        "# energy_coefficients_kev: 0 3",
    )
    files = _with_background(instrument_files.csv(rows, facts=facts), write_spe(place))
    return _request(files, _asked("no-radiation", asked), forms=("spectrum",), **LOW_BACKGROUND)


@cache
def neutrons(*, fissions_per_s: float) -> PulseTrain:
    """Return pulses of an item, or of an empty place."""
    return pulses(
        fissions_per_s=fissions_per_s,
        singles_per_s=1.3 * fissions_per_s + 40.0,
        chance=0.06,
        efficiency=0.5,
        time_s=TIME_S,
        seed=300,
    )


def neutron_presence() -> Request:
    asked = {
        "rate": {"value": 200, "holds": "above", "coverage": 2},
        "background_variation": "0.02",
        "bunching": "2.5",
    }
    item, place = (write_list_mode(neutrons(fissions_per_s=rate)) for rate in (150.0, 0.5))
    files = _with_background(item, place)
    return _request(files, _asked("neutron-presence", asked), forms=("pulses",), **LOW_BACKGROUND)


def mass_settings(*, grams: int = 1, cycles: int = 20) -> dict[str, Any]:
    """Return fictional settings of the plutonium mass."""
    return {
        "mass_g": {"value": grams, "holds": "above", "coverage": 2},
        "counter": {
            "predelay_ns": 4_500,
            "gate_ns": 64_000,
            "delay_ns": 1_024_000,
            "cycles": cycles,
            "efficiency": "0.5",
            "doubles_gate_fraction": "0.65978",
            "triples_gate_fraction": "0.43531",
            "dead_time_a_us": "0.01",
            "dead_time_b_us_per_mcps": "0.0005",
            "multiplicity_dead_time_ns": "1.5",
            "efficiency_unc": "0.005",
            "gate_fractions_unc": "0.005",
        },
        "effective_percent": 20,
        "effective_percent_unc": "0.01",
        "model_unc": "0.02",
    }


def plutonium_mass(*, cycles: int = 20, grams: int = 1) -> Request:
    item, place = (write_list_mode(neutrons(fissions_per_s=rate)) for rate in (500.0, 0.5))
    asked = _asked("plutonium-mass", mass_settings(cycles=cycles, grams=grams))
    return _request(_with_background(item, place), asked, forms=("pulses",), **LOW_BACKGROUND)


def plutonium_mass_by_report() -> Request:
    """Of the same pulses, as a counter's report of five cycles of 20 s."""
    gates = GateTimes(predelay_ps=4_500_000, gate_ps=64_000_000, delay_ps=1_024_000_000)
    cycles = []
    for cycle in cut_into_cycles(neutrons(fissions_per_s=500.0), cycles=5):
        count = count_coincidences(cycle, gates=gates)
        tables = (count.with_reals.tolist(), count.accidentals.tolist())
        cycles.append((count.singles, tuple(zip_longest(*tables, fillvalue=0)), "Pass"))
    file = instrument_files.report(cycles=cycles)
    for share in SHARES:
        file = file.replace(
            b"  1.0000 +-   0.1000      2.0000 +-", share + b" +-   0.1000     " + share + b" +-", 1
        )
    asked = _asked("plutonium-mass", mass_settings())
    return _request(((Role.ITEM, file),), asked, forms=("report",))


def plutonium_presence() -> Request:
    """Of one line on a flat ground, in a CHN file."""
    lines = ((250.0, 3_000.0),)
    scale = EnergyScale(coefficients_kev=(0.0, 1.0))
    expected = 40.0 + shape(lines, scale=scale, channels=512, fwhm_662_kev=7.06, growth=0.0)
    made = spectrum(expected, scale=scale, seed=11, time_s=TIME_S)
    ticks = TIME_S * 50
    file = instrument_files.chn(made.counts.tolist(), live=ticks, real=ticks, coefficients=(0.0, 1.0, 0.0))
    return _request(((Role.ITEM, file),), _asked("plutonium-presence", settings()), forms=("spectrum",))


def _lines_of(masses: dict[str, float], *, above_kev: float, wall: float) -> tuple[Floats, Floats]:
    """Return energies and relative areas of the lines of some nuclides behind a wall."""
    data, energies, areas = load_nuclear_data(), [], []
    for name, mass in masses.items():
        nuclide = data.nuclide(name)
        for line in nuclide.lines:
            if above_kev < line.energy_kev < 1_100.0:
                energies.append(line.energy_kev)
                areas.append(mass / nuclide.mass_u / nuclide.half_life_s * line.intensity)
    where = np.array(energies)
    let_through = exp(-wall * 200.0 / where) * exp(-0.9 * log(where / 500.0))
    return where, np.array(areas) * let_through


def _of(
    masses: dict[str, float], *, scale: EnergyScale, wall: float, at_kev: float, counts: float, seed: int
) -> Spectrum:
    """Return a spectrum with about so many counts in the line that is nearest to an energy."""
    energies, areas = _lines_of(masses, above_kev=120.0, wall=wall)
    areas = areas * (counts / areas[int(np.argmin(np.abs(energies - at_kev)))])
    lines = zip(energies.tolist(), areas.tolist(), strict=True)
    expected = 25.0 + shape(lines, scale=scale, channels=8192, fwhm_662_kev=1.5, growth=0.6)
    return spectrum(expected, scale=scale, seed=seed, time_s=TIME_S)


def plutonium_ratio() -> Request:
    """Of both implementations, with the presence of five lines: two attributes of one file."""
    item = _of(PLUTONIUM, scale=FINE, wall=1.0, at_kev=645.94, counts=20_000.0, seed=21)
    asked = stated(ratio_settings("0.2"), without=("lines",)) | {"window_kev": [630, 668]}
    question = {
        "attributes": [
            *_asked("plutonium-presence", stated(presence_settings()))["attributes"],
            *_asked("plutonium-ratio", asked, cross_check=stated(integer_settings(item, "0.2")))[
                "attributes"
            ],
        ]
    }
    return _request(((Role.ITEM, write_n42_2012([item])),), question, forms=("spectrum",))


def symmetry() -> Request:
    """Of four sides, each in a file of another form."""
    asked = {
        "sides": 4,
        "band_kev": [300, "1400.5"],
        "tolerance": "0.1",
        "coverage": 2,
        "side_variation": "0.01",
        "least_net_counts": 1000,
    }
    sides = [_broad(seed=30 + side, strength=1.0 + side / 128.0).counts.tolist() for side in range(4)]
    ticks, time = TIME_S * 50, f"{TIME_S}.00"
    coefficients = " 0.00000000E+00 3.00000000E+00 0.00000000E+00 0.00000000E+00"
    files = (
        instrument_files.spe(sides[0], times=f"{TIME_S} {TIME_S}", more="$MCA_CAL:\n3\n0 3 0"),
        instrument_files.chn(sides[1], live=ticks, real=ticks),
        instrument_files.iec(sides[2], live=time, real=time, coefficients=coefficients),
        instrument_files.n42_2006(
            " ".join(map(str, sides[3])), live=f"PT{TIME_S}S", real=f"<RealTime>PT{TIME_S}S</RealTime>"
        ),
    )
    given = (
        (Role.BACKGROUND, write_spe(_broad(seed=39, strength=0.0))),
        *((Role.ITEM, file) for file in files),
    )
    return _request(given, _asked("symmetry", asked), forms=("spectrum",) * 4, **LOW_BACKGROUND)


def template() -> Request:
    runs = [_broad(seed=40 + run) for run in range(6)]
    place = replace(_broad(seed=50, strength=0.0), name="background")
    file, salt = write_n42_2012([*runs, place]), bytes(range(32))
    asked = {
        "grid": {"range_kev": [60, 1500], "edges": [0, 32, 64, 96, 128, 192, 256]},
        "systematic": [0, "0.002", "0.002", "0.002", "0.001", "0.01"],
        "chi_square_limit": 20,
        "kolmogorov_limit": 3,
        "least_counts": 100,
        "rate": {"tolerance": "0.1", "variation": "0.01", "coverage": 2},
        "landmark": None,
    }
    commitment = template_commitment(file, salt=salt)
    question = {TEMPLATE: {"commitment": commitment, "settings": asked}}
    given = (
        (Role.BACKGROUND, write_spe(replace(place, name=""))),
        (Role.TEMPLATE, salt),
        (Role.TEMPLATE, file),
        (Role.ITEM, write_spe(_broad(seed=60))),
    )
    return _request(given, question, forms=("spectrum",), **LOW_BACKGROUND)


@cache
def _uranium() -> Spectrum:
    return _of(URANIUM, scale=WIDE, wall=0.5, at_kev=185.715, counts=9_000_000.0, seed=71)


def uranium_enrichment() -> Request:
    asked = stated(uranium_spectra.enrichment_settings("0.4"), without=("lines",))
    files = ((Role.ITEM, write_spe(_uranium())),)
    return _request(files, _asked("uranium-enrichment", asked), forms=("spectrum",))


def uranium_presence() -> Request:
    rule: UraniumPresenceSettings = uranium_spectra.presence_settings("0.4")
    asked = stated(rule, without=("lines",))
    files = ((Role.ITEM, write_n42_2012([_uranium()])),)
    return _request(files, _asked("uranium-presence", asked), forms=("spectrum",))


FIXED: dict[str, Callable[[], Request]] = {
    "no-radiation": no_radiation,
    "neutron-presence": neutron_presence,
    "plutonium-mass": plutonium_mass,
    "plutonium-mass, one cycle": lambda: plutonium_mass(cycles=1),
    "plutonium-mass, report": plutonium_mass_by_report,
    "plutonium-presence": plutonium_presence,
    "plutonium-ratio": plutonium_ratio,
    "symmetry": symmetry,
    TEMPLATE: template,
    "uranium-enrichment": uranium_enrichment,
    "uranium-presence": uranium_presence,
}
"""A maker of a request by its name, which begins with the attribute's."""


def attributes_asked() -> set[str]:
    """Return the attributes that are asked for by some request of their name."""
    return {name.partition(",")[0] for name in FIXED}
