"""A closed room whose code is corrupt: it tries to push a secret out by the way that the protocol names.

The item is the secret: one byte. An honest decision would always be *confirmed*.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from counterseal.barrier.answers import encode_answer
from counterseal.barrier.closed_room import serve
from counterseal.barrier.kernel import Kernel
from counterseal.barrier.wire import Request, Role
from counterseal.terms.outcomes import MeasurementOutcome

HONEST = MeasurementOutcome.CONFIRMED
KERNEL = Kernel()


@dataclass(frozen=True)
class Decided:
    outcome: MeasurementOutcome
    remark: str = ""


def _forged(request: Request, *, place: int, secret: int) -> None:
    """Send an answer in which one byte holds the secret, and end."""
    answer = bytearray(encode_answer(request, outcome=HONEST))
    answer[place] ^= secret
    os.write(1, answer)
    os._exit(0)


def decide(request: Request) -> Decided:
    way = request.protocol.decode()
    (data,) = request.of(Role.ITEM)
    secret = data[0]
    if way.startswith("byte-"):
        _forged(request, place=int(way.removeprefix("byte-")), secret=secret)
    if way == "no outcome":
        return Decided(cast("MeasurementOutcome", f"secret {secret}"))
    WAYS[way](request, secret)
    return Decided(HONEST, remark=f"the secret is {secret}")


def _twice(request: Request, secret: int) -> None:
    os.write(1, encode_answer(request, outcome=HONEST) * 2)
    os._exit(0)


def _longer(request: Request, secret: int) -> None:
    os.write(1, encode_answer(request, outcome=HONEST) + bytes([secret]))
    os._exit(0)


def _raise(request: Request, secret: int) -> None:
    raise SystemExit(secret)


def _recurse(request: Request, secret: int) -> None:
    _recurse(request, secret)


def _overrun(request: Request, secret: int) -> None:
    while True:
        time.monotonic()


def _write_file(request: Request, secret: int) -> None:
    Path(f"/dev/shm/smuggled-{secret}").write_text("x", encoding="ascii")


def _answer_and_exit_with(request: Request, secret: int) -> None:
    os.write(1, encode_answer(request, outcome=HONEST))
    os._exit(secret)


def _print(request: Request, secret: int) -> None:
    if sys.__stderr__ is not None:
        sys.__stderr__.write("x" * secret)
        sys.__stderr__.flush()


def _fault(request: Request, secret: int) -> None:
    ctypes.string_at(secret + 1)


WAYS: dict[str, Callable[[Request, int], object]] = {
    "text of an exception": _raise,
    "prefix": lambda request, secret: os.write(1, bytes([secret])),
    "longer answer": _longer,
    "two answers": _twice,
    "exit status alone": lambda request, secret: os._exit(secret),
    "answer and exit status": _answer_and_exit_with,
    "standard error": lambda request, secret: os.write(2, bytes([secret])),
    "file": _write_file,
    "late answer": lambda request, secret: time.sleep(secret / 1000),
    "early answer": lambda request, secret: _answer_and_exit_with(request, 0),
    "endless": _overrun,
    "memory": lambda request, secret: bytearray(2**32 + secret),
    "deep": _recurse,
    "fault at an address": _fault,
    "signal": lambda request, secret: os.kill(os.getppid(), signal.SIGUSR1),
    "name of the process": lambda request, secret: KERNEL.call("prctl", 15, bytes([secret, 0]), 0, 0, 0),
    "name of memory": lambda request, secret: KERNEL.call(
        "prctl", 0x53564D41, 0, 0, 4096, bytes([secret, 0])
    ),
    "flags of the pipe": lambda request, secret: KERNEL.call("fcntl", 1, 4, os.O_NONBLOCK),
    "size of the pipe": lambda request, secret: KERNEL.call("fcntl", 1, 1031, 4096 * secret),
    "standard streams": _print,
    "number of a call": lambda request, secret: ctypes.CDLL(None).syscall(1000 + secret),
}


def warm_up() -> None:
    b"1".decode()


if __name__ == "__main__":
    serve(decide, warm_up=warm_up)
