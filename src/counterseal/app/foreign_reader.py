"""The program that reads instrument files of many makers, in a process of its own: run, never imported.

    python -I foreign_reader.py FILE NAME

It knows nothing of Counterseal. It lowers its own limits first, lets SandiaSpecUtils read the file, and
answers one JSON document on standard output: ``spectra``, or ``refused`` with a reason, or ``missing``
where the library is not installed. What it answers is checked again by whoever started it.
"""

import json
import math
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

MEMORY_BYTES = 2**31
CPU_S = 60
MAX_ANSWERED = 20_000
_CLOSE = 2e-6
_SHOWN = 300


def lower_limits() -> None:
    """Give up memory, time, files and core dumps that reading a file does not need."""
    try:
        resource = import_module("resource")
    except ImportError:
        return  # not on this system; whoever started the program still stops it in time
    for name, most in (
        ("RLIMIT_AS", MEMORY_BYTES),
        ("RLIMIT_CPU", CPU_S),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            resource.setrlimit(kind, (most, most))


def number(value: float) -> float | int | str:
    """Return a number as JSON has it: whole ones as integers, what is none as a text."""
    if not math.isfinite(value):
        return str(value)
    return int(value) if value == int(value) else value


def edges_beside(measurement: Any, coefficients: list[float]) -> list[float] | None:
    """Return the energies at which channels start, or None where the polynomial gives the same ones."""
    edges = [float(energy) for energy in measurement.channelEnergies() or ()]
    span = max((abs(edge) for edge in edges), default=0.0)
    for channel, edge in enumerate(edges):
        energy = 0.0
        for coefficient in reversed(coefficients):
            energy = energy * channel + coefficient
        if abs(energy - edge) > _CLOSE * span:
            return edges
    return None


def told(read: Callable[[], Any]) -> str:
    """Return what a member of the library says as text; some have no form in Python."""
    try:
        return str(read())
    except TypeError:
        return ""


def described(measurement: Any) -> dict[str, Any]:
    """Return one measurement as JSON."""
    model = str(measurement.energyCalibrationModel()).rpartition(".")[2]
    coefficients = [float(value) for value in measurement.calibrationCoeffs()]
    polynomial = coefficients if "Polynomial" in model else []
    return {
        "counts": [number(float(count)) for count in measurement.gammaCounts()],
        "live_s": number(float(measurement.liveTime())),
        "real_s": number(float(measurement.realTime())),
        "model": model,
        "coefficients": coefficients,
        "edges": edges_beside(measurement, polynomial),
        "detector": told(measurement.detectorName),
        "title": told(measurement.title),
        "started": told(measurement.startTime),
        "source": told(measurement.sourceType).rpartition(".")[2],
        "sample": int(measurement.sampleNumber()),
    }


def answer(path: str, name: str) -> dict[str, Any]:
    """Return what is in a file."""
    try:
        library = import_module("SpecUtils")
    except ImportError:
        return {"missing": True}
    found = library.SpecFile()
    try:
        found.loadFile(path, library.ParserType.Auto, name)
    except (RuntimeError, ValueError, TypeError, MemoryError) as error:
        return {"refused": str(error).replace(path, name)[:_SHOWN] or type(error).__name__}
    measured = [one for one in found.measurements() if int(one.numGammaChannels()) > 0]
    if len(measured) > MAX_ANSWERED:
        return {"refused": f"{len(measured)} spectra, may have {MAX_ANSWERED}"}
    return {
        "spectra": [described(one) for one in measured],
        "warnings": [str(warning)[:_SHOWN] for warning in found.parseWarnings()][:20],
        "model": told(found.instrumentModel),
    }


if __name__ == "__main__":
    lower_limits()
    sys.stdout.write(json.dumps(answer(sys.argv[1], sys.argv[2]), allow_nan=False))
