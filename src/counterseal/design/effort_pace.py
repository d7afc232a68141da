"""The pace of dismantlement, as an effort file says it: stations, items, deadline, what to try."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.design.effort_parts import made, numbers
from counterseal.design.errors import EffortError
from counterseal.design.pace import Pace, pipeline
from counterseal.design.stations import Arrivals, Closed, Line, Presence, Station
from counterseal.treaty.document import Document, Path

RUNS = 4000
"""Runs where the file names no number."""
MORE_HOURS_PER_WEEK = 8.0
"""Hours a week that what-if adds where the file names none: a shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceInput:
    """A line of stations and what is asked of it.

    Attributes:
        line: The stations and the items.
        deadline_d: By when all should be done [days].
        horizon_d: When a run is given up [days]; None for four times the deadline.
        runs: Runs to play.
        more_hours_per_week: Hours a week that what-if adds.
        texts: ``(station, what is done there)`` where the file says it.
    """

    line: Line
    deadline_d: float
    horizon_d: float | None
    runs: int
    more_hours_per_week: float
    texts: tuple[tuple[str, str], ...]

    def pace(self, *, seed: int, threads: int = 1) -> Pace:
        """Return the pace, with what each change at each station would bring.

        Args:
            seed: Master seed, 0 to 2**64 - 1.
            threads: How many work at once; changes nothing in the answer.
        """
        return pipeline(
            self.line.stations,
            self.line.backlog,
            self.deadline_d,
            seed=seed,
            arrivals=self.line.arrivals,
            presence=self.line.presence,
            n_rep=self.runs,
            horizon_d=self.horizon_d,
            more_hours_per_week=self.more_hours_per_week,
            threads=threads,
        )


def read_pace(document: Document) -> PaceInput | None:
    """Return what an effort file says of the pace; None where it says nothing.

    Raises:
        EffortError: the numbers do not hold together.
    """
    entry = document.data.get("pace")
    if entry is None:
        return None
    _require_names_once(document)
    stations = tuple(_station(document, index) for index in range(len(entry["stations"])))
    if "storage" in entry["stations"][0]:
        number = entry["stations"][0]["storage"]
        text = f"found {number}; before the first station all items wait, so leave it out"
        raise EffortError(document.problem("pace", "stations", 0, "storage", text=text))
    line = made(
        document,
        ("pace",),
        Line,
        stations=stations,
        backlog=entry["backlog"],
        arrivals=_arrivals(document),
        presence=_presence(document),
    )
    horizon_d = numbers(entry, "horizon_d").get("horizon_d")
    if horizon_d is not None and horizon_d < entry["deadline_d"]:
        text = f"found {horizon_d:g}, before the deadline of {float(entry['deadline_d']):g} days"
        raise EffortError(document.problem("pace", "horizon_d", text=text))
    return PaceInput(
        line=line,
        deadline_d=float(entry["deadline_d"]),
        horizon_d=horizon_d,
        runs=entry.get("runs", RUNS),
        more_hours_per_week=float(entry.get("more_hours_per_week", MORE_HOURS_PER_WEEK)),
        texts=tuple((one["name"], one["text"]) for one in entry["stations"] if "text" in one),
    )


def _require_names_once(document: Document) -> None:
    first: dict[str, int] = {}
    for index, one in enumerate(document.data["pace"]["stations"]):
        path: Path = ("pace", "stations", index, "name")
        if one["name"] in first:
            text = f"station {one['name']!r} a second time, first on line {first[one['name']]}"
            raise EffortError(document.problem(*path, text=text))
        first[one["name"]] = document.line_of(*path)


def _station(document: Document, index: int) -> Station:
    entry = document.data["pace"]["stations"][index]
    given: dict[str, Any] = numbers(entry, "time_h shape return_h hours_per_week")
    wholes = ("name", "servers", "batch", "days_per_week", "inspected", "storage")
    given |= {name: entry[name] for name in wholes if name in entry}
    return made(
        document,
        ("pace", "stations", index),
        Station,
        **given,
        shutdowns=_closed(entry, "shutdowns"),
    )


def _closed(entry: Mapping[str, Any], name: str) -> Closed:
    return tuple((float(one["from_d"]), float(one["to_d"])) for one in entry.get(name, ()))


def _arrivals(document: Document) -> Arrivals | None:
    entry = document.data["pace"].get("arrivals")
    if entry is None:
        return None
    given = numbers(entry, "rate_per_y shape")
    return made(document, ("pace", "arrivals"), Arrivals, n_items=entry["n_items"], **given)


def _presence(document: Document) -> Presence | None:
    entry = document.data["pace"].get("presence")
    if entry is None:
        return None
    given: dict[str, Any] = numbers(entry, "hours_per_week")
    given |= {name: entry[name] for name in ("days_per_week",) if name in entry}
    return made(document, ("pace", "presence"), Presence, **given, away=_closed(entry, "away"))
