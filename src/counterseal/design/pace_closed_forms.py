"""The pace of a line by formula: what each station can do, the month grid, chances of completion, waiting.

A rate that is exactly what is needed meets the date about every other time: the chance of completion says how
much more is needed. These figures leave out what the formulas cannot hold (each says what in its
assumptions); the runs of ``pipeline`` are held against them.

References:
    [KLEINROCK-1975], for Erlang's C formula, and the mean wait of Pollaczek and Khinchine.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from counterseal.design.errors import DesignError
from counterseal.design.pace_calendar import open_hours, open_hours_per_y, open_spans
from counterseal.design.stations import DAYS_PER_YEAR, HOURS_PER_DAY, Line, Presence, Station
from counterseal.stats.items import require_amount, require_chance, require_count
from counterseal.stats.result import Result, exactly, unreachable

MONTH_D = DAYS_PER_YEAR / 12.0
"""A month of the grid [days]."""
MAX_MONTHS = 12_000
MAX_PLACES = 1_000_000
ONE_BY_ONE = "Items are done one after the other, in lengths of time that do not depend on each other."
ENOUGH_WORK = "There is always a batch to work on, and always room for what is done."
_TERMS = 100_000
_SETTLED = 1e-17


def capacity_per_y(station: Station, presence: Presence | None = None) -> Result:
    """Return what a station could do a year if it had always work and always room [items/year].

    Args:
        station: The station; its shutdowns are left out.
        presence: When inspectors are there; None for whenever it is open.

    Examples:
        >>> hall = Station(name="hall", time_h=16, servers=2, hours_per_week=40, days_per_week=5)
        >>> round(capacity_per_y(hall).value, 1)
        260.9
    """
    hours = open_hours_per_y(station, presence)
    return exactly(
        station.servers * station.batch * hours / (station.time_h + station.return_h),
        method="places times batch times open hours a year over the mean time of a batch",
        inputs={
            "station": station.name, "servers": station.servers, "batch": station.batch,
            "time_h": station.time_h, "return_h": station.return_h, "open_h_per_y": hours,
        },
        assumptions=(ENOUGH_WORK, f"A year has {DAYS_PER_YEAR:g} days; shutdowns are left out."),
        tol=1e-9,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthGrid:
    """A line without scatter and without batches, month by month.

    Attributes:
        left: Items that have left each station by the end of each month, the first row that of the start,
            **shape** (months + 1, stations).
        done: End of the month in which the last item is done [days]; without a value where it is in none.
    """

    left: tuple[tuple[float, ...], ...]
    done: Result

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"left": [list(row) for row in self.left], "done": self.done.document()}


def month_grid(line: Line, months: int) -> MonthGrid:
    """Return how a line would run if its work could be poured: what each station has let go, by month.

    Args:
        line: The stations and the items.
        months: How many months of 30.4375 days [1 to 12000].

    Examples:
        >>> slow = Line(stations=(Station(name="hall", time_h=73.05),), backlog=100)
        >>> round(month_grid(slow, 12).done.value, 1)
        304.4
    """
    require_count(months, "months", least=1, most=MAX_MONTHS)
    could = _monthly(line, months)
    room = [
        math.inf if one.storage is None else one.storage + one.servers * one.batch for one in line.stations
    ]
    left = np.zeros((months + 1, len(line.stations)))
    for month in range(1, months + 1):
        above = _come(line, month * MONTH_D)
        for place in range(len(line.stations)):
            above = min(above, left[month - 1, place] + could[month - 1, place])
            left[month, place] = above
        for place in range(len(line.stations) - 2, -1, -1):
            left[month, place] = min(left[month, place], left[month, place + 1] + room[place + 1])
    return MonthGrid(left=tuple(map(tuple, left.tolist())), done=_grid_end(line, left[:, -1], months))


def _monthly(line: Line, months: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what each station could do in each month, **shape** (months, stations) [items]."""
    ends_h = np.arange(months + 1) * MONTH_D * HOURS_PER_DAY
    columns = []
    for one in line.stations:
        spans = open_spans(one, line.presence, float(ends_h[-1]))
        hours = np.diff([open_hours(spans, end_h) for end_h in ends_h.tolist()])
        columns.append(one.servers * one.batch * hours / (one.time_h + one.return_h))
    return np.stack(columns, axis=1)


def _come(line: Line, time_d: float) -> float:
    if line.arrivals is None:
        return float(line.backlog)
    return line.backlog + min(line.arrivals.n_items, line.arrivals.rate_per_y * time_d / DAYS_PER_YEAR)


def _grid_end(line: Line, done: np.ndarray[Any, np.dtype[np.float64]], months: int) -> Result:
    asked: dict[str, Any] = {
        "inputs": {"line": line.document(), "months": months},
        "method": "least of what stations can do, what has come and what finds room, month by month",
        "assumptions": ("Work can be poured: no scatter, no batches, no way from station to station.",),
    }
    reached = done >= line.n_items * (1.0 - 1e-12)
    if not reached.any():
        return unreachable(
            **asked, why=f"not done within {months} months: {done[-1]:.0f} of {line.n_items} items"
        )
    return exactly(int(np.argmax(reached)) * MONTH_D, **asked, tol=MONTH_D)


