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
    machine.call("prctl", 4, 1, 0, 0, 0)  # dumpable again: the room is still to be closed
    filled = closing._FilterProgram(len(program) // 8, program)
    assert machine.call("prctl", 22, 2, filled, 0, 0).done


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
        ready = Readiness(obstacle=Obstacle.NONE, layers=NEEDED, refused=EVERY_ACT)
        os.write(1, encode_readiness(ready) + b"more")
        time.sleep(60)
    elif how == "deaf":
        os.write(1, encode_readiness(Readiness(obstacle=Obstacle.NONE, layers=NEEDED, refused=EVERY_ACT)))
        time.sleep(60)
    closed_room.serve(COUNTING["decide"], warm_up=COUNTING["warm_up"])


if __name__ == "__main__":
    main()
