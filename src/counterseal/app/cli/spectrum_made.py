"""What ``counterseal spectrum simulate`` makes: a spectrum, from options or a file that says the same."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from counterseal.errors import RefusedInputError
from counterseal.measurement.efficiency import Efficiency
from counterseal.measurement.identify_width import usual_width
from counterseal.measurement.simulate_spectrum import SimulatedDetector, SimulatedSource, simulate_spectrum
from counterseal.measurement.spectrum import EnergyScale, Spectrum
from counterseal.reference.nuclear_data import load_nuclear_data

FORM = "counterseal/simulated-spectrum/v1"
MAX_BYTES = 65_536
REFERENCE_KEV = 661.657
_FALL = -0.9
_MOST_S = 1e8


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A kind of detector as it is made up: its channels, its peaks, and the part of the counts in peaks."""

    channels: int
    kev_per_channel: float
    fwhm_661_kev: float
    peak_to_total: float


INSTRUMENTS = {
    "hpge": Instrument(channels=8192, kev_per_channel=0.37, fwhm_661_kev=1.6, peak_to_total=0.2),
    "czt": Instrument(channels=4096, kev_per_channel=0.73, fwhm_661_kev=6.0, peak_to_total=0.1),
    "labr": Instrument(channels=2048, kev_per_channel=1.5, fwhm_661_kev=19.0, peak_to_total=0.2),
    "nai": Instrument(channels=1024, kev_per_channel=2.95, fwhm_661_kev=46.0, peak_to_total=0.25),
}
_KEYS = (
    "form",
    "sources_bq",
    "detector",
    "live_time_s",
    "background_per_s",
    "efficiency_661",
    "gain_drift",
    "dead_part",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What is made up.

    Attributes:
        sources: What stands in front of the detector.
        detector: Kind of detector, one of ``INSTRUMENTS``.
        live_time_s: Live time [s].
        background_per_s: Rate of a smooth background [1/s].
        efficiency_661: Counts in the peak per photon of 661.657 keV that is emitted [1].
        gain_drift: Relative change of the gain from start to end [1].
        dead_part: Part of the real time that is dead [1].
    """

    sources: tuple[SimulatedSource, ...]
    detector: str
    live_time_s: float
    background_per_s: float = 20.0
    efficiency_661: float = 1e-3
    gain_drift: float = 0.0
    dead_part: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if self.detector not in INSTRUMENTS:
            raise RefusedInputError(
                f"simulated spectrum: detector {self.detector!r}, must be one of {', '.join(INSTRUMENTS)}"
            )
        if not 0 < self.live_time_s <= _MOST_S:
            raise RefusedInputError(
                f"simulated spectrum: live time {self.live_time_s} s, must be above 0 and at most {_MOST_S:g}"
            )
        if not 0 < self.efficiency_661 <= 1:
            raise RefusedInputError(
                f"simulated spectrum: efficiency {self.efficiency_661}, must be above 0 and at most 1"
            )


def parse_source(text: str) -> SimulatedSource:
    """Return a source from ``NUCLIDE=BECQUEREL``.

    Raises:
        RefusedInputError: it is not in this form.
    """
    name, sign, value = text.partition("=")
    if not sign:
        raise RefusedInputError(f"--source {text!r}: must be NUCLIDE=BECQUEREL, such as Cs-137=1000")
    return SimulatedSource(nuclide=name.strip(), activity_bq=_number(value, f"--source {name}"))


def read_simulation(path: Path) -> Simulation:
    """Return what a YAML or JSON file says is to be made up.

    Raises:
        RefusedInputError: it is not in the form; says where and what the rule is.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RefusedInputError(f"{path}: cannot be read as a simulation: {error.strerror}") from error
    if len(text) > MAX_BYTES:
        raise RefusedInputError(f"{path}: a simulation of more than {MAX_BYTES} bytes")
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise RefusedInputError(f"{path}: is no YAML that says what to simulate") from error
    if not isinstance(values, dict) or values.get("form") != FORM:
        raise RefusedInputError(f"{path}: must be a mapping with form: {FORM}")
    return _simulation(values, where=str(path))


def _simulation(values: Mapping[Any, Any], *, where: str) -> Simulation:
    unknown = sorted(str(key) for key in values if key not in _KEYS)
    if unknown:
        raise RefusedInputError(f"{where}: {unknown[0]!r} is not known; there is {', '.join(_KEYS)}")
    sources = values.get("sources_bq")
    if not isinstance(sources, dict) or "live_time_s" not in values or "detector" not in values:
        raise RefusedInputError(f"{where}: needs sources_bq (a mapping), detector and live_time_s")
    given = {name: _number(values[name], f"{where}: {name}") for name in _KEYS[3:] if name in values}
    return Simulation(
        sources=tuple(
            SimulatedSource(nuclide=str(name), activity_bq=_number(value, f"{where}: {name}"))
            for name, value in sources.items()
        ),
        detector=str(values["detector"]),
        **given,
    )


def _number(value: object, where: str) -> float:
    try:
        found = float(str(value)) if not isinstance(value, bool) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise RefusedInputError(f"{where}: {value!r} is no finite number")
    return found


def simulated(simulation: Simulation, *, seed: int) -> Spectrum:
    """Return the spectrum; the same simulation and seed give the same one."""
    kind = INSTRUMENTS[simulation.detector]
    detector = SimulatedDetector(
        channels=kind.channels,
        scale=EnergyScale(coefficients_kev=(0.0, kind.kev_per_channel)),
        width=usual_width(kind.fwhm_661_kev),
        efficiency=Efficiency(
            reference_kev=REFERENCE_KEV,
            coefficients=(math.log(simulation.efficiency_661), _FALL),
            covariance=(),
        ),
        peak_to_total=kind.peak_to_total,
        background_rate_per_s=simulation.background_per_s,
        gain_drift=simulation.gain_drift,
        lowest_kev=30.0,
    )
    return simulate_spectrum(
        np.random.Generator(np.random.Philox(seed)),
        sources=simulation.sources,
        detector=detector,
        live_time_ns=round(simulation.live_time_s * 1e9),
        data=load_nuclear_data(),
        dead_part=simulation.dead_part,
        name=f"simulated {simulation.detector}",
    )