def completion_chance(n_items: int, rate_per_y: float, years: float, shape: float = 1.0) -> Result:
    """Return the chance that one place that never stops has done so many items by then.

    Args:
        n_items: Items.
        rate_per_y: Mean number that it does a year [1/year], above 0.
        years: Time [years], above 0.
        shape: Of the gamma law of the time of one item; 1 where completions are a Poisson process.

    Examples:
        >>> round(completion_chance(1000, 200, 5).value, 3), round(completion_chance(1000, 210, 5).value, 3)
        (0.504, 0.941)
    """
    require_count(n_items, "n_items", least=1)
    require_amount(rate_per_y, "rate_per_y", above=0.0)
    require_amount(years, "years", above=0.0)
    require_amount(shape, "shape", above=0.0)
    from scipy.special import gammainc

    steps, mean = n_items * shape, rate_per_y * years * shape
    chance = float(gammainc(steps, mean))
    return exactly(
        chance,
        method="regularised incomplete gamma function P(items x shape, rate x time x shape)",
        inputs={"n_items": n_items, "rate_per_y": rate_per_y, "years": years, "shape": shape},
        assumptions=(ONE_BY_ONE, ENOUGH_WORK),
        ln_value=math.log(chance) if chance > 1e-3 else _ln_lower_gamma(steps, mean),  # noqa: PLR2004
        tol=1e-12,
    )


def rate_needed(n_items: int, years: float, chance: float, shape: float = 1.0) -> Result:
    """Return the mean rate at which so many items are done by then with that chance [items/year].

    Args:
        n_items: Items.
        years: Time [years], above 0.
        chance: Wanted [above 0, below 1].
        shape: See ``completion_chance``.

    Examples:
        >>> round(rate_needed(1000, 5, 0.9).value, 1)
        208.1
    """
    require_count(n_items, "n_items", least=1)
    require_amount(years, "years", above=0.0)
    require_chance(chance, "chance")
    require_amount(shape, "shape", above=0.0)
    if not 0.0 < chance < 1.0:
        raise DesignError(f"chance of completion: {chance}, must be above 0 and below 1")
    from scipy.special import gammaincinv

    return exactly(
        float(gammaincinv(n_items * shape, chance)) / (shape * years),
        method="inverse of the regularised incomplete gamma function",
        inputs={"n_items": n_items, "years": years, "chance": chance, "shape": shape},
        assumptions=(ONE_BY_ONE, ENOUGH_WORK),
        tol=1e-9,
    )


def _ln_lower_gamma(steps: float, mean: float) -> float:
    """Return ``ln P(steps, mean)`` by its series, all terms positive; for ``mean`` below ``steps``."""
    term, total = 1.0, 1.0
    for place in range(1, _TERMS):
        term *= mean / (steps + place)
        total += term
        if term < _SETTLED * total:
            break
    return steps * math.log(mean) - mean - math.lgamma(steps + 1.0) + math.log(total)


def waiting_h(rate_per_d: float, time_h: float, servers: int = 1) -> Result:
    """Return the mean wait at a station of several places with Poisson arrivals, exponential work [hours].

    Args:
        rate_per_d: Arrivals [1/day], above 0.
        time_h: Mean work on one item [hours], above 0.
        servers: Places.

    Examples:
        >>> round(waiting_h(1.0, 12.0, 1).value, 9)
        12.0
    """
    require_count(servers, "servers", least=1, most=MAX_PLACES)
    load = _load(rate_per_d, time_h)
    asked: dict[str, Any] = {
        "method": "Erlang's C formula",
        "inputs": {"rate_per_d": rate_per_d, "time_h": time_h, "servers": servers},
        "assumptions": ("Arrivals are a Poisson process, and the length of work is exponential.", _STEADY),
    }
    if load >= servers:
        return unreachable(**asked, why=_overrun(load, servers))
    return exactly(erlang_c(load, servers) * time_h / (servers - load), **asked, tol=1e-9)


def waiting_one_place_h(rate_per_d: float, time_h: float, shape: float = 0.0) -> Result:
    """Return the mean wait at a station of one place with Poisson arrivals and gamma work [hours].

    Args:
        rate_per_d: Arrivals [1/day], above 0.
        time_h: Mean work on one item [hours], above 0.
        shape: Of the length of work; 0 for always the same (M/D/1), 1 for exponential.

    Examples:
        >>> round(waiting_one_place_h(1.0, 12.0).value, 9)
        6.0
    """
    require_amount(shape, "shape")
    load, spread = _load(rate_per_d, time_h), 1.0 / shape if shape > 0.0 else 0.0
    asked: dict[str, Any] = {
        "method": "formula of Pollaczek and Khinchine",
        "inputs": {"rate_per_d": rate_per_d, "time_h": time_h, "shape": shape},
        "assumptions": ("Arrivals are a Poisson process.", _STEADY),
    }
    if load >= 1.0:
        return unreachable(**asked, why=_overrun(load, 1))
    return exactly(0.5 * (1.0 + spread) * load * time_h / (1.0 - load), **asked, tol=1e-9)


_STEADY = "It has been so for long: the start is forgotten."


def erlang_c(load: float, servers: int) -> float:
    """Return the chance that an item must wait, by the recursion of Erlang's B formula [0 to 1].

    Args:
        load: Arrivals times mean work, below ``servers``.
        servers: Places.

    Examples:
        >>> round(erlang_c(2.0, 3), 4)
        0.4444
    """
    inverse = 1.0
    for place in range(1, servers + 1):
        inverse = 1.0 + inverse * place / load
    lost = 1.0 / inverse
    return lost / (1.0 - load / servers * (1.0 - lost))


def _load(rate_per_d: float, time_h: float) -> float:
    require_amount(rate_per_d, "rate_per_d", above=0.0)
    require_amount(time_h, "time_h", above=0.0)
    return rate_per_d * time_h / HOURS_PER_DAY


def _overrun(load: float, servers: int) -> str:
    return f"work for {load:g} places comes to {servers}: the queue grows without end"
