"""Items that are worst for each attribute, where counts are compared: at its threshold, at its gate, nothing there.

Systematic terms are at their limits: drawn from attempt to attempt with the standard uncertainty that the protocol
states, or, where a case says so, held at one standard uncertainty on the wrong side. All is made up.
"""

from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.response import expected_channels, running_counts
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.measurement.simulate_pulses import factorial_moments
from counterseal.reference.neutron_data import PU240_CHANCES, PU240_FISSION_RATE_PER_S_G
from counterseal.reference.nuclear_data import load_nuclear_data
from strategies.measurement_protocols import document, protocol
from strategies.operating_curves import gamma, items

CI_RUNS, SOAK_RUNS = 2_000, 20_000
COVERAGE = 2
BACKGROUND = {"least_time_s": 1, "most_rate_per_s": 1_000_000}
FACTORS = frozenset({"coverage", "detection_factor", "miss_factor"})

Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StatedCase:
    """An item and a protocol that states how often it errs on it.

    ``item`` is that of the stated rate; ``held`` says that the systematic part stays on the wrong side; ``tight``
    that the stated rate is to be met, not only kept; ``loosens`` that smaller factors make it err more often;
    ``runs`` is how many are made in CI, 0 for none.
    """

    name: str
    item: str
    protocol: Protocol
    items: Document
    held: bool = False
    tight: bool = False
    loosens: bool = True
    runs: int = CI_RUNS

    def loosened(self) -> Protocol:
        """Return the protocol with every factor a quarter of itself: it must be found out."""
        found = deepcopy(dict(self.protocol.document))
        _loosen(found["question"])
        return parse_protocol(found)


def _loosen(value: Any) -> None:
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    for one in inside:
        _loosen(one)
    if isinstance(value, dict):
        for name in FACTORS & set(value):
            value[name] = decimal(float(Fraction(value[name])) / 4)


