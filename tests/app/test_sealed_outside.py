"""What the parent sees for itself of the sealed process, by the texts that the kernel gives."""

import os
import sys
from pathlib import Path

import pytest

from counterseal.app import sealed_outside
from counterseal.app.sealed_outside import filter_count, not_borne_out, require_from_outside
from counterseal.errors import WorkplaceError

STATUS = """Name:\tpython
Threads:\t1
CapInh:\t0000000000000000
CapPrm:\t0000000000000000
CapEff:\t0000000000000000
CapBnd:\t000001ffffffffff
CapAmb:\t0000000000000000
NoNewPrivs:\t1
Seccomp:\t2
Seccomp_filters:\t5
"""
LIMITS = """Limit                     Soft Limit           Hard Limit           Units
Max file size             0                    0                    bytes
Max core file size        0                    0                    bytes
Max processes             0                    0                    processes
Max open files            2                    2                    files
"""


def test_a_room_that_the_kernel_shows_closed_is_borne_out() -> None:
    assert not_borne_out(status=STATUS, limits=LIMITS, filters_before=2) == ()


@pytest.mark.parametrize(
    ("line", "other", "words"),
    [
        ("Threads:\t1", "Threads:\t2", "one thread"),
        ("CapEff:\t0000000000000000", "CapEff:\t0000000000200000", "no capabilities"),
        ("CapPrm:\t0000000000000000", "CapPrm:\t0000000000200000", "no capabilities"),
        ("CapInh:\t0000000000000000", "CapInh:\t0000000000200000", "no capabilities"),
        ("CapAmb:\t0000000000000000", "CapAmb:\t0000000000200000", "no capabilities"),
        ("NoNewPrivs:\t1", "NoNewPrivs:\t0", "no new privileges"),
        ("Seccomp:\t2", "Seccomp:\t0", "a filter of system calls"),
        ("Seccomp:\t2", "Seccomp:\t1", "a filter of system calls"),
        ("Seccomp_filters:\t5", "Seccomp_filters:\t4", "3 filters"),
        ("Seccomp_filters:\t5\n", "", "3 filters"),
    ],
)
def test_what_the_status_does_not_show_is_missing(line: str, other: str, words: str) -> None:
    assert line in STATUS
    status = STATUS.replace(line, other)
    assert not_borne_out(status=status, limits=LIMITS, filters_before=2) == (words,)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Max file size    ", "no file that grows"),
        ("Max core file size", "no core dump"),
        ("Max processes    ", "no further process"),
        ("Max open files   ", "two descriptors"),
    ],
)
def test_a_limit_that_is_not_held_is_missing(name: str, words: str) -> None:
    (line,) = (each for each in LIMITS.splitlines() if each.startswith(name))
    for other in (line[:26] + "9" + line[27:], line[:47] + "unlimited" + line[56:], ""):
        limits = LIMITS.replace(line, other)
        assert not_borne_out(status=STATUS, limits=limits, filters_before=2) == (words,)


def test_a_kernel_that_does_not_count_filters_bears_nothing_out() -> None:
    assert filter_count("Seccomp:\t2\n") == -1


@pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")
def test_an_ordinary_process_is_refused_and_one_that_is_gone_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkplaceError, match=r"cannot seal: the kernel does not bear out: .*3 filters"):
        require_from_outside(os.getpid())
    monkeypatch.setattr(sealed_outside, "_PROC", tmp_path)
    with pytest.raises(WorkplaceError, match="/proc does not tell of the room"):
        require_from_outside(os.getpid())
