"""Instrument files of many makers (CNF, SPC, PCF, RADDATA and about a hundred more), outside the barrier.

SandiaSpecUtils reads them in a process of its own: with a time limit, a memory limit, and no way back
but one JSON answer, of which every number is checked here as if a stranger had sent it. The library
holds counts, times and calibrations in single precision. So a count that could have been rounded is
refused, and times and calibrations are taken as the shortest decimal of seven digits that they stand for.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

import numpy as np

from counterseal.errors import WorkplaceError
from counterseal.measurement.errors import ReadingError
from counterseal.measurement.readers.any_form import form_of, read_spectra
from counterseal.measurement.readers.exact import seconds_ns, shown
from counterseal.measurement.readers.reading import Draft, Reading, free_text
from counterseal.measurement.readers.scales import Found, boundary_scale, polynomial_scale, table_scale
from counterseal.measurement.spectrum import MAX_CHANNELS, Counts, Spectrum

PROGRAM = Path(__file__).with_name("foreign_reader.py")
FORM = "foreign"
SINGLE_EXACT = 2**24
"""From here on single precision cannot tell every whole number from the next."""

_PASSED_ON = ("SYSTEMROOT", "LD_LIBRARY_PATH", "PATH")
_KEYS = (
    "live_s",
    "real_s",
    "model",
    "coefficients",
    "edges",
    "detector",
    "title",
    "started",
    "source",
    "sample",
)
_MOST_COEFFICIENTS = 16
_RANGE_TERMS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLimits:
    """What the other process may take.

    Attributes:
        seconds: How long it may run [s].
        answer_bytes: How long its answer may be [bytes].
    """

    seconds: float = 60.0
    answer_bytes: int = 2**28


LIMITS = ForeignLimits()


def read_spectrum_file(
    data: bytes, *, name: str, form: str | None = None, repair: bool = False
) -> tuple[Spectrum, ...]:
    """Return the spectra of a file in any form: by our own strict reader where it has one, else the extra.

    Args:
        data: The file.
        name: Its name, of which the ending helps the extra; ours go by the bytes.
        form: One of our own forms, ``foreign``, or None to find out.
        repair: Mend what can be mended, by our own readers.

    Raises:
        ReadingError: neither reads it; the reason is that of the reader that its bytes ask for.
        WorkplaceError: it needs the extra, which is not installed.
    """
    if form == FORM or (form is None and form_of(data) is None):
        return read_foreign(data, name=name)
    return read_spectra(data, form=form, repair=repair)


def read_foreign(data: bytes, *, name: str, limits: ForeignLimits = LIMITS) -> tuple[Spectrum, ...]:
    """Return the gamma spectra of a file, as SandiaSpecUtils reads them, checked again.

    Args:
        data: The file.
        name: Its name; only the ending is used.
        limits: What the other process may take.

    Raises:
        ReadingError: it cannot be read, takes too long, or holds what no instrument counts, or counts
            that single precision may have rounded.
        WorkplaceError: the extra ``formats`` is not installed.
    """
    reading = Reading(data, form=FORM)
    document = _asked(data, ending=Path(name).suffix[:12], limits=limits)
    if document.get("missing"):
        raise WorkplaceError(
            f"{shown(Path(name).name)[1:-1]}: this form needs the extra 'formats', which is not installed:"
            " pip install 'counterseal[formats]'"
        )
    if "refused" in document:
        raise ReadingError(f"foreign: the file was not read: {_text(document['refused'])}")
    spectra = document.get("spectra")
    if not isinstance(spectra, list):
        raise ReadingError("foreign: the other process gave no spectra")
    model = _text(document.get("model", ""))
    drafts = [_draft(one, number, reading, model=model) for number, one in enumerate(spectra)]
    return reading.spectra(drafts)


def _asked(data: bytes, *, ending: str, limits: ForeignLimits) -> dict[str, Any]:
    """Return the answer of the other process, as a JSON object of which nothing else is known."""
    with TemporaryDirectory(prefix="counterseal-foreign-") as folder:
        path = Path(folder) / f"file{ending if ending.isascii() and ending[1:].isalnum() else ''}"
        path.write_bytes(data)
        answer = _run([sys.executable, "-I", str(PROGRAM), str(path), path.name], limits=limits)
    try:
        document = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise ReadingError("foreign: the other process gave no answer that can be read") from error
    if not isinstance(document, dict):
        raise ReadingError("foreign: the answer of the other process is no object")
    return document


def _run(command: list[str], *, limits: ForeignLimits) -> bytes:
    """Run a program and return what it wrote, if it ended well, in time, and wrote not too much."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=passed
    ) as process:
        timer = Timer(limits.seconds, process.kill)
        timer.start()
        try:
            answer = process.stdout.read(limits.answer_bytes + 1) if process.stdout else b""
            if len(answer) > limits.answer_bytes:
                process.kill()
            status = process.wait()
            late = timer.finished.is_set()
        finally:
            timer.cancel()
            process.kill()
    if late:
        raise ReadingError(f"foreign: reading took more than {limits.seconds:g} s and was stopped")
    if len(answer) > limits.answer_bytes:
        raise ReadingError(f"foreign: the answer has more than {limits.answer_bytes} bytes")
    if status:
        raise ReadingError(f"foreign: the other process ended with status {status} while reading the file")
    return answer


