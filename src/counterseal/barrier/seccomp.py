"""The filter of system calls: a list of what is allowed, as the program that the Linux kernel runs.

The program is a classic BPF program over ``struct seccomp_data`` (number of the call at byte 0,
architecture at 4, arguments of 8 bytes each from 16), as in the kernel's documentation of seccomp.
Three go on, one upon the other; of several filters the kernel takes the strictest answer, and none can be
taken off. The *first* goes on before the code that decides is loaded: files may be read, and nothing can
be written, started or reached. *Trial* and *final* are made from one shorter list when all is loaded. The
trial answers anything else with an error number that the kernel never uses, so that the room can try what is
forbidden and see that it was this filter that refused; the final one raises a signal that ends the process
(`closing.end_quietly`).

To let the kernel itself end the process would be simpler, and would leak: it then writes the number of
the call, which corrupt code can choose, into its log. For the same reason calls are left out by which
a process can make the kernel write a line: returning from a signal, and the odd operations of futex.
"""

import os
import struct
from collections.abc import Mapping

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
_OPENS_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC = 0, 1, 2, 3, 1030
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

LOADING: tuple[str, ...] = (
    *("read", "pread64", "lseek", "close", "close_range", "fstat", "newfstatat", "statx", "stat", "lstat"),
    *("access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd"),
    *("mmap", "mprotect", "rt_sigaction", "rt_sigprocmask", "sigaltstack", "uname", "sysinfo"),
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "getcpu"),
    *("sched_getaffinity", "set_robust_list", "membarrier", "rseq"),
    *("mount", "pivot_root", "umount2", "chdir", "setgroups", "setresuid", "setresgid", "capset"),
)
"""What the first filter allows beside `ALLOWED`: to read files, to ask, and to close the room further."""

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


def _without(place: int, bits: int, *, refused: int) -> _Block:
    """Return a body that allows where an argument has none of some bits of its lower half."""
    asked = _argument(place) + _step(_ANY_BIT, bits, otherwise=1)
    return asked + _step(_RETURN, refused) + _step(_RETURN, _ALLOW)


def first_program(machine: str) -> bytes:
    """Return the first filter, behind which the code that decides is loaded.

    What it does not allow is answered with "not permitted".

    Args:
        machine: ``x86_64`` or ``aarch64``.
    """
    refused = _ERRNO | _EPERM
    bodies = {name: _step(_RETURN, _ALLOW) for name in (*ALLOWED, *LOADING)}
    bodies |= {
        "write": _one_of(0, 1, refused=refused),
        "futex": _one_of(1, *_FUTEX_WAITS_AND_WAKES, refused=refused),
        "open": _without(1, _OPENS_TO_WRITE, refused=refused),
        "openat": _without(2, _OPENS_TO_WRITE, refused=refused),
        "fcntl": _one_of(1, _F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_DUPFD_CLOEXEC, refused=refused),
        "prlimit64": _one_of(0, 0, refused=refused),
        "seccomp": _one_of(0, _SET_MODE_FILTER, refused=refused),
        "prctl": _one_of(
            0, _PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, refused=refused
        ),
    }
    return _program(machine, bodies, refused=refused)


def filter_program(machine: str, *, final: bool) -> bytes:
    """Return the filter as the kernel takes it, 8 bytes an instruction.

    Args:
        machine: ``x86_64`` or ``aarch64``.
        final: Signal whoever makes another call; else answer with `REFUSED_ERRNO`, and let the final
            filter be put on top.
    """
    refused = _TRAP if final else _ERRNO | REFUSED_ERRNO
    bodies = {
        "read": _one_of(0, 0, refused=refused),
        "write": _one_of(0, 1, refused=refused),
        "futex": _one_of(1, *_FUTEX_WAITS_AND_WAKES, refused=refused),
        "mmap": _not_executable(anonymous=True, refused=refused),
        "mprotect": _not_executable(anonymous=False, refused=refused),
    }
    if not final:
        bodies["prctl"] = _one_of(0, _PR_SET_SECCOMP, refused=_ERRNO | _EPERM)
        bodies["seccomp"] = _one_of(0, _SET_MODE_FILTER, refused=refused)
    bodies |= {name: _step(_RETURN, _ALLOW) for name in ALLOWED}
    bodies |= {name: _step(_RETURN, _ERRNO | _EPERM) for name in TOLERATED if name not in bodies}
    return _program(machine, bodies, refused=refused)


def _program(machine: str, bodies: Mapping[str, _Block], *, refused: int) -> bytes:
    """Return a filter of one rule a call; calls that the machine does not have are left out."""
    numbers = syscall_numbers(machine)
    program = (
        _step(_LOAD, _ARCHITECTURE_AT)
        + _step(_EQUAL, AUDIT_ARCHITECTURES[machine], then=1)
        + _step(_RETURN, refused)
        + _step(_LOAD, 0)
        + _step(_ANY_BIT, _X32_BIT, otherwise=1)
        + _step(_RETURN, refused)
    )
    for name, body in bodies.items():
        program += _rule(numbers[name], body=body) if name in numbers else b""
    return program + _step(_RETURN, refused)
