"""The sealed process as its user meets it: real processes, real filters, and those who try to get round them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from counterseal.app import sealed as parent
from counterseal.app.sealed import (
    LONGEST_HOLD_NS,
    MIN_HOLD_NS,
    NS_PER_BYTE,
    SETTLE_NS,
    SHORT_BYTES,
    Program,
    SealedProcess,
    SystemMonotonicClock,
    describe_room,
    launch,
    layer_names,
    require_closed,
)
from counterseal.barrier.answers import Answer, Health, encode_answer, make_answer
from counterseal.barrier.errors import BarrierError
from counterseal.barrier.readiness import NEEDED, Layer
from counterseal.barrier.wire import OUTCOMES
from counterseal.errors import WorkplaceError
from counterseal.terms.outcomes import MeasurementOutcome
from strategies.sealed_programs.smuggling import WAYS
from strategies.sealed_runs import HOLD_NS, Released, asking, look, program, release, sealed, side_by_side

CONFIRMED, NOT_CONFIRMED, NO_DECISION, MALFUNCTION = OUTCOMES
LATE_NS = 500_000_000
"""What a loaded machine may be late by; runs with one outcome are told apart by less than this alone."""
GONE_S = 10
"""How long a loaded machine may take to clear a killed process away."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")

SECRETS = {
    CONFIRMED: (b"5000", b"5000", b"9" * 400, b"0\n" * 200_000 + b"7777"),
    NOT_CONFIRMED: (b"1", b"0\n" * 200_000),
    NO_DECISION: (b"1000", b"0\n" * 100_000 + b"1\n" * 1_000),
    MALFUNCTION: (b"-5", b"", b"9" * 5_000, b"1\n" * 200_000 + b"x"),
}
"""Items by the outcome that the counting program of the tests must give at a threshold of 1000."""


def test_runs_with_one_outcome_let_out_the_same_and_at_the_same_tick() -> None:
    asked = [(outcome, asking(b"1000", item)) for outcome, items in SECRETS.items() for item in items]
    runs = side_by_side([(sealed("counting"), request) for _, request in asked])
    for (outcome, request), run in zip(asked, runs, strict=True):
        assert run.answer == make_answer(request, outcome=outcome, room=room())
        assert run.waits_ns == (SETTLE_NS, 0)
        assert 0 <= run.late_ns < LATE_NS
    assert len({run.answer for run in runs}) == len(SECRETS) < len(runs)


def test_nothing_that_the_parent_can_see_tells_two_secrets_of_one_outcome_apart(tmp_path: Path) -> None:
    pairs = [(outcome, secret) for outcome, group in SECRETS.items() for secret in (group[0], group[-1])]
    with ThreadPoolExecutor(max_workers=4) as pool:
        every = list(
            pool.map(lambda pair: look(program("counting"), asking(b"1000", pair[1]), folder=tmp_path), pairs)
        )
    for place in range(0, len(pairs), 2):
        outcome, seen = pairs[place][0], every[place : place + 2]
        for run in seen:
            assert run.stdout == encode_answer(asking(b"1000"), outcome=outcome)
            assert (run.stderr, run.status, run.files) == (b"", 0, ())
            assert not run.left_in_proc
            assert not run.before_the_tick
            assert run.after_the_tick_ns < LATE_NS
        first, second = (replace(run, after_the_tick_ns=0) for run in seen)
        assert first == second


# smuggling


STILL_CONFIRMED = {
    "late answer",
    "early answer",
    "answer and exit status",
    "name of the process",
    "name of memory",
    "flags of the pipe",
    "size of the pipe",
}
"""Ways that are closed without the answer being lost: what they tried has no effect."""


def smuggle(secret: bytes) -> dict[str, Released]:
    """Let corrupt code try each way with one secret."""
    ways = [*WAYS, "byte-15", "byte-63"]
    out = side_by_side([(sealed("smuggling"), asking(way.encode(), secret)) for way in ways])
    return dict(zip(ways, out, strict=True))


@cache
def room() -> Health:
    """Return how well a room is closed on this machine."""
    return sealed("counting").probe().health


