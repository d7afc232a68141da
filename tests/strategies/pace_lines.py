"""A line of stations by another engine (SimPy), and by the recursion of departures; with the same units."""

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from counterseal.design.pace_draws_kernel import fill_units
from counterseal.design.pace_runs import Horizon, line_tables
from counterseal.design.stations import Line, Presence, Station

Units = list[NDArray[np.float64]]


def units_of(line: Line, horizon: Horizon, *, seed: int, run: int) -> Units:
    """Return the units of a run: of the arrivals, then of work and return of each station."""
    tables = line_tables(line, horizon, seed=seed)
    row = np.zeros(max(1, int(tables.places[-1])))
    fill_units(row, tables.places, tables.shapes, tables.keys, run)
    parts = [row[begin:end] for begin, end in zip(tables.places, tables.places[1:], strict=False)]
    batches = [line.arrivals.n_items if line.arrivals else 0]
    for one in line.stations:
        batches += [-(-line.n_items // one.batch)] * 2
    return [part if part.size else np.ones(number) for part, number in zip(parts, batches, strict=True)]


def is_open(station: Station, line: Line, hour: int) -> bool:
    """Return whether a station works in a whole hour after the start."""
    both: list[Station | Presence] = [station]
    if station.inspected and line.presence is not None:
        both.append(line.presence)
    day, of_day = hour % 168 // 24, hour % 24
    shut = station.shutdowns + (line.presence.away if len(both) > 1 and line.presence else ())
    return all(
        day < one.days_per_week and of_day < one.hours_per_week / one.days_per_week for one in both
    ) and not any(24 * from_d <= hour < 24 * to_d for from_d, to_d in shut)


def by_hand(station: Station, line: Line, begin_h: float, work_h: float) -> float:
    """Return when work ends, going from hour to hour."""
    left_h, now_h = work_h, begin_h
    while left_h > 0.0:
        hour = int(now_h)
        step_h = hour + 1.0 - now_h
        if is_open(station, line, hour):
            if left_h <= step_h:
                return now_h + left_h
            left_h -= step_h
        now_h = hour + 1.0
    return now_h


class SimpyLine:
    """The same line as SimPy's pages would write it: a container before each station, places as processes."""

    def __init__(self, line: Line, units: Units) -> None:
        self.line, self.units, self.env = line, units, simpy.Environment()
        rooms = [one.storage or line.n_items for one in line.stations]
        self.stores = [simpy.Container(self.env, capacity=room) for room in rooms]
        self.docks = [simpy.Resource(self.env, capacity=1) for _ in line.stations]
        self.begun = [0] * len(line.stations)
        self.returned = [0] * len(line.stations)
        self.left = [0] * len(line.stations)
        self.left_h = [np.inf] * len(line.stations)
        self.always = [
            one.hours_per_week == 168 and not one.shutdowns and not (one.inspected and line.presence)
            for one in line.stations
        ]

    def run(self, until_h: float) -> list[float]:
        """Return when the last item left each station [hours]."""
        self.env.process(self.feed())
        for place, one in enumerate(self.line.stations):
            for _ in range(one.servers):
                self.env.process(self.place(place, one))
        self.env.run(until=until_h)
        return self.left_h

    def feed(self) -> Generator[Any, Any, None]:
        if self.line.backlog:
            yield self.stores[0].put(self.line.backlog)
        if self.line.arrivals:
            for unit in self.units[0]:
                yield self.env.timeout(8766.0 / self.line.arrivals.rate_per_y * unit)
                yield self.stores[0].put(1)

    def work(self, place: int, station: Station, work_h: float) -> Any:
        if self.always[place]:
            return self.env.timeout(work_h)
        return self.env.timeout(by_hand(station, self.line, self.env.now, work_h) - self.env.now)

    def place(self, place: int, station: Station) -> Generator[Any, Any, None]:
        while (number := self.begun[place]) * station.batch < self.line.n_items:
            self.begun[place] += 1
            size = min(station.batch, self.line.n_items - number * station.batch)
            yield self.stores[place].get(size)
            yield self.work(place, station, station.time_h * self.units[1 + 2 * place][number])
            with self.docks[place].request() as turn:
                yield turn
                for _ in range(size):
                    yield from self.leave(place)
            if station.return_h:
                way = self.returned[place]
                self.returned[place] += 1
                yield self.work(place, station, station.return_h * self.units[2 + 2 * place][way])

    def leave(self, place: int) -> Generator[Any, Any, None]:
        if place + 1 < len(self.stores):
            yield self.stores[place + 1].put(1)
        self.left[place] += 1
        if self.left[place] == self.line.n_items:
            self.left_h[place] = self.env.now
