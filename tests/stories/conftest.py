"""One run of the demonstration, shared by every test that looks at what it leaves behind."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from stories.programs import environment, run_counterseal

LONGEST_S = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoRun:
    """A finished ``counterseal demo``: its folder (look, do not touch: copy first) and what it printed."""

    folder: Path
    status: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """``counterseal demo --out DIR --seed 0``, run once for all test processes of this session."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    place, told = base / "shared-demo", base / "shared-demo.json"
    try:
        place.mkdir()
    except FileExistsError:
        return _await(place, told)
    done = run_counterseal(
        "demo", "--out", place / "out", "--seed", "0", env=environment(PYTHONHASHSEED="0", TZ="UTC")
    )
    part = told.with_suffix(".part")
    part.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
    part.rename(told)
    return _await(place, told)


def _await(place: Path, told: Path) -> DemoRun:
    end = time.monotonic() + LONGEST_S
    while not told.exists():
        assert time.monotonic() < end, "the demonstration that another test process runs does not end"
        time.sleep(0.2)
    status, stdout, stderr = json.loads(told.read_text("utf-8"))
    return DemoRun(folder=place / "out", status=status, stdout=stdout, stderr=stderr)


@pytest.fixture(scope="session")
def demo_folder(demo_run: DemoRun) -> Path:
    """Folder of a finished demonstration with seed 0. Other tests look at it too: copy it before changing it."""
    assert demo_run.status == 0, demo_run.stdout + demo_run.stderr
    return demo_run.folder
