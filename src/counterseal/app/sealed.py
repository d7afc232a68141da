"""Starting the sealed process, waiting for the tick, and letting out one of four answers.

This is the parent's side. It does not take the room's word for its being closed. And it keeps what the
closed room must not tell: it never looks at an exit status,
nothing but 64 bytes is read, they are looked at when it is time and not before, and an answer that
is not one of the four that the request can have is a malfunction, like no answer at all.
"""

import ctypes
import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

import counterseal
from counterseal.app.sealed_outside import require_from_outside
from counterseal.barrier.answers import ANSWER_BYTES, Answer, Health, make_answer, parse_answer
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.readiness import (
    DOUBLED,
    EVERY_ACT,
    NEEDED,
    READINESS_BYTES,
    Act,
    Layer,
    Obstacle,
    Readiness,
    parse_readiness,
)
from counterseal.barrier.wire import MAX_REQUEST_BYTES, OUTCOMES, Request, encode_request, set_deadline
from counterseal.errors import WorkplaceError
from counterseal.terms.outcomes import MeasurementOutcome

SETTLE_NS = 250_000_000
"""How long before the tick the parent looks, and how long before that the closed room answers [ns]."""

MIN_HOLD_NS = 4 * SETTLE_NS
"""Least time from the secrets to the tick [ns]; half of it is left for computing."""

SHORT_BYTES = 2**21
"""Length of a request for which the least hold is enough, 2 MiB [bytes]."""

NS_PER_BYTE = 50
"""How much longer a hold must be for each byte beyond that [ns]: a list of pulses takes nine bytes a pulse,
and sorting it into cycles and gates took 45 ns a byte on two busy cores."""

LONGEST_HOLD_NS = MIN_HOLD_NS + NS_PER_BYTE * (MAX_REQUEST_BYTES - SHORT_BYTES)
"""A hold that is long enough for any request [ns]."""

_NO_CACHE = "/dev/null/none"
"""Where the sealed process looks for compiled modules: a folder that nobody can make."""

START_LIMIT_NS = 60_000_000_000
_LOOK_S = 0.02
_END_S = 0.1

_REASONS = {
    Obstacle.CODE: "the code that decides could not be loaded, or failed on its own example",
    Obstacle.MACHINE: "it needs Linux on 64-bit x86 or ARM, for its filter of system calls",
    Obstacle.FOREIGN: "code is loaded that is not of Python, NumPy or this program",
    Obstacle.THREADS: "it runs more than one thread, or /proc does not tell",
    Obstacle.CHANNELS: "it has other channels than its two pipes, and cannot close them",
    Obstacle.LIMITS: "the kernel does not let it limit memory, files and processes",
    Obstacle.FILTER: "the kernel does not take its filter of system calls (seccomp)",
}


class MonotonicClock(Protocol):
    """Tells and awaits the tick; there is none by default."""

    def now_ns(self) -> int:
        """Return the present instant [monotonic ns]."""

    def wait_until_ns(self, instant_ns: int) -> None:
        """Return at an instant [monotonic ns], or at once where it has passed."""


class SystemMonotonicClock:
    """The machine's monotonic clock, which the closed room reads as well."""

    def now_ns(self) -> int:
        """Return the present instant [monotonic ns]."""
        return time.monotonic_ns()

    def wait_until_ns(self, instant_ns: int) -> None:
        """Return at an instant [monotonic ns], or at once where it has passed."""
        while (left_ns := instant_ns - time.monotonic_ns()) > 0:
            time.sleep(left_ns / 1e9)


def _python_paths() -> tuple[str, ...]:
    """Return the folders of the standard library, so that nothing can stand before it."""
    library = Path(os.__file__).parent
    compiled = [each for each in sys.path if Path(each).name == "lib-dynload"]
    return tuple(dict.fromkeys((str(library), str(library / "lib-dynload"), *compiled)))


