"""Programs run as a user runs them: as processes, with an environment that the test chooses."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import counterseal

TESTS = Path(__file__).parents[1]
SOURCE = Path(counterseal.__file__).parents[1]


def environment(**changes: str | None) -> dict[str, str]:
    """This environment without what could leak into results, and with ``changes``; None takes a name away."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "PYTHON", "COUNTERSEAL_")) and name not in ("LANG", "LANGUAGE", "TZ")
    }
    kept["PYTHONPATH"] = os.pathsep.join((str(SOURCE), str(TESTS)))
    kept |= {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in kept.items() if name not in changes or changes[name] is not None}


def run_python(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    umask: int = -1,
    timeout_s: float = 300,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=dict(env) if env is not None else environment(),
        umask=umask,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=timeout_s,
        check=False,
    )


def counterseal_command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "counterseal", *map(str, arguments)]


def run_counterseal(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    umask: int = -1,
    timeout_s: float = 300,
) -> subprocess.CompletedProcess[str]:
    return run_python("-m", "counterseal", *arguments, cwd=cwd, env=env, umask=umask, timeout_s=timeout_s)
