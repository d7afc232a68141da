"""Closing the room, from within and for good, before any secret comes in.

The order matters. Before the code that decides is loaded: descriptors, namespaces and their maps, no new
privileges, and a first filter of system calls. After it, because loading needs files: the empty file system,
then rights are given up, then limits, and the last filters: nothing of this could be done behind them.

References:
    The manual pages namespaces(7), user_namespaces(7), pivot_root(2), seccomp(2) and prctl(2).
"""

import ctypes
import os
import resource
import signal
import stat
import struct
import sys
from pathlib import Path

from counterseal.barrier.kernel import Kernel
from counterseal.barrier.readiness import Layer

MEMORY_BYTES = 2**31
"""Address space of the closed room, whatever is measured."""

NOBODY = 65_534

_NEW_MOUNTS, _NEW_NAME, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
_NEW_ROOMS = _NEW_MOUNTS | _NEW_NAME | _NEW_IPC | _NEW_NETWORK
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT = 1, 2, 4, 8, 32
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_FAULTS = (
    signal.SIGSEGV,
    signal.SIGBUS,
    signal.SIGILL,
    signal.SIGFPE,
    signal.SIGTRAP,
    signal.SIGABRT,
    signal.SIGSYS,
)
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITY_SETS_BYTES = 24
_INSTRUCTION_BYTES = 8


class _FilterProgram(ctypes.Structure):
    """``struct sock_fprog``: number of instructions and where they are."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def thread_count() -> int:
    """Return how many threads this process has."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def has_two_pipes() -> bool:
    """Whether standard input and output are pipes, as whoever starts the closed room makes them."""
    return all(stat.S_ISFIFO(os.fstat(descriptor).st_mode) for descriptor in (0, 1))


def separate(kernel: Kernel) -> Layer:
    """Leave the machine's namespaces, as far as the kernel lets us, and return which layers hold."""
    user, group = os.geteuid(), os.getegid()
    layers = Layer(0)
    if user == 0 and kernel.call("unshare", _NEW_ROOMS).done:
        layers |= Layer.OWN_NETWORK | Layer.OWN_IPC | Layer.OWN_NAME
    elif kernel.call("unshare", _NEW_ROOMS | _NEW_USERS).done:
        layers |= Layer.OWN_USERS | Layer.OWN_NETWORK | Layer.OWN_IPC | Layer.OWN_NAME
        _map_user(user=user, group=group)
    else:
        return layers
    _mount_privately(kernel)
    return layers


def _mount_privately(kernel: Kernel) -> bool:
    """Let what is mounted here be mounted nowhere else, and return whether it is so."""
    return kernel.call("mount", None, b"/", None, _MS_REC | _MS_PRIVATE, None).done


def _map_user(*, user: int, group: int) -> None:
    """Let this user be the administrator of the new user namespace, and nobody else exist there."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {user} 1"),
        ("gid_map", f"0 {group} 1"),
    ):
        try:
            descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        except OSError:
            continue
        try:
            os.write(descriptor, text.encode())
        except OSError:
            continue
        finally:
            os.close(descriptor)


def empty_root(kernel: Kernel) -> Layer:
    """Exchange the whole file system for an empty one that cannot be written to; return whether that holds.

    It does only in namespaces of its own (`separate`), in which nothing that is mounted is seen elsewhere.
    """
    return Layer.EMPTY_ROOT if _exchange_root(kernel) else Layer(0)


def _exchange_root(kernel: Kernel) -> bool:
    if not _mount_privately(kernel):
        return False
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    for place in (b"/tmp", b"/mnt", b"/usr"):
        if kernel.call("mount", b"none", place, b"tmpfs", flags, b"size=4k,nr_inodes=2,mode=0").done:
            break
    else:
        return False
    os.chdir(place)
    if not kernel.call("pivot_root", b".", b".").done:
        return False
    gone = kernel.call("umount2", b".", _MNT_DETACH).done
    os.chdir("/")
    return gone and kernel.call("mount", None, b"/", None, flags | _MS_REMOUNT | _MS_RDONLY, None).done


def give_up_rights(kernel: Kernel, *, user: int) -> Layer:
    """Stop being the administrator, here and outside, and return which layers hold.

    Args:
        kernel: The kernel.
        user: Who this process was to the rest of the machine before it left its namespaces.
    """
    layers = Layer(0) if user == 0 else Layer.NOT_ROOT
    if user == 0:
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            layers |= Layer.NOT_ROOT
        except OSError:
            pass  # a namespace in which nobody else exists: the capabilities go all the same
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if kernel.call("capset", header, bytes(_CAPABILITY_SETS_BYTES)).done:
        layers |= Layer.NO_CAPABILITIES
    return layers


def keep_two_channels() -> None:
    """Close every descriptor but the two pipes, and forget the standard streams."""
    sys.stdin = sys.stdout = sys.stderr = None
    highest = max(int(each.name) for each in Path("/proc/self/fd").iterdir())
    os.closerange(2, highest + 1)


def limit() -> None:
    """Fix memory and forbid files, descriptors, processes and core dumps.

    Raises:
        OSError: the kernel does not let us.
    """
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(most, MEMORY_BYTES)
    for what, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 2),
    ):
        resource.setrlimit(what, (value, value))


def hide(kernel: Kernel) -> Layer:
    """Let nobody look into this process, or outlive its parent, and return which layers hold."""
    held = Layer(0)
    for layer, option, value in (
        (Layer.NOT_DUMPABLE, _PR_SET_DUMPABLE, 0),
        (Layer.ENDS_WITH_PARENT, _PR_SET_PDEATHSIG, int(signal.SIGKILL)),
    ):
        if kernel.call("prctl", option, value, 0, 0, 0).done:
            held |= layer
    return held


def refuse_privileges(kernel: Kernel) -> Layer:
    """Let no program that could be started have more rights than this one, and return whether that holds."""
    done = kernel.call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).done
    return Layer.NO_NEW_PRIVILEGES if done else Layer(0)


def end_quietly(kernel: Kernel) -> bool:
    """Let this process end itself where it would be ended, and return whether it will.

    A process that the kernel ends for a fault or a forbidden call leaves a line in the kernel's log, with
    addresses and numbers that corrupt code can choose.
    """
    return all(kernel.end_on(number) for number in _FAULTS)


def install_filter(kernel: Kernel, program: bytes) -> bool:
    """Put a filter of system calls on this process for good, and return whether the kernel took it."""
    filled = _FilterProgram(len(program) // _INSTRUCTION_BYTES, program)
    return kernel.call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filled, 0, 0).done
