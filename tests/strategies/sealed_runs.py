"""Running sealed processes of the tests, and everything that their parent could see of a run."""

import os
import select
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from counterseal.app.sealed import Program, SealedProcess, SystemMonotonicClock
from counterseal.barrier.answers import Answer
from counterseal.barrier.readiness import READINESS_BYTES
from counterseal.barrier.wire import Request, Role, RoomInput, encode_request

TESTS = Path(__file__).parents[1]
HOLD_NS = 1_300_000_000
LOOK_NS = 700_000_000
TOKENS = tuple(bytes(range(place, place + 32)) for place in range(4))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramWith(Program):
    """A program of the tests, with arguments."""

    arguments: tuple[str, ...] = ()

    def command(self) -> list[str]:
        return [*Program.command(self), *self.arguments]


@dataclass
class WatchedClock:
    """The machine's clock, which remembers until when it was asked to wait."""

    waited: list[int] = field(default_factory=list)

    def now_ns(self) -> int:
        return time.monotonic_ns()

    def wait_until_ns(self, instant_ns: int) -> None:
        self.waited.append(instant_ns)
        SystemMonotonicClock().wait_until_ns(instant_ns)


@dataclass(frozen=True)
class Released:
    """What a run lets out: the answer, when it was awaited before the tick, and how long after it came."""

    answer: Answer
    waits_ns: tuple[int, ...]
    late_ns: int


@dataclass(frozen=True)
class Seen:
    """What the parent of a run could see, if it looked: more than it lets out."""

    stdout: bytes
    stderr: bytes
    status: int
    files: tuple[str, ...]
    left_in_proc: bool
    before_the_tick: bool
    after_the_tick_ns: int


def program(name: str, *arguments: str) -> ProgramWith:
    """Return a sealed program of the tests."""
    return ProgramWith(
        module=f"strategies.sealed_programs.{name}",
        paths=(*Program().paths, str(TESTS)),
        arguments=arguments,
    )


def sealed(name: str, *arguments: str) -> SealedProcess:
    """Return the parent of a sealed program of the tests."""
    return SealedProcess(clock=SystemMonotonicClock(), program=program(name, *arguments))


def asking(protocol: bytes, *items: bytes) -> Request:
    """Return a request with a token for each outcome."""
    return Request(
        attempt=12,
        protocol=protocol,
        inputs=tuple(RoomInput(role=Role.ITEM, data=item) for item in items),
        host_parts=TOKENS,
        inspector_parts=TOKENS[::-1],
    )


def release(run: SealedProcess, request: Request, *, hold_ns: int = HOLD_NS) -> Released:
    """Run, and note what is let out and when."""
    clock = WatchedClock()
    answer = replace(run, clock=clock).run(request, hold_ns=hold_ns)
    tick_ns = clock.waited[-1]
    return Released(answer, tuple(tick_ns - each for each in clock.waited), clock.now_ns() - tick_ns)


def side_by_side(runs: list[tuple[SealedProcess, Request]], *, hold_ns: int = HOLD_NS) -> list[Released]:
    """Run several at once: most of the time is waiting for the tick."""
    with ThreadPoolExecutor(max_workers=10) as pool:
        return list(pool.map(lambda pair: release(*pair, hold_ns=hold_ns), runs))


def look(what: Program, request: Request, *, folder: Path, hold_ns: int = LOOK_NS) -> Seen:
    """Run a sealed program without its own parent, and return all that can be seen of it."""
    child = subprocess.Popen(
        what.command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder,
        env={**what.environment(), "TMPDIR": str(folder)},
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        assert len(os.read(child.stdout.fileno(), READINESS_BYTES)) == READINESS_BYTES
        tick_ns = time.monotonic_ns() + hold_ns
        with suppress(BrokenPipeError):
            child.stdin.write(encode_request(request, deadline_ns=tick_ns))
        child.stdin.close()
        select.select([child.stdout], [], [], _left_s(tick_ns))
        after_ns = time.monotonic_ns() - tick_ns
        stdout, stderr = child.stdout.read(), child.stderr.read()
        status = child.wait()
    return Seen(
        stdout=stdout,
        stderr=stderr,
        status=status,
        files=tuple(sorted(path.name for path in folder.rglob("*"))),
        left_in_proc=Path(f"/proc/{child.pid}").exists(),
        before_the_tick=after_ns < 0,
        after_the_tick_ns=after_ns,
    )


def _left_s(tick_ns: int) -> float:
    return (tick_ns - time.monotonic_ns()) / 1e9 + 5