def decimal(value: float) -> str:
    """Return a number as a document holds it."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def asking(
    name: str, settings: Document, *, form: str = "spectrum", time_s: int = 100, **more: Any
) -> Protocol:
    """Return a protocol that asks for one attribute."""
    question = {"attributes": [{"attribute": name, "settings": settings, "cross_check": None}]}
    files = more.pop("files", 1) * [form]
    measuring = {**document()["measuring"], "files": files, "time_s": time_s}
    return protocol(**{"question": question, "measuring": measuring, "background": None} | more)


def only(
    population: str, *, gamma: Document | None = None, neutrons: Document | None = None
) -> list[Document]:
    """Return one population."""
    return [{"name": population, "genuine": False, "gamma": gamma, "neutrons": neutrons}]


def threshold(value: str, *, holds: str = "above", coverage: int = COVERAGE) -> Document:
    """Return a threshold."""
    return {"value": value, "holds": holds, "coverage": coverage}


def of_material(parts: dict[str, Any], *, mass_g: str) -> Document:
    """Return an item of one fresh material; masses may be spread."""
    listed = [{"nuclide": nuclide, "mass": mass} for nuclide, mass in parts.items()]
    material = {"mass_g": mass_g, "parts": listed, "age_years": 0}
    return {"sources": [], "materials": [material], "shields": [], "sides": None}


def germanium(*, channels: int, scale_kev: list[str], fwhm: list[str], **changes: Any) -> Document:
    """Return a germanium detector that sees all energies alike."""
    plain = {
        "efficiency": [[60, decimal(EFFICIENCY)], [3000, decimal(EFFICIENCY)]],
        "peak_to_total": "0.3",
        "lowest_kev": 100,
    }
    return {"channels": channels, "scale_kev": scale_kev, "fwhm": fwhm, "dead_part": 0} | plain | changes


def quiet_place(smooth_per_s: str = "0", **changes: Any) -> Document:
    """Return a place with a smooth background alone."""
    return {**items()["place"], "smooth_per_s": smooth_per_s, "neutrons_per_s": 0} | changes


# --- counting ---

VARIATION = "0.05"
LIMIT_PER_S = 8
VARYING = {**items()["varying"], "background": {"normal": [1, VARIATION]}}
HELD_LOW, HELD_HIGH = ({**VARYING, "background": decimal(1 + sign * float(VARIATION))} for sign in (-1, 1))


def quiet(name: str, *, source: bool = False, held: bool = False) -> StatedCase:
    """Return an empty place, or one with a source that gives exactly the stated limit of 8 /s."""
    settings = {
        "bands": [{"band_kev": [100, 2500], "limit_rate_per_s": LIMIT_PER_S}],
        "detection_factor": "1.645",
        "miss_factor": "1.645",
        "background_variation": VARIATION,
    }
    varying = (HELD_LOW if source else HELD_HIGH) if held else VARYING
    there = gamma("Cs-137", decimal(LIMIT_PER_S / _seen_of_caesium())) if source else None
    return StatedCase(
        name=name,
        item="a source at the stated limit of a band" if source else "an empty place",
        protocol=asking("no-radiation", settings, background=BACKGROUND),
        items=items(place=quiet_place("40"), populations=only("it", gamma=there), varying=varying),
        held=held,
        tight=not source and not held,
        loosens=not source,
    )


def _seen_of_caesium() -> float:
    """Return the counts of the band for each decay."""
    detector = parse_items(items()).detector
    assert detector is not None
    table = running_counts(detector, "Cs-137", layers=(), width=1.0)
    channels = expected_channels(detector, [(1.0, table)], gain=1.0, drift=0.0)
    return float(channels[2:63].sum())


SINGLES_PER_G = PU240_FISSION_RATE_PER_S_G * factorial_moments(PU240_CHANCES)[0] * 0.5


def neutron_source(name: str, *, held: bool = False) -> StatedCase:
    """Return an item of exactly 20 /s net in fissions of Pu-240, which scatter as the agreed bunching has it."""
    first, second, _ = factorial_moments(PU240_CHANCES)
    bunching = decimal(1 + 0.5 * second / first)
    settings = {"rate": threshold("20"), "background_variation": VARIATION, "bunching": bunching}
    neutrons = {"m240_g": decimal(20 / SINGLES_PER_G), "alpha": 0, "multiplication": 1}
    return StatedCase(
        name=name,
        item="an item at the net rate of the threshold",
        protocol=asking("neutron-presence", settings, form="pulses", background=BACKGROUND),
        items=items(
            place=quiet_place(neutrons_per_s=10),
            populations=only("it", neutrons=neutrons),
            varying=HELD_HIGH if held else VARYING,
        ),
        held=held,
    )


def three_sides(name: str, *, held: bool = False) -> StatedCase:
    """Return three sides of which one is off the mean by exactly the tolerance of 20 %."""
    variation = 0.03
    settings = {
        "sides": 3,
        "band_kev": [100, 1500],
        "tolerance": "0.2",
        "coverage": COVERAGE,
        "side_variation": decimal(variation),
        "least_net_counts": 100,
    }
    drawn = [{"normal": [decimal(side), decimal(side * variation)]} for side in (0.9, 0.9, 1.2)]
    stated: list[Any] = ["0.885", "0.885", "1.23"] if held else drawn
    return StatedCase(
        name=name,
        item="an item with one side at the tolerance",
        protocol=asking("symmetry", settings, files=3),
        items=items(place=quiet_place(), populations=only("it", gamma=gamma("Eu-152", 4_000, sides=stated))),
        held=held,
    )


# --- lines of plutonium; Cs-137 at 661.657 keV stands in for one ---

LINE_KEV, FWHM_KEV = 661.657, 1.5
ACTIVITY_BQ, EFFICIENCY = 200_000, 0.0001
LINE_PER_S = ACTIVITY_BQ * EFFICIENCY * load_nuclear_data().line("Cs-137", LINE_KEV).intensity
"""The net rate of that line, of which all is within its band."""


def one_line(name: str, item: str, **changes: Any) -> StatedCase:
    """Return one line on a flat ground, narrow channels; ``changes`` are those of line, settings and items."""
    line = {
        "energy_kev": decimal(LINE_KEV + changes.pop("off_kev", 0.0)),
        "low_band_kev": [650, 656],
        "peak_kev": ["657.5", 666],
        "high_band_kev": [667, 673],
        "fwhm_kev": decimal(FWHM_KEV),
        "centre_gate_kev": changes.pop("centre_gate_kev", 3),
        "width_gate": changes.pop("width_gate", None),
    }
    settings = {
        "lines": [line],
        "detection_factor": "1.645",
        "coverage": COVERAGE,
        "drift_kev": 0,
        "least_net_counts": 1,
        "least_rate_per_s": changes.pop("least_rate_per_s", None),
    }
    wide = decimal((FWHM_KEV * changes.pop("width", 1.0)) ** 2)
    seen = gamma("Cs-137", changes.pop("activity_bq", ACTIVITY_BQ))
    detector = germanium(channels=400, scale_kev=["620", "0.25"], fwhm=[wide, "0", "0"], lowest_kev=600)
    place = quiet_place(changes.pop("smooth_per_s", "5"), fall_kev=100_000)
    return StatedCase(
        name=name,
        item=item,
        protocol=asking("plutonium-presence", settings),
        items=items(detector=detector, place=place, populations=only("it", gamma=seen)),
        **changes,
    )
