"""Campaigns: each engine against a lean SimPy model of the same; item draws; the first result; Dask."""

import json
import subprocess
import sys
import time
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import simpy
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes
from numba import njit

from counterseal.app.campaigns.dask_engine import DaskCluster
from counterseal.app.campaigns.engines import Serial
from counterseal.app.campaigns.setup import Task
from counterseal.design.campaigns.blocks import Plan, plan_of, run_block
from counterseal.design.campaigns.exact import exact
from counterseal.design.campaigns.question import YEAR_D, Level, Question
from counterseal.design.regime import Check, Regime, Visit
from counterseal.design.strategy import Part, Strategy
from counterseal.stats.items import ItemTest, Stratum
from counterseal.stats.sampling import nondetection

_YEARS, _VISITS, _SITES, _ITEMS, _DRAWN, _POWER, _GONE = 10.0, 18, 10, 100, 15, 0.9, 10
_RUNS: dict[Level, tuple[int, float | None, float | None]] = {
    "event": (1_000_000, 1e6, 200.0),
    "law": (2_000_000, None, 2_000.0),
    "item": (30_000, 25_000.0, None),  # of one core: 50,000 of two
}
"""Runs of each engine, the rate that is wanted [1/s], and how often that of SimPy."""
_PEER_RUNS = 4_000
_BLOCKS: tuple[tuple[Level, int, float | None], ...] = (("item", 12_000, 1.7), ("event", 2_000_000, None))
"""Runs of a block of about a quarter of a second, and how often serial two workers should be."""


def _question(level: Level) -> Question:
    sites = [f"site-{number}" for number in range(_SITES)]
    regime = Regime(
        strata=tuple(Stratum(name=site, n_items=_ITEMS) for site in sites),
        site_of={site: site for site in sites},
        tests=(ItemTest(name="test", detect_p=_POWER),),
        visits=tuple(
            Visit(
                site=site,
                fixed_cost_pd=2,
                max_per_year=_VISITS,
                checks=(Check(stratum=site, with_=("test",), n_items=_DRAWN),),
            )
            for site in sites
        ),
        quota_per_year={"visit": _VISITS},
        timing="poisson",
    )
    strategy = Strategy(name="gone", parts=(Part(stratum="site-3", n_items=_GONE),))
    return Question(regime=regime, strategy=strategy, horizon_d=_YEARS * YEAR_D, level=level)


def _plan(level: Level) -> Plan:
    return plan_of(_question(level), seed=1, study="benchmark")


def _visits(
    env: simpy.Environment, rng: np.random.Generator, seen_p: float, found: list[float]
) -> Generator[simpy.Event, Any, None]:
    """Visit the site where items are gone until one is seen; others do not matter."""
    start = env.now
    while True:
        yield env.timeout(rng.exponential(_SITES / _VISITS))
        if rng.random() < seen_p:
            found.append(env.now - start)
            return


def _simpy_campaigns(runs: int) -> list[float]:
    """Return the delays of campaigns as SimPy's own pages would write them: a process and its timeouts."""
    rng, found = np.random.default_rng(1), list[float]()
    seen_p = 1.0 - (nondetection(_ITEMS, _GONE, _DRAWN, _POWER).value or 0.0)
    for _ in range(runs):
        env = simpy.Environment(initial_time=_YEARS * rng.random())
        env.process(_visits(env, rng, seen_p, found))
        env.run(until=_YEARS)
    return found


def engines(_work: Path, sizes: Sizes) -> list[Figure]:
    """Campaigns a second of one core by each engine, and how often that of SimPy."""
    few = sizes == QUICK
    peer, peer_runs = Stopwatch(), 50 if few else _PEER_RUNS
    with peer.span(peer_runs):
        found = _simpy_campaigns(peer_runs)
    figures = []
    for level, (full, rate, ratio) in _RUNS.items():
        plan, runs = _plan(level), 100 if few else full
        run_block(plan, first=0, runs=1)
        own = Stopwatch()
        with own.span(runs):
            sums = run_block(plan, first=0, runs=runs)
        seen = f"seen {sums.detected / runs:.4f}, SimPy {len(found) / peer_runs:.4f}"
        if rate is not None:
            figures.append(_figure(f"campaign-{level}-rate", seen, own, compared="reached", at_least=rate))
        if ratio is not None:
            figures.append(_figure(f"campaign-{level}", seen, own, peer=peer, at_least=ratio))
        if level == "item":
            figures.append(_item_draws(sums.items, own, few=few))
    return [*figures, _formula(peer, few=few)]


def _figure(
    name: str,
    what: str,
    own: Stopwatch,
    *,
    peer: Stopwatch | None = None,
    compared: str = "ratio",
    at_least: float,
    limit_is: str = "a lean SimPy model: one process, only the visits that matter",
    unit: str = "campaigns/s",
) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=own.rate,
        unit=unit,
        limit=peer.rate if peer else None,
        limit_is=limit_is if peer else "",
        compared=compared,
        at_least=at_least,
        cpu_s=own.cpu_s + (peer.cpu_s if peer else 0.0),
        wall_s=own.wall_s + (peer.wall_s if peer else 0.0),
    )


