"""Try each forbidden act in a child of its own, behind the filters; print what came of it as JSON.

``acting.py [nobody]``. For each act: whether the trial refused it, the exit status behind the final filter, and
both again with the act's call allowed, which is what the filter without that line would be.
"""

import json
import os
import struct
import sys
from collections.abc import Callable

from counterseal.barrier import acts, closing, seccomp
from counterseal.barrier.acts import try_acts
from counterseal.barrier.kernel import Kernel
from counterseal.barrier.readiness import Act

KERNEL = Kernel()


def _in_a_child(task: Callable[[], None]) -> tuple[int, bytes]:
    """Return the wait status of a child that does a task, and what it wrote to descriptor 1."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(into, 1)
        os.closerange(2, 64)
        task()
        os._exit(0)
    os.close(into)
    _, status = os.waitpid(child, 0)
    said = os.read(out, 64)
    os.close(out)
    return status, said


def _trial(*, nobody: bool) -> None:
    _prepare(nobody=nobody)
    assert closing.install_filter(KERNEL, seccomp.filter_program(KERNEL.machine, final=False))
    os.write(1, struct.pack(">I", try_acts(KERNEL)))


def _final(act: Act, *, nobody: bool) -> None:
    _prepare(nobody=nobody)
    assert closing.end_quietly(KERNEL)
    for final in (False, True):
        assert closing.install_filter(KERNEL, seccomp.filter_program(KERNEL.machine, final=final))
    name, arguments = acts._TRIES[act]
    KERNEL.call(name, *arguments)


def _prepare(*, nobody: bool) -> None:
    if nobody:
        os.setresuid(65_534, 65_534, 65_534)
    closing.hide(KERNEL)
    closing.refuse_privileges(KERNEL)


def _outcomes(act: Act, *, nobody: bool) -> tuple[bool, int]:
    """Whether the trial refused an act, and the exit status of who does it behind the final filter."""
    status, said = _in_a_child(lambda: _trial(nobody=nobody))
    assert os.waitstatus_to_exitcode(status) == 0
    ended, _ = _in_a_child(lambda: _final(act, nobody=nobody))
    return bool(struct.unpack(">I", said)[0] & act), os.waitstatus_to_exitcode(ended)


def main() -> None:
    found = {}
    allowed = seccomp.ALLOWED
    for act in Act:
        seccomp.ALLOWED = allowed
        whole = _outcomes(act, nobody="nobody" in sys.argv)
        seccomp.ALLOWED = (*allowed, acts._TRIES[act][0])
        found[act.name] = (*whole, *_outcomes(act, nobody="nobody" in sys.argv))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