def expected(way: str) -> Answer:
    """Return the one answer that a way gives, whatever the secret is."""
    outcome = CONFIRMED if way in STILL_CONFIRMED else MALFUNCTION
    return make_answer(asking(b"p"), outcome=outcome, room=room())


def check_ways(secret: bytes) -> None:
    """Let corrupt code try each way, and check that what comes out is what it is for any secret."""
    for way, run in smuggle(secret).items():
        assert run.answer == expected(way), way
        assert run.waits_ns == (SETTLE_NS, 0), way
        assert run.late_ns < LATE_NS, way
    assert list(Path("/dev/shm").glob("smuggled-*")) == []


def test_who_tries_gets_a_malfunction_or_nothing_from_it() -> None:
    check_ways(b"\xfe")


@pytest.mark.soak
@pytest.mark.parametrize("secret", [1, 2, 4, 8, 16, 32, 64, 128])
def test_no_way_carries_a_bit_of_the_secret(secret: int) -> None:
    check_ways(bytes([secret]))


@pytest.mark.parametrize("way", ["text of an exception", "memory", "deep", "no outcome"])
def test_what_goes_wrong_in_a_decision_is_answered_at_the_tick_like_anything_else(
    way: str, tmp_path: Path
) -> None:
    seen = look(program("smuggling"), asking(way.encode(), b"\x07"), folder=tmp_path)
    assert seen.stdout == encode_answer(asking(b"p"), outcome=MALFUNCTION)
    assert (seen.stderr, seen.status, seen.before_the_tick) == (b"", 0, False)


@pytest.mark.parametrize(("way", "signal_number"), [("fault at an address", 11), ("number of a call", 31)])
def test_a_process_ends_by_its_own_hand_so_that_the_kernel_logs_nothing(
    way: str, signal_number: int, tmp_path: Path
) -> None:
    seen = look(program("smuggling"), asking(way.encode(), b"\x07"), folder=tmp_path)
    assert (seen.stdout, seen.stderr, seen.status) == (b"", b"", signal_number)


def test_a_room_that_is_not_closed_does_not_answer_even_if_it_is_asked(tmp_path: Path) -> None:
    assert look(program("not_ready", "act"), asking(b"10", b"5000"), folder=tmp_path).stdout == b""


# the parent


@pytest.fixture(scope="module")
def odd() -> Callable[[str], Released]:
    """Runs of processes that are not as they should be, or on machines that refuse something.

    They run side by side, and one that fails is the failure of the tests that ask for it, not of all.
    """
    high = asking(b"10", b"5000")
    runs = {
        "ends early": (sealed("smuggling"), asking(b"exit status alone", b"\x07")),
        "deaf": (sealed("not_ready", "deaf"), asking(b"p", bytes(2_000_000))),
        "talkative": (sealed("not_ready", "talkative"), high),
        "nobody": (sealed("not_ready", "nobody" if os.geteuid() == 0 else "nothing"), high),
        "no namespaces": (sealed("not_ready", "no namespaces"), high),
        "no mounts": (sealed("not_ready", "no mounts"), high),
    }
    with ThreadPoolExecutor(max_workers=len(runs)) as pool:
        under_way = {name: pool.submit(release, *run) for name, run in runs.items()}
    return lambda name: under_way[name].result()


@pytest.mark.parametrize("how", ["ends early", "deaf", "talkative"])
def test_a_process_that_gives_no_answer_is_a_malfunction_at_the_tick(
    how: str, odd: Callable[[str], Released]
) -> None:
    run = odd(how)
    assert run.answer.outcome is MALFUNCTION
    assert run.answer.token == asking(b"p").token(MALFUNCTION)
    assert run.waits_ns == (SETTLE_NS, 0)
    assert 0 <= run.late_ns < LATE_NS


