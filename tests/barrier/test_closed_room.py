"""Nobody imports what the sealed process runs, and it imports no more than it should."""

import ast
import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal.app.sealed import Program, SealedProcess, SystemMonotonicClock
from counterseal.barrier import closed_room
from counterseal.barrier.closing import MEMORY_BYTES
from counterseal.barrier.readiness import Act, Layer, Obstacle, parse_readiness

SOURCE = Path(__file__).parents[2] / "src" / "counterseal"
TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rooms are closed on Linux alone")


def program(name: str) -> Program:
    return Program(module=f"strategies.sealed_programs.{name}", paths=(*Program().paths, str(TESTS)))


def test_nobody_imports_what_the_sealed_process_runs() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "barrier" in text and "sealed" in text else ():
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
            full = {f"{module}.{name}".lstrip(".") for name in names} | {module}
            assert "counterseal.barrier.sealed" not in full, path


def test_the_room_itself_needs_the_standard_library_alone() -> None:
    code = (
        "import sys, json, counterseal.barrier.closed_room as room;"
        "print(json.dumps([sorted(room.foreign_modules()), 'numpy' in sys.modules]))"
    )
    run = program("counting")
    done = subprocess.run(
        [*run.command()[:-2], "-c", code], env=run.environment(), capture_output=True, check=True
    )
    assert json.loads(done.stdout) == [[], False]


def test_foreign_code_is_seen() -> None:
    assert "pytest" in closed_room.foreign_modules()
    assert "counterseal" not in closed_room.foreign_modules()


def test_the_environment_of_the_process_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "spy.so")
    monkeypatch.setenv("LD_LIBRARY_PATH", "spies")
    monkeypatch.setenv("PYTHONSTARTUP", "spy.py")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "8")
    environment = program("counting").environment()
    assert set(environment) <= {
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTHONUTF8",
        "LC_ALL",
        *(name for name in environment if name.endswith("_NUM_THREADS")),
    }
    assert {value for name, value in environment.items() if name.endswith("_NUM_THREADS")} == {"1"}
    assert environment["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize("who", ["root", "nobody"])
def test_code_that_is_being_loaded_can_start_reach_and_write_nothing(who: str) -> None:
    if who == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    run = program("loading")

    def tried(*how: str) -> dict[str, int]:
        done = subprocess.run(
            [*run.command(), who, *how],
            env=run.environment(),
            stdin=subprocess.PIPE,
            capture_output=True,
            check=True,
        )
        found: dict[str, int] = json.loads(done.stdout)
        return found

    assert set(tried().values()) == {errno.EPERM}
    without = {name for name, number in tried("open").items() if number != errno.EPERM}
    assert without >= {"openat", "socket", "clone", "execve", "unlinkat", "linkat", "renameat2", "mkdirat"}


def test_a_room_without_pipes_is_not_closed(tmp_path: Path) -> None:
    run = program("counting")
    (tmp_path / "in").write_bytes(b"secret")
    with (tmp_path / "in").open("rb") as file:
        done = subprocess.run(
            run.command(), env=run.environment(), stdin=file, capture_output=True, check=False
        )
    assert parse_readiness(done.stdout).obstacle is Obstacle.CHANNELS


@pytest.mark.parametrize("who", ["root", "nobody"])
def test_each_act_is_refused_by_its_own_line_of_the_filter(who: str) -> None:
    if who == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    run = program("acting")
    done = subprocess.run([*run.command(), who], env=run.environment(), capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert set(found) == {act.name for act in Act}
    for name, (refused, ended, refused_without, ended_without) in found.items():
        assert refused, f"{name}: not refused by the trial"
        assert ended == 31, f"{name}: must end the process by its own handler, with SIGSYS as status"
        assert not refused_without, f"{name}: something else than the filter refuses it"
        assert ended_without == 0, f"{name}: something else than the filter ends it"


@pytest.mark.parametrize("who", ["whoever this is", "nobody"])
def test_what_the_room_claims_of_itself_is_what_the_kernel_says(who: str) -> None:
    if who == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become nobody")
    run = program("inside")
    done = subprocess.run(
        [*run.command(), who],
        env=run.environment(),
        stdin=subprocess.PIPE,
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["descriptors"] == [0, 1]
    assert found["limits"] == {
        "AS": [MEMORY_BYTES, MEMORY_BYTES],
        "FSIZE": [0, 0],
        "NPROC": [0, 0],
        "CORE": [0, 0],
        "NOFILE": [2, 2],
    }
    assert found["environment"] == {}
    assert found["streams"] == [True, True, True]
    assert found["capabilities"] == 0
    assert (found["dumpable"], found["no new privileges"], found["ends with parent"]) == (0, 1, 9)
    layers = SealedProcess(clock=SystemMonotonicClock(), program=program("counting")).probe().layers
    if Layer.EMPTY_ROOT in layers:
        assert (found["folder"], found["root"]) == ("/", False)
    if os.geteuid() == 0 and who != "nobody" and Layer.NOT_ROOT in layers:
        assert found["user"] == 65_534
    assert not found["can write"]
