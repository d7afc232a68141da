"""The joint draw: how long the sampler takes for a large sample from a large pool."""

from hashlib import sha256
from pathlib import Path

from benchmarks.measure import Figure, Stopwatch
from benchmarks.sizes import Sizes

from counterseal.stats.selection import positions_from

_POOL, _SAMPLE = 1_000_000, 1_000
_TURNS = 20


def draws(_work: Path, _sizes: Sizes) -> list[Figure]:
    own = Stopwatch()
    for turn in range(_TURNS):
        seed = sha256(turn.to_bytes(4, "big")).digest()
        with own.span(1):
            positions_from(seed, [(_POOL, _SAMPLE)])
    return [
        Figure(
            name="draw",
            what=f"drawing {_SAMPLE:,} positions of {_POOL:,} from a seed, mean of {_TURNS} draws",
            reached=1000 * own.cpu_s / own.count,
            unit="ms",
            compared="reached",
            below=20,
            cpu_s=own.cpu_s,
            wall_s=own.wall_s,
        )
    ]
