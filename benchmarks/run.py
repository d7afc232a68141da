"""Run the benchmarks: `python benchmarks/run.py [--quick] [--json] [--only NAME]...`, or `make bench`.

Each figure is a ratio to a limit that is measured in the same run, so it can be compared between machines.
Nothing here is a test: `docs/reference/benchmarks.md` says what was reached, where and when.
"""

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root), str(root / "tests")]  # made-up items are those of the tests
    runpy.run_module("benchmarks.suite", run_name="__main__")
