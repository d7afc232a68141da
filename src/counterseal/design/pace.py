"""Pace: how long until an arsenal is taken apart and what it held is disposed of or under safeguards.

Items pass stations that have capacities, shifts, storage and shutdowns, some of them only while inspectors
are there. From many runs come the chance to be done by a deadline, how much waits where and when, and which
station holds the others up: by what it could do at most, and by what one more place, hour or inspector there
would change.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from counterseal.design.errors import DesignError
from counterseal.design.pace_calendar import SAME_HOUR
from counterseal.design.pace_closed_forms import MONTH_D, capacity_per_y
from counterseal.design.pace_figures import Asked
from counterseal.design.pace_runs import Horizon, Runs, play
from counterseal.design.stations import DAYS_PER_YEAR, HOURS_PER_WEEK, Arrivals, Line, Presence, Station
from counterseal.stats.result import Result, digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterseal.design.what_if import WhatIf

Column = tuple[float, ...]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Chances at which the day of completion is shown."""
GIVEN_UP = 4.0
"""A run is given up after so many times the deadline, where no end is asked for."""
_BAND = (0.05, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPace:
    """How one station fares.

    Attributes:
        name: Its name.
        capacity_per_y: What it could do with always work and always room [items/year].
        done: Chance that all items have left it by the deadline.
        completion_d: Median day on which the last item leaves it [days].
        waiting: Mean items before it, at each date.
        in_work: Mean items on its places, those that cannot leave included, at each date.
        worked: Share of its open place-hours at work [0 to 1]: its utilisation.
        blocked: Share of them in which what is ready finds no room at the next station [0 to 1].
        starved: Share of them without enough to begin a batch [0 to 1].
        closed: Share of all place-hours in which it does not work: shifts, shutdowns, no inspectors [0 to 1].
    """

    name: str
    capacity_per_y: Result
    done: Result
    completion_d: Result
    waiting: Column
    in_work: Column
    worked: float
    blocked: float
    starved: float
    closed: float

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        shares = ("worked", "blocked", "starved", "closed")
        return {
            "name": self.name,
            "capacity_per_y": self.capacity_per_y.document(),
            "done": self.done.document(),
            "completion_d": self.completion_d.document(),
            "waiting": list(self.waiting),
            "in_work": list(self.in_work),
            **{name: getattr(self, name) for name in shares},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a line of stations works off its items.

    Attributes:
        done: Chance that all items are done by the deadline.
        completion_d: ``(chance, day by which all is done with it)``, for each of ``QUANTILES``.
        grid_d: Dates of the columns: the start, then every step until all runs are done [days].
        done_p: Chance that all is done by each date.
        done_items: Mean items done by each date.
        done_low: Items done by each date in all but one of twenty runs, at least.
        done_high: The same, at most.
        to_come: Mean items that have not arrived yet, at each date.
        stations: Each station, in order.
        bottleneck: The station that could do least a year.
        what_if: What one more of something would change at each station; empty where that was not asked.
    """

    done: Result
    completion_d: tuple[tuple[float, Result], ...]
    grid_d: Column
    done_p: Column
    done_items: Column
    done_low: Column
    done_high: Column
    to_come: Column
    stations: tuple[StationPace, ...]
    bottleneck: str
    what_if: "tuple[WhatIf, ...]" = ()

    @property
    def bottleneck_by_what_if(self) -> str | None:
        """The station where a change brings most; None where none was tried, or none brings anything."""
        helps = [one for one in self.what_if if one.gain > (0.0, 0.0)]
        return max(helps, key=lambda one: one.gain).station if helps else None

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        columns = ("grid_d", "done_p", "done_items", "done_low", "done_high", "to_come")
        return {
            "done": self.done.document(),
            "completion_d": [[chance, one.document()] for chance, one in self.completion_d],
            **{name: list(getattr(self, name)) for name in columns},
            "stations": [one.document() for one in self.stations],
            "bottleneck": self.bottleneck,
            "bottleneck_by_what_if": self.bottleneck_by_what_if,
            "what_if": [one.document() for one in self.what_if],
        }


def pipeline(
    stations: "Sequence[Station]",
    backlog: int,
    deadline_d: float,
    *,
    seed: int,
    arrivals: Arrivals | None = None,
    presence: Presence | None = None,
    n_rep: int = 4000,
    confidence: float = 0.95,
    horizon_d: float | None = None,
    grid_step_d: float = MONTH_D,
    more_hours_per_week: float | None = None,
    threads: int = 1,
) -> Pace:
    """Return the chance to be done by a deadline, the queues over time, and the bottleneck.

    Args:
        stations: In the order in which items pass them.
        backlog: Items that wait before the first at the start.
        deadline_d: By when all should be done [days], above 0.
        seed: Master seed, 0 to 2**64 - 1.
        arrivals: Items that come later; None for none.
        presence: When inspectors are there; None for whenever a station is open.
        n_rep: Runs; one alone is played where nothing scatters.
        confidence: Of the intervals [above 0, below 1].
        horizon_d: When a run is given up [days]; None for four times the deadline.
        grid_step_d: Between the dates of the columns [days].
        more_hours_per_week: How many hours a week to add in the variants of what-if; None for no variants.
        threads: How many work at once; changes nothing in the answer.

    Raises:
        DesignError: stations, items or times that do not hold together.

    Examples:
        >>> hall = Station(name="hall", time_h=40, shape=4, servers=2)
        >>> told = pipeline([hall, Station(name="store", time_h=10)], 500, 430, seed=1, n_rep=500)
        >>> told.bottleneck, round(told.done.value, 2)
        ('hall', 0.92)
    """
    line = Line(stations=tuple(stations), backlog=backlog, arrivals=arrivals, presence=presence)
    end_d = GIVEN_UP * deadline_d if horizon_d is None else horizon_d
    horizon = Horizon(deadline_d=deadline_d, end_d=end_d, step_d=grid_step_d)
    if not 0.0 < confidence < 1.0:
        raise DesignError(f"confidence of pace: {confidence}, must be above 0 and below 1")
    runs = play(line, horizon, seed=seed, n_rep=n_rep, threads=threads)
    asked = asked_of(line, horizon, runs, seed=seed, confidence=confidence)
    told = _told(line, horizon, runs, asked)
    if more_hours_per_week is None:
        return Pace(**told)
    from counterseal.design.what_if import variants

    tried = variants(
        line, horizon, runs, asked, more_hours_per_week=more_hours_per_week, n_rep=n_rep, threads=threads
    )
    return Pace(**told, what_if=tried)


def asked_of(line: Line, horizon: Horizon, runs: Runs, *, seed: int, confidence: float) -> Asked:
    """Return what all figures of a question share: its inputs, its assumptions, its runs."""
    inputs = {
        "line": line.document(),
        "deadline_d": horizon.deadline_d,
        "horizon_d": horizon.end_d,
    }
    return Asked(
        inputs=inputs,
        assumptions=tuple(_assumed(line)),
        seed=seed,
        n_rep=len(runs.left_d),
        scatters=line.scatters,
        confidence=confidence,
        end_d=horizon.end_d,
    )


def _told(line: Line, horizon: Horizon, runs: Runs, asked: Asked) -> dict[str, Any]:
    short = Asked(**{**_fields(asked), "inputs": {"question": digest(asked.inputs)}})
    ends_d, grid_d = runs.completion_d, horizon.grid_d
    shown = _shown(ends_d, grid_d, horizon.deadline_d)
    low, high = np.quantile(runs.done[:, :shown], _BAND, axis=0, method="inverted_cdf")
    late = int(np.isinf(ends_d).sum())
    warnings = (f"{late} of {len(ends_d)} runs were given up after {horizon.end_d:g} days",) if late else ()
    stations = tuple(_stations(line, horizon, runs, short, shown))
    return {
        "done": asked.chance(
            int((ends_d <= horizon.deadline_d).sum()), what="all done by the deadline", warnings=warnings
        ),
        "completion_d": tuple(
            (chance, short.quantile(ends_d, chance, what="all done")) for chance in QUANTILES
        ),
        "grid_d": tuple(grid_d[:shown].tolist()),
        "done_p": tuple((np.searchsorted(np.sort(ends_d), grid_d[:shown], "right") / len(ends_d)).tolist()),
        "done_items": _mean(runs.passed[:shown, -1], asked),
        "done_low": tuple(low.astype(float).tolist()),
        "done_high": tuple(high.astype(float).tolist()),
        "to_come": _mean(line.n_items * asked.n_rep - runs.passed[:shown, 0], asked),
        "stations": stations,
        "bottleneck": min(stations, key=lambda one: one.capacity_per_y.value or 0.0).name,
    }


def _fields(asked: Asked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in Asked.__slots__}


def _shown(ends_d: NDArray[np.float64], grid_d: NDArray[np.float64], deadline_d: float) -> int:
    """Return how many dates are shown: until all runs are done, and at least to the deadline."""
    last_d = max(deadline_d, float(ends_d.max()))
    return min(len(grid_d), int(np.searchsorted(grid_d, last_d, "left")) + 1)


def _mean(sums: NDArray[np.int64], asked: Asked) -> Column:
    return tuple((sums / asked.n_rep).tolist())


def _stations(line: Line, horizon: Horizon, runs: Runs, asked: Asked, shown: int) -> "list[StationPace]":
    found = []
    hours = runs.hours.sum(axis=0)
    for place, one in enumerate(line.stations):
        left_d = runs.left_d[:, place]
        worked_h, blocked_h, open_h, all_h = hours[place].tolist()
        worked, blocked = (part / open_h if open_h > 0.0 else 0.0 for part in (worked_h, blocked_h))
        on_places = runs.passed[:, place] - runs.waiting[:, place] - runs.passed[:, place + 1]
        by_deadline = int((left_d <= horizon.deadline_d).sum())
        found.append(
            StationPace(
                name=one.name,
                capacity_per_y=capacity_per_y(one, line.presence),
                done=asked.chance(by_deadline, what=f"all through {one.name} by the deadline"),
                completion_d=asked.quantile(left_d, 0.5, what=f"all through {one.name}"),
                waiting=_mean(runs.waiting[:shown, place], asked),
                in_work=_mean(on_places[:shown], asked),
                worked=worked,
                blocked=blocked,
                starved=max(0.0, 1.0 - worked - blocked) if open_h > 0.0 else 0.0,
                closed=1.0 - open_h / all_h,
            )
        )
    return found


def _assumed(line: Line) -> "list[str]":
    stations = line.stations
    said = [
        "Items are alike, pass all stations in the order given, and none comes back.",
        "A free place takes a batch as soon as it is there; work goes on in open hours alone.",
        "Items are handed on at once, and what is ready keeps its place until the next station has room.",
        "Nothing stands still but in the hours and shutdowns given; no place breaks down otherwise.",
        f"A year has {DAYS_PER_YEAR:g} days.",
    ]
    if line.scatters:
        said.append("How long work takes is a gamma number, and one piece of work tells nothing of another.")
    if any(one.batch > 1 for one in stations):
        said.append("A batch that is not full is begun only when no further items will come.")
    if any(one.hours_per_week < HOURS_PER_WEEK for one in stations):
        said.append(SAME_HOUR)
    if any(one.inspected for one in stations):
        told = "whenever a station is open" if line.presence is None else "in the hours given"
        said.append(f"Inspectors are present {told}, at as many stations at once as need them.")
    return said
