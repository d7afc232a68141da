"""The numbers of the system calls that the closed room knows, on the machines that it knows.

They are part of the kernel's binary interface and never change: ``asm/unistd_64.h`` of x86-64,
``asm-generic/unistd.h`` of 64-bit ARM. A call that is not in these tables has no name in the room,
and the filter ends whoever makes it.
"""

AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""What the kernel's seccomp data call each machine (``AUDIT_ARCH_*`` of ``linux/audit.h``)."""

_NUMBERS: dict[str, tuple[int, int | None]] = {
    # name: (x86_64, aarch64); what is allowed, with or without a look at the arguments
    "read": (0, 63),
    "write": (1, 64),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigprocmask": (14, 135),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "futex": (202, 98),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "getrandom": (318, 278),
    # harmless questions that libraries ask: refused, and nobody is ended for it
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "rt_sigaction": (13, 134),
    "ioctl": (16, 29),
    "getpid": (39, 172),
    "uname": (63, 160),
    "fcntl": (72, 25),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "getuid": (102, 174),
    "getppid": (110, 173),
    "sigaltstack": (131, 132),
    "prctl": (157, 167),
    "gettid": (186, 178),
    "sched_setaffinity": (203, 122),
    "sched_getaffinity": (204, 123),
    "newfstatat": (262, 79),
    "set_robust_list": (273, 99),
    "prlimit64": (302, 261),
    "getcpu": (309, 168),
    "membarrier": (324, 283),
    "statx": (332, 291),
    "rseq": (334, 293),
    # what loading the code takes, behind the first filter; 64-bit ARM never had the oldest of them
    "open": (2, None),
    "stat": (4, None),
    "lstat": (6, None),
    "pread64": (17, 67),
    "access": (21, None),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getdents64": (217, 61),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    # what closing the room takes
    "chdir": (80, 49),
    "setgroups": (116, 159),
    "setresuid": (117, 147),
    "setresgid": (119, 149),
    "close_range": (436, 436),
    "capset": (126, 91),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "seccomp": (317, 277),
    # what the room tries, to see that it is refused
    "socket": (41, 198),
    "clone": (56, 220),
    "execve": (59, 221),
    "kill": (62, 129),
    "ptrace": (101, 117),
    "openat": (257, 56),
    "unshare": (272, 97),
    "pipe2": (293, 59),
    "process_vm_readv": (310, 270),
    "memfd_create": (319, 279),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "clone3": (435, 435),
}

_COLUMNS = ("x86_64", "aarch64")


def syscall_numbers(machine: str) -> dict[str, int]:
    """Return the number of each known call by name; a call that a machine does not have is left out.

    Args:
        machine: ``x86_64`` or ``aarch64``.

    Raises:
        ValueError: any other machine.
    """
    column = _COLUMNS.index(machine)
    return {name: number for name, numbers in _NUMBERS.items() if (number := numbers[column]) is not None}