def test_nothing_runs_on_after_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def remember(what: Program) -> object:
        started.append(launch(what))
        return started[-1]

    monkeypatch.setattr(parent, "launch", remember)
    descriptors = sum(1 for _ in Path("/proc/self/fd").iterdir())
    assert (
        release(sealed("smuggling"), asking(b"endless", b"\x01"), hold_ns=MIN_HOLD_NS).answer.outcome
        is MALFUNCTION
    )
    (process,) = started
    gone_by = time.monotonic() + GONE_S
    while Path(f"/proc/{process.pid}").exists():  # killed it is; clearing it away is not awaited by the tick
        assert time.monotonic() < gone_by
        time.sleep(0.01)
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) <= descriptors


@pytest.mark.parametrize(
    ("alphabet", "outcome"), [((CONFIRMED, NO_DECISION), CONFIRMED), ((NOT_CONFIRMED,), MALFUNCTION)]
)
def test_an_outcome_that_the_protocol_does_not_let_out_is_a_malfunction(
    alphabet: tuple[MeasurementOutcome, ...], outcome: MeasurementOutcome
) -> None:
    request = asking(b"10", b"5000")
    answer = sealed("counting").run(request, hold_ns=MIN_HOLD_NS, alphabet=alphabet)
    assert answer == make_answer(request, outcome=outcome, room=room())
    assert answer.token == request.token(outcome)


@pytest.mark.parametrize("files", [1, pytest.param(4, marks=pytest.mark.soak)])
def test_long_files_do_not_move_the_tick(files: int) -> None:
    request = asking(b"10", *[bytes(63 * 2**20)] * files)
    needed_ns = MIN_HOLD_NS + NS_PER_BYTE * (request.length() - SHORT_BYTES)
    assert needed_ns <= LONGEST_HOLD_NS
    with pytest.raises(BarrierError, match="too short for files as long"):
        sealed("counting").run(request, hold_ns=needed_ns - 1)
    run = release(sealed("counting"), request, hold_ns=needed_ns)
    assert run.answer.outcome is MALFUNCTION
    assert run.waits_ns == (SETTLE_NS, 0)
    assert 0 <= run.late_ns < 150_000_000


