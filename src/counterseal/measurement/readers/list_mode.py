"""The native list of pulses: a manifest, ticks and channels, as three files in a ZIP or a folder.

- ``manifest.json``: canonical JSON with the form, the length of a tick, the time listened, the number
  of pulses, and SHA-256 of every chunk of 2**20 pulses;
- ``ticks.npy``: time of each pulse in ticks since the start, int64, little endian;
- ``channels.npy``: which preamplifier it came from, uint8.

The hash of a chunk is taken over its ticks' bytes, then its channels' bytes, without the NPY header.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from counterseal.measurement.errors import MeasurementError, ReadingError
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.readers.exact import shown
from counterseal.measurement.readers.limits import MAX_LIST_BYTES, MAX_PULSES
from counterseal.measurement.readers.reading import Reading, free_text
from counterseal.measurement.readers.stored_zip import read_stored_zip
from counterseal.measurement.spectrum import MAX_COUNT, Counts

FORM = "counterseal/list-mode/v1"
CHUNK_PULSES = 2**20
MANIFEST, TICKS, CHANNELS = "manifest.json", "ticks.npy", "channels.npy"
NAMES = (MANIFEST, TICKS, CHANNELS)
KEYS = {"chunks", "duration_ticks", "form", "pulses", "remarks", "tick_ps"}
NPY_MARK = b"\x93NUMPY\x01\x00"
_NPY_HEADER = re.compile(
    r"\{'descr': '([^']{2,4})', 'fortran_order': False, 'shape': \(([0-9]{1,18}),\), ?\} *\n", re.ASCII
)
_NPY_START = len(NPY_MARK) + 2
_MAX_MANIFEST = 2**20
_MAX_REMARKS = 100

Files = Mapping[str, bytes | memoryview]


def read_list_mode(data: bytes) -> PulseTrain:
    """Return the pulses in a native list that is one ZIP.

    Raises:
        ReadingError: it is not in the form, past a cap, its bytes do not have the hashes of its
            manifest, or its pulses are not in the order of time.
    """
    reading = Reading(data, form="list-mode", most=MAX_LIST_BYTES)
    return _pulses(read_stored_zip(data), reading)


def read_list_mode_files(files: Files) -> PulseTrain:
    """Return the pulses in a native list that is a folder.

    Args:
        files: Bytes of the three files, by their name; SHA-256 of the manifest stands for all.

    Raises:
        ReadingError: as ``read_list_mode`` does.
    """
    manifest = bytes(files.get(MANIFEST, b""))
    return _pulses(files, Reading(manifest, form="list-mode", most=_MAX_MANIFEST))


def _pulses(files: Files, reading: Reading) -> PulseTrain:
    if sorted(files) != sorted(NAMES):
        raise ReadingError(f"list-mode: files {shown(', '.join(sorted(files)))}, must be {', '.join(NAMES)}")
    manifest = _manifest(bytes(files[MANIFEST][: _MAX_MANIFEST + 1]))
    pulses = manifest["pulses"]
    ticks = _array(files[TICKS], descr="<i8", pulses=pulses, name=TICKS).astype(np.int64)
    channels = _array(files[CHANNELS], descr="|u1", pulses=pulses, name=CHANNELS).astype(np.uint8)
    _require_hashes(manifest["chunks"], ticks, channels)
    remarks = tuple(free_text(remark, where="list-mode: manifest.json") for remark in manifest["remarks"])
    return made_train(
        ticks,
        channels,
        tick_ps=manifest["tick_ps"],
        duration_ticks=manifest["duration_ticks"],
        reading=reading,
        remarks=remarks,
    )


def made_train(
    ticks: Counts,
    channels: NDArray[np.uint8],
    *,
    tick_ps: int,
    duration_ticks: int,
    reading: Reading,
    remarks: tuple[str, ...] = (),
) -> PulseTrain:
    """Return a train of pulses that came from a file.

    Args:
        ticks: When each pulse came [ticks], int64, shape (pulses,).
        channels: Which channel saw it, uint8, shape (pulses,).
        tick_ps: Length of a tick [ps], at least 1.
        duration_ticks: How long was listened [ticks].
        reading: The file that is read, for provenance and messages.
        remarks: What the file says besides.

    Raises:
        ReadingError: they are not in the order of time, one stands twice, or is after the end.
    """
    require_once(ticks, channels, where=reading.form)
    try:
        return PulseTrain(
            ticks=ticks,
            channels=channels,
            tick_ps=tick_ps,
            duration_ticks=duration_ticks,
            provenance=reading.provenance(remarks),
        )
    except MeasurementError as error:
        raise ReadingError(f"{reading.form}: {error}") from error


def require_once(ticks: Counts, channels: NDArray[np.uint8], *, where: str) -> None:
    """Refuse two pulses of one preamplifier in one tick: it has a dead time, so one of them is a copy.

    Args:
        ticks: When each pulse came [ticks], in increasing order, shape (pulses,).
        channels: Which channel saw it, shape (pulses,).
        where: Place in the file, for messages.

    Raises:
        ReadingError: naming the second.
    """
    same = np.flatnonzero(ticks[1:] == ticks[:-1])
    if not same.size:
        return
    # Pulses of one tick may stand in any order of channels, so all of a tick are compared.
    at = np.union1d(same, same + 1)
    order = at[np.lexsort((channels[at], ticks[at]))]
    twice = (ticks[order[1:]] == ticks[order[:-1]]) & (channels[order[1:]] == channels[order[:-1]])
    if twice.any():
        pulse = int(order[1:][twice].min())
        raise ReadingError(
            f"{where}: pulse {pulse} has tick {int(ticks[pulse])} and channel {int(channels[pulse])}"
            " of another; a preamplifier gives one pulse a tick"
        )


def _manifest(data: bytes) -> dict[str, Any]:
    if len(data) > _MAX_MANIFEST:
        raise ReadingError(f"list-mode: manifest.json has more than {_MAX_MANIFEST} bytes")
    document = _canonical(data)
    if not isinstance(document, dict) or set(document) != KEYS:
        raise ReadingError(f"list-mode: manifest.json: must have the keys {', '.join(sorted(KEYS))}")
    if document["form"] != FORM:
        raise ReadingError(f"list-mode: manifest.json: form {shown(str(document['form']))}, must be {FORM}")
    for key, most in (("pulses", MAX_PULSES), ("tick_ps", MAX_COUNT), ("duration_ticks", MAX_COUNT)):
        if type(document[key]) is not int or not 0 <= document[key] <= most:
            raise ReadingError(f"list-mode: manifest.json: {key} must be a whole number, 0 to {most}")
    _require_texts(document["chunks"], key="chunks", most=-(-MAX_PULSES // CHUNK_PULSES))
    _require_texts(document["remarks"], key="remarks", most=_MAX_REMARKS)
    return document


def _canonical(data: bytes) -> Any:
    """Return the document of a manifest, with nothing from outside: this is read in the closed room too."""
    try:
        document = json.loads(data, parse_float=_no_fraction, parse_constant=_no_fraction)
        written = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        same = written.encode() == data
    except (ValueError, RecursionError) as error:
        raise ReadingError(f"list-mode: manifest.json: cannot be read as JSON: {error}") from error
    if not same:
        raise ReadingError("list-mode: manifest.json: is not in its one canonical form")
    return document


def _no_fraction(text: str) -> NoReturn:
    raise ValueError(f"number {shown(text)}: must be whole")


def _require_texts(value: object, *, key: str, most: int) -> None:
    if not isinstance(value, list) or len(value) > most or any(not isinstance(text, str) for text in value):
        raise ReadingError(f"list-mode: manifest.json: {key} must be a list of at most {most} texts")


def _array(data: bytes | memoryview, *, descr: str, pulses: int, name: str) -> NDArray[Any]:
    """Return the one axis of numbers in an NPY file of version 1.0, without reading its header as code."""
    length = int.from_bytes(data[len(NPY_MARK) : _NPY_START], "little")
    header = bytes(data[_NPY_START : _NPY_START + length]).decode("latin-1")
    found = _NPY_HEADER.fullmatch(header)
    if data[: len(NPY_MARK)] != NPY_MARK or found is None:
        raise ReadingError(f"list-mode: {name}: no NPY file of version 1.0 with one axis")
    if found[1] != descr or int(found[2]) != pulses:
        raise ReadingError(f"list-mode: {name}: {found[2]} of {found[1]}, must be {pulses} of {descr}")
    body = data[_NPY_START + length :]
    if len(body) != pulses * np.dtype(descr).itemsize:
        raise ReadingError(f"list-mode: {name}: {len(body)} bytes of data for {pulses} pulses")
    return np.frombuffer(body, dtype=descr)


def chunk_hashes(ticks: Counts, channels: NDArray[np.uint8]) -> list[str]:
    """Return SHA-256 of each chunk of pulses [64 hexadecimal digits]."""
    made = []
    for start in range(0, len(ticks), CHUNK_PULSES):
        chunk = slice(start, start + CHUNK_PULSES)
        digest = sha256(ticks[chunk].astype("<i8").tobytes())
        digest.update(channels[chunk].tobytes())
        made.append(digest.hexdigest())
    return made


def _require_hashes(said: list[str], ticks: Counts, channels: NDArray[np.uint8]) -> None:
    found = chunk_hashes(ticks, channels)
    if len(said) != len(found):
        raise ReadingError(f"list-mode: manifest.json: {len(said)} chunks, the pulses have {len(found)}")
    for number, (one, other) in enumerate(zip(said, found, strict=True)):
        if one != other:
            raise ReadingError(
                f"list-mode: chunk {number}: its bytes have SHA-256 {other}, not the stated one"
            )
