"""Sealed processes that are not as they should be before any secret comes in; the argument says how."""

import importlib
import os
import runpy
import sys
import threading
import time
from pathlib import Path
from unittest import mock

from counterseal.barrier import closed_room, closing, kernel, seccomp
from counterseal.barrier.readiness import EVERY_ACT, NEEDED, Layer, Obstacle, Readiness, encode_readiness

COUNTING = runpy.run_path(str(Path(__file__).with_name("counting.py")))
"""The counting program, as no module: a module of the tests would be foreign code."""
READY = Readiness(obstacle=Obstacle.NONE, layers=NEEDED, refused=EVERY_ACT)


def _say(readiness: Readiness) -> None:
    """Claim a readiness, then keep what comes in a file."""
    os.write(1, encode_readiness(readiness))
    came = b""
    while chunk := os.read(0, 2**20):
        came += chunk
    Path(sys.argv[2]).write_bytes(came or b"nothing")


def _refuse_calls(*names: str, arguments_of_prctl: int | None = None) -> None:
    """Let the kernel refuse some calls, as containers do: EPERM, for this process and what it becomes."""
    machine = kernel.Kernel()
    numbers = machine._numbers
    allow, eperm = 0x7FFF0000, 0x00050001
    program = seccomp._step(0x20, 0)
    for name in names:
        program += seccomp._rule(numbers[name], body=seccomp._step(0x06, eperm))
    if arguments_of_prctl is not None:
        body = seccomp._one_of(0, arguments_of_prctl, refused=allow)
        body = body[:-8] + seccomp._step(0x06, eperm)
        program += seccomp._rule(numbers["prctl"], body=body)
    program += seccomp._step(0x06, allow)
    closing.hide(machine)
    closing.refuse_privileges(machine)
    machine.call("prctl", 4, 1, 0, 0, 0)  # dumpable again: the room is still to be closed
    assert closing.install_filter(machine, program)


def _close_and_say(more: bytes = b"") -> None:
    """Close the room, really, say so, and do nothing of what is asked."""
    closed_room._load(COUNTING["warm_up"])
    os.write(1, encode_readiness(closed_room.close_room(closed_room.enter())) + more)
    time.sleep(60)


def _fork_and_keep() -> None:
    """Leave a process outside the room that waits for what comes."""
    COUNTING["warm_up"]()
    if os.fork() == 0:
        came = os.read(0, 2**20)
        Path(sys.argv[2]).write_bytes(came or b"nothing")
        os._exit(0)


def _install_two_that_allow_all(*, limited: bool) -> None:
    """Close what the parent can see, but put on two filters that allow everything."""
    entered = closed_room.enter()
    allow_all = seccomp._step(0x06, 0x7FFF0000)
    if limited:
        closing.give_up_rights(entered.kernel, user=entered.user)
        closing.limit()
    for _ in range(2 if limited else 1):
        assert closing.install_filter(entered.kernel, allow_all)
    _say(READY)


def _as_nobody() -> None:
    """Become an ordinary user, as if this one had started the process."""
    importlib.import_module("numpy")
    for name in closed_room._LOADED_LATE:
        importlib.import_module(name)
    os.setgroups([])
    os.setresgid(65_534, 65_534, 65_534)
    os.setresuid(65_534, 65_534, 65_534)
    kernel.Kernel().call("prctl", 4, 1, 0, 0, 0)


def main() -> None:
    how = sys.argv[1]
    if how == "nobody":
        _as_nobody()
    elif how == "no namespaces":
        _refuse_calls("unshare")
    elif how == "no mounts":
        _refuse_calls("mount")
    elif how == "no filter":
        _refuse_calls("seccomp", arguments_of_prctl=22)
    elif how == "foreign":
        importlib.import_module("pluggy")
    elif how == "threads":
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
    elif how == "code":
        closed_room.serve(COUNTING["decide"], warm_up=lambda: sys.exit(1))
    elif how == "machine":
        mock.patch("platform.machine", return_value="riscv64").start()
    elif how == "act":
        seccomp.ALLOWED += ("socket",)
    elif how == "no limits":
        mock.patch("resource.setrlimit", side_effect=ValueError).start()
    elif how == "silent":
        return
    elif how == "garbage":
        os.write(1, b"x" * 64)
    elif how == "layer":
        _say(Readiness(obstacle=Obstacle.NONE, layers=NEEDED & ~Layer.FILTER, refused=EVERY_ACT))
    elif how == "obstacle":
        _say(Readiness(obstacle=Obstacle.FILTER))
    elif how == "talkative":
        _close_and_say(b"more")
    elif how == "deaf":
        _close_and_say()
    elif how == "claim":
        _say(READY)
    elif how == "claim while loading":
        closed_room.serve(COUNTING["decide"], warm_up=lambda: _say(READY))
    elif how == "too few filters":
        _install_two_that_allow_all(limited=False)
    elif how == "limits alone":
        _install_two_that_allow_all(limited=True)
    elif how == "fork while loading":
        closed_room.serve(COUNTING["decide"], warm_up=_fork_and_keep)
    elif how == "fork before":
        _fork_and_keep()
    closed_room.serve(COUNTING["decide"], warm_up=COUNTING["warm_up"])


if __name__ == "__main__":
    main()
