"""The built-in example: two made-up requests that the closed room decides before it is told anything.

What comes of them is known, so a program that does not work on this machine says so while no secret is
there; and all that Python loads on first use is loaded. It stands for no instrument and no item.
"""

import numpy as np

from counterseal.barrier.protocol import UNBOUND, written
from counterseal.barrier.wire import Request, Role, RoomInput
from counterseal.measurement.arithmetic import exp
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.measurement.writers.n42_2012 import write_n42_2012
from counterseal.measurement.writers.spe import write_spe
from counterseal.reference.nuclear_data import load_nuclear_data
from counterseal.terms.outcomes import MeasurementOutcome

EXPECTED = (MeasurementOutcome.CONFIRMED, MeasurementOutcome.NO_DECISION)
"""What the two requests come to."""

_CHANNELS, _TIME_NS = 512, 100 * 10**9
_LINE_CHANNEL, _SIGMA_CHANNELS, _FWHM_KEV = 250, 3.0, "7.0645"
_UNDER, _HEIGHT = 40.0, 400.0


def example_requests() -> tuple[Request, ...]:
    """Return a request whose item shows the line that is asked for, and one whose item does not."""
    line, flat = _spectrum(height=_HEIGHT), _spectrum(height=0.0)
    inputs = (
        RoomInput(role=Role.CHECK_SOURCE, data=write_spe(line)),
        RoomInput(role=Role.BACKGROUND, data=write_spe(flat)),
    )
    items = (write_spe(line), write_n42_2012([flat]))
    return tuple(
        Request(attempt=1, protocol=_protocol(), inputs=(*inputs, RoomInput(role=Role.ITEM, data=data)))
        for data in items
    )


def _spectrum(*, height: float) -> Spectrum:
    away = (np.arange(_CHANNELS, dtype=np.float64) - _LINE_CHANNEL) / _SIGMA_CHANNELS
    shape = _UNDER + height * exp(-0.5 * away * away)
    return Spectrum(
        counts=np.floor(shape + 0.5).astype(np.int64),
        live_time_ns=_TIME_NS,
        real_time_ns=_TIME_NS,
        scale=EnergyScale(coefficients_kev=(0.0, 1.0)),
    )


def _protocol() -> bytes:
    data = load_nuclear_data()
    document = {
        "protocol": 1,
        "treaty": "example",
        "title": "Built-in example",
        "host": "HOST",
        "inspector": "INSPECTOR",
        "question": {
            "attributes": [{"attribute": "plutonium-presence", "settings": _settings(), "cross_check": None}]
        },
        "measuring": {
            "files": ["spectrum"],
            "preset": "live",
            "time_s": _TIME_NS // 10**9,
            "tolerance_s": 0,
            "repeats": 1,
        },
        "check_source": {
            "nuclide": "Cs-137",
            "lines": [
                {
                    "energy_kev": _LINE_CHANNEL,
                    "fwhm_kev": _FWHM_KEV,
                    "largest_shift_ev": 500,
                    "largest_width_permille": 100,
                    "least_counts": 100,
                }
            ],
        },
        "background": {"least_time_s": 1, "most_rate_per_s": _CHANNELS},
        "nuclear_data": {"version": data.version, "sha256": data.sha256},
        "code": UNBOUND,
        "tick_s": 1,
        "answer": {"no_decision": "shown", "budget_bits": 2},
    }
    return written(document)


def _settings() -> dict[str, object]:
    line = {
        "energy_kev": _LINE_CHANNEL,
        "low_band_kev": [220, 230],
        "peak_kev": [240, 260],
        "high_band_kev": [270, 280],
        "fwhm_kev": _FWHM_KEV,
        "centre_gate_kev": 2,
        "width_gate": "0.5",
    }
    return {
        "lines": [line],
        "detection_factor": 2,
        "coverage": 2,
        "drift_kev": 1,
        "least_net_counts": 10,
        "least_rate_per_s": None,
    }
