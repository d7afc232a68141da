"""Many runs of a line of stations: the line as arrays, its runs in blocks, and what they gave.

Run number 17 has the same random numbers whoever works it out, in whichever block: the same bytes come out
whatever the number of threads.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from counterseal.design.campaigns.seeds import stream_key
from counterseal.design.errors import DesignError
from counterseal.design.pace_calendar import Spans, open_hours, open_spans
from counterseal.design.stations import HOURS_PER_DAY, HOURS_PER_YEAR, Line
from counterseal.stats.items import require_amount, require_count

if TYPE_CHECKING:
    from counterseal.design.pace_kernel import LineTables

Reals = NDArray[np.float64]
Wholes = NDArray[np.int64]
MAX_RUNS = 10_000_000
MAX_COUNTS = 100_000_000
"""Most counts of done items that are kept: runs times dates."""
MAX_THREADS = 256
_BLOCK = 64
_LEVEL = "pace"
_AT_FIRST = (0, 0, 0, 0, 0, 0, 0, 0, 0.0, 0.0)
"""What a run changes of a station, at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The times of a question.

    Attributes:
        deadline_d: By when all should be done [days], above 0; hours of places are counted up to it.
        end_d: When a run is given up [days], the deadline or later.
        step_d: Between the dates at which items are counted [days], above 0.
    """

    deadline_d: float
    end_d: float
    step_d: float

    def __post_init__(self) -> None:
        """Refuse times that are none, and an end before the deadline."""
        require_amount(self.deadline_d, "deadline_d", above=0.0)
        require_amount(self.end_d, "horizon_d", least=self.deadline_d)
        require_amount(self.step_d, "grid_step_d", above=0.0)

    @property
    def grid_d(self) -> Reals:
        """Dates at which items are counted [days]: the start, then every step to the end."""
        steps = int(self.end_d / self.step_d * (1.0 + 1e-12))
        return np.arange(steps + 1, dtype=np.float64) * np.float64(self.step_d)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """What some runs gave.

    Attributes:
        left_d: When the last item had left each station, infinite where it had not, **shape** (runs,
            stations) [days].
        done: Items done at each date, **shape** (runs, dates).
        waiting: Items waiting before each station, summed over runs, **shape** (dates, stations).
        passed: Items that had come to each station, and (last) that were done, summed over runs, **shape**
            (dates, stations + 1).
        hours: Hours of places: worked, blocked while open, open, all; up to the deadline or until all was
            done, **shape** (runs, stations, 4) [hours].
    """

    left_d: Reals
    done: Wholes
    waiting: Wholes
    passed: Wholes
    hours: Reals

    @property
    def completion_d(self) -> Reals:
        """When each run was done, infinite where it was not [days]."""
        ends: Reals = self.left_d[:, -1]
        return ends


def play(line: Line, horizon: Horizon, *, seed: int, n_rep: int, threads: int = 1) -> Runs:
    """Play a line; a single run where nothing is left to chance.

    Args:
        line: The stations and the items.
        horizon: Deadline, end and dates.
        seed: Master seed, 0 to 2**64 - 1.
        n_rep: Runs.
        threads: How many work at once; changes nothing in the answer.

    Raises:
        DesignError: a station that never works, or more dates and runs than can be kept.
    """
    from counterseal.design.pace_kernel import run_lines

    require_count(n_rep, "n_rep", least=1, most=MAX_RUNS)
    require_count(threads, "threads", least=1, most=MAX_THREADS)
    runs = n_rep if line.scatters else 1
    dates, stations = len(horizon.grid_d), len(line.stations)
    if runs * dates > MAX_COUNTS:
        raise DesignError(f"grid_step_d: {dates} dates of {runs} runs, at most {MAX_COUNTS} counts are kept")
    tables = line_tables(line, horizon, seed=seed)
    left_h, done = np.empty((runs, stations)), np.empty((runs, dates), np.int64)
    hours = np.empty((runs, stations, 4))

    def block(first: int) -> tuple[Wholes, Wholes]:
        waiting, passed = np.zeros((dates, stations), np.int64), np.zeros((dates, stations + 1), np.int64)
        part = slice(first, first + _BLOCK)
        run_lines(own_copy(tables), first, left_h[part], done[part], hours[part], waiting, passed)
        return waiting, passed

    waiting, passed = np.zeros((dates, stations), np.int64), np.zeros((dates, stations + 1), np.int64)
    with ThreadPoolExecutor(threads) as pool:
        for part in pool.map(block, range(0, runs, _BLOCK)):
            waiting += part[0]
            passed += part[1]
    return Runs(left_d=left_h / HOURS_PER_DAY, done=done, waiting=waiting, passed=passed, hours=hours)


def line_tables(line: Line, horizon: Horizon, *, seed: int) -> "LineTables":
    """Return a line as the arrays of the compiled loop."""
    from counterseal.design.pace_kernel import LineTables
    from counterseal.design.pace_state_kernel import LINE, SPAN, STATION

    end_h, window_h = horizon.end_d * HOURS_PER_DAY, horizon.deadline_d * HOURS_PER_DAY
    spans = [open_spans(one, line.presence, end_h) for one in line.stations]
    shapes, counts, keys = _sources(line, seed)
    places = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    ends = np.cumsum([len(one) for one in spans])
    stations = np.zeros(len(line.stations) + 1, STATION)
    for at, one in enumerate(line.stations):
        stations[at] = (
            one.servers, one.batch, line.n_items if one.storage is None else one.storage,
            one.time_h, one.return_h, *(places[1 + 2 * at : 3 + 2 * at] if one.shape else (-1, -1)),
            ends[at] - len(spans[at]), ends[at], open_hours(spans[at], window_h), *_AT_FIRST,
        )  # fmt: skip
    coming = line.arrivals
    gap_h, gap_units = HOURS_PER_YEAR / coming.rate_per_y if coming else 0.0, 0 if shapes[0] else -1
    record = (len(line.stations), line.n_items, line.backlog, gap_h, gap_units, window_h, end_h, 0)
    return LineTables(
        line=np.asarray([record], LINE),
        stations=stations,
        spans=np.concatenate([_span_records(one, SPAN) for one in spans]),
        grid_h=horizon.grid_d * HOURS_PER_DAY,
        places=places,
        shapes=np.asarray(shapes, np.float64),
        keys=np.asarray(keys, np.uint64),
    )


def own_copy(tables: "LineTables") -> "LineTables":
    """Return the tables with records of their own: a run writes into them."""
    return tables._replace(line=tables.line.copy(), stations=tables.stations.copy())


def _span_records(spans: Spans, kind: np.dtype[np.void]) -> NDArray[np.void]:
    lengths = spans[:, 1] - spans[:, 0]
    found = np.zeros(len(spans), kind)
    found["open_h"], found["close_h"], found["before_h"] = *spans.T, np.cumsum(lengths) - lengths
    return found


def _sources(line: Line, seed: int) -> tuple[list[float], list[int], list[tuple[int, int]]]:
    """Return shape, number of units and key of each source: arrivals, work and return of each station."""
    coming = line.arrivals.n_items if line.arrivals else 0
    shape = line.arrivals.shape if line.arrivals else 0.0
    shapes, counts, names = [shape], [coming if shape else 0], ["arrivals"]
    for one in line.stations:
        batches = -(-line.n_items // one.batch)
        shapes += [one.shape, one.shape]
        counts += [batches if one.shape else 0, batches if one.shape and one.return_h else 0]
        names += [f"work at {one.name}", f"return to {one.name}"]
    keys = [stream_key(seed, study="", strategy=name, level=_LEVEL) for name in names]
    return shapes, counts, keys
