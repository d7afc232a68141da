"""The benchmarks in their order, each in a process of its own so that none warms or fills another."""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RUN = Path(__file__).with_name("run.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One benchmark: its name, where its function is, and what must be made before.

    Attributes:
        place: Module and function, imported only in the process that runs it.
        needs: Module and function that make what it works on, in a process of their own; or None.
    """

    name: str
    place: tuple[str, str]
    needs: tuple[str, str] | None = None


HEADERS = ("verification", "build_headers")
PARTS = ("verification", "build_parts")
MILLION = ("verification", "build_million")


BENCHMARKS = (
    Benchmark(name="canonical", place=("primitives", "canonical")),
    Benchmark(name="merkle-append", place=("primitives", "merkle")),
    Benchmark(name="merkle-tiles", place=("tiles", "merkle_tiles")),
    Benchmark(name="proofs", place=("tiles", "proofs")),
    Benchmark(name="append", place=("appends", "appends")),
    Benchmark(name="append-one", place=("appends", "append_one")),
    Benchmark(name="cosign", place=("witnessing", "cosigning")),
    Benchmark(name="draw", place=("draws", "draws")),
    Benchmark(name="escrow", place=("escrow", "escrow_commit")),
    Benchmark(name="peak-search", place=("peaks", "peak_search")),
    Benchmark(name="region-fit", place=("regions", "region_fit")),
    Benchmark(name="shift-register", place=("pulses", "shift_register")),
    Benchmark(name="rossi", place=("pulses", "rossi")),
    Benchmark(name="readers", place=("readers", "readers")),
    Benchmark(name="point-model", place=("decisions", "point_model")),
    Benchmark(name="decisions", place=("decisions", "decisions")),
    Benchmark(name="window-fit", place=("attributes", "window_fit")),
    Benchmark(name="plutonium-decision", place=("attributes", "plutonium_decision")),
    Benchmark(name="measurement-import", place=("attributes", "measurement_import")),
    Benchmark(name="exact-plans", place=("design_sampling", "exact_plans")),
    Benchmark(name="single-plans", place=("design_sampling", "single_plans")),
    Benchmark(name="surface", place=("design_sampling", "surface")),
    Benchmark(name="dense-game", place=("design_games", "dense_game")),
    Benchmark(name="dates-of-visits", place=("design_games", "dates_of_visits")),
    Benchmark(name="places-of-visits", place=("design_games", "places_of_visits")),
    Benchmark(name="effort-over-strata", place=("design_games", "effort_over_strata")),
    Benchmark(name="proven-plan", place=("design_plan", "proven_plan")),
    Benchmark(name="placements-plan", place=("design_plan", "placements_plan")),
    Benchmark(name="campaign", place=("design_campaign", "engines")),
    Benchmark(name="campaign-first", place=("design_campaign", "first_result")),
    Benchmark(name="campaign-dask", place=("design_campaign", "dask_workers")),
    Benchmark(name="pace-line", place=("design_pace", "lines")),
    Benchmark(name="full-headers", place=("verification", "full_headers"), needs=HEADERS),
    Benchmark(name="overhead", place=("overhead", "overhead"), needs=HEADERS),
    Benchmark(name="import-headers", place=("imports", "import_headers"), needs=HEADERS),
    Benchmark(name="second-full", place=("second", "second_full"), needs=HEADERS),
    Benchmark(name="full-parts", place=("verification", "full_parts"), needs=PARTS),
    Benchmark(name="overhead-parts", place=("overhead", "overhead_parts"), needs=PARTS),
    Benchmark(name="import-parts", place=("imports", "import_parts"), needs=PARTS),
    Benchmark(name="bomb-zip", place=("bombs", "bomb_zip"), needs=("bombs", "build_zip")),
    Benchmark(name="bomb-folder", place=("bombs", "bomb_folder"), needs=("bombs", "build_folder")),
    Benchmark(name="bomb-listing", place=("bombs", "bomb_listing"), needs=("bombs", "build_listing")),
    Benchmark(name="chain", place=("verification", "chain"), needs=MILLION),
    Benchmark(name="memory-full", place=("verification", "memory_full"), needs=MILLION),
    Benchmark(name="second-chain", place=("second", "second_chain"), needs=MILLION),
)


def main() -> None:
    options = _options()
    if options.inside:
        _inside(*options.inside, work=options.work, quick=options.quick)
        return
    page: Any = importlib.import_module("benchmarks.page")
    if options.page:
        page.require_table(options.page)
    wanted = [item for item in BENCHMARKS if not options.only or item.name in options.only]
    with tempfile.TemporaryDirectory(prefix="counterseal-bench-", dir=options.work) as folder:
        figures = _run_all(wanted, Path(folder), quick=options.quick)
    if options.page:
        page.rewrite(options.page, figures, _machine(), whole=not options.only)
    if options.json:
        print(json.dumps({"machine": _machine(), "quick": options.quick, "figures": figures}, indent=2))
    elif not options.page:
        _print_table(figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that everything runs")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    names = [item.name for item in BENCHMARKS]
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--page", type=Path, help="rewrite the table of figures of this page")
    parser.add_argument("--work", type=Path, help="where the temporary folder goes (2 GB at full size)")
    parser.add_argument("--inside", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def _inside(module: str, function: str, *, work: Path, quick: bool) -> None:
    """Run one function in this process, the one that was started for it, and print what it gives."""
    sizes_module: Any = importlib.import_module("benchmarks.sizes")
    call: Callable[..., Any] = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    given = call(work, sizes_module.QUICK if quick else sizes_module.Sizes())
    print(json.dumps([figure.as_json() for figure in given or ()]))


def _run_all(wanted: list[Benchmark], work: Path, *, quick: bool) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = []
    built: set[tuple[str, str]] = set()
    for item in wanted:
        if item.needs and item.needs not in built:
            _start(*item.needs, work=work, quick=quick)
            built.add(item.needs)
        figures += _start(*item.place, work=work, quick=quick)
    return figures


def _start(module: str, function: str, *, work: Path, quick: bool) -> list[dict[str, Any]]:
    started, load = time.perf_counter(), os.getloadavg()[0]
    print(f"{function.replace('_', '-')} ...", end=" ", file=sys.stderr, flush=True)
    command = [sys.executable, str(_RUN), "--inside", module, function, "--work", str(work)]
    done = subprocess.run(
        [*command, *(["--quick"] if quick else [])], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{function} ended with status {done.returncode}")
    print(f"{time.perf_counter() - started:.1f} s", file=sys.stderr)
    figures: list[dict[str, Any]] = json.loads(done.stdout)
    return [figure | {"load": load} for figure in figures]


def _machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def _print_table(figures: list[dict[str, Any]]) -> None:
    machine = _machine()
    print(f"{machine['system']}, Python {machine['python']}, {machine['cores']} cores")
    for item in figures:
        print(f"\n{item['name']}: {item['what']}")
        print(f"  reached  {item['reached']:,.2f} {item['unit']}")
        if item["limit"] is not None:
            print(f"  limit    {item['limit']:,.2f} {item['unit']}  ({item['limit_is']})")
            print(f"  ratio    {item['ratio']:.3f}")
        verdict = {True: "met", False: "NOT met", None: "for information"}[item["met"]]
        print(f"  target   {item['target']}: {verdict}")
        note = "  (wall/CPU above 1.2: the figure is doubtful)" if item["doubtful"] else ""
        print(f"  time     {item['cpu_s']:.2f} s CPU, {item['wall_s']:.2f} s wall{note}")


if __name__ == "__main__":
    main()
