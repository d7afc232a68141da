"""What ``counterseal pulses simulate`` makes: the train, and the file that describes its counter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from counterseal.app.cli.pulses_parameters import FORM
from counterseal.errors import WorkplaceError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.simulate_pulses import SimulatedCounter, SimulatedItem, simulate_pulses

PREDELAY_US, GATE_US, DELAY_US = 4.5, 64.0, 4000.0


def item_made(given: Mapping[str, Any]) -> SimulatedItem:
    """Return the item that the options of the command describe."""
    return SimulatedItem(m240_g=given["m240_g"], alpha=given["alpha"], multiplication=given["multiplication"])


def simulated(generator: np.random.Generator, given: Mapping[str, Any]) -> PulseTrain:
    """Return the train that the options of the command describe."""
    return simulate_pulses(
        generator,
        item=item_made(given),
        counter=SimulatedCounter(
            efficiency=given["efficiency"],
            die_away_us=given["die_away_us"],
            tick_ps=given["tick_ps"],
            channels=given["channels"],
            dead_time_ns=given["dead_time_ns"],
            background_per_s=given["background_per_s"],
        ),
        duration_s=given["duration_s"],
    )


def counter_text(given: Mapping[str, Any]) -> bytes:
    """Return the counter of a simulation as ``--counter`` reads it, with one die-away time.

    Of a simulated dead time it says only a remark: what corrects for it is for a calibration to find.
    """
    lines = [
        f"form: {FORM}",
        f"predelay_us: {PREDELAY_US}",
        f"gate_us: {GATE_US}",
        f"delay_us: {DELAY_US}",
        f"efficiency: {given['efficiency']!r}",
        f"die_away_us: {given['die_away_us']!r}",
    ]
    if given["dead_time_ns"]:
        lines.append(f"# it loses pulses within {given['dead_time_ns']!r} ns; calibrate dead_time")
    if given["background_per_s"]:
        lines += [
            "background:",
            f"  singles_per_s: {given['background_per_s']!r}",
            "  doubles_per_s: 0.0",
            "  triples_per_s: 0.0",
        ]
    return ("\n".join(lines) + "\n").encode()


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet.

    Raises:
        WorkplaceError: it is there, or cannot be written.
    """
    try:
        with path.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise WorkplaceError(f"{path}: is there already and stays as it is") from error
    except OSError as error:
        raise WorkplaceError(f"{path}: cannot be written: {error.strerror}") from error
