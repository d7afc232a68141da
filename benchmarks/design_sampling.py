"""Exact samples: many at once and one by one, and a surface; against SciPy in a bisection."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes
from scipy.stats import hypergeom

from counterseal.stats.result import Result
from counterseal.stats.sampling import nondetection, plan_size
from counterseal.stats.sampling_arrays import nondetection_array, plan_size_array

_SEED = 1
_PLANS, _PEER_PLANS = 300_000, 60
_GOALS = (0.05, 0.1, 0.2, 0.5, 0.8)
_CALLS = 3_000


def exact_plans(_work: Path, sizes: Sizes) -> list[Figure]:
    """Smallest samples for N of 10 to 3000, d of 1 to 60 and five goals: perfect tests, and tests of 0.8."""
    few = sizes == QUICK
    N, d, goal = _questions(2_000 if few else _PLANS)
    plan_size_array(N[:10], d[:10], goal[:10], [0.8] * 10)  # compiled, or read from the cache
    figures = []
    for name, q, target in (("plans-perfect", 1.0, 500_000), ("plans-imperfect", 0.8, 150_000)):
        own, peer, turns = Stopwatch(), Stopwatch(), 3 if few else _PEER_PLANS
        with own.span(N.size):
            found = plan_size_array(N, d, goal, q)
        with peer.span(turns):
            others = [_bisection(int(N[i]), int(d[i]), float(goal[i]), q) for i in range(turns)]
        agreed = found[:turns].tolist() == others
        figures += [
            _figure(
                f"{name}-rate",
                f"{N.size:,} exact samples in one call, q = {q}",
                own,
                compared="reached",
                at_least=target,
            ),
            _figure(
                name,
                f"{N.size:,} exact samples in one call, q = {q}; the answers "
                + ("agree" if agreed else "do NOT agree"),
                own,
                peer=peer,
                at_least=150,
            ),
        ]
    return figures


def _figure(
    name: str,
    what: str,
    own: Stopwatch,
    *,
    peer: Stopwatch | None = None,
    compared: str = "ratio",
    at_least: float,
) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=own.rate,
        unit="plans/s",
        limit=peer.rate if peer else None,
        limit_is="scipy.stats.hypergeom in a bisection, as its pages use it" if peer else "",
        compared=compared,
        at_least=at_least,
        cpu_s=own.cpu_s + (peer.cpu_s if peer else 0.0),
        wall_s=own.wall_s + (peer.wall_s if peer else 0.0),
    )


def single_plans(_work: Path, sizes: Sizes) -> list[Figure]:
    """One question at a time, with its result, its assumptions and its checks: the 99th of 100 calls."""
    calls = 50 if sizes == QUICK else _CALLS
    N, d, goal = (column.tolist() for column in _questions(calls))
    questions: tuple[tuple[str, Callable[[int], Result]], ...] = (
        ("single-chance", lambda i: nondetection(N[i], d[i], min(50, N[i]), 0.8)),
        ("single-plan", lambda i: plan_size(N[i], d[i], goal[i], 0.8)),
    )
    figures = []
    for name, ask in questions:
        ask(0)
        watch, took = Stopwatch(), []
        with watch.span(calls):
            for i in range(calls):
                begun = time.perf_counter()
                ask(i)
                took.append(time.perf_counter() - begun)
        figures.append(
            Figure(
                name=name,
                what=f"99th percentile of {calls:,} single calls",
                reached=1e6 * float(np.percentile(took, 99)),
                unit="us",
                compared="reached",
                below=50,
                cpu_s=watch.cpu_s,
                wall_s=watch.wall_s,
            )
        )
    return figures


def surface(_work: Path, _sizes: Sizes) -> list[Figure]:
    """Chances over 100 numbers of false items, 100 samples and 10 chances of detection, of 3000 items."""
    d, n = (np.linspace(1, 3000, 100).astype(int) for _ in range(2))
    q, watch = np.linspace(0.1, 1.0, 10), Stopwatch()
    nondetection_array(3000, d[:2, None, None], n[None, :2, None], q)  # compiled for such arrays
    with watch.span(1):
        nondetection_array(3000, d[:, None, None], n[None, :, None], q)
    return [
        Figure(
            name="detection-surface",
            what="100 x 100 x 10 chances of detection",
            reached=watch.cpu_s,
            unit="s",
            compared="reached",
            below=0.2,
            cpu_s=watch.cpu_s,
            wall_s=watch.wall_s,
        )
    ]


def _questions(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(_SEED)
    N = random.integers(10, 3001, count)
    return N, np.minimum(N, random.integers(1, 61, count)), random.choice(_GOALS, count)


def _bisection(N: int, d: int, goal: float, q: float) -> int:
    """The smallest sample by halving, with the chance as SciPy's pages would write it."""
    if _chance(N, d, N, q) > goal * (1 + 1e-12):
        return -1
    low, high = -1, N
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _chance(N, d, middle, q) <= goal * (1 + 1e-12) else (middle, high)
    return high


def _chance(N: int, d: int, n: int, q: float) -> float:
    if q == 1.0:
        return float(hypergeom.pmf(0, N, d, n))
    k = np.arange(min(d, n) + 1)
    return float(np.sum(hypergeom.pmf(k, N, d, n) * (1.0 - q) ** k))
