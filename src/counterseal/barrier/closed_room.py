"""What happens in the sealed process, in its order: load, close, say so, be told, decide, hold, answer.

Nothing that is computed from a secret leaves but the outcome: there is no log, no text of an
exception, no exit status, no early and no late answer. The process computes or spins until the tick
of the request, so that neither the time nor the work that it shows tells what it had to do.
"""

import importlib
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import NoReturn, Protocol

from counterseal.barrier import closing
from counterseal.barrier.acts import try_acts
from counterseal.barrier.answers import encode_answer
from counterseal.barrier.kernel import Kernel, Unsupported
from counterseal.barrier.readiness import EVERY_ACT, Layer, Obstacle, Readiness, encode_readiness
from counterseal.barrier.wire import MAX_REQUEST_BYTES, OUTCOMES, Request, parse_request
from counterseal.terms.outcomes import MeasurementOutcome

_CHUNK_BYTES = 2**20
_OURS = frozenset({"__main__", "counterseal", "numpy"})
_LOADED_LATE = (
    "_strptime",
    "datetime",
    *(f"encodings.{name}" for name in ("ascii", "cp1252", "idna", "latin_1", "utf_16", "utf_16_be")),
    *(f"encodings.{name}" for name in ("utf_16_le", "utf_8", "utf_8_sig")),
)
"""Modules that Python loads when they are first needed: behind the filter it could not."""


class Decided(Protocol):
    """What a decision comes to; only its outcome leaves."""

    @property
    def outcome(self) -> MeasurementOutcome:
        """The outcome."""


def serve(decide: Callable[[Request], Decided], *, warm_up: Callable[[], None]) -> NoReturn:
    """Be the closed room: answer one request, and end.

    Args:
        decide: Decides a request.
        warm_up: Decides a built-in example, so that all that is loaded on first use is loaded.
    """
    status = 0
    try:
        _serve(decide, warm_up=warm_up)
    finally:
        os._exit(status)


def refuse(obstacle: Obstacle) -> NoReturn:
    """Say that the room cannot be closed, and end."""
    os.write(1, encode_readiness(Readiness(obstacle=obstacle)))
    os._exit(0)


def _serve(decide: Callable[[Request], Decided], *, warm_up: Callable[[], None]) -> None:
    """Close the room, then answer."""
    try:
        _load(warm_up)
    except BaseException:  # noqa: BLE001 - whatever it is, no secret has come in, and none will
        refuse(Obstacle.CODE)
    readiness = close_room()
    os.write(1, encode_readiness(readiness))
    if not readiness.closed:
        return
    data = _read_all()
    if not data:
        return
    request, deadline_ns = parse_request(data)
    answers = {outcome: encode_answer(request, outcome=outcome) for outcome in OUTCOMES}
    answer = answers[_decided(decide, request)]
    data[:] = bytes(len(data))
    while time.monotonic_ns() < deadline_ns:
        pass
    os.write(1, answer)


def _load(warm_up: Callable[[], None]) -> None:
    """Load all that will be needed."""
    warnings.simplefilter("ignore")
    for name in _LOADED_LATE:
        importlib.import_module(name)
    warm_up()


def close_room() -> Readiness:
    """Close the room, try what is forbidden, and say how well it is closed."""
    obstacle = _before_closing()
    if obstacle is not Obstacle.NONE:
        return Readiness(obstacle=obstacle)
    kernel = Kernel()
    user = os.geteuid()
    layers = closing.separate(kernel) | closing.give_up_rights(kernel, user=user) | closing.hide(kernel)
    try:
        closing.limit()
    except (OSError, ValueError):
        return Readiness(obstacle=Obstacle.LIMITS, layers=layers)
    layers |= Layer.LIMITS | Layer.CHANNELS
    if not (closing.end_quietly(kernel) and closing.install_filter(kernel, final=False)):
        return Readiness(obstacle=Obstacle.FILTER, layers=layers)
    refused = try_acts(kernel)
    if not closing.install_filter(kernel, final=True):
        return Readiness(obstacle=Obstacle.FILTER, layers=layers, refused=refused)
    obstacle = Obstacle.NONE if refused == EVERY_ACT else Obstacle.ACT
    return Readiness(obstacle=obstacle, layers=layers | Layer.FILTER, refused=refused)


def _before_closing() -> Obstacle:
    """Return what stands against closing the room; the descriptors are closed on the way."""
    try:
        Kernel()
    except Unsupported:
        return Obstacle.MACHINE
    if foreign_modules():
        return Obstacle.FOREIGN
    try:
        if closing.thread_count() != 1:
            return Obstacle.THREADS
        if not closing.has_two_pipes():
            return Obstacle.CHANNELS
        closing.keep_two_channels()
    except (OSError, ValueError):
        return Obstacle.CHANNELS
    return Obstacle.NONE


def foreign_modules() -> frozenset[str]:
    """Return the packages that are loaded and are not of Python, NumPy or this program."""
    loaded = {name.split(".")[0] for name, module in sys.modules.items() if getattr(module, "__file__", None)}
    foreign = loaded - _OURS - sys.stdlib_module_names
    return frozenset(name for name in foreign if not name.startswith("_sysconfigdata"))


def _read_all() -> bytearray:
    """Return all that comes before the end of standard input, one byte past the cap at most."""
    data = bytearray()
    while chunk := os.read(0, _CHUNK_BYTES):
        data += chunk
        if len(data) > MAX_REQUEST_BYTES:
            break
    return data


def _decided(decide: Callable[[Request], Decided], request: Request) -> MeasurementOutcome:
    """Return the outcome of a decision; whatever goes wrong is a malfunction."""
    try:
        outcome = decide(request).outcome
    except BaseException:  # noqa: BLE001 - the kind of what went wrong must not leave
        return MeasurementOutcome.MALFUNCTION
    return outcome if type(outcome) is MeasurementOutcome else MeasurementOutcome.MALFUNCTION
