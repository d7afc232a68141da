"""What one more place, more hours, or inspectors all the time would change at each station.

Every variant is played with the same random numbers: the n-th batch at a station takes as long as before, so
that a difference is one of the line, not of luck.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from counterseal.design.pace_calendar import open_spans
from counterseal.design.pace_figures import Asked
from counterseal.design.pace_runs import Horizon, Runs, play
from counterseal.design.stations import (
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    MAX_SERVERS,
    Line,
    Station,
)
from counterseal.stats.items import require_amount
from counterseal.stats.result import Result, digest

Change = Literal["server", "hours", "presence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """One variant of a line against the line as it is.

    Attributes:
        station: Where something is changed.
        change: ``server`` (one more place), ``hours`` (more a week), ``presence`` (inspectors there whenever
            it is open).
        text: The change in words.
        done: Chance that all is done by the deadline, with it.
        done_change: By how much that chance differs from that without it.
        median_change_d: By how much the median day of completion differs [days]; below 0 for sooner.
    """

    station: str
    change: Change
    text: str
    done: Result
    done_change: Result
    median_change_d: Result

    @property
    def gain(self) -> tuple[float, float]:
        """How much it brings: chance first, then days sooner."""
        return self.done_change.value or 0.0, -(self.median_change_d.value or 0.0)

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "station": self.station,
            "change": self.change,
            "text": self.text,
            "done": self.done.document(),
            "done_change": self.done_change.document(),
            "median_change_d": self.median_change_d.document(),
        }


def variants(
    line: Line,
    horizon: Horizon,
    base: Runs,
    asked: Asked,
    *,
    more_hours_per_week: float,
    n_rep: int,
    threads: int = 1,
) -> tuple[WhatIf, ...]:
    """Return what each possible change at each station would bring.

    Args:
        line: The line as it is.
        horizon: Deadline, end and dates.
        base: Its runs.
        asked: What all its figures share.
        more_hours_per_week: Hours to add where a week has them [above 0].
        n_rep: Runs of each variant, as many as of the line itself.
        threads: How many work at once.

    Raises:
        DesignError: no hours to add.
    """
    require_amount(more_hours_per_week, "more_hours_per_week", above=0.0)
    asked = replace(asked, inputs={"question": digest(asked.inputs)})
    coarse = replace(horizon, step_d=horizon.end_d)
    found = []
    for station in line.stations:
        for change, text, other in _changes(station, line, horizon, more_hours_per_week):
            stations = tuple(other if one is station else one for one in line.stations)
            changed = replace(line, stations=stations)
            runs = play(changed, coarse, seed=asked.seed, n_rep=n_rep, threads=threads)
            about = replace(asked, inputs={**asked.inputs, "station": station.name, "change": text})
            found.append(_compared(station.name, change, text, horizon, base, runs, about))
    return tuple(found)


def _changes(
    station: Station, line: Line, horizon: Horizon, more_h: float
) -> Iterator[tuple[Change, str, Station]]:
    if station.servers < MAX_SERVERS:
        yield "server", "one more place", replace(station, servers=station.servers + 1)
    hours = min(HOURS_PER_WEEK, station.hours_per_week + more_h)
    if hours > station.hours_per_week:
        days = min(DAYS_PER_WEEK, max(station.days_per_week, math.ceil(hours / HOURS_PER_DAY)))
        longer = replace(station, hours_per_week=hours, days_per_week=days)
        if _differs(station, longer, line, horizon):
            yield "hours", f"{hours:g} hours a week instead of {station.hours_per_week:g}", longer
    if station.inspected:
        free = replace(station, inspected=False)
        if _differs(station, free, line, horizon):
            yield "presence", "inspectors present whenever it is open", free


def _differs(first: Station, second: Station, line: Line, horizon: Horizon) -> bool:
    """Return whether two stations work at different times: more hours without inspectors change nothing."""
    spans = [open_spans(one, line.presence, horizon.end_d * HOURS_PER_DAY) for one in (first, second)]
    return not np.array_equal(spans[0], spans[1])


def _compared(
    station: str, change: Change, text: str, horizon: Horizon, base: Runs, runs: Runs, asked: Asked
) -> WhatIf:
    before, after = (one.completion_d <= horizon.deadline_d for one in (base, runs))
    more, fewer = int((after & ~before).sum()), int((before & ~after).sum())
    return WhatIf(
        station=station,
        change=change,
        text=text,
        done=asked.chance(int(after.sum()), what="all done by the deadline"),
        done_change=asked.change(more, fewer, what="change of the chance to be done"),
        median_change_d=_median_change(base, runs, asked),
    )


def _median_change(base: Runs, runs: Runs, asked: Asked) -> Result:
    """Return the median of the differences between runs with the same random numbers."""
    what = "median of the change of the day of completion"
    pairs = np.isfinite(base.completion_d) & np.isfinite(runs.completion_d)
    if pairs.all():
        return asked.quantile(runs.completion_d - base.completion_d, 0.5, what=what)
    why = f"{int((~pairs).sum())} of {len(pairs)} pairs of runs were given up: no difference of days"
    return Result(
        value=None, lower=None, upper=None, kind="estimate", method="order statistics of the runs",
        exact=False, seed=asked.seed, n_rep=asked.n_rep, confidence=asked.confidence,
        inputs={**asked.inputs, "asked": what}, assumptions=asked.assumptions, warnings=(why,),
    )  # fmt: skip