def test_a_process_that_the_kernel_is_slow_to_clear_does_not_move_the_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How much memory the room held would show in it."""

    class SlowToEnd(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            if timeout is not None:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(2)
            return super().wait()

    monkeypatch.setattr(subprocess, "Popen", SlowToEnd)
    run = release(sealed("counting"), asking(b"10", b"5000"), hold_ns=MIN_HOLD_NS)
    assert run.answer.outcome is CONFIRMED
    assert run.late_ns < LATE_NS


def test_a_request_is_encoded_before_the_tick_is_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def note(name: str) -> Callable[..., Any]:
        real = getattr(parent, name)

        def noted(*arguments: Any, **named: Any) -> Any:
            order.append(name)
            return real(*arguments, **named)

        return noted

    for name in ("encode_request", "launch", "set_deadline"):
        monkeypatch.setattr(parent, name, note(name))
    sealed("counting").run(asking(b"10", b"5000"), hold_ns=MIN_HOLD_NS)
    assert order == ["encode_request", "launch", "set_deadline"]


def test_a_tick_too_short_for_long_files_is_refused_without_their_length() -> None:
    request = asking(b"10", bytes(SHORT_BYTES))
    with pytest.raises(BarrierError, match="too short for files as long as these") as refused:
        sealed("counting").run(request, hold_ns=MIN_HOLD_NS)
    assert str(SHORT_BYTES) not in str(refused.value)
    assert str(request.length()) not in str(refused.value)


def test_a_request_is_wiped_when_it_was_sent() -> None:
    data = bytearray(b"secret" * 1_000)
    parent._wipe(data)
    assert data == bytes(6_000)


def test_a_tick_that_leaves_no_time_to_compute_is_refused() -> None:
    with pytest.raises(BarrierError, match="must be at least"):
        sealed("counting").run(asking(b"10", b"1"), hold_ns=MIN_HOLD_NS - 1)


# rooms that cannot be closed


REFUSED = {
    "code": "could not be loaded",
    "machine": "64-bit x86 or ARM",
    "foreign": "not of Python, NumPy or this program",
    "threads": "more than one thread",
    "no limits": "limit memory",
    "no filter": "seccomp",
    "obstacle": "seccomp",
    "layer": "not held: filter",
    "claim": "does not bear out: a filter of system calls",
    "claim while loading": "does not bear out: no capabilities, 3 filters"
    if os.geteuid() == 0
    else "3 filters",
    "too few filters": "3 filters, no file that grows",
    "fork while loading": "failed on its own example",
    "fork before": "no process of its own",
    "act": "not refused in the room: connect",
    "silent": "said 0 bytes of 64",
    "garbage": "said 64 bytes of 64",
}


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_sealed_is_refused_before_a_secret_goes_in(how: str, tmp_path: Path) -> None:
    came = tmp_path / "came"
    with pytest.raises(WorkplaceError, match=f"cannot seal: .*{REFUSED[how]}"):
        sealed("not_ready", how, str(came)).run(asking(b"10", b"a secret"), hold_ns=HOLD_NS)
    assert not came.exists() or came.read_bytes() == b"nothing"


def test_what_the_parent_sees_does_not_depend_on_what_the_room_says(tmp_path: Path) -> None:
    """Code that is loaded can leave the last filter off; what the kernel holds is the first, and the limits."""
    run = sealed("not_ready", "limits alone", str(tmp_path / "came"))
    assert run.run(asking(b"10", b"5000"), hold_ns=HOLD_NS).outcome is MALFUNCTION
    assert not (tmp_path / "came").exists()


def test_each_refusal_has_a_message_of_its_own() -> None:
    messages = list(parent._REASONS.values())
    assert len(set(messages)) == len(messages)


@pytest.mark.parametrize("platform", ["darwin", "win32", "freebsd14"])
def test_another_system_is_refused_and_says_why(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(WorkplaceError, match=f"cannot seal on {platform}: it needs Linux"):
        SealedProcess(clock=SystemMonotonicClock()).probe()


def test_a_python_that_does_not_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/none/python")
    with pytest.raises(WorkplaceError, match="Python does not start"):
        sealed("counting").probe()


# the ways of closing


@pytest.mark.parametrize("who", ["whoever this is", "nobody"])
def test_a_room_is_closed_for_who_runs_it(who: str, odd: Callable[[str], Released]) -> None:
    if who == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    readiness = (sealed("not_ready", "nobody") if who == "nobody" else sealed("counting")).probe()
    assert readiness.closed
    assert NEEDED | Layer.NO_CAPABILITIES | Layer.NOT_ROOT in readiness.layers
    assert odd("nobody").answer.outcome is CONFIRMED


@pytest.mark.parametrize("how", ["no namespaces", "no mounts"])
def test_where_the_kernel_refuses_namespaces_the_filter_closes_and_the_health_says_so(
    how: str, odd: Callable[[str], Released]
) -> None:
    readiness = sealed("not_ready", how).probe()
    assert readiness.closed
    assert Layer.EMPTY_ROOT not in readiness.layers
    assert (odd(how).answer.outcome, odd(how).answer.health) == (CONFIRMED, Health.REDUCED)


def test_what_holds_is_named() -> None:
    readiness = sealed("counting").probe()
    names = layer_names(readiness)
    assert len(names) == len(Layer)
    assert names["filter"]
    assert names["not dumpable"]
    assert require_closed(readiness) is readiness


def test_the_doctor_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parent, "SealedProcess", lambda clock: sealed("counting"))
    health, found = describe_room(SystemMonotonicClock())
    assert health in {Health.WELL, Health.REDUCED}
    assert found.startswith("20 forbidden acts tried and refused; closed by the filter")
    monkeypatch.setattr(parent, "SealedProcess", lambda clock: sealed("not_ready", "no mounts"))
    health, found = describe_room(SystemMonotonicClock())
    assert (health, found.endswith("by the filter alone, without empty root")) == (Health.REDUCED, True)
    monkeypatch.setattr(parent, "SealedProcess", lambda clock: sealed("not_ready", "no filter"))
    assert describe_room(SystemMonotonicClock()) == (
        Health.FAULT,
        "cannot seal: the kernel does not take its filter of system calls (seccomp)",
    )
