"""What the kernel says of the sealed process: its parent looks for itself before it tells any secret.

The room says of itself that it is closed; code that is corrupt could say so of a room that is open. What
is read here is not the room's to write.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from counterseal.errors import WorkplaceError

FILTERS = 3
"""Filters that a closed room puts on: the first, the trial and the final one."""

_EXACT = {
    "Seccomp": ("2", "a filter of system calls"),
    "NoNewPrivs": ("1", "no new privileges"),
    "Threads": ("1", "one thread"),
    **dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapAmb"), ("0" * 16, "no capabilities")),
}
_LIMITS = {
    "Max file size": ("0", "no file that grows"),
    "Max core file size": ("0", "no core dump"),
    "Max processes": ("0", "no further process"),
    "Max open files": ("2", "two descriptors"),
}
_PROC = Path("/proc")


def require_from_outside(process_id: int) -> None:
    """Refuse to tell a secret to a process that the kernel does not show to be closed.

    Args:
        process_id: A child of this process, begun as the first of a session, that has not been waited for.

    Raises:
        WorkplaceError: something does not hold, or ``/proc`` does not tell.
    """
    try:
        status, limits = (
            (_PROC / str(process_id) / name).read_text("ascii", "replace") for name in ("status", "limits")
        )
        before = filter_count((_PROC / "self" / "status").read_text("ascii", "replace"))
        others = tuple(_others(process_id))
    except OSError as error:
        raise WorkplaceError(f"cannot seal: /proc does not tell of the room ({error.strerror})") from error
    missing = not_borne_out(status=status, limits=limits, filters_before=before)
    if others:
        missing = (*missing, "no process of its own")
    if missing:
        raise WorkplaceError(f"cannot seal: the kernel does not bear out: {', '.join(missing)}")


def not_borne_out(*, status: str, limits: str, filters_before: int) -> tuple[str, ...]:
    """Return what does not hold, in words.

    Args:
        status: Text of ``/proc/<id>/status``.
        limits: Text of ``/proc/<id>/limits``.
        filters_before: Filters that its parent has, and the process had when it began.
    """
    said = _fields(status)
    missing = [words for name, (value, words) in _EXACT.items() if said.get(name) != value]
    if filter_count(status) < filters_before + FILTERS:
        missing.append(f"{FILTERS} filters")
    for name, (value, words) in _LIMITS.items():
        if not re.search(rf"^{name} +{value} +{value} ", limits, flags=re.MULTILINE):
            missing.append(words)
    return tuple(dict.fromkeys(missing))


def filter_count(status: str) -> int:
    """Return how many filters a process has; -1 where the kernel (before 5.9) does not say."""
    text = _fields(status).get("Seccomp_filters", "")
    return int(text) if text.isdecimal() else -1


def _fields(status: str) -> Mapping[str, str]:
    pairs = (line.partition(":") for line in status.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _others(process_id: int) -> Iterator[int]:
    """Return the processes that this one started: its children, and what is left in its session."""
    for entry in _PROC.iterdir():
        if not entry.name.isdecimal() or int(entry.name) == process_id:
            continue
        try:
            fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended in between
        _, parent, _, session, *_ = fields
        if process_id in (int(parent), int(session)):
            yield int(entry.name)
