"""The second verifier on the same bundles: for information, it has no target."""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.limits import BareVerify
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes
from benchmarks.verification import HEADERS, MILLION, message_size, peak_memory_mb

_VERIFIER = Path(__file__).resolve().parents[1] / "verifier" / "verify_bundle.py"
_BARE = 4_000


def _run(bundle: Path, depth: str) -> Stopwatch:
    command = [sys.executable, str(_VERIFIER), str(bundle), "--depth", depth, "--json"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall_s, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or not json.loads(done.stdout)["verified"]:
        sys.exit(
            f"the second verifier refused the benchmark's own bundle: {done.stdout[:600]}{done.stderr[-600:]}"
        )
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Stopwatch(cpu_s=cpu_s, wall_s=wall_s)


def second_chain(work: Path, sizes: Sizes) -> list[Figure]:
    bundle = work / MILLION
    entry, _ = message_size(bundle)
    watch = _run(bundle, "chain")
    of_what = f"second verifier, chain depth, {sizes.chain:,} records of {entry} bytes"
    memory = peak_memory_mb(resource.RUSAGE_CHILDREN)
    return [
        Figure(
            name="second-chain",
            what=of_what,
            reached=watch.cpu_s,
            unit="s",
            compared="information",
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
        ),
        Figure(
            name="second-memory",
            what=f"peak memory (no more than), {of_what}",
            reached=memory,
            unit="MB",
            compared="information",
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
        ),
    ]


def second_full(work: Path, sizes: Sizes) -> list[Figure]:
    bundle = work / HEADERS
    _, message = message_size(bundle)
    limit = BareVerify(message)
    limit.run(min(_BARE, sizes.full))
    watch = _run(bundle, "full")
    limit.run(min(_BARE, sizes.full))
    return [
        Figure(
            name="second-full",
            what=f"second verifier, full verification of {sizes.full:,} records, bodies withheld",
            reached=sizes.full / watch.cpu_s,
            unit="records/s",
            limit=limit.watch.rate,
            limit_is=f"cryptography's Ed25519 verify, {message} bytes, before and after",
            compared="information",
            cpu_s=watch.cpu_s + limit.watch.cpu_s,
            wall_s=watch.wall_s + limit.watch.wall_s,
        )
    ]
