"""What happens in the sealed process, in its order: enter, load, close, say so, hear, decide, hold, answer.

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
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, Protocol

from counterseal.barrier import closing
from counterseal.barrier.acts import try_acts
from counterseal.barrier.answers import encode_answer
from counterseal.barrier.kernel import Kernel, Unsupported
from counterseal.barrier.readiness import EVERY_ACT, Layer, Obstacle, Readiness, encode_readiness
from counterseal.barrier.seccomp import filter_program, first_program
from counterseal.barrier.wire import MAX_REQUEST_BYTES, OUTCOMES, Request, parse_request
from counterseal.terms.outcomes import MeasurementOutcome

_CHUNK_BYTES = 2**20
_SITE_FOLDERS = ("site-packages", "dist-packages")
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


class HinderedError(Exception):
    """The room cannot be entered; the first argument is the obstacle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A room that is entered: what was done before the code that decides was loaded.

    Attributes:
        kernel: The kernel.
        user: Who this process was to the rest of the machine.
        layers: The ways in which the room is closed already.
    """

    kernel: Kernel
    user: int
    layers: Layer


def serve(decide: Callable[[Request], Decided], *, warm_up: Callable[[], None]) -> NoReturn:
    """Be the closed room: answer one request, and end.

    Args:
        decide: Decides a request.
        warm_up: Loads what decides, and decides a built-in example, so that all that is loaded on first
            use is loaded. It runs behind the first filter, and so should the loading.
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
        entered = enter()
    except HinderedError as hindered:
        refuse(hindered.args[0])
    try:
        _load(warm_up)
    except BaseException:  # noqa: BLE001 - whatever it is, no secret has come in, and none will
        refuse(Obstacle.CODE)
    readiness = close_room(entered)
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


def enter() -> Entered:
    """Do what can be done before the code that decides is loaded; the first filter is on when this returns.

    Raises:
        HinderedError: it cannot be done.
    """
    try:
        kernel = Kernel()
    except Unsupported:
        raise HinderedError(Obstacle.MACHINE) from None
    _keep_one_thread_and_two_pipes()
    user = os.geteuid()
    layers = closing.separate(kernel) | closing.refuse_privileges(kernel)
    if not closing.install_filter(kernel, first_program(kernel.machine)):
        raise HinderedError(Obstacle.FILTER)
    return Entered(kernel=kernel, user=user, layers=layers)


def close_room(entered: Entered) -> Readiness:
    """Close the room, try what is forbidden, and say how well it is closed."""
    kernel, layers = entered.kernel, entered.layers
    if foreign_modules():
        return Readiness(obstacle=Obstacle.FOREIGN)
    try:
        _keep_one_thread_and_two_pipes()
    except HinderedError as hindered:
        return Readiness(obstacle=hindered.args[0], layers=layers)
    os.environ.clear()
    layers |= closing.empty_root(kernel) if Layer.OWN_NETWORK in layers else Layer(0)
    layers |= closing.give_up_rights(kernel, user=entered.user) | closing.hide(kernel)
    try:
        closing.limit()
    except (OSError, ValueError):
        return Readiness(obstacle=Obstacle.LIMITS, layers=layers)
    layers |= Layer.LIMITS | Layer.CHANNELS
    trial, final = (filter_program(kernel.machine, final=each) for each in (False, True))
    if not (closing.end_quietly(kernel) and closing.install_filter(kernel, trial)):
        return Readiness(obstacle=Obstacle.FILTER, layers=layers)
    refused = try_acts(kernel)
    if not closing.install_filter(kernel, final):
        return Readiness(obstacle=Obstacle.FILTER, layers=layers, refused=refused)
    obstacle = Obstacle.NONE if refused == EVERY_ACT else Obstacle.ACT
    return Readiness(obstacle=obstacle, layers=layers | Layer.FILTER, refused=refused)


def _keep_one_thread_and_two_pipes() -> None:
    """Refuse other threads and other channels than two pipes; further descriptors are closed."""
    try:
        if closing.thread_count() != 1:
            raise HinderedError(Obstacle.THREADS)
        if not closing.has_two_pipes():
            raise HinderedError(Obstacle.CHANNELS)
        closing.keep_two_channels()
    except (OSError, ValueError):
        raise HinderedError(Obstacle.CHANNELS) from None


def foreign_modules() -> frozenset[str]:
    """Return the modules that are loaded and do not lie where Python, NumPy and this program do."""
    numpy = getattr(sys.modules.get("numpy"), "__file__", None)
    folders = {
        "counterseal": (Path(__file__).parents[1],),
        "numpy": (Path(numpy).parent,) if numpy else (),
        "__main__": (Path("/"),),
    }
    python = (Path(os.__file__).parent, Path(sys.base_exec_prefix, sys.platlibdir, *_python_folder()))
    return frozenset(
        name
        for name, module in tuple(sys.modules.items())
        if (file := getattr(module, "__file__", None))
        and not _lies_in(Path(file), folders.get(_top(name), python if _is_of_python(name) else ()))
    )


def _python_folder() -> tuple[str, str]:
    """Return where Python keeps its compiled modules, below its prefix and the name for libraries."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}", "lib-dynload"


def _top(name: str) -> str:
    return name.partition(".")[0]


def _is_of_python(name: str) -> bool:
    return _top(name) in sys.stdlib_module_names or name.startswith("_sysconfigdata")


def _lies_in(file: Path, folders: tuple[Path, ...]) -> bool:
    """Whether a file lies in one of some folders, and not among what is installed beside Python within it."""
    return any(
        file.is_relative_to(folder) and not set(_SITE_FOLDERS) & set(file.relative_to(folder).parts)
        for folder in folders
    )


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
