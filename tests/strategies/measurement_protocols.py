"""A made-up measurement: a protocol with one line to be seen, and files of an instrument that never was."""

from copy import deepcopy
from typing import Any

import numpy as np

from counterseal.barrier.code_hash import code_hash
from counterseal.barrier.protocol import Protocol, parse_protocol
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.spe import write_spe
from counterseal.reference.nuclear_data import load_nuclear_data

TIME_S = 100
CHANNELS = 512
LINE = 250


def document(**changes: Any) -> dict[str, Any]:
    """Return a protocol that asks for one line at 250 keV; named members are put in place of its own."""
    data = load_nuclear_data()
    whole = {
        "protocol": 2,
        "treaty": "lake-treaty",
        "title": "Line at 250 keV",
        "host": "ARD",
        "inspector": "BEL",
        "question": {
            "attributes": [{"attribute": "plutonium-presence", "settings": settings(), "cross_check": None}]
        },
        "measuring": {
            "files": ["spectrum"],
            "preset": "live",
            "time_s": TIME_S,
            "tolerance_s": "0.5",
            "repeats": 3,
        },
        "check_source": None,
        "background": None,
        "nuclear_data": {"version": data.version, "sha256": data.sha256},
        "code": code_hash(),
        "tick_s": 1,
        "answer": {"no_decision": "shown", "budget_bits": 6},
        "equipment": "none",
    }
    return deepcopy(whole | changes)


def first_document(**changes: Any) -> dict[str, Any]:
    """Return such a protocol in version 1 of its form, which has no word on the equipment."""
    whole = document(**({"protocol": 1} | changes))
    del whole["equipment"]
    return whole


def settings(**changes: Any) -> dict[str, Any]:
    """Return settings of the presence of that line."""
    line = {
        "energy_kev": LINE,
        "low_band_kev": [220, 230],
        "peak_kev": [240, 260],
        "high_band_kev": [270, 280],
        "fwhm_kev": "7.06",
        "centre_gate_kev": 2,
        "width_gate": "0.5",
    }
    whole = {
        "lines": [line],
        "detection_factor": 2,
        "coverage": 2,
        "drift_kev": 1,
        "least_net_counts": 10,
        "least_rate_per_s": "10.5",
    }
    return whole | changes


def asking(**changes: Any) -> dict[str, Any]:
    """Return a question for the presence of the line, with some settings changed."""
    asked = {"attribute": "plutonium-presence", "settings": settings(**changes), "cross_check": None}
    return {"attributes": [asked]}


def protocol(**changes: Any) -> Protocol:
    return parse_protocol(document(**changes))


CHECKED: dict[str, Any] = {
    "check_source": {
        "nuclide": "Cs-137",
        "lines": [
            {
                "energy_kev": LINE,
                "fwhm_kev": "7.06",
                "largest_shift_ev": 500,
                "largest_width_permille": 100,
                "least_counts": 100,
            }
        ],
    },
    "background": {"least_time_s": 50, "most_rate_per_s": 600},
}
"""Members of a protocol with a check source and a background."""


def spectrum(
    *, height: int = 400, at: float = LINE, time_s: int = TIME_S, under: int = 40, seed: int | None = None
) -> Spectrum:
    """Return a spectrum with one line of a height over a flat ground; scattered as counts are, if seeded."""
    away = (np.arange(CHANNELS) - at) / 3.0
    shape = under + height * np.exp(-0.5 * away**2)
    counts = np.rint(shape) if seed is None else np.random.default_rng(seed).poisson(shape)
    return Spectrum(
        counts=counts.astype(np.int64),
        live_time_ns=time_s * 10**9,
        real_time_ns=time_s * 10**9,
        scale=EnergyScale(coefficients_kev=(0.0, 1.0)),
    )


def spe(**of: Any) -> bytes:
    """Return the file of such a spectrum."""
    return write_spe(spectrum(**of))
