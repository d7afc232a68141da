"""The benchmarks run, on sizes so small that their figures mean nothing; nothing here is timed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks" / "run.py"
FIGURES = {
    "canonical": ">= 0.40",
    "merkle-append": ">= 0.30",
    "append": ">= 0.50",
    "full-headers": ">= 0.80",
    "second-full": "none",
    "full-parts": ">= 0.70",
    "chain": "< 10 s",
    "memory-chain": "< 300 MB",
    "memory-full": "< 300 MB",
    "second-chain": "none",
    "second-memory": "none",
}


def _run(*options: str, work: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(RUN), "--quick", "--work", str(work), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_benchmark_says_what_it_measured_against_which_limit_and_target(tmp_path: Path) -> None:
    done = _run("--json", work=tmp_path)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    assert {item["name"]: item["target"] for item in figures} == FIGURES
    for item in figures:
        assert item["what"]
        assert item["unit"]
        assert item["reached"] > 0
        assert item["cpu_s"] > 0
        assert item["doubtful"] == (item["wall_s"] / item["cpu_s"] > 1.2)
        if item["limit"] is not None:
            assert item["limit_is"]
            assert item["ratio"] == pytest.approx(item["reached"] / item["limit"])
    assert list(tmp_path.iterdir()) == [], "work files are removed"


def test_one_benchmark_alone_prints_a_person_its_figure(tmp_path: Path) -> None:
    done = _run("--only", "merkle-append", work=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "merkle-append: appending" in done.stdout
    assert "a bare compact range, no storage" in done.stdout
    assert "target   >= 0.30" in done.stdout
    assert "s CPU" in done.stdout
    assert "full-headers" not in done.stdout
