"""System calls by name, through the C library that is loaded anyway: what closing a room takes."""

import ctypes
import platform
import struct
import sys
from dataclasses import dataclass

from counterseal.barrier.syscalls import AUDIT_ARCHITECTURES, syscall_numbers

_POINTER_BYTES = 8


class Unsupported(Exception):  # noqa: N818
    """This is not a machine of which the system calls are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the kernel answered: the result, and the error number, which is 0 where there was none."""

    result: int
    error_number: int

    @property
    def done(self) -> bool:
        """Whether the kernel did what was asked."""
        return self.error_number == 0


class Kernel:
    """The kernel, asked by the names of its calls."""

    def __init__(self) -> None:
        """Find the C library.

        Raises:
            Unsupported: not Linux on 64-bit x86 or ARM.
        """
        self.machine = platform.machine()
        known = sys.platform == "linux" and self.machine in AUDIT_ARCHITECTURES
        if not known or struct.calcsize("P") != _POINTER_BYTES or sys.byteorder != "little":
            raise Unsupported
        self._numbers = syscall_numbers(self.machine)
        self._library = ctypes.CDLL(None, use_errno=True)
        self._syscall = self._library.syscall
        self._syscall.restype = ctypes.c_long

    def call(self, name: str, *arguments: int | bytes | ctypes.Structure | None) -> Reply:
        """Make a system call; bytes and structures are passed by address, None as zero."""
        passed = [_as_word(argument) for argument in arguments]
        ctypes.set_errno(0)
        result = self._syscall(ctypes.c_long(self._numbers[name]), *passed)
        return Reply(result=result, error_number=ctypes.get_errno() if result == -1 else 0)

    def end_on(self, signal_number: int) -> bool:
        """Let a signal end this process by itself, as if it had chosen to, and return whether it will.

        The handler is the C library's ``_exit``, which takes the number of the signal as its status.
        """
        setter = self._library.signal
        setter.argtypes, setter.restype = (ctypes.c_int, ctypes.c_void_p), ctypes.c_void_p
        handler = ctypes.cast(self._library["_exit"], ctypes.c_void_p)
        former: int | None = setter(signal_number, handler)
        return former != ctypes.c_void_p(-1).value


def _as_word(argument: int | bytes | ctypes.Structure | None) -> object:
    """Return an argument as something of the size of a register."""
    if argument is None:
        return ctypes.c_long(0)
    if isinstance(argument, int):
        return ctypes.c_long(argument)
    if isinstance(argument, bytes):
        return ctypes.c_char_p(argument)
    return ctypes.byref(argument)
