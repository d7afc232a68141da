"""The filter of system calls: a list of what is allowed, as the program that the Linux kernel runs.

The program is a classic BPF program over ``struct seccomp_data`` (number of the call at byte 0,
architecture at 4, arguments of 8 bytes each from 16), as in the kernel's documentation of seccomp.
It is made twice from one list. The *trial* answers anything else with an error number that the kernel
never uses, so that the room can try what is forbidden and see that it was this filter that refused.
The *final* one raises a signal that ends the process (`closing.end_quietly`): of two filters the
kernel takes the stricter answer.

To let the kernel itself end the process would be simpler, and would leak: it then writes the number of
the call, which corrupt code can choose, into its log. For the same reason calls are left out by which
a process can make the kernel write a line: returning from a signal, and the odd operations of futex.
"""

import struct
from collections.abc import Callable

from counterseal.barrier.syscalls import AUDIT_ARCHITECTURES, syscall_numbers

REFUSED_ERRNO = 4_001
"""What the trial answers: within the 4095 that can be returned, and no error of any kernel."""

_ALLOW = 0x7FFF0000
_TRAP = 0x00030000
_ERRNO = 0x00050000
_EPERM = 1

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ARCHITECTURE_AT, _ARGUMENTS_AT = 4, 16
_X32_BIT = 0x40000000
_NOT_READ_WRITE = 0xFFFFFFFC
_MAP_ANONYMOUS = 0x20
_PR_SET_SECCOMP = 22
_SET_MODE_FILTER = 1
_FUTEX_WAITS_AND_WAKES = (0x80, 0x81, 0x89, 0x8A, 0x189)

ALLOWED: tuple[str, ...] = (
    "munmap",
    "mremap",
    "brk",
    "madvise",
    "sched_yield",
    "restart_syscall",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "getrandom",
    "exit",
    "exit_group",
)
"""Calls that are allowed whatever their arguments: memory, waiting, the time, and the end."""

TOLERATED: tuple[str, ...] = (
    "close",
    "fstat",
    "newfstatat",
    "statx",
    "lseek",
    "ioctl",
    "fcntl",
    "rt_sigaction",
    "rt_sigprocmask",
    "sigaltstack",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "uname",
    "sysinfo",
    "getrusage",
    "getcpu",
    "prctl",
    "prlimit64",
    "sched_getaffinity",
    "sched_setaffinity",
    "set_robust_list",
    "membarrier",
    "rseq",
)
"""Calls that are refused with "not permitted": some C library or another asks them in passing."""

_Block = bytes


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> _Block:
    """Return one instruction; ``then`` and ``otherwise`` count the instructions to leap over."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _argument(place: int, *, high: bool = False) -> _Block:
    """Return a load of one half of an argument (both machines keep the low half first)."""
    return _step(_LOAD, _ARGUMENTS_AT + 8 * place + (4 if high else 0))


def _rule(number: int, *, body: _Block) -> _Block:
    """Return a rule: where the call has this number, do ``body``, which must return."""
    return _step(_EQUAL, number, otherwise=len(body) // 8) + body


def _one_of(place: int, *values: int, refused: int) -> _Block:
    """Return a body that allows where an argument is one of ``values``, 32-bit quantities."""
    count = len(values)
    compared = b"".join(_step(_EQUAL, value, then=count - at) for at, value in enumerate(values))
    return (
        _argument(place, high=True)
        + _step(_EQUAL, 0, otherwise=1 + count)
        + _argument(place)
        + compared
        + _step(_RETURN, refused)
        + _step(_RETURN, _ALLOW)
    )


def _not_executable(*, anonymous: bool, refused: int) -> _Block:
    """Return a body that allows memory that cannot be run and, where asked, is no file."""
    protection = _argument(2) + _step(_ANY_BIT, _NOT_READ_WRITE, then=3 if anonymous else 1)
    flags = _argument(3) + _step(_ANY_BIT, _MAP_ANONYMOUS, otherwise=1) if anonymous else b""
    return protection + flags + _step(_RETURN, _ALLOW) + _step(_RETURN, refused)


def filter_program(machine: str, *, final: bool) -> bytes:
    """Return the filter as the kernel takes it, 8 bytes an instruction.

    Args:
        machine: ``x86_64`` or ``aarch64``.
        final: Signal whoever makes another call; else answer with `REFUSED_ERRNO`, and let the final
            filter be put on top.
    """
    numbers = syscall_numbers(machine)
    refused = _TRAP if final else _ERRNO | REFUSED_ERRNO
    bodies: dict[str, Callable[[], _Block]] = {
        "read": lambda: _one_of(0, 0, refused=refused),
        "write": lambda: _one_of(0, 1, refused=refused),
        "futex": lambda: _one_of(1, *_FUTEX_WAITS_AND_WAKES, refused=refused),
        "mmap": lambda: _not_executable(anonymous=True, refused=refused),
        "mprotect": lambda: _not_executable(anonymous=False, refused=refused),
    }
    if not final:
        bodies["prctl"] = lambda: _one_of(0, _PR_SET_SECCOMP, refused=_ERRNO | _EPERM)
        bodies["seccomp"] = lambda: _one_of(0, _SET_MODE_FILTER, refused=refused)
    bodies |= {name: lambda: _step(_RETURN, _ALLOW) for name in ALLOWED}
    bodies |= {name: lambda: _step(_RETURN, _ERRNO | _EPERM) for name in TOLERATED if name not in bodies}
    program = (
        _step(_LOAD, _ARCHITECTURE_AT)
        + _step(_EQUAL, AUDIT_ARCHITECTURES[machine], then=1)
        + _step(_RETURN, refused)
        + _step(_LOAD, 0)
        + _step(_ANY_BIT, _X32_BIT, otherwise=1)
        + _step(_RETURN, refused)
    )
    for name, body in bodies.items():
        program += _rule(numbers[name], body=body())
    return program + _step(_RETURN, refused)
