"""Protocols and items for operating curves: made up, cheap to judge, with chances that can be worked out."""

from typing import Any

from counterseal.barrier.operating_curve.curve import Plan
from counterseal.barrier.operating_curve.items_form import parse_items
from counterseal.barrier.operating_curve.sweep import Axis
from counterseal.barrier.protocol import Protocol
from strategies.measurement_protocols import document, protocol

CHANNELS = 64
KEV_PER_CHANNEL = 40


def asking(attribute: str, **settings: Any) -> dict[str, Any]:
    """Return a question for one attribute."""
    return {"attributes": [{"attribute": attribute, "settings": settings, "cross_check": None}]}


def neutron_protocol(
    *, rate: str = "0", coverage: str = "2", variation: str = "0", time_s: int = 100, **changes: Any
) -> Protocol:
    """Return a protocol that asks whether an item gives neutrons, by one list of pulses."""
    threshold = {"value": rate, "holds": "above", "coverage": coverage}
    question = asking("neutron-presence", rate=threshold, background_variation=variation, bunching=1)
    return protocol(**_shared(question, "pulses", time_s) | changes)


def quiet_protocol(
    *, limit: str = "2", factor: str = "1.645", variation: str = "0", time_s: int = 100, **changes: Any
) -> Protocol:
    """Return a protocol that asks for no radiation from 100 keV to 2500 keV above a limit [1/s]."""
    question = asking(
        "no-radiation",
        bands=[{"band_kev": [100, 2500], "limit_rate_per_s": limit}],
        detection_factor=factor,
        miss_factor=factor,
        background_variation=variation,
    )
    return protocol(**_shared(question, "spectrum", time_s) | changes)


def _shared(question: dict[str, Any], form: str, time_s: int) -> dict[str, Any]:
    measuring = {**document()["measuring"], "files": [form], "time_s": time_s}
    background = {"least_time_s": 1, "most_rate_per_s": 1_000_000}
    return {"question": question, "measuring": measuring, "background": background}


def items(**changes: Any) -> dict[str, Any]:
    """Return items with an empty place and a source, for both kinds of instrument."""
    whole = {
        "items": 1,
        "title": "Made up for tests",
        "detector": {
            "channels": CHANNELS,
            "scale_kev": [20, KEV_PER_CHANNEL],
            "fwhm": ["900", "2.5", 0],
            "efficiency": [[100, "0.01"], [3000, "0.001"]],
            "peak_to_total": "0.3",
            "lowest_kev": 60,
            "dead_part": 0,
        },
        "counter": {"efficiency": "0.5", "die_away_us": 50, "dead_time_ns": 0, "tick_ps": 10_000},
        "varying": {"gain": 1, "drift": 0, "width": 1, "placing": 1, "background": 1},
        "place": {"time_s": 100, "smooth_per_s": 20, "fall_kev": 600, "sources": [], "neutrons_per_s": 20},
        "check_source": None,
        "template": None,
        "populations": [
            {"name": "nothing there", "genuine": True, "gamma": None, "neutrons": None},
            {"name": "a source", "genuine": False, "gamma": gamma("Cs-137", 1000), "neutrons": None},
        ],
    }
    return whole | changes


def gamma(nuclide: str, activity_bq: Any, **changes: Any) -> dict[str, Any]:
    """Return an item of one source."""
    source = {"nuclide": nuclide, "activity_bq": activity_bq}
    return {"sources": [source], "materials": [], "shields": [], "sides": None} | changes


def plan(
    agreed: Protocol, *axes: Axis, on: dict[str, Any] | None = None, seed: int = 1, runs: int = 100
) -> Plan:
    """Return a plan."""
    return Plan(protocol=agreed, items=parse_items(on or items()), axes=axes, seed=seed, runs=runs)
