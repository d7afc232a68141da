"""The filter, run as the kernel would run it, on every call and on arguments that matter."""

import re
import struct
from pathlib import Path

import pytest

from counterseal.barrier.seccomp import (
    ALLOWED,
    LOADING,
    REFUSED_ERRNO,
    TOLERATED,
    filter_program,
    first_program,
)
from counterseal.barrier.syscalls import AUDIT_ARCHITECTURES, syscall_numbers

ALLOW, TRAP, EPERM, REFUSED = 0x7FFF0000, 0x00030000, 0x00050001, 0x00050000 | REFUSED_ERRNO
MACHINES = ("x86_64", "aarch64")
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
WITH_A_LOOK = ("read", "write", "mmap", "mprotect", "futex")
EXEC, READ_WRITE = 4, 3


def run(
    machine: str, call: int, *arguments: int, final: bool = True, first: bool = False, architecture: int = 0
) -> int:
    """Return what the filter answers to a call: the classic BPF instructions that it is made of."""
    instructions = first_program(machine) if first else filter_program(machine, final=final)
    words = [*arguments, *(0,) * (6 - len(arguments))]
    data = struct.pack(
        "<IIQ6Q",
        call,
        architecture or AUDIT_ARCHITECTURES[machine],
        0,
        *(word & 2**64 - 1 for word in words),
    )
    program = list(struct.iter_unpack("<HBBI", instructions))
    at = accumulator = 0
    while True:
        code, then, otherwise, value = program[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return int(value)
        else:
            met = accumulator == value if code == 0x15 else bool(accumulator & value)
            at += then if met else otherwise


@pytest.mark.parametrize("machine", MACHINES)
def test_only_what_is_on_the_list_is_allowed(machine: str) -> None:
    numbers = syscall_numbers(machine)
    allowed = {numbers[name] for name in ALLOWED}
    tolerated = {numbers[name] for name in TOLERATED}
    looked_at = {numbers[name] for name in WITH_A_LOOK}
    for call in set(range(1_000)) - looked_at:
        expected = ALLOW if call in allowed else EPERM if call in tolerated else TRAP
        assert run(machine, call) == expected, call


@pytest.mark.parametrize("machine", MACHINES)
def test_the_trial_allows_no_more_than_the_final_filter_but_the_putting_on_of_it(machine: str) -> None:
    numbers = syscall_numbers(machine)
    for call in set(range(1_000)) - {numbers["prctl"], numbers["seccomp"]}:
        for arguments in ((), (1, 0x80), (0, 0, EXEC, 0x20)):
            final, trial = (run(machine, call, *arguments, final=each) for each in (True, False))
            assert trial == (REFUSED if final == TRAP else final)
    assert run(machine, numbers["prctl"], 22, final=False) == ALLOW
    assert run(machine, numbers["prctl"], 22) == EPERM
    assert {run(machine, numbers["prctl"], option, final=False) for option in (1, 4, 15, 0x53564D41)} == {
        EPERM
    }
    assert run(machine, numbers["seccomp"], 1) == TRAP


@pytest.mark.parametrize("machine", MACHINES)
def test_only_the_two_pipes_are_read_and_written(machine: str) -> None:
    numbers = syscall_numbers(machine)
    for name, own in (("read", 0), ("write", 1)):
        assert run(machine, numbers[name], own) == ALLOW
        for other in (1 - own, 2, 3, 1023, 2**31, 2**32 - 1, own + 2**32):
            assert run(machine, numbers[name], other) == TRAP


@pytest.mark.parametrize("machine", MACHINES)
def test_memory_is_never_run_and_never_a_file(machine: str) -> None:
    numbers = syscall_numbers(machine)
    private, anonymous = 2, 0x20
    assert run(machine, numbers["mmap"], 0, 4096, READ_WRITE, private | anonymous) == ALLOW
    assert run(machine, numbers["mprotect"], 0, 4096, READ_WRITE) == ALLOW
    for protection in (EXEC, EXEC | 1, EXEC | READ_WRITE, 8, 0x01000000):
        assert run(machine, numbers["mmap"], 0, 4096, protection, private | anonymous) == TRAP
        assert run(machine, numbers["mprotect"], 0, 4096, protection) == TRAP
    for flags in (private, 1, 0, 0x10):
        assert run(machine, numbers["mmap"], 0, 4096, READ_WRITE, flags) == TRAP


@pytest.mark.parametrize("machine", MACHINES)
def test_of_futex_only_waiting_and_waking_is_left(machine: str) -> None:
    call = syscall_numbers(machine)["futex"]
    plain = {operation for operation in range(2_048) if run(machine, call, 0, operation) == ALLOW}
    assert {operation & 0x7F for operation in plain} == {0, 1, 9, 10}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_calls_of_another_machine_are_refused(machine: str) -> None:
    for architecture in (0x40000003, 0x40000028, *AUDIT_ARCHITECTURES.values()):
        if architecture != AUDIT_ARCHITECTURES[machine]:
            exit_group = syscall_numbers(machine)["exit_group"]
            assert run(machine, exit_group, architecture=architecture) == TRAP
    assert run(machine, 0x40000000 | syscall_numbers(machine)["exit_group"]) == TRAP


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("final", [True, False])
def test_the_kernel_writes_no_line_about_what_the_filter_answers(machine: str, final: bool) -> None:
    answers = {
        value
        for code, _, _, value in struct.iter_unpack("<HBBI", filter_program(machine, final=final))
        if code == 6
    }
    assert answers == ({ALLOW, EPERM, TRAP} if final else {ALLOW, EPERM, REFUSED})


FIRST_WITH_A_LOOK = ("write", "futex", "open", "openat", "fcntl", "prlimit64", "seccomp", "prctl")


@pytest.mark.parametrize("machine", MACHINES)
def test_behind_the_first_filter_only_what_loading_and_closing_take_is_allowed(machine: str) -> None:
    numbers = syscall_numbers(machine)
    allowed = {numbers[name] for name in (*ALLOWED, *LOADING) if name in numbers}
    looked_at = {numbers[name] for name in FIRST_WITH_A_LOOK if name in numbers}
    for call in set(range(1_000)) - looked_at:
        assert run(machine, call, first=True) == (ALLOW if call in allowed else EPERM), call
    started = (
        "clone",
        "clone3",
        "execve",
        "socket",
        "kill",
        "ptrace",
        "unshare",
        "memfd_create",
        "pipe2",
        "bpf",
    )
    assert not allowed & {numbers[name] for name in started}
    for architecture in (0x40000003, 0x40000028):
        assert run(machine, numbers["read"], first=True, architecture=architecture) == EPERM
    assert run(machine, 0x40000000 | numbers["read"], first=True) == EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_behind_the_first_filter_files_are_opened_for_reading_alone(machine: str) -> None:
    numbers = syscall_numbers(machine)
    for name, place in (("open", 1), ("openat", 2)):
        if name not in numbers:
            continue
        for flags, answer in (
            (0, ALLOW),
            (0o2000000 | 0o200000, ALLOW),
            *((flag, EPERM) for flag in (1, 2, 3, 0o100, 0o1000, 0o2000, 0o20200001)),
        ):
            assert run(machine, numbers[name], *(0,) * place, flags, first=True) == answer


@pytest.mark.parametrize("machine", MACHINES)
def test_behind_the_first_filter_arguments_are_looked_at(machine: str) -> None:
    numbers = syscall_numbers(machine)
    for name, arguments, answer in (
        ("write", (1,), ALLOW),
        ("write", (2,), EPERM),
        ("write", (1 + 2**32,), EPERM),
        ("futex", (0, 0x80), ALLOW),
        ("futex", (0, 5), EPERM),
        ("fcntl", (3, 1), ALLOW),
        *(("fcntl", (3, command), EPERM) for command in (4, 5, 6, 7, 8, 1024, 1031)),
        ("prlimit64", (0,), ALLOW),
        ("prlimit64", (1,), EPERM),
        ("seccomp", (1,), ALLOW),
        ("seccomp", (0,), EPERM),
        *(("prctl", (option,), ALLOW) for option in (1, 4, 22, 38)),
        *(("prctl", (option,), EPERM) for option in (15, 24, 36, 47, 0x53564D41)),
    ):
        assert run(machine, numbers[name], *arguments, first=True) == answer, (name, arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_those_of_the_kernels_own_header(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"no kernel headers here: {HEADERS[machine]}")
    text = HEADERS[machine].read_text(encoding="utf-8")
    header = {
        name.removeprefix("3264_"): int(number)
        for name, number in re.findall(r"#define __NR_?(\w+)\s+(\d+)\b", text)
    }
    header.setdefault("newfstatat", header.get("fstatat", -1))
    header = {name.lstrip("_"): number for name, number in header.items()}
    assert syscall_numbers(machine) == {
        name: header.get(name.lstrip("_")) for name in syscall_numbers(machine)
    }


def test_another_machine_has_no_filter() -> None:
    with pytest.raises(ValueError, match="not in"):
        filter_program("riscv64", final=True)
