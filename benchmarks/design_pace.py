"""Lines of stations: many runs against the same line in SimPy, as its pages write places and stores."""

import statistics
from collections.abc import Generator
from pathlib import Path
from random import Random
from typing import Any

import simpy
from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import QUICK, Sizes

from counterseal.design.pace_runs import Horizon, play
from counterseal.design.stations import Line, Station

_ITEMS = 1_000
_RUNS, _PEER_RUNS = 2_000, 6
_END_D = 4_000.0
_LINE = Line(
    stations=(
        Station(name="removal", time_h=18, servers=2, shape=4),
        Station(name="taking-apart", time_h=40, servers=5, shape=4, storage=20),
        Station(name="measurement", time_h=7, servers=1, shape=1, storage=10),
        Station(name="disposition", time_h=15, servers=2, shape=2, storage=30),
    ),
    backlog=_ITEMS,
)


def lines(_work: Path, sizes: Sizes) -> list[Figure]:
    """A thousand items through four stations with finite storage and gamma work, places blocked after it."""
    few = sizes == QUICK
    turns, peer_turns = (20, 1) if few else (_RUNS, _PEER_RUNS)
    horizon = Horizon(deadline_d=500.0, end_d=_END_D, step_d=30.0)
    play(_LINE, horizon, seed=1, n_rep=2)  # compiled, or read from the cache
    own, peer = Stopwatch(), Stopwatch()
    with own.span(turns * _ITEMS * len(_LINE.stations)):
        ends_d = play(_LINE, horizon, seed=1, n_rep=turns).completion_d
    with peer.span(peer_turns * _ITEMS * len(_LINE.stations)):
        others_d = [_peer(Random(number)) / 24 for number in range(peer_turns)]
    error_d = ends_d.std() / peer_turns**0.5
    apart = abs(statistics.fmean(others_d) - ends_d.mean()) / error_d
    return [
        Figure(
            name="pace-line",
            what=f"{turns:,} runs of {_ITEMS:,} items through four stations; mean completion "
            f"{ends_d.mean():.1f} d, the other engine's {apart:.1f} standard errors from it",
            reached=own.rate,
            unit="items through a station/s",
            limit=peer.rate,
            limit_is="SimPy, places as processes between stores, as its pages write it",
            at_least=25,
            cpu_s=own.cpu_s + peer.cpu_s,
            wall_s=own.wall_s + peer.wall_s,
        )
    ]


def _peer(random: Random) -> float:
    """Return when the last item is done [hours]."""
    env = simpy.Environment()
    stores = [simpy.Store(env, capacity=one.storage or _ITEMS) for one in _LINE.stations]
    done = simpy.Store(env)
    for item in range(_ITEMS):
        stores[0].put(item)
    for one, before, after in zip(_LINE.stations, stores, [*stores[1:], done], strict=True):
        for _ in range(one.servers):
            env.process(_place(env, one, before, after, random))
    env.run()
    return float(env.now)


def _place(
    env: simpy.Environment, station: Station, before: simpy.Store, after: simpy.Store, random: Random
) -> Generator[Any, Any, None]:
    while True:
        item = yield before.get()
        yield env.timeout(random.gammavariate(station.shape, station.time_h / station.shape))
        yield after.put(item)