def _draft(one: object, number: int, reading: Reading, *, model: str) -> Draft:
    where = f"foreign: spectrum {number}"
    if not isinstance(one, dict) or any(key not in one for key in (*_KEYS, "counts")):
        raise ReadingError(f"{where}: is not told in full")
    counts = _counts(one["counts"], where=where)
    reading.take(len(counts), where=where)
    live_ns, real_ns = (_time_ns(one[key], where=f"{where}, {key}") for key in ("live_s", "real_s"))
    live_ns, real_ns = reading.times_ns(live_ns, real_ns, where=where)
    scale, reason = _scale(one, channels=len(counts), where=where)
    remarks = (
        reason,
        f"instrument {model}" if model else "",
        f"began {_text(one['started'])}, zone not stated",
        f"source type {_text(one['source'])}, sample {_text(one['sample'])}",
        _text(one["title"]),
        "read by SandiaSpecUtils: times and calibration to seven digits",
    )
    return Draft(
        counts=counts,
        live_time_ns=live_ns,
        real_time_ns=real_ns,
        where=where,
        scale=scale,
        name=_text(one["detector"]) or _text(one["title"]),
        remarks=remarks,
    )


def _counts(values: object, *, where: str) -> Counts:
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_CHANNELS:
        raise ReadingError(f"{where}: must have 1 to {MAX_CHANNELS} channels")
    for channel, value in enumerate(values):
        if type(value) is not int or value < 0:
            raise ReadingError(f"{where}: channel {channel}: {_text(value)} is no whole count")
        if value >= SINGLE_EXACT:
            raise ReadingError(
                f"{where}: channel {channel}: count {value} may be rounded, this way reads below 2**24 only"
            )
    return np.array(values, dtype=np.int64)


def _time_ns(value: object, *, where: str) -> int:
    return seconds_ns(_single(value, where=where), where=where)


def _single(value: object, *, where: str) -> str:
    """Return the shortest decimal that stands for a number of single precision."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ReadingError(f"{where}: {_text(value)} is no number")
    with np.errstate(over="ignore"):
        return str(np.float32(value))


def _scale(one: dict[str, Any], *, channels: int, where: str) -> Found:
    """Return the scale: a polynomial where the file has one, else the energies of its channels."""
    model = _text(one["model"])
    values = _reals(one["coefficients"], most=_MOST_COEFFICIENTS, where=f"{where}, coefficients")
    if model == "LowerChannelEdge":
        edges = _reals(one["edges"] or [], most=MAX_CHANNELS + 1, where=f"{where}, edges")
        return boundary_scale(edges, channels=channels, where=where)
    if "Polynomial" not in model and model != "FullRangeFraction":
        return None, "energy calibration: none"
    if "Unspecified" in model:
        return None, "energy calibration: none, the library would assume one"
    if model == "FullRangeFraction" and len(values) <= _RANGE_TERMS:
        values = tuple(value / float(channels) ** power for power, value in enumerate(values))
        return polynomial_scale(values, channels=channels)
    if one["edges"] is None:
        return polynomial_scale(values, channels=channels)
    edges = _reals(one["edges"], most=MAX_CHANNELS + 1, where=f"{where}, edges")
    if len(edges) < channels:
        raise ReadingError(f"{where}: {len(edges)} energies for {channels} channels")
    return table_scale(np.array(edges[:channels], dtype=np.float64))


def _reals(values: object, *, most: int, where: str) -> tuple[float, ...]:
    if not isinstance(values, list) or len(values) > most:
        raise ReadingError(f"{where}: must be a list of at most {most} numbers")
    found = tuple(float(_single(value, where=where)) for value in values)
    if not np.isfinite(found).all():
        raise ReadingError(f"{where}: a number is not finite")
    return found


def _text(value: object) -> str:
    return free_text(str(value)[:200], where="foreign: text")
