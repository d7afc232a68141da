"""Dying at the n-th write: every call by which SQLite or this program changes the disk, in the order they come.

A process that is killed leaves on disk what its calls had done until then, and nothing between two calls. So a
death before each call that writes, syncs, renames or removes shows every state that a kill can leave.
"""

import _sqlite3
import ctypes
import os
import signal
from collections.abc import Callable
from typing import Any

SQLITE_CALLS = {  # the entries of SQLite's table of system calls (os_unix.c) that change a file, and their shapes
    "write": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t),
    "pwrite": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64),
    "pwrite64": (ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64),
    "ftruncate": (ctypes.c_int, ctypes.c_int, ctypes.c_int64),
    "unlink": (ctypes.c_int, ctypes.c_char_p),
}
PYTHON_CALLS = ("fsync", "rename", "replace", "unlink", "open", "write", "mkdir")


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs``, version 3, as sqlite3.h declares it."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("methods", ctypes.c_void_p * 13),
        ("set_call", ctypes.c_void_p),
        ("get_call", ctypes.c_void_p),
        ("next_call", ctypes.c_void_p),
    )


class Death:
    """Kills this process when the count of boundaries comes to ``number``."""

    def __init__(self, number: int) -> None:
        self.left, self._kept = number, list[Any]()

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def arm(self) -> None:
        self._arm_sqlite()
        for name in PYTHON_CALLS:
            setattr(os, name, self._before(getattr(os, name)))

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*values: Any, **named: Any) -> Any:
            self.tick()
            return call(*values, **named)

        return counted

    def _arm_sqlite(self) -> None:
        vfs = _vfs()
        text, void = ctypes.c_char_p, ctypes.c_void_p
        get = ctypes.CFUNCTYPE(void, void, text)(vfs.get_call)
        put = ctypes.CFUNCTYPE(ctypes.c_int, void, text, void)(vfs.set_call)
        for name, (result, *shape) in SQLITE_CALLS.items():
            found = get(ctypes.addressof(vfs), name.encode())
            if found:
                kind = ctypes.CFUNCTYPE(result, *shape)
                counted = kind(self._before(kind(found)))
                self._kept.append(counted)
                put(ctypes.addressof(vfs), name.encode(), ctypes.cast(counted, void))


def _vfs() -> _Vfs:
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
    vfs: _Vfs = library.sqlite3_vfs_find(None).contents
    if vfs.version < 3:
        raise OSError("this SQLite has no table of system calls")
    return vfs


def can_arm() -> bool:
    """Whether this Python's SQLite can be reached, and is one for Unix."""
    try:
        return hasattr(os, "fork") and _vfs().name == b"unix"
    except (AttributeError, OSError):
        return False