def _paths() -> tuple[str, ...]:
    """Return the folders from which the sealed process imports: this program's and NumPy's."""
    numpy = importlib.util.find_spec("numpy")
    if numpy is None or numpy.origin is None:
        raise WorkplaceError("cannot seal: NumPy is not installed")
    folders = (Path(counterseal.__file__).parents[1], Path(numpy.origin).parents[1])
    return tuple(dict.fromkeys(str(folder) for folder in folders))


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the sealed process runs.

    Attributes:
        module: The module, as ``python -m`` names it.
        paths: The folders from which it imports beside the standard library.
    """

    module: str = "counterseal.barrier.sealed"
    paths: tuple[str, ...] = field(default_factory=_paths)

    def command(self) -> list[str]:
        """Return the command: no user's folder, no site files, no unsafe path, modules from source alone.

        Python would run a compiled module from its cache whatever the source beside it says, and the code
        hash names sources.
        """
        cache = f"pycache_prefix={_NO_CACHE}"
        return [sys.executable, "-P", "-s", "-S", "-B", "-X", cache, "-m", self.module]

    def environment(self) -> dict[str, str]:
        """Return the whole environment; the same hashes in each run, and one thread."""
        threads = ("OPENBLAS", "OMP", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR")
        return {
            "PYTHONPATH": os.pathsep.join((*_python_paths(), *self.paths)),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "LC_ALL": "C",
            **{f"{name}_NUM_THREADS": "1" for name in threads},
        }


def launch(program: Program) -> "subprocess.Popen[bytes]":
    """Start the sealed process with two pipes and nothing else.

    Raises:
        WorkplaceError: this machine has no way to close the room, or does not start a process.
    """
    if sys.platform != "linux":
        raise WorkplaceError(f"cannot seal on {sys.platform}: {_REASONS[Obstacle.MACHINE]}")
    try:
        return subprocess.Popen(  # noqa: S603 - our own module, in an environment of our own
            program.command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env=program.environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise WorkplaceError(f"cannot seal: Python does not start ({error.strerror})") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedProcess:
    """Runs each measurement in a sealed process of its own.

    Attributes:
        clock: Tells and awaits the tick; it must run with the machine's monotonic clock.
        program: What the process runs.
    """

    clock: MonotonicClock
    program: Program = field(default_factory=Program)

    def probe(self) -> Readiness:
        """Close a room, with no secret to come, and return how well it is closed.

        Raises:
            WorkplaceError: the process does not start, or ends before it has said anything.
        """
        process = launch(self.program)
        try:
            return self._readiness(process)
        finally:
            _end(process)

    def run(
        self, request: Request, *, hold_ns: int, alphabet: Collection[MeasurementOutcome] = OUTCOMES
    ) -> Answer:
        """Return the answer of the closed room to a request, at its tick and not before.

        Args:
            request: What is asked, with all that is secret.
            hold_ns: Time from the closing of the room to the tick [ns], as agreed; at least a second, and
                for long files longer.
            alphabet: The outcomes that the protocol lets out beside *malfunction*; any other is one.

        Returns:
            The answer: a malfunction where the room gave none, or one that is none of those.

        Raises:
            BarrierError: the time is too short.
            WorkplaceError: the room cannot be closed; then the secrets did not go in.
        """
        if hold_ns < MIN_HOLD_NS:
            raise BarrierError(f"hold of {hold_ns} ns: must be at least {MIN_HOLD_NS}")
        if hold_ns < MIN_HOLD_NS + NS_PER_BYTE * (request.length() - SHORT_BYTES):
            raise BarrierError(
                f"hold of {hold_ns} ns: too short for files as long as these; {LONGEST_HOLD_NS} is for any"
            )
        data = encode_request(request, deadline_ns=0)
        process = launch(self.program)
        try:
            readiness = require_closed(self._readiness(process))
            tick_ns = self.clock.now_ns() + hold_ns
            set_deadline(data, deadline_ns=tick_ns - 2 * SETTLE_NS)
            self._tell(process, data, tick_ns=tick_ns)
            self.clock.wait_until_ns(tick_ns - SETTLE_NS)
            outcome = _collect(process, request)
            if outcome not in alphabet:
                outcome = MeasurementOutcome.MALFUNCTION
            answer = make_answer(request, outcome=outcome, room=readiness.health)
        finally:
            _end(process)
            _wipe(data)
        del data  # to give back much memory takes a while: before the tick, not after it
        self.clock.wait_until_ns(tick_ns)
        return answer

    def _readiness(self, process: "subprocess.Popen[bytes]") -> Readiness:
        """Return what the process says before it is told anything, and the kernel bears out."""
        limit_ns = self.clock.now_ns() + START_LIMIT_NS
        descriptor = _descriptor(process.stdout)
        data = b""
        while len(data) < READINESS_BYTES and self.clock.now_ns() < limit_ns:
            ready, _, _ = select.select([descriptor], [], [], _LOOK_S)
            if not ready:
                continue
            piece = os.read(descriptor, READINESS_BYTES - len(data))
            if not piece:
                break
            data += piece
        try:
            readiness = parse_readiness(data)
        except BarrierError as error:
            raise WorkplaceError(
                f"cannot seal: the process said {len(data)} bytes of {READINESS_BYTES} about its room"
            ) from error
        if readiness.closed:
            require_from_outside(process.pid)
        return readiness

    def _tell(self, process: "subprocess.Popen[bytes]", data: bytearray, *, tick_ns: int) -> None:
        """Send a request, as long as there is time, and close the way in."""
        descriptor = _descriptor(process.stdin)
        os.set_blocking(descriptor, False)
        sent = 0
        while sent < len(data) and self.clock.now_ns() < tick_ns - SETTLE_NS:
            _, ready, _ = select.select([], [descriptor], [], _LOOK_S)
            try:
                sent += os.write(descriptor, memoryview(data)[sent : sent + 2**20]) if ready else 0
            except BlockingIOError:
                continue
            except BrokenPipeError:
                break
        if process.stdin is not None:
            process.stdin.close()


def require_closed(readiness: Readiness) -> Readiness:
    """Return a readiness that lets secrets in.

    Raises:
        WorkplaceError: it does not; the message says what does not hold.
    """
    if readiness.closed:
        return readiness
    if readiness.obstacle in _REASONS:
        raise WorkplaceError(f"cannot seal: {_REASONS[readiness.obstacle]}")
    if readiness.refused != EVERY_ACT:
        raise WorkplaceError(
            f"cannot seal: not refused in the room: {_names(EVERY_ACT & ~readiness.refused)}"
        )
    raise WorkplaceError(f"cannot seal: not held: {_names(NEEDED & ~readiness.layers)}")


def layer_names(readiness: Readiness) -> Mapping[str, bool]:
    """Return whether each way of closing the room holds, by its name."""
    return {_name(layer): layer in readiness.layers for layer in Layer}


def describe_room(clock: MonotonicClock) -> tuple[Health, str]:
    """Close a room with nothing in it and return how well it is closed, and that in words."""
    try:
        readiness = require_closed(SealedProcess(clock=clock).probe())
    except WorkplaceError as error:
        return Health.FAULT, str(error)
    tried = f"{len(EVERY_ACT)} forbidden acts tried and refused"
    if missing := DOUBLED & ~readiness.layers:
        return readiness.health, f"{tried}; closed by the filter alone, without {_names(missing)}"
    return readiness.health, f"{tried}; closed by the filter and by namespaces"


def _name(flag: Layer | Act) -> str:
    """Return a flag in words."""
    return (flag.name or "").lower().replace("_", " ")


def _names(flags: Layer | Act) -> str:
    """Return flags in words."""
    return ", ".join(_name(flag) for flag in flags)


def _descriptor(pipe: IO[bytes] | None) -> int:
    """Return the descriptor of one of the process's pipes."""
    if pipe is None:
        raise WorkplaceError("cannot seal: the process has no pipe to talk through")
    return pipe.fileno()


def _collect(process: "subprocess.Popen[bytes]", request: Request) -> MeasurementOutcome:
    """Return the outcome that lies in the pipe by now; a malfunction where it is not one of four answers."""
    descriptor = _descriptor(process.stdout)
    os.set_blocking(descriptor, False)
    data = b""
    try:
        while len(data) <= ANSWER_BYTES and (piece := os.read(descriptor, ANSWER_BYTES + 1 - len(data))):
            data += piece
    except BlockingIOError:
        pass  # it has not ended; what lies there is all that counts
    try:
        return parse_answer(data, request=request)
    except BarrierError:
        return MeasurementOutcome.MALFUNCTION


def _wipe(data: bytearray) -> None:
    """Set all bytes to zero, in their place."""
    ctypes.memset((ctypes.c_char * len(data)).from_buffer(data), 0, len(data))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process, whatever it does, and leave nothing of it.

    One that holds much memory takes the kernel a while to clear: the tick does not wait for that.
    """
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=_END_S)
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, daemon=True).start()
