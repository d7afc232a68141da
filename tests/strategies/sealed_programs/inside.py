"""Close a room up to its filter, then print as JSON what holds there, as the kernel tells it: ``inside.py [nobody]``."""

import ctypes
import json
import os
import resource
import struct
import sys
from pathlib import Path
from unittest import mock

from counterseal.barrier import closed_room, closing
from counterseal.barrier.kernel import Kernel
from counterseal.barrier.seccomp import first_program

_GET_PDEATHSIG, _GET_DUMPABLE, _GET_NO_NEW_PRIVS = 2, 3, 39


def _descriptors() -> list[int]:
    found = []
    for number in range(256):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


def _capabilities(kernel: Kernel) -> int:
    header, sets = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    kernel._numbers["capget"] = {"x86_64": 125, "aarch64": 90}[kernel.machine]
    assert kernel.call("capget", header, sets).done
    return sum(struct.unpack("=6I", sets))


def _can_write() -> bool:
    try:
        os.close(os.open("/tried", os.O_CREAT | os.O_WRONLY))
    except OSError:
        return False
    return True


def _report(kernel: Kernel, program: bytes) -> bool:
    if program == first_program(kernel.machine):
        return True
    signal_number = ctypes.c_int(0)
    kernel._library.prctl(_GET_PDEATHSIG, ctypes.byref(signal_number), 0, 0, 0)
    limits = {
        name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        for name in ("AS", "FSIZE", "NPROC", "CORE", "NOFILE")
    }
    descriptors = _descriptors()
    found = {
        "descriptors": descriptors,
        "limits": limits,
        "environment": dict(os.environ),
        "streams": [each is None for each in (sys.stdin, sys.stdout, sys.stderr)],
        "user": os.geteuid(),
        "capabilities": _capabilities(kernel),
        "dumpable": kernel.call("prctl", _GET_DUMPABLE, 0, 0, 0, 0).result,
        "no new privileges": kernel.call("prctl", _GET_NO_NEW_PRIVS, 0, 0, 0, 0).result,
        "ends with parent": signal_number.value,
        "folder": str(Path.cwd()),
        "root": os.access("/usr", os.F_OK),
        "can write": _can_write(),
    }
    os.write(1, json.dumps(found).encode())
    os._exit(0)


def _as_nobody() -> None:
    os.setgroups([])
    os.setresgid(65_534, 65_534, 65_534)
    os.setresuid(65_534, 65_534, 65_534)
    Kernel().call("prctl", 4, 1, 0, 0, 0)


def main() -> None:
    if "nobody" in sys.argv:
        _as_nobody()
    with mock.patch.object(closing, "install_filter", _report):
        closed_room.close_room(closed_room.enter())


if __name__ == "__main__":
    main()