@njit(cache=False)
def _bare_uniforms(number: int) -> float:
    """Add up uniform numbers of SplitMix64, about the least work that a usable generator does."""
    state, total = np.uint64(1), 0.0
    for _ in range(number):
        state += np.uint64(0x9E3779B97F4A7C15)
        word = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        total += float((word ^ (word >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
    return total


def _item_draws(items: int, own: Stopwatch, *, few: bool) -> Figure:
    """Item draws of the item engine against bare uniform numbers of the same core."""
    bare, number = Stopwatch(), 1_000 if few else 50_000_000
    _bare_uniforms(1)
    with bare.span(number):
        _bare_uniforms(number)
    draws = Stopwatch(own.cpu_s, own.wall_s, items)
    return _figure(
        "campaign-item-draws",
        "items drawn and tested one by one, with their visits",
        draws,
        peer=bare,
        at_least=0.3,
        limit_is="bare uniform numbers of SplitMix64 on the same core",
        unit="items/s",
    )


def _formula(peer: Stopwatch, *, few: bool) -> Figure:
    """The exact figures, from the regime on, and what that many campaigns would be worth: one answer each."""
    own, turns, question = Stopwatch(), 2 if few else 300, _question("event")
    with own.span(turns):
        for _ in range(turns):
            exact(question)
    return Figure(
        name="campaign-formula",
        what="exact chance and mean delay from the regime on",
        reached=own.rate,
        unit="answers/s",
        limit=peer.rate,
        limit_is="SimPy campaigns a second, of which thousands make one answer",
        compared="information",
        cpu_s=own.cpu_s,
        wall_s=own.wall_s,
    )


_FIRST = """
import json, sys, time
begun = time.perf_counter()
from benchmarks.design_campaign import _plan
from counterseal.app.campaigns.dask_engine import DaskCluster
from counterseal.app.campaigns.engines import Serial
from counterseal.app.campaigns.setup import Task
from counterseal.design.campaigns.blocks import run_block
plan = _plan(sys.argv[1])
loaded = time.perf_counter()
run_block(plan, first=0, runs=1000)
print(json.dumps([loaded - begun, time.perf_counter() - loaded]))
"""


def first_result(_work: Path, _sizes: Sizes) -> list[Figure]:
    """The first result in a new process, with the compiled loops in numba's cache."""
    figures = []
    for level in ("event", "item"):
        took = []
        for _ in range(3):  # the first fills the cache
            command = [sys.executable, "-c", _FIRST, level]
            answer = subprocess.run(command, check=True, capture_output=True, text=True, env=None)
            took.append(json.loads(answer.stdout))
        _, first_s = min(took[1:], key=lambda one: one[1])
        figures.append(
            Figure(
                name=f"campaign-first-{level}",
                what="from the question to the first 1,000 campaigns in a new process, modules loaded",
                reached=first_s,
                unit="s",
                compared="reached",
                below=1,
                cpu_s=first_s,
                wall_s=first_s,
            )
        )
    return figures


def dask_workers(_work: Path, sizes: Sizes) -> list[Figure]:
    """Blocks on two Dask workers, and on two bare processes, against one block after the other."""
    figures = []
    for level, runs, target in _BLOCKS:
        plan, few = _plan(level), sizes == QUICK
        blocks, each = 2 if few else 24, 100 if few else runs
        tasks = [Task(number=place, strategy=0, first=place * each, runs=each) for place in range(blocks)]
        run_block(plan, first=0, runs=1)
        begun = time.perf_counter()
        alone = [outcome.sums for outcome in Serial().outcomes([plan], tasks)]
        serial_s = time.perf_counter() - begun
        bare_s = _bare_processes_s(plan, tasks)
        together, dask_s = _on_dask(plan, tasks)
        agreed = [together[place] for place in range(blocks)] == alone
        of = f"{blocks} blocks of {serial_s / blocks:.2f} s, {level} by {level}, on two "
        verdict = "the sums agree" if agreed else "the sums do NOT agree"
        figures += [
            _blocks_figure(f"campaign-two-{level}", f"{of}bare processes", blocks, bare_s, serial_s, None),
            _blocks_figure(
                f"campaign-dask-{level}", f"{of}Dask workers; {verdict}", blocks, dask_s, serial_s, target
            ),
        ]
    return figures


def _bare_processes_s(plan: Plan, tasks: list[Task]) -> float:
    """Return how long two processes without any framework take for all blocks [s]: the machine's limit."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_block_of, [(plan, tasks[0].first, 1)] * 4))
        begun = time.perf_counter()
        list(pool.map(_block_of, [(plan, task.first, task.runs) for task in tasks]))
        return time.perf_counter() - begun


def _block_of(given: tuple[Plan, int, int]) -> int:
    plan, first, runs = given
    return run_block(plan, first=first, runs=runs).detected


def _on_dask(plan: Plan, tasks: list[Task]) -> tuple[dict[int, Any], float]:
    """Return the sums by block, and how long two workers that are up take for all of them [s]."""
    together, times_s = {}, []
    warm = [Task(number=-1 - task.number, strategy=0, first=0, runs=task.runs) for task in tasks[:8]]
    for outcome in DaskCluster(workers=2).outcomes([plan], [*warm, *tasks]):
        if outcome.task.number >= 0:
            together[outcome.task.number] = outcome.sums
            times_s.append(time.perf_counter())
    return together, (times_s[-1] - times_s[0]) * len(tasks) / (len(tasks) - 1)


def _blocks_figure(
    name: str, what: str, blocks: int, own_s: float, serial_s: float, target: float | None
) -> Figure:
    return Figure(
        name=name,
        what=what,
        reached=blocks / own_s,
        unit="blocks/s",
        limit=blocks / serial_s,
        limit_is="the same blocks one after the other",
        compared="ratio" if target else "information",
        at_least=target,
        cpu_s=serial_s,
        wall_s=serial_s,
    )
