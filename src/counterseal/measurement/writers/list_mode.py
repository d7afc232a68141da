"""The native list of pulses, as one stored ZIP or as three files; the same pulses give the same bytes."""

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterseal.crypto.canonical import encode_canonical
from counterseal.measurement.pulses import PulseTrain
from counterseal.measurement.readers.list_mode import (
    CHANNELS,
    FORM,
    MANIFEST,
    NPY_MARK,
    TICKS,
    chunk_hashes,
    require_once,
)
from counterseal.measurement.readers.stored_zip import (
    CENTRAL,
    CENTRAL_MARK,
    END,
    END_MARK,
    LOCAL,
    LOCAL_MARK,
    VERSION,
)

_ALIGNED = 64
_DAY_ONE = 0x0021
"""The first of January 1980, the earliest date that a ZIP can say; a list has no date of its own."""


def write_list_mode(train: PulseTrain) -> bytes:
    """Return pulses as one ZIP.

    Raises:
        ReadingError: two pulses of one channel are in one tick, which would not be read back.
    """
    return _zip(list_mode_files(train))


def list_mode_files(train: PulseTrain) -> dict[str, bytes]:
    """Return pulses as the three files of a folder, by their name.

    Raises:
        ReadingError: two pulses of one channel are in one tick, which would not be read back.
    """
    require_once(train.ticks, train.channels, where="list-mode")
    manifest = {
        "chunks": chunk_hashes(train.ticks, train.channels),
        "duration_ticks": train.duration_ticks,
        "form": FORM,
        "pulses": len(train.ticks),
        "remarks": list(train.provenance.remarks),
        "tick_ps": train.tick_ps,
    }
    return {
        MANIFEST: encode_canonical(manifest),
        TICKS: _npy(train.ticks, descr="<i8"),
        CHANNELS: _npy(train.channels, descr="|u1"),
    }


def _npy(values: NDArray[Any], *, descr: str) -> bytes:
    """Return one axis of numbers as an NPY file of version 1.0, its data aligned to 64 bytes."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({len(values)},), }}"
    start = len(NPY_MARK) + 2
    padding = -(start + len(header) + 1) % _ALIGNED
    text = (header + " " * padding + "\n").encode()
    return NPY_MARK + len(text).to_bytes(2, "little") + text + values.astype(np.dtype(descr)).tobytes()


def _zip(files: Mapping[str, bytes]) -> bytes:
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for name, data in files.items():
        raw = name.encode("ascii")
        told = (VERSION, 0, 0, 0, _DAY_ONE, zlib.crc32(data), len(data), len(data), len(raw), 0)
        local = LOCAL.pack(LOCAL_MARK, *told) + raw
        directory.append(CENTRAL.pack(CENTRAL_MARK, VERSION, *told, 0, 0, 0, 0, at) + raw)
        parts += [local, data]
        at += len(local) + len(data)
    listed = b"".join(directory)
    end = END.pack(END_MARK, 0, 0, len(files), len(files), len(listed), at, 0)
    return b"".join([*parts, listed, end])
