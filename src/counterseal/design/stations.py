"""The stations through which items pass until they are done, when these work, and when items come.

A station has places (servers) that each work on a batch at a time, storage before it, hours in which it is
open, and shutdowns. Some work only while inspectors are present. Transport is a station whose vehicles come
back empty; disposition, or storage under safeguards, is the last station.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from counterseal.design.errors import DesignError
from counterseal.stats.items import require_amount, require_count

HOURS_PER_DAY, HOURS_PER_WEEK, DAYS_PER_WEEK = 24.0, 168.0, 7
DAYS_PER_YEAR = 365.25
HOURS_PER_YEAR = HOURS_PER_DAY * DAYS_PER_YEAR
MAX_SERVERS = 10_000
MAX_STATIONS = 60
MAX_SHUTDOWNS = 1_000
Closed = tuple[tuple[float, float], ...]
"""``(from_d, to_d)``: from and to which day after the start nothing is done [days]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where something is done with every item.

    Attributes:
        name: How the effort file and the report name it.
        time_h: Mean work on one batch [hours], above 0.
        servers: Batches that can be in work at once, each on a place (or vehicle) of its own.
        batch: Items worked on together; a smaller one starts only when no further items will come.
        shape: How much the work scatters: 0 for always the same, else the shape of a gamma distribution (1
            exponential, more for steadier; relative standard deviation ``1 / sqrt(shape)``).
        return_h: Mean time after handing over a batch until the place can take the next [hours]: the way
            back of a vehicle, or cleaning up; scatters with the same shape.
        hours_per_week: Hours a week in which it is open [above 0, at most 168].
        days_per_week: Days over which they are spread evenly, from the first day of the week [1 to 7].
        inspected: Whether it works only while inspectors are present.
        storage: Items that can wait before it; None for as many as come.
        shutdowns: When it is closed altogether, in order of time.
    """

    name: str
    time_h: float
    servers: int = 1
    batch: int = 1
    shape: float = 0.0
    return_h: float = 0.0
    hours_per_week: float = HOURS_PER_WEEK
    days_per_week: int = DAYS_PER_WEEK
    inspected: bool = False
    storage: int | None = None
    shutdowns: Closed = ()

    def __post_init__(self) -> None:
        """Refuse no places, no time, hours that a week has not, and storage that cannot fill a batch."""
        what = f"station {self.name}"
        require_amount(self.time_h, f"{what}, time_h", above=0.0)
        require_count(self.servers, f"{what}, servers", least=1, most=MAX_SERVERS)
        require_count(self.batch, f"{what}, batch", least=1)
        require_amount(self.shape, f"{what}, shape")
        require_amount(self.return_h, f"{what}, return_h")
        require_hours(self.hours_per_week, self.days_per_week, what)
        require_closed(self.shutdowns, f"{what}, shutdowns")
        if self.storage is None:
            return
        require_count(self.storage, f"{what}, storage")
        if self.batch > 1 and self.storage < self.batch:
            raise DesignError(f"{what}, storage: {self.storage}, can never fill a batch of {self.batch}")


def transport(
    name: str,
    *,
    vehicles: int,
    load: int,
    out_h: float,
    back_h: float,
    shape: float = 0.0,
    hours_per_week: float = HOURS_PER_WEEK,
    days_per_week: int = DAYS_PER_WEEK,
    inspected: bool = False,
    storage: int | None = None,
    shutdowns: Closed = (),
) -> Station:
    """Return transport as a station: vehicles that wait for a full load, bring it and come back.

    Args:
        name: How the report names it.
        vehicles: How many there are.
        load: Items that one takes.
        out_h: Mean time to load, drive and unload [hours].
        back_h: Mean time to come back [hours].
        shape: Scatter of both; see ``Station``.
        hours_per_week: Hours in which it drives.
        days_per_week: Days over which they are spread.
        inspected: Whether inspectors go with it.
        storage: Items that can wait for it; None for as many as come.
        shutdowns: When nothing is driven.

    Examples:
        >>> transport("road", vehicles=2, load=10, out_h=30, back_h=20).return_h
        20
    """
    return Station(
        name=name,
        time_h=out_h,
        servers=vehicles,
        batch=load,
        shape=shape,
        return_h=back_h,
        hours_per_week=hours_per_week,
        days_per_week=days_per_week,
        inspected=inspected,
        storage=storage,
        shutdowns=shutdowns,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """When inspectors are present where they must be.

    Attributes:
        hours_per_week: Hours a week [above 0, at most 168].
        days_per_week: Days over which they are spread evenly [1 to 7].
        away: When there are none at all, in order of time.
    """

    hours_per_week: float = HOURS_PER_WEEK
    days_per_week: int = DAYS_PER_WEEK
    away: Closed = ()

    def __post_init__(self) -> None:
        """Refuse hours that a week has not."""
        require_hours(self.hours_per_week, self.days_per_week, "presence")
        require_closed(self.away, "presence, away")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Items that come after the start, one by one.

    Attributes:
        n_items: How many in all [items], 1 or more.
        rate_per_y: How many a year [1/year], above 0.
        shape: Scatter of the time between two: 0 for always the same, 1 for Poisson arrivals; see
            ``Station``.
    """

    n_items: int
    rate_per_y: float
    shape: float = 0.0

    def __post_init__(self) -> None:
        """Refuse none at all and no rate."""
        require_count(self.n_items, "arrivals, n_items", least=1)
        require_amount(self.rate_per_y, "arrivals, rate_per_y", above=0.0)
        require_amount(self.shape, "arrivals, shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Stations in the order in which items pass them, and the items.

    Attributes:
        stations: At least one, each name once; the first with storage for as many as come.
        backlog: Items that wait before the first station at the start.
        arrivals: Those that come later; None for none.
        presence: When inspectors are present; None for whenever a station is open.
    """

    stations: tuple[Station, ...]
    backlog: int
    arrivals: Arrivals | None = None
    presence: Presence | None = None

    def __post_init__(self) -> None:
        """Refuse no stations, no items, a name twice, and a backlog without room."""
        require_count(len(self.stations), "stations", least=1, most=MAX_STATIONS)
        require_count(self.backlog, "backlog")
        require_count(self.n_items, "backlog and arrivals together", least=1)
        names = [one.name for one in self.stations]
        for name in names:
            if names.count(name) > 1:
                raise DesignError(f"stations: {name!r} twice, must be named once")
        first = self.stations[0]
        if first.storage is not None:
            raise DesignError(
                f"station {first.name}, storage: {first.storage}; before the first station all items wait"
            )

    @property
    def n_items(self) -> int:
        """Items that are to be done [items]."""
        return self.backlog + (self.arrivals.n_items if self.arrivals else 0)

    @property
    def scatters(self) -> bool:
        """Whether anything is left to chance."""
        random = any(one.shape > 0.0 for one in self.stations)
        return random or (self.arrivals is not None and self.arrivals.shape > 0.0)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "stations": [_plain(asdict(one)) for one in self.stations],
            "backlog": self.backlog,
            "arrivals": None if self.arrivals is None else asdict(self.arrivals),
            "presence": None if self.presence is None else _plain(asdict(self.presence)),
        }


def require_hours(hours_per_week: float, days_per_week: int, what: str) -> None:
    """Require hours that fit into the days of a week.

    Raises:
        DesignError: they do not.
    """
    require_amount(hours_per_week, f"{what}, hours_per_week", above=0.0)
    require_count(days_per_week, f"{what}, days_per_week", least=1, most=DAYS_PER_WEEK)
    most = HOURS_PER_DAY * days_per_week
    if hours_per_week > most:
        raise DesignError(
            f"{what}, hours_per_week: {hours_per_week:g}, {days_per_week} days have {most:g} hours"
        )


def require_closed(closed: Sequence[tuple[float, float]], what: str) -> None:
    """Require times of closure that begin at or after the start, one after the other.

    Raises:
        DesignError: they do not.
    """
    require_count(len(closed), what, most=MAX_SHUTDOWNS)
    last_d = 0.0
    for place, (from_d, to_d) in enumerate(closed):
        require_amount(from_d, f"{what}[{place}], from_d")
        require_amount(to_d, f"{what}[{place}], to_d")
        if from_d < last_d:
            raise DesignError(f"{what}[{place}]: from day {from_d:g}, before the last ends on day {last_d:g}")
        if not from_d < to_d < math.inf:
            raise DesignError(
                f"{what}[{place}]: from day {from_d:g} to day {to_d:g}, must end after it begins"
            )
        last_d = to_d


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [list(one) for one in value] if isinstance(value, tuple) else value
        for name, value in fields.items()
    }
