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
    "merkle-tiles": ">= 0.30",
    "proof-tiles": "< 5 tiles",
    "proof-bytes": "< 32 kB",
    "proof-rate": ">= 1000.00 proofs/s",
    "append": ">= 0.50",
    "append-one": ">= 0.70",
    "cosign": ">= 0.30",
    "draw": "< 20 ms",
    "escrow-commit-time": "< 1 s",
    "escrow-commit": ">= 0.50",
    "escrow-check": ">= 0.30",
    "peak-search": "< 2 ms",
    "region-fit": "< 1 ms",
    "shift-register-numpy-1e4": ">= 5000000.00 pulses/s",
    "shift-register-numba-1e4": ">= 20000000.00 pulses/s",
    "shift-register-numpy-1e5": ">= 5000000.00 pulses/s",
    "shift-register-numba-1e5": ">= 20000000.00 pulses/s",
    "shift-register-memory": "< 3",
    "rossi-numpy": "none",
    "rossi-numba": "none",
    "read-n42": "< 5 ms",
    "read-n42-records": "< 300 ms",
    "read-pulses": "none",
    "point-model": "none",
    "decide-plutonium-presence": "< 1000 ms",
    "decide-uranium-enrichment": "< 1000 ms",
    "decide-uranium-presence": "< 1000 ms",
    "decide-symmetry": "< 1000 ms",
    "decide-no-radiation": "< 1000 ms",
    "decide-template": "< 1000 ms",
    "decide-plutonium-mass": "< 1000 ms",
    "decide-neutron-presence": "< 1000 ms",
    "window-fit": "< 50 ms",
    "plutonium-decision": "< 1000 ms",
    "measurement-import-time": "< 0.3 s",
    "measurement-import": "< 40 MiB",
    "measurement-import-peak": "< 40 MiB",
    "plans-perfect-rate": ">= 500000.00 plans/s",
    "plans-perfect": ">= 150.00",
    "plans-imperfect-rate": ">= 150000.00 plans/s",
    "plans-imperfect": ">= 150.00",
    "single-chance": "< 50 us",
    "single-plan": "< 50 us",
    "detection-surface": "< 0.2 s",
    "dense-game": "none",
    "delay-game-52-18": "< 1000 ms",
    "delay-game-520-60": "< 60000 ms",
    "location-game": "< 100 ms",
    "strata-three": "none",
    "strata-four": "none",
    "plan-proven": "< 10 s",
    "plan-placements": "< 60 s",
    "campaign-event-rate": ">= 1000000.00 campaigns/s",
    "campaign-event": ">= 200.00",
    "campaign-law": ">= 2000.00",
    "campaign-item-rate": ">= 25000.00 campaigns/s",
    "campaign-item-draws": ">= 0.30",
    "campaign-formula": "none",
    "campaign-first-event": "< 1 s",
    "campaign-first-item": "< 1 s",
    "campaign-two-event": "none",
    "campaign-dask-event": "none",
    "campaign-two-item": "none",
    "campaign-dask-item": ">= 1.70",
    "pace-line": ">= 25.00",
    "full-headers": ">= 0.80",
    "overhead-headers": "< 1.15",
    "overhead-headers-bare": "< 1.15",
    "import-headers": ">= 0.50",
    "second-full": "none",
    "full-parts": ">= 0.70",
    "overhead-parts": "< 1.15",
    "overhead-parts-bare": "< 1.15",
    "import-parts": ">= 0.50",
    "bomb-zip": "< 1 s",
    "bomb-zip-memory": "< 64 MB",
    "bomb-folder": "< 1 s",
    "bomb-folder-memory": "< 64 MB",
    "bomb-listing": "< 1 s",
    "bomb-listing-memory": "< 64 MB",
    "chain": "< 10 s",
    "chain-rate": ">= 0.15",
    "memory-chain": "< 8",
    "memory-full": "< 8",
    "second-chain": "none",
    "second-memory": "none",
}
WITH_A_PEER = {
    "peak-search-warm": ">= 10.00",
    "peak-search-with-set-up": ">= 1000.00",
    "peak-search-last-step": "none",
    "region-fit-lmfit": ">= 10.00",
    "region-fit-lmfit-pml": ">= 10.00",
    "region-fit-iminuit-pml": ">= 10.00",
    "shift-register-c-1e4": ">= 0.80",
    "shift-register-c-1e5": ">= 0.80",
}
"""Compared where the peer is there: becquerel, a C compiler."""
DISK = {"append-one", "cosign", "proof-tiles", "proof-bytes", "proof-rate"}
DISK |= {"measurement-import-time", "measurement-import", "measurement-import-peak"}
"""What waits for a disk: there wall time beyond processor time is part of it, and nothing to doubt."""


def _run(*options: str, work: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(RUN), "--quick", "--work", str(work), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_benchmark_says_what_it_measured_against_which_limit_and_target(tmp_path: Path) -> None:
    done = _run("--json", work=tmp_path)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    targets = {item["name"]: item["target"] for item in figures}
    assert FIGURES.items() <= targets.items() <= (FIGURES | WITH_A_PEER).items()
    for item in figures:
        assert item["what"]
        assert item["unit"]
        assert item["reached"] > 0 or item["name"].endswith("-memory"), "a small bomb may need no more memory"
        assert item["cpu_s"] > 0
        busy = item["wall_s"] / item["cpu_s"] > 1.2
        assert item["doubtful"] == (busy and item["name"] not in DISK)
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


def test_one_benchmark_alone_rewrites_its_rows_of_a_page_and_keeps_the_others(tmp_path: Path) -> None:
    page, work = tmp_path / "page.md", tmp_path / "work"
    work.mkdir()
    begin, end = "<!-- figures: made by benchmarks/run.py --page -->", "<!-- end of figures -->"
    page.write_text(f"before\n{begin}\n| `draw` | old |\n| `cosign` | kept |\n{end}\nafter\n")
    done = _run("--only", "draw", "--page", str(page), work=work)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert text.startswith(f"before\n{begin}\n")
    assert text.endswith(f"{end}\nafter\n")
    assert "| `cosign` | kept |" in text
    (row,) = (line for line in text.splitlines() if line.startswith("| `draw` |"))
    assert "old" not in row
    assert "below 20 ms | met |" in row
    assert "Python" in text


def test_a_page_without_the_table_is_refused(tmp_path: Path) -> None:
    page, work = tmp_path / "page.md", tmp_path / "work"
    work.mkdir()
    page.write_text("no table")
    done = _run("--only", "draw", "--page", str(page), work=work)
    assert done.returncode != 0
    assert "the page has no table between" in done.stderr
    assert page.read_text() == "no table"
