"""Trying what is forbidden, behind the trial filter: each act must be refused by that filter itself.

Each act is chosen so that it does no harm where, against expectation, it is not refused.
"""

import os
import signal

from counterseal.barrier.kernel import Kernel
from counterseal.barrier.readiness import Act
from counterseal.barrier.seccomp import REFUSED_ERRNO

_AT_FDCWD = -100
_AF_INET, _SOCK_STREAM = 2, 1
_PROT_READ_EXEC = 5
_MAP_PRIVATE, _MAP_ANONYMOUS = 2, 0x20
_NEW_USERS = 0x10000000
_PAGE = 4096
_ELSEWHERE = 2
"""A descriptor that is closed: unfiltered, the kernel says that it is bad."""

_TRIES: dict[Act, tuple[str, tuple[int | bytes | None, ...]]] = {
    Act.OPEN_TO_WRITE: ("openat", (_AT_FDCWD, b"/none/tried", os.O_WRONLY | os.O_CREAT, 0)),
    Act.OPEN_TO_READ: ("openat", (_AT_FDCWD, b"/none", os.O_RDONLY, 0)),
    Act.CONNECT: ("socket", (_AF_INET, _SOCK_STREAM, 0)),
    Act.FORK: ("clone", (int(getattr(signal, "SIGCHLD", 0)), 0, 0, 0, 0)),
    Act.START_THREAD: ("clone3", (None, 0)),
    Act.START_PROGRAM: ("execve", (b"", None, None)),
    Act.TRACE: ("ptrace", (-1, 0, 0, 0)),
    Act.SIGNAL: ("kill", (1, 0)),
    Act.READ_ELSEWHERE: ("read", (_ELSEWHERE, b"\0" * 8, 1)),
    Act.WRITE_ELSEWHERE: ("write", (_ELSEWHERE, b"\0", 1)),
    Act.RUN_MEMORY: ("mmap", (0, _PAGE, _PROT_READ_EXEC, _MAP_PRIVATE | _MAP_ANONYMOUS, -1, 0)),
    Act.RUN_MEMORY_LATER: ("mprotect", (0, _PAGE, _PROT_READ_EXEC)),
    Act.MAP_FILE: ("mmap", (0, _PAGE, 1, _MAP_PRIVATE, 0, 0)),
    Act.MEMORY_FILE: ("memfd_create", (b"", 0)),
    Act.READ_PROCESS: ("process_vm_readv", (1, None, 0, None, 0, 0)),
    Act.RING: ("io_uring_setup", (1, None)),
    Act.MAKE_PIPE: ("pipe2", (None, 0)),
    Act.LEAVE_NAMESPACE: ("unshare", (_NEW_USERS,)),
    Act.PROGRAM_KERNEL: ("bpf", (0, None, 0)),
    Act.WATCH_FAULTS: ("userfaultfd", (0,)),
}


def try_acts(kernel: Kernel) -> Act:
    """Return the acts that the trial filter refused."""
    refused = Act(0)
    for act, (name, arguments) in _TRIES.items():
        reply = kernel.call(name, *arguments)
        if act is Act.FORK and reply.result == 0:
            os._exit(0)  # the fork was not refused, and this is its child
        if reply.error_number == REFUSED_ERRNO:
            refused |= act
    return refused
